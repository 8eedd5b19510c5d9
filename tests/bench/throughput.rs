//! A flood through a visible pane: 100 MB of mixed coloured text, and `seq 3000000`; beside them, what the terminal
//! library alone takes for the same bytes.

use std::fmt::Write as _;
use std::num::NonZeroU16;
use std::path::Path;
use std::time::Instant;

use crate::peer::{Home, Tmux};
use crate::table::{Table, percentile, time};
use crate::window::{COLS, ROWS, Window};

/// How many times each is done; the median counts.
const ROUNDS: usize = 3;

/// The size of the mixed text, in bytes.
const MIXED: usize = 100_000_000;

pub fn run(table: &mut Table) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("mixed.txt");
    std::fs::write(&file, mixed()).expect("the text can be written");
    let script = script(&file, folder.path());
    let shown = script.display().to_string();

    let home =
        Home::with(&format!("[session]\nname='flood'\n[executive]\nname='one'\ncommand=['sh','{shown}']\n"));
    let window = home.window();
    window.sees("READY");
    let tmux = Tmux::new();
    let peer = tmux.as_ref().map(|tmux| tmux.window(&["new-session", "sh", &shown]));
    peer.iter().for_each(|peer| peer.sees("READY"));
    // In turns, so that whatever else the machine does meets both alike.
    let (mut ours, mut theirs) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
    for round in 0..ROUNDS {
        for (n, letter) in ["A", "B"].into_iter().enumerate() {
            let mark = format!("ENDMARK-{round}{letter}");
            ours[n].push(pass_through(&window, &mark));
            theirs[n].extend(peer.as_ref().map(|peer| pass_through(peer, &mark)));
        }
    }
    let median = |mut times: Vec<f64>| percentile(&mut times, 0.5);
    let ours = ours.map(median);
    let theirs = tmux.map(|_| theirs.map(median));
    let seq: String = (1..=3_000_000).fold(String::new(), |mut text, n| {
        let _ = write!(text, "{n}\r\n");
        text
    });
    let bare = [bare(&std::fs::read(&file).expect("the text")), bare(seq.as_bytes())];
    for (n, (what, goal)) in
        [("100 MB of coloured text through a visible pane", "≤ 0.5×"), ("`seq 3000000`", "≤ 1.0×")]
            .iter()
            .enumerate()
    {
        let peer = theirs.map(|theirs| (time(theirs[n]), ours[n] / theirs[n]));
        table.add(what, format!("{} (the parser alone: {})", time(ours[n]), time(bare[n])), peer, goal);
    }
}

/// What runs in the pane: it waits for a key before each flood.
fn script(file: &Path, folder: &Path) -> std::path::PathBuf {
    let script = folder.join("flood.sh");
    let text = format!(
        "n=0; echo READY\nwhile read go; do cat {}; echo ENDMARK-${{n}}A; read go; seq 3000000; echo ENDMARK-${{n}}B\n\
         n=$((n+1)); done\n",
        file.display()
    );
    std::fs::write(&script, text).expect("the script can be written");
    script
}

fn pass_through(window: &Window, mark: &str) -> f64 {
    let begun = Instant::now();
    window.press("\r");
    window.sees(mark);
    begun.elapsed().as_secs_f64()
}

fn bare(bytes: &[u8]) -> f64 {
    let cells = |n| NonZeroU16::new(n).expect("a window has cells");
    let mut parser = vt100::Parser::new(cells(ROWS), cells(COLS), 0);
    let begun = Instant::now();
    bytes.chunks(64 << 10).for_each(|chunk| parser.process(chunk));
    begun.elapsed().as_secs_f64()
}

/// Log lines as agents and their tools print them: words, some of them in colours of each kind.
fn mixed() -> String {
    let words = [
        "compiling",
        "error",
        "warning:",
        "src/main.rs",
        "test",
        "ok",
        "the",
        "quick",
        "brown",
        "fox",
        "12.5",
        "MB/s",
    ];
    let mut dice = 0x2545_f491_4f6c_dd1d_u64;
    let mut throw = |sides: u64| {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        dice % sides
    };
    let mut text = String::with_capacity(MIXED + 4096);
    while text.len() < MIXED {
        for _ in 0..4 + throw(14) {
            let word = words[usize::try_from(throw(words.len() as u64)).unwrap_or(0)];
            let (a, b, c) = (throw(256), throw(256), throw(256));
            // Writing to a string cannot fail.
            let _ = match throw(16) {
                0..=3 => write!(text, "\x1b[{}m{word}\x1b[0m ", 31 + a % 6),
                4 => write!(text, "\x1b[38;5;{a}m{word}\x1b[39m "),
                5 => write!(text, "\x1b[38;2;{a};{b};{c}m{word}\x1b[m "),
                6 => write!(text, "\x1b[1m{word}\x1b[22m "),
                _ => write!(text, "{word} "),
            };
        }
        text.push('\n');
    }
    text
}
