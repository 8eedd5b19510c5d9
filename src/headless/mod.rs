//! What an agent's program writes when it runs one prompt without a screen: its stream, read line by line into what
//! goes on, and at the end into what came of it.
//!
//! Each kind of stream has a file here. All of them promise the same: any bytes are taken, what is not understood is
//! counted and passed over, and what is kept is bounded. Nothing is known here of processes and limits of time; texts
//! are the program's own and must be cleaned before a person sees them, except where it is said that they are.

mod claude;
mod codex;
mod cursor;
mod gathered;
mod gemini;
mod opencode;
mod reader;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use crate::domain::{Usage, nearest};

pub use reader::Reader;

/// The longest line that is read; a longer one is passed over.
pub const LONGEST_LINE: usize = 8 << 20;
/// The longest answer that is kept.
pub const LONGEST_TEXT: usize = 4 << 20;

/// Which kind of stream a program writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// `claude -p --output-format stream-json`; Qwen Code and amp write the same.
    Claude,
    /// `codex exec --json`.
    Codex,
    /// `gemini -o stream-json`.
    Gemini,
    /// `opencode run --format json`.
    Opencode,
    /// `cursor-agent -p --output-format stream-json`.
    Cursor,
    /// Plain text: all of it is the answer.
    Text,
}

impl Format {
    /// Every kind, with its word. The part before the first `-` will do, too.
    pub const ALL: [(&str, Format); 6] = [
        ("claude-stream-json", Format::Claude),
        ("codex-jsonl", Format::Codex),
        ("gemini-stream-json", Format::Gemini),
        ("opencode-json", Format::Opencode),
        ("cursor-stream-json", Format::Cursor),
        ("text", Format::Text),
    ];

    /// Returns the kind's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        Format::ALL.into_iter().find(|(_, format)| *format == self).map_or("text", |(word, _)| word)
    }

    /// Returns whether a stream of this kind says that it is complete. One that does not is complete when it ends.
    #[must_use]
    pub fn tells_its_end(self) -> bool {
        !matches!(self, Format::Opencode | Format::Text)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// A word that names no kind of stream.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is no kind of stream; {}", hint(.word))]
pub struct StrangeFormat {
    word: String,
}

fn hint(word: &str) -> String {
    let known = Format::ALL.map(|(word, _)| word);
    nearest(word, known)
        .map_or_else(|| format!("it can be {}", known.join(", ")), |near| format!("did you mean `{near}`?"))
}

impl FromStr for Format {
    type Err = StrangeFormat;

    fn from_str(word: &str) -> Result<Format, StrangeFormat> {
        let found = Format::ALL
            .into_iter()
            .find(|(known, _)| *known == word || known.split('-').next() == Some(word));
        found.map(|(_, format)| format).ok_or_else(|| StrangeFormat { word: word.to_owned() })
    }
}

/// Something that goes on. Its words are cleaned and short, but for [`Progress::Text`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The model says something: a message, or a piece of one. It is as the program wrote it.
    Text(String),
    /// A tool is being used.
    ToolBegan {
        /// The tool, as its program calls it.
        tool: String,
        /// What it is used for: a command, a file, a description.
        what: String,
    },
    /// A tool was used.
    ToolEnded {
        /// The tool; empty if the stream does not say which.
        tool: String,
        /// Whether it worked.
        ok: bool,
    },
    /// A tool may not be used.
    Denied(String),
    /// Its service does not answer as it should, and is asked again.
    Retrying(String),
    /// Something is not as it should be, and it goes on.
    Warned(String),
    /// Something went wrong for good.
    Failed(String),
}

/// What came of a run, as its stream tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The model's last word, as the program wrote it.
    pub text: String,
    /// The conversation, as its program numbers it.
    pub conversation: Option<String>,
    /// What was used, by model; running totals of this conversation.
    pub usage: Vec<Usage>,
    /// How often the model was asked, where that is told.
    pub turns: Option<u64>,
    /// What went wrong; cleaned.
    pub error: Option<String>,
    /// The tools that might not be used; cleaned.
    pub denied: Vec<String>,
    /// Whether the stream said that it is complete.
    pub finished: bool,
    /// Whether the usage is only what could be gathered before the stream broke off.
    pub partial: bool,
    /// Whether the program ended itself because it may spend no more.
    pub exhausted: bool,
    /// Whether the text is longer than what was kept of it.
    pub cut: bool,
    /// How many lines were not understood.
    pub malformed: u64,
}
