//! Who makes something happen.

use serde::{Deserialize, Serialize};

use super::AgentId;

/// Who made something happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// A person, at a keyboard or through a script.
    Person,
    /// An agent of the session.
    Agent(AgentId),
    /// The daemon itself.
    Daemon,
}
