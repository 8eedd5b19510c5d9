//! The manual pages and the shells' completions, from the same definitions as the parser and `agentctl help`.

use std::path::Path;

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::args::Cli;
use super::failure::Failure;
use super::help::{self, PAGES};
use super::output;

/// Prints completions for a shell.
pub(super) fn completions(shell: Shell) -> Result<(), Failure> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "agentctl", &mut text);
    output::line(String::from_utf8_lossy(&text).trim_end())
}

/// Prints a manual page, the program's own by default, or writes every page into a folder: those of commands in
/// section 1, those of `agentctl help` in section 7.
pub(super) fn man(topic: Option<&str>, folder: Option<&Path>) -> Result<(), Failure> {
    let failed = |e: std::io::Error| Failure::new("the manual could not be written").because(&e);
    if let Some(topic) = topic {
        return output::line(help::page(topic)?.roff().trim_end());
    }
    let Some(folder) = folder else {
        let mut page = Vec::new();
        clap_mangen::Man::new(Cli::command()).render(&mut page).map_err(failed)?;
        return output::line(String::from_utf8_lossy(&page).trim_end());
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    clap_mangen::generate_to(Cli::command(), folder).map_err(failed)?;
    for page in PAGES {
        let file = folder.join(format!("agentctl-{}.7", page.name));
        std::fs::write(file, page.roff()).map_err(failed)?;
    }
    Ok(())
}
