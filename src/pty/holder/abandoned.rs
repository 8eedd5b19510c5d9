//! When a holder goes that nobody comes to. It outlives its daemon, but not for ever: once its agent has ended and that is
//! written down it goes after a while, and when the folder of its history was removed, with its agent, soon.
//!
//! Only time that passes without a connection counts. This decides; the holder's loop looks and goes.

use std::time::{Duration, Instant};

/// How long a holder without an agent waits for a daemon.
const GOES_AFTER: Duration = Duration::from_secs(8 * 60 * 60);
/// How often a holder to which nobody is connected looks for its folder.
const LOOK_EVERY: Duration = Duration::from_secs(if cfg!(test) { 1 } else { 10 });

/// For how long nobody was there.
#[derive(Debug, Default)]
pub(super) struct Abandoned {
    since: Option<Instant>,
    look_at: Option<Instant>,
}

impl Abandoned {
    /// Notes whether somebody is connected.
    pub(super) fn note(&mut self, is_connected: bool, now: Instant) {
        if is_connected {
            *self = Abandoned::default();
        } else if self.since.is_none() {
            *self = Abandoned { since: Some(now), look_at: Some(now + LOOK_EVERY) };
        }
    }

    /// Returns whether it is time to look for the folder, once each time.
    pub(super) fn looks_now(&mut self, now: Instant) -> bool {
        let is_due = self.look_at.is_some_and(|at| at <= now);
        if is_due {
            self.look_at = Some(now + LOOK_EVERY);
        }
        is_due
    }

    /// Returns whether a holder whose agent has ended goes.
    pub(super) fn is_over(&self, now: Instant) -> bool {
        self.since.is_some_and(|since| since + GOES_AFTER <= now)
    }

    /// Returns when there is something to look at or to decide, if nobody comes.
    pub(super) fn look_at(&self) -> Option<Instant> {
        self.look_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_time_in_which_nobody_is_there_counts() {
        let (mut abandoned, begin) = (Abandoned::default(), Instant::now());
        abandoned.note(false, begin);
        assert!(!abandoned.is_over(begin + GOES_AFTER / 2));
        abandoned.note(true, begin + GOES_AFTER / 2);
        assert!(!abandoned.is_over(begin + GOES_AFTER));
        abandoned.note(false, begin + GOES_AFTER);
        assert!(!abandoned.is_over(begin + GOES_AFTER + GOES_AFTER / 2));
        assert!(abandoned.is_over(begin + GOES_AFTER * 2));
    }

    #[test]
    fn it_looks_again_and_again_and_not_while_somebody_is_there() {
        let (mut abandoned, begin) = (Abandoned::default(), Instant::now());
        abandoned.note(false, begin);
        assert!(!abandoned.looks_now(begin));
        let next = begin + LOOK_EVERY;
        assert_eq!((abandoned.looks_now(next), abandoned.looks_now(next)), (true, false));
        assert_eq!(abandoned.look_at(), Some(next + LOOK_EVERY));
        abandoned.note(true, next);
        assert_eq!((abandoned.look_at(), abandoned.looks_now(next + LOOK_EVERY)), (None, false));
    }
}
