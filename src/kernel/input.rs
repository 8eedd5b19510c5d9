//! What reaches the kernel: what is asked, what was observed, what is due.

use super::join::join;
use super::{Command, approval, cost, delivery, life};
use crate::domain::{Actor, AgentId, Signal};

/// Something that reaches the kernel.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// A principal asks for something.
    Asked {
        /// Who.
        actor: Actor,
        /// What.
        command: Command,
    },
    /// Something was observed.
    Fact(Fact),
    /// A time that was asked for has come.
    Due(Timer),
}

join! {
    /// Something that was observed. A fact about an earlier start of an agent is ignored.
    #[derive(Clone, Debug, PartialEq)]
    Fact {
        /// About a process.
        Life(life::Fact),
        /// About a message.
        Delivery(delivery::Fact),
        /// About what an agent asks.
        Approval(approval::Fact),
        /// About what is spent.
        Cost(cost::Fact),
    } also {
        /// The daemon is up again, and these agents are alive, each with its epoch and process.
        Resumed {
            /// Agent, epoch, process.
            alive: Vec<(AgentId, u32, u32)>,
        },
        /// An agent's program told something, which concerns several parts.
        Signalled {
            /// The agent.
            agent: AgentId,
            /// Which start.
            epoch: u32,
            /// What it told.
            signal: Signal,
        },
    }
}

join! {
    /// A time that the kernel asked for. A timer that has lost its meaning by then is ignored.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    Timer {
        /// About a turn.
        Life(life::Timer),
        /// About a message.
        Delivery(delivery::Timer),
        /// About an answer.
        Approval(approval::Timer),
    }
}
