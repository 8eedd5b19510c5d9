//! Keys: to the executive, to one agent, or to the confirmed targets of a broadcast.
//!
//! A broadcast exists from the moment its targets are named to the moment it is ended; keys can only be sent under its
//! number. Each key is checked again: an agent that opened a dialog in the meantime is passed over, and the report says
//! so. Open broadcasts are present only: they live here, not in the state.

mod command;
mod event;
mod refusal;
mod rule;

pub use command::Command;
pub use event::Event;
pub use refusal::{Refusal, Reply};

pub(super) use rule::{Present, interrupts};
