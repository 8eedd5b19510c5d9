//! Evidence in, verdict out; and the traps that other programs fell into.

use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::domain::{AgentState, Signal, Source, Timestamp, WaitFor};
use crate::terminal::{Progress, Prompt};

const T0: Timestamp = Timestamp(1_000_000);

fn ms(n: u64) -> Timestamp {
    T0 + Duration::from_millis(n)
}

fn generic() -> Arc<Adapter> {
    Arc::clone(Adapters::builtin().unwrap().generic())
}

fn settled() -> Detector {
    let mut detector = Detector::new(generic(), T0);
    detector.output(10, T0);
    assert_eq!(detector.verdict(ms(10_000)).seen.state, AgentState::Idle);
    detector
}

/// Looks at a screen whose last line the cursor stands in, at its end.
fn see(detector: &mut Detector, screen: &str, now: Timestamp) -> AgentState {
    let rows: Vec<String> = screen.lines().map(str::to_owned).collect();
    let row = rows.len().saturating_sub(1);
    let column = rows.last().map_or(0, |r| r.chars().count());
    detector.look(&View { rows: &rows, cursor: (row, column), title: "" }, now);
    detector.verdict(now).seen.state
}

#[test]
fn a_program_is_starting_until_it_settles_and_then_idle() {
    let mut detector = Detector::new(generic(), T0);
    assert_eq!(detector.verdict(T0).seen.state, AgentState::Starting);
    detector.output(500, ms(100));
    assert_eq!(detector.verdict(ms(200)).seen.state, AgentState::Starting);
    let again = detector.look_again_at(ms(200)).unwrap();
    assert!(again <= ms(800));
    assert_eq!(detector.verdict(ms(800)).seen.state, AgentState::Idle);
    assert_eq!(detector.look_again_at(ms(2000)), None, "an idle agent needs no timer");
}

#[test]
fn a_silent_program_becomes_ready_too() {
    let mut detector = Detector::new(generic(), T0);
    assert_eq!(detector.look_again_at(T0), Some(ms(700)));
    assert_eq!(detector.verdict(ms(700)).seen.state, AgentState::Idle);
}

#[test]
fn a_program_whose_server_tells_how_it_is_is_not_ready_because_it_is_quiet() {
    let adapters = Adapters::builtin().unwrap();
    let start = || Detector::new(Arc::clone(adapters.named("opencode").unwrap()), T0);
    let mut detector = start();
    for n in 0..30 {
        detector.output(400, ms(100 + n * 100));
    }
    for at in [700, 2_900, 4_000, 8_000] {
        assert_eq!(detector.verdict(ms(at)).seen.state, AgentState::Starting, "at {at}");
    }
    let idle = Signal::State {
        source: Source::Record,
        state: AgentState::Idle,
        rule: "session.status".into(),
        detail: "no turn is under way".into(),
    };
    detector.signal(&idle, ms(6_000));
    assert_eq!(detector.verdict(ms(8_000)).seen.state, AgentState::Starting, "nothing is drawn yet");
    assert_eq!(see(&mut detector, "opencode\n\n┃ Ask anything\n┃\n", ms(8_100)), AgentState::Starting);
    // Its server answers, and it draws, before it takes any input.
    let mut at = ms(8_100);
    while detector.verdict(at).seen.state == AgentState::Starting {
        at = detector.look_again_at(at).unwrap();
    }
    assert_eq!((at, detector.verdict(at).seen.state), (ms(11_100), AgentState::Idle));
    // One that never says a word is not waited for without end.
    let mut silent = start();
    silent.output(400, ms(100));
    assert_eq!(silent.verdict(ms(29_000)).seen.state, AgentState::Starting);
    assert_eq!(silent.look_again_at(ms(29_000)), Some(ms(30_100)));
    assert_eq!(silent.verdict(ms(30_100)).seen.state, AgentState::Idle);
}

#[test]
fn sustained_output_is_work_and_its_end_is_found_without_polling() {
    let mut detector = settled();
    for n in 0..10 {
        detector.output(100, ms(10_000 + n * 100));
    }
    assert_eq!(detector.verdict(ms(10_950)).seen.state, AgentState::Working);
    let end = detector.look_again_at(ms(10_950)).unwrap();
    assert_eq!(detector.verdict(end).seen.state, AgentState::Idle);
}

#[test]
fn output_that_comes_in_lumps_is_as_much_work_as_the_same_output_when_it_is_printed() {
    let mut detector = settled();
    let (begun, ended) = (10_000, 20_000);
    // It is let wait more and more as the trickle goes on, and up to a quarter of a second once it counts as work.
    let mut at = begun;
    let mut waits = [16, 32, 33, 33].into_iter();
    let mut states = Vec::new();
    while at < ended {
        detector.output(90, ms(at));
        states.push(detector.verdict(ms(at)).seen.state);
        // Between two lumps it is looked at too.
        states.push(detector.verdict(ms(at + 50)).seen.state);
        at += if detector.keeps_printing(ms(at)) { 255 } else { waits.next().unwrap_or(33) };
    }
    states.dedup();
    assert_eq!(states, [AgentState::Idle, AgentState::Working], "it does not flap");
    assert!(detector.keeps_printing(ms(ended)));
    let end = detector.look_again_at(ms(ended)).unwrap();
    assert_eq!(detector.verdict(end).seen.state, AgentState::Idle);
    assert!(!detector.keeps_printing(end));
}

#[test]
fn the_echo_of_typing_is_no_work() {
    let mut detector = settled();
    for n in 0..20 {
        detector.input(ms(10_000 + n * 100));
        detector.output(12, ms(10_003 + n * 100));
    }
    assert_eq!(detector.verdict(ms(12_000)).seen.state, AgentState::Idle);
}

#[test]
fn what_a_program_says_of_itself_is_believed_before_its_looks() {
    let mut detector = settled();
    detector.status(b"state=blocked:kind=permission:msg=YXBwcm92ZSBCYXNo", ms(10_000));
    assert_eq!(
        see(&mut detector, "⠋ building (12s · esc to interrupt)", ms(10_010)),
        AgentState::Waiting(WaitFor::Approval)
    );
    let verdict = detector.verdict(ms(10_020));
    assert_eq!(verdict.seen.task.as_deref(), Some("approve Bash"));
    let sources: Vec<_> = verdict.evidence.iter().map(|e| (e.source, e.decisive)).collect();
    assert_eq!(sources[0], (Source::Status, true));
    assert!(sources.contains(&(Source::Screen, false)) && sources.contains(&(Source::Activity, false)));
    detector.status(b"state=done", ms(11_000));
    assert_eq!(see(&mut detector, "> ", ms(11_010)), AgentState::Idle);
}

#[test]
fn a_shells_marks_are_idle_and_working() {
    let mut detector = settled();
    for (prompt, state) in [
        (Prompt::Start, AgentState::Idle),
        (Prompt::Output, AgentState::Working),
        (Prompt::Done(Some(1)), AgentState::Idle),
    ] {
        detector.prompt(prompt, ms(10_000));
        assert_eq!(detector.verdict(ms(10_001)).seen.state, state, "{prompt:?}");
    }
}

#[test]
fn dialogs_are_seen_where_the_cursor_asks() {
    let cases = [
        ("Delete 3 files? [y/N] ", AgentState::Waiting(WaitFor::Approval)),
        ("Proceed (yes/no)? ", AgentState::Waiting(WaitFor::Approval)),
        ("Stage this hunk [y,n,q,a,d,e,?]? ", AgentState::Idle),
        ("[sudo] password for ann: ", AgentState::Waiting(WaitFor::Login)),
        ("Press ENTER to continue...", AgentState::Waiting(WaitFor::Approval)),
        ("Do you want to run this?\n❯ 1. Yes\n  2. No, and say why", AgentState::Waiting(WaitFor::Answer)),
        ("│ › 1. Approve      │\n│   2. Deny         │", AgentState::Waiting(WaitFor::Answer)),
    ];
    for (screen, state) in cases {
        assert_eq!(see(&mut settled(), screen, ms(10_000)), state, "{screen}");
    }
}

#[test]
fn prose_that_looks_like_a_dialog_is_none() {
    for screen in [
        "Would you like to proceed? I can also do the other thing.\n> ",
        "The prompt asks [y/N] and then exits.\n$ ",
        "Use `read -p \"Continue? [y/n]\"` in your script, then test it.\n$ ",
        "1. Install\n2. Configure\n3. Run\n$ ",
        "Enter your password: is what it prints\n$ ",
        "please press enter to continue is a bad message\n$ ",
    ] {
        assert_eq!(see(&mut settled(), screen, ms(10_000)), AgentState::Idle, "{screen}");
    }
}

#[test]
fn a_title_with_a_spinner_is_work_and_progress_is_carried() {
    let mut detector = settled();
    detector.title("⠋ refactoring");
    assert_eq!(see(&mut detector, "> ", ms(10_000)), AgentState::Working);
    assert_eq!(
        detector.verdict(ms(10_000)).seen.title.as_deref(),
        Some("refactoring"),
        "a turning spinner is no news"
    );
    detector.title("ready");
    detector.progress(Progress::Percent(40), ms(10_001));
    assert_eq!(see(&mut detector, "> ", ms(10_002)), AgentState::Working);
    assert_eq!(detector.verdict(ms(10_003)).seen.progress, Some(40));
    detector.progress(Progress::None, ms(10_004));
    assert_eq!(see(&mut detector, "> ", ms(10_005)), AgentState::Idle);
}

#[test]
fn a_notification_that_asks_holds_until_someone_types() {
    let mut detector = settled();
    detector.notification("Build finished", ms(10_000));
    assert_eq!(detector.verdict(ms(10_001)).seen.state, AgentState::Idle);
    detector.notification("Approval requested: rm -rf build", ms(10_002));
    assert_eq!(detector.verdict(ms(10_003)).seen.state, AgentState::Waiting(WaitFor::Answer));
    detector.input(ms(11_000));
    assert_eq!(detector.verdict(ms(11_001)).seen.state, AgentState::Idle);
}

#[test]
fn evidence_keeps_its_age_while_it_stays_the_same() {
    let mut detector = settled();
    see(&mut detector, "Go on? [y/N] ", ms(10_000));
    see(&mut detector, "Go on? [y/N] ", ms(15_000));
    let evidence = detector.verdict(ms(15_000)).evidence;
    assert_eq!((evidence[0].rule.as_str(), evidence[0].at), ("yes-or-no", ms(10_000)));
}

#[test]
fn a_file_of_rules_that_is_wrong_is_told_so() {
    let error = Rules::parse("r.toml", "[[rule]]\nname='x'\nstate='wating'\n").unwrap_err().to_string();
    assert_eq!(error, "r.toml:3:7: `rule[0].state`: `wating` is not known here; did you mean `waiting`?");
    let error =
        Rules::parse("r.toml", "[[rule]]\nname='x'\nstate='idle'\nall=['(']\n").unwrap_err().to_string();
    assert_eq!(error, "r.toml:4:6: `rule[0].all`: unclosed group");
}

#[test]
fn a_program_that_draws_itself_anew_after_a_resize_is_not_at_work() {
    let mut detector = settled();
    // A window is dragged: a resize and the prompt drawn anew, again and again.
    for n in 0..12 {
        detector.redraws(ms(10_000 + n * 150));
        detector.output(3_000, ms(10_040 + n * 150));
        assert_eq!(detector.verdict(ms(10_050 + n * 150)).seen.state, AgentState::Idle, "{n}");
    }
    // What it does afterwards is work, even if the window changed just before.
    for n in 0..16 {
        detector.output(100, ms(11_700 + n * 100));
    }
    assert_eq!(detector.verdict(ms(13_250)).seen.state, AgentState::Working);
    // And a resize does not interrupt it.
    detector.redraws(ms(13_260));
    for n in 0..10 {
        detector.output(100, ms(13_300 + n * 100));
        assert_eq!(detector.verdict(ms(13_300 + n * 100)).seen.state, AgentState::Working, "{n}");
    }
}

#[test]
fn a_program_that_floods_from_its_start_is_at_work_soon() {
    let mut detector = Detector::new(generic(), T0);
    let mut working_at = None;
    for n in 0..40 {
        let now = ms(100 + n * 50);
        detector.output(4_000, now);
        if detector.verdict(now).seen.state == AgentState::Working {
            working_at = working_at.or(Some(now));
        }
    }
    assert!(working_at.is_some_and(|at| at <= ms(1_700)), "{working_at:?}");
}
