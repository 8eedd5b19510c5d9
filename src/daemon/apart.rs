//! A program that is started as an agent of a session would be, and by no daemon: what a measurement needs in order to
//! see what a pane sees. How it is started is asked of the same code, and its records are watched by the same code.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc};

use super::clock::{Steady, wall};
use super::environment::{Told, assemble};
use super::pane::{News, Teller};
use super::records::{self, Cue, Subject};
use crate::adapter::{Adapter, Around, Opening};
use crate::domain::{AgentId, Launch, Name, Signal};

/// The one start that such a program has.
const EPOCH: u32 = 1;

/// How many things its records may say that nobody has heard yet.
const UNHEARD: usize = 64;

/// Where a program is started.
#[derive(Clone, Debug)]
pub struct Place<'a> {
    /// The session and the agent that it is told to be.
    pub session: &'a Name,
    /// The agent.
    pub agent: &'a Name,
    /// The path of this very program.
    pub program: &'a Path,
    /// Where the files of this start are to be written.
    pub folder: &'a Path,
    /// What it inherits.
    pub base: Vec<(OsString, OsString)>,
}

/// How a program is started.
#[derive(Clone, Debug)]
pub struct Started {
    /// Its command.
    pub argv: Vec<String>,
    /// Its whole environment.
    pub env: Vec<(OsString, OsString)>,
    /// The files to be written: name and text.
    pub files: BTreeMap<String, String>,
}

/// Returns how an agent of this launch would be started there.
#[must_use]
pub fn started(
    adapter: &Adapter,
    launch: &Launch,
    conversation: Option<Opening>,
    place: Place<'_>,
) -> Started {
    let Place { session, agent, program, folder, base } = place;
    let around = Around { conversation, program, folder, machine: None, listen: None };
    let prepared = adapter.prepare(launch, &around);
    let mark = crate::pty::mark(folder, EPOCH);
    let told = Told { session, agent, epoch: EPOCH, mark: &mark, program };
    let env = assemble(base, &prepared.env, &prepared.scrub, &told);
    Started { argv: prepared.argv, env, files: prepared.files }
}

/// Watches the records of the process `pid`, which has just begun in `cwd`, and passes on what they say and how long it
/// has been so; ends as soon as that is not wanted any more.
pub async fn watch_records(
    adapter: &Arc<Adapter>,
    pid: u32,
    cwd: PathBuf,
    folder: &Path,
    mut heard: impl FnMut(&Signal, Duration) -> bool,
) {
    let (Some(subject), Ok(session)) = (Subject::found(adapter, pid, folder), Name::new("apart")) else {
        return;
    };
    let (news, mut told) = mpsc::channel(UNHEARD);
    let teller = Teller { news, session, agent: AgentId(1), epoch: EPOCH };
    // Nobody judges its state here, so that it is looked at as if it always had something under way.
    let first = Cue { busy: true, conversation: None };
    let turns = Arc::new(Semaphore::new(1));
    let cues = records::watch(subject.begun(cwd, wall()), first, teller, Steady::new(), turns);
    while let Some((.., news)) = told.recv().await {
        let News::Recorded(said) = news else { continue };
        let now = wall();
        let age = |at| now.since(at);
        if !said.iter().all(|said| heard(&said.signal, said.at.map(age).unwrap_or_default())) {
            break;
        }
    }
    drop(cues);
}
