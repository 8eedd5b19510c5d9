//! Copying what can be read of a damaged file: row by row, past what cannot be read.

use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, params_from_iter};

use super::schema;

/// The widest span of unreadable rows that is stepped over.
const WIDEST: i64 = 1 << 40;

/// Copies what can be read of `damaged` into a new file of the same format. A file of which nothing can be read gives an
/// empty one.
///
/// # Errors
/// If the new file cannot be written.
pub(super) fn copy(damaged: &Path, new: &Path) -> rusqlite::Result<()> {
    let mut new = Connection::open(new)?;
    let Ok(old) = Connection::open(damaged) else { return Ok(()) };
    let Ok(format @ 1..=schema::NEWEST) = schema::format(&old) else { return Ok(()) };
    schema::migrate_to(&mut new, format)?;
    let transaction = new.transaction()?;
    for (table, columns) in schema::tables(format) {
        let places = vec!["?"; columns.split(',').count()].join(", ");
        let insert = format!("INSERT OR IGNORE INTO {table} ({columns}) VALUES ({places})");
        let mut insert = transaction.prepare(&insert)?;
        let mut after = i64::MIN;
        loop {
            match next(&old, table, columns, after) {
                Ok(Some((place, values))) => {
                    insert.execute(params_from_iter(values))?;
                    after = place;
                }
                Ok(None) => break,
                Err(_) => match past(&old, table, columns, after.max(0)) {
                    Some(readable) => after = readable,
                    None => break,
                },
            }
        }
    }
    transaction.commit()
}

/// Reads the first row after a place, and its place.
fn next(
    old: &Connection,
    table: &str,
    columns: &str,
    after: i64,
) -> rusqlite::Result<Option<(i64, Vec<Value>)>> {
    let select = format!("SELECT rowid, {columns} FROM {table} WHERE rowid > ?1 ORDER BY rowid LIMIT 1");
    let mut select = old.prepare_cached(&select)?;
    let width = select.column_count();
    select
        .query_row([after], |row| {
            let values = (1..width).map(|column| row.get(column)).collect::<rusqlite::Result<_>>()?;
            Ok((row.get(0)?, values))
        })
        .optional()
}

/// Returns the nearest place after which can be read again, if there is one.
fn past(old: &Connection, table: &str, columns: &str, unreadable: i64) -> Option<i64> {
    let is_readable = |place: i64| next(old, table, columns, place).is_ok();
    let steps =
        std::iter::successors(Some(1i64), |step| step.checked_mul(2)).take_while(|step| *step <= WIDEST);
    let mut readable = steps.map(|step| unreadable.saturating_add(step)).find(|place| is_readable(*place))?;
    let mut unreadable = unreadable;
    while readable - unreadable > 1 {
        let middle = unreadable + (readable - unreadable) / 2;
        if is_readable(middle) { readable = middle } else { unreadable = middle }
    }
    Some(readable)
}
