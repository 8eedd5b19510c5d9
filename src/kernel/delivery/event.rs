//! What happens to messages.

use serde::{Deserialize, Serialize};

use super::super::kind::{Durability, Kept, Subject};
use crate::domain::{AgentId, Message, MessageId, Source};

/// One thing that happened to a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Event {
    /// A message was accepted into its agent's mailbox.
    #[serde(rename = "delivery.accepted", alias = "message_accepted")]
    Accepted {
        /// The message.
        message: Message,
    },
    /// A message is being typed; from here on it is never typed again.
    #[serde(rename = "delivery.typing", alias = "message_typing")]
    Typing {
        /// The message.
        message: MessageId,
        /// The recipient.
        to: AgentId,
    },
    /// A message could not be typed after all; nothing of it was, and it waits again.
    #[serde(rename = "delivery.held", alias = "message_held")]
    Held {
        /// The message.
        message: MessageId,
        /// The recipient.
        to: AgentId,
        /// What it waits for.
        reason: String,
    },
    /// A message was typed and submitted.
    #[serde(rename = "delivery.delivered", alias = "message_delivered")]
    Delivered {
        /// The message.
        message: MessageId,
        /// The recipient.
        to: AgentId,
    },
    /// An agent showed that it took what was submitted.
    #[serde(rename = "delivery.acknowledged", alias = "message_acknowledged")]
    Acknowledged {
        /// The message.
        message: MessageId,
        /// The recipient.
        to: AgentId,
        /// How it showed that.
        by: Source,
    },
    /// An agent showed no reaction to what was submitted, in the time that it had for that.
    #[serde(rename = "delivery.unconfirmed", alias = "message_unconfirmed")]
    Unconfirmed {
        /// The message.
        message: MessageId,
        /// The recipient.
        to: AgentId,
    },
    /// Something is to be said about how a message was submitted.
    #[serde(rename = "delivery.noted", alias = "message_noted")]
    Noted {
        /// The message.
        message: MessageId,
        /// The recipient.
        to: AgentId,
        /// What.
        note: String,
    },
    /// A message was not typed before its time was over.
    #[serde(rename = "delivery.expired", alias = "message_expired")]
    Expired {
        /// The message.
        message: MessageId,
        /// The recipient.
        to: AgentId,
    },
    /// A message will not be submitted.
    #[serde(rename = "delivery.dropped", alias = "message_dropped")]
    Dropped {
        /// The message.
        message: MessageId,
        /// The recipient.
        to: AgentId,
        /// Why not.
        reason: String,
    },
    /// Something passed from one agent to another.
    #[serde(rename = "delivery.pulse", alias = "pulse")]
    Pulse {
        /// The sender; none if a person sent it.
        from: Option<AgentId>,
        /// The recipient.
        to: AgentId,
    },
}

impl Kept for Event {
    fn durability(&self) -> Durability {
        match self {
            Event::Accepted { .. }
            | Event::Typing { .. }
            | Event::Delivered { .. }
            | Event::Dropped { .. }
            | Event::Held { .. }
            | Event::Expired { .. } => Durability::Durable,
            Event::Acknowledged { .. } | Event::Unconfirmed { .. } | Event::Noted { .. } => {
                Durability::Recorded
            }
            Event::Pulse { .. } => Durability::Ephemeral,
        }
    }

    fn subject(&self) -> Subject {
        match self {
            Event::Accepted { message } => Subject::Agent(message.to),
            Event::Typing { to, .. }
            | Event::Held { to, .. }
            | Event::Delivered { to, .. }
            | Event::Acknowledged { to, .. }
            | Event::Unconfirmed { to, .. }
            | Event::Noted { to, .. }
            | Event::Expired { to, .. }
            | Event::Dropped { to, .. } => Subject::Agent(*to),
            Event::Pulse { .. } => Subject::Nothing,
        }
    }
}
