//! What is so at present about turns and belongs to no past: it lives in the kernel, not in the state.

use std::collections::BTreeMap;

use crate::domain::{AgentId, Timestamp};

/// What is so at present and belongs to no past: it lives in the kernel, not in the state.
#[derive(Clone, Debug, Default)]
pub(in crate::kernel) struct Present {
    /// When a person last pressed a key that interrupts a turn under way.
    pub(super) interrupted: BTreeMap<AgentId, Timestamp>,
    /// When each agent's time limit is looked at next, so that it has one timer however often it becomes busy.
    pub(super) looks: BTreeMap<AgentId, Timestamp>,
}

impl Present {
    /// Notes that a person pressed a key that interrupts a turn.
    pub(in crate::kernel) fn interrupt(&mut self, agent: AgentId, now: Timestamp) {
        self.interrupted.insert(agent, now);
    }

    /// Forgets an agent that is gone.
    pub(in crate::kernel) fn forget(&mut self, agent: AgentId) {
        self.interrupted.remove(&agent);
        self.looks.remove(&agent);
    }
}
