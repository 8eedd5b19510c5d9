//! Drawing copy mode: the rows, on them the matches, on them the selection, and the cursor. It stays within its area,
//! whatever size copy mode was told.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::Copy;
use super::rows;
use super::search::spot_of;
use crate::terminal::Line;
use crate::theme::Role;
use crate::tui::ink::{Ink, put_line};

impl Copy {
    /// Draws it.
    pub(in crate::tui) fn draw(&self, area: Rect, buffer: &mut Buffer, ink: Ink<'_>) {
        let area = area.intersection(*buffer.area());
        let blank = Line::blank();
        for y in 0..area.height {
            let row = self.top + usize::from(y);
            let line = self.lines().get(row).unwrap_or(&blank);
            put_line(buffer, (area.x, area.y + y), area.width, line, 0, ink);
        }
        self.draw_matches(area, buffer, ink);
        self.draw_selection(area, buffer, ink);
        if let Some((x, y)) = self.cell_of_cursor(area) {
            let line = self.lines().get(self.cursor.row).unwrap_or(&blank);
            let (start, width) = rows::cell_at(line, x - area.x);
            let strip = Strip { area, y: y - area.y };
            strip.paint(buffer, (start, width), ink.role(Role::CopyCursor));
        }
    }

    /// Returns where the cursor of the person's own terminal should be; nowhere while a search is typed, which is
    /// shown elsewhere.
    pub(in crate::tui) fn cursor(&self, area: Rect) -> Option<(u16, u16)> {
        self.cell_of_cursor(area).filter(|_| self.prompt.is_none())
    }

    fn cell_of_cursor(&self, area: Rect) -> Option<(u16, u16)> {
        let y = u16::try_from(self.cursor.row.checked_sub(self.top)?).ok()?;
        let x = self.cursor.col.min(area.width.checked_sub(1)?);
        (y < area.height).then(|| (area.x.saturating_add(x), area.y.saturating_add(y)))
    }

    fn draw_matches(&self, area: Rect, buffer: &mut Buffer, ink: Ink<'_>) {
        let Some(search) = &self.search else { return };
        let view = self.top..self.top + usize::from(area.height);
        for place in search.places(view.clone()) {
            let current = spot_of(place) == self.cursor;
            let style = ink.role(if current { Role::SearchCurrent } else { Role::SearchMatch });
            let (mut row, mut col, mut left) = (place.line, place.column, place.length);
            // What does not fit in its row goes on in the next one.
            while let Some(line) = self.lines().get(row).filter(|_| left > 0 && row < view.end) {
                let end = if line.is_wrapped() { rows::text_end(line) } else { u16::MAX };
                let here = left.min(end.saturating_sub(col));
                if let Some(y) = row.checked_sub(self.top).and_then(|y| u16::try_from(y).ok()) {
                    Strip { area, y }.paint(buffer, (col, here), style);
                }
                (row, col, left) = (row + 1, 0, left - here);
            }
        }
    }

    fn draw_selection(&self, area: Rect, buffer: &mut Buffer, ink: Ink<'_>) {
        let Some(selection) = self.selection else { return };
        let extent = selection.extent(self.lines(), self.cursor);
        let style = ink.role(Role::Selection);
        for y in 0..area.height {
            let row = self.top + usize::from(y);
            let Some(line) = self.lines().get(row) else { break };
            let end = rows::text_end(line);
            let written = rows::cells(line).map(|(col, cell)| (col, u16::from(cell.width)));
            let after = written.clone().last().map_or(0, |(col, width)| col.saturating_add(width));
            for cell in written.chain((after..area.width.max(after)).map(|col| (col, 1))) {
                if extent.shows(row, cell, end) {
                    Strip { area, y }.paint(buffer, cell, style);
                }
            }
        }
    }
}

/// One row of an area.
struct Strip {
    area: Rect,
    y: u16,
}

impl Strip {
    /// Gives `width` cells from `col` on a look, as far as they are in the area.
    fn paint(&self, buffer: &mut Buffer, (col, width): (u16, u16), style: Style) {
        if self.y >= self.area.height {
            return;
        }
        for col in col..col.saturating_add(width).min(self.area.width) {
            if let Some(cell) = buffer.cell_mut((self.area.x + col, self.area.y + self.y)) {
                cell.set_style(style);
            }
        }
    }
}
