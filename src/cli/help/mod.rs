//! `agentctl help`: the manual pages of `src/manual`, written once as Markdown, and the help of every command.
//!
//! A page is shown through a pager where a person reads it on a terminal, and as plain text otherwise.

mod markdown;
mod page;
mod pager;
#[cfg(test)]
mod tests;
mod text;

use std::io::IsTerminal as _;

use clap::CommandFactory as _;
use serde_json::json;

use super::args::Cli;
use super::failure::Failure;
use super::output;
use crate::domain::nearest;

pub(super) use page::{PAGES, Page};

/// Shows a page, the help of a command, or the list of both.
pub(super) fn help(topic: &[String], json: bool) -> Result<(), Failure> {
    let words: Vec<&str> = topic.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] if json => {
            let list = PAGES.iter().map(|page| json!({ "name": page.name, "summary": page.summary() }));
            output::json(&list.collect::<Vec<_>>())
        }
        [] => list(),
        words => match words.first().filter(|_| words.len() == 1).and_then(|name| Page::named(name)) {
            Some(page) => show(page, json),
            None => command(words),
        },
    }
}

/// Returns the page of this name, or says which was probably meant.
pub(super) fn page(name: &str) -> Result<&'static Page, Failure> {
    Page::named(name).ok_or_else(|| unknown(name, PAGES.iter().map(|page| page.name)))
}

fn show(page: &Page, json: bool) -> Result<(), Failure> {
    if json {
        return output::json(&json!({ "name": page.name, "summary": page.summary(), "text": page.text }));
    }
    let shown = std::io::stdout().is_terminal();
    let coloured = shown && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let width = if shown { pager::width() } else { text::WIDEST };
    let text = text::laid_out(&markdown::read(page.text), width, coloured);
    if shown { pager::show(&text) } else { output::line(text.trim_end()) }
}

fn list() -> Result<(), Failure> {
    output::line("Manual pages (agentctl help NAME):\n")?;
    let width = PAGES.iter().map(|page| page.name.len()).max().unwrap_or(0);
    for page in PAGES {
        output::line(&format!("  {:width$}  {}", page.name, page.summary()))?;
    }
    output::line("\nCommands: agentctl --help lists them, agentctl help COMMAND explains one.")
}

/// Prints the help of a command, such as `agent create`.
fn command(words: &[&str]) -> Result<(), Failure> {
    let mut root = Cli::command();
    root.build();
    let mut at = &mut root;
    for (n, word) in words.iter().enumerate() {
        let known: Vec<String> = visible(at).map(str::to_owned).collect();
        match at.find_subcommand_mut(word) {
            Some(next) => at = next,
            None => {
                let pages = PAGES.iter().map(|page| page.name).filter(|_| n == 0);
                return Err(unknown(word, pages.chain(known.iter().map(String::as_str))));
            }
        }
    }
    let help = at.render_long_help();
    let coloured = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let text = if coloured { help.ansi().to_string() } else { help.to_string() };
    output::line(text.trim_end())
}

fn visible(command: &clap::Command) -> impl Iterator<Item = &str> {
    command.get_subcommands().filter(|sub| !sub.is_hide_set()).map(clap::Command::get_name)
}

fn unknown<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Failure {
    let failure = Failure::usage(format!("there is no manual page and no command `{word}`"));
    match nearest(word, known) {
        Some(near) => failure.hint(format!("did you mean `{near}`? agentctl help lists all pages")),
        None => failure.hint("agentctl help lists all pages, agentctl --help all commands"),
    }
}
