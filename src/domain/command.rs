//! What anyone may ask of a session. The TUI, the command line, the API and a session file all say it in these words.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{
    AgentId, ApprovalId, BroadcastId, Input, Launch, MessageId, Name, Role, Scope, TeamColor, TeamId, Verdict,
};

/// One thing asked of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// Make a team.
    CreateTeam {
        /// Its name.
        name: Name,
        /// The team it stands in; none puts it under the executive.
        #[serde(default)]
        parent: Option<TeamRef>,
        /// Its colour; none takes the next free one.
        #[serde(default)]
        color: Option<TeamColor>,
    },
    /// Give a team another name.
    RenameTeam {
        /// The team.
        team: TeamRef,
        /// Its new name.
        name: Name,
    },
    /// Give a team another colour.
    RecolorTeam {
        /// The team.
        team: TeamRef,
        /// Its new colour.
        color: TeamColor,
    },
    /// Put a team, with everything in it, elsewhere in the chart.
    MoveTeam {
        /// The team.
        team: TeamRef,
        /// Where it goes; none puts it under the executive.
        parent: Option<TeamRef>,
    },
    /// Take a team out of the chart. The teams in it move up into its parent.
    DisbandTeam {
        /// The team.
        team: TeamRef,
        /// What becomes of its own agents.
        members: Members,
    },
    /// Make what a plan asks for and is not there, whole or not at all. What a plan asked for before and somebody has
    /// changed or removed since stays as they left it.
    FollowPlan {
        /// The plan, as a session file gives it.
        commands: Vec<Command>,
    },
    /// Make an agent and start it.
    CreateAgent(NewAgent),
    /// Give an agent another name.
    RenameAgent {
        /// The agent.
        agent: AgentRef,
        /// Its new name.
        name: Name,
    },
    /// Start an agent in another way, from its next start on.
    ChangeLaunch {
        /// The agent.
        agent: AgentRef,
        /// How it is started.
        launch: Launch,
    },
    /// Put an agent into another team.
    MoveAgent {
        /// The agent.
        agent: AgentRef,
        /// Where it goes; none takes it out of every team.
        team: Option<TeamRef>,
    },
    /// Make an agent the lead of its team; one that stands in no team becomes the executive, if there is none.
    PromoteAgent {
        /// The agent.
        agent: AgentRef,
    },
    /// Stop an agent and take it out of the chart, with its history.
    DeleteAgent {
        /// The agent.
        agent: AgentRef,
    },
    /// Start an agent that does not run.
    StartAgent {
        /// The agent.
        agent: AgentRef,
    },
    /// End an agent's process tree: asked first, then forced.
    StopAgent {
        /// The agent.
        agent: AgentRef,
    },
    /// End an agent's process tree at once.
    KillAgent {
        /// The agent.
        agent: AgentRef,
    },
    /// Stop an agent and start it again.
    RestartAgent {
        /// The agent.
        agent: AgentRef,
    },
    /// Start an agent in the conversation it was in; one that runs is stopped first.
    ResumeAgent {
        /// The agent.
        agent: AgentRef,
        /// The conversation, as its program numbers it; none is the last one.
        #[serde(default)]
        conversation: Option<String>,
    },
    /// Bring back every agent that ended while nobody watched, each in the conversation it was in.
    ResumeAll,
    /// Start an agent in a new conversation; one that runs is stopped first.
    NewConversation {
        /// The agent.
        agent: AgentRef,
    },
    /// Have an agent forget its conversation, by its program's own command.
    ClearConversation {
        /// The agent.
        agent: AgentRef,
    },
    /// Interrupt an agent's turn, by its program's own keys.
    InterruptAgent {
        /// The agent.
        agent: AgentRef,
        /// Even though it has a dialog open, which the keys would answer, or is not busy.
        #[serde(default)]
        force: bool,
    },
    /// Answer what an agent asks.
    Answer {
        /// What it asks.
        approval: ApprovalId,
        /// The answer.
        verdict: Verdict,
    },
    /// Start every agent that does not run.
    StartAll,
    /// Stop every agent.
    StopAll,
    /// Say that a person has looked at an agent.
    Look {
        /// The agent.
        agent: AgentRef,
    },
    /// Type a text into an agent's input and submit it, once it is ready for input.
    Send {
        /// Whom it is for.
        to: AgentRef,
        /// What it says.
        text: String,
        /// Refuse rather than hold it when the agent is not ready.
        #[serde(default)]
        now: bool,
        /// How long it may be held, in milliseconds; none is for as long as it takes.
        #[serde(default)]
        expires_for: Option<u64>,
    },
    /// Send a text to every agent of a scope, each as by [`Command::Send`].
    SendAll {
        /// Whom it is for.
        scope: ScopeRef,
        /// What it says.
        text: String,
        /// Refuse rather than hold it where an agent is not ready.
        #[serde(default)]
        now: bool,
        /// How long it may be held, in milliseconds; none is for as long as it takes.
        #[serde(default)]
        expires_for: Option<u64>,
    },
    /// Take back a message that is still held.
    CancelMessage {
        /// The message.
        message: MessageId,
    },
    /// Give a key, a paste or a mouse event to whomever the route names.
    Press {
        /// To whom.
        route: Route,
        /// What was pressed.
        input: Input,
    },
    /// Name the targets of a broadcast; nothing is sent yet.
    OpenBroadcast {
        /// Whom it is for.
        scope: ScopeRef,
        /// Send to agents that have a dialog open too.
        #[serde(default)]
        include_dialogs: bool,
    },
    /// End a broadcast; the answer says what each target got.
    CloseBroadcast {
        /// The broadcast.
        broadcast: BroadcastId,
    },
}

/// An agent to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAgent {
    /// Its name; none gives it `Agent_1`, `Agent_2` … whichever is free.
    #[serde(default)]
    pub name: Option<Name>,
    /// The team it joins.
    #[serde(default)]
    pub team: Option<TeamRef>,
    /// What it may do. A coordinator becomes its team's lead.
    #[serde(default)]
    pub role: Role,
    /// How it is started.
    pub launch: Launch,
}

/// What becomes of the agents of a team that is disbanded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Members {
    /// They move up into the team's parent and go on working.
    #[default]
    Keep,
    /// They are stopped and taken out of the chart.
    Delete,
}

/// To whom keys go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// To the executive, whatever is focused.
    Executive,
    /// To one agent.
    Direct(AgentRef),
    /// To the confirmed targets of an open broadcast.
    Broadcast(BroadcastId),
}

macro_rules! reference {
    ($(#[$doc:meta])* $name:ident, $id:ty, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(untagged)]
        pub enum $name {
            #[doc = concat!("The ", $what, " of this identity.")]
            Id($id),
            #[doc = concat!("The ", $what, " of this name.")]
            Name(String),
        }

        impl From<$id> for $name {
            fn from(id: $id) -> $name {
                $name::Id(id)
            }
        }

        impl From<&str> for $name {
            fn from(name: &str) -> $name {
                $name::Name(name.to_owned())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $name::Id(id) => id.fmt(f),
                    $name::Name(name) => f.write_str(name),
                }
            }
        }
    };
}

reference!(
    /// An agent, as whoever asks knows it: a number in JSON is its identity, a text its name.
    AgentRef,
    AgentId,
    "agent"
);
reference!(
    /// A team, as whoever asks knows it: a number in JSON is its identity, a text its name.
    TeamRef,
    TeamId,
    "team"
);

/// Whom a broadcast is for, as whoever asks knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScopeRef {
    /// Every agent of the session.
    All,
    /// A team and every team below it.
    Team(TeamRef),
}

impl From<Scope> for ScopeRef {
    fn from(scope: Scope) -> ScopeRef {
        match scope {
            Scope::All => ScopeRef::All,
            Scope::Team(team) => ScopeRef::Team(team.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_reads_the_way_a_script_would_write_it() {
        let json = r#"{"command":"move_agent","agent":"be-1","team":7}"#;
        let command: Command = serde_json::from_str(json).unwrap();
        assert_eq!(command, Command::MoveAgent { agent: "be-1".into(), team: Some(TeamRef::Id(TeamId(7))) });
        let again: Command = serde_json::from_str(&serde_json::to_string(&command).unwrap()).unwrap();
        assert_eq!(again, command);
    }
}
