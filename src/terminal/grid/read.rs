//! Reading the cells: rows become lines.

use super::Grid;
use super::cluster::{Edge, edge};
use super::engine::Buffer;
use super::ink::real;
use super::rows::Rows;
use crate::terminal::line::{Line, LineWriter};
use crate::terminal::style::Color;

impl Grid {
    /// Returns the rows that may have changed since [`Grid::forget_changes`].
    pub const fn changes(&self) -> &Rows {
        &self.dirty
    }

    /// Counts changes from now on.
    pub fn forget_changes(&mut self) {
        self.dirty.set_all(false);
    }

    /// Returns a row of the buffer that is shown; returns `old` itself if the row is the same.
    pub fn read_row(&self, row: u16, writer: &mut LineWriter, old: &Line) -> Line {
        self.read(self.engine.screen(), row, writer, old)
    }

    /// Returns the lines of a buffer, from the top.
    pub fn lines(&self, buffer: Buffer) -> Vec<Line> {
        let (mut writer, blank) = (LineWriter::default(), Line::blank());
        let screen = self.engine.buffer(buffer);
        (0..self.size().rows()).map(|row| self.read(screen, row, &mut writer, &blank)).collect()
    }

    /// Returns whether a row of the buffer that is shown has neither text nor a background.
    pub(super) fn is_blank(&self, row: u16) -> bool {
        let screen = self.engine.screen();
        let is_empty = |cell: &vt100::Cell| !cell.has_contents() && real(cell.bgcolor()) == Color::Default;
        (0..self.size().cols()).all(|col| screen.cell(row, col).is_none_or(is_empty))
    }

    fn read(&self, screen: &vt100::Screen, row: u16, writer: &mut LineWriter, old: &Line) -> Line {
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

    /// Returns where the cells of a row that goes on end, and what stands there if that is before the last cell.
    fn edge(&self, screen: &vt100::Screen, row: u16) -> (u16, Option<Edge>) {
        let last = self.size().last_col();
        match screen.cell(row, last).and_then(|cell| edge(cell.contents())) {
            None => (u16::MAX, None),
            edge => (last, edge),
        }
    }
}

/// The parts of a cell that tell whether two cells look alike.
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
