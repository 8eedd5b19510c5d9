//! A pane's terminal: bytes go in, and what is on its screen can be looked at.
//!
//! vt100 is the emulator, and in front of it stands what makes it a terminal that today's programs expect. Text and
//! the sequences that vt100 carries out well reach it as the very slices they came in. What it lacks or misreads is
//! put in other words; what it cannot hold stands in its cells as a number ([`ink`], [`cluster`]); what asks is
//! answered; what would flood it is bounded. How bytes come in pieces makes no difference to what comes of them.
//!
//! Where vt100's cursor is, is known exactly whenever a sequence is carried out here rather than passed on; the
//! slices in between are accounted for when they are handed over ([`settle`]). That account says which rows may have
//! changed, which are blank, and how much work was asked for.

mod alternate;
mod charset;
mod checkpoint;
pub(super) mod cluster;
mod departures;
mod dispatch;
mod edit;
mod engine;
mod erase;
mod feed;
mod history;
mod ink;
mod intern;
mod keyboard;
mod mode;
mod motion;
mod osc;
mod paint;
mod pen;
mod refold;
mod reply;
mod report;
mod reset;
mod resize;
mod rows;
mod settle;
mod state;
mod strings;
mod tabs;
mod text;
mod view;

use std::sync::Arc;

pub use engine::contains_panics;

use self::cluster::Clusters;
use self::engine::{Buffer, Engine};
use self::feed::Lexer;
use self::history::Departed;
use self::ink::Inks;
use self::pen::Pen;
use self::reply::Replies;
use self::rows::Rows;
use self::settle::Budget;
use self::state::State;
use self::view::View;
use super::modes::Modes;
use super::notice::{Notice, Notices};
use super::palette::Palette;
use super::style::Color;
use crate::domain::{Position, Size};

/// One pane's terminal.
pub struct Screen {
    engine: Engine,
    lexer: Lexer,
    state: State,
    inks: Inks,
    clusters: Clusters,
    /// Where vt100's cursor is as of the last byte that was settled; one past the last column if the next character
    /// will wrap.
    at: Position,
    /// The pen with which the slice that is not yet settled began.
    slice_pen: Pen,
    /// Whether the last thing that came was a character.
    adjacent: bool,
    /// Whether that character was a joiner.
    joining: bool,
    /// The rows that are known to be blank, for each buffer.
    blank: [Blank; 2],
    /// The rows that changed since they were last looked at.
    dirty: Rows,
    budget: Budget,
    replies: Replies,
    notices: Notices,
    view: View,
    departed: Departed,
    panics: u32,
    scratch: Vec<u8>,
}

/// Rows that are known to hold nothing but one background.
#[derive(Clone, Debug)]
struct Blank {
    rows: Rows,
    background: Color,
}

impl Screen {
    /// Returns a blank screen.
    #[must_use]
    pub fn new(size: Size) -> Screen {
        let blank = Blank { rows: Rows::all(size.rows()), background: Color::Default };
        Screen {
            engine: Engine::new(size),
            lexer: Lexer::default(),
            state: State::new(size),
            inks: Inks::default(),
            clusters: Clusters::default(),
            at: Position::default(),
            slice_pen: Pen::default(),
            adjacent: false,
            joining: false,
            blank: [blank.clone(), blank],
            dirty: Rows::all(size.rows()),
            budget: Budget::default(),
            replies: Replies::default(),
            notices: Notices::default(),
            view: View::new(size),
            departed: Departed::default(),
            panics: 0,
            scratch: Vec::new(),
        }
    }

    /// Returns the size.
    #[must_use]
    pub fn size(&self) -> Size {
        self.engine.size()
    }

    /// Returns what the program asked of its terminal.
    #[must_use]
    pub fn modes(&self) -> Modes {
        Modes {
            alternate_screen: self.engine.active() == Buffer::Alternate,
            kitty: self.page().keyboard.flags(),
            ..self.state.modes
        }
    }

    /// Returns whether the program is in the midst of drawing a frame (mode 2026), which had better not be shown yet.
    #[must_use]
    pub fn synchronized(&self) -> bool {
        self.state.modes.synchronized
    }

    /// Returns where the cursor is; always a cell of the screen.
    #[must_use]
    pub fn cursor(&self) -> Position {
        Position { col: self.at.col.min(self.size().last_col()), ..self.at }
    }

    /// Returns the answers to what the program asked, in order, and forgets them. They are to be written to it before
    /// anything that a person types from now on.
    pub fn take_replies(&mut self) -> Vec<u8> {
        self.replies.take()
    }

    /// Returns what the program said beside what it shows, the oldest first, and forgets it.
    pub fn take_notices(&mut self) -> Vec<Notice> {
        self.notices.take()
    }

    /// Returns how often the emulator panicked. Each time there is a [`Notice::Repaint`].
    #[cfg(test)]
    pub fn panics(&self) -> u32 {
        self.panics
    }

    /// Tells the colours of the person's terminal; a program that asked to know is told when they turned dark or
    /// light.
    pub fn set_palette(&mut self, palette: Palette) {
        let was_dark = self.state.colors.palette.is_dark();
        self.state.colors.palette = palette;
        if self.state.modes.color_scheme_reports && palette.is_dark() != was_dark {
            self.report_color_scheme();
        }
    }

    /// The title as it is shared with snapshots.
    fn shared_title(&self) -> Arc<str> {
        self.state.title.clone()
    }
}
