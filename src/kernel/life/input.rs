//! What is observed of a process, what is due about it, and what is done to it.

use crate::domain::{AgentId, Exit, Launch, Observation};

/// Something that was observed of a process. A fact about an earlier start is ignored.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// The process is up.
    Started {
        /// The agent.
        agent: AgentId,
        /// Which start.
        epoch: u32,
        /// Its process.
        pid: u32,
    },
    /// The agent could not be started.
    StartFailed {
        /// The agent.
        agent: AgentId,
        /// Which start.
        epoch: u32,
        /// Why.
        reason: String,
    },
    /// The process ended.
    Exited {
        /// The agent.
        agent: AgentId,
        /// Which start.
        epoch: u32,
        /// How.
        exit: Exit,
    },
    /// The agent is seen doing something else.
    Observed {
        /// The agent.
        agent: AgentId,
        /// Which start.
        epoch: u32,
        /// What is seen.
        seen: Observation,
    },
}

/// A time about a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// See whether an agent's turn takes too long.
    Overdue {
        /// The agent.
        agent: AgentId,
    },
}

/// Something to be done to a process.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Start an agent's process.
    Start {
        /// The agent.
        agent: AgentId,
        /// Which start.
        epoch: u32,
        /// How.
        launch: Launch,
        /// The conversation it is to go on in; none is a new one.
        conversation: Option<String>,
    },
    /// Ask an agent's process tree to end, and force it after a grace.
    Stop {
        /// The agent.
        agent: AgentId,
    },
    /// End an agent's process tree at once.
    Kill {
        /// The agent.
        agent: AgentId,
    },
    /// End an agent's process tree at once, and remove what is kept of it.
    Erase {
        /// The agent.
        agent: AgentId,
    },
    /// Press the keys that interrupt an agent's turn.
    Interrupt {
        /// The agent.
        agent: AgentId,
        /// Even into a dialog.
        force: bool,
    },
}
