//! A copy of a screen at the other end of the wire, kept up by frames.

use std::sync::Arc;

use super::frame::{FrameError, Parts};
use super::line::Line;
use super::modes::Modes;
use super::snapshot::Cursor;
use crate::domain::Size;

/// A copy of a screen.
#[derive(Clone, Debug)]
pub struct Grid {
    size: Size,
    revision: u64,
    cursor: Cursor,
    modes: Modes,
    title: Arc<str>,
    lines: Vec<Line>,
    changed: Vec<bool>,
}

impl Default for Grid {
    /// Returns the copy of a screen of which nothing was seen yet.
    fn default() -> Grid {
        let size = Size::new(0, 0);
        let rows = usize::from(size.rows());
        Grid {
            size,
            revision: 0,
            cursor: Cursor::default(),
            modes: Modes::default(),
            title: Arc::from(""),
            lines: vec![Line::blank(); rows],
            changed: vec![true; rows],
        }
    }
}

impl Grid {
    /// Returns the revision that was seen last, if any.
    #[cfg(test)]
    pub fn seen(&self) -> Option<u64> {
        (self.revision > 0).then_some(self.revision)
    }

    /// Returns the size.
    #[must_use]
    pub fn size(&self) -> Size {
        self.size
    }

    /// Returns the cursor.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        self.cursor
    }

    /// Returns what the program asked of its terminal.
    #[must_use]
    pub fn modes(&self) -> Modes {
        self.modes
    }

    /// Returns what the program named its window.
    #[cfg(test)]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Returns the lines, from the top.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Returns which rows changed since this was last asked.
    pub fn take_changed(&mut self) -> Vec<u16> {
        let changed = std::mem::take(&mut self.changed);
        self.changed = vec![false; changed.len()];
        (0..).zip(changed).filter_map(|(row, changed)| changed.then_some(row)).collect()
    }

    /// Takes in a frame that was read.
    pub(super) fn take_in(&mut self, frame: Parts<'_>) -> Result<(), FrameError> {
        let stands_on_this = frame.base == self.revision && frame.size == self.size && self.revision > 0;
        if !frame.whole && !stands_on_this {
            return Err(FrameError::Gap(frame.base));
        }
        if frame.whole {
            let rows = usize::from(frame.size.rows());
            self.lines = vec![Line::blank(); rows];
            self.changed = vec![true; rows];
        }
        for (row, line) in frame.lines {
            let row = usize::from(row);
            if let (Some(slot), Some(changed)) = (self.lines.get_mut(row), self.changed.get_mut(row)) {
                *slot = line;
                *changed = true;
            }
        }
        self.size = frame.size;
        self.revision = frame.revision;
        self.cursor = frame.cursor;
        self.modes = frame.modes;
        if *self.title != *frame.title {
            self.title = Arc::from(frame.title);
        }
        Ok(())
    }
}
