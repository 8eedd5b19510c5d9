//! History, computed from the bytes when a viewer asks.
//!
//! Output is parsed again from its beginning, at the size it was made for; its lines are those that left the primary
//! screen and those on it in the end. A viewer of another width folds them ([`History::reflow`]): parsing at the viewer's
//! width would tear apart text that was placed by column.

mod search;

use std::collections::VecDeque;

pub use search::Match;

use super::fold::{logical, reflowed};
use super::line::Line;
use super::screen::Screen;
use crate::domain::Size;

/// How many bytes are parsed before the lines that left are collected.
const PIECE: usize = 64 * 1024;
/// The most bytes that the lines of a history have.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// A history being computed.
pub struct Scrollback {
    screen: Screen,
    lines: VecDeque<Line>,
    max_lines: usize,
    bytes: usize,
    left_out: u64,
}

/// Lines of a history, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    lines: Vec<Line>,
    left_out: u64,
}

impl Scrollback {
    /// Returns the history of output that begins on a blank screen of this size. At most `max_lines` lines are kept, the
    /// newest.
    #[must_use]
    pub fn new(size: Size, max_lines: usize) -> Scrollback {
        let mut screen = Screen::new(size);
        screen.keep_departures();
        Scrollback { screen, lines: VecDeque::new(), max_lines, bytes: 0, left_out: 0 }
    }

    /// Takes output.
    pub fn feed(&mut self, bytes: &[u8]) {
        for piece in bytes.chunks(PIECE) {
            self.screen.feed(piece);
            self.collect();
        }
        // Questions of the past are not answered.
        self.screen.take_replies();
        self.screen.take_notices();
    }

    /// Changes the size, as it was changed at this place of the output.
    pub fn resize(&mut self, size: Size) {
        self.screen.resize(size);
        self.collect();
    }

    /// Returns the lines: those that left, then those on the primary screen up to the last with text, then, if the
    /// alternate screen is shown, its own.
    #[must_use]
    pub fn history(&self) -> History {
        let (primary, alternate) = self.screen.lines_now();
        let mut lines: Vec<Line> = self.lines.iter().cloned().collect();
        for mut screen in std::iter::once(primary).chain(alternate) {
            let used = screen.iter().rposition(|line| !line.is_blank()).map_or(0, |last| last + 1);
            screen.truncate(used);
            lines.append(&mut screen);
        }
        let excess = lines.len().saturating_sub(self.max_lines);
        lines.drain(..excess);
        History { lines, left_out: self.left_out + excess as u64 }
    }

    fn collect(&mut self) {
        for line in self.screen.take_departed() {
            self.bytes += line.as_bytes().len();
            self.lines.push_back(line);
            while self.lines.len() > self.max_lines || self.bytes > MAX_BYTES {
                let Some(gone) = self.lines.pop_front() else { break };
                self.bytes = self.bytes.saturating_sub(gone.as_bytes().len());
                self.left_out += 1;
            }
        }
    }
}

impl History {
    /// Returns the lines, the oldest first.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Returns the lines, the oldest first.
    #[must_use]
    pub fn into_lines(self) -> Vec<Line> {
        self.lines
    }

    /// Returns how many older lines were left out.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Returns the same lines for a screen of `cols` columns: rows that went on are joined, and text that does not fit goes
    /// on in the next row.
    #[must_use]
    pub fn reflow(&self, cols: u16) -> History {
        History { lines: reflowed(&self.lines, cols), left_out: self.left_out }
    }

    /// Returns the lines in groups, each with the number of its first row. A group is one line that was folded to fit.
    fn logical(&self) -> impl Iterator<Item = (usize, &[Line])> {
        logical(&self.lines)
    }
}

impl From<Vec<Line>> for History {
    /// Returns a history of these lines that left nothing out.
    fn from(lines: Vec<Line>) -> History {
        History { lines, left_out: 0 }
    }
}

#[cfg(test)]
mod tests;
