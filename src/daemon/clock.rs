//! The only clocks of the daemon: the wall's, for what people read, and a steady one, for spans and ages.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

use crate::domain::Timestamp;
use crate::price::Day;

/// Returns the time of day.
pub(super) fn wall() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Returns the day on which an instant is here, as days after 1970-01-01.
pub(super) fn day(at: Timestamp) -> Day {
    let at = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    let date = at.to_zoned(jiff::tz::TimeZone::system()).date();
    let days = date.since(jiff::civil::date(1970, 1, 1)).map_or(0, |span| span.get_days());
    Day(days)
}

/// A clock that never goes backwards or jumps: its timestamps count from its making and are good for spans alone.
#[derive(Clone, Copy, Debug)]
pub(super) struct Steady(Instant);

impl Steady {
    pub(super) fn new() -> Steady {
        Steady(Instant::now())
    }

    pub(super) fn now(&self) -> Timestamp {
        self.at(Instant::now())
    }

    pub(super) fn at(&self, instant: Instant) -> Timestamp {
        Timestamp(i64::try_from(instant.saturating_duration_since(self.0).as_millis()).unwrap_or(i64::MAX))
    }

    /// Returns the instant at which this clock shows `at`.
    pub(super) fn instant(&self, at: Timestamp) -> Instant {
        self.0 + Duration::from_millis(u64::try_from(at.0).unwrap_or(0))
    }
}
