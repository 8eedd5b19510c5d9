//! A field to write in: one line, or several where lines may be broken.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation as _;

use super::{put, width};
use crate::domain::{KeyCode, Mods};

/// A text and a cursor in it, which always stands between two characters as a person sees them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::tui) struct Field {
    text: String,
    cursor: usize,
    lines: bool,
}

impl Field {
    /// Returns a field of one line that holds a text, the cursor behind it.
    pub(in crate::tui) fn new(text: &str) -> Field {
        let mut field = Field::default();
        field.paste(text);
        field
    }

    /// Returns an empty field in which lines may be broken.
    pub(in crate::tui) fn of_lines() -> Field {
        Field { lines: true, ..Field::default() }
    }

    /// Returns what it holds.
    pub(in crate::tui) fn text(&self) -> &str {
        &self.text
    }

    /// Returns whether it holds nothing.
    pub(in crate::tui) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Empties it.
    pub(in crate::tui) fn clear(&mut self) {
        self.text.clear();
        self.cursor = 0;
    }

    /// Takes a key; returns whether it was one for a field.
    pub(in crate::tui) fn key(&mut self, code: KeyCode, mods: Mods) -> bool {
        match (code, mods) {
            (KeyCode::Enter, Mods::ALT | Mods::SHIFT) | (KeyCode::Char('j'), Mods::CTRL) if self.lines => {
                self.insert("\n");
            }
            (KeyCode::Char(c), Mods::NONE | Mods::SHIFT) if !c.is_control() => {
                self.insert(c.encode_utf8(&mut [0; 4]));
            }
            (KeyCode::Backspace, Mods::NONE | Mods::SHIFT) | (KeyCode::Char('h'), Mods::CTRL) => {
                self.remove(self.before()..self.cursor);
            }
            (KeyCode::Delete, _) | (KeyCode::Char('d'), Mods::CTRL) => self.remove(self.cursor..self.after()),
            (KeyCode::Left, Mods::NONE) | (KeyCode::Char('b'), Mods::CTRL) => self.cursor = self.before(),
            (KeyCode::Right, Mods::NONE) | (KeyCode::Char('f'), Mods::CTRL) => self.cursor = self.after(),
            (KeyCode::Left, Mods::CTRL | Mods::ALT) | (KeyCode::Char('b'), Mods::ALT) => {
                self.cursor = self.word_before();
            }
            (KeyCode::Right, Mods::CTRL | Mods::ALT) | (KeyCode::Char('f'), Mods::ALT) => {
                self.cursor = self.word_after();
            }
            (KeyCode::Home, _) | (KeyCode::Char('a'), Mods::CTRL) => self.cursor = self.line().start,
            (KeyCode::End, _) | (KeyCode::Char('e'), Mods::CTRL) => self.cursor = self.line().end,
            (KeyCode::Char('u'), Mods::CTRL) => self.remove(self.line().start..self.cursor),
            (KeyCode::Char('k'), Mods::CTRL) => self.remove(self.cursor..self.line().end),
            (KeyCode::Char('w'), Mods::CTRL) | (KeyCode::Backspace, Mods::ALT | Mods::CTRL) => {
                self.remove(self.word_before()..self.cursor);
            }
            (KeyCode::Up, Mods::NONE) if self.lines => self.up(),
            (KeyCode::Down, Mods::NONE) if self.lines => self.down(),
            _ => return false,
        }
        true
    }

    /// Takes text pasted as one: control characters are left out, and lines become spaces where there is but one.
    pub(in crate::tui) fn paste(&mut self, text: &str) {
        let mut clean = String::with_capacity(text.len());
        for c in text.replace("\r\n", "\n").chars() {
            match c {
                '\n' | '\r' => clean.push(if self.lines { '\n' } else { ' ' }),
                '\t' => clean.push(' '),
                c if c.is_control() => {}
                c => clean.push(c),
            }
        }
        self.insert(&clean);
    }

    /// Draws the line with the cursor; what is left of it goes out of view where there is no room. Returns the
    /// cursor's cell. `faint` is said where the field holds nothing.
    pub(in crate::tui) fn draw(
        &self,
        area: Rect,
        style: Style,
        faint: (&str, Style),
        buffer: &mut Buffer,
    ) -> Option<(u16, u16)> {
        if area.is_empty() {
            return None;
        }
        if self.text.is_empty() {
            put(buffer, area, (0, 0), faint.0, faint.1);
            return Some((area.x, area.y));
        }
        let room = usize::from(area.width);
        let mut start = 0;
        // The cursor needs a column of its own behind the last character.
        while width(&self.text[start..self.cursor]) >= room && start < self.cursor {
            start += self.text[start..].graphemes(true).next().map_or(1, str::len);
        }
        put(buffer, area, (0, 0), &self.text[start..], style);
        Some((column(area.x, width(&self.text[start..self.cursor]), area.width), area.y))
    }

    /// Draws all lines, broken where they are too long, such that the cursor is in view. Returns the cursor's cell.
    pub(in crate::tui) fn draw_lines(
        &self,
        area: Rect,
        style: Style,
        faint: (&str, Style),
        buffer: &mut Buffer,
    ) -> Option<(u16, u16)> {
        if area.is_empty() || self.text.is_empty() {
            return self.draw(area, style, faint, buffer);
        }
        let rows = self.rows(usize::from(area.width));
        let own = rows.iter().rposition(|row| row.start <= self.cursor).unwrap_or(0);
        let top = (own + 1).saturating_sub(usize::from(area.height));
        for (row, y) in rows.iter().skip(top).zip(0..area.height) {
            put(buffer, area, (0, y), &self.text[row.clone()], style);
        }
        let start = rows.get(own).map_or(0, |row| row.start);
        let x = column(area.x, width(&self.text[start..self.cursor]), area.width);
        Some((x, area.y + u16::try_from(own - top).unwrap_or(0)))
    }

    /// Returns how many rows it takes at a width.
    pub(in crate::tui) fn height(&self, columns: usize) -> usize {
        self.rows(columns).len()
    }

    /// The rows it is drawn in. The last one of a line has room for the cursor.
    fn rows(&self, columns: usize) -> Vec<Range<usize>> {
        let columns = columns.max(1);
        let mut rows = Vec::new();
        let mut start = 0;
        let mut used = 0;
        for (at, grapheme) in self.text.grapheme_indices(true) {
            if grapheme == "\n" {
                rows.push(start..at);
                (start, used) = (at + 1, 0);
                continue;
            }
            if used + width(grapheme) > columns && at > start {
                rows.push(start..at);
                (start, used) = (at, 0);
            }
            used += width(grapheme);
        }
        rows.push(start..self.text.len());
        if used >= columns {
            rows.push(self.text.len()..self.text.len());
        }
        rows
    }

    fn insert(&mut self, text: &str) {
        self.text.insert_str(self.cursor, text);
        let end = self.cursor + text.len();
        // What was written may have become one with what follows; the cursor stays between two of them.
        let ends = self.text.grapheme_indices(true).map(|(at, grapheme)| at + grapheme.len());
        self.cursor = std::iter::once(0).chain(ends).find(|at| *at >= end).unwrap_or(end);
    }

    fn remove(&mut self, range: Range<usize>) {
        self.cursor = range.start;
        self.text.replace_range(range, "");
        self.insert("");
    }

    fn before(&self) -> usize {
        self.text[..self.cursor].grapheme_indices(true).next_back().map_or(0, |(at, _)| at)
    }

    fn after(&self) -> usize {
        self.cursor + self.text[self.cursor..].graphemes(true).next().map_or(0, str::len)
    }

    fn word_before(&self) -> usize {
        let words = self.text[..self.cursor].trim_end();
        words.char_indices().rfind(|(_, c)| c.is_whitespace()).map_or(0, |(at, c)| at + c.len_utf8())
    }

    fn word_after(&self) -> usize {
        let rest = &self.text[self.cursor..];
        let gap = rest.len() - rest.trim_start().len();
        let word = rest.trim_start().find(char::is_whitespace).unwrap_or(rest.len() - gap);
        self.cursor + gap + word
    }

    /// The line that the cursor stands in.
    fn line(&self) -> Range<usize> {
        let start = self.text[..self.cursor].rfind('\n').map_or(0, |at| at + 1);
        let end = self.text[self.cursor..].find('\n').map_or(self.text.len(), |at| self.cursor + at);
        start..end
    }

    fn up(&mut self) {
        let line = self.line();
        if line.start > 0 {
            let column = self.text[line.start..self.cursor].graphemes(true).count();
            self.cursor = line.start - 1;
            self.go_to_column(column);
        }
    }

    fn down(&mut self) {
        let line = self.line();
        if line.end < self.text.len() {
            let column = self.text[line.start..self.cursor].graphemes(true).count();
            self.cursor = line.end + 1;
            self.go_to_column(column);
        }
    }

    fn go_to_column(&mut self, column: usize) {
        let line = self.line();
        let places = self.text[line.clone()].grapheme_indices(true).map(|(at, _)| line.start + at);
        self.cursor = places.into_iter().nth(column).unwrap_or(line.end);
    }
}

fn column(x: u16, columns: usize, room: u16) -> u16 {
    x.saturating_add(u16::try_from(columns).unwrap_or(u16::MAX).min(room.saturating_sub(1)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::Key;

    fn press(field: &mut Field, keys: &str) {
        for key in keys.split(' ') {
            let key: Key = key.parse().unwrap();
            field.key(key.code, key.mods);
        }
    }

    #[track_caller]
    fn check(before: &str, keys: &str, after: &str) {
        let mut field = Field::new(before);
        press(&mut field, keys);
        let mut text = field.text.clone();
        text.insert(field.cursor, '|');
        assert_eq!(text, after, "{before:?} and {keys}");
    }

    #[test]
    fn keys_write_and_move() {
        check("", "a B space c", "aB c|");
        check("one two", "left backspace", "one t|o");
        check("one two", "home delete", "|ne two");
        check("one two", "ctrl-w", "one |");
        check("one two  ", "ctrl-w", "one |");
        check("one two", "ctrl-left ctrl-left right ctrl-k", "o|");
        check("one two", "ctrl-a ctrl-right x", "onex| two");
        check("one two", "left left ctrl-u", "|wo");
        check("日本", "left backspace", "|本");
        check("e\u{301}", "backspace", "|");
        check("ab", "f5 tab enter ctrl-j", "ab|");
    }

    #[test]
    fn a_field_of_lines_breaks_them() {
        let mut field = Field::of_lines();
        field.paste("one\r\ntwo\u{1b}");
        press(&mut field, "ctrl-j x up y down down alt-enter");
        assert_eq!(field.text(), "one\ntywo\nx\n");
        assert_eq!(Field::new("one\ntwo").text(), "one two");
    }

    fn drawn(field: &Field, columns: u16, rows: u16) -> (Vec<String>, Option<(u16, u16)>) {
        let area = Rect::new(0, 0, columns, rows);
        let mut buffer = Buffer::empty(area);
        let cursor = field.draw_lines(area, Style::new(), ("", Style::new()), &mut buffer);
        let line = |y| (0..columns).map(|x| buffer[(x, y)].symbol()).collect::<String>();
        ((0..rows).map(line).collect(), cursor)
    }

    #[test]
    fn a_line_longer_than_its_field_shows_where_the_cursor_is() {
        let area = Rect::new(0, 0, 4, 1);
        let mut buffer = Buffer::empty(area);
        let mut field = Field::new("abcdef");
        let cursor = field.draw(area, Style::new(), ("", Style::new()), &mut buffer);
        assert_eq!((cursor, buffer[(0, 0)].symbol()), (Some((3, 0)), "d"));
        press(&mut field, "home");
        let cursor = field.draw(area, Style::new(), ("", Style::new()), &mut buffer);
        assert_eq!((cursor, buffer[(0, 0)].symbol()), (Some((0, 0)), "a"));
    }

    #[test]
    fn lines_are_broken_where_they_are_too_long() {
        let mut field = Field::of_lines();
        field.paste("abcdef\ng");
        assert_eq!(drawn(&field, 4, 3), (vec!["abcd".into(), "ef  ".into(), "g   ".into()], Some((1, 2))));
        assert_eq!(drawn(&field, 4, 1), (vec!["g   ".into()], Some((1, 0))));
        press(&mut field, "up end");
        assert_eq!(drawn(&field, 4, 3).1, Some((2, 1)));
    }

    proptest! {
        #[test]
        fn any_keys_leave_the_cursor_within_the_text(
            text in "\\PC{0,12}",
            keys in proptest::collection::vec(0usize..18, 0..40),
            columns in 1u16..9,
        ) {
            let all = ["a", "日", "backspace", "delete", "left", "right", "home", "end", "ctrl-w", "ctrl-k", "ctrl-u",
                "ctrl-left", "ctrl-right", "alt-enter", "up", "down", "ctrl-a", "ctrl-e"];
            let mut field = Field::of_lines();
            field.paste(&text);
            for key in keys {
                press(&mut field, all[key]);
                prop_assert!(field.text.is_char_boundary(field.cursor));
                let (x, y) = drawn(&field, columns, 3).1.unwrap();
                prop_assert!(x < columns && y < 3);
            }
        }
    }
}
