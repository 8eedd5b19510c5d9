//! A person's yes or no: what an agent asks, and what it is answered.

use serde::{Deserialize, Serialize};

use super::{AgentId, Timestamp};

/// Something that waits for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Its identity.
    pub id: super::ApprovalId,
    /// Who asks.
    pub agent: AgentId,
    /// Which start of the agent asked; a later one never did.
    pub epoch: u32,
    /// What is asked.
    pub ask: Ask,
    /// Since when.
    pub asked_at: Timestamp,
}

/// What is asked. Everything in it is an agent's word: it is cleaned before it is shown, and allows nothing by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// What kind of thing.
    pub kind: AskKind,
    /// How an answer finds its way; none where only the agent's own screen can be answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// How many characters of what is asked are missing here, because it is too long.
    #[serde(default)]
    pub missing: usize,
}

impl Ask {
    /// Returns what is asked, all of it told.
    #[must_use]
    pub fn new(kind: AskKind, key: Option<String>) -> Ask {
        Ask { kind, key, missing: 0 }
    }

    /// Returns whether it is not told what exactly is asked.
    #[must_use]
    pub fn is_vague(&self) -> bool {
        match &self.kind {
            AskKind::Permission { tool, .. } => tool.is_empty(),
            AskKind::Question { options, .. } | AskKind::Dialog { options, .. } => options.is_empty(),
            AskKind::Login { .. } => false,
        }
    }

    /// Returns the options that are known of it.
    #[must_use]
    pub fn options(&self) -> &[String] {
        match &self.kind {
            AskKind::Question { options, .. } | AskKind::Dialog { options, .. } => options,
            AskKind::Permission { .. } | AskKind::Login { .. } => &[],
        }
    }
}

/// What kind of thing is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AskKind {
    /// May it use a tool?
    Permission {
        /// The tool, as its program calls it; empty where it is not told.
        tool: String,
        /// What exactly would be done: a command, a path, arguments; several lines, bounded.
        detail: String,
        /// What would change in a file, as a unified diff.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        diff: Option<String>,
    },
    /// Which of these?
    Question {
        /// The question.
        question: String,
        /// The options, in the order in which they are shown; none if any text answers.
        options: Vec<String>,
    },
    /// A person must log in.
    Login {
        /// What it says.
        detail: String,
    },
    /// Another dialog: to trust a folder, to pick a conversation.
    Dialog {
        /// What it says.
        detail: String,
        /// The options, in the order in which they are shown.
        options: Vec<String>,
    },
}

/// What a person answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Verdict {
    /// Yes, this once.
    Allow,
    /// No.
    Deny {
        /// Why, for the agent to read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// One of the options, counted from 0.
    Choose {
        /// Which.
        option: usize,
    },
}

/// How something that waited for a person ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum ApprovalEnd {
    /// It was answered from here, and the agent acted on that.
    Answered {
        /// What was answered.
        verdict: Verdict,
    },
    /// It was answered in the agent's own pane.
    Elsewhere,
    /// The agent gave it up, or ended.
    Withdrawn {
        /// Why.
        reason: String,
    },
}
