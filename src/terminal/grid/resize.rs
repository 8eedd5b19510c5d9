//! Another size.
//!
//! A screen of the same width that has too many rows first loses blank rows under the cursor, then rows at the top, which
//! become history like any that scroll away, and only then rows under the cursor. At another width the primary screen is
//! printed anew from lines that were folded for it; the alternate one is cut off, for programs draw it again.

use super::engine::Buffer;
use super::rows::Rows;
use super::{Blank, Grid, Margins};
use crate::domain::Size;
use crate::terminal::line::Line;
use crate::terminal::style::Color;

impl Grid {
    /// Changes the number of rows; returns how many left the top of the primary screen, whose cursor is in `row`. The
    /// margins are full then; the cursor is where vt100 left it.
    pub fn resize(&mut self, size: Size, row: u16) -> u16 {
        let shown = self.engine.active();
        self.engine.show(Buffer::Primary);
        self.set_margins(Margins::full(self.size()));
        let lost = self.make_room(row, size);
        self.resize_buffers(size);
        self.show_resized(shown);
        lost
    }

    /// Changes the size; the primary screen shows `rows` then, with its cursor in `row`, and `gone` became history.
    pub fn resize_folded(&mut self, size: Size, rows: &[Line], gone: Vec<Line>, row: u16) {
        let shown = self.engine.active();
        self.engine.show(Buffer::Primary);
        // Spelled while the old cells are there: they keep the looks and clusters that the rows wear.
        let painting = self.painting(rows, size);
        self.engine.renew();
        self.resize_buffers(size);
        self.put(&painting);
        self.move_to(row, 0);
        if self.departed.kept {
            self.departed.lines.extend(gone);
        }
        self.show_resized(shown);
    }

    fn resize_buffers(&mut self, size: Size) {
        if self.engine.resize(size).is_err() {
            self.note_panic();
            self.engine.show(Buffer::Primary);
            self.engine.renew();
        }
        self.margins = Margins::full(size);
    }

    fn show_resized(&mut self, shown: Buffer) {
        let rows = self.size().rows();
        let blank = Blank { rows: Rows::none(rows), background: Color::Default };
        self.blank = [blank.clone(), blank];
        self.dirty = Rows::all(rows);
        self.engine.show(shown);
        self.set_pen(self.pen);
    }

    /// Scrolls away the rows of the primary screen that have no room when it gets shorter; returns how many went. The
    /// cursor is in `row`.
    fn make_room(&mut self, row: u16, size: Size) -> u16 {
        let old = self.size();
        if size.rows() >= old.rows() {
            return 0;
        }
        let used = (row + 1..old.rows()).rev().find(|row| !self.is_blank(*row)).unwrap_or(row);
        // The cursor's row stays in any case.
        let lost = (used + 1).saturating_sub(size.rows()).min(row);
        if lost > 0 {
            self.put_scroll(lost);
        }
        // vt100 cuts off at the bottom the rows below its cursor, and at the top those above.
        self.move_to((row - lost).min(size.last_row()), 0);
        lost
    }
}
