//! What the screen looks like: whole windows as snapshots, and what holds in windows of every size.

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{changed, cursor, draw, draw_agent, rect};
use crate::client::Change;
use crate::protocol::ServerMessage;
use crate::tui::model::Model;
use crate::tui::sample::{self, changes, id, model, press, prints, says};

fn drawn(model: &Model) -> Buffer {
    let mut buffer = Buffer::empty(rect(model.area));
    draw(model, &mut buffer);
    buffer
}

/// The window as text; the second cell of a wide character is left out.
fn text(model: &Model) -> String {
    let buffer = drawn(model);
    let mut out = String::new();
    for y in 0..buffer.area.height {
        let mut skip = false;
        let mut row = String::new();
        for x in 0..buffer.area.width {
            if !std::mem::take(&mut skip) {
                let symbol = buffer[(x, y)].symbol();
                row.push_str(symbol);
                skip = unicode_width::UnicodeWidthStr::width(symbol) > 1;
            }
        }
        out.push_str(row.trim_end());
        out.push('\n');
    }
    out
}

fn busy(width: u16, height: u16) -> Model {
    let mut model = model(width, height);
    prints(&mut model, "chief", "Plan the release\r\n● Read docs/roadmap.md\r\n> ");
    prints(&mut model, "be-1", "● Edit src/ledger.rs\r\n");
    prints(&mut model, "be-2", "May I run: cargo test?\r\n");
    model
}

#[test]
fn a_wide_window_shows_everybody_as_a_live_pane() {
    insta::assert_snapshot!(text(&busy(160, 45)));
}

#[test]
fn a_small_window_shows_everybody_all_the_same() {
    insta::assert_snapshot!(text(&busy(80, 24)));
}

#[test]
fn a_tiny_window_shows_the_focused_terminal() {
    insta::assert_snapshot!(text(&busy(20, 5)));
}

#[test]
fn a_wall_of_cards() {
    let mut model = busy(100, 30);
    while model.layout_name != "wall" {
        press(&mut model, "ctrl-a space");
    }
    model.notice = None;
    insta::assert_snapshot!(text(&model));
}

#[test]
fn the_box_of_what_can_follow_a_leader() {
    let mut model = busy(160, 45);
    press(&mut model, "ctrl-a");
    model.which_key_at = None;
    insta::assert_snapshot!(text(&model));
}

#[test]
fn where_every_agent_is_stopped_it_is_said_what_starts_them() {
    for (resumable, said) in [
        (0, "every agent is stopped; agentctl up starts them; ctrl-a o starts the focused one"),
        (2, "every agent is stopped; ctrl-a ctrl-r resumes 2 of them; ctrl-a o starts the focused one"),
    ] {
        let mut model = sample::empty(120, 40);
        let mut chart = sample::chart();
        for (n, agent) in chart.agents.iter_mut().enumerate() {
            agent.state = "stopped".into();
            agent.resumable = n < resumable;
        }
        changes(&mut model, Change::Chart(Box::new(chart)));
        press(&mut model, "esc");
        model.notice = None;
        assert!(text(&model).contains(said), "{}", text(&model));
    }
}

#[test]
fn every_agent_is_named_or_dotted_and_its_state_said_in_a_glyph() {
    for (width, height) in [(200, 50), (120, 40), (80, 24)] {
        let shown = text(&model(width, height));
        for (place, (name, ..)) in sample::AGENTS.iter().enumerate() {
            let glyph = sample::agent(place).agent_state().glyph();
            assert!(shown.contains(name) && shown.contains(glyph), "{name} in {width}×{height}:\n{shown}");
        }
    }
}

#[test]
fn where_keys_go_is_said_in_words_and_marked_on_every_pane_they_reach() {
    let mut model = busy(200, 50);
    let marked = |model: &Model| text(model).matches('»').count();
    assert!(text(&model).contains("keys → chief") && marked(&model) == 1);
    press(&mut model, "ctrl-a i ctrl-a e");
    assert!(text(&model).contains("keys → chief (executive)") && marked(&model) == 1);
    press(&mut model, "ctrl-a B");
    let targets = ["chief", "be-lead", "be-1", "be-2"].map(|name| crate::domain::Target {
        agent: id(name),
        name: crate::domain::Name::new(name).unwrap(),
        skip: None,
    });
    let answer = crate::protocol::Answer::Broadcast {
        broadcast: crate::domain::BroadcastId(1),
        targets: targets.to_vec(),
    };
    let number = *model.asked.keys().next_back().unwrap();
    says(&mut model, ServerMessage::Answer { id: number, result: Ok(answer) });
    press(&mut model, "enter");
    assert!(text(&model).contains("KEYS → everybody: 3 of 4"), "{}", text(&model));
    assert_eq!(marked(&model), 3, "who has a dialog open is passed over, and not marked");
}

#[test]
fn the_cursor_stands_where_the_focused_program_has_it() {
    let mut model = busy(200, 50);
    let inner = model.arrangement.pane(id("chief")).and_then(crate::layout::Slot::inner).unwrap();
    let (at, _) = cursor(&model).unwrap();
    assert_eq!((at.x, at.y), (inner.x + 2, inner.y + 2));
    prints(&mut model, "chief", "\x1b[?25l");
    assert_eq!(cursor(&model), None);
}

#[test]
fn a_terminal_of_another_windows_size_is_cropped_or_has_room_around_it() {
    let mut model = model(200, 50);
    let mut show = |rows, cols, output: &str| {
        let mut screen = crate::terminal::Screen::new(crate::terminal::Size::new(rows, cols));
        screen.feed(output.as_bytes());
        let mut bytes = crate::protocol::PaneFrame::begin(id("chief"));
        bytes.extend_from_slice(
            &crate::terminal::Frame::since(&screen.snapshot(), None).unwrap().into_bytes(),
        );
        let arrival = crate::client::Arrival::Frame(bytes.into());
        crate::tui::update::update(
            &mut model,
            crate::tui::msg::Msg::Arrived(arrival),
            std::time::Instant::now(),
        );
        text(&model)
    };
    let small = show(5, 20, "small");
    assert!(small.contains("small               ·····") && small.contains(" 20×5 "), "{small}");
    let lines: String = (0..60).map(|n| format!("line {n}\r\n")).collect();
    let large = show(61, 300, &lines);
    assert!(
        large.contains("line 59") && !large.contains("line 1\n") && large.contains("300×61, cropped"),
        "{large}"
    );
}

#[test]
fn a_part_drawn_anew_is_what_the_whole_would_show() {
    let mut model = busy(160, 45);
    let mut shown = drawn(&model);
    model.dirty = crate::tui::model::Dirty::default();
    for (name, output) in [("be-1", "漢字 news\r\nmore\x1b[3;1Hx"), ("chief", "\x1b[2Jclear"), ("be-2", "up")]
    {
        prints(&mut model, name, output);
    }
    assert!(!model.dirty.all, "frames alone redraw no whole window");
    for (agent, rows) in std::mem::take(&mut model.dirty).rows {
        for area in changed(&model, agent, &rows) {
            let mut part = Buffer::empty(area);
            draw_agent(&model, agent, &mut part);
            shown.merge(&part);
        }
    }
    assert_eq!(shown, drawn(&model));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_window_of_any_size_is_drawn(width in 0u16..260, height in 0u16..70, layout in 0usize..4, zoom: bool) {
        let mut model = busy(width, height);
        for _ in 0..layout {
            press(&mut model, "ctrl-a space");
        }
        if zoom {
            press(&mut model, "ctrl-a z");
        }
        let buffer = drawn(&model);
        prop_assert_eq!(buffer.area, Rect::new(0, 0, width, height));
        press(&mut model, "ctrl-a");
        model.which_key_at = None;
        drawn(&model);
    }
}
