//! What it costs to read the state of an agent that floods from its screen: processor time of the daemon with every
//! rule for Claude Code and with none, for the same output. A pane of 200×50 whose every row changes all the time.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::peer::Home;
use crate::process;
use crate::table::{Table, percentile};
use crate::window::{COLS, ROWS, Window, pass};

/// How long each is watched in one round, and how many rounds there are.
const SPAN: Duration = Duration::from_secs(8);
const ROUNDS: usize = 5;

/// Between two screens that an agent prints: never quiet, and often enough to be looked at as often as any flood is, yet
/// seldom enough that what the looks cost does not drown in what the parsing costs; and just quiet enough to be looked
/// at after each of them, which is the most there can be.
const PACES: [(&str, Duration); 2] = [
    ("that never rests", Duration::from_millis(30)),
    ("that rests for a moment between", Duration::from_millis(70)),
];

/// An agent that prints what it is given, and the daemon that reads it.
struct Rig {
    _home: Home,
    pipe: File,
    daemon: u32,
}

pub fn run(table: &mut Table) {
    let (with, without) = (Rig::new(true), Rig::new(false));
    for (what, pace) in PACES {
        let mut costs = [Vec::new(), Vec::new()];
        // In turns, so that whatever else the machine does meets both alike.
        for _ in 0..ROUNDS {
            costs[0].push(with.flood(pace));
            costs[1].push(without.flood(pace));
        }
        let mut differences: Vec<f64> =
            costs[0].iter().zip(&costs[1]).map(|(with, without)| with - without).collect();
        let [with, without] = costs.map(|mut costs| percentile(&mut costs, 0.5) * 100.0);
        let cost = percentile(&mut differences, 0.5) * 100.0;
        let text = format!("{cost:.2} % ({with:.2} % with every rule, {without:.2} % without)");
        table.add(&format!("reading the state of a flood {what}, of one core"), text, None, "≤ 1 %");
    }
}

impl Rig {
    fn new(rules: bool) -> Rig {
        let home = Home::with("[session]\nname='rules'\n[executive]\nname='one'\ncommand=['bin/claude']\n");
        let folder = home.path().join("work");
        std::fs::create_dir(folder.join("bin")).expect("a folder");
        let file = folder.join("bin/claude");
        std::fs::write(&file, "#!/bin/sh\necho READY\nexec cat pipe\n").expect("a script");
        let runnable = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        std::fs::set_permissions(&file, runnable).expect("a script that can be run");
        if !rules {
            let own = home.path().join("config/adapters");
            std::fs::create_dir_all(&own).expect("a folder for adapters");
            let text = "[adapter]\nname = \"claude\"\nprograms = [\"claude\"]\ngeneric_rules = false\n";
            std::fs::write(own.join("claude.toml"), text).expect("an adapter");
        }
        let made = Command::new("mkfifo").arg(folder.join("pipe")).status().expect("mkfifo runs");
        assert!(made.success(), "a pipe can be made");
        home.run(&["up"]);
        let pipe = File::options().write(true).open(folder.join("pipe")).expect("the pipe");
        // The pane keeps the size that a window gave it.
        let window: Window = home.window();
        window.sees("READY");
        window.press("\x01z");
        window.rests(Duration::from_secs(1));
        drop(window);
        let daemon = process::of_home(home.path())["daemon"].first().copied().expect("a daemon");
        Rig { _home: home, pipe, daemon }
    }

    /// Prints one screen after another, and returns which share of one core the daemon took for them.
    fn flood(&self, pace: Duration) -> f64 {
        pass(Duration::from_secs(1));
        let cpu = || process::precise_cpu(self.daemon).unwrap_or(f64::NAN);
        let (begun, before) = (Instant::now(), cpu());
        let mut screens = 0;
        while begun.elapsed() < SPAN {
            (&self.pipe).write_all(screen(screens).as_bytes()).expect("the agent reads");
            screens += 1;
            let next = begun + pace * screens;
            pass(next.saturating_duration_since(Instant::now()));
        }
        (cpu() - before) / begun.elapsed().as_secs_f64()
    }
}

/// A full screen of what agents print: words, numbers, paths, brackets, bullets; no two rows alike.
fn screen(n: u32) -> String {
    let mut text = "\x1b[1;1H".to_owned();
    for row in 0..u32::from(ROWS) {
        let line = format!(
            "{} {:>6}. [{}] (1m {}s · esc) src/daemon/pane/look_{}.rs:{}: warning: the quick brown fox “jumps” over {} lazy dogs ─ Thinking… │ test result: ok. {} passed; 0 failed; 12 ignored; finished in 0.{:02}s",
            ["●", "⎿", "+", "-", "│"][(n + row) as usize % 5],
            n * 50 + row,
            n,
            row,
            n + row,
            row * 7,
            n % 97,
            n * row,
            (n + row) % 100
        );
        let line: String = line.chars().cycle().take(usize::from(COLS) - 2).collect();
        // Writing to a string cannot fail.
        let _ = write!(text, "{line}\x1b[K{}", if row + 1 < u32::from(ROWS) { "\r\n" } else { "" });
    }
    text
}
