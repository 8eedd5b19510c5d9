//! Moving and erasing what is on the screen. A request for much work is granted only within the budget.

use super::Screen;
use crate::terminal::grid::{Margins, Part};
use crate::terminal::pen::Pen;

/// The side that columns are shifted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Cells are deleted.
    Left,
    /// Cells are inserted.
    Right,
}

impl Screen {
    /// Scrolls the region up (SU).
    pub(super) fn scroll_up(&mut self, count: u16) {
        if self.spend_rows(count) {
            self.grid.scroll_up(count);
        }
    }

    /// Scrolls the region down (SD).
    pub(super) fn scroll_down(&mut self, count: u16) {
        if self.spend_rows(count) {
            self.grid.scroll_down(count);
        }
    }

    /// Inserts rows at the cursor's (IL); the cursor goes to the first column.
    pub(super) fn insert_lines(&mut self, count: u16) {
        if self.is_within_margins() && self.spend_rows(count) {
            self.grid.insert_lines(count);
            self.grid.carriage_return();
        }
    }

    /// Deletes rows from the cursor's on (DL); the cursor goes to the first column.
    pub(super) fn delete_lines(&mut self, count: u16) {
        if self.is_within_margins() && self.spend_rows(count) {
            self.grid.delete_lines(count);
            self.grid.carriage_return();
        }
    }

    /// Shifts the columns from `col` on of the region, which the cursor must be in: SL and SR, DECDC and DECIC.
    pub(super) fn shift_columns(&mut self, col: u16, count: u16, side: Side) {
        let margins = self.grid.margins();
        if !self.is_within_margins() || !self.spend_rows(margins.height()) {
            return;
        }
        let back = self.cursor();
        for row in margins.top..=margins.bottom {
            self.grid.move_to(row, col);
            match side {
                Side::Left => self.grid.delete_cells(count),
                Side::Right => self.grid.insert_cells(count),
            }
        }
        self.grid.move_to(back.row, back.col);
    }

    /// Erases from the cursor on (0), up to it (1), or all (2) of the display (ED).
    pub(super) fn erase_display(&mut self, what: u16) {
        let at = self.grid.at();
        let last = self.size().last_row();
        // 3 would erase the history. That is not here, and it belongs to the person.
        match Part::from_number(what) {
            Some(Part::Right) if at.col == 0 => self.grid.erase_rows(at.row, last),
            Some(Part::Right) => {
                self.grid.erase_line(Part::Right);
                if at.row < last {
                    self.grid.erase_rows(at.row + 1, last);
                }
            }
            Some(Part::Left) => {
                self.grid.erase_line(Part::Left);
                if at.row > 0 {
                    self.grid.erase_rows(0, at.row - 1);
                }
            }
            Some(Part::Whole) => self.grid.erase_rows(0, last),
            None => {}
        }
    }

    /// Fills the screen with the letter E (DECALN), a pattern to adjust a tube by.
    pub(super) fn fill_with_e(&mut self) {
        let size = self.size();
        if !self.spend(u64::from(size.cells()) * 16) {
            return;
        }
        self.reset_margins();
        let pen = self.grid.pen();
        self.grid.set_pen(Pen::default());
        let row = "E".repeat(usize::from(size.cols()));
        for number in 0..size.rows() {
            self.grid.move_to(number, 0);
            self.grid.put_ascii(row.as_bytes());
        }
        self.grid.move_to(0, 0);
        self.set_pen(pen);
    }

    /// Sets the margins around the whole screen; the cursor goes to the corner.
    pub(super) fn reset_margins(&mut self) {
        self.state.origin = false;
        self.grid.set_margins(Margins::full(self.size()));
    }

    fn is_within_margins(&self) -> bool {
        self.grid.margins().has(self.grid.at().row)
    }
}
