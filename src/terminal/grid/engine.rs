//! vt100 itself, and everything that is known about calling it.
//!
//! There are two parsers rather than one with two grids, so that the primary screen can be read while the alternate one
//! is shown. Only whole sequences reach them, so their own parser rests between calls. A panic in vt100 ends here: the
//! caller is told and goes on with a new parser.

use std::cell::Cell;
use std::num::NonZeroU16;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::domain::{Position, Size};

thread_local! {
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
}

/// Returns whether this room would contain a panic on this thread. The panic hook of the process stays silent about such
/// a panic: it costs only a repaint.
#[must_use]
pub fn contains_panics() -> bool {
    CONTAINED.get()
}

/// Runs `work`; returns `None` if it panicked.
pub fn contained<T>(work: impl FnOnce() -> T) -> Option<T> {
    let outer = CONTAINED.replace(true);
    // The caller throws away what `work` may have left half done.
    let result = catch_unwind(AssertUnwindSafe(work)).ok();
    CONTAINED.set(outer);
    result
}

/// vt100 panicked; the contents of its parser are no longer trusted.
#[derive(Debug)]
pub struct Collapsed;

/// Which of the two buffers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Buffer {
    /// Its lines become history.
    #[default]
    Primary,
    /// Full-screen programs draw on it.
    Alternate,
}

/// Counts the rows that leave the top of a screen. vt100 says little of what is in them, so they are read before they
/// leave (see [`super::departed`]).
#[derive(Debug, Default)]
struct Counter(usize);

impl vt100::Callbacks for Counter {
    fn on_scroll(&mut self, _row: vt100::capture::RowContents<'_>, _alternate_screen: bool) {
        self.0 += 1;
    }
}

/// The two buffers of a screen.
pub struct Engine {
    primary: vt100::Parser<Counter>,
    /// Made when first shown.
    alternate: Option<Box<vt100::Parser<Counter>>>,
    active: Buffer,
    size: Size,
}

impl Engine {
    /// Returns two blank buffers.
    pub fn new(size: Size) -> Engine {
        Engine { primary: parser(size), alternate: None, active: Buffer::Primary, size }
    }

    /// Returns which buffer is shown.
    pub const fn active(&self) -> Buffer {
        self.active
    }

    /// Returns the size of both.
    pub const fn size(&self) -> Size {
        self.size
    }

    /// Shows the other buffer, made blank if it never was shown.
    pub fn show(&mut self, buffer: Buffer) {
        if buffer == Buffer::Alternate && self.alternate.is_none() {
            self.alternate = Some(Box::new(parser(self.size)));
        }
        self.active = buffer;
    }

    /// Returns whether the alternate buffer was ever shown.
    pub const fn has_alternate(&self) -> bool {
        self.alternate.is_some()
    }

    /// Passes `bytes` on to the buffer that is shown.
    pub fn put(&mut self, bytes: &[u8]) -> Result<(), Collapsed> {
        let parser = self.parser_mut();
        contained(|| parser.process(bytes)).ok_or(Collapsed)
    }

    /// Returns where the cursor is; its column is one past the last if the next character will wrap.
    pub fn cursor(&self) -> Position {
        let (row, col) = self.screen().cursor_position();
        Position { row, col }
    }

    /// Returns the screen that is shown.
    pub fn screen(&self) -> &vt100::Screen {
        self.buffer(self.active)
    }

    /// Returns the screen of `buffer`; the primary one if there is no alternate.
    pub fn buffer(&self, buffer: Buffer) -> &vt100::Screen {
        match (&self.alternate, buffer) {
            (Some(alternate), Buffer::Alternate) => alternate.screen(),
            _ => self.primary.screen(),
        }
    }

    /// Returns all cells of both buffers.
    pub fn cells(&self) -> impl Iterator<Item = &vt100::Cell> {
        let size = self.size;
        let alternate = self.has_alternate().then_some(Buffer::Alternate);
        std::iter::once(Buffer::Primary).chain(alternate).flat_map(move |buffer| {
            let screen = self.buffer(buffer);
            (0..size.rows())
                .flat_map(move |row| (0..size.cols()).filter_map(move |col| screen.cell(row, col)))
        })
    }

    /// Returns how many rows left the primary buffer since the last call.
    pub fn take_departures(&mut self) -> usize {
        std::mem::take(&mut self.primary.callbacks_mut().0)
    }

    /// Makes the buffer that is shown a new, blank one.
    pub fn renew(&mut self) {
        match self.active {
            Buffer::Primary => self.primary = parser(self.size),
            Buffer::Alternate => self.alternate = Some(Box::new(parser(self.size))),
        }
    }

    /// Changes the size of both buffers: columns and rows are cut off or added at the right and at the bottom; rows are
    /// cut off at the top where the cursor would be lost.
    pub fn resize(&mut self, size: Size) -> Result<(), Collapsed> {
        let (rows, cols) = nonzero(size);
        self.size = size;
        let parsers = std::iter::once(&mut self.primary).chain(self.alternate.as_deref_mut());
        for parser in parsers {
            // Without this, vt100 makes room at the top for as many rows as ever left there.
            contained(|| {
                parser.process(b"\x1b[3J");
                parser.set_size(rows, cols);
            })
            .ok_or(Collapsed)?;
        }
        Ok(())
    }

    fn parser_mut(&mut self) -> &mut vt100::Parser<Counter> {
        match (&mut self.alternate, self.active) {
            (Some(alternate), Buffer::Alternate) => alternate,
            _ => &mut self.primary,
        }
    }
}

fn parser(size: Size) -> vt100::Parser<Counter> {
    let (rows, cols) = nonzero(size);
    vt100::Parser::new_with_callbacks(rows, cols, 0, Counter::default())
}

fn nonzero(size: Size) -> (NonZeroU16, NonZeroU16) {
    let nonzero = |n: u16| NonZeroU16::new(n).unwrap_or(NonZeroU16::MIN);
    (nonzero(size.rows()), nonzero(size.cols()))
}
