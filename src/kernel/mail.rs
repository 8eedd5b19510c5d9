//! Messages: accepted, held until the agent is ready for input, typed at most once, submitted, accounted for.
//!
//! Nothing is ever typed into a dialog: an agent that waits for someone gets nothing, and one that opens a dialog
//! between the text and its submission is not sent the key that would approve it. The pane, which knows a moment more
//! than this room, checks once more before the text and before the key, and says so if it did neither.

use std::time::Duration;

use crate::domain::{
    Actor, Agent, AgentId, AgentRef, AgentState, Event, Message, MessageId, MessageStatus, Name, Observation,
    ScopeRef, Source, Timestamp, WaitFor,
};

use super::{
    Decision, Effect, Live, Phase, Refusal, Reply, SETTLE_FOR, State, Timer, agent_of, cost, letter, scope_of,
};

/// The most messages that wait for one agent.
pub(super) const MAILBOX: usize = 100;

/// The most bytes of messages that wait for one agent.
const MAILBOX_BYTES: usize = 4 << 20;

/// How long after a pane did not type a message it is tried again, if nothing else happened.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// A text for one agent.
pub(super) struct Letter {
    pub(super) to: AgentRef,
    pub(super) text: String,
    pub(super) at_once: bool,
    pub(super) expires_at: Option<Timestamp>,
}

/// A text for every agent of a scope.
pub(super) struct Circular {
    pub(super) scope: ScopeRef,
    pub(super) text: String,
    pub(super) at_once: bool,
    pub(super) expires_at: Option<Timestamp>,
}

/// Decides on a message: typed now if the agent is ready and nothing waits before it, else held or refused.
pub(super) fn send(state: &State, from: Actor, letter: &Letter, now: Timestamp) -> Result<Decision, Refusal> {
    let agent = agent_of(state, &letter.to)?;
    let id = state.next_message();
    let (decision, status) = post(state, from, agent, id, letter, now)?;
    Ok(decision.reply(Reply::Message(id, agent.name.clone(), status)))
}

/// Decides on a message to each agent of a scope. A refusal by one does not keep it from the others.
pub(super) fn send_all(
    state: &State,
    from: Actor,
    circular: &Circular,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    let text = letter::plain(&circular.text);
    if text.trim().is_empty() {
        return Err(Refusal::EmptyText);
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
pub(super) fn cancel(state: &State, message: MessageId) -> Result<Decision, Refusal> {
    let held = state.all_mail().find(|m| m.id == message).ok_or_else(|| {
        let over = state.finished().find(|f| f.message.id == message);
        over.map_or(Refusal::NoMessage(message), |f| Refusal::MessageOver(message, f.status.word()))
    })?;
    if typing(state, held.to, message) {
        return Err(Refusal::MessageOver(message, MessageStatus::Typing.word()));
    }
    let reason = "its sender took it back".to_owned();
    Ok(Decision::default().event(Event::MessageDropped { message, to: held.to, reason }))
}

/// Decides what a timer means by now.
pub(super) fn due(state: &State, timer: &Timer, now: Timestamp) -> Decision {
    match *timer {
        Timer::Settle { message, to } => settle(state, message, to, now),
        Timer::Deliver { to } => {
            state.live(to).map_or_else(Decision::default, |live| deliver_next(state, to, &live.seen, now))
        }
        Timer::Expire { message, to } => {
            let waits = state.mail(to).iter().any(|m| m.id == message) && !typing(state, to, message);
            if waits { expired(message, to) } else { Decision::default() }
        }
        Timer::Confirm { .. } | Timer::Overdue { .. } | Timer::Regard { .. } => Decision::default(),
    }
}

/// Types the next message that waits, if the agent is ready and has reacted to the one before.
pub(super) fn deliver_next(state: &State, to: AgentId, seen: &Observation, now: Timestamp) -> Decision {
    let (Some(agent), Some(live)) = (state.org().agent(to), state.live(to)) else {
        return Decision::default();
    };
    let free = live.is_up() && live.typing.is_none_or(|t| t.is_settled(now));
    if !free || state.mail(to).is_empty() || hold_reason(state, live, to, seen).is_some() {
        return Decision::default();
    }
    let over = |message: &&Message| message.expires_at.is_some_and(|at| at <= now);
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
pub(super) fn typed(state: &State, to: AgentId, message: MessageId) -> Decision {
    let Some(live) = state.live(to).filter(|live| is_typing(live, message)) else {
        return Decision::default();
    };
    if let AgentState::Waiting(_) = live.seen.state {
        return drop_typing(state, to, DIALOG_OPENED).effect(Effect::Abandon { agent: to, message });
    }
    Decision::default().effect(Effect::Submit { agent: to, message })
}

/// The pane pressed the key that submits a message.
pub(super) fn submitted(state: &State, to: AgentId, message: MessageId, now: Timestamp) -> Decision {
    let Some(live) = state.live(to).filter(|live| is_typing(live, message)) else {
        return Decision::default();
    };
    let decision = Decision::default()
        .event(Event::MessageDelivered { message, to })
        .effect(Effect::Wake { at: now + SETTLE_FOR, timer: Timer::Settle { message, to } });
    // The agent may be seen to react before the word is here that the key was pressed.
    let begun = live.turn_since.zip(live.typing).is_some_and(|(since, typing)| since >= typing.at);
    match live.seen.source.filter(|source| *source != Source::Activity) {
        Some(by) if begun && live.seen.state.is_busy() => decision.and(acknowledged(message, to, by)),
        Some(_) | None => decision,
    }
}

/// The pane says something about how it submitted a message; the agent has its time to react once more.
pub(super) fn noted(
    state: &State,
    to: AgentId,
    message: MessageId,
    note: String,
    now: Timestamp,
) -> Decision {
    match state.live(to).and_then(|live| live.typing).filter(|t| t.message == message && t.submitted) {
        Some(_) => Decision::default()
            .event(Event::MessageNoted { message, to, note })
            .effect(Effect::Wake { at: now + SETTLE_FOR, timer: Timer::Settle { message, to } }),
        None => Decision::default(),
    }
}

/// The pane typed nothing of a message: it waits again.
pub(super) fn not_typed(
    state: &State,
    to: AgentId,
    message: MessageId,
    reason: String,
    now: Timestamp,
) -> Decision {
    match state.live(to).filter(|live| is_typing(live, message)) {
        Some(_) => Decision::default()
            .event(Event::MessageHeld { message, to, reason })
            .effect(Effect::Wake { at: now + AGAIN_AFTER, timer: Timer::Deliver { to } }),
        None => Decision::default(),
    }
}

/// The pane did not submit what it had typed.
pub(super) fn not_submitted(state: &State, to: AgentId, message: MessageId, reason: &str) -> Decision {
    match state.live(to).filter(|live| is_typing(live, message)) {
        Some(_) => drop_typing(state, to, reason),
        None => Decision::default(),
    }
}

/// The agent's program says that it took a prompt. If that was a message of ours, it has arrived.
pub(super) fn prompt_taken(state: &State, to: AgentId, said: Option<&str>) -> Decision {
    let typing = state.live(to).and_then(|live| live.typing).filter(|t| t.submitted && !t.answered);
    let finished = |id| state.finished().rev().find(move |f| f.message.id == id);
    match typing.and_then(|t| finished(t.message)).filter(|f| letter::is_taken(&f.message, said)) {
        Some(f) => acknowledged(f.message.id, to, Source::Hook),
        None => Decision::default(),
    }
}

/// What is seen of the agent may show that it took what was submitted: it is busy, and was not, or says so itself.
pub(super) fn reacted(live: &Live, to: AgentId, seen: &Observation) -> Decision {
    let Some(typing) = live.typing.filter(|t| t.submitted && !t.answered) else { return Decision::default() };
    let source = seen.source.unwrap_or(Source::Activity);
    let told = seen.state.is_busy() && (!live.seen.state.is_busy() || source != Source::Activity);
    if told { acknowledged(typing.message, to, source) } else { Decision::default() }
}

/// After a crash of the daemon: times that were asked for are asked for again.
pub(super) fn resumed(state: &State, now: Timestamp) -> Decision {
    let mut decision = Decision::default();
    for message in state.all_mail() {
        if let Some(at) = message.expires_at {
            let timer = Timer::Expire { message: message.id, to: message.to };
            decision = decision.effect(Effect::Wake { at, timer });
        }
    }
    let waits = state.org().agents().filter(|agent| !state.mail(agent.id).is_empty());
    waits.fold(decision, |decision, agent| {
        decision.effect(Effect::Wake { at: now + SETTLE_FOR, timer: Timer::Deliver { to: agent.id } })
    })
}

/// Gives up the message that is being typed, if there is one: it may have been half taken, so it is not typed again.
pub(super) fn drop_typing(state: &State, agent: AgentId, reason: &str) -> Decision {
    let typing = state.live(agent).and_then(|live| live.typing).filter(|typing| !typing.submitted);
    typing.map_or_else(Decision::default, |typing| {
        let reason = reason.to_owned();
        Decision::default().event(Event::MessageDropped { message: typing.message, to: agent, reason })
    })
}

/// Returns where a message stands that is not off the queue yet.
pub(super) fn standing(state: &State, message: &Message, now: Timestamp) -> MessageStatus {
    let Some(live) = state.live(message.to) else {
        return MessageStatus::Held { reason: "its agent is gone".to_owned() };
    };
    if typing(state, message.to, message.id) {
        return MessageStatus::Typing;
    }
    if let Some(reason) = hold_reason(state, live, message.to, &live.seen) {
        return MessageStatus::Held { reason: reason.to_owned() };
    }
    let first = state.mail(message.to).first().is_none_or(|first| first.id == message.id);
    let reason = match live.typing {
        Some(typing) if !typing.is_settled(now) => SETTLING,
        _ if first => "it is about to be typed",
        _ => BEHIND,
    };
    MessageStatus::Queued { reason: reason.to_owned() }
}

const BEHIND: &str = "other messages wait before it";
const SETTLING: &str = "it has not reacted to the message before";
const DIALOG_OPENED: &str = "a dialog opened while it was being typed; nothing was submitted";

/// Decides on a message of ours that follows something else that is decided now, when that is settled.
pub(super) fn follow_up(
    state: &State,
    from: Actor,
    to: AgentId,
    id: MessageId,
    text: String,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    const SETTLES_WITHIN: Duration = Duration::from_millis(300);
    let agent = agent_of(state, &to.into())?;
    let letter = Letter { to: to.into(), text, at_once: false, expires_at: None };
    let (_, _) = post(state, from, agent, id, &letter, now)?;
    let text = letter::plain(&letter.text);
    let message = Message { id, from, to, text, sent_at: now, expires_at: None };
    Ok(Decision::default()
        .event(Event::MessageAccepted { message })
        .effect(Effect::Wake { at: now + SETTLES_WITHIN, timer: Timer::Deliver { to } }))
}

fn post(
    state: &State,
    from: Actor,
    agent: &Agent,
    id: MessageId,
    letter: &Letter,
    now: Timestamp,
) -> Result<(Decision, MessageStatus), Refusal> {
    let text = letter::plain(&letter.text);
    if text.trim().is_empty() {
        return Err(Refusal::EmptyText);
    }
    if text.len() > letter::LONGEST {
        return Err(Refusal::TooLong);
    }
    let live = state.live(agent.id).filter(|live| matches!(live.phase, Phase::Up { .. } | Phase::Starting));
    let Some(live) = live else { return Err(Refusal::NotRunning(agent.name.clone())) };
    let waiting = state.mail(agent.id);
    let bytes: usize = waiting.iter().map(|message| message.text.len()).sum();
    if waiting.len() >= MAILBOX || bytes + text.len() > MAILBOX_BYTES {
        return Err(Refusal::MailboxFull(agent.name.clone()));
    }
    if let Some(why) = cost::refused(state, agent.id) {
        return Err(Refusal::OverBudget(agent.name.clone(), why));
    }
    let held = hold_reason(state, live, agent.id, &live.seen);
    let settling = live.typing.is_some_and(|t| !t.is_settled(now));
    let queued = (!waiting.is_empty()).then_some(BEHIND).or(settling.then_some(SETTLING));
    if let Some(reason) = held.or(queued).filter(|_| letter.at_once) {
        return Err(Refusal::NotReady(agent.name.clone(), reason.to_owned()));
    }
    let expires_at = letter.expires_at;
    let message = Message { id, from, to: agent.id, text, sent_at: now, expires_at };
    let mut accepted = Decision::default().event(Event::MessageAccepted { message: message.clone() });
    let reason = |reason: &str| reason.to_owned();
    let status = match (held, queued) {
        (Some(held), _) => MessageStatus::Held { reason: reason(held) },
        (None, Some(queued)) => MessageStatus::Queued { reason: reason(queued) },
        (None, None) => return Ok((accepted.and(type_in(state, agent, &message)), MessageStatus::Typing)),
    };
    if let Some(at) = expires_at {
        accepted = accepted.effect(Effect::Wake { at, timer: Timer::Expire { message: id, to: agent.id } });
    }
    Ok((accepted, status))
}

/// Says what a message must wait for while this is seen of the agent; none if it is ready for input.
pub(super) fn hold_reason(
    state: &State,
    live: &Live,
    agent: AgentId,
    seen: &Observation,
) -> Option<&'static str> {
    match seen.state {
        AgentState::Starting | AgentState::Recovering => Some("it is not ready for input yet"),
        AgentState::Thinking | AgentState::Working => Some("it is busy"),
        AgentState::Waiting(WaitFor::Login) => Some("somebody must log in"),
        AgentState::Waiting(_) => Some("it has a dialog open"),
        AgentState::Stopped => Some("it is not running"),
        AgentState::Idle | AgentState::Error if seen.draft => Some("something unsent stands in its input"),
        AgentState::Idle if live.is_replaced(seen) => Some("something else may stand where its program was"),
        AgentState::Idle | AgentState::Error => {
            let asks = state.approvals().of(agent).any(|open| open.answered.is_none() && !open.seen_waiting);
            let spent = || cost::refused(state, agent).map(|_| "a budget that it spends from is used up");
            asks.then_some("it asks something").or_else(spent)
        }
    }
}

fn typing(state: &State, to: AgentId, message: MessageId) -> bool {
    state.live(to).is_some_and(|live| is_typing(live, message))
}

fn is_typing(live: &Live, message: MessageId) -> bool {
    live.typing.is_some_and(|t| t.message == message && !t.submitted)
}

fn settle(state: &State, message: MessageId, to: AgentId, now: Timestamp) -> Decision {
    let Some((live, typing)) = state.live(to).and_then(|live| Some((live, live.typing?))) else {
        return Decision::default();
    };
    if typing.message != message || !typing.is_settled(now) {
        return Decision::default();
    }
    let next = deliver_next(state, to, &live.seen, now);
    if typing.answered {
        return next;
    }
    Decision::default().event(Event::MessageUnconfirmed { message, to }).and(next)
}

fn acknowledged(message: MessageId, to: AgentId, by: Source) -> Decision {
    Decision::default().event(Event::MessageAcknowledged { message, to, by })
}

fn expired(message: MessageId, to: AgentId) -> Decision {
    Decision::default().event(Event::MessageExpired { message, to })
}

fn type_in(state: &State, agent: &Agent, message: &Message) -> Decision {
    let (id, to) = (message.id, agent.id);
    let text = letter::typed(state, message);
    let typed = Decision::default().event(Event::MessageTyping { message: id, to });
    let typed = typed.effect(Effect::Type { agent: to, message: id, text });
    let from = if let Actor::Agent(from) = message.from { Some(from) } else { None };
    typed.event(Event::Pulse { from, to })
}
