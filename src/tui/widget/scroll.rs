//! Which rows of many are in view. It remembers what the last drawing had room for, because keys come between drawings.

use std::cell::Cell;
use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::put;
use crate::domain::{KeyCode, Mods};

/// Which rows of many are in view.
#[derive(Clone, Debug, Default)]
pub(in crate::tui) struct Scroll {
    top: Cell<usize>,
    rows: Cell<usize>,
    total: Cell<usize>,
}

impl Scroll {
    /// Returns the rows in view, of `total` where there is room for `rows`.
    pub(in crate::tui) fn window(&self, total: usize, rows: usize) -> Range<usize> {
        self.rows.set(rows);
        self.total.set(total);
        self.top.set(self.top.get().min(total.saturating_sub(rows)));
        self.top.get()..total.min(self.top.get() + rows)
    }

    /// Returns the rows in view such that row `at` is one of them.
    pub(in crate::tui) fn window_with(&self, at: usize, total: usize, rows: usize) -> Range<usize> {
        let first = (at + 1).saturating_sub(rows);
        self.top.set(self.top.get().clamp(first.min(at), at));
        self.window(total, rows)
    }

    /// Returns how many rows the last drawing had room for.
    pub(in crate::tui) fn page(&self) -> usize {
        self.rows.get().max(1)
    }

    /// Returns whether the last drawing had no room for all rows.
    pub(in crate::tui) fn overflows(&self) -> bool {
        self.total.get() > self.rows.get()
    }

    /// Returns the first row in view.
    pub(in crate::tui) fn top(&self) -> usize {
        self.top.get()
    }

    /// Returns how many rows of the last drawing stood below those in view.
    pub(in crate::tui) fn below(&self) -> usize {
        self.total.get().saturating_sub(self.top.get() + self.rows.get())
    }

    /// Moves by lines; down is positive.
    pub(in crate::tui) fn by(&self, lines: i32) {
        let moved = self.top.get().saturating_add_signed(isize::try_from(lines).unwrap_or(0));
        self.top.set(moved.min(self.total.get().saturating_sub(self.rows.get())));
    }

    /// Goes back to the first row.
    pub(in crate::tui) fn to_top(&self) {
        self.top.set(0);
    }

    /// Takes a key that scrolls; returns whether it was one.
    pub(in crate::tui) fn key(&self, code: KeyCode, mods: Mods) -> bool {
        let page = i32::try_from(self.page()).unwrap_or(i32::MAX);
        match (code, mods) {
            (KeyCode::Up, Mods::NONE) | (KeyCode::Char('p' | 'k'), Mods::CTRL) => self.by(-1),
            (KeyCode::Down, Mods::NONE) | (KeyCode::Char('n' | 'j'), Mods::CTRL) => self.by(1),
            (KeyCode::PageUp, _) | (KeyCode::Char('b'), Mods::CTRL) => self.by(-page),
            (KeyCode::PageDown, _) | (KeyCode::Char('f'), Mods::CTRL) => self.by(page),
            (KeyCode::Char('u'), Mods::CTRL) => self.by(-(page / 2).max(1)),
            (KeyCode::Char('d'), Mods::CTRL) => self.by((page / 2).max(1)),
            (KeyCode::Home, _) => self.to_top(),
            (KeyCode::End, _) => self.by(i32::MAX),
            _ => return false,
        }
        true
    }

    /// Draws at an area's right edge which part of the whole is in view, if it is not all of it.
    pub(in crate::tui) fn bar(&self, area: Rect, style: Style, buffer: &mut Buffer) {
        let (rows, total) = (usize::from(area.height), self.total.get());
        if total <= rows || rows < 2 || area.width < 2 {
            return;
        }
        let length = (rows * rows / total).clamp(1, rows - 1);
        let first = (rows - length) * self.top.get() / (total - rows);
        for y in first..(first + length).min(rows) {
            put(buffer, area, (area.width - 1, u16::try_from(y).unwrap_or(u16::MAX)), "┃", style);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_never_scrolls_past_either_end() {
        let scroll = Scroll::default();
        assert_eq!(scroll.window(10, 4), 0..4);
        scroll.by(-3);
        assert_eq!(scroll.window(10, 4), 0..4);
        assert!(scroll.key(KeyCode::End, Mods::NONE));
        assert_eq!(scroll.window(10, 4), 6..10);
        assert!(scroll.key(KeyCode::Up, Mods::NONE));
        assert_eq!(scroll.window(10, 4), 5..9);
        assert_eq!(scroll.window(3, 4), 0..3);
        assert!(!scroll.key(KeyCode::Char('x'), Mods::NONE));
    }

    #[test]
    fn the_row_that_matters_stays_in_view() {
        let scroll = Scroll::default();
        assert_eq!(scroll.window_with(7, 10, 4), 4..8);
        assert_eq!(scroll.window_with(5, 10, 4), 4..8);
        assert_eq!(scroll.window_with(2, 10, 4), 2..6);
        assert_eq!(scroll.window_with(0, 0, 0), 0..0);
    }
}
