//! The time limit of a turn: an agent that is busy for longer than it may be is interrupted, and killed if it is still
//! busy a while later, as a run without a screen is.
//!
//! What counts is the time in which it thinks or works. While it waits for a person the clock stands still: no agent
//! is interrupted for a slow answer, and the keys that interrupt would answer the dialog. A timer only asks to look:
//! whether the time is up follows from the state, so that one which comes late or twice changes nothing.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::super::State;
use super::super::outcome::Decision;
use super::{Effect, Event, Live, Present, Timer};
use crate::domain::{AgentId, AgentState, Run, Timestamp};

/// How long an agent has after it was interrupted.
const GRACE: Duration = Duration::from_secs(30);

/// How long an agent has been busy in its turn, and that this was too long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// How long it was busy in this turn before the present stretch, in milliseconds.
    before: u64,
    /// Since when it is busy without a pause; none while it is not.
    since: Option<Timestamp>,
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
enum Step {
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

    fn busy_ms(&self, now: Timestamp) -> u64 {
        let stretch = self.since.map_or(Duration::ZERO, |since| now.since(since));
        self.before.saturating_add(u64::try_from(stretch.as_millis()).unwrap_or(u64::MAX))
    }

    /// Returns what is to be done when, if it stays busy.
    fn next(&self, secs: u32) -> Option<(Timestamp, Step)> {
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

/// Says how an agent stands to the time limit of its turns; none where it has none.
#[must_use]
pub fn time_limit(state: &State, agent: AgentId, now: Timestamp) -> Option<String> {
    let clock = state.live(agent)?.clock;
    if let Some(passed) = clock.passed {
        let done = if passed.killed { "killed" } else { "interrupted" };
        return Some(format!("{}; it was {done} {} ago", passed.words(), span(now.since(passed.at))));
    }
    let each = span(Duration::from_secs(limit_of(state, agent)?.into()));
    let used = Duration::from_millis(clock.busy_ms(now));
    Some(if used.is_zero() {
        format!("a turn may take {each}")
    } else {
        format!("a turn may take {each}; this one has been busy for {}", span(used))
    })
}

/// Returns what a person is told of a turn that took too long.
#[must_use]
pub fn time_notice(state: &State, event: &Event) -> Option<String> {
    let Event::TimeLimitPassed { agent, secs, killed } = event else { return None };
    let name = &state.org().agent(*agent)?.name;
    let then = if *killed { "it is killed" } else { "it is interrupted" };
    let limit = span(Duration::from_secs((*secs).into()));
    Some(format!("{name}: its time limit of {limit} passed; {then}"))
}

fn limit_of(state: &State, agent: AgentId) -> Option<u32> {
    state.org().agent(agent)?.launch.limits.time_secs
}

fn next(state: &State, agent: AgentId) -> Option<(Timestamp, Step, u32)> {
    let secs = limit_of(state, agent)?;
    let live = state.live(agent).filter(|live| live.is_up())?;
    live.clock.next(secs).map(|(at, step)| (at, step, secs))
}

/// Decides what the time means for an agent's turn by now.
pub(in crate::kernel) fn due(state: &State, present: &mut Present, timer: Timer, now: Timestamp) -> Decision {
    let Timer::Overdue { agent } = timer;
    present.looks.remove(&agent);
    let Some((_, step, secs)) = next(state, agent).filter(|(at, ..)| *at <= now) else {
        return watch(state, present, agent);
    };
    let passed = |killed| Decision::default().event(Event::TimeLimitPassed { agent, secs, killed });
    match step {
        Step::Interrupt => passed(false).effect(Effect::Interrupt { agent, force: false }),
        Step::Kill => {
            passed(true).event(Event::RunChanged { agent, run: Run::Stopped }).effect(Effect::Kill { agent })
        }
    }
}

/// Returns what is to be said of how a turn ended that took too long.
pub(super) fn ended(live: &Live) -> Option<String> {
    live.clock.passed.filter(|_| live.clock.since.is_some()).map(|passed| passed.words())
}

/// Asks for the time at which an agent's turn will have taken too long, if it is not asked for already.
pub(in crate::kernel) fn watch(state: &State, present: &mut Present, agent: AgentId) -> Decision {
    let Some((at, ..)) = next(state, agent) else { return Decision::default() };
    if present.looks.get(&agent).is_some_and(|look| *look <= at) {
        return Decision::default();
    }
    present.looks.insert(agent, at);
    Decision::default().wake(at, Timer::Overdue { agent })
}

/// Writes a span of time as people say it: `90 s`, `10 min`, `1 h 30 min`.
fn span(time: Duration) -> String {
    let secs = time.as_secs();
    let (hours, minutes, rest) = (secs / 3600, secs % 3600 / 60, secs % 60);
    if secs < 60 || secs < 120 && rest > 0 {
        return format!("{secs} s");
    }
    let parts = [(hours, "h"), (minutes, "min"), (rest, "s")].into_iter().filter(|(count, _)| *count > 0);
    parts.map(|(count, unit)| format!("{count} {unit}")).collect::<Vec<_>>().join(" ")
}
