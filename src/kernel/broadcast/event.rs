//! What happens to broadcasts. Nothing of it is kept.

use serde::{Deserialize, Serialize};

use super::super::kind::{Durability, Kept, Subject};
use crate::domain::{BroadcastId, BroadcastReport, Scope, Target};

/// One thing that happened to a broadcast.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Event {
    /// A broadcast named its targets.
    #[serde(rename = "broadcast.opened", alias = "broadcast_opened")]
    Opened {
        /// The broadcast.
        broadcast: BroadcastId,
        /// The recipients.
        scope: Scope,
        /// Its targets.
        targets: Vec<Target>,
    },
    /// A broadcast ended.
    #[serde(rename = "broadcast.closed", alias = "broadcast_closed")]
    Closed {
        /// The broadcast.
        broadcast: BroadcastId,
        /// What each target got.
        report: BroadcastReport,
    },
}

impl Kept for Event {
    fn durability(&self) -> Durability {
        Durability::Ephemeral
    }

    fn subject(&self) -> Subject {
        Subject::Nothing
    }
}
