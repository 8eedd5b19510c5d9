//! The session file as it is written: its tables and fields, before anything is made of them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

use crate::manifest::Spanned;

/// The whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SessionFile {
    #[serde(default)]
    pub(super) session: SessionTable,
    pub(super) executive: Option<AgentTable>,
    #[serde(default)]
    pub(super) team: Vec<TeamTable>,
    #[serde(default)]
    pub(super) agent: Vec<AgentTable>,
    #[serde(default)]
    pub(super) blueprint: BTreeMap<String, BlueprintTable>,
}

/// `[session]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SessionTable {
    pub(super) name: Option<Spanned<String>>,
}

/// `[[team]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TeamTable {
    pub(super) name: Spanned<String>,
    pub(super) parent: Option<Spanned<String>>,
    pub(super) color: Option<Spanned<String>>,
    pub(super) lead: Option<Spanned<String>>,
    /// What its agents run when they do not say.
    pub(super) command: Option<Spanned<Argv>>,
    /// The blueprint of its agents when they do not say.
    pub(super) blueprint: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) agent: Vec<AgentTable>,
}

/// `[executive]`, `[[agent]]`, `[[team.agent]]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AgentTable {
    pub(super) name: Option<Spanned<String>>,
    pub(super) command: Option<Spanned<Argv>>,
    pub(super) blueprint: Option<Spanned<String>>,
    /// The program, in place of the blueprint's.
    pub(super) cli: Option<Spanned<String>>,
    /// The model, in place of the blueprint's.
    pub(super) model: Option<Spanned<String>>,
    /// What is put behind the blueprint's prompt.
    pub(super) prompt_suffix: Option<Spanned<String>>,
    pub(super) count: Option<Spanned<u32>>,
    pub(super) cwd: Option<PathBuf>,
    #[serde(default)]
    pub(super) env: BTreeMap<String, String>,
}

/// `[blueprint.NAME]`: a definition that agents share.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BlueprintTable {
    pub(super) command: Spanned<Argv>,
    pub(super) cwd: Option<PathBuf>,
    #[serde(default)]
    pub(super) env: BTreeMap<String, String>,
}

/// A program and its arguments: a list of words, or one text that is split as a shell would, without being one.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(
    untagged,
    expecting = "a list of words such as [\"claude\"], or one text such as \"claude --verbose\""
)]
pub(super) enum Argv {
    Words(Vec<String>),
    Text(String),
}

impl AgentTable {
    /// Returns what is otherwise about its blueprint: the fields and where they stand.
    pub(super) fn changes(&self) -> impl Iterator<Item = (&'static str, &Spanned<String>)> {
        let all = [("cli", &self.cli), ("model", &self.model), ("prompt_suffix", &self.prompt_suffix)];
        all.into_iter().filter_map(|(field, text)| Some((field, text.as_ref()?)))
    }
}

impl Argv {
    /// Returns the words, or what is wrong with them.
    pub(super) fn words(&self) -> Result<Vec<String>, String> {
        let words = match self {
            Argv::Words(words) => words.clone(),
            Argv::Text(text) => {
                shell_words::split(text).map_err(|_| "has a quote that is not closed".to_owned())?
            }
        };
        match words.first() {
            Some(program) if !program.trim().is_empty() => Ok(words),
            Some(_) | None => Err("names no program".to_owned()),
        }
    }
}
