//! What comes from the person's terminal, in the program's own words.

use crate::domain::{Key, Mouse};
use crate::tui::msg::Msg;
use crate::tui::outer::Outer;

/// One thing that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::tui) enum Heard {
    /// A key.
    Key(Key),
    /// Text pasted as one.
    Paste(String),
    /// A paste that was longer than any may be; it is dropped.
    PasteTooLong,
    /// Something done with the mouse.
    Mouse(Mouse),
    /// The window got or lost the person's attention.
    Focus(bool),
    /// The terminal answers a question.
    Reply(Reply),
    /// The window's size changed.
    Resized,
}

/// What a terminal answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::tui) enum Reply {
    /// It speaks the kitty keyboard protocol.
    Kitty,
    /// Its colour of text, `#rrggbb`.
    Foreground(String),
    /// Its colour behind text.
    Background(String),
    /// What it is: the last answer, which every terminal gives.
    Attributes,
}

impl Heard {
    /// Returns what it is to the screen; none if it is the terminal's answer, or nothing any more.
    pub(in crate::tui) fn msg(self) -> Option<Msg> {
        Some(match self {
            Heard::Key(key) => Msg::Key(key),
            Heard::Paste(text) => Msg::Paste(text),
            Heard::PasteTooLong => Msg::PasteTooLong,
            Heard::Mouse(mouse) => Msg::Mouse(mouse),
            Heard::Focus(attended) => Msg::Focus(attended),
            Heard::Resized => Msg::Resized(Outer::size().ok()?),
            Heard::Reply(_) => return None,
        })
    }
}
