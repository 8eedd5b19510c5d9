//! What comes out of the kernel: the answer, the events, the effects; or why it is refused.

use crate::domain::{
    AgentId, ApprovalId, BroadcastId, BroadcastReport, EventRecord, Input as Pressed, Launch, MessageId,
    MessageStatus, Name, Target, TeamId, Timestamp, Verdict,
};

use super::{Timer, agent, letter, mail};

/// Something the daemon must do, once the events of the same outcome are kept.
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
    /// Give an agent's pane something that was pressed.
    Press {
        /// The agent.
        agent: AgentId,
        /// What was pressed.
        input: Pressed,
    },
    /// Type a message's text into an agent's input, unless that is not ready after all; nothing is submitted.
    Type {
        /// The agent.
        agent: AgentId,
        /// The message.
        message: MessageId,
        /// What is typed.
        text: String,
    },
    /// Press the key that submits what was typed, unless the agent has a dialog open after all.
    Submit {
        /// The agent.
        agent: AgentId,
        /// The message.
        message: MessageId,
    },
    /// Leave what was typed where it stands; it will not be submitted.
    Abandon {
        /// The agent.
        agent: AgentId,
        /// The message.
        message: MessageId,
    },
    /// Press the keys that interrupt an agent's turn.
    Interrupt {
        /// The agent.
        agent: AgentId,
        /// Even into a dialog.
        force: bool,
    },
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
        /// The rule by which the dialog is known.
        dialog: String,
        /// The answer.
        verdict: Verdict,
    },
    /// Come back at this time.
    Wake {
        /// When.
        at: Timestamp,
        /// With what.
        timer: Timer,
    },
}

/// The answer to a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// It is done.
    Done,
    /// It is done, in another way than was asked; this says how.
    Noted(String),
    /// These agents go on in their conversations, and those begin anew.
    Resumed {
        /// Who goes on.
        resumed: Vec<Name>,
        /// Who had no conversation to go on in.
        anew: Vec<Name>,
    },
    /// A team was made.
    Team(TeamId, Name),
    /// An agent was made.
    Agent(AgentId, Name),
    /// A message was accepted.
    Message(MessageId, Name, MessageStatus),
    /// What became of the message to each agent of a scope; no number where it was refused.
    Messages(Vec<(Name, Option<MessageId>, MessageStatus)>),
    /// A broadcast would reach these.
    Broadcast(BroadcastId, Vec<Target>),
    /// What a broadcast's targets got.
    Report(BroadcastReport),
}

/// Why a command is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No agent has this name or identity.
    #[error("there is no agent `{0}`{hint}", hint = near(.1.as_deref()))]
    NoAgent(String, Option<String>),
    /// No team has this name or identity.
    #[error("there is no team `{0}`{hint}", hint = near(.1.as_deref()))]
    NoTeam(String, Option<String>),
    /// No broadcast is open under this number.
    #[error("that broadcast is not open; name its targets first")]
    NoBroadcast,
    /// No message waits under this number.
    #[error("there is no message {0}")]
    NoMessage(MessageId),
    /// The message is off the queue.
    #[error("message {0} is not held any more: it is {1}")]
    MessageOver(MessageId, &'static str),
    /// Nothing was asked under this number, or long ago.
    #[error("there is no approval {0}")]
    NoApproval(ApprovalId),
    /// Somebody or something was first.
    #[error("approval {0} is settled: {1}")]
    Settled(ApprovalId, String),
    /// That is no answer to what is asked.
    #[error("approval {0} is not answered so: {1}")]
    WrongAnswer(ApprovalId, String),
    /// It cannot be answered from here.
    #[error("approval {0} cannot be answered from here: {1}")]
    NotAnswerable(ApprovalId, String),
    /// An agent cannot approve anything.
    #[error("only a person answers what an agent asks")]
    OnlyPerson,
    /// There is no conversation to go on in.
    #[error("no conversation of `{0}` is known")]
    NoConversation(Name),
    /// The keys that interrupt would answer the dialog.
    #[error("`{0}` has a dialog open, which the keys would answer")]
    DialogOpen(Name),
    /// There is nothing to interrupt.
    #[error("`{0}` is {1}; there is nothing to interrupt")]
    NotBusy(Name, &'static str),
    /// Nobody knows how its program forgets a conversation.
    #[error("agentctl does not know how `{0}` clears its conversation")]
    NoClear(Name),
    /// The text is too long.
    #[error("the text is longer than {max} KiB", max = letter::LONGEST >> 10)]
    TooLong,
    /// The session has no executive.
    #[error("this session has no executive")]
    NoExecutive,
    /// An agent or a team has that name already.
    #[error("the name `{0}` is taken")]
    NameTaken(Name),
    /// The launch names no program.
    #[error("the command of an agent cannot be empty")]
    NoCommand,
    /// An argument or a variable cannot be passed to a program.
    #[error("{0} cannot be passed to a program")]
    BadLaunch(String),
    /// The executive stands above all teams.
    #[error("`{0}` is the executive and stands in no team")]
    IsExecutive(Name),
    /// There is an executive.
    #[error("`{0}` is the executive; there is one a session")]
    ExecutiveExists(Name),
    /// A coordinator leads a team, so it must be in one.
    #[error("a coordinator leads a team; name the team it joins")]
    CoordinatorWithoutTeam,
    /// The agent leads its team already.
    #[error("`{0}` leads its team already")]
    AlreadyLead(Name),
    /// A team cannot stand in itself.
    #[error("`{0}` cannot be moved into itself or a team below it")]
    Circle(Name),
    /// The agent does not run.
    #[error("`{0}` is not running")]
    NotRunning(Name),
    /// The agent runs.
    #[error("`{0}` is running already")]
    Running(Name),
    /// The agent is on its way down.
    #[error("`{0}` is still stopping")]
    Stopping(Name),
    /// The agent is not ready for input, and the sender did not want to wait.
    #[error("`{0}` is not ready for input: {1}")]
    NotReady(Name, String),
    /// A budget that it spends from is used up.
    #[error("`{0}` may begin nothing new: {1}")]
    OverBudget(Name, String),
    /// There is nothing to send.
    #[error("the text is empty")]
    EmptyText,
    /// The agent's mailbox is full.
    #[error("`{0}` has too much waiting already: at most {max} messages and 4 MiB", max = mail::MAILBOX)]
    MailboxFull(Name),
    /// The mouse points at one pane.
    #[error("the mouse cannot be broadcast")]
    MouseBroadcast,
    /// More than one process could be asked for.
    #[error("a session holds at most {max} agents", max = agent::MOST_AGENTS)]
    TooMany,
}

fn near(word: Option<&str>) -> String {
    word.map(|word| format!("; did you mean `{word}`?")).unwrap_or_default()
}

/// What came of one input.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Outcome {
    /// The answer to whoever asked.
    pub reply: Result<Reply, Refusal>,
    /// What happened, in order.
    pub events: Vec<EventRecord>,
    /// What must be done once the events are kept.
    pub effects: Vec<Effect>,
}
