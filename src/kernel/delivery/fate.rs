//! What becomes of one message, told from its events: for a sender who waits for it.

use super::Event;
use crate::domain::{AgentId, MessageId, MessageStatus};

/// Returns where a message stands after an event of its own; none if the event does not move it.
#[must_use]
pub fn standing_after(event: &Event) -> Option<MessageStatus> {
    Some(match event {
        Event::Typing { .. } => MessageStatus::Typing,
        Event::Held { reason, .. } => MessageStatus::Held { reason: reason.clone() },
        Event::Delivered { .. } => MessageStatus::Delivered { reason: None },
        Event::Unconfirmed { .. } => {
            MessageStatus::Delivered { reason: Some("submitted, no reaction seen".to_owned()) }
        }
        Event::Acknowledged { by, .. } => MessageStatus::Acknowledged { by: *by },
        Event::Expired { .. } => MessageStatus::Expired,
        Event::Dropped { reason, .. } => MessageStatus::Refused { reason: reason.clone() },
        Event::Accepted { .. } | Event::Noted { .. } | Event::Pulse { .. } => return None,
    })
}

/// One message as a waiting sender follows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Fate {
    message: MessageId,
    /// Where it stands.
    pub status: MessageStatus,
    /// The agent it was submitted to, once it was.
    pub submitted_to: Option<AgentId>,
}

impl Fate {
    /// Follows a message from where it stands.
    #[must_use]
    pub fn new(message: MessageId, status: MessageStatus) -> Fate {
        Fate { message, status, submitted_to: None }
    }

    /// Takes an event in; returns whether it moved this message.
    pub fn take(&mut self, event: &Event) -> bool {
        let (Event::Typing { message, to }
        | Event::Held { message, to, .. }
        | Event::Delivered { message, to }
        | Event::Unconfirmed { message, to }
        | Event::Acknowledged { message, to, .. }
        | Event::Expired { message, to }
        | Event::Dropped { message, to, .. }) = event
        else {
            return false;
        };
        if *message != self.message {
            return false;
        }
        if let Event::Delivered { .. } = event {
            self.submitted_to = Some(*to);
        }
        if let Some(status) = standing_after(event) {
            self.status = status;
        }
        true
    }

    /// Returns whether more will soon be known of it.
    #[must_use]
    pub fn is_under_way(&self) -> bool {
        matches!(self.status, MessageStatus::Typing | MessageStatus::Delivered { reason: None })
    }

    /// Returns whether it will never be submitted.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        matches!(self.status, MessageStatus::Refused { .. } | MessageStatus::Expired)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Source;

    #[test]
    fn a_message_is_followed_from_the_key_to_the_reaction_and_no_other_moves_it() {
        let (ours, to) = (MessageId(1), AgentId(4));
        let mut fate = Fate::new(ours, MessageStatus::Typing);
        assert!(!fate.take(&Event::Delivered { message: MessageId(2), to }));
        assert!(fate.take(&Event::Delivered { message: ours, to }) && fate.is_under_way());
        assert_eq!(fate.submitted_to, Some(to));
        assert!(fate.take(&Event::Acknowledged { message: ours, to, by: Source::Hook }));
        assert!(!fate.is_under_way() && !fate.is_lost());
        assert_eq!(fate.status.word(), "acknowledged");
        assert!(fate.take(&Event::Expired { message: ours, to }) && fate.is_lost());
    }
}
