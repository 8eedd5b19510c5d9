//! Moving the cursor.
//!
//! A cursor that waits behind the last column, where the next character wraps, counts as being in the last column; any
//! move ends the wait (as in xterm).

use super::Screen;
use crate::domain::Position;

impl Screen {
    /// Moves the cursor to a row and column, counted from 1 and from the origin (CUP).
    pub(super) fn position(&mut self, row: u16, col: u16) {
        let size = self.size();
        let margins = self.grid.margins();
        let (first, last) =
            if self.state.origin { (margins.top, margins.bottom) } else { (0, size.last_row()) };
        self.grid.move_to((row - 1).saturating_add(first).min(last), (col - 1).min(size.last_col()));
    }

    /// Moves the cursor to a row, counted from 1 and from the origin (VPA).
    pub(super) fn row(&mut self, row: u16) {
        let col = self.cursor().col;
        self.position(row, col + 1);
    }

    /// Moves the cursor down, past the bottom margin too (VPR).
    pub(super) fn rows_down(&mut self, count: u16) {
        let Position { row, col } = self.cursor();
        self.grid.move_to(row.saturating_add(count).min(self.size().last_row()), col);
    }

    /// Moves the cursor up, not past the top margin if it stands below that.
    pub(super) fn up(&mut self, count: u16) {
        let Position { row, col } = self.cursor();
        let top = self.grid.margins().top;
        let limit = if row < top { 0 } else { top };
        self.grid.move_to(row.saturating_sub(count).max(limit), col);
    }

    /// Moves the cursor down, not past the bottom margin if it stands above that.
    pub(super) fn down(&mut self, count: u16) {
        let Position { row, col } = self.cursor();
        let bottom = self.grid.margins().bottom;
        let limit = if row > bottom { self.size().last_row() } else { bottom };
        self.grid.move_to(row.saturating_add(count).min(limit), col);
    }

    /// Moves the cursor to the right.
    pub(super) fn right(&mut self, count: u16) {
        let Position { row, col } = self.cursor();
        self.grid.move_to(row, col.saturating_add(count).min(self.size().last_col()));
    }

    /// Moves the cursor to the left.
    pub(super) fn left(&mut self, count: u16) {
        let Position { row, col } = self.cursor();
        self.grid.move_to(row, col.saturating_sub(count));
    }

    /// Moves the cursor one to the left; with reverse wrap, from the first column to the end of the row before.
    pub(super) fn backspace(&mut self) {
        let size = self.size();
        let wraps = self.state.reverse_wrap && self.state.autowrap;
        if wraps && self.grid.at().col >= size.cols() {
            // xterm counts the place behind the last column as one to go back from.
            self.grid.move_to(self.grid.at().row, size.last_col());
        } else if wraps && self.grid.at().col == 0 {
            let margins = self.grid.margins();
            let row = match self.grid.at().row {
                row if row == margins.top => margins.bottom,
                0 => size.last_row(),
                row => row - 1,
            };
            self.grid.move_to(row, size.last_col());
        } else {
            self.left(1);
        }
    }

    /// Moves the cursor to the `count`th tab stop to the right.
    pub(super) fn tab(&mut self, count: u16) {
        let cols = self.size().cols();
        let Position { row, mut col } = self.grid.at();
        if col >= cols {
            // There is no stop to go to, so the wait behind the last column goes on.
            return;
        }
        for _ in 0..count.min(cols) {
            col = self.state.tabs.next(col, cols);
        }
        self.grid.move_to(row, col);
    }

    /// Moves the cursor to the `count`th tab stop to the left.
    pub(super) fn back_tab(&mut self, count: u16) {
        let Position { row, mut col } = self.cursor();
        for _ in 0..count.min(self.size().cols()) {
            col = self.state.tabs.previous(col);
        }
        self.grid.move_to(row, col);
    }

    /// Sets a tab stop where the cursor is.
    pub(super) fn set_tab(&mut self) {
        let (col, cols) = (self.cursor().col, self.size().cols());
        self.state.tabs.set(col, cols, true);
    }

    /// Clears the tab stop where the cursor is, or all.
    pub(super) fn clear_tabs(&mut self, which: u16) {
        let (col, cols) = (self.cursor().col, self.size().cols());
        match which {
            0 => self.state.tabs.set(col, cols, false),
            3 => self.state.tabs.clear(cols),
            _ => {}
        }
    }
}
