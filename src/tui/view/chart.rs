//! The chart around the panes: titles of teams, rows of dots, and the lines that say who leads whom.

use ratatui::buffer::Buffer;

use super::rect;
use super::text::{Writer, columns_of, put, put_char};
use super::tree::team_style;
use crate::domain::{AgentId, AgentState, TeamId};
use crate::theme::Role;
use crate::tui::ink::Ink;
use crate::tui::key::Action;
use crate::tui::model::{Model, Routing};
use crate::tui::widget::cut;

/// Draws every team's title as `━ name ━━━`, then the rows of dots.
pub(super) fn draw_groups(model: &Model, buffer: &mut Buffer) {
    let ink = Ink(&model.theme);
    for group in &model.arrangement.groups {
        let style = team_style(model, Some(group.team));
        let title = rect(group.title);
        for x in title.left()..title.right() {
            put_char(buffer, (x, title.y), '━', style);
        }
        let name = model.chart.team(group.team).map(|team| team.name.to_string()).unwrap_or_default();
        let mut line = Writer::new(buffer, (title.x, title.y), title.width);
        line.put("━", style);
        let folded = |team: &crate::domain::Team| model.layout.collapsed.contains(&team.name);
        let fold = if model.chart.team(group.team).is_some_and(folded) { "▸ " } else { "" };
        let more = if group.continued { " (more)" } else { "" };
        line.put(&format!(" {fold}{name}{more} "), style);
        if !group.closed && !group.continued {
            line.put_whole(&totals(model, group.team), ink.role(Role::Muted));
        }
    }
    for run in &model.arrangement.runs {
        let shown = (run.area.x..).zip(&run.agents).take_while(|(x, _)| *x < run.area.right());
        for (x, agent) in shown {
            let state = model.chart.state(*agent);
            let style = if model.focus == Some(*agent) {
                super::pane::Regard::of(model, *agent).name_style(ink)
            } else {
                ink.state(state)
            };
            put_char(buffer, (x, run.area.y), state.glyph(), style);
        }
        if run.hidden > 0 {
            let text = format!("+{}", run.hidden);
            let x = run.area.right().saturating_sub(columns_of(&text)).max(run.area.x);
            put(buffer, (x, run.area.y), &text, run.area.right() - x, ink.role(Role::Muted));
        }
    }
}

/// Returns how a team's agents are, those that need somebody and those that work.
fn totals(model: &Model, team: TeamId) -> String {
    let agents = model.chart.org.within(crate::domain::Scope::Team(team));
    let count =
        |is: &dyn Fn(AgentState) -> bool| agents.iter().filter(|a| is(model.chart.state(**a))).count();
    let waiting = count(&AgentState::needs_person);
    let busy = count(&AgentState::is_busy);
    let mut out = format!("{} ", agents.len());
    for (n, glyph) in [(waiting, '◆'), (busy, '▶')] {
        if n > 0 {
            out.push_str(&format!("{glyph}{n} "));
        }
    }
    out
}

/// Draws the lines between those who lead and those who are led; over a border, but over no word that stands on it.
pub(super) fn draw_links(model: &Model, buffer: &mut Buffer) {
    for link in &model.arrangement.links {
        let free = |symbol: &str| symbol.chars().all(|c| c == ' ' || ('\u{2500}'..='\u{257f}').contains(&c));
        if !buffer.cell((link.x, link.y)).is_some_and(|cell| free(cell.symbol())) {
            continue;
        }
        put_char(buffer, (link.x, link.y), link.glyph, team_style(model, link.team));
    }
}

/// What stands in the middle of a chart without anybody in it.
pub(super) fn draw_empty(model: &Model, buffer: &mut Buffer) {
    let ink = Ink(&model.theme);
    if !model.ready {
        return;
    }
    let keys = |action: Action| model.settings.keys.keys_of(action).first().cloned().unwrap_or_default();
    let lines = [
        "nobody is here yet".to_owned(),
        format!("{}  a new agent", keys(Action::NewAgent)),
        format!("{}  everything there is to do", keys(Action::Palette)),
    ];
    let area = buffer.area;
    let top = area.y + area.height.saturating_sub(4) / 2;
    for (n, text) in (0..).zip(&lines) {
        let text = cut(text, area.width.into());
        let x = area.x + area.width.saturating_sub(columns_of(&text)) / 2;
        put(buffer, (x, top + n), &text, area.width, ink.role(Role::Muted));
    }
}

/// Returns in words where the next key goes.
pub(super) fn route_words(model: &Model) -> String {
    let name = |agent: Option<AgentId>| agent.map_or("nobody", |agent| model.chart.name(agent)).to_owned();
    match &model.routing {
        Routing::Direct => format!("keys → {}", name(model.focus)),
        Routing::Executive => format!("keys → {} (executive)", name(model.chart.executive())),
        Routing::Broadcast(open) => {
            let whom = match open.scope {
                crate::domain::Scope::All => "everybody".to_owned(),
                crate::domain::Scope::Team(team) => {
                    model.chart.team(team).map(|team| team.name.to_string()).unwrap_or_default()
                }
            };
            let reached = model.receivers().len();
            format!("KEYS → {whom}: {reached} of {}", open.targets.len())
        }
    }
}
