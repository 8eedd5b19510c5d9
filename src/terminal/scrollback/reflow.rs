//! Folding lines anew for a viewer of another width.

use super::History;
use crate::terminal::fold::fold;
use crate::terminal::line::Line;

impl History {
    /// Returns the same lines for a screen of `cols` columns: rows that went on are joined, and what does not fit goes
    /// on in the next row.
    #[must_use]
    pub fn reflow(&self, cols: u16) -> History {
        let cols = cols.max(2);
        let mut lines = Vec::with_capacity(self.lines.len());
        for (_, rows) in self.logical() {
            match rows {
                [row] if width(row) <= u32::from(cols) => lines.push(row.clone()),
                _ => fold(rows, cols, &mut lines, |_, _, _| {}),
            }
        }
        History { lines, left_out: self.left_out }
    }
}

fn width(line: &Line) -> u32 {
    line.cells().map(|cell| u32::from(cell.width)).sum()
}
