//! What happens to what agents ask.

use serde::{Deserialize, Serialize};

use super::super::kind::{Durability, Kept, Subject};
use crate::domain::{AgentId, Approval, ApprovalEnd, ApprovalId, Ask, Verdict};

/// One thing that happened to what an agent asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Event {
    /// An agent asks a person.
    #[serde(rename = "approval.asked", alias = "approval_asked")]
    Asked {
        /// What it asks.
        approval: Approval,
    },
    /// More is known of what an agent asks.
    #[serde(rename = "approval.told", alias = "approval_told")]
    Told {
        /// What it asks.
        approval: ApprovalId,
        /// The agent.
        agent: AgentId,
        /// What is known of it now.
        ask: Ask,
        /// What its dialog offers, in the order in which it is shown.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        choices: Vec<String>,
        /// Only its screen told of it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        by_screen: bool,
    },
    /// What an agent asks was answered.
    #[serde(rename = "approval.answered", alias = "approval_answered")]
    Answered {
        /// What it asks.
        approval: ApprovalId,
        /// The agent.
        agent: AgentId,
        /// The answer.
        verdict: Verdict,
        /// It is given by keys, which carry no reason.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        by_keys: bool,
    },
    /// The agent did not act on an answer; what it asks is open again.
    #[serde(rename = "approval.unconfirmed", alias = "approval_unconfirmed")]
    Unconfirmed {
        /// What it asks.
        approval: ApprovalId,
        /// The agent.
        agent: AgentId,
        /// What is known of why.
        reason: String,
    },
    /// What an agent asked is settled.
    #[serde(rename = "approval.closed", alias = "approval_closed")]
    Closed {
        /// What it asked.
        approval: ApprovalId,
        /// The agent.
        agent: AgentId,
        /// How it ended.
        end: ApprovalEnd,
        /// What became of the reason of a denial; the first format told it here.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    /// The reason of a denial that was given by keys was passed on, or could not be.
    #[serde(rename = "approval.noted")]
    Noted {
        /// What it asked.
        approval: ApprovalId,
        /// The agent.
        agent: AgentId,
        /// What became of the reason.
        note: String,
    },
}

impl Event {
    /// Returns the agent it is about.
    #[must_use]
    pub fn agent(&self) -> AgentId {
        match self {
            Event::Asked { approval } => approval.agent,
            Event::Told { agent, .. }
            | Event::Answered { agent, .. }
            | Event::Unconfirmed { agent, .. }
            | Event::Closed { agent, .. }
            | Event::Noted { agent, .. } => *agent,
        }
    }
}

impl Kept for Event {
    fn durability(&self) -> Durability {
        match self {
            Event::Answered { .. } => Durability::Durable,
            Event::Asked { .. }
            | Event::Told { .. }
            | Event::Unconfirmed { .. }
            | Event::Closed { .. }
            | Event::Noted { .. } => Durability::Recorded,
        }
    }

    fn subject(&self) -> Subject {
        Subject::Asked(self.agent())
    }
}
