//! The life of an agent's process: wanted, started, seen, ended; its turns, its conversations, its time limit.
//!
//! What a person wants always wins over what is under way: a stop during a start stops, and nothing restarts an agent
//! that was stopped. It does not know what is typed into an agent or what the agent asks.

mod command;
mod event;
mod input;
mod limit;
mod live;
mod refusal;
mod rule;
mod state;
mod turn;

pub use command::Command;
pub use event::Event;
pub use input::{Effect, Fact, Timer};
pub use limit::{Clock, time_limit, time_notice};
pub use live::{Live, Phase};
pub use refusal::{Refusal, Reply};
pub use state::State;
pub use turn::Turn;

#[cfg(test)]
pub(super) use limit::Passed;
pub(super) use limit::{due, watch};
pub(super) use live::is_forced;
pub(super) use rule::{begin, begin_after_failure, decide, observe, resumed};
pub(super) use turn::{Effort, signalled};

use std::collections::BTreeMap;

use crate::domain::{AgentId, Timestamp};

/// What is so at present and belongs to no past: it lives in the kernel, not in the state.
#[derive(Clone, Debug, Default)]
pub(super) struct Present {
    /// When a person last pressed a key that interrupts a turn under way.
    interrupted: BTreeMap<AgentId, Timestamp>,
    /// When each agent's time limit is looked at next, so that it has one timer however often it becomes busy.
    looks: BTreeMap<AgentId, Timestamp>,
}

impl Present {
    /// Notes that a person pressed a key that interrupts a turn.
    pub(super) fn interrupt(&mut self, agent: AgentId, now: Timestamp) {
        self.interrupted.insert(agent, now);
    }

    /// Forgets an agent that is gone.
    pub(super) fn forget(&mut self, agent: AgentId) {
        self.interrupted.remove(&agent);
        self.looks.remove(&agent);
    }
}
