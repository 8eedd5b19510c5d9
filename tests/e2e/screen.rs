//! The screen in a window: who is shown, where keys go, what commands do, and what an agent cannot do to it.

use std::os::unix::fs::PermissionsExt as _;

use crate::home::{Home, until};
use crate::window::Window;

/// An executive over two teams of shells, each with a prompt of its own.
const TEAM: &str = "[session]\nname='s'\n\
    [executive]\nname='chief'\ncommand=['sh']\nenv={PS1='chief$ '}\n\
    [[team]]\nname='backend'\nlead='be-lead'\n\
    [[team.agent]]\nname='be-lead'\ncommand=['sh']\nenv={PS1='lead$ '}\n\
    [[team.agent]]\nname='be'\ncommand=['sh']\ncount=2\nenv={PS1='be$ '}\n\
    [[team]]\nname='database'\nparent='backend'\n\
    [[team.agent]]\nname='db'\ncommand=['sh']\nenv={PS1='db$ '}\n\
    [[team]]\nname='frontend'\n\
    [[team.agent]]\nname='fe'\ncommand=['sh']\nenv={PS1='fe$ '}\n";

fn open(rows: u16, cols: u16) -> (Home, Window) {
    let home = Home::with(TEAM);
    let window = Window::open(&home, rows, cols, &[]);
    window.shows("keys → chief");
    for name in ["chief", "be-lead", "be-1", "be-2", "db", "fe"] {
        home.wait_for_state(name, "idle");
    }
    (home, window)
}

#[test]
fn everybody_is_shown_in_windows_large_and_small() {
    let (home, window) = open(50, 200);
    let screen = window.shows("fe$ ");
    for name in ["backend", "database", "frontend", "be-lead", "be-1", "be-2", "db", "fe"] {
        assert!(screen.contains(name), "{name} is not in:\n{screen}");
    }
    drop(window);
    let window = Window::open(&home, 24, 80, &["attach", "s"]);
    let names = ["backend", "database", "frontend", "be-lead", "be-1", "be-2", "db", "fe"];
    window.wait_until("everybody", |screen| names.iter().all(|name| screen.contains(name)));
    drop(window);
    for (rows, cols) in [(5, 20), (1, 1), (2, 200), (60, 2)] {
        let mut window = Window::open(&home, rows, cols, &["attach", "s"]);
        window.wait_until("anything to be drawn", |screen| !screen.trim().is_empty());
        window.press("\x01q");
        assert_eq!(window.ends(), 0, "a window of {rows}×{cols}");
    }
}

#[test]
fn keys_go_to_the_focused_agent_to_the_executive_or_to_a_team() {
    let (home, window) = open(50, 200);
    window.press("echo one$((1+1))\r");
    home.wait_for_screen("chief", "one2");
    // Down the tree to the lead.
    window.press("\x01i");
    window.shows("keys → be-lead");
    window.press("echo two$((1+1))\r");
    home.wait_for_screen("be-lead", "two2");
    window.press("\x01e");
    window.shows("keys → chief (executive)");
    window.press("echo three$((1+1))\r");
    home.wait_for_screen("chief", "three2");
    assert!(!home.ok(&["agent", "screen", "be-lead"]).contains("three"));

    window.press("\x01b");
    let question = window.shows("enter");
    for name in ["be-lead", "be-1", "be-2", "db"] {
        assert!(question.contains(name), "{name} is not named in:\n{question}");
    }
    window.press("\r");
    window.shows("KEYS → backend: 4 of 4");
    window.press("echo four$((1+1))\r");
    for name in ["be-lead", "be-1", "be-2", "db"] {
        home.wait_for_screen(name, "four2");
    }
    for name in ["chief", "fe"] {
        assert!(
            !home.ok(&["agent", "screen", name]).contains("four"),
            "{name} got keys that were not for it"
        );
    }
    window.press("\x01d");
    window.shows("be-2");
    window.press("\x1b");
    window.shows("keys → be-lead");
}

#[test]
fn a_broadcast_that_is_not_confirmed_reaches_nobody() {
    let (home, window) = open(50, 200);
    window.press("\x01B");
    window.shows("enter");
    window.press("\x1b");
    window.wait_until("the question to be gone", |screen| !screen.contains("enter"));
    window.press("echo only$((1+1))\r");
    home.wait_for_screen("chief", "only2");
    for name in ["be-lead", "be-1", "be-2", "db", "fe"] {
        assert!(!home.ok(&["agent", "screen", name]).contains("only"), "{name} got keys");
    }
}

#[test]
fn the_chart_follows_what_is_made_and_removed_from_outside() {
    let (home, window) = open(50, 200);
    home.ok(&["team", "create", "quality"]);
    home.ok(&["agent", "create", "qa-7", "--team", "quality", "--", "sh"]);
    window.wait_until("the new team and its agent", |s| s.contains("quality") && s.contains("qa-7"));
    home.ok(&["agent", "rename", "qa-7", "tester"]);
    window.wait_until("its new name", |s| s.contains("tester") && !s.contains("qa-7"));
    home.ok(&["team", "disband", "quality"]);
    window.wait_until("the team to be gone and its agent not", |s| {
        !s.contains("quality") && s.contains("tester")
    });
}

#[test]
fn agents_are_made_renamed_and_deleted_with_keys() {
    let (home, window) = open(50, 200);
    window.press("\x01,");
    window.shows("chief");
    // Whatever stands in the field is cleared first.
    window.press("\x15boss\r");
    window.shows("keys → boss");
    window.press("\x01X");
    window.shows("delete");
    window.press("y");
    window.wait_until("it to be gone", |s| !s.contains("boss"));
    until("the session to know", || {
        let agent = home.agent("boss");
        if agent.is_null() { Ok(()) } else { Err(agent.to_string()) }
    });
}

#[test]
fn an_agent_is_made_from_a_blueprint_in_the_form_as_on_the_command_line() {
    let home = Home::new();
    std::fs::create_dir_all(home.work().join(".agentctl/blueprints")).expect("a folder for blueprints");
    let program = home.write("shell", "#!/bin/sh\nPS1='ready$ ' exec sh\n");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("it can be run");
    let blueprint = format!("description = 'a plain shell'\ncli = '{}'\n", program.display());
    home.write(".agentctl/blueprints/plain.toml", &blueprint);
    home.write("agentctl.toml", "[session]\nname='s'\n[executive]\nname='chief'\ncommand=['sh']\n");
    let window = Window::open(&home, 24, 80, &[]);
    window.shows("keys → chief");
    window.press("\x01c");
    window.shows("no blueprint");
    // Up to the blueprint, and a few letters of its name.
    window.press("\x1b[A");
    window.shows("type to find one");
    window.press("pla");
    window.shows("a plain shell");
    window.press("\r");
    window.shows("as the blueprint says");
    window.press("\tone\r");
    window.shows("keys → one");
    home.ok(&["agent", "create", "two", "--blueprint", "plain"]);
    let (one, two) = (home.agent("one"), home.agent("two"));
    for field in ["command", "blueprint", "role", "team"] {
        assert_eq!(one[field], two[field], "{field}");
    }
    assert_eq!(one["blueprint"], "plain");
}

#[test]
fn scrolling_back_finds_and_copies_what_has_left_the_screen() {
    let (_home, window) = open(24, 80);
    window.press("for n in $(seq 300); do echo row-$n; done\r");
    window.shows("row-300");
    window.press("\x01/");
    window.shows("search");
    window.press("row-17\r");
    // The history may come later than the keys: what is looked for is found in it all the same.
    window.wait_until("the newest match", |s| s.contains("11 of 11") && s.contains("row-179"));
    window.press("V");
    window.press("y");
    // OSC 52, base64: the whole line of the match.
    until("the clipboard to get it", || {
        let bytes = window.bytes();
        let copied = memchr::memmem::rfind(&bytes, b"\x1b]52;c;cm93LTE3").is_some();
        if copied { Ok(()) } else { Err(window.screen().contents()) }
    });
    window.shows("copied");
}

#[test]
fn nothing_an_agent_prints_reaches_the_outer_terminal_but_as_cells() {
    let home = Home::with(
        "[session]\nname='s'\n[executive]\nname='foe'\ncommand=['sh','-c','\
         printf \"\\\\033]0;PWNED-TITLE\\\\007\\\\033]52;c;UFdORUQ=\\\\007\\\\033[c\\\\033]11;?\\\\007\\\\033[?1049h\\\\033[?1003h\\\\033[6n\\\\033P+q544e\\\\033\\\\\\\\\"; \
         printf \"\\\\033]8;;http://evil.example/\\\\033\\\\\\\\link\\\\033]8;;\\\\033\\\\\\\\\\\\233\\\\220 end-of-attack\"; exec cat']\n",
    );
    let window = Window::open(&home, 30, 100, &[]);
    window.shows("end-of-attack");
    let bytes = window.bytes();
    let text = String::from_utf8_lossy(&bytes);
    // What is asked of the outer terminal at the start, and what we switch on and off, is all there is.
    let ours = ["]10;?", "]11;?"];
    for part in text.split('\x1b').skip(1) {
        let allowed =
            part.starts_with('[') || part.starts_with('\\') || ours.iter().any(|own| part.starts_with(own));
        assert!(allowed, "{part:?} reached the outer terminal");
    }
    assert_eq!(text.matches("\x1b[c").count(), 1, "only our own question");
    assert_eq!(text.matches("\x1b]11;?").count(), 1, "only our own question");
    for foreign in ["]52;", "\x1b[6n", "\x1b]8;", "\x1bP", "\u{9b}", "\u{90}"] {
        assert!(!text.contains(foreign), "{foreign:?} reached the outer terminal");
    }
    assert!(window.bytes().iter().all(|byte| *byte != 0x07));
}

#[test]
fn the_demo_says_that_it_is_one() {
    let home = Home::new();
    let mut window = Window::open(&home, 50, 200, &["demo"]);
    // They come one after the other, on a slow machine over several frames.
    window.wait_until("the demo's teams", |s| {
        ["a demo agent", "chief", "backend", "database", "frontend", "quality"]
            .iter()
            .all(|name| s.contains(name))
    });
    window.press("hello\r");
    window.shows("You said: hello");
    window.press("\x01q");
    assert_eq!(window.ends(), 0);
}

#[test]
fn the_first_run_offers_what_there_is() {
    let home = Home::new();
    // Nothing on the PATH but a shell: no agent programs.
    let mut window = Window::open_with(&home, (24, 80), &[], &[("PATH", "/nonexistent")]);
    window.wait_until("the offer", |s| s.contains("demo") && s.contains("shells"));
    window.press("\x1b");
    assert_eq!(window.ends(), 0);
    assert!(!home.work().join("agentctl.toml").exists(), "nothing was accepted, nothing is written");
}
