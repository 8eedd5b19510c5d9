//! From the request that an agent be started to its first word on the screen, and to the event that says that it is
//! ready; beside it, the same program started straight in a terminal. A trivial program, and Claude Code where
//! `.peers/claude-2.1.329` holds it (`AGENTCTL_PEERS` names another folder); it gets no network.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use portable_pty::CommandBuilder;

use crate::api::Api;
use crate::peer::Home;
use crate::table::{Table, percentile, time};
use crate::window::{Window, pass};

/// How many times each is done.
const ROUNDS: usize = 30;
const REAL_ROUNDS: usize = 5;

/// The version that is raced.
const REAL: &str = "claude-2.1.329";

pub fn run(table: &mut Table) {
    trivial(table);
    match real_program() {
        Some(program) => real(table, &program),
        None => eprintln!("  {REAL} is not in .peers: its start is not measured"),
    }
}

/// A program that says at once, in so many words and on its screen, that it is ready. What it prints differs in every
/// letter from start to start, so that all of it is drawn anew each time.
fn trivial(table: &mut Table) {
    let home = Home::with("[session]\nname='spawn'\n[executive]\nname='one'\ncommand=['sh','ready.sh']\n");
    let folder = home.path().join("work");
    let script = "read -r word < word; printf '\\033]7501;state=idle\\033\\\\%s\\r\\n' \"$word\"; exec cat\n";
    std::fs::write(folder.join("ready.sh"), script).expect("the script can be written");
    let word = |n: usize| {
        let word = ["αβγδεζ", "ηθικλμ", "νξοπρσ"][n % 3].to_owned();
        std::fs::write(folder.join("word"), format!("{word}\n")).expect("the word can be written");
        word
    };
    let first = word(0);
    home.run(&["up"]);
    home.settles(1);
    let api = Api::of(home.path(), "spawn");
    let events = api.follow();
    let window = home.window();
    window.sees(&first);

    let (mut shown, mut ready, mut direct) = (Vec::new(), Vec::new(), Vec::new());
    for n in 1..=ROUNDS {
        let word = word(n);
        api.post("agents/one/kill");
        pass(Duration::from_millis(300));
        events.forget();
        window.press("");
        let begun = Instant::now();
        api.post("agents/one/start");
        window.sees(&word);
        shown.push(begun.elapsed().as_secs_f64());
        ready.push((events.state("one", |state| state == "idle") - begun).as_secs_f64());
        let mut command = CommandBuilder::new("sh");
        command.arg("ready.sh");
        command.cwd(&folder);
        let window = Window::open(command);
        window.sees(&word);
        direct.push(window.opened_at.elapsed().as_secs_f64());
    }
    let direct = percentile(&mut direct, 0.5);
    for (what, mut times) in
        [("to its first word on the screen", shown), ("to the event that it is ready", ready)]
    {
        let (middle, most) = (percentile(&mut times, 0.5), percentile(&mut times, 0.99));
        let text = format!(
            "{} beyond the {} it takes by itself (p99 {})",
            time(middle - direct),
            time(direct),
            time(most - direct)
        );
        table.add(&format!("start of an agent, {what}, median"), text, None, "≤ 50 ms");
    }
}

/// Returns the file of the program that is raced, where it is installed.
fn real_program() -> Option<PathBuf> {
    let named = std::env::var_os("AGENTCTL_PEERS").map(PathBuf::from);
    let peers = named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join(".peers"));
    let package = "node_modules/@anthropic-ai/claude-code-linux-x64/claude";
    Some(peers.join(REAL).join(package)).filter(|file| file.is_file())
}

fn real(table: &mut Table, program: &Path) {
    let home = Home::with("[session]\nname='real'\n[executive]\nname='one'\ncommand=['bin/claude']\n");
    let folder = home.path().join("work");
    prepare(&home, program);
    home.run(&["up"]);
    home.settles(1);
    let api = Api::of(home.path(), "real");
    let events = api.follow();
    let (mut ready, mut direct) = (Vec::new(), Vec::new());
    let stop = || {
        api.post("agents/one/stop");
        home.counts("stopped", 1);
        // What it leaves behind for the next start is its own, too.
        pass(Duration::from_secs(1));
    };
    stop();
    for _ in 0..REAL_ROUNDS {
        events.forget();
        let begun = Instant::now();
        api.post("agents/one/start");
        ready.push((events.says_it_is_idle("one") - begun).as_secs_f64());
        stop();
        let mut command = CommandBuilder::new(folder.join("bin/claude"));
        command.cwd(&folder);
        command.env_clear();
        for (name, value) in home.env() {
            command.env(name, value);
        }
        let window = Window::open(command);
        window.sees("7501;state=idle");
        direct.push(window.opened_at.elapsed().as_secs_f64());
    }
    let (ready, direct) = (percentile(&mut ready, 0.5), percentile(&mut direct, 0.5));
    let text = format!("{} beyond the {} it takes by itself", time(ready - direct), time(direct));
    table.add("start of Claude Code 2.1.329, to its word that it is ready, median", text, None, "≤ 50 ms");
}

/// Gives the program a home in which it asks nothing at its start, a key that is none, and no network.
fn prepare(home: &Home, program: &Path) {
    let folder = home.path().join("work");
    let key = "sk-ant-api03-none-0000000000000000000000";
    let seed = serde_json::json!({
        "hasCompletedOnboarding": true,
        "hasSeenAutoDefaultNotice": true,
        "customApiKeyResponses": { "approved": [&key[key.len() - 20..]], "rejected": [] },
        "projects": { folder.display().to_string(): { "hasTrustDialogAccepted": true } },
    });
    std::fs::write(home.path().join(".claude.json"), seed.to_string()).expect("its settings can be written");
    std::fs::create_dir(folder.join("bin")).expect("a folder for it");
    let script = format!(
        "#!/bin/sh\nexport ANTHROPIC_API_KEY={key} ANTHROPIC_BASE_URL=http://127.0.0.1:9 \
         CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1 DISABLE_AUTOUPDATER=1\n\
         exec unshare -rn {} --model sonnet --permission-mode default \"$@\"\n",
        program.display()
    );
    let file = folder.join("bin/claude");
    std::fs::write(&file, script).expect("its script can be written");
    let runnable = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    std::fs::set_permissions(&file, runnable).expect("its script can be made runnable");
}
