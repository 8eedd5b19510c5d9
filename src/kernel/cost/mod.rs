//! What is spent, and what happens when a budget is used up.
//!
//! A line is crossed once: after a budget is used up, its spender is told nothing more, and is refused if the budget
//! says so. Money that no program told is counted as its estimate; what is unknown counts as nothing, and cannot be
//! limited. Prices and budgets are a person's settings: they come in as facts, and become events where they change
//! something.

mod event;
mod rule;
mod state;

pub use event::Event;
pub use rule::{budget_of, spent_in};
pub use state::State;

pub(super) use rule::{Purse, crossings, interrupted, observe, over_budget, purses};

use crate::domain::{AgentId, MicroUsd, Usage};
use crate::price::{Budgets, Day, Prices};

/// Something that was learnt about money.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// An agent has used so much by now.
    Used {
        /// The agent.
        agent: AgentId,
        /// Which start.
        epoch: u32,
        /// What it has used from the beginning of its conversation to now.
        usage: Usage,
        /// What that comes to by the prices of the day, where its program tells no money.
        estimate: Option<MicroUsd>,
        /// The day.
        day: Day,
    },
    /// These budgets hold from now on.
    Budgets(Budgets),
    /// These prices are known from now on.
    Prices(Prices),
}
