//! The tree of everybody: who leads whom, and how each of them is.

use ratatui::buffer::Buffer;

use super::pane::Regard;
use super::rect;
use super::text::{Writer, put, put_char};
use crate::domain::{AgentId, TeamId};
use crate::layout::{Standing, TreeCell, TreeKind, TreePanel};
use crate::theme::Role;
use crate::tui::ink::Ink;
use crate::tui::model::Model;

pub(super) fn draw(model: &Model, buffer: &mut Buffer) {
    let Some(tree) = &model.arrangement.tree else { return };
    let ink = Ink(&model.theme);
    draw_border(tree, ink, buffer);
    for row in &tree.rows {
        let mut x = row.area.x;
        for guide in &row.guides {
            let style = team_style(model, guide.team);
            put(buffer, (x, row.area.y), guide.text, 2, style);
            x += 2;
        }
        for cell in &row.cells {
            draw_cell(model, cell, buffer);
        }
    }
}

fn draw_border(tree: &TreePanel, ink: Ink<'_>, buffer: &mut Buffer) {
    let border = rect(tree.border);
    for position in border.positions() {
        put_char(buffer, (position.x, position.y), '│', ink.role(Role::Border));
    }
}

/// Returns how a team's lines are painted; those of no team are the executive's.
pub(super) fn team_style(model: &Model, team: Option<TeamId>) -> ratatui::style::Style {
    let ink = Ink(&model.theme);
    match team.and_then(|team| model.chart.team(team)) {
        Some(team) => ink.team(team.color),
        None => ink.role(Role::Rail),
    }
}

fn draw_cell(model: &Model, cell: &TreeCell, buffer: &mut Buffer) {
    let ink = Ink(&model.theme);
    let mut line = Writer::new(buffer, (cell.area.x, cell.area.y), cell.area.width);
    match cell.kind {
        TreeKind::Team { team, open } => {
            let name = model.chart.team(team).map(|team| team.name.to_string()).unwrap_or_default();
            let mark = if open { "" } else { "▸ " };
            line.put(&format!("{mark}{name}"), team_style(model, Some(team)));
        }
        TreeKind::Agent { agent, standing } => draw_agent(model, agent, standing, line),
        TreeKind::Dot { agent, standing } => {
            if standing != Standing::Member {
                line.put("★", ink.role(Role::Muted));
            }
            let state = model.chart.state(agent);
            let style = if model.focus == Some(agent) {
                Regard::of(model, agent).name_style(ink)
            } else {
                ink.state(state)
            };
            line.put(&state.glyph().to_string(), style);
        }
        TreeKind::More { hidden } => line.put(&format!("+{hidden} more"), ink.role(Role::Muted)),
    }
}

fn draw_agent(model: &Model, agent: AgentId, standing: Standing, mut line: Writer<'_>) {
    let ink = Ink(&model.theme);
    let state = model.chart.state(agent);
    let Some(view) = model.chart.agent(agent) else { return };
    line.put(&format!("{} ", state.glyph()), ink.state(state));
    if standing != Standing::Member {
        line.put("★", ink.role(Role::Accent));
    }
    let badge = match (view.unseen, view.held) {
        (true, _) => "•".to_owned(),
        (false, 0) => String::new(),
        (false, held) => format!("✉{held}"),
    };
    let role = if view.unseen { Role::BadgeFinished } else { Role::BadgeQueue };
    line.put_right(&badge, 3, ink.role(role));
    line.put(&view.name, Regard::of(model, agent).name_style(ink));
    if state.needs_person() {
        // Half a word would say less than the glyph does.
        line.put_whole(&format!(" {}", state.word()), ink.state(state));
    }
}
