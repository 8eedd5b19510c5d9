//! Handing slices over to vt100, and keeping account of what they may have done.
//!
//! A slice is text and sequences that stay in their row, perhaps led by one that says in which; only line feeds and
//! wrapping take it down from there. So where the cursor was and is tells which rows it touched.

use memchr::{memchr_iter, memrchr_iter};

use super::feed::ESC;
use super::pen::Pen;

use super::state::index;
use super::{Blank, Screen};
use crate::domain::Position;
use crate::terminal::notice::Notice;
use crate::terminal::parse::csi::{Csi, CsiParse};
use crate::terminal::parse::text::Reach;
use crate::terminal::sequence::put_csi;
use crate::terminal::style::{Color, Style};

/// Bytes on their way, of which some wait to be handed over.
#[derive(Debug)]
pub(super) struct Run<'a> {
    pub bytes: &'a [u8],
    /// Where what waits begins.
    from: usize,
    /// Where the sequence or text being looked at begins.
    pub at: usize,
    /// Where it ends.
    pub end: usize,
    /// How far what waits may reach.
    pub reach: Reach,
    /// How many bytes came before these.
    base: u64,
}

impl<'a> Run<'a> {
    /// Returns the way of `bytes`, before which `base` came.
    pub const fn new(bytes: &'a [u8], base: u64) -> Run<'a> {
        let reach = Reach { cols: 0, col: 0, wraps: 0, line_feeds: 0 };
        Run { bytes, from: 0, at: 0, end: 0, reach, base }
    }

    /// Goes on behind what was looked at; the cursor stands at `col` of `cols` if nothing waits.
    pub fn step(&mut self, col: u16, cols: u16) {
        self.at = self.end;
        if self.from == self.at {
            self.start(col, cols);
        }
    }

    /// Begins to count anew with the cursor at `col` of `cols`.
    pub fn start(&mut self, col: u16, cols: u16) {
        self.reach = Reach { cols: usize::from(cols), col: usize::from(col), wraps: 0, line_feeds: 0 };
    }

    /// Returns what is left.
    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Returns what is being looked at.
    pub fn token(&self) -> &'a [u8] {
        self.bytes.get(self.at..self.end).unwrap_or_default()
    }

    /// Returns whether a carriage return is what came before; `first` says it for the very first byte.
    pub fn after_return(&self, first: bool) -> bool {
        if self.at == 0 { first } else { self.bytes.get(self.at - 1) == Some(&b'\r') }
    }
}

/// How much work output may ask for: in units of one cell moved, so many for each byte, saved up to a limit.
///
/// What counts is the place in the stream, so that how output comes in pieces makes no difference. Only a program that
/// does nothing but scroll or repeat ever gets to the end of it, and what it then asks for is left out.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Budget {
    owed: u64,
    since: u64,
}

/// The units of work that each byte of output earns.
const EARNED: u64 = 512;
/// The screens' worth of work that can be done ahead.
const AHEAD: u64 = 256;

impl Budget {
    /// Spends `work` at place `at` of the stream on a screen of `cells` cells; returns whether it is granted.
    fn spend(&mut self, work: u64, at: u64, cells: u32) -> bool {
        self.owed = self.owed.saturating_sub((at.saturating_sub(self.since)).saturating_mul(EARNED));
        self.since = at;
        let granted = self.owed + work <= u64::from(cells) * AHEAD;
        if granted {
            self.owed += work;
        }
        granted
    }

    /// Returns what is owed, and since which place.
    pub const fn parts(self) -> (u64, u64) {
        (self.owed, self.since)
    }

    /// Returns the budget with these parts.
    pub const fn from_parts(owed: u64, since: u64) -> Budget {
        Budget { owed, since }
    }
}

impl Screen {
    /// Hands over what waits and takes what is being looked at out of the stream.
    pub(super) fn take(&mut self, run: &mut Run<'_>) {
        self.cut(run);
        run.from = run.end;
        // Where the work asked for next stands in the stream.
        self.lexer.place = run.base + run.end as u64;
    }

    /// Hands over what waits; what is being looked at begins the next slice.
    pub(super) fn cut(&mut self, run: &mut Run<'_>) {
        let slice = run.bytes.get(run.from..run.at).unwrap_or_default();
        run.from = run.at;
        if !slice.is_empty() && !self.leap(slice, run.reach.line_feeds) {
            let before = self.at;
            if self.engine.departures().kept {
                self.put_in_pieces(slice, run.reach.line_feeds);
            } else {
                self.put(slice);
            }
            self.account(before, run.reach.line_feeds, run.reach.wraps);
        }
        self.slice_pen = self.state.pen;
        run.start(self.at.col, self.size().cols());
    }

    /// Passes bytes to vt100 and sees where its cursor is then.
    pub(super) fn put(&mut self, bytes: &[u8]) {
        if self.engine.put(bytes).is_err() {
            self.recover();
        }
        self.at = self.engine.cursor();
    }

    /// Passes on what stands in the scratch buffer.
    pub(super) fn put_scratch(&mut self) {
        let scratch = std::mem::take(&mut self.scratch);
        self.put(&scratch);
        self.scratch = scratch;
        self.scratch.clear();
    }

    /// Notes what text that led the cursor here from `before` with `line_feeds` and at most `wraps` may have done.
    pub(super) fn account(&mut self, before: Position, line_feeds: usize, wraps: usize) {
        let margins = self.state.margins;
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

    /// Returns which rows of the buffer that is shown are known to be blank.
    pub(super) fn blank_mut(&mut self) -> &mut Blank {
        let [primary, alternate] = &mut self.blank;
        if index(self.engine.active()) == 0 { primary } else { alternate }
    }

    /// Asks for `work` units of work; returns whether they are granted.
    pub(super) fn spend(&mut self, work: u64) -> bool {
        let cells = self.size().cells();
        self.budget.spend(work, self.lexer.place, cells)
    }

    /// Hands over only the end of a slice of which all before scrolls out of sight, if it is such a one.
    ///
    /// With so many line feeds that every row on the screen is one that was written after a certain place, what was
    /// written before does not show, save for the pen. It has to be sure that the cursor stood in the last row at that
    /// place, and the whole screen has to scroll.
    fn leap(&mut self, slice: &[u8], line_feeds: usize) -> bool {
        let rows = usize::from(self.size().rows());
        let margins = self.state.margins;
        if line_feeds <= rows || usize::from(margins.height()) != rows || self.engine.departures().kept {
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

    /// vt100 panicked: goes on with a new parser that shows what can still be read.
    fn recover(&mut self) {
        self.panics = self.panics.saturating_add(1);
        self.notices.push(Notice::Repaint);
        self.rebuild();
    }
}

/// Returns the place in a slice behind which exactly `rows` line feeds come, if there is a line feed before it.
pub(super) fn leap_place(slice: &[u8], rows: usize) -> Option<usize> {
    memrchr_iter(b'\n', slice).nth(rows).map(|at| at + 1)
}

/// Returns what becomes of `pen` by the SGR sequences of a slice.
pub(super) fn pen_after(pen: Pen, slice: &[u8]) -> Pen {
    let mut csi = Csi::default();
    let is_sgr = |place: usize, csi: &mut Csi| {
        let parameters = slice.get(place + 1..).unwrap_or_default().strip_prefix(b"[").unwrap_or_default();
        matches!(csi.parse(parameters), CsiParse::Done(_)) && csi.final_byte == b'm' && csi.prefix == 0
    };
    // Most output sets its pen back often, so it is rarely far to where nothing before matters.
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
