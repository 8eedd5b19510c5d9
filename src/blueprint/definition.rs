//! A blueprint's file as a person writes it, and what it comes to once everything it builds on is known.
//!
//! It knows no CLI: which words of a command line stand for a field is said elsewhere (`convert`).

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::{Limits, MicroUsd, nearest};
use crate::manifest::{Manifest, ManifestError, Spanned};

use super::words::{TOOLS, Words};

/// The file as it is written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Definition {
    pub(super) description: Option<String>,
    pub(super) enabled: Option<bool>,
    pub(super) extends: Option<Spanned<String>>,
    #[serde(default)]
    tags: Vec<String>,
    cli: Option<Spanned<String>>,
    model: Option<Spanned<String>>,
    prompt: Option<String>,
    prompt_suffix: Option<String>,
    read_only: Option<bool>,
    permission: Option<Permission>,
    #[serde(default)]
    allow: Vec<Spanned<String>>,
    #[serde(default)]
    deny: Vec<Spanned<String>>,
    #[serde(default)]
    tools: BTreeMap<String, OwnTools>,
    #[serde(default)]
    folders: Vec<PathBuf>,
    cwd: Option<PathBuf>,
    #[serde(default)]
    env: BTreeMap<Spanned<String>, String>,
    mcp_strict: Option<bool>,
    #[serde(default)]
    mcp: BTreeMap<Spanned<String>, Spanned<Server>>,
    #[serde(default)]
    args: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    limits: LimitsTable,
}

/// Tools of one program by its own names, which are passed on as they stand and not looked up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OwnTools {
    /// Those it may use without asking.
    pub allow: Vec<String>,
    /// Those it may not use.
    pub deny: Vec<String>,
}

/// What else is known where a blueprint is read.
pub(super) struct Around<'a> {
    pub(super) words: &'a Words,
    /// Returns the program that was probably meant, for a word that names none.
    pub(super) meant_cli: &'a dyn Fn(&str) -> Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitsTable {
    time: Option<Spanned<String>>,
    budget: Option<Spanned<f64>>,
}

/// How much an agent asks before it acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// It asks before it edits a file or runs a command.
    Ask,
    /// It edits files without asking, and asks before it runs a command.
    Edit,
    /// It plans, and changes nothing.
    Plan,
    /// Its program judges what must be asked.
    Auto,
    /// It asks for nothing.
    All,
}

impl Permission {
    /// Returns the word for it in a file.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Permission::Ask => "ask",
            Permission::Edit => "edit",
            Permission::Plan => "plan",
            Permission::Auto => "auto",
            Permission::All => "all",
        }
    }
}

/// A server of the model context protocol: a program that is started, or an address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// The program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// Its arguments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<String>,
    /// Variables set for it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// The address, if it is reached over HTTP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// What a blueprint says, with everything it builds on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Blueprint {
    /// Its name.
    pub name: String,
    /// What it is good for, in a few words.
    pub description: String,
    /// Whether agents may be made from it.
    pub enabled: bool,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// The program; none leaves the choice to whoever makes an agent.
    pub cli: Option<String>,
    /// `strong`, `balanced`, `fast`, or the name of a model as the program knows it.
    pub model: Option<String>,
    /// What it is told before anything else, with what specialises it at the end.
    pub prompt: String,
    /// Whether it must not be able to change anything.
    pub read_only: bool,
    /// How much it asks; none leaves it to the program.
    pub permission: Option<Permission>,
    /// Tools it may use without asking.
    pub allow: Vec<String>,
    /// Tools it may not use.
    pub deny: Vec<String>,
    /// Tools by each program's own names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tools: BTreeMap<String, OwnTools>,
    /// Folders it may use beside its own.
    pub folders: Vec<PathBuf>,
    /// Its folder; relative to the session's root.
    pub cwd: Option<PathBuf>,
    /// Variables set for it.
    pub env: BTreeMap<String, String>,
    /// Whether it has these servers alone, and not those of the person's own settings.
    pub mcp_strict: bool,
    /// The servers it may ask.
    pub mcp: BTreeMap<String, Server>,
    /// Further words of the command line, for each program by its name.
    pub args: BTreeMap<String, Vec<String>>,
    /// What it may use.
    pub limits: Limits,
}

impl Blueprint {
    /// Puts what a file says over what the file it builds on says: a single value replaces, a list or table adds, and
    /// a suffix is put behind the prompt.
    pub(super) fn take(&mut self, file: Definition, manifest: &Manifest<'_>) -> Result<(), ManifestError> {
        let limits = file.limits.read(manifest)?;
        if let Some(description) = file.description {
            self.description = description;
        }
        if let Some(prompt) = file.prompt {
            prompt.trim().clone_into(&mut self.prompt);
        }
        if let Some(suffix) = file.prompt_suffix {
            self.specialise(&suffix);
        }
        self.cli = file.cli.map(Spanned::into_inner).or(self.cli.take());
        self.model = file.model.map(Spanned::into_inner).or(self.model.take());
        self.read_only = file.read_only.unwrap_or(self.read_only);
        self.permission = file.permission.or(self.permission);
        self.cwd = file.cwd.or(self.cwd.take());
        self.mcp_strict = file.mcp_strict.unwrap_or(self.mcp_strict);
        add(&mut self.tags, file.tags);
        add(&mut self.allow, file.allow.into_iter().map(Spanned::into_inner));
        add(&mut self.deny, file.deny.into_iter().map(Spanned::into_inner));
        for (cli, own) in file.tools {
            let known = self.tools.entry(cli).or_default();
            add(&mut known.allow, own.allow);
            add(&mut known.deny, own.deny);
        }
        add(&mut self.folders, file.folders);
        self.env.extend(file.env.into_iter().map(|(name, value)| (name.into_inner(), value)));
        self.mcp.extend(file.mcp.into_iter().map(|(name, server)| (name.into_inner(), server.into_inner())));
        self.args.extend(file.args);
        self.limits.time_secs = limits.time_secs.or(self.limits.time_secs);
        self.limits.budget = limits.budget.or(self.limits.budget);
        Ok(())
    }

    /// Puts a suffix behind the prompt.
    pub fn specialise(&mut self, suffix: &str) {
        let suffix = suffix.trim();
        if !suffix.is_empty() {
            let gap = if self.prompt.is_empty() { "" } else { "\n\n" };
            self.prompt = format!("{}{gap}{suffix}", self.prompt);
        }
    }
}

fn add<T: PartialEq>(list: &mut Vec<T>, more: impl IntoIterator<Item = T>) {
    for item in more {
        if !list.contains(&item) {
            list.push(item);
        }
    }
}

impl Definition {
    /// Returns what is wrong with it that its types cannot say.
    pub(super) fn wrongs(&self, manifest: &Manifest<'_>, around: &Around<'_>) -> Vec<ManifestError> {
        let mut wrongs = Vec::new();
        for (field, text) in [("cli", &self.cli), ("model", &self.model)] {
            if let Some(text) = text.as_ref().filter(|text| text.get_ref().trim().is_empty()) {
                wrongs.push(manifest.at(&text.span(), field, "is empty").hint("leave the line out"));
            }
        }
        if let Some(cli) = &self.cli
            && let Some(meant) = (around.meant_cli)(cli.get_ref())
        {
            let problem = format!("there is no CLI called `{}`", cli.get_ref());
            let error = manifest.at(&cli.span(), "cli", problem);
            wrongs.push(error.hint(format!("did you mean `{meant}`?")));
        }
        for (field, tools) in [("allow", &self.allow), ("deny", &self.deny)] {
            let each = tools.iter().enumerate();
            wrongs.extend(
                each.filter_map(|(n, tool)| {
                    wrong_tool(manifest, &format!("{field}[{n}]"), tool, around.words)
                }),
            );
        }
        for name in self.env.keys() {
            let word = name.get_ref();
            if word.is_empty() || word.contains(['=', '\0']) {
                let problem = format!("`{word}` is no name of a variable");
                wrongs.push(manifest.at(&name.span(), format!("env.{word}"), problem));
            }
        }
        wrongs.extend(self.mcp.iter().filter_map(|(name, server)| wrong_server(manifest, name, server)));
        wrongs.extend(self.limits.read(manifest).err());
        wrongs
    }
}

/// Returns what is wrong with a tool that is allowed or denied.
fn wrong_tool(
    manifest: &Manifest<'_>,
    field: &str,
    tool: &Spanned<String>,
    words: &Words,
) -> Option<ManifestError> {
    let word = tool.get_ref();
    let wrong = |problem: String| Some(manifest.at(&tool.span(), field, problem));
    if word.trim().is_empty() || word.chars().any(|c| c.is_control() || c == ',') {
        return wrong("names no single tool".to_owned());
    }
    if word.contains('(') != word.ends_with(')') {
        return wrong(format!("`{word}` is neither a tool nor tool(pattern)"));
    }
    let name = word.split('(').next().unwrap_or(word);
    if words.knows(name) {
        return None;
    }
    // One that is misspelt would be allowed or denied to nobody, and nobody would hear of it.
    let own = field.split('[').next().unwrap_or(field);
    let hint = match nearest(name, words.tools()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!(
            "it can be {}, or a tool's own name; tools.claude.{own} = [\"{name}\"] takes any name as it stands",
            TOOLS.join(", ")
        ),
    };
    wrong(format!("there is no tool called `{name}`")).map(|error| error.hint(hint))
}

/// Returns what is wrong with a server.
fn wrong_server(
    manifest: &Manifest<'_>,
    name: &Spanned<String>,
    server: &Spanned<Server>,
) -> Option<ManifestError> {
    let word = name.get_ref();
    let problem = match (&server.get_ref().command, &server.get_ref().url) {
        _ if word.is_empty()
            || !word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')) =>
        {
            "the name of a server has letters, digits, `-` and `_`"
        }
        (Some(_), Some(_)) => "has a command and a url; it is one of them",
        (None, None) => "has neither a command nor a url",
        (Some(_), None) | (None, Some(_)) => return None,
    };
    let error = manifest.at(&server.span(), format!("mcp.{word}"), problem);
    Some(error.hint("write, for example, { command = \"my-server\", args = [] }"))
}

impl LimitsTable {
    fn read(&self, manifest: &Manifest<'_>) -> Result<Limits, ManifestError> {
        let time_secs = match &self.time {
            None => None,
            Some(time) => Some(
                span_of_time(time.get_ref()).and_then(|time| u32::try_from(time.as_secs()).ok()).ok_or_else(
                    || {
                        let problem = format!("`{}` is no span of time", time.get_ref());
                        manifest.at(&time.span(), "limits.time", problem).hint("write 90s, 30m or 2h")
                    },
                )?,
            ),
        };
        let budget = match &self.budget {
            None => None,
            Some(usd) if *usd.get_ref() > 0.0 && *usd.get_ref() <= 1e6 => {
                Some(MicroUsd::from_usd(*usd.get_ref()))
            }
            Some(usd) => {
                let problem = format!("{} is no budget", usd.get_ref());
                let error = manifest.at(&usd.span(), "limits.budget", problem);
                return Err(error.hint("write US dollars, such as 2.5"));
            }
        };
        Ok(Limits { time_secs, budget })
    }
}

/// Reads `90s`, `30m`, `2h`.
fn span_of_time(text: &str) -> Option<Duration> {
    let text = text.trim();
    let unit = text.chars().last()?;
    let each = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        _ => return None,
    };
    let count: u64 = text.strip_suffix(unit)?.trim().parse().ok()?;
    let secs = count.checked_mul(each).filter(|secs| (1..=30 * 24 * 3600).contains(secs))?;
    Some(Duration::from_secs(secs))
}
