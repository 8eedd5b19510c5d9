//! A pane without a process: it is given what a program printed, and when, and says what the detector made of it.
//!
//! The screen, the detector and the moments at which the one is looked at for the other are those of a living pane; only
//! the clock is the recording's. What states are worth is measured with this, on recordings of real programs.

use std::time::Duration;

use tokio::time::Instant;

use super::super::hook::HookCall;
use super::look::{Looking, Texts};
use super::recorded::{before, hear};
use crate::adapter::{Detector, View};
use crate::domain::{Evidence, Observation, Signal, Timestamp};
use crate::terminal::{Notice, Screen, Size};

/// Something that happened to the terminal.
#[derive(Clone, Debug)]
pub enum Happening {
    /// The program printed this.
    Output(Vec<u8>),
    /// Something was typed.
    Typed,
    /// The terminal changed its size, to so many rows and columns.
    Resized(u16, u16),
    /// A hook of the program told this.
    Told(Box<HookCall>),
    /// Its records said this, and that it had been so for so long.
    Recorded(Signal, Duration),
}

/// What was believed from a moment on.
#[derive(Clone, Debug)]
pub struct Believed {
    /// When, since the beginning.
    pub at: Duration,
    /// What.
    pub seen: Observation,
    /// Why: the decisive piece of evidence.
    pub because: Option<Evidence>,
}

/// A pane that lives through a recording.
pub struct Replay {
    screen: Screen,
    detector: Detector,
    looking: Looking,
    texts: Texts,
    begun: Instant,
    heeds_status: bool,
    believed: Vec<Believed>,
}

impl Replay {
    /// Begins with a terminal of this size. Without `heeds_status`, what the program says of its own state (OSC 7501)
    /// is not listened to.
    #[must_use]
    pub fn new(rows: u16, cols: u16, detector: Detector, heeds_status: bool) -> Replay {
        let begun = Instant::now();
        let mut looking = Looking::default();
        looking.disturbed(begun);
        let screen = Screen::new(Size::new(rows, cols));
        let (texts, believed) = (Texts::default(), Vec::new());
        Replay { screen, detector, looking, texts, begun, heeds_status, believed }
    }

    /// Takes in what happened so long after the beginning.
    pub fn take(&mut self, at: Duration, what: &Happening) {
        self.look_until(at);
        let (now, stamp) = (self.begun + at, stamp(at));
        match what {
            Happening::Output(bytes) => {
                self.screen.feed(bytes);
                self.detector.output(bytes.len(), stamp);
                self.looking.disturbed(now);
            }
            Happening::Typed => self.detector.input(stamp),
            Happening::Resized(rows, cols) => {
                self.detector.redraws(stamp);
                self.screen.resize(Size::new(*rows, *cols));
            }
            Happening::Told(call) => {
                for signal in call.signals() {
                    hear(&mut self.detector, &mut self.looking, &signal, stamp, now);
                }
            }
            Happening::Recorded(signal, age) => {
                hear(&mut self.detector, &mut self.looking, signal, before(stamp, *age), now);
            }
        }
        drop(self.screen.take_replies());
        for notice in self.screen.take_notices() {
            self.notice(notice, stamp, now);
        }
        self.look_until(at);
    }

    /// Lets time pass until `at`, and returns everything that was believed, in order.
    #[must_use]
    pub fn end(mut self, at: Duration) -> Vec<Believed> {
        self.look_until(at);
        self.believed
    }

    fn notice(&mut self, notice: Notice, at: Timestamp, now: Instant) {
        match notice {
            Notice::ProgramStatus(payload) if self.heeds_status => {
                self.detector.status(payload.as_bytes(), at);
            }
            Notice::Progress(progress) => self.detector.progress(progress, at),
            Notice::Notification { title, body } => {
                self.detector.notification(&format!("{title} {body}"), at);
            }
            Notice::Prompt(prompt) => self.detector.prompt(prompt, at),
            Notice::Title(title) => return self.detector.title(&title),
            Notice::ProgramStatus(_)
            | Notice::Directory(_)
            | Notice::Bell
            | Notice::Clipboard { .. }
            | Notice::Repaint => return,
        }
        self.looking.said(now);
    }

    fn look_until(&mut self, until: Duration) {
        while let Some(at) = self.looking.at().filter(|at| *at <= self.begun + until) {
            self.look(at);
        }
    }

    fn look(&mut self, now: Instant) {
        let at = stamp(now - self.begun);
        let cursor = self.screen.cursor();
        let rows = self.texts.read(&self.screen.snapshot());
        let view = View { rows, cursor: (usize::from(cursor.row), usize::from(cursor.col)), title: "" };
        self.detector.look(&view, at);
        let verdict = self.detector.verdict(at);
        if self.believed.last().is_none_or(|last| last.seen != verdict.seen) {
            let because = verdict.evidence.into_iter().find(|piece| piece.decisive);
            self.believed.push(Believed { at: now - self.begun, seen: verdict.seen, because });
        }
        let again = self.detector.look_again_at(at);
        self.looking.looked(now, again.map(|at| self.begun + Duration::from_millis(at.0.unsigned_abs())));
    }
}

fn stamp(at: Duration) -> Timestamp {
    Timestamp(i64::try_from(at.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::adapter::Adapters;
    use crate::domain::{AgentState, WaitFor};

    fn states(heeds_status: bool) -> Vec<(u64, AgentState)> {
        let adapters = Adapters::builtin().unwrap();
        let detector = Detector::new(Arc::clone(adapters.generic()), Timestamp(0));
        let mut replay = Replay::new(24, 80, detector, heeds_status);
        let ms = Duration::from_millis;
        replay.take(ms(100), &Happening::Output(b"\x1b]7501;state=working\x07hello".to_vec()));
        replay.take(ms(3000), &Happening::Output(b"\x1b]7501;state=idle\x07\r\nGo on? [y/n] ".to_vec()));
        let believed = replay.end(ms(5000));
        believed.iter().map(|b| (b.at.as_millis().try_into().unwrap(), b.seen.state)).collect()
    }

    #[test]
    fn a_recording_is_lived_through_by_its_own_clock() {
        let told = states(true);
        assert_eq!(told, [(50, AgentState::Starting), (100, AgentState::Working), (3000, AgentState::Idle)]);
        let untold = states(false);
        assert_eq!(untold.last(), Some(&(3050, AgentState::Waiting(WaitFor::Approval))), "{untold:?}");
    }

    #[test]
    fn what_was_told_beside_the_screen_is_heard_as_in_a_pane() {
        let adapters = Adapters::builtin().unwrap();
        let detector = Detector::new(Arc::clone(adapters.generic()), Timestamp(0));
        let mut replay = Replay::new(24, 80, detector, true);
        let payload = serde_json::json!({"hook_event_name": "UserPromptSubmit", "prompt": "x"});
        let call = HookCall { cli: "claude".into(), payload, ..HookCall::default() };
        replay.take(Duration::from_millis(100), &Happening::Told(Box::new(call)));
        let believed = replay.end(Duration::from_millis(200));
        let last = believed.last().unwrap();
        assert_eq!((last.at.as_millis(), last.seen.state), (100, AgentState::Thinking));
    }
}
