//! What the loop was told of an agent, and when there is something to tell it.
//!
//! A program that counts seconds or turns a glyph in the line by which its state is known makes news of nothing: each
//! piece would be an event, kept on disk and sent to every client. A figure that counts is told only now and then, and a
//! sign that turns or blinks not at all.

use std::time::Duration;

use tokio::time::Instant;

use crate::domain::{AgentState, Observation};

/// The least time between two observations that differ in figures alone.
const COUNTS_EVERY: Duration = Duration::from_secs(5);

/// What was told last.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    last: Option<(Observation, Instant)>,
}

/// What to do about an observation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Telling {
    /// It is known.
    Known,
    /// It is to be told.
    Now,
    /// It is to be told at this time, unless it has changed again by then.
    At(Instant),
}

impl Told {
    /// Returns whether nothing was told yet but that the agent is starting.
    pub(super) fn is_starting(&self) -> bool {
        self.last.as_ref().is_none_or(|(seen, _)| seen.state == AgentState::Starting)
    }

    /// Returns whether to tell what is seen now.
    pub(super) fn about(&self, seen: &Observation, now: Instant) -> Telling {
        match &self.last {
            Some((last, _)) if says_the_same(last, seen, char::is_alphanumeric) => Telling::Known,
            Some((last, at))
                if says_the_same(last, seen, char::is_alphabetic) && now < *at + COUNTS_EVERY =>
            {
                Telling::At(*at + COUNTS_EVERY)
            }
            Some(_) | None => Telling::Now,
        }
    }

    /// It is told.
    pub(super) fn tell(&mut self, seen: Observation, now: Instant) {
        self.last = Some((seen, now));
    }
}

/// Returns whether two observations say the same, in those characters that tell something.
fn says_the_same(before: &Observation, after: &Observation, tells: fn(char) -> bool) -> bool {
    let texts = |seen: &Observation| {
        let texts = [Some(&seen.reason), seen.task.as_ref(), seen.title.as_ref()];
        texts.map(|text| text.map(|text| text.chars().filter(|c| tells(*c)).collect::<String>()))
    };
    let rest = |seen: &Observation| (seen.state, seen.progress, seen.source, seen.draft, seen.dialog.clone());
    rest(before) == rest(after) && texts(before) == texts(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(state: AgentState, reason: &str) -> Observation {
        Observation::new(state, reason)
    }

    #[test]
    fn what_only_counts_is_told_now_and_then_and_all_else_at_once() {
        let now = Instant::now();
        let mut told = Told::default();
        assert!(told.is_starting());
        let first = seen(AgentState::Working, "spinner: ⠋ building (1s)");
        assert_eq!(told.about(&first, now), Telling::Now);
        told.tell(first.clone(), now);
        assert!(!told.is_starting());
        assert_eq!(told.about(&first, now), Telling::Known);
        let turned = seen(AgentState::Working, "spinner: ⠙ building (1s)");
        assert_eq!(told.about(&turned, now + COUNTS_EVERY), Telling::Known);
        let counted = seen(AgentState::Working, "spinner: ⠙ building (2s)");
        assert_eq!(told.about(&counted, now), Telling::At(now + COUNTS_EVERY));
        assert_eq!(told.about(&counted, now + COUNTS_EVERY), Telling::Now);
        let other = seen(AgentState::Working, "spinner: ⠙ testing (2s)");
        assert_eq!(told.about(&other, now), Telling::Now);
        let idle = seen(AgentState::Idle, "spinner: ⠙ building (2s)");
        assert_eq!(told.about(&idle, now), Telling::Now);
        let further = Observation { progress: Some(3), ..first };
        assert_eq!(told.about(&further, now), Telling::Now);
    }
}
