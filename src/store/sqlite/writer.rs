//! The thread that owns the connection: it keeps what has gathered in one transaction, then reads what was asked.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use rusqlite::{Connection, ErrorCode};
use tokio::sync::oneshot;

use super::ballast::Ballast;
use super::query;
use crate::store::batch::Made;
use crate::store::{Batch, Entries, Entry, Kept, Row, Rows, StoreError};

/// The most jobs in one transaction, so that one commit cannot take without end.
const GROUP: usize = 512;

type Done<T> = oneshot::Sender<Result<T, StoreError>>;

/// Something for the writer to do.
#[derive(Debug)]
pub(super) enum Job {
    Append(Batch, Done<Kept>),
    Rows(Rows, Done<Vec<Row>>),
    Entries(Entries, Done<Vec<Entry>>),
}

impl Job {
    /// Returns about how much memory it takes, in bytes.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Job::Append(batch, _) => batch.bytes(),
            Job::Rows(..) | Job::Entries(..) => 0,
        }
    }

    /// Answers that it is not done. The caller may be gone.
    pub(super) fn refuse(self, error: StoreError) {
        match self {
            Job::Append(_, done) => drop(done.send(Err(error))),
            Job::Rows(_, done) => drop(done.send(Err(error))),
            Job::Entries(_, done) => drop(done.send(Err(error))),
        }
    }
}

/// Works until every sender is gone, and closes the connection.
///
/// # Errors
/// If it cannot be closed.
pub(super) fn run(
    mut connection: Connection,
    ballast: &Ballast,
    inbox: &mpsc::Receiver<Job>,
    waiting: &AtomicUsize,
) -> Result<(), StoreError> {
    while let Ok(first) = inbox.recv() {
        let mut appends = Vec::new();
        let mut reads = Vec::new();
        let mut bytes = 0;
        for job in std::iter::once(first).chain(inbox.try_iter().take(GROUP)) {
            bytes += job.bytes();
            match job {
                Job::Append(batch, done) => appends.push((batch.made(), done)),
                read => reads.push(read),
            }
        }
        keep(&mut connection, ballast, appends);
        waiting.fetch_sub(bytes, Ordering::Relaxed);
        for read in reads {
            match read {
                Job::Rows(page, done) => drop(done.send(query::rows(&connection, &page))),
                Job::Entries(page, done) => drop(done.send(query::entries(&connection, &page))),
                Job::Append(..) => {}
            }
        }
    }
    connection.close().map_err(|(_, source)| StoreError::Write(source))
}

/// Keeps a group in one transaction; if that fails, each batch by itself, so that one cannot spoil the others.
fn keep(connection: &mut Connection, ballast: &Ballast, group: Vec<(Made, Done<Kept>)>) {
    if group.len() > 1 && query::save(connection, group.iter().map(|(made, _)| made)).is_ok() {
        for (made, done) in group {
            drop(done.send(Ok(Kept { unkept: made.unkept })));
        }
        return;
    }
    for (made, done) in group {
        let mut result = query::save(connection, std::iter::once(&made));
        match &result {
            Ok(()) => ballast.keep_back(),
            Err(error) if is_full(error) && ballast.give_up() => {
                result = query::save(connection, std::iter::once(&made));
            }
            Err(_) => {}
        }
        drop(done.send(result.map(|()| Kept { unkept: made.unkept })));
    }
}

fn is_full(error: &StoreError) -> bool {
    matches!(error, StoreError::Write(source) if source.sqlite_error_code() == Some(ErrorCode::DiskFull))
}
