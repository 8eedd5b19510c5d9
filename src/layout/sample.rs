//! Organisations to lay out in tests: of 1, 3, 12 and 60 agents, and any that chance makes.

use proptest::prelude::*;

use crate::domain::{Agent, AgentId, Launch, Name, Org, Role, Team, TeamColor, TeamId};

/// Builds an organisation by name.
#[derive(Default)]
pub(super) struct Builder {
    pub(super) org: Org,
    agents: u32,
    teams: u32,
}

impl Builder {
    pub(super) fn agent(&mut self, name: &str, team: Option<TeamId>, role: Role) -> AgentId {
        self.agents += 1;
        let id = AgentId(self.agents);
        self.org.put_agent(Agent {
            id,
            name: Name::new(name).unwrap(),
            team,
            role,
            rank: self.agents,
            launch: Launch::default(),
        });
        id
    }

    /// Adds a team of `size` agents, the first of them its lead.
    pub(super) fn team(&mut self, name: &str, short: &str, parent: Option<TeamId>, size: usize) -> TeamId {
        let id = self.bare_team(name, parent);
        for n in 0..size {
            if n == 0 {
                let lead = self.agent(&format!("{short}-lead"), Some(id), Role::Coordinator);
                self.org.change_team(id, |team| team.lead = Some(lead));
            } else {
                self.agent(&format!("{short}-{n}"), Some(id), Role::Worker);
            }
        }
        id
    }

    pub(super) fn bare_team(&mut self, name: &str, parent: Option<TeamId>) -> TeamId {
        self.teams += 1;
        let id = TeamId(self.teams);
        self.org.put_team(Team {
            id,
            name: Name::new(name).unwrap(),
            parent,
            rank: self.teams,
            color: TeamColor::nth(self.teams as usize - 1),
            lead: None,
        });
        id
    }
}

/// An executive alone, with a small team, with four teams, or with eight teams on three levels.
pub(super) fn org(agents: usize) -> Org {
    let mut b = Builder::default();
    b.agent("chief", None, Role::Executive);
    match agents {
        1 => {}
        3 => {
            b.team("build", "build", None, 2);
        }
        12 => {
            let backend = b.team("backend", "be", None, 3);
            b.team("database", "db", Some(backend), 2);
            b.team("frontend", "fe", None, 4);
            b.team("quality", "qa", None, 2);
        }
        60 => {
            let platform = b.team("platform", "plat", None, 7);
            let backend = b.team("backend", "be", Some(platform), 9);
            b.team("database", "db", Some(backend), 6);
            b.team("infra", "infra", Some(platform), 8);
            let product = b.team("product", "prod", None, 6);
            b.team("frontend", "fe", Some(product), 9);
            b.team("mobile", "mob", Some(product), 7);
            b.team("quality", "qa", None, 7);
        }
        // As many as asked for, in teams of ten, every third of them in the one before.
        _ => {
            let mut last = None;
            for n in 0..agents / 10 {
                let parent = last.filter(|_| n % 3 == 2);
                last = Some(b.team(&format!("team-{n}"), &format!("t{n}"), parent, 10));
            }
        }
    }
    b.org
}

/// Any organisation: teams under earlier ones, members anywhere, some leads, perhaps an executive.
pub(super) fn any_org() -> impl Strategy<Value = Org> {
    let teams = proptest::collection::vec((any::<u16>(), any::<bool>()), 0..9);
    let members = proptest::collection::vec(any::<u16>(), 0..48);
    (any::<bool>(), teams, members).prop_map(|(executive, teams, members)| {
        let mut b = Builder::default();
        if executive {
            b.agent("chief", None, Role::Executive);
        }
        let mut ids: Vec<TeamId> = Vec::new();
        for (n, (under, _)) in teams.iter().enumerate() {
            let parent = ids.get(usize::from(*under) % (n + 1)).copied();
            ids.push(b.bare_team(&format!("team-{n}"), parent));
        }
        for (n, team) in members.iter().enumerate() {
            let team = ids.get(usize::from(*team) % (ids.len() + 1)).copied();
            // Some names are of wide characters.
            let name = if n % 7 == 3 { format!("調査-{n}") } else { format!("agent-{n}") };
            b.agent(&name, team, Role::Worker);
        }
        for (id, (_, led)) in ids.iter().zip(&teams) {
            if *led {
                let lead = b.org.members(Some(*id)).last().map(|a| a.id);
                b.org.change_team(*id, |team| team.lead = lead);
            }
        }
        b.org
    })
}
