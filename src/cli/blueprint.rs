//! `agentctl blueprint …`: the reusable definitions of agents, listed, shown, made, edited, switched and checked.
//!
//! Files are changed here and nowhere else; what they mean is the blueprint room's. No daemon is needed.

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::args::Blueprint as Command;
use super::failure::Failure;
use super::here::{Here, find_file, library, read_file, working_folder};
use super::output;
use crate::blueprint::{
    Blueprint, Conversion, Library, LibraryError, Origin, SESSION_FOLDER, Source, Wish, switched,
};
use crate::config::Paths;
use crate::disk;
use crate::domain::{Name, clean};

/// The programs for which a blueprint that names none is checked.
const CHECKED: [&str; 3] = ["claude", "codex", "gemini"];

pub(super) fn run(here: &Here, command: Command) -> Result<(), Failure> {
    let root = root()?;
    let shelf = Shelf { here, library: library(&here.paths, Some(&root))?, root };
    match command {
        Command::List => shelf.list(),
        Command::Show { name, command: None } => shelf.show(&name),
        Command::Show { name, command: Some(cli) } => shelf.show_command(&name, &cli),
        Command::Create { name, from, user: _, in_session } => {
            shelf.create(&name, from.as_deref(), in_session)
        }
        Command::Edit { name } => shelf.edit(&name),
        Command::Enable { name } => shelf.switch(&name, true),
        Command::Disable { name } => shelf.switch(&name, false),
        Command::Delete { name, yes } => shelf.delete(&name, yes),
        Command::Validate { which } => shelf.validate(&which),
    }
}

/// `agentctl check FILE` of a blueprint.
pub(super) fn check_file(paths: &Paths, file: &Path) -> Result<(), Failure> {
    let library = library(paths, Some(&root()?))?;
    let source = source_of(&library, file)?;
    for note in checked(&library, &source).map_err(|e| Failure::usage("the file is wrong").because(&e))? {
        output::complain(&format!("note: {note}"));
    }
    output::line(&format!("{} is fine", source.file))
}

/// The folder of the session that is meant: that of the session file, else this one.
pub(super) fn root() -> Result<PathBuf, Failure> {
    let folder = working_folder()?;
    let file = find_file(&folder);
    Ok(file.as_deref().and_then(Path::parent).map_or(folder, Path::to_owned))
}

struct Shelf<'a> {
    here: &'a Here,
    library: Library,
    root: PathBuf,
}

impl Shelf<'_> {
    fn source(&self, name: &str) -> Result<&Source, Failure> {
        self.library.source(name).map_err(|e| failure(&e))
    }

    fn list(&self) -> Result<(), Failure> {
        let mut rows = Vec::new();
        let mut answer = Vec::new();
        for name in self.library.names() {
            let source = self.source(name)?;
            let read = self.library.read(source);
            let (state, text) = match &read {
                Ok(read) if read.enabled => ("", read.description.clone()),
                Ok(read) => ("disabled", read.description.clone()),
                Err(error) => ("wrong", error.to_string()),
            };
            let read_only = read.as_ref().is_ok_and(|read| read.read_only);
            let word = |pick: fn(&Blueprint) -> Option<&String>| {
                read.as_ref().ok().and_then(pick).map_or("", String::as_str).to_owned()
            };
            let (cli, model) = (word(|b| b.cli.as_ref()), word(|b| b.model.as_ref()));
            let hides: Vec<&str> = self.hidden(source).map(|other| other.origin.word()).collect();
            answer.push(json!({
                "name": name, "origin": source.origin, "file": source.file, "hides": hides,
                "enabled": read.as_ref().ok().map(|read| read.enabled),
                "error": read.as_ref().err().map(ToString::to_string),
                "description": read.as_ref().ok().map(|read| &read.description),
                "tags": read.as_ref().ok().map(|read| &read.tags),
                "cli": cli, "model": model, "read_only": read_only,
            }));
            let state = if read_only && state.is_empty() { "read-only" } else { state };
            let shown = [name, source.origin.word(), &cli, &model, state];
            rows.push(shown.into_iter().map(|text| clean(text, 40)).chain([clean(&text, 120)]).collect());
        }
        if self.here.json() {
            return output::json(&answer);
        }
        output::table(&["blueprint", "from", "CLI", "model", "", "good for"], &rows)
    }

    /// The texts of the same name that this one hides.
    fn hidden<'s>(&'s self, source: &'s Source) -> impl Iterator<Item = &'s Source> {
        self.library.sources().iter().filter(move |other| other.name == source.name && *other != source)
    }

    fn show(&self, name: &str) -> Result<(), Failure> {
        let source = self.source(name)?;
        let read = self.library.read(source).map_err(|e| failure(&LibraryError::Wrong(e)))?;
        if self.here.json() {
            let mut answer = serde_json::to_value(&read).unwrap_or(Value::Null);
            if let Value::Object(fields) = &mut answer {
                fields.insert("origin".to_owned(), json!(source.origin));
                fields.insert("file".to_owned(), json!(source.file));
            }
            return output::json(&answer);
        }
        let mut lines = vec![format!("{name}: {}", clean(&read.description, 200))];
        lines.push(format!("from: {} ({})", source.file, source.origin.word()));
        if let Some(hidden) = self.hidden(source).next() {
            lines.push(format!("hides: {}", hidden.file));
        }
        lines
            .extend(fields(&read).into_iter().map(|(field, text)| format!("{field}: {}", clean(&text, 400))));
        if !read.enabled {
            lines.push(format!("disabled: agentctl blueprint enable {name} switches it on"));
        }
        lines.push(format!("\n{}", harmless(&read.prompt)));
        output::line(lines.join("\n").trim_end())
    }

    /// What a blueprint is on a program's command line.
    fn show_command(&self, name: &str, cli: &str) -> Result<(), Failure> {
        let source = self.source(name)?;
        let read = self.library.read(source).map_err(|e| failure(&LibraryError::Wrong(e)))?;
        let wish = Wish { blueprint: name, cli: Some(cli), ..Wish::default() };
        let made = self.library.start(read, &wish).map_err(|e| failure(&e))?;
        if self.here.json() {
            return output::json(&made);
        }
        output::line(&command_text(&made))?;
        made.notes.iter().for_each(|note| output::complain(&format!("note: {}: {}", note.field, note.note)));
        Ok(())
    }

    /// The file of a name in one of the folders that people write in.
    fn place(&self, name: &str, in_session: bool) -> PathBuf {
        let folder = if in_session { self.root.join(SESSION_FOLDER) } else { self.here.paths.blueprints() };
        folder.join(format!("{name}.toml"))
    }

    fn create(&self, name: &Name, from: Option<&str>, in_session: bool) -> Result<(), Failure> {
        let file = self.place(name.as_str(), in_session);
        let text = match from {
            Some(from) => {
                let base = self.source(from)?;
                self.library.read(base).map_err(|e| failure(&LibraryError::Wrong(e)))?;
                format!("extends = \"{from}\"\n{DIFFERENCE}")
            }
            None => FRESH.to_owned(),
        };
        write_new(&file, &text)?;
        let shown = file.display().to_string();
        let answer = json!({"name": name, "file": shown});
        self.here.tell(&answer, &format!("{shown} is written; agentctl blueprint edit {name} opens it"))
    }

    fn edit(&self, name: &str) -> Result<(), Failure> {
        let source = self.source(name)?;
        let file = match source.origin {
            Origin::Builtin => {
                let file = self.place(name, false);
                write_new(&file, &source.text)?;
                output::complain(&format!("a copy of the built-in blueprint is now {}", file.display()));
                file
            }
            Origin::Session | Origin::User => PathBuf::from(&source.file),
        };
        let editor = ["VISUAL", "EDITOR"]
            .into_iter()
            .find_map(|name| std::env::var(name).ok().filter(|e| !e.is_empty()));
        let Some(editor) = editor else {
            return Err(Failure::new("no editor is named")
                .hint(format!("set VISUAL or EDITOR, or open {} yourself", file.display())));
        };
        let words = shell_words::split(&editor).ok().filter(|words| !words.is_empty());
        let Some((program, args)) = words.as_deref().and_then(<[String]>::split_first) else {
            return Err(Failure::usage(format!("`{editor}` in VISUAL or EDITOR is no command")));
        };
        let ended = std::process::Command::new(program).args(args).arg(&file).status();
        let ended =
            ended.map_err(|e| Failure::new(format!("the editor `{program}` cannot be run")).because(&e))?;
        if !ended.success() {
            return Err(Failure::new(format!("the editor failed: {ended}")));
        }
        let again = library(&self.here.paths, Some(&self.root))?;
        let edited = source_of(&again, &file)?;
        let notes = checked(&again, &edited).map_err(|e| {
            Failure::new("the blueprint is wrong as it is saved")
                .because(&e)
                .hint(format!("agentctl blueprint edit {name} opens it again"))
        })?;
        notes.iter().for_each(|note| output::complain(&format!("note: {note}")));
        self.here.tell(&json!({"name": name, "file": edited.file}), &format!("{} is fine", edited.file))
    }

    fn switch(&self, name: &str, on: bool) -> Result<(), Failure> {
        let source = self.source(name)?;
        let (word, answer) = (if on { "enabled" } else { "disabled" }, json!({"name": name, "enabled": on}));
        if source.origin == Origin::Builtin {
            if !on {
                let file = self.place(name, false);
                write_new(&file, &format!("extends = \"{name}\"\nenabled = false\n"))?;
            }
            return self.here.tell(&answer, &format!("{name} is {word}"));
        }
        let text = switched(&source.file, &source.text, on).map_err(|e| failure(&LibraryError::Wrong(e)))?;
        if text != source.text {
            replace(Path::new(&source.file), &text)?;
        }
        self.here.tell(&answer, &format!("{name} is {word}"))
    }

    fn delete(&self, name: &str, yes: bool) -> Result<(), Failure> {
        let source = self.source(name)?;
        if source.origin == Origin::Builtin {
            return Err(Failure::usage(format!("`{name}` is built in and cannot be deleted"))
                .hint(format!("agentctl blueprint disable {name} switches it off")));
        }
        if !yes && !agreed(&format!("delete {}?", source.file))? {
            return Err(Failure::new("nothing is deleted"));
        }
        std::fs::remove_file(&source.file)
            .map_err(|e| Failure::new(format!("{} cannot be deleted", source.file)).because(&e))?;
        let next = self.hidden(source).next();
        let after = next.map_or(String::new(), |next| format!("; {name} is now {}", next.file));
        let answer = json!({"name": name, "deleted": source.file, "now": next.map(|next| &next.file)});
        self.here.tell(&answer, &format!("{} is deleted{after}", source.file))
    }

    fn validate(&self, which: &[String]) -> Result<(), Failure> {
        let mut sources = Vec::new();
        for word in which {
            let is_file = word.contains('/') || word.ends_with(".toml");
            sources.push(if is_file {
                source_of(&self.library, Path::new(word))?
            } else {
                self.source(word)?.clone()
            });
        }
        if which.is_empty() {
            sources = self.library.sources().to_vec();
        }
        let mut answers = Vec::new();
        let mut wrong = 0;
        for source in &sources {
            let (errors, notes) = match examined(&self.library, source) {
                Ok(notes) => (Vec::new(), notes),
                Err(errors) => (errors, Vec::new()),
            };
            wrong += usize::from(!errors.is_empty());
            answers.push(json!({
                "name": source.name, "file": source.file, "error": errors.first(), "errors": errors, "notes": notes,
            }));
            if !self.here.json() {
                for error in &errors {
                    output::line(&format!("✖ {}", clean(error, 1000)))?;
                }
                if errors.is_empty() {
                    output::line(&format!("✔ {}", source.file))?;
                }
                notes.iter().try_for_each(|note| output::line(&format!("  {note}")))?;
            }
        }
        if self.here.json() {
            output::json(&answers)?;
        }
        match wrong {
            0 => Ok(()),
            _ => Err(Failure::new(format!("{wrong} of {} are wrong", sources.len()))),
        }
    }
}

/// Reads a blueprint and starts it, on paper, with its program or with each that is usual; returns what cannot be told.
fn checked(library: &Library, source: &Source) -> Result<Vec<String>, LibraryError> {
    let read = library.read(source)?;
    let mut notes = Vec::new();
    let usual = CHECKED.map(str::to_owned).to_vec();
    for cli in read.cli.clone().map_or(usual, |cli| vec![cli]) {
        let wish = Wish { blueprint: &source.name, cli: Some(&cli), ..Wish::default() };
        let made = library.start(read.clone(), &wish)?;
        notes.extend(made.notes.into_iter().map(|note| format!("{}: {}", note.field, note.note)));
    }
    Ok(notes)
}

/// Checks a blueprint and returns everything that is wrong with it, each with its file, or what cannot be told.
fn examined(library: &Library, source: &Source) -> Result<Vec<String>, Vec<String>> {
    if let Err(wrongs) = library.examine(source) {
        return Err(wrongs.iter().map(ToString::to_string).collect());
    }
    checked(library, source).map_err(|error| match &error {
        LibraryError::Wrong(wrong) => vec![wrong.to_string()],
        _ => vec![format!("{}: {error}", source.file)],
    })
}

/// Reads a file as a blueprint: the one of the library that it is, or else one that hides all others of its name.
fn source_of(library: &Library, file: &Path) -> Result<Source, Failure> {
    let whole = |path: &Path| std::fs::canonicalize(path).ok();
    let known = library.sources().iter().filter(|source| source.origin != Origin::Builtin);
    if let Some(found) = known.into_iter().find(|source| whole(Path::new(&source.file)) == whole(file)) {
        return Ok(found.clone());
    }
    let name = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let text = read_file(file)?;
    Ok(Source { name, origin: Origin::Session, file: file.display().to_string(), text })
}

pub(super) fn failure(error: &LibraryError) -> Failure {
    let failure = match error {
        LibraryError::Unknown { .. } => Failure::not_found(error.to_string()),
        LibraryError::Wrong(wrong) => Failure::new("the blueprint is wrong").because(wrong),
        LibraryError::Disabled { .. } | LibraryError::Convert(_) => Failure::new(error.to_string()),
        LibraryError::Cli { .. } => Failure::usage(error.to_string()),
    };
    match error.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

/// What a blueprint says, field by field, as it is written in files.
fn fields(read: &Blueprint) -> Vec<(&'static str, String)> {
    let list = |words: &[String]| (!words.is_empty()).then(|| words.join(", "));
    let servers = read.mcp.keys().cloned().collect::<Vec<_>>();
    let env: Vec<String> = read.env.keys().cloned().collect();
    let folders: Vec<String> = read.folders.iter().map(|folder| folder.display().to_string()).collect();
    let all = [
        ("tags", list(&read.tags)),
        ("cli", read.cli.clone()),
        ("model", read.model.clone()),
        ("read_only", read.read_only.then(|| "true".to_owned())),
        ("permission", read.permission.map(|how| how.word().to_owned())),
        ("allow", list(&read.allow)),
        ("deny", list(&read.deny)),
        ("tools", list(&read.tools.keys().cloned().collect::<Vec<_>>())),
        ("mcp", list(&servers)),
        ("mcp_strict", read.mcp_strict.then(|| "true".to_owned())),
        ("folders", list(&folders)),
        ("cwd", read.cwd.as_ref().map(|cwd| cwd.display().to_string())),
        ("env", list(&env)),
        ("limits.time", read.limits.time_secs.map(|secs| format!("{secs}s"))),
        ("limits.budget", read.limits.budget.map(|budget| budget.to_string())),
    ];
    all.into_iter().filter_map(|(field, text)| Some((field, text?))).collect()
}

/// A start as a person would type it, with its files behind it.
fn command_text(made: &Conversion) -> String {
    let env = made.launch.env.iter().map(|(name, value)| format!("{name}={}", shell_words::quote(value)));
    let words: Vec<String> = env.chain([shell_words::join(&made.launch.command)]).collect();
    let mut text = words.join(" ");
    for (name, content) in &made.launch.files {
        text.push_str(&format!("\n\n# {{file:{name}}}\n{}", content.trim_end()));
    }
    harmless(&text)
}

/// A text of several lines without what a terminal would take for a command.
fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

/// Asks a person; where there is none, the flag must say it.
fn agreed(question: &str) -> Result<bool, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage("nobody is there to be asked").hint("--yes says yes"));
    }
    let lost = |e: std::io::Error| Failure::new("the answer could not be read").because(&e);
    let mut out = std::io::stderr().lock();
    write!(out, "{question} [y/N] ").and_then(|()| out.flush()).map_err(lost)?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).map_err(lost)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// Writes a file that is not there yet, and its folder.
fn write_new(file: &Path, text: &str) -> Result<(), Failure> {
    let folder = file.parent().map_or(Ok(()), std::fs::create_dir_all);
    let written = folder.and_then(|()| disk::write_new(file, text.as_bytes()));
    written.map_err(|e| match e.kind() {
        std::io::ErrorKind::AlreadyExists => Failure::new(format!("{} is there already", file.display()))
            .hint("agentctl blueprint edit opens it"),
        _ => Failure::new(format!("{} cannot be written", file.display())).because(&e),
    })
}

/// Writes a file anew, wholly or not at all.
fn replace(file: &Path, text: &str) -> Result<(), Failure> {
    // Through a link, so that it stays one.
    let file = std::fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    disk::write(&file, text.as_bytes())
        .map_err(|e| Failure::new(format!("{} cannot be written", file.display())).because(&e))
}

/// What stands in a blueprint that builds on another one.
const DIFFERENCE: &str = r#"
# Only what differs needs to be said here: a value replaces, a list or table adds.
# description = ""
# model = "strong"              # strong, balanced, fast, or a model's own name

# What is put behind the prompt, to specialise it.
prompt_suffix = """
"""
"#;

/// What stands in a new blueprint.
const FRESH: &str = r#"description = ""
# tags = ["code"]
# cli = "claude"                # claude, codex, gemini, …; without it, the one that is installed
model = "balanced"              # strong, balanced, fast, or a model's own name

# What the agent is told before anything else.
prompt = """
"""

# read_only = true              # it can change nothing
# permission = "ask"            # ask, edit, plan, auto, all
# allow = ["read", "shell(git diff *)"]   # read, edit, shell, web, agents, or a tool's own name
# deny = ["web"]
# tools.claude.deny = ["BrandNewTool"]    # one program's tools, by names that are not checked
# folders = ["../shared"]
# cwd = "services/api"
# mcp_strict = true             # these servers, and none of your own settings
# mcp.docs = { command = "docs-server", args = ["--stdio"] }
# env = { RUST_LOG = "info" }
# limits = { time = "30m", budget = 2.5 }   # of one turn: then interrupted, 30 s later killed; US dollars
# args.claude = ["--verbose"]   # further words for one program
"#;
