//! What is learnt about money.

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
