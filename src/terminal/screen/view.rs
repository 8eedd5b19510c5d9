//! Snapshots: cells become lines, but only in rows that may have changed.

use std::sync::Arc;

use super::Screen;
use crate::domain::Size;
use crate::terminal::line::{Line, LineWriter};
use crate::terminal::modes::Modes;
use crate::terminal::snapshot::{Cursor, Row, Snapshot};

/// The last snapshot, as far as the next one needs it.
pub(super) struct View {
    rows: Arc<[Row]>,
    revision: u64,
    sized_at: u64,
    last: Option<(Cursor, Modes, Arc<str>)>,
    writer: LineWriter,
}

impl View {
    /// Returns the view of a screen before the first snapshot.
    pub fn new(size: Size) -> View {
        View { rows: blank_rows(size), revision: 0, sized_at: 1, last: None, writer: LineWriter::default() }
    }

    /// Forgets the rows: their number changed.
    pub fn resize(&mut self, size: Size) {
        self.rows = blank_rows(size);
        self.sized_at = self.revision + 1;
        self.last = None;
    }
}

fn blank_rows(size: Size) -> Arc<[Row]> {
    std::iter::repeat_n(Row { line: Line::blank(), changed_at: 1 }, usize::from(size.rows())).collect()
}

impl Screen {
    /// Returns a snapshot. Only rows that changed since the last one are read; if nothing changed, its revision is the
    /// same.
    pub fn snapshot(&mut self) -> Snapshot {
        let cursor = Cursor { at: self.cursor(), shape: self.state.shape, visible: self.state.visible };
        let modes = self.modes();
        let title = self.shared_title();
        let next = self.view.revision + 1;
        let changed = self.changed_rows(next);
        let said = Some((cursor, modes, title.clone()));
        if changed.is_some() || said != self.view.last {
            self.view.revision = next;
            self.view.last = said;
        }
        if let Some(rows) = changed {
            self.view.rows = rows;
        }
        Snapshot {
            revision: self.view.revision,
            size: self.size(),
            sized_at: self.view.sized_at,
            cursor,
            modes,
            title,
            rows: self.view.rows.clone(),
        }
    }

    /// Returns all rows if any row changed.
    fn changed_rows(&mut self, revision: u64) -> Option<Arc<[Row]>> {
        let mut rows: Option<Vec<Row>> = None;
        let mut writer = std::mem::take(&mut self.view.writer);
        for (number, row) in (0..).zip(self.view.rows.iter()) {
            if !self.grid.changes().has(number) {
                continue;
            }
            let line = self.grid.read_row(number, &mut writer, &row.line);
            if line != row.line {
                let rows = rows.get_or_insert_with(|| self.view.rows.to_vec());
                if let Some(slot) = rows.get_mut(usize::from(number)) {
                    *slot = Row { line, changed_at: revision };
                }
            }
        }
        self.view.writer = writer;
        self.grid.forget_changes();
        rows.map(Arc::from)
    }

    /// Returns all lines, read again.
    #[cfg(test)]
    pub fn lines_read_anew(&self) -> Vec<Line> {
        self.grid.lines(self.grid.active())
    }

    /// Returns the text of a row; nothing if there is no such row.
    #[must_use]
    pub fn row_text(&self, row: u16) -> String {
        self.grid.read_row(row, &mut LineWriter::default(), &Line::blank()).text()
    }

    /// Returns the text of the screen, one line per row.
    #[must_use]
    pub fn text(&self) -> String {
        let lines: Vec<String> = (0..self.size().rows()).map(|row| self.row_text(row)).collect();
        lines.join("\n")
    }
}
