//! A screen as bytes, and back: the next daemon, or a look at history, goes on from it.
//!
//! A restored screen that is fed the same bytes shows the same as the original. Answers and notices that wait are not
//! part of it; the caller has taken them before. The format, version 1, is the order of the calls below.

use std::sync::Arc;

use super::Screen;
use super::budget::Budget;
use super::charset::{Charset, Charsets};
use super::keyboard::{Keyboard, MAX_DEPTH};
use super::state::{MAX_TITLES, Page, Saved, State};
use super::strings::Collected;
use super::tabs::TabStops;
use crate::domain::{Position, Rgb, Size};
use crate::terminal::frame::{MAX_LINE, MAX_TITLE, read_size};
use crate::terminal::grid::{Buffer, Margins};
use crate::terminal::line::{Line, MAX_LINK};
use crate::terminal::modes::{CursorShape, KittyFlags, Modes};
use crate::terminal::palette::{Colors, Palette, Slot};
use crate::terminal::parse::escape::{MAX_SEQUENCE, StringKind};
use crate::terminal::pen::Pen;
use crate::terminal::wire::{Reader, put_bytes, put_number, put_style};

/// The version of the format.
const VERSION: u8 = 1;
/// The most bytes of a string that was cut.
const MAX_STRING: usize = 1024 * 1024;

/// Bytes that are not a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RestoreError {
    /// Another version of the program wrote them.
    #[error("restore a screen (its checkpoint is of version {0}, this program knows version {VERSION})")]
    Version(u8),
    /// They are malformed.
    #[error("restore a screen (its checkpoint is malformed)")]
    Malformed,
}

impl Screen {
    /// Writes the screen.
    #[must_use]
    pub fn checkpoint(&self) -> Vec<u8> {
        let mut out = vec![VERSION];
        let size = self.size();
        put_number(&mut out, u64::from(size.rows()));
        put_number(&mut out, u64::from(size.cols()));
        self.put_buffers(&mut out);
        self.put_state(&mut out);
        for page in &self.state.pages {
            self.put_page(&mut out, page);
        }
        self.put_lexer(&mut out);
        out
    }

    /// Returns the screen that `bytes` are.
    ///
    /// # Errors
    /// Fails if they are not what [`Screen::checkpoint`] gave.
    pub fn restore(bytes: &[u8]) -> Result<Screen, RestoreError> {
        match bytes.first() {
            Some(&VERSION) => {}
            Some(&version) => return Err(RestoreError::Version(version)),
            None => return Err(RestoreError::Malformed),
        }
        let mut reader = Reader::new(bytes.get(1..).unwrap_or_default());
        Screen::read(&mut reader).filter(|_| reader.is_empty()).ok_or(RestoreError::Malformed)
    }

    fn read(reader: &mut Reader<'_>) -> Option<Screen> {
        let size = read_size(reader)?;
        let mut screen = Screen::new(size);
        let (active, at) = screen.read_buffers(reader)?;
        screen.state = screen.read_state(reader, size)?;
        for index in 0..2 {
            let page = screen.read_page(reader, size)?;
            *screen.state.pages.get_mut(index)? = page;
        }
        screen.read_lexer(reader)?;
        screen.grid.show(active);
        screen.grid.stand(at);
        Some(screen)
    }

    fn put_buffers(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[
            u8::from(self.grid.has_alternate()),
            u8::from(self.grid.active() == Buffer::Alternate),
        ]);
        put_number(out, u64::from(self.grid.cursor_row(Buffer::Primary)));
        put_position(out, self.grid.at());
        for buffer in [Buffer::Primary, Buffer::Alternate] {
            if buffer == Buffer::Primary || self.grid.has_alternate() {
                for line in self.grid.lines(buffer) {
                    put_bytes(out, line.as_bytes());
                }
            }
        }
    }

    fn read_buffers(&mut self, reader: &mut Reader<'_>) -> Option<(Buffer, Position)> {
        let size = self.size();
        let (has_alternate, alternate) = (reader.flag()?, reader.flag()?);
        let row: u16 = reader.number_to(size.last_row())?;
        let at = read_position(reader, size)?;
        self.read_lines(reader)?;
        self.grid.move_to(row, 0);
        if has_alternate {
            self.grid.show(Buffer::Alternate);
            self.read_lines(reader)?;
        }
        let active = if alternate && has_alternate { Buffer::Alternate } else { Buffer::Primary };
        (alternate == (active == Buffer::Alternate)).then_some((active, at))
    }

    fn read_lines(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        let size = self.size();
        let mut lines = Vec::new();
        for _ in 0..size.rows() {
            lines.push(Line::from_bytes(reader.bytes(MAX_LINE)?, size.cols())?);
        }
        self.grid.paint(&lines);
        Some(())
    }

    fn put_state(&self, out: &mut Vec<u8>) {
        let state = &self.state;
        self.put_pen_bytes(out, self.grid.pen());
        let margins = self.grid.margins();
        put_number(out, u64::from(margins.top));
        put_number(out, u64::from(margins.bottom));
        for flag in [state.origin, state.autowrap, state.reverse_wrap, state.insert, state.visible] {
            out.push(u8::from(flag));
        }
        put_charsets(out, &state.charsets);
        match state.tabs.changed() {
            None => out.push(0),
            Some(stops) => {
                out.push(1);
                out.extend(stops.iter().map(|stop| u8::from(*stop)));
            }
        }
        state.modes.put(out);
        out.push(state.shape as u8);
        put_bytes(out, state.title.as_bytes());
        put_number(out, state.titles.len() as u64);
        for title in &state.titles {
            put_bytes(out, title.as_bytes());
        }
        put_colors(out, &state.colors);
    }

    fn read_state(&mut self, reader: &mut Reader<'_>, size: Size) -> Option<State> {
        let mut state = State::default();
        let pen = self.read_pen(reader)?;
        let (top, bottom) = (reader.number_to(size.last_row())?, reader.number_to(size.last_row())?);
        if top >= bottom {
            return None;
        }
        self.grid.set_margins(Margins { top, bottom });
        self.grid.set_pen(pen);
        for flag in [
            &mut state.origin,
            &mut state.autowrap,
            &mut state.reverse_wrap,
            &mut state.insert,
            &mut state.visible,
        ] {
            *flag = reader.flag()?;
        }
        state.charsets = read_charsets(reader)?;
        if reader.flag()? {
            let stops = reader.take(usize::from(size.cols()))?;
            state.tabs = TabStops::from_changed(Some(stops.iter().map(|stop| *stop == 1).collect()));
        }
        state.modes = Modes::read(reader)?;
        state.shape = CursorShape::from_number(u16::from(reader.byte()?))?;
        state.title = Arc::from(reader.text(MAX_TITLE)?);
        for _ in 0..reader.number_to(MAX_TITLES)? {
            state.titles.push(Arc::from(reader.text(MAX_TITLE)?));
        }
        state.colors = read_colors(reader)?;
        Some(state)
    }

    fn put_page(&self, out: &mut Vec<u8>, page: &Page) {
        out.push(u8::from(page.saved.is_some()));
        if let Some(saved) = &page.saved {
            put_position(out, saved.at);
            self.put_pen_bytes(out, saved.pen);
            put_charsets(out, &saved.charsets);
            out.push(u8::from(saved.origin));
        }
        out.push(page.keyboard.flags().bits());
        put_bytes(out, &page.keyboard.below().iter().map(|flags| flags.bits()).collect::<Vec<u8>>());
    }

    fn read_page(&mut self, reader: &mut Reader<'_>, size: Size) -> Option<Page> {
        let mut page = Page::default();
        if reader.flag()? {
            page.saved = Some(Saved {
                at: read_position(reader, size)?,
                pen: self.read_pen(reader)?,
                charsets: read_charsets(reader)?,
                origin: reader.flag()?,
            });
        }
        let flags = |bits: u8| KittyFlags::from_bits(u16::from(bits));
        let now = flags(reader.byte()?);
        page.keyboard =
            Keyboard::from_parts(now, reader.bytes(MAX_DEPTH)?.iter().map(|bits| flags(*bits)).collect());
        Some(page)
    }

    fn put_lexer(&self, out: &mut Vec<u8>) {
        let lexer = &self.lexer;
        for flag in [self.adjacent, self.joining, lexer.after_return] {
            out.push(u8::from(flag));
        }
        put_number(out, lexer.consumed);
        let (owed, since) = self.budget.parts();
        put_number(out, owed);
        put_number(out, since);
        put_bytes(out, &lexer.carry);
        match &lexer.string {
            None => out.push(0),
            Some(string) => {
                out.push(match string.kind {
                    StringKind::Osc => 1,
                    StringKind::Dcs => 2,
                    StringKind::Ignored => 3,
                });
                out.extend_from_slice(&[u8::from(string.overflow), u8::from(string.escaped)]);
                put_bytes(out, &string.text);
            }
        }
    }

    fn read_lexer(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        self.adjacent = reader.flag()?;
        self.joining = reader.flag()?;
        self.lexer.after_return = reader.flag()?;
        self.lexer.consumed = reader.number()?;
        self.budget = Budget::from_parts(reader.number()?, reader.number()?);
        self.lexer.carry = reader.bytes(MAX_SEQUENCE)?.to_vec();
        let kind = match reader.byte()? {
            0 => return Some(()),
            1 => StringKind::Osc,
            2 => StringKind::Dcs,
            3 => StringKind::Ignored,
            _ => return None,
        };
        let (overflow, escaped) = (reader.flag()?, reader.flag()?);
        let text = reader.bytes(MAX_STRING)?.to_vec();
        self.lexer.string = Some(Collected { kind, text, overflow, escaped });
        Some(())
    }

    fn put_pen_bytes(&self, out: &mut Vec<u8>, pen: Pen) {
        put_style(out, &self.grid.style_of(pen));
    }

    fn read_pen(&mut self, reader: &mut Reader<'_>) -> Option<Pen> {
        let style = reader.style(MAX_LINK)?;
        Some(self.grid.pen_of(&style))
    }
}

fn put_position(out: &mut Vec<u8>, at: Position) {
    put_number(out, u64::from(at.row));
    put_number(out, u64::from(at.col));
}

/// Reads a place on a screen, or behind its last column.
fn read_position(reader: &mut Reader<'_>, size: Size) -> Option<Position> {
    Some(Position { row: reader.number_to(size.last_row())?, col: reader.number_to(size.cols())? })
}

fn put_charsets(out: &mut Vec<u8>, charsets: &Charsets) {
    out.extend(charsets.designated.map(|set| set as u8));
    out.push(charsets.active);
    out.push(charsets.single.map_or(0, |set| set + 1));
}

fn read_charsets(reader: &mut Reader<'_>) -> Option<Charsets> {
    let mut charsets = Charsets::default();
    for set in &mut charsets.designated {
        *set = match reader.byte()? {
            0 => Charset::Ascii,
            1 => Charset::LineDrawing,
            2 => Charset::British,
            _ => return None,
        };
    }
    charsets.active = reader.byte().filter(|set| *set < 4)?;
    charsets.single = reader.byte().filter(|set| *set <= 4)?.checked_sub(1);
    Some(charsets)
}

fn put_colors(out: &mut Vec<u8>, colors: &Colors) {
    let Palette { foreground, background, cursor } = colors.palette;
    for Rgb(r, g, b) in [foreground, background, cursor] {
        out.extend_from_slice(&[r, g, b]);
    }
    put_number(out, colors.set.len() as u64);
    for (slot, Rgb(r, g, b)) in &colors.set {
        let number = match slot {
            Slot::Index(index) => u16::from(*index),
            Slot::Foreground => 256,
            Slot::Background => 257,
            Slot::Cursor => 258,
        };
        put_number(out, u64::from(number));
        out.extend_from_slice(&[*r, *g, *b]);
    }
}

fn read_colors(reader: &mut Reader<'_>) -> Option<Colors> {
    let rgb = |reader: &mut Reader<'_>| Some(Rgb(reader.byte()?, reader.byte()?, reader.byte()?));
    let palette = Palette { foreground: rgb(reader)?, background: rgb(reader)?, cursor: rgb(reader)? };
    let mut colors = Colors { palette, ..Colors::default() };
    for _ in 0..reader.number_to(259u16)? {
        let slot = match reader.number_to(258u16)? {
            256 => Slot::Foreground,
            257 => Slot::Background,
            258 => Slot::Cursor,
            index => Slot::Index(u8::try_from(index).ok()?),
        };
        colors.set.insert(slot, rgb(reader)?);
    }
    Some(colors)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_not_a_cell_survives() {
        let mut screen = Screen::new(Size::new(6, 20));
        screen.feed(
            b"\x1b[?1049h\x1b[2;5r\x1b[?6h\x1b(0\x1b[4h\x1b[3g\x1b[5G\x1bH\x1b[1;9;31m\x1b]8;;u:x\x1b\\",
        );
        screen.feed(b"\x1b]2;one\x07\x1b[22t\x1b]2;two\x07\x1b]11;#123456\x07\x1b[>5u\x1b[>1u\x1b7\x1b[?2004h\x1b[4 q\x1b[?25l");
        screen.feed(b"\x1b[20Gx\x1b]9;cut");
        let restored = Screen::restore(&screen.checkpoint()).unwrap();
        assert_eq!(restored.state, screen.state);
        assert_eq!(
            (restored.grid.pen(), restored.grid.margins()),
            (screen.grid.pen(), screen.grid.margins())
        );
        assert_eq!((restored.grid.at(), restored.size()), (screen.grid.at(), screen.size()));
        assert_eq!(restored.lexer.string.map(|string| string.text), Some(b"9;cut".to_vec()));
        assert_eq!(restored.grid.active(), Buffer::Alternate);
    }

    #[test]
    fn bytes_that_are_not_a_checkpoint_are_refused() {
        let whole = Screen::new(Size::new(3, 8)).checkpoint();
        assert!(Screen::restore(&whole).is_ok());
        assert_eq!(Screen::restore(&[]).err(), Some(RestoreError::Malformed));
        assert_eq!(Screen::restore(&[7]).err(), Some(RestoreError::Version(7)));
        for len in 1..whole.len() {
            assert_eq!(Screen::restore(&whole[..len]).err(), Some(RestoreError::Malformed));
        }
    }
}
