//! The primary screen at another width: its lines folded anew, and where its cursors are then.
//!
//! A cursor stays on its character, or as far behind the end of its line as it was. One that waits behind the last
//! column stays behind the character before it, and waits if that is in the last column again.

use super::Screen;
use super::engine::Buffer;
use crate::domain::{Position, Size};
use crate::terminal::fold::{fold, logical};
use crate::terminal::line::Line;

/// A primary screen folded anew.
#[derive(Debug)]
pub(super) struct Refolded {
    /// What prints its rows into a blank buffer.
    pub painting: Vec<u8>,
    /// Where its cursor is.
    pub cursor: Position,
    /// Where its saved cursor is, if there is one.
    pub saved: Option<Position>,
}

impl Screen {
    /// Folds the primary screen for another size; the rows that have no room above the cursor leave. Nothing is
    /// printed yet, for what stands in the cells is needed until then.
    pub(super) fn refold(&mut self, cursor: Position, size: Size) -> Refolded {
        let [primary, _] = &self.state.pages;
        let saved = primary.saved.map(|saved| saved.at);
        let lines = self.buffer_lines(Buffer::Primary);
        let text = lines.iter().rposition(|line| !line.is_blank()).map_or(0, |last| last + 1);
        // Blank rows under the cursor and the text are the first to go.
        let used = text.max(usize::from(cursor.row) + 1);
        let lines = lines.get(..used).unwrap_or(&lines);
        let (mut rows, [at, saved_at]) = folded(lines, self.size(), size, [cursor, saved.unwrap_or(cursor)]);
        let lost = rows.len().saturating_sub(usize::from(size.rows())).min(at.0);
        let gone = rows.drain(..lost);
        if self.engine.departures().kept {
            self.departed.extend(gone);
        } else {
            drop(gone);
        }
        rows.truncate(usize::from(size.rows()));
        let fitted = |(row, col): (usize, u16)| {
            let row = row.saturating_sub(lost).min(usize::from(size.last_row()));
            Position { row: u16::try_from(row).unwrap_or(size.last_row()), col }
        };
        Refolded {
            painting: self.painting(&rows, size),
            cursor: fitted(at),
            saved: saved.map(|_| fitted(saved_at)),
        }
    }
}

/// Returns `lines` folded anew, and where the `places` are then.
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

/// A line that was folded anew.
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
            self.behind(usize::from(col - end) + number - self.cells.len())
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
            None => self.behind(number - self.cells.len()),
        }
    }

    /// Returns the place behind a cell.
    fn after(&self, number: usize) -> (usize, u16) {
        match self.cells.get(number) {
            Some((row, col, width)) => (*row, col + width),
            None => self.behind(number + 1 - self.cells.len()),
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
