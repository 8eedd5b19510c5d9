//! Another size.
//!
//! Nothing visible is lost needlessly. At another width, the lines of the primary screen are folded ([`refold`]); those
//! of the alternate screen are not, for programs draw it again. Rows without room leave as [`Grid::resize`] says.
//!
//! [`Grid::resize`]: crate::terminal::grid::Grid::resize

use super::Screen;
use super::refold::refold;
use crate::domain::{Position, Size};
use crate::terminal::grid::Buffer;

impl Screen {
    /// Changes the size. The margins become those of the whole screen.
    pub fn resize(&mut self, size: Size) {
        let old = self.size();
        if size == old {
            return;
        }
        let shown = self.grid.active();
        let place = self.grid.at();
        let cursor = if shown == Buffer::Primary { place } else { self.hidden_cursor() };
        let refolded = (size.cols() != old.cols()).then(|| {
            let [primary, _] = &self.state.pages;
            refold(&self.grid.lines(Buffer::Primary), old, size, cursor, primary.saved.map(|saved| saved.at))
        });
        let mut lost = 0;
        let (mut folded_cursor, mut folded_saved) = (None, None);
        if let Some(refolded) = refolded {
            self.grid.resize_folded(size, &refolded.rows, refolded.gone, refolded.cursor.row);
            (folded_cursor, folded_saved) = (Some(refolded.cursor), refolded.saved);
        } else {
            lost = self.grid.resize(size, cursor.row);
        }
        self.state.tabs.resize(size.cols());
        for (page, lost) in self.state.pages.iter_mut().zip([lost, 0]) {
            if let Some(saved) = &mut page.saved {
                saved.at = fitted(saved.at, lost, old, size);
            }
        }
        let [primary, _] = &mut self.state.pages;
        if let (Some(saved), Some(at)) = (&mut primary.saved, folded_saved) {
            saved.at = at;
        }
        self.view.resize(size);
        self.grid.stand(match shown {
            Buffer::Primary => folded_cursor.unwrap_or_else(|| fitted(place, lost, old, size)),
            // The grid knows which rows it cut off.
            Buffer::Alternate => {
                fitted(Position { row: self.grid.cursor_row(Buffer::Alternate), ..place }, 0, old, size)
            }
        });
        self.report_resize();
    }

    /// Returns where the primary screen's cursor will be when it is shown again, while it is not.
    fn hidden_cursor(&self) -> Position {
        let [primary, _] = &self.state.pages;
        // Of a cursor that was not saved, a checkpoint has only the row.
        let unsaved = || Position { row: self.grid.cursor_row(Buffer::Primary), col: 0 };
        primary.saved.map_or_else(unsaved, |saved| saved.at)
    }
}

/// Returns where a place is after `lost` rows left at the top and the size changed.
fn fitted(place: Position, lost: u16, old: Size, new: Size) -> Position {
    let waits = place.col >= old.cols() && new.cols() == old.cols();
    let col = if waits { place.col } else { place.col.min(new.last_col()).min(old.last_col()) };
    Position { row: place.row.saturating_sub(lost).min(new.last_row()), col }
}
