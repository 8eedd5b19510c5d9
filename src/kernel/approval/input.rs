//! What is observed of dialogs and hooks, what is due about answers, and how an answer is given.

use crate::domain::{AgentId, ApprovalId, Ask, Verdict};

/// Something that was observed of what an agent asks. A fact about an earlier start is ignored.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// An agent's program waits at a hook for the answer to what it asks.
    HookWaits {
        /// The agent.
        agent: AgentId,
        /// The key of what it asks.
        key: String,
    },
    /// It no longer waits there.
    HookGone {
        /// The agent.
        agent: AgentId,
        /// The key of what it asked.
        key: String,
    },
    /// The dialog on an agent's screen says this, and offers this.
    Shows {
        /// The agent.
        agent: AgentId,
        /// Which start.
        epoch: u32,
        /// What it asks, as far as its screen and its records tell.
        ask: Ask,
        /// What it offers, in the order in which it is shown.
        choices: Vec<String>,
    },
    /// The keys of an answer were not pressed.
    AnswerRefused {
        /// The agent.
        agent: AgentId,
        /// Which start.
        epoch: u32,
        /// What was answered.
        approval: ApprovalId,
        /// Why not.
        reason: String,
    },
}

/// A time about an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// Stop waiting for the agent to act on an answer.
    Confirm {
        /// What was answered.
        approval: ApprovalId,
    },
    /// Stop waiting for a sight of an agent that lived through the daemon's own absence.
    Unseen {
        /// The agent.
        agent: AgentId,
    },
}

/// How an answer is given.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Answer at the hook where a program waits.
    AnswerHook {
        /// The agent.
        agent: AgentId,
        /// The key of what it asks.
        key: String,
        /// The answer.
        verdict: Verdict,
    },
    /// Press the keys that answer a dialog, if it is still on the screen.
    PressAnswer {
        /// The agent.
        agent: AgentId,
        /// What it asks.
        approval: ApprovalId,
        /// The rule that knows the dialog.
        dialog: String,
        /// The answer.
        verdict: Verdict,
    },
}
