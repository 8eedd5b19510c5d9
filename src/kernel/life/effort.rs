//! What a turn was worth: whether it has something for a person to look at.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::Timestamp;

/// Activity without a known prompt is a turn if it lasts this long.
const LASTED: Duration = Duration::from_secs(1);

/// An agent that is ready so soon after it was interrupted or denied something was broken off by that.
pub(super) const BREAKS_WITHIN: Duration = Duration::from_secs(2);

/// What a turn under way, or else the last one, was worth: whether it has something for a person to look at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effort {
    /// When it began.
    #[serde(default)]
    began_at: Option<Timestamp>,
    /// Whether it is known to have had a prompt.
    #[serde(default)]
    prompted: bool,
    /// When it was last interrupted, denied what it asked, or said to have failed.
    #[serde(default)]
    broken_at: Option<Timestamp>,
}

impl Effort {
    pub(super) fn began(prompted: bool, at: Timestamp) -> Effort {
        Effort { began_at: Some(at), prompted, broken_at: None }
    }

    /// A text that was submitted turns out to be what it began with.
    pub(super) fn had_prompt(&mut self) {
        self.prompted = true;
    }

    pub(super) fn broken(&mut self, at: Timestamp) {
        self.broken_at = Some(at);
    }

    /// Returns whether it was more than a program's stirring: it had a prompt, or went on for a while.
    pub(super) fn is_turn(&self, now: Timestamp) -> bool {
        self.prompted || self.began_at.is_some_and(|at| now.since(at) >= LASTED)
    }

    /// Returns whether nothing broke it off.
    pub(super) fn is_unbroken(&self, now: Timestamp) -> bool {
        self.broken_at.is_none_or(|at| now.since(at) >= BREAKS_WITHIN)
    }
}
