//! Making cells blank, in the background of the pen.

use super::Grid;
use crate::terminal::sequence::put_csi;
use crate::terminal::style::Color;

/// Which part of the cursor's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// From the cursor on.
    Right = 0,
    /// Up to the cursor, its cell included.
    Left = 1,
    /// All of it.
    Whole = 2,
}

impl Part {
    /// Returns the part that the parameter of EL or ED names.
    pub const fn from_number(number: u16) -> Option<Part> {
        Some(match number {
            0 => Part::Right,
            1 => Part::Left,
            2 => Part::Whole,
            _ => return None,
        })
    }
}

impl Grid {
    /// Erases part of the cursor's row.
    pub fn erase_line(&mut self, part: Part) {
        self.scratch.clear();
        put_csi(&mut self.scratch, &[part as u16], b'K');
        self.put_scratch();
        self.touch(self.at.row, self.at.row);
    }

    /// Erases cells from the cursor on.
    pub fn erase_cells(&mut self, count: u16) {
        self.end_wait();
        self.edit_row(count, b'X');
    }

    /// Erases the rows from `first` to `last`. Rows that are blank already cost nothing, so a flood of erasing is paid
    /// for by the text printed in between.
    pub fn erase_rows(&mut self, first: u16, last: u16) {
        let background = self.pen.style.bg;
        let blank = self.blank_mut();
        if blank.background != background {
            blank.background = background;
            blank.rows.set_all(false);
        }
        let rows: Vec<u16> = blank.rows.missing(first, last).collect();
        blank.rows.set(first, last, true);
        if rows.is_empty() {
            return;
        }
        self.scratch.clear();
        for row in rows {
            self.dirty.set(row, row, true);
            put_csi(&mut self.scratch, &[row + 1], b'd');
            self.scratch.extend_from_slice(b"\x1b[2K");
        }
        put_csi(&mut self.scratch, &[self.at.row + 1], b'd');
        self.put_scratch();
    }

    /// Notes that vt100 left the rows from `first` to `last` blank, and gives them the pen's background.
    pub(super) fn vacate(&mut self, first: u16, last: u16) {
        if self.pen.style.bg != Color::Default {
            return self.erase_rows(first, last);
        }
        let blank = self.blank_mut();
        if blank.background == Color::Default {
            blank.rows.set(first, last, true);
        }
    }
}
