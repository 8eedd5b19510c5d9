//! The session file, `agentctl.toml`: a team as a person writes it down.
//!
//! Reading it gives a plan, and a plan is a list of ordinary commands: what a file can set up, anyone can set up by
//! hand. Every error names file, line, field and, where a word is unknown, the nearest one that is known.

mod compose;
mod file;
mod plan;
#[cfg(test)]
mod tests;

use std::path::Path;

use crate::domain::{Command, Name};
use crate::manifest::ManifestError;

pub use compose::{Found, compose};

/// What a session file asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The session's name.
    pub name: Name,
    /// What to ask of the session, in order.
    pub commands: Vec<Command>,
}

/// The name under which a session file is looked for.
pub const FILE_NAME: &str = "agentctl.toml";

/// Reads a session file. `file` is its path as the person knows it; the name of its folder names the session if the
/// file does not.
///
/// # Errors
/// Names the first thing that is wrong, with its line.
pub fn read(file: &Path, text: &str) -> Result<Plan, ManifestError> {
    plan::plan(file, text)
}
