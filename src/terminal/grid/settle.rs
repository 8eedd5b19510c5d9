//! Handing slices over to vt100, and the account of what they may have done.
//!
//! A slice is text and sequences that stay in their row, perhaps led by one that names the row; only line feeds and
//! wrapping move the cursor down from there. So the cursor before and after tells which rows the slice touched.

use memchr::{memchr_iter, memrchr_iter};

use super::Grid;
use super::run::Run;
use crate::domain::Position;
use crate::terminal::parse::csi::{Csi, CsiParse};
use crate::terminal::parse::escape::ESC;
use crate::terminal::pen::Pen;
use crate::terminal::sequence::put_csi;
use crate::terminal::style::{Color, Style};

impl Grid {
    /// Hands over the bytes that wait and takes the current token out of the stream.
    #[inline]
    pub fn take(&mut self, run: &mut Run<'_>) {
        self.cut(run);
        run.skip_token();
    }

    /// Hands over the bytes that wait; the current token begins the next slice.
    pub(super) fn cut(&mut self, run: &mut Run<'_>) {
        let slice = run.cut();
        if !slice.is_empty() && !self.leap(slice, run.reach.line_feeds) {
            let before = self.at;
            if !self.departed.kept {
                self.put(slice);
            } else if !self.lay_out(slice, run.reach.line_feeds) {
                self.put_in_pieces(slice);
            }
            self.account(before, run.reach.line_feeds, run.reach.wraps);
        }
        self.slice_pen = self.pen;
        self.start(run);
    }

    /// Notes what text may have done that moved the cursor here from `before` with `line_feeds` and at most `wraps`.
    pub(super) fn account(&mut self, before: Position, line_feeds: usize, wraps: usize) {
        let margins = self.margins;
        let first = before.row.min(self.at.row);
        let last = before.row.max(self.at.row);
        let down = usize::from(before.row) + line_feeds + wraps;
        if self.at.row == margins.bottom && down > usize::from(margins.bottom) {
            let scrolled = (usize::from(before.row) + line_feeds).saturating_sub(usize::from(margins.bottom));
            self.dirty.set(margins.top, margins.bottom, true);
            let blank = self.blank_mut();
            if wraps == 0 && margins.has(before.row) {
                let fresh = blank.background == Color::Default;
                let scrolled = u16::try_from(scrolled).unwrap_or(u16::MAX);
                blank.rows.shift_up(margins.top, margins.bottom, scrolled, fresh);
                let from = before.row.saturating_sub(scrolled).max(margins.top);
                blank.rows.set(from, margins.bottom, false);
            } else {
                blank.rows.set(margins.top, margins.bottom, false);
            }
        }
        self.touch(first, last);
    }

    /// Notes that the rows from `first` to `last` changed.
    pub(super) fn touch(&mut self, first: u16, last: u16) {
        self.dirty.set(first, last, true);
        self.blank_mut().rows.set(first, last, false);
    }

    /// Hands over only the end of a slice if everything before scrolls out of sight; returns whether it did.
    ///
    /// Where enough line feeds follow a place in the slice, every row of the screen is written after it, and the bytes
    /// before it show only in the pen. The cursor must have been in the last row at that place, and the whole screen must
    /// scroll.
    fn leap(&mut self, slice: &[u8], line_feeds: usize) -> bool {
        let rows = usize::from(self.size().rows());
        let margins = self.margins;
        if line_feeds <= rows || usize::from(margins.height()) != rows || self.departed.kept {
            return false;
        }
        let Some(place) = leap_place(slice, rows) else { return false };
        let (before, after) = slice.split_at(place);
        let to_bottom = rows - 1 - usize::from(self.at.row);
        if to_bottom > 0 && memchr_iter(b'\n', before).nth(to_bottom - 1).is_none() {
            return false;
        }
        let pen = pen_after(self.slice_pen, before);
        self.scratch.clear();
        put_csi(&mut self.scratch, &[margins.bottom + 1, 1], b'H');
        self.inks.put_sgr(&pen, &mut self.scratch);
        self.put_scratch();
        self.put(after);
        self.dirty.set_all(true);
        self.blank_mut().rows.set_all(false);
        true
    }
}

/// Returns the place in a slice that exactly `rows` line feeds follow, if there is a line feed before it.
pub(super) fn leap_place(slice: &[u8], rows: usize) -> Option<usize> {
    memrchr_iter(b'\n', slice).nth(rows).map(|at| at + 1)
}

/// Returns `pen` after the SGR sequences of a slice.
pub(super) fn pen_after(pen: Pen, slice: &[u8]) -> Pen {
    let mut csi = Csi::default();
    let is_sgr = |place: usize, csi: &mut Csi| {
        let parameters = slice.get(place + 1..).unwrap_or_default().strip_prefix(b"[").unwrap_or_default();
        matches!(csi.parse(parameters), CsiParse::Done(_)) && csi.final_byte == b'm' && csi.prefix == 0
    };
    // Most output resets its pen often, so the search back for a reset is short.
    let reset =
        memrchr_iter(ESC, slice).take(256).find(|place| is_sgr(*place, &mut csi) && csi.value(0) == 0);
    let (mut pen, from) = match reset {
        Some(place) => (Pen { style: Style::default(), ..pen }, place),
        None => (pen, 0),
    };
    for place in memchr_iter(ESC, slice.get(from..).unwrap_or_default()) {
        if is_sgr(from + place, &mut csi) {
            pen.apply(&csi);
        }
    }
    pen
}
