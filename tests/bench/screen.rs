//! What the terminal itself costs, without a process around it: each kind of output beside vt100 alone, a look at the
//! screen, history, memory, and the worst that 4 KiB of output can ask for. `AGENTCTL_OUTPUT` names the one kind of
//! output to measure.

use std::hint::black_box;
use std::num::NonZeroU16;
use std::time::Instant;

use crate::output;
use crate::process;
use crate::table::Table;
use crate::terminal::{Frame, Screen, Scrollback, Size};
use crate::window::{COLS, ROWS};

/// How much of each kind is fed in a round, in pieces of what a read of a PTY gives at most, in bytes.
const TOTAL: usize = 16 << 20;
const PIECE: usize = 64 << 10;

/// How many rounds there are; the fastest counts.
const ROUNDS: usize = 5;

pub fn run(table: &mut Table) {
    throughput(table);
    if std::env::var_os("AGENTCTL_OUTPUT").is_none() {
        looks(table);
        history(table);
        weight(table);
        floods(table);
    }
}

fn throughput(table: &mut Table) {
    let only = std::env::var("AGENTCTL_OUTPUT").ok();
    for kind in output::KINDS.into_iter().filter(|kind| only.as_deref().is_none_or(|only| only == *kind)) {
        let bytes = output::of_kind(kind);
        let size = |n: u16| NonZeroU16::new(n).expect("a number above 0");
        let mut bare = vt100::Parser::new(size(ROWS), size(COLS), 0);
        let mut screen = Screen::new(Size::new(ROWS, COLS));
        let (mut best_bare, mut best) = (f64::MAX, f64::MAX);
        // In turns, so that the rest of the machine's work falls on both.
        for _ in 0..ROUNDS {
            best_bare = best_bare.min(cost(&bytes, |piece| bare.process(piece)));
            best = best.min(cost(&bytes, |piece| screen.feed(piece)));
        }
        let text = format!("{:.0} MB/s (vt100 alone {:.0})", 1.0 / best, 1.0 / best_bare);
        table.add(&format!("a screen fed {kind}"), text, None, "–");
    }
}

/// Returns the seconds to feed a megabyte.
fn cost(bytes: &[u8], mut feed: impl FnMut(&[u8])) -> f64 {
    let clock = Clock::start();
    let mut fed = 0;
    while fed < TOTAL {
        bytes.chunks(PIECE).for_each(&mut feed);
        fed += bytes.len();
    }
    clock.seconds() / fed as f64 * 1e6
}

/// Measures how long this thread has run on a core, which counts where others run too; where the system does not say,
/// the wall clock has to do.
struct Clock {
    since: Instant,
    running: Option<f64>,
}

impl Clock {
    fn start() -> Clock {
        Clock { since: Instant::now(), running: running() }
    }

    fn seconds(&self) -> f64 {
        match (self.running, running()) {
            (Some(then), Some(now)) => now - then,
            _ => self.since.elapsed().as_secs_f64(),
        }
    }
}

fn running() -> Option<f64> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(told.split(' ').next()?.parse::<f64>().ok()? / 1e9)
}

/// Adds the time that `work` takes, of `rounds` rounds on average.
fn time(table: &mut Table, what: &str, rounds: u32, mut work: impl FnMut()) {
    let clock = Clock::start();
    (0..rounds).for_each(|_| work());
    table.add(what, format!("{:.2} µs", clock.seconds() * 1e6 / f64::from(rounds)), None, "–");
}

fn looks(table: &mut Table) {
    let mut screen = Screen::new(Size::new(ROWS, COLS));
    let row = |row: u16| format!("\x1b[{row}H\x1b[3{}m{}\x1b[m", row % 8, "text and ".repeat(20));
    screen.feed((1..=ROWS).map(row).collect::<String>().as_bytes());
    screen.snapshot();
    time(table, "a snapshot, nothing changed", 10_000, || drop(screen.snapshot()));
    let mut on = false;
    time(table, "a snapshot, one row changed", 10_000, || {
        on = !on;
        screen.feed(if on { b"\x1b[7;3Hx" } else { b"\x1b[7;3Hy" });
        drop(screen.snapshot());
    });
    time(table, "a snapshot, all rows changed", 1000, || {
        on = !on;
        let cell: &[u8] = if on { b"x" } else { b"y" };
        for row in 1..=ROWS {
            screen.feed(format!("\x1b[{row}H").as_bytes());
            screen.feed(cell);
        }
        drop(screen.snapshot());
    });
    let snapshot = screen.snapshot();
    time(table, "a whole frame", 1000, || drop(black_box(Frame::since(&snapshot, None))));
    let bytes = Frame::since(&snapshot, None).map_or(0, |frame| frame.into_bytes().len());
    table.add("a whole frame", format!("{bytes} bytes"), None, "–");
}

fn history(table: &mut Table) {
    for kind in ["seq", "text", "SGR log text", "mixed unicode", "CJK", "inline interface"] {
        let mut log = output::of_kind(kind);
        while log.len() < 4 << 20 {
            log.extend_from_within(..);
        }
        log.truncate(4 << 20);
        let mut scrollback = Scrollback::new(Size::new(ROWS, COLS), 10_000);
        time(table, &format!("history of 4 MiB of {kind}"), 1, || scrollback.feed(&log));
        let history = scrollback.history();
        time(table, &format!("history of {kind} folded for 100 columns"), 1, || drop(history.reflow(100)));
        time(table, &format!("history of {kind} searched"), 1, || drop(history.search("absent", 100)));
    }
}

fn weight(table: &mut Table) {
    let text = output::of_kind("SGR log text");
    for alternate in [false, true] {
        let Some(before) = process::resident(std::process::id()) else { return };
        let screens: Vec<Screen> = (0..50)
            .map(|_| {
                let mut screen = Screen::new(Size::new(ROWS, COLS));
                if alternate {
                    screen.feed(b"\x1b[?1049h");
                }
                screen.feed(text.get(..1 << 20).unwrap_or_default());
                screen.snapshot();
                screen
            })
            .collect();
        let after = process::resident(std::process::id()).unwrap_or(before);
        let each = (after - before) / screens.len() as f64 / 1024.0;
        let what = if alternate { "memory of a screen with an alternate one" } else { "memory of a screen" };
        table.add(what, format!("{each:.0} KiB"), None, "–");
    }
    let bytes = Screen::new(Size::new(ROWS, COLS)).checkpoint().len();
    table.add("a checkpoint of a blank screen", format!("{bytes} bytes"), None, "–");
}

fn floods(table: &mut Table) {
    let big = "x".repeat(200);
    for (name, flood) in [
        ("REP", "x\x1b[65535b".to_owned()),
        ("SU", "x\x1b[65535S".to_owned()),
        ("IL", "\x1b[H\x1b[65535L".to_owned()),
        ("IL with text", "x\x1b[H\x1b[48L".to_owned()),
        ("ED 2", "\x1b[2J".to_owned()),
        ("ED 2 with text", "x\x1b[2J".to_owned()),
        ("ED 2 in two colours", "\x1b[41m\x1b[2J\x1b[42m\x1b[2J".to_owned()),
        ("RIS", "\x1bc".to_owned()),
        ("RIS with text", "x\x1bc".to_owned()),
        ("1049", "\x1b[?1049hx\x1b[?1049lx".to_owned()),
        ("DECALN", "\x1b#8".to_owned()),
        ("EL", "\x1b[K".to_owned()),
        ("EL 1 at the right", "\x1b[200G\x1b[1K".to_owned()),
        ("ICH", "\x1b[H\x1b[@".to_owned()),
        ("LF", "\n".to_owned()),
        ("coloured LF", format!("\x1b[41m{}", "\n".repeat(2000))),
        ("coloured text", format!("\x1b[41m{}", big.repeat(20))),
        ("RI", "\x1bM".to_owned()),
        ("DECRC at the edge", format!("\x1b[50H{big}\x1b7{}", "\x1b8".repeat(1000))),
        ("BS", "\x08".to_owned()),
        ("flags", "🇩🇪".to_owned()),
        ("marks", format!("e{}", "\u{301}".repeat(40))),
        ("no autowrap", format!("\x1b[?7l{big}")),
        ("insert mode", format!("\x1b[4h{big}")),
        ("SL", "\x1b[ @".to_owned()),
        ("inks", (0..4000).map(|n: u32| format!("\x1b[9;38;2;{};{};9mx", n / 250, n % 250)).collect()),
        ("OSC", "\x1b]0;t\x07".to_owned()),
        ("CPR", "\x1b[6n".to_owned()),
    ] {
        let mut bytes = flood.clone().into_bytes();
        while bytes.len() < 1 << 20 {
            bytes.extend_from_slice(flood.as_bytes());
        }
        let mut screen = Screen::new(Size::new(ROWS, COLS));
        let clock = Clock::start();
        for piece in bytes.chunks(4096) {
            screen.feed(piece);
            screen.take_replies();
        }
        let each = clock.seconds() / (bytes.len() as f64 / 4096.0);
        table.add(&format!("4 KiB of nothing but {name}"), format!("{:.2} ms", each * 1e3), None, "–");
    }
}
