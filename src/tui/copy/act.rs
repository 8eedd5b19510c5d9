//! What the keys do: moving the cursor and the view, selecting, searching, leaving.

use super::keys::{self, Act, PromptAct};
use super::motion;
use super::rows::{self, Spot};
use super::search::{Prompt, Search};
use super::selection::{self, Kind, Selection};
use super::{Copy, CopyReply};
use crate::domain::{Key, KeyCode, KeyKind};
use crate::terminal::Line;

impl Copy {
    /// Takes a key.
    pub(in crate::tui) fn key(&mut self, key: Key) -> CopyReply {
        if key.kind == KeyKind::Release {
            return CopyReply::Stay;
        }
        let reply = match (self.prompt.is_some(), keys::act(key)) {
            (true, _) => self.type_key(key.canonical()),
            (false, Some(act)) => self.act(act),
            (false, None) => CopyReply::Stay,
        };
        self.settle();
        reply
    }

    /// Takes text pasted into the search that is being typed.
    pub(in crate::tui) fn paste(&mut self, text: &str) {
        if let Some(prompt) = &mut self.prompt {
            prompt.put(text);
            self.search_as_typed();
            self.settle();
        }
    }

    /// Begins to ask what to search for.
    pub(in crate::tui) fn begin_search(&mut self, backwards: bool) {
        self.cancel_search();
        self.prompt = Some(Prompt {
            text: String::new(),
            backwards,
            cursor: self.cursor,
            top: Spot::new(self.top, 0),
            before: self.search.take(),
            wrapped: false,
        });
    }

    fn act(&mut self, act: Act) -> CopyReply {
        match act {
            Act::Left | Act::Right => self.sideways(act == Act::Right),
            Act::Up => self.vertically(-1),
            Act::Down => self.vertically(1),
            Act::NextWord => self.go(motion::next_word),
            Act::PreviousWord => self.go(motion::previous_word),
            Act::EndOfWord => self.go(motion::end_of_word),
            Act::StartOfLine => self.go(motion::start_of_line),
            Act::FirstText => self.go(motion::first_text),
            Act::EndOfLine => {
                self.go(motion::end_of_line);
                self.wanted = u16::MAX;
            }
            Act::Oldest => self.move_to(Spot::new(0, 0)),
            Act::Newest => {
                let last = self.lines().iter().rposition(|line| !rows::is_empty(line)).unwrap_or(0);
                self.move_to(Spot::new(last, 0));
            }
            Act::HalfPageUp | Act::HalfPageDown => {
                self.page(i64::from((self.rows / 2).max(1)), act == Act::HalfPageDown);
            }
            Act::PageUp | Act::PageDown => {
                self.page(i64::from(self.rows.saturating_sub(2).max(1)), act == Act::PageDown);
            }
            Act::TopOfView => self.go_to_row(self.top),
            Act::MiddleOfView => self.go_to_row(self.top + self.view().len().saturating_sub(1) / 2),
            Act::BottomOfView => self.go_to_row(self.view().end.saturating_sub(1)),
            Act::PreviousParagraph => self.go(motion::previous_paragraph),
            Act::NextParagraph => self.go(motion::next_paragraph),
            Act::Select(kind) => self.select(kind),
            Act::SwapEnds => {
                if let Some(selection) = &mut self.selection {
                    std::mem::swap(&mut selection.anchor, &mut self.cursor);
                    self.move_to(self.cursor);
                }
            }
            Act::TakeOrLine => return self.take(),
            Act::TakeOrLeave if self.selection.is_some() => return self.take(),
            Act::SearchForward => self.begin_search(false),
            Act::SearchBackward => self.begin_search(true),
            Act::NextMatch => return self.next_match(false),
            Act::PreviousMatch => return self.next_match(true),
            Act::SearchWord => return self.search_word(),
            Act::DropOrLeave if self.selection.is_some() => self.selection = None,
            Act::TakeOrLeave | Act::DropOrLeave | Act::Leave => return CopyReply::Leave,
        }
        CopyReply::Stay
    }

    fn in_block(&self) -> bool {
        self.selection.is_some_and(|selection| selection.kind == Kind::Block)
    }

    fn go(&mut self, motion: fn(&[Line], Spot) -> Spot) {
        self.move_to(motion(self.lines(), self.cursor));
    }

    pub(super) fn move_to(&mut self, spot: Spot) {
        self.cursor = self.within(spot);
        self.wanted = self.cursor.col;
        self.show_cursor();
    }

    fn go_to_row(&mut self, row: usize) {
        let row = row.min(self.last_row());
        self.move_to(Spot::new(row, 0));
        let text = motion::first_text(self.lines(), self.cursor);
        if text.row == row {
            self.move_to(text);
        }
    }

    /// Goes one column to the side: in a block over everything, otherwise from character to character.
    fn sideways(&mut self, right: bool) {
        if self.in_block() {
            let (start, width) =
                self.lines().get(self.cursor.row).map_or((0, 1), |line| rows::cell_at(line, self.cursor.col));
            let col = if right { start.saturating_add(width) } else { start.saturating_sub(1) };
            if col < self.cols {
                self.move_to(Spot { col, ..self.cursor });
            }
        } else {
            self.go(if right { motion::right } else { motion::left });
        }
    }

    /// Goes `rows` down, or up if they are negative, to the column last chosen, or the end of a shorter row.
    pub(super) fn vertically(&mut self, rows: i64) {
        let row = self.cursor.row as i64 + rows;
        let row = usize::try_from(row).unwrap_or(0).min(self.last_row());
        if row == self.cursor.row {
            return;
        }
        let last = self.lines().get(row).map_or(0, rows::last_col);
        let col = if self.in_block() { self.wanted } else { self.wanted.min(last) };
        self.cursor = self.within(Spot::new(row, col));
        self.show_cursor();
    }

    fn page(&mut self, rows: i64, down: bool) {
        let rows = if down { rows } else { -rows };
        self.move_view(rows);
        self.vertically(rows);
    }

    /// Moves the view; returns how many rows of that there were not.
    pub(super) fn move_view(&mut self, rows: i64) -> usize {
        let aim = self.top as i64 + rows;
        let top = usize::try_from(aim).unwrap_or(0);
        self.top = if rows > 0 { top.min(self.max_top().max(self.top)) } else { top };
        usize::try_from(aim.abs_diff(self.top as i64)).unwrap_or(usize::MAX)
    }

    fn select(&mut self, kind: Kind) {
        self.selection = match self.selection {
            Some(selection) if selection.kind == kind => None,
            Some(selection) => Some(Selection { kind, ..selection }),
            None => Some(Selection { anchor: self.cursor, kind }),
        };
    }

    /// Hands out the selection, or else the line.
    pub(super) fn take(&self) -> CopyReply {
        let row = self.cursor.row;
        let extent = match self.selection {
            Some(selection) => selection.extent(self.lines(), self.cursor),
            None => selection::lines_of(self.lines(), row, row),
        };
        let text = extent.text(self.lines());
        if text.is_empty() {
            CopyReply::Say("there is no text to copy".to_owned())
        } else {
            CopyReply::Take(text)
        }
    }

    fn search_word(&mut self) -> CopyReply {
        let Some((first, last)) = motion::word_at(self.lines(), self.cursor, rows::word_class) else {
            return CopyReply::Say("there is no word under the cursor".to_owned());
        };
        let word = selection::characters(first, last).text(self.lines());
        if word.trim().is_empty() {
            return CopyReply::Say("there is no word under the cursor".to_owned());
        }
        self.search = Some(Search::new(self.lines(), &word, false, self.cursor.row));
        self.next_match(false)
    }

    fn next_match(&mut self, other_way: bool) -> CopyReply {
        let Some(search) = &mut self.search else {
            return CopyReply::Say("nothing was searched for yet".to_owned());
        };
        let backwards = search.backwards != other_way;
        match search.step(self.shown.lines(), self.cursor, backwards) {
            None => CopyReply::Say(format!("not found: {}", search.text)),
            Some((spot, wrapped)) => {
                self.jump(spot);
                if wrapped { CopyReply::Say(went_on(backwards)) } else { CopyReply::Stay }
            }
        }
    }

    /// Goes to a place that may be far away, with some of what surrounds it.
    fn jump(&mut self, spot: Spot) {
        if !self.view().contains(&spot.row) {
            self.top = spot.row.saturating_sub(usize::from(self.rows) / 2).min(self.max_top());
        }
        self.move_to(spot);
    }

    fn type_key(&mut self, key: Key) -> CopyReply {
        let Some(prompt) = &mut self.prompt else { return CopyReply::Stay };
        match (keys::prompt_act(key), key.code) {
            (Some(PromptAct::Accept), _) => return self.accept_search(),
            (Some(PromptAct::Cancel), _) => self.cancel_search(),
            (Some(PromptAct::Rub), _) if prompt.text.pop().is_none() => self.cancel_search(),
            (Some(PromptAct::Rub), _) => self.search_as_typed(),
            (Some(PromptAct::Clear), _) => {
                prompt.text.clear();
                self.search_as_typed();
            }
            (None, KeyCode::Char(c)) if key.mods.is_empty() => {
                prompt.put(c.encode_utf8(&mut [0; 4]));
                self.search_as_typed();
            }
            (None, _) => {}
        }
        CopyReply::Stay
    }

    /// Goes to the first match of what was typed so far, from where the search began.
    pub(super) fn search_as_typed(&mut self) {
        let Some(prompt) = &mut self.prompt else { return };
        let (start, top) = (prompt.cursor, prompt.top.row);
        prompt.wrapped = false;
        let lines = self.shown.lines();
        let shorter = self.search.take();
        self.search = (!prompt.text.is_empty()).then(|| {
            let narrowed = shorter.and_then(|shorter| shorter.narrowed(lines, &prompt.text));
            narrowed.unwrap_or_else(|| Search::new(lines, &prompt.text, prompt.backwards, start.row))
        });
        let found = self.search.as_mut().and_then(|search| {
            let (spot, wrapped) = search.step(self.shown.lines(), start, prompt.backwards)?;
            prompt.wrapped = wrapped;
            Some(spot)
        });
        self.top = top;
        self.move_to(start);
        if let Some(spot) = found {
            self.jump(spot);
        }
    }

    /// A search that was accepted before there was anything to find goes where it would have gone.
    pub(super) fn search_as_accepted(&mut self) {
        let Some(search) = self.search.as_mut().filter(|_| self.prompt.is_none()) else { return };
        if let Some((spot, _)) = search.step(self.shown.lines(), self.cursor, search.backwards) {
            self.jump(spot);
        }
    }

    fn accept_search(&mut self) -> CopyReply {
        let Some(prompt) = self.prompt.take() else { return CopyReply::Stay };
        match &mut self.search {
            Some(search) if search.is_empty() && self.waits => {
                CopyReply::Say(format!("looking for {} in what is above the screen", search.text))
            }
            Some(search) if search.is_empty() => CopyReply::Say(format!("not found: {}", search.text)),
            Some(_) if prompt.wrapped => CopyReply::Say(went_on(prompt.backwards)),
            Some(_) => CopyReply::Stay,
            // Nothing was typed: what was searched for last is searched for again.
            None => {
                self.search = prompt.before;
                let Some(search) = &mut self.search else { return CopyReply::Stay };
                search.backwards = prompt.backwards;
                self.next_match(false)
            }
        }
    }

    fn cancel_search(&mut self) {
        if let Some(prompt) = self.prompt.take() {
            self.search = prompt.before;
            self.top = prompt.top.row;
            self.move_to(prompt.cursor);
        }
    }
}

fn went_on(backwards: bool) -> String {
    format!("the search went on from the {}", if backwards { "bottom" } else { "top" })
}
