//! A notification in the person's own terminal, as sequences: OSC 9, OSC 99, OSC 777, the bell.
//!
//! Terminals know different ones, and one that knows two would say everything twice, so where the person chose none
//! the terminal's own is taken. The words may be an agent's: they are cleaned here, and end no sequence.

use serde::Deserialize;

use crate::domain::clean;

/// The longest that is said, in characters.
const LONGEST: usize = 160;

/// When the person is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::tui) enum When {
    /// While the window has not their attention.
    #[default]
    Unattended,
    /// Whenever an agent begins to need somebody.
    Always,
    /// Never.
    Never,
}

/// Which ways of telling are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::tui) struct Ways {
    /// OSC 9, of iTerm2; also known to WezTerm and Ghostty.
    pub(in crate::tui) osc9: bool,
    /// OSC 99, of kitty.
    pub(in crate::tui) osc99: bool,
    /// OSC 777, of rxvt-unicode; also known to foot.
    pub(in crate::tui) osc777: bool,
    /// The bell.
    pub(in crate::tui) bell: bool,
}

impl Ways {
    /// Returns the way of the terminal that these variables (`TERM`, `TERM_PROGRAM`) tell of; the bell, which every
    /// terminal has, where that is not known.
    pub(in crate::tui) fn of_terminal(term: &str, program: &str) -> Ways {
        let none = Ways::default();
        match (program, term) {
            ("iTerm.app" | "WezTerm" | "ghostty", _) | (_, "xterm-ghostty") => Ways { osc9: true, ..none },
            (_, "xterm-kitty") => Ways { osc99: true, ..none },
            (_, term) if term.starts_with("foot") || term.starts_with("rxvt-unicode") => {
                Ways { osc777: true, ..none }
            }
            _ => Ways { bell: true, ..none },
        }
    }

    /// Returns what tells `title` and `body`.
    pub(super) fn sequences(self, title: &str, body: &str) -> String {
        let (title, body) = (clean(title, LONGEST), clean(body, LONGEST));
        let mut out = String::new();
        if self.osc9 {
            // A text that begins with a number and a semicolon would be another command.
            out.push_str(&format!("\x1b]9;agentctl: {title}: {body}\x1b\\"));
        }
        if self.osc99 {
            out.push_str(&format!("\x1b]99;i=agentctl:d=0;{title}\x1b\\"));
            out.push_str(&format!("\x1b]99;i=agentctl:p=body;{body}\x1b\\"));
        }
        if self.osc777 {
            let title = title.replace(';', ",");
            out.push_str(&format!("\x1b]777;notify;{title};{body}\x1b\\"));
        }
        if self.bell {
            out.push('\x07');
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_told_once_and_in_its_own_way() {
        assert!(Ways::of_terminal("xterm-kitty", "").osc99);
        assert!(Ways::of_terminal("xterm-256color", "iTerm.app").osc9);
        assert!(Ways::of_terminal("foot", "").osc777);
        assert!(Ways::of_terminal("tmux-256color", "tmux").bell);
        assert_eq!(Ways::default().sequences("a", "b"), "");
    }

    #[test]
    fn words_that_would_end_a_sequence_do_not() {
        let all = Ways { osc9: true, osc99: true, osc777: true, bell: false };
        let said = all.sequences("be;1\x1b\\", "rm\x07 \x1b]52;c;aGk=\x1b\\\n4;3");
        assert_eq!(
            said.matches('\x1b').count(),
            8,
            "each of four sequences has a beginning and an end: {said:?}"
        );
        assert!(!said.contains('\x07') && said.contains("notify;be,1\\;"), "{said:?}");
    }
}
