//! What comes out of the kernel: the answer, the events, the effects; or why a command is refused.

use super::join::join;
use super::kind::{Explained, RefusalKind};
use super::{Event, EventRecord, Timer, approval, broadcast, delivery, find, life, org, policy};
use crate::domain::Timestamp;

join! {
    /// Something the daemon must do, once the events of the same outcome are kept.
    #[derive(Clone, Debug, PartialEq)]
    Effect {
        /// To a process.
        Life(life::Effect),
        /// To an input, for a message.
        Delivery(delivery::Effect),
        /// To answer what an agent asks.
        Approval(approval::Effect),
    } also {
        /// Come back at this time.
        Wake {
            /// When.
            at: Timestamp,
            /// With what.
            timer: Timer,
        },
    }
}

join! {
    /// The answer to a command.
    #[derive(Clone, Debug, PartialEq, Eq)]
    Reply {
        /// A team or an agent was made.
        Org(org::Reply),
        /// Agents were brought back.
        Life(life::Reply),
        /// What became of messages.
        Delivery(delivery::Reply),
        /// A broadcast was opened or closed.
        Broadcast(broadcast::Reply),
    } also {
        /// It is done.
        Done,
        /// It is done, in another way than was asked; this says how.
        Noted(String),
    }
}

join! {
    /// Why a command is refused.
    #[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
    #[error(transparent)]
    Refusal {
        /// What it names is not there.
        Unknown(find::Unknown),
        /// The principal may not ask for it.
        Denied(policy::Denied),
        /// The chart does not allow it.
        Org(org::Refusal),
        /// The process does not allow it.
        Life(life::Refusal),
        /// The message is not accepted.
        Delivery(delivery::Refusal),
        /// The answer is not accepted.
        Approval(approval::Refusal),
        /// The broadcast does not allow it.
        Broadcast(broadcast::Refusal),
    }
}

impl Refusal {
    fn of_part(&self) -> &dyn Explained {
        match self {
            Refusal::Unknown(refusal) => refusal,
            Refusal::Denied(refusal) => refusal,
            Refusal::Org(refusal) => refusal,
            Refusal::Life(refusal) => refusal,
            Refusal::Delivery(refusal) => refusal,
            Refusal::Approval(refusal) => refusal,
            Refusal::Broadcast(refusal) => refusal,
        }
    }

    /// Returns its kind.
    #[must_use]
    pub fn kind(&self) -> RefusalKind {
        self.of_part().kind()
    }

    /// Returns what a person can do about it, if there is something.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        self.of_part().hint()
    }
}

/// What came of one input.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Outcome {
    /// The answer to the asker.
    pub reply: Result<Reply, Refusal>,
    /// What happened, in order.
    pub events: Vec<EventRecord>,
    /// What must be done once the events are kept.
    pub effects: Vec<Effect>,
}

/// What a rule decided, before it is numbered and folded in.
#[derive(Debug, Default)]
pub(super) struct Decision {
    pub(super) reply: Option<Reply>,
    pub(super) events: Vec<Event>,
    pub(super) effects: Vec<Effect>,
}

impl Decision {
    pub(super) fn event(mut self, event: impl Into<Event>) -> Decision {
        self.events.push(event.into());
        self
    }

    pub(super) fn effect(mut self, effect: impl Into<Effect>) -> Decision {
        self.effects.push(effect.into());
        self
    }

    pub(super) fn wake(self, at: Timestamp, timer: impl Into<Timer>) -> Decision {
        self.effect(Effect::Wake { at, timer: timer.into() })
    }

    pub(super) fn reply(mut self, reply: impl Into<Reply>) -> Decision {
        self.reply = Some(reply.into());
        self
    }

    pub(super) fn and(mut self, other: Decision) -> Decision {
        self.events.extend(other.events);
        self.effects.extend(other.effects);
        self.reply = other.reply.or(self.reply);
        self
    }
}
