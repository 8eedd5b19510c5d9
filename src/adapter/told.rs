//! What a program tells beside its screen, weighed against what its screen shows.
//!
//! Hooks miss things: nobody is told of an interrupt, of a denial, of a dialog that was answered. So such a word is
//! believed while it is fresh and as long as the screen does not speak against it.

use std::time::Duration;

use super::definition::Adapter;
use crate::domain::{AgentState, Source, Timestamp, WaitFor, clean};

/// A word is believed for this long whatever the screen shows: it may be drawn a little later.
pub(super) const FRESH_FOR: Duration = Duration::from_millis(1500);

/// A word that the turn is over, this soon after a prompt was taken, may be about the turn before.
const LATE_WITHIN: Duration = Duration::from_millis(400);

/// If it is about this one after all, the screen shows so within this time.
const SETTLES_WITHIN: Duration = Duration::from_millis(300);

/// What is shown to be under way so long after a word that a turn has failed is another turn.
const FAILS_WITHIN: Duration = Duration::from_secs(1);

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
    /// When the turn began that was told of last.
    begun_at: Option<Timestamp>,
    /// When a word came of which it is not known what turn it is about.
    doubt_at: Option<Timestamp>,
}

/// What the screen shows, and since when it has been so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) state: AgentState,
    pub(super) since: Timestamp,
    /// Since when it has shown that something is under way, whatever, if it does.
    pub(super) busy_since: Option<Timestamp>,
    /// When it last showed that something is under way.
    pub(super) busy_at: Option<Timestamp>,
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
    /// Takes in a word; what may be about an earlier turn leaves it to the screen to tell.
    pub(super) fn take(&mut self, mut word: Word) {
        let is_late = word.state == AgentState::Idle
            && self.prompt_at.is_some_and(|at| word.at.since(at) < LATE_WITHIN);
        if is_late {
            self.doubt_at = Some(word.at);
            return;
        }
        word.detail = clean(&word.detail, 160);
        word.rule = clean(&word.rule, 60);
        let before = if word.source == Source::Record { &self.record } else { &self.hook };
        if kind(word.state) == Kind::Busy && before.as_ref().is_none_or(|old| kind(old.state) == Kind::Rests)
        {
            self.begun_at = self.begun_at.max(Some(word.at));
        }
        match word.source {
            Source::Record => self.record = Some(word),
            _ => (self.hook, self.doubt_at) = (Some(word), None),
        }
    }

    /// Takes in that a prompt was taken.
    pub(super) fn prompt_taken(&mut self, now: Timestamp) {
        (self.prompt_at, self.begun_at) = (Some(now), Some(now));
    }

    /// Returns whether anything was told.
    pub(super) fn are_any(&self) -> bool {
        self.hook.is_some() || self.record.is_some()
    }

    /// Returns whether anything else was told than that nothing is under way.
    pub(super) fn tell_of_more_than_rest(&self) -> bool {
        [&self.hook, &self.record].into_iter().flatten().any(|word| word.state != AgentState::Idle)
    }

    /// Returns whether a hook has told since then that the model thinks: whatever tool was used before is done.
    pub(super) fn thinks_since(&self, at: Timestamp) -> bool {
        self.hook.as_ref().is_some_and(|word| word.state == AgentState::Thinking && word.at > at)
    }

    /// Returns whether a hook's last word is that a tool is used.
    pub(super) fn uses_tool(&self) -> Option<&Word> {
        self.hook.as_ref().filter(|word| word.state == AgentState::Working)
    }

    /// Returns each word and how far it is believed, given what the screen shows.
    pub(super) fn weighed(
        &self,
        adapter: &Adapter,
        shown: Option<Shown>,
        now: Timestamp,
    ) -> Vec<(&Word, u8)> {
        let weigh = |word: &Word, other: Option<&Word>| {
            let full = match word.source {
                Source::Record
                    if other.is_some_and(|hook| hook.at > word.at || hook.says_more_than(word)) =>
                {
                    80
                }
                Source::Record => 90,
                _ => 88,
            };
            // What went wrong ends a turn as what went well does; nothing that only tells of the end unsays it.
            if word.state == AgentState::Idle && other.is_some_and(|other| other.says_more_than(word)) {
                return 60;
            }
            let doubt = match shown {
                Some(shown) => self.doubt(word, shown),
                None if adapter.status.screen_shows_turns && kind(word.state) != Kind::Rests => Doubt::Stale,
                None => Doubt::None,
            };
            match doubt {
                Doubt::None => full,
                Doubt::Stale if now < self.fresh_until(word) => full,
                Doubt::Stale | Doubt::Outdated => 45,
            }
        };
        let (hook, record) = (self.hook.as_ref(), self.record.as_ref());
        let pairs = [(hook, record), (record, hook)];
        pairs.into_iter().filter_map(|(word, other)| word.map(|word| (word, weigh(word, other)))).collect()
    }

    /// Returns what the screen says against a word.
    fn doubt(&self, word: &Word, shown: Shown) -> Doubt {
        // What is under way may change its looks while it is not drawn yet that it is over.
        let since = shown.busy_since.filter(|_| kind(word.state) != Kind::Busy).unwrap_or(shown.since);
        let is_newer = since > word.at;
        let speaks_against = match (word.state, shown.state) {
            // That a turn is over is told whether it went well or not. What is shown of it since it began is about it.
            (AgentState::Idle, AgentState::Error | AgentState::Waiting(WaitFor::Login)) => {
                let is_its = self.begun_at.is_some_and(|at| shown.since >= at && word.at >= at);
                return if is_newer || is_its { Doubt::Outdated } else { Doubt::Stale };
            }
            // Nobody is told that a model begins to write; and what is typed while it does only waits for its turn. A
            // tool, though, may run before it is shown to.
            (AgentState::Thinking, AgentState::Working) if self.prompt_at == Some(word.at) => {
                return Doubt::Outdated;
            }
            (AgentState::Thinking, AgentState::Working) => true,
            // Records are read a little later than they are written: a tool may be done that they still tell of.
            (AgentState::Working, AgentState::Thinking) if word.source == Source::Record && is_newer => true,
            // So may a turn be over that came after the one that failed.
            (AgentState::Error | AgentState::Waiting(WaitFor::Login), AgentState::Idle) => {
                shown.busy_at.is_some_and(|at| at.since(word.at) >= FAILS_WITHIN)
            }
            (told, shown) => kind(told) != kind(shown),
        };
        match (speaks_against, is_newer) {
            (false, _) => Doubt::None,
            (true, false) => Doubt::Stale,
            (true, true) => Doubt::Outdated,
        }
    }

    /// Returns until when a word is believed whatever the screen has shown since before.
    fn fresh_until(&self, word: &Word) -> Timestamp {
        let fresh = word.at + FRESH_FOR;
        self.doubt_at.map_or(fresh, |at| fresh.min(at + SETTLES_WITHIN))
    }

    /// Returns when a word ceases to be fresh, of those that are to come.
    pub(super) fn stale_at(&self, now: Timestamp) -> Option<Timestamp> {
        let words = [&self.hook, &self.record].into_iter().flatten();
        words.map(|word| self.fresh_until(word)).filter(|at| *at > now).min()
    }
}

/// What a screen says against a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doubt {
    /// Nothing.
    None,
    /// It has shown something else since before the word, and may be drawn a little later.
    Stale,
    /// It shows something else, and has come to show it since.
    Outdated,
}

impl Word {
    /// Returns whether it tells the same as another and how it came about, which the other does not.
    fn says_more_than(&self, other: &Word) -> bool {
        kind(self.state) == kind(other.state)
            && self.state != other.state
            && matches!(other.state, AgentState::Idle | AgentState::Thinking)
    }
}
