//! Moving what is in the cells: line feeds, scrolling, inserting and deleting.
//!
//! Cells that come in have the background of the pen; vt100 leaves them in the default one.

use super::Grid;
use crate::terminal::sequence::put_csi;
use crate::terminal::style::Color;

impl Grid {
    /// Moves the cursor down a row; at the bottom margin, the region scrolls.
    pub fn line_feed(&mut self) {
        self.end_wait();
        if self.at.row == self.margins.bottom {
            self.put_scrolling(b"\n", 1);
            self.scrolled_up(self.margins.top, 1);
        } else if self.at.row < self.size().last_row() {
            self.put(b"\n");
        }
    }

    /// Moves the cursor up a row; at the top margin, the region scrolls down.
    pub fn reverse_line_feed(&mut self) {
        let top = self.margins.top;
        if self.at.row == top {
            self.end_wait();
            self.put(b"\x1bM");
            self.scrolled_down(top, 1);
        } else if self.at.row > 0 {
            let col = self.cursor().col;
            self.move_to(self.at.row - 1, col);
        }
    }

    /// Scrolls the region up.
    pub fn scroll_up(&mut self, count: u16) {
        self.put_scroll(count);
        self.scrolled_up(self.margins.top, count);
    }

    /// Scrolls the region down.
    pub fn scroll_down(&mut self, count: u16) {
        self.put_count(count, b'T');
        self.scrolled_down(self.margins.top, count);
    }

    /// Inserts rows at the cursor's, which must lie within the margins.
    pub fn insert_lines(&mut self, count: u16) {
        self.put_count(count, b'L');
        self.scrolled_down(self.at.row, count);
    }

    /// Deletes rows from the cursor's on, which must lie within the margins.
    pub fn delete_lines(&mut self, count: u16) {
        self.put_count(count, b'M');
        self.scrolled_up(self.at.row, count);
    }

    /// Inserts blank cells at the cursor.
    pub fn insert_cells(&mut self, count: u16) {
        self.end_wait();
        self.edit_row(count, b'@');
        if self.pen.style.bg != Color::Default {
            self.edit_row(count, b'X');
        }
    }

    /// Deletes cells from the cursor on.
    pub fn delete_cells(&mut self, count: u16) {
        self.end_wait();
        self.edit_row(count, b'P');
        if self.pen.style.bg != Color::Default {
            let at = self.at;
            let cols = self.size().cols();
            self.move_to(at.row, cols - count.min(cols - at.col));
            self.edit_row(count, b'X');
            self.move_to(at.row, at.col);
        }
    }

    /// Passes on a sequence that changes cells of the cursor's row.
    pub(super) fn edit_row(&mut self, count: u16, final_byte: u8) {
        self.put_count(count, final_byte);
        self.touch(self.at.row, self.at.row);
    }

    /// Scrolls the region up without an account of it.
    pub(super) fn put_scroll(&mut self, count: u16) {
        let mut sequence = Vec::new();
        put_csi(&mut sequence, &[count], b'S');
        self.put_scrolling(&sequence, usize::from(count));
    }

    fn put_count(&mut self, count: u16, final_byte: u8) {
        self.scratch.clear();
        put_csi(&mut self.scratch, &[count], final_byte);
        self.put_scratch();
    }

    /// Notes that the rows from `first` to the bottom margin moved up.
    fn scrolled_up(&mut self, first: u16, count: u16) {
        let bottom = self.margins.bottom;
        self.dirty.set(first, bottom, true);
        self.blank_mut().rows.shift_up(first, bottom, count, false);
        self.vacate((bottom + 1).saturating_sub(count).max(first), bottom);
    }

    /// Notes that the rows from `first` to the bottom margin moved down.
    fn scrolled_down(&mut self, first: u16, count: u16) {
        let bottom = self.margins.bottom;
        self.dirty.set(first, bottom, true);
        self.blank_mut().rows.shift_down(first, bottom, count, false);
        self.vacate(first, first.saturating_add(count - 1).min(bottom));
    }
}
