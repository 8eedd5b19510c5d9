//! What is selected, and the text that it gives. Drawing asks the same questions as copying, so what is seen to be
//! selected is what is taken.

use super::rows::{self, Spot};
use crate::terminal::Line;

/// What a selection consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// All characters from one place to another.
    Characters,
    /// Whole lines.
    Lines,
    /// The same columns of several rows.
    Block,
}

/// A selection; its other end is the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Selection {
    pub(super) anchor: Spot,
    pub(super) kind: Kind,
}

/// How far a selection extends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    kind: Kind,
    first: Spot,
    last: Spot,
}

impl Selection {
    /// Returns how far it extends with the cursor at `cursor`.
    pub(super) fn extent(self, lines: &[Line], cursor: Spot) -> Extent {
        let (first, last) = (self.anchor.min(cursor), self.anchor.max(cursor));
        match self.kind {
            Kind::Characters => Extent { kind: self.kind, first, last },
            Kind::Lines => lines_of(lines, first.row, last.row),
            Kind::Block => {
                let columns = |spot: Spot| {
                    let (col, width) =
                        lines.get(spot.row).map_or((spot.col, 1), |line| rows::cell_at(line, spot.col));
                    (col, col.saturating_add(width - 1))
                };
                let ((one, one_end), (other, other_end)) = (columns(first), columns(last));
                let (left, right) = (one.min(other), one_end.max(other_end));
                Extent {
                    kind: self.kind,
                    first: Spot::new(first.row, left),
                    last: Spot::new(last.row, right),
                }
            }
        }
    }
}

/// Returns the extent of the whole lines that the rows from `first` to `last` are part of.
pub(super) fn lines_of(lines: &[Line], first: usize, last: usize) -> Extent {
    let first = Spot::new(rows::line_start(lines, first), 0);
    let last = Spot::new(rows::line_end(lines, last), u16::MAX);
    Extent { kind: Kind::Lines, first, last }
}

/// Returns the extent of all characters from `first` to `last`.
pub(super) fn characters(first: Spot, last: Spot) -> Extent {
    Extent { kind: Kind::Characters, first, last }
}

impl Extent {
    /// Returns the first and the last column of `row` that belong to it.
    fn columns(&self, row: usize) -> Option<(u16, u16)> {
        if !(self.first.row..=self.last.row).contains(&row) {
            return None;
        }
        let whole = self.kind == Kind::Block;
        let from = if whole || row == self.first.row { self.first.col } else { 0 };
        let to = if whole || row == self.last.row { self.last.col } else { u16::MAX };
        Some((from, to))
    }

    /// Returns whether a cell of `row` that begins at `col` is shown to be selected, `end` being where its text ends.
    pub(super) fn shows(&self, row: usize, (col, width): (u16, u16), end: u16) -> bool {
        let Some((from, to)) = self.columns(row) else { return false };
        match self.kind {
            Kind::Lines => true,
            Kind::Block => from <= col && col.saturating_add(width - 1) <= to,
            // An empty line in the middle is seen to be selected by its first column.
            Kind::Characters => (from..=to).contains(&col) && (col < end.max(1) || row == self.last.row),
        }
    }

    /// Returns the text: rows that only went on because they were full are one line, blanks at the end of a row are
    /// left out, and a wide character is there whole or not at all.
    pub(super) fn text(&self, lines: &[Line]) -> String {
        let mut out = String::new();
        for row in self.first.row..=self.last.row {
            let (Some(line), Some(columns)) = (lines.get(row), self.columns(row)) else { break };
            let before = out.len();
            if self.kind == Kind::Block {
                put_block(&mut out, line, columns);
                let kept = out.trim_end_matches(' ').len().max(before);
                out.truncate(kept);
            } else {
                put_characters(&mut out, line, columns);
            }
            if row < self.last.row && (self.kind == Kind::Block || !line.is_wrapped()) {
                out.push('\n');
            }
        }
        out
    }
}

fn put_characters(out: &mut String, line: &Line, (from, to): (u16, u16)) {
    let end = rows::text_end(line);
    for (_, cell) in rows::cells(line).filter(|(col, _)| *col < end && (from..=to).contains(col)) {
        out.push_str(if cell.text.is_empty() { " " } else { cell.text });
    }
}

fn put_block(out: &mut String, line: &Line, (from, to): (u16, u16)) {
    for (col, cell) in rows::cells(line) {
        let last = col.saturating_add(u16::from(cell.width) - 1);
        if last < from || col > to {
            continue;
        }
        if from <= col && last <= to && !cell.text.is_empty() {
            out.push_str(cell.text);
        } else {
            // What is cut leaves its column blank, so that the columns after it stay where they are.
            let shown = last.min(to) - col.max(from) + 1;
            out.extend(std::iter::repeat_n(' ', usize::from(shown)));
        }
    }
}
