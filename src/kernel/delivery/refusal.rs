//! What delivery answers, and why it refuses a message.

use super::super::kind::{Explained, RefusalKind};
use crate::domain::{MessageId, MessageStatus, Name};

/// The most bytes of one message.
pub(super) const LONGEST: usize = 256 << 10;

/// The most messages that wait for one agent.
pub(super) const MAILBOX: usize = 100;

/// The answer to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A message was accepted.
    Message(MessageId, Name, MessageStatus),
    /// What became of the message to each agent of a scope; no number where it was refused.
    Messages(Vec<(Name, Option<MessageId>, MessageStatus)>),
}

/// Why a message is not accepted or not taken back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No message waits under this number.
    #[error("there is no message {0}")]
    NoMessage(MessageId),
    /// The message is off the queue.
    #[error("message {0} is not held any more: it is {1}")]
    MessageOver(MessageId, &'static str),
    /// There is nothing to send.
    #[error("the text is empty")]
    EmptyText,
    /// The text is too long.
    #[error("the text is longer than {max} KiB", max = LONGEST >> 10)]
    TooLong,
    /// The agent does not run.
    #[error("`{0}` is not running")]
    NotRunning(Name),
    /// The agent's mailbox is full.
    #[error("`{0}` has too much waiting already: at most {MAILBOX} messages and 4 MiB")]
    MailboxFull(Name),
    /// The agent is not ready for input, and the sender did not want to wait.
    #[error("`{0}` is not ready for input: {1}")]
    NotReady(Name, String),
    /// A budget that it spends from is used up.
    #[error("`{0}` may begin nothing new: {1}")]
    OverBudget(Name, String),
}

impl Explained for Refusal {
    fn kind(&self) -> RefusalKind {
        match self {
            Refusal::NoMessage(_) => RefusalKind::NotFound,
            Refusal::EmptyText | Refusal::TooLong => RefusalKind::Invalid,
            Refusal::MailboxFull(_) => RefusalKind::Busy,
            Refusal::MessageOver(..)
            | Refusal::NotRunning(_)
            | Refusal::NotReady(..)
            | Refusal::OverBudget(..) => RefusalKind::Conflict,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Refusal::NotRunning(name) => Some(format!("start it: agentctl agent start {name}")),
            Refusal::NotReady(..) => Some("without --now it is held until it is ready".to_owned()),
            Refusal::OverBudget(..) => Some(
                "agentctl cost shows what was spent; [budget] in config.toml says how much may be".to_owned(),
            ),
            Refusal::NoMessage(_)
            | Refusal::MessageOver(..)
            | Refusal::EmptyText
            | Refusal::TooLong
            | Refusal::MailboxFull(_) => None,
        }
    }
}
