//! Looks for the holder of one start of an agent, and tells apart what a refused or silent socket means.
//!
//! A holder is gone when no process listens where it would: then what it wrote down says how its agent ended. A holder
//! that listens and says nothing lives: it is stopped, or the machine is busy. It is waited for, and not given up.

use std::path::PathBuf;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::time::{sleep, timeout};

use super::client::{Connection, PATIENCE};
use super::wire::Status;
use super::{ConnectError, End, Place, Reader, Writer};

/// What became of a holder.
#[derive(Debug)]
pub enum Found {
    /// It answers.
    Here(Box<Status>, Reader, Writer),
    /// It lives, and does not answer yet.
    Silent(Silent),
    /// It is gone, and so is its agent; it wrote down how that ended.
    Ended(End),
    /// It is gone, and left no word: something ended it.
    Gone,
}

/// A holder that lives and does not answer yet.
#[derive(Debug)]
pub struct Silent {
    socket: PathBuf,
    follow: Option<u64>,
    /// None while so many wait for it that the system lets nobody else wait.
    connection: Option<Connection>,
}

/// How long it takes to try again where the system lets nobody else wait.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Looks for the holder of a place; `follow` is as in [`super::connect`].
///
/// # Errors
/// Fails if something else is there, or the system refuses to look.
pub async fn search(place: &Place, follow: Option<u64>) -> Result<Found, ConnectError> {
    for socket in place.sockets() {
        let mut connection = match Connection::open(&socket, follow).await {
            Ok(connection) => connection,
            Err(ConnectError::Gone { .. }) => continue,
            Err(ConnectError::Silent { .. }) => {
                return Ok(Found::Silent(Silent { socket, follow, connection: None }));
            }
            Err(error) => return Err(error),
        };
        match timeout(PATIENCE, connection.hello()).await {
            Ok(Ok(status)) => {
                return Ok(Found::Here(Box::new(status), connection.reader, connection.writer));
            }
            // It was just ending.
            Ok(Err(ConnectError::Gone { .. })) => {}
            Ok(Err(error)) => return Err(error),
            Err(_) => {
                return Ok(Found::Silent(Silent { socket, follow, connection: Some(connection) }));
            }
        }
    }
    let (folder, socket) = (place.folder().to_owned(), place.socket());
    match tokio::task::spawn_blocking(move || End::load(&folder, &socket)).await {
        Ok(Ok(Some(end))) => Ok(Found::Ended(end)),
        Ok(Ok(None)) | Err(_) => Ok(Found::Gone),
        Ok(Err(error)) => {
            tracing::warn!("what a holder wrote down of its agent's end cannot be read: {error}");
            Ok(Found::Gone)
        }
    }
}

impl Silent {
    /// Waits until the holder answers, or is gone, however long that takes. Safe to cancel and to call again.
    ///
    /// # Errors
    /// Fails if the holder is gone, or says what is not understood.
    pub async fn answer(&mut self) -> Result<Status, ConnectError> {
        loop {
            if let Some(connection) = &mut self.connection {
                return connection.hello().await;
            }
            sleep(AGAIN_AFTER).await;
            match Connection::open(&self.socket, self.follow).await {
                Ok(connection) => self.connection = Some(connection),
                Err(ConnectError::Silent { .. }) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Ends the holder by force. Its agent is an [`super::Orphan`] then.
    pub fn kill(self) {
        if let Some(holder) = self.connection.as_ref().and_then(Connection::holder).and_then(Pid::from_raw) {
            // It may have died in this moment, which is as good.
            let _ = kill_process(holder, Signal::KILL);
        }
    }

    /// Returns the connection on which the holder has answered.
    #[must_use]
    pub fn into_halves(self) -> Option<(Reader, Writer)> {
        self.connection.map(|connection| (connection.reader, connection.writer))
    }
}
