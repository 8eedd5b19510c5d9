//! What the pane remembers of its own keys and texts, so that a key which provably did nothing is pressed once more, and
//! never a third time; and so that a text of its own which was given up can be told from a person's.
//!
//! It knows times and facts; what stands on the screen it is told.

use std::time::Duration;

use tokio::time::Instant;

use crate::domain::{ApprovalId, MessageId, Verdict};

/// A program has this long to react to the key that submits. The kernel waits a little longer before it says that no
/// reaction was seen.
const REACTS_WITHIN: Duration = Duration::from_millis(1800);

/// A dialog must have been quiet for this long before it is answered.
const DIALOG_RESTS: Duration = Duration::from_millis(150);

/// One that never is quiet is answered after this long all the same.
const DIALOG_SETTLES_WITHIN: Duration = Duration::from_secs(1);

/// A dialog has this long to go after its keys were pressed.
const GOES_WITHIN: Duration = Duration::from_secs(1);

/// A program that is ready again draws its box within some looks of so long each.
const LOOK_AGAIN: Duration = Duration::from_millis(200);
const LOOKS: u32 = 20;

/// The longest beginning and end of a text that are remembered, in characters.
const REMEMBERED: usize = 600;

/// What is remembered.
#[derive(Debug, Default)]
pub(super) struct Sure {
    printed_at: Option<Instant>,
    text: Option<(MessageId, String)>,
    submitted_at: Option<Instant>,
    given_up: Option<GivenUp>,
    answering: Option<Answering>,
}

/// A text that was given up and may stand in the box.
#[derive(Debug)]
struct GivenUp {
    text: String,
    look_at: Instant,
    looks: u32,
}

/// An answer that is on its way into a dialog.
#[derive(Debug)]
pub(super) struct Answering {
    pub(super) approval: ApprovalId,
    pub(super) dialog: String,
    pub(super) verdict: Verdict,
    due: Instant,
    until: Instant,
    /// What stood on the screen when its keys were pressed.
    pressed: Option<Vec<String>>,
}

/// What is to be done about an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// The dialog is not quiet yet.
    Wait,
    /// Press its keys.
    Press,
    /// Nothing more.
    Over,
}

impl Sure {
    /// The program printed something.
    pub(super) fn printed(&mut self, now: Instant) {
        self.printed_at = Some(now);
    }

    /// This message's text is being typed.
    pub(super) fn typed(&mut self, message: MessageId, text: &str) {
        self.text = Some((message, ends_of(text)));
        (self.submitted_at, self.given_up) = (None, None);
    }

    /// Returns the text that is being typed.
    pub(super) fn text(&self) -> Option<&str> {
        self.text.as_ref().map(|(_, text)| text.as_str())
    }

    /// Its key was pressed.
    pub(super) fn submitted(&mut self, now: Instant) {
        self.submitted_at = Some(now);
    }

    /// Its text was given up: it may stand in the box.
    pub(super) fn gave_up(&mut self, now: Instant) {
        self.submitted_at = None;
        self.given_up =
            self.text.take().map(|(_, text)| GivenUp { text, look_at: now + LOOK_AGAIN, looks: LOOKS });
    }

    /// The program reacted, or whatever stands in its box may be somebody else's: what was typed is no matter any more.
    pub(super) fn forget_text(&mut self) {
        (self.text, self.submitted_at, self.given_up) = (None, None, None);
    }

    /// A dialog opened, or the program is busy: what was pressed did something.
    pub(super) fn reacted(&mut self) {
        self.submitted_at = None;
    }

    /// No dialog is open: an answer that was given is through.
    pub(super) fn dialog_gone(&mut self) {
        self.answering = self.answering.take().filter(|answering| answering.pressed.is_none());
    }

    /// Returns the message and its text, if its key was pressed long ago and nothing happened; it is asked for once.
    pub(super) fn unanswered(&mut self, now: Instant) -> Option<(MessageId, String)> {
        self.submitted_at.take_if(|at| *at + REACTS_WITHIN <= now)?;
        self.text.clone()
    }

    /// Returns the text that was given up, if it is time to look whether it stands in the box; not again soon, and not
    /// for ever.
    pub(super) fn given_up(&mut self, now: Instant) -> Option<String> {
        let given_up = self.given_up.as_mut().filter(|given_up| given_up.look_at <= now)?;
        given_up.look_at = now + LOOK_AGAIN;
        given_up.looks -= 1;
        let text = given_up.text.clone();
        self.given_up.take_if(|given_up| given_up.looks == 0);
        Some(text)
    }

    /// Begins to answer a dialog.
    pub(super) fn answer(&mut self, approval: ApprovalId, dialog: &str, verdict: &Verdict, now: Instant) {
        let (dialog, verdict) = (dialog.to_owned(), verdict.clone());
        let until = now + DIALOG_SETTLES_WITHIN;
        self.answering = Some(Answering { approval, dialog, verdict, due: now, until, pressed: None });
    }

    /// Takes the answer for which something is due.
    pub(super) fn due_answer(&mut self, now: Instant) -> Option<Answering> {
        self.answering.take_if(|answering| answering.due <= now)
    }

    /// Says what to do about an answer whose dialog still stands on the screen, and remembers that it is done.
    pub(super) fn turn(&mut self, mut answering: Answering, rows: &[String], now: Instant) -> Turn {
        let rows = filled(rows);
        if let Some(before) = &answering.pressed {
            return if *before == rows { Turn::Press } else { Turn::Over };
        }
        let quiet_at = self.printed_at.map_or(now, |at| at + DIALOG_RESTS).min(answering.until);
        let waits = quiet_at > now;
        if waits {
            answering.due = quiet_at;
        } else {
            (answering.pressed, answering.due) = (Some(rows), now + GOES_WITHIN);
        }
        self.answering = Some(answering);
        if waits { Turn::Wait } else { Turn::Press }
    }

    /// Returns when there is something to see to; what was given up waits until the program is ready.
    pub(super) fn due(&self, is_ready: bool) -> Option<Instant> {
        let answer = self.answering.as_ref().map(|answering| answering.due);
        let unanswered = self.submitted_at.map(|at| at + REACTS_WITHIN);
        let given_up = self.given_up.as_ref().filter(|_| is_ready).map(|given_up| given_up.look_at);
        [answer, unanswered, given_up].into_iter().flatten().min()
    }
}

impl Answering {
    /// Returns whether its keys were pressed.
    pub(super) fn is_pressed(&self) -> bool {
        self.pressed.is_some()
    }
}

/// Returns the rows that are not empty, without the last: that may be a line that counts time.
fn filled(rows: &[String]) -> Vec<String> {
    let mut filled: Vec<String> = rows.iter().filter(|row| !row.trim().is_empty()).cloned().collect();
    if filled.len() > 1 {
        filled.pop();
    }
    filled
}

/// Returns the beginning and the end of a long text, with as many lines between them as make it known for a long one.
fn ends_of(text: &str) -> String {
    let count = text.chars().count();
    if count <= 2 * REMEMBERED {
        return text.to_owned();
    }
    let begins: String = text.chars().take(REMEMBERED).collect();
    let ends: String = text.chars().skip(count - REMEMBERED).collect();
    format!("{begins}\n\n{ends}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const M: MessageId = MessageId(1);

    fn rows(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_is_pressed_once_more_only_if_nothing_happened_since() {
        let (mut sure, now) = (Sure::default(), Instant::now());
        let later = now + REACTS_WITHIN;
        sure.typed(M, "hello");
        assert_eq!(sure.unanswered(later), None, "its key was not pressed");
        sure.submitted(now);
        assert_eq!((sure.due(true), sure.unanswered(now)), (Some(later), None));
        assert_eq!(sure.unanswered(later), Some((M, "hello".to_owned())));
        assert_eq!((sure.due(true), sure.unanswered(later)), (None, None), "once");
        sure.submitted(now);
        sure.reacted();
        assert_eq!(sure.unanswered(later), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_text_is_given_up_only_as_long_as_nobody_else_typed() {
        let (mut sure, now) = (Sure::default(), Instant::now());
        let later = now + LOOK_AGAIN;
        sure.typed(M, "hello");
        sure.gave_up(now);
        assert_eq!((sure.due(true), sure.due(false)), (Some(later), None));
        assert_eq!(sure.given_up(later).as_deref(), Some("hello"));
        assert_eq!(sure.given_up(later), None, "not again at once");
        sure.forget_text();
        assert_eq!((sure.given_up(later + LOOK_AGAIN), sure.due(true)), (None, None));
    }

    #[tokio::test(start_paused = true)]
    async fn a_dialog_is_answered_when_it_is_quiet_and_once_more_if_it_did_not_change() {
        let (mut sure, now) = (Sure::default(), Instant::now());
        let asks = rows("run it?\n\n1. Yes\n2. No\n1s");
        sure.printed(now);
        sure.answer(ApprovalId(1), "asks#1", &Verdict::Allow, now);
        let take = |sure: &mut Sure, rows: &[String], at| {
            let answering = sure.due_answer(at)?;
            Some(sure.turn(answering, rows, at))
        };
        assert_eq!(take(&mut sure, &asks, now), Some(Turn::Wait));
        assert_eq!(take(&mut sure, &asks, now), None);
        let quiet = now + DIALOG_RESTS;
        assert_eq!(take(&mut sure, &asks, quiet), Some(Turn::Press));
        let later = quiet + GOES_WITHIN;
        assert_eq!((sure.due(true), take(&mut sure, &asks, quiet)), (Some(later), None));
        // The line that counts is no change.
        assert_eq!(take(&mut sure, &rows("run it?\n1. Yes\n2. No\n2s"), later), Some(Turn::Press));
        assert_eq!(take(&mut sure, &asks, later + GOES_WITHIN), None, "never a third time");
        // A pointer that moved is one.
        sure.answer(ApprovalId(2), "asks#2", &Verdict::Allow, later);
        assert_eq!(take(&mut sure, &asks, later), Some(Turn::Press));
        let moved = rows("run it?\n1. Yes\n2. No <\n1s");
        assert_eq!(take(&mut sure, &moved, later + GOES_WITHIN), Some(Turn::Over));
        // And one that went away has taken its keys.
        sure.answer(ApprovalId(3), "asks#3", &Verdict::Allow, later);
        assert_eq!(take(&mut sure, &asks, later), Some(Turn::Press));
        sure.dialog_gone();
        assert_eq!(sure.due(true), None);
    }
}
