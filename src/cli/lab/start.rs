//! How a program is started as an agent, and what its records say: asked of the daemon's own code, for whoever starts
//! one by other hands and records it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::super::{failure::Failure, output};
use crate::adapter::{Adapter, Adapters, Opening};
use crate::daemon::{Place, started, watch_records};
use crate::domain::{Launch, Name, Signal};

/// What is to be started.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    launch: Launch,
    session: Name,
    agent: Name,
    folder: PathBuf,
    /// What it inherits.
    base: BTreeMap<String, String>,
    /// The conversation to open, and whether it goes on.
    conversation: Option<(String, bool)>,
}

/// How it is started.
#[derive(Debug, Serialize)]
struct Told {
    command: Vec<String>,
    env: BTreeMap<String, String>,
}

/// Says how a program is started, and writes the files of its start.
pub(super) fn start() -> Result<(), Failure> {
    let unreadable = |e: &dyn std::fmt::Display| Failure::new(format!("what is to be started is wrong: {e}"));
    let mut text = String::new();
    std::io::stdin().lock().read_to_string(&mut text).map_err(|e| unreadable(&e))?;
    let wanted: Wanted = serde_json::from_str(&text).map_err(|e| unreadable(&e))?;
    let program = std::env::current_exe().map_err(|e| unreadable(&e))?;
    let base = wanted.base.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
    let conversation = wanted.conversation.map(|(id, goes_on)| match goes_on {
        true => Opening::Resume(id),
        false => Opening::New(id),
    });
    let place = Place {
        session: &wanted.session,
        agent: &wanted.agent,
        program: &program,
        folder: &wanted.folder,
        base,
    };
    let made = started(&*adapter(&wanted.launch)?, &wanted.launch, conversation, place);
    write(&wanted.folder, &made.files)
        .map_err(|e| Failure::new("the files of its start cannot be written").because(&e))?;
    let text = |word: OsString| word.to_string_lossy().into_owned();
    let env = made.env.into_iter().map(|(name, value)| (text(name), text(value))).collect();
    output::json(&Told { command: made.argv, env })
}

/// Only their owner may read them, as those of any start.
fn write(folder: &Path, files: &BTreeMap<String, String>) -> std::io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    for (name, text) in files {
        let mut options = std::fs::OpenOptions::new();
        let mut file = options.create(true).truncate(true).write(true).mode(0o600).open(folder.join(name))?;
        file.write_all(text.as_bytes())?;
    }
    Ok(())
}

/// Says what the records of a process say, until nobody reads it.
pub(super) fn records(pid: u32, cwd: &Path, folder: &Path, command: &[String]) -> Result<(), Failure> {
    let adapter = adapter(&Launch { command: command.to_vec(), ..Launch::default() })?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| Failure::new("no records can be watched").because(&e))?;
    runtime.block_on(watch_records(&adapter, pid, cwd.to_owned(), folder, |signal, age| {
        // What was used says nothing of a state.
        matches!(signal, Signal::Used(_)) || output::json(&(age.as_millis(), signal)).is_ok()
    }));
    Ok(())
}

/// The adapter of a launch, of those that are built in.
pub(super) fn adapter(launch: &Launch) -> Result<Arc<Adapter>, Failure> {
    let adapters = Adapters::builtin();
    let adapters = adapters.map_err(|e| Failure::new("the adapters cannot be read").because(&e))?;
    Ok(Arc::clone(adapters.find(launch)))
}
