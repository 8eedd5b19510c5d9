//! What becomes of keys, mouse and messages: state, keys, state.

use std::time::{Duration, Instant};

use super::update;
use crate::client::Change;
use crate::domain::{
    AgentId, BroadcastId, BroadcastReport, Button, Gesture, Input, Key, KeyKind, Mods, Mouse, Outcome, Route,
    Scope, ScopeRef, Skip, Target, TeamId,
};
use crate::layout::Slot;
use crate::protocol::{Answer, ClientMessage, Code, Problem, ServerMessage};
use crate::protocol::{BroadcastCommand, Command, LifeCommand, OrgCommand};
use crate::terminal::History;
use crate::tui::model::{Model, Routing};
use crate::tui::msg::{Cmd, Msg};
use crate::tui::sample::{self, changes, id, model, press, prints, says};

fn said(cmds: &[Cmd]) -> Vec<&ClientMessage> {
    cmds.iter().filter_map(|cmd| if let Cmd::Say(message) = cmd { Some(message) } else { None }).collect()
}

fn key(text: &str) -> Input {
    Input::Key(text.parse().unwrap())
}

fn pressed(route: Route, text: &str) -> ClientMessage {
    ClientMessage::Press { route, input: key(text) }
}

fn notice(model: &Model) -> &str {
    model.notice.as_ref().map_or("", |notice| &notice.text)
}

/// Answers what was asked last.
fn answer(model: &mut Model, result: Result<Answer, Problem>) -> Vec<Cmd> {
    let id = *model.asked.keys().next_back().unwrap();
    says(model, ServerMessage::Answer { id, result })
}

fn target(name: &str, skip: Option<Skip>) -> Target {
    Target { agent: id(name), name: crate::domain::Name::new(name).unwrap(), skip }
}

fn mouse(gesture: Gesture, (column, row): (u16, u16)) -> Msg {
    Msg::Mouse(Mouse { gesture, column, row, mods: Mods::NONE })
}

fn inner(model: &Model, name: &str) -> crate::layout::Rect {
    model.arrangement.pane(id(name)).and_then(Slot::inner).unwrap()
}

#[test]
fn the_first_chart_is_laid_out_and_the_daemon_told_what_is_in_view() {
    let mut model = sample::empty(200, 50);
    let cmds = changes(&mut model, Change::Chart(Box::new(sample::chart())));
    let view = said(&cmds).into_iter().find_map(|message| match message {
        ClientMessage::View { panes, cards } => Some((panes.clone(), cards.clone())),
        _ => None,
    });
    let (panes, cards) = view.unwrap();
    assert_eq!(panes.len() + cards.len(), 9);
    assert_eq!(model.focus, Some(id("chief")));
    assert!(changes(&mut model, Change::Chart(Box::new(sample::chart()))).is_empty(), "nothing new");
}

#[test]
fn whoever_comes_back_after_the_machine_went_down_is_asked_who_goes_on_and_only_once() {
    let mut model = sample::empty(200, 50);
    let mut chart = sample::chart();
    chart.agents[7].resumable = true;
    changes(&mut model, Change::Chart(Box::new(chart.clone())));
    assert_eq!(model.overlays.len(), 1);
    assert!(press(&mut model, "esc").is_empty(), "nobody is started in silence");
    changes(&mut model, Change::Chart(Box::new(chart)));
    assert!(model.overlays.is_empty());
    press(&mut model, "ctrl-a ctrl-r");
    let cmds = press(&mut model, "enter");
    let asked = said(&cmds);
    assert!(matches!(&asked[..], [ClientMessage::Ask { .. }]), "{asked:?}");
    assert!(format!("{asked:?}").contains("Life(Resume "), "{asked:?}");
}

#[test]
fn a_key_goes_to_the_focused_agent_the_executive_or_a_confirmed_broadcast() {
    let mut model = model(200, 50);
    press(&mut model, "ctrl-a i");
    assert_eq!(model.focus, Some(id("be-lead")));
    let direct = Route::Direct(id("be-lead").into());
    assert_eq!(said(&press(&mut model, "x")), [&pressed(direct.clone(), "x")]);
    assert_eq!(model.receivers(), [id("be-lead")]);

    press(&mut model, "ctrl-a e");
    assert_eq!(said(&press(&mut model, "x")), [&pressed(Route::Executive, "x")]);
    assert_eq!((model.focus, model.receivers()), (Some(id("be-lead")), vec![id("chief")]));

    let asked = press(&mut model, "ctrl-a b");
    let open = Command::Broadcast(BroadcastCommand::Open {
        scope: ScopeRef::from(Scope::Team(TeamId(1))),
        include_dialogs: false,
    });
    assert!(matches!(said(&asked)[..], [ClientMessage::Ask { command, .. }] if *command == open));
    let targets = vec![target("be-lead", None), target("be-1", None), target("be-2", Some(Skip::Dialog))];
    answer(&mut model, Ok(Answer::Broadcast { broadcast: BroadcastId(4), targets }));
    assert_eq!(
        said(&press(&mut model, "x")),
        Vec::<&ClientMessage>::new(),
        "nothing is sent before it is confirmed"
    );
    press(&mut model, "enter");
    assert_eq!(said(&press(&mut model, "x")), [&pressed(Route::Broadcast(BroadcastId(4)), "x")]);
    assert_eq!(model.receivers(), [id("be-lead"), id("be-1")]);

    let closed = press(&mut model, "ctrl-a d");
    let close = Command::Broadcast(BroadcastCommand::Close { broadcast: BroadcastId(4) });
    assert!(matches!(said(&closed)[..], [ClientMessage::Ask { command, .. }] if *command == close));
    assert_eq!(said(&press(&mut model, "x")), [&pressed(direct, "x")]);
    let name = crate::domain::Name::new("be-1").unwrap();
    let outcomes = vec![Outcome { agent: id("be-1"), name, delivered: 1, kept_back: 0, skip: None }];
    let report = BroadcastReport { scope: Scope::Team(TeamId(1)), outcomes };
    answer(&mut model, Ok(Answer::Report { report }));
    assert_eq!(model.overlays.len(), 1, "what each target got is said");
    let typed = press(&mut model, "y");
    assert!(model.overlays.is_empty());
    assert_eq!(said(&typed), [&pressed(Route::Direct(id("be-lead").into()), "y")], "no key is lost to it");
}

#[test]
fn a_broadcast_counts_only_those_that_a_key_would_reach_now() {
    let mut model = model(200, 50);
    press(&mut model, "ctrl-a B");
    let everyone = sample::AGENTS.iter().map(|(name, ..)| target(name, None)).collect();
    answer(&mut model, Ok(Answer::Broadcast { broadcast: BroadcastId(4), targets: everyone }));
    press(&mut model, "enter");
    let reached = ["chief", "be-lead", "be-1", "db-lead", "db-1", "fe-lead", "fe-2"].map(id);
    assert_eq!(
        model.receivers(),
        reached,
        "not the one that waits for approval, nor the one that is stopped"
    );

    let exit = Some(crate::domain::Exit::Code(3));
    let mut chart = sample::chart();
    chart.agents.retain(|agent| agent.name != "fe-2");
    chart.agents[5] = crate::protocol::AgentView { pid: None, exit, ..sample::agent(5) };
    changes(&mut model, Change::Chart(Box::new(chart)));
    let reached = ["chief", "be-lead", "be-1", "db-lead", "fe-lead"].map(id);
    assert_eq!(model.receivers(), reached, "nor the one that crashed, nor the one that is gone");
}

#[test]
fn a_broadcast_that_is_not_confirmed_sends_nothing_and_is_withdrawn() {
    let mut model = model(200, 50);
    press(&mut model, "ctrl-a B");
    answer(
        &mut model,
        Ok(Answer::Broadcast { broadcast: BroadcastId(1), targets: vec![target("chief", None)] }),
    );
    let cmds = press(&mut model, "esc");
    let close = Command::Broadcast(BroadcastCommand::Close { broadcast: BroadcastId(1) });
    assert!(matches!(said(&cmds)[..], [ClientMessage::Ask { command, .. }] if *command == close));
    assert_eq!(model.routing, Routing::Direct);
    assert_eq!(said(&press(&mut model, "x")), [&pressed(Route::Direct(id("chief").into()), "x")]);
}

#[test]
fn the_leader_is_sent_by_pressing_it_twice_and_forgotten_by_esc() {
    let mut model = model(200, 50);
    let direct = || Route::Direct(id("chief").into());
    assert_eq!(said(&press(&mut model, "ctrl-a ctrl-a")), [&pressed(direct(), "ctrl-a")]);
    assert!(press(&mut model, "ctrl-a esc").is_empty());
    assert_eq!(said(&press(&mut model, "z")), [&pressed(direct(), "z")]);
    assert!(press(&mut model, "ctrl-a f12").is_empty());
    assert!(notice(&model).starts_with("ctrl-a f12 does nothing"), "{}", notice(&model));
}

#[test]
fn the_box_of_what_can_follow_waits_a_moment() {
    let mut model = model(200, 50);
    let now = Instant::now();
    update(&mut model, Msg::Key("ctrl-a".parse().unwrap()), now);
    let due = model.due().unwrap();
    assert!(due > now && due < now + Duration::from_millis(500));
    assert!(model.which_key_at.is_some());
    update(&mut model, Msg::Tick, due);
    assert!(model.which_key_at.is_none() && model.due().is_none() && !model.pending.is_empty());
}

#[test]
fn only_a_key_that_was_passed_on_is_released() {
    let mut model = model(200, 50);
    let release = |text: &str| Key { kind: KeyKind::Release, ..text.parse().unwrap() };
    press(&mut model, "x");
    let cmds = update(&mut model, Msg::Key(release("x")), Instant::now());
    assert!(
        matches!(said(&cmds)[..], [ClientMessage::Press { input: Input::Key(key), .. }] if key.kind == KeyKind::Release)
    );
    press(&mut model, "ctrl-a z");
    assert!(update(&mut model, Msg::Key(release("z")), Instant::now()).is_empty());
}

#[test]
fn what_finished_and_is_looked_at_is_said_to_have_been_once() {
    let mut model = model(200, 50);
    let looked = |cmds: &[Cmd]| {
        said(cmds)
            .iter()
            .filter(|m| {
                matches!(m, ClientMessage::Ask { command: Command::Life(LifeCommand::Look { .. }), .. })
            })
            .count()
    };
    let cmds = press(&mut model, "ctrl-a m");
    assert_eq!((model.focus, looked(&cmds)), (Some(id("db-lead")), 1));
    assert_eq!(looked(&press(&mut model, "x")), 0);
    let mut seen = sample::agent(4);
    seen.unseen = false;
    changes(&mut model, Change::Agent(Box::new(seen)));
    let cmds = changes(&mut model, Change::Agent(Box::new(sample::agent(4))));
    assert_eq!(looked(&cmds), 1, "it finished again");
}

#[test]
fn jumping_to_who_needs_a_person_goes_round() {
    let mut model = model(200, 50);
    let mut order = Vec::new();
    for _ in 0..3 {
        press(&mut model, "ctrl-a n");
        order.push(model.focus.unwrap());
    }
    assert_eq!(order, [id("be-2"), id("db-1"), id("be-2")]);
    press(&mut model, "ctrl-a ;");
    assert_eq!(model.focus, Some(id("db-1")));
}

#[test]
fn an_agent_that_was_just_made_is_focused_whichever_comes_first() {
    for chart_first in [true, false] {
        let mut model = model(200, 50);
        let launch = crate::domain::Launch { command: vec!["sh".into()], ..Default::default() };
        let new = crate::domain::NewAgent { launch, ..Default::default() };
        let mut turn =
            super::Turn { model: &mut model, now: Instant::now(), cmds: Vec::new(), rearrange: false };
        turn.fulfil(crate::tui::overlay::Intent::Ask(
            Command::Org(OrgCommand::CreateAgent(new)),
            "made".into(),
        ));
        let mut chart = sample::chart();
        chart.agents.push(crate::protocol::AgentView { id: 77, name: "new".into(), ..sample::agent(7) });
        let chart = Change::Chart(Box::new(chart));
        if chart_first {
            changes(&mut model, chart.clone());
        }
        answer(&mut model, Ok(Answer::Created { id: 77, name: "new".into() }));
        if !chart_first {
            changes(&mut model, chart);
        }
        assert_eq!(model.focus, Some(AgentId(77)));
    }
}

#[test]
fn an_agent_made_from_a_blueprint_is_focused_and_what_it_could_not_be_told_is_said() {
    let mut model = model(200, 50);
    assert_eq!(press(&mut model, "ctrl-a c"), [Cmd::Blueprints], "a file may have been written since");
    let coder = crate::protocol::BlueprintView { name: "coder".into(), enabled: true, ..Default::default() };
    update(&mut model, Msg::Blueprints(Ok(vec![coder])), Instant::now());
    press(&mut model, "up c enter");
    let asked = press(&mut model, "enter");
    assert!(
        matches!(&asked[..], [Cmd::Make(draft, _)] if draft.blueprint.as_deref() == Some("coder")),
        "{asked:?}"
    );
    let made = crate::protocol::Created { id: 77, name: "new".into(), notes: vec!["no tools".into()] };
    update(&mut model, Msg::Made("made".into(), Ok(made)), Instant::now());
    assert_eq!(notice(&model), "made; no tools");
    let mut chart = sample::chart();
    chart.agents.push(crate::protocol::AgentView { id: 77, name: "new".into(), ..sample::agent(7) });
    changes(&mut model, Change::Chart(Box::new(chart)));
    assert_eq!(model.focus, Some(AgentId(77)));
}

#[test]
fn when_the_focused_agent_goes_the_focus_goes_back() {
    let mut model = model(200, 50);
    press(&mut model, "ctrl-a n");
    let mut chart = sample::chart();
    chart.agents.retain(|agent| agent.name != "be-2");
    changes(&mut model, Change::Chart(Box::new(chart)));
    assert_eq!(model.focus, Some(id("chief")));
    let nobody = crate::protocol::ChartView { agents: vec![], teams: vec![], ..sample::chart() };
    changes(&mut model, Change::Chart(Box::new(nobody)));
    assert_eq!(model.focus, None);
    assert!(press(&mut model, "x").is_empty());
    assert_eq!(notice(&model), "there is no agent to type to");
}

#[test]
fn a_refusal_and_what_was_asked_and_failed_are_said() {
    let mut model = model(200, 50);
    let problem = Problem::new(Code::Conflict, "fe-1 is not running").hint("start it");
    says(&mut model, ServerMessage::Refused { problem: problem.clone() });
    assert_eq!(notice(&model), "fe-1 is not running; start it");
    press(&mut model, "ctrl-a ^");
    answer(&mut model, Err(problem));
    assert!(model.notice.as_ref().unwrap().bad);
}

#[test]
fn without_a_connection_nothing_is_sent_and_it_is_said() {
    let mut model = model(200, 50);
    update(&mut model, Msg::Lost("broken pipe".into()), Instant::now());
    assert!(press(&mut model, "x").is_empty());
    assert!(notice(&model).contains("no connection"));
    update(&mut model, Msg::Connected, Instant::now());
    let cmds = changes(&mut model, Change::Chart(Box::new(sample::chart())));
    assert!(
        said(&cmds).iter().any(|message| matches!(message, ClientMessage::View { .. })),
        "all is told anew"
    );
    assert_eq!(said(&press(&mut model, "x")).len(), 1);
}

#[test]
fn a_frame_that_stands_on_one_not_seen_makes_the_client_look_away_and_back() {
    let mut model = model(200, 50);
    let size = inner(&model, "chief");
    let mut screen = crate::terminal::Screen::new(crate::terminal::Size::new(size.height, size.width));
    screen.feed(b"a");
    let first = screen.snapshot();
    screen.feed(b"b");
    let mut bytes = crate::protocol::PaneFrame::begin(id("chief"));
    let frame = crate::terminal::Frame::since(&screen.snapshot(), Some(first.revision)).unwrap();
    bytes.extend_from_slice(&frame.into_bytes());
    let cmds = update(&mut model, Msg::Arrived(crate::client::Arrival::Frame(bytes.into())), Instant::now());
    let views: Vec<bool> = said(&cmds)
        .iter()
        .filter_map(|message| match message {
            ClientMessage::View { panes, .. } => Some(panes.iter().any(|pane| pane.agent == id("chief"))),
            _ => None,
        })
        .collect();
    assert_eq!(views, [false, true]);
}

#[test]
fn a_click_focuses_and_a_drag_selects_and_copies() {
    let mut model = model(200, 50);
    prints(&mut model, "be-1", "alpha beta gamma\r\n");
    let at = inner(&model, "be-1");
    let now = Instant::now();
    update(&mut model, mouse(Gesture::Down(Button::Left), (at.x + 6, at.y)), now);
    assert_eq!(model.focus, Some(id("be-1")));
    let at = inner(&model, "be-1");
    update(&mut model, mouse(Gesture::Down(Button::Left), (at.x + 6, at.y)), now + Duration::from_secs(1));
    update(&mut model, mouse(Gesture::Drag(Button::Left), (at.x + 9, at.y)), now + Duration::from_secs(1));
    let cmds =
        update(&mut model, mouse(Gesture::Up(Button::Left), (at.x + 9, at.y)), now + Duration::from_secs(1));
    assert!(cmds.contains(&Cmd::Copy("beta".into())), "{cmds:?}");
    assert!(model.copy.is_none());
    assert_eq!(
        said(&press(&mut model, "ctrl-a ]")),
        [&ClientMessage::Press {
            route: Route::Direct(id("be-1").into()),
            input: Input::Paste("beta".into())
        }]
    );
}

#[test]
fn a_cropped_terminal_is_drawn_whole_when_what_is_in_view_of_it_moves() {
    let mut model = model(200, 50);
    let mut screen = crate::terminal::Screen::new(crate::terminal::Size::new(100, 150));
    let mut seen = None;
    let mut print = |model: &mut Model, output: &str| {
        screen.feed(output.as_bytes());
        let snapshot = screen.snapshot();
        let mut bytes = crate::protocol::PaneFrame::begin(id("chief"));
        bytes.extend(crate::terminal::Frame::since(&snapshot, seen).unwrap().into_bytes());
        seen = Some(snapshot.revision);
        model.dirty = crate::tui::model::Dirty::default();
        update(model, Msg::Arrived(crate::client::Arrival::Frame(bytes.into())), Instant::now());
        model.dirty.all
    };
    print(&mut model, "\x1b[100;1Hbottom");
    assert!(!print(&mut model, "!"), "one row of what is in view");
    assert!(print(&mut model, "\x1b[1;1Htop"), "another part is in view");
}

#[test]
fn a_click_on_a_link_says_where_it_leads() {
    let mut model = model(200, 50);
    prints(
        &mut model,
        "chief",
        "see \x1b]8;;https://example.org/x\x1b\\https://bank.example\x1b]8;;\x1b\\ now",
    );
    let at = inner(&model, "chief");
    update(&mut model, mouse(Gesture::Down(Button::Left), (at.x + 2, at.y)), Instant::now());
    assert_eq!(notice(&model), "");
    update(&mut model, mouse(Gesture::Down(Button::Left), (at.x + 4, at.y)), Instant::now());
    assert_eq!(notice(&model), "this link leads to https://example.org/x");
}

#[test]
fn a_program_that_asked_for_the_mouse_gets_it_in_the_focused_pane_only() {
    let mut model = model(200, 50);
    prints(&mut model, "chief", "\x1b[?1000h\x1b[?1006h");
    prints(&mut model, "be-1", "\x1b[?1000h\x1b[?1006h");
    let (chief, other) = (inner(&model, "chief"), inner(&model, "be-1"));
    let now = Instant::now();
    let cmds = update(&mut model, mouse(Gesture::Down(Button::Left), (chief.x + 2, chief.y + 1)), now);
    let want = Mouse { gesture: Gesture::Down(Button::Left), column: 2, row: 1, mods: Mods::NONE };
    let route = Route::Direct(id("chief").into());
    assert_eq!(said(&cmds), [&ClientMessage::Press { route, input: Input::Mouse(want) }]);
    update(&mut model, mouse(Gesture::Up(Button::Left), (chief.x + 2, chief.y + 1)), now);
    let cmds = update(&mut model, mouse(Gesture::Down(Button::Left), (other.x, other.y)), now);
    assert!(!said(&cmds).iter().any(|m| matches!(m, ClientMessage::Press { input: Input::Mouse(_), .. })));
    assert_eq!(model.focus, Some(id("be-1")));
}

#[test]
fn the_wheel_scrolls_back_and_leaves_at_the_end() {
    let mut model = model(200, 50);
    prints(&mut model, "chief", "now\r\n");
    let at = inner(&model, "chief");
    let cmds = update(&mut model, mouse(Gesture::WheelUp, (at.x, at.y)), Instant::now());
    assert!(cmds.contains(&Cmd::Fetch(id("chief"))) && model.copy.is_some());
    let mut scrollback =
        crate::terminal::Scrollback::new(crate::terminal::Size::new(at.height, at.width), 1000);
    (0..100).for_each(|n| scrollback.feed(format!("line {n}\r\n").as_bytes()));
    scrollback.feed(b"now\r\n");
    let history: History = scrollback.history();
    update(&mut model, Msg::History(id("chief"), Ok(history)), Instant::now());
    for _ in 0..3 {
        update(&mut model, mouse(Gesture::WheelDown, (at.x, at.y)), Instant::now());
    }
    assert!(model.copy.is_none());
}

#[test]
fn a_border_that_is_dragged_stays_where_it_is_let_go() {
    let mut model = model(200, 50);
    let handle =
        model.arrangement.handles.iter().find(|h| h.axis == crate::layout::Axis::Height).unwrap().clone();
    let (x, y) = (handle.area.x, handle.area.y);
    let before = inner(&model, "chief").height;
    update(&mut model, mouse(Gesture::Down(Button::Left), (x, y)), Instant::now());
    let cmds = update(&mut model, mouse(Gesture::Drag(Button::Left), (x, y + 4)), Instant::now());
    update(&mut model, mouse(Gesture::Up(Button::Left), (x, y + 4)), Instant::now());
    assert_eq!(inner(&model, "chief").height, before + 4);
    assert!(
        said(&cmds).iter().any(|m| matches!(m, ClientMessage::View { .. })),
        "the terminals get their sizes"
    );
}

#[test]
fn an_arrangement_is_saved_under_a_name_and_called_back() {
    let mut model = model(200, 50);
    press(&mut model, "ctrl-a i ctrl-a f ctrl-a 0");
    assert!(model.arrangement.groups.iter().any(|group| group.closed));
    let mut turn = super::Turn { model: &mut model, now: Instant::now(), cmds: Vec::new(), rearrange: false };
    turn.fulfil(crate::tui::overlay::Intent::SaveLayout(crate::domain::Name::new("mine").unwrap()));
    let saved = turn.cmds.iter().find_map(|cmd| match cmd {
        Cmd::Save(name, text) => Some((name.clone(), text.clone())),
        _ => None,
    });
    let (name, text) = saved.unwrap();
    assert_eq!(name, "mine");
    let read = crate::layout::Layout::parse("mine.toml", &text, &|_| None).unwrap();
    assert_eq!(read.collapsed, model.layout.collapsed);
    press(&mut model, "ctrl-a space");
    assert!(model.layout.collapsed.is_empty());
    let mut turn = super::Turn { model: &mut model, now: Instant::now(), cmds: Vec::new(), rearrange: false };
    turn.fulfil(crate::tui::overlay::Intent::Layout("mine".into()));
    assert_eq!(model.layout.collapsed.len(), 1);
}

#[test]
fn a_layout_that_is_called_back_is_as_the_person_left_it_until_it_is_reset() {
    let mut model = model(200, 50);
    press(&mut model, "ctrl-a i ctrl-a f ctrl-a y down esc");
    assert_eq!(
        (model.layout_name.as_str(), model.layout.collapsed.len()),
        ("org-chart", 1),
        "a look at others"
    );
    press(&mut model, "ctrl-a space ctrl-a space ctrl-a space ctrl-a space");
    assert_eq!(
        (model.layout_name.as_str(), model.layout.collapsed.len()),
        ("org-chart", 1),
        "and round again"
    );
    press(&mut model, "ctrl-a =");
    assert!(model.layout.collapsed.is_empty() && model.layout.weights.is_empty());
}

#[test]
fn resizing_tells_the_daemon_the_sizes_that_are_drawn() {
    let mut model = model(200, 50);
    for (width, height) in [(80, 24), (20, 5), (1, 1), (300, 100)] {
        let cmds = sample::resize(&mut model, width, height);
        let Some(ClientMessage::View { panes, .. }) = said(&cmds).first().copied() else {
            panic!("{width}×{height}: {cmds:?}")
        };
        for pane in panes {
            let inner = model.arrangement.pane(pane.agent).and_then(Slot::inner).unwrap();
            assert_eq!((inner.height, inner.width), (pane.rows, pane.cols));
        }
    }
}

#[test]
fn a_message_between_two_agents_is_seen_on_both_and_passes() {
    let mut model = model(200, 50);
    says(&mut model, ServerMessage::Pulse { from: Some(id("chief")), to: id("be-lead") });
    assert_eq!(model.pulses.len(), 2);
    let due = model.due().unwrap();
    update(&mut model, Msg::Tick, due);
    assert!(model.pulses.is_empty() && model.dirty.all);
}

#[test]
fn the_clipboard_is_an_agents_only_if_the_person_agrees() {
    let mut model = model(200, 50);
    let cmds = says(&mut model, ServerMessage::Clipboard { agent: id("be-1"), text: "secret".into() });
    assert!(cmds.is_empty() && model.overlays.len() == 1);
    assert!(press(&mut model, "n").is_empty());
    says(&mut model, ServerMessage::Clipboard { agent: id("be-1"), text: "secret".into() });
    assert_eq!(press(&mut model, "y"), [Cmd::Copy("secret".into())]);
    model.settings.clipboard = crate::tui::settings::Clipboard::Deny;
    assert!(says(&mut model, ServerMessage::Clipboard { agent: id("be-1"), text: "x".into() }).is_empty());
    assert!(model.overlays.is_empty());
}

#[test]
fn who_looks_elsewhere_is_told_once_that_an_agent_needs_them() {
    let mut model = model(200, 50);
    let waits = |model: &mut Model, state: &str| {
        let mut view = model.chart.agent(id("be-1")).unwrap().clone();
        (view.state, view.waiting_for) =
            (state.to_owned(), (state == "waiting").then(|| "approval".to_owned()));
        view.task = Some("approve Bash: make".to_owned());
        let cmds = changes(model, Change::Agent(Box::new(view)));
        cmds.into_iter().filter(|cmd| matches!(cmd, Cmd::Notify(..))).collect::<Vec<_>>()
    };
    waits(&mut model, "idle");
    assert_eq!(waits(&mut model, "waiting"), [], "the person looks here");
    waits(&mut model, "idle");
    update(&mut model, Msg::Focus(false), Instant::now());
    let told = Cmd::Notify("be-1 waits for approval".into(), "approve Bash: make".into());
    assert_eq!(waits(&mut model, "waiting"), [told]);
    assert_eq!(waits(&mut model, "waiting"), []);
}
