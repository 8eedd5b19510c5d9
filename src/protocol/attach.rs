//! What a client that shows a session and the daemon say to each other on one WebSocket.
//!
//! Text messages are JSON. A binary message of the daemon is the frame of one pane: the agent's identity as four bytes,
//! little endian, then the frame as the terminal room writes it. A binary message of a client is what was pressed, as
//! [`press`](super::press) writes it. The newest state wins: a client that is slow gets fewer frames, never old ones.
//!
//! Versions: 1 has no binary messages of clients. 2 has them, and reads everything that 1 says.

use serde::{Deserialize, Serialize};

use crate::domain::{AgentId, BroadcastReport, Input, Route};

use super::{AgentView, ApprovalView, ChartView, Command, Problem, SpentView};

/// What a client says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
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
    },
    /// The chart as it is now; sent first, and whenever its structure changes.
    Chart {
        /// The chart.
        chart: Box<ChartView>,
    },
    /// One agent as it is now.
    Agent {
        /// The agent.
        agent: Box<AgentView>,
    },
    /// What agents ask, as it is now; sent whenever that changes.
    Approvals {
        /// Everything that waits for a person, the longest first.
        approvals: Vec<ApprovalView>,
    },
    /// Something passed between two agents, or from a person to one.
    Pulse {
        /// From whom.
        from: Option<AgentId>,
        /// To whom.
        to: AgentId,
    },
    /// The session has spent so much by now.
    Spent {
        /// Altogether.
        total: SpentView,
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

    /// What clients and daemons of version 1 say. Every later version must still read it.
    const TRANSCRIPT: [&str; 13] = [
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

    const ANSWERS: [&str; 7] = [
        r#"{"type":"welcome","protocol":1,"program":"0.1.0"}"#,
        r#"{"type":"pulse","from":null,"to":4}"#,
        r#"{"type":"answer","id":7,"result":{"Ok":{"answer":"created","id":3,"name":"x"}}}"#,
        r#"{"type":"answer","id":7,"result":{"Err":{"code":"conflict","error":"no","hint":"try"}}}"#,
        r#"{"type":"refused","problem":{"code":"not_found","error":"there is no agent `x`"}}"#,
        r#"{"type":"approvals","approvals":[{"id":1,"agent":"be-1","kind":"permission","answerable":true}]}"#,
        r#"{"type":"bye","reason":"the daemon ends"}"#,
    ];

    #[test]
    fn what_version_1_says_is_read_for_ever() {
        for line in TRANSCRIPT {
            let message: ClientMessage = serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}"));
            let again = serde_json::from_str(&serde_json::to_string(&message).unwrap()).unwrap();
            assert_eq!(message, again);
        }
        for line in ANSWERS {
            let message: ServerMessage = serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}"));
            let again = serde_json::from_str(&serde_json::to_string(&message).unwrap()).unwrap();
            assert_eq!(message, again);
        }
    }

    #[test]
    fn a_view_without_cards_is_said_as_it_always_was() {
        let view = ClientMessage::View { panes: Vec::new(), cards: Vec::new() };
        assert_eq!(serde_json::to_string(&view).unwrap(), r#"{"type":"view","panes":[]}"#);
        let view: ClientMessage = serde_json::from_str(TRANSCRIPT[1]).unwrap();
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
