//! What a program tells of itself beside its screen: by hooks, a status line, a notify program, files it keeps.
//!
//! An adapter reads the words of one program into these; everyone else knows only these. All of it is an agent's word.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{AgentState, Ask, Source, Usage};

/// One thing that a program told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "signal", rename_all = "snake_case")]
pub enum Signal {
    /// It is in this state.
    State {
        /// Which way it was told.
        source: Source,
        /// The state.
        state: AgentState,
        /// The rule that read it, such as the hook's name.
        rule: String,
        /// Its words, cleaned.
        detail: String,
    },
    /// It took a prompt: what was submitted has arrived.
    PromptTaken {
        /// The prompt, where it is told.
        text: Option<String>,
    },
    /// Its turn is over.
    TurnEnded {
        /// The last thing the model said, where it is told.
        text: Option<String>,
        /// What went wrong, if the turn failed.
        error: Option<String>,
    },
    /// It is in this conversation.
    Conversation {
        /// Its number, by which it can be resumed.
        id: String,
        /// Where it is kept.
        transcript: Option<PathBuf>,
        /// Whether it begins with this, so that nothing was said in it yet.
        #[serde(default)]
        fresh: bool,
    },
    /// It asks a person.
    Asks(Ask),
    /// It calls a tool; a dialog that opens before that is done is about it.
    ToolCalled {
        /// The number of the call.
        call: String,
        /// The question that it may put to a person.
        ask: Ask,
    },
    /// A call of a tool is done, or was refused.
    ToolDone {
        /// The number of the call; none is all of them.
        call: Option<String>,
    },
    /// A tool that was asked about has run: so it was allowed.
    ToolRan {
        /// The key of what was asked.
        key: String,
    },
    /// What it asked is settled: answered in its pane, or done without.
    AskSettled {
        /// The key of what was asked; none settles all of it.
        key: Option<String>,
    },
    /// It has used so much by now.
    Used(Usage),
    /// Its version.
    Version {
        /// As the program writes it.
        version: String,
    },
}
