//! Moving what is on the screen: scrolling, inserting and deleting.
//!
//! What comes in has the background of the pen; vt100 leaves it in the default one.

use super::Screen;
use crate::terminal::sequence::put_csi;
use crate::terminal::style::Color;

impl Screen {
    /// Moves the cursor down a row; at the bottom margin, the region scrolls.
    pub(super) fn line_feed(&mut self) {
        self.end_wait();
        let margins = self.state.margins;
        if self.at.row == margins.bottom {
            self.put_scrolling(b"\n", 1);
            self.scrolled_up(margins.top, 1);
        } else if self.at.row < self.size().last_row() {
            self.put(b"\n");
        }
    }

    /// Moves the cursor up a row; at the top margin, the region scrolls down.
    pub(super) fn reverse_line_feed(&mut self) {
        let margins = self.state.margins;
        if self.at.row == margins.top {
            self.end_wait();
            self.put(b"\x1bM");
            self.scrolled_down(margins.top, 1);
        } else if self.at.row > 0 {
            let col = self.cursor().col;
            self.go(self.at.row - 1, col);
        }
    }

    /// Scrolls the region up (SU).
    pub(super) fn scroll_up(&mut self, count: u16) {
        let margins = self.state.margins;
        if self.spend_rows(count) {
            self.put_scroll(count);
            self.scrolled_up(margins.top, count);
        }
    }

    /// Scrolls the region down (SD).
    pub(super) fn scroll_down(&mut self, count: u16) {
        let margins = self.state.margins;
        if self.spend_rows(count) {
            self.put_count(count, b'T');
            self.scrolled_down(margins.top, count);
        }
    }

    /// Inserts rows at the cursor's (IL), which goes to the first column.
    pub(super) fn insert_lines(&mut self, count: u16) {
        if self.state.margins.has(self.at.row) && self.spend_rows(count) {
            self.put_count(count, b'L');
            self.scrolled_down(self.at.row, count);
            self.carriage_return();
        }
    }

    /// Deletes rows from the cursor's on (DL), which goes to the first column.
    pub(super) fn delete_lines(&mut self, count: u16) {
        if self.state.margins.has(self.at.row) && self.spend_rows(count) {
            self.put_count(count, b'M');
            self.scrolled_up(self.at.row, count);
            self.carriage_return();
        }
    }

    /// Inserts blank cells at the cursor (ICH).
    pub(super) fn insert_blanks(&mut self, count: u16) {
        self.end_wait();
        self.insert_cells(count);
    }

    /// Inserts blank cells at the cursor, which does not wait behind the last column.
    pub(super) fn insert_cells(&mut self, count: u16) {
        self.edit_row(count, b'@');
        if self.state.pen.style.bg != Color::Default {
            self.edit_row(count, b'X');
        }
    }

    /// Deletes cells from the cursor on (DCH).
    pub(super) fn delete_cells(&mut self, count: u16) {
        self.end_wait();
        self.edit_row(count, b'P');
        if self.state.pen.style.bg != Color::Default {
            let at = self.at;
            let cols = self.size().cols();
            self.go(at.row, cols - count.min(cols - at.col));
            self.edit_row(count, b'X');
            self.go(at.row, at.col);
        }
    }

    /// Shifts the columns from `col` on of the region, in which the cursor has to be, to the left (by `P`) or to the
    /// right (by `@`): SL and SR, DECDC and DECIC.
    pub(super) fn shift_columns(&mut self, col: u16, count: u16, final_byte: u8) {
        let margins = self.state.margins;
        if !margins.has(self.at.row) || !self.spend_rows(margins.height()) {
            return;
        }
        let back = self.cursor();
        for row in margins.top..=margins.bottom {
            self.go(row, col);
            if final_byte == b'@' { self.insert_cells(count) } else { self.delete_cells(count) }
        }
        self.go(back.row, back.col);
    }

    /// Passes on a sequence that changes cells of the cursor's row.
    pub(super) fn edit_row(&mut self, count: u16, final_byte: u8) {
        self.put_count(count, final_byte);
        self.touch(self.at.row, self.at.row);
    }

    /// Ends the wait behind the last column, if there is one.
    pub(super) fn end_wait(&mut self) {
        let cols = self.size().cols();
        if self.at.col >= cols {
            self.go(self.at.row, cols - 1);
        }
    }

    /// Lets the region scroll up.
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

    /// Asks for the work of moving `count` rows.
    fn spend_rows(&mut self, count: u16) -> bool {
        let rows = count.min(self.state.margins.height());
        self.spend(u64::from(rows) * u64::from(self.size().cols()))
    }

    /// Notes that the rows from `first` to the bottom margin moved up.
    fn scrolled_up(&mut self, first: u16, count: u16) {
        let bottom = self.state.margins.bottom;
        self.dirty.set(first, bottom, true);
        self.blank_mut().rows.shift_up(first, bottom, count, false);
        self.vacate((bottom + 1).saturating_sub(count).max(first), bottom);
    }

    /// Notes that the rows from `first` to the bottom margin moved down.
    fn scrolled_down(&mut self, first: u16, count: u16) {
        let bottom = self.state.margins.bottom;
        self.dirty.set(first, bottom, true);
        self.blank_mut().rows.shift_down(first, bottom, count, false);
        self.vacate(first, first.saturating_add(count - 1).min(bottom));
    }
}
