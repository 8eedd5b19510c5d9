//! Identities and instants: newtypes, so that two numbers of different meaning cannot be swapped.
//!
//! Ids are handed out by the kernel, are unique within their session and are never used again.
//! A [`Timestamp`] is an argument wherever it is needed; nothing in this room reads a clock.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }
    };
}

id!(
    /// One agent of a session.
    AgentId,
    "a"
);
id!(
    /// One team of a session.
    TeamId,
    "t"
);
id!(
    /// One message of a session. It is shown as its number, as it is asked for.
    MessageId,
    ""
);
id!(
    /// One thing that waits for a person in a session. It is shown as its number, as it is asked for.
    ApprovalId,
    ""
);

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Returns the span from `earlier` to this instant; zero if the clock went backwards between them.
    #[must_use]
    pub fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl std::ops::Add<Duration> for Timestamp {
    type Output = Timestamp;

    fn add(self, span: Duration) -> Timestamp {
        Timestamp(self.0.saturating_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_went_backwards_gives_no_negative_span() {
        assert_eq!(Timestamp(5).since(Timestamp(9)), Duration::ZERO);
        assert_eq!((Timestamp(5) + Duration::from_millis(7)).since(Timestamp(5)), Duration::from_millis(7));
    }
}
