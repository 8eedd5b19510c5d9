//! What a pane tells of a message, what is due about it, and what a pane is to do with it.

use crate::domain::{AgentId, MessageId};

/// Something that a pane told of a message. A fact about an earlier start is ignored.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// A message's text stands in the agent's input, and has rested there.
    Typed {
        /// The agent.
        agent: AgentId,
        /// Which start.
        epoch: u32,
        /// The message.
        message: MessageId,
    },
    /// Nothing of a message's text was typed.
    TypeRefused {
        /// The agent.
        agent: AgentId,
        /// Which start.
        epoch: u32,
        /// The message.
        message: MessageId,
        /// Why not.
        reason: String,
    },
    /// A message's text was submitted.
    Submitted {
        /// The agent.
        agent: AgentId,
        /// Which start.
        epoch: u32,
        /// The message.
        message: MessageId,
    },
    /// Something is to be said about how a message was submitted: its key was pressed once more, or unseen.
    Noted {
        /// The agent.
        agent: AgentId,
        /// Which start.
        epoch: u32,
        /// The message.
        message: MessageId,
        /// What.
        note: String,
    },
    /// A message's text was typed, or some of it, and not submitted.
    SubmitRefused {
        /// The agent.
        agent: AgentId,
        /// Which start.
        epoch: u32,
        /// The message.
        message: MessageId,
        /// Why not.
        reason: String,
    },
}

/// A time about a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// Stop waiting for the agent to react to what was submitted.
    Settle {
        /// The message.
        message: MessageId,
        /// The recipient.
        to: AgentId,
    },
    /// Try again to type what waits.
    Deliver {
        /// The recipient.
        to: AgentId,
    },
    /// A message is worth nothing any more.
    Expire {
        /// The message.
        message: MessageId,
        /// The recipient.
        to: AgentId,
    },
}

/// Something that a pane is to do with a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Type a message's text into an agent's input, unless that is not ready after all; nothing is submitted.
    Type {
        /// The agent.
        agent: AgentId,
        /// The message.
        message: MessageId,
        /// What is typed.
        text: String,
    },
    /// Press the key that submits what was typed, unless the agent has a dialog open after all.
    Submit {
        /// The agent.
        agent: AgentId,
        /// The message.
        message: MessageId,
    },
    /// Leave what was typed where it stands; it will not be submitted.
    Abandon {
        /// The agent.
        agent: AgentId,
        /// The message.
        message: MessageId,
    },
}
