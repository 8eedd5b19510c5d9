//! How long the terminal is left alone between two reads of a trickle.
//!
//! A program that turns a spinner writes a few bytes sixty times a second, and each time wakes the holder and then the
//! daemon. When nobody needs to see that at once, the daemon says so; then, after a little output, the terminal is not
//! read until a wait is over, which doubles while the trickle goes on. What comes after quiet, much at a time, or just
//! after something was typed is read at once. Nothing is lost: the system keeps what is not read, and lets the program
//! wait when that is full.

use std::time::{Duration, Instant};

/// The first wait.
const FIRST: Duration = Duration::from_millis(16);
/// No wait is longer, whatever is wanted.
const LONGEST: Duration = Duration::from_secs(1);
/// Less than this in one read is a trickle, in bytes.
const SMALL: usize = 512;
/// This much after a wait is no trickle any more: the system keeps some 4 KB before the program waits.
const LARGE: usize = 2048;
/// Output that follows the end of a wait by less than this belongs to the same trickle.
const QUIET_FOR: Duration = Duration::from_millis(100);
/// After a long wait, reading goes on for so long: the wait may have ended between two halves of one drawing, and the
/// second would not be seen before the end of the next.
const REST_FOR: Duration = Duration::from_millis(4);
const LONG: Duration = Duration::from_millis(64);
/// For how long nothing is held after something was typed, since what comes may answer it; and in a flood, whose pieces
/// may each be small, because they are read as fast as they come.
const FREE_FOR: Duration = Duration::from_millis(100);
/// With as much as this in that time a flood goes on, in bytes.
const FLOOD: usize = 8192;

/// The pace at which a terminal is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pace {
    /// The longest wait; zero is none at all.
    most: Duration,
    wait: Duration,
    /// The latest wait, over or not.
    hold: Option<Hold>,
    free: Option<Free>,
}

/// A time in which nothing is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Free {
    until: Instant,
    /// How much was read in it.
    bytes: usize,
}

/// A wait: from when, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Hold {
    from: Instant,
    until: Instant,
}

impl Pace {
    /// Takes the longest wait that is wanted from now on. What waits is read at once.
    pub(super) fn set(&mut self, most: Duration) {
        let most = most.min(LONGEST);
        self.most = most;
        self.wait = self.wait.min(most);
        self.hold = None;
    }

    /// What comes now is not to wait: something was done to the agent, or it prints much.
    pub(super) fn hurry(&mut self, now: Instant) {
        self.wait = Duration::ZERO;
        self.hold = None;
        self.free = Some(Free { until: now + FREE_FOR, bytes: 0 });
    }

    /// Returns whether the terminal is to be left alone.
    pub(super) fn holds(&self, now: Instant) -> bool {
        self.hold.is_some_and(|hold| hold.from <= now && now < hold.until)
    }

    /// Returns when the answer to [`Pace::holds`] changes by itself; none if it does not.
    pub(super) fn changes_at(&self, now: Instant) -> Option<Instant> {
        let hold = self.hold?;
        [hold.from, hold.until].into_iter().find(|at| *at > now)
    }

    /// Takes in that the terminal was read, and how much there was.
    pub(super) fn read(&mut self, now: Instant, bytes: usize) {
        if self.most.is_zero() || bytes == 0 {
            return;
        }
        if let Some(free) = &mut self.free {
            free.bytes += bytes;
            if now < free.until {
                return;
            }
            if free.bytes >= FLOOD {
                return self.hurry(now);
            }
            self.free = None;
        }
        let (waits, steady) = match self.hold {
            Some(hold) => (now < hold.until, now < hold.until + QUIET_FOR),
            None => (false, false),
        };
        if bytes >= LARGE {
            return self.hurry(now);
        }
        if waits {
            // More of what was read just before.
            return;
        }
        if !steady {
            self.wait = Duration::ZERO;
        }
        if bytes < SMALL {
            self.wait = (self.wait * 2).max(FIRST).min(self.most);
        }
        let rest = if self.wait >= LONG { REST_FOR } else { Duration::ZERO };
        self.hold = (!self.wait.is_zero()).then(|| Hold { from: now + rest, until: now + self.wait });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: Duration = ms(250);

    const fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    fn paced(most: Duration) -> Pace {
        let mut pace = Pace::default();
        pace.set(most);
        pace
    }

    /// Has a program print `bytes` every `period` for `span`; returns when the terminal was read, and how much.
    fn trickle(
        pace: &mut Pace,
        from: Instant,
        period: Duration,
        bytes: usize,
        span: Duration,
    ) -> Vec<(Duration, usize)> {
        let (mut reads, mut waiting, mut printed) = (Vec::new(), 0, from);
        for n in 0..=span.as_millis() {
            let now = from + Duration::from_millis(u64::try_from(n).unwrap());
            while printed <= now {
                waiting += bytes;
                printed += period;
            }
            if waiting > 0 && !pace.holds(now) {
                reads.push((now - from, waiting));
                pace.read(now, std::mem::take(&mut waiting));
            }
        }
        reads
    }

    #[test]
    fn a_steady_trickle_is_read_ever_more_seldom_and_never_later_than_wanted() {
        let reads = trickle(&mut paced(MOST), Instant::now(), ms(16), 6, ms(5000));
        let at: Vec<_> = reads.iter().map(|(at, _)| *at).collect();
        assert_eq!(at[..5], [ms(0), ms(16), ms(48), ms(112), ms(240)]);
        assert!(at.windows(2).all(|pair| pair[1] - pair[0] <= MOST + ms(1)), "{at:?}");
        assert!(at.len() < 30, "{at:?}");
        assert_eq!(trickle(&mut paced(ms(33)), Instant::now(), ms(16), 6, ms(3300)).len(), 101);
    }

    #[test]
    fn what_comes_after_quiet_is_read_at_once_and_a_seldom_line_always() {
        let mut pace = paced(MOST);
        let start = Instant::now();
        trickle(&mut pace, start, ms(16), 6, ms(3000));
        let later = start + ms(3000) + MOST + QUIET_FOR;
        assert!(!pace.holds(later));
        assert_eq!(pace.changes_at(later), None, "quiet costs no wake");
        pace.read(later, 6);
        assert_eq!(pace.changes_at(later), Some(later + FIRST));
        let reads = trickle(&mut paced(MOST), start, ms(200), 6, ms(2000));
        assert!(reads.iter().all(|(at, _)| at.as_millis() % 200 == 0), "{reads:?}");
    }

    #[test]
    fn much_at_a_time_is_never_held() {
        let start = Instant::now();
        let reads = trickle(&mut paced(MOST), start, ms(5), 4096, ms(500));
        assert_eq!(reads.len(), 101);
        let mut pace = paced(MOST);
        trickle(&mut pace, start, ms(16), 6, ms(3000));
        let flood_at = start + ms(3000);
        pace.read(flood_at, LARGE);
        assert!(!pace.holds(flood_at));
        // Nor is a flood in small pieces, once it is known for one.
        let reads = trickle(&mut paced(MOST), start, ms(1), 400, ms(2000));
        assert!(reads.len() > 1950, "{} reads", reads.len());
        // A livelier trickle is held only as long as little gathers.
        let reads = trickle(&mut paced(MOST), start, ms(16), 100, ms(3000));
        assert!(reads.iter().all(|(_, bytes)| *bytes < LARGE / 2), "{reads:?}");
        assert!(reads.len() < 40, "{reads:?}");
    }

    #[test]
    fn an_answer_to_what_was_typed_is_read_at_once() {
        let mut pace = paced(MOST);
        let start = Instant::now();
        trickle(&mut pace, start, ms(16), 6, ms(3000));
        let typed_at = start + ms(3010);
        assert!(pace.holds(typed_at));
        pace.hurry(typed_at);
        for n in 0..10 {
            let now = typed_at + ms(n * 9);
            assert!(!pace.holds(now));
            pace.read(now, 6);
        }
        let now = typed_at + FREE_FOR;
        pace.read(now, 6);
        assert_eq!(pace.changes_at(now), Some(now + FIRST), "the wait begins anew");
    }

    #[test]
    fn after_a_long_wait_the_rest_of_a_drawing_is_read_too() {
        let mut pace = paced(MOST);
        let mut now = Instant::now();
        for _ in 0..8 {
            pace.read(now, 6);
            now = pace.hold.unwrap().until;
        }
        pace.read(now, 6);
        assert!(!pace.holds(now + ms(3)));
        pace.read(now + ms(3), 6);
        assert!(pace.holds(now + REST_FOR) && pace.holds(now + ms(249)));
        assert_eq!(pace.changes_at(now), Some(now + REST_FOR));
        assert_eq!(pace.changes_at(now + REST_FOR), Some(now + MOST));
    }

    #[test]
    fn without_a_wish_nothing_is_held_and_a_new_one_ends_the_wait() {
        let start = Instant::now();
        assert_eq!(trickle(&mut Pace::default(), start, ms(1), 6, ms(100)).len(), 101);
        let mut pace = paced(MOST);
        trickle(&mut pace, start, ms(16), 6, ms(3000));
        let now = start + ms(3010);
        assert!(pace.holds(now));
        pace.set(ms(33));
        assert!(!pace.holds(now));
        pace.read(now, 6);
        assert!(pace.changes_at(now).is_some_and(|at| at <= now + ms(33)));
    }
}
