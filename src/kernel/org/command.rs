//! What may be asked of the chart.

use serde::{Deserialize, Serialize};

use crate::domain::{AgentRef, Launch, Members, Name, NewAgent, TeamColor, TeamRef};

/// One thing asked of the chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command")]
pub enum Command {
    /// Make a team.
    #[serde(rename = "org.create_team", alias = "create_team")]
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
    #[serde(rename = "org.rename_team", alias = "rename_team")]
    RenameTeam {
        /// The team.
        team: TeamRef,
        /// Its new name.
        name: Name,
    },
    /// Give a team another colour.
    #[serde(rename = "org.recolor_team", alias = "recolor_team")]
    RecolorTeam {
        /// The team.
        team: TeamRef,
        /// Its new colour.
        color: TeamColor,
    },
    /// Put a team, with everything in it, elsewhere in the chart.
    #[serde(rename = "org.move_team", alias = "move_team")]
    MoveTeam {
        /// The team.
        team: TeamRef,
        /// Where it goes; none puts it under the executive.
        parent: Option<TeamRef>,
    },
    /// Take a team out of the chart. The teams in it move up into its parent.
    #[serde(rename = "org.disband_team", alias = "disband_team")]
    DisbandTeam {
        /// The team.
        team: TeamRef,
        /// What becomes of its own agents.
        members: Members,
    },
    /// Make what a plan asks for and is not there, whole or not at all. What the plan before asked for and a person has
    /// changed or removed since stays as that person left it.
    #[serde(rename = "org.follow_plan", alias = "follow_plan")]
    FollowPlan {
        /// The plan, as a session file gives it.
        commands: Vec<Command>,
    },
    /// Make an agent and start it.
    #[serde(rename = "org.create_agent", alias = "create_agent")]
    CreateAgent(NewAgent),
    /// Give an agent another name.
    #[serde(rename = "org.rename_agent", alias = "rename_agent")]
    RenameAgent {
        /// The agent.
        agent: AgentRef,
        /// Its new name.
        name: Name,
    },
    /// Start an agent in another way, from its next start on.
    #[serde(rename = "org.change_launch", alias = "change_launch")]
    ChangeLaunch {
        /// The agent.
        agent: AgentRef,
        /// How it is started.
        launch: Launch,
    },
    /// Put an agent into another team.
    #[serde(rename = "org.move_agent", alias = "move_agent")]
    MoveAgent {
        /// The agent.
        agent: AgentRef,
        /// Where it goes; none takes it out of every team.
        team: Option<TeamRef>,
    },
    /// Make an agent the lead of its team. An agent that stands in no team becomes the executive, if there is none.
    #[serde(rename = "org.promote_agent", alias = "promote_agent")]
    PromoteAgent {
        /// The agent.
        agent: AgentRef,
    },
    /// Stop an agent and take it out of the chart, with its history.
    #[serde(rename = "org.delete_agent", alias = "delete_agent")]
    DeleteAgent {
        /// The agent.
        agent: AgentRef,
    },
}
