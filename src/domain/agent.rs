//! An agent as its session knows it: who it is, where it stands, how it is started.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{AgentId, MicroUsd, Name, TeamId};

/// One running command-line program of a model, hosted in a PTY.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// Its identity.
    pub id: AgentId,
    /// Its name, unique in the session.
    pub name: Name,
    /// The team it belongs to; the executive belongs to none.
    pub team: Option<TeamId>,
    /// What it may do.
    pub role: Role,
    /// Its place among its siblings; smaller comes first.
    pub rank: u32,
    /// How it is started.
    pub launch: Launch,
}

/// What an agent may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Leads the whole session; there is at most one.
    Executive,
    /// Leads a team.
    Coordinator,
    /// Works.
    #[default]
    Worker,
}

impl Role {
    /// Returns the role's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Role::Executive => "executive",
            Role::Coordinator => "coordinator",
            Role::Worker => "worker",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// How an agent's program is started.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Launch {
    /// The program and its arguments; no shell reads them.
    pub command: Vec<String>,
    /// Its folder; a relative one is taken from the session's root, none is the root itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cwd: Option<PathBuf>,
    /// Variables set for it, on top of the daemon's environment.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// The name of the blueprint it was made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blueprint: Option<String>,
    /// Files made for it alone at each start: name and text. `{file:NAME}` in the command or a variable's value stands
    /// for the path of one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, String>,
    /// What it may use.
    #[serde(default, skip_serializing_if = "Limits::is_none")]
    pub limits: Limits,
    /// It is started once: nothing starts it again with others, and it goes on in no conversation.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub once: bool,
}

/// What an agent may use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// How long one turn may take, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_secs: Option<u32>,
    /// How much money it may use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<MicroUsd>,
}

impl Limits {
    /// Returns whether nothing is limited.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Limits::default()
    }
}

/// Whether an agent should be running: what was wanted, not what is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Run {
    /// It should run.
    #[default]
    Wanted,
    /// It should end, and then be started anew.
    Again,
    /// It was stopped, and should stay so.
    Stopped,
    /// It was stopped with the whole session, and may go on when that does.
    Down,
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exit {
    /// It returned this code.
    Code(i32),
    /// A signal ended it.
    Signal(i32),
    /// Its end was not seen: its holder was gone.
    Lost,
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Exit::Code(code) => write!(f, "exited with code {code}"),
            Exit::Signal(signal) => write!(f, "ended by signal {signal}"),
            Exit::Lost => f.write_str("ended while nobody watched"),
        }
    }
}
