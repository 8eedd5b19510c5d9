//! Moving the cursor.
//!
//! A cursor behind the last column, where the next character wraps, counts as standing in the last one, and any move
//! ends its waiting there (as in xterm).

use super::Screen;
use super::settle::Run;
use crate::domain::Position;
use crate::terminal::sequence::put_csi;

impl Screen {
    /// Lets an absolute move through; the slice it leads begins where it goes.
    pub(super) fn pass_position(&mut self, run: &mut Run<'_>) {
        self.cut(run);
        let csi = &self.lexer.csi;
        let size = self.size();
        let row = (csi.value_or(0, 1) - 1).min(size.last_row());
        let col = (csi.value_or(1, 1) - 1).min(size.last_col());
        self.at = Position { row, col };
        run.start(col, size.cols());
    }

    /// Lets a move up or down through, if vt100 makes it as it should; returns whether it does.
    pub(super) fn pass_vertical(&mut self, run: &mut Run<'_>) -> bool {
        self.cut(run);
        let size = self.size();
        if self.at.col >= size.cols() || self.state.margins.height() != size.rows() {
            return false;
        }
        let count = self.lexer.csi.value_or(0, 1);
        self.at.row = match self.lexer.csi.final_byte {
            b'A' => self.at.row.saturating_sub(count),
            b'B' => self.at.row.saturating_add(count).min(size.last_row()),
            _ => (count - 1).min(size.last_row()),
        };
        run.start(self.at.col, size.cols());
        true
    }

    /// Moves the cursor to a cell of the screen, whatever the origin.
    pub(super) fn go(&mut self, row: u16, col: u16) {
        self.scratch.clear();
        // In this form, vt100 takes both numbers to be counted from the corner.
        put_csi(&mut self.scratch, &[row + 1], b'd');
        put_csi(&mut self.scratch, &[col + 1], b'G');
        self.put_scratch();
    }

    /// Moves the cursor to the first column.
    pub(super) fn carriage_return(&mut self) {
        self.put(b"\r");
    }

    /// Moves the cursor to a row and column, counted from 1 and from the origin (CUP).
    pub(super) fn position(&mut self, row: u16, col: u16) {
        let size = self.size();
        let margins = self.state.margins;
        let (first, last) =
            if self.state.origin { (margins.top, margins.bottom) } else { (0, size.last_row()) };
        self.go((row - 1).saturating_add(first).min(last), (col - 1).min(size.last_col()));
    }

    /// Moves the cursor to a row, counted from 1 and from the origin (VPA).
    pub(super) fn row(&mut self, row: u16) {
        let col = self.cursor().col;
        self.position(row, col + 1);
    }

    /// Moves the cursor down, past the bottom margin too (VPR).
    pub(super) fn rows_down(&mut self, count: u16) {
        let Position { row, col } = self.cursor();
        self.go(row.saturating_add(count).min(self.size().last_row()), col);
    }

    /// Moves the cursor up, not past the top margin if it stands below that.
    pub(super) fn up(&mut self, count: u16) {
        let Position { row, col } = self.cursor();
        let top = self.state.margins.top;
        let limit = if row < top { 0 } else { top };
        self.go(row.saturating_sub(count).max(limit), col);
    }

    /// Moves the cursor down, not past the bottom margin if it stands above that.
    pub(super) fn down(&mut self, count: u16) {
        let Position { row, col } = self.cursor();
        let bottom = self.state.margins.bottom;
        let limit = if row > bottom { self.size().last_row() } else { bottom };
        self.go(row.saturating_add(count).min(limit), col);
    }

    /// Moves the cursor to the right.
    pub(super) fn right(&mut self, count: u16) {
        let Position { row, col } = self.cursor();
        self.go(row, col.saturating_add(count).min(self.size().last_col()));
    }

    /// Moves the cursor to the left.
    pub(super) fn left(&mut self, count: u16) {
        let Position { row, col } = self.cursor();
        self.go(row, col.saturating_sub(count));
    }

    /// Moves the cursor one to the left; with reverse wrap, from the first column to the end of the row before.
    pub(super) fn backspace(&mut self) {
        let size = self.size();
        let wraps = self.state.reverse_wrap && self.state.autowrap;
        if wraps && self.at.col >= size.cols() {
            // xterm counts the place behind the last column as one to go back from.
            self.go(self.at.row, size.last_col());
        } else if wraps && self.at.col == 0 {
            let margins = self.state.margins;
            let row = match self.at.row {
                row if row == margins.top => margins.bottom,
                0 => size.last_row(),
                row => row - 1,
            };
            self.go(row, size.last_col());
        } else {
            self.left(1);
        }
    }

    /// Moves the cursor to the `count`th tab stop to the right.
    pub(super) fn tab(&mut self, count: u16) {
        let cols = self.size().cols();
        let Position { row, mut col } = self.at;
        if col >= cols {
            // There is nowhere to go, and so the wait behind the last column goes on.
            return;
        }
        for _ in 0..count.min(cols) {
            col = self.state.tabs.next(col, cols);
        }
        self.go(row, col);
    }

    /// Moves the cursor to the `count`th tab stop to the left.
    pub(super) fn back_tab(&mut self, count: u16) {
        let Position { row, mut col } = self.cursor();
        for _ in 0..count.min(self.size().cols()) {
            col = self.state.tabs.previous(col);
        }
        self.go(row, col);
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
