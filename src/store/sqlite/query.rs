//! Every statement that reads or changes the tables.

use rusqlite::{Connection, OptionalExtension as _, Row as Found, params};

use crate::domain::Timestamp;
use crate::store::batch::{Made, MadeChange};
use crate::store::{Entries, Entry, Loaded, PARTS, RING, Row, Rows, StoreError, Stream};

/// The number of the last event that the parts hold.
const COVERED: &str = "covered";
/// The greatest number that may have been given.
const RESERVED: &str = "reserved";

/// Keeps batches in one transaction.
///
/// # Errors
/// If SQLite refuses, or a number is not above every one that is kept. Then nothing is kept.
pub(super) fn save<'a>(
    connection: &mut Connection,
    group: impl Iterator<Item = &'a Made>,
) -> Result<(), StoreError> {
    let transaction = connection.transaction().map_err(StoreError::Write)?;
    let mut last = last(&transaction).map_err(StoreError::Read)?;
    for made in group {
        for row in &made.rows {
            if row.seq <= last {
                return Err(StoreError::Number { number: row.seq, last });
            }
            last = row.seq;
        }
        put(&transaction, made).map_err(StoreError::Write)?;
    }
    transaction.commit().map_err(StoreError::Write)
}

/// Puts one batch into the tables.
fn put(connection: &Connection, made: &Made) -> rusqlite::Result<()> {
    for row in &made.rows {
        put_row(connection, row)?;
    }
    for change in &made.changes {
        match change {
            MadeChange::Put { collection, key, version, body } => connection
                .prepare_cached(
                    "INSERT OR REPLACE INTO entry (collection, key, version, body) VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![collection, key, version, body])?,
            MadeChange::Remove { collection, key } => connection
                .prepare_cached("DELETE FROM entry WHERE collection = ?1 AND key = ?2")?
                .execute(params![collection, key])?,
        };
    }
    mark(connection, RESERVED, made.reserved)?;
    if let Some(covered) = made.covers {
        mark(connection, COVERED, covered)?;
        trim(connection, covered)?;
    }
    Ok(())
}

/// Puts one row into the table of its stream.
pub(super) fn put_row(connection: &Connection, row: &Row) -> rusqlite::Result<()> {
    let insert = match row.stream {
        Stream::Decision => "INSERT INTO decision (seq, at, kind, version, body) VALUES (?1, ?2, ?3, ?4, ?5)",
        Stream::Observation => {
            "INSERT INTO observation (seq, at, kind, version, body) VALUES (?1, ?2, ?3, ?4, ?5)"
        }
    };
    let mut insert = connection.prepare_cached(insert)?;
    insert.execute(params![row.seq, row.at.0, row.kind, row.version, row.body]).map(drop)
}

fn mark(connection: &Connection, name: &str, seq: u64) -> rusqlite::Result<()> {
    let mut set = connection.prepare_cached("INSERT OR REPLACE INTO mark (name, seq) VALUES (?1, ?2)")?;
    set.execute(params![name, seq]).map(drop)
}

/// Drops the observations that the parts cover, but for the newest ones.
fn trim(connection: &Connection, covered: u64) -> rusqlite::Result<()> {
    let kept = connection
        .query_row("SELECT seq FROM observation ORDER BY seq DESC LIMIT 1 OFFSET ?1", [RING], |row| {
            row.get(0)
        })
        .optional()?
        .unwrap_or(0);
    connection.execute("DELETE FROM observation WHERE seq <= ?1", [covered.min(kept)]).map(drop)
}

fn last(connection: &Connection) -> rusqlite::Result<u64> {
    let both = "SELECT max(coalesce((SELECT max(seq) FROM decision), 0), coalesce((SELECT max(seq) FROM observation), 0))";
    connection.prepare_cached(both)?.query_row([], |row| row.get(0))
}

/// Reads everything that a start needs.
///
/// # Errors
/// If SQLite cannot read it.
pub(super) fn load(connection: &Connection) -> Result<Loaded, StoreError> {
    let marked = |name: &str| {
        let mut select = connection.prepare_cached("SELECT seq FROM mark WHERE name = ?1")?;
        select.query_row([name], |row| row.get::<_, u64>(0)).optional().map(Option::unwrap_or_default)
    };
    let covered = marked(COVERED).map_err(StoreError::Read)?;
    let reserved =
        marked(RESERVED).map_err(StoreError::Read)?.max(last(connection).map_err(StoreError::Read)?);
    let parts = Entries { collection: PARTS.to_owned(), after: None, most: usize::MAX >> 1 };
    let since = Rows { stream: None, after: Some(covered), most: usize::MAX >> 1 };
    Ok(Loaded {
        parts: entries(connection, &parts)?,
        covered,
        since: rows(connection, &since)?,
        reserved,
        set_aside: None,
    })
}

/// Reads a page of rows, the oldest first.
///
/// # Errors
/// If SQLite cannot read it.
pub(super) fn rows(connection: &Connection, page: &Rows) -> Result<Vec<Row>, StoreError> {
    let newest = page.after.is_none();
    let (order, after) = (if newest { "DESC" } else { "ASC" }, page.after.unwrap_or(0));
    let of = |table: &str, decision: u8| {
        format!("SELECT seq, at, {decision} AS decision, kind, version, body FROM {table} WHERE seq > ?1")
    };
    let both = match page.stream {
        Some(Stream::Decision) => of("decision", 1),
        Some(Stream::Observation) => of("observation", 0),
        None => format!("{} UNION ALL {}", of("decision", 1), of("observation", 0)),
    };
    let read = || {
        let mut select = connection.prepare_cached(&format!("{both} ORDER BY seq {order} LIMIT ?2"))?;
        let found = select.query_map(params![after, page.most], row)?;
        found.collect::<rusqlite::Result<Vec<Row>>>()
    };
    let mut found = read().map_err(StoreError::Read)?;
    if newest {
        found.reverse();
    }
    Ok(found)
}

fn row(found: &Found<'_>) -> rusqlite::Result<Row> {
    let stream = if found.get(2)? { Stream::Decision } else { Stream::Observation };
    Ok(Row {
        seq: found.get(0)?,
        at: Timestamp(found.get(1)?),
        stream,
        kind: found.get(3)?,
        version: found.get(4)?,
        body: found.get(5)?,
    })
}

/// Reads a page of a collection, by key.
///
/// # Errors
/// If SQLite cannot read it.
pub(super) fn entries(connection: &Connection, page: &Entries) -> Result<Vec<Entry>, StoreError> {
    let read = || {
        let mut select = connection.prepare_cached(
            "SELECT key, version, body FROM entry WHERE collection = ?1 AND (?2 IS NULL OR key > ?2) ORDER BY key LIMIT ?3",
        )?;
        let found = select.query_map(params![page.collection, page.after, page.most], |row| {
            Ok(Entry { key: row.get(0)?, version: row.get(1)?, body: row.get(2)? })
        })?;
        found.collect::<rusqlite::Result<Vec<Entry>>>()
    };
    read().map_err(StoreError::Read)
}
