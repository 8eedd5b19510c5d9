//! What the organisation answers, and why it refuses.

use super::super::kind::{Explained, RefusalKind};
use crate::domain::{AgentId, Name, TeamId};

/// The most agents of a session.
pub(super) const MOST_AGENTS: usize = 1000;

/// The answer to a command that made something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A team was made.
    Team(TeamId, Name),
    /// An agent was made.
    Agent(AgentId, Name),
}

/// Why the chart does not allow a command.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// An agent or a team has that name already.
    #[error("the name `{0}` is taken")]
    NameTaken(Name),
    /// The launch names no program.
    #[error("the command of an agent cannot be empty")]
    NoCommand,
    /// An argument or a variable cannot be passed to a program.
    #[error("{0} cannot be passed to a program")]
    BadLaunch(String),
    /// The executive stands above all teams.
    #[error("`{0}` is the executive and stands in no team")]
    IsExecutive(Name),
    /// There is an executive.
    #[error("`{0}` is the executive; there is one a session")]
    ExecutiveExists(Name),
    /// A coordinator leads a team, so it must be in one.
    #[error("a coordinator leads a team; name the team it joins")]
    CoordinatorWithoutTeam,
    /// The agent leads its team already.
    #[error("`{0}` leads its team already")]
    AlreadyLead(Name),
    /// A team cannot stand in itself.
    #[error("`{0}` cannot be moved into itself or a team below it")]
    Circle(Name),
    /// The session is full.
    #[error("a session holds at most {MOST_AGENTS} agents")]
    TooMany,
}

impl Explained for Refusal {
    fn kind(&self) -> RefusalKind {
        match self {
            Refusal::NoCommand | Refusal::BadLaunch(_) | Refusal::CoordinatorWithoutTeam => {
                RefusalKind::Invalid
            }
            Refusal::TooMany => RefusalKind::Busy,
            Refusal::NameTaken(_)
            | Refusal::IsExecutive(_)
            | Refusal::ExecutiveExists(_)
            | Refusal::AlreadyLead(_)
            | Refusal::Circle(_) => RefusalKind::Conflict,
        }
    }

    fn hint(&self) -> Option<String> {
        None
    }
}
