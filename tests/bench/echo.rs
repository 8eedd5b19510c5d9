//! From a key to its echo: through window, daemon, holder, terminal and back; at rest, and while fifty agents flood.

use std::time::{Duration, Instant};

use crate::peer::{Home, Tmux};
use crate::process;
use crate::table::{Table, percentile, time};
use crate::window::{Window, pass};

/// How many keys.
const KEYS: usize = 1000;

/// Letters that stand in no control sequence, so that each is found the moment it is drawn.
const LETTERS: [&str; 8] = ["α", "β", "γ", "δ", "ε", "ζ", "η", "θ"];

/// How many agents flood.
const FLOODS: usize = 50;

pub fn run(table: &mut Table) {
    let home = Home::with(
        "[session]\nname='echo'\n[executive]\nname='one'\ncommand=['sh','-c','echo READY; exec cat']\n",
    );
    let window = home.window();
    window.sees("READY");
    let mut ours = echoes(&window);
    let theirs = Tmux::new().map(|tmux| {
        let window = tmux.window(&["new-session", "sh", "-c", "echo READY; exec cat"]);
        window.sees("READY");
        echoes(&window)
    });
    for (name, share, goal) in [("p50", 0.5, "≤ 1 ms"), ("p99", 0.99, "≤ 4 ms")] {
        let mine = percentile(&mut ours, share);
        let peer = theirs.clone().map(|mut theirs| percentile(&mut theirs, share));
        table.add(&format!("key to echo, {name}"), time(mine), peer.map(|p| (time(p), mine / p)), goal);
    }
}

pub fn run_under_flood(table: &mut Table) {
    let home = Home::with(&format!(
        "[session]\nname='flood'\n[executive]\nname='one'\ncommand=['sh','-c','echo READY; exec cat']\n\
         [[team]]\nname='floods'\n[[team.agent]]\nname='yes'\ncommand=['yes']\ncount={FLOODS}\n"
    ));
    let window = home.window();
    window.sees("READY");
    while process::find(&["yes"]).len() < FLOODS {
        std::thread::yield_now();
    }
    pass(Duration::from_secs(3));
    let floods = process::find(&["yes"]);
    let before: Vec<f64> = floods.iter().filter_map(|pid| process::written(*pid)).collect();
    let begun = Instant::now();
    let mut ours = echoes(&window);
    let seconds = begun.elapsed().as_secs_f64();
    let after: Vec<f64> = floods.iter().filter_map(|pid| process::written(*pid)).collect();
    let daemon = process::of_home(home.path())["daemon"].first().copied();

    table.add("key to echo while 50 agents flood, p50", time(percentile(&mut ours, 0.5)), None, "–");
    table.add("key to echo while 50 agents flood, p99", time(percentile(&mut ours, 0.99)), None, "≤ 20 ms");
    if let Some(memory) = daemon.and_then(process::resident) {
        table.add("daemon's memory meanwhile (RSS)", format!("{:.0} MB", memory / 1e6), None, "≤ 400 MB");
    }
    let mut shares: Vec<f64> = before.iter().zip(&after).map(|(before, after)| after - before).collect();
    shares.sort_by(f64::total_cmp);
    if let (Some(least), Some(most)) = (shares.first(), shares.last()) {
        let total: f64 = shares.iter().sum();
        let text = format!("{:.2} of it ({:.0} MB/s together)", least / most, total / seconds / 1e6);
        table.add("what the slowest of the 50 gets of what the fastest gets", text, None, "≥ 0.5");
    }
}

/// Types letters, each once the one before was seen, and returns how long each took, in seconds.
fn echoes(window: &Window) -> Vec<f64> {
    window.rests(Duration::from_millis(200));
    (0..KEYS)
        .map(|n| {
            let letter = LETTERS[n % LETTERS.len()];
            // Not in step with any clock of the program.
            pass(Duration::from_micros(1500 + (n as u64 * 7919) % 5000));
            let begun = Instant::now();
            window.press(letter);
            window.sees(letter);
            begun.elapsed().as_secs_f64()
        })
        .collect()
}
