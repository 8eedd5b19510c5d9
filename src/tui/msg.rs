//! What comes to the screen, and what it wants done: the two sides of `update`.

use ratatui::layout::Size;

use crate::client::Arrival;
use crate::domain::{AgentId, Key, Mouse};
use crate::protocol::{AgentDraft, BlueprintView, ClientMessage, Created, Explanation, MessageView};
use crate::terminal::History;

/// Something that happened.
#[derive(Debug)]
pub(super) enum Msg {
    /// A key.
    Key(Key),
    /// Text pasted as one.
    Paste(String),
    /// A paste that was too long, and is dropped.
    PasteTooLong,
    /// Something done with the mouse; its place is the window's.
    Mouse(Mouse),
    /// The window has this size now.
    Resized(Size),
    /// The window got or lost the person's attention.
    Focus(bool),
    /// The daemon said something.
    Arrived(Arrival),
    /// The connection broke.
    Lost(String),
    /// A new connection stands; everything will be said anew.
    Connected,
    /// Time has passed.
    Tick,
    /// What an agent printed.
    History(AgentId, Result<History, String>),
    /// Why an agent is believed to be in its state.
    Explained(Result<Explanation, String>),
    /// The messages that wait.
    Held(Result<Vec<MessageView>, String>),
    /// The blueprints that are found in the session.
    Blueprints(Result<Vec<BlueprintView>, String>),
    /// An agent was made from a blueprint, or not; the text says so.
    Made(String, Result<Created, String>),
    /// A layout was written, or not.
    Saved(String, Result<std::path::PathBuf, String>),
}

/// Something to be done by whoever has hands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cmd {
    /// Say this to the daemon.
    Say(ClientMessage),
    /// Put this into the person's clipboard.
    Copy(String),
    /// Ring the person's bell.
    Ring,
    /// Tell the person, wherever they look: a title, and what it is about.
    Notify(String, String),
    /// Read back what an agent printed.
    Fetch(AgentId),
    /// Ask why an agent is believed to be in its state.
    Explain(String),
    /// Ask which messages wait.
    Held,
    /// Ask which blueprints there are.
    Blueprints,
    /// Make an agent from a blueprint; the text is said once it is done.
    Make(Box<AgentDraft>, String),
    /// Write a layout under a name.
    Save(String, String),
    /// Draw everything anew.
    Redraw,
    /// Close the window.
    Leave,
    /// Close the window, and say why: the session is gone, or the daemon ends.
    End(String),
}
