//! The tables of a session's file, and the steps from each older format to the newest. A step is never changed.
//!
//! Format 1 kept every event in one table and the whole state in one row. Format 2 keeps decisions apart from
//! observations, the state by part, and which numbers may have been given. The name `chain` is reserved for the hashes
//! of decisions.

use rusqlite::Connection;

/// One step a format; the file's `user_version` says how many were taken.
const STEPS: [&str; 2] = [
    "
    CREATE TABLE event (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
    CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
",
    "
    CREATE TABLE decision (
        seq INTEGER PRIMARY KEY, at INTEGER NOT NULL,
        kind TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL
    ) STRICT;
    CREATE TABLE observation (
        seq INTEGER PRIMARY KEY, at INTEGER NOT NULL,
        kind TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL
    ) STRICT;
    CREATE TABLE entry (
        collection TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (collection, key)
    ) STRICT;
    CREATE TABLE mark (name TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT;

    CREATE TEMP TABLE named AS SELECT seq, at, body,
        CASE WHEN json_valid(body) THEN coalesce(json_extract(body, '$.type'), '') ELSE '' END AS kind
        FROM event;
    CREATE TEMP TABLE seen (kind TEXT PRIMARY KEY);
    INSERT INTO seen VALUES ('agent_started'), ('start_failed'), ('agent_exited'), ('observed'),
        ('message_acknowledged'), ('message_unconfirmed'), ('message_noted'), ('turn_began'), ('turn_broken'),
        ('turn_ended'), ('time_limit_passed'), ('approval_asked'), ('approval_told'), ('approval_unconfirmed'),
        ('approval_closed'), ('looked'), ('used'), ('budget_crossed');
    INSERT INTO decision SELECT seq, at, kind, 1, body FROM named WHERE kind NOT IN (SELECT kind FROM seen);
    INSERT INTO observation SELECT seq, at, kind, 1, body FROM named WHERE kind IN (SELECT kind FROM seen);
    INSERT INTO entry SELECT 'part', 'state', 1, body FROM state;
    INSERT INTO mark SELECT 'covered', seq FROM state;
    INSERT INTO mark SELECT 'reserved', max(seq) + 1000 FROM event HAVING max(seq) IS NOT NULL;
    DROP TABLE named;
    DROP TABLE seen;
    DROP TABLE event;
    DROP TABLE state;
",
];

/// The newest format known here.
pub(super) const NEWEST: i64 = 2;

/// Returns the file's format.
pub(super) fn format(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Brings a file to the newest format.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    migrate_to(connection, NEWEST)
}

/// Brings a file to a format, from an older one.
pub(super) fn migrate_to(connection: &mut Connection, format: i64) -> rusqlite::Result<()> {
    let taken = usize::try_from(self::format(connection)?).unwrap_or(0);
    for (step, version) in STEPS.iter().zip(1..=format).skip(taken) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", version)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Returns the tables of a format with their columns.
pub(super) fn tables(format: i64) -> &'static [(&'static str, &'static str)] {
    if format == 1 {
        &[("event", "seq, at, body"), ("state", "id, seq, body")]
    } else {
        &[
            ("mark", "name, seq"),
            ("entry", "collection, key, version, body"),
            ("decision", "seq, at, kind, version, body"),
            ("observation", "seq, at, kind, version, body"),
        ]
    }
}
