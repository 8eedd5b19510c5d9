//! What is kept of a session: its events and now and then its whole state, in one SQLite file.
//!
//! One thread owns the one connection and commits whatever has gathered in one transaction (group commit), with
//! `synchronous=FULL`: an append that was acknowledged survives kill -9 and power loss. It knows nothing of what the
//! state means; it keeps it as text. A damaged file is set aside, never deleted, and what can be read of it is saved.

mod ballast;
mod recover;
mod schema;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread::JoinHandle;

use ballast::Ballast;
use rusqlite::{Connection, ErrorCode, OptionalExtension as _, params};
use tokio::sync::oneshot;

use crate::kernel::EventRecord;

/// How many jobs may wait for the writer; beyond that, whoever asks waits.
const QUEUE: usize = 256;

/// The most jobs in one transaction, so that one commit cannot take without end.
const GROUP: usize = 512;

/// How many events before the newest kept state are still kept, to be read back by people.
const TAIL: u64 = 20_000;

/// Why something could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file could not be opened, and not be set aside either.
    #[error("open the record of the session at {path}: {source}")]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// The file's folder could not be made, or a damaged file could not be set aside.
    #[error("prepare {path}: {source}")]
    Prepare {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file was written by a later version of the program.
    #[error("read {path}: it was written by a later version (format {found}, this program knows {known})")]
    TooNew {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The newest format known here.
        known: i64,
    },
    /// SQLite refused: the disk is full, say.
    #[error("save what happened: {0}")]
    Write(#[source] rusqlite::Error),
    /// SQLite could not read.
    #[error("read what happened: {0}")]
    Read(#[source] rusqlite::Error),
    /// A value could not be put into text, or be read from it.
    #[error("read a kept event: {0}")]
    Format(#[source] serde_json::Error),
    /// A kept state could not be read.
    #[error(transparent)]
    State(#[from] crate::kernel::KeptError),
    /// The writer's thread is gone.
    #[error("reach the record of the session: its writer has ended")]
    Gone,
    /// The writer's thread could not be started.
    #[error("start the writer: {0}")]
    Thread(#[source] std::io::Error),
}

/// What was found when a session's file was opened.
#[derive(Debug, Default)]
pub struct Restored {
    /// The newest state that was kept, as it was given, and the number of the last event in it.
    pub state: Option<(u64, String)>,
    /// What happened since.
    pub since: Vec<EventRecord>,
    /// Where a damaged file was set aside, if there was one.
    pub set_aside: Option<PathBuf>,
}

/// The way to a session's file. Dropping it ends the writer once everything that waits is written.
#[derive(Debug)]
pub struct Store {
    jobs: Option<mpsc::SyncSender<Job>>,
    writer: Option<JoinHandle<()>>,
}

enum Job {
    Append {
        events: Vec<EventRecord>,
        state: Option<(u64, String)>,
        done: oneshot::Sender<Result<(), StoreError>>,
    },
    Events {
        after: Option<u64>,
        most: usize,
        done: oneshot::Sender<Result<Vec<EventRecord>, StoreError>>,
    },
}

impl Store {
    /// Opens the file at `path`, making it and its folder if need be, and reads back what it holds.
    ///
    /// # Errors
    /// If the file cannot be opened or made, or comes from a later version of the program.
    pub fn open(path: &Path) -> Result<(Store, Restored), StoreError> {
        let (connection, restored) = recover::open(path)?;
        let ballast = Ballast::beside(path);
        let (jobs, inbox) = mpsc::sync_channel(QUEUE);
        let writer = std::thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || write(connection, &ballast, &inbox))
            .map_err(StoreError::Thread)?;
        Ok((Store { jobs: Some(jobs), writer: Some(writer) }, restored))
    }

    /// Gives events, and now and then a state, to be kept; the receiver answers once they are on disk.
    ///
    /// The events of one call are kept together or not at all.
    pub fn append(
        &self,
        events: Vec<EventRecord>,
        state: Option<(u64, String)>,
    ) -> oneshot::Receiver<Result<(), StoreError>> {
        let (done, answer) = oneshot::channel();
        self.give(Job::Append { events, state, done });
        answer
    }

    /// Asks for at most `most` events after the one numbered `after`, or else for the newest; oldest first.
    pub fn events(
        &self,
        after: Option<u64>,
        most: usize,
    ) -> oneshot::Receiver<Result<Vec<EventRecord>, StoreError>> {
        let (done, answer) = oneshot::channel();
        self.give(Job::Events { after, most, done });
        answer
    }

    fn give(&self, job: Job) {
        // A writer that is gone drops the job, and with it the sender: whoever waits sees the channel closed.
        if let Some(jobs) = &self.jobs {
            let _ = jobs.send(job);
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

fn write(mut connection: Connection, ballast: &Ballast, inbox: &mpsc::Receiver<Job>) {
    while let Ok(first) = inbox.recv() {
        let mut appends = Vec::new();
        let mut reads = Vec::new();
        for job in std::iter::once(first).chain(inbox.try_iter().take(GROUP)) {
            match job {
                Job::Append { events, state, done } => appends.push((events, state, done)),
                Job::Events { after, most, done } => reads.push((after, most, done)),
            }
        }
        commit(&mut connection, ballast, appends);
        for (after, most, done) in reads {
            let found = match after {
                Some(after) => events_after(&connection, after, most),
                None => newest(&connection, most),
            };
            let _ = done.send(found);
        }
    }
}

type Append = (Vec<EventRecord>, Option<(u64, String)>, oneshot::Sender<Result<(), StoreError>>);

/// Keeps all of a group in one transaction; if that fails, each by itself, so that one cannot spoil the others.
fn commit(connection: &mut Connection, ballast: &Ballast, group: Vec<Append>) {
    if group.len() > 1 && save(connection, group.iter().map(|(events, state, _)| (events, state))).is_ok() {
        group.into_iter().for_each(|(_, _, done)| drop(done.send(Ok(()))));
        return;
    }
    for (events, state, done) in group {
        let mut result = save(connection, std::iter::once((&events, &state)));
        match &result {
            Ok(()) => ballast.keep_back(),
            Err(error) if is_full(error) && ballast.give_up() => {
                result = save(connection, std::iter::once((&events, &state)));
            }
            Err(_) => {}
        }
        let _ = done.send(result);
    }
}

fn is_full(error: &StoreError) -> bool {
    matches!(error, StoreError::Write(source) if source.sqlite_error_code() == Some(ErrorCode::DiskFull))
}

fn save<'a>(
    connection: &mut Connection,
    group: impl Iterator<Item = (&'a Vec<EventRecord>, &'a Option<(u64, String)>)>,
) -> Result<(), StoreError> {
    let transaction = connection.transaction().map_err(StoreError::Write)?;
    for (events, state) in group {
        let mut insert = transaction
            .prepare_cached("INSERT INTO event (seq, at, body) VALUES (?1, ?2, ?3)")
            .map_err(StoreError::Write)?;
        for record in events {
            let body = serde_json::to_string(record).map_err(StoreError::Format)?;
            insert.execute(params![record.seq, record.at.0, body]).map_err(StoreError::Write)?;
        }
        drop(insert);
        if let Some((seq, body)) = state {
            transaction
                .execute(
                    "INSERT OR REPLACE INTO state (id, seq, body) VALUES (1, ?1, ?2)",
                    params![seq, body],
                )
                .and_then(|_| {
                    transaction.execute("DELETE FROM event WHERE seq <= ?1", [seq.saturating_sub(TAIL)])
                })
                .map_err(StoreError::Write)?;
        }
    }
    transaction.commit().map_err(StoreError::Write)
}

fn newest(connection: &Connection, most: usize) -> Result<Vec<EventRecord>, StoreError> {
    let before = connection
        .query_row("SELECT seq FROM event ORDER BY seq DESC LIMIT 1 OFFSET ?1", [most], |row| row.get(0))
        .optional()
        .map_err(StoreError::Read)?;
    events_after(connection, before.unwrap_or(0), most)
}

fn events_after(connection: &Connection, after: u64, most: usize) -> Result<Vec<EventRecord>, StoreError> {
    let mut select = connection
        .prepare_cached("SELECT body FROM event WHERE seq > ?1 ORDER BY seq LIMIT ?2")
        .map_err(StoreError::Read)?;
    let bodies =
        select.query_map(params![after, most], |row| row.get::<_, String>(0)).map_err(StoreError::Read)?;
    bodies
        .map(|body| serde_json::from_str(&body.map_err(StoreError::Read)?).map_err(StoreError::Format))
        .collect()
}
