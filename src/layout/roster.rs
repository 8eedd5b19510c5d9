//! The organisation, looked up once: who leads the session, who stands in no team, which team stands in which, and
//! everybody in the order of the chart.

use std::collections::BTreeSet;

use super::arrangement::{Form, Slot, Standing};
use super::rect::Rect;
use crate::domain::{AgentId, Org, TeamNode};

/// What every part of the layout needs to know of a session.
#[derive(Debug)]
pub(super) struct Roster<'a> {
    pub(super) org: &'a Org,
    /// Who leads the session.
    pub(super) executive: Option<AgentId>,
    /// Those who stand in no team, without the executive.
    pub(super) loose: Vec<AgentId>,
    /// The teams under the executive, with everything in them.
    pub(super) forest: Vec<TeamNode>,
    /// Everybody, in the order of the chart.
    pub(super) order: Vec<AgentId>,
    /// Those who lead a team.
    pub(super) leads: BTreeSet<AgentId>,
}

impl<'a> Roster<'a> {
    pub(super) fn new(org: &'a Org) -> Roster<'a> {
        let executive = org.executive().map(|agent| agent.id);
        let loose: Vec<AgentId> = org.members(None).into_iter().map(|agent| agent.id).collect();
        let forest = org.forest();
        let mut order: Vec<AgentId> = executive.into_iter().chain(loose.iter().copied()).collect();
        forest.iter().for_each(|team| team.collect(&mut order));
        let leads = org.teams().filter_map(|team| team.lead).collect();
        Roster { org, executive, loose, forest, order, leads }
    }

    /// Returns an agent's place in the chart.
    pub(super) fn slot(&self, agent: AgentId, outer: Rect, form: Form) -> Slot {
        let standing = if self.executive == Some(agent) {
            Standing::Executive
        } else if self.leads.contains(&agent) {
            Standing::Lead
        } else {
            Standing::Member
        };
        let team = self.org.agent(agent).and_then(|own| own.team);
        Slot { agent, team, standing, outer, form, staged: false }
    }
}
