//! How long an agent is busy in its turn, and what was done about a turn that took too long.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::{AgentState, Timestamp};

/// How long an agent has after it was interrupted.
const GRACE: Duration = Duration::from_secs(30);

/// How long an agent has been busy in its turn, and that this was too long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// How long it was busy in this turn before the present stretch, in milliseconds.
    before: u64,
    /// Since when it is busy without a pause; none while it is not.
    pub(super) since: Option<Timestamp>,
    /// What was done about a turn that took too long; kept until the next one begins.
    pub passed: Option<Passed>,
}

/// A time limit that has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passed {
    /// The limit, in seconds.
    pub secs: u32,
    /// When something was done about it last.
    pub at: Timestamp,
    /// Whether the agent was killed; else it was interrupted.
    pub killed: bool,
}

impl Passed {
    /// Says that it has passed.
    #[must_use]
    pub fn words(&self) -> String {
        format!("its time limit of {} passed", span(Duration::from_secs(self.secs.into())))
    }
}

/// What is done about a turn that takes too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Interrupt,
    Kill,
}

impl Clock {
    /// Folds in that another state is seen.
    pub(super) fn moved(&mut self, from: AgentState, to: AgentState, at: Timestamp) {
        match (from.is_busy(), to.is_busy()) {
            (false, true) if matches!(from, AgentState::Waiting(_)) => self.since = Some(at),
            (false, true) => *self = Clock { since: Some(at), ..Clock::default() },
            (true, false) => {
                self.before = self.busy_ms(at);
                self.since = None;
            }
            (true, true) | (false, false) => {}
        }
    }

    /// Folds in that a turn began or ended. An agent that stays busy is in another turn.
    pub(super) fn turned(&mut self, at: Timestamp) {
        self.before = 0;
        if self.since.is_some() {
            *self = Clock { since: Some(at), ..Clock::default() };
        }
    }

    /// Folds in that something was done about it.
    pub(super) fn passes(&mut self, secs: u32, killed: bool, at: Timestamp) {
        self.passed = Some(Passed { secs, at, killed });
    }

    /// Returns for how long it has been busy in this turn, in milliseconds.
    pub(super) fn busy_ms(&self, now: Timestamp) -> u64 {
        let stretch = self.since.map_or(Duration::ZERO, |since| now.since(since));
        self.before.saturating_add(u64::try_from(stretch.as_millis()).unwrap_or(u64::MAX))
    }

    /// Returns what is to be done when, if it stays busy.
    pub(super) fn next(&self, secs: u32) -> Option<(Timestamp, Step)> {
        let since = self.since?;
        // An agent that was interrupted, asked a person and went on is interrupted once more before it is killed.
        match self.passed.filter(|passed| passed.at >= since) {
            Some(Passed { killed: true, .. }) => None,
            Some(passed) => Some((passed.at + GRACE, Step::Kill)),
            None => {
                let left = (u64::from(secs) * 1000).saturating_sub(self.before);
                Some((since + Duration::from_millis(left), Step::Interrupt))
            }
        }
    }
}

/// Writes a span of time as people say it: `90 s`, `10 min`, `1 h 30 min`.
pub(super) fn span(time: Duration) -> String {
    let secs = time.as_secs();
    let (hours, minutes, rest) = (secs / 3600, secs % 3600 / 60, secs % 60);
    if secs < 60 || secs < 120 && rest > 0 {
        return format!("{secs} s");
    }
    let parts = [(hours, "h"), (minutes, "min"), (rest, "s")].into_iter().filter(|(count, _)| *count > 0);
    parts.map(|(count, unit)| format!("{count} {unit}")).collect::<Vec<_>>().join(" ")
}
