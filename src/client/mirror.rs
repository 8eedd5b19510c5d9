//! What a client has been told of a session, put together again: the values of every topic, and what changed of them.
//!
//! Pure. Values that belong together come together: nothing is told before the daemon has said that what it set so far
//! is all. A value that is not understood is left out, and so is a topic that is not known.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::domain::{AgentId, ApprovalId, TeamId};
use crate::protocol::{AgentView, ApprovalView, ChartOrder, ChartView, SessionView, TeamView, Topic};

/// What is known of a session.
#[derive(Debug, Default)]
pub(super) struct Mirror {
    session: SessionView,
    order: ChartOrder,
    teams: BTreeMap<TeamId, TeamView>,
    agents: BTreeMap<AgentId, AgentView>,
    approvals: BTreeMap<ApprovalId, ApprovalView>,
    changed: Changed,
}

/// What changed since it was told last.
#[derive(Debug, Default)]
struct Changed {
    session: bool,
    structure: bool,
    approvals: bool,
    agents: BTreeSet<AgentId>,
}

/// Something that changed, as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Everything: teams or agents came, went or moved.
    Chart(Box<ChartView>),
    /// The session itself.
    Session(Box<SessionView>),
    /// One agent.
    Agent(Box<AgentView>),
    /// What agents ask, the longest first.
    Approvals(Vec<ApprovalView>),
}

impl Mirror {
    /// Forgets everything: the daemon tells it anew.
    pub(super) fn begin(&mut self) {
        *self = Mirror { changed: Changed { structure: true, ..Changed::default() }, ..Mirror::default() };
    }

    /// Takes a value in.
    pub(super) fn set(&mut self, topic: Topic, key: &str, value: Option<Value>) {
        match topic {
            Topic::Session => {
                self.session = read(value).unwrap_or_default();
                self.changed.session = true;
            }
            Topic::Chart => {
                self.order = read(value).unwrap_or_default();
                self.changed.structure = true;
            }
            Topic::Team => {
                put(&mut self.teams, key, TeamId, value);
                self.changed.structure = true;
            }
            Topic::Agent => self.set_agent(key, value),
            Topic::Approval => {
                put(&mut self.approvals, key, ApprovalId, value);
                self.changed.approvals = true;
            }
            Topic::Unknown => {}
        }
    }

    fn set_agent(&mut self, key: &str, value: Option<Value>) {
        let Ok(id) = key.parse().map(AgentId) else { return };
        let before = self.agents.get(&id).cloned();
        put(&mut self.agents, key, AgentId, value);
        let place = |view: &AgentView| (view.name.clone(), view.team.clone(), view.role.clone(), view.rank);
        if before.as_ref().map(place) == self.agents.get(&id).map(place) {
            self.changed.agents.insert(id);
        } else {
            self.changed.structure = true;
        }
    }

    /// Returns what changed, now that all of it is known.
    pub(super) fn changes(&mut self) -> Vec<Change> {
        let changed = std::mem::take(&mut self.changed);
        if changed.structure {
            return vec![Change::Chart(Box::new(self.chart()))];
        }
        let session = changed.session.then(|| Change::Session(Box::new(self.session.clone())));
        let approvals = changed.approvals.then(|| Change::Approvals(self.asked()));
        let agents = changed.agents.iter().filter_map(|id| self.agents.get(id));
        let agents = agents.map(|view| Change::Agent(Box::new(view.clone())));
        session.into_iter().chain(approvals).chain(agents).collect()
    }

    fn chart(&self) -> ChartView {
        ChartView {
            session: self.session.clone(),
            teams: self.order.teams.iter().filter_map(|id| self.teams.get(id)).cloned().collect(),
            agents: self.order.agents.iter().filter_map(|id| self.agents.get(id)).cloned().collect(),
            approvals: self.asked(),
        }
    }

    /// Returns what agents ask: identities are given in the order in which it was asked.
    fn asked(&self) -> Vec<ApprovalView> {
        self.approvals.values().cloned().collect()
    }
}

fn read<T: DeserializeOwned>(value: Option<Value>) -> Option<T> {
    match serde_json::from_value(value?) {
        Ok(value) => Some(value),
        Err(error) => {
            tracing::warn!("a value of the daemon's is not understood: {error}");
            None
        }
    }
}

fn put<K: Ord, T: DeserializeOwned>(
    values: &mut BTreeMap<K, T>,
    key: &str,
    id: impl Fn(u32) -> K,
    value: Option<Value>,
) {
    let Ok(id) = key.parse().map(id) else { return };
    match read(value) {
        Some(value) => drop(values.insert(id, value)),
        None => drop(values.remove(&id)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn agent(id: u32, name: &str, state: &str) -> AgentView {
        AgentView { id, name: name.into(), state: state.into(), ..AgentView::default() }
    }

    fn set(mirror: &mut Mirror, view: &AgentView) {
        mirror.set(Topic::Agent, &view.id.to_string(), serde_json::to_value(view).ok());
    }

    fn told() -> Mirror {
        let mut mirror = Mirror::default();
        mirror.begin();
        set(&mut mirror, &agent(1, "chief", "idle"));
        set(&mut mirror, &agent(2, "be-1", "idle"));
        mirror.set(Topic::Session, "", Some(json!({"name": "s", "root": "/w", "executive": "chief"})));
        mirror.set(Topic::Chart, "", Some(json!({"teams": [], "agents": [2, 1]})));
        mirror
    }

    #[test]
    fn what_was_set_is_one_chart_in_its_order() {
        let mut mirror = told();
        let [Change::Chart(chart)] = &mirror.changes()[..] else { panic!("it is no chart") };
        let names: Vec<&str> = chart.agents.iter().map(|agent| agent.name.as_str()).collect();
        assert_eq!((names, chart.session.name.as_str()), (vec!["be-1", "chief"], "s"));
        assert_eq!(mirror.changes(), []);
    }

    #[test]
    fn what_changes_is_told_and_nothing_else() {
        let mut mirror = told();
        mirror.changes();
        let busy = agent(2, "be-1", "working");
        set(&mut mirror, &busy);
        mirror.set(Topic::Approval, "4", Some(json!({"id": 4, "agent": "be-1"})));
        mirror.set(Topic::Approval, "3", Some(json!({"id": 3, "agent": "chief"})));
        let changes = mirror.changes();
        let [Change::Approvals(asked), Change::Agent(changed)] = &changes[..] else { panic!("{changes:?}") };
        assert_eq!(asked.iter().map(|view| view.id).collect::<Vec<_>>(), [3, 4]);
        assert_eq!(**changed, busy);
        set(&mut mirror, &agent(2, "be-2", "working"));
        assert!(matches!(mirror.changes()[..], [Change::Chart(_)]), "a name is where it stands");
        mirror.set(Topic::Agent, "2", None);
        let [Change::Chart(chart)] = &mirror.changes()[..] else { panic!("it is no chart") };
        assert_eq!(chart.agents.len(), 1);
    }

    #[test]
    fn what_is_not_known_changes_nothing() {
        let mut mirror = told();
        mirror.changes();
        mirror.set(Topic::Unknown, "1", Some(json!({})));
        mirror.set(Topic::Agent, "moon", Some(json!({})));
        assert_eq!(mirror.changes(), []);
    }
}
