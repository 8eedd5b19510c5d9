//! What a session shows: values under keys, each with the revision at which it last changed.
//!
//! A value is serialised once, however many clients there are. A client holds nothing but the revision it has been told
//! of: whatever changed since is what it lacks, each key once and as it is now. A slow client so loses the values
//! between, costs no memory, and may come back after a broken connection with the revision it had.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use tokio::sync::watch;

use crate::domain::Timestamp;
use crate::protocol::Topic;

/// How many keys that are gone are remembered, so that a client that comes back hears of them.
const GONE: usize = 1024;

/// The values of one session. Clones are the same place.
#[derive(Clone, Debug)]
pub struct Topics(Arc<Place>);

#[derive(Debug)]
struct Place {
    board: Mutex<Board>,
    newest: watch::Sender<u64>,
}

#[derive(Debug)]
struct Board {
    revision: u64,
    values: BTreeMap<(Topic, String), Value>,
    /// The keys by the revision at which each last changed.
    order: BTreeMap<u64, (Topic, String)>,
    /// How many of them have no value any more.
    gone: usize,
    /// Of keys that went up to this revision nothing is known any more.
    forgotten: u64,
}

#[derive(Debug)]
struct Value {
    revision: u64,
    /// As JSON; none if there is none any more.
    json: Option<Arc<str>>,
    /// The message that says so.
    message: Arc<str>,
}

/// What a client lacks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lacks {
    /// Messages, in the order in which they are to be said.
    pub messages: Vec<Arc<str>>,
    /// The revision that the client has been told of then.
    pub revision: u64,
    /// Whether that is all.
    pub is_all: bool,
}

impl Topics {
    /// Returns a place without values. Revisions go on from the time, so that those of an earlier daemon are older.
    pub(super) fn new(now: Timestamp) -> Topics {
        let revision = u64::try_from(now.0).unwrap_or_default().saturating_mul(1000);
        let board =
            Board { revision, values: BTreeMap::new(), order: BTreeMap::new(), gone: 0, forgotten: revision };
        Topics(Arc::new(Place { board: Mutex::new(board), newest: watch::Sender::new(revision) }))
    }

    /// Puts a value under a key. One that is there already changes nothing.
    pub(super) fn set(&self, topic: Topic, key: impl Display, value: &impl Serialize) {
        match serde_json::to_string(value) {
            Ok(json) => self.put(topic, key.to_string(), Some(json.into())),
            Err(error) => tracing::error!("a value of {topic:?} cannot be told: {error}"),
        }
    }

    /// Takes away every key of a topic but these.
    pub(super) fn retain(&self, topic: Topic, keys: impl IntoIterator<Item = impl Display>) {
        let kept: Vec<String> = keys.into_iter().map(|key| key.to_string()).collect();
        let there: Vec<String> = {
            let board = self.board();
            let of_topic = board.values.iter().filter(|((t, _), value)| *t == topic && value.json.is_some());
            of_topic.map(|((_, key), _)| key.clone()).collect()
        };
        for key in there.into_iter().filter(|key| !kept.contains(key)) {
            self.put(topic, key, None);
        }
    }

    /// Returns what wakes at every change.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.0.newest.subscribe()
    }

    /// Returns the revision from which a client is told what it lacks that says it has heard all up to `since`; none if
    /// it must begin anew.
    #[must_use]
    pub fn since(&self, since: Option<u64>) -> Option<u64> {
        let board = self.board();
        since.filter(|since| (board.forgotten..=board.revision).contains(since))
    }

    /// Returns what changed of these topics after a revision, up to so many bytes.
    #[must_use]
    pub fn after(&self, revision: u64, topics: &[Topic], most: usize) -> Lacks {
        let board = self.board();
        let mut lacks = Lacks { messages: Vec::new(), revision, is_all: true };
        let mut bytes = 0;
        let later = (std::ops::Bound::Excluded(revision), std::ops::Bound::Unbounded);
        for (at, key) in board.order.range(later) {
            if let Some(value) = board.values.get(key).filter(|_| topics.contains(&key.0)) {
                if bytes > 0 && bytes + value.message.len() > most {
                    lacks.is_all = false;
                    return lacks;
                }
                bytes += value.message.len();
                lacks.messages.push(Arc::clone(&value.message));
            }
            lacks.revision = *at;
        }
        lacks
    }

    fn put(&self, topic: Topic, key: String, json: Option<Arc<str>>) {
        let mut board = self.board();
        if board.put(topic, key, json) {
            self.0.newest.send_replace(board.revision);
        }
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        // A board is whole between any two of its lines.
        self.0.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Board {
    /// Puts a value under a key, or takes it away; returns whether that changes anything.
    fn put(&mut self, topic: Topic, key: String, json: Option<Arc<str>>) -> bool {
        let place = (topic, key);
        let before = self.values.get(&place);
        if before.map_or(json.is_none(), |before| before.json == json) {
            return false;
        }
        if let Some(before) = before {
            self.order.remove(&before.revision);
            self.gone -= usize::from(before.json.is_none());
        }
        self.revision += 1;
        let revision = self.revision;
        let key = serde_json::Value::from(place.1.as_str());
        let value = json.as_deref().unwrap_or("null");
        let message = format!(
            r#"{{"type":"set","topic":"{}","key":{key},"revision":{revision},"value":{value}}}"#,
            topic.word()
        );
        self.gone += usize::from(json.is_none());
        self.order.insert(revision, place.clone());
        self.values.insert(place, Value { revision, json, message: message.into() });
        self.forget();
        true
    }

    /// Forgets the keys that went long ago.
    fn forget(&mut self) {
        while self.gone > GONE {
            let is_gone = |place: &(Topic, String)| self.values.get(place).is_some_and(|v| v.json.is_none());
            let Some((revision, place)) =
                self.order.iter().find(|(_, place)| is_gone(place)).map(|(at, place)| (*at, place.clone()))
            else {
                return;
            };
            self.order.remove(&revision);
            self.values.remove(&place);
            self.gone -= 1;
            self.forgotten = revision;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::ServerMessage;

    const ALL: [Topic; 5] = [Topic::Session, Topic::Chart, Topic::Team, Topic::Agent, Topic::Approval];
    const MUCH: usize = usize::MAX;

    fn said(lacks: &Lacks) -> Vec<(Topic, String, Option<serde_json::Value>)> {
        let read = |text: &Arc<str>| match serde_json::from_str(text).unwrap() {
            ServerMessage::Set { topic, key, value, .. } => (topic, key, value),
            other => panic!("{other:?} sets nothing"),
        };
        lacks.messages.iter().map(read).collect()
    }

    fn set(
        topic: Topic,
        key: &str,
        value: impl Into<serde_json::Value>,
    ) -> (Topic, String, Option<serde_json::Value>) {
        (topic, key.to_owned(), Some(value.into()))
    }

    #[test]
    fn a_client_that_is_slow_hears_each_key_once_and_as_it_is_now() {
        let topics = Topics::new(Timestamp(5));
        let all = |revision| topics.after(revision, &ALL, MUCH);
        let begun = all(0);
        assert!(begun.messages.is_empty() && begun.is_all);
        for n in 0..1000 {
            topics.set(Topic::Agent, 1, &n);
            topics.set(Topic::Agent, 2, &"same");
        }
        topics.set(Topic::Team, "a\"b", &true);
        let lacks = all(0);
        let expected =
            [set(Topic::Agent, "2", "same"), set(Topic::Agent, "1", 999), set(Topic::Team, "a\"b", true)];
        assert_eq!(said(&lacks), expected);
        assert_eq!(said(&all(lacks.revision)), []);
        topics.retain(Topic::Agent, [2]);
        assert_eq!(said(&all(lacks.revision)), [(Topic::Agent, "1".to_owned(), None)]);
        assert_eq!(said(&topics.after(0, &[Topic::Team], MUCH)), [set(Topic::Team, "a\"b", true)]);
    }

    #[test]
    fn what_is_lacked_is_told_in_pieces_of_bounded_size_and_at_least_one_at_a_time() {
        let topics = Topics::new(Timestamp(5));
        for n in 0..100 {
            topics.set(Topic::Agent, n, &"x".repeat(100));
        }
        let (mut revision, mut heard, mut pieces) = (0, 0, 0);
        loop {
            let lacks = topics.after(revision, &ALL, 1000);
            assert!(lacks.messages.iter().map(|m| m.len()).sum::<usize>() <= 1000);
            heard += lacks.messages.len();
            pieces += 1;
            revision = lacks.revision;
            if lacks.is_all {
                break;
            }
        }
        assert!(heard == 100 && pieces > 10, "{heard} in {pieces}");
        assert_eq!(topics.after(0, &ALL, 1).messages.len(), 1);
    }

    #[test]
    fn who_comes_back_goes_on_where_it_was_unless_that_is_forgotten() {
        let topics = Topics::new(Timestamp(5));
        topics.set(Topic::Agent, 1, &1);
        let seen = topics.after(0, &ALL, MUCH).revision;
        assert_eq!(topics.since(Some(seen)), Some(seen));
        assert_eq!(topics.since(None), None);
        assert_eq!(topics.since(Some(seen - 100)), None, "another daemon said that");
        assert_eq!(topics.since(Some(seen + 100)), None, "nobody said that");
        for n in 0..=GONE {
            topics.set(Topic::Team, n, &n);
        }
        topics.retain(Topic::Team, [0; 0]);
        assert_eq!(topics.since(Some(seen)), None, "it would not hear of everything that went");
        assert_eq!(said(&topics.after(0, &ALL, MUCH)).len(), GONE + 1);
    }

    #[test]
    fn whoever_waits_wakes_at_a_change_and_at_nothing_else() {
        let topics = Topics::new(Timestamp(5));
        let mut changes = topics.changes();
        changes.mark_unchanged();
        topics.set(Topic::Agent, 1, &1);
        assert!(changes.has_changed().unwrap());
        changes.mark_unchanged();
        topics.set(Topic::Agent, 1, &1);
        topics.retain(Topic::Agent, [1]);
        assert!(!changes.has_changed().unwrap());
    }
}
