//! The typed client to the daemon: HTTP and a WebSocket over its Unix socket.
//!
//! Whatever the TUI and the command line can do, they do through here; there is no other way in. It starts no daemon
//! and decides nothing.

mod attach;
mod http;
mod mirror;

use std::path::PathBuf;

use crate::protocol::{Problem, VERSION, VersionView};

pub use attach::{Arrival, Attachment};
pub use http::{Client, nobody_listens};
pub use mirror::Change;

/// Why the daemon could not be asked, or what it answered instead.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Nobody answers at the socket.
    #[error("reach the daemon at {socket}: {source}")]
    NoDaemon {
        /// The socket.
        socket: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The daemon refused, and says why.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// The daemon is of another version.
    #[error("talk to the daemon: it is agentctl {theirs} (protocol {their_protocol}), this is agentctl {ours} (protocol {VERSION})", ours = env!("CARGO_PKG_VERSION"))]
    OtherVersion {
        /// Its program version.
        theirs: String,
        /// The version of its protocol.
        their_protocol: u32,
    },
    /// The connection broke.
    #[error("talk to the daemon: {0}")]
    Http(#[from] hyper::Error),
    /// The WebSocket broke.
    #[error("talk to the daemon: {0}")]
    Socket(#[from] tokio_tungstenite::tungstenite::Error),
    /// What came back is not what was expected.
    #[error("understand the daemon: {0}")]
    Answer(#[from] serde_json::Error),
    /// What is asked cannot be put into a request.
    #[error("ask the daemon: {0}")]
    Request(#[from] hyper::http::Error),
}

impl ClientError {
    /// Checks that a daemon speaks this client's version.
    ///
    /// # Errors
    /// Names both versions if it does not.
    pub fn check(version: &VersionView) -> Result<(), ClientError> {
        if version.protocol == VERSION {
            return Ok(());
        }
        Err(ClientError::OtherVersion { theirs: version.program.clone(), their_protocol: version.protocol })
    }
}
