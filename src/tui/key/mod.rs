//! Keys and what they do: the table of actions, the trie that keys are looked up in, and a person's own choices.

mod action;
mod keymap;

pub(super) use action::{Action, Group};
pub(super) use keymap::{Choices, Found, Keymap, sequence_words};
