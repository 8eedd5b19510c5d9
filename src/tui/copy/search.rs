//! The search: what is looked for, where it was found, and the next place in a direction.
//!
//! Places are looked for around where the person is, chunk by chunk in both directions, until there are [`LIMIT`] of
//! them; what lies beyond is looked at when somebody goes there. So a letter found everywhere costs no more than a
//! word found nowhere, and the view always has its matches.

use std::ops::Range;

use super::rows::{self, Spot};
use crate::terminal::{History, Line, Match};

/// How many places end a search.
pub(super) const LIMIT: usize = 10_000;
/// How many rows are searched at once.
const CHUNK: usize = 1024;
/// The longest text that is looked for, in bytes.
const MAX_TEXT: usize = 400;

/// A search that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Search {
    pub(super) text: String,
    pub(super) backwards: bool,
    found: Found,
}

/// The places found in some of the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Found {
    places: Vec<Match>,
    rows: Range<usize>,
    /// Whether the rows are all there are.
    whole: bool,
}

/// A search being typed.
#[derive(Clone, Debug)]
pub(super) struct Prompt {
    pub(super) text: String,
    pub(super) backwards: bool,
    /// Where the cursor and the top of the view were.
    pub(super) cursor: Spot,
    pub(super) top: Spot,
    /// The search that was there before.
    pub(super) before: Option<Search>,
    /// Whether the place shown lies past the end of the rows.
    pub(super) wrapped: bool,
}

impl Prompt {
    /// Appends what can be looked for of `text`.
    pub(super) fn put(&mut self, text: &str) {
        for c in text.chars().filter(|c| !c.is_control()) {
            if self.text.len() + c.len_utf8() <= MAX_TEXT {
                self.text.push(c);
            }
        }
    }
}

impl Search {
    /// Looks for `text` around the row `near`.
    pub(super) fn new(lines: &[Line], text: &str, backwards: bool, near: usize) -> Search {
        Search { text: text.to_owned(), backwards, found: find(lines, text, near, CHUNK) }
    }

    /// Looks for a text that this one is the beginning of, only in the lines where this one was found, if those are
    /// all known; so every further letter that is typed costs less.
    pub(super) fn narrowed(&self, lines: &[Line], text: &str) -> Option<Search> {
        if !self.found.whole || !text.starts_with(&self.text) {
            return None;
        }
        let mut places = Vec::new();
        let mut next = 0;
        for place in &self.found.places {
            if place.line >= next {
                let start = rows::line_start(lines, place.line);
                next = rows::line_end(lines, place.line) + 1;
                places.extend(search(lines, start..next, text));
            }
        }
        let found = Found { places, rows: 0..lines.len(), whole: true };
        Some(Search { text: text.to_owned(), backwards: self.backwards, found })
    }

    /// Looks for the same text in other rows.
    pub(super) fn renew(&mut self, lines: &[Line], near: usize) {
        self.found = find(lines, &self.text, near, CHUNK);
    }

    /// Makes sure that the places in these rows are known.
    pub(super) fn cover(&mut self, lines: &[Line], view: Range<usize>) {
        let end = view.end.min(lines.len());
        if self.found.rows.start > view.start || self.found.rows.end < end {
            let chunk = view.end.saturating_sub(rows::line_start(lines, view.start)).max(CHUNK);
            self.found = find(lines, &self.text, view.start, chunk);
        }
    }

    /// Returns the place nearest to `from` in a direction, and whether the search had to begin anew from the other
    /// end for it.
    pub(super) fn step(&mut self, lines: &[Line], from: Spot, backwards: bool) -> Option<(Spot, bool)> {
        self.cover(lines, from.row..from.row + 1);
        if let Some(spot) = self.beyond(lines, Some(from), backwards) {
            return Some((spot, false));
        }
        let other_end = if backwards { lines.len().saturating_sub(1) } else { 0 };
        self.cover(lines, other_end..other_end + 1);
        Some((self.beyond(lines, None, backwards)?, true))
    }

    /// Returns the first place beyond `from`, and looks at further rows until there is one.
    fn beyond(&mut self, lines: &[Line], from: Option<Spot>, backwards: bool) -> Option<Spot> {
        loop {
            let mut spots = self.found.places.iter().map(spot_of);
            let hit = if backwards {
                spots.rfind(|spot| from.is_none_or(|from| *spot < from))
            } else {
                spots.find(|spot| from.is_none_or(|from| *spot > from))
            };
            let rows = &self.found.rows;
            let next = if backwards { rows.start.checked_sub(1) } else { Some(rows.end) };
            match (hit, next) {
                (Some(spot), _) => return Some(spot),
                (None, Some(next)) if next < lines.len() => self.renew(lines, next),
                (None, _) => return None,
            }
        }
    }

    /// Returns whether nothing was found.
    pub(super) fn is_empty(&self) -> bool {
        self.found.places.is_empty() && self.found.whole
    }

    /// Returns how many places there are, if they are all known.
    pub(super) fn count(&self) -> Option<usize> {
        self.found.whole.then_some(self.found.places.len())
    }

    /// Returns which of the places begins at `spot`, counted from 1.
    pub(super) fn number(&self, spot: Spot) -> Option<usize> {
        self.found.places.binary_search_by_key(&spot, spot_of).ok().map(|at| at + 1)
    }

    /// Returns the known places that may show in these rows.
    pub(super) fn places(&self, view: Range<usize>) -> &[Match] {
        let places = &self.found.places;
        // One that begins above may reach into the view; they do not overlap, so no other does.
        let first = places.partition_point(|place| place.line < view.start).saturating_sub(1);
        let end = places.partition_point(|place| place.line < view.end);
        places.get(first..end).unwrap_or_default()
    }
}

/// Returns where a place begins.
pub(super) fn spot_of(place: &Match) -> Spot {
    Spot::new(place.line, place.column)
}

/// Returns the places in the rows around `near`, at least `chunk` rows of them in either direction.
fn find(lines: &[Line], text: &str, near: usize, chunk: usize) -> Found {
    let near = rows::line_start(lines, near.min(lines.len()));
    let mut rows = near..near;
    let mut after = Vec::new();
    let mut before = Vec::new();
    let mut count = 0;
    while count < LIMIT && (rows.start > 0 || rows.end < lines.len()) {
        if rows.end < lines.len() {
            let end = rows::line_end(lines, (rows.end + chunk - 1).min(lines.len() - 1)) + 1;
            let places = search(lines, rows.end..end, text);
            count += places.len();
            after.push(places);
            rows.end = end;
        }
        if rows.start > 0 {
            let start = rows::line_start(lines, rows.start.saturating_sub(chunk));
            let places = search(lines, start..rows.start, text);
            count += places.len();
            before.push(places);
            rows.start = start;
        }
    }
    let places = before.into_iter().rev().chain(after).flatten().collect();
    Found { places, whole: rows == (0..lines.len()), rows }
}

fn search(lines: &[Line], rows: Range<usize>, text: &str) -> Vec<Match> {
    let first = rows.start;
    let part = History::from(lines.get(rows).unwrap_or_default().to_vec());
    let places = part.search(text, usize::MAX).into_iter();
    places.map(|place| Match { line: place.line + first, ..place }).collect()
}
