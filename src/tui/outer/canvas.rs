//! What the person's terminal shows, and the bytes that make it show something else: only cells that differ are
//! written, within one synchronised update (mode 2026), so that no half-drawn window is seen.

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr as _;

use super::sgr::{Looks, Nearest, put_looks};
use crate::terminal::CursorShape;
use crate::theme::ColorDepth;
use crate::tui::view::Cursor;

const BEGIN: &[u8] = b"\x1b[?2026h\x1b[?25l";
const END: &[u8] = b"\x1b[?2026l";

/// What the terminal shows.
#[derive(Debug)]
pub(in crate::tui) struct Canvas {
    shown: Buffer,
    /// Whether what is shown is known.
    known: bool,
    nearest: Nearest,
    /// What is to be written, and what was handed out last.
    out: Vec<u8>,
    last: Vec<u8>,
    /// How the next cell would look, and where it would be written.
    looks: Option<Looks>,
    at: Option<(u16, u16)>,
    cursor: Cursor,
}

impl Canvas {
    /// Returns a canvas on a terminal of which nothing is known.
    pub(in crate::tui) fn new(depth: ColorDepth) -> Canvas {
        Canvas {
            shown: Buffer::empty(Rect::default()),
            known: false,
            nearest: Nearest::new(depth),
            out: Vec::new(),
            last: Vec::new(),
            looks: None,
            at: None,
            cursor: None,
        }
    }

    /// Forgets what is shown.
    pub(in crate::tui) fn forget(&mut self) {
        self.known = false;
    }

    /// Draws a whole window.
    pub(in crate::tui) fn show(&mut self, next: Buffer) {
        if !self.known || next.area != self.shown.area {
            self.out.extend_from_slice(b"\x1b[0m\x1b[2J");
            self.looks = None;
            self.at = None;
            self.known = true;
            // Cells that nothing looks like: every one is written.
            let mut blank = Cell::default();
            blank.set_symbol("\u{0}");
            self.shown = Buffer::filled(next.area, blank);
        }
        for y in next.area.top()..next.area.bottom() {
            self.row(&next, y);
        }
        self.shown = next;
    }

    /// Draws part of the window; a window that is not known is left to the next whole drawing.
    pub(in crate::tui) fn patch(&mut self, part: &Buffer) {
        let area = part.area.intersection(self.shown.area);
        if !self.known || area != part.area {
            return;
        }
        for y in area.top()..area.bottom() {
            self.row(part, y);
            for x in area.left()..area.right() {
                if let (Some(cell), Some(shown)) = (part.cell((x, y)), self.shown.cell_mut((x, y))) {
                    shown.clone_from(cell);
                }
            }
        }
    }

    /// Returns what is to be written, with the cursor where it belongs; nothing if nothing changed.
    pub(in crate::tui) fn finish(&mut self, cursor: Cursor) -> Option<&[u8]> {
        if self.out.is_empty() && self.cursor == cursor {
            return None;
        }
        self.last.clear();
        self.last.extend_from_slice(BEGIN);
        self.last.append(&mut self.out);
        if let Some((at, shape)) = cursor {
            let style = match shape {
                CursorShape::Default => 0,
                shape => shape as u8,
            };
            let place = format!("\x1b[{};{}H\x1b[{style} q\x1b[?25h", at.y + 1, at.x + 1);
            self.last.extend_from_slice(place.as_bytes());
            self.at = None;
        }
        self.last.extend_from_slice(END);
        self.cursor = cursor;
        Some(&self.last)
    }

    /// Writes the cells of one row that differ.
    fn row(&mut self, next: &Buffer, y: u16) {
        let area = next.area;
        let mut x = area.left();
        // Up to here, cells are written whatever they were: a wide character that went left a half behind, or what
        // is made of several characters may have been drawn wider than it is.
        let mut stale = x;
        while x < area.right() {
            let Some(cell) = next.cell((x, y)) else { return };
            let width = columns(cell.symbol()).min(area.right() - x);
            let was = self.shown.cell((x, y));
            let was_wide = was.is_some_and(|was| columns(was.symbol()) > 1);
            if x < stale || was != Some(cell) {
                self.write(cell, (x, y), width);
                if was_wide {
                    stale = stale.max(x + 2);
                }
                if joined(cell.symbol()) {
                    stale = stale.max(x + width + JOINED);
                }
            }
            x += width;
        }
    }

    fn write(&mut self, cell: &Cell, at: (u16, u16), width: u16) {
        if self.at != Some(at) {
            self.out.extend_from_slice(format!("\x1b[{};{}H", at.1 + 1, at.0 + 1).as_bytes());
        }
        let looks = Looks::of(cell);
        if self.looks != Some(looks) {
            put_looks(&mut self.out, looks, &mut self.nearest);
            self.looks = Some(looks);
        }
        let symbol = cell.symbol();
        // Whatever it came from, a cell is no control character.
        let harmless = !symbol.is_empty() && !symbol.chars().any(char::is_control);
        self.out.extend_from_slice(if harmless { symbol } else { " " }.as_bytes());
        // Terminals disagree about the width of what is made of several characters, and about the last column.
        let sure = !joined(symbol) && width == 1;
        let next = at.0 + width;
        self.at = (sure && next < self.shown.area.right()).then_some((next, at.1));
    }
}

/// How much wider than it is what is made of several characters may be drawn: a family of four.
const JOINED: u16 = 6;

/// Returns whether a cell is made of several characters.
fn joined(symbol: &str) -> bool {
    symbol.len() > 1 && symbol.chars().nth(1).is_some()
}

/// Returns how many columns a cell takes.
fn columns(symbol: &str) -> u16 {
    if symbol.len() == 1 {
        return 1;
    }
    u16::try_from(symbol.width()).unwrap_or(1).clamp(1, 2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::style::{Color, Style};

    use super::*;

    /// A terminal that is written to.
    struct Outside {
        canvas: Canvas,
        parser: vt100::Parser,
    }

    impl Outside {
        fn new(width: u16, height: u16) -> Outside {
            let cells = |n: u16| std::num::NonZeroU16::new(n).unwrap();
            let parser = vt100::Parser::new(cells(height), cells(width), 0);
            Outside { canvas: Canvas::new(ColorDepth::True), parser }
        }

        fn text(&mut self) -> String {
            if let Some(bytes) = self.canvas.finish(None) {
                self.parser.process(bytes);
            }
            let width = self.parser.screen().size().1.get();
            let rows: Vec<String> =
                self.parser.screen().rows(0, width).map(|row| row.trim_end().to_owned()).collect();
            rows.join("\n").trim_end().to_owned()
        }

        /// What every cell holds and what is behind it.
        fn cells(&self) -> Vec<(String, vt100::Color)> {
            let screen = self.parser.screen();
            let (rows, cols) = (screen.size().0.get(), screen.size().1.get());
            let places = (0..rows).flat_map(|row| (0..cols).map(move |col| (row, col)));
            places
                .filter_map(|(row, col)| screen.cell(row, col))
                .map(|cell| (cell.contents().to_owned(), cell.bgcolor()))
                .collect()
        }
    }

    fn lines(texts: &[&str]) -> Buffer {
        Buffer::with_lines(texts.to_vec())
    }

    #[test]
    fn only_what_differs_is_written() {
        let mut outside = Outside::new(10, 2);
        outside.canvas.show(lines(&["hello     ", "there     "]));
        assert_eq!(outside.text(), "hello\nthere");
        outside.canvas.show(lines(&["hello     ", "thexe     "]));
        let bytes = outside.canvas.finish(None).map(<[u8]>::to_vec).unwrap();
        assert_eq!(String::from_utf8(bytes).unwrap(), "\x1b[?2026h\x1b[?25l\x1b[2;4Hx\x1b[?2026l");
        outside.canvas.show(lines(&["hello     ", "thexe     "]));
        assert_eq!(outside.canvas.finish(None), None);
    }

    #[test]
    fn a_wide_character_that_goes_leaves_nothing_behind() {
        let mut outside = Outside::new(6, 1);
        outside.canvas.show(lines(&["a漢b  "]));
        assert_eq!(outside.text(), "a漢b");
        outside.canvas.show(lines(&["axyb  "]));
        assert_eq!(outside.text(), "axyb");
        outside.canvas.show(lines(&["a字b  "]));
        assert_eq!(outside.text(), "a字b");
        outside.canvas.show(lines(&["a     "]));
        assert_eq!(outside.text(), "a");
    }

    #[test]
    fn a_part_is_drawn_in_its_place() {
        let mut outside = Outside::new(6, 2);
        outside.canvas.show(lines(&["abcdef", "ghijkl"]));
        let mut part = Buffer::empty(Rect::new(2, 1, 3, 1));
        part.set_string(2, 1, "xyz", Style::default());
        outside.canvas.patch(&part);
        assert_eq!(outside.text(), "abcdef\nghxyzl");
    }

    #[test]
    fn no_control_character_gets_out() {
        let mut outside = Outside::new(4, 1);
        let mut buffer = lines(&["abcd"]);
        buffer[(1, 0)].set_symbol("\x1b");
        buffer[(2, 0)].set_symbol("\u{9b}");
        outside.canvas.show(buffer);
        assert_eq!(outside.text(), "a  d");
    }

    fn cells() -> impl Strategy<Value = Buffer> {
        let symbol = prop_oneof![Just("a"), Just("漢"), Just(" "), Just("é"), Just("🎉"), Just("─")];
        proptest::collection::vec((symbol, 0u8..3), 24).prop_map(|cells| {
            let mut buffer = Buffer::empty(Rect::new(0, 0, 8, 3));
            let mut x = 0u16;
            let mut y = 0u16;
            for (symbol, color) in cells {
                if y == 3 {
                    break;
                }
                let symbol = if x == 7 && columns(symbol) == 2 { "x" } else { symbol };
                buffer.set_string(x, y, symbol, Style::default().bg(Color::Indexed(color)));
                x += columns(symbol);
                if x >= 8 {
                    (x, y) = (0, y + 1);
                }
            }
            buffer
        })
    }

    proptest! {
        #[test]
        fn whatever_was_shown_before_the_screen_is_what_was_drawn_last(pictures in proptest::collection::vec(cells(), 2..6)) {
            let mut step = Outside::new(8, 3);
            for picture in &pictures {
                step.canvas.show(picture.clone());
                step.text();
            }
            let mut once = Outside::new(8, 3);
            once.canvas.show(pictures.last().cloned().unwrap());
            prop_assert_eq!(step.text(), once.text());
            prop_assert_eq!(step.cells(), once.cells());
        }
    }
}
