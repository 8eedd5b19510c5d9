//! What a client that shows a session and the daemon say to each other on one WebSocket.
//!
//! Text messages are JSON. A binary message of the daemon is the frame of one pane: the agent's identity as four bytes,
//! little endian, then the frame as the terminal room writes it. A binary message of a client is what was pressed, as
//! [`press`](super::press) writes it. The newest state wins: a client that is slow gets fewer frames, never old ones.
//!
//! A daemon begins with [`ServerMessage::Welcome`], a client with [`ClientMessage::Hello`]; then the client subscribes to
//! topics. The values of a topic stand under keys; each change is told as [`ServerMessage::Set`], and
//! [`ServerMessage::Current`] says that what was set so far belongs together. What one side does not know the other may
//! say all the same: unknown messages, fields, topics and features are ignored.
//!
//! Versions: 2 has hello, topics and binary messages of clients; it reads everything that a client of version 1 says.
//! A client of version 1 sees in the welcome that it is too old, and says so; one that goes on is refused.

use serde::{Deserialize, Serialize};

use crate::domain::{AgentId, BroadcastReport, Input, Route, TeamId};

use super::{Command, Problem};

/// What a client says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    /// The first message: who asks.
    Hello {
        /// The version of this protocol that it speaks.
        protocol: u32,
        /// What it can do beyond that; none is known yet.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        features: Vec<String>,
    },
    /// Tell the values of these topics from now on, and of no others.
    Subscribe {
        /// The topics.
        topics: Vec<Topic>,
        /// The last revision that was [current](ServerMessage::Current) in an earlier connection; none to begin anew.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<u64>,
    },
    /// These panes are in view, and these are their sizes; all others are not.
    View {
        /// The panes.
        panes: Vec<PaneView>,
        /// Agents that are shown small, as a card: their frames come now and then, and give their panes no size. One
        /// that is among the panes as well is a pane.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        cards: Vec<AgentId>,
    },
    /// Something was pressed. There is no answer unless it is refused.
    Press {
        /// To whom it goes.
        route: Route,
        /// What was pressed.
        input: Input,
    },
    /// Something is asked; the answer bears the same number.
    Ask {
        /// The number.
        id: u64,
        /// What is asked.
        command: Command,
    },
    /// The colours of the client's own terminal, for programs that ask; each `#rrggbb`.
    Colors {
        /// Of text.
        foreground: String,
        /// Behind text.
        background: String,
    },
    /// Something of a later version.
    #[serde(other)]
    Unknown,
}

/// What values are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// The session: a [`super::SessionView`] under the empty key.
    Session,
    /// Which teams and agents there are, in the order of the chart: a [`ChartOrder`] under the empty key.
    Chart,
    /// Teams, by their identities: a [`super::TeamView`] each.
    Team,
    /// Agents, by their identities: a [`super::AgentView`] each.
    Agent,
    /// What waits for a person, by its identity: a [`super::ApprovalView`] each.
    Approval,
    /// Something of a later version.
    #[serde(other)]
    Unknown,
}

impl Topic {
    /// Every topic there is.
    pub const ALL: [Topic; 5] = [Topic::Session, Topic::Chart, Topic::Team, Topic::Agent, Topic::Approval];

    /// Returns its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Topic::Session => "session",
            Topic::Chart => "chart",
            Topic::Team => "team",
            Topic::Agent => "agent",
            Topic::Approval => "approval",
            Topic::Unknown => "unknown",
        }
    }
}

/// Which teams and agents there are, in the order of the chart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartOrder {
    /// The teams.
    pub teams: Vec<TeamId>,
    /// The agents.
    pub agents: Vec<AgentId>,
}

/// A pane in view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaneView {
    /// Whose.
    pub agent: AgentId,
    /// Its rows.
    pub rows: u16,
    /// Its columns.
    pub cols: u16,
}

/// What the daemon says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// The first message: who answers.
    Welcome {
        /// The version of this protocol.
        protocol: u32,
        /// The daemon's program version.
        program: String,
        /// What it can do beyond that; none is known yet.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        features: Vec<String>,
    },
    /// What was subscribed to is told from here on.
    Subscribed {
        /// The revision after which values are told.
        revision: u64,
        /// Whether every value is told: what the client had before is to be forgotten.
        whole: bool,
    },
    /// A value changed.
    Set {
        /// What it is about.
        topic: Topic,
        /// Its key.
        key: String,
        /// The revision of this change; a later one has a larger number.
        revision: u64,
        /// The value; null when the key has none any more.
        value: Option<serde_json::Value>,
    },
    /// Every change up to this revision was told.
    Current {
        /// The revision.
        revision: u64,
    },
    /// Something passed between two agents, or from a person to one.
    Pulse {
        /// From whom.
        from: Option<AgentId>,
        /// To whom.
        to: AgentId,
    },
    /// Something a person should know, for the message line.
    Notice {
        /// What.
        text: String,
    },
    /// An agent wants something in the clipboard; it gets there only if the person agrees.
    Clipboard {
        /// The agent.
        agent: AgentId,
        /// What.
        text: String,
    },
    /// An agent rang the bell.
    Bell {
        /// The agent.
        agent: AgentId,
    },
    /// The answer to what was asked under this number.
    Answer {
        /// The number.
        id: u64,
        /// The answer.
        result: Result<Answer, Problem>,
    },
    /// Something that was pressed went nowhere.
    Refused {
        /// Why.
        problem: Problem,
    },
    /// The session is gone, or the daemon is about to end.
    Bye {
        /// Why.
        reason: String,
    },
    /// Something of a later version.
    #[serde(other)]
    Unknown,
}

/// What a command led to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// It is done.
    Done,
    /// It is done, in another way than was asked.
    Noted {
        /// How.
        note: String,
    },
    /// Everything that can go on does.
    Resumed {
        /// The names of the agents that go on in their conversations.
        resumed: Vec<String>,
        /// The names of those that begin anew, since they have none to go on in.
        #[serde(default)]
        anew: Vec<String>,
    },
    /// Something was made: a team, an agent, a message.
    Created {
        /// Its identity.
        id: u32,
        /// Its name.
        name: String,
    },
    /// What became of a message, or of one to each agent of a scope.
    Messages {
        /// One row an agent.
        messages: Vec<super::MessageReport>,
    },
    /// A broadcast would reach these.
    Broadcast {
        /// Its number.
        broadcast: crate::domain::BroadcastId,
        /// Its targets.
        targets: Vec<crate::domain::Target>,
    },
    /// What a broadcast's targets got.
    Report {
        /// What each got.
        report: BroadcastReport,
    },
}

/// A pane's frame on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaneFrame<'a> {
    /// Whose.
    pub agent: AgentId,
    /// The frame.
    pub frame: &'a [u8],
}

impl<'a> PaneFrame<'a> {
    /// Reads a binary message; none if it is too short to name an agent.
    #[must_use]
    pub fn read(message: &'a [u8]) -> Option<PaneFrame<'a>> {
        let (agent, frame) = message.split_first_chunk::<4>()?;
        Some(PaneFrame { agent: AgentId(u32::from_le_bytes(*agent)), frame })
    }

    /// Begins a binary message for this agent's pane; the frame is appended to it.
    #[must_use]
    pub fn begin(agent: AgentId) -> Vec<u8> {
        agent.0.to_le_bytes().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{Key, KeyCode};

    /// What clients of version 1 say. Every later version must still read it.
    const CLIENT_1: [&str; 13] = [
        r#"{"type":"view","panes":[{"agent":1,"rows":24,"cols":80}]}"#,
        r#"{"type":"view","panes":[{"agent":1,"rows":24,"cols":80}],"cards":[2,3]}"#,
        r#"{"type":"press","route":"executive","input":{"key":{"code":{"char":"x"}}}}"#,
        r#"{"type":"press","route":{"direct":3},"input":{"key":{"code":"enter","mods":4,"kind":"release"}}}"#,
        r#"{"type":"press","route":{"broadcast":2},"input":{"paste":"a\nb"}}"#,
        r#"{"type":"press","route":{"direct":"be-1"},"input":{"mouse":{"gesture":{"down":"left"},"column":3,"row":4}}}"#,
        r#"{"type":"ask","id":7,"command":{"command":"create_agent","name":"x","launch":{"command":["sh"]}}}"#,
        r#"{"type":"ask","id":8,"command":{"command":"open_broadcast","scope":{"team":"backend"}}}"#,
        r#"{"type":"ask","id":9,"command":{"command":"disband_team","team":4,"members":"keep"}}"#,
        r#"{"type":"ask","id":10,"command":{"command":"answer","approval":3,"verdict":{"answer":"deny","reason":"no"}}}"#,
        r#"{"type":"ask","id":11,"command":{"command":"send","to":4,"text":"go","expires_for":60000}}"#,
        r#"{"type":"ask","id":12,"command":{"command":"interrupt_agent","agent":"be-1"}}"#,
        r##"{"type":"colors","foreground":"#ffffff","background":"#000000"}"##,
    ];

    /// What clients of version 2 say besides.
    const CLIENT_2: [&str; 5] = [
        r#"{"type":"hello","protocol":2}"#,
        r#"{"type":"hello","protocol":2,"features":["later"]}"#,
        r#"{"type":"subscribe","topics":["session","chart","team","agent","approval"]}"#,
        r#"{"type":"subscribe","topics":["agent"],"since":1764557000123001}"#,
        r#"{"type":"press","route":{"direct":3},"input":{"key":{"code":{"char":"с"},"base":"c","mods":4}}}"#,
    ];

    /// What daemons of version 1 say that those of version 2 say too.
    const DAEMON_1: [&str; 6] = [
        r#"{"type":"welcome","protocol":1,"program":"0.1.0"}"#,
        r#"{"type":"pulse","from":null,"to":4}"#,
        r#"{"type":"answer","id":7,"result":{"Ok":{"answer":"created","id":3,"name":"x"}}}"#,
        r#"{"type":"answer","id":7,"result":{"Err":{"code":"conflict","error":"no","hint":"try"}}}"#,
        r#"{"type":"refused","problem":{"code":"not_found","error":"there is no agent `x`"}}"#,
        r#"{"type":"bye","reason":"the daemon ends"}"#,
    ];

    /// What daemons of version 2 say besides.
    const DAEMON_2: [&str; 7] = [
        r#"{"type":"welcome","protocol":2,"program":"0.2.0","features":["later"]}"#,
        r#"{"type":"subscribed","revision":1764557000123000,"whole":true}"#,
        r#"{"type":"set","topic":"chart","key":"","revision":1764557000123001,"value":{"teams":[1],"agents":[1,2]}}"#,
        r#"{"type":"set","topic":"agent","key":"2","revision":1764557000123002,"value":{"id":2,"name":"be-1"}}"#,
        r#"{"type":"set","topic":"approval","key":"9","revision":1764557000123003,"value":null}"#,
        r#"{"type":"current","revision":1764557000123003}"#,
        r#"{"type":"notice","text":"cannot save"}"#,
    ];

    /// What a version to come may say, to either side.
    const LATER: [&str; 2] =
        [r#"{"type":"moon","phase":{"of":[1,2]}}"#, r#"{"type":"approvals","approvals":[{"id":1}]}"#];

    fn read<T: serde::de::DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(line: &str) -> T {
        let message: T = serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}"));
        let again = serde_json::from_str(&serde_json::to_string(&message).unwrap()).unwrap();
        assert_eq!(message, again);
        message
    }

    #[test]
    fn what_versions_1_and_2_say_is_read_for_ever() {
        for line in CLIENT_1.iter().chain(&CLIENT_2) {
            assert_ne!(read::<ClientMessage>(line), ClientMessage::Unknown, "{line}");
        }
        for line in DAEMON_1.iter().chain(&DAEMON_2) {
            assert_ne!(read::<ServerMessage>(line), ServerMessage::Unknown, "{line}");
        }
    }

    #[test]
    fn what_is_not_known_is_ignored_on_both_sides() {
        for line in LATER {
            assert_eq!(serde_json::from_str::<ClientMessage>(line).unwrap(), ClientMessage::Unknown);
            assert_eq!(serde_json::from_str::<ServerMessage>(line).unwrap(), ServerMessage::Unknown);
        }
        let said = r#"{"type":"subscribe","topics":["agent","moon"],"phase":3}"#;
        let ClientMessage::Subscribe { topics, since: None } = serde_json::from_str(said).unwrap() else {
            panic!("it subscribes to nothing")
        };
        assert_eq!(topics, [Topic::Agent, Topic::Unknown]);
        let said = r#"{"type":"set","topic":"moon","key":"1","revision":3,"value":{}}"#;
        let set = serde_json::from_str::<ServerMessage>(said).unwrap();
        assert!(matches!(set, ServerMessage::Set { topic: Topic::Unknown, .. }));
    }

    #[test]
    fn a_topic_has_the_word_by_which_it_is_written() {
        for topic in Topic::ALL {
            assert_eq!(serde_json::to_value(topic).unwrap(), topic.word());
        }
    }

    #[test]
    fn a_view_without_cards_is_said_as_it_always_was() {
        let view = ClientMessage::View { panes: Vec::new(), cards: Vec::new() };
        assert_eq!(serde_json::to_string(&view).unwrap(), r#"{"type":"view","panes":[]}"#);
        let view: ClientMessage = serde_json::from_str(CLIENT_1[1]).unwrap();
        assert!(matches!(view, ClientMessage::View { cards, .. } if cards == [AgentId(2), AgentId(3)]));
    }

    #[test]
    fn a_pane_frame_names_its_agent() {
        let mut bytes = PaneFrame::begin(AgentId(258));
        bytes.extend(b"frame");
        assert_eq!(PaneFrame::read(&bytes), Some(PaneFrame { agent: AgentId(258), frame: b"frame" }));
        assert_eq!(PaneFrame::read(&[1, 2]), None);
    }

    proptest! {
        #[test]
        fn garbage_is_refused_and_never_a_panic(text in ".{0,200}", key in any::<char>()) {
            let _ = serde_json::from_str::<ClientMessage>(&text);
            let press = ClientMessage::Press { route: Route::Executive, input: Input::Key(Key::plain(KeyCode::Char(key))) };
            let json = serde_json::to_string(&press).unwrap();
            prop_assert_eq!(serde_json::from_str::<ClientMessage>(&json).unwrap(), press);
            for cut in 0..json.len() {
                if let Some(part) = json.get(..cut) {
                    prop_assert!(serde_json::from_str::<ClientMessage>(part).is_err());
                }
            }
        }
    }
}
