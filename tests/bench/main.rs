//! How fast, how large, how fair: agentctl and, raced in the same run at the same size, tmux from the system.
//!
//! Another build of agentctl that `RACE_BEFORE` names is measured beside this one where that is of use.
//! `cargo bench --bench race` runs everything and prints one table; `cargo bench --bench race -- echo idle` runs what
//! these words are in the names of. Nothing here passes or fails: it measures. Figures of processes come from /proc, so
//! on other systems they are left out with a word.

#![expect(clippy::expect_used, reason = "a measurement that cannot be set up has no result")]

mod api;
mod detector;
mod echo;
mod floor;
mod idle;
mod log;
mod memory;
mod output;
mod peer;
mod process;
mod scale;
mod screen;
mod spawn;
mod start;
mod states;
mod table;
mod throughput;
mod window;

// The terminal is not visible from outside the program, so it is compiled into the bench as it stands.
#[path = "../../src/domain/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the bench uses little of it")]
mod domain;
#[path = "../../src/terminal/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the bench uses little of it")]
mod terminal;

use table::Table;

/// One measurement: its name, and what runs it.
type Measurement = (&'static str, fn(&mut Table));

const ALL: [Measurement; 12] = [
    ("screen", screen::run),
    ("throughput", throughput::run),
    ("echo", echo::run),
    ("flood", echo::run_under_flood),
    ("start", start::run),
    ("idle", idle::run),
    ("memory", memory::run),
    ("scale", scale::run),
    ("states", states::run),
    ("detector", detector::run),
    ("spawn", spawn::run),
    ("log", log::run),
];

fn main() {
    if let [_, word, role, folder] = &std::env::args().collect::<Vec<_>>()[..]
        && word == floor::RELAY
    {
        return floor::relay(role, folder.as_ref());
    }
    // `cargo bench` passes flags of its own harness along.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let mut table = Table::new();
    for (name, run) in ALL {
        if wanted.is_empty() || wanted.iter().any(|word| name.contains(word.as_str())) {
            eprintln!("measuring {name} …");
            run(&mut table);
        }
    }
    println!("{}", table.markdown());
}
