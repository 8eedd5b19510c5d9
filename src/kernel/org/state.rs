//! The chart as it is: a fold of its events.

use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Command, Event};
use crate::domain::{Name, Org};

/// What is known of the chart. A clone shares everything with its original.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    pub(in crate::kernel) name: Option<Name>,
    pub(in crate::kernel) root: PathBuf,
    pub(in crate::kernel) org: Org,
    /// The plan that was followed last.
    pub(in crate::kernel) plan: Arc<Vec<Command>>,
    pub(in crate::kernel) last_agent: u32,
    pub(in crate::kernel) last_team: u32,
}

impl State {
    /// Folds one event in.
    pub(in crate::kernel) fn evolve(&mut self, event: &Event) {
        match event {
            Event::SessionOpened { name, root } => {
                self.name = Some(name.clone());
                self.root.clone_from(root);
            }
            Event::PlanFollowed { commands } => self.plan = Arc::new(commands.clone()),
            Event::TeamCreated { team } => {
                self.last_team = self.last_team.max(team.id.0);
                self.org.put_team(team.clone());
            }
            Event::TeamRenamed { team, name } => self.org.change_team(*team, |t| t.name = name.clone()),
            Event::TeamRecolored { team, color } => self.org.change_team(*team, |t| t.color = *color),
            Event::TeamMoved { team, parent, rank } => {
                self.org.change_team(*team, |t| (t.parent, t.rank) = (*parent, *rank));
            }
            Event::LeadChanged { team, lead } => self.org.change_team(*team, |t| t.lead = *lead),
            Event::TeamDisbanded { team } => self.org.remove_team(*team),
            Event::AgentCreated { agent } => {
                self.last_agent = self.last_agent.max(agent.id.0);
                self.org.put_agent(agent.clone());
            }
            Event::AgentRenamed { agent, name } => self.org.change_agent(*agent, |a| a.name = name.clone()),
            Event::AgentMoved { agent, team, rank } => {
                self.org.change_agent(*agent, |a| (a.team, a.rank) = (*team, *rank));
            }
            Event::RoleChanged { agent, role } => self.org.change_agent(*agent, |a| a.role = *role),
            Event::LaunchChanged { agent, launch } => {
                self.org.change_agent(*agent, |a| a.launch.clone_from(launch));
            }
            Event::AgentDeleted { agent } => self.org.remove_agent(*agent),
        }
    }
}
