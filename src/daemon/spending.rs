//! What was spent, from the kernel's ledger to what clients are shown.

use crate::domain::{Org, Spender, TeamId, clean};
use crate::kernel::{Event, cost};
use crate::kernel::{State, budget_of, spent_in};
use crate::price::{AtLimit, Budget, Budgets, Day, Prices, Spent};
use crate::protocol::{CostBy, CostRow, CostView, SpentView};

/// How many models without a price are named.
const MOST_HINTS: usize = 8;
/// The longest name of a model that is shown, in characters.
const LONGEST_MODEL: usize = 80;

/// Returns a sum as clients read it.
pub(super) fn view(spent: &Spent) -> SpentView {
    SpentView {
        told_micro_usd: spent.told.0,
        estimated_micro_usd: spent.estimated.0,
        input_tokens: spent.tokens.input,
        output_tokens: spent.tokens.output,
        cache_read_tokens: spent.tokens.cache_read,
        cache_write_tokens: spent.tokens.cache_write,
        unknown_tokens: spent.unknown_tokens,
    }
}

/// Returns what was spent, told apart as is asked.
pub(super) fn cost(state: &State, by: CostBy, prices: &Prices, wrongs: Vec<String>) -> CostView {
    let (ledger, budgets) = (state.ledger(), state.budgets());
    let total = ledger.total();
    let rows = match by {
        CostBy::Agent => by_agent(state, budgets),
        CostBy::Team => by_team(state, budgets),
        CostBy::Model => ledger.models().map(|(model, spent)| row(model, &spent, None)).collect(),
        CostBy::Day => ledger.days().map(|(day, spent)| row(date(day), &spent, None)).collect(),
        CostBy::Session => {
            let name = state.name().map(ToString::to_string).unwrap_or_default();
            vec![row(name, &total, budgets.session)]
        }
    };
    let unknown = ledger.models().filter(|(_, spent)| spent.unknown_tokens > 0);
    let mut hints: Vec<String> = unknown
        .filter_map(|(model, spent)| prices.lacks(&clean(model, LONGEST_MODEL), &spent.tokens))
        .take(MOST_HINTS)
        .collect();
    hints.extend(wrongs);
    CostView { by, rows, total: view(&total), hints }
}

/// The agents in the order of the chart, and what those spent that are gone.
fn by_agent(state: &State, budgets: &Budgets) -> Vec<CostRow> {
    let agents = state.org().in_order().into_iter().filter_map(|id| state.org().agent(id));
    let mut rows: Vec<CostRow> = agents
        .map(|agent| row(agent.name.as_str(), &state.ledger().agent(agent.id), budget_of(budgets, agent)))
        .collect();
    let gone = state.ledger().gone();
    if gone != Spent::default() {
        rows.push(row("(agents that are gone)", &gone, None));
    }
    rows
}

fn by_team(state: &State, budgets: &Budgets) -> Vec<CostRow> {
    let of = |id: TeamId| {
        let name = state.org().team(id).map(|team| team.name.to_string()).unwrap_or_default();
        let budget = budgets.of_team(&name);
        row(name, &spent_in(state, id), budget)
    };
    in_order(state.org()).into_iter().map(of).collect()
}

/// Returns what a person is told of a budget that is nearly or wholly used up.
pub(super) fn notice(state: &State, event: &Event) -> Option<String> {
    let Event::Cost(cost::Event::BudgetCrossed { spender, spent, budget, used_up }) = event else {
        return None;
    };
    let whose = match spender {
        Spender::Session => "the session".to_owned(),
        Spender::Team(team) => format!("team {}", state.org().team(*team)?.name),
        Spender::Agent(agent) => state.org().agent(*agent)?.name.to_string(),
    };
    let then = if *used_up { "the budget is used up" } else { "the budget is nearly used up" };
    Some(format!("{whose} has spent {spent} of {budget}: {then}"))
}

/// Returns every team, each before those that stand in it.
fn in_order(org: &Org) -> Vec<TeamId> {
    fn below(org: &Org, parent: Option<TeamId>, out: &mut Vec<TeamId>) {
        for team in org.subteams(parent) {
            out.push(team.id);
            below(org, Some(team.id), out);
        }
    }
    let mut out = Vec::new();
    below(org, None, &mut out);
    out
}

fn row(name: impl Into<String>, spent: &Spent, budget: Option<Budget>) -> CostRow {
    let word = |budget: Budget| match budget.at_limit {
        AtLimit::Warn => "warn".to_owned(),
        AtLimit::Interrupt => "interrupt".to_owned(),
        AtLimit::Refuse => "refuse".to_owned(),
    };
    CostRow {
        name: name.into(),
        spent: view(spent),
        budget_micro_usd: budget.map(|budget| budget.amount.0),
        at_limit: budget.map(word),
    }
}

/// Returns a day as it is written: `2026-11-20`.
fn date(day: Day) -> String {
    let epoch = jiff::civil::date(1970, 1, 1);
    let date = jiff::Span::new().try_days(day.0).and_then(|days| epoch.checked_add(days));
    date.map_or_else(|_| day.0.to_string(), |date| date.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_written_as_people_write_it() {
        assert_eq!(date(Day(20_777)), "2026-11-20");
        assert_eq!(date(Day(i32::MAX)), i32::MAX.to_string());
    }
}
