//! The person's own terminal: what is asked of it, what is drawn on it, and how it is left as it was found.
//!
//! Nothing reaches it but what is written here: cells that we drew, and the few sequences below. An agent's bytes never
//! come this far.

mod canvas;
mod input;
mod notify;
mod probe;
mod sgr;

use std::io::{self, Write as _};
use std::sync::atomic::{AtomicU8, Ordering};

use base64::Engine as _;
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use ratatui::buffer::Buffer;
use ratatui::layout::Size;

use super::view::Cursor;
use crate::theme::ColorDepth;

pub(super) use canvas::Canvas;
pub(super) use input::{Heard, Input, Reply};
pub(super) use notify::{Ways, When};
pub(super) use probe::{Answers, probe};

/// The alternate screen, no wrapping at its edge, bracketed paste, reports of focus; no cursor until one is wanted.
const ENTER: &str = "\x1b[?1049h\x1b[?7l\x1b[?2004h\x1b[?1004h\x1b[?25l\x1b[2J";
/// What takes that back, in the opposite order.
const LEAVE: &str = "\x1b[0 q\x1b[0m\x1b[?25h\x1b[?1004l\x1b[?2004l\x1b[?7h\x1b[?1049l";
/// Buttons, motion while one is down, numbers in decimal.
const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1002h\x1b[?1006h";
const MOUSE_OFF: &str = "\x1b[?1003l\x1b[?1006l\x1b[?1002l\x1b[?1000l";
/// The kitty keyboard protocol: tell ambiguous keys apart, say what is released, say what a key writes with shift.
const KITTY_ON: &str = "\x1b[>7u";
const KITTY_OFF: &str = "\x1b[<1u";
/// Tell also keys that write text as keys, with what they write; and no longer.
const PLACES_ON: &str = "\x1b[=31u";
const PLACES_OFF: &str = "\x1b[=7u";

/// The longest text that is put into the clipboard, in bytes: terminals refuse longer ones.
const LONGEST_COPY: usize = 1 << 20;

/// What has been switched on, so that a panic can switch it off.
static ON: AtomicU8 = AtomicU8::new(0);
const SCREEN: u8 = 1;
const MOUSE: u8 = 2;
const KITTY: u8 = 4;

/// The person's terminal, taken over until this is dropped.
#[derive(Debug)]
pub(super) struct Outer {
    canvas: Canvas,
    motion: bool,
    places: bool,
}

impl Outer {
    /// Takes the terminal over.
    ///
    /// # Errors
    /// If the terminal refuses.
    pub(super) fn enter(mouse: bool, depth: ColorDepth) -> io::Result<Outer> {
        enable_raw_mode()?;
        ON.store(SCREEN, Ordering::Relaxed);
        let outer = Outer { canvas: Canvas::new(depth), motion: false, places: false };
        leave_on_panic();
        write(ENTER.as_bytes())?;
        if mouse {
            ON.fetch_or(MOUSE, Ordering::Relaxed);
            write(MOUSE_ON.as_bytes())?;
        }
        Ok(outer)
    }

    /// Has a terminal that speaks the kitty keyboard protocol tell its keys in it.
    ///
    /// # Errors
    /// If the terminal is gone.
    pub(super) fn speak_kitty(&mut self) -> io::Result<()> {
        if ON.fetch_or(KITTY, Ordering::Relaxed) & KITTY != 0 {
            return Ok(());
        }
        write(KITTY_ON.as_bytes())
    }

    /// Asks to be told the place of every key on the standard layout, also of those that write text, or no longer.
    ///
    /// # Errors
    /// If the terminal is gone.
    pub(super) fn tell_places(&mut self, wanted: bool) -> io::Result<()> {
        if self.places == wanted || ON.load(Ordering::Relaxed) & KITTY == 0 {
            return Ok(());
        }
        self.places = wanted;
        write(if wanted { PLACES_ON } else { PLACES_OFF }.as_bytes())
    }

    /// Returns the window's size.
    ///
    /// # Errors
    /// If the terminal does not say.
    pub(super) fn size() -> io::Result<Size> {
        let (width, height) = crossterm::terminal::size()?;
        Ok(Size { width, height })
    }

    /// Draws the whole window.
    ///
    /// # Errors
    /// If the terminal is gone.
    pub(super) fn show(&mut self, next: Buffer, cursor: Cursor) -> io::Result<()> {
        self.canvas.show(next);
        self.flush(cursor)
    }

    /// Draws parts of the window anew, each a buffer of its own area.
    ///
    /// # Errors
    /// If the terminal is gone.
    pub(super) fn patch(&mut self, parts: &[Buffer], cursor: Cursor) -> io::Result<()> {
        parts.iter().for_each(|part| self.canvas.patch(part));
        self.flush(cursor)
    }

    fn flush(&mut self, cursor: Cursor) -> io::Result<()> {
        match self.canvas.finish(cursor) {
            Some(bytes) => write(bytes),
            None => Ok(()),
        }
    }

    /// Forgets what the terminal shows: the next drawing draws everything.
    pub(super) fn forget(&mut self) {
        self.canvas.forget();
    }

    /// Asks to be told of every motion of the mouse, or no longer.
    ///
    /// # Errors
    /// If the terminal is gone.
    pub(super) fn follow_motion(&mut self, wanted: bool) -> io::Result<()> {
        if self.motion == wanted || ON.load(Ordering::Relaxed) & MOUSE == 0 {
            return Ok(());
        }
        self.motion = wanted;
        write(if wanted { b"\x1b[?1003h" } else { b"\x1b[?1003l\x1b[?1002h" })
    }

    /// Puts a text into the person's clipboard (OSC 52).
    ///
    /// # Errors
    /// If the terminal is gone.
    pub(super) fn copy(&mut self, text: &str) -> io::Result<()> {
        let end = text.floor_char_boundary(LONGEST_COPY);
        let text = base64::engine::general_purpose::STANDARD.encode(&text.as_bytes()[..end]);
        write(format!("\x1b]52;c;{text}\x1b\\").as_bytes())
    }

    /// Rings the person's bell.
    ///
    /// # Errors
    /// If the terminal is gone.
    pub(super) fn ring(&mut self) -> io::Result<()> {
        write(b"\x07")
    }

    /// Tells the person something that they may not be looking at.
    ///
    /// # Errors
    /// If the terminal is gone.
    pub(super) fn notify(&mut self, ways: Ways, title: &str, body: &str) -> io::Result<()> {
        write(ways.sequences(title, body).as_bytes())
    }
}

impl Drop for Outer {
    fn drop(&mut self) {
        restore();
    }
}

/// Leaves the terminal as it was found. A terminal that is gone needs nothing.
fn restore() {
    let on = ON.swap(0, Ordering::Relaxed);
    let mut out = String::new();
    for (bit, off) in [(KITTY, KITTY_OFF), (MOUSE, MOUSE_OFF), (SCREEN, LEAVE)] {
        if on & bit != 0 {
            out.push_str(off);
        }
    }
    if !out.is_empty() {
        let _ = write(out.as_bytes());
        let _ = disable_raw_mode();
    }
}

/// A panic is told on the terminal as it was, not on ours.
fn leave_on_panic() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        restore();
        before(info);
    }));
}

fn write(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}
