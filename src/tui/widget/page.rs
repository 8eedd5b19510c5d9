//! A page of lines that scrolls.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::{Look, Scroll, put_line};
use crate::domain::{KeyCode, Mods};
use crate::theme::Role;

/// A page of lines that scrolls; the lines are made anew for every drawing.
#[derive(Clone, Debug, Default)]
pub(in crate::tui) struct Page {
    scroll: Scroll,
}

impl Page {
    /// Takes a key that scrolls; returns whether it was one.
    pub(in crate::tui) fn key(&self, code: KeyCode, mods: Mods) -> bool {
        self.scroll.key(code, mods)
    }

    /// Takes a turn of the wheel.
    pub(in crate::tui) fn wheel(&self, lines: i32) {
        self.scroll.by(lines);
    }

    /// Returns whether the last drawing had no room for all of it.
    pub(in crate::tui) fn overflows(&self) -> bool {
        self.scroll.overflows()
    }

    /// Returns how many lines of the last drawing stood below those in view.
    pub(in crate::tui) fn below(&self) -> usize {
        self.scroll.below()
    }

    /// Goes back to the first line.
    pub(in crate::tui) fn to_top(&self) {
        self.scroll.to_top();
    }

    /// Draws the lines in view, and at the right edge which part of the whole they are.
    pub(in crate::tui) fn draw(&self, look: Look<'_>, lines: &[Line<'_>], area: Rect, buffer: &mut Buffer) {
        let window = self.scroll.window(lines.len(), usize::from(area.height));
        for (line, y) in lines.get(window).unwrap_or_default().iter().zip(0..area.height) {
            put_line(buffer, area, y, line);
        }
        self.scroll.bar(area, look.role(Role::Muted), buffer);
    }
}
