//! Looking at the screen: cells become lines, but only in rows that may have changed.

use std::sync::Arc;

use super::Screen;
use super::cluster::{Edge, edge};
use super::engine::Buffer;
use super::ink::real;
use crate::domain::Size;
use crate::terminal::line::{Line, LineWriter};
use crate::terminal::modes::Modes;
use crate::terminal::snapshot::{Cursor, Row, Snapshot};
use crate::terminal::style::Color;

/// What the last look saw.
pub(super) struct View {
    rows: Arc<[Row]>,
    revision: u64,
    sized_at: u64,
    last: Option<(Cursor, Modes, Arc<str>)>,
    writer: LineWriter,
}

impl View {
    /// Returns the view of a screen nobody looked at.
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
    /// Looks at the screen. Only rows that changed since the last look are read; if nothing at all changed, the
    /// snapshot is that of before.
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

    /// Returns all rows anew if any of those that may have changed did.
    fn changed_rows(&mut self, revision: u64) -> Option<Arc<[Row]>> {
        let mut rows: Option<Vec<Row>> = None;
        let mut writer = std::mem::take(&mut self.view.writer);
        for (number, row) in (0..).zip(self.view.rows.iter()) {
            if !self.dirty.has(number) {
                continue;
            }
            let line = self.read_row(self.engine.screen(), number, &mut writer, &row.line);
            if line != row.line {
                let rows = rows.get_or_insert_with(|| self.view.rows.to_vec());
                if let Some(slot) = rows.get_mut(usize::from(number)) {
                    *slot = Row { line, changed_at: revision };
                }
            }
        }
        self.view.writer = writer;
        self.dirty.set_all(false);
        rows.map(Arc::from)
    }

    /// Reads a row; gives `old` itself if it is the same.
    pub(super) fn read_row(
        &self,
        screen: &vt100::Screen,
        row: u16,
        writer: &mut LineWriter,
        old: &Line,
    ) -> Line {
        let wrapped = screen.row_wrapped(row);
        let (end, edge) = if wrapped { self.edge(screen, row) } else { (u16::MAX, None) };
        let mut look = None;
        let mut col = 0;
        while col < end
            && let Some(cell) = screen.cell(row, col)
        {
            let now = Look::of(cell);
            if look != Some(now) {
                look = Some(now);
                if now.blank {
                    writer.style(&self.inks.style_of(cell).erased());
                } else {
                    writer.style(&self.inks.style_of(cell));
                }
            }
            if now.blank {
                writer.blank();
                col += 1;
            } else {
                let width = if cell.is_wide() { 2 } else { 1 };
                writer.cell(self.clusters.resolve(cell.contents()), width);
                col += u16::from(width);
            }
        }
        if edge == Some(Edge::Filler)
            && let Some(cell) = screen.cell(row, end)
        {
            writer.style(&self.inks.style_of(cell).erased());
            writer.blank();
        }
        writer.finish_as(wrapped, old)
    }

    /// Returns where the cells of a row that goes on end, and what stands there if that is before the last one.
    fn edge(&self, screen: &vt100::Screen, row: u16) -> (u16, Option<Edge>) {
        let last = self.size().last_col();
        match screen.cell(row, last).and_then(|cell| edge(cell.contents())) {
            None => (u16::MAX, None),
            edge => (last, edge),
        }
    }

    /// Returns the lines of a buffer, from the top.
    pub(super) fn buffer_lines(&self, buffer: Buffer) -> Vec<Line> {
        let (mut writer, blank) = (LineWriter::default(), Line::blank());
        let screen = self.engine.buffer(buffer);
        (0..self.size().rows()).map(|row| self.read_row(screen, row, &mut writer, &blank)).collect()
    }

    /// Returns all lines, whatever is known of which of them changed.
    #[cfg(test)]
    pub fn lines_read_anew(&self) -> Vec<Line> {
        self.buffer_lines(self.engine.active())
    }

    /// Returns the text of a row; nothing if there is no such row.
    #[must_use]
    pub fn row_text(&self, row: u16) -> String {
        self.read_row(self.engine.screen(), row, &mut LineWriter::default(), &Line::blank()).text()
    }

    /// Returns the text of the screen, a line a row.
    #[must_use]
    pub fn text(&self) -> String {
        let lines: Vec<String> = (0..self.size().rows()).map(|row| self.row_text(row)).collect();
        lines.join("\n")
    }
}

/// What tells whether two cells with text look alike.
#[derive(Clone, Copy, PartialEq)]
struct Look {
    blank: bool,
    fg: vt100::Color,
    bg: vt100::Color,
    flags: [bool; 5],
}

impl Look {
    fn of(cell: &vt100::Cell) -> Look {
        if !cell.has_contents() {
            // Of a blank cell only the background shows.
            return Look { blank: true, fg: vt100::Color::Default, bg: cell.bgcolor(), flags: [false; 5] };
        }
        let flags = [cell.bold(), cell.dim(), cell.italic(), cell.underline(), cell.inverse()];
        Look { blank: false, fg: cell.fgcolor(), bg: cell.bgcolor(), flags }
    }
}

/// Returns whether a cell shows nothing at all.
pub(super) fn is_empty(cell: &vt100::Cell) -> bool {
    !cell.has_contents() && real(cell.bgcolor()) == Color::Default
}
