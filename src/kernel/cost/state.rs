//! What is known of money: a fold of its events.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Event;
use crate::domain::{AgentId, TeamId};
use crate::price::{Budgets, Day, Ledger, Place};

/// What is known of money. A clone shares everything with its original.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    pub(in crate::kernel) ledger: Arc<Ledger>,
    pub(in crate::kernel) budgets: Arc<Budgets>,
}

impl State {
    /// Folds one event in.
    pub(in crate::kernel) fn evolve(&mut self, event: &Event) {
        match event {
            Event::Used { agent, team, day, usage, estimate } => {
                let place = Place { agent: *agent, team: *team, day: Day(*day) };
                Arc::make_mut(&mut self.ledger).count(place, usage, *estimate);
            }
            Event::BudgetCrossed { .. } => {}
            Event::BudgetsSet { budgets } => self.budgets = Arc::new(budgets.clone()),
            Event::Priced { prices } => Arc::make_mut(&mut self.ledger).reprice(prices),
        }
    }

    /// An agent is gone for good.
    pub(in crate::kernel) fn agent_is_gone(&mut self, agent: AgentId) {
        Arc::make_mut(&mut self.ledger).agent_is_gone(agent);
    }

    /// A team is gone for good.
    pub(in crate::kernel) fn team_is_gone(&mut self, team: TeamId) {
        Arc::make_mut(&mut self.ledger).team_is_gone(team);
    }
}
