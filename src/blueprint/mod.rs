//! Teams and agents as a person writes them down: the session file `agentctl.toml`, and blueprints, the reusable
//! definitions of agents.
//!
//! Reading a session file gives a plan, and a plan is a list of ordinary commands: what a file can set up, anyone can
//! set up by hand. A [`Blueprint`] is data that knows no program; [`convert`](Library::launch) makes of it the start of
//! one, by the adapter's flags. Every error names file, line, field and, where a word is unknown, the nearest one that
//! is known.

mod compose;
mod convert;
mod definition;
mod file;
mod library;
mod plan;
mod policy;
mod switch;
#[cfg(test)]
mod tests;
mod words;

use std::path::Path;

use crate::domain::Name;
use crate::kernel::org::Command as OrgCommand;
use crate::manifest::ManifestError;

pub use compose::{Found, compose};
pub use convert::{Conversion, Note};
pub use definition::Blueprint;
pub use library::{DEFAULT_CLI, Library, LibraryError, Origin, Source, Wish};
pub use switch::switched;
pub use words::Words;

/// What a session file asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The session's name.
    pub name: Name,
    /// What to ask of the session, in order.
    pub commands: Vec<OrgCommand>,
    /// What of the blueprints their programs cannot be told: the blueprint's name and the note.
    pub notes: Vec<(String, Note)>,
}

/// The name under which a session file is looked for.
pub const FILE_NAME: &str = "agentctl.toml";

/// The folder beside a session file in which the session's own blueprints lie.
pub const SESSION_FOLDER: &str = ".agentctl/blueprints";

/// Reads a session file. `file` is its path as the person knows it; the name of its folder names the session if the
/// file does not. Blueprints that it does not define itself are looked for in the library.
///
/// # Errors
/// Names the first thing that is wrong, with its line.
pub fn read(file: &Path, text: &str, library: &Library) -> Result<Plan, ManifestError> {
    plan::plan(file, text, library)
}

/// Returns the name of a session file's session; what it says beside that may be wrong.
///
/// # Errors
/// If the text cannot be read, or the name is none.
pub fn session_name(file: &Path, text: &str) -> Result<Name, ManifestError> {
    plan::name(file, text)
}
