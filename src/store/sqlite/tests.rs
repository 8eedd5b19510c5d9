//! What is true of files alone: what is damaged is set aside, what is newer is left alone, a full queue answers.

use std::io::{Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::mpsc::sync_channel;

use rusqlite::Connection;

use super::*;
use crate::domain::Timestamp;
use crate::store::conformance::{Place, conforms};
use crate::store::{Body, Change, PARTS, Stream};

/// A folder for one file.
struct File(tempfile::TempDir);

impl File {
    fn path(&self) -> PathBuf {
        self.0.path().join("deep/er/session.db")
    }
}

impl Place for File {
    fn new() -> File {
        File(tempfile::tempdir().unwrap())
    }

    fn open(&self) -> (Box<dyn Store>, Loaded) {
        open(&self.path()).unwrap()
    }
}

conforms!(File);

fn row(seq: u64) -> Row {
    let body = format!("{{\"number\":{seq},\"text\":\"{}\"}}", "x".repeat(60));
    let kind = "part.decided".to_owned();
    Row { seq, at: Timestamp(1), stream: Stream::Decision, kind, version: 1, body }
}

fn batch(seqs: std::ops::RangeInclusive<u64>) -> Batch {
    Batch { reserved: *seqs.end(), rows: seqs.map(row).collect(), ..Batch::default() }
}

fn keep(store: &dyn Store, batch: Batch) {
    store.append(batch).blocking_recv().unwrap().unwrap();
}

fn close(store: Box<dyn Store>) {
    store.close().blocking_recv().unwrap().unwrap();
}

/// Overwrites a part of a file, from and to these hundredths of it.
fn spoil(path: &Path, from: u64, to: u64) {
    let mut file = std::fs::OpenOptions::new().read(true).write(true).open(path).unwrap();
    let length = file.metadata().unwrap().len();
    file.seek(SeekFrom::Start(length * from / 100)).unwrap();
    file.write_all(&vec![0xa5; usize::try_from(length * (to - from) / 100).unwrap()]).unwrap();
}

#[test]
fn a_damaged_file_is_set_aside_and_everything_around_the_damage_is_saved() {
    let file = File::new();
    let (store, _) = file.open();
    keep(&*store, batch(1..=2000));
    close(store);
    spoil(&file.path(), 40, 60);

    let (store, loaded) = file.open();
    let aside = loaded.set_aside.unwrap();
    assert!(aside.exists() && aside.to_string_lossy().ends_with("session.db.damaged-1"));
    let saved: Vec<u64> = loaded.since.iter().map(|row| row.seq).collect();
    assert!((1000..2000).contains(&saved.len()), "{} rows were saved", saved.len());
    assert_eq!((saved.first(), saved.last()), (Some(&1), Some(&2000)), "on both sides of it");
    assert!(loaded.since.iter().all(|found| *found == row(found.seq)));
    assert_eq!(loaded.reserved, 2000);
    keep(&*store, batch(2001..=2001));
}

#[test]
fn a_damaged_file_of_the_first_format_is_saved_as_well() {
    let file = File::new();
    std::fs::create_dir_all(file.path().parent().unwrap()).unwrap();
    let mut old = Connection::open(file.path()).unwrap();
    schema::migrate_to(&mut old, 1).unwrap();
    let text = "x".repeat(80);
    old.execute_batch("BEGIN").unwrap();
    for seq in 1..=2000 {
        let body = format!(r#"{{"seq":{seq},"type":"looked","text":"{text}"}}"#);
        old.execute("INSERT INTO event VALUES (?1, 1, ?2)", rusqlite::params![seq, body]).unwrap();
    }
    old.execute_batch("COMMIT").unwrap();
    drop(old);
    spoil(&file.path(), 66, 100);
    let (_store, loaded) = file.open();
    assert!(loaded.set_aside.is_some());
    assert!((500..2000).contains(&loaded.since.len()), "{} rows were saved", loaded.since.len());
    assert!(loaded.since.iter().all(|row| row.kind == "looked" && row.stream == Stream::Observation));
}

#[test]
fn what_is_not_a_database_at_all_is_set_aside_whole() {
    let file = File::new();
    let poem = "this is a poem, not a database, and it is long enough to be read as a page header\n";
    std::fs::create_dir_all(file.path().parent().unwrap()).unwrap();
    std::fs::write(file.path(), poem.repeat(99)).unwrap();
    let (store, loaded) = file.open();
    let mut kept = String::new();
    std::fs::File::open(loaded.set_aside.unwrap()).unwrap().read_to_string(&mut kept).unwrap();
    assert!(kept.starts_with("this is a poem"));
    keep(&*store, batch(1..=1));
    close(store);

    let other = File::new();
    std::fs::create_dir_all(other.path()).unwrap();
    let (store, loaded) = other.open();
    assert!(loaded.set_aside.unwrap().is_dir(), "a folder in its place is one as well");
    keep(&*store, batch(1..=1));
}

#[test]
fn a_file_of_a_later_format_is_refused_and_left_alone_whatever_its_tables_are() {
    let file = File::new();
    close(file.open().0);
    let later = Connection::open(file.path()).unwrap();
    later.execute_batch("DROP TABLE mark; DROP TABLE entry; CREATE TABLE later (x)").unwrap();
    later.pragma_update(None, "user_version", schema::NEWEST + 1).unwrap();
    drop(later);
    let before = std::fs::read(file.path()).unwrap();
    let refused = open(&file.path()).unwrap_err();
    assert!(matches!(refused, StoreError::TooNew { found: 3, known: 2, .. }), "{refused}");
    assert!(refused.to_string().contains("format 3, this program knows 2"), "{refused}");
    assert_eq!(std::fs::read(file.path()).unwrap(), before);
    let beside = std::fs::read_dir(file.path().parent().unwrap()).unwrap();
    let beside = beside.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(!beside.into_iter().any(|name| name.contains("damaged")));
}

#[test]
fn a_hole_in_the_numbers_is_read_over() {
    let file = File::new();
    let (store, _) = file.open();
    keep(&*store, batch(1..=3));
    keep(&*store, batch(10..=12));
    close(store);
    let seqs: Vec<u64> = file.open().1.since.iter().map(|row| row.seq).collect();
    assert_eq!(seqs, [1, 2, 3, 10, 11, 12]);
}

/// A batch in which the writer is stuck until the sender is dropped.
fn stuck() -> (Batch, std::sync::mpsc::SyncSender<()>) {
    let (release, held) = sync_channel::<()>(0);
    let write = Box::new(move || {
        let _ = held.recv();
        Ok(String::new())
    });
    let (collection, key) = (PARTS.to_owned(), "slow".to_owned());
    let change = Change::Put { collection, key, version: 1, body: Body::Later(write) };
    (Batch { changes: vec![change], ..Batch::default() }, release)
}

#[test]
fn a_store_that_does_not_keep_up_answers_at_once_and_works_on_when_it_can() {
    let file = File::new();
    let (store, _) = file.open();
    let (slow, release) = stuck();
    let slow = store.append(slow);
    let large = |seq: u64| {
        let large = Row { body: "x".repeat(QUEUE_BYTES / 4), ..row(seq) };
        Batch { rows: vec![large], reserved: seq, ..Batch::default() }
    };
    let mut waiting: Vec<_> = (1..=3).map(|seq| store.append(large(seq))).collect();
    let refused = store.append(large(4)).blocking_recv().unwrap();
    assert!(matches!(refused, Err(StoreError::Busy)), "by bytes: {refused:?}");
    waiting.extend((4..).map(|seq| store.append(batch(seq..=seq))).take(QUEUE));
    let refused = store.append(batch(9999..=9999)).blocking_recv().unwrap();
    assert!(matches!(refused, Err(StoreError::Busy)), "by number: {refused:?}");
    drop(release);
    slow.blocking_recv().unwrap().unwrap();
    let kept = waiting.into_iter().map(|answer| answer.blocking_recv().unwrap());
    assert!(kept.filter(Result::is_ok).count() >= QUEUE - 1, "what was taken is kept");
    keep(&*store, batch(10_000..=10_000));
}

#[test]
fn the_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let file = File::new();
    let (_store, _) = file.open();
    let mode = |p: &Path| std::fs::metadata(p).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&file.path()), mode(file.path().parent().unwrap())), (0o600, 0o700));
}
