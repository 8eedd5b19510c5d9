//! The daemon's beginning: its place, its settings, every session that is kept, every agent that is alive.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::mpsc;

use super::adapters::Library;
use super::commit::Commit;
use super::engine::Engine;
use super::pane::{self, About, Adopted, Sought};
use super::pool::Pool;
use super::request::{Handle, REQUESTS};
use super::session::{AnswerTo, Session};
use super::world::World;
use super::{Daemon, DaemonError, clock, lock, rows, settings};
use crate::config::Paths;
use crate::domain::{AgentId, Name};
use crate::kernel::{Fact, Input, Kernel, Phase, State, life};
use crate::protocol::{VERSION, VersionView, rfc3339};
use crate::pty::Place;
use crate::store::{self, Loaded, Store, StoreError};

/// How many pieces of news may wait for the loop; beyond that, panes wait.
const NEWS: usize = 1024;

/// How many numbers are passed over where the end of a record was lost, and with it which were given.
const LOST: u64 = 1_000_000;

pub(super) async fn start(paths: Paths, program: PathBuf) -> Result<Daemon, DaemonError> {
    let (place, listener) = lock::take(&paths)?;
    let library = Library::read(&paths)?;
    let kept = Arc::new(paths.clone());
    for wrong in library.wrongs() {
        tracing::error!("left out: {wrong}");
    }
    let settings = settings::File::read(&paths)?;
    let (news, heard) = mpsc::channel(NEWS);
    let (asks, requests) = mpsc::channel(REQUESTS);
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let pool = Pool::start(processors.saturating_sub(1).clamp(1, 4))?;
    let mut world = World::new(paths, program, library, settings, pool, news);
    let (mut sessions, unopened) = restore_all(&world.paths).await;
    for session in sessions.values_mut() {
        session.learn_settings(&mut world);
        resume(session, &mut world).await;
    }
    world.look_at_own_files();
    let version = VersionView {
        program: env!("CARGO_PKG_VERSION").to_owned(),
        protocol: VERSION,
        pid: std::process::id(),
        started_at: rfc3339(clock::wall()),
    };
    let handle = Handle::new(asks, Arc::clone(&kept));
    let engine = Engine { sessions, unopened, world, handle: handle.clone(), requests, news: heard, version };
    Ok(Daemon { engine, handle, listener, _place: place })
}

/// Opens every session that is kept, each on a thread that may block. Returns them, and why others could not be opened.
async fn restore_all(paths: &Paths) -> (BTreeMap<Name, Session>, BTreeMap<Name, String>) {
    let opened = kept_sessions(paths).into_iter().map(|name| {
        let paths = paths.clone();
        async move {
            let of = name.clone();
            let opened = tokio::task::spawn_blocking(move || restore(&paths, &of)).await;
            (name, opened)
        }
    });
    let (mut sessions, mut unopened) = (BTreeMap::new(), BTreeMap::new());
    for (name, opened) in futures_util::future::join_all(opened).await {
        let why = match opened {
            Ok(Ok(session)) if session.is_stillborn() => match session.trouble() {
                Some(trouble) => trouble.to_owned(),
                None => "nothing of its record could be read".to_owned(),
            },
            Ok(Ok(session)) => {
                sessions.insert(name, session);
                continue;
            }
            Ok(Err(error)) => error.to_string(),
            Err(error) => error.to_string(),
        };
        tracing::error!(session = %name, "the session is left alone: {why}");
        unopened.insert(name, why);
    }
    (sessions, unopened)
}

/// Begins a session that is not kept yet; it is there once its first event is.
pub(super) fn make(paths: &Paths, name: &Name, root: &Path) -> Result<Session, StoreError> {
    let (store, loaded) = store::open(&paths.session_store(name))?;
    if !loaded.is_empty() {
        // It was left alone at the start, since it could not be read then; now it can.
        return session_from(name, store, &loaded, &paths.session_backup(name));
    }
    let (kernel, first) = Kernel::open(name.clone(), root.to_owned(), clock::wall());
    let commit = Commit::new(State::default(), 0, loaded.reserved);
    let mut session = Session::new(name.clone(), kernel, store, commit);
    session.begin(first);
    Ok(session)
}

fn restore(paths: &Paths, name: &Name) -> Result<Session, StoreError> {
    let (store, loaded) = store::open(&paths.session_store(name))?;
    session_from(name, store, &loaded, &paths.session_backup(name))
}

fn session_from(
    name: &Name,
    store: Box<dyn Store>,
    loaded: &Loaded,
    backup: &Path,
) -> Result<Session, StoreError> {
    let ReadBack { kernel, commit, lost } = read_back(loaded, backup)?;
    let mut session = Session::new(name.clone(), kernel, store, commit);
    if let Some(text) = lost {
        tracing::error!(session = %name, "{text}");
        session.was_damaged(text);
    }
    Ok(session)
}

/// What is read back of a session.
#[derive(Debug)]
struct ReadBack<A> {
    kernel: Kernel,
    commit: Commit<A>,
    /// What a person should know, if something of the record was lost.
    lost: Option<String>,
}

/// Reads a session back from what is kept. If something of its record was lost, it goes on from its backup where that
/// knows more.
fn read_back<A>(loaded: &Loaded, backup: &Path) -> Result<ReadBack<A>, StoreError> {
    let kept = rows::state(loaded)?;
    let since = loaded.since.iter().map(rows::event).collect::<Result<Vec<_>, _>>()?;
    let last = loaded.since.last().map_or(kept.last_seq(), |row| row.seq);
    let (copy, trouble) = match rows::backup(backup, last, loaded.set_aside.is_some()) {
        Ok(copy) => (copy, None),
        Err(error) => (None, Some(error.to_string())),
    };
    if let Some(trouble) = &trouble {
        tracing::warn!("{trouble}");
    }
    let newer = copy.filter(|copy| copy.last_seq() > kept.last_seq());
    let is_lost = newer.is_some() || loaded.set_aside.is_some();
    let (base, is_copy) = newer.map_or((kept, false), |copy| (copy, true));
    let from = base.last_seq();
    let mut kernel = Kernel::restore(base, since.into_iter().filter(|record| record.seq > Some(from)));
    let mut commit = Commit::new(kernel.state().clone(), loaded.covered, loaded.reserved);
    if is_copy {
        commit.go_on_from(kernel.state().clone());
    } else if rows::is_of_earlier_format(loaded) {
        commit.renew();
    }
    kernel.skip_to(loaded.reserved + if is_lost { LOST } else { 0 });
    let lost = is_lost.then(|| {
        let lost = match &loaded.set_aside {
            Some(aside) => format!(
                "the session's record was damaged; what could be read of it is here, the damaged one is kept as {}",
                aside.display()
            ),
            None => "the end of the session's record was lost; the session goes on from its backup".to_owned(),
        };
        [Some(lost), trouble].into_iter().flatten().collect::<Vec<_>>().join("; ")
    });
    Ok(ReadBack { kernel, commit, lost })
}

/// Finds which agents of a session are alive, and tells its kernel.
async fn resume(session: &mut Session, world: &mut World) {
    let expected: Vec<(AgentId, u32, Option<u32>)> = session
        .state()
        .org()
        .agents()
        .filter_map(|a| session.state().live(a.id).map(|live| (a.id, live)))
        .filter(|(_, live)| live.phase != Phase::Down)
        .map(|(id, live)| (id, live.epoch, live.pid()))
        .collect();
    let launched = |agent| session.state().org().agent(agent).map(|a| a.launch.clone()).unwrap_or_default();
    let searches = expected.into_iter().map(|(agent, epoch, pid)| {
        let (adapter, deaf) = world.known_of(&launched(agent));
        let folder = world.paths.agent(&session.name, agent);
        let talk = session.state().conversations(agent).last();
        let conversation = talk.map(|talk| (talk.id.clone(), talk.transcript.clone()));
        let session = session.name.clone();
        let about = About { session, agent, epoch, folder, adapter, deaf, conversation };
        let kept = about.folder.clone();
        let place = Place::new(world.paths.holders(), kept, about.session.clone(), agent, epoch);
        pane::find(about, place, pid)
    });
    let mut found: Vec<Adopted> = Vec::new();
    let mut ended = Vec::new();
    for sought in futures_util::future::join_all(searches).await {
        match sought {
            Sought::Alive(adopted) => found.push(adopted),
            Sought::Ended(about, exit) => ended.push((about.agent, about.epoch, exit)),
            Sought::Gone => {}
        }
    }
    let alive = found.iter().map(|a| (a.about.agent, a.about.epoch, a.connection.child)).collect();
    for adopted in found {
        let (agent, epoch) = (adopted.about.agent, adopted.about.epoch);
        let size = adopted.connection.size;
        let slot = session.slots.entry(agent).or_default();
        slot.begin(epoch, Some(size), |frames, _| world.adopt_pane(adopted, frames));
    }
    for (agent, epoch, exit) in ended {
        let fact = Fact::Life(life::Fact::Exited { agent, epoch, exit });
        session.take(Input::Fact(fact), AnswerTo::Nobody, world);
    }
    session.take(Input::Fact(Fact::Resumed { alive }), AnswerTo::Nobody, world);
}

fn kept_sessions(paths: &Paths) -> Vec<Name> {
    let Ok(entries) = std::fs::read_dir(paths.sessions()) else { return Vec::new() };
    let names = entries.filter_map(|entry| Name::new(entry.ok()?.file_name().to_string_lossy()).ok());
    names.filter(|name| paths.session_store(name).exists() || paths.session_backup(name).exists()).collect()
}

#[cfg(test)]
mod tests;
