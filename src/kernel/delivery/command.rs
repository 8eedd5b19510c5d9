//! What may be asked of messages.

use serde::{Deserialize, Serialize};

use crate::domain::{AgentRef, MessageId, ScopeRef};

/// One thing asked of messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command")]
pub enum Command {
    /// Type a text into an agent's input and submit it, once it is ready for input.
    #[serde(rename = "delivery.send", alias = "send")]
    Send {
        /// The recipient.
        to: AgentRef,
        /// What it says.
        text: String,
        /// Refuse rather than hold it when the agent is not ready.
        #[serde(default)]
        now: bool,
        /// How long it may be held, in milliseconds; none is for as long as it takes.
        #[serde(default)]
        expires_for: Option<u64>,
    },
    /// Send a text to every agent of a scope, each as by [`Command::Send`].
    #[serde(rename = "delivery.send_all", alias = "send_all")]
    SendAll {
        /// The recipients.
        scope: ScopeRef,
        /// What it says.
        text: String,
        /// Refuse rather than hold it where an agent is not ready.
        #[serde(default)]
        now: bool,
        /// How long it may be held, in milliseconds; none is for as long as it takes.
        #[serde(default)]
        expires_for: Option<u64>,
    },
    /// Take back a message that is still held.
    #[serde(rename = "delivery.cancel", alias = "cancel_message")]
    Cancel {
        /// The message.
        message: MessageId,
    },
}
