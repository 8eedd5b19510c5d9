//! A session's events and state as the store keeps them, and back.
//!
//! Every text has its format beside it. A later format is refused with both formats named; a text of a known format that
//! does not parse is named. Neither is damage, so nothing is set aside.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::kernel::{Durability, Event, EventRecord, KeptError, KeptPart, State};
use crate::store::{Body, Change, Loaded, PARTS, Row, StoreError, Stream};

/// The entry in which the first format keeps the whole state.
const WHOLE: &str = "state";

/// Returns an event as a row; an ephemeral one has none.
///
/// # Errors
/// If it cannot be put into text.
pub(super) fn of(record: &EventRecord) -> Result<Option<Row>, StoreError> {
    #[derive(Deserialize)]
    struct Named {
        #[serde(rename = "type")]
        kind: String,
    }
    let Some(seq) = record.seq else { return Ok(None) };
    let unwritable =
        |e: serde_json::Error| StoreError::Unwritable { what: format!("event {seq}"), source: e.into() };
    let body = serde_json::to_string(record).map_err(unwritable)?;
    let Named { kind } = serde_json::from_str(&body).map_err(unwritable)?;
    let stream = match record.event.durability() {
        Durability::Durable => Stream::Decision,
        Durability::Recorded | Durability::Ephemeral => Stream::Observation,
    };
    Ok(Some(Row { seq, at: record.at, stream, kind, version: Event::FORMAT, body }))
}

/// Reads an event.
///
/// # Errors
/// If it comes from a later version, or does not parse.
pub(super) fn event(row: &Row) -> Result<EventRecord, StoreError> {
    let what = || format!("event {}, `{}`", row.seq, row.kind);
    if row.version > Event::FORMAT {
        let (found, known) = (row.version.into(), Event::FORMAT.into());
        return Err(StoreError::TooNew { what: what(), found, known });
    }
    serde_json::from_str(&row.body)
        .map_err(|source| StoreError::Unreadable { what: what(), source: source.into() })
}

/// Returns the changes that bring the kept state up to date, which holds everything up to `covered`; none replaces all
/// of it. The store puts the parts into text.
pub(super) fn changes(state: &State, covered: Option<u64>) -> Vec<Change> {
    let parts = state.changed_since(covered.unwrap_or(0)).map(|part| Change::Put {
        collection: PARTS.to_owned(),
        key: part.name.to_owned(),
        version: State::FORMAT,
        body: Body::Later(Box::new(move || Ok(part.keep()?.body))),
    });
    let first_format = Change::Remove { collection: PARTS.to_owned(), key: WHOLE.to_owned() };
    parts.chain(covered.is_none().then_some(first_format)).collect()
}

/// Returns whether the state is kept as an earlier format does, and is to be replaced.
pub(super) fn is_of_earlier_format(loaded: &Loaded) -> bool {
    loaded.parts.iter().any(|part| part.version < State::FORMAT)
}

/// Reads the state that is kept, without what happened since.
///
/// # Errors
/// If it comes from a later version, or does not parse.
pub(super) fn state(loaded: &Loaded) -> Result<State, StoreError> {
    let parts = loaded.parts.iter().map(|part| {
        let (name, body) = (part.key.clone(), part.body.clone());
        KeptPart { name, format: part.version, body }
    });
    State::from_kept(parts, loaded.covered).map_err(|error| match error {
        KeptError::TooNew { part, found } => {
            let what = format!("the part `{part}` of the state");
            StoreError::TooNew { what, found: found.into(), known: State::FORMAT.into() }
        }
        error => StoreError::Unreadable { what: "the kept state".to_owned(), source: error.into() },
    })
}

/// Reads the copy of the state beside a record, if it is of use: the record is damaged, or ends before the copy does.
///
/// # Errors
/// If there is one and it cannot be read.
pub(super) fn backup(file: &Path, last: u64, is_damaged: bool) -> Result<Option<State>, BackupError> {
    #[derive(Deserialize)]
    struct Head {
        last_seq: u64,
    }
    let body = match std::fs::read_to_string(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        read => read.map_err(|source| BackupError::Read { file: file.to_owned(), source })?,
    };
    let format = |source| BackupError::Format { file: file.to_owned(), source };
    let Head { last_seq } = serde_json::from_str(&body)
        .map_err(|source| format(KeptError::Form { part: WHOLE.to_owned(), source }))?;
    if last_seq <= last && !is_damaged {
        return Ok(None);
    }
    State::from_whole(&body).map(Some).map_err(format)
}

/// Why the copy beside a record is of no use.
#[derive(Debug, thiserror::Error)]
pub(super) enum BackupError {
    /// It could not be read.
    #[error("read the backup {file}: {source}")]
    Read {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It does not parse.
    #[error("read the backup {file}: {source}")]
    Format {
        /// The file.
        file: PathBuf,
        /// Why.
        source: KeptError,
    },
}
