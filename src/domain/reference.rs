//! What a command names: agents, teams and scopes as the asker knows them, and an agent to be made.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{AgentId, BroadcastId, Launch, Name, Role, Scope, TeamId};

/// An agent to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAgent {
    /// Its name; none gives it `Agent_1`, `Agent_2` … whichever is free.
    #[serde(default)]
    pub name: Option<Name>,
    /// The team it joins.
    #[serde(default)]
    pub team: Option<TeamRef>,
    /// What it may do. A coordinator becomes its team's lead.
    #[serde(default)]
    pub role: Role,
    /// How it is started.
    pub launch: Launch,
}

/// What becomes of the agents of a team that is disbanded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Members {
    /// They move up into the team's parent and go on working.
    #[default]
    Keep,
    /// They are stopped and taken out of the chart.
    Delete,
}

/// Where keys go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// To the executive, whatever is focused.
    Executive,
    /// To one agent.
    Direct(AgentRef),
    /// To the confirmed targets of an open broadcast.
    Broadcast(BroadcastId),
}

macro_rules! reference {
    ($(#[$doc:meta])* $name:ident, $id:ty, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(untagged)]
        pub enum $name {
            #[doc = concat!("The ", $what, " of this identity.")]
            Id($id),
            #[doc = concat!("The ", $what, " of this name.")]
            Name(String),
        }

        impl From<$id> for $name {
            fn from(id: $id) -> $name {
                $name::Id(id)
            }
        }

        impl From<&str> for $name {
            fn from(name: &str) -> $name {
                $name::Name(name.to_owned())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $name::Id(id) => id.fmt(f),
                    $name::Name(name) => f.write_str(name),
                }
            }
        }
    };
}

reference!(
    /// An agent, as the asker knows it: a number in JSON is its identity, a text its name.
    AgentRef,
    AgentId,
    "agent"
);
reference!(
    /// A team, as the asker knows it: a number in JSON is its identity, a text its name.
    TeamRef,
    TeamId,
    "team"
);

/// The recipients of a broadcast, as the asker knows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScopeRef {
    /// Every agent of the session.
    All,
    /// A team and every team below it.
    Team(TeamRef),
}

impl From<Scope> for ScopeRef {
    fn from(scope: Scope) -> ScopeRef {
        match scope {
            Scope::All => ScopeRef::All,
            Scope::Team(team) => ScopeRef::Team(team.into()),
        }
    }
}
