//! Characters on their way into cells: those that pass as they are, and those that need a look.

use unicode_width::UnicodeWidthChar as _;

use super::Screen;
use super::cluster::{Join, is_invisible, join};
use super::engine::Buffer;
use super::ink::put_cell_sgr;
use super::settle::Run;
use crate::terminal::parse::text::{Decoded, Reach, decode, is_reserved, joins};
use crate::terminal::sequence::put_csi;
use crate::terminal::style::Color;

/// How many units of work a repeated character costs (see [`super::settle::Budget`]).
const REPEAT_WORK: u64 = 16;

impl Screen {
    /// Adds the text being looked at, which reaches as far as `reach`, to what waits.
    pub(super) fn pass_text(&mut self, run: &mut Run<'_>, reach: Reach) {
        let may_wrap = reach.wraps > run.reach.wraps;
        if may_wrap && self.state.pen.style.bg != Color::Default {
            // vt100 scrolls in rows of the default background; a program expects its own.
            return self.print_filling(run);
        }
        run.reach = reach;
        self.adjacent = run.token().last().is_some_and(|byte| *byte >= 0x20);
    }

    /// Prints text that may wrap, and scroll, under a background of its own.
    fn print_filling(&mut self, run: &mut Run<'_>) {
        self.take(run);
        let mut rest = run.token();
        while let Decoded::Char(c, len) = decode(rest) {
            // What fits in the row can go as it is.
            let room = usize::from(self.size().cols().saturating_sub(self.at.col));
            let fits = rest.iter().take(room).take_while(|byte| (0x20..0x7f).contains(*byte)).count();
            if fits > 1 {
                let (head, tail) = rest.split_at(fits);
                self.draw(head, fits as u16);
                rest = tail;
                continue;
            }
            if c.is_control() {
                self.control_character(c);
            } else {
                self.print(c);
            }
            rest = rest.get(len..).unwrap_or_default();
        }
        self.adjacent = run.token().last().is_some_and(|byte| *byte >= 0x20);
    }

    /// Shows the character `c`.
    pub(super) fn print(&mut self, c: char) {
        let c = self.state.charsets.map(c);
        if is_invisible(c) {
            return;
        }
        let width = match c.width() {
            Some(0) => return self.extend(c),
            Some(width) => width.min(2) as u16,
            None => return,
        };
        if (self.joining || joins(c)) && self.adjacent && self.join_previous(c) {
            return;
        }
        self.joining = false;
        let shown = if c == '\u{fffd}' || is_reserved(c) {
            self.stand_in(c.encode_utf8(&mut [0; 4]), width as u8).unwrap_or('?')
        } else {
            c
        };
        self.place(shown.encode_utf8(&mut [0; 4]), width);
    }

    /// Adds a character without a width of its own to the cell before the cursor.
    fn extend(&mut self, c: char) {
        self.join_previous(c);
        self.joining = c == '\u{200d}';
    }

    /// Adds `c` to the cell before the cursor if it belongs there; returns whether it does.
    fn join_previous(&mut self, c: char) -> bool {
        let Some((col, cell)) = self.previous_cell() else { return false };
        let width = if cell.is_wide() { 2 } else { 1 };
        let native = cell.contents();
        let before = self.clusters.resolve(native);
        let joined_width = match join(before, width, c) {
            Join::Apart => return false,
            Join::Dropped => return true,
            Join::Joined(joined_width) => joined_width,
        };
        // A few marks fit in vt100's cells; variation selectors would make it think again about the width.
        let fits = before == native && before.len() < 18 && !matches!(c, '\u{fe00}'..='\u{fe0f}');
        if fits && c.width() == Some(0) && joined_width == width {
            let row = self.at.row;
            self.put(c.encode_utf8(&mut [0; 4]).as_bytes());
            self.touch(row, row);
            return true;
        }
        let mut text = String::with_capacity(before.len() + 4);
        text.push_str(before);
        text.push(c);
        let mut sgr = Vec::new();
        put_cell_sgr(cell, &mut sgr);
        self.replace(col, width, &text, joined_width, &sgr);
        true
    }

    /// Shows `text` in place of the cell at `col` before the cursor, which was `width` columns wide.
    fn replace(&mut self, col: u16, width: u8, text: &str, mut joined_width: u8, sgr: &[u8]) {
        let size = self.size();
        let row = self.at.row;
        let last = col == size.last_col();
        if joined_width > width && last && !self.state.autowrap {
            joined_width = width;
        }
        let Some(shown) = self.stand_in(text, joined_width) else { return };
        self.scratch.clear();
        put_csi(&mut self.scratch, &[col + 1], b'G');
        self.scratch.extend_from_slice(sgr);
        if joined_width > width && last {
            // It no longer fits in this row and goes to the next one.
            put_csi(&mut self.scratch, &[1], b'X');
        }
        self.scratch.extend_from_slice(shown.encode_utf8(&mut [0; 4]).as_bytes());
        let pen = self.state.pen;
        self.inks.put_sgr(&pen, &mut self.scratch);
        let before = self.at;
        let sequence = std::mem::take(&mut self.scratch);
        self.put_scrolling(&sequence, usize::from(last));
        self.scratch = sequence;
        self.account(before, 0, usize::from(last));
        self.touch(row, row);
        self.adjacent = true;
    }

    /// Returns the cell before the cursor and its column, if there is one that shows something.
    pub(super) fn previous_cell(&self) -> Option<(u16, &vt100::Cell)> {
        let screen = self.engine.screen();
        let mut col = self.at.col.checked_sub(1)?;
        let mut cell = screen.cell(self.at.row, col)?;
        if cell.is_wide_continuation() {
            col = col.checked_sub(1)?;
            cell = screen.cell(self.at.row, col)?;
        }
        cell.has_contents().then_some((col, cell))
    }

    /// Puts what one cell of `width` columns holds where the cursor is.
    fn place(&mut self, contents: &str, width: u16) {
        let size = self.size();
        if self.at.col + width > size.cols() {
            if !self.state.autowrap {
                self.go(self.at.row, size.cols() - width);
            } else if self.state.insert {
                self.line_feed();
                self.carriage_return();
            }
        }
        if self.state.insert && self.at.col + width <= size.cols() {
            self.insert_cells(width);
        }
        self.draw(contents.as_bytes(), width);
    }

    /// Puts text of `columns` columns, no more than one row's, where the cursor is.
    fn draw(&mut self, text: &[u8], columns: u16) {
        let before = self.at;
        let wraps = before.col + columns > self.size().cols();
        self.put_scrolling(text, usize::from(wraps));
        self.account(before, 0, usize::from(wraps));
        let scrolled = wraps && before.row == self.state.margins.bottom;
        if scrolled && self.state.pen.style.bg != Color::Default {
            // The row that scrolled in is to have the pen's background where nothing was printed.
            self.put(b"\x1b[K");
        }
        self.adjacent = true;
    }

    /// Repeats the character before the cursor (REP), if it was the last thing that came.
    pub(super) fn repeat(&mut self, count: u16) {
        // A repeat repeats the character directly before it, and nothing else.
        let Some((_, cell)) = self.previous_cell().filter(|_| self.adjacent) else { return };
        let width = if cell.is_wide() { 2 } else { 1 };
        let contents = cell.contents().to_owned();
        let count = u32::from(count).min(self.size().cells());
        if !self.spend(u64::from(count) * REPEAT_WORK) {
            return;
        }
        let mut left = count;
        while left > 0 {
            let room = u32::from(self.size().cols().saturating_sub(self.at.col) / width);
            let fits = left.min(room);
            if fits > 1 && !self.state.insert {
                self.draw(contents.repeat(fits as usize).as_bytes(), fits as u16 * width);
                left -= fits;
            } else {
                self.place(&contents, width);
                left -= 1;
            }
        }
    }

    /// Returns the character that stands for `text` in vt100's cells.
    pub(super) fn stand_in(&mut self, text: &str, width: u8) -> Option<char> {
        if self.clusters.wants_sweep() {
            let Screen { engine, clusters, .. } = self;
            clusters.sweep(cells(engine).map(vt100::Cell::contents));
        }
        self.clusters.stand_in(text, width)
    }

    /// Gives vt100 the pen.
    pub(super) fn put_pen(&mut self) {
        if self.inks.wants_sweep() {
            let page = |page: &super::state::Page| page.saved.map(|saved| saved.pen).unwrap_or_default();
            let [primary, alternate] = &self.state.pages;
            let pens = [self.state.pen, page(primary), page(alternate)];
            let Screen { engine, inks, .. } = self;
            inks.sweep(cells(engine).map(vt100::Cell::fgcolor), &pens);
        }
        self.scratch.clear();
        let pen = self.state.pen;
        self.inks.put_sgr(&pen, &mut self.scratch);
        self.put_scratch();
        self.slice_pen = pen;
    }

    /// Carries out an SGR sequence.
    pub(super) fn select_graphic_rendition(&mut self, run: &mut Run<'_>) {
        let old = self.state.pen;
        let verdict = self.state.pen.apply(&self.lexer.csi);
        if verdict == super::pen::Sgr::Common && old.is_plain() && self.state.pen.is_plain() {
            return;
        }
        self.take(run);
        if self.state.pen != old {
            self.put_pen();
        }
    }
}

/// Returns all cells of both buffers.
fn cells(engine: &super::engine::Engine) -> impl Iterator<Item = &vt100::Cell> {
    let size = engine.size();
    let alternate = engine.has_alternate().then_some(Buffer::Alternate);
    std::iter::once(Buffer::Primary).chain(alternate).flat_map(move |buffer| {
        let screen = engine.buffer(buffer);
        (0..size.rows()).flat_map(move |row| (0..size.cols()).filter_map(move |col| screen.cell(row, col)))
    })
}
