//! Broken and hostile programs: each has a clear message, and the agents beside it notice nothing.

use crate::home::{Home, until};

fn home() -> Home {
    let home = Home::with("[session]\nname='s'\n[executive]\nname='chief'\ncommand=['cat']\n");
    home.ok(&["up"]);
    home.wait_for_state("chief", "idle");
    home
}

/// The executive answers as ever.
fn chief_is_well(home: &Home, word: &str) {
    let keys: Vec<String> = word.chars().map(String::from).collect();
    let args: Vec<&str> =
        ["keys", "chief"].into_iter().chain(keys.iter().map(String::as_str)).chain(["enter"]).collect();
    home.ok(&args);
    home.wait_for_screen("chief", &format!("{word}\n{word}"));
}

#[test]
fn what_cannot_be_started_says_why() {
    let home = home();
    home.write("notes.txt", "no program");
    for (name, options, command, reason) in [
        ("lost", vec![], vec!["no-such-program"], "`no-such-program` is not found in PATH"),
        ("gone", vec![], vec!["/bin/no-such-program"], "`/bin/no-such-program` does not exist"),
        ("text", vec![], vec!["./notes.txt"], "notes.txt` is not an executable file"),
        ("homeless", vec!["--cwd", "nowhere"], vec!["cat"], "/work/nowhere` does not exist"),
    ] {
        let args = [vec!["agent", "create", name], options, vec!["--"], command].concat();
        home.ok(&args);
        let agent = home.wait_for_state(name, "error");
        assert!(agent["reason"].as_str().is_some_and(|said| said.contains(reason)), "{agent}");
        home.wait_for_screen(name, "agentctl cannot start this agent");
    }
    chief_is_well(&home, "well");
}

#[test]
fn an_agent_that_ends_at_once_tells_how() {
    let home = home();
    home.ok(&["agent", "create", "quick", "--", "sh", "-c", "echo last words; exit 3"]);
    let quick = home.wait_for_state("quick", "error");
    assert_eq!(quick["reason"], "exited with code 3");
    home.wait_for_screen("quick", "last words");
    home.ok(&["agent", "create", "done", "--", "true"]);
    assert_eq!(home.wait_for_state("done", "stopped")["reason"], "exited with code 0");
    home.ok(&["agent", "create", "shot", "--", "sh", "-c", "kill -9 $$"]);
    assert_eq!(home.wait_for_state("shot", "error")["reason"], "ended by signal 9");
    home.ok(&["agent", "restart", "quick"]);
    until("it to have ended again", || {
        let quick = home.agent("quick");
        if quick["state"] == "error" && quick["epoch"] == 2 { Ok(()) } else { Err(quick.to_string()) }
    });
}

#[test]
fn floods_and_garbage_are_survived_and_the_others_answer() {
    let home = home();
    home.ok(&["agent", "create", "flood", "--", "yes"]);
    home.ok(&[
        "agent",
        "create",
        "noise",
        "--",
        "sh",
        "-c",
        "head -c 3000000 /dev/urandom; printf '\\033c\\033[2J'; echo survived; exec cat",
    ]);
    // What made vt100 panic, and what keeps it busy for seconds when it is not held back.
    let panic =
        "printf '\\033[5;1H0123456789012345678\\342\\232\\240\\357\\270\\217\\033[A\\rabcdefghijklmnopqrst'";
    let busy = "i=0; while [ $i -lt 2000 ]; do printf 'x\\033[65535b\\033[65535S\\033[65535L\\033c\\033[2J'; i=$((i+1)); done";
    home.ok(&["agent", "create", "trap", "--", "sh", "-c", &format!("stty cols 20 rows 5; {panic}; {busy}; printf '\\033]0;no end'; printf 'x\\033\\\\'; echo survived; exec cat")]);
    chief_is_well(&home, "still");
    home.wait_for_screen("noise", "survived");
    home.wait_for_screen("trap", "survived");
    home.wait_for_screen("flood", "y\ny\ny");
    chief_is_well(&home, "here");
    home.ok(&["agent", "stop", "flood"]);
    home.wait_for_state("flood", "stopped");
}

#[test]
fn an_agent_that_ignores_every_request_to_end_is_ended() {
    let home = home();
    home.ok(&[
        "agent",
        "create",
        "stubborn",
        "--",
        "sh",
        "-c",
        "trap '' HUP TERM INT; echo ready; while :; do read x || :; done",
    ]);
    home.wait_for_screen("stubborn", "ready");
    home.ok(&["agent", "kill", "stubborn"]);
    assert_eq!(home.wait_for_state("stubborn", "stopped")["reason"], "ended by signal 9");
}

#[test]
fn names_and_titles_cannot_smuggle_anything_into_a_terminal() {
    let home = home();
    home.ok(&[
        "agent",
        "create",
        "liar",
        "--",
        "sh",
        "-c",
        "printf '\\033]2;tit\\033[31mle\\007\\033]0;\\302\\233evil\\033\\\\'; echo up; exec cat",
    ]);
    home.wait_for_screen("liar", "up");
    let said = home.fails(2, &["agent", "create", "a\u{1b}[31m", "--", "cat"]);
    assert!(!said.contains('\u{1b}'), "{said:?}");
    for args in [vec!["status"], vec!["agent", "list"], vec!["agent", "screen", "liar"], vec!["events"]] {
        let out = home.ok(&args);
        assert!(!out.contains(['\u{1b}', '\u{9b}', '\u{7}']), "{out:?}");
    }
}
