//! The daemon: one a user, started by the first client, never needing one.
//!
//! One loop owns all decisions. Each turn takes one thing that is ready: a request, news of a pane, an answer of a
//! store, a time that has come. Panes are tasks of their own that own their screen and their way to the holder; output
//! never passes through the loop. The daemon may die at any moment: what was decided is on disk, what runs lives in
//! holders, and the next daemon finds both.

mod adapters;
mod answer;
mod apart;
mod blueprint;
mod boot;
mod clients;
mod clock;
mod commit;
mod engine;
mod environment;
mod fate;
mod frames;
mod headroom;
mod history;
mod hook;
mod lock;
mod pane;
mod pool;
mod records;
mod request;
mod rows;
mod session;
mod settings;
mod slot;
mod spending;
mod topics;
mod view;
mod wake;
mod world;

use std::io;
use std::path::PathBuf;

use tokio::net::UnixListener;

use crate::config::{ConfigError, Paths};
use crate::manifest::ManifestError;

pub use apart::{Place, started, watch_records};
pub use blueprint::{adapters as known_adapters, library};
pub use clients::ASKS;
pub use frames::{Seen, ShownAs, Watch};
pub use history::read_history;
pub use hook::HookCall;
pub use lock::PlaceError;
pub use pane::{Believed, Happening, PaneText, Replay};
pub use request::{Attached, ClientId, Colors, Feed, Handle, HistoryPlace, Who};
pub use settings::check_settings;
pub use topics::Topics;

/// Why the daemon could not start.
#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    /// It cannot take its place.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// The system refuses something it needs.
    #[error("start the daemon: {0}")]
    System(#[from] io::Error),
    /// The settings, rules or blueprints cannot be read.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The settings or rules are wrong.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
}

/// A daemon that has its place and everything it needs, and does not run yet.
pub struct Daemon {
    engine: engine::Engine,
    handle: Handle,
    listener: UnixListener,
    _place: lock::Place,
}

impl Daemon {
    /// Takes the daemon's place, reads back every session and finds every agent that is alive.
    ///
    /// `program` is this program; holders are started from it.
    ///
    /// # Errors
    /// If another daemon runs, or something it needs is not to be had. A session that cannot be read is named in the
    /// log and left alone.
    pub async fn start(paths: Paths, program: PathBuf) -> Result<Daemon, DaemonError> {
        boot::start(paths, program).await
    }

    /// Returns the way to its loop, and the socket at which the API is to be served.
    #[must_use]
    pub fn doors(self) -> (Handle, UnixListener, Running) {
        (self.handle, self.listener, Running { engine: self.engine, _place: self._place })
    }
}

/// A daemon whose doors were handed out.
pub struct Running {
    engine: engine::Engine,
    _place: lock::Place,
}

impl Running {
    /// Runs until somebody asks it to end, or `ended` says so. Agents live on.
    pub async fn run(self, ended: impl Future<Output = ()>) {
        self.engine.run(ended).await;
    }
}
