//! The mouse in copy mode: the wheel scrolls; pressing, dragging and letting go selects and copies.

use super::motion;
use super::rows::{self, Spot};
use super::selection::{Kind, Selection};
use super::{Copy, CopyReply};

/// A button that is down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Held {
    unit: Unit,
    /// What it went down on, from its first character to its last.
    pub(super) first: Spot,
    pub(super) last: Spot,
}

/// What the mouse selects at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Character,
    Word,
    Line,
}

impl Copy {
    /// Scrolls: down to newer lines, or up if `lines` is negative. Ends copy mode when scrolled past the newest line,
    /// unless something is selected or searched for.
    pub(in crate::tui) fn wheel(&mut self, lines: i32) -> CopyReply {
        // What is still owed of scrolling up is taken back first.
        let back = usize::try_from(lines).unwrap_or(0).min(self.owed);
        self.owed -= back;
        let missing = self.scroll(i64::from(lines) - back as i64);
        if self.waits && lines < 0 {
            self.owed += missing;
        }
        self.settle();
        let busy = self.selection.is_some() || self.search.is_some() || self.prompt.is_some();
        if lines > 0 && missing > 0 && !busy { CopyReply::Leave } else { CopyReply::Stay }
    }

    /// Takes a button going down at a cell of the pane: once begins to select, twice selects the word, thrice the line.
    pub(in crate::tui) fn press(&mut self, x: u16, y: u16, clicks: u8) -> CopyReply {
        let spot = self.spot_at(x, y);
        let unit = match clicks {
            0 | 1 => Unit::Character,
            2 => Unit::Word,
            _ => Unit::Line,
        };
        let (first, last) = self.unit_at(unit, spot);
        self.held = Some(Held { unit, first, last });
        self.selection = match unit {
            Unit::Character => None,
            Unit::Word => Some(Selection { anchor: first, kind: Kind::Characters }),
            Unit::Line => Some(Selection { anchor: first, kind: Kind::Lines }),
        };
        let view = self.top;
        self.move_to(last);
        self.top = view;
        self.settle();
        CopyReply::Stay
    }

    /// Extends what the mouse selects to a cell of the pane; one outside of it scrolls by a line.
    pub(in crate::tui) fn drag(&mut self, x: i32, y: i32) {
        let Some(held) = self.held else { return };
        if y < 0 {
            self.move_view(-1);
        } else if y >= i32::from(self.rows) {
            self.move_view(1);
        }
        let cell = |at: i32, count: u16| u16::try_from(at.max(0)).unwrap_or(u16::MAX).min(count - 1);
        let spot = self.spot_at(cell(x, self.cols), cell(y, self.rows));
        let (first, last) = self.unit_at(held.unit, spot);
        if self.selection.is_none() && (first, last) == (held.first, held.last) {
            return;
        }
        let kind = if held.unit == Unit::Line { Kind::Lines } else { Kind::Characters };
        let (anchor, cursor) =
            if first < held.first { (held.last, first) } else { (held.first, last.max(held.last)) };
        self.selection = Some(Selection { anchor, kind });
        let view = self.top;
        self.move_to(cursor);
        self.top = view;
        self.settle();
    }

    /// Takes the button going up: hands out what the mouse has selected.
    pub(in crate::tui) fn release(&mut self) -> CopyReply {
        if self.held.take().is_none() {
            return CopyReply::Stay;
        }
        let reply = if self.selection.is_some() { self.take() } else { CopyReply::Stay };
        if !matches!(reply, CopyReply::Take(_)) {
            self.selection = None;
        }
        // A word or a line may reach out of the view, which stayed where it was under the mouse.
        self.show_cursor();
        self.settle();
        reply
    }

    /// Moves the view, and the cursor no further than it needs to stay in it. Returns how many rows were not there.
    pub(super) fn scroll(&mut self, rows: i64) -> usize {
        let missing = self.move_view(rows);
        let view = self.view();
        let last = view.end.saturating_sub(1).max(view.start);
        let row = self.cursor.row.clamp(view.start, last);
        self.vertically(row as i64 - self.cursor.row as i64);
        missing
    }

    fn spot_at(&self, x: u16, y: u16) -> Spot {
        let view = self.view();
        let row = (self.top + usize::from(y)).min(view.end.saturating_sub(1));
        self.within(Spot::new(row, x))
    }

    fn unit_at(&self, unit: Unit, spot: Spot) -> (Spot, Spot) {
        match unit {
            Unit::Character => (spot, spot),
            Unit::Word => motion::word_at(self.lines(), spot, rows::click_class).unwrap_or((spot, spot)),
            Unit::Line => {
                let row = rows::line_end(self.lines(), spot.row);
                let start = motion::start_of_line(self.lines(), spot);
                (start, Spot::new(row, self.lines().get(row).map_or(0, rows::last_col)))
            }
        }
    }
}
