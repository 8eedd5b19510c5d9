//! Characters on their way into cells.

use unicode_width::UnicodeWidthChar as _;

use super::Grid;
use super::cluster::is_reserved;
use super::erase::Part;
use super::ink::put_cell_sgr;
use crate::terminal::sequence::put_csi;
use crate::terminal::style::Color;

/// A cell with text.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// What it shows.
    pub text: &'a str,
    /// How many columns it takes, 1 or 2.
    pub width: u8,
}

impl Grid {
    /// Prints characters of ASCII, which must fit in the cursor's row.
    pub fn put_ascii(&mut self, text: &[u8]) {
        self.draw(text, u16::try_from(text.len()).unwrap_or(u16::MAX));
    }

    /// Prints one character of `width` columns; it wraps if it has no room.
    pub fn put_char(&mut self, c: char, width: u16) {
        let shown = if c == '\u{fffd}' || is_reserved(c) {
            self.stand_in(c.encode_utf8(&mut [0; 4]), width as u8).unwrap_or('?')
        } else {
            c
        };
        self.draw(shown.encode_utf8(&mut [0; 4]).as_bytes(), width);
    }

    /// Prints `count` cells that show `text`, `width` columns wide each. They must fit in the cursor's row, except that a
    /// single one wraps.
    pub fn put_cells(&mut self, text: &str, width: u8, count: u16) {
        let mut contents = Vec::new();
        self.put_contents(text, width, &mut contents);
        self.draw(&contents.repeat(usize::from(count)), count * u16::from(width));
    }

    /// Returns the cell before the cursor, if it shows something.
    pub fn cell_before(&self) -> Option<Shown<'_>> {
        let (_, cell) = self.native_before()?;
        let width = if cell.is_wide() { 2 } else { 1 };
        Some(Shown { text: self.clusters.resolve(cell.contents()), width })
    }

    /// Adds `c` to the cell before the cursor, which becomes `joined_width` columns wide. Where it has no room for that,
    /// it goes to the next row if `autowrap` is set, and stays as wide as it is otherwise. Returns whether the cell was
    /// drawn anew.
    pub fn join(&mut self, c: char, joined_width: u8, autowrap: bool) -> bool {
        let Some((col, cell)) = self.native_before() else { return false };
        let width = if cell.is_wide() { 2 } else { 1 };
        let native = cell.contents();
        let before = self.clusters.resolve(native);
        // A few marks fit in vt100's cells; variation selectors would make it think again about the width.
        let fits = before == native && before.len() < 18 && !matches!(c, '\u{fe00}'..='\u{fe0f}');
        if fits && c.width() == Some(0) && joined_width == width {
            let row = self.at.row;
            self.put(c.encode_utf8(&mut [0; 4]).as_bytes());
            self.touch(row, row);
            return false;
        }
        let mut text = String::with_capacity(before.len() + 4);
        text.push_str(before);
        text.push(c);
        let mut sgr = Vec::new();
        put_cell_sgr(cell, &mut sgr);
        let widens = joined_width > width && (autowrap || col != self.size().last_col());
        self.replace(col, if widens { joined_width } else { width }, widens, &text, &sgr)
    }

    /// Shows `text`, `width` columns wide, in place of the cell at `col` before the cursor; returns whether there was
    /// room for it in the table of clusters.
    fn replace(&mut self, col: u16, width: u8, widens: bool, text: &str, sgr: &[u8]) -> bool {
        let row = self.at.row;
        let last = col == self.size().last_col();
        let Some(shown) = self.stand_in(text, width) else { return false };
        self.scratch.clear();
        put_csi(&mut self.scratch, &[col + 1], b'G');
        self.scratch.extend_from_slice(sgr);
        if widens && last {
            // It no longer fits in this row and goes to the next one.
            put_csi(&mut self.scratch, &[1], b'X');
        }
        self.scratch.extend_from_slice(shown.encode_utf8(&mut [0; 4]).as_bytes());
        self.inks.put_sgr(&self.pen, &mut self.scratch);
        let before = self.at;
        let sequence = std::mem::take(&mut self.scratch);
        self.put_scrolling(&sequence, usize::from(last));
        self.scratch = sequence;
        self.account(before, 0, usize::from(last));
        self.touch(row, row);
        true
    }

    /// Returns the cell of vt100 before the cursor and its column, if there is one that shows something.
    fn native_before(&self) -> Option<(u16, &vt100::Cell)> {
        let screen = self.engine.screen();
        let mut col = self.at.col.checked_sub(1)?;
        let mut cell = screen.cell(self.at.row, col)?;
        if cell.is_wide_continuation() {
            col = col.checked_sub(1)?;
            cell = screen.cell(self.at.row, col)?;
        }
        cell.has_contents().then_some((col, cell))
    }

    /// Puts text of `columns` columns, no more than one row's, where the cursor is.
    fn draw(&mut self, text: &[u8], columns: u16) {
        let before = self.at;
        let wraps = before.col + columns > self.size().cols();
        self.put_scrolling(text, usize::from(wraps));
        self.account(before, 0, usize::from(wraps));
        let scrolled = wraps && before.row == self.margins.bottom;
        if scrolled && self.pen.style.bg != Color::Default {
            // The row that scrolled in has the pen's background where nothing was printed.
            self.erase_line(Part::Right);
        }
    }

    /// Returns the character that stands for `text` in vt100's cells; `None` if there is no room for it.
    pub(super) fn stand_in(&mut self, text: &str, width: u8) -> Option<char> {
        if self.clusters.wants_sweep() {
            let Grid { engine, clusters, .. } = self;
            clusters.sweep(engine.cells().map(vt100::Cell::contents));
        }
        self.clusters.stand_in(text, width)
    }
}
