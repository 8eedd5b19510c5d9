//! What was acknowledged is there after any end; what is damaged is set aside; one failure does not spread.

use std::io::{Read, Seek, SeekFrom, Write};

use super::*;
use crate::domain::{Actor, AgentId, Name, Timestamp};
use crate::kernel::{Event, life, org};

fn record(seq: u64) -> EventRecord {
    let event = if seq == 1 {
        Event::Org(org::Event::SessionOpened { name: Name::new("s").unwrap(), root: "/w".into() })
    } else {
        Event::Life(life::Event::Looked { agent: AgentId(u32::try_from(seq).unwrap()) })
    };
    EventRecord { seq: Some(seq), at: Timestamp(1), actor: Actor::Person, cause: None, event }
}

fn append(store: &Store, seqs: std::ops::RangeInclusive<u64>, state: Option<(u64, String)>) {
    store.append(seqs.map(record).collect(), state).blocking_recv().unwrap().unwrap();
}

#[test]
fn what_was_kept_is_read_back_state_first_and_then_what_happened_since() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/er/session.db");
    let (store, restored) = Store::open(&path).unwrap();
    assert!(restored.state.is_none() && restored.since.is_empty());
    append(&store, 1..=3, None);
    append(&store, 4..=4, Some((3, "the state".into())));
    drop(store);

    let (store, restored) = Store::open(&path).unwrap();
    assert_eq!(restored.state, Some((3, "the state".into())));
    assert_eq!(restored.since, vec![record(4)]);
    let events = store.events(Some(1), 2).blocking_recv().unwrap().unwrap();
    assert_eq!(events, vec![record(2), record(3)]);
    let newest = |most| store.events(None, most).blocking_recv().unwrap().unwrap();
    assert_eq!((newest(2), newest(9).len()), (vec![record(3), record(4)], 4));
}

#[test]
fn an_append_that_fails_leaves_no_half_and_does_not_spoil_its_neighbours() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(&folder.path().join("s.db")).unwrap();
    append(&store, 1..=2, None);
    let twice = store.append(vec![record(3), record(2)], None);
    let good = store.append(vec![record(3)], None);
    assert!(matches!(twice.blocking_recv().unwrap(), Err(StoreError::Write(_))));
    good.blocking_recv().unwrap().unwrap();
    assert_eq!(store.events(Some(0), 9).blocking_recv().unwrap().unwrap().len(), 3);
}

#[test]
fn old_events_are_forgotten_once_a_state_covers_them_and_the_tail_is_long_enough() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(&folder.path().join("s.db")).unwrap();
    let last = TAIL + 10;
    append(&store, 1..=last, None);
    store.append(vec![], Some((last, "s".into()))).blocking_recv().unwrap().unwrap();
    let first = store.events(Some(0), 1).blocking_recv().unwrap().unwrap();
    assert_eq!(first[0].seq, Some(11));
}

#[test]
fn a_damaged_file_is_set_aside_and_its_readable_part_is_saved() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.db");
    let (store, _) = Store::open(&path).unwrap();
    append(&store, 1..=2000, None);
    drop(store);
    // Spoil the last third of the file: the later pages of the event table.
    let mut file = std::fs::OpenOptions::new().read(true).write(true).open(&path).unwrap();
    let length = file.metadata().unwrap().len();
    file.seek(SeekFrom::Start(length * 2 / 3)).unwrap();
    let rest = usize::try_from(length - length * 2 / 3).unwrap();
    file.write_all(&vec![0xa5; rest]).unwrap();
    drop(file);

    let (store, restored) = Store::open(&path).unwrap();
    let aside = restored.set_aside.unwrap();
    assert!(aside.exists() && aside.to_string_lossy().ends_with("s.db.damaged-1"));
    let saved = restored.since.len() as u64;
    assert!((100..2000).contains(&saved), "{saved} events were saved");
    assert!(restored.since.iter().zip(1..).all(|(r, seq)| *r == record(seq)), "without a gap");
    append(&store, saved + 1..=saved + 1, None);
}

#[test]
fn a_file_that_is_no_database_at_all_is_set_aside_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.db");
    std::fs::write(
        &path,
        "this is a poem, not a database, and it is long enough to be read as a page header\n".repeat(99),
    )
    .unwrap();
    let (store, restored) = Store::open(&path).unwrap();
    let mut kept = String::new();
    std::fs::File::open(restored.set_aside.unwrap()).unwrap().read_to_string(&mut kept).unwrap();
    assert!(kept.starts_with("this is a poem"));
    append(&store, 1..=1, None);
}

#[test]
fn a_file_of_a_later_version_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.db");
    drop(Store::open(&path).unwrap());
    let connection = Connection::open(&path).unwrap();
    connection.pragma_update(None, "user_version", schema::NEWEST + 1).unwrap();
    drop(connection);
    assert!(matches!(Store::open(&path), Err(StoreError::TooNew { found: 2, known: 1, .. })));
}

#[test]
fn the_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("inner/s.db");
    let (_store, _) = Store::open(&path).unwrap();
    let mode = |p: &Path| std::fs::metadata(p).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
}
