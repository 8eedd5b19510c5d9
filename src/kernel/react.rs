//! What an event of one part causes in another. This is the only place where parts meet.
//!
//! * [`first`] says what other parts decide before an event takes place, while what it ends is still there.
//! * [`State::evolve`] folds an event into its own part, and says what it changes in the state of another.
//! * [`then`] says what other parts decide once it has taken place.
//! * [`hear`] says which parts a fact that concerns several goes to.

use super::outcome::Decision;
use super::present::Present;
use super::{Event, EventRecord, Fact, Refusal, State};
use super::{approval, cost, delivery, life, org};
use crate::domain::{Actor, AgentId, Observation, Timestamp, Verdict};

/// What was so before an event, as far as what follows it must know.
#[derive(Debug, Default)]
pub(super) struct Before {
    seen: Option<Observation>,
    purses: Vec<cost::Purse>,
    denied: Option<(Actor, String)>,
}

impl Before {
    /// Notes what was so before an event.
    pub(super) fn of(state: &State, event: &Event) -> Before {
        match event {
            Event::Life(life::Event::Observed { agent, .. }) => {
                Before { seen: state.live(*agent).map(|live| live.seen.clone()), ..Before::default() }
            }
            Event::Cost(cost::Event::Used { agent, .. }) => {
                Before { purses: cost::purses(state, *agent), ..Before::default() }
            }
            Event::Approval(event) => {
                Before { denied: approval::denial_told(state, event), ..Before::default() }
            }
            _ => Before::default(),
        }
    }
}

/// Returns what other parts decide before an event takes place.
pub(super) fn first(state: &State, present: &Present, event: &Event) -> Decision {
    let ended = |agent: &AgentId, typing: &str, asking: &str| {
        delivery::drop_typing(state, *agent, typing).and(approval::ended(
            state,
            &present.approval,
            *agent,
            asking,
        ))
    };
    match event {
        Event::Org(org::Event::AgentDeleted { agent }) => delivery::drop_mail(state, *agent),
        Event::Life(life::Event::Exited { agent, .. }) => ended(agent, "the agent ended", "its agent ended"),
        Event::Life(life::Event::StartFailed { agent, .. }) => {
            ended(agent, "the agent could not be started", "its agent could not be started")
        }
        _ => Decision::default(),
    }
}

impl State {
    /// Folds one event in: into the state of its own part, and then into what it changes in others. It never refuses and
    /// never fails: what may happen was decided before the event was made.
    pub fn evolve(&mut self, record: &EventRecord) {
        self.last_seq = self.last_seq.max(record.seq.unwrap_or(0));
        let (at, seq) = (record.at, self.last_seq);
        match &record.event {
            Event::Org(event) => self.org.change(seq).evolve(event),
            Event::Life(event) => {
                let once = self.org().agent(event.agent()).is_some_and(|agent| agent.launch.once);
                self.life.change(seq).evolve(event, at, once);
            }
            Event::Delivery(event) => self.delivery.change(seq).evolve(event, at),
            Event::Approval(event) => {
                let live = self.life.value.live.get(&event.agent());
                let seen = live.map(|live| &live.seen);
                self.approval.change(seq).evolve(event, record.actor, at, seen);
            }
            Event::Cost(event) => self.cost.change(seq).evolve(event),
            Event::Broadcast(_) => {}
        }
        fold(self, record, seq);
    }
}

/// Folds an event into the state of other parts.
fn fold(state: &mut State, record: &EventRecord, seq: u64) {
    let at = record.at;
    match &record.event {
        Event::Org(org::Event::AgentCreated { agent }) => state.life.change(seq).add(agent.id, at),
        Event::Org(org::Event::AgentDeleted { agent }) => {
            state.life.change(seq).forget(*agent);
            state.delivery.change(seq).forget(*agent);
            state.approval.change(seq).forget(*agent);
            state.cost.change(seq).agent_is_gone(*agent);
        }
        Event::Org(org::Event::TeamDisbanded { team }) => state.cost.change(seq).team_is_gone(*team),
        Event::Life(life::Event::Starting { agent, .. } | life::Event::Exited { agent, .. }) => {
            state.delivery.change(seq).input_is_gone(*agent);
        }
        Event::Life(life::Event::Observed { agent, seen, .. }) => {
            state.approval.change(seq).observe(*agent, seen);
        }
        Event::Delivery(delivery::Event::Acknowledged { to, .. }) => state.life.change(seq).had_prompt(*to),
        Event::Approval(approval::Event::Answered { agent, verdict: Verdict::Deny { .. }, .. }) => {
            state.life.change(seq).broken(*agent, at);
        }
        _ => {}
    }
}

/// Returns what other parts decide once an event has taken place.
pub(super) fn then(
    state: &State,
    present: &mut Present,
    event: &Event,
    before: Before,
    now: Timestamp,
) -> Decision {
    match event {
        Event::Org(org::Event::AgentCreated { agent }) => life::begin(state, agent.id),
        Event::Org(org::Event::LaunchChanged { agent, .. }) => {
            let watched = life::watch(state, &mut present.life, *agent);
            life::begin_after_failure(state, *agent).and(watched)
        }
        Event::Org(org::Event::AgentDeleted { agent }) => {
            present.forget(*agent);
            Decision::default().effect(life::Effect::Erase { agent: *agent })
        }
        Event::Life(event) => after_life(state, present, event, before.seen, now),
        Event::Cost(cost::Event::Used { agent, .. }) => cost::crossings(state, *agent, &before.purses),
        Event::Cost(cost::Event::BudgetCrossed { spender, used_up: true, .. }) => {
            let stop = |agent| life::Effect::Interrupt { agent, force: false };
            let agents = cost::interrupted(state, *spender);
            agents.into_iter().fold(Decision::default(), |all, agent| all.effect(stop(agent)))
        }
        Event::Approval(event) => match before.denied {
            Some((by, text)) => after_denial(state, event, by, text, now),
            None => Decision::default(),
        },
        _ => Decision::default(),
    }
}

fn after_life(
    state: &State,
    present: &mut Present,
    event: &life::Event,
    before: Option<Observation>,
    now: Timestamp,
) -> Decision {
    let mut decision = Decision::default();
    if let (life::Event::Observed { agent, .. }, Some(before)) = (event, before) {
        decision = delivery::reacted(state, *agent, &before)
            .and(approval::observed(state, &mut present.approval, *agent, &before, now))
            .and(delivery::deliver_next(state, *agent, now));
    }
    match event {
        life::Event::Observed { agent, .. }
        | life::Event::TurnBegan { agent, .. }
        | life::Event::TurnEnded { agent, .. }
        | life::Event::Started { agent, .. }
        | life::Event::TimeLimitPassed { agent, .. } => {
            decision.and(life::watch(state, &mut present.life, *agent))
        }
        // The keys that interrupt may answer what is asked.
        life::Event::TurnBroken { agent } => {
            present.approval.key_pressed(state, *agent, now);
            decision
        }
        _ => decision,
    }
}

/// Keys carry no reason: it follows a denial as a message, and what became of it is noted.
fn after_denial(state: &State, event: &approval::Event, by: Actor, text: String, now: Timestamp) -> Decision {
    let approval::Event::Closed { approval, agent, .. } = event else { return Decision::default() };
    let (told, note) = match delivery::follow_up(state, by, *agent, text, now) {
        Ok(told) => (told, "the reason follows as a message".to_owned()),
        Err(why) => (Decision::default(), format!("the reason was not told: {why}")),
    };
    told.event(approval::Event::Noted { approval: *approval, agent: *agent, note })
}

/// Decides on a fact, in each part that it concerns.
pub(super) fn hear(state: &State, present: &mut Present, fact: Fact, now: Timestamp) -> Decision {
    match fact {
        Fact::Life(fact) => life::observe(state, &present.life, fact, now),
        Fact::Delivery(fact) => delivery::observe(state, fact, now),
        Fact::Approval(fact) => approval::observe(state, &mut present.approval, fact),
        Fact::Cost(fact) => cost::observe(state, fact),
        Fact::Resumed { alive } => resumed(state, present, &alive, now),
        Fact::Signalled { agent, epoch, signal } => {
            let up = state.live(agent).is_some_and(|live| live.epoch == epoch && live.is_up());
            if !up {
                return Decision::default();
            }
            life::signalled(state, agent, &signal, now)
                .and(delivery::prompt_taken(state, agent, &signal))
                .and(approval::signalled(state, &present.approval, agent, &signal, now))
        }
    }
}

/// After a crash or an upgrade of the daemon: an agent that lives goes on, an agent that does not has ended unseen, and
/// a text that was being typed is not typed twice.
fn resumed(state: &State, present: &mut Present, alive: &[(AgentId, u32, u32)], now: Timestamp) -> Decision {
    let asked = approval::resumed(state, &mut present.approval, alive.iter().map(|(agent, ..)| *agent), now);
    let mut decision = delivery::resumed(state, now).and(asked);
    for agent in state.org().in_order() {
        let found = alive.iter().find(|(id, ..)| *id == agent).map(|(_, epoch, pid)| (*epoch, *pid));
        let goes_on = state.live(agent).is_some_and(|live| {
            live.phase != life::Phase::Down && found.is_some_and(|(epoch, _)| epoch == live.epoch)
        });
        if goes_on {
            let why = "the daemon ended while it was being typed";
            decision = decision.and(delivery::drop_typing(state, agent, why));
        }
        decision = decision.and(life::resumed(state, agent, found));
    }
    decision
}

/// Decides on a command, in the part that it is for.
pub(super) fn decide(
    state: &State,
    present: &mut Present,
    actor: Actor,
    command: super::Command,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    match command {
        super::Command::Org(command) => org::decide(state, command),
        super::Command::Life(command) => life::decide(state, command),
        super::Command::Delivery(command) => delivery::decide(state, actor, command, now),
        super::Command::Approval(command) => Ok(approval::decide(state, &present.approval, command, now)?),
        super::Command::Broadcast(command) => present.broadcast.decide(state, command),
    }
}

/// Decides what a timer means by now, in the part that asked for it.
pub(super) fn due(state: &State, present: &mut Present, timer: super::Timer, now: Timestamp) -> Decision {
    match timer {
        super::Timer::Life(timer) => life::due(state, &mut present.life, timer, now),
        super::Timer::Delivery(timer) => delivery::due(state, timer, now),
        super::Timer::Approval(timer) => approval::due(state, &mut present.approval, timer, now),
    }
}
