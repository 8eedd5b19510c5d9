//! The primary screen at another width: its lines folded, and where its cursors are then.
//!
//! A cursor stays on its character, or at its distance behind the end of its line. A cursor that waits behind the last
//! column stays behind the character before it, and waits if that character is in the last column again.

use crate::domain::{Position, Size};
use crate::terminal::fold::{fold, logical};
use crate::terminal::line::Line;

/// A primary screen folded for another size.
#[derive(Debug)]
pub(super) struct Refolded {
    /// Its rows.
    pub rows: Vec<Line>,
    /// The rows above them, which have no room.
    pub gone: Vec<Line>,
    /// Where its cursor is.
    pub cursor: Position,
    /// Where its saved cursor is, if there is one.
    pub saved: Option<Position>,
}

/// Folds the lines of a primary screen of size `old` for size `new`.
pub(super) fn refold(
    lines: &[Line],
    old: Size,
    new: Size,
    cursor: Position,
    saved: Option<Position>,
) -> Refolded {
    let text = lines.iter().rposition(|line| !line.is_blank()).map_or(0, |last| last + 1);
    // Blank rows under the cursor and the text are the first to go.
    let used = text.max(usize::from(cursor.row) + 1);
    let lines = lines.get(..used).unwrap_or(lines);
    let (mut rows, [at, saved_at]) = folded(lines, old, new, [cursor, saved.unwrap_or(cursor)]);
    let lost = rows.len().saturating_sub(usize::from(new.rows())).min(at.0);
    let gone = rows.drain(..lost).collect();
    rows.truncate(usize::from(new.rows()));
    let fitted = |(row, col): (usize, u16)| {
        let row = row.saturating_sub(lost).min(usize::from(new.last_row()));
        Position { row: u16::try_from(row).unwrap_or(new.last_row()), col }
    };
    Refolded { rows, gone, cursor: fitted(at), saved: saved.map(|_| fitted(saved_at)) }
}

/// Returns `lines` folded, and where the `places` are then.
fn folded(lines: &[Line], old: Size, new: Size, places: [Position; 2]) -> (Vec<Line>, [(usize, u16); 2]) {
    let mut rows = Vec::new();
    let mut found = [(0, 0); 2];
    for (first, group) in logical(lines) {
        let mut paragraph = Paragraph { first: rows.len(), cells: Vec::new(), old, new };
        fold(group, new.cols(), &mut rows, |row, col, width| paragraph.cells.push((row, col, width)));
        for (place, found) in places.iter().zip(&mut found) {
            let within = usize::from(place.row).checked_sub(first);
            if let Some(row) = within.filter(|row| *row < group.len()) {
                *found = paragraph.find(group, row, place.col);
            }
        }
    }
    for (place, found) in places.iter().zip(&mut found) {
        if let Some(below) = usize::from(place.row).checked_sub(lines.len()) {
            *found = (rows.len() + below, place.col.min(new.last_col()));
        }
    }
    (rows, found)
}

/// A line that was folded.
struct Paragraph {
    /// Its first row.
    first: usize,
    /// The row, the column and the width of each of its cells.
    cells: Vec<(usize, u16, u16)>,
    old: Size,
    new: Size,
}

impl Paragraph {
    /// Returns where the place at `col` of the row with the number `row` of those it was folded to is now.
    fn find(&self, rows: &[Line], row: usize, col: u16) -> (usize, u16) {
        let mut number: usize = rows.iter().take(row).map(|row| row.cells().count()).sum();
        let mut end = 0;
        for cell in rows.get(row).into_iter().flat_map(Line::cells) {
            let width = u16::from(cell.width);
            if col < end + width {
                return self.on(number, col - end);
            }
            end += width;
            number += 1;
        }
        if row + 1 == rows.len() {
            self.behind((usize::from(col - end) + number).saturating_sub(self.cells.len()))
        } else if col >= self.old.cols() {
            number.checked_sub(1).map_or((self.first, 0), |before| self.after(before))
        } else {
            // Before a wide character that had no room.
            self.on(number, 0)
        }
    }

    /// Returns the place `inner` columns into a cell.
    fn on(&self, number: usize, inner: u16) -> (usize, u16) {
        match self.cells.get(number) {
            Some((row, col, _)) => (*row, col + inner),
            None => self.behind(number.saturating_sub(self.cells.len())),
        }
    }

    /// Returns the place behind a cell.
    fn after(&self, number: usize) -> (usize, u16) {
        match self.cells.get(number) {
            Some((row, col, width)) => (*row, col + width),
            None => self.behind((number + 1).saturating_sub(self.cells.len())),
        }
    }

    /// Returns the place `distance` columns behind the end, in the same row.
    fn behind(&self, distance: usize) -> (usize, u16) {
        let (row, end) = self.cells.last().map_or((self.first, 0), |(row, col, width)| (*row, col + width));
        let distance = u16::try_from(distance).unwrap_or(u16::MAX);
        (
            row,
            if distance == 0 { end } else { end.saturating_add(distance).min(self.new.last_col().max(end)) },
        )
    }
}

#[cfg(test)]
mod tests;
