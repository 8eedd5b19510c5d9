//! What goes over the wire to a client that watches a screen: the changes since its last frame.
//!
//! A frame is a delta against a revision that the reader has, or a whole screen. The format, version 1:
//!
//! ```text
//! byte     version
//! byte     1 if the frame is whole
//! number   revision it leads to
//! number   revision it is a delta against (0 if whole)
//! number   rows, then columns
//! number   cursor's row, then column
//! byte     cursor's shape, then 1 if it shows
//! …        modes
//! bytes    title
//! number   how many lines follow; each is a row number and the bytes of the line
//! ```

use super::line::Line;
use super::modes::{CursorShape, Modes};
use super::snapshot::{Cursor, Snapshot};
use super::wire::{Reader, put_bytes, put_number};
use crate::domain::{Position, Size};

/// The version of the format.
const VERSION: u8 = 1;
/// The most bytes of a title, and of a line.
pub(super) const MAX_TITLE: usize = 4096;
pub(super) const MAX_LINE: usize = 256 * 1024;

/// What changed on a screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame(Vec<u8>);

/// Bytes that are not a frame, or a frame that the reader cannot apply.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Another version of the program wrote them.
    #[error("read a frame of version {0} (this program knows version {VERSION})")]
    Version(u8),
    /// They are malformed.
    #[error("read a frame (it is malformed)")]
    Malformed,
    /// It is a delta against a revision that the reader does not have; the reader needs a whole frame.
    #[error("apply a frame (it is a delta against revision {0}, which was not seen)")]
    Gap(u64),
}

impl Frame {
    /// Returns the changes of a screen since revision `seen`, or the whole screen for a reader that has none; `None` if
    /// nothing changed.
    #[must_use]
    pub fn since(snapshot: &Snapshot, seen: Option<u64>) -> Option<Frame> {
        let seen = seen.filter(|seen| *seen >= snapshot.sized_at && *seen <= snapshot.revision);
        if seen == Some(snapshot.revision) {
            return None;
        }
        let mut out = vec![VERSION, u8::from(seen.is_none())];
        put_number(&mut out, snapshot.revision);
        put_number(&mut out, seen.unwrap_or(0));
        put_number(&mut out, u64::from(snapshot.size.rows()));
        put_number(&mut out, u64::from(snapshot.size.cols()));
        let cursor = snapshot.cursor;
        put_number(&mut out, u64::from(cursor.at.row));
        put_number(&mut out, u64::from(cursor.at.col));
        out.extend_from_slice(&[cursor.shape as u8, u8::from(cursor.visible)]);
        snapshot.modes.put(&mut out);
        put_bytes(&mut out, snapshot.title.as_bytes());
        // A reader that has seen nothing starts with blank rows.
        let news = |row: &super::snapshot::Row| match seen {
            Some(seen) => row.changed_at > seen,
            None => !row.line.is_blank() || row.line.is_wrapped(),
        };
        put_number(&mut out, snapshot.rows.iter().filter(|row| news(row)).count() as u64);
        for (number, row) in (0u64..).zip(snapshot.rows.iter()).filter(|(_, row)| news(row)) {
            put_number(&mut out, number);
            put_bytes(&mut out, row.line.as_bytes());
        }
        Some(Frame(out))
    }

    /// Returns the bytes.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

/// A frame as it was read.
pub(super) struct Parts<'a> {
    pub whole: bool,
    pub revision: u64,
    pub base: u64,
    pub size: Size,
    pub cursor: Cursor,
    pub modes: Modes,
    pub title: &'a str,
    pub lines: Vec<(u16, Line)>,
}

impl<'a> Parts<'a> {
    /// Reads a frame.
    pub fn read(bytes: &'a [u8]) -> Result<Parts<'a>, FrameError> {
        match bytes.first() {
            Some(&VERSION) => {}
            Some(&version) => return Err(FrameError::Version(version)),
            None => return Err(FrameError::Malformed),
        }
        let mut reader = Reader::new(bytes.get(1..).unwrap_or_default());
        Parts::read_rest(&mut reader).filter(|_| reader.is_empty()).ok_or(FrameError::Malformed)
    }

    fn read_rest(reader: &mut Reader<'a>) -> Option<Parts<'a>> {
        let whole = reader.flag()?;
        let revision = reader.number()?;
        let base = reader.number().filter(|base| *base <= revision)?;
        let size = read_size(reader)?;
        let at =
            Position { row: reader.number_to(size.last_row())?, col: reader.number_to(size.last_col())? };
        let shape = CursorShape::from_number(u16::from(reader.byte()?))?;
        let cursor = Cursor { at, shape, visible: reader.flag()? };
        let modes = Modes::read(reader)?;
        let title = reader.text(MAX_TITLE).filter(|title| !title.chars().any(char::is_control))?;
        let count: u16 = reader.number_to(size.rows())?;
        let mut lines = Vec::new();
        for _ in 0..count {
            let row = reader.number_to(size.last_row())?;
            let line = Line::from_bytes(reader.bytes(MAX_LINE)?, size.cols())?;
            lines.push((row, line));
        }
        Some(Parts { whole, revision, base, size, cursor, modes, title, lines })
    }
}

/// Reads a size that a screen can have.
pub(super) fn read_size(reader: &mut Reader<'_>) -> Option<Size> {
    let (rows, cols) = (reader.number_to(Size::MAX)?, reader.number_to(Size::MAX)?);
    let size = Size::new(rows, cols);
    (size.rows() == rows && size.cols() == cols).then_some(size)
}

#[cfg(test)]
mod tests;
