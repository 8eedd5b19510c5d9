//! The time limit of a turn: an agent that is busy for longer than it may be is interrupted, and killed if it is still
//! busy a while later, as a run without a screen is.
//!
//! What counts is the time in which it thinks or works. While it waits for a person the clock stands still: no agent
//! is interrupted for a slow answer, and the keys that interrupt would answer the dialog. A timer only asks to look:
//! whether the time is up follows from the state, so that one which comes late or twice changes nothing.

use std::time::Duration;

use super::super::State;
use super::super::outcome::Decision;
use super::clock::{Step, span};
use super::{Effect, Event, Live, Present, Timer};
use crate::domain::{AgentId, Run, Timestamp};

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
