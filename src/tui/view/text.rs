//! Words in cells: put side by side, clipped to what is drawn anew, and never half a character.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::tui::widget::{cut, width};

/// Returns how many columns a text takes, as cells are numbered.
pub(super) fn columns_of(text: &str) -> u16 {
    u16::try_from(width(text)).unwrap_or(u16::MAX)
}

/// A line being written from the left, which never leaves its columns.
pub(super) struct Writer<'a> {
    buffer: &'a mut Buffer,
    x: u16,
    y: u16,
    end: u16,
}

impl<'a> Writer<'a> {
    /// Returns a line that begins at `(x, y)` and is `columns` wide.
    pub(super) fn new(buffer: &'a mut Buffer, (x, y): (u16, u16), columns: u16) -> Writer<'a> {
        Writer { buffer, x, y, end: x.saturating_add(columns) }
    }

    /// Returns how many columns are left.
    pub(super) fn left(&self) -> u16 {
        self.end.saturating_sub(self.x)
    }

    /// Writes a text, cut to what is left.
    pub(super) fn put(&mut self, text: &str, style: Style) {
        let text = cut(text, self.left().into());
        put(self.buffer, (self.x, self.y), &text, self.left(), style);
        self.x += columns_of(&text);
    }

    /// Writes a text if all of it fits.
    pub(super) fn put_whole(&mut self, text: &str, style: Style) -> bool {
        let fits = columns_of(text) <= self.left();
        if fits {
            self.put(text, style);
        }
        fits
    }

    /// Sets the right end aside for a text and writes it there, if it fits with `least` columns to spare.
    pub(super) fn put_right(&mut self, text: &str, least: u16, style: Style) -> bool {
        let columns = columns_of(text);
        let fits = columns.saturating_add(least) <= self.left();
        if fits {
            self.end -= columns;
            put(self.buffer, (self.end, self.y), text, columns, style);
        }
        fits
    }
}

/// Writes a text at a cell, in at most so many columns; what lies outside the buffer is left out.
pub(super) fn put(buffer: &mut Buffer, (x, y): (u16, u16), text: &str, columns: u16, style: Style) {
    let area = buffer.area;
    if y < area.top() || y >= area.bottom() {
        return;
    }
    if x >= area.left() && x.saturating_add(columns) <= area.right() {
        buffer.set_stringn(x, y, text, columns.into(), style);
        return;
    }
    // Partly outside: character by character, for patches of a row.
    let end = x.saturating_add(columns);
    let mut at = x;
    for character in text.graphemes(true) {
        let next = at.saturating_add(columns_of(character));
        if next > end {
            return;
        }
        if at >= area.left() && next <= area.right() {
            buffer.set_stringn(at, y, character, (next - at).into(), style);
        }
        at = next;
    }
}

/// Sets one cell, if it is in the buffer.
pub(super) fn put_char(buffer: &mut Buffer, (x, y): (u16, u16), glyph: char, style: Style) {
    if let Some(cell) = buffer.cell_mut(Position::new(x, y)) {
        cell.reset();
        cell.set_char(glyph).set_style(style);
    }
}

/// Takes away wide characters that reach into a rectangle from its left.
pub(super) fn clear_edges(buffer: &mut Buffer, area: Rect) {
    let Some(left) = area.x.checked_sub(1) else { return };
    for y in area.top()..area.bottom() {
        if let Some(cell) = buffer.cell_mut(Position::new(left, y))
            && width(cell.symbol()) > 1
        {
            cell.set_symbol(" ");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_never_leaves_its_columns() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 10, 1));
        let mut line = Writer::new(&mut buffer, (1, 0), 8);
        assert!(line.put_right("ab", 3, Style::default()));
        assert!(!line.put_right("cdef", 3, Style::default()));
        line.put("0123456789", Style::default());
        let text: String = buffer.content().iter().map(ratatui::buffer::Cell::symbol).collect();
        assert_eq!(text, " 01234…ab ");
    }

    #[test]
    fn a_patch_gets_the_whole_characters_that_lie_in_it() {
        let whole = "a漢e\u{301}字b";
        let mut row = Buffer::empty(Rect::new(0, 0, 7, 1));
        put(&mut row, (0, 0), whole, 7, Style::default());
        let mut patch = Buffer::empty(Rect::new(2, 0, 3, 1));
        put(&mut patch, (0, 0), whole, 7, Style::default());
        assert_eq!(patch[(2, 0)].symbol(), " ", "half of a character is none");
        assert_eq!(patch[(3, 0)], row[(3, 0)]);
        assert_eq!(patch[(3, 0)].symbol(), "e\u{301}");
        assert_eq!(patch[(4, 0)].symbol(), " ", "the other half lies outside");
    }
}
