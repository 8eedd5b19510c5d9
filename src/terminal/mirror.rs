//! The client's copy of a screen, kept up to date by frames.

use std::sync::Arc;

use super::frame::{FrameError, Parts};
use super::line::Line;
use super::modes::Modes;
use super::snapshot::Cursor;
use crate::domain::Size;

/// A client's copy of a screen.
#[derive(Clone, Debug)]
pub struct Mirror {
    size: Size,
    revision: u64,
    cursor: Cursor,
    modes: Modes,
    title: Arc<str>,
    lines: Vec<Line>,
    changed: Vec<bool>,
}

impl Default for Mirror {
    /// Returns the copy of a screen that was not seen yet.
    fn default() -> Mirror {
        let size = Size::new(0, 0);
        let rows = usize::from(size.rows());
        Mirror {
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

impl Mirror {
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

    /// Returns the rows that changed since the last call.
    pub fn take_changed(&mut self) -> Vec<u16> {
        let changed = std::mem::take(&mut self.changed);
        self.changed = vec![false; changed.len()];
        (0..).zip(changed).filter_map(|(row, changed)| changed.then_some(row)).collect()
    }

    /// Applies a frame; if it fails, nothing changes.
    ///
    /// # Errors
    /// Fails if the bytes are not a frame, or if the frame is a delta against a revision that this copy does not have.
    pub fn apply(&mut self, bytes: &[u8]) -> Result<(), FrameError> {
        let frame = Parts::read(bytes)?;
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
