//! What is handed to a store at once: rows, changes of collections, and what the parts cover.

use std::fmt;

use super::{Cause, StoreError};
use crate::domain::Timestamp;

/// What a row without its texts takes in memory, in bytes, about.
const ROW: usize = 128;

/// Which kind of row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Something was decided: it stays for ever.
    Decision,
    /// Something was seen: it stays for a while.
    Observation,
}

/// One event as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its number.
    pub seq: u64,
    /// When it happened.
    pub at: Timestamp,
    /// Which kind it is.
    pub stream: Stream,
    /// Its name.
    pub kind: String,
    /// The format of its text.
    pub version: u32,
    /// Its text.
    pub body: String,
}

impl Row {
    /// Returns about how much memory it takes, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        ROW + self.kind.len() + self.body.len()
    }
}

/// Makes a text when it is called, away from the caller's thread.
pub type Writer = Box<dyn FnOnce() -> Result<String, Cause> + Send>;

/// The text of an entry.
pub enum Body {
    /// It is there.
    #[cfg_attr(not(test), expect(dead_code, reason = "no part has a collection of its own yet"))]
    Text(String),
    /// The store makes it, on a thread of its own. If it cannot be made, every later text of its batch is left out,
    /// and with them what they cover.
    Later(Writer),
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Body::Text(text) => f.debug_tuple("Text").field(text).finish(),
            Body::Later(_) => f.write_str("Later"),
        }
    }
}

/// A change of one entry of a collection.
#[derive(Debug)]
pub enum Change {
    /// It is this from now on.
    Put {
        /// Its collection.
        collection: String,
        /// Its key.
        key: String,
        /// The format of its text.
        version: u32,
        /// Its text.
        body: Body,
    },
    /// It is not there any more.
    Remove {
        /// Its collection.
        collection: String,
        /// Its key.
        key: String,
    },
}

/// What is kept together or not at all.
#[derive(Debug, Default)]
pub struct Batch {
    /// What happened, by number.
    pub rows: Vec<Row>,
    /// What changes in collections.
    pub changes: Vec<Change>,
    /// The number of the last event that the parts hold after these changes, if the parts are brought up to date.
    pub covers: Option<u64>,
    /// Numbers up to this one may be given before the next batch is kept. A store that is opened again tells it.
    pub reserved: u64,
}

impl Batch {
    /// Returns about how much memory it takes, in bytes; texts that are made later take none yet.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let changes = self.changes.iter().map(|change| match change {
            Change::Put { body: Body::Text(text), .. } => ROW + text.len(),
            Change::Put { .. } | Change::Remove { .. } => ROW,
        });
        self.rows.iter().map(Row::bytes).chain(changes).sum()
    }

    /// Makes the texts that are made later.
    pub(super) fn made(self) -> Made {
        let Batch { rows, changes, covers, reserved } = self;
        let mut made = Made { rows, changes: Vec::new(), covers, reserved, unkept: None };
        let mut later = Vec::new();
        for change in changes {
            match change {
                Change::Put { collection, key, version, body: Body::Text(body) } => {
                    made.changes.push(MadeChange::Put { collection, key, version, body });
                }
                Change::Put { collection, key, version, body: Body::Later(write) } => match write() {
                    Ok(body) => later.push(MadeChange::Put { collection, key, version, body }),
                    Err(source) => {
                        let what = format!("the {collection} `{key}`");
                        made.unkept.get_or_insert(StoreError::Unwritable { what, source });
                    }
                },
                Change::Remove { collection, key } => {
                    made.changes.push(MadeChange::Remove { collection, key });
                }
            }
        }
        if made.unkept.is_some() {
            made.covers = None;
        } else {
            made.changes.append(&mut later);
        }
        made
    }
}

/// A batch whose texts are all there.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) rows: Vec<Row>,
    pub(super) changes: Vec<MadeChange>,
    pub(super) covers: Option<u64>,
    pub(super) reserved: u64,
    /// Why texts are left out.
    pub(super) unkept: Option<StoreError>,
}

/// A change whose text is there.
#[derive(Debug)]
pub(super) enum MadeChange {
    Put { collection: String, key: String, version: u32, body: String },
    Remove { collection: String, key: String },
}
