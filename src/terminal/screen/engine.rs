//! The emulator itself: vt100, and everything that is known about calling it.
//!
//! Two parsers rather than one with two grids, so that the primary screen can be read while the alternate one is
//! shown. Only whole sequences out of the small set that [`super`] lets through reach them, so their own parser rests
//! between calls. A panic in vt100 ends here: the caller is told, and goes on with a new parser.

use std::cell::Cell;
use std::num::NonZeroU16;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::departures::Departures;
use crate::domain::{Position, Size};

thread_local! {
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
}

/// Returns whether a panic on this thread would be contained by this room. A process's panic hook asks this to keep
/// silent about a panic that costs nothing but a repaint.
#[must_use]
pub fn contains_panics() -> bool {
    CONTAINED.get()
}

/// Runs `work`; returns `None` if it panicked.
pub fn contained<T>(work: impl FnOnce() -> T) -> Option<T> {
    let outer = CONTAINED.replace(true);
    // The caller throws away whatever `work` may have left half done.
    let result = catch_unwind(AssertUnwindSafe(work)).ok();
    CONTAINED.set(outer);
    result
}

/// vt100 panicked; what the active parser shows is no longer to be trusted.
#[derive(Debug)]
pub struct Collapsed;

/// Which of the two buffers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Buffer {
    /// The one whose lines become history.
    #[default]
    Primary,
    /// The one that full-screen programs draw on.
    Alternate,
}

/// The two buffers of a screen.
pub struct Engine {
    primary: vt100::Parser<Departures>,
    /// Made when first shown.
    alternate: Option<Box<vt100::Parser<Departures>>>,
    active: Buffer,
    size: Size,
}

impl Engine {
    /// Returns two blank buffers.
    pub fn new(size: Size) -> Engine {
        Engine {
            primary: parser(size, Departures::default()),
            alternate: None,
            active: Buffer::Primary,
            size,
        }
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
            self.alternate = Some(Box::new(parser(self.size, Departures::default())));
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
        // A panic takes the whole call with it, so the flag needs no care on the way out but ours.
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

    /// Returns what counts the rows that leave the primary buffer.
    pub fn departures(&mut self) -> &mut Departures {
        self.primary.callbacks_mut()
    }

    /// Makes the buffer that is shown a new, blank one.
    pub fn renew(&mut self) {
        match self.active {
            Buffer::Primary => {
                let departures = std::mem::take(self.primary.callbacks_mut());
                self.primary = parser(self.size, departures);
            }
            Buffer::Alternate => self.alternate = Some(Box::new(parser(self.size, Departures::default()))),
        }
    }

    /// Changes the size of both buffers: columns and rows are cut off or added at the right and at the bottom; rows
    /// that the cursor is in or above are cut off at the top instead.
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

    fn parser_mut(&mut self) -> &mut vt100::Parser<Departures> {
        match (&mut self.alternate, self.active) {
            (Some(alternate), Buffer::Alternate) => alternate,
            _ => &mut self.primary,
        }
    }
}

fn parser(size: Size, departures: Departures) -> vt100::Parser<Departures> {
    let (rows, cols) = nonzero(size);
    vt100::Parser::new_with_callbacks(rows, cols, 0, departures)
}

fn nonzero(size: Size) -> (NonZeroU16, NonZeroU16) {
    let nonzero = |n: u16| NonZeroU16::new(n).unwrap_or(NonZeroU16::MIN);
    (nonzero(size.rows()), nonzero(size.cols()))
}
