//! The organisation: the chart of teams and agents, and the plan that a session file asks for.
//!
//! It says who belongs where and how each agent is started. Whether an agent runs is the business of `life`.

mod agent;
mod command;
mod event;
mod plan;
mod refusal;
mod rule;
mod state;
mod team;

pub use command::Command;
pub use event::Event;
pub use refusal::{Refusal, Reply};
pub use state::State;

pub(super) use plan::{steps, unplanned};
pub(super) use rule::decide;
