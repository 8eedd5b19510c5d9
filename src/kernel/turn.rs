//! What a program tells of itself beside its screen: prompts taken, turns ended, the conversation it is in; and what
//! is seen of turns where it tells nothing.

use crate::domain::{
    AgentId, AgentState, Conversation, Event, Observation, Signal, Timestamp, clean, cut, typeable,
};

use super::{Decision, Live, State, approval, mail};

/// The most of what a model said that is told, in bytes.
const TOLD: usize = 32 << 10;

/// The longest number of a conversation, in bytes.
const CONVERSATION: usize = 200;

/// Folds in what a program told.
pub(super) fn signalled(
    state: &State,
    agent: AgentId,
    live: &Live,
    signal: Signal,
    now: Timestamp,
) -> Decision {
    match signal {
        Signal::PromptTaken { text } => {
            began(live, agent, true).and(mail::prompt_taken(state, agent, text.as_deref()))
        }
        Signal::TurnEnded { text, error } => {
            let text = text.map(|text| told(&text)).filter(|text| !text.is_empty());
            let error = error.map(|error| clean(&error, 300));
            Decision::default().event(Event::TurnEnded { agent, text, error })
        }
        Signal::Conversation { id, transcript } => {
            let usable = !id.is_empty() && id.len() <= CONVERSATION && !id.contains(char::is_control);
            let known = state.conversations(agent).last().is_some_and(|last| last.id == id);
            if !usable || known {
                return Decision::default();
            }
            let conversation = Conversation { id, transcript, since: now };
            Decision::default().event(Event::ConversationBegan { agent, conversation })
        }
        Signal::Asks(ask) => approval::asked(state, agent, live.epoch, ask, now),
        Signal::ToolRan { key } => approval::ran(state, agent, &key),
        Signal::AskSettled { key } => approval::settled(state, agent, key.as_deref()),
        // The state is the detector's to judge; what was used is nobody's here yet.
        Signal::State { .. }
        | Signal::Used(_)
        | Signal::Version { .. }
        | Signal::ToolCalled { .. }
        | Signal::ToolDone { .. } => Decision::default(),
    }
}

/// A turn begins where the agent was not busy and now is.
pub(super) fn began(live: &Live, agent: AgentId, busy: bool) -> Decision {
    if busy && live.turn_since.is_none() {
        return Decision::default().event(Event::TurnBegan { agent });
    }
    Decision::default()
}

/// Returns what is seen of the beginning of a turn.
pub(super) fn seen_to_begin(live: &Live, agent: AgentId, seen: &Observation) -> Decision {
    began(live, agent, seen.state.is_busy() && !live.seen.state.is_busy())
}

/// Returns what is seen of the end of a turn: the agent was at it and is ready again, and told nothing. An error that
/// was there before the turn began is none of it.
pub(super) fn seen_to_end(live: &Live, agent: AgentId, seen: &Observation) -> Decision {
    let over = matches!(seen.state, AgentState::Idle | AgentState::Error);
    let was_at_it = live.seen.state.is_busy()
        || matches!(live.seen.state, AgentState::Waiting(_))
        || (seen.state == AgentState::Error && live.seen.state != AgentState::Error);
    if live.turn_since.is_none() || !over || !was_at_it {
        return Decision::default();
    }
    let error = (seen.state == AgentState::Error).then(|| seen.reason.clone());
    Decision::default().event(Event::TurnEnded { agent, text: None, error })
}

/// What a model said, as it may be kept and shown on several lines.
fn told(text: &str) -> String {
    cut(typeable(text).trim(), TOLD).0.to_owned()
}
