//! Where the cursor is, the margins around it, and which buffer is shown.

use super::engine::Buffer;
use super::ink::put_cell_sgr;
use super::{Grid, Margins};
use crate::domain::Position;
use crate::terminal::pen::Pen;
use crate::terminal::sequence::put_csi;

impl Grid {
    /// Moves the cursor to a cell.
    pub fn move_to(&mut self, row: u16, col: u16) {
        self.scratch.clear();
        // In this form, vt100 counts both numbers from the corner.
        put_csi(&mut self.scratch, &[row + 1], b'd');
        put_csi(&mut self.scratch, &[col + 1], b'G');
        self.put_scratch();
    }

    /// Moves the cursor to the first column.
    pub fn carriage_return(&mut self) {
        self.put(b"\r");
    }

    /// Puts the cursor in a cell, or behind the last column of a row: the next character then wraps.
    pub fn stand(&mut self, place: Position) {
        let size = self.size();
        let row = place.row.min(size.last_row());
        if place.col < size.cols() {
            self.move_to(row, place.col);
        } else {
            self.wait_behind(row);
        }
    }

    /// Puts the cursor behind the last column of `row`. vt100's cursor gets there only by printing, so the contents of
    /// the last cell are printed once more.
    fn wait_behind(&mut self, row: u16) {
        let last = self.size().last_col();
        self.move_to(row, last);
        let Some(mut cell) = self.engine.screen().cell(row, last) else { return };
        let mut col = last;
        if cell.is_wide_continuation()
            && let Some(first) = self.engine.screen().cell(row, last - 1)
        {
            cell = first;
            col = last - 1;
        }
        let mut out = Vec::new();
        put_csi(&mut out, &[col + 1], b'G');
        if cell.has_contents() {
            put_cell_sgr(cell, &mut out);
            out.extend_from_slice(cell.contents().as_bytes());
        } else {
            out.extend_from_slice(b" \x1b7\x08");
            put_cell_sgr(cell, &mut out);
            out.extend_from_slice(b"\x1b[X\x1b8");
        }
        self.put(&out);
        self.set_pen(self.pen);
    }

    /// Moves a cursor that waits behind the last column into it.
    pub fn end_wait(&mut self) {
        let cols = self.size().cols();
        if self.at.col >= cols {
            self.move_to(self.at.row, cols - 1);
        }
    }

    /// Sets the margins, of at least two rows; the cursor goes to the top left corner.
    pub fn set_margins(&mut self, margins: Margins) {
        self.margins = margins;
        let Margins { top, bottom } = margins;
        self.scratch.clear();
        put_csi(&mut self.scratch, &[top + 1, bottom + 1], b'r');
        self.put_scratch();
    }

    /// Shows a buffer; the cursor, the pen and the margins stay as they are.
    pub fn show(&mut self, buffer: Buffer) {
        let place = self.at;
        self.engine.show(buffer);
        self.dirty.set_all(true);
        self.set_margins(self.margins);
        self.set_pen(self.pen);
        self.stand(place);
    }

    /// Makes both buffers blank and shows the primary one, with the first pen, full margins and the cursor in the
    /// corner.
    pub fn clear(&mut self) {
        let size = self.size();
        self.margins = Margins::full(size);
        self.pen = Pen::default();
        for buffer in [Buffer::Alternate, Buffer::Primary] {
            if buffer == Buffer::Alternate && !self.engine.has_alternate() {
                continue;
            }
            self.engine.show(buffer);
            self.set_pen(self.pen);
            self.set_margins(self.margins);
            self.erase_rows(0, size.last_row());
            self.move_to(0, 0);
        }
        self.dirty.set_all(true);
    }
}
