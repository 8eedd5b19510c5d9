//! Delivery: a text that is typed into an agent's input, at most once, and only while that is ready.
//!
//! A message is accepted, held until the agent is ready for input, typed at most once, submitted, and accounted for.
//! Nothing is ever typed into a dialog: an agent that waits for a person gets nothing, and an agent that opens a dialog
//! between the text and its submission does not get the key that would approve it. The pane, which knows a moment more
//! than this part, checks once more before the text and before the key, and says so if it did neither.

mod command;
mod event;
mod fate;
mod hold;
mod input;
mod letter;
mod refusal;
mod rule;
mod state;

pub use command::Command;
pub use event::Event;
pub use fate::{Fate, standing_after};
pub use input::{Effect, Fact, Timer};
pub use refusal::{Refusal, Reply};
pub use state::{Finished, State, Typing};

pub(super) use hold::{hold_reason, standing};
pub(super) use rule::{
    decide, deliver_next, drop_mail, drop_typing, due, follow_up, observe, prompt_taken, reacted, resumed,
};

#[cfg(test)]
pub(super) use state::SETTLE_FOR;
