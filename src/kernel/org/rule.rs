//! What is decided of the chart.

use super::super::State;
use super::super::outcome::{Decision, Refusal};
use super::{Command, agent, team};

/// Decides on a command.
pub(in crate::kernel) fn decide(state: &State, command: Command) -> Result<Decision, Refusal> {
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
