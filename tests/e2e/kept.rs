//! What must not be lost: agents, output, the chart, when the daemon dies, when files are damaged, when the disk is full.

use std::io::{Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::Command;

use serde_json::Value;

use crate::home::{Home, processes_of, program, text, until};

/// Kills a process at once.
fn kill(pid: i32) {
    assert!(Command::new("kill").args(["-9", &pid.to_string()]).status().expect("kill runs").success());
    until("the process to be gone", || match std::fs::read_to_string(format!("/proc/{pid}/stat")) {
        Ok(stat) if !stat.contains(") Z ") => Err(stat),
        _ => Ok(()),
    });
}

/// Asks the daemon's socket over HTTP and returns the body.
fn get(home: &Home, path: &str) -> Vec<u8> {
    let mut socket = UnixStream::connect(home.root().join("run/daemon.sock")).expect("the daemon listens");
    write!(socket, "GET {path} HTTP/1.0\r\nhost: agentctl\r\n\r\n").expect("it can be asked");
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).expect("it answers");
    let body = answer.windows(4).position(|part| part == b"\r\n\r\n").expect("an answer has a head") + 4;
    answer.split_off(body)
}

/// Everything an agent printed, from the records of its history; gaps are marked.
fn printed(home: &Home, session: &str, agent: &str) -> String {
    let records = get(home, &format!("/v1/sessions/{session}/agents/{agent}/history?bytes=60000000"));
    let mut rest = records.as_slice();
    let mut out = Vec::new();
    while let [kind, a, b, c, d, tail @ ..] = rest {
        let length = u32::from_le_bytes([*a, *b, *c, *d]) as usize;
        match kind {
            2 => out.extend_from_slice(&tail[..length]),
            3 => out.extend_from_slice(b"\n<GAP>\n"),
            _ => {}
        }
        rest = &tail[length..];
    }
    text(&out)
}

/// Checks that numbered lines run from 1 on without a gap or a repetition, and returns how many there are.
fn contiguous(output: &str) -> usize {
    let numbers: Vec<usize> =
        output.lines().filter_map(|line| line.trim_end().strip_prefix("line ")?.parse().ok()).collect();
    assert_eq!(numbers.first().copied().unwrap_or(1), 1, "the beginning is missing");
    // The last line may be cut off in the middle of its number.
    let whole = &numbers[..numbers.len().saturating_sub(1)];
    for (found, expected) in whole.iter().zip(1..) {
        assert_eq!(*found, expected, "a line is missing or repeated around {found}");
    }
    assert!(!output.contains("<GAP>"));
    whole.len()
}

/// Four that print numbered lines without end.
const WRITERS: &str = r#"
[session]
name = "s"
[executive]
name = "chief"
command = ["cat"]
[[team]]
name = "writers"
[[team.agent]]
name = "w"
count = 4
command = ["sh", "-c", "i=0; while :; do i=$((i+1)); echo line $i; done"]
"#;

/// How many lines all floods of a writer have together, at most. What is kept of an agent has a cap on disk of 16 MiB;
/// so many lines are 26 MB, and a third of that compressed. Whatever is missing of them is lost, and not trimmed.
const MOST_LINES: usize = 2_000_000;

/// Four that print so many numbered lines, and as many more whenever they are given a line.
fn flooders(lines: usize) -> String {
    let endless = "while :; do i=$((i+1)); echo line $i; done";
    let gated = format!(
        "stty -echo; n=0; while n=$((n+{lines})); do while [ $i -lt $n ]; do i=$((i+1)); echo line $i; done; read -r go; done"
    );
    assert!(WRITERS.contains(endless), "{WRITERS}");
    WRITERS.replace(endless, &gated)
}

#[test]
fn a_daemon_killed_at_any_moment_loses_no_agent_no_byte_and_no_screen() {
    let rounds = std::env::var("AGENTCTL_KILL_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(6);
    let flood = MOST_LINES / (rounds + 1);
    let home = Home::with(&flooders(flood));
    home.ok(&["up"]);
    home.wait_for_state("chief", "idle");
    home.ok(&["send", "chief", "remember me"]);
    let before = home.wait_for_screen("chief", "remember me");
    let pids: Vec<Value> = (1..=4).map(|n| home.agent(&format!("w-{n}"))["pid"].clone()).collect();
    let mut dice = 0x9e37_79b9_7f4a_7c15_u64;
    for round in 0..rounds {
        let lines = contiguous(&printed(&home, "s", "w-1"));
        for n in 1..=4 {
            home.ok(&["keys", &format!("w-{n}"), "enter"]);
        }
        // Some random amount of work later, wherever the daemon then is.
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(round as u64);
        let more = usize::try_from(dice >> 52).unwrap_or(0).min(flood / 2);
        let screen = || home.ok(&["agent", "screen", "w-1"]);
        until("the writers to go on", || {
            let last = screen()
                .lines()
                .rev()
                .find_map(|l| l.strip_prefix("line ")?.parse::<usize>().ok())
                .unwrap_or(0);
            if last >= lines + more { Ok(()) } else { Err(format!("line {last}")) }
        });
        kill(home.daemon());
        home.ok(&["start"]);
    }
    for (n, pid) in (1..=4).zip(pids) {
        let agent = home.agent(&format!("w-{n}"));
        assert_eq!(agent["pid"], pid, "the same process goes on");
        assert!(contiguous(&printed(&home, "s", &format!("w-{n}"))) > 100);
    }
    assert_eq!(home.ok(&["agent", "screen", "chief"]), before);
    let teams = home.json(&["team", "list"]);
    assert_eq!(teams[0]["name"], "writers");
}

#[test]
fn an_exit_that_nobody_saw_is_told_by_the_next_daemon() {
    let home = Home::with(
        "[session]\nname='s'\n[executive]\nname='quitter'\ncommand=['sh','-c','echo waiting; until [ -e go ]; do :; done; echo bye; exit 7']\n",
    );
    home.ok(&["up"]);
    home.wait_for_screen("quitter", "waiting");
    let pid = home.agent("quitter")["pid"].as_i64().expect("it runs");
    kill(home.daemon());
    home.write("go", "");
    until("the agent to end", || {
        if std::path::Path::new(&format!("/proc/{pid}/cmdline")).exists() {
            Err("it is there".to_owned())
        } else {
            Ok(())
        }
    });
    home.ok(&["start"]);
    let quitter = home.wait_for_state("quitter", "error");
    assert_eq!(
        (quitter["reason"].as_str(), quitter["exit"]["code"].as_i64()),
        (Some("exited with code 7"), Some(7))
    );
    home.wait_for_screen("quitter", "bye");
}

#[test]
fn agents_go_on_while_the_daemon_is_replaced() {
    let home = Home::with(&flooders(MOST_LINES));
    home.ok(&["up"]);
    // Of a flood one sees what one happens to see; that it is past a number holds for good.
    until("w-2 to be past its hundredth line", || {
        let screen = home.ok(&["agent", "screen", "w-2"]);
        let numbers =
            screen.lines().filter_map(|line| line.trim().strip_prefix("line ")?.parse::<u64>().ok());
        if numbers.max() > Some(100) { Ok(()) } else { Err(screen) }
    });
    let pid = home.agent("w-2")["pid"].clone();
    assert!(home.ok(&["stop"]).contains("the agents go on"));
    home.ok(&["start"]);
    assert_eq!(home.agent("w-2")["pid"], pid);
    assert!(contiguous(&printed(&home, "s", "w-2")) > 100);
}

#[test]
fn what_a_program_asked_its_terminal_is_answered_once_and_not_again_by_the_next_daemon() {
    // It asks once what terminal this is, and puts down all that it is ever given.
    let script = "stty raw -echo; printf '\\033[c'; while :; do dd bs=1 count=1 2>/dev/null | od -An -c | tr -d ' \\n' >> given; echo . >> read; done";
    let home = Home::with(&format!(
        "[session]\nname='s'\n[executive]\nname='asker'\ncommand=[\"sh\",\"-c\",{script:?}]\n"
    ));
    home.ok(&["up"]);
    let given = || std::fs::read_to_string(home.work().join("given")).unwrap_or_default();
    let has = |what: &str| {
        until(&format!("it to be given {what}"), || if given() == what { Ok(()) } else { Err(given()) });
    };
    let answer = "033[?62;22c";
    has(answer);
    for key in ["x", "xx"] {
        kill(home.daemon());
        home.ok(&["start"]);
        home.wait_for_state("asker", "idle");
        // What is given in order would stand in front of the key.
        home.ok(&["keys", "asker", "x"]);
        has(&format!("{answer}{key}"));
    }
    home.ok(&["agent", "restart", "asker"]);
    has(&format!("{answer}xx{answer}"));
}

/// Returns the process of the holder of an agent's process.
fn holder_of(agent: i64) -> i32 {
    let stat = std::fs::read_to_string(format!("/proc/{agent}/stat")).expect("the agent runs");
    let fields = stat.rsplit(") ").next().expect("a state");
    fields.split(' ').nth(1).and_then(|parent| parent.parse().ok()).expect("a parent")
}

#[test]
fn an_agent_whose_holder_is_killed_is_ended_before_it_is_said_to_have_ended() {
    let home = Home::with(
        "[session]\nname='s'\n[executive]\nname='deaf'\ncommand=['sh','-c','trap \"\" HUP TERM; echo ready; while :; do sleep 1; done']\n",
    );
    home.ok(&["up"]);
    let is_there = |pid: i64| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        !stat.is_empty() && !stat.contains(") Z ")
    };
    for daemon_is_there in [true, false] {
        home.wait_for_screen("deaf", "ready");
        let pid = home.agent("deaf")["pid"].as_i64().expect("it runs");
        // What a daemon has seen and not written yet, the next one does not know.
        until("its process to be on record", || {
            let events = home.ok(&["events", "--json"]);
            if events.contains(&format!("\"pid\":{pid}")) { Ok(()) } else { Err(events) }
        });
        if !daemon_is_there {
            kill(home.daemon());
        }
        kill(holder_of(pid));
        if !daemon_is_there {
            assert!(is_there(pid), "it does not mind losing its terminal");
            home.ok(&["start"]);
        }
        let deaf = home.wait_for_state("deaf", "error");
        assert_eq!(deaf["exit"], "lost");
        until("the agent to be gone", || if is_there(pid) { Err(pid.to_string()) } else { Ok(()) });
        home.ok(&["agent", "start", "deaf"]);
        until("another process", || match home.agent("deaf")["pid"].as_i64() {
            Some(new) if new != pid => Ok(()),
            other => Err(format!("{other:?}")),
        });
    }
}

#[test]
fn a_second_daemon_and_a_daemon_of_another_version_are_told_apart_from_trouble() {
    let home = Home::new();
    home.ok(&["start"]);
    let said = home.fails(1, &["daemon"]);
    assert!(said.contains("one runs already"), "{said}");
    home.ok(&["stop"]);

    let listener = UnixListener::bind(home.root().join("run/daemon.sock")).expect("a socket");
    let stranger = std::thread::spawn(move || {
        let (mut client, _) = listener.accept().expect("somebody asks");
        let mut asked = [0; 512];
        let _ = client.read(&mut asked).expect("what it asks");
        let body = r#"{"program":"9.9.9","protocol":99,"pid":1,"started_at":""}"#;
        write!(client, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
            .expect("it is answered");
    });
    let said = home.fails(1, &["session", "list"]);
    stranger.join().expect("it was asked");
    assert!(
        said.contains("it is agentctl 9.9.9 (protocol 99)") && said.contains(env!("CARGO_PKG_VERSION")),
        "{said}"
    );
    assert!(said.contains("hint: agentctl stop && agentctl start"), "{said}");
}

#[test]
fn a_stale_socket_is_no_obstacle() {
    let home = Home::with(WRITERS);
    home.ok(&["up"]);
    kill(home.daemon());
    assert!(home.root().join("run/daemon.sock").exists());
    home.ok(&["start"]);
    home.wait_for_state("chief", "idle");
}

#[test]
fn a_destroyed_record_is_set_aside_and_the_session_comes_back_whole() {
    let home = Home::with(WRITERS);
    home.ok(&["up"]);
    home.wait_for_state("chief", "idle");
    let pid = home.agent("w-3")["pid"].clone();
    let copy = home.root().join("data/sessions/s/session.json");
    until("a copy of the chart", || if copy.exists() { Ok(()) } else { Err("none yet".to_owned()) });
    home.ok(&["stop"]);
    for file in ["session.db", "session.db-wal"] {
        std::fs::write(home.root().join("data/sessions/s").join(file), "garbage ".repeat(4000))
            .expect("it can be spoiled");
    }
    home.ok(&["start"]);
    assert_eq!(home.agent("w-3")["pid"], pid);
    assert_eq!(home.agent("w-3")["team"], "writers");
    assert!(home.root().join("data/sessions/s/session.db.damaged-1").exists());
    for told in [home.ok(&["status"]), home.ok(&["up"])] {
        assert!(told.contains("! the session's record was damaged"), "{told}");
    }
    let doctor = home.ok(&["doctor"]);
    assert!(doctor.contains("damaged") && doctor.contains("session.db.damaged-1"), "{doctor}");
    home.ok(&["team", "create", "later"]);
    home.ok(&["stop"]);
    home.ok(&["start"]);
    assert_eq!(home.json(&["team", "list"]).as_array().map(Vec::len), Some(2));
}

/// Runs a script in a mount namespace in which the program's files lie on a disk of two megabytes.
fn on_a_small_disk(home: &Home, script: &str) -> Option<String> {
    let script =
        format!("mkdir -p data && mount -t tmpfs -o size=3m none data || exit 99\ncd work\n{script}");
    let output = Command::new("unshare")
        .args(["-rm", "sh", "-c", &script])
        .current_dir(home.root())
        .env_clear()
        .envs(home.env())
        .env("AC", program())
        .output()
        .ok()?;
    (output.status.code() != Some(99) && !text(&output.stderr).contains("unshare:"))
        .then(|| format!("{}{}", text(&output.stdout), text(&output.stderr)))
}

#[test]
fn a_full_disk_is_said_clearly_and_harms_no_agent() {
    let home = Home::with(WRITERS);
    let script = r#"
        "$AC" up || exit 1
        until "$AC" agent screen chief >/dev/null 2>&1; do :; done
        # Fill the disk, the reserve included, until nothing fits any more.
        while cat /dev/zero > ../data/filler 2>/dev/null; do :; done
        for n in 1 2 3 4 5 6 7 8; do
            "$AC" team create "team-$n" >/dev/null 2>said || break
            cat /dev/zero >> ../data/filler 2>/dev/null
        done
        echo "SAID: $(cat said)"
        echo "STATUS: $("$AC" status)"
        "$AC" keys chief s t i l l enter && until "$AC" agent screen chief | grep -q still; do :; done; echo "ALIVE"
        rm ../data/filler
        until "$AC" team create after >/dev/null 2>&1; do :; done; echo "RECOVERED"
        "$AC" down; echo "DOWN"
    "#;
    let Some(said) = on_a_small_disk(&home, script) else {
        eprintln!("skipped: this machine allows no mount namespace");
        return;
    };
    assert!(said.contains("nothing was changed: it could not be saved"), "{said}");
    assert!(said.contains("hint: free some disk space"), "{said}");
    assert!(said.contains("! cannot save: "), "{said}");
    for word in ["ALIVE", "RECOVERED", "DOWN"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    until("everything to be gone", || match processes_of(home.root()) {
        left if left.is_empty() => Ok(()),
        left => Err(format!("{left:?}")),
    });
}

#[test]
fn an_agent_that_fills_the_disk_can_be_ended() {
    let home = Home::with(WRITERS);
    let script = r#"
        "$AC" up || exit 1
        until "$AC" agent screen chief >/dev/null 2>&1; do :; done
        while cat /dev/zero > ../data/filler 2>/dev/null; do :; done
        for n in 1 2 3 4 5 6 7 8; do
            "$AC" team create "team-$n" >/dev/null 2>said || break
            cat /dev/zero >> ../data/filler 2>/dev/null
        done
        echo "SAID: $(cat said)"
        "$AC" agent kill w-1; until "$AC" status | grep "^w-1" | grep -v working; do :; done; echo "KILLED"
        "$AC" down; echo "DOWN"
    "#;
    let Some(said) = on_a_small_disk(&home, script) else {
        eprintln!("skipped: this machine allows no mount namespace");
        return;
    };
    for word in ["it could not be saved", "KILLED", "DOWN"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    until("everything to be gone", || match processes_of(home.root()) {
        left if left.is_empty() => Ok(()),
        left => Err(format!("{left:?}")),
    });
}

#[test]
fn what_a_program_asked_its_terminal_before_a_crash_is_not_answered_again() {
    // An answer that nobody waits for any more would be a key, and a key may say yes.
    let asks = "stty -icanon -echo; printf 'asks\\033[c\\n'; exec cat -v";
    let home = Home::with(&format!(
        "[session]\nname='s'\n[executive]\nname='chief'\ncommand=['sh','-c',{asks:?}]\n"
    ));
    home.ok(&["up"]);
    let answer = "[?62;22c";
    home.wait_for_screen("chief", answer);
    kill(home.daemon());
    home.ok(&["start"]);
    home.ok(&["keys", "chief", "x", "y"]);
    let shown = home.wait_for_screen("chief", "xy");
    assert_eq!(shown.matches(answer).count(), 1, "{shown}");
}

#[test]
fn what_is_asked_is_the_same_question_after_a_crash() {
    let says = |state: &str| format!("printf '\\033]7501;state={state}\\033\\\\'; sleep 0.5;");
    let script = ["idle", "working", "idle", "working", "blocked:kind=permission"].map(says).concat();
    let script = format!("{script} echo ready; exec cat");
    let home = Home::with(&format!(
        "[session]\nname='s'\n[executive]\nname='chief'\ncommand=['sh','-c',{script:?}]\n"
    ));
    home.ok(&["up"]);
    home.wait_for_screen("chief", "ready");
    home.wait_for_state("chief", "waiting");
    let asked = |home: &Home| {
        let all = home.json(&["approval", "list"]);
        all.as_array().expect("a list").iter().map(|a| a["id"].clone()).collect::<Vec<_>>()
    };
    let before = asked(&home);
    assert_eq!(before.len(), 1);
    // What is seen is written a moment later.
    home.ok(&["stop"]);
    home.ok(&["start"]);
    home.wait_for_state("chief", "waiting");
    kill(home.daemon());
    home.ok(&["start"]);
    home.wait_for_state("chief", "waiting");
    home.ok(&["keys", "chief", "x"]);
    home.wait_for_screen("chief", "x");
    assert_eq!(asked(&home), before);
}
