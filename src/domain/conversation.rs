//! An agent's dialogue with its model, as its program numbers it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Timestamp;

/// A conversation that an agent was in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// Its number, by which its program can resume it.
    pub id: String,
    /// Where its program keeps it, where it tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcript: Option<PathBuf>,
    /// When the agent came into it.
    pub since: Timestamp,
    /// Whether it has had a prompt; a conversation without one is kept nowhere, and no program can go on in it.
    #[serde(default = "yes")]
    pub prompted: bool,
}

/// Of those that were kept before this was known, most had.
fn yes() -> bool {
    true
}
