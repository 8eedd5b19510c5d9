//! Keeping a place when the rows around it change: folded for another width, or found again in the history of what
//! the screen showed.

use std::collections::HashMap;

use super::rows::{self, Spot};
use crate::terminal::Line;

/// How many equal lines of a screen help to find it in a history.
const ALIKE: usize = 16;

/// Rows, and which of them begin a line.
pub(super) struct Folding<'a> {
    rows: &'a [Line],
    starts: Vec<usize>,
}

/// A place that is the same however the lines are folded: the line, and the column if it were not folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
}

/// Where a screen lies in a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shift {
    /// The line of the history that the screen begins in.
    pub(super) line: usize,
    /// How much of that line had left the screen.
    pub(super) column: usize,
}

impl Shift {
    /// Returns where in the history a place of the screen is.
    pub(super) fn of(self, place: Place) -> Place {
        let column = if place.line == 0 { place.column + self.column } else { place.column };
        Place { line: place.line + self.line, column }
    }
}

impl<'a> Folding<'a> {
    pub(super) fn new(rows: &'a [Line]) -> Folding<'a> {
        let mut starts = Vec::with_capacity(rows.len());
        let mut begins = true;
        for (row, line) in rows.iter().enumerate() {
            if begins {
                starts.push(row);
            }
            begins = !line.is_wrapped();
        }
        Folding { rows, starts }
    }

    /// Returns how many lines there are.
    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    fn rows_of(&self, line: usize) -> &'a [Line] {
        let start = self.starts.get(line).copied().unwrap_or(self.rows.len());
        let end = self.starts.get(line + 1).copied().unwrap_or(self.rows.len());
        self.rows.get(start..end).unwrap_or_default()
    }

    fn text_of(&self, line: usize, out: &mut String) {
        out.clear();
        for row in self.rows_of(line) {
            out.push_str(&row.text());
        }
        out.truncate(out.trim_end_matches(' ').len());
    }

    fn width_of(&self, line: usize) -> usize {
        self.rows_of(line).iter().map(|row| usize::from(rows::text_end(row))).sum()
    }

    /// Returns the place of a spot.
    pub(super) fn place(&self, spot: Spot) -> Place {
        let line = self.starts.partition_point(|start| *start <= spot.row).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or(0);
        let before = self.rows.get(start..spot.row).unwrap_or_default();
        let column: usize = before.iter().map(width).sum();
        // The column that a wide character left free at the end of a row is no place of its own.
        let most =
            self.rows.get(spot.row).filter(|row| row.is_wrapped()).map(|row| width(row).saturating_sub(1));
        Place { line, column: column + usize::from(spot.col).min(most.unwrap_or(usize::MAX)) }
    }

    /// Returns the spot of a place; of one past the last line, the last row.
    pub(super) fn spot(&self, place: Place) -> Spot {
        let last = self.rows.len().saturating_sub(1);
        let Some(start) = self.starts.get(place.line).copied() else { return Spot::new(last, 0) };
        let mut left = place.column;
        let mut row = start;
        for line in self.rows_of(place.line) {
            let width = width(line);
            if left < width || !line.is_wrapped() {
                break;
            }
            left -= width;
            row += 1;
        }
        Spot::new(row.min(last), u16::try_from(left).unwrap_or(u16::MAX))
    }

    /// Finds what a screen showed, in lines that may go on after it and in which a few may look different by now;
    /// the newest of several places that fit equally well. Nothing is found if less than a third of it is there.
    pub(super) fn find(&self, screen: &Folding<'_>) -> Option<Shift> {
        let count = screen.len();
        let mut shown: HashMap<String, Vec<usize>> = HashMap::new();
        let mut text = String::new();
        for line in 0..count {
            screen.text_of(line, &mut text);
            if !text.is_empty() {
                shown.entry(text.clone()).or_default().push(line);
            }
        }
        let used = shown.values().flatten().max().copied()?;
        let (mut first, mut last) = (String::new(), String::new());
        screen.text_of(0, &mut first);
        screen.text_of(used, &mut last);
        let usable: usize = shown.values().map(|alike| alike.len().min(ALIKE)).sum();
        let mut votes = vec![0u32; self.len()];
        let mut vote = |here: usize, there: usize| {
            if let Some(votes) = here.checked_sub(there).and_then(|start| votes.get_mut(start)) {
                *votes += 1;
            }
        };
        for line in 0..self.len() {
            self.text_of(line, &mut text);
            let alike = shown.get(text.as_str()).into_iter().flatten();
            alike.rev().take(ALIKE).for_each(|there| vote(line, *there));
            // The beginning of the screen's first line may have left it, and such a line can look like another one.
            let begun_before = !first.is_empty() && text != first && text.ends_with(&first);
            if begun_before {
                vote(line, 0);
            }
            // Its last line may have gone on since; as one line, it speaks once.
            if text != last && text.starts_with(&last) && !(begun_before && used == 0) {
                vote(line, used);
            }
        }
        let (line, best) = votes.iter().enumerate().max_by_key(|(line, votes)| (**votes, *line))?;
        if (*best as usize) * 3 < usable {
            return None;
        }
        self.text_of(line, &mut text);
        let gone = !first.is_empty() && text != first && text.ends_with(&first);
        let column = if gone { self.width_of(line).saturating_sub(screen.width_of(0)) } else { 0 };
        Some(Shift { line, column })
    }
}

fn width(line: &Line) -> usize {
    line.cells().map(|cell| usize::from(cell.width)).sum()
}
