//! Messages: accepted, held until the agent is ready for input, typed at most once, submitted, accounted for.
//!
//! Nothing is ever typed into a dialog: an agent that waits for someone gets nothing, and one that opens a dialog
//! between the text and its submission is not sent the key that would approve it.

use crate::domain::{
    Actor, Agent, AgentId, AgentRef, AgentState, Event, Input as Pressed, Key, KeyCode, Message, MessageId,
    MessageStatus, Name, ScopeRef, Timestamp,
};

use super::{
    Decision, Effect, Phase, Refusal, Reply, SETTLE_FOR, SUBMIT_AFTER, State, Timer, agent_of, cost, scope_of,
};

/// The most messages that wait for one agent.
pub(super) const MAILBOX: usize = 100;

/// A text for one agent.
pub(super) struct Letter {
    pub(super) to: AgentRef,
    pub(super) text: String,
    pub(super) at_once: bool,
}

/// A text for every agent of a scope.
pub(super) struct Circular {
    pub(super) scope: ScopeRef,
    pub(super) text: String,
    pub(super) at_once: bool,
}

/// Decides on a message: typed now if the agent is ready and nothing waits before it, else held or refused.
pub(super) fn send(state: &State, from: Actor, letter: &Letter, now: Timestamp) -> Result<Decision, Refusal> {
    let agent = agent_of(state, &letter.to)?;
    let id = state.next_message();
    let (decision, status) = post(state, from, agent, id, letter, now)?;
    Ok(decision.reply(Reply::Message(id, status)))
}

/// Decides on a message to each agent of a scope. A refusal by one does not keep it from the others.
pub(super) fn send_all(
    state: &State,
    from: Actor,
    circular: &Circular,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    if circular.text.trim().is_empty() {
        return Err(Refusal::EmptyText);
    }
    let scope = scope_of(state, &circular.scope)?;
    let mut decision = Decision::default();
    let mut rows: Vec<(Name, Option<MessageId>, MessageStatus)> = Vec::new();
    let mut id = state.next_message();
    let others = state.org().within(scope).into_iter().filter(|id| from != Actor::Agent(*id));
    for agent in others.filter_map(|id| state.org().agent(id)) {
        let letter = Letter { to: agent.id.into(), text: circular.text.clone(), at_once: circular.at_once };
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
    let held = state.all_mail().find(|m| m.id == message).ok_or(Refusal::NoMessage(message))?;
    let typing = state.live(held.to).and_then(|live| live.typing).is_some_and(|t| t.message == message);
    if typing {
        return Err(Refusal::NoMessage(message));
    }
    let reason = "its sender took it back".to_owned();
    Ok(Decision::default().event(Event::MessageDropped { message, to: held.to, reason }))
}

/// Decides what a timer means by now.
pub(super) fn due(state: &State, timer: Timer, now: Timestamp) -> Decision {
    match timer {
        Timer::Submit { message, to } => submit(state, message, to, now),
        Timer::Settle { message, to } => {
            let live = state.live(to).filter(|l| l.typing.is_some_and(|t| t.message == message));
            live.map_or_else(Decision::default, |live| deliver_next(state, to, live.seen.state, now))
        }
    }
}

/// Types the next message that waits, if the agent is ready and has reacted to the one before.
pub(super) fn deliver_next(state: &State, to: AgentId, seen: AgentState, now: Timestamp) -> Decision {
    let free = state.live(to).is_some_and(|live| live.typing.is_none_or(|t| t.is_settled(now)));
    match (state.org().agent(to), state.mail(to).first()) {
        (Some(agent), Some(message))
            if free && hold_reason(seen).is_none() && cost::refused(state, to).is_none() =>
        {
            type_in(state, agent, message, now)
        }
        _ => Decision::default(),
    }
}

/// Gives up the message that is being typed, if there is one: it may have been half taken, so it is not typed again.
pub(super) fn drop_typing(state: &State, agent: AgentId, reason: &str) -> Decision {
    let typing = state.live(agent).and_then(|live| live.typing).filter(|typing| !typing.submitted);
    typing.map_or_else(Decision::default, |typing| {
        let reason = reason.to_owned();
        Decision::default().event(Event::MessageDropped { message: typing.message, to: agent, reason })
    })
}

fn post(
    state: &State,
    from: Actor,
    agent: &Agent,
    id: MessageId,
    letter: &Letter,
    now: Timestamp,
) -> Result<(Decision, MessageStatus), Refusal> {
    if letter.text.trim().is_empty() {
        return Err(Refusal::EmptyText);
    }
    let live = state.live(agent.id).filter(|live| matches!(live.phase, Phase::Up { .. } | Phase::Starting));
    let Some(live) = live else { return Err(Refusal::NotRunning(agent.name.clone())) };
    let waiting = state.mail(agent.id).len();
    if waiting >= MAILBOX {
        return Err(Refusal::MailboxFull(agent.name.clone()));
    }
    if let Some(why) = cost::refused(state, agent.id) {
        return Err(Refusal::OverBudget(agent.name.clone(), why));
    }
    let reason =
        hold_reason(live.seen.state).or((waiting > 0).then_some("other messages wait before it")).or(live
            .typing
            .is_some_and(|t| !t.is_settled(now))
            .then_some("it has not reacted to the message before"));
    if let Some(reason) = reason.filter(|_| letter.at_once) {
        return Err(Refusal::NotReady(agent.name.clone(), reason.to_owned()));
    }
    let message = Message { id, from, to: agent.id, text: letter.text.clone(), sent_at: now };
    let accepted = Decision::default().event(Event::MessageAccepted { message: message.clone() });
    Ok(match reason {
        Some(reason) => (accepted, MessageStatus::Held { reason: reason.to_owned() }),
        None => (accepted.and(type_in(state, agent, &message, now)), MessageStatus::Typing),
    })
}

/// Says what a message must wait for while the agent is in this state; none if it is ready for input.
fn hold_reason(state: AgentState) -> Option<&'static str> {
    match state {
        AgentState::Idle | AgentState::Error => None,
        AgentState::Starting | AgentState::Recovering => Some("it is not ready for input yet"),
        AgentState::Thinking | AgentState::Working => Some("it is busy"),
        AgentState::Waiting(_) => Some("it has a dialog open"),
        AgentState::Stopped => Some("it is not running"),
    }
}

fn type_in(state: &State, agent: &Agent, message: &Message, now: Timestamp) -> Decision {
    let (id, to) = (message.id, agent.id);
    let typed = Decision::default()
        .event(Event::MessageTyping { message: id, to })
        .effect(Effect::Press { agent: to, input: Pressed::Paste(fenced(state, message)) })
        .effect(Effect::Wake { at: now + SUBMIT_AFTER, timer: Timer::Submit { message: id, to } });
    match message.from {
        Actor::Agent(from) => typed.event(Event::Pulse { from: Some(from), to }),
        Actor::Person | Actor::Daemon => typed.event(Event::Pulse { from: None, to }),
    }
}

/// What an agent says to another is named as such, so that it is not taken for a person's order.
fn fenced(state: &State, message: &Message) -> String {
    match message.from {
        Actor::Person | Actor::Daemon => message.text.clone(),
        Actor::Agent(id) => match state.org().agent(id) {
            Some(sender) => {
                format!("[message from agent {} ({})]\n{}", sender.name, sender.role, message.text)
            }
            None => format!("[message from an agent that is gone]\n{}", message.text),
        },
    }
}

fn submit(state: &State, message: MessageId, to: AgentId, now: Timestamp) -> Decision {
    let live = state.live(to).filter(|l| l.typing.is_some_and(|t| t.message == message && !t.submitted));
    let Some(live) = live else { return Decision::default() };
    if let AgentState::Waiting(_) = live.seen.state {
        return drop_typing(state, to, "a dialog opened while it was being typed; nothing was submitted");
    }
    Decision::default()
        .event(Event::MessageDelivered { message, to })
        .effect(Effect::Press { agent: to, input: Pressed::Key(Key::plain(KeyCode::Enter)) })
        .effect(Effect::Wake { at: now + SETTLE_FOR, timer: Timer::Settle { message, to } })
}
