//! One agent's turns, as agentctl sees them: ready, thinking, working, asking, interrupted, refused, killed.

use crate::apart::apart;
use crate::crew::Crew;
use crate::home::until;
use crate::model::script::Word;
use crate::model::{Gate, What};
use crate::program::{CLAUDE, CODEX, GEMINI, OLD_CLAUDE, Program, Seed};

/// Starts one agent of each program that is here, in turn.
pub fn each(programs: &[Program], test: impl Fn(&Crew, Program)) {
    for program in programs.iter().filter(|program| program.is_here()) {
        println!("with {} {}", program.word(), program.version);
        test(&Crew::start(&[("a", *program)]), *program);
    }
}

fn a_turn_is_told(crew: &Crew) {
    crew.is("a", "idle");
    crew.hold("a", Gate::First);
    let seen = crew.send("a", "HELLO there");
    crew.asked("a", seen);
    crew.is_any("a", &["thinking", "working"]);
    crew.hold("a", Gate::Middle);
    crew.release("a", Gate::First);
    crew.sees("a", seen, "the answer's beginning", |what| *what == What::Began);
    crew.is_any("a", &["working", "thinking"]);
    crew.release("a", Gate::Middle);
    crew.ended("a", seen);
    crew.is("a", "idle");
    let prompts =
        crew.model.log("a").into_iter().filter(|entry| matches!(entry.what, What::Asked { .. })).count();
    assert_eq!(prompts, 1, "what is sent arrives once");
}

#[test]
fn claude_starts_idle_and_a_prompt_is_thought_about_and_answered() {
    apart(|| each(&[CLAUDE, OLD_CLAUDE], |crew, _| a_turn_is_told(crew)));
}

#[test]
fn codex_starts_idle_and_a_prompt_is_thought_about_and_answered() {
    apart(|| each(&[CODEX], |crew, _| a_turn_is_told(crew)));
}

#[test]
fn gemini_starts_idle_and_a_prompt_is_thought_about_and_answered() {
    apart(|| each(&[GEMINI], |crew, _| a_turn_is_told(crew)));
}

fn what_is_asked_can_be_allowed_and_denied(crew: &Crew) {
    crew.is("a", "idle");
    let made = crew.file("made_by_model.txt");
    let seen = crew.send("a", "RUNBASH now");
    let seen = crew.sees("a", seen, "a call", |what| *what == What::Called(Word::RunCommand));
    crew.asks("a");
    assert!(!made.exists(), "nothing runs before it is allowed");
    crew.presses("a", "enter");
    crew.ended("a", seen);
    crew.is("a", "idle");
    assert!(made.exists(), "what is allowed runs");
    std::fs::remove_file(&made).expect("the file");

    let seen = crew.send("a", "RUNBASH again");
    crew.sees("a", seen, "a call", |what| *what == What::Called(Word::RunCommand));
    crew.asks("a");
    crew.presses("a", "esc");
    crew.is("a", "idle");
    assert!(!made.exists(), "what is denied does not run");
}

#[test]
fn claude_waits_for_a_yes_and_takes_a_no() {
    apart(|| each(&[CLAUDE, OLD_CLAUDE], |crew, _| what_is_asked_can_be_allowed_and_denied(crew)));
}

#[test]
fn codex_waits_for_a_yes_and_takes_a_no() {
    apart(|| each(&[CODEX], |crew, _| what_is_asked_can_be_allowed_and_denied(crew)));
}

#[test]
fn gemini_waits_for_a_yes_and_takes_a_no() {
    apart(|| each(&[GEMINI], |crew, _| what_is_asked_can_be_allowed_and_denied(crew)));
}

#[test]
fn a_text_that_is_sent_never_answers_a_dialog() {
    apart(|| {
        each(&[CLAUDE, CODEX, GEMINI], |crew, _| {
            crew.is("a", "idle");
            let seen = crew.send("a", "RUNBASH now");
            crew.sees("a", seen, "a call", |what| *what == What::Called(Word::RunCommand));
            crew.is("a", "waiting");
            crew.home.fails(1, &["send", "--now", "a", "HELLO, and never mind the dialog"]);
            crew.is("a", "waiting");
            assert!(!crew.file("made_by_model.txt").exists(), "the dialog was answered by a text");
        });
    });
}

fn an_interrupted_turn_leaves_it_idle(crew: &Crew) {
    crew.is("a", "idle");
    for gate in [Gate::First, Gate::Middle] {
        crew.hold("a", gate);
        let seen = crew.send("a", "SLOW for long");
        crew.asked("a", seen);
        if gate == Gate::Middle {
            crew.sees("a", seen, "the answer's beginning", |what| *what == What::Began);
        }
        crew.is_any("a", &["thinking", "working"]);
        crew.home.ok(&["keys", "a", "esc"]);
        crew.is("a", "idle");
        crew.release("a", gate);
        // An interrupted prompt may have come back into the box.
        crew.home.ok(&["keys", "a", "ctrl-u"]);
    }
}

#[test]
fn esc_interrupts_claude_and_it_is_idle_again() {
    apart(|| each(&[CLAUDE, OLD_CLAUDE], |crew, _| an_interrupted_turn_leaves_it_idle(crew)));
}

#[test]
fn esc_interrupts_codex_and_it_is_idle_again() {
    apart(|| each(&[CODEX], |crew, _| an_interrupted_turn_leaves_it_idle(crew)));
}

#[test]
fn esc_interrupts_gemini_and_it_is_idle_again() {
    apart(|| each(&[GEMINI], |crew, _| an_interrupted_turn_leaves_it_idle(crew)));
}

#[test]
fn a_model_that_refuses_is_an_error_until_the_next_prompt() {
    apart(|| {
        each(&[CLAUDE, OLD_CLAUDE, CODEX], |crew, _| {
            for status in [500_u16, 529, 429] {
                crew.is_any("a", &["idle", "error"]);
                let seen = crew.send("a", &format!("ERR{status} now"));
                crew.sees("a", seen, "a refused request", |what| *what == What::Refused(status));
                crew.is("a", "error");
            }
            let seen = crew.send("a", "HELLO again");
            crew.ended("a", seen);
            crew.is("a", "idle");
        });
    });
}

#[test]
fn a_key_that_is_not_known_is_seen_as_such() {
    apart(|| {
        each(&[CLAUDE, OLD_CLAUDE, CODEX, GEMINI], |crew, _| {
            crew.is("a", "idle");
            let seen = crew.send("a", "ERR401 now");
            crew.sees("a", seen, "a refused request", |what| *what == What::Refused(401));
            crew.is_any("a", &["error", "waiting"]);
        });
    });
}

#[test]
fn the_first_question_of_a_program_is_a_wait() {
    apart(|| {
        for (program, seed) in [
            (CLAUDE, Seed::Untrusted),
            (OLD_CLAUDE, Seed::Untrusted),
            (CLAUDE, Seed::UnknownKey),
            (GEMINI, Seed::Untrusted),
        ] {
            if program.is_here() {
                let crew = Crew::prepared(&[("a", program)], seed);
                crew.home.ok(&["up"]);
                crew.is("a", "waiting");
            }
        }
    });
}

#[test]
fn a_program_that_is_killed_is_seen_and_starts_again() {
    apart(|| {
        each(&[CLAUDE, CODEX, GEMINI], |crew, _| {
            let agent = crew.is("a", "idle");
            let pid = agent["pid"].as_i64().expect("it runs");
            let killed = std::process::Command::new("kill").args(["-9", &pid.to_string()]).status();
            assert!(killed.expect("kill can be run").success());
            let agent = crew.is_any("a", &["error", "stopped", "recovering"]);
            println!("killed, it is {}: {}", agent["state"], agent["reason"]);
            crew.home.run(&["agent", "start", "a"]);
            until("another process", || {
                let agent = crew.home.agent("a");
                if agent["pid"].as_i64().is_some_and(|now| now != pid) {
                    Ok(())
                } else {
                    Err(agent.to_string())
                }
            });
            crew.is("a", "idle");
            let seen = crew.send("a", "HELLO again");
            crew.ended("a", seen);
        });
    });
}

#[test]
fn only_a_conversation_in_which_something_was_said_is_gone_on_in() {
    apart(|| {
        each(&[CLAUDE, OLD_CLAUDE], |crew, _| {
            let conversation = |agent: &serde_json::Value| agent["conversation"].to_string();
            let first = conversation(&crew.is("a", "idle"));
            let said = crew.home.ok(&["agent", "resume", "a"]);
            assert!(
                said.contains("nothing was said in that conversation yet, so a begins a new one"),
                "{said}"
            );
            let second = until("another conversation", || {
                let agent = crew.home.agent("a");
                let other = agent["state"] == "idle" && conversation(&agent) != first;
                if other { Ok(conversation(&agent)) } else { Err(agent.to_string()) }
            });
            let seen = crew.send("a", "HELLO there");
            crew.ended("a", seen);
            let pid = crew.is("a", "idle")["pid"].clone();
            let said = crew.home.ok(&["agent", "resume", "a"]);
            assert!(said.contains("goes on in its conversation"), "{said}");
            until("another process in the same conversation", || {
                let agent = crew.home.agent("a");
                let back = agent["state"] == "idle" && agent["pid"] != pid && !agent["pid"].is_null();
                if back && conversation(&agent) == second { Ok(()) } else { Err(agent.to_string()) }
            });
            until("what was said before", || {
                let screen = crew.screen("a");
                if screen.contains("MODEL-REPLY") { Ok(()) } else { Err(screen) }
            });
        });
    });
}
