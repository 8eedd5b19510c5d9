//! What holds of every overlay: it draws in any room and never outside of it, and how it looks at 80×24.

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::sample::{agent, keys, model, seen, team, typed};
use super::*;
use crate::domain::{BroadcastReport, Outcome, Target};
use crate::protocol::{EvidenceView, Explanation, MessageView};
use crate::tui::key::Action;

const COPY: &[(&str, &str)] = &[("y", "copies what is selected")];

/// One of every overlay.
fn all(model: &Model) -> Vec<Box<dyn Overlay>> {
    let be = agent(model, "be-1");
    let backend = team(model, "backend");
    let everyone = model.chart.org.within(Scope::All);
    let name = |id: AgentId| Name::lenient(model.chart.name(id), "x");
    let targets = everyone.iter().map(|id| Target { agent: *id, name: name(*id), skip: None }).collect();
    let outcome =
        |id: &AgentId| Outcome { agent: *id, name: name(*id), delivered: 3, kept_back: 1, skip: None };
    let outcomes = everyone.iter().map(outcome).collect();
    let text =
        "日本語 and more of it, \u{1b}[31m and a very long line that has to be broken somewhere ".repeat(9);
    let message = MessageView {
        id: 1,
        from: "person".into(),
        to: "be-1".into(),
        text: text.clone(),
        sent_at: "2026-11-20T12:00:00Z".into(),
        ..MessageView::default()
    };
    let evidence = EvidenceView {
        source: "progress (OSC 9;4)".into(),
        state: "working".into(),
        rule: "a-rule".into(),
        detail: text.clone(),
        age_ms: 1,
        confidence: 9,
        decisive: true,
    };
    let explanation = Explanation {
        agent: "be-1".into(),
        state: "working".into(),
        reason: text.clone(),
        since: "now".into(),
        time_limit: Some(text.clone()),
        evidence: vec![evidence],
        conversations: Vec::new(),
    };
    let mut written = Prompt::message(model, be);
    written.paste(&text, model);
    let mut filtered = Help::new(model, COPY);
    typed(&mut filtered, model, "agent");
    vec![
        Box::new(Palette::new(model)),
        Box::new(Palette::agents(model)),
        Box::new(Picker::layouts(model)),
        Box::new(Picker::themes(model)),
        Box::new(Help::new(model, COPY)),
        Box::new(filtered),
        Box::new(Prompt::rename_agent(model, be)),
        Box::new(written),
        Box::new(NewAgentForm::new(model)),
        Box::new(Choose::broadcast(model)),
        Box::new(Choose::color(model, backend)),
        Box::new(Confirm::disband(model, backend)),
        Box::new(Confirm::clipboard(model, be, text)),
        Box::new(Targets::new(BroadcastId(1), Scope::All, targets, true, model)),
        Box::new(Report::new(BroadcastReport { scope: Scope::All, outcomes }, model)),
        Box::new(Explain::new(explanation)),
        Box::new(Mailbox::new(vec![message])),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn an_overlay_draws_in_any_room_and_never_outside_of_it(
        columns in 1u16..100,
        rows in 1u16..30,
        tiny in any::<bool>(),
        pressed in proptest::collection::vec(0usize..12, 0..12),
    ) {
        let (columns, rows) = if tiny { (columns % 9 + 1, rows % 5 + 1) } else { (columns, rows) };
        let all_keys =
            ["down", "up", "end", "pagedown", "tab", "a", "right", "backspace", "ctrl-u", "日", "home", "left"];
        let model = model();
        for mut overlay in all(&model) {
            for key in &pressed {
                keys(overlay.as_mut(), &model, all_keys[*key]);
            }
            let (wide, high) = overlay.wants(&model, (columns, rows));
            prop_assert!(wide <= columns && high <= rows, "{} wants {wide}×{high}", overlay.title());
            let window = Rect::new(0, 0, columns + 4, rows + 4);
            let mut buffer = Buffer::empty(window);
            for cell in &mut buffer.content {
                cell.set_symbol("#");
            }
            let area = Rect::new(2, 2, columns, rows);
            let cursor = overlay.draw(&model, area, &mut buffer);
            for position in window.positions().filter(|position| !area.contains(*position)) {
                prop_assert_eq!(buffer[position].symbol(), "#", "{} at {}", overlay.title(), position);
            }
            prop_assert!(cursor.is_none_or(|at| area.contains(at.into())), "{} {:?}", overlay.title(), cursor);
            overlay.click((columns / 2, rows / 2), (columns, rows), &model);
            overlay.wheel(3, &model);
            overlay.draw(&model, area, &mut buffer);
        }
    }
}

#[test]
fn everything_reads_well_in_a_small_window() {
    let model = model();
    let shown: Vec<String> =
        all(&model).iter().map(|overlay| seen(overlay.as_ref(), &model, (80, 24))).collect();
    insta::assert_snapshot!("small", shown.join("\n"));
}

#[test]
fn help_has_two_columns_where_there_is_room() {
    let model = model();
    insta::assert_snapshot!("help-wide", seen(&Help::new(&model, COPY), &model, (160, 50)));
}

#[test]
fn a_key_that_is_released_does_nothing() {
    let model = model();
    for mut overlay in all(&model) {
        for key in ["enter", "esc", "y", "x"] {
            let mut key: Key = key.parse().unwrap();
            key.kind = crate::domain::KeyKind::Release;
            assert!(matches!(overlay.key(key, &model), Reply::Stay), "{}", overlay.title());
        }
    }
}

#[test]
fn every_overlay_can_be_left_with_escape() {
    let model = model();
    for mut overlay in all(&model) {
        let left = ["esc", "esc"].iter().any(|key| keys(overlay.as_mut(), &model, key) != "stay");
        assert!(left, "{}", overlay.title());
    }
    assert_eq!(keys(&mut Palette::new(&model), &model, "esc"), "close");
    assert!(Action::named("palette").is_some());
}
