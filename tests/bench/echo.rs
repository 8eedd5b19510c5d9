//! From a key to its echo: through window, daemon, holder, terminal and back; at rest, and while fifty agents flood.

use std::time::{Duration, Instant};

use crate::floor::Chain;
use crate::peer::{Home, Tmux};
use crate::process;
use crate::table::{Table, percentile, time};
use crate::window::{Window, pass};

/// How many keys, and in how many turns: those who race are pressed by turns, so that what else the machine does is
/// everybody's.
const KEYS: usize = 1000;
const TURNS: usize = 20;

/// Letters that stand in no control sequence, so that each is found the moment it is drawn.
const LETTERS: [&str; 8] = ["α", "β", "γ", "δ", "ε", "ζ", "η", "θ"];

/// How many agents flood.
const FLOODS: usize = 50;

const ONE_AGENT: &str =
    "[session]\nname='echo'\n[executive]\nname='one'\ncommand=['sh','-c','echo READY; exec cat']\n";

pub fn run(table: &mut Table) {
    let home = Home::with(ONE_AGENT);
    let before = std::env::var_os("RACE_BEFORE").map(|program| Home::of(program.into(), ONE_AGENT));
    let (tmux, chain) = (Tmux::new(), Chain::new());
    let mut racers = vec![("key to echo", home.window()), ("the design's floor", chain.window())];
    racers.extend(before.as_ref().map(|home| ("key to echo before", home.window())));
    racers.extend(
        tmux.as_ref().map(|tmux| ("tmux", tmux.window(&["new-session", "sh", "-c", "echo READY; exec cat"]))),
    );
    racers.iter().for_each(|(_, window)| window.sees("READY"));
    let mut times = vec![Vec::new(); racers.len()];
    for _ in 0..TURNS {
        for ((_, window), times) in racers.iter().zip(&mut times) {
            times.extend(echoes(window, KEYS / TURNS));
        }
    }
    let theirs = tmux.is_some().then(|| times.pop()).flatten();
    for (name, share, goal) in [("p50", 0.5, "≤ 2× tmux"), ("p99", 0.99, "≤ 4 ms")] {
        let peer = theirs.clone().map(|mut theirs| percentile(&mut theirs, share));
        for ((what, _), times) in racers.iter().zip(&mut times) {
            let mine = percentile(times, share);
            let goal = if *what == "key to echo" { goal } else { "–" };
            table.add(&format!("{what}, {name}"), time(mine), peer.map(|p| (time(p), mine / p)), goal);
        }
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
    let mut ours = echoes(&window, KEYS);
    let seconds = begun.elapsed().as_secs_f64();
    let after: Vec<f64> = floods.iter().filter_map(|pid| process::written(*pid)).collect();
    let daemon = process::of_home(home.path())["daemon"].first().copied();

    table.add("key to echo while 50 agents flood, p50", time(percentile(&mut ours, 0.5)), None, "–");
    table.add("key to echo while 50 agents flood, p99", time(percentile(&mut ours, 0.99)), None, "≤ 10 ms");
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
fn echoes(window: &Window, keys: usize) -> Vec<f64> {
    window.rests(Duration::from_millis(200));
    (0..keys)
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
