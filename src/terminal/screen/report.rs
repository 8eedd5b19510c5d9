//! Answers to the questions of programs about the terminal, given at the place of the stream where they ask.
//!
//! Answers are true: a mode that is not carried out is reported as unknown. No answer holds text that a program printed
//! or a person copied. These are the only escape sequences that this folder writes.

use std::fmt::Write as _;

use super::Screen;
use super::state::MAX_TITLES;
use super::strings::Terminator;
use crate::terminal::palette::{Slot, print_color};
use crate::terminal::sequence::put_sgr;

/// The size of a cell in pixels, for programs that ask. Nothing draws pixels here; the shape is that of most fonts.
const CELL_WIDTH: u32 = 10;
const CELL_HEIGHT: u32 = 20;

/// What this terminal calls itself.
const NAME: &str = "agentctl";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The capabilities that XTGETTCAP reports.
const CAPABILITIES: [(&str, &str); 6] = [
    ("Co", "256"),
    ("colors", "256"),
    ("RGB", "8"),
    ("Tc", ""),
    ("TN", "xterm-256color"),
    ("name", "xterm-256color"),
];

/// The most bytes of answers that wait. A program that asks and does not read gets no further answers.
const MAX_REPLIES: usize = 16 * 1024;

/// Answers that wait to be written.
#[derive(Clone, Debug, Default)]
pub struct Replies(Vec<u8>);

impl Replies {
    /// Adds an answer; leaves it out if too many wait.
    pub fn push(&mut self, answer: &[u8]) {
        if self.0.len() + answer.len() <= MAX_REPLIES {
            self.0.extend_from_slice(answer);
        }
    }

    /// Returns what waits.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.0)
    }
}

impl Screen {
    /// Says what kind of terminal this is (DA1): a VT220 with colours.
    pub(super) fn report_primary_attributes(&mut self) {
        self.replies.push(b"\x1b[?62;22c");
    }

    /// Says which version (DA2).
    pub(super) fn report_secondary_attributes(&mut self) {
        let number = VERSION.split('.').fold(0, |sum: u32, part| sum * 100 + part.parse().unwrap_or(0));
        self.reply(&format!("\x1b[>1;{number};0c"));
    }

    /// Says its name and version (XTVERSION).
    pub(super) fn report_version(&mut self) {
        self.reply(&format!("\x1bP>|{NAME} {VERSION}\x1b\\"));
    }

    /// Says that all is well, or where the cursor is (DSR).
    pub(super) fn report_status(&mut self, what: u16) {
        match what {
            5 => self.replies.push(b"\x1b[0n"),
            6 => self.report_cursor(""),
            _ => {}
        }
    }

    /// Answers the private questions of status.
    pub(super) fn report_private_status(&mut self, what: u16) {
        match what {
            6 => self.report_cursor("?"),
            // No printer, no keys defined by the person, a keyboard that is ready.
            15 => self.replies.push(b"\x1b[?13n"),
            25 => self.replies.push(b"\x1b[?21n"),
            26 => self.replies.push(b"\x1b[?27;1;0;0n"),
            996 => self.report_color_scheme(),
            _ => {}
        }
    }

    fn report_cursor(&mut self, prefix: &str) {
        let at = self.cursor();
        let top = if self.state.origin { self.grid.margins().top } else { 0 };
        let row = at.row.saturating_sub(top) + 1;
        self.reply(&format!("\x1b[{prefix}{row};{}R", at.col + 1));
    }

    /// Says whether the colours are dark or light (996, 2031).
    pub(super) fn report_color_scheme(&mut self) {
        let dark = self.state.colors.palette.is_dark();
        self.reply(if dark { "\x1b[?997;1n" } else { "\x1b[?997;2n" });
    }

    /// Says how large the screen is, if the program wants to be told (2048).
    pub(super) fn report_resize(&mut self) {
        if self.state.modes.resize_reports {
            let (rows, cols, height, width) = self.measures();
            self.reply(&format!("\x1b[48;{rows};{cols};{height};{width}t"));
        }
    }

    /// Says that reports of a program's state are read (OSC 7501), by the question itself.
    pub(super) fn report_listening(&mut self, terminator: Terminator) {
        self.reply(&format!("\x1b]7501;?{}", terminator_bytes(terminator)));
    }

    /// Says which flags of the kitty keyboard protocol are in force.
    pub(super) fn report_keyboard(&mut self) {
        let flags = self.page().keyboard.flags().bits();
        self.reply(&format!("\x1b[?{flags}u"));
    }

    /// Says how modified keys are sent.
    pub(super) fn report_modified_keys(&mut self) {
        let level = self.state.modes.modify_other_keys;
        self.reply(&format!("\x1b[>4;{level}m"));
    }

    /// Reports the state of an ANSI mode (DECRQM).
    pub(super) fn report_ansi_mode(&mut self, mode: u16) {
        let standing = self.ansi_standing(mode) as u8;
        self.reply(&format!("\x1b[{mode};{standing}$y"));
    }

    /// Reports the state of a private mode (DECRQM).
    pub(super) fn report_private_mode(&mut self, mode: u16) {
        let standing = self.private_standing(mode) as u8;
        self.reply(&format!("\x1b[?{mode};{standing}$y"));
    }

    /// Answers questions about the window, and pushes or pops its title (XTWINOPS). The title itself is never reported:
    /// printed text could become typed text that way.
    pub(super) fn window_operation(&mut self) {
        let (rows, cols, height, width) = self.measures();
        let second = self.lexer.csi.value(1);
        match self.lexer.csi.value(0) {
            11 => self.reply("\x1b[1t"),
            13 => self.reply("\x1b[3;0;0t"),
            14 => self.reply(&format!("\x1b[4;{height};{width}t")),
            16 => self.reply(&format!("\x1b[6;{CELL_HEIGHT};{CELL_WIDTH}t")),
            18 => self.reply(&format!("\x1b[8;{rows};{cols}t")),
            19 => self.reply(&format!("\x1b[9;{rows};{cols}t")),
            22 if second != 1 && self.state.titles.len() < MAX_TITLES => {
                let title = self.shared_title();
                self.state.titles.push(title);
            }
            23 if second != 1 => {
                if let Some(title) = self.state.titles.pop() {
                    self.set_title(&title);
                }
            }
            _ => {}
        }
    }

    fn measures(&self) -> (u16, u16, u32, u32) {
        let size = self.size();
        (size.rows(), size.cols(), u32::from(size.rows()) * CELL_HEIGHT, u32::from(size.cols()) * CELL_WIDTH)
    }

    /// Carries out a device control string: questions about settings and capabilities, and xterm's older way of saying
    /// that a frame begins or ends.
    pub(super) fn device_control_string(&mut self, text: &[u8]) {
        let Ok(text) = std::str::from_utf8(text) else { return };
        if let Some(setting) = text.strip_prefix("$q") {
            self.report_setting(setting);
        } else if let Some(names) = text.strip_prefix("+q") {
            for name in names.split(';') {
                self.report_capability(name);
            }
        } else if text == "=1s" || text == "=2s" {
            self.state.modes.synchronized = text == "=1s";
        }
    }

    /// Reports a setting (DECRQSS).
    fn report_setting(&mut self, setting: &str) {
        let mut out = String::from("\x1bP1$r");
        match setting {
            "m" => {
                let mut sgr = Vec::new();
                put_sgr(&mut sgr, &self.grid.pen().style);
                out.push_str(String::from_utf8_lossy(&sgr).trim_start_matches("\x1b["));
            }
            "r" => {
                let margins = self.grid.margins();
                // Writing into a string does not fail.
                let _ = write!(out, "{};{}r", margins.top + 1, margins.bottom + 1);
            }
            " q" => {
                let _ = write!(out, "{} q", self.state.shape as u8);
            }
            _ => out = String::from("\x1bP0$r"),
        }
        out.push_str("\x1b\\");
        self.reply(&out);
    }

    /// Reports a capability by its name in hexadecimal (XTGETTCAP).
    fn report_capability(&mut self, name: &str) {
        let known = CAPABILITIES.iter().find(|(known, _)| hex(known).eq_ignore_ascii_case(name));
        let harmless = name.len() <= 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        match known {
            Some((_, "")) => self.reply(&format!("\x1bP1+r{name}\x1b\\")),
            Some((_, value)) => self.reply(&format!("\x1bP1+r{name}={}\x1b\\", hex(value))),
            None if harmless => self.reply(&format!("\x1bP0+r{name}\x1b\\")),
            None => {}
        }
    }

    /// Reports a colour; the answer ends as the question did.
    pub(super) fn report_color(&mut self, slot: Slot, terminator: Terminator) {
        let color = print_color(self.state.colors.get(slot));
        let name = match slot {
            Slot::Index(index) => format!("4;{index}"),
            Slot::Foreground => "10".to_owned(),
            Slot::Background => "11".to_owned(),
            Slot::Cursor => "12".to_owned(),
        };
        self.reply(&format!("\x1b]{name};{color}{}", terminator_bytes(terminator)));
    }

    /// Adds an answer.
    pub(super) fn reply(&mut self, answer: &str) {
        self.replies.push(answer.as_bytes());
    }
}

/// Returns the end of an answer; it ends as its question did.
const fn terminator_bytes(terminator: Terminator) -> &'static str {
    match terminator {
        Terminator::Bell => "\x07",
        Terminator::St => "\x1b\\",
    }
}

fn hex(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
