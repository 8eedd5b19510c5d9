//! What is spent, and what happens when a budget is used up.
//!
//! A line is crossed once: after a budget is used up, its spender is told nothing more, and is refused if the budget
//! says so. Money that no program told is counted as its estimate; what is unknown counts as nothing, and cannot be
//! limited. Prices and budgets are a person's settings: they come in as facts, and become events where they change
//! something.

mod event;
mod input;
mod rule;
mod state;

pub use event::Event;
pub use input::Fact;
pub use rule::{budget_of, spent_in};
pub use state::State;

pub(super) use rule::{Purse, crossings, interrupted, observe, purses};
