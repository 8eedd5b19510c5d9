//! What an agent is doing, and the evidence for it.
//!
//! A state is never taken from one source: every verdict keeps what each source said, by which rule and when,
//! so that a person can ask why. The words and glyphs are the same everywhere in the program.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Timestamp;

/// What an agent is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentState {
    /// The process is up, and not yet ready for input.
    Starting,
    /// Ready for input.
    Idle,
    /// Waiting for its model.
    Thinking,
    /// Running tools, writing.
    Working,
    /// Needs someone.
    Waiting(WaitFor),
    /// Crashed, or the model's API failed it.
    Error,
    /// Being brought back.
    Recovering,
    /// Not running.
    Stopped,
}

/// What a waiting agent waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitFor {
    /// A person's yes or no.
    Approval,
    /// An answer to a question.
    Answer,
    /// A person to log in.
    Login,
    /// Other agents, at a barrier.
    Barrier,
    /// A lock that another agent holds.
    Lock,
}

impl AgentState {
    /// The eight words, in the order in which totals are shown.
    pub const WORDS: [&'static str; 8] =
        ["waiting", "error", "working", "thinking", "recovering", "starting", "idle", "stopped"];

    /// Returns the state's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            AgentState::Starting => "starting",
            AgentState::Idle => "idle",
            AgentState::Thinking => "thinking",
            AgentState::Working => "working",
            AgentState::Waiting(_) => "waiting",
            AgentState::Error => "error",
            AgentState::Recovering => "recovering",
            AgentState::Stopped => "stopped",
        }
    }

    /// Returns the glyph that stands beside the word; colour never stands alone.
    #[must_use]
    pub fn glyph(self) -> char {
        match self {
            AgentState::Starting => '◌',
            AgentState::Idle => '○',
            AgentState::Thinking => '◐',
            AgentState::Working => '▶',
            AgentState::Waiting(_) => '◆',
            AgentState::Error => '✖',
            AgentState::Recovering => '↻',
            AgentState::Stopped => '■',
        }
    }

    /// Returns whether a person should look at this agent now.
    #[must_use]
    pub fn needs_person(self) -> bool {
        match self {
            AgentState::Waiting(WaitFor::Approval | WaitFor::Answer | WaitFor::Login) | AgentState::Error => {
                true
            }
            AgentState::Waiting(WaitFor::Barrier | WaitFor::Lock)
            | AgentState::Starting
            | AgentState::Idle
            | AgentState::Thinking
            | AgentState::Working
            | AgentState::Recovering
            | AgentState::Stopped => false,
        }
    }

    /// Returns whether the agent has a turn under way.
    #[must_use]
    pub fn is_busy(self) -> bool {
        matches!(self, AgentState::Thinking | AgentState::Working)
    }
}

impl WaitFor {
    /// Returns what is waited for, as a word that fits after "waiting for".
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            WaitFor::Approval => "approval",
            WaitFor::Answer => "an answer",
            WaitFor::Login => "a login",
            WaitFor::Barrier => "a barrier",
            WaitFor::Lock => "a lock",
        }
    }
}

impl fmt::Display for AgentState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// Where a piece of evidence came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The process itself: started, exited.
    Process,
    /// The program status protocol, OSC 7501.
    Status,
    /// A hook of the program, run for what just happened.
    Hook,
    /// A file in which the program keeps what it does, or the server it offers.
    Record,
    /// A notification: OSC 9, 99 or 777.
    Notification,
    /// A progress report: OSC 9;4.
    Progress,
    /// A prompt mark: OSC 133.
    Prompt,
    /// The window's title: OSC 0 or 2.
    Title,
    /// A rule that matched the screen's text.
    Screen,
    /// Output, or its absence.
    Activity,
}

impl Source {
    /// Returns the source in one plain word.
    #[must_use]
    pub fn short(self) -> &'static str {
        match self {
            Source::Process => "process",
            Source::Status => "status",
            Source::Hook => "hook",
            Source::Record => "record",
            Source::Notification => "notification",
            Source::Progress => "progress",
            Source::Prompt => "prompt",
            Source::Title => "title",
            Source::Screen => "screen",
            Source::Activity => "output",
        }
    }

    /// Returns the source's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Source::Process => "process",
            Source::Status => "status (OSC 7501)",
            Source::Hook => "hook",
            Source::Record => "record",
            Source::Notification => "notification",
            Source::Progress => "progress (OSC 9;4)",
            Source::Prompt => "prompt mark (OSC 133)",
            Source::Title => "title",
            Source::Screen => "screen rule",
            Source::Activity => "activity",
        }
    }
}

/// One reason to believe a state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Who says so.
    pub source: Source,
    /// The state it speaks for.
    pub state: AgentState,
    /// The rule that read it, by name.
    pub rule: String,
    /// The words that were read, made harmless to show.
    pub detail: String,
    /// When it was read.
    pub at: Timestamp,
    /// How far it is believed, 0 to 100.
    pub confidence: u8,
    /// Whether the verdict rests on it.
    pub decisive: bool,
}

/// What is seen of an agent from outside; it reaches the kernel only when it changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// The verdict.
    pub state: AgentState,
    /// Why, in a few words.
    pub reason: String,
    /// What it says it is doing, if it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// Its window title, made harmless to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// How far it says it is, 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<u8>,
    /// The source that the verdict rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// The rule by which a dialog is on its screen that keys are known to answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dialog: Option<String>,
    /// Whether something unsent stands in its input.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub draft: bool,
}

impl Observation {
    /// Returns what is seen where nothing is known but a state and why.
    #[must_use]
    pub fn new(state: AgentState, reason: impl Into<String>) -> Observation {
        let reason = reason.into();
        Observation {
            state,
            reason,
            task: None,
            title: None,
            progress: None,
            source: None,
            dialog: None,
            draft: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_its_own_word_and_glyph() {
        let all = [
            AgentState::Starting,
            AgentState::Idle,
            AgentState::Thinking,
            AgentState::Working,
            AgentState::Waiting(WaitFor::Approval),
            AgentState::Error,
            AgentState::Recovering,
            AgentState::Stopped,
        ];
        let words: std::collections::BTreeSet<_> = all.iter().map(|s| s.word()).collect();
        let glyphs: std::collections::BTreeSet<_> = all.iter().map(|s| s.glyph()).collect();
        assert_eq!((words.len(), glyphs.len()), (8, 8));
        assert_eq!(words, AgentState::WORDS.into_iter().collect());
    }
}
