//! One row of a screen in the form it travels in: runs of cells that look alike.
//!
//! A line is made once, where the screen is, and is then only shared and compared: the bytes that a client gets are
//! the bytes that were made. What lies to the right of its last cell is blank and not written down.
//!
//! The first byte says whether the row goes on in the next one. Then come operations, each a byte of which the top
//! three bits say what it is and the low five a count (0: the count follows as a number): blank cells; bytes of ASCII;
//! bytes of characters each one or each two columns wide; bytes of one cluster one or two columns wide; a style,
//! which holds for what follows.

use std::sync::Arc;

use super::style::Style;
use super::wire::{Reader, put_number, put_style};

/// The longest address that a link may have, in bytes.
pub const MAX_LINK: usize = 2083;
/// The most bytes one cell's text has.
pub const MAX_CLUSTER: usize = 64;

const BLANK: u8 = 0 << 5;
const ASCII: u8 = 1 << 5;
const NARROW: u8 = 2 << 5;
const WIDE: u8 = 3 << 5;
const NARROW_CLUSTER: u8 = 4 << 5;
const WIDE_CLUSTER: u8 = 5 << 5;
const STYLE: u8 = 6 << 5;
const COUNT: u8 = 0x1f;

/// One row of a screen.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Line(Arc<[u8]>);

/// One cell of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell<'a> {
    /// What it shows; nothing if it is blank.
    pub text: &'a str,
    /// How many columns it takes, 1 or 2.
    pub width: u8,
    /// How it looks.
    pub style: Style<'a>,
}

impl Line {
    /// Returns a row of blank cells.
    #[must_use]
    pub fn blank() -> Line {
        Line(Arc::from([0]))
    }

    /// Returns the line that `bytes` are, if they are one that [`Line::as_bytes`] could have given, at most `max_cols`
    /// columns wide. Nothing in it is a control character.
    #[must_use]
    pub fn from_bytes(bytes: &[u8], max_cols: u16) -> Option<Line> {
        if !matches!(bytes.first(), Some(0 | 1)) {
            return None;
        }
        let mut cells = Cells::of(bytes);
        let mut cols = 0u32;
        for cell in cells.by_ref() {
            cols += u32::from(cell.width);
            let harmless = |text: &str| !text.chars().any(char::is_control);
            if cols > u32::from(max_cols)
                || cell.text.len() > MAX_CLUSTER
                || !harmless(cell.text)
                || !cell.style.link.is_none_or(harmless)
            {
                return None;
            }
        }
        cells.is_whole().then(|| Line(Arc::from(bytes)))
    }

    /// Returns the bytes of this line.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Returns whether the row was too short for its text, which goes on in the next one.
    #[must_use]
    pub fn is_wrapped(&self) -> bool {
        self.0.first() == Some(&1)
    }

    /// Returns whether every cell is blank and has the default background.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.0.len() <= 1
    }

    /// Returns the cells from the left to the last one that is not blank.
    #[must_use]
    pub fn cells(&self) -> Cells<'_> {
        Cells::of(&self.0)
    }

    /// Returns the text: a space for each blank cell, and none for those to the right of the last one with text,
    /// unless the line goes on.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::with_capacity(self.0.len());
        let mut blanks = 0;
        for cell in self.cells() {
            if cell.text.is_empty() {
                blanks += 1;
            } else {
                out.extend(std::iter::repeat_n(' ', blanks));
                blanks = 0;
                out.push_str(cell.text);
            }
        }
        if self.is_wrapped() {
            out.extend(std::iter::repeat_n(' ', blanks));
        }
        out
    }
}

impl Default for Line {
    fn default() -> Line {
        Line::blank()
    }
}

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Line({:?}{})", self.text(), if self.is_wrapped() { " …" } else { "" })
    }
}

/// The cells of a line, from the left.
#[derive(Clone, Debug)]
pub struct Cells<'a> {
    reader: Reader<'a>,
    style: Style<'a>,
    run: Run<'a>,
    whole: bool,
}

/// The cells that are left of the operation being read.
#[derive(Clone, Copy, Debug)]
enum Run<'a> {
    Blank(usize),
    Chars(&'a str, u8),
}

impl<'a> Cells<'a> {
    fn of(bytes: &'a [u8]) -> Cells<'a> {
        Cells {
            reader: Reader::new(bytes.get(1..).unwrap_or_default()),
            style: Style::default(),
            run: Run::Blank(0),
            whole: true,
        }
    }

    /// Returns whether the bytes read so far were those of a line.
    fn is_whole(&self) -> bool {
        self.whole
    }

    fn operation(&mut self) -> Option<Cell<'a>> {
        let head = self.reader.byte()?;
        let kind = head & !COUNT;
        if kind == STYLE {
            self.style = self.reader.style(MAX_LINK)?;
            return self.next_of_run();
        }
        let count = match head & COUNT {
            0 => self.reader.number_to(usize::MAX)?,
            count => usize::from(count),
        };
        let text = |reader: &mut Reader<'a>| std::str::from_utf8(reader.take(count)?).ok();
        match kind {
            BLANK => self.run = Run::Blank(count),
            ASCII | NARROW => self.run = Run::Chars(text(&mut self.reader)?, 1),
            WIDE => self.run = Run::Chars(text(&mut self.reader)?, 2),
            NARROW_CLUSTER | WIDE_CLUSTER => {
                let width = if kind == WIDE_CLUSTER { 2 } else { 1 };
                return Some(Cell { text: text(&mut self.reader)?, width, style: self.style });
            }
            _ => return None,
        }
        self.next_of_run()
    }

    fn next_of_run(&mut self) -> Option<Cell<'a>> {
        match &mut self.run {
            Run::Blank(0) => None,
            Run::Blank(left) => {
                *left -= 1;
                Some(Cell { text: "", width: 1, style: self.style })
            }
            Run::Chars(text, width) => {
                let first = text.chars().next()?;
                let (head, rest) = text.split_at_checked(first.len_utf8())?;
                let cell = Cell { text: head, width: *width, style: self.style };
                *text = rest;
                Some(cell)
            }
        }
    }
}

impl<'a> Iterator for Cells<'a> {
    type Item = Cell<'a>;

    fn next(&mut self) -> Option<Cell<'a>> {
        if let Some(cell) = self.next_of_run() {
            return Some(cell);
        }
        while !self.reader.is_empty() {
            let before = self.reader;
            if let Some(cell) = self.operation() {
                return Some(cell);
            }
            // A style followed by nothing is an operation without cells; anything else that gave none is no line.
            if !matches!(before.clone().byte(), Some(head) if head & !COUNT == STYLE) {
                self.whole = false;
            }
            if !self.whole || self.reader.is_empty() {
                self.reader = Reader::new(&[]);
                return None;
            }
        }
        None
    }
}

/// A line being written, from the left.
///
/// The same cells always make the same bytes, however they were added.
#[derive(Debug, Default)]
pub struct LineWriter {
    out: Vec<u8>,
    /// The bytes of the run that is open, or how many blank cells it has, and how it looks.
    run: Vec<u8>,
    blanks: usize,
    kind: u8,
    run_style: Vec<u8>,
    /// How the next cell looks, and whether that differs from the run.
    style: Vec<u8>,
    differs: bool,
    /// The style written last.
    written: Vec<u8>,
}

impl LineWriter {
    /// Sets how the cells that follow look.
    pub fn style(&mut self, style: &Style<'_>) {
        self.style.clear();
        put_style(&mut self.style, style);
        self.differs = !same(&self.style, &self.run_style);
    }

    /// Adds a blank cell.
    pub fn blank(&mut self) {
        self.open(BLANK);
        self.blanks += 1;
    }

    /// Adds characters of ASCII, each a cell.
    pub fn ascii(&mut self, text: &str) {
        self.open(ASCII);
        self.run.extend_from_slice(text.as_bytes());
    }

    /// Adds a cell of `width` columns that shows `text`.
    pub fn cell(&mut self, text: &str, width: u8) {
        let single = text.len() == 1 || text.chars().nth(1).is_none();
        match (single, width) {
            (true, 2) => self.open(WIDE),
            (true, _) if text.len() == 1 => self.open(ASCII),
            (true, _) => self.open(NARROW),
            (false, _) => {
                self.close();
                self.open(if width == 2 { WIDE_CLUSTER } else { NARROW_CLUSTER });
            }
        }
        self.run.extend_from_slice(text.as_bytes());
        if !single {
            self.close();
        }
    }

    /// Ends the line; the writer is then as new.
    pub fn finish(&mut self, wrapped: bool) -> Line {
        self.end(wrapped);
        let line = Line(Arc::from(self.out.as_slice()));
        self.out.clear();
        line
    }

    /// Ends the line; returns `old` itself if the line is the same.
    pub fn finish_as(&mut self, wrapped: bool, old: &Line) -> Line {
        self.end(wrapped);
        let line = if *old.0 == *self.out { old.clone() } else { Line(Arc::from(self.out.as_slice())) };
        self.out.clear();
        line
    }

    fn end(&mut self, wrapped: bool) {
        // A line ends in blank cells anyway, except where it goes on.
        if wrapped || self.kind != BLANK || !same(&self.run_style, &[]) {
            self.close();
        }
        if self.out.is_empty() {
            self.out.push(0);
        }
        if let Some(first) = self.out.first_mut() {
            *first = u8::from(wrapped);
        }
        self.run.clear();
        self.blanks = 0;
        self.kind = BLANK;
        self.differs = false;
        for style in [&mut self.style, &mut self.run_style, &mut self.written] {
            style.clear();
        }
    }

    fn open(&mut self, kind: u8) {
        if self.kind != kind || self.differs {
            self.close();
            self.kind = kind;
            self.run_style.clone_from(&self.style);
            self.differs = false;
        }
    }

    fn close(&mut self) {
        let count = if self.kind == BLANK { self.blanks } else { self.run.len() };
        if count == 0 {
            return;
        }
        if self.out.is_empty() {
            self.out.push(0);
        }
        if !same(&self.run_style, &self.written) {
            self.out.push(STYLE);
            self.out.extend_from_slice(&self.run_style);
            self.written.clone_from(&self.run_style);
        }
        if count <= usize::from(COUNT) {
            self.out.push(self.kind | count as u8);
        } else {
            self.out.push(self.kind);
            put_number(&mut self.out, count as u64);
        }
        self.out.extend_from_slice(&self.run);
        self.run.clear();
        self.blanks = 0;
    }
}

/// Whether two styles are the same, as bytes; none at all is the default one.
fn same(one: &[u8], other: &[u8]) -> bool {
    let plain = |style: &[u8]| matches!(style, [] | [0]);
    one == other || (plain(one) && plain(other))
}

#[cfg(test)]
mod tests;
