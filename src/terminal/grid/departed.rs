//! Lines that leave the top of the primary screen, for history. The live screen keeps none.
//!
//! A row that leaves is read just before. The bytes handed to vt100 at a time are therefore few enough that no row leaves
//! that the same bytes wrote.

use super::Grid;
use super::engine::Buffer;
use crate::domain::Size;
use crate::terminal::line::{Line, LineWriter};
use crate::terminal::parse::csi::Csi;
use crate::terminal::parse::escape::{self, Escape};
use crate::terminal::parse::text::{Decoded, decode};

/// The lines that left.
#[derive(Debug, Default)]
pub(super) struct Departed {
    /// Whether lines that leave are kept.
    pub kept: bool,
    pub lines: Vec<Line>,
    /// How many of the next rows to leave are among `lines` already.
    pub taken: usize,
}

impl Grid {
    /// Begins to keep the lines that leave.
    pub fn keep_departures(&mut self) {
        self.departed.kept = true;
    }

    /// Returns the lines that left the primary screen since the last call.
    pub fn take_departed(&mut self) -> Vec<Line> {
        std::mem::take(&mut self.departed.lines)
    }

    /// Passes bytes to vt100 by which at most `count` rows leave the top of the region.
    pub(super) fn put_scrolling(&mut self, bytes: &[u8], count: usize) {
        let keeps = self.departed.kept && self.engine.active() == Buffer::Primary && self.margins.top == 0;
        if !keeps {
            return self.put(bytes);
        }
        let count = count.min(usize::from(self.margins.height()));
        let unseen = self.departed.taken.min(count);
        let (mut writer, blank) = (LineWriter::default(), Line::blank());
        let leaving: Vec<Line> = (unseen..count)
            .filter_map(|row| u16::try_from(row).ok())
            .map(|row| self.read_row(row, &mut writer, &blank))
            .collect();
        self.engine.take_departures();
        self.put(bytes);
        let gone = self.engine.take_departures();
        self.departed.taken = self.departed.taken.saturating_sub(unseen.min(gone));
        self.departed.lines.extend(leaving.into_iter().take(gone.saturating_sub(unseen)));
    }

    /// Passes a slice to vt100, in pieces by which no row leaves that the same piece wrote.
    pub(super) fn put_in_pieces(&mut self, slice: &[u8]) {
        let mut rest = slice;
        while !rest.is_empty() {
            let steps = usize::from(self.margins.bottom);
            let (len, down) = piece(rest, steps, usize::from(self.at.col), self.size());
            let (head, tail) = rest.split_at(len.min(rest.len()));
            let below = usize::from(self.margins.bottom.saturating_sub(self.at.row));
            self.put_scrolling(head, down.saturating_sub(below));
            rest = tail;
        }
    }
}

/// Returns how many bytes of a slice move the cursor down at most `steps` rows, and how many rows they move it, at most.
fn piece(slice: &[u8], steps: usize, mut col: usize, size: Size) -> (usize, usize) {
    let cols = usize::from(size.cols());
    let mut csi = Csi::default();
    let (mut at, mut down) = (0, 0);
    while let Some(&byte) = slice.get(at) {
        let rest = slice.get(at..).unwrap_or_default();
        let len = match byte {
            0x1b => {
                col = cols;
                match escape::parse(rest, &mut csi) {
                    Escape::Csi(len)
                    | Escape::Esc(len, ..)
                    | Escape::Opens(len, _)
                    | Escape::Nothing(len) => len,
                    Escape::Incomplete | Escape::Interrupted(_) => return (slice.len(), down),
                }
            }
            b'\n' if down == steps => return (at, down),
            b'\n' => {
                down += 1;
                1
            }
            b'\r' => {
                col = 0;
                1
            }
            b'\t' => {
                col = (col / 8 * 8 + 8).min(cols);
                1
            }
            _ => {
                let len = match decode(rest) {
                    Decoded::Char(_, len) | Decoded::Invalid(len) => len,
                    Decoded::Incomplete => rest.len(),
                };
                col += len;
                if col > cols {
                    if down == steps {
                        return (at, down);
                    }
                    down += 1;
                    col = len;
                }
                len
            }
        };
        at += len;
    }
    (slice.len(), down)
}
