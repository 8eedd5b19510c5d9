//! What is spent, and what happens when a budget is used up.
//!
//! A line is crossed once: whoever spends on after a budget is used up is told nothing more, and refused if the budget
//! says so. Money that nobody told is counted as its estimate; what is unknown counts as nothing, and cannot be limited.

use super::{Effect, Kernel, Outcome, Reply, State};
use crate::domain::{Actor, Agent, AgentId, Event, MicroUsd, Scope, Spender, TeamId, Timestamp, Usage};
use crate::price::{AtLimit, Budget, Budgets, Crossing, Day, Spent, crossed};

/// What an agent has used by now, and what that comes to.
pub(super) struct Bill {
    pub(super) usage: Usage,
    pub(super) estimate: Option<MicroUsd>,
    pub(super) day: Day,
}

/// A budget that somebody spends from.
struct Purse {
    spender: Spender,
    budget: Budget,
    spent: MicroUsd,
}

impl Kernel {
    /// Puts down what an agent has used, and sees to the budgets that this uses up.
    pub(super) fn spend(&mut self, agent: AgentId, epoch: u32, bill: Bill, now: Timestamp) -> Outcome {
        let mut whole = Outcome { reply: Ok(Reply::Done), events: Vec::new(), effects: Vec::new() };
        let known = self.state.live(agent).is_some_and(|live| live.epoch == epoch);
        if !known || self.state.ledger().knows(agent, &bill.usage) {
            return whole;
        }
        let before = purses(&self.state, agent);
        let team = self.state.org().agent(agent).and_then(|agent| agent.team);
        let Bill { usage, estimate, day } = bill;
        let used = Event::Used { agent, team, day: day.0, usage, estimate };
        whole.events.push(self.record(used, Actor::Daemon, now));
        for (before, after) in before.into_iter().zip(purses(&self.state, agent)) {
            let Some(crossing) = crossed(before.spent, after.spent, &after.budget) else { continue };
            let used_up = crossing == Crossing::Limit100;
            let Purse { spender, budget, spent } = after;
            let event = Event::BudgetCrossed { spender, spent, budget: budget.amount, used_up };
            whole.events.push(self.record(event, Actor::Daemon, now));
            if used_up && budget.at_limit == AtLimit::Interrupt {
                whole.effects.extend(self.interrupt_spenders(spender));
            }
        }
        whole
    }

    /// Has every agent that spends from a budget, and is at it, stop what it does.
    fn interrupt_spenders(&self, spender: Spender) -> Vec<Effect> {
        let org = self.state.org();
        let agents = match spender {
            Spender::Session => org.within(Scope::All),
            Spender::Team(team) => org.within(Scope::Team(team)),
            Spender::Agent(agent) => vec![agent],
        };
        let busy = |agent: &AgentId| self.state.live(*agent).is_some_and(|live| live.seen.state.is_busy());
        agents.into_iter().filter(busy).map(|agent| Effect::Interrupt { agent, force: false }).collect()
    }
}

/// Returns every budget that an agent spends from: its own, its team's and those above it, the session's. The order is
/// the same whatever was spent.
fn purses(state: &State, agent: AgentId) -> Vec<Purse> {
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

/// Says why an agent may begin nothing new, if a budget that it spends from is used up and is to be kept.
pub(super) fn refused(state: &State, agent: AgentId) -> Option<String> {
    let spent = purses(state, agent);
    let kept = |purse: &&Purse| purse.budget.at_limit != AtLimit::Warn && purse.spent >= purse.budget.amount;
    let purse = spent.iter().find(kept)?;
    let whose = match purse.spender {
        Spender::Session => "the session's".to_owned(),
        Spender::Team(team) => {
            let name = state.org().team(team).map(|team| team.name.to_string()).unwrap_or_default();
            format!("team {name}'s")
        }
        Spender::Agent(_) => "its".to_owned(),
    };
    Some(format!("{whose} budget of {} is used up", purse.budget.amount))
}
