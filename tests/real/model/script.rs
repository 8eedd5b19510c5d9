//! What the model says, chosen by a word in capitals in the prompt.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::lab::prose;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// A short answer; without any other word.
    Hello,
    /// An answer that takes some three seconds.
    Slow,
    /// Thoughts, and then an answer.
    Think,
    /// A command that needs a person's yes.
    RunCommand,
    /// A command that is allowed beforehand and takes three seconds.
    RunSlowly,
    /// A command that is allowed beforehand and fails.
    RunFailing,
    /// A file is written, which needs a person's yes.
    WriteFile,
    /// A tool of an MCP server, which needs a person's yes.
    CallTool,
    /// A question with answers to choose from.
    AskPerson,
    /// A subagent.
    Delegate,
    /// A refusal with this status.
    Refuse(u16),
    /// An answer of this number that looks like a dialog and is none.
    Prose(u8),
}

const WORDS: [(&str, Word); 15] = [
    ("SLOW", Word::Slow),
    ("THINK", Word::Think),
    ("RUNBASH", Word::RunCommand),
    ("LINGER", Word::RunSlowly),
    ("FALTER", Word::RunFailing),
    ("WRITEFILE", Word::WriteFile),
    ("MCPCALL", Word::CallTool),
    ("ASKPERSON", Word::AskPerson),
    ("DELEGATE", Word::Delegate),
    ("ERR401", Word::Refuse(401)),
    ("ERR429", Word::Refuse(429)),
    ("ERR500", Word::Refuse(500)),
    ("ERR529", Word::Refuse(529)),
    ("PROSE", Word::Prose(0)),
    ("HELLO", Word::Hello),
];

/// What a subagent is told, so that its requests are known.
pub const CHILD: &str = "CHILDTASK";

/// What is answered.
#[derive(Clone, Debug)]
pub struct Answer {
    pub thought: Option<String>,
    pub text: String,
    pub pace: Duration,
}

impl Word {
    /// Returns what the newest word of a prompt asks for. A prompt that is the result of a tool has none of its own.
    pub fn of(text: &str) -> Option<Word> {
        let (at, (word, meant)) =
            WORDS.iter().filter_map(|entry| Some((text.rfind(entry.0)?, entry))).max_by_key(|(at, _)| *at)?;
        if let Word::Prose(_) = meant {
            let number: String = text[at + word.len()..].chars().take_while(char::is_ascii_digit).collect();
            return Some(Word::Prose(number.parse().unwrap_or(0)));
        }
        Some(*meant)
    }

    /// Returns the status with which the request is refused.
    pub fn refusal(self) -> Option<u16> {
        match self {
            Word::Refuse(status) => Some(status),
            _ => None,
        }
    }

    /// Returns whether the answer calls a tool.
    pub fn calls(self) -> bool {
        matches!(
            self,
            Word::RunCommand
                | Word::RunSlowly
                | Word::RunFailing
                | Word::WriteFile
                | Word::CallTool
                | Word::AskPerson
                | Word::Delegate
        )
    }

    /// Returns the command that is to be run, if one is.
    pub fn command(self) -> Option<&'static str> {
        match self {
            Word::RunCommand => Some("touch made_by_model.txt && echo model-ran"),
            Word::RunSlowly => Some("sleep 3"),
            Word::RunFailing => Some("sleep nowhere"),
            _ => None,
        }
    }

    /// Returns what is said.
    pub fn answer(self) -> Answer {
        match self {
            Word::Slow => Answer {
                pace: Duration::from_millis(100),
                ..Answer::words(&"one word follows another ".repeat(7))
            },
            Word::Think => Answer {
                thought: Some(
                    "**Considering**\n\nStep by step this is thought about with some care.".to_owned(),
                ),
                pace: Duration::from_millis(100),
                ..Answer::words("It was thought about. MODEL-REPLY")
            },
            Word::Prose(number) => Answer::words(&prose::text(number)),
            word if word.calls() => Answer::words("A tool is used now."),
            _ => Answer::words("Hello from the model. MODEL-REPLY"),
        }
    }
}

impl Answer {
    pub fn words(text: &str) -> Answer {
        Answer { thought: None, text: text.to_owned(), pace: Duration::from_millis(20) }
    }
}
