//! What a part says of each of its events and refusals, for those who know no part: how an event is kept and shown, and
//! what kind of refusal it is.

use crate::domain::AgentId;

/// How an event is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Durability {
    /// Shown, and forgotten.
    Ephemeral,
    /// An observation: shown at once and written behind. A full disk may lose it, since it can be observed again.
    Recorded,
    /// A decision: on disk before it is shown.
    Durable,
}

/// What of the chart an event changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The structure.
    Chart,
    /// One agent.
    Agent(AgentId),
    /// One agent, and what it asks.
    Asked(AgentId),
    /// Nothing that is shown there.
    Nothing,
}

/// What a part says of each of its events.
pub(super) trait Kept {
    /// Returns how it is kept.
    fn durability(&self) -> Durability;
    /// Returns what of the chart it changes.
    fn subject(&self) -> Subject;
}

/// What kind of refusal it is, for fronts: each has its own status and exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// What is named is not there.
    NotFound,
    /// The command makes no sense as it is.
    Invalid,
    /// It does not fit the present state.
    Conflict,
    /// A limit is reached.
    Busy,
    /// The principal may not.
    Denied,
}

/// What a part says of each of its refusals.
pub(super) trait Explained {
    /// Returns its kind.
    fn kind(&self) -> RefusalKind;
    /// Returns what a person can do about it, if there is something.
    fn hint(&self) -> Option<String>;
}
