//! What happened: the events of all parts, and the record of one.
//!
//! A session's state is the fold of its events; restore, the live feed and the record of the past are one mechanism.

use serde::{Deserialize, Serialize};

use super::join::{join, join_flat};
use super::kind::{Durability, Kept, Subject};
use super::{approval, broadcast, cost, delivery, life, org};
use crate::domain::{Actor, Timestamp};

join_flat! {
    /// One thing that happened in a session. In JSON it is one flat object; `type` names the part and the event, such
    /// as `delivery.accepted`.
    Event by "type" {
        /// The chart: teams and agents.
        "org" Org(org::Event),
        /// Processes, turns and conversations.
        "life" Life(life::Event),
        /// Messages.
        "delivery" Delivery(delivery::Event),
        /// What agents ask.
        "approval" Approval(approval::Event),
        /// What is spent.
        "cost" Cost(cost::Event),
        /// Keys to many agents.
        "broadcast" Broadcast(broadcast::Event),
    }
}

impl Event {
    /// The format of events that this program writes. It rises when the JSON of an event changes; the formats before it
    /// are still read.
    pub const FORMAT: u32 = 2;

    fn of_part(&self) -> &dyn Kept {
        match self {
            Event::Org(event) => event,
            Event::Life(event) => event,
            Event::Delivery(event) => event,
            Event::Approval(event) => event,
            Event::Cost(event) => event,
            Event::Broadcast(event) => event,
        }
    }

    /// Returns how the event is kept. A decision is durable, an observation is recorded.
    #[must_use]
    pub fn durability(&self) -> Durability {
        self.of_part().durability()
    }

    /// Returns what of the chart the event changes.
    #[must_use]
    pub fn subject(&self) -> Subject {
        self.of_part().subject()
    }
}

/// An event with its place in the session's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRecord {
    /// Its number. Numbers rise and are never given twice; an ephemeral event has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// When it happened.
    pub at: Timestamp,
    /// Who made it happen.
    pub actor: Actor,
    /// The number of the event that caused it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<u64>,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AgentId, Exit};

    #[test]
    fn an_event_is_one_flat_object_in_json() {
        let record = EventRecord {
            seq: Some(3),
            at: Timestamp(1_000),
            actor: Actor::Agent(AgentId(2)),
            cause: None,
            event: life::Event::Exited { agent: AgentId(2), exit: Exit::Code(1) }.into(),
        };
        let json = serde_json::to_string(&record).unwrap();
        assert_eq!(
            json,
            r#"{"seq":3,"at":1000,"actor":{"agent":2},"type":"life.exited","agent":2,"exit":{"code":1}}"#
        );
        assert_eq!(serde_json::from_str::<EventRecord>(&json).unwrap(), record);
        let first_format =
            r#"{"seq":3,"at":1000,"actor":{"agent":2},"type":"agent_exited","agent":2,"exit":{"code":1}}"#;
        assert_eq!(serde_json::from_str::<EventRecord>(first_format).unwrap(), record);
    }
}
