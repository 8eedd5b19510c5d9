//! How much attention a pane gets, and so how long its holder may let a trickle of output wait: not at all while
//! somebody types, long while nobody would see the difference.

use std::time::Duration;

use tokio::time::Instant;

use super::super::frames::Audience;

/// A pane into which somebody typed this recently goes before floods.
const URGENT_FOR: Duration = Duration::from_millis(500);

/// A pane into which somebody typed this recently waits for nothing.
const ATTENDED_FOR: Duration = Duration::from_secs(2);

/// How long a trickle waits: where a program says its state itself, since its next word may stand behind a spinner's
/// turn and is news within 20 ms; where it is watched as a pane; where nobody watches, and whether it is at work is not
/// settled; and where that is settled too.
const TELLING: Duration = Duration::from_millis(12);
const WATCHED: Duration = Duration::from_millis(50);
const UNSETTLED: Duration = Duration::from_millis(33);
const UNWATCHED: Duration = Duration::from_millis(250);

/// What is known of an agent that matters to its pace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ways {
    /// It has not settled yet since its start.
    pub(super) is_starting: bool,
    /// It says itself in what state it is.
    pub(super) says_its_state: bool,
    /// It has printed for long enough to be at work, and more of the same would change nothing.
    pub(super) keeps_printing: bool,
}

/// The attention that a pane gets.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Attention {
    pressed_at: Option<Instant>,
    asked: Option<Duration>,
}

impl Attention {
    /// Somebody pressed something.
    pub(super) fn pressed(&mut self, now: Instant) {
        self.pressed_at = Some(now);
    }

    /// Returns whether somebody waits for what was pressed.
    pub(super) fn is_urgent(&self, now: Instant) -> bool {
        self.pressed_within(URGENT_FOR, now)
    }

    /// There is a holder that was asked for nothing yet.
    pub(super) fn begin(&mut self) {
        self.asked = None;
    }

    /// Returns how long a trickle may wait from now on, if the holder was asked for something else before.
    pub(super) fn news(&mut self, audience: Audience, ways: Ways, now: Instant) -> Option<Duration> {
        let wanted = match audience {
            _ if ways.is_starting || self.pressed_within(ATTENDED_FOR, now) => Duration::ZERO,
            _ if ways.says_its_state => TELLING,
            Audience::Panes => WATCHED,
            Audience::Cards | Audience::Nobody if ways.keeps_printing => UNWATCHED,
            Audience::Cards | Audience::Nobody => UNSETTLED,
        };
        (self.asked.replace(wanted) != Some(wanted)).then_some(wanted)
    }

    fn pressed_within(&self, span: Duration, now: Instant) -> bool {
        self.pressed_at.is_some_and(|at| now - at < span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUIET: Ways = Ways { is_starting: false, says_its_state: false, keeps_printing: false };
    const BUSY: Ways = Ways { keeps_printing: true, ..QUIET };

    #[test]
    fn whoever_needs_it_soon_gets_it_soon_and_nobody_is_asked_twice() {
        let now = Instant::now();
        let mut attention = Attention::default();
        let starting = Ways { is_starting: true, ..QUIET };
        assert_eq!(attention.news(Audience::Nobody, starting, now), Some(Duration::ZERO));
        assert_eq!(attention.news(Audience::Nobody, QUIET, now), Some(UNSETTLED));
        assert_eq!(attention.news(Audience::Nobody, BUSY, now), Some(UNWATCHED));
        assert_eq!(attention.news(Audience::Cards, BUSY, now), None, "a card is no pane");
        assert_eq!(attention.news(Audience::Panes, BUSY, now), Some(WATCHED));
        let telling = Ways { says_its_state: true, ..BUSY };
        assert_eq!(attention.news(Audience::Panes, telling, now), Some(TELLING));
        assert_eq!(
            attention.news(Audience::Nobody, telling, now),
            None,
            "its word is news to whoever follows"
        );
        attention.begin();
        assert_eq!(attention.news(Audience::Nobody, telling, now), Some(TELLING), "another holder");
    }

    #[test]
    fn a_pane_that_is_typed_into_waits_for_nothing() {
        let mut attention = Attention::default();
        let now = Instant::now();
        attention.news(Audience::Panes, BUSY, now);
        attention.pressed(now);
        assert!(attention.is_urgent(now) && !attention.is_urgent(now + URGENT_FOR));
        assert_eq!(attention.news(Audience::Panes, BUSY, now), Some(Duration::ZERO));
        assert_eq!(attention.news(Audience::Panes, BUSY, now + URGENT_FOR), None);
        assert_eq!(attention.news(Audience::Panes, BUSY, now + ATTENDED_FOR), Some(WATCHED));
    }
}
