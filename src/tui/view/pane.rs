//! An agent's pane: a border that says who it is, what it is doing and whether keys reach it, around its terminal.
//!
//! The border has the colour of the agent's state and is heavy where the next key goes; glyph and word stand on its
//! upper side, why a person is needed on its lower side.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::rect;
use super::text::{Writer, columns_of, put, put_char};
use crate::domain::{AgentId, AgentState};
use crate::layout::{self, Slot, Standing};
use crate::protocol::AgentView;
use crate::terminal::Mirror;
use crate::theme::Role;
use crate::tui::ink::{Ink, put_line};
use crate::tui::key::Action;
use crate::tui::model::Model;
use crate::tui::widget::cut;

/// The pieces of a border: corners from the upper left around, the horizontal and the vertical side.
type Border = [char; 6];
const LIGHT: Border = ['╭', '╮', '╯', '╰', '─', '│'];
const HEAVY: Border = ['┏', '┓', '┛', '┗', '━', '┃'];

/// What an agent is to the next key and the person.
#[derive(Clone, Copy)]
pub(super) struct Regard {
    /// The next key reaches it.
    pub(super) receives: bool,
    /// It is focused.
    pub(super) focused: bool,
    /// A message just passed.
    pub(super) pulses: bool,
}

impl Regard {
    pub(super) fn of(model: &Model, agent: AgentId) -> Regard {
        Regard {
            receives: model.receives(agent),
            focused: model.focus == Some(agent),
            pulses: model.pulses.iter().any(|(pulsing, _)| *pulsing == agent),
        }
    }

    /// Returns how the agent's name is painted.
    pub(super) fn name_style(self, ink: Ink<'_>) -> Style {
        match self {
            Regard { pulses: true, .. } => ink.role(Role::BorderPulse),
            Regard { receives: true, .. } => ink.role(Role::BorderReceiving),
            Regard { focused: true, .. } => ink.role(Role::BorderFocused),
            _ => ink.role(Role::Text),
        }
    }
}

pub(super) fn draw(model: &Model, slot: &Slot, inner: layout::Rect, buffer: &mut Buffer) {
    let ink = Ink(&model.theme);
    let regard = Regard::of(model, slot.agent);
    let inner = rect(inner);
    // A patch of the terminal alone has no border to draw.
    if slot.framed() && buffer.area.intersection(inner) != buffer.area {
        draw_border(model, slot, regard, buffer);
    }
    match model.copy.as_ref().filter(|copy| copy.agent() == slot.agent) {
        Some(copy) => draw_copy(inner, buffer, |area, buffer| copy.draw(area, buffer, ink)),
        None => draw_terminal(model, slot.agent, inner, buffer),
    }
}

/// Copy mode draws the whole of its area; where only part of it is wanted, nothing of it changed.
fn draw_copy(inner: Rect, buffer: &mut Buffer, draw: impl FnOnce(Rect, &mut Buffer)) {
    if buffer.area.intersection(inner) == inner {
        draw(inner, buffer);
    }
}

/// Draws an agent's terminal. One that has another's size is cropped, or has room around it.
fn draw_terminal(model: &Model, agent: AgentId, inner: Rect, buffer: &mut Buffer) {
    let ink = Ink(&model.theme);
    let Some(grid) = model.grids.get(&agent) else { return draw_absent(model, agent, inner, buffer) };
    let (skip_rows, skip_cols) = offset(grid, layout::Rect::new(inner.x, inner.y, inner.width, inner.height));
    let (top, bottom) = (inner.top().max(buffer.area.top()), inner.bottom().min(buffer.area.bottom()));
    let blank = crate::terminal::Line::blank();
    let outside = ink.role(Role::Rail);
    for y in top..bottom {
        let row = y - inner.y + skip_rows;
        let cols = (grid.size().cols() - skip_cols).min(inner.width);
        let line = grid.lines().get(usize::from(row));
        put_line(buffer, (inner.x, y), cols, line.unwrap_or(&blank), skip_cols, ink);
        let from = if line.is_some() { cols } else { 0 };
        for x in from..inner.width {
            put_char(buffer, (inner.x + x, y), '·', outside);
        }
    }
}

/// Returns the rows and columns of a terminal that lie before what is shown of it in a smaller place: its end, and what
/// is around its cursor.
pub(in crate::tui) fn offset(grid: &Mirror, inner: layout::Rect) -> (u16, u16) {
    let (size, at) = (grid.size(), grid.cursor().at);
    let skip = |length: u16, room: u16, at: u16| {
        if length <= room { 0 } else { (at + 1).saturating_sub(room).min(length - room) }
    };
    (skip(size.rows(), inner.height, at.row), skip(size.cols(), inner.width, at.col))
}

/// What stands where a terminal would, while there is none.
fn draw_absent(model: &Model, agent: AgentId, inner: Rect, buffer: &mut Buffer) {
    let ink = Ink(&model.theme);
    super::fill(buffer, inner, ink.role(Role::Text));
    let Some(view) = model.chart.agent(agent) else { return };
    if model.chart.state(agent) != AgentState::Stopped {
        return;
    }
    let does =
        |action, what: &str| model.settings.keys.keys_of(action).first().map(|keys| format!("{keys} {what}"));
    let start = if view.resumable {
        let ways = [does(Action::Resume, "resumes it"), does(Action::StartStop, "starts it anew")];
        ways.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    } else {
        does(Action::StartStop, "starts it").unwrap_or_default()
    };
    let y = inner.y + inner.height / 2;
    for (n, text) in (0..).zip([view.reason.as_str(), &start]) {
        let text = cut(text, inner.width.into());
        let x = inner.x + inner.width.saturating_sub(columns_of(&text)) / 2;
        put(
            buffer,
            (x, y.saturating_sub(1) + n),
            &text,
            inner.right().saturating_sub(x),
            ink.role(Role::Muted),
        );
    }
}

fn draw_border(model: &Model, slot: &Slot, regard: Regard, buffer: &mut Buffer) {
    let ink = Ink(&model.theme);
    let state = model.chart.state(slot.agent);
    let style = if regard.pulses { ink.role(Role::BorderPulse) } else { ink.state(state) };
    let area = rect(slot.outer);
    put_box(buffer, area, if regard.receives || regard.focused { HEAVY } else { LIGHT }, style);
    let Some(view) = model.chart.agent(slot.agent) else { return };
    let line = Writer::new(buffer, (area.x + 1, area.y), area.width.saturating_sub(2));
    draw_title(model, slot, view, regard, line);
    draw_foot(model, slot, view, buffer);
}

/// The upper side: name, badges and task from the left, state at the right.
fn draw_title(model: &Model, slot: &Slot, view: &AgentView, regard: Regard, mut line: Writer<'_>) {
    let ink = Ink(&model.theme);
    let state = model.chart.state(slot.agent);
    let style = ink.state(state);
    let name = name_words(slot, view, regard);
    let least = columns_of(&name).min(12);
    let words = [
        state_words(view, state),
        format!(" {} {} ", state.glyph(), state.word()),
        format!(" {} ", state.glyph()),
    ];
    let said = words.iter().any(|words| line.put_right(words, least, style));
    if !said {
        line.put_whole(&state.glyph().to_string(), style);
    }
    line.put(&name, regard.name_style(ink));
    for (badge, role) in badges(view) {
        line.put_whole(&format!(" {badge}"), ink.role(role));
    }
    if let Some(task) = task_of(view).filter(|_| line.left() > 8) {
        let room = line.left().saturating_sub(2);
        line.put(&format!(" {} ", cut(task, room.into())), ink.role(Role::Badge));
    }
}

fn name_words(slot: &Slot, view: &AgentView, regard: Regard) -> String {
    let star = if slot.standing == Standing::Member { "" } else { "★ " };
    let keys = if regard.receives { "» " } else { "" };
    format!(" {keys}{star}{} ", view.name)
}

/// Returns a state with what it waits for.
fn state_words(view: &AgentView, state: AgentState) -> String {
    let what = match state {
        AgentState::Waiting(wait) => format!(" for {}", wait.word()),
        _ => String::new(),
    };
    let progress = view.progress.map(|p| format!(" {p}%")).unwrap_or_default();
    format!(" {} {}{what}{progress} ", state.glyph(), state.word())
}

/// Returns what a badge says beside the task: something finished that nobody has looked at, messages that wait.
pub(super) fn badges(view: &AgentView) -> Vec<(String, Role)> {
    let mut out = Vec::new();
    if view.unseen {
        out.push(("• finished".to_owned(), Role::BadgeFinished));
    }
    if view.held > 0 {
        out.push((format!("✉{}", view.held), Role::BadgeQueue));
    }
    if !view.spent.is_nothing() {
        out.push((view.spent.badge(), Role::Badge));
    }
    out
}

/// Returns what an agent is doing, in its own words.
pub(super) fn task_of(view: &AgentView) -> Option<&str> {
    let said = view.task.as_deref().or(view.title.as_deref())?;
    // Many programs put their own name first.
    let rest = said.strip_prefix(view.name.as_str()).map(|rest| rest.trim_start_matches([':', ' ', '-']));
    Some(rest.unwrap_or(said)).filter(|task| !task.is_empty())
}

/// The lower side: why a person is needed, how copy mode stands, that the terminal has another window's size.
fn draw_foot(model: &Model, slot: &Slot, view: &AgentView, buffer: &mut Buffer) {
    let ink = Ink(&model.theme);
    let area = rect(slot.outer);
    let state = model.chart.state(slot.agent);
    let mut line = Writer::new(buffer, (area.x + 1, area.bottom() - 1), area.width.saturating_sub(2));
    if let Some(copy) = model.copy.as_ref().filter(|copy| copy.agent() == slot.agent) {
        return line.put(&format!(" {} ", copy.status()), ink.role(Role::BarAttention));
    }
    if let (Some(grid), Some(inner)) = (model.grids.get(&slot.agent), slot.inner()) {
        let size = grid.size();
        if (size.rows(), size.cols()) != (inner.height, inner.width) && model.ready {
            let cropped = size.rows() > inner.height || size.cols() > inner.width;
            let word = if cropped { ", cropped" } else { "" };
            line.put_right(&format!(" {}×{}{word} ", size.cols(), size.rows()), 4, ink.role(Role::Muted));
        }
    }
    if (state.needs_person() || state == AgentState::Stopped || state == AgentState::Recovering)
        && !view.reason.is_empty()
        && line.left() > 6
    {
        let room = line.left().saturating_sub(2);
        line.put(&format!(" {} ", cut(&view.reason, room.into())), ink.state(state));
    }
}

fn put_box(buffer: &mut Buffer, area: Rect, pieces: Border, style: Style) {
    let (left, right) = (area.left(), area.right().saturating_sub(1));
    let (top, bottom) = (area.top(), area.bottom().saturating_sub(1));
    let [upper_left, upper_right, lower_right, lower_left, across, down] = pieces;
    for x in left..=right {
        put_char(buffer, (x, top), across, style);
        put_char(buffer, (x, bottom), across, style);
    }
    for y in top..=bottom {
        put_char(buffer, (left, y), down, style);
        put_char(buffer, (right, y), down, style);
    }
    put_char(buffer, (left, top), upper_left, style);
    put_char(buffer, (right, top), upper_right, style);
    put_char(buffer, (right, bottom), lower_right, style);
    put_char(buffer, (left, bottom), lower_left, style);
}
