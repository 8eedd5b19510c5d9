//! A note to an agent, and what became of it.
//!
//! A message is delivered at most once, and only into an input that is known to be ready; until then it waits in
//! its agent's mailbox, and its sender is told where it stands.

use serde::{Deserialize, Serialize};

use super::{Actor, AgentId, MessageId, Source, Timestamp};

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
    /// When it is worth nothing any more, if it was not typed by then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum MessageStatus {
    /// The agent may be ready, but others come first.
    Queued {
        /// What comes first.
        reason: String,
    },
    /// It waits until the agent is ready for input.
    Held {
        /// What it waits for.
        reason: String,
    },
    /// It is being typed into the agent's input.
    Typing,
    /// It was typed into the agent's input and submitted.
    Delivered {
        /// Why it is not known to be taken; none as long as the agent has time to show that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// It was submitted, and the agent showed that it took it.
    Acknowledged {
        /// By what it showed that.
        by: Source,
    },
    /// It was not typed before its time was over, and will not be.
    Expired,
    /// It was not submitted, and will not be.
    Refused {
        /// Why not.
        reason: String,
    },
}

impl MessageStatus {
    /// Returns the status's word.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            MessageStatus::Queued { .. } => "queued",
            MessageStatus::Held { .. } => "held",
            MessageStatus::Typing => "typing",
            MessageStatus::Delivered { .. } => "delivered",
            MessageStatus::Acknowledged { .. } => "acknowledged",
            MessageStatus::Expired => "expired",
            MessageStatus::Refused { .. } => "refused",
        }
    }

    /// Returns why it stands where it stands, if there is more to say than the word.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            MessageStatus::Queued { reason }
            | MessageStatus::Held { reason }
            | MessageStatus::Refused { reason } => Some(reason),
            MessageStatus::Delivered { reason } => reason.as_deref(),
            MessageStatus::Typing | MessageStatus::Acknowledged { .. } | MessageStatus::Expired => None,
        }
    }

    /// Returns by what the agent showed that it took the message, in one word.
    #[must_use]
    pub fn by(&self) -> Option<&'static str> {
        match self {
            MessageStatus::Acknowledged { by } => Some(by.short()),
            _ => None,
        }
    }
}
