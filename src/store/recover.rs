//! Opening a session's file, damaged ones included: what can still be read is saved into a new file, and the damaged
//! one stays beside it under another name.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode};

use super::{Restored, StoreError, events_after, save, schema};
use crate::kernel::EventRecord;

/// How long another process may hold the file before opening fails.
const BUSY_FOR: Duration = Duration::from_secs(2);

/// Opens or makes the file and reads back what it holds.
pub(super) fn open(path: &Path) -> Result<(Connection, Restored), StoreError> {
    let prepare = |source| StoreError::Prepare { path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(prepare)?;
    }
    match attempt(path) {
        Err(StoreError::Open { source, .. } | StoreError::Read(source)) if is_damage(&source) => rescue(path),
        Err(StoreError::Format(_)) => rescue(path),
        other => other,
    }
}

fn attempt(path: &Path) -> Result<(Connection, Restored), StoreError> {
    let open = |source| StoreError::Open { path: path.to_owned(), source };
    let mut connection = Connection::open(path).map_err(open)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
        .map_err(|source| StoreError::Prepare { path: path.to_owned(), source })?;
    connection.busy_timeout(BUSY_FOR).map_err(open)?;
    connection.pragma_update(None, "journal_mode", "WAL").map_err(open)?;
    connection.pragma_update(None, "synchronous", "FULL").map_err(open)?;
    let found = schema::format(&connection).map_err(open)?;
    if found > schema::NEWEST {
        return Err(StoreError::TooNew { path: path.to_owned(), found, known: schema::NEWEST });
    }
    schema::migrate(&mut connection).map_err(open)?;
    let sound: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(open)?;
    if sound != "ok" {
        return Err(open(rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT),
            Some(sound),
        )));
    }
    let state = kept_state(&connection)?;
    let since = events_after(&connection, state.as_ref().map_or(0, |(seq, _)| *seq), usize::MAX >> 1)?;
    Ok((connection, Restored { state, since, set_aside: None }))
}

fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
        || matches!(error, rusqlite::Error::InvalidColumnType(..))
}

/// Sets the damaged file aside and begins a new one with whatever can be read of it.
fn rescue(path: &Path) -> Result<(Connection, Restored), StoreError> {
    let aside = free_name(path);
    let prepare = |source| StoreError::Prepare { path: path.to_owned(), source };
    fs::rename(path, &aside).map_err(prepare)?;
    for suffix in ["-wal", "-shm"] {
        let side_file = |base: &Path| PathBuf::from(format!("{}{suffix}", base.display()));
        match fs::rename(side_file(path), side_file(&aside)) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => return Err(prepare(source)),
            Ok(()) | Err(_) => {}
        }
    }
    let (state, since) = salvage(&aside);
    let (mut connection, _) = attempt(path)?;
    save(&mut connection, std::iter::once((&since, &state)))?;
    Ok((connection, Restored { state, since, set_aside: Some(aside) }))
}

/// Reads the newest state and the unbroken run of events after it, as far as the damage allows.
fn salvage(path: &Path) -> (Option<(u64, String)>, Vec<EventRecord>) {
    let Ok(connection) = Connection::open(path) else { return (None, Vec::new()) };
    let state = kept_state(&connection).ok().flatten();
    let mut last = state.as_ref().map_or(0, |(seq, _)| *seq);
    let mut since = Vec::new();
    while let Ok(next) = events_after(&connection, last, 1) {
        let Some(record) = next.into_iter().next().filter(|record| record.seq == Some(last + 1)) else {
            break;
        };
        last += 1;
        since.push(record);
    }
    (state, since)
}

fn kept_state(connection: &Connection) -> Result<Option<(u64, String)>, StoreError> {
    let mut select = connection.prepare("SELECT seq, body FROM state").map_err(StoreError::Read)?;
    let mut rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).map_err(StoreError::Read)?;
    rows.next().transpose().map_err(StoreError::Read)
}

fn free_name(path: &Path) -> PathBuf {
    (1..)
        .map(|n: u32| PathBuf::from(format!("{}.damaged-{n}", path.display())))
        .find(|name| !name.exists())
        .unwrap_or_else(|| path.with_extension("damaged"))
}
