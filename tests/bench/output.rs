//! Output as programs print it: the same bytes each time.

use std::fmt::Write as _;

use crate::window::{COLS, ROWS};

/// The kinds of output.
pub const KINDS: [&str; 10] = [
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
];

/// How much of each there is, in bytes.
const LENGTH: usize = 2 << 20;

/// Numbers that look random and are the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// Returns output of this kind.
pub fn of_kind(name: &str) -> Vec<u8> {
    let mut numbers = Numbers(7);
    let mut out = String::new();
    let mut count = 0u64;
    let word = |numbers: &mut Numbers| {
        "loremipsumdolorsitametconsectetur"[numbers.below(10) as usize..][..3 + numbers.below(8) as usize]
            .to_owned()
    };
    while out.len() < LENGTH {
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
                        let _ = write!(out, "\x1b[1m{}\x1b[22m {} ", word(&mut numbers), word(&mut numbers));
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
