//! A session to test with: an executive, three teams of which one stands in another, agents in many states.

use ratatui::layout::Size;
use std::time::Instant;

use super::library::Library;
use super::model::Model;
use super::msg::{Cmd, Msg};
use super::settings::Settings;
use super::update::update;
use crate::client::{Arrival, Change};
use crate::config::Config;
use crate::domain::{AgentId, Key, Name};
use crate::layout::Rect;
use crate::protocol::{AgentView, ChartView, PaneFrame, ServerMessage, SessionView, TeamView};
use crate::terminal::{Frame, Screen};
use crate::theme::ColorDepth;

/// Name, team, role, state, what it waits for.
type Row = (&'static str, Option<&'static str>, &'static str, &'static str, Option<&'static str>);

/// The agents, whose identities are their places from 1.
pub(super) const AGENTS: [Row; 9] = [
    ("chief", None, "executive", "working", None),
    ("be-lead", Some("backend"), "coordinator", "thinking", None),
    ("be-1", Some("backend"), "worker", "working", None),
    ("be-2", Some("backend"), "worker", "waiting", Some("approval")),
    ("db-lead", Some("database"), "coordinator", "idle", None),
    ("db-1", Some("database"), "worker", "error", None),
    ("fe-lead", Some("frontend"), "coordinator", "idle", None),
    ("fe-1", Some("frontend"), "worker", "stopped", None),
    ("fe-2", Some("frontend"), "worker", "starting", None),
];

/// Returns an agent as the daemon shows it.
pub(super) fn agent(place: usize) -> AgentView {
    let (name, team, role, state, waiting_for) = AGENTS[place];
    let lead = AGENTS.iter().find(|(_, other, role, ..)| *other == team && *role == "coordinator");
    let leader = match role {
        "executive" => None,
        "coordinator" => Some("chief"),
        _ => lead.map(|(name, ..)| *name),
    };
    AgentView {
        id: u32::try_from(place + 1).unwrap(),
        name: name.to_owned(),
        team: team.map(str::to_owned),
        role: role.to_owned(),
        leader: leader.map(str::to_owned),
        rank: u32::try_from(place).unwrap(),
        state: state.to_owned(),
        waiting_for: waiting_for.map(str::to_owned),
        reason: match state {
            "waiting" => "permission: cargo test".to_owned(),
            "error" => "exited with code 3".to_owned(),
            _ => String::new(),
        },
        since: "2026-11-20T12:00:00.000Z".to_owned(),
        task: (state == "working").then(|| "write the ledger".to_owned()),
        title: None,
        progress: None,
        unseen: name == "db-lead",
        held: usize::from(name == "be-2"),
        spent: crate::protocol::SpentView::default(),
        pid: (state != "stopped").then_some(100),
        exit: None,
        started_at: None,
        epoch: 1,
        command: vec!["claude".to_owned()],
        cwd: None,
        ..AgentView::default()
    }
}

/// Returns the chart as the daemon shows it.
pub(super) fn chart() -> ChartView {
    let team = |id, name: &str, parent: Option<&str>, lead: &str, color: &str| TeamView {
        id,
        name: name.to_owned(),
        parent: parent.map(str::to_owned),
        lead: Some(lead.to_owned()),
        color: color.to_owned(),
        rank: id,
    };
    ChartView {
        session: SessionView {
            name: "sample".to_owned(),
            root: "/work".into(),
            executive: Some("chief".to_owned()),
            spent: crate::protocol::SpentView::default(),
            trouble: None,
        },
        teams: vec![
            team(1, "backend", None, "be-lead", "blue"),
            team(2, "database", Some("backend"), "db-lead", "orange"),
            team(3, "frontend", None, "fe-lead", "green"),
        ],
        agents: (0..AGENTS.len()).map(agent).collect(),
        approvals: Vec::new(),
    }
}

/// Returns the screen of nobody in a window of this size.
pub(super) fn empty(width: u16, height: u16) -> Model {
    let settings = Settings::read(&Config::default(), super::outer::Ways::default()).unwrap();
    let library = Library::read(&[], &[], ColorDepth::True);
    let looks = (library.theme("mono").unwrap(), library.layout("org-chart").unwrap().clone());
    Model::new(Name::new("sample").unwrap(), settings, library, looks, Rect::new(0, 0, width, height))
}

/// Returns the screen of the sample in a window of this size, the executive focused.
pub(super) fn model(width: u16, height: u16) -> Model {
    let mut model = empty(width, height);
    changes(&mut model, Change::Chart(Box::new(chart())));
    model
}

/// Returns the identity of the agent of this name.
pub(super) fn id(name: &str) -> AgentId {
    let place = AGENTS.iter().position(|(known, ..)| *known == name).unwrap();
    AgentId(u32::try_from(place + 1).unwrap())
}

/// Lets the daemon say something.
pub(super) fn says(model: &mut Model, message: ServerMessage) -> Vec<Cmd> {
    update(model, Msg::Arrived(Arrival::Message(message)), Instant::now())
}

/// Lets something change in the session.
pub(super) fn changes(model: &mut Model, change: Change) -> Vec<Cmd> {
    update(model, Msg::Arrived(Arrival::Change(change)), Instant::now())
}

/// Lets an agent's terminal, of the size it has in view, show something.
pub(super) fn prints(model: &mut Model, name: &str, output: &str) -> Vec<Cmd> {
    let inner = model.arrangement.pane(id(name)).and_then(crate::layout::Slot::inner);
    let (rows, cols) = inner.map_or((24, 80), |inner| (inner.height, inner.width));
    let mut screen = Screen::new(crate::terminal::Size::new(rows, cols));
    screen.feed(output.as_bytes());
    let mut bytes = PaneFrame::begin(id(name));
    bytes.extend_from_slice(&Frame::since(&screen.snapshot(), None).unwrap().into_bytes());
    update(model, Msg::Arrived(Arrival::Frame(bytes.into())), Instant::now())
}

/// Presses keys, written with spaces between them.
pub(super) fn press(model: &mut Model, keys: &str) -> Vec<Cmd> {
    let keys = keys.split(' ').map(|key| key.parse::<Key>().unwrap());
    keys.flat_map(|key| update(model, Msg::Key(key), Instant::now())).collect()
}

/// Gives the window another size.
pub(super) fn resize(model: &mut Model, width: u16, height: u16) -> Vec<Cmd> {
    update(model, Msg::Resized(Size { width, height }), Instant::now())
}
