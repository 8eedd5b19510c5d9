//! From decided to kept: what must be on disk before anyone sees it, and what may follow behind.
//!
//! Outcomes whose events are durable wait here until the store has them, and everything decided after them that has
//! events waits behind them, so that nobody sees effects before causes. While one group is being written, the next one
//! gathers (group commit). An outcome without events, a keystroke above all, never comes here.
//!
//! A group that could not be kept is taken back whole: `confirmed` is the state of everything that is on disk, and the
//! kernel begins again from it.

use crate::kernel::{Durability, EventRecord, Outcome, State};

/// How many events pass between two kept states.
const STATE_EVERY: u64 = 2_000;

/// An outcome that waits to be kept, with whoever waits for its answer.
#[derive(Debug)]
pub(super) struct Waiting<A> {
    pub(super) outcome: Outcome,
    pub(super) answer: A,
}

/// What is to be written next.
#[derive(Debug, PartialEq)]
pub(super) struct Batch {
    pub(super) events: Vec<EventRecord>,
    pub(super) state: Option<(u64, String)>,
}

/// One session's way to its store.
#[derive(Debug)]
pub(super) struct Commit<A> {
    confirmed: State,
    state_at: u64,
    /// The whole state is to be written with the next group, however few events passed.
    state_due: bool,
    /// Shown already, to be written with the next group.
    behind: Vec<EventRecord>,
    writing: Option<Writing<A>>,
    queue: Vec<Waiting<A>>,
}

#[derive(Debug)]
struct Writing<A> {
    behind: Vec<EventRecord>,
    group: Vec<Waiting<A>>,
}

impl<A> Commit<A> {
    /// Begins with a state that is on disk.
    pub(super) fn new(confirmed: State, state_at: u64) -> Commit<A> {
        Commit { confirmed, state_at, state_due: false, behind: Vec::new(), writing: None, queue: Vec::new() }
    }

    /// Returns the state of everything that is on disk.
    pub(super) fn confirmed(&self) -> &State {
        &self.confirmed
    }

    /// Goes on from a state that is not in the store; it is written there with the next group.
    pub(super) fn go_on_from(&mut self, state: State) {
        *self = Commit::new(state, 0);
        self.state_due = true;
    }

    /// Takes an outcome in, or gives it back if nothing keeps it from being shown at once.
    pub(super) fn submit(&mut self, waiting: Waiting<A>) -> Option<Waiting<A>> {
        let events = &waiting.outcome.events;
        let durable = events.iter().any(|r| r.event.durability() == Durability::Durable);
        let in_order = self.is_clear();
        if events.is_empty() || (!durable && in_order) {
            self.behind.extend(events.iter().filter(|r| r.seq.is_some()).cloned());
            return Some(waiting);
        }
        self.queue.push(waiting);
        None
    }

    /// Returns whether nobody waits for anything to be on disk.
    fn is_clear(&self) -> bool {
        self.queue.is_empty() && self.writing.as_ref().is_none_or(|writing| writing.group.is_empty())
    }

    /// Puts an outcome without events behind everything that waits, or gives it back if nothing does.
    pub(super) fn follow(&mut self, waiting: Waiting<A>) -> Option<Waiting<A>> {
        if self.is_clear() {
            return Some(waiting);
        }
        self.queue.push(waiting);
        None
    }

    /// Returns whether something was shown that is not written yet, and nothing is on its way to write it.
    pub(super) fn lags(&self) -> bool {
        !self.behind.is_empty() && self.writing.is_none()
    }

    /// Returns what is to be written next: every outcome that waits; with `all`, also what may follow behind alone.
    pub(super) fn next(&mut self, all: bool) -> Option<Batch> {
        let something = !self.queue.is_empty() || (all && !self.behind.is_empty());
        if self.writing.is_some() || !something {
            return None;
        }
        let writing =
            Writing { behind: std::mem::take(&mut self.behind), group: std::mem::take(&mut self.queue) };
        let events: Vec<EventRecord> = writing.events().filter(|r| r.seq.is_some()).cloned().collect();
        let last = self.confirmed.last_seq();
        let due = self.state_due || last.saturating_sub(self.state_at) >= STATE_EVERY;
        let state =
            due.then(|| serde_json::to_string(&self.confirmed).ok().map(|body| (last, body))).flatten();
        if state.is_some() {
            self.state_at = last;
            self.state_due = false;
        }
        self.writing = Some(writing);
        Some(Batch { events, state })
    }

    /// The group is on disk: returns its outcomes, to be shown and performed now.
    pub(super) fn kept(&mut self) -> Vec<Waiting<A>> {
        let Some(writing) = self.writing.take() else { return Vec::new() };
        for record in writing.events() {
            self.confirmed.evolve(record);
        }
        writing.group
    }

    /// The group could not be written: returns the state to begin again from, and whoever waits for an answer,
    /// those behind it included, since they were decided on what is taken back.
    pub(super) fn failed(&mut self) -> (State, Vec<Waiting<A>>) {
        let mut taken_back = self.writing.take().map_or_else(Vec::new, |writing| writing.group);
        taken_back.append(&mut self.queue);
        self.behind.clear();
        (self.confirmed.clone(), taken_back)
    }
}

impl<A> Writing<A> {
    fn events(&self) -> impl Iterator<Item = &EventRecord> {
        self.behind.iter().chain(self.group.iter().flat_map(|waiting| &waiting.outcome.events))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Actor, AgentId, Name, Timestamp};
    use crate::kernel::{Command, Event, Input, Kernel, life, org};

    fn begun() -> (Kernel, Commit<u32>) {
        let (kernel, first) = Kernel::open(Name::new("s").unwrap(), "/w".into(), Timestamp(0));
        let mut confirmed = State::default();
        confirmed.evolve(&first);
        let commit = Commit::new(confirmed, 1);
        (kernel, commit)
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
        assert!(commit.submit(Waiting { outcome: team(&mut kernel, "a"), answer: 1 }).is_none());
        assert_eq!(commit.next(false).unwrap().events.len(), 1);
        assert!(commit.submit(Waiting { outcome: team(&mut kernel, "b"), answer: 2 }).is_none());
        assert!(commit.submit(Waiting { outcome: team(&mut kernel, "c"), answer: 3 }).is_none());
        assert_eq!(commit.next(false), None, "one group at a time");
        assert_eq!(answers(&commit.kept()), [1]);
        assert_eq!(commit.next(false).unwrap().events.len(), 2);
        assert_eq!(answers(&commit.kept()), [2, 3]);
        assert_eq!(commit.confirmed, *kernel.state());
    }

    #[test]
    fn what_was_observed_is_shown_at_once_and_written_with_the_next_group() {
        let (mut kernel, mut commit) = begun();
        assert!(commit.submit(Waiting { outcome: observed(&kernel), answer: 1 }).is_some());
        assert!(commit.lags());
        assert_eq!(commit.next(false), None);
        assert!(commit.submit(Waiting { outcome: team(&mut kernel, "a"), answer: 2 }).is_none());
        assert_eq!(commit.next(false).unwrap().events.len(), 2);
        assert!(!commit.lags());
    }

    #[test]
    fn what_is_observed_after_a_durable_decision_is_not_shown_before_it() {
        let (mut kernel, mut commit) = begun();
        assert!(commit.submit(Waiting { outcome: team(&mut kernel, "a"), answer: 1 }).is_none());
        assert!(commit.submit(Waiting { outcome: observed(&kernel), answer: 2 }).is_none());
    }

    #[test]
    fn a_group_that_could_not_be_kept_is_taken_back_with_everything_decided_on_it() {
        let (mut kernel, mut commit) = begun();
        let before = kernel.state().clone();
        assert!(commit.submit(Waiting { outcome: team(&mut kernel, "a"), answer: 1 }).is_none());
        assert!(commit.next(false).is_some());
        assert!(commit.submit(Waiting { outcome: team(&mut kernel, "b"), answer: 2 }).is_none());
        let (state, refused) = commit.failed();
        assert_eq!((state, answers(&refused)), (before, vec![1, 2]));
        assert_eq!(commit.next(true), None);
    }
}
