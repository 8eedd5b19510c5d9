//! What the witnesses of one agent are worth beside each other: hooks, records, its own word, its screen.

use std::sync::Arc;

use super::screens::{BOX, DIALOG, TURN, look, ms, settled, told};
use super::*;
use crate::domain::{AgentState, Signal, Source, WaitFor};

const WRITES: &str = "❯ do it\n\n● I will do it, and say\n  why.\n\n✻ Musing… (3s · ↓ 5 tokens)\n\n────────────────────\n❯ ▮\n────────────────────\n  ⏸ a mode · esc to interrupt";

const RUNS: &str = "❯ do it\n\n● Bash(make)\n  ⎿  Running…\n\n✻ Musing… (3s · ↓ 5 tokens)\n\n────────────────────\n❯ ▮\n────────────────────\n  ⏸ a mode · esc to interrupt";

fn starting(name: &str) -> Detector {
    let adapters = Adapters::builtin().unwrap();
    Detector::new(Arc::clone(adapters.named(name).unwrap()), ms(0))
}

#[test]
fn a_hook_that_tells_of_a_conversations_beginning_does_not_end_the_start_before_its_box_is_there() {
    let mut claude = starting("claude");
    claude.output(10, ms(200));
    told(&mut claude, AgentState::Idle, 300);
    assert_eq!(look(&mut claude, "", 310), AgentState::Starting);
    assert_eq!(look(&mut claude, BOX, 400), AgentState::Idle);
    // A version that looks different is ready once it is quiet.
    let mut newer = starting("claude");
    newer.output(10, ms(200));
    told(&mut newer, AgentState::Idle, 300);
    assert_eq!(look(&mut newer, "a box of another kind", 310), AgentState::Starting);
    assert_eq!(newer.verdict(ms(3_200)).seen.state, AgentState::Idle);
    // And whoever works is past its start.
    let mut busy = starting("claude");
    told(&mut busy, AgentState::Thinking, 300);
    assert_eq!(look(&mut busy, "", 310), AgentState::Thinking);
}

#[test]
fn a_box_that_is_drawn_before_the_first_question_does_not_end_the_start() {
    let ready = " >   Type your message or @path/to/file▮";
    let trust = "  │ Do you trust the files in this folder? │\n  │ ● 1. Trust   │\n  │   2. No      │\n  ╰────────────────────────╯";
    let mut gemini = starting("gemini");
    gemini.title("◇  Ready (a)");
    assert_eq!(look(&mut gemini, ready, 2_000), AgentState::Starting);
    assert_eq!(look(&mut gemini, ready, 2_300), AgentState::Starting);
    assert_eq!(look(&mut gemini, trust, 2_400), AgentState::Waiting(WaitFor::Approval));
    let mut gemini = starting("gemini");
    gemini.title("◇  Ready (a)");
    look(&mut gemini, ready, 2_000);
    let again = gemini.look_again_at(ms(2_000)).unwrap();
    assert!(again <= ms(3_000));
    assert_eq!(look(&mut gemini, ready, 3_000), AgentState::Idle, "it stands");
}

fn prompt_taken(detector: &mut Detector, at: u64) {
    detector.signal(&Signal::PromptTaken { text: None }, ms(at));
    told(detector, AgentState::Thinking, at);
}

fn recorded(detector: &mut Detector, state: AgentState, at: u64) {
    let (source, rule, detail) = (Source::Record, "record".to_owned(), "so".to_owned());
    detector.signal(&Signal::State { source, state, rule, detail }, ms(at));
}

#[test]
fn what_a_model_writes_is_work_though_a_hook_told_of_the_prompt_alone() {
    let mut claude = settled("claude");
    look(&mut claude, BOX, 9_000);
    prompt_taken(&mut claude, 10_000);
    recorded(&mut claude, AgentState::Thinking, 10_010);
    assert_eq!(look(&mut claude, TURN, 10_100), AgentState::Thinking);
    assert_eq!(look(&mut claude, WRITES, 10_400), AgentState::Working);
    assert_eq!(look(&mut claude, TURN, 10_900), AgentState::Thinking);
}

#[test]
fn a_prompt_that_is_typed_while_a_model_writes_is_no_new_turn() {
    let mut claude = settled("claude");
    prompt_taken(&mut claude, 10_000);
    assert_eq!(look(&mut claude, WRITES, 10_400), AgentState::Working);
    prompt_taken(&mut claude, 11_000);
    assert_eq!(look(&mut claude, WRITES, 11_010), AgentState::Working);
}

#[test]
fn a_tool_that_is_done_is_no_work_though_the_screen_shows_it_a_little_longer() {
    let mut claude = settled("claude");
    told(&mut claude, AgentState::Working, 10_000);
    assert_eq!(look(&mut claude, RUNS, 10_100), AgentState::Working);
    told(&mut claude, AgentState::Thinking, 12_000);
    assert_eq!(look(&mut claude, RUNS, 12_010), AgentState::Thinking);
    assert_eq!(look(&mut claude, TURN, 12_100), AgentState::Thinking);
    assert_eq!(look(&mut claude, WRITES, 12_200), AgentState::Working, "it writes of it already");
}

#[test]
fn a_tool_that_a_hook_says_is_done_is_no_work_though_the_program_goes_on_to_name_it() {
    let mut claude = settled("claude");
    told(&mut claude, AgentState::Working, 10_000);
    // base64 of "Run the tests"
    claude.status(b"state=working:msg=UnVuIHRoZSB0ZXN0cw==", ms(10_010));
    assert_eq!(look(&mut claude, TURN, 10_100), AgentState::Working);
    told(&mut claude, AgentState::Thinking, 12_000);
    assert_eq!(look(&mut claude, TURN, 12_100), AgentState::Thinking);
    assert_eq!(look(&mut claude, WRITES, 13_000), AgentState::Working);
}

#[test]
fn a_dialog_that_came_after_a_word_of_work_is_believed_at_once() {
    let asks = AgentState::Waiting(WaitFor::Approval);
    let mut claude = settled("claude");
    look(&mut claude, TURN, 9_000);
    told(&mut claude, AgentState::Working, 10_000);
    assert_eq!(look(&mut claude, DIALOG, 10_050), asks);
    let mut codex = settled("codex");
    codex.title("⠋ work");
    look(&mut codex, "› ▮\n\n  m", 9_000);
    codex.title("[ ! ] Action Required | work");
    look(&mut codex, "› ▮\n\n  m", 10_050);
    recorded(&mut codex, AgentState::Working, 10_000);
    assert_eq!(codex.verdict(ms(10_100)).seen.state, asks, "a title asks as well as a screen");
}

#[test]
fn an_error_is_not_unsaid_by_what_only_tells_that_the_turn_is_over() {
    let mut claude = settled("claude");
    prompt_taken(&mut claude, 10_000);
    told(&mut claude, AgentState::Error, 12_000);
    recorded(&mut claude, AgentState::Idle, 12_010);
    assert_eq!(claude.verdict(ms(12_100)).seen.state, AgentState::Error);
    // A screen that has come to show one in this turn says as much.
    let failed = format!("❯ do it\n\n● API Error: 500 it broke\n{BOX}");
    let mut claude = settled("claude");
    prompt_taken(&mut claude, 10_000);
    look(&mut claude, TURN, 10_100);
    look(&mut claude, &failed, 11_000);
    recorded(&mut claude, AgentState::Idle, 11_010);
    assert_eq!(look(&mut claude, &failed, 11_050), AgentState::Error);
    // One that was there before the turn began does not.
    prompt_taken(&mut claude, 20_000);
    told(&mut claude, AgentState::Idle, 21_000);
    assert_eq!(look(&mut claude, &failed, 21_050), AgentState::Idle);
}

#[test]
fn a_turn_that_is_over_as_soon_as_it_began_is_over_when_the_screen_shows_so() {
    let quick = || {
        let mut claude = settled("claude");
        look(&mut claude, BOX, 9_000);
        prompt_taken(&mut claude, 10_000);
        told(&mut claude, AgentState::Idle, 10_150);
        claude
    };
    let mut over = quick();
    assert_eq!(look(&mut over, BOX, 10_200), AgentState::Thinking, "it may not be drawn yet");
    let again = over.look_again_at(ms(10_200)).unwrap();
    assert!(again <= ms(10_450));
    assert_eq!(over.verdict(ms(10_450)).seen.state, AgentState::Idle);
    // It was the turn before that ended.
    let mut goes_on = quick();
    assert_eq!(look(&mut goes_on, TURN, 10_200), AgentState::Thinking);
    assert_eq!(look(&mut goes_on, TURN, 12_000), AgentState::Thinking);
}

#[test]
fn what_changes_its_looks_after_a_turn_is_over_is_not_drawn_yet_and_no_new_turn() {
    let mut claude = settled("claude");
    prompt_taken(&mut claude, 10_000);
    assert_eq!(look(&mut claude, WRITES, 10_400), AgentState::Working);
    told(&mut claude, AgentState::Idle, 12_000);
    assert_eq!(look(&mut claude, TURN, 12_050), AgentState::Idle);
    assert_eq!(look(&mut claude, BOX, 12_100), AgentState::Idle);
    // What begins afterwards is another one.
    assert_eq!(look(&mut claude, TURN, 12_500), AgentState::Thinking);
}

#[test]
fn records_that_are_read_late_do_not_hide_what_has_come_since() {
    let foot = "\n\n› ▮Ask Codex to do anything\n\n  a model · /src";
    let runs = format!("• Running touch a\n\n• Working (2s • esc to interrupt){foot}");
    let thinks = format!("• Ran touch a\n\n• Working (3s • esc to interrupt){foot}");
    let mut codex = settled("codex");
    look(&mut codex, &thinks, 9_000);
    recorded(&mut codex, AgentState::Working, 10_000);
    assert_eq!(look(&mut codex, &thinks, 10_010), AgentState::Working, "it is not shown yet");
    assert_eq!(look(&mut codex, &runs, 10_100), AgentState::Working);
    assert_eq!(look(&mut codex, &thinks, 12_000), AgentState::Thinking);
    let ready = format!("• Done.{foot}");
    recorded(&mut codex, AgentState::Error, 13_000);
    assert_eq!(look(&mut codex, &ready, 13_100), AgentState::Error);
    look(&mut codex, &thinks, 20_000);
    assert_eq!(look(&mut codex, &ready, 20_500), AgentState::Idle, "that was another turn");
}

#[test]
fn what_is_written_is_seen_beneath_a_status_line_and_behind_code() {
    let status_line = "● I will do it, and say\n  why.\n\n──────────── a ──\n❯ ▮\n────────────────────\n  a · team\n  ← for agents";
    let mut claude = settled("claude");
    claude.title("⠂ a");
    assert_eq!(look(&mut claude, status_line, 10_000), AgentState::Working);
    claude.title("✳ a");
    assert_eq!(look(&mut claude, status_line, 10_100), AgentState::Idle);
    let gemini = |above: &str| {
        let mut gemini = settled("gemini");
        gemini.title("✦  Working… (a)");
        let screen = format!(
            "▄▄▄▄▄▄▄▄▄▄▄▄\n > do it\n▀▀▀▀▀▀▀▀▀▀▀▀\n{above}\n\n ⠸ Executing Hook: a (esc to cancel, 1s)\n────────────\n >   Type your message or @path/to/file▮"
        );
        look(&mut gemini, &screen, 10_000)
    };
    assert_eq!(gemini("✦ I will."), AgentState::Working);
    assert_eq!(gemini("   1 ╭─────╮\n   2 │ box"), AgentState::Working, "code");
    assert_eq!(
        gemini("✦ I will.\n\n  ✓  WriteFile  a.txt → Accepted (+1, -0)\n\n      1 line"),
        AgentState::Thinking
    );
    assert_eq!(gemini("✦ It says\n\n  ╭─────╮\n  │ box │"), AgentState::Working, "a box in a text");
    assert_eq!(gemini("✦ I will.\n╭─────╮\n│ ✓  Shell │\n╰─────╯"), AgentState::Thinking, "a tool's box");
    assert_eq!(gemini(""), AgentState::Thinking);
    let narrow = "✦ I will\n\n\n? for shortcutsoks: a, a (esc to cancel, 0s)\n────────────\n >   Type your message or @path/to/file▮";
    let mut drawn_over = settled("gemini");
    drawn_over.title("✦  Working… (a)");
    assert_eq!(look(&mut drawn_over, narrow, 10_000), AgentState::Working);
}
