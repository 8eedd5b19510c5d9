//! What is decided of money, and what is asked of budgets.

use super::super::State;
use super::super::outcome::Decision;
use super::{Event, Fact};
use crate::domain::{Agent, AgentId, MicroUsd, Scope, Spender, TeamId};
use crate::price::{AtLimit, Budget, Budgets, Crossing, Spent, crossed};

/// A budget, its spender, and what is spent of it.
#[derive(Clone, Debug)]
pub(in crate::kernel) struct Purse {
    spender: Spender,
    budget: Budget,
    spent: MicroUsd,
}

/// Decides on what was learnt about money.
pub(in crate::kernel) fn observe(state: &State, fact: Fact) -> Decision {
    match fact {
        Fact::Used { agent, epoch, usage, estimate, day } => {
            let known = state.live(agent).is_some_and(|live| live.epoch == epoch);
            if !known || state.ledger().knows(agent, &usage) {
                return Decision::default();
            }
            let team = state.org().agent(agent).and_then(|agent| agent.team);
            Decision::default().event(Event::Used { agent, team, day: day.0, usage, estimate })
        }
        Fact::Budgets(budgets) if budgets == *state.budgets() => Decision::default(),
        Fact::Budgets(budgets) => Decision::default().event(Event::BudgetsSet { budgets }),
        Fact::Prices(prices) => {
            let mut repriced = state.ledger().clone();
            repriced.reprice(&prices);
            let changed = repriced != *state.ledger();
            if changed { Decision::default().event(Event::Priced { prices }) } else { Decision::default() }
        }
    }
}

/// Decides on the budgets that an agent's spending crossed; `before` is what was spent of each before that.
pub(in crate::kernel) fn crossings(state: &State, agent: AgentId, before: &[Purse]) -> Decision {
    let mut decision = Decision::default();
    for (before, after) in before.iter().zip(purses(state, agent)) {
        let Some(crossing) = crossed(before.spent, after.spent, &after.budget) else { continue };
        let Purse { spender, budget, spent } = after;
        let used_up = crossing == Crossing::Limit100;
        decision = decision.event(Event::BudgetCrossed { spender, spent, budget: budget.amount, used_up });
    }
    decision
}

/// Returns the agents that are to stop what they do, now that a budget is used up.
pub(in crate::kernel) fn interrupted(state: &State, spender: Spender) -> Vec<AgentId> {
    let org = state.org();
    let (budget, agents) = match spender {
        Spender::Session => (state.budgets().session, org.within(Scope::All)),
        Spender::Team(team) => {
            let name = org.team(team).map(|team| team.name.as_str()).unwrap_or_default();
            (state.budgets().of_team(name), org.within(Scope::Team(team)))
        }
        Spender::Agent(agent) => {
            (org.agent(agent).and_then(|agent| budget_of(state.budgets(), agent)), vec![agent])
        }
    };
    if budget.is_none_or(|budget| budget.at_limit != AtLimit::Interrupt) {
        return Vec::new();
    }
    let busy = |agent: &AgentId| state.live(*agent).is_some_and(|live| live.seen.state.is_busy());
    agents.into_iter().filter(busy).collect()
}

/// Returns every budget that an agent spends from: its own, its team's and those above it, the session's. The order is
/// the same whatever was spent.
pub(in crate::kernel) fn purses(state: &State, agent: AgentId) -> Vec<Purse> {
    let (mut purses, budgets) = (Vec::new(), state.budgets());
    let Some(agent) = state.org().agent(agent) else { return purses };
    if let Some(budget) = budget_of(budgets, agent) {
        let spent = state.ledger().agent(agent.id).money();
        purses.push(Purse { spender: Spender::Agent(agent.id), budget, spent });
    }
    for team in state.org().lineage(agent.team) {
        let name = state.org().team(team).map(|team| &team.name);
        if let Some(budget) = name.and_then(|name| budgets.of_team(name.as_str())) {
            purses.push(Purse { spender: Spender::Team(team), budget, spent: spent_in(state, team).money() });
        }
    }
    if let Some(budget) = budgets.session {
        purses.push(Purse { spender: Spender::Session, budget, spent: state.ledger().total().money() });
    }
    purses
}

/// Returns the budget of an agent: the one in its launch, which no setting raises, or the one in the settings.
#[must_use]
pub fn budget_of(budgets: &Budgets, agent: &Agent) -> Option<Budget> {
    let own = agent.launch.limits.budget.map(|amount| Budget { amount, at_limit: AtLimit::Interrupt });
    let set = budgets.of_agent(agent.name.as_str());
    match (own, set) {
        (Some(own), Some(set)) if set.amount < own.amount => Some(set),
        (own, set) => own.or(set),
    }
}

/// Returns what was spent in a team and in those that stand in it.
#[must_use]
pub fn spent_in(state: &State, team: TeamId) -> Spent {
    let mut sum = Spent::default();
    for below in state.org().teams().filter(|other| state.org().stands_in(other.id, team)) {
        sum += state.ledger().team(below.id);
    }
    sum
}

impl State {
    /// Says why an agent may begin nothing new, if a budget that it spends from is used up and is to be kept.
    #[must_use]
    pub fn over_budget(&self, agent: AgentId) -> Option<String> {
        let spent = purses(self, agent);
        let kept =
            |purse: &&Purse| purse.budget.at_limit != AtLimit::Warn && purse.spent >= purse.budget.amount;
        let purse = spent.iter().find(kept)?;
        let whose = match purse.spender {
            Spender::Session => "the session's".to_owned(),
            Spender::Team(team) => {
                let name = self.org().team(team).map(|team| team.name.to_string()).unwrap_or_default();
                format!("team {name}'s")
            }
            Spender::Agent(_) => "its".to_owned(),
        };
        Some(format!("{whose} budget of {} is used up", purse.budget.amount))
    }
}
