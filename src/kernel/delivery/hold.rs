//! What a message must wait for.

use super::super::State;
use crate::domain::{AgentId, AgentState, Message, MessageStatus, Timestamp, WaitFor};

pub(super) const BEHIND: &str = "other messages wait before it";
pub(super) const SETTLING: &str = "it has not reacted to the message before";

/// Says what a message must wait for while this is seen of the agent; none if it is ready for input.
pub(in crate::kernel) fn hold_reason(state: &State, agent: AgentId) -> Option<&'static str> {
    let live = state.live(agent)?;
    let seen = &live.seen;
    match seen.state {
        AgentState::Starting | AgentState::Recovering => Some("it is not ready for input yet"),
        AgentState::Thinking | AgentState::Working => Some("it is busy"),
        AgentState::Waiting(WaitFor::Login) => Some("a person must log in"),
        AgentState::Waiting(_) => Some("it has a dialog open"),
        AgentState::Stopped => Some("it is not running"),
        AgentState::Idle | AgentState::Error if seen.draft => Some("something unsent stands in its input"),
        AgentState::Idle if live.is_replaced(seen) => Some("something else may stand where its program was"),
        AgentState::Idle | AgentState::Error => {
            let asks = state.approvals().of(agent).any(|open| open.answered.is_none() && !open.seen_waiting);
            let spent = || state.over_budget(agent).map(|_| "a budget that it spends from is used up");
            asks.then_some("it asks something").or_else(spent)
        }
    }
}

/// Returns where a message stands that is not off the queue yet.
pub(in crate::kernel) fn standing(state: &State, message: &Message, now: Timestamp) -> MessageStatus {
    if state.live(message.to).is_none() {
        return MessageStatus::Held { reason: "its agent is gone".to_owned() };
    }
    let typing = state.typing(message.to);
    if typing.is_some_and(|typing| typing.is_typing(message.id)) {
        return MessageStatus::Typing;
    }
    if let Some(reason) = hold_reason(state, message.to) {
        return MessageStatus::Held { reason: reason.to_owned() };
    }
    let first = state.mail(message.to).first().is_none_or(|first| first.id == message.id);
    let reason = match typing {
        Some(typing) if !typing.is_settled(now) => SETTLING,
        _ if first => "it is about to be typed",
        _ => BEHIND,
    };
    MessageStatus::Queued { reason: reason.to_owned() }
}
