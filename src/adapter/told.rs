//! What a program tells beside its screen, weighed against what its screen shows.
//!
//! Hooks miss things: nobody is told of an interrupt, of a denial, of a dialog that was answered. So such a word is
//! believed while it is fresh and as long as the screen does not speak against it.

use std::time::Duration;

use super::definition::Adapter;
use crate::domain::{AgentState, Source, Timestamp, WaitFor, clean};

/// A word is believed for this long whatever the screen shows: it may be drawn a little later.
pub(super) const FRESH_FOR: Duration = Duration::from_millis(1500);

/// A word that the turn is over, this soon after a prompt was taken, is about the turn before.
const LATE_WITHIN: Duration = Duration::from_millis(400);

/// What a program told last, by one way.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Word {
    pub(super) source: Source,
    pub(super) state: AgentState,
    pub(super) rule: String,
    pub(super) detail: String,
    pub(super) at: Timestamp,
}

/// What a program tells beside its screen.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    hook: Option<Word>,
    record: Option<Word>,
    prompt_at: Option<Timestamp>,
}

/// States between which a screen can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Rests,
    Busy,
    Asks,
}

fn kind(state: AgentState) -> Kind {
    match state {
        AgentState::Thinking | AgentState::Working => Kind::Busy,
        AgentState::Waiting(WaitFor::Approval | WaitFor::Answer) => Kind::Asks,
        _ => Kind::Rests,
    }
}

impl Words {
    /// Takes in a word; what can only be about an earlier turn is left out.
    pub(super) fn take(&mut self, mut word: Word) {
        let is_late = word.state == AgentState::Idle
            && self.prompt_at.is_some_and(|at| word.at.since(at) < LATE_WITHIN);
        if is_late {
            return;
        }
        word.detail = clean(&word.detail, 160);
        word.rule = clean(&word.rule, 60);
        match word.source {
            Source::Record => self.record = Some(word),
            _ => self.hook = Some(word),
        }
    }

    /// Takes in that a prompt was taken.
    pub(super) fn prompt_taken(&mut self, now: Timestamp) {
        self.prompt_at = Some(now);
    }

    /// Returns whether anything was told.
    pub(super) fn are_any(&self) -> bool {
        self.hook.is_some() || self.record.is_some()
    }

    /// Returns whether a hook's last word is that a tool is used.
    pub(super) fn uses_tool(&self) -> Option<&Word> {
        self.hook.as_ref().filter(|word| word.state == AgentState::Working)
    }

    /// Returns each word and how far it is believed, given what the screen shows.
    pub(super) fn weighed(
        &self,
        adapter: &Adapter,
        shown: Option<AgentState>,
        now: Timestamp,
    ) -> Vec<(&Word, u8)> {
        let hook_at = self.hook.as_ref().map(|word| word.at);
        let weigh = |word: &Word| {
            let full = match word.source {
                Source::Record if hook_at.is_some_and(|at| at > word.at) => 80,
                Source::Record => 90,
                _ => 88,
            };
            let doubted = match shown {
                // A hook tells that a turn is over, and not how it ended.
                Some(AgentState::Error) if word.state == AgentState::Idle => true,
                Some(shown) => kind(shown) != kind(word.state),
                None => adapter.status.screen_shows_turns && kind(word.state) != Kind::Rests,
            };
            if doubted && now.since(word.at) >= FRESH_FOR { 45 } else { full }
        };
        [&self.hook, &self.record].into_iter().flatten().map(|word| (word, weigh(word))).collect()
    }

    /// Returns when a word ceases to be fresh.
    pub(super) fn stale_at(&self) -> Option<Timestamp> {
        [&self.hook, &self.record].into_iter().flatten().map(|word| word.at + FRESH_FOR).max()
    }
}
