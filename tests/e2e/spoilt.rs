//! A person's own files that are wrong: each is named with its place, and nothing else is lost by it.

use crate::home::{Home, text, until};

const TEAM: &str = "[session]\nname = 's'\n[executive]\nname = 'chief'\ncommand = ['cat']\n";

fn put(home: &Home, name: &str, content: &str) -> String {
    let file = home.root().join("config").join(name);
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder for settings");
    std::fs::write(&file, content).expect("a file can be written");
    file.display().to_string()
}

#[test]
fn a_wrong_adapter_is_left_out_with_a_word_and_everything_else_works() {
    let home = Home::new();
    home.write("agentctl.toml", TEAM);
    let file =
        put(&home, "adapters/aider.toml", "extends = 'aider'\n[[rule]]\nname = 'x'\nstate = 'wating'\n");
    for args in [
        &["start"][..],
        &["up"],
        &["blueprint", "list"],
        &["adapter", "show", "claude"],
        &["adapter", "list"],
        &["agent", "create", "a", "--", "cat"],
        &["check", "agentctl.toml"],
        &["run", "x", "--", "echo", "{prompt}"],
    ] {
        home.ok(args);
    }
    let told = text(&home.run(&["blueprint", "list"]).stderr);
    assert!(told.contains(&format!("warning: left out: {file}:4:9")) && told.contains("waiting"), "{told}");
    assert!(home.log().contains(&format!("left out: {file}:4:9")), "{}", home.log());
    let doctor = text(&home.run(&["doctor"]).stdout);
    assert!(doctor.contains(&format!("✖ adapters       {file}:4:9")), "{doctor}");
    assert!(doctor.contains("✔ session file"), "{doctor}");
    assert!(home.fails(2, &["check", &file]).contains(":4:9"));
    assert!(home.fails(2, &["adapter", "check"]).contains(":4:9"));
    assert!(home.fails(2, &["adapter", "check", &file]).contains(":4:9"));
    home.ok(&["check", "agentctl.toml"]);
}

#[test]
fn wrong_settings_are_named_and_a_daemon_that_runs_goes_on_with_what_it_had() {
    let home = Home::new();
    home.write("agentctl.toml", TEAM);
    put(&home, "config.toml", "[budget]\nsession = 2.0\n");
    home.ok(&["up"]);
    let file = put(
        &home,
        "config.toml",
        "[budget]\nsession = 2.0\n[[price]]\nmodel = 'm'\ninput = -1\noutput = 1\n",
    );
    let place = format!("{file}:5:9");
    assert!(home.fails(2, &["check", &file]).contains(&place));
    let doctor = text(&home.run(&["doctor"]).stdout);
    assert!(doctor.contains(&format!("✖ config         {place}")), "{doctor}");
    home.ok(&["status"]);
    home.ok(&["agent", "create", "a", "--", "cat"]);
    home.ok(&["run", "x", "--", "echo", "{prompt}"]);
    let cost = home.json(&["cost", "--by", "session"]);
    assert_eq!(cost["rows"][0]["budget_micro_usd"], 2_000_000, "{cost}");
    assert!(cost["hints"].to_string().contains("the settings stay as they were"), "{cost}");
    until("the daemon to have said it in its log", || match home.log() {
        log if log.contains(&place) => Ok(()),
        log => Err(log),
    });
    put(&home, "config.toml", "[budget]\nsession = 3.0\n");
    let cost = home.json(&["cost", "--by", "session"]);
    assert_eq!(
        (&cost["rows"][0]["budget_micro_usd"], &cost["hints"]),
        (&3_000_000.into(), &serde_json::Value::Null)
    );
    // A daemon that is to be started says what is wrong instead.
    home.ok(&["stop"]);
    let file = put(&home, "config.toml", "[budgett]\n");
    let said = home.fails(1, &["start"]);
    assert!(said.contains(&format!("{file}:1:2")) && said.contains("did you mean `budget`?"), "{said}");
}

#[test]
fn a_blueprint_is_validated_whole_and_a_misspelt_tool_makes_no_agent() {
    let home = Home::new();
    home.write("agentctl.toml", TEAM);
    home.ok(&["up"]);
    let file = put(&home, "blueprints/mine.toml", "cli = 'claud'\ndeny = ['shel(rm *)', 'wirte']\n");
    let output = home.run(&["blueprint", "validate", "mine"]);
    let told = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{told}");
    for line in [
        format!("✖ {file}:1:7: `cli`: there is no CLI called `claud`; did you mean `claude`?"),
        format!("✖ {file}:2:9: `deny[0]`: there is no tool called `shel`; did you mean `shell`?"),
        format!("✖ {file}:2:23: `deny[1]`: there is no tool called `wirte`; did you mean"),
    ] {
        assert!(told.contains(&line), "{told}");
    }
    assert_eq!(told.matches(&file).count(), 3, "{told}");
    put(&home, "blueprints/mine.toml", "deny = ['shel(rm *)']\n");
    let said = home.fails(2, &["agent", "create", "a", "--blueprint", "mine", "--cli", "claude"]);
    assert!(said.contains("mine.toml:1:9"), "{said}");
    let run = home.run(&["run", "--blueprint", "mine", "--cli", "claude", "hello"]);
    assert!(!run.status.success() && text(&run.stderr).contains("mine.toml:1:9"), "{}", text(&run.stderr));
}
