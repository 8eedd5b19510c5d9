//! Where a pane's screen is, what waits to be put on it, and when it is shown.
//!
//! The screen is in one place at a time: here, or with the parsing threads. A little output is parsed where it arrives,
//! which is what keeps an echo fast and many quiet writers cheap; a flood goes to the threads in slices.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::super::frames::{Audience, Frames, Shown};
use super::super::pool::{Pool, Urgency};
use crate::domain::Exit;
use crate::terminal::{Notice, Screen, Size};

/// How much output may wait here, in bytes; beyond that the holder is not read, and its agent waits.
const BACKLOG: usize = 512 << 10;

/// How much is parsed where it arrives, in bytes and in time.
const INLINE: usize = 4 << 10;
const INLINE_FOR: Duration = Duration::from_micros(500);

/// How long a slice on the threads may take.
const SLICE_FOR: Duration = Duration::from_millis(2);

/// How much is parsed between two looks at the clock, in bytes.
const STEP: usize = 4 << 10;
const INLINE_STEP: usize = 512;

/// The least time between two frames, and where the pane is shown only as a card.
const FRAME_EVERY: Duration = Duration::from_millis(16);
const CARD_EVERY: Duration = Duration::from_millis(250);

/// So little output since the last frame, in bytes, is shown at once where somebody waits for what they typed.
const ECHO: usize = 512;

/// How long a program may hold a frame back (mode 2026).
const HOLD_FOR: Duration = Duration::from_millis(150);

/// One thing that waits to be put on the screen, in the order of the stream.
#[derive(Debug)]
enum Item {
    /// What is past was printed before this daemon heard the program, and nobody answers for it any more.
    Bytes {
        bytes: Vec<u8>,
        done: usize,
        past: bool,
    },
    Size {
        size: Size,
        past: bool,
    },
    Exit(Exit),
}

/// What came of putting things on the screen.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    /// How many bytes.
    pub(super) bytes: usize,
    /// What the terminal answers to the program.
    pub(super) replies: Vec<u8>,
    /// What the program said beside its text.
    pub(super) notices: Vec<Notice>,
    /// How it ended, if that was reached.
    pub(super) exit: Option<Exit>,
}

/// A screen and what belongs to it.
struct Work {
    screen: Box<Screen>,
    items: VecDeque<Item>,
    display: Display,
}

/// Where a screen is shown, and as which start of its agent.
#[derive(Clone, Debug)]
pub(super) struct Display {
    pub(super) frames: Frames,
    pub(super) epoch: u32,
}

impl Display {
    /// Returns the least time between two frames for those who look; none if nobody does.
    fn every(&self) -> Option<Duration> {
        match self.frames.audience() {
            Audience::Nobody => None,
            Audience::Cards => Some(CARD_EVERY),
            Audience::Panes => Some(FRAME_EVERY),
        }
    }

    fn show(&self, screen: &mut Screen) {
        self.frames.show(Shown { epoch: self.epoch, snapshot: Arc::new(screen.snapshot()) });
    }
}

/// A pane's screen.
pub(super) struct ScreenPlace {
    here: Option<Box<Screen>>,
    away: Option<oneshot::Receiver<(Work, Parsed)>>,
    items: VecDeque<Item>,
    waiting: usize,
    display: Display,
    /// Whether the screen changed since it was last shown.
    dirty: bool,
    shown_at: Option<Instant>,
    /// How much output was put on it since, in bytes.
    unshown: usize,
    /// Whether somebody waits for what they typed.
    urgent: bool,
    held_since: Option<Instant>,
}

impl ScreenPlace {
    pub(super) fn new(screen: Box<Screen>, display: Display) -> ScreenPlace {
        ScreenPlace {
            here: Some(screen),
            away: None,
            items: VecDeque::new(),
            waiting: 0,
            display,
            dirty: false,
            shown_at: None,
            unshown: 0,
            urgent: false,
            held_since: None,
        }
    }

    /// Somebody waits for what they typed, or no longer.
    pub(super) fn hurry(&mut self, urgent: bool) {
        self.urgent = urgent;
    }

    /// Begins anew with a screen, before anything was put on the one there was.
    pub(super) fn begin(&mut self, screen: Box<Screen>) {
        self.here = Some(screen);
        self.dirty = true;
    }

    /// Returns who looks at the screen.
    pub(super) fn audience(&self) -> Audience {
        self.display.frames.audience()
    }

    /// Returns the screen, if it is here.
    pub(super) fn screen(&mut self) -> Option<&mut Screen> {
        self.here.as_deref_mut()
    }

    /// Returns whether the screen is here.
    pub(super) fn is_here(&self) -> bool {
        self.here.is_some()
    }

    /// Returns whether more output can be taken.
    pub(super) fn has_room(&self) -> bool {
        self.waiting < BACKLOG
    }

    pub(super) fn add_bytes(&mut self, bytes: Vec<u8>, past: bool) {
        self.waiting += bytes.len();
        self.items.push_back(Item::Bytes { bytes, done: 0, past });
    }

    pub(super) fn add_size(&mut self, size: Size, past: bool) {
        self.items.push_back(Item::Size { size, past });
    }

    pub(super) fn add_exit(&mut self, exit: Exit) {
        self.items.push_back(Item::Exit(exit));
    }

    /// Puts what waits on the screen, if it is here and there is little; returns what came of it.
    pub(super) fn parse_here(&mut self) -> Option<Parsed> {
        let few = !self.items.is_empty() && self.waiting <= INLINE;
        let screen = self.here.as_deref_mut().filter(|_| few)?;
        let parsed = parse(screen, &mut self.items, INLINE_STEP, Instant::now() + INLINE_FOR);
        self.waiting -= parsed.bytes;
        self.unshown += parsed.bytes;
        self.dirty = true;
        Some(parsed)
    }

    /// Has the threads go on with what still waits, if the screen is here. Whatever else needs the screen comes first:
    /// a flood would keep it away for ever.
    pub(super) fn parse_away(&mut self, pool: &Pool, urgency: Urgency) {
        if self.here.is_some() && !self.items.is_empty() {
            self.send_away(pool, urgency);
        }
    }

    /// Waits for the screen to come back from the threads; for ever while it is here.
    pub(super) async fn returned(&mut self) -> Parsed {
        let Some(away) = &mut self.away else { return std::future::pending().await };
        let Ok((work, parsed)) = away.await else {
            // The threads have ended, and with them the daemon.
            self.away = None;
            return std::future::pending().await;
        };
        self.away = None;
        self.here = Some(work.screen);
        // What came meanwhile stands behind what was left over.
        let newer = std::mem::replace(&mut self.items, work.items);
        self.items.extend(newer);
        self.waiting -= parsed.bytes;
        self.unshown += parsed.bytes;
        self.dirty = true;
        parsed
    }

    fn send_away(&mut self, pool: &Pool, urgency: Urgency) {
        let Some(screen) = self.here.take() else { return };
        let every = self.display.every();
        let show = every.is_some_and(|every| self.shown_at.is_none_or(|at| at.elapsed() >= every));
        if show {
            self.shown_at = Some(Instant::now());
        }
        let mut work = Work { screen, items: std::mem::take(&mut self.items), display: self.display.clone() };
        self.away = Some(pool.run(urgency, move || {
            let parsed = parse(&mut work.screen, &mut work.items, STEP, Instant::now() + SLICE_FOR);
            if show && !work.screen.synchronized() {
                work.display.show(&mut work.screen);
            }
            (work, parsed)
        }));
    }

    /// Returns when the screen is due to be shown, `now` where that is past; none if it is not, or is away.
    pub(super) fn show_at(&self, now: Instant) -> Option<Instant> {
        if !self.dirty || self.here.is_none() {
            return None;
        }
        let mut every = self.display.every()?;
        if self.urgent && self.unshown <= ECHO {
            every = Duration::ZERO;
        }
        let paced = self.shown_at.map_or(now, |at| now.max(at + every));
        Some(self.held_since.map_or(paced, |since| paced.max(since + HOLD_FOR)))
    }

    /// Shows the screen if it is time: the first change at once, later ones at the pace of frames, a half-drawn frame
    /// only when its program takes too long.
    pub(super) fn show_if_due(&mut self, now: Instant) {
        let Some(screen) = self.here.as_deref() else { return };
        self.held_since = screen.synchronized().then(|| self.held_since.unwrap_or(now));
        if self.show_at(now).is_some_and(|at| at <= now) {
            self.show_now(now);
        }
    }

    /// Shows the screen as it is.
    pub(super) fn show_now(&mut self, now: Instant) {
        if let Some(screen) = self.here.as_deref_mut() {
            self.display.show(screen);
            self.shown_at = Some(now);
            self.unshown = 0;
            self.held_since = None;
            self.dirty = false;
        }
    }
}

/// Puts items on the screen until none is left or the time is up; at least one step is taken.
fn parse(screen: &mut Screen, items: &mut VecDeque<Item>, step: usize, until: Instant) -> Parsed {
    let mut parsed = Parsed::default();
    while let Some(item) = items.front_mut() {
        match item {
            Item::Bytes { bytes, done, past } => {
                let end = bytes.len().min(*done + step);
                screen.feed(&bytes[*done..end]);
                forget_replies(screen, *past);
                parsed.bytes += end - *done;
                *done = end;
                if end == bytes.len() {
                    items.pop_front();
                }
            }
            Item::Size { size, past } => {
                screen.resize(*size);
                forget_replies(screen, *past);
                items.pop_front();
            }
            Item::Exit(exit) => {
                parsed.exit = Some(*exit);
                items.pop_front();
            }
        }
        if Instant::now() >= until {
            break;
        }
    }
    parsed.replies = screen.take_replies();
    parsed.notices = screen.take_notices();
    parsed
}

/// What was asked in the past was answered then, or whoever asked waits no more: an answer now would be typed into
/// whatever reads its input today. The past comes before everything that is answered.
fn forget_replies(screen: &mut Screen, past: bool) {
    if past {
        drop(screen.take_replies());
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::frames::ShownAs;
    use super::*;

    #[test]
    fn what_was_asked_in_the_past_is_not_answered_and_what_is_asked_now_is() {
        let mut place = ScreenPlace::new(
            Box::new(Screen::new(Size::new(4, 20))),
            Display { frames: Frames::default(), epoch: 1 },
        );
        place.add_bytes(b"\x1b[c\x1b[?2048h\x1b[5".to_vec(), true);
        place.add_size(Size::new(6, 30), true);
        let past = place.parse_here().unwrap();
        assert_eq!(String::from_utf8_lossy(&past.replies), "");
        // A question that ends now is asked now.
        place.add_bytes(b"n\x1b[c".to_vec(), false);
        let now = place.parse_here().unwrap();
        assert_eq!(String::from_utf8_lossy(&now.replies), "\x1b[0n\x1b[?62;22c");
    }

    #[test]
    fn the_first_screen_of_a_start_is_shown_at_once_to_whoever_looks_already() {
        let frames = Frames::default();
        let mut watch = frames.watch(ShownAs::Pane);
        let screen = || Box::new(Screen::new(Size::new(4, 20)));
        let mut place = ScreenPlace::new(screen(), Display { frames, epoch: 2 });
        place.begin(screen());
        let now = Instant::now();
        assert_eq!(place.show_at(now), Some(now));
        place.show_if_due(now);
        assert_eq!(watch.newest().map(|shown| shown.epoch), Some(2));
        assert_eq!(place.show_at(now), None);
    }
}
