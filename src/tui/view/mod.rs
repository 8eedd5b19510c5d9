//! What the model looks like: cells, from what `layout` computed and how the theme paints. Drawing changes nothing.
//!
//! [`draw`] draws the whole window; [`draw_agent`] one agent's place anew, for the many times at which nothing else has
//! changed.

mod bar;
mod card;
mod chart;
mod pane;
mod text;
mod tree;
mod which_key;

#[cfg(test)]
mod tests;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::Widget as _;

use super::ink::Ink;
use super::model::Model;
use super::overlay::Overlay;
use super::widget::cut;
use crate::domain::AgentId;
use crate::layout::{self, Form, Slot};
use crate::terminal::CursorShape;
use crate::theme::Role;

pub(super) use pane::offset;

/// A cursor: where it stands and what it looks like.
pub(super) type Cursor = Option<(Position, CursorShape)>;

/// Draws everything, and returns where the cursor stands.
pub(super) fn draw(model: &Model, buffer: &mut Buffer) -> Cursor {
    let ink = Ink(&model.theme);
    let area = buffer.area;
    fill(buffer, area, ink.role(Role::Text));
    if model.arrangement.area.is_empty() {
        return None;
    }
    if model.chart.org.agent_count() == 0 {
        chart::draw_empty(model, buffer);
    }
    tree::draw(model, buffer);
    chart::draw_groups(model, buffer);
    for slot in &model.arrangement.slots {
        draw_slot(model, slot, buffer);
    }
    chart::draw_links(model, buffer);
    bar::draw(model, rect(model.arrangement.status), buffer);
    bar::draw_notice(model, rect(model.arrangement.message), buffer);
    if let Some(cursor) = draw_overlays(model, buffer) {
        return cursor;
    }
    if !model.pending.is_empty() {
        if model.which_key_at.is_none() {
            which_key::draw(model, buffer);
        }
        return None;
    }
    cursor(model)
}

/// Draws one agent's place and what lies over it, within `buffer`'s area only.
pub(super) fn draw_agent(model: &Model, agent: AgentId, buffer: &mut Buffer) {
    for slot in model.arrangement.slots.iter().filter(|slot| slot.agent == agent) {
        draw_slot(model, slot, buffer);
    }
    chart::draw_links(model, buffer);
    bar::draw_notice(model, rect(model.arrangement.message), buffer);
}

/// Returns the rectangles in which an agent's frame changed something, if only these rows of its terminal changed.
pub(super) fn changed(model: &Model, agent: AgentId, rows: &std::collections::BTreeSet<u16>) -> Vec<Rect> {
    let mut out = Vec::new();
    let copying = model.copy.as_ref().is_some_and(|copy| copy.agent() == agent);
    for slot in model.arrangement.slots.iter().filter(|slot| slot.agent == agent) {
        match slot.form {
            // What a person looks back at does not move.
            Form::Pane { .. } if copying => {}
            Form::Pane { inner } => {
                let (skip, _) = model.grids.get(&agent).map(|grid| offset(grid, inner)).unwrap_or_default();
                let shown =
                    rows.iter().filter_map(|row| row.checked_sub(skip)).filter(|row| *row < inner.height);
                for row in shown {
                    let next = Rect::new(inner.x, inner.y + row, inner.width, 1);
                    // Rows that follow each other are one rectangle: it is drawn once.
                    match out
                        .last_mut()
                        .filter(|last: &&mut Rect| last.bottom() == next.y && last.x == next.x)
                    {
                        Some(last) => last.height += 1,
                        None => out.push(next),
                    }
                }
            }
            Form::Card => out.push(rect(slot.outer)),
        }
    }
    out
}

fn draw_slot(model: &Model, slot: &Slot, buffer: &mut Buffer) {
    if rect(slot.outer).intersection(buffer.area).is_empty() {
        return;
    }
    match slot.form {
        Form::Pane { inner } => pane::draw(model, slot, inner, buffer),
        Form::Card => card::draw(model, slot, buffer),
    }
}

/// Returns where the cursor stands and what it looks like, with nothing over the chart.
pub(super) fn cursor(model: &Model) -> Cursor {
    let agent = model.cursor_in()?;
    let inner = model.arrangement.pane(agent)?.inner()?;
    if let Some(copy) = &model.copy {
        let at = copy.cursor(rect(inner)).filter(|_| copy.agent() == agent)?;
        return Some((at.into(), CursorShape::Block));
    }
    let grid = model.grids.get(&agent)?;
    let cursor = grid.cursor();
    let (rows, cols) = offset(grid, inner);
    let (row, col) = (cursor.at.row.checked_sub(rows)?, cursor.at.col.checked_sub(cols)?);
    let shown = cursor.visible && row < inner.height && col < inner.width;
    shown.then(|| (Position::new(inner.x + col, inner.y + row), cursor.shape))
}

fn draw_overlays(model: &Model, buffer: &mut Buffer) -> Option<Cursor> {
    let (top, below) = model.overlays.split_last()?;
    for overlay in below {
        draw_overlay(overlay.as_ref(), model, buffer);
    }
    let cursor = draw_overlay(top.as_ref(), model, buffer);
    Some(cursor.map(|at| (at.into(), CursorShape::Bar)))
}

fn draw_overlay(overlay: &dyn Overlay, model: &Model, buffer: &mut Buffer) -> Option<(u16, u16)> {
    let ink = Ink(&model.theme);
    let (outer, inner) = overlay_area(overlay, model);
    // A wide character half under the box would be torn: its other half goes with it.
    text::clear_edges(buffer, outer);
    fill(buffer, outer, ink.role(Role::Overlay));
    if outer.width == inner.width {
        let hint = cut(&overlay.hint(), outer.width.into());
        if outer != inner {
            text::put(
                buffer,
                (outer.x, outer.bottom() - 1),
                &hint,
                outer.width,
                ink.role(Role::OverlayTitle),
            );
        }
    } else {
        let block = ratatui::widgets::Block::bordered()
            .border_type(ratatui::widgets::BorderType::Rounded)
            .border_style(ink.role(Role::OverlayBorder));
        block.render(outer, buffer);
        let width = outer.width.saturating_sub(4);
        let title = cut(&format!(" {} ", overlay.title()), width.into());
        buffer.set_stringn(outer.x + 2, outer.y, &title, width.into(), ink.role(Role::OverlayTitle));
        let hint = cut(&format!(" {} ", overlay.hint()), width.into());
        let at = (outer.right() - 2).saturating_sub(text::columns_of(&hint)).max(outer.x + 2);
        if !overlay.hint().is_empty() {
            buffer.set_stringn(at, outer.bottom() - 1, &hint, width.into(), ink.role(Role::OverlayBorder));
        }
    }
    overlay.draw(model, inner, buffer)
}

/// Returns an overlay's place, with and without its border. Where there is hardly room, it has none.
pub(super) fn overlay_area(overlay: &dyn Overlay, model: &Model) -> (Rect, Rect) {
    let window = rect(model.area);
    let room = (window.width.saturating_sub(4), window.height.saturating_sub(3));
    if window.height < 6 || window.width < 24 {
        // No border; its last row says which keys do something.
        let rows = if window.height < 3 { window.height } else { window.height - 1 };
        return (window, Rect { height: rows, ..window });
    }
    let (width, height) = overlay.wants(model, room);
    let (width, height) = (width.clamp(1, room.0) + 2, height.clamp(1, room.1) + 2);
    let x = (window.width - width) / 2;
    // A little above the middle: what is below stays to be read.
    let y = (window.height - height) / 3;
    let outer = Rect::new(x, y, width, height);
    let inner = Rect::new(x + 1, y + 1, width - 2, height - 2);
    (outer, inner)
}

fn fill(buffer: &mut Buffer, area: Rect, style: ratatui::style::Style) {
    for position in area.intersection(buffer.area).positions() {
        if let Some(cell) = buffer.cell_mut(position) {
            cell.reset();
            cell.set_style(style);
        }
    }
}

/// Returns a rectangle of the layout as one that is drawn in.
pub(super) fn rect(rect: layout::Rect) -> Rect {
    Rect::new(rect.x, rect.y, rect.width, rect.height)
}
