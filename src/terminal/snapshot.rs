//! What a screen showed at one moment: a value that is cheap to keep, to compare and to hand to other tasks.

use std::sync::Arc;

use super::line::Line;
use super::modes::{CursorShape, Modes};
use crate::domain::{Position, Size};

/// What a screen showed at one moment.
///
/// Every look at a screen that found something changed has a higher revision than the one before; a row says with
/// which it changed last. Rows that did not change are shared with earlier snapshots.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The number of this look.
    pub revision: u64,
    /// The size.
    pub size: Size,
    /// The revision that first had this size.
    pub sized_at: u64,
    /// The cursor.
    pub cursor: Cursor,
    /// What the program asked of its terminal.
    pub modes: Modes,
    /// What the program named its window.
    pub title: Arc<str>,
    /// The rows, from the top.
    pub rows: Arc<[Row]>,
}

/// A row and when it changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it shows.
    pub line: Line,
    /// The revision that first showed it so.
    pub changed_at: u64,
}

/// The cursor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// Where it is.
    pub at: Position,
    /// What it looks like.
    pub shape: CursorShape,
    /// Whether it shows.
    pub visible: bool,
}

impl Snapshot {
    /// Returns the lines, from the top.
    pub fn lines(&self) -> impl DoubleEndedIterator<Item = &Line> + ExactSizeIterator {
        self.rows.iter().map(|row| &row.line)
    }
}
