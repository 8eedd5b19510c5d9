//! Keys to many agents at once: named beforehand, confirmed, and accounted for afterwards.

use serde::{Deserialize, Serialize};

use super::{AgentId, Name, TeamId};

/// Whom a broadcast is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Every agent of the session.
    All,
    /// A team and every team below it.
    Team(TeamId),
}

/// One open broadcast; keys are sent under its number, so keys cannot go to targets that were not confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BroadcastId(pub u32);

/// Why an agent is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Skip {
    /// It has a dialog open: a key could approve something.
    Dialog,
    /// It is not running.
    NotRunning,
}

impl Skip {
    /// Returns the reason as words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Skip::Dialog => "has a dialog open",
            Skip::NotRunning => "is not running",
        }
    }
}

/// One agent within a broadcast's scope, and whether the next key would reach it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The agent.
    pub agent: AgentId,
    /// Its name.
    pub name: Name,
    /// Why it would be passed over; none if it would be reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skip: Option<Skip>,
}

/// What one target got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The agent.
    pub agent: AgentId,
    /// Its name.
    pub name: Name,
    /// How many keys and pastes were written to it.
    pub delivered: u32,
    /// How many were kept from it.
    pub kept_back: u32,
    /// Why the last of those was kept from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skip: Option<Skip>,
}

/// What every target of a broadcast got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BroadcastReport {
    /// Whom it was for.
    pub scope: Scope,
    /// One row a target, in the order of the chart.
    pub outcomes: Vec<Outcome>,
}
