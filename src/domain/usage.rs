//! What an agent's model has used: tokens, and money where it is known.
//!
//! Money that a program told is never mixed up with money that was computed from a table of prices, and what nobody
//! knows is not made up: it stays unknown.

use std::fmt;
use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

use super::{AgentId, TeamId};

/// An amount of money: millionths of a US dollar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MicroUsd(pub u64);

impl MicroUsd {
    /// Returns an amount that is given in dollars; below zero, and what is not a number, is zero.
    #[must_use]
    pub fn from_usd(usd: f64) -> MicroUsd {
        // Casting clamps: what is not a number is zero, what is too much is the most there is.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
        MicroUsd((usd * 1e6).round() as u64)
    }
}

impl fmt::Display for MicroUsd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (usd, rest) = (self.0 / 1_000_000, self.0 % 1_000_000);
        match usd {
            0 if rest > 0 && rest < 10_000 => write!(f, "${usd}.{:04}", rest / 100),
            _ => write!(f, "${usd}.{:02}", rest / 10_000),
        }
    }
}

/// How many tokens of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tokens {
    /// Read by the model, the cached ones left out.
    pub input: u64,
    /// Written by the model, its reasoning included.
    pub output: u64,
    /// Read from the cache.
    pub cache_read: u64,
    /// Written to the cache.
    pub cache_write: u64,
}

impl Tokens {
    /// Returns how many they are altogether.
    #[must_use]
    pub fn total(&self) -> u64 {
        [self.input, self.output, self.cache_read, self.cache_write].into_iter().fold(0, u64::saturating_add)
    }
}

impl AddAssign for Tokens {
    fn add_assign(&mut self, other: Tokens) {
        self.input = self.input.saturating_add(other.input);
        self.output = self.output.saturating_add(other.output);
        self.cache_read = self.cache_read.saturating_add(other.cache_read);
        self.cache_write = self.cache_write.saturating_add(other.cache_write);
    }
}

/// What one conversation has used of one model, from its beginning to now: a running total, as programs tell it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// The conversation, as its program numbers it; none where the program does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
    /// The model, as its program calls it.
    pub model: String,
    /// The tokens; none where the program tells money only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<Tokens>,
    /// The money; none where the program does not tell it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<MicroUsd>,
    /// Whether the money is that of the whole conversation, whatever models it used: what is new of it is put down to
    /// this one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub whole: bool,
}

/// Whose spending is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spender {
    /// The whole session.
    Session,
    /// A team; those that stand in it are counted with it.
    Team(TeamId),
    /// An agent.
    Agent(AgentId),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_reads_as_people_write_it_and_small_amounts_do_not_vanish() {
        let shown = |usd: f64| MicroUsd::from_usd(usd).to_string();
        assert_eq!([shown(0.0), shown(12.346), shown(0.0042)], ["$0.00", "$12.34", "$0.0042"]);
        assert_eq!((MicroUsd::from_usd(-1.0), MicroUsd::from_usd(f64::NAN)), (MicroUsd(0), MicroUsd(0)));
    }
}
