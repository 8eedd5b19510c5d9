//! What happens to money.

use serde::{Deserialize, Serialize};

use super::super::kind::{Durability, Kept, Subject};
use crate::domain::{AgentId, MicroUsd, Spender, TeamId, Usage};
use crate::price::{Budgets, Prices};

/// One thing that happened to money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Event {
    /// An agent has used more than it had.
    #[serde(rename = "cost.used", alias = "used")]
    Used {
        /// The agent.
        agent: AgentId,
        /// The team it stands in.
        #[serde(default)]
        team: Option<TeamId>,
        /// The day, in the daemon's time zone: how many days after 1970-01-01 it is.
        day: i32,
        /// What it has used from the beginning of its conversation to now.
        usage: Usage,
        /// What that comes to by the prices of the day, where its program tells no money.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        estimate: Option<MicroUsd>,
    },
    /// A budget is nearly or wholly used up.
    #[serde(rename = "cost.budget_crossed", alias = "budget_crossed")]
    BudgetCrossed {
        /// The spender whose budget it is.
        spender: Spender,
        /// How much is spent.
        spent: MicroUsd,
        /// Of how much.
        budget: MicroUsd,
        /// Whether all of it is used up; else it is four fifths.
        used_up: bool,
    },
    /// Other budgets hold.
    #[serde(rename = "cost.budgets_set")]
    BudgetsSet {
        /// The budgets.
        budgets: Budgets,
    },
    /// Other prices are known, and change what was estimated.
    #[serde(rename = "cost.priced")]
    Priced {
        /// The prices.
        prices: Prices,
    },
}

impl Kept for Event {
    fn durability(&self) -> Durability {
        Durability::Recorded
    }

    fn subject(&self) -> Subject {
        match self {
            Event::Used { agent, .. } => Subject::Agent(*agent),
            Event::Priced { .. } => Subject::Chart,
            Event::BudgetCrossed { .. } | Event::BudgetsSet { .. } => Subject::Nothing,
        }
    }
}
