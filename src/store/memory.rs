//! A store in memory, for tests: it keeps what the trait promises as long as the process lives.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use super::batch::{Made, MadeChange};
use super::{Answer, Batch, Entries, Entry, Kept, Loaded, PARTS, RING, Row, Rows, Store, StoreError, Stream};

/// The record of one session; clones share it, so that it can be opened again.
#[derive(Clone, Debug, Default)]
pub struct Memory(Arc<Mutex<Record>>);

#[derive(Debug, Default)]
struct Record {
    rows: BTreeMap<u64, Row>,
    entries: BTreeMap<(String, String), Entry>,
    covered: u64,
    reserved: u64,
    last: u64,
}

impl Memory {
    /// Opens it and reads back what it holds.
    pub fn open(&self) -> (Box<dyn Store>, Loaded) {
        let record = self.record(|record| Loaded {
            parts: record.page(&Entries { collection: PARTS.to_owned(), after: None, most: usize::MAX }),
            covered: record.covered,
            since: record.rows.range(record.covered + 1..).map(|(_, row)| row.clone()).collect(),
            reserved: record.reserved.max(record.last),
            set_aside: None,
        });
        (Box::new(self.clone()), record)
    }

    fn record<T>(&self, act: impl FnOnce(&mut Record) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Record {
    fn keep(&mut self, made: Made) -> Result<Kept, StoreError> {
        let mut last = self.last;
        for row in &made.rows {
            if row.seq <= last {
                return Err(StoreError::Number { number: row.seq, last });
            }
            last = row.seq;
        }
        self.last = last;
        self.rows.extend(made.rows.into_iter().map(|row| (row.seq, row)));
        for change in made.changes {
            match change {
                MadeChange::Put { collection, key, version, body } => {
                    self.entries.insert((collection, key.clone()), Entry { key, version, body });
                }
                MadeChange::Remove { collection, key } => drop(self.entries.remove(&(collection, key))),
            }
        }
        self.reserved = made.reserved;
        if let Some(covered) = made.covers {
            self.covered = covered;
            let seen = self.rows.values().filter(|row| row.stream == Stream::Observation);
            let newest = seen.rev().nth(RING).map_or(0, |row| row.seq);
            self.rows.retain(|seq, row| row.stream == Stream::Decision || *seq > newest || *seq > covered);
        }
        Ok(Kept { unkept: made.unkept })
    }

    fn page(&self, page: &Entries) -> Vec<Entry> {
        let of = self.entries.iter().filter(|((collection, _), _)| *collection == page.collection);
        let after = of.filter(|((_, key), _)| page.after.as_ref().is_none_or(|after| key > after));
        after.take(page.most).map(|(_, entry)| entry.clone()).collect()
    }
}

fn at_once<T>(result: Result<T, StoreError>) -> Answer<T> {
    let (done, answer) = oneshot::channel();
    drop(done.send(result));
    answer
}

impl Store for Memory {
    fn append(&self, batch: Batch) -> Answer<Kept> {
        at_once(self.record(|record| record.keep(batch.made())))
    }

    fn rows(&self, page: Rows) -> Answer<Vec<Row>> {
        at_once(Ok(self.record(|record| {
            let after = record.rows.range(page.after.unwrap_or(0) + 1..).map(|(_, row)| row);
            let of = after.filter(|row| page.stream.is_none_or(|stream| stream == row.stream)).cloned();
            if page.after.is_some() {
                of.take(page.most).collect()
            } else {
                let mut newest: Vec<Row> = of.rev().take(page.most).collect();
                newest.reverse();
                newest
            }
        })))
    }

    fn entries(&self, page: Entries) -> Answer<Vec<Entry>> {
        at_once(Ok(self.record(|record| record.page(&page))))
    }

    fn close(self: Box<Self>) -> Answer<()> {
        at_once(Ok(()))
    }
}
