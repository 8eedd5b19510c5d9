//! What may be asked about approvals.

use serde::{Deserialize, Serialize};

use crate::domain::{ApprovalId, Verdict};

/// One thing asked about approvals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command")]
pub enum Command {
    /// Answer what an agent asks.
    #[serde(rename = "approval.answer", alias = "answer")]
    Answer {
        /// What it asks.
        approval: ApprovalId,
        /// The answer.
        verdict: Verdict,
    },
}
