//! What was spent: a sum that keeps apart what is known, what is guessed and what is not known.

use std::ops::{AddAssign, SubAssign};

use serde::{Deserialize, Serialize};

use crate::domain::{MicroUsd, Tokens};

/// A day in a person's own time: how many days after 1970-01-01 it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(pub i32);

/// What was spent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Spent {
    /// Money that programs told.
    pub told: MicroUsd,
    /// Money that was computed from prices, of usages whose programs told none.
    pub estimated: MicroUsd,
    /// All tokens.
    pub tokens: Tokens,
    /// Those of the tokens whose money is neither told nor estimated.
    pub unknown_tokens: u64,
}

impl Spent {
    /// Returns the money that is known of, told and estimated together.
    #[must_use]
    pub fn money(&self) -> MicroUsd {
        MicroUsd(self.told.0.saturating_add(self.estimated.0))
    }
}

impl AddAssign for Spent {
    fn add_assign(&mut self, other: Spent) {
        self.told.0 = self.told.0.saturating_add(other.told.0);
        self.estimated.0 = self.estimated.0.saturating_add(other.estimated.0);
        self.tokens += other.tokens;
        self.unknown_tokens = self.unknown_tokens.saturating_add(other.unknown_tokens);
    }
}

/// Takes back a guess: the tokens stay.
impl SubAssign<Guess> for Spent {
    fn sub_assign(&mut self, guess: Guess) {
        self.estimated.0 = self.estimated.0.saturating_sub(guess.estimated.0);
        self.unknown_tokens = self.unknown_tokens.saturating_sub(guess.unknown_tokens);
    }
}

/// What was put down without being told, and is taken back once it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Guess {
    pub(super) estimated: MicroUsd,
    pub(super) unknown_tokens: u64,
}
