//! Lines that leave the top of the primary screen, for who looks at history. The live screen has none of this.
//!
//! A row that leaves is read just before. What is handed to vt100 at a time is therefore little enough that the rows
//! leaving meanwhile are none of those being written. Long stretches of plain lines do not pass through vt100 at all:
//! they are laid out here, by the same rules (a test compares the two), and only what stays on the screen is printed.

use unicode_width::UnicodeWidthChar as _;

use super::Screen;
use super::engine::Buffer;
use super::settle::{leap_place, pen_after};
use crate::domain::Size;
use crate::terminal::line::{Line, LineWriter};
use crate::terminal::parse::csi::Csi;
use crate::terminal::parse::escape::{self, Escape};
use crate::terminal::parse::text::Decoded;
use crate::terminal::parse::text::decode;
use crate::terminal::sequence::put_csi;
use crate::terminal::style::{Color, Style};

/// How many lines have to pass by for laying them out to be worth while.
const MIN_LINES: usize = 16;

/// The lines that left, and what is to be known of those that will.
#[derive(Debug, Default)]
pub(super) struct Departed {
    lines: Vec<Line>,
    /// How many of the next rows to leave were already taken for departed.
    taken: usize,
}

impl Departed {
    /// Adds rows that left because the screen was folded anew.
    pub fn extend(&mut self, rows: impl Iterator<Item = Line>) {
        self.lines.extend(rows);
    }
}

impl Screen {
    /// Begins to keep the lines that leave.
    pub fn keep_departures(&mut self) {
        self.engine.departures().kept = true;
    }

    /// Returns the lines that left the primary screen since this was last asked.
    pub fn take_departed(&mut self) -> Vec<Line> {
        std::mem::take(&mut self.departed.lines)
    }

    /// Returns the lines of the primary screen, and those of the alternate one if that is shown.
    pub fn lines_now(&self) -> (Vec<Line>, Option<Vec<Line>>) {
        let alternate =
            (self.engine.active() == Buffer::Alternate).then(|| self.buffer_lines(Buffer::Alternate));
        (self.buffer_lines(Buffer::Primary), alternate)
    }

    /// Passes bytes to vt100 by which at most `count` rows leave the top of the region.
    pub(super) fn put_scrolling(&mut self, bytes: &[u8], count: usize) {
        let keeps = self.engine.departures().kept
            && self.engine.active() == Buffer::Primary
            && self.state.margins.top == 0;
        if !keeps {
            return self.put(bytes);
        }
        let count = count.min(usize::from(self.state.margins.height()));
        let unseen = self.departed.taken.min(count);
        let (mut writer, blank) = (LineWriter::default(), Line::blank());
        let leaving: Vec<Line> = (unseen..count)
            .filter_map(|row| u16::try_from(row).ok())
            .map(|row| self.read_row(self.engine.screen(), row, &mut writer, &blank))
            .collect();
        self.engine.departures().take();
        self.put(bytes);
        let gone = self.engine.departures().take();
        self.departed.taken -= unseen.min(gone);
        self.departed.lines.extend(leaving.into_iter().take(gone.saturating_sub(unseen)));
    }

    /// Passes a slice to vt100, in pieces by which no row leaves that the same piece wrote.
    pub(super) fn put_in_pieces(&mut self, slice: &[u8], line_feeds: usize) {
        if self.lay_out(slice, line_feeds) {
            return;
        }
        let mut rest = slice;
        while !rest.is_empty() {
            let size = self.size();
            let steps = usize::from(self.state.margins.bottom);
            let (len, down) = piece(rest, steps, usize::from(self.at.col), size);
            let (head, tail) = rest.split_at(len.min(rest.len()));
            let below = usize::from(self.state.margins.bottom.saturating_sub(self.at.row));
            self.put_scrolling(head, down.saturating_sub(below));
            rest = tail;
        }
    }

    /// Lays out the lines of a slice that scroll by, if it is one of many plain lines; returns whether it was.
    fn lay_out(&mut self, slice: &[u8], line_feeds: usize) -> bool {
        let size = self.size();
        let rows = usize::from(size.rows());
        let margins = self.state.margins;
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
        let link = self.inks.link(pen.link);
        let style = Style { link, ..pen.style };
        let Some((laid, after)) = Layout::new(style, size).lines(body) else { return false };
        self.put_in_pieces(head, 0);
        let above = self.buffer_lines(Buffer::Primary);
        self.departed.lines.extend(above.into_iter().take(rows - 1));
        self.departed.lines.extend(laid);
        // The rows above the last one are taken already; what is printed from here on pushes them out.
        self.departed.taken = rows - 1;
        self.scratch.clear();
        put_csi(&mut self.scratch, &[margins.bottom + 1, 1], b'H');
        let pen = super::pen::Pen { style: after, link: pen.link };
        self.inks.put_sgr(&pen, &mut self.scratch);
        self.put_scratch();
        self.put_in_pieces(tail, 0);
        self.dirty.set_all(true);
        self.blank_mut().rows.set_all(false);
        true
    }
}

/// Returns how many bytes of a slice can be passed on without the cursor going down more than `steps` rows, and how
/// many it goes down by them, at most.
fn piece(slice: &[u8], steps: usize, mut col: usize, size: Size) -> (usize, usize) {
    let cols = usize::from(size.cols());
    let mut csi = Csi::default();
    let (mut at, mut down) = (0, 0);
    while let Some(&byte) = slice.get(at) {
        let rest = slice.get(at..).unwrap_or_default();
        let len = match byte {
            0x1b => {
                col = cols;
                match escape::parse(rest, &mut csi) {
                    Escape::Csi(len)
                    | Escape::Esc(len, ..)
                    | Escape::Opens(len, _)
                    | Escape::Nothing(len) => len,
                    Escape::Incomplete | Escape::Interrupted(_) => return (slice.len(), down),
                }
            }
            b'\n' if down == steps => return (at, down),
            b'\n' => {
                down += 1;
                1
            }
            b'\r' => {
                col = 0;
                1
            }
            b'\t' => {
                col = (col / 8 * 8 + 8).min(cols);
                1
            }
            _ => {
                let len = match decode(rest) {
                    Decoded::Char(_, len) | Decoded::Invalid(len) => len,
                    Decoded::Incomplete => rest.len(),
                };
                col += len;
                if col > cols {
                    if down == steps {
                        return (at, down);
                    }
                    down += 1;
                    col = len;
                }
                len
            }
        };
        at += len;
    }
    (slice.len(), down)
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

    /// Returns the lines of `body`, each of which ends with a return and a line feed, and the style after it; `None`
    /// if there is anything in them but text, tabs and SGR sequences.
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
                let mut pen = super::pen::Pen { style: self.style.owned(), link: 0 };
                pen.apply(&self.csi);
                self.style = Style { link: self.style.link, ..pen.style };
                self.writer.style(&self.style);
                Some(len)
            }
            // To the right of the cursor all is blank as it is.
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
            // A row whose last cell is too narrow for the character does not go on in the next: it ends there.
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
