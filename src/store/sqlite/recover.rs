//! Opening a session's file, damaged ones included: what can still be read is saved into a new file, and the damaged
//! one stays beside it under another name.
//!
//! Damage is what SQLite calls corrupt, or what is not a database. A format that this program does not know, and a text
//! that it cannot read, are not damage: the file stays as it is.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode};

use super::{query, salvage, schema};
use crate::store::{Loaded, StoreError};

/// How long another process may hold the file before opening fails.
const BUSY_FOR: Duration = Duration::from_secs(2);

/// Opens or makes the file and reads back what it holds.
pub(super) fn open(path: &Path) -> Result<(Connection, Loaded), StoreError> {
    let prepare = |source| StoreError::Prepare { path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(prepare)?;
    }
    if path.is_dir() {
        return rescue(path);
    }
    match attempt(path) {
        Err(StoreError::Open { source, .. } | StoreError::Read(source)) if is_damage(&source) => rescue(path),
        other => other,
    }
}

fn attempt(path: &Path) -> Result<(Connection, Loaded), StoreError> {
    let open = |source| StoreError::Open { path: path.to_owned(), source };
    let mut connection = Connection::open(path).map_err(open)?;
    connection.busy_timeout(BUSY_FOR).map_err(open)?;
    // A file of a later format is closed as it was found.
    let as_found = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
    connection.set_db_config(as_found, true).map_err(open)?;
    let found = schema::format(&connection).map_err(open)?;
    if found > schema::NEWEST {
        let what = path.display().to_string();
        return Err(StoreError::TooNew { what, found, known: schema::NEWEST });
    }
    connection.set_db_config(as_found, false).map_err(open)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
        .map_err(|source| StoreError::Prepare { path: path.to_owned(), source })?;
    connection.pragma_update(None, "journal_mode", "WAL").map_err(open)?;
    connection.pragma_update(None, "synchronous", "FULL").map_err(open)?;
    let sound: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(open)?;
    if sound != "ok" {
        return Err(open(rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT),
            Some(sound),
        )));
    }
    schema::migrate(&mut connection).map_err(open)?;
    let loaded = query::load(&connection)?;
    Ok((connection, loaded))
}

fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

/// Sets the damaged file aside and begins a new one with what can be read of it.
fn rescue(path: &Path) -> Result<(Connection, Loaded), StoreError> {
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
    salvage::copy(&aside, path).map_err(|source| StoreError::Open { path: path.to_owned(), source })?;
    let (connection, loaded) = attempt(path)?;
    Ok((connection, Loaded { set_aside: Some(aside), ..loaded }))
}

fn free_name(path: &Path) -> PathBuf {
    (1..)
        .map(|n: u32| PathBuf::from(format!("{}.damaged-{n}", path.display())))
        .find(|name| !name.exists())
        .unwrap_or_else(|| path.with_extension("damaged"))
}
