//! An agent's card: glyph, name, what it is doing, and the last line it printed; on one row, on two, or in a border.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget as _;

use super::pane::{Regard, badges, task_of};
use super::rect;
use super::text::{Writer, columns_of};
use crate::domain::AgentState;
use crate::layout::{Slot, Standing};
use crate::protocol::AgentView;
use crate::terminal::Mirror;
use crate::theme::Role;
use crate::tui::ink::Ink;
use crate::tui::model::Model;
use crate::tui::widget::cut;

pub(super) fn draw(model: &Model, slot: &Slot, buffer: &mut Buffer) {
    let ink = Ink(&model.theme);
    let Some(view) = model.chart.agent(slot.agent) else { return };
    let regard = Regard::of(model, slot.agent);
    let mut area = rect(slot.outer);
    super::fill(buffer, area.intersection(buffer.area), ink.role(Role::Text));
    if slot.framed() && buffer.area.intersection(area) == area {
        let kind = if regard.receives {
            ratatui::widgets::BorderType::Thick
        } else {
            ratatui::widgets::BorderType::Rounded
        };
        let style = ink.state(model.chart.state(slot.agent));
        ratatui::widgets::Block::bordered().border_type(kind).border_style(style).render(area, buffer);
    }
    if slot.framed() {
        area = Rect::new(area.x + 1, area.y + 1, area.width.saturating_sub(2), area.height.saturating_sub(2));
    }
    if area.is_empty() {
        return;
    }
    let head = Writer::new(buffer, (area.x, area.y), area.width);
    draw_head(model, slot, view, regard, area.height, head);
    if area.height > 1 {
        let mut line = Writer::new(buffer, (area.x, area.y + 1), area.width);
        line.put("  ", ink.role(Role::Muted));
        line.put(&second(model, slot, view), ink.role(Role::Muted));
    }
}

/// The first row: glyph, name, badges; where there is room, the state's word; with no second row, what it is doing.
fn draw_head(model: &Model, slot: &Slot, view: &AgentView, regard: Regard, rows: u16, mut line: Writer<'_>) {
    let ink = Ink(&model.theme);
    let state = model.chart.state(slot.agent);
    line.put(&format!("{} ", state.glyph()), ink.state(state));
    let star = if slot.standing == Standing::Member { "" } else { "★" };
    let name = format!("{star}{}", view.name);
    let badges = badges(view);
    let room = line.left();
    let wide = columns_of(&name) + 1;
    if room > wide + 9 {
        line.put_right(&word(state), wide, ink.state(state));
    }
    line.put(&name, regard.name_style(ink));
    for (badge, role) in badges {
        let short = badge.split(' ').next().unwrap_or_default();
        line.put_whole(&format!(" {short}"), ink.role(role));
    }
    if rows == 1 && line.left() > 6 {
        line.put(" ", ink.role(Role::Muted));
        let room = line.left().saturating_sub(1);
        line.put(&cut(&second(model, slot, view), room.into()), ink.role(Role::Muted));
    }
}

fn word(state: AgentState) -> String {
    match state {
        AgentState::Waiting(wait) => format!(" {}", wait.word()),
        _ => format!(" {}", state.word()),
    }
}

/// What an agent's second row says: why it needs a person, else what it is doing, else the last line it printed.
fn second(model: &Model, slot: &Slot, view: &AgentView) -> String {
    if model.chart.state(slot.agent).needs_person() && !view.reason.is_empty() {
        return view.reason.clone();
    }
    if let Some(task) = task_of(view) {
        return task.to_owned();
    }
    model.grids.get(&slot.agent).and_then(last_line).unwrap_or_else(|| view.reason.clone())
}

/// Returns the lowest line with text on it; a line of nothing but a frame is none.
fn last_line(grid: &Mirror) -> Option<String> {
    let lines = grid.lines().iter().rev().map(crate::terminal::Line::text);
    lines.map(|line| line.trim().to_owned()).find(|line| line.chars().any(char::is_alphanumeric))
}
