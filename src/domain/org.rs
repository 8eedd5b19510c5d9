//! The organisation: who belongs to which team, which team stands in which, who leads whom.
//!
//! One value holds the whole chart. Parents are the only truth; every order and every subtree is computed from
//! them. The kernel keeps [`Org::check`] true after every event; layouts and clients only read.

use std::collections::BTreeSet;

use imbl::OrdMap;
use serde::{Deserialize, Serialize};

use super::{Agent, AgentId, Name, Role, Scope, Team, TeamId};

/// All agents and teams of a session. A clone shares everything with its original.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Org {
    agents: OrdMap<AgentId, Agent>,
    teams: OrdMap<TeamId, Team>,
}

/// A team with everything in it, in the order of the chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamNode {
    /// The team.
    pub team: TeamId,
    /// Its own agents, the lead first.
    pub members: Vec<AgentId>,
    /// The teams in it.
    pub teams: Vec<TeamNode>,
}

impl TeamNode {
    /// Adds the agents of the team and of those below it to `out`, in the order of the chart.
    pub fn collect(&self, out: &mut Vec<AgentId>) {
        out.extend(&self.members);
        self.teams.iter().for_each(|team| team.collect(out));
    }
}

/// What makes an organisation impossible.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrgError {
    /// Two agents, or two teams, have one name.
    #[error("the name `{0}` is used twice")]
    DuplicateName(Name),
    /// A team or an agent names a team that is not there.
    #[error("`{0}` stands in a team that does not exist")]
    NoSuchTeam(Name),
    /// A team stands, over some way, in itself.
    #[error("team `{0}` stands in itself")]
    Circle(Name),
    /// A team's lead is not one of its own agents.
    #[error("the lead of team `{0}` is not one of its agents")]
    StrangeLead(Name),
    /// There is more than one executive, or the executive stands in a team.
    #[error("`{0}` cannot be the executive: there is one, and it stands in no team")]
    StrangeExecutive(Name),
}

impl Org {
    /// Returns all agents, by identity.
    pub fn agents(&self) -> impl Iterator<Item = &Agent> {
        self.agents.values()
    }

    /// Returns all teams, by identity.
    pub fn teams(&self) -> impl Iterator<Item = &Team> {
        self.teams.values()
    }

    /// Returns how many agents there are.
    #[must_use]
    pub fn agent_count(&self) -> usize {
        self.agents.len()
    }

    /// Returns an agent.
    #[must_use]
    pub fn agent(&self, id: AgentId) -> Option<&Agent> {
        self.agents.get(&id)
    }

    /// Returns a team.
    #[must_use]
    pub fn team(&self, id: TeamId) -> Option<&Team> {
        self.teams.get(&id)
    }

    /// Returns the agent of this name.
    #[must_use]
    pub fn agent_named(&self, name: &str) -> Option<&Agent> {
        self.agents.values().find(|agent| agent.name.as_str() == name)
    }

    /// Returns the team of this name.
    #[must_use]
    pub fn team_named(&self, name: &str) -> Option<&Team> {
        self.teams.values().find(|team| team.name.as_str() == name)
    }

    /// Returns the executive.
    #[must_use]
    pub fn executive(&self) -> Option<&Agent> {
        self.agents.values().find(|agent| agent.role == Role::Executive)
    }

    /// Returns a team's own agents, the lead first; of no team, the agents that stand in none, without the executive.
    #[must_use]
    pub fn members(&self, team: Option<TeamId>) -> Vec<&Agent> {
        let lead = team.and_then(|id| self.team(id)).and_then(|team| team.lead);
        let mut members: Vec<&Agent> =
            self.agents.values().filter(|a| a.team == team && a.role != Role::Executive).collect();
        members.sort_by_key(|a| (Some(a.id) != lead, a.rank, a.id));
        members
    }

    /// Returns the teams that stand directly in `parent`; of none, those under the executive.
    #[must_use]
    pub fn subteams(&self, parent: Option<TeamId>) -> Vec<&Team> {
        let mut teams: Vec<&Team> = self.teams.values().filter(|t| t.parent == parent).collect();
        teams.sort_by_key(|t| (t.rank, t.id));
        teams
    }

    /// Returns the whole forest of teams, in the order of the chart.
    #[must_use]
    pub fn forest(&self) -> Vec<TeamNode> {
        self.subteams(None).into_iter().map(|team| self.node(team.id)).collect()
    }

    /// Returns one team with everything in it.
    #[must_use]
    pub fn node(&self, team: TeamId) -> TeamNode {
        TeamNode {
            team,
            members: self.members(Some(team)).into_iter().map(|a| a.id).collect(),
            teams: self.subteams(Some(team)).into_iter().map(|t| self.node(t.id)).collect(),
        }
    }

    /// Returns every agent in the order of the chart: the executive, those in no team, then team by team.
    #[must_use]
    pub fn in_order(&self) -> Vec<AgentId> {
        let mut out: Vec<AgentId> = self.executive().map(|a| a.id).into_iter().collect();
        out.extend(self.members(None).into_iter().map(|a| a.id));
        self.forest().iter().for_each(|team| team.collect(&mut out));
        out
    }

    /// Returns the agents that a scope reaches, in the order of the chart.
    #[must_use]
    pub fn within(&self, scope: Scope) -> Vec<AgentId> {
        match scope {
            Scope::All => self.in_order(),
            Scope::Team(team) => {
                let mut out = Vec::new();
                self.node(team).collect(&mut out);
                out
            }
        }
    }

    /// Returns whether `team` is `ancestor` or stands, over some way, in it.
    #[must_use]
    pub fn stands_in(&self, team: TeamId, ancestor: TeamId) -> bool {
        self.lineage(Some(team)).contains(&ancestor)
    }

    /// Returns the team, the team it stands in, and so on to the top.
    #[must_use]
    pub fn lineage(&self, team: Option<TeamId>) -> Vec<TeamId> {
        let mut line = Vec::new();
        let mut next = team;
        while let Some(id) = next.filter(|id| !line.contains(id)) {
            line.push(id);
            next = self.team(id).and_then(|team| team.parent);
        }
        line
    }

    /// Returns who leads an agent: its team's lead, else the nearest lead above, else the executive.
    #[must_use]
    pub fn leader_of(&self, agent: AgentId) -> Option<AgentId> {
        let own = self.agent(agent)?;
        if own.role == Role::Executive {
            return None;
        }
        self.lineage(own.team)
            .into_iter()
            .filter_map(|team| self.team(team).and_then(|t| t.lead))
            .find(|lead| *lead != agent)
            .or_else(|| self.executive().map(|a| a.id))
    }

    /// Returns the rank that puts one more agent last in `team`.
    #[must_use]
    pub fn next_agent_rank(&self, team: Option<TeamId>) -> u32 {
        self.agents.values().filter(|a| a.team == team).map(|a| a.rank + 1).max().unwrap_or(0)
    }

    /// Returns the rank that puts one more team last in `parent`.
    #[must_use]
    pub fn next_team_rank(&self, parent: Option<TeamId>) -> u32 {
        self.teams.values().filter(|t| t.parent == parent).map(|t| t.rank + 1).max().unwrap_or(0)
    }

    /// Adds an agent, or puts it in the place of the one with its identity.
    pub fn put_agent(&mut self, agent: Agent) {
        self.agents.insert(agent.id, agent);
    }

    /// Adds a team, or puts it in the place of the one with its identity.
    pub fn put_team(&mut self, team: Team) {
        self.teams.insert(team.id, team);
    }

    /// Changes an agent in place, if it is there.
    pub fn change_agent(&mut self, id: AgentId, change: impl FnOnce(&mut Agent)) {
        if let Some(agent) = self.agents.get_mut(&id) {
            change(agent);
        }
    }

    /// Changes a team in place, if it is there.
    pub fn change_team(&mut self, id: TeamId, change: impl FnOnce(&mut Team)) {
        if let Some(team) = self.teams.get_mut(&id) {
            change(team);
        }
    }

    /// Removes an agent; a team it led is without a lead.
    pub fn remove_agent(&mut self, id: AgentId) {
        self.agents.remove(&id);
        let led: Vec<TeamId> = self.teams().filter(|t| t.lead == Some(id)).map(|t| t.id).collect();
        led.into_iter().for_each(|team| self.change_team(team, |t| t.lead = None));
    }

    /// Removes a team that has become empty.
    pub fn remove_team(&mut self, id: TeamId) {
        self.teams.remove(&id);
    }

    /// Checks everything that must hold between agents and teams.
    ///
    /// # Errors
    /// Names the first thing that does not hold.
    pub fn check(&self) -> Result<(), OrgError> {
        unique(self.agents.values().map(|a| &a.name))?;
        unique(self.teams.values().map(|t| &t.name))?;
        for team in self.teams.values() {
            if team.parent.is_some_and(|parent| !self.teams.contains_key(&parent)) {
                return Err(OrgError::NoSuchTeam(team.name.clone()));
            }
            if self.lineage(team.parent).contains(&team.id) {
                return Err(OrgError::Circle(team.name.clone()));
            }
            if team.lead.is_some_and(|lead| self.agent(lead).is_none_or(|a| a.team != Some(team.id))) {
                return Err(OrgError::StrangeLead(team.name.clone()));
            }
        }
        let mut executives = 0;
        for agent in self.agents.values() {
            if agent.team.is_some_and(|team| !self.teams.contains_key(&team)) {
                return Err(OrgError::NoSuchTeam(agent.name.clone()));
            }
            if agent.role == Role::Executive {
                executives += 1;
                if executives > 1 || agent.team.is_some() {
                    return Err(OrgError::StrangeExecutive(agent.name.clone()));
                }
            }
        }
        Ok(())
    }
}

fn unique<'a>(names: impl Iterator<Item = &'a Name>) -> Result<(), OrgError> {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(OrgError::DuplicateName(name.clone()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Launch, TeamColor};

    fn agent(id: u32, name: &str, team: Option<u32>, role: Role) -> Agent {
        Agent {
            id: AgentId(id),
            name: Name::new(name).unwrap(),
            team: team.map(TeamId),
            role,
            rank: id,
            launch: Launch::default(),
        }
    }

    fn team(id: u32, name: &str, parent: Option<u32>, lead: Option<u32>) -> Team {
        Team {
            id: TeamId(id),
            name: Name::new(name).unwrap(),
            parent: parent.map(TeamId),
            rank: id,
            color: TeamColor::nth(0),
            lead: lead.map(AgentId),
        }
    }

    fn sample() -> Org {
        let mut org = Org::default();
        for t in [team(1, "backend", None, Some(3)), team(2, "database", Some(1), None)] {
            org.put_team(t);
        }
        for a in [
            agent(1, "chief", None, Role::Executive),
            agent(2, "be-1", Some(1), Role::Worker),
            agent(3, "be-lead", Some(1), Role::Coordinator),
            agent(4, "db-1", Some(2), Role::Worker),
            agent(5, "free", None, Role::Worker),
        ] {
            org.put_agent(a);
        }
        org
    }

    #[test]
    fn the_chart_reads_from_the_executive_down_with_leads_first() {
        let org = sample();
        assert_eq!(org.check(), Ok(()));
        assert_eq!(org.in_order(), [1, 5, 3, 2, 4].map(AgentId).to_vec());
        assert_eq!(org.within(Scope::Team(TeamId(1))), [3, 2, 4].map(AgentId).to_vec());
        assert_eq!(org.within(Scope::All), org.in_order());
    }

    #[test]
    fn an_agent_is_led_by_the_nearest_lead_above_it() {
        let org = sample();
        let leaders: Vec<_> = (1..=5).map(|id| org.leader_of(AgentId(id)).map(|l| l.0)).collect();
        assert_eq!(leaders, [None, Some(3), Some(1), Some(3), Some(1)]);
    }

    #[test]
    fn what_must_not_be_is_named() {
        let mut circle = sample();
        circle.change_team(TeamId(1), |t| t.parent = Some(TeamId(2)));
        assert_eq!(circle.check(), Err(OrgError::Circle(Name::new("backend").unwrap())));

        let mut lead = sample();
        lead.change_team(TeamId(2), |t| t.lead = Some(AgentId(2)));
        assert_eq!(lead.check(), Err(OrgError::StrangeLead(Name::new("database").unwrap())));

        let mut two = sample();
        two.change_agent(AgentId(5), |a| a.role = Role::Executive);
        assert_eq!(two.check(), Err(OrgError::StrangeExecutive(Name::new("free").unwrap())));

        let mut orphan = sample();
        orphan.remove_team(TeamId(2));
        assert_eq!(orphan.check(), Err(OrgError::NoSuchTeam(Name::new("db-1").unwrap())));
    }

    #[test]
    fn a_lead_that_leaves_leaves_no_dangling_name() {
        let mut org = sample();
        org.remove_agent(AgentId(3));
        assert_eq!(org.check(), Ok(()));
        assert_eq!(org.team(TeamId(1)).unwrap().lead, None);
    }
}
