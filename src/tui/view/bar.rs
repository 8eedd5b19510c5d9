//! The status bar: where keys go, who needs a person, how many agents are in each state, which session this is; and the
//! line on which something is said for a while.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::chart::route_words;
use super::text::{Writer, columns_of, put};
use crate::domain::AgentState;
use crate::theme::Role;
use crate::tui::ink::Ink;
use crate::tui::key::{Action, sequence_words};
use crate::tui::model::{Model, Routing};
use crate::tui::widget::{cut, state_of};

pub(super) fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    let ink = Ink(&model.theme);
    let bar = ink.role(Role::Bar);
    super::fill(buffer, area, bar);
    let mut line = Writer::new(buffer, (area.x, area.y), area.width);
    let role = match model.routing {
        Routing::Direct => Role::BarDirect,
        Routing::Executive => Role::BarExecutive,
        Routing::Broadcast(_) => Role::BarBroadcast,
    };
    let name = format!(" {} ", model.name);
    // The route is never left out, and gives way to nothing but the window's edge.
    line.put(&format!(" {} ", route_words(model)), ink.role(role));
    if !model.pending.is_empty() {
        line.put_whole(&format!(" {} … ", sequence_words(&model.pending)), ink.role(Role::Key));
    }
    if let Some(copy) = &model.copy {
        line.put(&format!(" {} ", copy.status()), ink.role(Role::BarAttention));
    }
    line.put_right(&name, 20, ink.role(Role::Bar).add_modifier(ratatui::style::Modifier::BOLD));
    draw_attention(model, ink, &mut line);
    let spent = &model.chart.session.spent;
    if !spent.is_nothing() {
        line.put_right(&format!(" {} ", spent.badge()), 30, bar);
    }
    line.put_right(&help(model), 30, bar);
    if model.zoom {
        line.put_whole(" zoomed ", bar);
    }
    draw_totals(model, ink, &mut line);
}

fn help(model: &Model) -> String {
    let keys = model.settings.keys.keys_of(Action::Help);
    keys.first().map(|keys| format!(" {keys} help ")).unwrap_or_default()
}

/// Who needs a person: by name while there is room, else how many.
fn draw_attention(model: &Model, ink: Ink<'_>, line: &mut Writer<'_>) {
    let urgent = model.chart.urgent();
    let (Some(first), count) = (urgent.first(), urgent.len()) else { return };
    let style = ink.role(Role::BarAttention);
    let names: Vec<&str> = urgent.iter().map(|agent| model.chart.name(*agent)).collect();
    let keys = model.settings.keys.keys_of(Action::FocusUrgent);
    let go = keys.first().map(|keys| format!(" ({keys})")).unwrap_or_default();
    let glyph = model.chart.state(*first).glyph();
    let verb = if count == 1 { "needs" } else { "need" };
    let whole = format!(" {glyph} {count} {verb} you: {}{go} ", names.join(", "));
    let room = line.left();
    let choices = [
        (whole, room / 2),
        (format!(" {glyph} {count} {verb} you{go} "), room.saturating_sub(8)),
        (format!(" {glyph} {count} {verb} you "), room),
        (format!(" {glyph}{count} "), room),
    ];
    for (words, most) in choices {
        if columns_of(&words) <= most && line.put_whole(&words, style) {
            return;
        }
    }
}

/// How many agents are in each state that any are in: with words where there is room.
fn draw_totals(model: &Model, ink: Ink<'_>, line: &mut Writer<'_>) {
    let totals = model.chart.totals();
    let counts = totals.by_word().into_iter().filter(|(_, count)| *count > 0);
    let parts: Vec<(AgentState, String, String)> = counts
        .filter_map(|(word, count)| {
            let state = state_of(word)?;
            let glyph = state.glyph();
            Some((state, format!(" {glyph} {count} {word}"), format!(" {glyph}{count}")))
        })
        .collect();
    let bar = ink.role(Role::Bar);
    let long: u16 = parts.iter().map(|(_, words, _)| columns_of(words)).sum();
    for (state, words, short) in &parts {
        let text = if long <= line.left() || *words == *short { words } else { short };
        let fg = ink.state(*state).fg;
        if !line.put_whole(text, fg.map_or(bar, |fg| bar.fg(fg))) {
            return;
        }
    }
}

/// Draws what is said for a while, over whatever is there; that there is no connection, or that something cannot be
/// done at present, is said as long as it lasts.
pub(super) fn draw_notice(model: &Model, area: Rect, buffer: &mut Buffer) {
    if area.intersection(buffer.area).is_empty() {
        return;
    }
    let (text, role) = if let Some(reason) = &model.lost {
        (format!("no connection to the daemon, trying again: {reason}"), Role::Error)
    } else if let Some(notice) = &model.notice {
        (notice.text.clone(), if notice.bad { Role::Warning } else { Role::Accent })
    } else if let Some(trouble) = &model.chart.session.trouble {
        (trouble.clone(), Role::Error)
    } else if model.ready && everybody_is_stopped(model) {
        (stopped_words(model), Role::Warning)
    } else {
        return;
    };
    let ink = Ink(&model.theme);
    // The whole row: half of what it lies over would read as part of it.
    super::fill(buffer, area, ink.role(Role::Bar));
    let text = cut(&format!(" {text} "), area.width.into());
    put(
        buffer,
        (area.x, area.y),
        &text,
        columns_of(&text),
        ink.role(role).add_modifier(ratatui::style::Modifier::REVERSED),
    );
}

/// Says that every agent is stopped, and what starts them: those that can go on are started by nothing but a person's
/// word for them.
fn stopped_words(model: &Model) -> String {
    let does =
        |action, what: &str| model.settings.keys.keys_of(action).first().map(|keys| format!("{keys} {what}"));
    let order = model.chart.org.in_order();
    let resumable =
        order.into_iter().filter_map(|id| model.chart.agent(id)).filter(|view| view.resumable).count();
    let ways = match resumable {
        0 => [Some("agentctl up starts them".to_owned()), does(Action::StartStop, "starts the focused one")],
        count => [
            does(Action::ResumeAll, &format!("resumes {count} of them")),
            does(Action::StartStop, "starts the focused one"),
        ],
    };
    let ways: Vec<String> = ways.into_iter().flatten().collect();
    [vec!["every agent is stopped".to_owned()], ways].concat().join("; ")
}

fn everybody_is_stopped(model: &Model) -> bool {
    let agents = model.chart.org.agent_count();
    agents > 0 && model.chart.totals().stopped == agents
}
