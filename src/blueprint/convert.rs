//! From a blueprint to the start of one program: its command line, variables and files.
//!
//! Which words a program takes is data of its adapter (`[flags]`). What a program cannot be told becomes a note that
//! says so; that it must change nothing is never a note: where that cannot be enforced, there is no start.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::definition::{Blueprint, Permission, Server};
use super::policy::Policy;
use super::words::{Tool, Words};
use crate::adapter::{Adapter, Expanded, Flag, Flags, McpEncoding, PatternEncoding};
use crate::domain::Launch;

/// A blueprint as one program is started with it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Conversion {
    /// The program's name.
    pub cli: String,
    /// How it is started.
    pub launch: Launch,
    /// What of the blueprint it cannot be told.
    pub notes: Vec<Note>,
}

/// Something that a program cannot be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    /// The blueprint's field.
    pub field: String,
    /// What is not so, and what is instead.
    pub note: String,
}

/// Why a program cannot be started from a blueprint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConvertError {
    /// Nothing in it can hold the program back.
    #[error(
        "`{blueprint}` is read-only, and {cli} cannot be kept from changing files; choose another CLI for it"
    )]
    NotReadOnly {
        /// The blueprint.
        blueprint: String,
        /// The program.
        cli: String,
    },
    /// It is read-only and allows what writes.
    #[error("`{blueprint}` is read-only and yet has {what}; leave one of them out")]
    Contradiction {
        /// The blueprint.
        blueprint: String,
        /// What it has.
        what: String,
    },
    /// Its prompt holds what would be taken for something else.
    #[error("the prompt of `{blueprint}` holds {what}, which cannot be passed on")]
    Prompt {
        /// The blueprint.
        blueprint: String,
        /// What.
        what: &'static str,
    },
}

/// The name of the server that this program itself gives to its agents; it is never left out.
const OWN_SERVER: &str = "agentctl";

/// The file in which settings are written; the adapter adds its hooks to it and has the program read it.
const SETTINGS: &str = "settings.json";

/// Returns how a program is started from a blueprint. `program` is the word by which it is run.
///
/// # Errors
/// If the program cannot be kept to what the blueprint says must not happen.
pub fn convert(
    blueprint: &Blueprint,
    adapter: &Adapter,
    program: &str,
    words: &Words,
) -> Result<Conversion, ConvertError> {
    sound(blueprint, adapter.name(), words)?;
    let mut start = Start {
        blueprint,
        cli: if adapter.name() == "generic" { program } else { adapter.name() },
        flags: adapter.flags(),
        words,
        out: Expanded::default(),
        notes: Vec::new(),
    };
    start.model();
    start.permission()?;
    start.tools();
    start.surroundings();
    start.prompt();
    start.further();
    Ok(start.finish(program))
}

/// Checks that a blueprint does not contradict itself.
fn sound(blueprint: &Blueprint, cli: &str, words: &Words) -> Result<(), ConvertError> {
    let name = || blueprint.name.clone();
    let strange = [("{file:", "`{file:`"), ("\0", "a NUL character")];
    if let Some((_, what)) = strange.into_iter().find(|(text, _)| blueprint.prompt.contains(text)) {
        return Err(ConvertError::Prompt { blueprint: name(), what });
    }
    if !blueprint.read_only {
        return Ok(());
    }
    let own = blueprint.tools.get(cli).into_iter().flat_map(|own| &own.allow);
    if let Some(tool) = blueprint.allow.iter().chain(own).find(|tool| words.writes(cli, tool)) {
        return Err(ConvertError::Contradiction {
            blueprint: name(),
            what: format!("`{tool}` among its allowed tools"),
        });
    }
    match blueprint.permission {
        Some(how @ (Permission::Edit | Permission::Auto | Permission::All)) => {
            let what = format!("the permission `{}`", how.word());
            Err(ConvertError::Contradiction { blueprint: name(), what })
        }
        Some(Permission::Ask | Permission::Plan) | None => Ok(()),
    }
}

struct Start<'a> {
    blueprint: &'a Blueprint,
    cli: &'a str,
    flags: &'a Flags,
    words: &'a Words,
    out: Expanded,
    notes: Vec<Note>,
}

impl Start<'_> {
    fn note(&mut self, field: &str, note: &str) {
        self.notes.push(Note { field: field.to_owned(), note: format!("{} {note}", self.cli) });
    }

    /// Puts down what a property becomes; a program that has no words for it is noted.
    fn put(&mut self, flag: Option<&Flag>, values: &[&str], field: &str, otherwise: &str) {
        match flag {
            Some(flag) => {
                let more = flag.expand(values);
                self.out.args.extend(more.args);
                self.out.env.extend(more.env);
                self.out.files.extend(more.files);
                self.out.settings.extend(more.settings);
            }
            None => self.note(field, otherwise),
        }
    }

    fn model(&mut self) {
        let Some(word) = &self.blueprint.model else { return };
        match self.words.model(self.cli, word) {
            Some(model) => {
                self.put(
                    self.flags.model.as_ref(),
                    &[&model],
                    "model",
                    "cannot be told its model: it uses its own",
                );
            }
            None => {
                let note =
                    format!("has no model named for `{word}`: it uses its own; models.toml can name one");
                self.note("model", &note);
            }
        }
    }

    fn permission(&mut self) -> Result<(), ConvertError> {
        if self.blueprint.read_only {
            let Some(flag) = &self.flags.read_only else {
                let (blueprint, cli) = (self.blueprint.name.clone(), self.cli.to_owned());
                return Err(ConvertError::NotReadOnly { blueprint, cli });
            };
            self.put(Some(flag), &[], "read_only", "");
        } else if let Some(how) = self.blueprint.permission {
            let note = format!("knows no permission mode `{}`: it asks as it is set up", how.word());
            self.put(self.flags.modes.get(how.word()), &[], "permission", &note);
        }
        Ok(())
    }

    fn tools(&mut self) {
        let (blueprint, words) = (self.blueprint, self.words);
        let own = blueprint.tools.get(self.cli);
        let mut allowed = Vec::new();
        for word in &blueprint.allow {
            let ours = words.ours(self.cli, word, false);
            match words.tool(self.cli, ours.as_ref().unwrap_or(word)) {
                Tool::Named(names) => allowed.extend(names),
                Tool::Unknown if self.flags.allowed_tools.is_some() => {
                    self.note(
                        "allow",
                        &format!("has no name for the tool `{word}`: it asks as it is set up"),
                    );
                }
                Tool::Unknown => allowed.push(word.clone()),
            }
        }
        allowed.extend(own.into_iter().flat_map(|own| own.allow.iter().cloned()));
        let mut denied = Vec::new();
        let mut denies: Vec<&str> = blueprint.deny.iter().map(String::as_str).collect();
        if self.blueprint.read_only && self.flags.denied_tools.is_some() {
            // A mode that only asks first can be left with one key; a tool that is not there cannot be used.
            denies.extend(words.writing(self.cli));
        }
        for word in denies {
            let ours = words.ours(self.cli, word, true);
            let word = ours.as_deref().unwrap_or(word);
            // An option that is there already says otherwise, and most programs take it once.
            let is_said = |option: &String| option.starts_with("--") && self.out.args.contains(option);
            if let Some(args) = words.without(self.cli, word).filter(|args| !args.iter().any(is_said)) {
                self.out.args.extend(args.iter().cloned());
                continue;
            }
            match words.tool(self.cli, word) {
                Tool::Named(names) => denied.extend(names),
                Tool::Unknown if self.flags.denied_tools.is_some() => {
                    self.note("deny", &format!("has no tool called `{word}`: there is nothing to deny"));
                }
                Tool::Unknown => denied.push(word.to_owned()),
            }
        }
        denied.extend(own.into_iter().flat_map(|own| own.deny.iter().cloned()));
        let (allowed, denied) = self.patterns(allowed, denied);
        if !allowed.is_empty() {
            let note =
                format!("cannot allow single tools: it asks before {} as it is set up", allowed.join(", "));
            self.put(self.flags.allowed_tools.as_ref(), &refs(&allowed), "allow", &note);
        }
        if !denied.is_empty() {
            let note = format!("cannot deny single tools: it may still use {}", denied.join(", "));
            self.put(self.flags.denied_tools.as_ref(), &refs(&denied), "deny", &note);
        }
    }

    /// Tells the tools with some arguments alone, where they are told otherwise than the rest; returns the rest.
    fn patterns(&mut self, allowed: Vec<String>, mut denied: Vec<String>) -> (Vec<String>, Vec<String>) {
        denied.dedup();
        let flags = self.flags;
        if flags.patterns.encoding == PatternEncoding::Brackets {
            return (allowed, denied);
        }
        let is_pattern = |word: &String| word.contains('(');
        let (some_allowed, allowed): (Vec<_>, Vec<_>) = allowed.into_iter().partition(is_pattern);
        let (some_denied, denied): (Vec<_>, Vec<_>) = denied.into_iter().partition(is_pattern);
        let policy = Policy::of(&some_allowed, &some_denied);
        if !policy.text.is_empty() {
            self.put(
                flags.patterns.told.as_ref(),
                &[&policy.text],
                "allow",
                "cannot be told patterns of tools",
            );
        }
        for (field, words, then) in [
            ("allow", policy.not_allowed, "it asks before it uses it at all"),
            ("deny", policy.not_denied, "it may still use it"),
        ] {
            for word in words {
                self.note(field, &format!("takes patterns of commands alone, so not `{word}`: {then}"));
            }
        }
        (allowed, denied)
    }

    /// Folders and servers.
    fn surroundings(&mut self) {
        if !self.blueprint.folders.is_empty() {
            let folders: Vec<String> =
                self.blueprint.folders.iter().map(|f| f.display().to_string()).collect();
            let note = "cannot be given further folders";
            self.put(self.flags.folders.as_ref(), &refs(&folders), "folders", note);
        }
        if !self.blueprint.mcp.is_empty() {
            self.servers();
        }
        // A server of the person's own may write files, which nothing else would hinder.
        if self.blueprint.mcp_strict || self.blueprint.read_only {
            let flag = self.flags.mcp.strict.as_ref();
            let mut names = vec![OWN_SERVER];
            names.extend(self.blueprint.mcp.keys().map(String::as_str));
            if flag.is_some_and(|flag| flag.setting.is_none()) {
                names.clear();
            }
            let note = "cannot leave out the servers of the person's own settings: it may use them, too";
            self.put(flag, &names, "mcp_strict", note);
        }
    }

    fn servers(&mut self) {
        let mcp = &self.flags.mcp;
        let file = mcp.file.clone().unwrap_or_else(|| "mcp.json".to_owned());
        match mcp.encoding {
            McpEncoding::ClaudeJson => {
                let servers = written(&self.blueprint.mcp, |server| match &server.url {
                    Some(url) => json!({"type": "http", "url": url}),
                    None => json!({"command": server.command, "args": server.args, "env": server.env}),
                });
                self.out.files.insert(file, json!({ "mcpServers": servers }).to_string());
                self.out.args.extend(mcp.args.iter().cloned());
            }
            McpEncoding::CodexToml => {
                for (name, server) in &self.blueprint.mcp {
                    let setting = format!("mcp_servers.{name}={}", toml_table(server));
                    self.out
                        .args
                        .extend(mcp.args.iter().map(|template| template.replace("{toml}", &setting)));
                }
            }
            McpEncoding::GeminiSettings => {
                let servers = written(&self.blueprint.mcp, |server| match &server.url {
                    Some(url) => json!({"httpUrl": url}),
                    None => json!({"command": server.command, "args": server.args, "env": server.env}),
                });
                self.out.settings.push(("mcpServers".to_owned(), Value::Object(servers)));
                self.out.args.extend(mcp.args.iter().cloned());
            }
            McpEncoding::None => {
                let names: Vec<&str> = self.blueprint.mcp.keys().map(String::as_str).collect();
                let note =
                    format!("cannot be told its servers at the start: it is without {}", names.join(", "));
                self.note("mcp", &note);
            }
        }
    }

    fn prompt(&mut self) {
        let prompt = self.blueprint.prompt.clone();
        if !prompt.is_empty() {
            let note = "cannot be given a system prompt: send it as the first message";
            self.put(self.flags.system_prompt.as_ref(), &[&prompt], "prompt", note);
        }
    }

    /// Further words of the person's own.
    fn further(&mut self) {
        if let Some(more) = self.blueprint.args.get(self.cli) {
            self.out.args.extend(more.iter().cloned());
        }
    }

    fn finish(self, program: &str) -> Conversion {
        let Expanded { args, env, files, settings } = self.out;
        let mut launch = Launch {
            command: std::iter::once(program.to_owned()).chain(args).collect(),
            cwd: self.blueprint.cwd.clone(),
            env,
            blueprint: Some(self.blueprint.name.clone()),
            files,
            limits: self.blueprint.limits,
            once: false,
        };
        if !settings.is_empty() {
            let mut all = Map::new();
            for (path, value) in settings {
                set(&mut all, &path, value);
            }
            launch.files.insert(SETTINGS.to_owned(), Value::Object(all).to_string());
        }
        // The person's own word is the last.
        launch.env.extend(self.blueprint.env.clone());
        Conversion { cli: self.cli.to_owned(), launch, notes: self.notes }
    }
}

fn refs(list: &[String]) -> Vec<&str> {
    list.iter().map(String::as_str).collect()
}

fn written(servers: &BTreeMap<String, Server>, write: impl Fn(&Server) -> Value) -> Map<String, Value> {
    servers.iter().map(|(name, server)| (name.clone(), write(server))).collect()
}

/// Writes a server as an inline table of TOML. Strings of JSON are strings of TOML, but for DEL.
fn toml_table(server: &Server) -> String {
    let text = |text: &str| Value::from(text).to_string().replace('\u{7f}', "\\u007f");
    let mut fields = Vec::new();
    match (&server.command, &server.url) {
        (_, Some(url)) => fields.push(format!("url={}", text(url))),
        (Some(command), None) => fields.push(format!("command={}", text(command))),
        (None, None) => {}
    }
    if !server.args.is_empty() {
        let args: Vec<String> = server.args.iter().map(|arg| text(arg)).collect();
        fields.push(format!("args=[{}]", args.join(",")));
    }
    if !server.env.is_empty() {
        let env: Vec<String> =
            server.env.iter().map(|(name, value)| format!("{}={}", text(name), text(value))).collect();
        fields.push(format!("env={{{}}}", env.join(",")));
    }
    format!("{{{}}}", fields.join(","))
}

/// Puts a value at a path such as `tools.exclude`; lists that meet there become one.
fn set(table: &mut Map<String, Value>, path: &str, value: Value) {
    let Some((head, rest)) = path.split_once('.') else {
        match (table.get_mut(path), value) {
            (Some(Value::Array(known)), Value::Array(more)) => known.extend(more),
            (_, value) => {
                table.insert(path.to_owned(), value);
            }
        }
        return;
    };
    let inner = table.entry(head).or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(inner) = inner {
        set(inner, rest, value);
    }
}
