//! What is kept of a session, behind one trait: numbered rows, entries of collections, and where they stand.
//!
//! The room knows nothing of what a text means. It promises, for every kind of store (`conformance` holds it):
//!
//! * A batch is kept whole or not at all. What was acknowledged survives the death of the process; on SQLite also power
//!   loss.
//! * Decisions stay for ever, in order, as the text that was given: room for a hash chain over them, whose table is to
//!   be called `chain`. Observations are a ring that drops only what the parts cover.
//! * Numbers rise and are never given twice. Gaps are normal: a failed batch and a crash leave some behind.
//! * Handing over never blocks. A store that cannot keep up answers [`StoreError::Busy`].
//!
//! A session's state is kept by part, in the collection [`PARTS`]; a large collection of a part is a collection of its
//! own, changed in the same batch as the rows that change it.

mod batch;
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod memory;
mod sqlite;

use std::fmt;
use std::path::PathBuf;

use tokio::sync::oneshot;

pub use batch::{Batch, Body, Change, Row, Stream};
#[cfg(test)]
pub use memory::Memory;
pub use sqlite::open;

/// The collection of a session's parts: an entry each, by the part's name.
pub const PARTS: &str = "part";

/// How many observations stay although the parts cover them, to be read back by people.
const RING: usize = 20_000;

/// What is wrong with a text, as the room says it to which the text means something.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why something could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The record could not be opened, and not be set aside either.
    #[error("open the record of the session at {path}: {source}")]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// The folder could not be made, or a damaged file could not be set aside.
    #[error("prepare {path}: {source}")]
    Prepare {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It was written by a later version of the program.
    #[error("read {what}: a later version wrote it (format {found}, this program knows {known})")]
    TooNew {
        /// The file, the event or the part.
        what: String,
        /// Its format.
        found: i64,
        /// The newest format known here.
        known: i64,
    },
    /// A kept text is of a known format, but it does not parse.
    #[error("read {what}: {source}")]
    Unreadable {
        /// The event or the part.
        what: String,
        /// Why.
        source: Cause,
    },
    /// The storage refused: the disk is full, say.
    #[error("save what happened: {0}")]
    Write(#[source] rusqlite::Error),
    /// The storage could not be read.
    #[error("read what happened: {0}")]
    Read(#[source] rusqlite::Error),
    /// A number was given before.
    #[error("save event {number}: event {last} is kept already, and numbers rise")]
    Number {
        /// The number.
        number: u64,
        /// The greatest number that is kept.
        last: u64,
    },
    /// A value could not be put into text.
    #[error("save {what}: {source}")]
    Unwritable {
        /// The event or the part.
        what: String,
        /// Why.
        source: Cause,
    },
    /// More waits than may wait.
    #[error("save what happened: the disk does not keep up")]
    Busy,
    /// The writer's thread is gone.
    #[error("reach the record of the session: its writer has ended")]
    Gone,
    /// The writer's thread could not be started.
    #[error("start the writer: {0}")]
    Thread(#[source] std::io::Error),
}

/// An answer that comes later; a closed channel means [`StoreError::Gone`].
pub type Answer<T> = oneshot::Receiver<Result<T, StoreError>>;

/// What became of a batch whose rows are kept.
#[derive(Debug, Default)]
pub struct Kept {
    /// Why the state is as it was before, if a part could not be put into text. The next batch may bring it.
    pub unkept: Option<StoreError>,
}

/// Which rows are read.
#[derive(Clone, Copy, Debug)]
pub struct Rows {
    /// Of which stream; none is both, in one order.
    pub stream: Option<Stream>,
    /// After which number; none means the newest.
    pub after: Option<u64>,
    /// How many at most.
    pub most: usize,
}

/// Which entries are read.
#[derive(Clone, Debug)]
pub struct Entries {
    /// Of which collection.
    pub collection: String,
    /// After which key; none means from the first.
    pub after: Option<String>,
    /// How many at most.
    pub most: usize,
}

/// One entry of a collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its key, unique in its collection.
    pub key: String,
    /// The format of its text.
    pub version: u32,
    /// Its text.
    pub body: String,
}

/// What was found when a session's record was opened.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The parts, by name.
    pub parts: Vec<Entry>,
    /// The number of the last event that the parts hold.
    pub covered: u64,
    /// What happened since.
    pub since: Vec<Row>,
    /// Numbers up to this one may have been given.
    pub reserved: u64,
    /// Where a damaged record was set aside, if there was one.
    pub set_aside: Option<PathBuf>,
}

impl Loaded {
    /// Returns whether nothing is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty() && self.since.is_empty()
    }
}

/// A place for the record of one session. No verb blocks.
pub trait Store: fmt::Debug + Send {
    /// Keeps a batch whole or not at all; answers once it is durable.
    fn append(&self, batch: Batch) -> Answer<Kept>;

    /// Reads a page of rows, the oldest first.
    fn rows(&self, page: Rows) -> Answer<Vec<Row>>;

    /// Reads a page of a collection, by key.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "no part has a collection yet that is too large for memory")
    )]
    fn entries(&self, page: Entries) -> Answer<Vec<Entry>>;

    /// Ends it; answers once everything that was handed over is kept and nothing is open any more.
    fn close(self: Box<Self>) -> Answer<()>;
}
