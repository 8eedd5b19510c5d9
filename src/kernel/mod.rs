//! The kernel: decides what happens in one session.
//!
//! `handle(input, now)` is synchronous, total and deterministic: no clock, no randomness, no I/O. It answers with
//! events, which the daemon makes durable, and effects, which the daemon performs afterwards. The state is the fold
//! of the events, so that restore after a crash, the live feed and the record of the past are one mechanism.
//! Facts enter here; bytes do not.

mod agent;
mod approval;
mod asked;
mod broadcast;
mod cost;
mod input;
mod letter;
mod life;
mod limit;
mod live;
mod mail;
mod outcome;
mod plan;
mod state;
mod team;
#[cfg(test)]
mod tests;
mod turn;

use std::time::Duration;

use crate::domain::{
    Actor, AgentId, AgentRef, AgentState, Command, Event, EventRecord, Message, MessageStatus, Name, Scope,
    ScopeRef, TeamRef, Timestamp, WaitFor, nearest,
};

use crate::price::{Budgets, Prices};

use asked::Approvals;
pub use asked::OpenApproval;
use broadcast::Broadcasts;
pub use cost::{budget_of, spent_in};
pub use input::{Fact, Input, Timer};
pub use limit::{Clock, time_limit, time_notice};
pub use live::{Live, Phase};
use live::{Typing, is_forced};
pub use outcome::{Effect, Outcome, Refusal, Reply};
pub use state::{Finished, State};
use turn::Effort;

/// What a rule decided, before it is numbered and folded in.
#[derive(Debug, Default)]
struct Decision {
    reply: Option<Reply>,
    events: Vec<Event>,
    effects: Vec<Effect>,
}

impl Decision {
    fn event(mut self, event: Event) -> Decision {
        self.events.push(event);
        self
    }

    fn effect(mut self, effect: Effect) -> Decision {
        self.effects.push(effect);
        self
    }

    fn reply(mut self, reply: Reply) -> Decision {
        self.reply = Some(reply);
        self
    }

    fn and(mut self, other: Decision) -> Decision {
        self.events.extend(other.events);
        self.effects.extend(other.effects);
        self.reply = other.reply.or(self.reply);
        self
    }
}

/// One session's decisions.
#[derive(Clone, Debug)]
pub struct Kernel {
    state: State,
    broadcasts: Broadcasts,
    present: approval::Present,
    /// When each agent's time limit is looked at next.
    looks: limit::Looks,
}

impl Kernel {
    /// Begins a session; the event returned is its first.
    pub fn open(name: Name, root: std::path::PathBuf, now: Timestamp) -> (Kernel, EventRecord) {
        let mut kernel = Kernel::of(State::default());
        let event = Event::SessionOpened { name, root };
        let record = kernel.record(event, Actor::Person, now);
        (kernel, record)
    }

    /// Brings a session back: a state that was kept, and what happened since.
    pub fn restore(kept: State, since: impl IntoIterator<Item = EventRecord>) -> Kernel {
        let mut kernel = Kernel::of(kept);
        since.into_iter().for_each(|record| kernel.state.evolve(&record));
        kernel
    }

    fn of(state: State) -> Kernel {
        Kernel {
            state,
            broadcasts: Broadcasts::default(),
            present: approval::Present::default(),
            looks: limit::Looks::new(),
        }
    }

    /// Takes over what may be spent from now on.
    pub fn limit(&mut self, budgets: Budgets) {
        self.state.limit(budgets);
    }

    /// Takes over the prices that are known from now on: what was spent at a price that was not known is estimated.
    pub fn price(&mut self, prices: &Prices) {
        self.state.price(prices);
    }

    /// Goes back to a state that was kept, since what was decided after it could not be. Open broadcasts stay open.
    pub fn begin_again(&mut self, kept: State) {
        let budgets = self.state.budgets().clone();
        self.state = kept;
        self.state.limit(budgets);
    }

    /// Returns the state.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Returns the agents that the plan followed last names, that this one does not, and that are there all the same.
    #[must_use]
    pub fn unplanned(&self, plan: &[Command]) -> Vec<&Name> {
        plan::unplanned(&self.state, plan)
    }

    /// Decides what comes of one input at `now`, and folds it in.
    pub fn handle(&mut self, input: Input, now: Timestamp) -> Outcome {
        if let Input::Fact(Fact::Used { agent, epoch, usage, estimate, day }) = input {
            return self.spend(agent, epoch, cost::Bill { usage, estimate, day }, now);
        }
        let overdue = match input {
            Input::Due(Timer::Overdue { agent }) => Some(agent),
            _ => None,
        };
        let told = match &input {
            Input::Fact(fact @ Fact::Observed { .. }) => Some(fact.clone()),
            _ => None,
        };
        let (actor, decided) = match input {
            Input::Asked { actor, command: Command::FollowPlan { commands } } => {
                return self.follow(actor, commands, now);
            }
            Input::Asked { actor, command } => (actor, self.decide(actor, command, now)),
            Input::Fact(fact) => {
                self.present.note(&fact, &self.state);
                (Actor::Daemon, Ok(life::observe(&self.state, fact, now)))
            }
            Input::Due(Timer::Confirm { approval }) => {
                (Actor::Daemon, Ok(approval::due(&self.state, approval, now)))
            }
            Input::Due(Timer::Overdue { agent }) => (Actor::Daemon, Ok(limit::due(&self.state, agent, now))),
            Input::Due(Timer::Regard { agent }) => {
                (Actor::Daemon, Ok(approval::regard(&self.state, &mut self.present, agent)))
            }
            Input::Due(timer) => (Actor::Daemon, Ok(mail::due(&self.state, &timer, now))),
        };
        let (reply, decision) = match decided {
            Ok(mut decision) => (Ok(decision.reply.take().unwrap_or(Reply::Done)), decision),
            Err(refusal) => (Err(refusal), Decision::default()),
        };
        let decision = approval::in_truth(&self.state, &mut self.present, told.as_ref(), decision, now);
        self.present.note_keys(&decision.effects, &self.state, now);
        let events: Vec<EventRecord> =
            decision.events.into_iter().map(|event| self.record(event, actor, now)).collect();
        let effects = decision.effects.into_iter().chain(self.watch_time(&events, overdue)).collect();
        debug_assert_eq!(self.state.org().check(), Ok(()), "a rule let the organisation come apart");
        Outcome { reply, events, effects }
    }

    /// Returns where a message stands that waits.
    #[must_use]
    pub fn standing(&self, message: &Message, now: Timestamp) -> MessageStatus {
        mail::standing(&self.state, message, now)
    }

    /// Returns what the next message to an agent would wait for; none if it is ready for input.
    #[must_use]
    pub fn hold_reason(&self, agent: AgentId) -> Option<&'static str> {
        self.state.live(agent).and_then(|live| mail::hold_reason(&self.state, live, agent, &live.seen))
    }

    /// Returns why something that is asked cannot be answered from here; none if it can.
    #[must_use]
    pub fn unanswerable(&self, open: &OpenApproval) -> Option<&'static str> {
        approval::unanswerable(&self.state, &self.present, open)
    }

    /// Takes the steps of a plan, each on what the one before left; if one is refused, none was taken.
    fn follow(&mut self, actor: Actor, commands: Vec<Command>, now: Timestamp) -> Outcome {
        let mut ahead = self.clone();
        let mut whole = Outcome { reply: Ok(Reply::Done), events: Vec::new(), effects: Vec::new() };
        for command in plan::steps(&self.state, &commands) {
            let step = ahead.handle(Input::Asked { actor, command }, now);
            if step.reply.is_err() {
                return step;
            }
            whole.events.extend(step.events);
            whole.effects.extend(step.effects);
        }
        if self.state.plan() != commands {
            whole.events.push(ahead.record(Event::PlanFollowed { commands }, actor, now));
        }
        *self = ahead;
        whole
    }

    fn record(&mut self, event: Event, actor: Actor, at: Timestamp) -> EventRecord {
        let seq = self.state.number(&event);
        let record = EventRecord { seq, at, actor, event };
        self.state.evolve(&record);
        record
    }

    fn decide(&mut self, actor: Actor, command: Command, now: Timestamp) -> Result<Decision, Refusal> {
        let state = &self.state;
        match command {
            Command::CreateTeam { name, parent, color } => team::create(state, name, parent.as_ref(), color),
            Command::RenameTeam { team, name } => team::rename(state, &team, name),
            Command::RecolorTeam { team, color } => team::recolor(state, &team, color),
            Command::MoveTeam { team, parent } => team::relocate(state, &team, parent.as_ref()),
            Command::DisbandTeam { team, members } => team::disband(state, &team, members),
            Command::CreateAgent(new) => agent::create(state, new),
            Command::RenameAgent { agent, name } => agent::rename(state, &agent, name),
            Command::ChangeLaunch { agent, launch } => agent::change_launch(state, &agent, launch),
            // Taken apart into its steps before it comes here.
            Command::FollowPlan { .. } => Ok(Decision::default()),
            Command::MoveAgent { agent, team } => agent::relocate(state, &agent, team.as_ref()),
            Command::PromoteAgent { agent } => agent::promote(state, &agent),
            Command::DeleteAgent { agent } => agent::delete(state, &agent),
            Command::StartAgent { agent } => life::start(state, &agent),
            Command::StopAgent { agent } => life::stop(state, &agent),
            Command::KillAgent { agent } => life::kill(state, &agent),
            Command::RestartAgent { agent } => life::restart(state, &agent),
            Command::ResumeAgent { agent, conversation } => life::resume(state, &agent, conversation),
            Command::ResumeAll => Ok(life::resume_all(state)),
            Command::NewConversation { agent } => life::converse_anew(state, &agent),
            // Turned into a message by whoever knows the program's word for it.
            Command::ClearConversation { agent } => {
                Err(Refusal::NoClear(agent_of(state, &agent)?.name.clone()))
            }
            Command::InterruptAgent { agent, force } => life::interrupt(state, &agent, force),
            Command::Answer { approval, verdict } => {
                approval::answer(state, &self.present, actor, approval, verdict, now)
            }
            Command::StartAll => Ok(life::start_all(state)),
            Command::StopAll => Ok(life::stop_all(state)),
            Command::Look { agent } => life::look(state, &agent),
            Command::Send { to, text, now: at_once, expires_for } => {
                let expires_at = expires_for.map(|ms| now + Duration::from_millis(ms));
                mail::send(state, actor, &mail::Letter { to, text, at_once, expires_at }, now)
            }
            Command::SendAll { scope, text, now: at_once, expires_for } => {
                let expires_at = expires_for.map(|ms| now + Duration::from_millis(ms));
                mail::send_all(state, actor, &mail::Circular { scope, text, at_once, expires_at }, now)
            }
            Command::CancelMessage { message } => mail::cancel(state, message),
            Command::Press { route, input } => self.broadcasts.press(state, &route, input),
            Command::OpenBroadcast { scope, include_dialogs } => {
                self.broadcasts.open(state, &scope, include_dialogs)
            }
            Command::CloseBroadcast { broadcast } => self.broadcasts.close(broadcast),
        }
    }
}

/// How long an agent has to show that it took what was submitted, before the next message may be typed.
const SETTLE_FOR: Duration = Duration::from_secs(2);

/// Returns whether an agent in this state asks a person.
fn asks_person(state: AgentState) -> bool {
    matches!(state, AgentState::Waiting(WaitFor::Approval | WaitFor::Answer | WaitFor::Login))
}

/// Finds the agent that is meant.
fn agent_of<'a>(state: &'a State, who: &AgentRef) -> Result<&'a crate::domain::Agent, Refusal> {
    match who {
        AgentRef::Id(id) => state.org().agent(*id),
        AgentRef::Name(name) => state.org().agent_named(name),
    }
    .ok_or_else(|| {
        let said = who.to_string();
        let meant = nearest(&said, state.org().agents().map(|a| a.name.as_str())).map(str::to_owned);
        Refusal::NoAgent(said, meant)
    })
}

/// Finds the team that is meant.
fn team_of<'a>(state: &'a State, which: &TeamRef) -> Result<&'a crate::domain::Team, Refusal> {
    match which {
        TeamRef::Id(id) => state.org().team(*id),
        TeamRef::Name(name) => state.org().team_named(name),
    }
    .ok_or_else(|| {
        let said = which.to_string();
        let meant = nearest(&said, state.org().teams().map(|t| t.name.as_str())).map(str::to_owned);
        Refusal::NoTeam(said, meant)
    })
}

/// Finds whom a broadcast is meant for.
fn scope_of(state: &State, scope: &ScopeRef) -> Result<Scope, Refusal> {
    match scope {
        ScopeRef::All => Ok(Scope::All),
        ScopeRef::Team(team) => Ok(Scope::Team(team_of(state, team)?.id)),
    }
}
