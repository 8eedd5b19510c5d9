//! `agentctl run`: prompts without a screen, given to programs that tests write.

use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::home::{Home, processes_of, text, until};

/// A program that answers as Claude Code does.
const ANSWERS: &str = r#"#!/bin/sh
echo '{"type":"system","subtype":"init","session_id":"c1","model":"m-1"}'
echo '{"type":"assistant","message":{"id":"a","model":"m-1","content":[{"type":"text","text":"Let me see."},{"type":"tool_use","id":"t","name":"Bash","input":{"command":"ls"}}],"usage":{"input_tokens":5}},"parent_tool_use_id":null}'
echo '{"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"t","is_error":false}]}}'
echo '{"type":"assistant","message":{"id":"b","model":"m-1","content":[{"type":"text","text":"42"}]},"parent_tool_use_id":null}'
echo '{"type":"result","subtype":"success","is_error":false,"num_turns":2,"result":"42","session_id":"c1","total_cost_usd":0.25,"modelUsage":{"m-1":{"inputTokens":10,"outputTokens":2,"cacheReadInputTokens":3,"cacheCreationInputTokens":4,"costUSD":0.25}}}'
"#;

/// Makes a program on the PATH of a home.
fn program(home: &Home, name: &str, script: &str) {
    let folder = home.root().join("bin");
    std::fs::create_dir_all(&folder).expect("a folder for programs");
    let file = folder.join(name);
    std::fs::write(&file, script).expect("a program can be written");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).expect("it can be made one");
}

/// Returns a home whose PATH has this program first.
fn with_program(name: &str, script: &str) -> Home {
    let home = Home::new();
    program(&home, name, script);
    home
}

/// Returns the command line in this home, its programs on the PATH.
fn command(home: &Home, args: &[&str]) -> Command {
    let mut command = home.command(args);
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{}:{path}", home.root().join("bin").display()));
    command
}

fn run(home: &Home, args: &[&str]) -> Output {
    command(home, &[&["run"], args].concat()).output().expect("the program can be run")
}

/// Runs with `--json`, and returns the exit code and the answer.
fn json(home: &Home, args: &[&str]) -> (Option<i32>, Value) {
    let output = run(home, &[&["--json"], args].concat());
    let told = serde_json::from_slice(&output.stdout);
    (
        output.status.code(),
        told.unwrap_or_else(|e| panic!("{e}: {}{}", text(&output.stdout), text(&output.stderr))),
    )
}

#[test]
fn a_prompt_is_answered_and_what_it_used_is_told() {
    let home = with_program("claude", ANSWERS);
    let output = run(&home, &["--cli", "claude", "how much is it?"]);
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(0), "42\n"));
    let shown = text(&output.stderr);
    assert!(
        shown.starts_with("Let me see.\n▶ Bash: ls\n■ ") && shown.ends_with("19 tokens, $0.25\n"),
        "{shown}"
    );

    let (code, told) = json(&home, &["how much is it?"]);
    assert_eq!((code, told["outcome"].as_str(), told["text"].as_str()), (Some(0), Some("ok"), Some("42")));
    assert_eq!((told["cli"].as_str(), told["conversation"].as_str()), (Some("claude"), Some("c1")));
    assert_eq!((told["cost_usd"].as_f64(), told["cost"].as_str()), (Some(0.25), Some("told")));
    assert_eq!(
        told["tokens"],
        serde_json::json!({"input": 10, "output": 2, "cache_read": 3, "cache_write": 4})
    );
    assert_eq!((told["exit_code"].as_i64(), told["prompt_chars"].as_i64()), (Some(0), Some(15)));
    assert_eq!(told["models"], serde_json::json!(["m-1"]));
    let quiet = run(&home, &["--quiet", "how much is it?"]);
    assert_eq!((text(&quiet.stdout).as_str(), text(&quiet.stderr).as_str()), ("42\n", ""));
}

#[test]
fn a_program_is_asked_as_its_adapter_says_and_a_long_prompt_comes_on_its_standard_input() {
    let script = "#!/bin/sh\nfor word in \"$@\"; do echo \"<$word>\"; done >words\nwc -c >bytes\n\
                  echo '{\"type\":\"result\",\"result\":\"ok\"}'\n";
    let home = with_program("claude", script);
    let read = |name: &str| {
        std::fs::read_to_string(home.work().join(name)).expect("it was written").replace('\n', "")
    };
    assert_eq!(json(&home, &["do it", "--model", "m 1", "--budget", "0.5"]).0, Some(0));
    assert_eq!(
        read("words"),
        "<--model><m 1><--max-budget-usd><0.500000><-p><do it><--output-format><stream-json><--verbose>"
    );
    assert_eq!(read("bytes").trim(), "0");
    std::fs::write(home.work().join("long.md"), "x".repeat(300_000)).expect("a prompt");
    assert_eq!(json(&home, &["--file", "long.md"]).0, Some(0));
    assert_eq!(read("words"), "<-p><--output-format><stream-json><--verbose>");
    assert_eq!(read("bytes").trim(), "300000");
}

#[test]
fn a_blueprint_says_which_model_which_tools_and_how_long() {
    let script = "#!/bin/sh\nfor word in \"$@\"; do echo \"<$word>\"; done >words\nexec sleep 1000\n";
    let home = with_program("claude", script);
    let folder = home.work().join(".agentctl/blueprints");
    std::fs::create_dir_all(&folder).expect("a folder for blueprints");
    std::fs::write(
        folder.join("quick.toml"),
        "model = \"m-9\"\nprompt = \"Be quick.\"\n[limits]\ntime = \"2s\"\n",
    )
    .expect("a blueprint");
    let (code, told) = json(&home, &["--blueprint", "quick", "--cli", "claude", "do it"]);
    assert_eq!((code, told["outcome"].as_str()), (Some(124), Some("timeout")), "{told}");
    assert_eq!(told["blueprint"], "quick");
    let words = std::fs::read_to_string(home.work().join("words")).expect("it was written").replace('\n', "");
    assert!(words.contains("<--model><m-9>") && words.contains("<Be quick.>"), "{words}");
    let output = run(&home, &["--blueprint", "quik", "do it"]);
    assert!(text(&output.stderr).contains("did you mean `quick`?"), "{}", text(&output.stderr));
}

#[test]
fn several_run_at_the_same_time_and_each_is_told_by_its_number() {
    // Each waits for the other two to have begun: one after the other, they would wait in vain.
    let script = "#!/bin/sh\n: >began.$1\nwhile [ $(ls | grep -c '^began') -lt 3 ]; do sleep 0.02; done\n\
                  echo \"answer of $1\"\n[ $1 != bad ]\n";
    let home = with_program("own", script);
    let (code, told) = json(&home, &["--timeout", "25s", "one", "bad", "three", "--", "own", "{prompt}"]);
    assert_eq!(code, Some(1), "the worst of them counts");
    let each: Vec<_> = told
        .as_array()
        .expect("several are told as a list")
        .iter()
        .map(|run| (run["run"].as_str(), run["text"].as_str(), run["outcome"].as_str()))
        .collect();
    assert_eq!(
        each,
        [
            (Some("run-1"), Some("answer of one"), Some("ok")),
            (Some("run-2"), Some("answer of bad"), Some("error")),
            (Some("run-3"), Some("answer of three"), Some("ok")),
        ]
    );
    for name in ["one", "bad", "three"] {
        std::fs::remove_file(home.work().join(format!("began.{name}"))).expect("it began");
    }
    let output = run(&home, &["--timeout", "25s", "one", "two", "three", "--", "own", "{prompt}"]);
    let (answers, progress) = (text(&output.stdout), text(&output.stderr));
    assert!(answers.contains("==> 2: run-2 <==\nanswer of two\n"), "{answers}");
    assert!(progress.contains("[2] answer of two\n") && progress.contains("[3] ■ "), "{progress}");
}

#[test]
fn as_many_run_at_the_same_time_as_are_allowed() {
    let script = "#!/bin/sh\nmkdir alone || exit 9\nsleep 0.05\nrmdir alone\n";
    let home = with_program("own", script);
    let (code, told) = json(&home, &["--jobs", "1", "a", "b", "c", "--", "own", "{prompt}"]);
    assert_eq!(code, Some(0), "two were in the same place: {told}");
}

#[test]
fn one_whose_time_is_up_is_interrupted_and_may_tidy_up() {
    let script = "#!/bin/sh\ntrap 'echo tidied; exit 3' INT\necho begun\nwhile :; do sleep 0.05; done\n";
    let home = with_program("own", script);
    let (code, told) = json(&home, &["--timeout", "1500ms", "x", "--", "own"]);
    assert_eq!((code, told["outcome"].as_str()), (Some(124), Some("timeout")));
    assert_eq!((told["text"].as_str(), told["exit_code"].as_i64()), (Some("begun\ntidied"), Some(3)));
    assert_eq!(told["error"], "interrupted after its time limit of 1.5 s");
}

#[test]
fn one_that_ignores_the_interrupt_is_killed_with_all_it_has_started() {
    let script = "#!/bin/sh\ntrap '' INT TERM HUP\nsetsid sh -c 'echo apart >apart; exec sleep 1000' &\n\
                  sleep 1000 &\nwhile [ ! -e apart ]; do sleep 0.02; done\necho begun\nsleep 1000\nsleep 1000\n";
    let home = with_program("own", script);
    let (code, told) = json(&home, &["--timeout", "2s", "--grace", "100ms", "x", "--", "own"]);
    assert_eq!((code, told["exit_code"].as_i64()), (Some(124), Some(128 + 9)));
    assert_eq!(told["text"], "begun");
    assert_eq!(processes_of(home.root()), Vec::<i32>::new());
}

#[test]
fn what_a_run_leaves_behind_is_ended_with_it_and_does_not_hold_it_up() {
    let script = "#!/bin/sh\nsetsid sleep 1000 &\necho done\n";
    let home = with_program("own", script);
    let (code, told) = json(&home, &["x", "--", "own"]);
    assert_eq!((code, told["text"].as_str()), (Some(0), Some("done")));
    assert_eq!(processes_of(home.root()), Vec::<i32>::new());
}

#[test]
fn ctrl_c_interrupts_and_a_second_one_kills_at_once() {
    let gentle = "#!/bin/sh\ntrap 'exit 0' INT\n: >begun\nwhile :; do sleep 0.05; done\n";
    let home = with_program("gentle", gentle);
    program(
        &home,
        "stubborn",
        "#!/bin/sh\ntrap 'echo no >>heard' INT\n: >begun\nwhile :; do sleep 0.05; done\n",
    );
    let begin = |name: &str| {
        let mut command = command(&home, &["run", "--json", "x", "--", name]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it can be run");
        until("it to begin", || std::fs::remove_file(home.work().join("begun")).map_err(|e| e.to_string()));
        child
    };
    let interrupt = |child: &std::process::Child| {
        let done = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(done.expect("kill can be run").success());
    };
    let told = |child: std::process::Child| {
        let output = child.wait_with_output().expect("it ends");
        (output.status.code(), serde_json::from_slice::<Value>(&output.stdout).expect("it tells its end"))
    };
    let child = begin("gentle");
    interrupt(&child);
    let (code, report) = told(child);
    assert_eq!(
        (code, report["outcome"].as_str(), report["exit_code"].as_i64()),
        (Some(130), Some("interrupted"), Some(0))
    );

    let child = begin("stubborn");
    interrupt(&child);
    until("it to hear the first", || std::fs::read(home.work().join("heard")).map_err(|e| e.to_string()));
    interrupt(&child);
    let (code, report) = told(child);
    assert_eq!((code, report["exit_code"].as_i64()), (Some(130), Some(128 + 9)));
}

#[test]
fn one_that_spends_more_than_it_may_is_warned_of_and_interrupted() {
    let step = |cost: &str| {
        format!(
            "echo '{{\"type\":\"step_finish\",\"sessionID\":\"s\",\"part\":{{\"reason\":\"tool-calls\",\"tokens\":{{\"input\":9}},\"cost\":{cost}}}}}'\n"
        )
    };
    let script = format!(
        "#!/bin/sh\ntrap 'exit 0' INT\n{}{}while :; do sleep 0.05; done\n",
        step("0.45"),
        step("0.10")
    );
    let home = with_program("opencode", &script);
    let output = run(&home, &["--cli", "opencode", "--budget", "0.50", "--json", "x"]);
    let told: Value = serde_json::from_slice(&output.stdout).expect("it tells its end");
    assert_eq!((output.status.code(), told["outcome"].as_str()), (Some(1), Some("budget")));
    assert_eq!((told["cost_usd"].as_f64(), told["tokens"]["input"].as_i64()), (Some(0.55), Some(18)));
    let shown = text(&output.stderr);
    assert!(
        shown.contains("! it has spent $0.45 of $0.50\n■ it has spent $0.55, and may spend $0.50"),
        "{shown}"
    );
}

#[test]
fn money_that_is_not_told_is_estimated_from_the_persons_prices_and_else_unknown() {
    let script = "#!/bin/sh\necho '{\"type\":\"turn.completed\",\"usage\":{\"input_tokens\":2000000,\"output_tokens\":0}}'\n";
    let home = with_program("codex", script);
    let (_, told) = json(&home, &["--cli", "codex", "--model", "gpt-x", "hello"]);
    assert_eq!((told["cost"].as_str(), &told["cost_usd"]), (Some("unknown"), &Value::Null));
    std::fs::create_dir_all(home.root().join("config")).expect("a folder for settings");
    let prices = "[[price]]\nmodel = \"gpt-*\"\ninput = 1.5\noutput = 2\n";
    std::fs::write(home.root().join("config/config.toml"), prices).expect("settings");
    let (_, told) = json(&home, &["--cli", "codex", "--model", "gpt-x", "hello"]);
    assert_eq!((told["cost"].as_str(), told["cost_usd"].as_f64()), (Some("estimated"), Some(3.0)));
}

#[test]
fn a_stream_that_is_none_and_one_that_breaks_off_are_failures_and_say_why() {
    let home = with_program("claude", "#!/bin/sh\necho 'npm warn'\nprintf '\\377\\n{\"type\":'\n");
    let (code, told) = json(&home, &["x"]);
    assert_eq!((code, told["malformed"].as_i64()), (Some(1), Some(3)));
    assert_eq!(told["error"], "its stream ended without a result; 3 lines of it were not understood");
    program(&home, "claude", "#!/bin/sh\necho 'first' >&2\necho 'no such \x1b[31mmodel' >&2\nexit 7\n");
    let (code, told) = json(&home, &["x"]);
    assert_eq!((code, told["exit_code"].as_i64()), (Some(1), Some(7)));
    assert_eq!(told["error"], "exited with code 7: no such [31mmodel");
}

#[test]
fn what_cannot_be_run_is_said_before_anything_is() {
    let home = Home::new();
    let failure = |code: i32, args: &[&str]| home.fails(code, &[&["run"], args].concat());
    assert!(failure(2, &[]).contains("there is no prompt"));
    assert!(failure(2, &["  "]).contains("the prompt is empty"));
    assert!(failure(2, &["--cli", "cladue", "x"]).contains("did you mean `claude`?"));
    assert!(failure(2, &["--timeout", "soon", "x"]).contains("write, for example, 90s, 10m or 1h30m"));
    assert!(failure(1, &["x", "--", "nosuchprogram"]).contains("there is no program `nosuchprogram`"));
    assert!(failure(2, &["--cwd", "nowhere", "x", "--", "cat"]).contains("nowhere is no folder"));
    assert!(failure(1, &["--file", "none.md", "--", "cat"]).contains("none.md cannot be read"));
}

#[test]
fn a_prompt_can_come_from_standard_input() {
    let home = with_program("own", "#!/bin/sh\ncat\n");
    std::fs::write(home.work().join("in"), "from outside\n").expect("a prompt");
    let mut command = command(&home, &["run", "-q", "-", "--", "own"]);
    let file = std::fs::File::open(home.work().join("in")).expect("it is there");
    let output = command.stdin(file).output().expect("it can be run");
    assert_eq!(text(&output.stdout), "from outside\n");
}

#[test]
fn in_a_pane_it_lives_in_the_chart_until_it_has_answered() {
    let home = with_program("claude", ANSWERS);
    home.write(
        "agentctl.toml",
        "[session]\nname = \"s\"\n[executive]\nname = \"chief\"\ncommand = [\"cat\"]\n",
    );
    let output = run(&home, &["--pane", "how much?"]);
    assert!(text(&output.stderr).contains("agentctl up"), "{}", text(&output.stderr));
    home.ok(&["up"]);
    let (code, told) = json(&home, &["--pane", "--keep", "--name", "oracle", "how much?"]);
    assert_eq!((code, told["text"].as_str(), told["run"].as_str()), (Some(0), Some("42"), Some("oracle")));
    assert_eq!(told["cost_usd"].as_f64(), Some(0.25));
    let screen = home.wait_for_screen("oracle", "19 tokens, $0.25");
    assert!(screen.contains("› how much?") && screen.contains("▶ Bash: ls"), "{screen}");

    // It has answered, and is not asked again when others are started.
    home.ok(&["down"]);
    home.ok(&["up"]);
    home.ok(&["resume", "--all"]);
    let kept = home.agent("oracle");
    assert_eq!(
        (&kept["epoch"], &kept["state"]),
        (&serde_json::json!(1), &serde_json::json!("stopped")),
        "{kept}"
    );
    let (code, told) = json(&home, &["--pane", "one", "two"]);
    let names: Vec<_> = told.as_array().expect("two").iter().map(|run| run["run"].as_str()).collect();
    assert_eq!(code, Some(0));
    assert!(names.contains(&Some("run-1")) && names.contains(&Some("run-2")), "{names:?}");
    let left: Vec<_> =
        home.json(&["agent", "list"]).as_array().expect("a list").iter().map(|a| a["name"].clone()).collect();
    assert_eq!(left, ["chief", "oracle"], "those that nobody keeps are gone");
    let folder = home.root().join("run/runs");
    assert_eq!(std::fs::read_dir(folder).expect("it was made").count(), 0, "no order is left behind");
}

#[test]
fn a_run_in_a_pane_is_interrupted_from_where_it_was_begun() {
    let home = with_program(
        "own",
        "#!/bin/sh\ntrap 'echo tidied; exit 0' INT\necho begun\nwhile :; do sleep 0.05; done\n",
    );
    home.write(
        "agentctl.toml",
        "[session]\nname = \"s\"\n[executive]\nname = \"chief\"\ncommand = [\"cat\"]\n",
    );
    home.ok(&["up"]);
    let mut command = command(&home, &["run", "--pane", "--json", "x", "--", "own"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it can be run");
    until("the pane", || home.agent("run-1").is_object().then_some(()).ok_or_else(|| "nothing".to_owned()));
    home.wait_for_screen("run-1", "begun");
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill").success());
    let output = child.wait_with_output().expect("it ends");
    let told: Value = serde_json::from_slice(&output.stdout).expect("it tells its end");
    assert_eq!((output.status.code(), told["outcome"].as_str()), (Some(130), Some("interrupted")));
    assert_eq!(told["text"], "begun\ntidied");
}

#[test]
fn a_run_in_a_pane_is_counted_as_its_report_says_and_unknown_money_stays_unknown() {
    let codex = "#!/bin/sh\necho '{\"type\":\"thread.started\",\"thread_id\":\"x1\"}'\n\
        echo '{\"type\":\"turn.completed\",\"usage\":{\"input_tokens\":2000000,\"cached_input_tokens\":1000000,\"output_tokens\":0}}'\n";
    let home = with_program("claude", ANSWERS);
    program(&home, "codex", codex);
    home.write("agentctl.toml", "[session]\nname = 's'\n[executive]\nname = 'chief'\ncommand = ['cat']\n");
    home.ok(&["up"]);
    let pane = |name: &str, cli: &str, more: &[&str]| {
        let args = ["--pane", "--keep", "--name", name, "--cli", cli];
        let (code, told) = json(&home, &[&args[..], more, &["hello"]].concat());
        assert_eq!(code, Some(0), "{told}");
    };
    let spent = |name: &str| {
        let cost = home.json(&["cost"]);
        let rows = cost["rows"].as_array().cloned().unwrap_or_default();
        let row = rows.into_iter().find(|row| row["name"] == name);
        (row.map_or(Value::Null, |row| row["spent"].clone()), cost["hints"].to_string())
    };
    pane("k1", "claude", &[]);
    assert_eq!(spent("k1").0["told_micro_usd"], 250_000);
    pane("k2", "codex", &["--model", "gpt-x"]);
    let (k2, hints) = spent("k2");
    assert_eq!(
        (k2["input_tokens"].as_u64(), k2["unknown_tokens"].as_u64()),
        (Some(1_000_000), Some(2_000_000))
    );
    assert!(hints.contains("no [[price]] is for gpt-x"), "{hints}");

    // What was spent gets its price when a price is given, without a new daemon.
    let config = home.root().join("config");
    std::fs::create_dir_all(&config).expect("a folder for settings");
    let price = "[[price]]\nmodel = 'gpt-*'\ninput = 1.0\noutput = 2.0\n";
    std::fs::write(config.join("config.toml"), price).expect("settings");
    let hints = spent("k2").1;
    assert!(hints.contains("the price of gpt-x says nothing of cache_read"), "{hints}");
    assert!(text(&home.run(&["cost"]).stderr).contains("says nothing of cache_read"));
    let doctor = home.ok(&["doctor"]);
    assert!(doctor.contains("says nothing of cache_read"), "{doctor}");
    std::fs::write(config.join("config.toml"), format!("{price}cache_read = 0.5\n")).expect("settings");
    let (k2, hints) = spent("k2");
    assert_eq!(
        (k2["estimated_micro_usd"].as_u64(), k2["unknown_tokens"].as_u64()),
        (Some(1_500_000), Some(0))
    );
    assert_eq!(hints, "null");
    // It is the same for the next daemon.
    home.ok(&["stop"]);
    home.ok(&["start"]);
    assert_eq!(spent("k2").0["estimated_micro_usd"], 1_500_000);
}
