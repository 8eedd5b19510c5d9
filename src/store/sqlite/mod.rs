//! The store on one SQLite file.
//!
//! One thread owns the one connection and commits what has gathered in one transaction (group commit), with
//! `synchronous=FULL`. What waits for it is bounded in number and in bytes; beyond that the answer is
//! [`StoreError::Busy`], at once. A damaged file is set aside, never deleted, and what can be read of it is saved.

mod ballast;
mod query;
mod recover;
mod salvage;
mod schema;
#[cfg(test)]
mod tests;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, TrySendError};

use tokio::sync::oneshot;

use super::{Answer, Batch, Entries, Entry, Kept, Loaded, Row, Rows, Store, StoreError};
use ballast::Ballast;
use writer::Job;

/// How many jobs may wait for the writer.
const QUEUE: usize = 256;

/// How many bytes may wait for the writer.
const QUEUE_BYTES: usize = 64 << 20;

/// The way to a session's file. Once it is dropped, the writer writes what waits and ends.
#[derive(Debug)]
struct Sqlite {
    jobs: mpsc::SyncSender<Job>,
    /// Bytes that wait for the writer.
    waiting: Arc<AtomicUsize>,
    /// Answers when the writer has ended.
    ended: oneshot::Receiver<Result<(), StoreError>>,
}

/// Opens the file at `path`, making it and its folder if need be, and reads back what it holds. It blocks.
///
/// # Errors
/// If the file cannot be opened or made, or comes from a later version of the program.
pub fn open(path: &Path) -> Result<(Box<dyn Store>, Loaded), StoreError> {
    let (connection, loaded) = recover::open(path)?;
    let ballast = Ballast::beside(path);
    let (jobs, inbox) = mpsc::sync_channel(QUEUE);
    let (end, ended) = oneshot::channel();
    let waiting = Arc::new(AtomicUsize::new(0));
    let written = Arc::clone(&waiting);
    std::thread::Builder::new()
        .name("store".to_owned())
        .spawn(move || {
            let closed = writer::run(connection, &ballast, &inbox, &written);
            // The owner may not wait for the end.
            drop(end.send(closed));
        })
        .map_err(StoreError::Thread)?;
    Ok((Box::new(Sqlite { jobs, waiting, ended }), loaded))
}

impl Sqlite {
    fn give(&self, job: Job) {
        let bytes = job.bytes();
        if self.waiting.fetch_add(bytes, Ordering::Relaxed) + bytes > QUEUE_BYTES {
            self.waiting.fetch_sub(bytes, Ordering::Relaxed);
            return job.refuse(StoreError::Busy);
        }
        match self.jobs.try_send(job) {
            Ok(()) => {}
            Err(TrySendError::Full(job)) => {
                self.waiting.fetch_sub(bytes, Ordering::Relaxed);
                job.refuse(StoreError::Busy);
            }
            Err(TrySendError::Disconnected(job)) => job.refuse(StoreError::Gone),
        }
    }
}

impl Store for Sqlite {
    fn append(&self, batch: Batch) -> Answer<Kept> {
        let (done, answer) = oneshot::channel();
        self.give(Job::Append(batch, done));
        answer
    }

    fn rows(&self, page: Rows) -> Answer<Vec<Row>> {
        let (done, answer) = oneshot::channel();
        self.give(Job::Rows(page, done));
        answer
    }

    fn entries(&self, page: Entries) -> Answer<Vec<Entry>> {
        let (done, answer) = oneshot::channel();
        self.give(Job::Entries(page, done));
        answer
    }

    fn close(self: Box<Self>) -> Answer<()> {
        self.ended
    }
}
