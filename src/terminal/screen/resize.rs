//! Another size.
//!
//! Nothing visible is lost needlessly. At another width, the lines of the primary screen are folded anew
//! ([`super::refold`]); the alternate screen is not, for programs draw it again. A primary screen that has too many rows
//! first loses blank rows under the cursor, then rows at the top, which become history like any that scroll away, and
//! only then rows under the cursor.

use super::Screen;
use super::engine::Buffer;
use super::rows::Rows;
use super::state::Margins;
use super::{Blank, view};
use crate::domain::{Position, Size};
use crate::terminal::style::Color;

impl Screen {
    /// Changes the size. The margins are set back to the whole screen, as everywhere.
    pub fn resize(&mut self, size: Size) {
        let old = self.size();
        if size == old {
            return;
        }
        let shown = self.engine.active();
        let place = self.at;
        self.engine.show(Buffer::Primary);
        let cursor = if shown == Buffer::Primary { place } else { self.hidden_cursor() };
        let refolded = (size.cols() != old.cols()).then(|| self.refold(cursor, size));
        let mut lost = 0;
        if refolded.is_some() {
            self.engine.renew();
        } else {
            self.put(b"\x1b[r");
            self.state.margins = Margins::full(old);
            lost = self.make_room(cursor.row, size);
        }
        if self.engine.resize(size).is_err() {
            self.panics = self.panics.saturating_add(1);
            self.notices.push(crate::terminal::notice::Notice::Repaint);
            self.engine.show(Buffer::Primary);
            self.engine.renew();
        }
        self.state.margins = Margins::full(size);
        self.state.tabs.resize(size.cols());
        for (page, lost) in self.state.pages.iter_mut().zip([lost, 0]) {
            if let Some(saved) = &mut page.saved {
                saved.at = fitted(saved.at, lost, old, size);
            }
        }
        if let Some(refolded) = &refolded {
            self.put(&refolded.painting);
            self.go(refolded.cursor.row, 0);
            let [primary, _] = &mut self.state.pages;
            if let (Some(saved), Some(at)) = (&mut primary.saved, refolded.saved) {
                saved.at = at;
            }
        }
        let blank = Blank { rows: Rows::none(size.rows()), background: Color::Default };
        self.blank = [blank.clone(), blank];
        self.dirty = Rows::all(size.rows());
        self.view.resize(size);
        self.engine.show(shown);
        let place = match shown {
            Buffer::Primary => refolded.map_or(fitted(place, lost, old, size), |refolded| refolded.cursor),
            // vt100 knows which rows it cut off.
            Buffer::Alternate => fitted(Position { row: self.engine.cursor().row, ..place }, 0, old, size),
        };
        self.put_pen();
        self.stand(place);
        self.report_resize();
    }

    /// Scrolls away what cannot stay of the primary screen when it gets shorter; returns how many rows went. The cursor
    /// is in `row`.
    fn make_room(&mut self, row: u16, size: Size) -> u16 {
        let old = self.size();
        if size.rows() >= old.rows() {
            return 0;
        }
        let used = (row + 1..old.rows()).rev().find(|row| !self.is_blank(*row)).unwrap_or(row);
        // The row that the cursor is in stays whatever happens.
        let lost = (used + 1).saturating_sub(size.rows()).min(row);
        if lost > 0 {
            self.put_scroll(lost);
        }
        // vt100 cuts off at the bottom what lies below its cursor, and at the top what lies above.
        self.go((row - lost).min(size.last_row()), 0);
        lost
    }

    /// Returns where the primary screen's cursor will be when it is shown again, while it is not.
    fn hidden_cursor(&self) -> Position {
        let [primary, _] = &self.state.pages;
        // Of a cursor that was not saved, a checkpoint knows the row only.
        primary.saved.map_or_else(|| Position { row: self.engine.cursor().row, col: 0 }, |saved| saved.at)
    }

    fn is_blank(&self, row: u16) -> bool {
        let screen = self.engine.screen();
        (0..self.size().cols()).all(|col| screen.cell(row, col).is_none_or(view::is_empty))
    }
}

/// Returns where a place is after `lost` rows left at the top and the size changed.
fn fitted(place: Position, lost: u16, old: Size, new: Size) -> Position {
    let waits = place.col >= old.cols() && new.cols() == old.cols();
    let col = if waits { place.col } else { place.col.min(new.last_col()).min(old.last_col()) };
    Position { row: place.row.saturating_sub(lost).min(new.last_row()), col }
}
