//! When a pane looks at its screen for the agent's state: soon after it falls quiet, now and then while it is noisy,
//! and when the detector says that time alone may change the verdict. Never by polling. And what it reads there: only
//! the rows that changed since it looked last.

use std::time::Duration;

use tokio::time::Instant;

use crate::terminal::Snapshot;

/// Output must rest this long before the screen is looked at.
const QUIET_FOR: Duration = Duration::from_millis(50);

/// The screen of a program that never rests is looked at this often.
const NOISE_EVERY: Duration = Duration::from_millis(250);

/// What a program says of itself in its output is taken in at once, but no more often than this: it may say a thousand
/// things a second, and only the last of them is so.
const WORDS_EVERY: Duration = Duration::from_millis(10);

/// When to look next.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Looking {
    due: Option<Instant>,
    latest: Option<Instant>,
    hurried: Option<Instant>,
    again: Option<Instant>,
    looked_at: Option<Instant>,
}

impl Looking {
    /// Something was printed.
    pub(super) fn disturbed(&mut self, now: Instant) {
        let latest = *self.latest.get_or_insert_with(|| {
            self.looked_at.map_or(now + QUIET_FOR, |at| (at + NOISE_EVERY).max(now + QUIET_FOR))
        });
        self.due = Some((now + QUIET_FOR).min(latest));
    }

    /// Something was done or told that need not wait for quiet, whatever is printed after it.
    pub(super) fn hurry(&mut self, now: Instant) {
        self.hurried = Some(self.hurried.map_or(now, |at| at.min(now)));
    }

    /// The program said something of itself in its output, which need not wait either.
    pub(super) fn said(&mut self, now: Instant) {
        self.hurried.get_or_insert(self.looked_at.map_or(now, |at| now.max(at + WORDS_EVERY)));
    }

    /// The screen was looked at; time alone may change the verdict at `again`.
    pub(super) fn looked(&mut self, now: Instant, again: Option<Instant>) {
        *self = Looking { again, looked_at: Some(now), ..Looking::default() };
    }

    /// Returns when to look next; none if only output can change anything.
    pub(super) fn at(&self) -> Option<Instant> {
        [self.due, self.hurried, self.again].into_iter().flatten().min()
    }
}

/// A screen's rows as text, as they were at the last look.
#[derive(Debug, Default)]
pub(super) struct Texts {
    rows: Vec<String>,
    revision: u64,
}

impl Texts {
    /// Returns the rows of a screen, which is the one that was read before.
    pub(super) fn read(&mut self, screen: &Snapshot) -> &[String] {
        if screen.sized_at > self.revision {
            *self = Texts::default();
        }
        self.rows.resize_with(screen.rows.len(), String::new);
        for (text, row) in self.rows.iter_mut().zip(screen.rows.iter()) {
            if row.changed_at > self.revision {
                *text = row.line.text();
            }
        }
        self.revision = screen.revision;
        &self.rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terminal::{Screen, Size};

    #[test]
    fn the_rows_that_are_read_are_those_of_the_screen_whatever_became_of_it() {
        let mut screen = Screen::new(Size::new(4, 20));
        let mut texts = Texts::default();
        let sizes = [(4, 20), (4, 20), (4, 20), (6, 20), (3, 10), (3, 10)];
        let printed =
            ["one\r\ntwo", "\r\x1b[2Kthree", "\r\nfour\r\nfive\r\nsix", "\x1b[1;1Hseven", "", "\x1b[2J"];
        for (bytes, (rows, cols)) in printed.iter().zip(sizes) {
            screen.resize(Size::new(rows, cols));
            screen.feed(bytes.as_bytes());
            let expected: Vec<String> = (0..rows).map(|row| screen.row_text(row)).collect();
            assert_eq!(texts.read(&screen.snapshot()), expected, "after {bytes:?}");
            assert_eq!(texts.read(&screen.snapshot()), expected, "again");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_quiet_screen_is_looked_at_soon_and_a_noisy_one_now_and_then() {
        let mut looking = Looking::default();
        let start = Instant::now();
        assert_eq!(looking.at(), None);
        looking.disturbed(start);
        assert_eq!(looking.at(), Some(start + QUIET_FOR));
        looking.looked(start + QUIET_FOR, None);
        assert_eq!(looking.at(), None, "a quiet pane costs no timer");

        let ms = |n| start + QUIET_FOR + Duration::from_millis(n);
        for n in (0..240).step_by(10) {
            looking.disturbed(ms(n));
        }
        assert_eq!(looking.at(), Some(start + QUIET_FOR + NOISE_EVERY));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_said_in_so_many_words_is_seen_at_once() {
        let mut looking = Looking::default();
        let now = Instant::now();
        looking.disturbed(now);
        looking.said(now);
        assert_eq!(looking.at(), Some(now));
        looking.disturbed(now);
        assert_eq!(looking.at(), Some(now), "what is printed after it does not put it off");
        looking.looked(now, None);
        let ms = |n| now + Duration::from_millis(n);
        for n in 1..9 {
            looking.disturbed(ms(n));
            looking.said(ms(n));
        }
        assert_eq!(looking.at(), Some(now + WORDS_EVERY), "many words are taken in together");
        looking.hurry(ms(9));
        assert_eq!(looking.at(), Some(ms(9)), "what is told from outside waits for none of them");
        looking.looked(now + WORDS_EVERY, None);
        looking.said(ms(100));
        assert_eq!(looking.at(), Some(ms(100)), "a seldom one waits for nothing");
    }
}
