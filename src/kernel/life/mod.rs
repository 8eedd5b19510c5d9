//! The life of an agent's process: wanted, started, seen, ended; its turns, its conversations, its time limit.
//!
//! What a person wants always wins over what is under way: a stop during a start stops, and nothing restarts an agent
//! that was stopped. It does not know what is typed into an agent or what the agent asks.

mod clock;
mod command;
mod effort;
mod event;
mod input;
mod limit;
mod live;
mod present;
mod refusal;
mod rule;
mod state;
mod turn;

pub use command::Command;
pub use event::Event;
pub use input::{Effect, Fact, Timer};
pub use limit::{time_limit, time_notice};
pub use live::{Live, Phase};
pub use refusal::{Refusal, Reply};
pub use state::State;
pub use turn::Turn;

#[cfg(test)]
pub(super) use clock::Passed;
pub(super) use limit::{due, watch};
pub(super) use live::is_forced;
pub(super) use present::Present;
pub(super) use rule::{begin, begin_after_failure, decide, observe, resumed};
pub(super) use turn::signalled;
