//! From outside: everything that people and scripts can do without the screen.

use crate::home::{Home, processes_of, until};

const TEAM: &str = r#"
[session]
name = "api-build"
[executive]
name = "chief"
command = ["sh"]
[[team]]
name = "backend"
color = "green"
lead = "be-lead"
[[team.agent]]
name = "be"
command = ["sh", "-c", "echo \"hello from $AGENTCTL_AGENT in $PWD with $RUST_LOG\"; exec cat"]
count = 2
cwd = "services/api"
env = { RUST_LOG = "info" }
[[team]]
name = "database"
parent = "backend"
"#;

fn team() -> Home {
    let home = Home::with(TEAM);
    std::fs::create_dir_all(home.work().join("services/api")).expect("the agents' folder");
    home.ok(&["up"]);
    home
}

#[test]
fn a_session_file_becomes_a_running_team() {
    let home = team();
    let status = home.json(&["status"]);
    assert_eq!(status["session"]["name"], "api-build");
    let names: Vec<_> =
        status["agents"].as_array().unwrap().iter().map(|a| a["name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(names, ["chief", "be-lead", "be-1", "be-2"]);
    home.wait_for_screen("be-2", "hello from be-2 in");
    let screen = home.ok(&["agent", "screen", "be-2"]).replace('\n', "");
    assert!(screen.contains("/work/services/api with info"), "{screen}");
    for name in names {
        home.wait_for_state(&name, "idle");
    }
    let totals = &home.json(&["status"])["totals"];
    assert_eq!((totals["idle"].as_u64(), totals["error"].as_u64()), (Some(4), Some(0)));
}

#[test]
fn what_is_sent_arrives_and_its_sender_is_told() {
    let home = team();
    home.wait_for_state("be-1", "idle");
    let report = home.json(&["send", "be-1", "what is 6 times 7?"]);
    assert_eq!((report["status"].as_str(), report["to"].as_str()), (Some("delivered"), Some("be-1")));
    home.wait_for_screen("be-1", "what is 6 times 7?");
    home.ok(&["keys", "be-1", "o", "k", "enter"]);
    home.wait_for_screen("be-1", "ok\nok");
    let broadcast = home.json(&["broadcast", "backend", "everyone stop"]);
    assert_eq!(broadcast.as_array().unwrap().len(), 3);
    home.wait_for_screen("be-2", "everyone stop");
}

#[test]
fn agents_and_teams_are_made_moved_and_removed_while_others_run() {
    let home = team();
    home.ok(&["agent", "create", "extra", "--team", "database", "--", "cat"]);
    home.ok(&["agent", "promote", "extra"]);
    home.ok(&["agent", "rename", "extra", "dba"]);
    home.ok(&["team", "create", "quality", "--color", "pink"]);
    home.ok(&["team", "move", "database", "quality"]);
    let dba = home.agent("dba");
    assert_eq!((dba["team"].as_str(), dba["role"].as_str()), (Some("database"), Some("coordinator")));
    home.ok(&["team", "disband", "database"]);
    assert_eq!(home.agent("dba")["team"], "quality");
    home.ok(&["agent", "move", "dba"]);
    assert_eq!(home.agent("dba")["team"], serde_json::Value::Null);
    home.ok(&["agent", "delete", "dba"]);
    assert_eq!(home.agent("dba"), serde_json::Value::Null);
    let teams = home.ok(&["team", "list"]);
    assert!(teams.contains("quality") && !teams.contains("database"), "{teams}");
}

#[test]
fn what_is_wrong_is_said_with_its_exit_code_and_the_word_that_was_meant() {
    let home = team();
    let said = home.fails(1, &["agent", "kill", "be-11"]);
    assert!(said.contains("there is no agent `be-11`; did you mean `be-1`?"), "{said}");
    let said = home.fails(2, &["keys", "be-1", "entre"]);
    assert!(said.contains("names no key") && said.contains("nearest: enter"), "{said}");
    let said = home.fails(2, &["agnet", "list"]);
    assert!(said.contains("agent"), "{said}");
    let said = home.fails(1, &["--session", "api-bild", "status"]);
    assert!(said.contains("did you mean `api-build`?"), "{said}");
    home.write("agentctl.toml", "[[team]]\nname = 'a'\nparnt = 'b'\n");
    let said = home.fails(2, &["up"]);
    assert!(
        said.contains("agentctl.toml:3:1: `team[0].parnt`: unknown field `parnt`; did you mean `parent`?"),
        "{said}"
    );
    let stranger = Home::new();
    let said = stranger.fails(3, &["status"]);
    assert!(said.contains("no daemon is running"), "{said}");
}

#[test]
fn every_state_can_be_explained() {
    let home = Home::with(
        "[executive]\nname='asker'\ncommand=['sh','-c','printf \"Remove 3 files? [y/N] \"; read x; echo got $x; exec cat']\n",
    );
    home.ok(&["up"]);
    let asker = home.wait_for_state("asker", "waiting");
    assert_eq!(asker["waiting_for"], "approval");
    let why = home.json(&["agent", "explain", "asker"]);
    let decisive = &why["evidence"][0];
    assert_eq!((decisive["rule"].as_str(), decisive["decisive"].as_bool()), (Some("yes-or-no"), Some(true)));
    assert!(decisive["age_ms"].is_u64() && why["evidence"].as_array().unwrap().len() > 1, "{why}");
    // Nothing is typed into a dialog.
    let held = home.json(&["send", "asker", "good morning"]);
    assert_eq!(held["status"], "held");
    home.fails(1, &["send", "--now", "asker", "good morning"]);
    home.ok(&["keys", "asker", "y", "enter"]);
    home.wait_for_screen("asker", "got y");
    home.wait_for_screen("asker", "good morning");
}

#[test]
fn events_tell_what_happened_and_what_happens() {
    let home = team();
    let kept: Vec<serde_json::Value> = home
        .ok(&["events", "--json", "-n", "500"])
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let numbers: Vec<u64> = kept.iter().map(|e| e["seq"].as_u64().unwrap()).collect();
    assert!(numbers.iter().copied().eq(1..=numbers.len() as u64), "{numbers:?}");
    assert_eq!(kept[0]["type"], "org.session_opened");

    let newest = home.ok(&["events", "--json", "-n", "2"]);
    let newest: Vec<serde_json::Value> =
        newest.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(newest.len() == 2 && newest[0]["seq"].as_u64() >= Some(numbers.len() as u64 - 1), "{newest:?}");
    let told = home.ok(&["events", "-n", "500"]);
    for words in ["team created", "agent created", "life.starting"] {
        let line = told.lines().find(|line| line.contains(words)).unwrap_or_default();
        assert!(["backend", "chief", "be-"].iter().any(|name| line.contains(name)), "{words}: {told}");
    }
    assert!(!told.contains('{'), "{told}");

    let mut follower =
        home.command(&["events", "--follow", "--json"]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    home.ok(&["team", "create", "latecomers"]);
    let lines = std::io::BufRead::lines(std::io::BufReader::new(follower.stdout.take().unwrap()));
    let found = lines.map_while(Result::ok).any(|line| line.contains("latecomers"));
    assert!(found, "the follower saw the team");
    follower.kill().unwrap();
    follower.wait().unwrap();
}

#[test]
fn curl_can_do_what_a_person_can() {
    let home = team();
    let socket = home.root().join("run/daemon.sock");
    let curl = |args: &[&str]| {
        let output =
            std::process::Command::new("curl").args(["-s", "--unix-socket"]).arg(&socket).args(args).output();
        output.ok().map(|o| crate::home::text(&o.stdout))
    };
    let Some(status) = curl(&["http://localhost/v1/sessions/api-build/status"]) else {
        eprintln!("skipped: there is no curl on this machine");
        return;
    };
    let status: serde_json::Value = serde_json::from_str(&status).unwrap();
    assert_eq!(status["session"]["executive"], "chief");
    let made = curl(&[
        "-H",
        "content-type: application/json",
        "-d",
        r#"{"name":"web"}"#,
        "http://localhost/v1/sessions/api-build/teams",
    ]);
    assert!(made.unwrap().contains(r#""name":"web""#));
    let refused = curl(&["-X", "POST", "http://localhost/v1/sessions/api-build/agents/nobody/kill"]).unwrap();
    assert!(refused.contains("there is no agent `nobody`"), "{refused}");
    assert!(
        curl(&["http://localhost/v1/openapi.json"]).unwrap().contains("\"/v1/sessions/{session}/status\"")
    );
}

#[test]
fn down_leaves_no_process_behind_daemonised_grandchildren_included() {
    let home = Home::with(
        "[executive]\nname='forker'\ncommand=['sh','-c','(setsid sh -c \"sleep 1000 & sleep 1000\" &); setsid sleep 1000 & echo ready; exec cat']\n",
    );
    home.ok(&["up"]);
    home.wait_for_screen("forker", "ready");
    let sleepers = || processes_of(home.root()).len();
    until("the whole tree to run", || {
        if sleepers() >= 7 { Ok(()) } else { Err(format!("{} processes", sleepers())) }
    });
    home.ok(&["down"]);
    // Whoever says last that all are gone is still there while it says so.
    until("every process to be gone", || match processes_of(home.root()).as_slice() {
        [] => Ok(()),
        left => Err(format!("{left:?} are left")),
    });
    // What is known of the session is kept, and it starts again.
    home.ok(&["up"]);
    home.wait_for_screen("forker", "ready");
}

#[test]
fn help_stands_everywhere_and_completions_and_manual_come_from_it() {
    let home = Home::new();
    for args in
        [vec!["--help"], vec!["agent", "--help"], vec!["agent", "create", "--help"], vec!["help", "events"]]
    {
        let help = home.ok(&args);
        assert!(help.contains("Usage: agentctl"), "{help}");
    }
    for shell in ["bash", "zsh", "fish"] {
        assert!(home.ok(&["completions", shell]).contains("broadcast"));
    }
    assert!(home.ok(&["man"]).contains(".TH agentctl 1"));
    home.ok(&["man", "--out", "pages"]);
    assert!(home.work().join("pages/agentctl-agent-create.1").exists());
    assert!(home.work().join("pages/agentctl-keys.7").exists());
    assert!(home.ok(&["help"]).contains("session-file"));
    let keys = home.ok(&["help", "keys"]);
    assert!(keys.contains("ctrl-a z") && !keys.contains(['\u{1b}', '`']), "{keys}");
    let unknown = home.command(&["help", "setings"]).output().expect("it runs");
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("did you mean `settings`?"));
    let doctor = home.ok(&["doctor"]);
    assert!(doctor.contains("daemon") && doctor.contains("none runs"), "{doctor}");
}

#[test]
fn an_edited_session_file_is_followed_by_the_next_up() {
    let home = team();
    home.write(
        "agentctl.toml",
        &TEAM.replace("count = 2", "count = 3").replace("command = [\"sh\"]", "command = [\"cat\"]"),
    );
    home.ok(&["up"]);
    home.wait_for_screen("be-3", "hello from be-3");
    assert_eq!(home.agent("chief")["command"], serde_json::json!(["cat"]));
    assert_eq!(home.agent("chief")["epoch"], 1, "what runs goes on until it is restarted");
    home.write("agentctl.toml", TEAM);
    let said = home.ok(&["up"]);
    let gone = "be-3 is no longer in agentctl.toml and goes on; agentctl agent delete be-3 removes it";
    assert!(said.lines().any(|line| line == gone) && said.lines().count() == 2, "{said}");
    assert_eq!(home.agent("be-3")["epoch"], 1);
}

#[test]
fn an_agent_whose_command_is_not_found_says_so_briefly_and_starts_once_the_file_is_mended() {
    let file = "[executive]\nname='chief'\ncommand=['nosuchcmd']\n";
    let home = Home::with(file);
    let checked = home.run(&["check", "agentctl.toml"]);
    assert!(checked.status.success());
    let said = crate::home::text(&checked.stderr);
    assert!(said.contains("warning: agentctl.toml: `nosuchcmd` is not found in PATH"), "{said}");
    home.ok(&["up"]);
    let chief = home.wait_for_state("chief", "error");
    assert_eq!(chief["reason"], "`nosuchcmd` is not found in PATH");
    home.wait_for_screen("chief", "`nosuchcmd` is not found in PATH");
    let why = home.json(&["agent", "explain", "chief"]);
    let decisive: Vec<_> =
        why["evidence"].as_array().unwrap().iter().filter(|e| e["decisive"] == true).collect();
    assert_eq!(decisive.len(), 1);
    assert_eq!((&decisive[0]["source"], &decisive[0]["state"]), (&"process".into(), &"error".into()));
    let said = home.fails(1, &["keys", "chief", "y"]);
    assert!(said.contains("hint: start it: agentctl agent start chief"), "{said}");
    home.write("agentctl.toml", &file.replace("nosuchcmd", "cat"));
    home.ok(&["up"]);
    home.wait_for_state("chief", "idle");
}

#[test]
fn programs_are_told_what_is_wrong_as_json() {
    let home = team();
    let problem = |code: i32, args: &[&str]| -> serde_json::Value {
        let said = home.fails(code, args);
        serde_json::from_str(&said).unwrap_or_else(|e| panic!("{args:?}: {e}: {said}"))
    };
    assert_eq!(problem(1, &["--json", "agent", "explain", "nope"])["code"], "not_found");
    assert_eq!(problem(1, &["--json", "--session", "nope", "status"])["code"], "not_found");
    let usage = problem(2, &["--json", "agnet", "list"]);
    assert_eq!(usage["code"], "invalid");
    assert!(usage["error"].as_str().unwrap().contains("agnet"), "{usage}");
    assert_eq!(problem(2, &["agent", "create", "--json"])["code"], "invalid");
    home.ok(&["stop"]);
    let gone = problem(3, &["--json", "status"]);
    assert_eq!(gone["code"], "no_daemon");
    assert_eq!(gone["cause"].as_str().unwrap().matches("os error").count(), 1, "{gone}");
}

#[test]
fn a_home_that_cannot_serve_is_told_so() {
    let home = Home::new();
    let said = |place: &std::path::Path| {
        let output = home.command(&["status"]).env("AGENTCTL_HOME", place).output().expect("it runs");
        assert_eq!(output.status.code(), Some(2));
        crate::home::text(&output.stderr)
    };
    let far = said(&home.root().join("x".repeat(150)));
    assert!(
        far.contains("at most") && far.contains("set AGENTCTL_HOME to a folder with a shorter path"),
        "{far}"
    );
    let file = said(&home.write("file", ""));
    assert!(file.contains("it is a file; set AGENTCTL_HOME to a folder"), "{file}");
}
