//! Down and up again: whose conversation goes on, who begins anew, and that no conversation is lost by either.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::home::{Home, until};
use crate::lost;
use crate::window::Window;

/// Two programs that take a conversation as Claude Code does, and put down how they were started; and a third that has
/// none.
fn home() -> Home {
    let home = Home::new();
    let starts =
        "#!/bin/sh\n[ \"$1\" = --version ] || echo \"$AGENTCTL_AGENT $*\" >> starts\nexec ./program \"$@\"\n";
    for (name, text) in [("claude", starts), ("program", lost::SCRIPT)] {
        let program = home.write(name, text);
        std::fs::set_permissions(program, std::fs::Permissions::from_mode(0o755)).expect("it can be run");
    }
    let claude = home.work().join("claude").display().to_string();
    home.write(
        "agentctl.toml",
        &format!(
            "[session]\nname='s'\n[executive]\nname='a'\ncommand=[{claude:?}]\n[[team]]\nname='t'\n\
             [[team.agent]]\nname='b'\ncommand=[{claude:?}]\n[[team.agent]]\nname='c'\ncommand=['cat']\n"
        ),
    );
    home.ok(&["up"]);
    ["a", "b", "c"].iter().for_each(|name| drop(home.wait_for_state(name, "idle")));
    home
}

/// Returns with which conversations an agent was started to go on in.
fn resumed(home: &Home, agent: &str) -> Vec<String> {
    let starts = std::fs::read_to_string(home.work().join("starts")).unwrap_or_default();
    let own = starts.lines().filter(|line| line.starts_with(&format!("{agent} ")));
    own.filter_map(|line| line.split("--resume ").nth(1)?.split(' ').next().map(str::to_owned)).collect()
}

/// Says something to an agent, so that there is something to go on in; returns its conversation.
fn converse(home: &Home, agent: &str) -> String {
    home.ok(&["send", agent, "hello"]);
    until("the prompt to be known", || {
        let known = home.json(&["agent", "conversations", agent]);
        if known[0]["prompted"] == json!(true) { Ok(()) } else { Err(known.to_string()) }
    });
    home.agent(agent)["conversation"].as_str().expect("a conversation").to_owned()
}

#[test]
fn after_down_a_conversation_goes_on_when_it_is_asked_for_and_is_never_begun_anew_unasked() {
    let home = home();
    assert_eq!(home.ok(&["resume", "--all"]).trim(), "there is nothing to resume");
    let first = converse(&home, "a");
    home.ok(&["down"]);
    let said = home.ok(&["up"]);
    let left = "1 agent can go on in its conversation: agentctl resume --all brings it back, agentctl up --fresh \
                starts it anew";
    assert!(said.lines().any(|line| line == left), "{said}");
    for other in ["b", "c"] {
        home.wait_for_state(other, "idle");
    }
    let a = home.agent("a");
    assert_eq!((&a["state"], &a["resumable"]), (&json!("stopped"), &json!(true)), "{a}");
    assert_eq!(home.json(&["up"])["resumable"], json!(["a"]));
    let said = home.ok(&["resume", "--all"]);
    assert_eq!(said.trim(), "1 agent goes on in its conversation: a");
    home.wait_for_state("a", "idle");
    assert_eq!(resumed(&home, "a"), [first.as_str()]);
    assert_eq!(home.json(&["resume", "--all"]), json!({"resumed": [], "anew": []}));

    // A daemon that is started with nothing up brings back the same one, and nobody else.
    home.ok(&["down"]);
    home.ok(&["start"]);
    assert_eq!(home.json(&["resume", "--all"]), json!({"resumed": ["a"], "anew": []}));
    home.wait_for_state("a", "idle");
    assert_eq!(home.agent("b")["state"], "stopped");
    home.ok(&["down"]);
    let said = home.ok(&["up", "--resume"]);
    assert!(said.contains("1 agent goes on in its conversation: a") && !said.contains("can go on"), "{said}");
    ["a", "b", "c"].iter().for_each(|name| drop(home.wait_for_state(name, "idle")));
    assert_eq!(resumed(&home, "a"), [first.as_str(); 3]);
    assert_eq!(resumed(&home, "b"), [""; 0], "nothing was ever said to it");
}

#[test]
fn a_new_conversation_forgets_none_before_it() {
    let home = home();
    let first = converse(&home, "a");
    home.ok(&["down"]);
    home.ok(&["up"]);
    let said = home.ok(&["up", "--fresh"]);
    assert!(!said.contains("can go on"), "{said}");
    home.wait_for_state("a", "idle");
    assert_eq!(resumed(&home, "a"), [""; 0]);
    let known = home.json(&["agent", "conversations", "a"]);
    let flags = |n: usize| (known[n]["prompted"].clone(), known[n]["current"].clone());
    assert_eq!((flags(0), flags(1)), ((json!(false), json!(true)), (json!(true), json!(false))), "{known}");
    assert_eq!(known[1]["id"], json!(first));
    // Nothing was said in the new one, so that it is the former that goes on.
    home.ok(&["agent", "resume", "a"]);
    until("it to go on", || match resumed(&home, "a").as_slice() {
        [one] if *one == first => Ok(()),
        other => Err(format!("{other:?}")),
    });
    home.wait_for_state("a", "idle");
    // Another one that is begun, and said something in, leaves the former to be chosen.
    home.ok(&["agent", "new-conversation", "a"]);
    until("another conversation", || {
        let a = home.agent("a");
        if a["conversation"] != json!(first) && a["state"] == "idle" { Ok(()) } else { Err(a.to_string()) }
    });
    assert_ne!(converse(&home, "a"), first);
    let listed = home.ok(&["agent", "conversations", "a"]);
    assert!(listed.contains(&first) && listed.contains("it is in this one"), "{listed}");
    home.ok(&["agent", "resume", "a", "--conversation", &first]);
    until("it to go on in the first", || match resumed(&home, "a").as_slice() {
        [_, two] if *two == first => Ok(()),
        other => Err(format!("{other:?}")),
    });
}

#[test]
fn a_screen_whose_session_is_ended_says_so() {
    let home = home();
    let mut window = Window::open(&home, 40, 120, &[]);
    window.shows("keys → a");
    home.ok(&["down"]);
    window.ends();
    let said = String::from_utf8_lossy(&window.bytes()).into_owned();
    let told = "session s is down: its agents were stopped; agentctl up starts it again";
    assert!(said.contains(told) && !said.contains("the agents go on"), "{said}");
    let value: Value = home.json(&["up"]);
    assert_eq!(value["name"], "s");
}
