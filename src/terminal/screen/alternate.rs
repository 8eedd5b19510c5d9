//! The alternate screen, saved cursors, and how the cursor gets to a place behind the last column.

use super::Screen;
use super::engine::Buffer;
use super::ink::put_cell_sgr;
use super::state::{Margins, Saved};
use crate::domain::Position;
use crate::terminal::sequence::put_csi;

impl Screen {
    /// Saves the cursor with what belongs to it (DECSC).
    pub(super) fn save_cursor(&mut self) {
        let state = &self.state;
        let saved = Saved { at: self.at, pen: state.pen, charsets: state.charsets, origin: state.origin };
        self.page_mut().saved = Some(saved);
    }

    /// Restores the cursor with what belongs to it (DECRC).
    pub(super) fn restore_cursor(&mut self) {
        let saved = self.page().saved.unwrap_or_default();
        self.state.pen = saved.pen;
        self.state.charsets = saved.charsets;
        self.state.origin = saved.origin;
        self.put_pen();
        self.stand(saved.at);
    }

    /// Puts the cursor at a place of the screen or behind the last column of a row.
    pub(super) fn stand(&mut self, place: Position) {
        let size = self.size();
        let row = place.row.min(size.last_row());
        if place.col < size.cols() {
            self.go(row, place.col);
        } else {
            self.wait_behind(row);
        }
    }

    /// Puts the cursor behind the last column of `row`. vt100's cursor gets there by printing only, so what is in the
    /// last cell is printed once more.
    fn wait_behind(&mut self, row: u16) {
        let last = self.size().last_col();
        self.go(row, last);
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
        self.put_pen();
    }

    /// Shows the alternate screen or the primary one, as the private mode `mode` has it.
    pub(super) fn show_alternate(&mut self, mode: u16, alternate: bool) {
        let buffer = if alternate { Buffer::Alternate } else { Buffer::Primary };
        let changes = self.engine.active() != buffer;
        match (mode, alternate) {
            (1048, true) => self.save_cursor(),
            (1048, false) => self.restore_cursor(),
            _ if !changes => {}
            (1049, true) => {
                self.save_cursor();
                self.show(buffer);
                self.erase_display(2);
            }
            (1049, false) => {
                self.show(buffer);
                self.restore_cursor();
            }
            (1047, false) => {
                self.erase_display(2);
                self.show(buffer);
            }
            _ => self.show(buffer),
        }
    }

    /// Shows a buffer; the cursor, the pen and the margins are those of before.
    fn show(&mut self, buffer: Buffer) {
        let place = self.at;
        self.engine.show(buffer);
        self.dirty.set_all(true);
        self.put_margins();
        self.put_pen();
        self.stand(place);
    }

    /// Sets the margins (DECSTBM); a region of less than two rows changes nothing. The cursor goes to the origin.
    pub(super) fn set_margins(&mut self) {
        let csi = &self.lexer.csi;
        let rows = self.size().rows();
        let top = csi.value_or(0, 1);
        let bottom = csi.value_or(1, rows).min(rows);
        if top < bottom {
            self.state.margins = Margins { top: top - 1, bottom: bottom - 1 };
            self.put_margins();
            self.position(1, 1);
        }
    }

    /// Sets the margins around the whole screen.
    pub(super) fn reset_margins(&mut self) {
        self.state.margins = Margins::full(self.size());
        self.state.origin = false;
        self.put_margins();
    }

    /// Gives vt100 the margins, which moves its cursor.
    pub(super) fn put_margins(&mut self) {
        let Margins { top, bottom } = self.state.margins;
        self.scratch.clear();
        put_csi(&mut self.scratch, &[top + 1, bottom + 1], b'r');
        self.put_scratch();
    }
}
