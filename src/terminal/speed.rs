//! How fast the screen is: what each workload costs beside bare vt100, what a look at the screen costs, what a screen
//! weighs. Prints figures and asserts none; `cargo test --release --lib terminal::speed -- --ignored --nocapture`.

#[cfg(test)]
mod measured {
    use std::fmt::Write as _;
    use std::num::NonZeroU16;
    use std::time::Instant;

    use crate::terminal::{Frame, Screen, Scrollback, Size};

    const ROWS: u16 = 50;
    const COLS: u16 = 200;
    /// How much of a workload is fed, and in pieces of how many bytes: what a read of a PTY gives at most.
    const TOTAL: usize = 16 * 1024 * 1024;
    const PIECE: usize = 64 * 1024;

    /// Numbers that look random and are the same each time.
    struct Numbers(u64);

    impl Numbers {
        fn below(&mut self, limit: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % limit
        }
    }

    fn workload(name: &str) -> Vec<u8> {
        let mut numbers = Numbers(7);
        let mut out = String::new();
        let mut count = 0u64;
        let word = |numbers: &mut Numbers| {
            "loremipsumdolorsitametconsectetur"[numbers.below(10) as usize..][..3 + numbers.below(8) as usize]
                .to_owned()
        };
        while out.len() < TOTAL / 8 {
            count += 1;
            // Writing into a string does not fail.
            let _ = match name {
                "seq" => write!(out, "{count}\r\n"),
                "text" => {
                    for _ in 0..8 + numbers.below(14) {
                        let _ = write!(out, "{} ", word(&mut numbers));
                    }
                    write!(out, "\r\n")
                }
                "full width" => write!(out, "{}\r\n", "x".repeat(usize::from(COLS))),
                "SGR log text" => {
                    let color = 31 + numbers.below(6);
                    let _ = write!(
                        out,
                        "\x1b[2m12:{:02}:{:02}\x1b[0m \x1b[1;{color}mINFO\x1b[0m ",
                        count / 60 % 60,
                        count % 60
                    );
                    for _ in 0..6 + numbers.below(9) {
                        let _ = write!(out, "{} ", word(&mut numbers));
                    }
                    write!(out, "\x1b[38;5;{}m{count}\x1b[m\r\n", numbers.below(256))
                }
                "truecolor per cell" => {
                    for col in 0..COLS {
                        let _ = write!(
                            out,
                            "\x1b[38;2;{};{};{};48;2;{};20;40mx",
                            col % 256,
                            numbers.below(256),
                            90,
                            numbers.below(256)
                        );
                    }
                    write!(out, "\x1b[m\r\n")
                }
                "y" => write!(out, "y\r\n"),
                "mixed unicode" => {
                    for _ in 0..6 + numbers.below(9) {
                        let _ = write!(out, "{} é→─│ 漢字 😀 ", word(&mut numbers));
                    }
                    write!(out, "\r\n")
                }
                "CJK" => {
                    write!(out, "{}\r\n", "漢字仮名交じり文の例です。".repeat(4 + numbers.below(3) as usize))
                }
                "alt-screen redraw" => {
                    for row in 1..=ROWS {
                        let _ = write!(out, "\x1b[{row};1H\x1b[38;5;{}m│\x1b[0m ", numbers.below(256));
                        for _ in 0..6 {
                            let _ =
                                write!(out, "\x1b[1m{}\x1b[22m {} ", word(&mut numbers), word(&mut numbers));
                        }
                        let _ = write!(out, "\x1b[K");
                    }
                    Ok(())
                }
                _ => {
                    // What an inline interface does: up, erase and print each row of its frame.
                    let _ = write!(out, "\x1b[?2026h\x1b[20A");
                    for _ in 0..20 {
                        let _ = write!(
                            out,
                            "\r\x1b[2K\x1b[38;2;120;{};200m●\x1b[39m {} {} {}\x1b[2m esc\x1b[22m\r\n",
                            numbers.below(256),
                            word(&mut numbers),
                            word(&mut numbers),
                            word(&mut numbers)
                        );
                    }
                    write!(out, "\x1b[?2026l")
                }
            };
        }
        out.into_bytes()
    }

    /// Seconds that this thread has been running on a core, which is what counts where others run too; to the
    /// nearest tick. Where the system does not tell, the wall's clock has to do.
    fn running(since: Instant) -> f64 {
        let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
        let nanoseconds = told.split(' ').next().and_then(|field| field.parse::<f64>().ok());
        nanoseconds.map_or_else(|| since.elapsed().as_secs_f64(), |nanoseconds| nanoseconds / 1e9)
    }

    /// Seconds to feed a megabyte.
    fn cost(bytes: &[u8], mut feed: impl FnMut(&[u8])) -> f64 {
        let since = Instant::now();
        let start = running(since);
        let mut fed = 0;
        while fed < TOTAL {
            bytes.chunks(PIECE).for_each(&mut feed);
            fed += bytes.len();
        }
        (running(since) - start) / fed as f64 * 1e6
    }

    #[test]
    #[ignore = "prints figures; only those of a release build mean anything"]
    fn throughput() {
        println!("{:<20} {:>12} {:>12} {:>7}", "MB/s at 200x50", "bare vt100", "screen", "ratio");
        let only = std::env::var("AGENTCTL_WORKLOAD").ok();
        for name in [
            "seq",
            "text",
            "full width",
            "SGR log text",
            "truecolor per cell",
            "y",
            "mixed unicode",
            "CJK",
            "alt-screen redraw",
            "inline interface",
        ] {
            if only.as_deref().is_some_and(|only| only != name) {
                continue;
            }
            let bytes = workload(name);
            let size = |n: u16| NonZeroU16::new(n).unwrap();
            let mut bare = vt100::Parser::new(size(ROWS), size(COLS), 0);
            let mut screen = Screen::new(Size::new(ROWS, COLS));
            let (mut best_bare, mut best) = (f64::MAX, f64::MAX);
            // In turns, so that what else the machine does falls on both.
            for _ in 0..5 {
                best_bare = best_bare.min(cost(&bytes, |piece| bare.process(piece)));
                best = best.min(cost(&bytes, |piece| screen.feed(piece)));
            }
            let (bare, ours) = (1.0 / best_bare, 1.0 / best);
            println!("{name:<20} {bare:>12.0} {ours:>12.0} {:>7.2}", ours / bare);
        }
    }

    fn time(name: &str, rounds: u32, mut work: impl FnMut()) {
        let since = Instant::now();
        let start = running(since);
        for _ in 0..rounds {
            work();
        }
        println!("{name:<44} {:>10.2} µs", (running(since) - start) * 1e6 / f64::from(rounds));
    }

    #[test]
    #[ignore = "prints figures; only those of a release build mean anything"]
    fn looks() {
        let mut screen = Screen::new(Size::new(ROWS, COLS));
        let full: Vec<u8> = (1..=ROWS)
            .flat_map(|row| {
                format!("\x1b[{row}H\x1b[3{}m{}\x1b[m", row % 8, "text and ".repeat(20)).into_bytes()
            })
            .collect();
        screen.feed(&full);
        screen.snapshot();
        time("snapshot, nothing changed", 10_000, || drop(screen.snapshot()));
        let mut on = false;
        time("snapshot, one row changed", 10_000, || {
            on = !on;
            screen.feed(if on { b"\x1b[7;3Hx" } else { b"\x1b[7;3Hy" });
            drop(screen.snapshot());
        });
        time("snapshot, all rows changed", 1000, || {
            on = !on;
            let cell: &[u8] = if on { b"x" } else { b"y" };
            for row in 1..=ROWS {
                screen.feed(format!("\x1b[{row}H").as_bytes());
                screen.feed(cell);
            }
            drop(screen.snapshot());
        });
        let snapshot = screen.snapshot();
        time("whole frame", 1000, || drop(Frame::since(&snapshot, None)));
        println!(
            "{:<44} {:>10} bytes",
            "whole frame",
            Frame::since(&snapshot, None).map_or(0, |frame| frame.into_bytes().len())
        );
    }

    #[test]
    #[ignore = "prints figures; only those of a release build mean anything"]
    fn history() {
        for name in ["seq", "text", "SGR log text", "mixed unicode", "CJK", "inline interface"] {
            let mut log = workload(name);
            while log.len() < 4 << 20 {
                log.extend_from_within(..);
            }
            log.truncate(4 << 20);
            let mut scrollback = Scrollback::new(Size::new(ROWS, COLS), 10_000);
            time(&format!("4 MiB of {name}"), 1, || scrollback.feed(&log));
            let history = scrollback.history();
            time("  fold for 100 columns", 1, || drop(history.reflow(100)));
            time("  search", 1, || drop(history.search("not to be found", 100)));
        }
    }

    #[test]
    #[ignore = "prints figures; only those of a release build mean anything"]
    fn weight() {
        let screen = Screen::new(Size::new(ROWS, COLS));
        println!("a screen's own struct: {} bytes", std::mem::size_of_val(&screen));
        let resident = || -> usize {
            let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
            pages.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4096
        };
        let text = workload("SGR log text");
        for alternate in [false, true] {
            let before = resident();
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
            let each = (resident() - before) / screens.len() / 1024;
            println!(
                "resident, each of 50 screens{}: {each} KiB",
                if alternate { " on the alternate" } else { "" }
            );
        }
        println!("a checkpoint: {} bytes", screen.checkpoint().len());
    }

    #[test]
    #[ignore = "prints figures; only those of a release build mean anything"]
    fn floods() {
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
            let since = Instant::now();
            let start = running(since);
            for piece in bytes.chunks(4096) {
                screen.feed(piece);
                screen.take_replies();
            }
            let each = (running(since) - start) / (bytes.len() as f64 / 4096.0);
            println!("{name:<24} {:>8.2} ms for 4 KiB", each * 1e3);
        }
    }
}
