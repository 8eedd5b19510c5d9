//! What is decided of messages: accepted, typed, submitted, given up.

use std::sync::Arc;
use std::time::Duration;

use super::super::State;
use super::super::find::{agent_of, scope_of};
use super::super::outcome::{self, Decision};
use super::hold::{BEHIND, SETTLING, hold_reason};
use super::refusal::{LONGEST, MAILBOX};
use super::state::SETTLE_FOR;
use super::{Command, Effect, Event, Fact, Refusal, Reply, Timer, letter};
use crate::domain::{
    Actor, Agent, AgentId, AgentRef, AgentState, Message, MessageId, MessageStatus, Name, Observation,
    ScopeRef, Signal, Source, Timestamp,
};

type Decided = Result<Decision, outcome::Refusal>;

/// The most bytes of messages that wait for one agent.
const MAILBOX_BYTES: usize = 4 << 20;

/// How long after a pane did not type a message it is tried again, if nothing else happened.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// A text for one agent.
struct Letter {
    to: AgentRef,
    text: String,
    at_once: bool,
    expires_at: Option<Timestamp>,
}

/// A text for every agent of a scope.
struct Circular {
    scope: ScopeRef,
    text: String,
    at_once: bool,
    expires_at: Option<Timestamp>,
}

/// Decides on a command.
pub(in crate::kernel) fn decide(state: &State, from: Actor, command: Command, now: Timestamp) -> Decided {
    let until = |expires_for: Option<u64>| expires_for.map(|ms| now + Duration::from_millis(ms));
    match command {
        Command::Send { to, text, now: at_once, expires_for } => {
            let letter = Letter { to, text, at_once, expires_at: until(expires_for) };
            send(state, from, &letter, now)
        }
        Command::SendAll { scope, text, now: at_once, expires_for } => {
            let circular = Circular { scope, text, at_once, expires_at: until(expires_for) };
            send_all(state, from, &circular, now)
        }
        Command::Cancel { message } => cancel(state, message),
    }
}

/// Decides on what a pane told of a message.
pub(in crate::kernel) fn observe(state: &State, fact: Fact, now: Timestamp) -> Decision {
    let (Fact::Typed { agent, epoch, .. }
    | Fact::TypeRefused { agent, epoch, .. }
    | Fact::Submitted { agent, epoch, .. }
    | Fact::Noted { agent, epoch, .. }
    | Fact::SubmitRefused { agent, epoch, .. }) = fact;
    if state.live(agent).is_none_or(|live| live.epoch != epoch) {
        return Decision::default();
    }
    match fact {
        Fact::Typed { agent, message, .. } => typed(state, agent, message),
        Fact::TypeRefused { agent, message, reason, .. } => not_typed(state, agent, message, reason, now),
        Fact::Submitted { agent, message, .. } => submitted(state, agent, message, now),
        Fact::Noted { agent, message, note, .. } => noted(state, agent, message, note, now),
        Fact::SubmitRefused { agent, message, reason, .. } => not_submitted(state, agent, message, &reason),
    }
}

/// Decides on a message: typed now if the agent is ready and nothing waits before it, else held or refused.
fn send(state: &State, from: Actor, letter: &Letter, now: Timestamp) -> Decided {
    let agent = agent_of(state, &letter.to)?;
    let id = state.next_message();
    let (decision, status) = post(state, from, agent, id, letter, now)?;
    Ok(decision.reply(Reply::Message(id, agent.name.clone(), status)))
}

/// Decides on a message to each agent of a scope. A refusal by one does not keep it from the others.
fn send_all(state: &State, from: Actor, circular: &Circular, now: Timestamp) -> Decided {
    let text = letter::plain(&circular.text);
    if text.trim().is_empty() {
        return Err(Refusal::EmptyText.into());
    }
    let scope = scope_of(state, &circular.scope)?;
    let mut decision = Decision::default();
    let mut rows: Vec<(Name, Option<MessageId>, MessageStatus)> = Vec::new();
    let mut id = state.next_message();
    let others = state.org().within(scope).into_iter().filter(|id| from != Actor::Agent(*id));
    for agent in others.filter_map(|id| state.org().agent(id)) {
        let letter = Letter {
            to: agent.id.into(),
            text: text.clone(),
            at_once: circular.at_once,
            expires_at: circular.expires_at,
        };
        match post(state, from, agent, id, &letter, now) {
            Ok((posted, status)) => {
                decision = decision.and(posted);
                rows.push((agent.name.clone(), Some(id), status));
                id = MessageId(id.0 + 1);
            }
            Err(refusal) => {
                rows.push((agent.name.clone(), None, MessageStatus::Refused { reason: refusal.to_string() }));
            }
        }
    }
    Ok(decision.reply(Reply::Messages(rows)))
}

/// Decides to take back a message that was not typed yet.
fn cancel(state: &State, message: MessageId) -> Decided {
    let held = state.all_mail().find(|m| m.id == message).ok_or_else(|| {
        let over = state.finished().find(|f| f.message.id == message);
        over.map_or(Refusal::NoMessage(message), |f| Refusal::MessageOver(message, f.status.word()))
    })?;
    if typing(state, held.to, message) {
        return Err(Refusal::MessageOver(message, MessageStatus::Typing.word()).into());
    }
    let reason = "its sender took it back".to_owned();
    Ok(Decision::default().event(Event::Dropped { message, to: held.to, reason }))
}

/// Decides what a timer means by now.
pub(in crate::kernel) fn due(state: &State, timer: Timer, now: Timestamp) -> Decision {
    match timer {
        Timer::Settle { message, to } => settle(state, message, to, now),
        Timer::Deliver { to } => deliver_next(state, to, now),
        Timer::Expire { message, to } => {
            let waits = state.mail(to).iter().any(|m| m.id == message) && !typing(state, to, message);
            if waits { expired(message, to) } else { Decision::default() }
        }
    }
}

/// Types the next message that waits, if the agent is ready and has reacted to the one before.
pub(in crate::kernel) fn deliver_next(state: &State, to: AgentId, now: Timestamp) -> Decision {
    let (Some(agent), Some(live)) = (state.org().agent(to), state.live(to)) else {
        return Decision::default();
    };
    let free = live.is_up() && state.typing(to).is_none_or(|t| t.is_settled(now));
    if !free || state.mail(to).is_empty() || hold_reason(state, to).is_some() {
        return Decision::default();
    }
    let over = |message: &&Arc<Message>| message.expires_at.is_some_and(|at| at <= now);
    let waiting = state.mail(to);
    let decision = waiting
        .iter()
        .take_while(over)
        .fold(Decision::default(), |decision, message| decision.and(expired(message.id, to)));
    match waiting.iter().find(|message| !over(message)) {
        Some(message) => decision.and(type_in(state, agent, message)),
        None => decision,
    }
}

/// The text of a message stands in the agent's input, and has rested there: it is submitted, unless a dialog opened.
fn typed(state: &State, to: AgentId, message: MessageId) -> Decision {
    if !typing(state, to, message) {
        return Decision::default();
    }
    if let Some(AgentState::Waiting(_)) = state.live(to).map(|live| live.seen.state) {
        return drop_typing(state, to, DIALOG_OPENED).effect(Effect::Abandon { agent: to, message });
    }
    Decision::default().effect(Effect::Submit { agent: to, message })
}

/// The pane pressed the key that submits a message.
fn submitted(state: &State, to: AgentId, message: MessageId, now: Timestamp) -> Decision {
    let Some(live) = state.live(to).filter(|_| typing(state, to, message)) else {
        return Decision::default();
    };
    let decision = Decision::default()
        .event(Event::Delivered { message, to })
        .wake(now + SETTLE_FOR, Timer::Settle { message, to });
    // The agent may be seen to react before the word is here that the key was pressed.
    let typing = state.typing(to);
    let begun = live.turn_since.zip(typing).is_some_and(|(since, typing)| since >= typing.at);
    match live.seen.source.filter(|source| *source != Source::Activity) {
        Some(by) if begun && live.seen.state.is_busy() => decision.and(acknowledged(message, to, by)),
        Some(_) | None => decision,
    }
}

/// The pane says something about how it submitted a message; the agent has its time to react once more.
fn noted(state: &State, to: AgentId, message: MessageId, note: String, now: Timestamp) -> Decision {
    match state.typing(to).filter(|t| t.message == message && t.submitted) {
        Some(_) => Decision::default()
            .event(Event::Noted { message, to, note })
            .wake(now + SETTLE_FOR, Timer::Settle { message, to }),
        None => Decision::default(),
    }
}

/// The pane typed nothing of a message: it waits again.
fn not_typed(state: &State, to: AgentId, message: MessageId, reason: String, now: Timestamp) -> Decision {
    match state.typing(to).filter(|typing| typing.is_typing(message)) {
        Some(_) => Decision::default()
            .event(Event::Held { message, to, reason })
            .wake(now + AGAIN_AFTER, Timer::Deliver { to }),
        None => Decision::default(),
    }
}

/// The pane did not submit what it had typed.
fn not_submitted(state: &State, to: AgentId, message: MessageId, reason: &str) -> Decision {
    if typing(state, to, message) { drop_typing(state, to, reason) } else { Decision::default() }
}

/// The agent's program says that it took a prompt. If that was a message of ours, it has arrived.
pub(in crate::kernel) fn prompt_taken(state: &State, to: AgentId, signal: &Signal) -> Decision {
    let Signal::PromptTaken { text: said } = signal else { return Decision::default() };
    let typing = state.typing(to).filter(|t| t.submitted && !t.answered);
    let finished = |id| state.finished().rev().find(move |f| f.message.id == id);
    match typing.and_then(|t| finished(t.message)).filter(|f| letter::is_taken(&f.message, said.as_deref())) {
        Some(f) => acknowledged(f.message.id, to, Source::Hook),
        None => Decision::default(),
    }
}

/// What is seen of the agent may show that it took what was submitted: it is busy, and was not, or says so itself.
pub(in crate::kernel) fn reacted(state: &State, to: AgentId, before: &Observation) -> Decision {
    let typing = state.typing(to).filter(|t| t.submitted && !t.answered);
    let (Some(typing), Some(live)) = (typing, state.live(to)) else { return Decision::default() };
    let source = live.seen.source.unwrap_or(Source::Activity);
    let told = live.seen.state.is_busy() && (!before.state.is_busy() || source != Source::Activity);
    if told { acknowledged(typing.message, to, source) } else { Decision::default() }
}

/// After a crash of the daemon: times that were asked for are asked for again.
pub(in crate::kernel) fn resumed(state: &State, now: Timestamp) -> Decision {
    let mut decision = Decision::default();
    for message in state.all_mail() {
        if let Some(at) = message.expires_at {
            let timer = Timer::Expire { message: message.id, to: message.to };
            decision = decision.wake(at, timer);
        }
    }
    let waits = state.org().agents().filter(|agent| !state.mail(agent.id).is_empty());
    waits.fold(decision, |decision, agent| decision.wake(now + SETTLE_FOR, Timer::Deliver { to: agent.id }))
}

/// Gives up the message that is being typed, if there is one: it may have been half taken, so it is not typed again.
pub(in crate::kernel) fn drop_typing(state: &State, agent: AgentId, reason: &str) -> Decision {
    let typing = state.typing(agent).filter(|typing| !typing.submitted);
    typing.map_or_else(Decision::default, |typing| {
        let reason = reason.to_owned();
        Decision::default().event(Event::Dropped { message: typing.message, to: agent, reason })
    })
}

/// Gives up every message to an agent that leaves the chart.
pub(in crate::kernel) fn drop_mail(state: &State, agent: AgentId) -> Decision {
    let dropped = |message: &Arc<Message>| Event::Dropped {
        message: message.id,
        to: agent,
        reason: "the agent was deleted".to_owned(),
    };
    state.mail(agent).iter().fold(Decision::default(), |all, message| all.event(dropped(message)))
}

const DIALOG_OPENED: &str = "a dialog opened while it was being typed; nothing was submitted";

/// Decides on a message of our own, to be typed once what was decided before it has settled.
pub(in crate::kernel) fn follow_up(
    state: &State,
    from: Actor,
    to: AgentId,
    text: String,
    now: Timestamp,
) -> Decided {
    const SETTLES_WITHIN: Duration = Duration::from_millis(300);
    let (agent, id) = (agent_of(state, &to.into())?, state.next_message());
    let letter = Letter { to: to.into(), text, at_once: false, expires_at: None };
    // It must be acceptable now, although it is typed later.
    post(state, from, agent, id, &letter, now)?;
    let text = letter::plain(&letter.text);
    let message = Message { id, from, to, text, sent_at: now, expires_at: None };
    Ok(Decision::default()
        .event(Event::Accepted { message })
        .wake(now + SETTLES_WITHIN, Timer::Deliver { to }))
}

fn post(
    state: &State,
    from: Actor,
    agent: &Agent,
    id: MessageId,
    letter: &Letter,
    now: Timestamp,
) -> Result<(Decision, MessageStatus), outcome::Refusal> {
    let text = letter::plain(&letter.text);
    if text.trim().is_empty() {
        return Err(Refusal::EmptyText.into());
    }
    if text.len() > LONGEST {
        return Err(Refusal::TooLong.into());
    }
    if state.live(agent.id).is_none_or(|live| !live.runs()) {
        return Err(Refusal::NotRunning(agent.name.clone()).into());
    }
    let waiting = state.mail(agent.id);
    let bytes: usize = waiting.iter().map(|message| message.text.len()).sum();
    if waiting.len() >= MAILBOX || bytes + text.len() > MAILBOX_BYTES {
        return Err(Refusal::MailboxFull(agent.name.clone()).into());
    }
    if let Some(why) = state.over_budget(agent.id) {
        return Err(Refusal::OverBudget(agent.name.clone(), why).into());
    }
    let held = hold_reason(state, agent.id);
    let settling = state.typing(agent.id).is_some_and(|t| !t.is_settled(now));
    let queued = (!waiting.is_empty()).then_some(BEHIND).or(settling.then_some(SETTLING));
    if let Some(reason) = held.or(queued).filter(|_| letter.at_once) {
        return Err(Refusal::NotReady(agent.name.clone(), reason.to_owned()).into());
    }
    let expires_at = letter.expires_at;
    let message = Message { id, from, to: agent.id, text, sent_at: now, expires_at };
    let mut accepted = Decision::default().event(Event::Accepted { message: message.clone() });
    let reason = |reason: &str| reason.to_owned();
    let status = match (held, queued) {
        (Some(held), _) => MessageStatus::Held { reason: reason(held) },
        (None, Some(queued)) => MessageStatus::Queued { reason: reason(queued) },
        (None, None) => return Ok((accepted.and(type_in(state, agent, &message)), MessageStatus::Typing)),
    };
    if let Some(at) = expires_at {
        accepted = accepted.wake(at, Timer::Expire { message: id, to: agent.id });
    }
    Ok((accepted, status))
}

fn typing(state: &State, to: AgentId, message: MessageId) -> bool {
    state.typing(to).is_some_and(|typing| typing.is_typing(message))
}

fn settle(state: &State, message: MessageId, to: AgentId, now: Timestamp) -> Decision {
    let Some(typing) = state.typing(to).filter(|typing| typing.message == message) else {
        return Decision::default();
    };
    if !typing.is_settled(now) {
        return Decision::default();
    }
    let next = deliver_next(state, to, now);
    if typing.answered {
        return next;
    }
    Decision::default().event(Event::Unconfirmed { message, to }).and(next)
}

fn acknowledged(message: MessageId, to: AgentId, by: Source) -> Decision {
    Decision::default().event(Event::Acknowledged { message, to, by })
}

fn expired(message: MessageId, to: AgentId) -> Decision {
    Decision::default().event(Event::Expired { message, to })
}

fn type_in(state: &State, agent: &Agent, message: &Message) -> Decision {
    let (id, to) = (message.id, agent.id);
    let text = letter::typed(state, message);
    let typed = Decision::default().event(Event::Typing { message: id, to });
    let typed = typed.effect(Effect::Type { agent: to, message: id, text });
    let from = if let Actor::Agent(from) = message.from { Some(from) } else { None };
    typed.event(Event::Pulse { from, to })
}
