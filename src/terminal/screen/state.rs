//! What a terminal remembers besides its cells, pen and margins: modes, character sets, saved cursors.

use std::sync::Arc;

use super::Screen;
use super::charset::Charsets;
use super::keyboard::Keyboard;
use super::tabs::TabStops;
use crate::domain::Position;
use crate::terminal::grid::Buffer;
use crate::terminal::modes::{CursorShape, Modes};
use crate::terminal::palette::Colors;
use crate::terminal::pen::Pen;

/// The most titles a program can lay aside (XTWINOPS 22).
pub const MAX_TITLES: usize = 8;

/// What a terminal remembers.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Whether rows are counted from the top margin (DECOM).
    pub origin: bool,
    /// Whether text goes on in the next row when its row is full (DECAWM).
    pub autowrap: bool,
    /// Whether a backspace in the first column goes back to the row before (45).
    pub reverse_wrap: bool,
    /// Whether characters push those to the right of them aside (IRM).
    pub insert: bool,
    /// The character sets.
    pub charsets: Charsets,
    /// The tab stops.
    pub tabs: TabStops,
    /// What the program asked about keys, pastes and the mouse, except what belongs to one buffer.
    pub modes: Modes,
    /// What the cursor looks like.
    pub shape: CursorShape,
    /// Whether it shows (DECTCEM).
    pub visible: bool,
    /// The name of the window.
    pub title: Arc<str>,
    /// Names laid aside.
    pub titles: Vec<Arc<str>>,
    /// Colours asked about and set.
    pub colors: Colors,
    /// What belongs to each buffer.
    pub pages: [Page; 2],
}

/// What belongs to one buffer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The saved cursor.
    pub saved: Option<Saved>,
    /// What was asked of the kitty keyboard protocol.
    pub keyboard: Keyboard,
}

/// A saved cursor (DECSC) with everything that is saved with it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Saved {
    /// Where it was; one past the last column if the next character would have wrapped.
    pub at: Position,
    /// The pen.
    pub pen: Pen,
    /// The character sets.
    pub charsets: Charsets,
    /// Whether rows were counted from the top margin.
    pub origin: bool,
}

impl Default for State {
    /// Returns what a terminal remembers before any output.
    fn default() -> State {
        State {
            origin: false,
            autowrap: true,
            reverse_wrap: false,
            insert: false,
            charsets: Charsets::default(),
            tabs: TabStops::default(),
            modes: Modes { alternate_scroll: true, ..Modes::default() },
            shape: CursorShape::Default,
            visible: true,
            title: Arc::from(""),
            titles: Vec::new(),
            colors: Colors::default(),
            pages: [Page::default(), Page::default()],
        }
    }
}

impl State {
    /// Returns whether text can be passed on without a look at each character.
    pub fn is_simple(&self) -> bool {
        self.autowrap
            && !self.insert
            && self.charsets.is_ascii()
            && self.tabs.is_default()
            && !self.modes.newline
    }
}

impl Screen {
    /// Returns what belongs to the buffer that is shown.
    pub(super) fn page(&self) -> &Page {
        let [primary, alternate] = &self.state.pages;
        match self.grid.active() {
            Buffer::Primary => primary,
            Buffer::Alternate => alternate,
        }
    }

    /// Returns what belongs to the buffer that is shown.
    pub(super) fn page_mut(&mut self) -> &mut Page {
        let [primary, alternate] = &mut self.state.pages;
        match self.grid.active() {
            Buffer::Primary => primary,
            Buffer::Alternate => alternate,
        }
    }
}
