//! A session for the tests of overlays: an executive, two teams in one, and an agent in every kind of state.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Overlay, Reply};
use crate::domain::{AgentId, AgentState, Key, KeyCode, TeamId, WaitFor};
use crate::protocol::{AgentView, ChartView, TeamView};
use crate::tui::chart::Chart;
use crate::tui::model::Model;
use crate::tui::sample::empty;

/// Returns an agent as the daemon shows it.
pub(super) fn view(id: u32, name: &str, team: Option<&str>, role: &str, state: AgentState) -> AgentView {
    let waiting_for = match state {
        AgentState::Waiting(WaitFor::Approval) => Some("approval"),
        AgentState::Waiting(WaitFor::Answer) => Some("answer"),
        _ => None,
    };
    AgentView {
        id,
        name: name.into(),
        team: team.map(Into::into),
        role: role.into(),
        leader: None,
        rank: id,
        state: state.word().into(),
        waiting_for: waiting_for.map(Into::into),
        reason: "it says so".into(),
        since: "2026-11-20T12:00:00.000Z".into(),
        task: None,
        title: None,
        progress: None,
        unseen: false,
        held: 0,
        pid: (state != AgentState::Stopped).then_some(100),
        exit: None,
        started_at: None,
        epoch: 1,
        command: vec![if id == 4 { "codex" } else { "claude" }.into(), "--verbose mode".into()],
        cwd: None,
        ..AgentView::default()
    }
}

/// Returns a session of six agents; `be-1` is focused.
pub(super) fn model() -> Model {
    let team = |id: u32, name: &str, parent: Option<&str>, lead: Option<&str>, color: &str| TeamView {
        id,
        name: name.into(),
        parent: parent.map(Into::into),
        lead: lead.map(Into::into),
        color: color.into(),
        rank: id,
    };
    let coordinator = "coordinator";
    let chart = Chart::read(ChartView {
        teams: vec![
            team(1, "backend", None, Some("be-lead"), "blue"),
            team(2, "storage", Some("backend"), None, "green"),
            team(3, "frontend", None, None, "orange"),
        ],
        agents: vec![
            view(1, "chief", None, "executive", AgentState::Idle),
            view(2, "be-lead", Some("backend"), coordinator, AgentState::Thinking),
            view(3, "be-1", Some("backend"), "worker", AgentState::Working),
            view(4, "be-2", Some("backend"), "worker", AgentState::Waiting(WaitFor::Approval)),
            view(5, "db-1", Some("storage"), "worker", AgentState::Stopped),
            view(6, "fe-1", Some("frontend"), "worker", AgentState::Error),
        ],
        ..ChartView::default()
    });
    let mut model = empty(80, 24);
    model.theme = model.library.theme("dark").unwrap();
    model.chart = chart;
    model.focus = Some(AgentId(3));
    model
}

/// Returns an agent of the sample by its name.
pub(super) fn agent(model: &Model, name: &str) -> AgentId {
    model.chart.org.agent_named(name).unwrap().id
}

/// Returns a team of the sample by its name.
pub(super) fn team(model: &Model, name: &str) -> TeamId {
    model.chart.org.team_named(name).unwrap().id
}

/// Returns a reply in words.
pub(super) fn said(reply: Reply) -> String {
    match reply {
        Reply::Stay => "stay".into(),
        Reply::Close => "close".into(),
        Reply::Pass => "pass".into(),
        Reply::Try(intent) => format!("try: {intent:?}"),
        Reply::Done(intents) => {
            let all: Vec<String> = intents.iter().map(|intent| format!("{intent:?}")).collect();
            format!("done: {}", all.join("; "))
        }
    }
}

/// Presses keys, and returns the last reply in words.
pub(super) fn keys(overlay: &mut dyn Overlay, model: &Model, keys: &str) -> String {
    let mut last = String::new();
    for key in keys.split(' ') {
        last = said(overlay.key(key.parse().unwrap(), model));
    }
    last
}

/// Writes a text, letter by letter.
pub(super) fn typed(overlay: &mut dyn Overlay, model: &Model, text: &str) {
    for c in text.chars() {
        overlay.key(Key::plain(KeyCode::Char(c)), model);
    }
}

/// Draws an overlay as the outer code does, without its border's colours, and returns what is seen.
pub(super) fn seen(overlay: &dyn Overlay, model: &Model, (columns, rows): (u16, u16)) -> String {
    let room = (columns.saturating_sub(2), rows.saturating_sub(2));
    let wants = overlay.wants(model, room);
    let (wide, high) = (wants.0.min(room.0), wants.1.min(room.1));
    let area = Rect::new(0, 0, wide, high);
    let mut buffer = Buffer::empty(area);
    overlay.draw(model, area, &mut buffer);
    let mut out = format!("┌ {} ({wide}×{high})\n", overlay.title());
    for y in 0..high {
        let mut line = String::new();
        let mut x = 0;
        while x < wide {
            let symbol = buffer[(x, y)].symbol();
            line.push_str(symbol);
            x += u16::try_from(crate::tui::widget::width(symbol)).unwrap().max(1);
        }
        out.push_str(&format!("│{}\n", line.trim_end()));
    }
    out + &format!("└ {}\n", overlay.hint())
}
