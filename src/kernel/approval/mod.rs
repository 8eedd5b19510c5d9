//! Approvals: what agents ask, what they are answered, and how that ended.
//!
//! One question is one approval, however many sources tell of it: a hook says most; the program's own word and its
//! screen say that there is something. The first answer counts, and every later one is told who was first.

mod command;
mod event;
mod input;
mod present;
mod refusal;
mod rule;
mod state;
mod way;

pub use command::Command;
pub use event::Event;
pub use input::{Effect, Fact, Timer};
pub use refusal::Refusal;
pub use state::{OpenApproval, State};

pub(super) use present::Present;
#[cfg(test)]
pub(super) use rule::CONFIRM_FOR;
pub(super) use rule::{decide, denial_told, due, ended, observe, observed, resumed, signalled};
pub(super) use way::unanswerable;
