//! What went wrong, for a person: what, why, and how to mend it; and for a program: which kind.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An answer that says what went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Which kind of problem.
    pub code: Code,
    /// What went wrong, as a lowercase fragment.
    pub error: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// How to mend it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// Which kind of problem. These words are part of the API: they are added to, never renamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// What was asked makes no sense.
    Invalid,
    /// What it is about does not exist.
    NotFound,
    /// It cannot be done as things stand.
    Conflict,
    /// Whoever asks may not.
    Denied,
    /// It cannot be saved.
    Storage,
    /// Too much is under way.
    Busy,
    /// The two sides are of different versions.
    Version,
    /// The daemon failed.
    Internal,
    /// It took longer than was to be waited.
    Timeout,
    /// The agent's turn failed.
    TurnFailed,
    /// No daemon answers; the command line says it, the API cannot.
    NoDaemon,
    /// It failed outside: a program, a file, the system.
    Failed,
}

impl Problem {
    /// Returns a problem of this kind.
    pub fn new(code: Code, error: impl Into<String>) -> Problem {
        Problem { code, error: error.into(), cause: None, hint: None }
    }

    /// Returns it with its cause.
    #[must_use]
    pub fn cause(mut self, cause: impl Into<String>) -> Problem {
        self.cause = Some(cause.into());
        self
    }

    /// Returns it with a word on how to mend it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Problem {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error)?;
        if let Some(cause) = &self.cause {
            write!(f, ": {cause}")?;
        }
        if let Some(hint) = &self.hint {
            write!(f, " ({hint})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problem {}
