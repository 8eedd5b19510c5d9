//! A field above a list: what is typed filters what is picked from.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Field, Item, List, Look, leaves, pressed, put, row};
use crate::domain::{Key, KeyCode, Mods};
use crate::theme::Role;

/// A field above a list.
#[derive(Clone, Debug)]
pub(in crate::tui) struct Finder {
    field: Field,
    list: List,
    asks: &'static str,
}

/// What came of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tui) enum Pick {
    /// Nothing that matters outside.
    Nothing,
    /// Another line may be selected now.
    Moved,
    /// The line of this number was picked.
    Picked(usize),
    /// The person leaves.
    Left,
}

/// The rows above the list.
const HEAD: u16 = 2;

impl Finder {
    /// Returns a list to pick from; `asks` stands in the empty field.
    pub(in crate::tui) fn new(items: Vec<Item>, asks: &'static str) -> Finder {
        Finder { field: Field::default(), list: List::new(items), asks }
    }

    /// Offers other lines; what is typed stays, and filters them.
    pub(in crate::tui) fn offer(&mut self, items: Vec<Item>) {
        self.list = List::new(items);
        if !self.field.text().is_empty() {
            self.list.filter(self.field.text());
        }
    }

    /// Selects a line.
    pub(in crate::tui) fn select(&mut self, item: usize) {
        self.list.select(item);
    }

    /// Returns the number of the selected line.
    pub(in crate::tui) fn selected(&self) -> Option<usize> {
        self.list.selected()
    }

    /// Returns the columns and rows that it wants.
    pub(in crate::tui) fn wants(&self, least: u16) -> (u16, u16) {
        let columns = u16::try_from(self.list.wants()).unwrap_or(u16::MAX).max(least);
        (columns, u16::try_from(self.list.len()).unwrap_or(u16::MAX).saturating_add(HEAD))
    }

    /// Takes a key.
    pub(in crate::tui) fn key(&mut self, key: Key) -> Pick {
        let Some((code, mods)) = pressed(key) else { return Pick::Nothing };
        if leaves(code, mods) {
            return Pick::Left;
        }
        if code == KeyCode::Enter {
            return self.list.selected().map_or(Pick::Nothing, Pick::Picked);
        }
        let written = self.field.text().to_owned();
        let in_list = self.list.key(code, mods)
            || match (code, mods) {
                (KeyCode::Tab, Mods::NONE) => self.list.key(KeyCode::Down, Mods::NONE),
                (KeyCode::Tab, Mods::SHIFT) => self.list.key(KeyCode::Up, Mods::NONE),
                _ => false,
            };
        if in_list {
            return Pick::Moved;
        }
        self.field.key(code, mods);
        self.typed(&written)
    }

    /// Takes text pasted as one.
    pub(in crate::tui) fn paste(&mut self, text: &str) -> Pick {
        let written = self.field.text().to_owned();
        self.field.paste(text);
        self.typed(&written)
    }

    /// Takes a click within the area that it was drawn in.
    pub(in crate::tui) fn click(&mut self, (_, y): (u16, u16)) -> Pick {
        y.checked_sub(HEAD).and_then(|y| self.list.click(y)).map_or(Pick::Nothing, Pick::Picked)
    }

    /// Takes a turn of the wheel.
    pub(in crate::tui) fn wheel(&mut self, lines: i32) -> Pick {
        self.list.wheel(lines);
        Pick::Moved
    }

    /// Draws it; returns the cursor's cell.
    pub(in crate::tui) fn draw(&self, look: Look<'_>, area: Rect, buffer: &mut Buffer) -> Option<(u16, u16)> {
        look.clear(area, buffer);
        let first = row(area, 0)?;
        let x = put(buffer, first, (1, 0), "› ", look.role(Role::Key)).min(first.width.saturating_sub(1));
        let line = Rect { x: first.x + x, width: first.width - x, ..first };
        let cursor = self.field.draw(line, look.text(), (self.asks, look.role(Role::Muted)), buffer);
        let head = HEAD.min(area.height);
        let below = Rect { y: area.y + head, height: area.height - head, ..area };
        self.list.draw(look, below, buffer);
        cursor
    }

    fn typed(&mut self, before: &str) -> Pick {
        if self.field.text() == before {
            return Pick::Nothing;
        }
        self.list.filter(self.field.text());
        Pick::Moved
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_filters_and_enter_picks() {
        let item = |title: &str| Item { title: title.into(), ..Item::default() };
        let mut finder = Finder::new(vec![item("zoom"), item("help"), item("leave")], "");
        let mut key = |text: &str| finder.key(text.parse().unwrap());
        assert_eq!(key("l"), Pick::Moved);
        assert_eq!(key("v"), Pick::Moved);
        assert_eq!(key("enter"), Pick::Picked(2));
        assert_eq!(key("x"), Pick::Moved);
        assert_eq!(key("enter"), Pick::Nothing);
        assert_eq!(key("ctrl-u"), Pick::Moved);
        assert_eq!(key("tab"), Pick::Moved);
        assert_eq!(key("enter"), Pick::Picked(1));
        assert_eq!(key("left"), Pick::Nothing);
        assert_eq!(key("esc"), Pick::Left);
        assert_eq!(finder.click((4, 4)), Pick::Picked(2));
        assert_eq!(finder.click((4, 1)), Pick::Nothing);
    }
}
