//! What happens to the chart. Every event is a decision.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::super::kind::{Durability, Kept, Subject};
use super::Command;
use crate::domain::{Agent, AgentId, Launch, Name, Role, Team, TeamColor, TeamId};

/// One thing that happened to the chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Event {
    /// The session began.
    #[serde(rename = "org.session_opened", alias = "session_opened")]
    SessionOpened {
        /// Its name.
        name: Name,
        /// The folder its agents work in.
        root: PathBuf,
    },
    /// What a plan asked for was made.
    #[serde(rename = "org.plan_followed", alias = "plan_followed")]
    PlanFollowed {
        /// The plan.
        commands: Vec<Command>,
    },
    /// A team was made.
    #[serde(rename = "org.team_created", alias = "team_created")]
    TeamCreated {
        /// The team.
        team: Team,
    },
    /// A team got another name.
    #[serde(rename = "org.team_renamed", alias = "team_renamed")]
    TeamRenamed {
        /// The team.
        team: TeamId,
        /// Its new name.
        name: Name,
    },
    /// A team got another colour.
    #[serde(rename = "org.team_recolored", alias = "team_recolored")]
    TeamRecolored {
        /// The team.
        team: TeamId,
        /// Its new colour.
        color: TeamColor,
    },
    /// A team, with everything in it, stands elsewhere.
    #[serde(rename = "org.team_moved", alias = "team_moved")]
    TeamMoved {
        /// The team.
        team: TeamId,
        /// Where it stands.
        parent: Option<TeamId>,
        /// Its place there.
        rank: u32,
    },
    /// A team has another lead, or none.
    #[serde(rename = "org.lead_changed", alias = "lead_changed")]
    LeadChanged {
        /// The team.
        team: TeamId,
        /// Its lead.
        lead: Option<AgentId>,
    },
    /// An empty team was taken out of the chart.
    #[serde(rename = "org.team_disbanded", alias = "team_disbanded")]
    TeamDisbanded {
        /// The team.
        team: TeamId,
    },
    /// An agent was made.
    #[serde(rename = "org.agent_created", alias = "agent_created")]
    AgentCreated {
        /// The agent.
        agent: Agent,
    },
    /// An agent got another name.
    #[serde(rename = "org.agent_renamed", alias = "agent_renamed")]
    AgentRenamed {
        /// The agent.
        agent: AgentId,
        /// Its new name.
        name: Name,
    },
    /// An agent stands in another team.
    #[serde(rename = "org.agent_moved", alias = "agent_moved")]
    AgentMoved {
        /// The agent.
        agent: AgentId,
        /// Where it stands.
        team: Option<TeamId>,
        /// Its place there.
        rank: u32,
    },
    /// An agent has another role.
    #[serde(rename = "org.role_changed", alias = "role_changed")]
    RoleChanged {
        /// The agent.
        agent: AgentId,
        /// Its role.
        role: Role,
    },
    /// An agent is started in another way from its next start on.
    #[serde(rename = "org.launch_changed", alias = "launch_changed")]
    LaunchChanged {
        /// The agent.
        agent: AgentId,
        /// How it is started.
        launch: Launch,
    },
    /// An agent was taken out of the chart.
    #[serde(rename = "org.agent_deleted", alias = "agent_deleted")]
    AgentDeleted {
        /// The agent.
        agent: AgentId,
    },
}

impl Kept for Event {
    fn durability(&self) -> Durability {
        Durability::Durable
    }

    fn subject(&self) -> Subject {
        match self {
            Event::PlanFollowed { .. } => Subject::Nothing,
            Event::LaunchChanged { agent, .. } => Subject::Agent(*agent),
            Event::SessionOpened { .. }
            | Event::TeamCreated { .. }
            | Event::TeamRenamed { .. }
            | Event::TeamRecolored { .. }
            | Event::TeamMoved { .. }
            | Event::LeadChanged { .. }
            | Event::TeamDisbanded { .. }
            | Event::AgentCreated { .. }
            | Event::AgentRenamed { .. }
            | Event::AgentMoved { .. }
            | Event::RoleChanged { .. }
            | Event::AgentDeleted { .. } => Subject::Chart,
        }
    }
}
