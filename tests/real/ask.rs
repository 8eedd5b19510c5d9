//! What real programs ask a person, and what becomes of the answer: all of it is told, the first answer counts, a reason
//! arrives, and a daemon that dies forgets none of it.

use std::process::Command;

use serde_json::Value;

use crate::apart::apart;
use crate::crew::Crew;
use crate::home::until;
use crate::model::What;
use crate::program::{CLAUDE, CODEX, GEMINI, OLD_CLAUDE, Program, Seed};
use crate::turn::each;

const COMMAND: &str = "touch made_by_model.txt && echo model-ran";

/// Has an agent ask for a command, and returns what is asked once it is known which.
fn asked(crew: &Crew) -> Value {
    crew.is("a", "idle");
    crew.home.ok(&["send", "a", "RUNBASH now"]);
    crew.asks("a");
    until("its command to be told", || {
        let all = crew.home.json(&["approval", "list"]);
        let told = |ask: &&Value| {
            ask["detail"].as_str().is_some_and(|detail| detail.starts_with(COMMAND))
                && ask["tool"].as_str().is_some_and(|tool| !tool.is_empty())
                && ask["choices"].as_array().is_some_and(|choices| choices.len() >= 2)
                && ask["answerable"] == true
        };
        let one = all.as_array().and_then(|all| all.iter().find(told)).cloned();
        one.ok_or_else(|| format!("{all}\n{}", crew.screen("a")))
    })
}

fn number(ask: &Value) -> String {
    ask["id"].to_string()
}

fn a_denial_arrives_with_its_reason(crew: &Crew) {
    let number = number(&asked(crew));
    let refused = crew.home.fails(2, &["approval", "choose", &number, "9"]);
    assert!(refused.contains("it has these options alone"), "{refused}");
    let seen = crew.model.seen("a");
    crew.home.ok(&["approval", "deny", &number, "--reason", "HELLO use the other disk"]);
    crew.sees("a", seen, "the reason", |what| *what == What::Ended);
    let heard = crew.model.last_heard("a").join("\n");
    assert!(heard.contains("HELLO use the other disk"), "{heard}");
    assert!(!crew.file("made_by_model.txt").exists(), "what is denied does not run");
}

#[test]
fn the_reason_of_a_denial_reaches_claude() {
    apart(|| each(&[CLAUDE], |crew, _| a_denial_arrives_with_its_reason(crew)));
}

#[test]
fn the_reason_of_a_denial_reaches_codex_whose_command_is_told() {
    apart(|| each(&[CODEX], |crew, _| a_denial_arrives_with_its_reason(crew)));
}

#[test]
fn the_reason_of_a_denial_reaches_gemini() {
    apart(|| each(&[GEMINI], |crew, _| a_denial_arrives_with_its_reason(crew)));
}

#[test]
fn a_key_in_the_pane_just_before_is_the_answer() {
    apart(|| {
        each(&[CLAUDE, CODEX, GEMINI], |crew, program| {
            let number = number(&asked(crew));
            crew.home.ok(&["keys", "a", if program == CODEX { "y" } else { "1" }]);
            let late = crew.home.fails(1, &["approval", "deny", &number]);
            assert!(late.contains("it was answered in its pane"), "{late}");
            let ask = crew.home.json(&["approval", "show", &number]);
            assert_eq!(ask["status"], "elsewhere", "{ask}");
        });
    });
}

#[test]
fn what_is_asked_outlives_the_daemon_and_nothing_answers_it_meanwhile() {
    apart(|| {
        each(&[CLAUDE, CODEX, GEMINI], |crew, _| {
            let before = asked(crew);
            let number = number(&before);
            // What is seen is written a moment later.
            crew.home.ok(&["stop"]);
            crew.home.ok(&["start"]);
            crew.is("a", "waiting");
            let daemon = crew.home.daemon().to_string();
            let killed = Command::new("kill").args(["-9", &daemon]).status();
            assert!(killed.expect("kill can be run").success());
            until("the daemon to be gone", || match crew.home.run(&["status"]).status.code() {
                Some(3) => Ok(()),
                code => Err(format!("{code:?}")),
            });
            crew.home.ok(&["start"]);
            let after = asked_still(crew);
            for field in ["id", "tool", "detail"] {
                assert_eq!(after[field], before[field], "{after}\n{}", crew.screen("a"));
            }
            assert!(!crew.file("made_by_model.txt").exists(), "nobody allowed it");
            let seen = crew.model.seen("a");
            crew.home.ok(&["approval", "deny", &number, "--reason", "HELLO not now"]);
            crew.sees("a", seen, "the reason", |what| *what == What::Ended);
            assert!(crew.model.last_heard("a").join("\n").contains("HELLO not now"));
            assert!(!crew.file("made_by_model.txt").exists(), "what is denied does not run");
        });
    });
}

/// Waits until what is asked can be answered, and returns it.
fn asked_still(crew: &Crew) -> Value {
    until("it to be answerable", || {
        let all = crew.home.json(&["approval", "list"]);
        let one = all.as_array().and_then(|all| all.iter().find(|ask| ask["answerable"] == true)).cloned();
        one.ok_or_else(|| format!("{all}\n{}", crew.screen("a")))
    })
}

#[test]
fn a_folder_is_trusted_from_afar() {
    apart(|| {
        for program in [CLAUDE, OLD_CLAUDE].into_iter().filter(|program: &Program| program.is_here()) {
            let crew = Crew::prepared(&[("a", program)], Seed::Untrusted);
            crew.home.ok(&["up"]);
            let ask = asked_still(&crew);
            assert!(ask["detail"].as_str().is_some_and(|detail| detail.contains("/work")), "{ask}");
            let options = ask["options"].as_array().expect("options");
            let yes = options.iter().position(|option| option.as_str().is_some_and(|o| o.starts_with("Yes")));
            let yes = (yes.expect("a yes") + 1).to_string();
            let refused = crew.home.fails(2, &["approval", "allow", &number(&ask)]);
            assert!(refused.contains("choose one of its options"), "{refused}");
            crew.home.ok(&["approval", "choose", &number(&ask), &yes]);
            crew.is("a", "idle");
        }
    });
}

#[test]
fn an_error_is_told_by_its_kind() {
    apart(|| {
        each(&[CODEX, GEMINI], |crew, _| {
            crew.is("a", "idle");
            let said = crew.home.fails(1, &["send", "a", "ERR401 now", "--wait", "--timeout", "60s"]);
            assert!(said.contains("auth: ") && said.contains("401"), "{said}");
            let agent = crew.is_any("a", &["error", "waiting"]);
            assert!(agent["reason"].as_str().is_some_and(|reason| reason.starts_with("auth: ")), "{agent}");
            let said = crew.home.ok(&["send", "a", "HELLO again", "--wait", "--timeout", "60s"]);
            assert_eq!(said.trim(), "Hello from the model. MODEL-REPLY");
        });
    });
}

#[test]
fn what_waits_for_a_login_goes_out_once_a_turn_works_again() {
    apart(|| {
        each(&[CLAUDE], |crew, _| {
            crew.is("a", "idle");
            crew.home.run(&["send", "a", "ERR401 now", "--wait", "--timeout", "60s"]);
            crew.is("a", "waiting");
            let held = crew.home.ok(&["send", "a", "HELLO later"]);
            assert!(held.contains("a person must log in"), "{held}");
            let seen = crew.model.seen("a");
            crew.home.ok(&["keys", "a", "H", "E", "L", "L", "O", "enter"]);
            let seen = crew.ended("a", seen);
            crew.ended("a", seen);
            assert_eq!(crew.model.heard("a", "HELLO later"), 1);
        });
    });
}
