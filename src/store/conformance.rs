//! What every kind of store must hold. A new kind implements [`Place`] and names itself in `conforms!`.

use super::*;
use crate::domain::Timestamp;

/// A place where the record of one session is kept, empty at first, that can be opened again and again.
pub trait Place {
    /// Makes one.
    fn new() -> Self;
    /// Opens it; the one that was opened before is closed.
    fn open(&self) -> (Box<dyn Store>, Loaded);
}

fn decision(seq: u64) -> Row {
    Row {
        seq,
        at: Timestamp(i64::try_from(seq).unwrap()),
        stream: Stream::Decision,
        kind: "part.decided".into(),
        version: 3,
        body: format!("{{\"decided\":{seq}}}"),
    }
}

fn observation(seq: u64) -> Row {
    Row { stream: Stream::Observation, kind: "part.seen".into(), ..decision(seq) }
}

fn rows(rows: impl IntoIterator<Item = Row>) -> Batch {
    let rows: Vec<Row> = rows.into_iter().collect();
    let reserved = rows.last().map_or(0, |row| row.seq);
    Batch { rows, reserved, ..Batch::default() }
}

fn put(collection: &str, key: &str, body: &str) -> Change {
    let body = Body::Text(body.to_owned());
    Change::Put { collection: collection.to_owned(), key: key.to_owned(), version: 2, body }
}

fn part(key: &str, body: &'static str) -> Change {
    let body = Body::Later(Box::new(move || Ok(body.to_owned())));
    Change::Put { collection: PARTS.to_owned(), key: key.to_owned(), version: 1, body }
}

fn remove(collection: &str, key: &str) -> Change {
    Change::Remove { collection: collection.to_owned(), key: key.to_owned() }
}

fn append(store: &dyn Store, batch: Batch) -> Result<Kept, StoreError> {
    store.append(batch).blocking_recv().unwrap()
}

fn keep(store: &dyn Store, batch: Batch) {
    assert!(append(store, batch).unwrap().unkept.is_none());
}

fn read(store: &dyn Store, stream: Option<Stream>, after: Option<u64>, most: usize) -> Vec<u64> {
    let page = Rows { stream, after, most };
    store.rows(page).blocking_recv().unwrap().unwrap().iter().map(|row| row.seq).collect()
}

fn list(store: &dyn Store, collection: &str, after: Option<&str>, most: usize) -> Vec<(String, String)> {
    let page = Entries { collection: collection.into(), after: after.map(str::to_owned), most };
    let found = store.entries(page).blocking_recv().unwrap().unwrap();
    found.into_iter().map(|entry| (entry.key, entry.body)).collect()
}

fn close(store: Box<dyn Store>) {
    store.close().blocking_recv().unwrap().unwrap();
}

fn names(loaded: &Loaded) -> Vec<(&str, u32, &str)> {
    loaded.parts.iter().map(|part| (part.key.as_str(), part.version, part.body.as_str())).collect()
}

pub fn a_place_that_is_new_holds_nothing<P: Place>() {
    let (store, loaded) = P::new().open();
    assert!(loaded.is_empty() && loaded.set_aside.is_none());
    assert_eq!((loaded.covered, loaded.reserved), (0, 0));
    assert_eq!(read(&*store, None, Some(0), 9), [0u64; 0]);
}

pub fn what_was_kept_is_read_back_parts_first_and_then_what_happened_since<P: Place>() {
    let place = P::new();
    let (store, _) = place.open();
    keep(&*store, rows([decision(1), observation(2), decision(3)]));
    let state = Batch {
        changes: vec![part("org", "the chart"), part("life", "the processes")],
        covers: Some(3),
        ..rows([observation(4), decision(5)])
    };
    keep(&*store, state);
    close(store);
    let (_store, loaded) = place.open();
    assert_eq!(names(&loaded), [("life", 1, "the processes"), ("org", 1, "the chart")]);
    assert_eq!((loaded.covered, loaded.reserved), (3, 5));
    assert_eq!(loaded.since, [observation(4), decision(5)]);
}

pub fn a_part_that_is_not_named_stays_as_it_was<P: Place>() {
    let place = P::new();
    let (store, _) = place.open();
    let first = [part("org", "1"), part("life", "1"), part("old", "1")];
    keep(&*store, Batch { changes: first.into(), covers: Some(1), ..rows([decision(1)]) });
    let second = vec![part("life", "2"), remove(PARTS, "old")];
    keep(&*store, Batch { changes: second, covers: Some(2), ..rows([decision(2)]) });
    close(store);
    let (_store, loaded) = place.open();
    assert_eq!(names(&loaded), [("life", 1, "2"), ("org", 1, "1")]);
    assert!(loaded.covered == 2 && loaded.since.is_empty());
}

pub fn a_batch_is_kept_whole_or_not_at_all_and_does_not_spoil_its_neighbours<P: Place>() {
    let place = P::new();
    let (store, _) = place.open();
    keep(&*store, rows([decision(1), decision(2)]));
    let changes = vec![put("task", "1", "never"), part("org", "never")];
    let twice = Batch { changes, covers: Some(3), ..rows([decision(3), observation(2)]) };
    let (twice, good) = (store.append(twice), store.append(rows([decision(4)])));
    let twice = twice.blocking_recv().unwrap();
    assert!(matches!(twice, Err(StoreError::Number { number: 2, last: 3 })), "{twice:?}");
    good.blocking_recv().unwrap().unwrap();
    assert_eq!(read(&*store, None, Some(0), 9), [1, 2, 4], "a gap is normal");
    assert!(list(&*store, "task", None, 9).is_empty());
    close(store);
    let (_store, loaded) = place.open();
    assert!(loaded.parts.is_empty() && loaded.covered == 0, "{loaded:?}");
    assert_eq!(loaded.since, [decision(1), decision(2), decision(4)]);
}

pub fn no_number_is_kept_twice_in_either_stream<P: Place>() {
    let (store, _) = P::new().open();
    keep(&*store, rows([observation(5)]));
    for late in [decision(5), decision(4), observation(1)] {
        assert!(matches!(append(&*store, rows([late])), Err(StoreError::Number { last: 5, .. })));
    }
}

pub fn rows_are_read_by_page_and_stream_the_oldest_first<P: Place>() {
    let (store, _) = P::new().open();
    keep(&*store, rows([decision(1), observation(2), decision(4), observation(7), decision(9)]));
    assert_eq!(read(&*store, None, Some(0), 3), [1, 2, 4]);
    assert_eq!(read(&*store, None, Some(4), 3), [7, 9]);
    assert_eq!(read(&*store, None, Some(3), 1), [4], "after a number that is not there");
    assert_eq!(read(&*store, None, None, 2), [7, 9], "the newest");
    assert_eq!(read(&*store, Some(Stream::Decision), Some(1), 9), [4, 9]);
    assert_eq!(read(&*store, Some(Stream::Observation), None, 1), [7]);
    let page = Rows { stream: None, after: Some(2), most: 1 };
    assert_eq!(store.rows(page).blocking_recv().unwrap().unwrap(), [decision(4)], "as it was given");
}

pub fn collections_are_kept_apart_and_read_by_page_and_key<P: Place>() {
    let place = P::new();
    let (store, _) = place.open();
    let changes = ["b", "a", "d", "c"].map(|key| put("task", key, key));
    keep(&*store, Batch { changes: changes.into(), ..rows([decision(1)]) });
    let changes =
        vec![put("task", "b", "B"), remove("task", "c"), remove("task", "z"), put("document", "a", "x")];
    keep(&*store, Batch { changes, ..rows([decision(2)]) });
    let pair = |key: &str, body: &str| (key.to_owned(), body.to_owned());
    close(store);
    let (store, _) = place.open();
    assert_eq!(list(&*store, "task", None, 2), [pair("a", "a"), pair("b", "B")]);
    assert_eq!(list(&*store, "task", Some("b"), 2), [pair("d", "d")]);
    assert_eq!(list(&*store, "document", None, 9), [pair("a", "x")]);
}

pub fn decisions_stay_and_observations_are_a_ring_that_drops_what_the_parts_cover<P: Place>() {
    let (store, _) = P::new().open();
    let ring = u64::try_from(RING).unwrap();
    let last = 2 * ring;
    keep(&*store, rows((1..=last).map(|seq| if seq % 2 == 0 { decision(seq) } else { observation(seq) })));
    keep(&*store, rows((last + 1..=last + ring).map(observation)));
    assert_eq!(read(&*store, Some(Stream::Observation), Some(0), 1), [1], "nothing is covered yet");
    keep(&*store, Batch { covers: Some(100), reserved: last + ring, ..Batch::default() });
    assert_eq!(read(&*store, Some(Stream::Observation), Some(0), 1), [101]);
    keep(&*store, Batch { covers: Some(last + ring), reserved: last + ring, ..Batch::default() });
    assert_eq!(read(&*store, Some(Stream::Observation), Some(0), 1), [last + 1]);
    assert_eq!(read(&*store, Some(Stream::Decision), Some(0), 1), [2]);
    assert_eq!(read(&*store, Some(Stream::Decision), Some(0), usize::MAX >> 1).len(), RING);
}

pub fn a_part_that_cannot_be_put_into_text_is_said_and_everything_else_is_kept<P: Place>() {
    let place = P::new();
    let (store, _) = place.open();
    let first = vec![part("org", "1"), part("life", "1")];
    keep(&*store, Batch { changes: first, covers: Some(1), ..rows([decision(1)]) });
    let broken = Change::Put {
        collection: PARTS.into(),
        key: "life".into(),
        version: 1,
        body: Body::Later(Box::new(|| Err("it has no text".into()))),
    };
    let changes = vec![part("org", "2"), broken, put("task", "1", "kept")];
    let kept = append(&*store, Batch { changes, covers: Some(2), ..rows([decision(2)]) }).unwrap();
    assert!(kept.unkept.unwrap().to_string().contains("the part `life`"));
    assert_eq!(list(&*store, "task", None, 9).len(), 1);
    close(store);
    let (_store, loaded) = place.open();
    assert_eq!(names(&loaded), [("life", 1, "1"), ("org", 1, "1")], "parts belong together");
    assert!(loaded.covered == 1 && loaded.since == [decision(2)]);
}

pub fn numbers_that_may_have_been_given_are_told_at_the_next_start<P: Place>() {
    let place = P::new();
    let (store, _) = place.open();
    keep(&*store, Batch { reserved: 1_000, ..rows([decision(1)]) });
    close(store);
    let (store, loaded) = place.open();
    assert_eq!(loaded.reserved, 1_000);
    keep(&*store, Batch { reserved: 1_001, ..rows([decision(1_001)]) });
    keep(&*store, Batch { reserved: 7, ..Batch::default() });
    close(store);
    assert_eq!(place.open().1.reserved, 1_001, "never below what is kept");
}

pub fn what_was_handed_over_is_kept_although_the_store_is_closed_at_once<P: Place>() {
    let place = P::new();
    let (store, _) = place.open();
    let answers: Vec<_> = (1..=50).map(|seq| store.append(rows([decision(seq)]))).collect();
    close(store);
    answers.into_iter().for_each(|answer| drop(answer.blocking_recv().unwrap().unwrap()));
    assert_eq!(place.open().1.since.len(), 50);
}

/// Tests that a kind of store conforms.
macro_rules! conforms {
    ($place:ty) => {
        conforms! { $place:
            a_place_that_is_new_holds_nothing
            what_was_kept_is_read_back_parts_first_and_then_what_happened_since
            a_part_that_is_not_named_stays_as_it_was
            a_batch_is_kept_whole_or_not_at_all_and_does_not_spoil_its_neighbours
            no_number_is_kept_twice_in_either_stream
            rows_are_read_by_page_and_stream_the_oldest_first
            collections_are_kept_apart_and_read_by_page_and_key
            decisions_stay_and_observations_are_a_ring_that_drops_what_the_parts_cover
            a_part_that_cannot_be_put_into_text_is_said_and_everything_else_is_kept
            numbers_that_may_have_been_given_are_told_at_the_next_start
            what_was_handed_over_is_kept_although_the_store_is_closed_at_once
        }
    };
    ($place:ty: $($case:ident)+) => {
        $(#[test] fn $case() { $crate::store::conformance::$case::<$place>(); })+
    };
}
pub(crate) use conforms;

mod in_memory {
    use super::*;

    impl Place for Memory {
        fn new() -> Memory {
            Memory::default()
        }

        fn open(&self) -> (Box<dyn Store>, Loaded) {
            Memory::open(self)
        }
    }

    conforms!(Memory);
}
