//! `agentctl adapter …`: what is known of agent programs, and a person's own files about them.

use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use super::args::Adapter as Asked;
use super::failure::Failure;
use super::here::{Here, adapters};
use super::{output, programs};
use crate::adapter::{Adapter, Adapters};
use crate::config::{OwnFile, own_files, readable_files};
use crate::domain::nearest;
use crate::manifest::Manifest;

/// One adapter in the list.
#[derive(Debug, Serialize)]
struct Row<'a> {
    name: &'a str,
    title: &'a str,
    programs: &'a [String],
    /// Where the program is on the PATH.
    found: Option<String>,
    verified: &'a [String],
    /// Whether a person's own file takes part in it.
    own: bool,
}

pub(super) async fn run(here: &Here, command: Asked) -> Result<(), Failure> {
    match command {
        Asked::List => list(here),
        Asked::Show { name } => show(here, &name),
        Asked::Check { file } => check(here, file.as_deref()),
        Asked::Reload => {
            let done: Value =
                here.daemon().await?.post("/v1/adapters/reload", &serde_json::json!({})).await?;
            here.tell(&done, "the adapters are read anew")
        }
    }
}

fn own(here: &Here) -> Result<Vec<OwnFile>, Failure> {
    own_files(&here.paths.adapters()).map_err(|e| Failure::new("your adapters cannot be read").because(&e))
}

fn list(here: &Here) -> Result<(), Failure> {
    let known = adapters(&here.paths)?;
    let (own, _) = readable_files(&here.paths.adapters());
    let row = |adapter: &'_ std::sync::Arc<Adapter>| -> (Option<String>, bool) {
        let found = adapter.programs().iter().find_map(|program| programs::find(program));
        let is_own = own.iter().any(|file| file.name == adapter.name());
        (found.map(|path| path.display().to_string()), is_own)
    };
    let rows: Vec<Row> = known
        .iter()
        .map(|adapter| {
            let (found, own) = row(adapter);
            let verified = &adapter.version().verified;
            let (name, title, programs) = (adapter.name(), adapter.title(), adapter.programs());
            Row { name, title, programs, found, verified, own }
        })
        .collect();
    if here.json() {
        return output::json(&rows);
    }
    let cells: Vec<Vec<String>> = rows
        .into_iter()
        .map(|row| {
            let verified = match row.verified {
                [] => "never".to_owned(),
                [only] => only.clone(),
                [first, .., last] => format!("{first} to {last}"),
            };
            let name = if row.own { format!("{} *", row.name) } else { row.name.to_owned() };
            vec![name, row.title.to_owned(), verified, row.found.unwrap_or_default()]
        })
        .collect();
    output::table(&["adapter", "program", "verified with", "found at"], &cells)?;
    if own.is_empty() {
        return output::line(&format!("your own go into {}", here.paths.adapters().display()));
    }
    output::line("* with a file of your own")
}

fn show(here: &Here, name: &str) -> Result<(), Failure> {
    let known = adapters(&here.paths)?;
    let Some(adapter) = known.named(name) else {
        let failure = Failure::not_found(format!("there is no adapter `{name}`"));
        let near = nearest(name, known.iter().map(|adapter| adapter.name()));
        return Err(match near {
            Some(near) => failure.hint(format!("did you mean `{near}`?")),
            None => failure.hint("agentctl adapter list shows those there are"),
        });
    };
    if here.json() {
        return output::json(&adapter.shown());
    }
    for (file, text) in adapter.texts() {
        output::line(&format!("# ── {file}"))?;
        output::line(text.trim_end())?;
    }
    Ok(())
}

fn check(here: &Here, file: Option<&Path>) -> Result<(), Failure> {
    let Some(file) = file else {
        let own = own(here)?;
        let check = |file: &OwnFile| {
            let shown = file.path.display().to_string();
            let checked = Adapters::check(&Manifest { file: &shown, text: &file.text });
            checked.err().map(|error| error.to_string())
        };
        let wrongs: Vec<String> = own.iter().filter_map(check).collect();
        if !wrongs.is_empty() {
            wrongs.iter().for_each(|wrong| output::complain(&format!("✖ {wrong}")));
            return Err(Failure::usage(format!("{} of {} are wrong", wrongs.len(), own.len())));
        }
        let text = match own.len() {
            0 => format!("there is nothing of your own in {}", here.paths.adapters().display()),
            n => format!("{n} of your own, and fine"),
        };
        return output::line(&text);
    };
    let shown = file.display().to_string();
    let text = std::fs::read_to_string(file)
        .map_err(|e| Failure::new(format!("{shown} cannot be read")).because(&e))?;
    let checked = Adapters::check(&Manifest { file: &shown, text: &text });
    checked.map_err(|e| Failure::usage("the file is wrong").because(&e))?;
    output::line(&format!("{shown} is fine"))
}
