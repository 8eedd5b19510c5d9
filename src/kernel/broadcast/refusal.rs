//! What a broadcast answers, and why keys go nowhere.

use super::super::kind::{Explained, RefusalKind};
use crate::domain::{BroadcastId, BroadcastReport, Name, Target};

/// The most broadcasts that are open at a time, so that what is opened and never ended has a bound.
pub(super) const MOST_OPEN: usize = 64;

/// The answer to opening or ending a broadcast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A broadcast would reach these.
    Opened(BroadcastId, Vec<Target>),
    /// What a broadcast's targets got.
    Closed(BroadcastReport),
}

/// Why keys go nowhere.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No broadcast is open under this number.
    #[error("that broadcast is not open; name its targets first")]
    NoBroadcast,
    /// Too many are open.
    #[error("{MOST_OPEN} broadcasts are open; end one first")]
    TooMany,
    /// The session has no executive.
    #[error("this session has no executive")]
    NoExecutive,
    /// The agent does not run.
    #[error("`{0}` is not running")]
    NotRunning(Name),
    /// The mouse points at one pane.
    #[error("the mouse cannot be broadcast")]
    MouseBroadcast,
}

impl Explained for Refusal {
    fn kind(&self) -> RefusalKind {
        match self {
            Refusal::MouseBroadcast => RefusalKind::Invalid,
            Refusal::TooMany => RefusalKind::Busy,
            Refusal::NoBroadcast | Refusal::NoExecutive | Refusal::NotRunning(_) => RefusalKind::Conflict,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Refusal::NoExecutive => {
                Some("make one: agentctl agent create NAME --role executive -- COMMAND".to_owned())
            }
            Refusal::NotRunning(name) => Some(format!("start it: agentctl agent start {name}")),
            Refusal::NoBroadcast | Refusal::TooMany | Refusal::MouseBroadcast => None,
        }
    }
}
