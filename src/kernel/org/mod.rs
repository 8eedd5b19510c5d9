//! The organisation: the chart of teams and agents, and the plan that a session file asks for.
//!
//! It says who belongs where and how each agent is started. Whether an agent runs is the business of `life`.

mod agent;
mod command;
mod event;
mod plan;
mod refusal;
mod state;
mod team;

pub use command::Command;
pub use event::Event;
pub use refusal::{Refusal, Reply};
pub use state::State;

pub(super) use plan::{steps, unplanned};

use super::outcome::Decision;

/// Decides on a command.
pub(super) fn decide(state: &super::State, command: Command) -> Result<Decision, super::Refusal> {
    match command {
        Command::CreateTeam { name, parent, color } => team::create(state, name, parent.as_ref(), color),
        Command::RenameTeam { team, name } => team::rename(state, &team, name),
        Command::RecolorTeam { team, color } => team::recolor(state, &team, color),
        Command::MoveTeam { team, parent } => team::relocate(state, &team, parent.as_ref()),
        Command::DisbandTeam { team, members } => team::disband(state, &team, members),
        Command::CreateAgent(new) => agent::create(state, new),
        Command::RenameAgent { agent, name } => agent::rename(state, &agent, name),
        Command::ChangeLaunch { agent, launch } => agent::change_launch(state, &agent, launch),
        // The kernel takes a plan apart into its steps before it comes here.
        Command::FollowPlan { .. } => Ok(Decision::default()),
        Command::MoveAgent { agent, team } => agent::relocate(state, &agent, team.as_ref()),
        Command::PromoteAgent { agent } => agent::promote(state, &agent),
        Command::DeleteAgent { agent } => agent::delete(state, &agent),
    }
}
