//! What all sessions share: where files are kept, the parsing threads, what is awaited, and how panes are opened.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::Instant;

use super::adapters::{self, Library};
use super::clients::Extent;
use super::clock::{self, Steady};
use super::environment;
use super::frames::Frames;
use super::headroom::Headroom;
use super::pane::{self, Beginning, News, Order};
use super::pool::Pool;
use super::request::Colors;
use super::settings::{self, Settings};
use super::wake::Wakes;
use crate::adapter::{Adapter, Around, Listen, Opening};
use crate::config::Paths;
use crate::disk;
use crate::domain::{Agent, AgentId, Launch, Name, Timestamp};
use crate::kernel::{State, Timer};
use crate::protocol::NO_STATUS_VARIABLE;
use crate::pty::{Keep, KeptPort, Place, Size, Spec};
use crate::store::{Answer, Kept, StoreError};

/// How many orders may wait for one pane.
const ORDERS: usize = 512;

/// How many agents may be starting at a time, so that a large team does not start all at once.
const STARTING: usize = 4;

/// How many agents' records may be read at a time, so that reading them takes few threads.
const READING: usize = 2;

/// How long what was shown may wait to be written.
const FLUSH_AFTER: Duration = Duration::from_millis(500);

/// How often it is looked whether a person's own files changed, if there are any.
const OWN_FILES_EVERY: Duration = Duration::from_secs(2);

/// What is due at some time.
#[derive(Debug)]
pub(super) enum Due {
    /// A kernel asked for it.
    Timer(Name, Timer),
    /// Something that was shown must be written.
    Flush(Name),
    /// A person's adapters or settings may have changed.
    OwnFiles,
}

/// The agent that is to be started, and around it what its session knows.
#[derive(Clone, Debug)]
pub(super) struct Whose<'a> {
    pub(super) session: &'a Name,
    /// The folder in which the session's agents work.
    pub(super) root: &'a Path,
    pub(super) agent: &'a Agent,
    /// The environment of whoever opened the session last; none is the daemon's own.
    pub(super) env: Option<&'a [(String, String)]>,
    /// How its conversation opens; none leaves it to its program.
    pub(super) conversation: Option<Opening>,
}

/// News of a pane: whose, which start, what.
pub(super) type PaneNews = (Name, AgentId, u32, News);

/// A store's answer: whose, and how it went.
pub(super) type Written = (Name, Result<Kept, StoreError>);

/// What all sessions share.
pub(super) struct World {
    pub(super) paths: Paths,
    pub(super) program: PathBuf,
    pub(super) library: Library,
    pub(super) colors: Option<Colors>,
    pub(super) settings: Settings,
    settings_file: settings::File,
    pub(super) commits: FuturesUnordered<BoxFuture<'static, Written>>,
    pub(super) wakes: Wakes<Due>,
    news: mpsc::Sender<PaneNews>,
    pool: Arc<Pool>,
    headroom: Arc<Headroom>,
    steady: Steady,
    starting: Arc<Semaphore>,
    reading: Arc<Semaphore>,
    looks_at_own_files: bool,
    adapters_changed: bool,
    /// The ports that are kept for agents with servers, one each.
    ports: BTreeMap<(Name, AgentId), KeptPort>,
}

/// Returns a place on this machine at which a program may listen: a port that is kept for it, and a new password.
fn free_place() -> std::io::Result<(KeptPort, Listen)> {
    let kept = KeptPort::new()?;
    let listen = Listen { port: kept.port(), password: super::session::new_number()? };
    Ok((kept, listen))
}

impl World {
    pub(super) fn new(
        paths: Paths,
        program: PathBuf,
        library: Library,
        (settings_file, settings): (settings::File, Settings),
        pool: Pool,
        news: mpsc::Sender<PaneNews>,
    ) -> World {
        World {
            paths,
            program,
            library,
            colors: None,
            settings,
            settings_file,
            commits: FuturesUnordered::new(),
            wakes: Wakes::new(),
            news,
            pool: Arc::new(pool),
            headroom: Arc::default(),
            steady: Steady::new(),
            starting: Arc::new(Semaphore::new(STARTING)),
            reading: Arc::new(Semaphore::new(READING)),
            looks_at_own_files: false,
            adapters_changed: false,
            ports: BTreeMap::new(),
        }
    }

    /// Awaits a store's answer.
    pub(super) fn await_commit(&mut self, session: Name, answer: Answer<Kept>) {
        self.commits.push(Box::pin(async move { (session, answer.await.unwrap_or(Err(StoreError::Gone))) }));
    }

    /// Asks for a session to be flushed soon.
    pub(super) fn flush_later(&mut self, session: Name) {
        self.wakes.add(Instant::now() + FLUSH_AFTER, Due::Flush(session));
    }

    /// Asks for something at a time of day.
    pub(super) fn wake(&mut self, at: Timestamp, due: Due) {
        self.wakes.add(Instant::now() + at.since(clock::wall()), due);
    }

    /// Copies a session's state into a file beside its record, from which the session can be brought back if the record
    /// is destroyed.
    pub(super) fn back_up(&self, session: &Name, state: &State) {
        let file = self.paths.session_backup(session);
        let state = state.clone();
        tokio::task::spawn_blocking(move || {
            let body = serde_json::to_vec(&state).map_err(std::io::Error::from);
            if let Err(error) = body.and_then(|body| disk::write(&file, &body)) {
                tracing::warn!("{} could not be written: {error}", file.display());
            }
        });
    }

    /// Removes a folder that nothing writes to any more.
    pub(super) fn remove_folder(&self, folder: PathBuf) {
        tokio::spawn(pane::remove_folder(folder));
    }

    /// Returns what is known of the program that an agent runs, and whether it is not to be asked for its status.
    pub(super) fn known_of(&self, launch: &Launch) -> (Arc<Adapter>, bool) {
        let deaf = launch.env.get(NO_STATUS_VARIABLE).is_some_and(|value| value == "1");
        (Arc::clone(self.library.known().find(launch)), deaf)
    }

    /// Asks to look again soon whether a person's adapters or settings changed, if there are any.
    pub(super) fn look_at_own_files(&mut self) {
        if !self.looks_at_own_files && (self.library.has_own() || self.settings_file.is_there()) {
            self.looks_at_own_files = true;
            self.wakes.add(Instant::now() + OWN_FILES_EVERY, Due::OwnFiles);
        }
    }

    /// Looks whether a person's adapters changed since panes were last told; returns whether they did.
    pub(super) fn adapters_due(&mut self) -> bool {
        self.looks_at_own_files = false;
        self.look_at_own_files();
        let refreshed = self.refresh_adapters();
        std::mem::take(&mut self.adapters_changed) || refreshed
    }

    /// Reads the adapters anew, whatever their files look like.
    pub(super) fn reload_adapters(&mut self) -> Result<(), String> {
        self.library.forget_looks();
        self.look_at_own_files();
        self.refresh_adapters();
        match self.library.wrongs() {
            [] => Ok(()),
            wrongs => Err(wrongs.join("; ")),
        }
    }

    /// Reads the settings anew if their file changed; returns whether they did.
    pub(super) fn refresh_settings(&mut self) -> bool {
        match self.settings_file.refresh() {
            None => false,
            Some(Ok(settings)) => {
                tracing::info!("the settings are read anew");
                self.settings = settings;
                true
            }
            Some(Err(error)) => {
                tracing::error!("the settings stay as they were: {error}");
                false
            }
        }
    }

    /// Returns what is wrong with a person's own files, which are left out until they are mended.
    pub(super) fn wrongs(&self) -> Vec<String> {
        let settings =
            self.settings_file.wrong().map(|wrong| format!("the settings stay as they were: {wrong}"));
        let adapters = self.library.wrongs().iter().map(|wrong| format!("left out: {wrong}"));
        adapters.chain(settings).collect()
    }

    /// Reads the adapters anew if their files changed; panes that run already are told soon.
    pub(super) fn refresh_adapters_at_start(&mut self) {
        if self.refresh_adapters() {
            self.adapters_changed = true;
            self.wakes.add(Instant::now(), Due::OwnFiles);
        }
        self.look_at_own_files();
    }

    /// Reads the adapters anew if their files changed; returns whether they did.
    pub(super) fn refresh_adapters(&mut self) -> bool {
        match self.library.refresh() {
            Ok(true) => {
                for wrong in self.library.wrongs() {
                    tracing::error!("left out: {wrong}");
                }
                true
            }
            Ok(false) => false,
            Err(error) => {
                tracing::error!("the adapters stay as they were: {error}");
                false
            }
        }
    }

    /// Returns how an agent is to be started.
    pub(super) fn start(&mut self, whose: Whose<'_>, epoch: u32, launch: &Launch) -> pane::Start {
        let Whose { session, root, agent, env, conversation } = whose;
        let base: Vec<(OsString, OsString)> = match env {
            Some(env) => env.iter().map(|(name, value)| (name.into(), value.into())).collect(),
            None => std::env::vars_os().collect(),
        };
        let folder = self.paths.agent(session, agent.id);
        let (adapter, deaf) = self.known_of(launch);
        let listen = adapter.server().is_any().then(|| self.place_for(session, agent.id)).flatten();
        let around = Around {
            conversation,
            program: &self.program,
            folder: &pane::files_of(&folder, epoch),
            machine: adapters::machine_settings(),
            listen,
        };
        let prepared = adapter.prepare(launch, &around);
        let mark = crate::pty::mark(&folder, epoch);
        let told =
            environment::Told { mark: &mark, session, agent: &agent.name, epoch, program: &self.program };
        let scrubbed = self.library.known().scrubbed();
        let spec = Spec {
            socket: Place::new(self.paths.holders(), folder.clone(), session.clone(), agent.id, epoch)
                .socket(),
            keep: Some(Keep { folder: folder.clone(), cap: self.settings.history_cap }),
            first_seq: 0,
            argv: prepared.argv.iter().map(OsString::from).collect(),
            cwd: launch.cwd.as_ref().map_or_else(|| root.to_owned(), |cwd| root.join(cwd)),
            env: environment::assemble(base, &prepared.env, &scrubbed, &told),
            size: Size::new(24, 80),
        };
        let conversation = prepared.conversation.map(|id| (id, None));
        let about = pane::About {
            session: session.clone(),
            agent: agent.id,
            epoch,
            folder,
            adapter,
            deaf,
            conversation,
        };
        pane::Start { about, spec, files: prepared.files }
    }

    /// Returns where an agent's server may listen. What was kept for its last start is let go.
    fn place_for(&mut self, session: &Name, agent: AgentId) -> Option<Listen> {
        match free_place() {
            Ok((kept, listen)) => {
                self.ports.insert((session.clone(), agent), kept);
                Some(listen)
            }
            Err(error) => {
                tracing::error!(%session, %agent, "its server gets no place to listen: {error}");
                None
            }
        }
    }

    /// Opens a pane that starts its agent.
    pub(super) fn open_pane(&self, start: pane::Start, frames: Frames, size: Extent) -> mpsc::Sender<Order> {
        let pane::Start { about, mut spec, files } = start;
        spec.size = Size::new(size.0, size.1);
        self.run_pane(
            about,
            frames,
            Beginning::Start { spec: Box::new(spec), program: self.program.clone(), files },
        )
    }

    /// Opens a pane for an agent that was found alive.
    pub(super) fn adopt_pane(&self, found: pane::Adopted, frames: Frames) -> mpsc::Sender<Order> {
        self.run_pane(found.about, frames, Beginning::Adopt(Box::new(found.connection)))
    }

    fn run_pane(&self, about: pane::About, frames: Frames, beginning: Beginning) -> mpsc::Sender<Order> {
        let (orders, inbox) = mpsc::channel(ORDERS);
        let around = pane::Around {
            news: self.news.clone(),
            pool: Arc::clone(&self.pool),
            headroom: Arc::clone(&self.headroom),
            steady: self.steady,
            starting: Arc::clone(&self.starting),
            reading: Arc::clone(&self.reading),
            colors: self.colors,
        };
        tokio::spawn(pane::run(about, around, frames, inbox, beginning));
        orders
    }
}
