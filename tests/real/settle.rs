//! What a person settles from outside a pane: approvals, interruptions, the end of a wait, a conversation gone on with.

use serde_json::{Value, json};

use crate::apart::apart;
use crate::crew::Crew;
use crate::home::until;
use crate::model::script::Word;
use crate::model::{Gate, What};
use crate::program::{CLAUDE, CODEX, GEMINI, OLD_CLAUDE};
use crate::turn::each;

/// Has an agent ask whether it may run its command; returns how much the model had seen, and what is asked.
fn asks(crew: &Crew) -> (usize, Value) {
    crew.is("a", "idle");
    let seen = crew.send("a", "RUNBASH now");
    let seen = crew.sees("a", seen, "a call", |what| *what == What::Called(Word::RunCommand));
    let open = until("an approval that can be answered", || {
        let open = crew.home.json(&["approval", "list"]);
        if open[0]["answerable"] == json!(true) {
            Ok(open[0].clone())
        } else {
            Err(format!("{open}\n{}", crew.screen("a")))
        }
    });
    (seen, open)
}

fn is_allowed_and_denied(crew: &Crew, through_hook: bool) {
    let made = crew.file("made_by_model.txt");
    let (seen, open) = asks(crew);
    assert!(!made.exists(), "nothing runs before it is allowed");
    let answered = crew.home.json(&["approval", "allow", &open["id"].to_string()]);
    assert_eq!(answered["status"], "answered", "{answered}");
    crew.ended("a", seen);
    assert!(made.exists(), "what is allowed runs");
    std::fs::remove_file(&made).expect("the file");

    let (seen, open) = asks(crew);
    crew.home.json(&["approval", "deny", &open["id"].to_string(), "--reason", "not on a friday"]);
    if through_hook {
        // The model is told why, and has the last word.
        crew.ended("a", seen);
        assert!(crew.model.heard("a", "not on a friday") > 0, "{}", crew.screen("a"));
    }
    crew.is("a", "idle");
    assert!(!made.exists(), "what is denied does not run");
    assert_eq!(crew.home.json(&["approval", "list"]), json!([]));
}

#[test]
fn what_claude_asks_is_allowed_and_denied_through_its_hook() {
    apart(|| each(&[CLAUDE], |crew, _| is_allowed_and_denied(crew, true)));
}

#[test]
fn what_an_older_claude_asks_is_allowed_and_denied_through_its_hook() {
    apart(|| each(&[OLD_CLAUDE], |crew, _| is_allowed_and_denied(crew, true)));
}

#[test]
fn what_codex_asks_is_allowed_and_denied_by_keys() {
    apart(|| each(&[CODEX], |crew, _| is_allowed_and_denied(crew, false)));
}

#[test]
fn what_gemini_asks_is_allowed_and_denied_by_keys() {
    apart(|| each(&[GEMINI], |crew, _| is_allowed_and_denied(crew, false)));
}

fn goes_on_after_it_was_killed(crew: &Crew) {
    let agent = crew.is("a", "idle");
    let seen = crew.send("a", "HELLO, remember the heron");
    crew.ended("a", seen);
    crew.is("a", "idle");
    let before = until("its conversation to be known", || {
        let agent = crew.home.agent("a");
        if agent["conversation"].is_string() { Ok(agent) } else { Err(agent.to_string()) }
    });
    let pid = agent["pid"].as_i64().expect("it runs");
    let killed = std::process::Command::new("kill").args(["-9", &pid.to_string()]).status();
    assert!(killed.expect("kill can be run").success());
    until("its end to be seen", || {
        let agent = crew.home.agent("a");
        if agent["pid"].as_i64() == Some(pid) { Err(agent.to_string()) } else { Ok(()) }
    });
    crew.home.ok(&["agent", "resume", "a"]);
    crew.is("a", "idle");
    let seen = crew.send("a", "HELLO again");
    crew.ended("a", seen);
    let last = crew.model.last_heard("a");
    for said in ["HELLO again", "remember the heron"] {
        assert!(last.iter().any(|heard| heard.contains(said)), "{said}: {last:?}");
    }
    assert_eq!(crew.home.agent("a")["conversation"], before["conversation"]);
}

#[test]
fn claude_goes_on_with_its_conversation_after_it_was_killed() {
    apart(|| each(&[CLAUDE], |crew, _| goes_on_after_it_was_killed(crew)));
}

#[test]
fn codex_goes_on_with_its_conversation_after_it_was_killed() {
    apart(|| each(&[CODEX], |crew, _| goes_on_after_it_was_killed(crew)));
}

fn is_interrupted_and_waited_for(crew: &Crew) {
    crew.is("a", "idle");
    crew.hold("a", Gate::Middle);
    let seen = crew.send("a", "SLOW for long");
    crew.sees("a", seen, "the answer's beginning", |what| *what == What::Began);
    crew.is_any("a", &["thinking", "working"]);
    crew.home.ok(&["agent", "interrupt", "a"]);
    crew.is("a", "idle");
    crew.sees("a", seen, "it hang up", |what| *what == What::Gone);
    crew.release("a", Gate::Middle);
    assert_eq!(crew.home.ok(&["send", "--wait", "a", "HELLO there"]), "Hello from the model. MODEL-REPLY\n");
}

#[test]
fn claude_is_interrupted_and_says_its_last_word_to_whoever_waits() {
    apart(|| each(&[CLAUDE], |crew, _| is_interrupted_and_waited_for(crew)));
}

#[test]
fn codex_is_interrupted_and_says_its_last_word_to_whoever_waits() {
    apart(|| each(&[CODEX], |crew, _| is_interrupted_and_waited_for(crew)));
}
