//! Long stretches of plain lines, laid out without vt100.
//!
//! Where history is kept, such lines do not pass through vt100: they are laid out here by the same rules (a test compares
//! the two), and only those that stay on the screen are printed.

use unicode_width::UnicodeWidthChar as _;

use super::Grid;
use super::engine::Buffer;
use super::settle::{leap_place, pen_after};
use crate::domain::Size;
use crate::terminal::line::{Line, LineWriter};
use crate::terminal::parse::csi::Csi;
use crate::terminal::parse::escape::{self, Escape};
use crate::terminal::parse::text::{Decoded, decode};
use crate::terminal::pen::Pen;
use crate::terminal::sequence::put_csi;
use crate::terminal::style::{Color, Style};

/// The fewest lines that are worth laying out.
const MIN_LINES: usize = 16;

impl Grid {
    /// Lays out the lines of a slice that scroll by, if it has many and they are plain; returns whether it did.
    pub(super) fn lay_out(&mut self, slice: &[u8], line_feeds: usize) -> bool {
        let size = self.size();
        let rows = usize::from(size.rows());
        let margins = self.margins;
        if line_feeds < 2 * rows + MIN_LINES || margins.height() != size.rows() {
            return false;
        }
        if self.engine.active() == Buffer::Alternate || self.departed.taken > 0 {
            return false;
        }
        // After one line feed in the last row, that row is blank, and the cursor at its beginning.
        let to_blank = rows - usize::from(self.at.row);
        let Some(start) = memchr::memchr_iter(b'\n', slice).nth(to_blank - 1).map(|at| at + 1) else {
            return false;
        };
        let Some(end) = leap_place(slice, rows).filter(|end| *end > start) else { return false };
        let (Some(head), Some(body), Some(tail)) =
            (slice.get(..start), slice.get(start..end), slice.get(end..))
        else {
            return false;
        };
        let pen = pen_after(self.slice_pen, head);
        let style = self.style_of(pen);
        let Some((laid, after)) = Layout::new(style, size).lines(body) else { return false };
        self.put_in_pieces(head);
        let above = self.lines(Buffer::Primary);
        self.departed.lines.extend(above.into_iter().take(rows - 1));
        self.departed.lines.extend(laid);
        // The rows above the last one are taken already; the text printed from here on pushes them out.
        self.departed.taken = rows - 1;
        self.scratch.clear();
        put_csi(&mut self.scratch, &[margins.bottom + 1, 1], b'H');
        let pen = Pen { style: after, link: pen.link };
        self.inks.put_sgr(&pen, &mut self.scratch);
        self.put_scratch();
        self.put_in_pieces(tail);
        self.dirty.set_all(true);
        self.blank_mut().rows.set_all(false);
        true
    }
}

/// Lines being laid out.
struct Layout<'a> {
    writer: LineWriter,
    lines: Vec<Line>,
    style: Style<'a>,
    cols: u16,
    col: u16,
    csi: Csi,
}

impl<'a> Layout<'a> {
    fn new(style: Style<'a>, size: Size) -> Layout<'a> {
        let mut writer = LineWriter::default();
        writer.style(&style);
        Layout { writer, lines: Vec::new(), style, cols: size.cols(), col: 0, csi: Csi::default() }
    }

    /// Returns the lines of `body`, which end with a return and a line feed each, and the style after them; `None` if they
    /// hold anything but text, tabs and SGR sequences.
    fn lines(mut self, body: &[u8]) -> Option<(Vec<Line>, Style<'static>)> {
        for line in body.split_inclusive(|byte| *byte == b'\n') {
            self.line(line.strip_suffix(b"\r\n")?)?;
            self.end(false);
        }
        Some((self.lines, self.style.owned()))
    }

    fn line(&mut self, mut rest: &[u8]) -> Option<()> {
        while let Some(&first) = rest.first() {
            let used = match first {
                0x1b => self.sequence(rest)?,
                b'\t' => {
                    self.tab();
                    1
                }
                0x20..=0x7e => self.ascii(rest),
                _ => self.character(rest)?,
            };
            rest = rest.get(used..)?;
        }
        Some(())
    }

    fn sequence(&mut self, rest: &[u8]) -> Option<usize> {
        let Escape::Csi(len) = escape::parse(rest, &mut self.csi) else { return None };
        match self.csi.final_byte {
            b'm' if self.csi.prefix == 0 && self.csi.intermediate == 0 => {
                let mut pen = Pen { style: self.style.owned(), link: 0 };
                pen.apply(&self.csi);
                self.style = Style { link: self.style.link, ..pen.style };
                self.writer.style(&self.style);
                Some(len)
            }
            // All cells to the right of the cursor are blank already.
            b'K' if self.csi.value(0) == 0 && self.style.bg == Color::Default => Some(len),
            _ => None,
        }
    }

    fn tab(&mut self) {
        let next = (self.col / 8 * 8 + 8).min(self.cols - 1);
        if next > self.col {
            self.writer.style(&Style::default());
            (self.col..next).for_each(|_| self.writer.blank());
            self.writer.style(&self.style);
            self.col = next;
        }
    }

    fn ascii(&mut self, rest: &[u8]) -> usize {
        if self.col == self.cols {
            self.end(true);
        }
        let room = usize::from(self.cols - self.col);
        let len = rest.iter().take(room).take_while(|byte| (0x20..0x7f).contains(*byte)).count();
        if let Some(Ok(text)) = rest.get(..len).map(std::str::from_utf8) {
            self.writer.ascii(text);
        }
        self.col += len as u16;
        len
    }

    fn character(&mut self, rest: &[u8]) -> Option<usize> {
        let Decoded::Char(c, len) = decode(rest) else { return None };
        let width = u16::try_from(c.width()?).ok().filter(|width| (1..=2).contains(width))?;
        if self.col + width > self.cols {
            // A row with too little room for the character does not go on in the next one: it ends there.
            self.end(self.col == self.cols);
        }
        self.writer.cell(c.encode_utf8(&mut [0; 4]), width as u8);
        self.col += width;
        Some(len)
    }

    fn end(&mut self, wrapped: bool) {
        self.lines.push(self.writer.finish(wrapped));
        self.writer.style(&self.style);
        self.col = 0;
    }
}
