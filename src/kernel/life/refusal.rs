//! What `life` answers, and why it refuses.

use super::super::kind::{Explained, RefusalKind};
use crate::domain::Name;

/// The answer to bringing agents back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// These agents go on in their conversations, and those begin new ones.
    Resumed {
        /// The agents that go on.
        resumed: Vec<Name>,
        /// The agents without a conversation to go on in.
        anew: Vec<Name>,
    },
}

/// Why a process does not allow a command.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no conversation to go on in.
    #[error("no conversation of `{0}` is known")]
    NoConversation(Name),
    /// The keys that interrupt would answer the dialog.
    #[error("`{0}` has a dialog open, which the keys would answer")]
    DialogOpen(Name),
    /// There is nothing to interrupt.
    #[error("`{0}` is {1}; there is nothing to interrupt")]
    NotBusy(Name, &'static str),
    /// No adapter knows how its program forgets a conversation.
    #[error("agentctl does not know how `{0}` clears its conversation")]
    NoClear(Name),
    /// The agent does not run.
    #[error("`{0}` is not running")]
    NotRunning(Name),
    /// The agent runs.
    #[error("`{0}` is running already")]
    Running(Name),
    /// The agent is on its way down.
    #[error("`{0}` is still stopping")]
    Stopping(Name),
}

impl Explained for Refusal {
    fn kind(&self) -> RefusalKind {
        RefusalKind::Conflict
    }

    fn hint(&self) -> Option<String> {
        match self {
            Refusal::DialogOpen(_) => Some("answer it first, or interrupt with --force".to_owned()),
            Refusal::NoClear(name) => Some(format!("start it anew: agentctl agent restart {name}")),
            Refusal::NoConversation(name) => {
                Some(format!("begin one: agentctl agent new-conversation {name}"))
            }
            Refusal::NotRunning(name) => Some(format!("start it: agentctl agent start {name}")),
            Refusal::NotBusy(..) | Refusal::Running(_) | Refusal::Stopping(_) => None,
        }
    }
}
