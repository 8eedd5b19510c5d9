//! A pane's terminal: bytes go in, and what is on its screen can be read.
//!
//! This folder says what tokens mean: each becomes verbs of the [`Grid`], a change of state, an answer, or a notice. It
//! holds every mode. It writes no escape sequence except answers to the program ([`report`]), and does not know how the
//! grid stores cells. Text and the sequences that the grid takes as they are go on as the slices they came in. Work that
//! would flood the grid is bounded ([`budget`]). The pieces in which bytes come make no difference to the result.

mod alternate;
mod budget;
mod charset;
mod checkpoint;
mod dispatch;
mod edit;
mod feed;
mod join;
mod keyboard;
mod mode;
mod motion;
mod osc;
mod refold;
mod report;
mod resize;
mod state;
mod strings;
mod tabs;
mod text;
mod view;

use std::sync::Arc;

use self::budget::Budget;
use self::feed::Lexer;
use self::report::Replies;
use self::state::State;
use self::view::View;
use super::grid::{Buffer, Grid};
use super::line::Line;
use super::modes::Modes;
use super::notice::{Notice, Notices};
use super::palette::Palette;
use crate::domain::{Position, Size};

/// One pane's terminal.
pub struct Screen {
    grid: Grid,
    lexer: Lexer,
    state: State,
    /// Whether the last token was a character.
    adjacent: bool,
    /// Whether that character was a joiner.
    joining: bool,
    budget: Budget,
    replies: Replies,
    notices: Notices,
    view: View,
}

impl Screen {
    /// Returns a blank screen.
    #[must_use]
    pub fn new(size: Size) -> Screen {
        Screen {
            grid: Grid::new(size),
            lexer: Lexer::default(),
            state: State::default(),
            adjacent: false,
            joining: false,
            budget: Budget::default(),
            replies: Replies::default(),
            notices: Notices::default(),
            view: View::new(size),
        }
    }

    /// Returns the size.
    #[must_use]
    pub fn size(&self) -> Size {
        self.grid.size()
    }

    /// Returns what the program asked of its terminal.
    #[must_use]
    pub fn modes(&self) -> Modes {
        Modes {
            alternate_screen: self.grid.active() == Buffer::Alternate,
            kitty: self.page().keyboard.flags(),
            ..self.state.modes
        }
    }

    /// Returns whether the program is drawing a frame (mode 2026); a half-drawn one should not be shown.
    #[must_use]
    pub fn synchronized(&self) -> bool {
        self.state.modes.synchronized
    }

    /// Returns where the cursor is; always a cell of the screen.
    #[must_use]
    pub fn cursor(&self) -> Position {
        self.grid.cursor()
    }

    /// Returns the answers to the program's questions, in order, and forgets them. They go to the program before anything
    /// that a person types from now on.
    pub fn take_replies(&mut self) -> Vec<u8> {
        self.replies.take()
    }

    /// Returns what the program said besides its output on the screen, the oldest first, and forgets it.
    pub fn take_notices(&mut self) -> Vec<Notice> {
        if self.grid.take_collapse() {
            self.notices.push(Notice::Repaint);
        }
        self.notices.take()
    }

    /// Returns how often the emulator panicked. Each time there is a [`Notice::Repaint`].
    #[cfg(test)]
    pub fn panics(&self) -> u32 {
        self.grid.panics()
    }

    /// Sets the colours of the person's terminal; a program that asked for it is told when they turn dark or light.
    pub fn set_palette(&mut self, palette: Palette) {
        let was_dark = self.state.colors.palette.is_dark();
        self.state.colors.palette = palette;
        if self.state.modes.color_scheme_reports && palette.is_dark() != was_dark {
            self.report_color_scheme();
        }
    }

    /// Begins to keep the lines that leave the primary screen. The live screen keeps none.
    pub fn keep_departures(&mut self) {
        self.grid.keep_departures();
    }

    /// Returns the lines that left the primary screen since the last call.
    pub fn take_departed(&mut self) -> Vec<Line> {
        self.grid.take_departed()
    }

    /// Returns the lines of the primary screen, and those of the alternate one if it is shown.
    pub fn lines_now(&self) -> (Vec<Line>, Option<Vec<Line>>) {
        let alternate = (self.grid.active() == Buffer::Alternate).then(|| self.grid.lines(Buffer::Alternate));
        (self.grid.lines(Buffer::Primary), alternate)
    }

    /// Returns the title, shared with snapshots.
    fn shared_title(&self) -> Arc<str> {
        self.state.title.clone()
    }
}
