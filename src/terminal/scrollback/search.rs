//! Finding text in a history. Rows that only went on because they were full are one line, so what is broken by the
//! edge of the screen is found all the same.

use super::History;
use crate::terminal::line::Line;

/// A place where the text was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// The number of the line that it begins in.
    pub line: usize,
    /// The column that it begins at.
    pub column: u16,
    /// How many columns it is long; past the end of its row, it goes on in the next one.
    pub length: u16,
}

impl History {
    /// Returns where `text` is found, from the oldest line on, at most `limit` places, which do not overlap. Case
    /// matters if there is an upper-case letter in `text`.
    #[must_use]
    pub fn search(&self, text: &str, limit: usize) -> Vec<Match> {
        let exact = text.chars().any(char::is_uppercase);
        let wanted = if exact { text.to_owned() } else { text.to_lowercase() };
        let mut found = Vec::new();
        if wanted.is_empty() {
            return found;
        }
        let finder = memchr::memmem::Finder::new(wanted.as_bytes());
        let mut unfolded = Unfolded::default();
        for (first, rows) in self.logical() {
            unfolded.fill(first, rows, exact);
            let places = finder.find_iter(unfolded.text.as_bytes());
            for place in places.take(limit - found.len()) {
                found.push(unfolded.place(place, place + wanted.len()));
            }
            if found.len() == limit {
                break;
            }
        }
        found
    }
}

/// The text of a folded line, and where each cell of it is.
#[derive(Default)]
struct Unfolded {
    text: String,
    /// Where in the text a cell begins, its row, its column and its width.
    cells: Vec<(usize, usize, u16, u16)>,
}

impl Unfolded {
    fn fill(&mut self, first: usize, rows: &[Line], exact: bool) {
        self.text.clear();
        self.cells.clear();
        for (row, line) in (first..).zip(rows) {
            let mut col = 0;
            for cell in line.cells() {
                let width = u16::from(cell.width);
                self.cells.push((self.text.len(), row, col, width));
                col += width;
                match cell.text {
                    "" => self.text.push(' '),
                    text if exact => self.text.push_str(text),
                    text if text.is_ascii() => self.text.extend(text.chars().map(|c| c.to_ascii_lowercase())),
                    text => self.text.extend(text.chars().flat_map(char::to_lowercase)),
                }
            }
        }
    }

    /// Returns where the text from byte `start` to before byte `end` is.
    fn place(&self, start: usize, end: usize) -> Match {
        let first = self.cells.partition_point(|cell| cell.0 <= start).saturating_sub(1);
        let last = self.cells.partition_point(|cell| cell.0 < end);
        let covered = self.cells.get(first..last).unwrap_or_default();
        let (line, column) = covered.first().map_or((0, 0), |cell| (cell.1, cell.2));
        Match { line, column, length: covered.iter().map(|cell| cell.3).sum() }
    }
}
