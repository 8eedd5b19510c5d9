//! Strings: operating system commands and device control strings, collected up to their terminator.

use super::Screen;
use crate::terminal::parse::escape::{ESC, StringKind};

/// The most bytes of a string, of one that fills the clipboard, and of a device control string, which is only read if it
/// is a short question. A longer string is left out.
const MAX_STRING: usize = 64 * 1024;
const MAX_CLIPBOARD: usize = 1024 * 1024;
const MAX_DCS: usize = 4 * 1024;

/// A string being collected.
#[derive(Clone, Debug)]
pub struct Collected {
    /// What it is.
    pub kind: StringKind,
    /// The bytes so far.
    pub text: Vec<u8>,
    /// Whether some bytes were left out.
    pub overflow: bool,
    /// Whether the last byte was an ESC, which ends it if a backslash follows and breaks it off otherwise.
    pub escaped: bool,
}

/// How a string ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Terminator {
    /// With a bell, as xterm allows for operating system commands.
    Bell,
    /// With `ESC \`.
    St,
}

impl Collected {
    /// Returns an empty string.
    pub const fn new(kind: StringKind) -> Collected {
        Collected { kind, text: Vec::new(), overflow: false, escaped: false }
    }

    fn add(&mut self, bytes: &[u8]) {
        let limit = match self.kind {
            StringKind::Ignored => 0,
            StringKind::Dcs => MAX_DCS,
            // The first bytes say which limit it is.
            StringKind::Osc if self.text.starts_with(b"52;") => MAX_CLIPBOARD,
            StringKind::Osc => MAX_STRING,
        };
        let room = limit.saturating_sub(self.text.len());
        self.overflow |= bytes.len() > room;
        self.text.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    }
}

impl Screen {
    /// Goes on with a string; returns how many bytes were used up.
    pub(super) fn continue_string(&mut self, bytes: &[u8]) -> usize {
        let Some(string) = &mut self.lexer.string else { return 0 };
        let is_osc = string.kind == StringKind::Osc;
        if string.escaped {
            if bytes.first() == Some(&b'\\') {
                self.lexer.consumed += 1;
                self.end_string(Terminator::St);
                return 1;
            }
            // The string is broken off, and the ESC begins a sequence of its own.
            self.lexer.string = None;
            self.lexer.carry.push(ESC);
            return 0;
        }
        // The limit depends on the first few bytes, so they are added one by one.
        let careful = if string.text.len() < 3 { bytes.get(..3).unwrap_or(bytes) } else { bytes };
        let stop = |byte: &u8| matches!(*byte, 0x18 | 0x1a | ESC) || (is_osc && *byte == 0x07);
        let len = careful.iter().position(stop).unwrap_or(careful.len());
        string.add(careful.get(..len).unwrap_or_default());
        self.lexer.consumed += len as u64;
        let Some(&terminator) = careful.get(len) else { return len };
        self.lexer.consumed += 1;
        match terminator {
            ESC => string.escaped = true,
            0x07 => self.end_string(Terminator::Bell),
            _ => self.lexer.string = None,
        }
        len + 1
    }

    fn end_string(&mut self, terminator: Terminator) {
        self.adjacent = false;
        self.joining = false;
        self.lexer.after_return = false;
        let Some(string) = self.lexer.string.take() else { return };
        if string.overflow {
            return;
        }
        match string.kind {
            StringKind::Osc => self.operating_system_command(&string.text, terminator),
            StringKind::Dcs => self.device_control_string(&string.text),
            StringKind::Ignored => {}
        }
    }
}
