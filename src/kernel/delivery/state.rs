//! What is known of messages: a fold of their events.

use std::sync::Arc;
use std::time::Duration;

use imbl::{OrdMap, Vector};
use serde::{Deserialize, Serialize};

use super::{Event, standing_after};
use crate::domain::{AgentId, Message, MessageId, MessageStatus, Timestamp, cut};

/// How long an agent has to show that it took what was submitted, before the next message may be typed.
pub(in crate::kernel) const SETTLE_FOR: Duration = Duration::from_secs(2);

/// How many messages are remembered with what became of them.
const FINISHED: usize = 200;

/// How much of each, in bytes.
const FINISHED_TEXT: usize = 4 << 10;

/// What is known of messages. A clone shares everything with its original.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The messages that wait for each agent, in the order in which they will be typed.
    pub(in crate::kernel) mail: OrdMap<AgentId, Vec<Arc<Message>>>,
    /// The message on its way through each agent's input.
    pub(in crate::kernel) typing: OrdMap<AgentId, Typing>,
    /// The messages that are off the queue, the oldest first.
    pub(in crate::kernel) finished: Vector<Arc<Finished>>,
    pub(in crate::kernel) last_message: u32,
}

/// A message on its way through an agent's input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typing {
    /// The message.
    pub message: MessageId,
    /// Whether it was submitted.
    pub submitted: bool,
    /// Whether the agent was seen to take it since.
    pub answered: bool,
    /// Since when it is so.
    pub at: Timestamp,
}

impl Typing {
    fn begun(message: MessageId, at: Timestamp) -> Typing {
        Typing { message, submitted: false, answered: false, at }
    }

    /// Returns whether the next message may follow: the agent has reacted, or had its time to.
    #[must_use]
    pub fn is_settled(&self, now: Timestamp) -> bool {
        self.submitted && (self.answered || now.since(self.at) >= SETTLE_FOR)
    }

    /// Returns whether this message was typed and is not submitted yet.
    pub(super) fn is_typing(&self, message: MessageId) -> bool {
        self.message == message && !self.submitted
    }
}

/// A message that is off the queue, and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finished {
    /// The message; of a long text only the beginning.
    pub message: Message,
    /// Whether that is all of its text.
    pub whole: bool,
    /// What became of it.
    pub status: MessageStatus,
    /// Since when.
    pub at: Timestamp,
    /// What is to be said about how it was submitted.
    #[serde(default)]
    pub note: Option<String>,
}

impl State {
    /// Returns the messages that wait for an agent.
    pub(in crate::kernel) fn mail(&self, agent: AgentId) -> &[Arc<Message>] {
        self.mail.get(&agent).map_or(&[], Vec::as_slice)
    }

    /// Forgets an agent.
    pub(in crate::kernel) fn forget(&mut self, agent: AgentId) {
        self.mail.remove(&agent);
        self.typing.remove(&agent);
    }

    /// An agent's process ended or is started again: what was typed went with it.
    pub(in crate::kernel) fn input_is_gone(&mut self, agent: AgentId) {
        self.typing.remove(&agent);
    }

    /// Folds one event in.
    pub(in crate::kernel) fn evolve(&mut self, event: &Event, at: Timestamp) {
        let status = standing_after(event);
        match event {
            Event::Accepted { message } => {
                self.last_message = self.last_message.max(message.id.0);
                let mut waiting = self.mail.get(&message.to).cloned().unwrap_or_default();
                waiting.push(Arc::new(message.clone()));
                self.mail.insert(message.to, waiting);
            }
            Event::Typing { message, to } => {
                self.typing.insert(*to, Typing::begun(*message, at));
            }
            Event::Held { message, to, .. } => self.untype(*to, *message),
            Event::Delivered { message, to } => {
                self.finish(*to, *message, status, at);
                self.typing.insert(*to, Typing { submitted: true, ..Typing::begun(*message, at) });
            }
            Event::Acknowledged { message, to, .. } => {
                self.judge(*message, status);
                self.change_typing(*to, *message, |typing| typing.answered = true);
            }
            Event::Unconfirmed { message, .. } => self.judge(*message, status),
            Event::Noted { message, to, note } => {
                // Its time to react begins anew.
                self.change_typing(*to, *message, |typing| typing.at = at);
                self.change_finished(*message, |finished| finished.note = Some(note.clone()));
            }
            Event::Expired { message, to } | Event::Dropped { message, to, .. } => {
                self.finish(*to, *message, status, at);
            }
            Event::Pulse { .. } => {}
        }
    }

    /// Takes a message off its queue, and remembers what became of it.
    fn finish(&mut self, to: AgentId, message: MessageId, status: Option<MessageStatus>, at: Timestamp) {
        self.untype(to, message);
        let Some(mut waiting) = self.mail.get(&to).cloned() else { return };
        let Some(place) = waiting.iter().position(|m| m.id == message) else { return };
        let mut taken = Message::clone(&waiting.remove(place));
        if waiting.is_empty() {
            self.mail.remove(&to);
        } else {
            self.mail.insert(to, waiting);
        }
        let (text, whole) = cut(&taken.text, FINISHED_TEXT);
        taken.text = text.to_owned();
        let Some(status) = status else { return };
        self.finished.push_back(Arc::new(Finished { message: taken, whole, status, at, note: None }));
        if self.finished.len() > FINISHED {
            self.finished.pop_front();
        }
    }

    fn judge(&mut self, message: MessageId, status: Option<MessageStatus>) {
        if let Some(status) = status {
            self.change_finished(message, |finished| finished.status = status);
        }
    }

    fn change_finished(&mut self, message: MessageId, change: impl FnOnce(&mut Finished)) {
        let place = self.finished.iter().rposition(|finished| finished.message.id == message);
        if let Some(finished) = place.and_then(|place| self.finished.get_mut(place)) {
            change(Arc::make_mut(finished));
        }
    }

    fn change_typing(&mut self, to: AgentId, message: MessageId, change: impl FnOnce(&mut Typing)) {
        if let Some(typing) = self.typing.get_mut(&to).filter(|typing| typing.message == message) {
            change(typing);
        }
    }

    fn untype(&mut self, to: AgentId, message: MessageId) {
        if self.typing.get(&to).is_some_and(|typing| typing.message == message) {
            self.typing.remove(&to);
        }
    }
}
