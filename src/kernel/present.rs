//! What is so at present, by part: it lives in the kernel, not in the state, and a crash forgets it.

use super::{approval, broadcast, life};
use crate::domain::AgentId;

/// What is so at present and belongs to no past, by part.
#[derive(Clone, Debug, Default)]
pub(super) struct Present {
    pub(super) life: life::Present,
    pub(super) approval: approval::Present,
    pub(super) broadcast: broadcast::Present,
}

impl Present {
    /// Forgets an agent that is gone.
    pub(super) fn forget(&mut self, agent: AgentId) {
        self.life.forget(agent);
        self.approval.forget(agent);
    }
}
