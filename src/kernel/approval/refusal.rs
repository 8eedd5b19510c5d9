//! Why an answer is not accepted.

use super::super::kind::{Explained, RefusalKind};
use crate::domain::ApprovalId;

/// Why an answer is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing was asked under this number, or long ago.
    #[error("there is no approval {0}")]
    NoApproval(ApprovalId),
    /// Another answer was first, or it ended in another way.
    #[error("approval {0} is settled: {1}")]
    Settled(ApprovalId, String),
    /// That is not an answer to what is asked.
    #[error("approval {0} is not answered so: {1}")]
    WrongAnswer(ApprovalId, String),
    /// It cannot be answered from here.
    #[error("approval {0} cannot be answered from here: {1}")]
    NotAnswerable(ApprovalId, String),
}

impl Explained for Refusal {
    fn kind(&self) -> RefusalKind {
        match self {
            Refusal::NoApproval(_) => RefusalKind::NotFound,
            Refusal::WrongAnswer(..) => RefusalKind::Invalid,
            Refusal::Settled(..) | Refusal::NotAnswerable(..) => RefusalKind::Conflict,
        }
    }

    fn hint(&self) -> Option<String> {
        None
    }
}
