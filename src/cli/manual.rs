//! The manual and the shells' completions, from the same definitions as the parser.

use std::path::Path;

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::args::Cli;
use super::failure::Failure;
use super::output;

/// Prints completions for a shell.
pub(super) fn completions(shell: Shell) -> Result<(), Failure> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "agentctl", &mut text);
    output::line(String::from_utf8_lossy(&text).trim_end())
}

/// Prints the manual's first page, or writes every page into a folder.
pub(super) fn man(folder: Option<&Path>) -> Result<(), Failure> {
    let failed = |e: std::io::Error| Failure::new("the manual could not be written").because(&e);
    let Some(folder) = folder else {
        let mut page = Vec::new();
        clap_mangen::Man::new(Cli::command()).render(&mut page).map_err(failed)?;
        return output::line(String::from_utf8_lossy(&page).trim_end());
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    clap_mangen::generate_to(Cli::command(), folder).map_err(failed)
}
