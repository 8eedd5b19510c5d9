//! What may be asked of an agent's process.

use serde::{Deserialize, Serialize};

use crate::domain::AgentRef;

/// One thing asked of an agent's process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command")]
pub enum Command {
    /// Start an agent that does not run.
    #[serde(rename = "life.start", alias = "start_agent")]
    Start {
        /// The agent.
        agent: AgentRef,
    },
    /// End an agent's process tree: asked first, then forced.
    #[serde(rename = "life.stop", alias = "stop_agent")]
    Stop {
        /// The agent.
        agent: AgentRef,
    },
    /// End an agent's process tree at once.
    #[serde(rename = "life.kill", alias = "kill_agent")]
    Kill {
        /// The agent.
        agent: AgentRef,
    },
    /// Stop an agent and start it again.
    #[serde(rename = "life.restart", alias = "restart_agent")]
    Restart {
        /// The agent.
        agent: AgentRef,
    },
    /// Start an agent in the conversation it was in. A running agent is stopped first.
    #[serde(rename = "life.resume", alias = "resume_agent")]
    Resume {
        /// The agent.
        agent: AgentRef,
        /// The conversation's id in its program; none is the last one.
        #[serde(default)]
        conversation: Option<String>,
    },
    /// Bring back every agent that ended unseen, each in the conversation it was in.
    #[serde(rename = "life.resume_all", alias = "resume_all")]
    ResumeAll,
    /// Start an agent in a new conversation. A running agent is stopped first.
    #[serde(rename = "life.new_conversation", alias = "new_conversation")]
    NewConversation {
        /// The agent.
        agent: AgentRef,
    },
    /// Have an agent forget its conversation, by its program's own command.
    #[serde(rename = "life.clear_conversation", alias = "clear_conversation")]
    ClearConversation {
        /// The agent.
        agent: AgentRef,
    },
    /// Interrupt an agent's turn, by its program's own keys.
    #[serde(rename = "life.interrupt", alias = "interrupt_agent")]
    Interrupt {
        /// The agent.
        agent: AgentRef,
        /// Even though it has a dialog open, which the keys would answer, or is not busy.
        #[serde(default)]
        force: bool,
    },
    /// Start every agent that does not run.
    #[serde(rename = "life.start_all", alias = "start_all")]
    StartAll,
    /// Stop every agent.
    #[serde(rename = "life.stop_all", alias = "stop_all")]
    StopAll,
    /// Say that a person has looked at an agent.
    #[serde(rename = "life.look", alias = "look")]
    Look {
        /// The agent.
        agent: AgentRef,
    },
}
