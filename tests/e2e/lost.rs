//! Keys that a program swallows, and texts that stay behind: with a scripted program that looks like a real one.

use serde_json::{Value, json};

use crate::home::{Home, until};

/// A program with an input box as Claude Code draws it. It takes a message at the second Enter if there is a file
/// `swallows`; asks whether it may go on if the message is `ask`, and takes the second answer if there is that file;
/// and opens that dialog under a text that is `trap`.
pub const SCRIPT: &str = r#"#!/bin/sh
[ "$1" = --version ] && { echo '2.1.329 (Claude Code)'; exit; }
stty raw -echo
say() { printf '\033]7501;state=%s\033\\' "$1"; }
line='────────────────────'
box() {
  printf '\033[2J\033[H%s\r\n❯ %s\r\n%s\r\n  ? for shortcuts\033[2;%dH' "$line" "$text" "$line" $((3 + ${#text}))
  say idle
}
dialog() {
  printf '\033[2J\033[HBash(touch x)\r\n\r\nDo you want to proceed?\r\n❯ 1. Yes\r\n  2. No\r\n\r\nEsc to cancel'
  say blocked:kind=permission
  answer
}
answer() {
  key
  case "$got" in
    1) keys=$((keys + 1)); echo yes >> answers
       if [ -e swallows ] && [ $keys -lt 2 ]; then answer; fi ;;
    "$esc") echo no >> answers ;;
    *) echo "$got" >> answers; answer ;;
  esac
}
key() { got=$(dd bs=4096 count=1 2>/dev/null; echo .); got=${got%.}; }
cr=$(printf '\r'); esc=$(printf '\033'); stop=$(printf '\003')
text=; enters=0; keys=0
box
while :; do
  key
  case "$got" in
    "") exit ;;
    "$cr")
      enters=$((enters + 1)); echo enter >> enters
      if [ -e swallows ] && [ $enters -lt 2 ]; then continue; fi
      [ -e deaf ] && continue
      echo "$text" >> log; say working
      [ "$text" = ask ] && dialog
      text=; box; say done ;;
    "$stop") echo stop >> stops; text=; box ;;
    trap) text=$text$got; box; dialog; box ;;
    *) text=$text$got; box ;;
  esac
done
"#;

fn home(files: &[&str]) -> Home {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new();
    let program = home.write("claude", SCRIPT);
    std::fs::set_permissions(program, std::fs::Permissions::from_mode(0o755)).expect("it can be run");
    files.iter().for_each(|file| drop(home.write(file, "")));
    let command = home.work().join("claude");
    let file = format!(
        "[session]\nname='s'\n[executive]\nname='a'\ncommand=[{:?}]\n",
        command.display().to_string()
    );
    home.write("agentctl.toml", &file);
    home.ok(&["up"]);
    home.wait_for_state("a", "idle");
    home
}

fn lines(home: &Home, file: &str) -> Vec<String> {
    let text = std::fs::read_to_string(home.work().join(file)).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

fn has(home: &Home, file: &str, expected: &[&str]) {
    until(&format!("{expected:?} in {file}"), || {
        let lines = lines(home, file);
        if lines == expected {
            return Ok(());
        }
        Err(format!("{lines:?}\n{}\n{}", home.ok(&["agent", "screen", "a"]), home.log()))
    });
}

#[test]
fn an_enter_that_provably_did_nothing_is_pressed_once_more_and_that_is_told() {
    let home = home(&["swallows"]);
    let report = home.json(&["send", "a", "fix the tests"]);
    assert_eq!(report["status"], "acknowledged", "{report}");
    has(&home, "log", &["fix the tests"]);
    has(&home, "enters", &["enter", "enter"]);
    let note = home.json(&["message", "show", "m1"])["note"].clone();
    assert!(note.as_str().unwrap_or_default().contains("pressed once more"), "{note}");
    home.json(&["send", "a", "and again"]);
    has(&home, "log", &["fix the tests", "and again"]);
    has(&home, "enters", &["enter", "enter", "enter"]);
    assert_eq!(home.json(&["message", "show", "m2"])["note"], Value::Null);
}

#[test]
fn an_enter_that_never_does_anything_is_pressed_twice_and_no_more() {
    let home = home(&["deaf"]);
    let report = home.json(&["send", "a", "fix the tests"]);
    assert_eq!(
        (&report["status"], &report["reason"]),
        (&json!("delivered"), &json!("submitted, no reaction seen"))
    );
    let held = home.json(&["send", "a", "another"]);
    assert_eq!(held["reason"], "something unsent stands in its input", "{held}");
    assert_eq!(lines(&home, "enters"), ["enter", "enter"]);
}

#[test]
fn an_answer_that_provably_did_nothing_is_given_once_more() {
    let home = home(&["swallows"]);
    home.json(&["send", "a", "ask"]);
    let open = until("an approval that keys can answer", || {
        let open = home.json(&["approval", "list"]);
        if open[0]["answerable"] == json!(true) { Ok(open[0].clone()) } else { Err(open.to_string()) }
    });
    let answered = home.json(&["approval", "allow", &open["id"].to_string()]);
    assert_eq!(answered["status"], "answered", "{answered}");
    has(&home, "answers", &["yes", "yes"]);
    home.wait_for_state("a", "idle");
    has(&home, "answers", &["yes", "yes"]);
}

#[test]
fn a_text_that_a_dialog_kept_from_being_sent_is_taken_out_of_the_box_afterwards() {
    let home = home(&[]);
    let refused = home.fails(1, &["send", "a", "trap"]);
    assert!(refused.contains("did not reach"), "{refused}");
    home.ok(&["send", "a", "later"]);
    home.ok(&["approval", "deny", &home.json(&["approval", "list"])[0]["id"].to_string()]);
    has(&home, "log", &["later"]);
    has(&home, "answers", &["no"]);
    has(&home, "stops", &["stop"]);
}
