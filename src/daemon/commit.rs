//! From decided to kept: what must be on disk before it is shown, and what may follow behind.
//!
//! Outcomes with a decision wait here until the store has them, and every later outcome with events waits behind them,
//! so that no effect is seen before its cause. While one group is being written, the next one gathers (group commit).
//!
//! A group that could not be kept is taken back whole: `confirmed` is the state of everything that is on disk, and the
//! kernel begins again from it. What waits is bounded in bytes: near the bound commands are refused before they are
//! decided; at it, everything that is not being written yet is taken back.
//!
//! Numbers are given once. An event is shown before it is on disk only if its number is reserved there, so that a start
//! after a crash begins above every number that was shown.

use std::borrow::Cow;

use crate::kernel::{Durability, EventRecord, Kernel, Outcome, State};
use crate::store::{Batch, Row, StoreError};

use super::rows;

/// How many events pass between two kept states.
const STATE_EVERY: u64 = 2_000;

/// How many numbers are reserved ahead of those that are kept.
const RESERVE: u64 = 1_000;

/// How many bytes of decided outcomes may wait.
const MOST: usize = 32 << 20;

/// What an outcome without its rows takes in memory, in bytes, about.
const OUTCOME: usize = 512;

/// An outcome that waits to be kept, with the caller that waits for its answer.
#[derive(Debug)]
pub(super) struct Waiting<A> {
    pub(super) outcome: Outcome,
    pub(super) answer: A,
}

/// An outcome that cannot be kept, and why.
#[derive(Debug)]
pub(super) struct Unkept<A> {
    pub(super) waiting: Waiting<A>,
    pub(super) error: StoreError,
}

/// One session's way to its store.
#[derive(Debug)]
pub(super) struct Commit<A> {
    confirmed: State,
    /// The last event in the state that the store holds.
    covered: u64,
    /// The whole state is to be written with the next group, however few events passed.
    state_due: bool,
    /// That group is to be written although nothing waits.
    state_now: bool,
    /// Numbers up to this one are reserved on disk.
    reserved: u64,
    /// Shown already, to be written with the next group.
    behind: Gathered,
    writing: Option<Writing<A>>,
    queue: Vec<Waiting<A>>,
    /// What the queue writes.
    queued: Gathered,
}

/// Events that wait, with their rows.
#[derive(Debug, Default)]
struct Gathered {
    events: Vec<EventRecord>,
    rows: Vec<Row>,
    bytes: usize,
}

impl Gathered {
    fn add(&mut self, events: &[EventRecord], rows: Vec<Row>) {
        self.events.extend_from_slice(events);
        self.bytes += OUTCOME + rows.iter().map(Row::bytes).sum::<usize>();
        self.rows.extend(rows);
    }
}

#[derive(Debug)]
struct Writing<A> {
    events: Vec<EventRecord>,
    /// How many of them were shown before.
    shown: usize,
    group: Vec<Waiting<A>>,
    /// The last event in the state that goes with it, if one does.
    covers: Option<u64>,
    reserved: u64,
}

impl<A> Commit<A> {
    /// Begins with a state that is on disk, and what the store told of it.
    pub(super) fn new(confirmed: State, covered: u64, reserved: u64) -> Commit<A> {
        Commit {
            confirmed,
            covered,
            state_due: false,
            state_now: false,
            reserved,
            behind: Gathered::default(),
            writing: None,
            queue: Vec::new(),
            queued: Gathered::default(),
        }
    }

    /// Returns the state of everything that is on disk.
    pub(super) fn confirmed(&self) -> &State {
        &self.confirmed
    }

    /// Goes on from a state that is not in the store; it is written there next.
    pub(super) fn go_on_from(&mut self, state: State) {
        self.confirmed = state;
        (self.state_due, self.state_now) = (true, true);
    }

    /// Writes the whole state with the next group, since the store keeps it in an earlier format.
    pub(super) fn renew(&mut self) {
        self.state_due = true;
    }

    /// Returns whether so much waits that no more commands are to be decided.
    pub(super) fn is_full(&self) -> bool {
        self.behind.bytes + self.queued.bytes > MOST / 2
    }

    /// Returns the kernel by which is said what may be shown.
    pub(super) fn seen<'k>(&self, kernel: &'k Kernel) -> Cow<'k, Kernel> {
        self.shown().map_or(Cow::Borrowed(kernel), |state| Cow::Owned(kernel.seeing(state)))
    }

    /// Returns the state that may be shown, if that is not the one that is decided: everything that is on disk, and what
    /// may follow behind.
    fn shown(&self) -> Option<State> {
        if self.is_clear() {
            return None;
        }
        let mut state = self.confirmed.clone();
        let written = self.writing.iter().flat_map(|writing| &writing.events[..writing.shown]);
        written.chain(&self.behind.events).for_each(|record| state.evolve(record));
        Some(state)
    }

    /// Takes an outcome in, or gives it back if it may be shown at once.
    ///
    /// # Errors
    /// With the outcome, if it cannot be kept: too much waits, or it cannot be put into text.
    pub(super) fn submit(&mut self, waiting: Waiting<A>) -> Result<Option<Waiting<A>>, Box<Unkept<A>>> {
        let events = &waiting.outcome.events;
        if events.is_empty() {
            return Ok(Some(waiting));
        }
        if self.behind.bytes + self.queued.bytes > MOST {
            return Err(Box::new(Unkept { waiting, error: StoreError::Busy }));
        }
        let rows: Result<Vec<_>, _> =
            events.iter().filter_map(|record| rows::of(record).transpose()).collect();
        let rows = match rows {
            Ok(rows) => rows,
            Err(error) => return Err(Box::new(Unkept { waiting, error })),
        };
        let waits = events.iter().any(|record| {
            record.event.durability() == Durability::Durable || record.seq > Some(self.reserved)
        });
        if !waits && self.is_clear() {
            self.behind.add(events, rows);
            return Ok(Some(waiting));
        }
        self.queued.add(events, rows);
        self.queue.push(waiting);
        Ok(None)
    }

    /// Returns whether no outcome waits to be on disk.
    fn is_clear(&self) -> bool {
        self.queue.is_empty() && self.writing.as_ref().is_none_or(|writing| writing.group.is_empty())
    }

    /// Puts an outcome without events behind everything that waits, or gives it back if nothing does.
    pub(super) fn follow(&mut self, waiting: Waiting<A>) -> Option<Waiting<A>> {
        if self.is_clear() {
            return Some(waiting);
        }
        self.queued.add(&[], Vec::new());
        self.queue.push(waiting);
        None
    }

    /// Returns whether something was shown that is not written yet, and nothing is on its way to write it.
    pub(super) fn lags(&self) -> bool {
        !self.behind.rows.is_empty() && self.writing.is_none()
    }

    /// Returns what is to be written next: every outcome that waits; with `all`, also what may follow behind alone.
    pub(super) fn next(&mut self, all: bool) -> Option<Batch> {
        let something = self.state_now || !self.queue.is_empty() || (all && !self.behind.rows.is_empty());
        if self.writing.is_some() || !something {
            return None;
        }
        self.state_now = false;
        let (mut gathered, queued) = (std::mem::take(&mut self.behind), std::mem::take(&mut self.queued));
        let shown = gathered.events.len();
        gathered.events.extend(queued.events);
        gathered.rows.extend(queued.rows);
        let (last, covers) = (self.confirmed.last_seq(), self.covers());
        let given = gathered.rows.last().map_or(0, |row| row.seq).max(last);
        let writing = Writing {
            events: gathered.events,
            shown,
            group: std::mem::take(&mut self.queue),
            covers,
            reserved: self.reserved.max(given + RESERVE),
        };
        let batch = self.batch(gathered.rows, writing.reserved);
        self.writing = Some(writing);
        Some(batch)
    }

    /// Returns what is to be written last of all; no number is reserved after it.
    pub(super) fn last(&mut self) -> Batch {
        let mut before =
            self.writing.iter().flat_map(|writing| &writing.events).filter_map(|record| record.seq);
        let mut given = before.next_back().unwrap_or(self.confirmed.last_seq());
        let mut rows = std::mem::take(&mut self.behind).rows;
        rows.append(&mut std::mem::take(&mut self.queued).rows);
        given = rows.last().map_or(given, |row| row.seq);
        self.batch(rows, given)
    }

    /// Returns the last event in the state that is to be written now, if one is.
    fn covers(&self) -> Option<u64> {
        let last = self.confirmed.last_seq();
        (self.state_due || last.saturating_sub(self.covered) >= STATE_EVERY).then_some(last)
    }

    /// Returns rows with the state that is to be written now, if one is.
    fn batch(&self, rows: Vec<Row>, reserved: u64) -> Batch {
        let covers = self.covers();
        let since = (!self.state_due).then_some(self.covered);
        let changes = if covers.is_some() { rows::changes(&self.confirmed, since) } else { Vec::new() };
        Batch { rows, changes, covers, reserved }
    }

    /// The group is on disk: returns its outcomes, to be shown and performed now. `state` says whether the state that
    /// went with it is there too.
    pub(super) fn kept(&mut self, state: bool) -> Vec<Waiting<A>> {
        let Some(writing) = self.writing.take() else { return Vec::new() };
        writing.events.iter().for_each(|record| self.confirmed.evolve(record));
        self.reserved = writing.reserved;
        if let Some(covered) = writing.covers.filter(|_| state) {
            self.covered = covered;
            self.state_due = false;
        }
        writing.group
    }

    /// The group could not be written: returns the state to begin again from, and the outcomes that are taken back,
    /// those behind it included, since they were decided on it.
    pub(super) fn failed(&mut self) -> (State, Vec<Waiting<A>>) {
        let mut taken_back = self.writing.take().map_or_else(Vec::new, |writing| writing.group);
        let (state, mut rest) = self.shed();
        taken_back.append(&mut rest);
        (state, taken_back)
    }

    /// Takes back everything that is not being written yet: returns the state to go on from, which holds what is being
    /// written, and the outcomes.
    pub(super) fn shed(&mut self) -> (State, Vec<Waiting<A>>) {
        self.behind = Gathered::default();
        self.queued = Gathered::default();
        let mut state = self.confirmed.clone();
        let written = self.writing.iter().flat_map(|writing| &writing.events);
        written.for_each(|record| state.evolve(record));
        (state, std::mem::take(&mut self.queue))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Actor, AgentId, Name, Timestamp};
    use crate::kernel::{Command, Event, Input, life, org};

    fn begun() -> (Kernel, Commit<u32>) {
        let (kernel, first) = Kernel::open(Name::new("s").unwrap(), "/w".into(), Timestamp(0));
        let mut confirmed = State::default();
        confirmed.evolve(&first);
        let commit = Commit::new(confirmed, 1, RESERVE);
        (kernel, commit)
    }

    /// Submits an outcome; returns whether it may be shown at once.
    fn submit(commit: &mut Commit<u32>, outcome: Outcome, answer: u32) -> bool {
        commit.submit(Waiting { outcome, answer }).unwrap().is_some()
    }

    fn team(kernel: &mut Kernel, name: &str) -> Outcome {
        let command = Command::Org(org::Command::CreateTeam {
            name: Name::new(name).unwrap(),
            parent: None,
            color: None,
        });
        kernel.handle(Input::Asked { actor: Actor::Person, command }, Timestamp(1))
    }

    fn observed(kernel: &Kernel) -> Outcome {
        let seq = Some(kernel.state().last_seq() + 1);
        let event = Event::Life(life::Event::Looked { agent: AgentId(1) });
        let record = EventRecord { seq, at: Timestamp(1), actor: Actor::Daemon, cause: None, event };
        Outcome { reply: Ok(crate::kernel::Reply::Done), events: vec![record], effects: vec![] }
    }

    fn answers(waiting: &[Waiting<u32>]) -> Vec<u32> {
        waiting.iter().map(|w| w.answer).collect()
    }

    #[test]
    fn a_durable_outcome_waits_and_what_gathers_meanwhile_is_the_next_group() {
        let (mut kernel, mut commit) = begun();
        assert!(!submit(&mut commit, team(&mut kernel, "a"), 1));
        assert_eq!(commit.next(false).unwrap().rows.len(), 1);
        assert!(!submit(&mut commit, team(&mut kernel, "b"), 2));
        assert!(!submit(&mut commit, team(&mut kernel, "c"), 3));
        assert!(commit.next(false).is_none(), "one group at a time");
        assert_eq!(answers(&commit.kept(true)), [1]);
        assert_eq!(commit.next(false).unwrap().rows.len(), 2);
        assert_eq!(answers(&commit.kept(true)), [2, 3]);
        assert_eq!(commit.confirmed, *kernel.state());
    }

    #[test]
    fn what_was_observed_is_shown_at_once_and_written_with_the_next_group() {
        let (mut kernel, mut commit) = begun();
        assert!(submit(&mut commit, observed(&kernel), 1));
        assert!(commit.lags());
        assert!(commit.next(false).is_none());
        assert!(!submit(&mut commit, team(&mut kernel, "a"), 2));
        assert_eq!(commit.next(false).unwrap().rows.len(), 2);
        assert!(!commit.lags());
    }

    #[test]
    fn what_is_observed_after_a_durable_decision_is_not_shown_before_it() {
        let (mut kernel, mut commit) = begun();
        assert!(!submit(&mut commit, team(&mut kernel, "a"), 1));
        assert!(!submit(&mut commit, observed(&kernel), 2));
    }

    #[test]
    fn a_group_that_could_not_be_kept_is_taken_back_with_everything_decided_on_it() {
        let (mut kernel, mut commit) = begun();
        let before = kernel.state().clone();
        assert!(!submit(&mut commit, team(&mut kernel, "a"), 1));
        assert!(commit.next(false).is_some());
        assert!(!submit(&mut commit, team(&mut kernel, "b"), 2));
        let (state, refused) = commit.failed();
        assert_eq!((&state, answers(&refused)), (&before, vec![1, 2]));
        kernel.begin_again(state);
        assert_eq!(
            team(&mut kernel, "c").events[0].seq,
            Some(4),
            "numbers that were given are not given again"
        );
        assert!(commit.next(true).is_none());
    }

    #[test]
    fn what_was_observed_waits_for_the_disk_where_its_number_is_not_reserved_there() {
        let (mut kernel, mut commit) = begun();
        commit.reserved = 2;
        assert!(submit(&mut commit, observed(&kernel), 1), "its number is 2");
        let _ = team(&mut kernel, "a");
        assert!(!submit(&mut commit, observed(&kernel), 2), "its number is 3");
        let batch = commit.next(false).unwrap();
        assert_eq!((batch.rows.len(), batch.reserved), (2, 3 + RESERVE));
        assert_eq!(answers(&commit.kept(true)), [2]);
        let _ = team(&mut kernel, "b");
        assert!(submit(&mut commit, observed(&kernel), 3));
        assert_eq!(commit.last().reserved, 4, "nothing is given after the last words");
    }

    #[test]
    fn a_disk_that_hangs_takes_no_memory_without_end() {
        let (mut kernel, mut commit) = begun();
        assert!(!submit(&mut commit, team(&mut kernel, "a"), 1));
        assert!(commit.next(false).is_some(), "and it never answers");
        let mut refused_at = None;
        for n in 2..1_000_000 {
            if commit.submit(Waiting { outcome: observed(&kernel), answer: n }).is_err() {
                refused_at = Some(n);
                break;
            }
        }
        let many = usize::try_from(refused_at.unwrap()).unwrap();
        assert!(many < MOST / OUTCOME && commit.is_full(), "{many}");
        let (state, refused) = commit.shed();
        assert_eq!((state, refused.len()), (kernel.state().clone(), many - 2));
        assert!(!commit.is_full());
        assert_eq!(answers(&commit.kept(true)), [1], "what was on its way is kept after all");
        assert_eq!(commit.confirmed, *kernel.state());
    }

    #[test]
    fn what_is_decided_and_not_on_disk_is_not_in_the_state_that_is_shown() {
        let (mut kernel, mut commit) = begun();
        assert_eq!(commit.shown(), None, "what is decided is what is shown");
        assert!(submit(&mut commit, observed(&kernel), 1));
        kernel.skip_to(2);
        assert!(!submit(&mut commit, team(&mut kernel, "a"), 2));
        let teams = |commit: &Commit<u32>| commit.shown().map(|state| state.org().teams().count());
        assert_eq!(teams(&commit), Some(0));
        assert!(commit.next(false).is_some());
        assert_eq!((teams(&commit), kernel.state().org().teams().count()), (Some(0), 1));
        assert!(!submit(&mut commit, team(&mut kernel, "b"), 3));
        commit.kept(true);
        assert_eq!((teams(&commit), kernel.state().org().teams().count()), (Some(1), 2));
        assert!(commit.next(false).is_some());
        commit.kept(true);
        assert_eq!(commit.shown(), None);
    }

    #[test]
    fn only_parts_that_changed_are_written_again() {
        let (mut kernel, mut commit) = begun();
        assert!(!submit(&mut commit, team(&mut kernel, "a"), 1));
        commit.next(false);
        commit.kept(true);
        commit.covered = 1;
        commit.reserved = u64::MAX / 2;
        kernel.skip_to(STATE_EVERY + 10);
        assert!(!submit(&mut commit, team(&mut kernel, "b"), 2));
        commit.next(false);
        commit.kept(true);
        assert!(!submit(&mut commit, team(&mut kernel, "c"), 3));
        let batch = commit.next(false).unwrap();
        let names = batch.changes.iter().map(|change| match change {
            crate::store::Change::Put { key, .. } | crate::store::Change::Remove { key, .. } => key.as_str(),
        });
        assert_eq!(names.collect::<Vec<_>>(), ["org"]);
    }

    #[test]
    fn a_state_that_is_not_in_the_store_is_written_before_anything_else_and_at_the_end() {
        let (kernel, mut commit) = begun();
        commit.go_on_from(kernel.state().clone());
        assert_eq!(commit.last().covers, Some(1));
        assert!(submit(&mut commit, observed(&kernel), 1));
        let batch = commit.next(false).unwrap();
        assert_eq!((batch.covers, batch.rows.len()), (Some(1), 1));
        assert!(batch.changes.len() > 1, "every part");
        commit.kept(false);
        assert!(commit.next(false).is_none(), "one that cannot be kept is not tried without end");
        assert_eq!(commit.last().covers, Some(2));
    }

    #[test]
    fn a_state_that_could_not_be_kept_goes_with_the_next_group_again() {
        let (mut kernel, mut commit) = begun();
        commit.state_due = true;
        for (n, is_kept) in [(1, false), (2, true)] {
            assert!(!submit(&mut commit, team(&mut kernel, &format!("t{n}")), n));
            let batch = commit.next(false).unwrap();
            assert_eq!(batch.covers, Some(u64::from(n)));
            commit.kept(is_kept);
        }
        assert!(!submit(&mut commit, team(&mut kernel, "t3"), 3));
        assert_eq!(commit.next(false).unwrap().covers, None);
    }
}
