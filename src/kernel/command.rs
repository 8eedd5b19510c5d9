//! What anyone may ask of a session: the commands of all parts.

use super::join::{join, join_flat};
use super::{approval, broadcast, delivery, life, org};

join_flat! {
    /// One thing asked of a session. In JSON it is one flat object; `command` names the part and the command, such as
    /// `life.stop`.
    Command by "command" {
        /// The chart: teams and agents.
        "org" Org(org::Command),
        /// Processes, turns and conversations.
        "life" Life(life::Command),
        /// Messages.
        "delivery" Delivery(delivery::Command),
        /// What agents ask.
        "approval" Approval(approval::Command),
        /// Keys to many agents.
        "broadcast" Broadcast(broadcast::Command),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{TeamId, TeamRef};

    #[test]
    fn a_command_reads_the_way_a_script_would_write_it() {
        let moved = Command::Org(org::Command::MoveAgent {
            agent: "be-1".into(),
            team: Some(TeamRef::Id(TeamId(7))),
        });
        let json = r#"{"command":"org.move_agent","agent":"be-1","team":7}"#;
        assert_eq!(serde_json::from_str::<Command>(json).unwrap(), moved);
        assert_eq!(serde_json::to_string(&moved).unwrap(), json);
        let first_format = r#"{"command":"move_agent","agent":"be-1","team":7}"#;
        assert_eq!(serde_json::from_str::<Command>(first_format).unwrap(), moved);
    }

    #[test]
    fn a_command_that_is_not_known_or_is_wrong_is_named() {
        let error = |json: &str| serde_json::from_str::<Command>(json).unwrap_err().to_string();
        assert!(error(r#"{"command":"life.fly"}"#).starts_with("unknown variant `life.fly`"));
        assert_eq!(error(r#"{"command":"moon.fly"}"#), "there is no command `moon.fly`");
        assert_eq!(error(r#"{"command":"fly"}"#), "there is no command `fly`");
        assert_eq!(error(r#"{"command":"stop_agent"}"#), "missing field `agent`");
        assert_eq!(error("{}"), "missing field `command`");
    }
}
