//! The blueprints that a session knows: its own folder, the person's, the built-in ones; and an agent made from one.

use std::ffi::OsStr;
use std::path::Path;

use super::DaemonError;
use super::adapters::Library as Known;
use crate::adapter::Adapters;
use crate::blueprint::{DEFAULT_CLI, Library, LibraryError, Origin, SESSION_FOLDER, Source, Wish, Words};
use crate::config::{OwnFile, Paths, own_files};
use crate::domain::{Launch, clean};
use crate::protocol::{AgentDraft, BlueprintView, Code, Problem};

/// Reads every blueprint there is, and says what of a person's files is wrong and left out. `root` is the session's
/// folder; `path` is where programs are looked for: one that is there is taken for blueprints that name none.
///
/// # Errors
/// If a folder of blueprints cannot be read. A blueprint that is wrong is told when it is asked for.
pub fn library(
    paths: &Paths,
    root: Option<&Path>,
    path: Option<&OsStr>,
) -> Result<(Library, Vec<String>), DaemonError> {
    let (adapters, mut wrongs) = adapters(paths)?;
    let mut sources = Vec::new();
    if let Some(root) = root {
        sources.extend(read(&root.join(SESSION_FOLDER), Origin::Session)?);
    }
    sources.extend(read(&paths.blueprints(), Origin::User)?);
    let models = paths.models();
    let shown = models.display().to_string();
    let text = match std::fs::read_to_string(&models) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(DaemonError::System(error)),
    };
    let words = match Words::read(text.as_ref().map(|text| (shown.as_str(), text.as_str()))) {
        Ok(words) => words,
        Err(error) => {
            wrongs.push(error.to_string());
            Words::read(None)?
        }
    };
    let cli = path.and_then(|path| installed(&adapters, path)).unwrap_or_else(|| DEFAULT_CLI.to_owned());
    Ok((Library::new(sources, adapters, words, cli), wrongs))
}

/// Reads the adapters, and says which of a person's own are wrong and left out.
///
/// # Errors
/// Never, unless this program was built with a wrong file.
pub fn adapters(paths: &Paths) -> Result<(Adapters, Vec<String>), DaemonError> {
    let known = Known::read(paths)?;
    Ok((Adapters::clone(known.known()), known.wrongs().to_vec()))
}

fn read(folder: &Path, origin: Origin) -> Result<Vec<Source>, DaemonError> {
    let source = |file: OwnFile| Source {
        name: file.name,
        origin,
        file: file.path.display().to_string(),
        text: file.text,
    };
    Ok(own_files(folder)?.into_iter().map(source).collect())
}

/// The first program that takes a blueprint's prompt and is there.
fn installed(adapters: &Adapters, path: &OsStr) -> Option<String> {
    let folders: Vec<_> = std::env::split_paths(path).collect();
    let able = adapters.iter().filter(|adapter| adapter.flags().system_prompt.is_some());
    let found = |program: &String| folders.iter().any(|folder| folder.join(program).is_file());
    let there =
        able.filter(|adapter| adapter.programs().iter().any(found)).map(|adapter| adapter.name().to_owned());
    there.into_iter().next()
}

/// Returns every blueprint that is found in a session, by name.
pub(super) fn list(paths: &Paths, root: &Path) -> Result<Vec<BlueprintView>, Problem> {
    let library = known(paths, root)?;
    let view = |name: &str| {
        let source = library.source(name).ok()?;
        let view = BlueprintView {
            name: name.to_owned(),
            origin: source.origin.word().to_owned(),
            ..Default::default()
        };
        Some(match library.read(source) {
            Ok(read) => BlueprintView {
                description: clean(&read.description, 200),
                cli: read.cli,
                model: read.model,
                read_only: read.read_only,
                enabled: read.enabled,
                ..view
            },
            Err(error) => BlueprintView { error: Some(error.to_string()), ..view },
        })
    };
    Ok(library.names().into_iter().filter_map(view).collect())
}

fn known(paths: &Paths, root: &Path) -> Result<Library, Problem> {
    let path = std::env::var_os("PATH");
    let read = library(paths, Some(root), path.as_deref());
    read.map(|(library, _)| library)
        .map_err(|e| Problem::new(Code::Invalid, "the blueprints cannot be read").cause(e.to_string()))
}

/// Returns how an agent that somebody asks for is started, and what its program cannot be told.
pub(super) fn launch(
    paths: &Paths,
    root: &Path,
    draft: AgentDraft,
) -> Result<(Launch, Vec<String>), Problem> {
    let Some(name) = &draft.blueprint else {
        let changes = [("cli", &draft.cli), ("model", &draft.model), ("prompt_suffix", &draft.prompt_suffix)];
        if let Some((field, _)) = changes.into_iter().find(|(_, text)| text.is_some()) {
            let problem =
                Problem::new(Code::Invalid, format!("`{field}` changes a blueprint, and none is named"));
            return Err(problem.hint("name one, such as coder; agentctl blueprint list shows them"));
        }
        let AgentDraft { command, cwd, env, once, .. } = draft;
        let launch = Launch { command, cwd, env, once, ..Launch::default() };
        return Ok((launch, Vec::new()));
    };
    if !draft.command.is_empty() {
        return Err(Problem::new(Code::Invalid, "an agent has a command or a blueprint, not both"));
    }
    let library = known(paths, root)?;
    let wish = Wish {
        blueprint: name,
        cli: draft.cli.as_deref(),
        model: draft.model.as_deref(),
        prompt_suffix: draft.prompt_suffix.as_deref(),
    };
    let made = library.launch(&wish).map_err(|error| problem(&error))?;
    let mut launch = made.launch;
    launch.env.extend(draft.env);
    launch.cwd = draft.cwd.or(launch.cwd);
    Ok((launch, made.notes.into_iter().map(|note| note.note).collect()))
}

fn problem(error: &LibraryError) -> Problem {
    let code = match error {
        LibraryError::Unknown { .. } => Code::NotFound,
        LibraryError::Disabled { .. } => Code::Conflict,
        LibraryError::Wrong(_) | LibraryError::Cli { .. } | LibraryError::Convert(_) => Code::Invalid,
    };
    let problem = Problem::new(code, error.to_string());
    match error.hint() {
        Some(hint) => problem.hint(hint),
        None => problem,
    }
}
