//! What a program tells of itself beside its screen: prompts taken, turns ended, the conversation it is in; and what
//! is seen of turns where it tells nothing.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::{
    AgentId, AgentState, Conversation, Event, Observation, Signal, Timestamp, clean, cut, typeable,
};

use super::{Decision, Live, State, approval, limit, mail};

/// The most of what a model said that is told, in bytes.
const TOLD: usize = 32 << 10;

/// What nobody is known to have asked for is a turn if it lasts so long.
const LASTED: Duration = Duration::from_secs(1);

/// An agent that is ready so soon after it was interrupted or denied something was broken off by that.
const BREAKS_WITHIN: Duration = Duration::from_secs(2);

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
        Signal::PromptTaken { text } => began(live, agent, true, true)
            .and(prompted(state, agent))
            .and(mail::prompt_taken(state, agent, text.as_deref())),
        Signal::TurnEnded { text, error } => {
            let text = text.map(|text| told(&text)).filter(|text| !text.is_empty());
            let error = error.map(|error| clean(&error, 300)).or_else(|| limit::ended(live));
            Decision::default().event(Event::TurnEnded { agent, text, error })
        }
        Signal::Conversation { id, transcript, fresh } => {
            let usable = !id.is_empty() && id.len() <= CONVERSATION && !id.contains(char::is_control);
            let known = state.conversations(agent).last().is_some_and(|last| last.id == id);
            if !usable || known {
                return Decision::default();
            }
            let conversation = Conversation { id, transcript, since: now, prompted: !fresh };
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

/// The conversation that the agent is in has had a prompt, whether a turn is known to begin with it or not.
fn prompted(state: &State, agent: AgentId) -> Decision {
    match state.conversations(agent).last().filter(|last| !last.prompted).cloned() {
        Some(last) => {
            let conversation = Conversation { prompted: true, ..last };
            Decision::default().event(Event::ConversationBegan { agent, conversation })
        }
        None => Decision::default(),
    }
}

/// What a turn under way, or else the last one, was worth: whether there was anything in it for a person to look at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effort {
    /// When it began.
    #[serde(default)]
    began_at: Option<Timestamp>,
    /// Whether it is known to have had a prompt.
    #[serde(default)]
    prompted: bool,
    /// When it was last interrupted, denied what it asked, or said to have failed.
    #[serde(default)]
    broken_at: Option<Timestamp>,
}

impl Effort {
    pub(super) fn began(prompted: bool, at: Timestamp) -> Effort {
        Effort { began_at: Some(at), prompted, broken_at: None }
    }

    /// A text that was submitted turns out to be what it began with.
    pub(super) fn had_prompt(&mut self) {
        self.prompted = true;
    }

    pub(super) fn broken(&mut self, at: Timestamp) {
        self.broken_at = Some(at);
    }

    /// Returns whether it was more than a program's stirring: it had a prompt, or went on for a while.
    pub(super) fn is_turn(&self, now: Timestamp) -> bool {
        self.prompted || self.began_at.is_some_and(|at| now.since(at) >= LASTED)
    }

    /// Returns whether something was finished, as the agent is ready again: it was a turn, and nobody broke it off.
    pub(super) fn is_finished(&self, now: Timestamp) -> bool {
        self.is_turn(now) && self.broken_at.is_none_or(|at| now.since(at) >= BREAKS_WITHIN)
    }
}

/// A turn begins where the agent was not busy and now is.
pub(super) fn began(live: &Live, agent: AgentId, busy: bool, prompted: bool) -> Decision {
    if busy && live.turn_since.is_none() {
        // A text that was submitted is what it begins with.
        let prompted = prompted || live.typing.is_some_and(|typing| typing.submitted && !typing.answered);
        return Decision::default().event(Event::TurnBegan { agent, prompted });
    }
    Decision::default()
}

/// Returns what is seen of the beginning of a turn.
pub(super) fn seen_to_begin(live: &Live, agent: AgentId, seen: &Observation) -> Decision {
    began(live, agent, seen.state.is_busy() && !live.seen.state.is_busy(), false)
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
    let error = error.or_else(|| limit::ended(live));
    Decision::default().event(Event::TurnEnded { agent, text: None, error })
}

/// What a model said, as it may be kept and shown on several lines.
fn told(text: &str) -> String {
    cut(typeable(text).trim(), TOLD).0.to_owned()
}
