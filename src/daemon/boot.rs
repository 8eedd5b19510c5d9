//! The daemon's beginning: its place, its settings, every session that is kept, every agent that is alive.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::mpsc;

use super::adapters::Library;
use super::engine::Engine;
use super::pane::{self, About, Adopted, Sought};
use super::pool::Pool;
use super::request::{Handle, REQUESTS};
use super::session::{AnswerTo, Session};
use super::world::World;
use super::{Daemon, DaemonError, clock, lock, settings};
use crate::config::Paths;
use crate::domain::{AgentId, Name};
use crate::kernel::{Fact, Input, Kernel, Phase, State, life};
use crate::protocol::{VERSION, VersionView, rfc3339};
use crate::pty::Place;
use crate::store::{Store, StoreError};

/// How many pieces of news may wait for the loop; beyond that, panes wait.
const NEWS: usize = 1024;

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
    let mut sessions = std::collections::BTreeMap::new();
    for name in kept_sessions(&world.paths) {
        match restore(&world.paths, &name) {
            Ok(session) if session.is_stillborn() => {
                tracing::error!(session = %name, "nothing of the session's record could be read");
            }
            Ok(session) => drop(sessions.insert(name, session)),
            Err(error) => tracing::error!(session = %name, "the session is left alone: {error}"),
        }
    }
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
    let engine = Engine { sessions, world, handle: handle.clone(), requests, news: heard, version };
    Ok(Daemon { engine, handle, listener, _place: place })
}

/// Begins a session that is not kept yet; it is there once its first event is.
pub(super) fn make(paths: &Paths, name: &Name, root: &Path) -> Result<Session, StoreError> {
    let (store, restored) = Store::open(&paths.session_store(name))?;
    if restored.state.is_some() || !restored.since.is_empty() {
        // It was left alone at the start, since it could not be read then; now it can.
        return session_from(name, store, restored);
    }
    let (kernel, first) = Kernel::open(name.clone(), root.to_owned(), clock::wall());
    let mut session = Session::new(name.clone(), kernel, store, State::default(), 0);
    session.begin(first);
    Ok(session)
}

fn restore(paths: &Paths, name: &Name) -> Result<Session, StoreError> {
    let (store, restored) = Store::open(&paths.session_store(name))?;
    let Some(aside) = restored.set_aside.clone() else { return session_from(name, store, restored) };
    tracing::error!(session = %name, "its record was damaged and is kept as {}", aside.display());
    let mut session = session_from(name, store, restored)?;
    session.was_damaged(&aside);
    let backup = std::fs::read_to_string(paths.session_backup(name)).ok();
    let copy = backup.and_then(|body| State::from_whole(&body).ok());
    if let Some(copy) = copy.filter(|copy| copy.last_seq() > session.state().last_seq()) {
        session.go_on_from(copy);
    }
    Ok(session)
}

fn session_from(name: &Name, store: Store, restored: crate::store::Restored) -> Result<Session, StoreError> {
    let (state_at, state) = match restored.state {
        Some((seq, body)) => (seq, State::from_whole(&body).map_err(StoreError::State)?),
        None => (0, State::default()),
    };
    let kernel = Kernel::restore(state, restored.since);
    let confirmed = kernel.state().clone();
    Ok(Session::new(name.clone(), kernel, store, confirmed, state_at))
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
    names.filter(|name| paths.session_store(name).exists()).collect()
}
