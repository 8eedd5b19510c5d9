//! Where a motion leads, from a place in the rows to another. Lines that were folded are gone through as one.

use super::rows::{self, Class, Spot, Square};
use crate::terminal::Line;

/// Returns the place one character to the left in the same line.
pub(super) fn left(lines: &[Line], from: Spot) -> Spot {
    let mut walker = Walker::new(lines, from, rows::word_class);
    walker.back().filter(|broke| !broke).map_or(from, |_| walker.spot())
}

/// Returns the place one character to the right in the same line.
pub(super) fn right(lines: &[Line], from: Spot) -> Spot {
    let mut walker = Walker::new(lines, from, rows::word_class);
    walker.forward().filter(|broke| !broke).map_or(from, |_| walker.spot())
}

/// Returns where the line begins.
pub(super) fn start_of_line(lines: &[Line], from: Spot) -> Spot {
    Spot::new(rows::line_start(lines, from.row), 0)
}

/// Returns the first character of the line that is not blank.
pub(super) fn first_text(lines: &[Line], from: Spot) -> Spot {
    let start = start_of_line(lines, from);
    let mut walker = Walker::new(lines, start, rows::word_class);
    while walker.class() == Class::Blank {
        if walker.forward() != Some(false) {
            return start;
        }
    }
    walker.spot()
}

/// Returns the last character of the line.
pub(super) fn end_of_line(lines: &[Line], from: Spot) -> Spot {
    let row = rows::line_end(lines, from.row);
    Spot::new(row, lines.get(row).map_or(0, rows::last_col))
}

/// Returns where the next word begins; an empty line is one.
pub(super) fn next_word(lines: &[Line], from: Spot) -> Spot {
    let mut walker = Walker::new(lines, from, rows::word_class);
    let mut run = walker.class();
    while let Some(broke) = walker.forward() {
        let class = walker.class();
        if walker.squares.is_empty() || (class != Class::Blank && (broke || class != run)) {
            break;
        }
        run = class;
    }
    walker.spot()
}

/// Returns where the word ends, or the next one if `from` is the end of one.
pub(super) fn end_of_word(lines: &[Line], from: Spot) -> Spot {
    let mut walker = Walker::new(lines, from, rows::word_class);
    if walker.forward().is_none() {
        return walker.spot();
    }
    while walker.class() == Class::Blank {
        if walker.forward().is_none() {
            return walker.spot();
        }
    }
    walker.end_of_run()
}

/// Returns where the word begins, or the one before if `from` is the beginning of one; an empty line is one.
pub(super) fn previous_word(lines: &[Line], from: Spot) -> Spot {
    let mut walker = Walker::new(lines, from, rows::word_class);
    if walker.back().is_none() {
        return walker.spot();
    }
    while walker.class() == Class::Blank {
        if walker.squares.is_empty() || walker.back().is_none() {
            return walker.spot();
        }
    }
    walker.start_of_run()
}

/// Returns the first and the last character of what is of one class around `at`, unless nothing is there.
pub(super) fn word_at(lines: &[Line], at: Spot, class: fn(&str) -> Class) -> Option<(Spot, Spot)> {
    let walker = Walker::new(lines, at, class);
    if walker.past || walker.squares.is_empty() {
        return None;
    }
    let start = walker.clone().start_of_run();
    Some((start, walker.clone().end_of_run()))
}

/// Returns the empty row after the text here or below, or the end.
pub(super) fn next_paragraph(lines: &[Line], from: Spot) -> Spot {
    let empty = |row: &usize| lines.get(*row).is_some_and(rows::is_empty);
    let text = (from.row..lines.len()).find(|row| !empty(row)).unwrap_or(lines.len());
    match (text..lines.len()).find(empty) {
        Some(row) => Spot::new(row, 0),
        None => end_of_line(lines, Spot::new(lines.len().saturating_sub(1), 0)),
    }
}

/// Returns the empty row before the text here or above, or the beginning.
pub(super) fn previous_paragraph(lines: &[Line], from: Spot) -> Spot {
    let empty = |row: &usize| lines.get(*row).is_some_and(rows::is_empty);
    let text = (0..=from.row).rev().find(|row| !empty(row)).unwrap_or(0);
    Spot::new((0..text).rev().find(empty).unwrap_or(0), 0)
}

/// Goes through rows, character by character.
#[derive(Clone)]
struct Walker<'a> {
    lines: &'a [Line],
    class: fn(&str) -> Class,
    row: usize,
    squares: Vec<Square>,
    at: usize,
    /// Whether it stands to the right of the text, where a cursor may be that nobody moved.
    past: bool,
}

impl<'a> Walker<'a> {
    fn new(lines: &'a [Line], at: Spot, class: fn(&str) -> Class) -> Walker<'a> {
        let mut walker = Walker { lines, class, row: at.row, squares: Vec::new(), at: 0, past: false };
        walker.enter(at.row);
        walker.past = walker.squares.last().is_some_and(|last| last.col + last.width <= at.col);
        walker.at = walker.squares.partition_point(|square| square.col <= at.col).saturating_sub(1);
        walker
    }

    fn enter(&mut self, row: usize) {
        self.row = row;
        self.squares = self.lines.get(row).map(|line| rows::squares(line, self.class)).unwrap_or_default();
        self.at = 0;
        self.past = false;
    }

    fn spot(&self) -> Spot {
        Spot::new(self.row, self.squares.get(self.at).map_or(0, |square| square.col))
    }

    fn class(&self) -> Class {
        self.squares.get(self.at).filter(|_| !self.past).map_or(Class::Blank, |square| square.class)
    }

    /// Goes one character on; returns whether that is in another line, or nothing if there is none.
    fn forward(&mut self) -> Option<bool> {
        if self.at + 1 < self.squares.len() {
            self.at += 1;
            return Some(false);
        }
        let broke = !self.lines.get(self.row)?.is_wrapped();
        if self.row + 1 >= self.lines.len() {
            return None;
        }
        self.enter(self.row + 1);
        Some(broke)
    }

    /// Goes one character back; returns whether that is in another line, or nothing if there is none.
    fn back(&mut self) -> Option<bool> {
        if std::mem::take(&mut self.past) {
            return Some(false);
        }
        if self.at > 0 {
            self.at -= 1;
            return Some(false);
        }
        let row = self.row.checked_sub(1)?;
        self.enter(row);
        self.at = self.squares.len().saturating_sub(1);
        Some(!self.lines.get(row)?.is_wrapped())
    }

    fn end_of_run(mut self) -> Spot {
        let run = self.class();
        loop {
            let here = self.spot();
            if self.forward() != Some(false) || self.class() != run {
                return here;
            }
        }
    }

    fn start_of_run(mut self) -> Spot {
        let run = self.class();
        loop {
            let here = self.spot();
            if self.back() != Some(false) || self.class() != run {
                return here;
            }
        }
    }
}
