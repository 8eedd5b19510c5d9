//! The kernel: decides what happens in one session.
//!
//! `handle(input, now)` is synchronous, total and deterministic: no clock, no randomness, no I/O. It answers with
//! events, which the daemon makes durable, and effects, which the daemon performs afterwards. The state is the fold
//! of the events, so that restore after a crash, the live feed and the record of the past are one mechanism.
//! Facts enter here; bytes do not.
//!
//! The vocabulary is split into parts, one folder each, with commands, events, state and rules of their own: [`org`],
//! [`life`], [`delivery`], [`approval`], [`cost`], [`broadcast`]. A part reads the whole state and changes its own. It
//! imports no other part: what an event of one causes in another is said in [`react`] alone. A new part is its folder,
//! a line in each joining enum it needs (`Command`, `Event`, `Fact`, `Timer`, `Effect`, `Reply`, `Refusal`), a field of
//! [`State`], and `react`.

pub mod approval;
pub mod broadcast;
mod command;
pub mod cost;
pub mod delivery;
mod event;
mod find;
mod input;
mod join;
mod kept;
mod kind;
pub mod life;
pub mod org;
mod outcome;
mod policy;
mod present;
mod react;
mod state;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::path::PathBuf;

use crate::domain::{Actor, AgentId, Input as Pressed, Message, MessageStatus, Name, Route, Timestamp};

pub use approval::OpenApproval;
pub use command::Command;
pub use cost::{budget_of, spent_in};
pub use delivery::{Fate, Finished};
pub use event::{Event, EventRecord};
pub use input::{Fact, Input, Timer};
pub use kept::{KeptError, KeptPart};
pub use kind::{Durability, RefusalKind, Subject};
pub use life::{Live, Phase, time_limit, time_notice};
pub use outcome::{Effect, Outcome, Refusal, Reply};
pub use state::State;

use outcome::Decision;
use present::Present;
use react::Before;

/// An event that took place; what follows from it is not decided yet.
struct Happened {
    event: Event,
    seq: Option<u64>,
    before: Before,
}

/// One session's decisions.
#[derive(Clone, Debug)]
pub struct Kernel {
    state: State,
    present: Present,
}

impl Kernel {
    /// Begins a session; the event returned is its first.
    pub fn open(name: Name, root: PathBuf, now: Timestamp) -> (Kernel, EventRecord) {
        let mut kernel = Kernel { state: State::default(), present: Present::default() };
        let event = org::Event::SessionOpened { name, root }.into();
        let record = kernel.record(event, Actor::Person, None, now);
        (kernel, record)
    }

    /// Brings a session back: a state that was kept, and what happened since.
    pub fn restore(kept: State, since: impl IntoIterator<Item = EventRecord>) -> Kernel {
        let mut kernel = Kernel { state: kept, present: Present::default() };
        since.into_iter().for_each(|record| kernel.state.evolve(&record));
        kernel
    }

    /// Goes back to a state that was kept, since what was decided after it could not be. Open broadcasts stay open, and
    /// the numbers that were given are not given again.
    pub fn begin_again(&mut self, kept: State) {
        let given = self.state.last_seq();
        self.state = kept;
        self.state.skip_to(given);
    }

    /// Returns a kernel that says of another state what this one says of its own; nothing is to be decided with it.
    #[must_use]
    pub fn seeing(&self, state: State) -> Kernel {
        Kernel { state, present: self.present.clone() }
    }

    /// Gives no number up to this one from now on.
    pub fn skip_to(&mut self, seq: u64) {
        self.state.skip_to(seq);
    }

    /// Returns the state.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Returns the agents that the plan followed last names, that this one does not, and that are there all the same.
    #[must_use]
    pub fn unplanned(&self, plan: &[org::Command]) -> Vec<&Name> {
        org::unplanned(&self.state, plan)
    }

    /// Decides what comes of one input at `now`, and folds it in.
    pub fn handle(&mut self, input: Input, now: Timestamp) -> Outcome {
        let mut outcome = Outcome { reply: Ok(Reply::Done), events: Vec::new(), effects: Vec::new() };
        if let Input::Asked { actor, command } = &input
            && let Err(denied) = policy::allows(&self.state, *actor, command)
        {
            outcome.reply = Err(denied.into());
            return outcome;
        }
        let (state, present) = (&self.state, &mut self.present);
        let (actor, decided) = match input {
            Input::Asked { actor, command: Command::Org(org::Command::FollowPlan { commands }) } => {
                return self.follow(actor, commands, now);
            }
            Input::Asked { actor, command } => (actor, react::decide(state, present, actor, command, now)),
            Input::Fact(fact) => (Actor::Daemon, Ok(react::hear(state, present, fact, now))),
            Input::Due(timer) => (Actor::Daemon, Ok(react::due(state, present, timer, now))),
        };
        match decided {
            Err(refusal) => outcome.reply = Err(refusal),
            Ok(mut decision) => {
                outcome.reply = Ok(decision.reply.take().unwrap_or(Reply::Done));
                self.settle(decision, actor, now, &mut outcome);
            }
        }
        debug_assert_eq!(self.state.org().check(), Ok(()), "a rule let the organisation come apart");
        outcome
    }

    /// Returns the agents that get what was pressed. A press is not a command: it makes no event, waits for no disk, and
    /// its order is the order of the calls.
    ///
    /// # Errors
    /// If it goes nowhere.
    pub fn press(
        &mut self,
        actor: Actor,
        route: &Route,
        input: &Pressed,
        now: Timestamp,
    ) -> Result<Vec<AgentId>, Refusal> {
        policy::allows_keys(&self.state, actor, route)?;
        let reached = self.present.broadcast.press(&self.state, route, input)?;
        if matches!(input, Pressed::Key(_) | Pressed::Paste(_)) {
            for agent in &reached {
                self.present.approval.key_pressed(&self.state, *agent, now);
            }
        }
        if broadcast::interrupts(input) {
            reached.iter().for_each(|agent| self.present.life.interrupt(*agent, now));
        }
        Ok(reached)
    }

    /// Returns where a message stands that waits.
    #[must_use]
    pub fn standing(&self, message: &Message, now: Timestamp) -> MessageStatus {
        delivery::standing(&self.state, message, now)
    }

    /// Returns what the next message to an agent would wait for; none if it is ready for input.
    #[must_use]
    pub fn hold_reason(&self, agent: AgentId) -> Option<&'static str> {
        delivery::hold_reason(&self.state, agent)
    }

    /// Returns why something that is asked cannot be answered from here; none if it can.
    #[must_use]
    pub fn unanswerable(&self, open: &OpenApproval) -> Option<&'static str> {
        approval::unanswerable(&self.state, &self.present.approval, open)
    }

    /// Folds in what was decided and everything that follows from it. What follows from an event is decided on the newest
    /// state, after all events of the decision it belongs to.
    fn settle(&mut self, decision: Decision, actor: Actor, now: Timestamp, outcome: &mut Outcome) {
        let mut happened = VecDeque::new();
        self.take_place(decision, None, (actor, now), outcome, &mut happened);
        while let Some(Happened { event, seq, before }) = happened.pop_front() {
            let then = react::then(&self.state, &mut self.present, &event, before, now);
            self.take_place(then, seq, (actor, now), outcome, &mut happened);
        }
    }

    fn take_place(
        &mut self,
        decision: Decision,
        cause: Option<u64>,
        (actor, now): (Actor, Timestamp),
        outcome: &mut Outcome,
        happened: &mut VecDeque<Happened>,
    ) {
        outcome.effects.extend(decision.effects);
        for event in decision.events {
            let first = react::first(&self.state, &self.present, &event);
            outcome.effects.extend(first.effects);
            for event in first.events.into_iter().chain([event]) {
                let before = Before::of(&self.state, &event);
                let record = self.record(event, actor, cause, now);
                happened.push_back(Happened { event: record.event.clone(), seq: record.seq, before });
                outcome.events.push(record);
            }
        }
    }

    /// Takes the steps of a plan, each on what the one before left; if one is refused, none was taken.
    fn follow(&mut self, actor: Actor, commands: Vec<org::Command>, now: Timestamp) -> Outcome {
        let mut ahead = self.clone();
        let mut whole = Outcome { reply: Ok(Reply::Done), events: Vec::new(), effects: Vec::new() };
        for command in org::steps(&self.state, &commands) {
            let step = ahead.handle(Input::Asked { actor, command: command.into() }, now);
            if step.reply.is_err() {
                return step;
            }
            whole.events.extend(step.events);
            whole.effects.extend(step.effects);
        }
        if self.state.plan() != commands {
            let followed = org::Event::PlanFollowed { commands }.into();
            whole.events.push(ahead.record(followed, actor, None, now));
        }
        *self = ahead;
        whole
    }

    fn record(&mut self, event: Event, actor: Actor, cause: Option<u64>, at: Timestamp) -> EventRecord {
        let seq = self.state.number(&event);
        let record = EventRecord { seq, at, actor, cause, event };
        self.state.evolve(&record);
        record
    }
}
