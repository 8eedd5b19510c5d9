//! Bytes into lines, and lines to whoever knows their kind.

use serde_json::Value;

use super::gathered::Gathered;
use super::{Format, LONGEST_LINE, Outcome, Progress, claude, codex, cursor, gemini, opencode};
use crate::domain::Usage;

/// Reads one stream.
#[derive(Debug)]
pub struct Reader {
    format: Format,
    gathered: Gathered,
    /// A line that is not complete yet.
    begun: Vec<u8>,
    /// Whether the line that is being read is too long to be kept.
    too_long: bool,
}

impl Reader {
    /// Returns a reader of a stream of this kind.
    #[must_use]
    pub fn new(format: Format) -> Reader {
        Reader { format, gathered: Gathered::default(), begun: Vec::new(), too_long: false }
    }

    /// Reads what the program wrote, and adds what goes on to `out`.
    pub fn feed(&mut self, mut bytes: &[u8], out: &mut Vec<Progress>) {
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            let (line, rest) = (&bytes[..end], &bytes[end + 1..]);
            if self.begun.is_empty() && !self.too_long {
                self.line(line, out);
            } else {
                self.keep(line);
                self.end_line(out);
            }
            bytes = rest;
        }
        self.keep(bytes);
    }

    /// Returns what is used up to now, as far as the stream tells it.
    #[must_use]
    pub fn usage(&self) -> Vec<Usage> {
        self.gathered.usage()
    }

    /// Returns whether the stream said that it is complete.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.gathered.outcome.finished
    }

    /// Returns what came of it. The stream has ended, or nothing more of it is read.
    #[must_use]
    pub fn finish(mut self, out: &mut Vec<Progress>) -> Outcome {
        if !self.begun.is_empty() || self.too_long {
            self.end_line(out);
        }
        if self.format == Format::Text {
            let trimmed = self.gathered.outcome.text.trim_end().len();
            self.gathered.outcome.text.truncate(trimmed);
        }
        self.gathered.finish()
    }

    fn keep(&mut self, part: &[u8]) {
        if self.too_long || self.begun.len() + part.len() > LONGEST_LINE {
            self.too_long = true;
            self.begun = Vec::new();
        } else {
            self.begun.extend_from_slice(part);
        }
    }

    fn end_line(&mut self, out: &mut Vec<Progress>) {
        let line = std::mem::take(&mut self.begun);
        if std::mem::take(&mut self.too_long) {
            self.gathered.outcome.malformed += 1;
        } else {
            self.line(&line, out);
        }
    }

    fn line(&mut self, line: &[u8], out: &mut Vec<Progress>) {
        if self.format == Format::Text {
            let text = String::from_utf8_lossy(line);
            let text = text.strip_suffix('\r').unwrap_or(&text);
            self.gathered.append(text);
            self.gathered.append("\n");
            if !text.trim().is_empty() {
                out.push(Progress::Text(format!("{text}\n")));
            }
            return;
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            return;
        }
        let Some(value) = serde_json::from_slice::<Value>(line).ok().filter(Value::is_object) else {
            self.gathered.outcome.malformed += 1;
            return;
        };
        let read = match self.format {
            Format::Claude => claude::read,
            Format::Codex => codex::read,
            Format::Gemini => gemini::read,
            Format::Opencode => opencode::read,
            Format::Cursor => cursor::read,
            Format::Text => return,
        };
        read(&value, &mut self.gathered, out);
    }
}
