//! The tables of a session's file, and the steps from each older format to the newest. A step is never changed.

use rusqlite::Connection;

/// One step a format; the file's `user_version` says how many were taken.
const STEPS: [&str; 1] = ["
    CREATE TABLE event (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
    CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
"];

/// The newest format known here.
pub(super) const NEWEST: i64 = 1;

/// Returns the file's format.
pub(super) fn format(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Brings a file to the newest format.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let taken = usize::try_from(format(connection)?).unwrap_or(0);
    for (step, version) in STEPS.iter().zip(1i64..).skip(taken) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", version)?;
        transaction.commit()?;
    }
    Ok(())
}
