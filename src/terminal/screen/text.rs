//! Characters: which of them get a cell, join the cell before, or are left out.

use unicode_width::UnicodeWidthChar as _;

use super::Screen;
use super::join::{Join, is_invisible, join};
use crate::terminal::grid::Run;
use crate::terminal::parse::text::{Decoded, decode, joins};

/// The units of work that a repeated character costs (see [`super::budget`]).
const REPEAT_WORK: u64 = 16;

impl Screen {
    /// Prints text that may wrap, and scroll, under a background.
    pub(super) fn print_filling(&mut self, run: &mut Run<'_>) {
        self.take(run);
        let mut rest = run.token();
        while let Decoded::Char(c, len) = decode(rest) {
            // Text that fits in the row is printed at once.
            let room = usize::from(self.size().cols().saturating_sub(self.grid.at().col));
            let fits = rest.iter().take(room).take_while(|byte| (0x20..0x7f).contains(*byte)).count();
            if fits > 1 {
                let (head, tail) = rest.split_at(fits);
                self.grid.put_ascii(head);
                self.adjacent = true;
                rest = tail;
                continue;
            }
            if c.is_control() {
                self.control_character(c);
            } else {
                self.print(c);
            }
            rest = rest.get(len..).unwrap_or_default();
        }
        self.adjacent = run.token().last().is_some_and(|byte| *byte >= 0x20);
    }

    /// Shows the character `c`.
    pub(super) fn print(&mut self, c: char) {
        let c = self.state.charsets.map(c);
        if is_invisible(c) {
            return;
        }
        let width = match c.width() {
            Some(0) => return self.extend(c),
            Some(width) => width.min(2) as u16,
            None => return,
        };
        if (self.joining || joins(c)) && self.adjacent && self.join_previous(c) {
            return;
        }
        self.joining = false;
        self.make_room(width);
        self.grid.put_char(c, width);
        self.adjacent = true;
    }

    /// Adds a character without its own width to the cell before the cursor.
    fn extend(&mut self, c: char) {
        self.join_previous(c);
        self.joining = c == '\u{200d}';
    }

    /// Adds `c` to the cell before the cursor if it belongs there; returns whether it does.
    fn join_previous(&mut self, c: char) -> bool {
        let Some(before) = self.grid.cell_before() else { return false };
        match join(before.text, before.width, c) {
            Join::Apart => return false,
            Join::Dropped => {}
            Join::Joined(width) => self.adjacent |= self.grid.join(c, width, self.state.autowrap),
        }
        true
    }

    /// Makes room for a character of `width` columns as the modes say: at the end of the row, or in front of the cells
    /// that it pushes aside.
    fn make_room(&mut self, width: u16) {
        let cols = self.size().cols();
        let at = self.grid.at();
        if at.col + width > cols {
            if !self.state.autowrap {
                self.grid.move_to(at.row, cols - width);
            } else if self.state.insert {
                self.grid.line_feed();
                self.grid.carriage_return();
            }
        }
        if self.state.insert && self.grid.at().col + width <= cols {
            self.grid.insert_cells(width);
        }
    }

    /// Repeats the character before the cursor (REP), if it was the last thing that came.
    pub(super) fn repeat(&mut self, count: u16) {
        let Some(before) = self.grid.cell_before().filter(|_| self.adjacent) else { return };
        let (text, width) = (before.text.to_owned(), before.width);
        let count = u32::from(count).min(self.size().cells());
        if !self.spend(u64::from(count) * REPEAT_WORK) {
            return;
        }
        let mut left = count;
        while left > 0 {
            let columns = self.size().cols().saturating_sub(self.grid.at().col);
            let mut fits = left.min(u32::from(columns) / u32::from(width)) as u16;
            if fits <= 1 || self.state.insert {
                self.make_room(u16::from(width));
                fits = 1;
            }
            self.grid.put_cells(&text, width, fits);
            left = left.saturating_sub(u32::from(fits));
        }
        self.adjacent = true;
    }
}
