//! Blueprints from the command line: found, shown, made, edited, switched, deleted, checked, and agents made from them.

use std::os::unix::fs::PermissionsExt as _;

use crate::home::{Home, text, until};

/// Puts a program there that shows how it was started, under the name of one that is known.
fn stand_in(home: &Home, name: &str) -> String {
    let path = home.write(name, "#!/bin/sh\nfor word in \"$@\"; do echo \"<$word>\"; done\nexec cat\n");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("it can be run");
    path.display().to_string()
}

fn own(home: &Home, name: &str) -> std::path::PathBuf {
    home.root().join("config/blueprints").join(name)
}

#[test]
fn the_built_in_ones_are_listed_shown_and_fine() {
    let home = Home::new();
    let list = home.json(&["blueprint", "list"]);
    let names: Vec<&str> = list.as_array().unwrap().iter().map(|b| b["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        ["analyst", "coder", "coordinator", "debugger", "executive", "reviewer", "security", "tester"]
    );
    assert!(home.ok(&["blueprint", "show", "reviewer"]).contains("read_only: true"));
    let shown = home.ok(&["blueprint", "show", "reviewer", "--command", "codex"]);
    assert!(shown.starts_with("codex --model ") && shown.contains("--sandbox read-only"), "{shown}");
    let started = home.json(&["blueprint", "show", "coder", "--command", "claude"]);
    assert_eq!(started["launch"]["command"][0], "claude");
    home.ok(&["blueprint", "validate"]);
    let said = home.fails(1, &["blueprint", "show", "reviewr"]);
    assert!(
        said.contains("there is no blueprint called `reviewr`\nhint: did you mean `reviewer`?"),
        "{said}"
    );
    let said = home.fails(1, &["blueprint", "show", "reviewer", "--command", "sh"]);
    assert!(said.contains("sh cannot be kept from changing files"), "{said}");
    home.fails(2, &["blueprint", "show"]);
}

#[test]
fn a_blueprint_is_made_switched_and_deleted_and_its_file_stays_as_it_was_written() {
    let home = Home::new();
    home.ok(&["blueprint", "create", "parser", "--from", "coder"]);
    let file = own(&home, "parser.toml");
    let mut written = std::fs::read_to_string(&file).unwrap();
    written.push_str("# my own remark\n[env]\nA = '1'\n");
    std::fs::write(&file, &written).unwrap();
    assert!(home.fails(1, &["blueprint", "create", "parser"]).contains("is there already"));
    home.ok(&["blueprint", "disable", "parser"]);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), format!("enabled = false\n{written}"));
    let listed = home.json(&["blueprint", "list"]);
    let parser = listed.as_array().unwrap().iter().find(|b| b["name"] == "parser").unwrap();
    assert_eq!((&parser["origin"], &parser["enabled"]), (&"user".into(), &false.into()));
    home.ok(&["blueprint", "enable", "parser"]);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), format!("enabled = true\n{written}"));

    // The session's own hides the person's.
    home.ok(&["blueprint", "create", "parser", "--from", "tester", "--in-session"]);
    assert!(home.work().join(".agentctl/blueprints/parser.toml").exists());
    assert_eq!(home.json(&["blueprint", "show", "parser"])["model"], "fast");
    assert!(home.fails(2, &["blueprint", "delete", "parser"]).contains("--yes"));
    home.ok(&["blueprint", "delete", "parser", "--yes"]);
    assert_eq!(home.json(&["blueprint", "show", "parser"])["model"], "balanced");
    home.ok(&["blueprint", "delete", "parser", "--yes"]);
    home.fails(1, &["blueprint", "show", "parser"]);

    // A built-in one can be switched off, and not deleted.
    assert!(home.fails(2, &["blueprint", "delete", "coder", "--yes"]).contains("blueprint disable coder"));
    home.ok(&["blueprint", "disable", "coder"]);
    assert_eq!(home.json(&["blueprint", "show", "coder"])["enabled"], false);
    home.ok(&["blueprint", "enable", "coder"]);
    assert_eq!(home.json(&["blueprint", "show", "coder"])["enabled"], true);
}

#[test]
fn what_an_editor_leaves_is_checked_and_a_built_in_one_is_copied_first() {
    let home = Home::new();
    let editor = |script: &str| {
        let path = home.write("editor", &format!("#!/bin/sh\n{script}\n"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("it can be run");
        let output =
            home.command(&["blueprint", "edit", "coder"]).env("EDITOR", path).output().expect("it runs");
        (output.status.code(), text(&output.stderr))
    };
    let (code, said) = editor("sed -i 's/balanced/strong/' \"$1\"");
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(home.json(&["blueprint", "show", "coder"])["model"], "strong");
    let (code, said) = editor("echo 'modle = 1' > \"$1\"");
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("coder.toml:1:1: `modle`: unknown field `modle`; did you mean `model`?"), "{said}");
    let said = home.fails(1, &["blueprint", "validate", "coder"]);
    assert!(said.contains("1 of 1 are wrong"), "{said}");
    home.fails(1, &["blueprint", "show", "coder"]);
    assert!(home.ok(&["blueprint", "list"]).contains("wrong"), "the others are listed all the same");
    assert!(home.fails(1, &["blueprint", "edit", "tester"]).contains("set VISUAL or EDITOR"));
}

#[test]
fn agents_are_made_from_blueprints_by_a_file_and_by_a_command() {
    let home = Home::new();
    let claude = stand_in(&home, "claude");
    home.write(
        "agentctl.toml",
        &format!(
            "[session]\nname = 's'\n[executive]\nname = 'chief'\nblueprint = 'reviewer'\ncli = '{claude}'\n\
             model = 'm-7'\nprompt_suffix = 'Be kind.'\n"
        ),
    );
    home.ok(&["up"]);
    let screen = home.wait_for_screen("chief", "Be kind.");
    assert!(screen.contains("None of them gives you orders"), "{screen}");

    let codex = stand_in(&home, "codex");
    let made =
        home.json(&["agent", "create", "a", "--blueprint", "tester", "--cli", &codex, "--model", "m-8"]);
    let notes = made["notes"].to_string();
    assert!(notes.contains("codex cannot allow single tools"), "{notes}");
    home.wait_for_screen("a", "<developer_instructions=");

    let said = home.fails(1, &["agent", "create", "b", "--blueprint", "testr"]);
    assert!(said.contains("did you mean `tester`?"), "{said}");
    home.ok(&["blueprint", "disable", "tester"]);
    let said = home.fails(1, &["agent", "create", "b", "--blueprint", "tester"]);
    assert!(said.contains("is disabled in") && said.contains("agentctl blueprint enable tester"), "{said}");
    home.fails(2, &["agent", "create", "b", "--blueprint", "coder", "--", "sh"]);
    home.fails(2, &["agent", "create", "b", "--model", "fast", "--", "sh"]);
    home.fails(2, &["agent", "create", "b", "--blueprint", "reviewer", "--cli", "sh"]);
}

/// A program that is busy for ever. Interrupted it rests, unless it is the stubborn one.
const BUSY: &str = r#"#!/bin/sh
say() { printf '\033]7501;state=%s\033\\' "$1"; }
case $AGENTCTL_AGENT in
  stubborn) trap '' INT ;;
  *) trap 'say idle' INT ;;
esac
say working
while :; do sleep 1; done
"#;

#[test]
fn a_turn_that_takes_too_long_is_interrupted_and_one_that_goes_on_is_killed() {
    let home = Home::new();
    let program = home.write("busy", BUSY);
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("it can be run");
    std::fs::create_dir_all(home.work().join(".agentctl/blueprints")).expect("a folder for blueprints");
    home.write(
        ".agentctl/blueprints/brief.toml",
        &format!("cli = '{}'\n[limits]\ntime = '2s'\n", program.display()),
    );
    home.write("agentctl.toml", "[session]\nname = 's'\n");
    home.ok(&["up"]);
    for name in ["gives-in", "stubborn"] {
        home.ok(&["agent", "create", name, "--blueprint", "brief"]);
    }
    until("the interrupt to be told", || {
        let why = home.ok(&["agent", "explain", "gives-in"]);
        let told =
            why.contains("is idle") && why.contains("its time limit of 2 s passed; it was interrupted");
        told.then_some(()).ok_or(why)
    });
    let stubborn = home.wait_for_state("stubborn", "error");
    assert_eq!(stubborn["reason"], "killed: its time limit of 2 s passed");
    let why = home.ok(&["agent", "explain", "stubborn"]);
    assert!(why.contains("its time limit of 2 s passed; it was killed"), "{why}");
    assert_eq!(home.agent("gives-in")["state"], "idle", "who gave in is left alone");
}
