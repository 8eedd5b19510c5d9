//! Turns and conversations: what a program tells of them, and what is seen of them where it tells nothing.

use super::super::State;
use super::super::outcome::Decision;
use super::effort::BREAKS_WITHIN;
use super::{Event, Live, Present, limit};
use crate::domain::{
    AgentId, AgentState, Conversation, Observation, Signal, Timestamp, clean, cut, typeable,
};

/// The most of what a model said that is told, in bytes.
const TOLD: usize = 32 << 10;

/// The longest number of a conversation, in bytes.
const CONVERSATION: usize = 200;

/// Decides on what a program told of its turns and conversations.
pub(in crate::kernel) fn signalled(
    state: &State,
    agent: AgentId,
    signal: &Signal,
    now: Timestamp,
) -> Decision {
    let Some(live) = state.live(agent) else { return Decision::default() };
    match signal {
        Signal::PromptTaken { .. } => began(state, live, agent, true, true).and(prompted(state, agent)),
        Signal::TurnEnded { text, error } => {
            let text = text.as_deref().map(told).filter(|text| !text.is_empty());
            let error = error.as_deref().map(|error| clean(error, 300)).or_else(|| limit::ended(live));
            Decision::default().event(Event::TurnEnded { agent, text, error })
        }
        Signal::Conversation { id, transcript, fresh } => {
            let usable = !id.is_empty() && id.len() <= CONVERSATION && !id.contains(char::is_control);
            let known = state.conversations(agent).last().is_some_and(|last| last.id == *id);
            if !usable || known {
                return Decision::default();
            }
            let (id, transcript) = (id.clone(), transcript.clone());
            let conversation = Conversation { id, transcript, since: now, prompted: !fresh };
            Decision::default().event(Event::ConversationBegan { agent, conversation })
        }
        // They concern other parts, or none.
        Signal::Asks(_)
        | Signal::ToolRan { .. }
        | Signal::AskSettled { .. }
        | Signal::State { .. }
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

/// Returns whether something was finished, as the agent is ready again: it was a turn, and it was not broken off.
pub(super) fn is_finished(live: &Live, present: &Present, agent: AgentId, now: Timestamp) -> bool {
    let interrupted = present.interrupted.get(&agent).is_some_and(|at| now.since(*at) < BREAKS_WITHIN);
    live.effort.is_turn(now) && live.effort.is_unbroken(now) && !interrupted
}

/// A turn begins where the agent was not busy and now is.
fn began(state: &State, live: &Live, agent: AgentId, busy: bool, prompted: bool) -> Decision {
    if busy && live.turn_since.is_none() {
        // A submitted text is what it begins with.
        let typing = state.typing(agent);
        let prompted = prompted || typing.is_some_and(|typing| typing.submitted && !typing.answered);
        return Decision::default().event(Event::TurnBegan { agent, prompted });
    }
    Decision::default()
}

/// Returns what is seen of the beginning of a turn.
pub(super) fn seen_to_begin(state: &State, live: &Live, agent: AgentId, seen: &Observation) -> Decision {
    began(state, live, agent, seen.state.is_busy() && !live.seen.state.is_busy(), false)
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

/// One turn as a waiting sender follows it, told from an agent's events.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Turn {
    /// Whether it was seen to begin.
    pub began: bool,
    /// Whether it is over.
    pub over: bool,
    /// Whether its agent ended in it.
    pub gone: bool,
    /// The last thing the model said, if its program tells that.
    pub text: Option<String>,
    /// What went wrong, if the turn failed.
    pub error: Option<String>,
    /// What is seen of the agent, in words.
    pub seen: Option<String>,
}

impl Turn {
    /// Takes an event of the agent in.
    pub fn take(&mut self, event: &Event) {
        match event {
            Event::TurnBegan { .. } => self.began = true,
            Event::TurnEnded { text, error, .. } => {
                (self.over, self.text, self.error) = (true, text.clone(), error.clone());
            }
            Event::Observed { seen, .. } => self.see(seen),
            Event::Exited { exit, .. } => {
                (self.over, self.gone, self.error) = (true, true, Some(exit.to_string()));
            }
            _ => {}
        }
    }

    fn see(&mut self, seen: &Observation) {
        self.seen = Some(seen.reason.clone());
        if self.over && (seen.state.is_busy() || matches!(seen.state, AgentState::Waiting(_))) {
            // It only seemed to be over.
            (self.over, self.error) = (false, None);
        } else if self.over && seen.state == AgentState::Error {
            self.error = Some(seen.reason.clone());
        }
        // A sender who waits for a turn must know that the turn waits for a person.
        if let AgentState::Waiting(what) = seen.state {
            self.seen = Some(format!("it is waiting for {}: {}", what.word(), seen.reason));
        }
    }
}

/// What a model said, as it may be kept and shown on several lines.
fn told(text: &str) -> String {
    cut(typeable(text).trim(), TOLD).0.to_owned()
}
