//! A note to an agent, and what became of it.
//!
//! A message is delivered at most once, and only into an input that is known to be ready; until then it waits in
//! its agent's mailbox, and its sender is told where it stands.

use serde::{Deserialize, Serialize};

use super::{Actor, AgentId, MessageId, Timestamp};

/// A text on its way to an agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its identity.
    pub id: MessageId,
    /// Who sent it.
    pub from: Actor,
    /// Whom it is for.
    pub to: AgentId,
    /// What it says.
    pub text: String,
    /// When it was sent.
    pub sent_at: Timestamp,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum MessageStatus {
    /// It waits until the agent is ready for input.
    Held {
        /// What it waits for.
        reason: String,
    },
    /// It is being typed into the agent's input.
    Typing,
    /// It was typed into the agent's input and submitted.
    Delivered,
    /// It was not submitted, and will not be.
    Refused {
        /// Why not.
        reason: String,
    },
}
