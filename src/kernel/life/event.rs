//! What happens to an agent's process.

use serde::{Deserialize, Serialize};

use super::super::kind::{Durability, Kept, Subject};
use crate::domain::{AgentId, Conversation, Exit, Observation, Run};

/// One thing that happened to an agent's process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Event {
    /// An agent should run, or should not.
    #[serde(rename = "life.run_changed", alias = "run_changed")]
    RunChanged {
        /// The agent.
        agent: AgentId,
        /// What is wanted.
        run: Run,
    },
    /// An agent's process is being started.
    #[serde(rename = "life.starting", alias = "agent_starting")]
    Starting {
        /// The agent.
        agent: AgentId,
        /// Which start of this agent it is; facts about an earlier one are ignored.
        epoch: u32,
    },
    /// An agent's process is up.
    #[serde(rename = "life.started", alias = "agent_started")]
    Started {
        /// The agent.
        agent: AgentId,
        /// Its process.
        pid: u32,
    },
    /// An agent could not be started.
    #[serde(rename = "life.start_failed", alias = "start_failed")]
    StartFailed {
        /// The agent.
        agent: AgentId,
        /// Why not.
        reason: String,
    },
    /// An agent's process ended.
    #[serde(rename = "life.exited", alias = "agent_exited")]
    Exited {
        /// The agent.
        agent: AgentId,
        /// How.
        exit: Exit,
    },
    /// An agent is doing something else.
    #[serde(rename = "life.observed", alias = "observed")]
    Observed {
        /// The agent.
        agent: AgentId,
        /// What is seen of it.
        seen: Observation,
        /// Whether it finished something that no person has looked at yet.
        unseen: bool,
    },
    /// A person looked at an agent that had finished something.
    #[serde(rename = "life.looked", alias = "looked")]
    Looked {
        /// The agent.
        agent: AgentId,
    },
    /// An agent began a turn.
    #[serde(rename = "life.turn_began", alias = "turn_began")]
    TurnBegan {
        /// The agent.
        agent: AgentId,
        /// Whether it is known to have begun with a prompt, and not only by what is seen.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        prompted: bool,
    },
    /// An agent's turn was interrupted by a command.
    #[serde(rename = "life.turn_broken", alias = "turn_broken")]
    TurnBroken {
        /// The agent.
        agent: AgentId,
    },
    /// An agent's turn is over.
    #[serde(rename = "life.turn_ended", alias = "turn_ended")]
    TurnEnded {
        /// The agent.
        agent: AgentId,
        /// The last thing its model said, if its program tells that; an agent's word.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        /// What went wrong, if the turn failed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<String>,
    },
    /// An agent was busy in one turn for longer than it may be.
    #[serde(rename = "life.time_limit_passed", alias = "time_limit_passed")]
    TimeLimitPassed {
        /// The agent.
        agent: AgentId,
        /// How long it may be, in seconds.
        secs: u32,
        /// Whether it was killed, since it went on after it had been interrupted; else it was interrupted.
        killed: bool,
    },
    /// An agent is in another conversation.
    #[serde(rename = "life.conversation_began", alias = "conversation_began")]
    ConversationBegan {
        /// The agent.
        agent: AgentId,
        /// The conversation.
        conversation: Conversation,
    },
    /// An agent is to go on in this conversation at its next start.
    #[serde(rename = "life.resume_wanted", alias = "resume_wanted")]
    ResumeWanted {
        /// The agent.
        agent: AgentId,
        /// The conversation; none is a new one.
        conversation: Option<String>,
    },
}

impl Event {
    /// Returns the agent it is about.
    #[must_use]
    pub fn agent(&self) -> AgentId {
        match self {
            Event::RunChanged { agent, .. }
            | Event::Starting { agent, .. }
            | Event::Started { agent, .. }
            | Event::StartFailed { agent, .. }
            | Event::Exited { agent, .. }
            | Event::Observed { agent, .. }
            | Event::Looked { agent }
            | Event::TurnBegan { agent, .. }
            | Event::TurnBroken { agent }
            | Event::TurnEnded { agent, .. }
            | Event::TimeLimitPassed { agent, .. }
            | Event::ConversationBegan { agent, .. }
            | Event::ResumeWanted { agent, .. } => *agent,
        }
    }
}

impl Kept for Event {
    fn durability(&self) -> Durability {
        match self {
            Event::RunChanged { .. }
            | Event::Starting { .. }
            | Event::ConversationBegan { .. }
            | Event::ResumeWanted { .. } => Durability::Durable,
            Event::Started { .. }
            | Event::StartFailed { .. }
            | Event::Exited { .. }
            | Event::Observed { .. }
            | Event::Looked { .. }
            | Event::TurnBegan { .. }
            | Event::TurnBroken { .. }
            | Event::TurnEnded { .. }
            | Event::TimeLimitPassed { .. } => Durability::Recorded,
        }
    }

    fn subject(&self) -> Subject {
        match self {
            Event::TurnBroken { .. } | Event::ResumeWanted { .. } => Subject::Nothing,
            other => Subject::Agent(other.agent()),
        }
    }
}
