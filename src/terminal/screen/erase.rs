//! Making cells blank, in the background of the pen.

use super::Screen;
use crate::terminal::sequence::put_csi;
use crate::terminal::style::Color;

impl Screen {
    /// Erases from the cursor on (0), up to it (1), or all (2) of the display.
    pub(super) fn erase_display(&mut self, what: u16) {
        let row = self.at.row;
        let last = self.size().last_row();
        match what {
            0 => {
                if self.at.col == 0 {
                    return self.erase_rows(row, last);
                }
                self.erase_line(0);
                if row < last {
                    self.erase_rows(row + 1, last);
                }
            }
            1 => {
                self.erase_line(1);
                if row > 0 {
                    self.erase_rows(0, row - 1);
                }
            }
            2 => self.erase_rows(0, last),
            // 3 would erase what scrolled off the screen; that is not here, and it is the person's.
            _ => {}
        }
    }

    /// Erases from the cursor on (0), up to it (1), or all (2) of its row.
    pub(super) fn erase_line(&mut self, what: u16) {
        if what <= 2 {
            self.scratch.clear();
            put_csi(&mut self.scratch, &[what], b'K');
            self.put_scratch();
            self.touch(self.at.row, self.at.row);
        }
    }

    /// Erases cells from the cursor on.
    pub(super) fn erase_cells(&mut self, count: u16) {
        self.end_wait();
        self.edit_row(count, b'X');
    }

    /// Erases the rows from `first` to `last`, leaving out those that are blank already: what a flood of erasing
    /// would cost is paid by what was printed in between.
    pub(super) fn erase_rows(&mut self, first: u16, last: u16) {
        let background = self.state.pen.style.bg;
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
        if self.state.pen.style.bg != Color::Default {
            return self.erase_rows(first, last);
        }
        let blank = self.blank_mut();
        if blank.background == Color::Default {
            blank.rows.set(first, last, true);
        }
    }

    /// Fills the screen with the letter E (DECALN), as those do who adjust a tube.
    pub(super) fn fill_with_e(&mut self) {
        let size = self.size();
        if !self.spend(u64::from(size.cells()) * 16) {
            return;
        }
        self.reset_margins();
        let pen = std::mem::take(&mut self.state.pen);
        self.put_pen();
        let row = "E".repeat(usize::from(size.cols()));
        for number in 0..size.rows() {
            self.go(number, 0);
            self.put(row.as_bytes());
        }
        self.touch(0, size.last_row());
        self.go(0, 0);
        self.state.pen = pen;
        self.put_pen();
    }
}
