//! The session as this client knows it: the organisation, and what is known of each agent.

use std::collections::BTreeMap;

use crate::domain::{Agent, AgentId, AgentState, Launch, Name, Org, Role, Skip, Team, TeamColor, TeamId};
use crate::protocol::{AgentView, ChartView, SessionView, Totals};

/// The session.
#[derive(Clone, Debug, Default)]
pub(super) struct Chart {
    /// The session itself.
    pub(super) session: SessionView,
    /// Who belongs where.
    pub(super) org: Org,
    agents: BTreeMap<AgentId, Known>,
}

/// What is known of an agent.
#[derive(Clone, Debug)]
struct Known {
    view: AgentView,
    state: AgentState,
}

impl Chart {
    /// Reads a chart. What names a team or an agent that is not in it stands under the executive.
    pub(super) fn read(view: ChartView) -> Chart {
        let mut chart = Chart { session: view.session, ..Chart::default() };
        let team_id = |name: &Option<String>| {
            let name = name.as_ref()?;
            view.teams.iter().find(|team| team.name == *name).map(|team| TeamId(team.id))
        };
        for team in &view.teams {
            let lead = view.agents.iter().find(|agent| Some(&agent.name) == team.lead.as_ref());
            chart.org.put_team(Team {
                id: TeamId(team.id),
                name: Name::lenient(&team.name, "team"),
                parent: team_id(&team.parent),
                rank: team.rank,
                color: team.color.parse().unwrap_or(TeamColor::nth(0)),
                lead: lead.map(|lead| AgentId(lead.id)),
            });
        }
        for agent in view.agents {
            let team = team_id(&agent.team);
            chart.org.put_agent(entry(&agent, team));
            chart.put(agent);
        }
        chart
    }

    /// Takes in how one agent is now; returns whether it is known.
    pub(super) fn take(&mut self, view: AgentView) -> bool {
        let known = self.agents.contains_key(&AgentId(view.id));
        if known {
            self.put(view);
        }
        known
    }

    fn put(&mut self, view: AgentView) {
        let state = view.agent_state();
        self.agents.insert(AgentId(view.id), Known { view, state });
    }

    /// Returns what is known of an agent.
    pub(super) fn agent(&self, id: AgentId) -> Option<&AgentView> {
        self.agents.get(&id).map(|known| &known.view)
    }

    /// Returns an agent's state.
    pub(super) fn state(&self, id: AgentId) -> AgentState {
        self.agents.get(&id).map_or(AgentState::Stopped, |known| known.state)
    }

    /// Returns an agent's name.
    pub(super) fn name(&self, id: AgentId) -> &str {
        self.agent(id).map_or("?", |view| &view.name)
    }

    /// Returns a team.
    pub(super) fn team(&self, id: TeamId) -> Option<&Team> {
        self.org.team(id)
    }

    /// Returns the team that an agent stands in.
    pub(super) fn team_of(&self, id: AgentId) -> Option<TeamId> {
        self.org.agent(id).and_then(|agent| agent.team)
    }

    /// Returns the executive.
    pub(super) fn executive(&self) -> Option<AgentId> {
        self.org.executive().map(|agent| agent.id)
    }

    /// Returns why a key sent to many would pass an agent over now; what it was when it was named as a target is past.
    pub(super) fn passed_over(&self, id: AgentId, include_dialogs: bool) -> Option<&'static str> {
        let Some(view) = self.agent(id) else {
            return Some("is not in the chart any more");
        };
        // One that crashed or could not be started is in error, and does not run either.
        if view.pid.is_none() {
            return Some(Skip::NotRunning.words());
        }
        match self.state(id) {
            AgentState::Stopped => Some(Skip::NotRunning.words()),
            AgentState::Waiting(_) if !include_dialogs => Some(Skip::Dialog.words()),
            _ => None,
        }
    }

    /// Returns how many agents are in each state.
    pub(super) fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for known in self.agents.values() {
            totals.count(known.state, known.view.unseen);
        }
        totals
    }

    /// Returns the agents that need a person, in the order of the chart.
    pub(super) fn urgent(&self) -> Vec<AgentId> {
        self.org.in_order().into_iter().filter(|agent| self.state(*agent).needs_person()).collect()
    }
}

fn entry(view: &AgentView, team: Option<TeamId>) -> Agent {
    let role = match view.role.as_str() {
        "executive" => Role::Executive,
        "coordinator" => Role::Coordinator,
        _ => Role::Worker,
    };
    Agent {
        id: AgentId(view.id),
        name: Name::lenient(&view.name, "agent"),
        team,
        role,
        rank: view.rank,
        launch: Launch {
            command: view.command.clone(),
            cwd: view.cwd.clone(),
            blueprint: view.blueprint.clone(),
            ..Launch::default()
        },
    }
}
