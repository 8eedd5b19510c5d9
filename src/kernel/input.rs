//! What reaches the kernel: what is asked, what was observed, what is due.

use crate::domain::{
    Actor, AgentId, ApprovalId, Ask, Command, Exit, MessageId, MicroUsd, Observation, Signal, Usage,
};
use crate::price::Day;

/// Something that reaches the kernel.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// Somebody asks for something.
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

/// Something that was observed. A fact about an earlier start of an agent is ignored.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// The daemon is up again, and these agents are alive, each with its epoch and process.
    Resumed {
        /// Agent, epoch, process.
        alive: Vec<(AgentId, u32, u32)>,
    },
    /// An agent's process is up.
    Started {
        /// The agent.
        agent: AgentId,
        /// Which start.
        epoch: u32,
        /// Its process.
        pid: u32,
    },
    /// An agent could not be started.
    StartFailed {
        /// The agent.
        agent: AgentId,
        /// Which start.
        epoch: u32,
        /// Why.
        reason: String,
    },
    /// An agent's process ended.
    Exited {
        /// The agent.
        agent: AgentId,
        /// Which start.
        epoch: u32,
        /// How.
        exit: Exit,
    },
    /// An agent is seen doing something else.
    Observed {
        /// The agent.
        agent: AgentId,
        /// Which start.
        epoch: u32,
        /// What is seen.
        seen: Observation,
    },
    /// An agent's program told something.
    Signalled {
        /// The agent.
        agent: AgentId,
        /// Which start.
        epoch: u32,
        /// What it told.
        signal: Signal,
    },
    /// An agent has used so much by now.
    Used {
        /// The agent.
        agent: AgentId,
        /// Which start.
        epoch: u32,
        /// What it has used from the beginning of its conversation to now.
        usage: Usage,
        /// What that comes to by the prices of the day, where its program tells no money.
        estimate: Option<MicroUsd>,
        /// The day.
        day: Day,
    },
    /// An agent's program waits at a hook for the answer to what it asks.
    HookWaits {
        /// The agent.
        agent: AgentId,
        /// The key of what it asks.
        key: String,
    },
    /// It waits there no more.
    HookGone {
        /// The agent.
        agent: AgentId,
        /// The key of what it asked.
        key: String,
    },
    /// A message's text stands in the agent's input, and has rested there.
    Typed {
        /// The agent.
        agent: AgentId,
        /// Which start.
        epoch: u32,
        /// The message.
        message: MessageId,
    },
    /// Nothing of a message's text was typed.
    TypeRefused {
        /// The agent.
        agent: AgentId,
        /// Which start.
        epoch: u32,
        /// The message.
        message: MessageId,
        /// Why not.
        reason: String,
    },
    /// A message's text was submitted.
    Submitted {
        /// The agent.
        agent: AgentId,
        /// Which start.
        epoch: u32,
        /// The message.
        message: MessageId,
    },
    /// Something is to be said about how a message was submitted: its key was pressed once more, or unseen.
    Noted {
        /// The agent.
        agent: AgentId,
        /// Which start.
        epoch: u32,
        /// The message.
        message: MessageId,
        /// What.
        note: String,
    },
    /// A message's text was typed, or some of it, and not submitted.
    SubmitRefused {
        /// The agent.
        agent: AgentId,
        /// Which start.
        epoch: u32,
        /// The message.
        message: MessageId,
        /// Why not.
        reason: String,
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

/// A time that the kernel asked for; one that has become meaningless by then is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// Stop waiting for the agent to react to what was submitted.
    Settle {
        /// The message.
        message: MessageId,
        /// Whom it was for.
        to: AgentId,
    },
    /// Stop waiting for an agent to be seen that lived through the daemon's own absence.
    Regard {
        /// The agent.
        agent: AgentId,
    },
    /// Try again to type what waits.
    Deliver {
        /// For whom.
        to: AgentId,
    },
    /// A message is worth nothing any more.
    Expire {
        /// The message.
        message: MessageId,
        /// Whom it was for.
        to: AgentId,
    },
    /// Stop waiting for the agent to act on an answer.
    Confirm {
        /// What was answered.
        approval: ApprovalId,
    },
    /// See whether an agent's turn takes too long.
    Overdue {
        /// The agent.
        agent: AgentId,
    },
}
