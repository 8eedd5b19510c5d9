//! A session file for a person who has none: a small team of the agent programs that were found.

use std::fmt::Write as _;

use crate::domain::Name;

/// An agent program that was found on the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its name, as people say it.
    pub title: String,
    /// The program.
    pub program: String,
}

/// Writes a session file that offers every program found a place: the first one leads, the team has up to three.
#[must_use]
pub fn compose(session: &Name, found: &[Found]) -> String {
    let program = |n: usize| found.get(n % found.len().max(1)).map_or("sh", |f| f.program.as_str());
    let mut text = format!(
        "# The team of this folder. `agentctl` opens it; `agentctl --help` says what else there is.\n\n\
         [session]\nname = \"{session}\"\n\n\
         # Stands above all teams; its pane is the large one.\n\
         [executive]\nname = \"chief\"\ncommand = [\"{}\"]\n\n\
         # Teams may stand in teams: parent = \"builders\".\n\
         [[team]]\nname = \"builders\"\ncolor = \"green\"\n",
        program(0)
    );
    for n in 0..found.len().clamp(2, 3) {
        // Writing to a string cannot fail.
        let _ =
            write!(text, "\n[[team.agent]]\nname = \"builder-{}\"\ncommand = [\"{}\"]\n", n + 1, program(n));
    }
    text.push_str("# count = 2                     # makes builder-1-1 and builder-1-2\n");
    text.push_str("# cwd = \"services/api\"          # its folder, seen from this one\n");
    text.push_str("# env = { RUST_LOG = \"info\" }   # variables set for it\n");
    text
}
