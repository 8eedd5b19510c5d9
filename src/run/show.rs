//! What goes on in a run, for a person: one line a tool or a text, on standard error; in a pane, where the person looks
//! at nothing else, on standard output.

use std::io::{IsTerminal as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::domain::clean;
use crate::headless::{Format, Progress};

/// The longest line of text, in characters.
const LONGEST_LINE: usize = 400;
/// The most text that is gathered before it is shown, in bytes.
const LONGEST_TEXT: usize = 64 << 10;

/// The longest description of what a run is doing, in characters.
const LONGEST_STATUS: usize = 100;

/// Where progress is shown.
#[derive(Clone, Debug)]
pub struct Show {
    to: To,
    /// What stands before each line, where there are several runs.
    label: String,
    /// What the model said and was not shown yet: its last word is the answer, and shown as that.
    said: String,
    /// Whether text is shown at once.
    live: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum To {
    Nobody,
    Errors,
    Pane,
}

impl Show {
    /// Shows it on standard error, unless nobody wants to see it.
    #[must_use]
    pub fn new(quiet: bool, label: Option<&str>, format: Format) -> Show {
        let to = if quiet { To::Nobody } else { To::Errors };
        let label = label.map(|label| format!("[{label}] ")).unwrap_or_default();
        Show { to, label, said: String::new(), live: format == Format::Text }
    }

    /// Shows it in a pane.
    #[must_use]
    pub fn in_pane() -> Show {
        Show { to: To::Pane, label: String::new(), said: String::new(), live: true }
    }

    /// Returns whether the answer was shown already, on the very screen where it would be printed.
    #[must_use]
    pub fn has_shown_all(quiet: bool, format: Format) -> bool {
        !quiet && format == Format::Text && std::io::stderr().is_terminal() && std::io::stdout().is_terminal()
    }

    /// Shows what its program tells.
    pub fn progress(&mut self, progress: &Progress) {
        let line = match progress {
            Progress::Text(text) => return self.text(text),
            Progress::ToolBegan { tool, what } if what.is_empty() => format!("▶ {tool}"),
            Progress::ToolBegan { tool, what } => format!("▶ {tool}: {what}"),
            Progress::ToolEnded { ok: true, .. } => return,
            // Said when it has ended.
            Progress::Failed(_) => return,
            Progress::ToolEnded { tool, ok: false } => {
                format!("✖ {} failed", if tool.is_empty() { "it" } else { tool })
            }
            Progress::Denied(what) => format!("◆ denied: {what}"),
            Progress::Retrying(why) => format!("↻ {why}"),
            Progress::Warned(why) => format!("! {why}"),
        };
        self.flush();
        match progress {
            Progress::ToolBegan { tool, what } if self.to == To::Pane => {
                self.line(&format!("{}{line}", status("working", &format!("{tool}: {what}"))));
            }
            _ => self.line(&line),
        }
    }

    /// Tells a pane's terminal what the run is doing, and says it.
    pub fn tell(&mut self, state: &str, words: &str) {
        self.flush();
        let words = clean(words, LONGEST_LINE);
        self.line(&format!("{}{words}", status(state, &words)));
    }

    /// Says something of the run itself.
    pub fn say(&mut self, words: &str) {
        self.flush();
        self.line(&clean(words, LONGEST_LINE));
    }

    /// Shows what was said last, where the answer is not shown in another way.
    pub fn finish(&mut self) {
        if self.to == To::Pane {
            self.flush();
        }
    }

    /// Shows what was said so far.
    pub fn flush(&mut self) {
        let said = std::mem::take(&mut self.said);
        said.lines().filter(|line| !line.trim().is_empty()).for_each(|line| self.line(&shown(line)));
    }

    fn text(&mut self, text: &str) {
        if self.to == To::Nobody {
            return;
        }
        self.said.push_str(text);
        if self.said.len() > LONGEST_TEXT {
            self.flush();
        } else if self.live
            && let Some(end) = self.said.rfind('\n')
        {
            let rest = self.said.split_off(end + 1);
            self.flush();
            self.said = rest;
        }
    }

    fn line(&self, line: &str) {
        match self.to {
            To::Nobody => {}
            // Where nobody can read it, nobody needs it.
            To::Errors => drop(writeln!(std::io::stderr().lock(), "{}{line}", self.label)),
            To::Pane => {
                let mut out = std::io::stdout().lock();
                drop(writeln!(out, "{line}").and_then(|()| out.flush()));
            }
        }
    }
}

/// Returns the words by which a program tells its terminal what it is doing (OSC 7501).
fn status(state: &str, words: &str) -> String {
    let words = STANDARD.encode(clean(words, LONGEST_STATUS));
    format!("\x1b]7501;state={state}:app=agentctl:msg={words}\x1b\\")
}

/// Returns a line as it may be shown, its indentation kept.
fn shown(line: &str) -> String {
    let indent: String = line.chars().take_while(|c| *c == ' ').take(40).collect();
    indent + &clean(line, LONGEST_LINE)
}

/// Returns an answer as it may be shown in a terminal: its lines are kept, and nothing in them controls anything.
#[must_use]
pub fn harmless(text: &str) -> String {
    let kept = text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c });
    kept.collect()
}
