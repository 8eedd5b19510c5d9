//! Copy mode: an agent's screen and scrollback under a cursor of one's own, with search and selection.
//!
//! It begins with what the screen shows, at once; the history takes its place when it arrives ([`Copy::fill`]) and
//! nothing moves. Output that comes meanwhile is not seen. It is a state machine and its drawing: it reads no clock,
//! asks for nothing and writes nowhere; what is copied is handed out as [`CopyReply::Take`].

mod act;
mod draw;
mod keys;
mod motion;
mod mouse;
mod place;
mod rows;
mod search;
mod selection;
mod status;

#[cfg(test)]
mod tests;

use crate::domain::AgentId;
use crate::terminal::{History, Line, Position};

pub(in crate::tui) use keys::KEYS;

use mouse::Held;
use place::{Folding, Place};
use rows::Spot;
use search::{Prompt, Search};
use selection::Selection;

/// Copy mode of one agent.
#[derive(Clone, Debug)]
pub(in crate::tui) struct Copy {
    agent: AgentId,
    /// The rows as they were written.
    source: History,
    /// The same, folded for the pane; never none.
    shown: History,
    /// How many older lines the history has not.
    left_out: u64,
    waits: bool,
    rows: u16,
    cols: u16,
    /// The first row of the view.
    top: usize,
    cursor: Spot,
    /// The column that going up and down aims at.
    wanted: u16,
    selection: Option<Selection>,
    search: Option<Search>,
    prompt: Option<Prompt>,
    held: Option<Held>,
    /// How many rows the person scrolled up that were not there yet.
    owed: usize,
}

/// What comes of something that a person did in copy mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::tui) enum CopyReply {
    /// Copy mode goes on.
    Stay,
    /// Copy mode ends.
    Leave,
    /// Copy mode ends, and this text is to be copied.
    Take(String),
    /// Copy mode goes on, and the person is to be told this.
    Say(String),
}

impl Copy {
    /// Begins copy mode in a pane of `size` (rows, columns) with what `screen` shows, the cursor being where the
    /// agent's own is.
    pub(in crate::tui) fn new(agent: AgentId, screen: &[Line], cursor: Position, size: (u16, u16)) -> Copy {
        let mut copy = Copy {
            agent,
            source: History::from(if screen.is_empty() { vec![Line::blank()] } else { screen.to_vec() }),
            shown: History::default(),
            left_out: 0,
            waits: true,
            rows: size.0.max(1),
            cols: size.1.max(1),
            top: 0,
            cursor: Spot::new(usize::from(cursor.row), cursor.col),
            wanted: 0,
            selection: None,
            search: None,
            prompt: None,
            held: None,
            owed: 0,
        };
        copy.shown = copy.source.clone();
        copy.fold(|place| place);
        copy.top = copy.max_top();
        copy.show_cursor();
        copy
    }

    /// Returns whose output this is.
    pub(in crate::tui) fn agent(&self) -> AgentId {
        self.agent
    }

    /// Takes the history that the screen is the end of. What the person looks at, has selected and searched stays
    /// where it is; if it is not in the history, it follows it.
    pub(in crate::tui) fn fill(&mut self, history: History) {
        self.waits = false;
        self.left_out = history.left_out();
        let mut lines = history.into_lines();
        let screen = Folding::new(self.source.lines());
        let count = Folding::new(&lines).len();
        let shift = match Folding::new(&lines).find(&screen) {
            Some(shift) => {
                // The blank rows below a prompt are part of the view, though not of the history.
                let missing = (shift.line + screen.len()).saturating_sub(count);
                lines.extend(std::iter::repeat_n(Line::blank(), missing));
                shift
            }
            None => {
                lines.extend_from_slice(self.source.lines());
                place::Shift { line: count, column: 0 }
            }
        };
        self.source = History::from(lines);
        self.fold(|place| shift.of(place));
        self.show_cursor();
        let owed = std::mem::take(&mut self.owed);
        if owed > 0 {
            self.scroll(-i64::try_from(owed).unwrap_or(i64::MAX));
        }
        if self.search.as_ref().is_some_and(Search::is_empty) {
            self.renew_search();
            self.search_as_typed();
            self.search_as_accepted();
        } else {
            self.renew_search();
        }
        self.settle();
    }

    /// Goes on in a pane of another size (rows, columns).
    pub(in crate::tui) fn resize(&mut self, (rows, cols): (u16, u16)) {
        let folds = self.cols != cols.max(1);
        (self.rows, self.cols) = (rows.max(1), cols.max(1));
        if folds {
            self.fold(|place| place);
            self.renew_search();
        }
        self.top = self.top.min(self.max_top());
        self.show_cursor();
        self.settle();
    }

    /// Returns whether something is selected.
    pub(in crate::tui) fn selecting(&self) -> bool {
        self.selection.is_some()
    }

    /// Folds the source for the pane; `moved` says where in it a place of the rows shown so far is.
    fn fold(&mut self, moved: impl Fn(Place) -> Place) {
        let shown = self.source.reflow(self.cols);
        let (old, new) = (Folding::new(self.shown.lines()), Folding::new(shown.lines()));
        let carry = |spot: &mut Spot| *spot = new.spot(moved(old.place(*spot)));
        let mut top = Spot::new(self.top, 0);
        let prompt = self.prompt.as_mut().map(|prompt| [&mut prompt.cursor, &mut prompt.top]);
        let held = self.held.as_mut().map(|held| [&mut held.first, &mut held.last]);
        let anchor = self.selection.as_mut().map(|selection| &mut selection.anchor);
        let more = prompt.into_iter().chain(held).flatten().chain(anchor);
        more.chain([&mut self.cursor, &mut top]).for_each(carry);
        self.shown = shown;
        self.top = top.row;
        self.cursor = self.within(self.cursor);
        self.wanted = self.cursor.col;
    }

    fn lines(&self) -> &[Line] {
        self.shown.lines()
    }

    fn last_row(&self) -> usize {
        self.lines().len().saturating_sub(1)
    }

    fn max_top(&self) -> usize {
        self.lines().len().saturating_sub(usize::from(self.rows))
    }

    /// Returns the rows of the view.
    fn view(&self) -> std::ops::Range<usize> {
        self.top..(self.top + usize::from(self.rows)).min(self.lines().len()).max(self.top)
    }

    /// Returns the nearest place to `spot` at which a character may be.
    fn within(&self, spot: Spot) -> Spot {
        let row = spot.row.min(self.last_row());
        let col = spot.col.min(self.cols - 1);
        Spot::new(row, self.lines().get(row).map_or(col, |line| rows::cell_at(line, col).0))
    }

    /// Moves the view as little as the cursor needs to be in it.
    fn show_cursor(&mut self) {
        let rows = usize::from(self.rows);
        if self.cursor.row < self.top {
            self.top = self.cursor.row;
        } else if self.cursor.row >= self.top + rows {
            self.top = self.cursor.row + 1 - rows;
        }
    }

    /// Makes sure that the matches in the view are known.
    fn settle(&mut self) {
        let view = self.view();
        if let Some(search) = &mut self.search {
            search.cover(self.shown.lines(), view);
        }
    }

    fn renew_search(&mut self) {
        let near = self.top;
        for search in self.search.iter_mut().chain(self.prompt.iter_mut().filter_map(|p| p.before.as_mut())) {
            search.renew(self.shown.lines(), near);
        }
    }
}
