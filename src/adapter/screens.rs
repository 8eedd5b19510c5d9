//! States of the real programs, from short screens that have the frames of theirs and words of our own.

use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::domain::{AgentState, Signal, Source, Timestamp, WaitFor};

const ASKS: AgentState = AgentState::Waiting(WaitFor::Approval);
const ANSWER: AgentState = AgentState::Waiting(WaitFor::Answer);
const LOGIN: AgentState = AgentState::Waiting(WaitFor::Login);

pub(super) fn ms(n: u64) -> Timestamp {
    Timestamp(1_000_000) + Duration::from_millis(n)
}

/// A program that has settled.
pub(super) fn settled(name: &str) -> Detector {
    let adapters = Adapters::builtin().unwrap();
    Detector::resumed(Arc::clone(adapters.named(name).unwrap()), ms(0))
}

/// Looks at a screen in which `▮` is the cursor.
pub(super) fn look(detector: &mut Detector, screen: &str, at: u64) -> AgentState {
    let mut cursor = (0, 0);
    let rows: Vec<String> = screen
        .lines()
        .enumerate()
        .map(|(row, line)| {
            if let Some(at) = line.find('▮') {
                cursor = (row, line[..at].chars().count());
            }
            line.replace('▮', "")
        })
        .collect();
    detector.look(&View { rows: &rows, cursor, title: "" }, ms(at));
    detector.verdict(ms(at)).seen.state
}

fn shown(name: &str, screen: &str) -> AgentState {
    look(&mut settled(name), screen, 10_000)
}

pub(super) fn told(detector: &mut Detector, state: AgentState, at: u64) {
    let (source, rule, detail) = (Source::Hook, "hook".to_owned(), "Bash: run the tests".to_owned());
    detector.signal(&Signal::State { source, state, rule, detail }, ms(at));
}

pub(super) const BOX: &str = "\n────────────────────\n❯ ▮\n────────────────────\n  ⏸ a mode";
pub(super) const TURN: &str = "✻ Musing… (3s · ↓ 5 tokens)\n\n────────────────────\n❯ ▮\n────────────────────\n  ⏸ a mode · esc to interrupt";
pub(super) const DIALOG: &str = "❯ do it\n\n● I will.\n────────────────────\n Bash command\n\n touch a\n\n Do you want to go on?\n ❯ 1. Yes\n   2. Yes, and always\n   3. No\n\n Esc to cancel · Tab to amend";
const PICKER: &str =
    "● said\n▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔\n  Resume something\n\n  › the one\n\n  Ctrl+A all · Esc to close";

#[test]
fn claudes_screens_are_read_without_a_word_of_its_own() {
    let question = "● I will.\n────────────────────\n ☐ Colour\n\nWhich one?\n\n❯ 1. Red\n     warm\n  2. Blue\n  3. Type something.\n────────────────────\n  4. Chat about this\n\nEnter to select · Esc to cancel";
    let trust = " Accessing a folder\n\n Is this a project you created or one you trust?\n\n ❯ 1. No\n   2. Yes\n\n Enter to confirm · Esc to cancel";
    let key = " Found a key\n\n Do you want to use this API key?\n\n   1. Yes\n ❯ 2. No (recommended)\n\n Enter to confirm · Esc to cancel";
    for (screen, state) in [
        (BOX, AgentState::Idle),
        (TURN, AgentState::Thinking),
        (
            "✻ Musing… (3s · esc to interrupt)\n\n────────────────────\n> \n────────────────────\n  ? for help",
            AgentState::Thinking,
        ),
        (DIALOG, ASKS),
        (
            "Do you want to proceed?\n❯ 1. Yes\n↓ 2. Yes, and …\n ↑ 3 more lines\nEsc to cancel · Tab to amend",
            ASKS,
        ),
        (question, ANSWER),
        (trust, ASKS),
        (key, LOGIN),
        (PICKER, ANSWER),
        ("  Pick a model\n  ❯ 1. One\n    2. Two\n\n  Enter to save · Esc to cancel", ANSWER),
        (&format!("● API Error: 500 it broke\n{BOX}"), AgentState::Error),
        (&format!("● API Error: 500 it broke\n❯ again\n● Done.\n{BOX}"), AgentState::Idle),
        (&format!("● Please run /login · API Error: 401\n{BOX}"), LOGIN),
    ] {
        assert_eq!(shown("claude", screen), state, "{screen}");
    }
    let mut detector = settled("claude");
    look(&mut detector, DIALOG, 10_000);
    assert_eq!(detector.verdict(ms(10_000)).seen.task.as_deref(), Some("Do you want to go on?"));
    look(&mut detector, PICKER, 11_000);
    assert_eq!(detector.verdict(ms(11_000)).seen.reason, "claude-picker: Resume something");
    let typed = |detector: &mut Detector, draft: &str| {
        look(detector, &BOX.replace('▮', &format!("{draft}▮")), 12_000);
        detector.verdict(ms(12_000)).seen
    };
    assert_eq!(typed(&mut detector, "a"), typed(&mut detector, "ab"), "what is typed is no news");
}

#[test]
fn prose_in_the_shape_of_a_dialog_is_none_while_the_input_box_stands_below_it() {
    for prose in [
        "● Do you want to go on?\n ❯ 1. Yes\n   2. No\n\n Esc to cancel",
        "● Would you like me to proceed?\n   1. Yes\n   2. No",
        "● It says: Enter to select · Esc to cancel\n❯ 1. Red\n  2. Type something",
        "● API Error: is what it prints\n\n● and that is all\n  of it\n  to say",
    ] {
        assert_eq!(shown("claude", &format!("{prose}\n{BOX}")), AgentState::Idle, "{prose}");
    }
    let codex = "• Would you like to run it?\n› 1. Yes\n  2. No\n\n  Press enter to confirm or esc to cancel\n\n› ▮Ask\n\n  a model · /src\n  ? for shortcuts";
    assert_eq!(shown("codex", codex), AgentState::Idle);
}

#[test]
fn codex_and_gemini_are_read_from_screen_and_title() {
    let dialog = "› run it\n\n• Running touch a\n\n  Would you like to run the following?\n\n  $ touch a\n\n› 1. Yes, proceed (y)\n  2. Yes, always (p)\n  3. No, and say why (esc)\n\n  Press enter to confirm or esc to cancel";
    let footer = "\n\n› ▮Ask Codex to do anything\n\n  a model · /src";
    for (screen, state) in [
        (
            "  Allow the lab MCP server to run tool \"report\"?\n\n› 1. Allow\n  2. Allow for this session\n  4. Cancel\n\n  enter to submit | esc to cancel"
                .to_owned(),
            ASKS,
        ),
        (dialog.to_owned(), ASKS),
        (format!("• Working (1m 2s • esc to interrupt){footer}"), AgentState::Thinking),
        (format!("• Running cargo test\n\n• Working (2s • esc to interrupt){footer}"), AgentState::Working),
        (format!("■ exceeded retry limit, last status: 429{footer}"), AgentState::Error),
        (format!("■ unexpected status 401 Unauthorized{footer}"), LOGIN),
        (format!("■ Conversation interrupted{footer}"), AgentState::Idle),
        ("  Select a model\n\n› 1. A\n  2. B\n  enter select · esc back".to_owned(), ANSWER),
    ] {
        assert_eq!(shown("codex", &screen), state, "{screen}");
    }
    let mut codex = settled("codex");
    for (title, state) in
        [("⠴ src", AgentState::Working), ("[ ! ] Action Required | src", ASKS), ("src", AgentState::Idle)]
    {
        codex.title(title);
        assert_eq!(look(&mut codex, &format!("• said{footer}"), 10_000), state, "{title}");
    }
    let gemini = "╭──────────────────╮\n│ ? Shell  touch a │\n│ Allow this?      │\n│                  │\n│ ● 1. Allow once  │\n│   2. No, change  │\n╰──────────────────╯";
    let mut detector = settled("gemini");
    for (title, screen, state) in [
        ("◇  Ready (src)", " >   Type your message", AgentState::Idle),
        ("✦  Working… (src)", " ⠦ Thinking... (esc to cancel, 2s)", AgentState::Thinking),
        ("✋  Action Required (src)", gemini, ASKS),
        ("◇  Ready (src)", gemini, ASKS),
    ] {
        detector.title(title);
        assert_eq!(look(&mut detector, screen, 10_000), state, "{title}");
    }
}

#[test]
fn a_programs_word_that_it_works_is_thinking_until_a_tool_is_seen() {
    let mut claude = settled("claude");
    claude.status(b"state=working", ms(10_000));
    assert_eq!(look(&mut claude, TURN, 10_010), AgentState::Thinking);
    told(&mut claude, AgentState::Working, 10_100);
    let seen = claude.verdict(ms(10_110)).seen;
    assert_eq!((seen.state, seen.task.as_deref()), (AgentState::Working, Some("Bash: run the tests")));
    told(&mut claude, AgentState::Thinking, 10_200);
    assert_eq!(claude.verdict(ms(10_210)).seen.state, AgentState::Thinking);
    // base64 of "Run the tests"
    claude.status(b"state=working:msg=UnVuIHRoZSB0ZXN0cw==", ms(10_300));
    assert_eq!(claude.verdict(ms(10_310)).seen.state, AgentState::Working);
    claude.status(b"state=idle", ms(10_400));
    assert_eq!(claude.verdict(ms(10_410)).seen.state, AgentState::Idle, "interrupted: no hook says so");

    let mut codex = settled("codex");
    codex.status(b"state=working", ms(10_000));
    assert_eq!(look(&mut codex, "• Running ls\n\n› ▮\n\n  m", 10_010), AgentState::Working);
    assert_eq!(look(&mut codex, "• Ran ls\n\n› ▮\n\n  m", 10_020), AgentState::Thinking);
    let mut any = settled("generic");
    any.status(b"state=working", ms(10_000));
    assert_eq!(
        any.verdict(ms(10_010)).seen.state,
        AgentState::Working,
        "of an unknown program nothing is guessed"
    );
}

#[test]
fn a_dialog_that_the_programs_own_word_leaves_out_is_seen_all_the_same() {
    let mut claude = settled("claude");
    // base64 of "it broke"
    claude.status(b"state=error:msg=aXQgYnJva2U=", ms(10_000));
    assert_eq!(look(&mut claude, PICKER, 10_010), ANSWER);
    assert_eq!(claude.verdict(ms(10_010)).seen.task, None, "what it said of something else is left out");
    claude.status(b"state=idle", ms(10_015));
    assert_eq!(look(&mut claude, BOX, 10_020), AgentState::Idle);
}

#[test]
fn a_hook_is_believed_while_it_is_fresh_and_then_as_far_as_the_screen_agrees() {
    let mut claude = settled("claude");
    told(&mut claude, AgentState::Working, 10_000);
    assert_eq!(look(&mut claude, TURN, 10_100), AgentState::Working);
    assert_eq!(look(&mut claude, TURN, 60_000), AgentState::Working, "the screen shows a turn still");
    // A person interrupts: no hook tells.
    assert_eq!(look(&mut claude, BOX, 61_000), AgentState::Idle);
    // A tool is asked for and denied: no hook tells of the denial.
    told(&mut claude, ASKS, 70_000);
    assert_eq!(look(&mut claude, DIALOG, 70_100), ASKS);
    assert_eq!(look(&mut claude, BOX, 75_000), AgentState::Idle);
    // The screen may be drawn a little later than the hook comes, and time alone settles it.
    told(&mut claude, AgentState::Thinking, 80_000);
    assert_eq!(look(&mut claude, BOX, 80_050), AgentState::Thinking);
    let again = claude.look_again_at(ms(80_050)).unwrap();
    assert_eq!(claude.verdict(again).seen.state, AgentState::Idle);
}

#[test]
fn a_late_word_of_an_earlier_turn_does_not_end_the_new_one() {
    let mut claude = settled("claude");
    claude.signal(&Signal::PromptTaken { text: None }, ms(10_000));
    told(&mut claude, AgentState::Thinking, 10_000);
    told(&mut claude, AgentState::Idle, 10_050);
    assert_eq!(look(&mut claude, TURN, 10_100), AgentState::Thinking);
    told(&mut claude, AgentState::Idle, 14_000);
    assert_eq!(look(&mut claude, BOX, 14_010), AgentState::Idle);
}

#[test]
fn a_draft_is_told_from_an_empty_box_and_from_the_programs_own_words() {
    let draft = |name: &str, line: &str| {
        let mut detector = settled(name);
        look(
            &mut detector,
            &format!("said\n────────────────────\n{line}\n────────────────────\n  foot"),
            10_000,
        );
        detector.draft()
    };
    for (name, line, expected) in [
        ("claude", "❯ ▮", Some(false)),
        ("claude", "❯\u{a0}▮", Some(false)),
        ("claude", "❯ fix the▮", Some(true)),
        ("claude", "❯ ▮Resend your message to try again", Some(false)),
        ("claude", "❯ ▮something it offers", None),
        ("codex", "› ▮Ask Codex to do anything", Some(false)),
        ("codex", "› fix▮", Some(true)),
        ("gemini", " > ▮  Type your message or @path/to/file", Some(false)),
        ("gemini", " > fix▮", Some(true)),
        ("generic", "> fix▮", None),
    ] {
        assert_eq!(draft(name, line), expected, "{name} {line}");
    }
    let mut claude = settled("claude");
    look(&mut claude, DIALOG, 10_000);
    assert_eq!(claude.draft(), None, "a dialog is no box");
}

#[test]
fn a_hook_that_says_a_turn_is_over_does_not_say_that_it_went_well() {
    let screen = "✦ Hello\n\n > ERR401 now\n\n✕ [API Error: refused with 401]\n\n >   Type your message or @path/to/file▮";
    let mut gemini = settled("gemini");
    let over = |detector: &mut Detector, at| {
        let (source, state, rule) = (Source::Hook, AgentState::Idle, "AfterAgent".to_owned());
        detector
            .signal(&Signal::State { source, state, rule, detail: "the turn is over".to_owned() }, ms(at));
    };
    over(&mut gemini, 10_000);
    assert_eq!(look(&mut gemini, screen, 12_000), AgentState::Error);
    // What an earlier turn left is not about the one that was over a moment ago.
    over(&mut gemini, 13_000);
    assert_eq!(look(&mut gemini, screen, 13_500), AgentState::Idle);
}

#[test]
fn a_text_of_ours_is_known_again_in_the_box_and_no_other_is() {
    let shown = |rows: &str| {
        let mut detector = settled("claude");
        look(
            &mut detector,
            &format!("❯ fix the tests\n\n────────────────────\n{rows}\n────────────────────\n  foot"),
            10_000,
        );
        detector.in_box().clone()
    };
    let ours = "please, fix the tests of the parser; and the ones of the printer";
    let wrapped = shown("❯ please, fix the tests of the\n  parser; and the ones of the printer▮");
    assert!(wrapped.ends_with(ours) && wrapped.holds(ours));
    let behind = shown("❯ oh: please, fix the tests of the parser; and the ones of the printer▮");
    assert!(behind.ends_with(ours) && !behind.holds(ours), "somebody wrote something before it");
    assert!(!shown("❯ please, fix the tests▮").ends_with(ours), "its end is not there");
    assert!(!shown("❯ ▮").ends_with("fix the tests"), "what was said before is not in the box");
    let pasted = shown("❯ [Pasted text #1 +80 lines]▮");
    assert!(pasted.holds(&"line\n".repeat(80)) && !pasted.holds("line"));
}

#[test]
fn an_unverified_version_is_told_among_the_evidence_and_changes_nothing() {
    let mut claude = settled("claude");
    let told = |detector: &mut Detector| {
        let verdict = detector.verdict(ms(10_000));
        verdict.evidence.into_iter().find(|e| e.rule == "version").map(|e| e.detail)
    };
    claude.signal(&Signal::Version { version: "2.1.329".to_owned() }, ms(9_000));
    assert_eq!(told(&mut claude), None);
    claude.signal(&Signal::Version { version: "3.0.0".to_owned() }, ms(9_000));
    assert_eq!(look(&mut claude, BOX, 10_000), AgentState::Idle);
    assert!(told(&mut claude).unwrap().starts_with("Claude Code 3.0.0 is unverified"));
    assert!(told(&mut settled("goose")).unwrap().contains("never verified"));
    assert_eq!(told(&mut settled("generic")), None);
}
