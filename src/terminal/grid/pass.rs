//! Which output vt100 carries out as it should: it is passed on as it came.

use super::Grid;
use super::ink::is_plain;
use super::plain::{LineFeeds, passable};
use super::run::Run;
use crate::domain::Position;
use crate::terminal::parse::csi::Csi;
use crate::terminal::pen::{Pen, Sgr};
use crate::terminal::style::Color;

/// What became of text at the front of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text {
    /// There is none that may be passed on.
    None,
    /// It is passed on; the flag says whether a character is the last of it.
    Passed(bool),
    /// It may be passed on, but it may wrap under a background, and vt100 scrolls in rows of the default one. It has to
    /// be printed.
    Fills,
}

impl Grid {
    /// Passes on the text at the front of a run, which becomes the current token. `after_return` says whether a carriage
    /// return came before the run.
    #[inline]
    pub fn pass_text(&self, run: &mut Run<'_>, after_return: bool) -> Text {
        let fills = self.pen.style.bg != Color::Default;
        let line_feeds =
            if fills { LineFeeds::Never } else { LineFeeds::AfterReturn(run.after_return(after_return)) };
        let mut reach = run.reach;
        let len = passable(run.rest(), line_feeds, &mut reach);
        if len == 0 {
            return Text::None;
        }
        run.end = run.at + len;
        if fills && reach.wraps > run.reach.wraps {
            return Text::Fills;
        }
        run.reach = reach;
        Text::Passed(run.token().last().is_some_and(|byte| *byte >= 0x20))
    }

    /// Passes on the SGR sequence that is the current token and changes the pen, if vt100 reads the sequence as it is read
    /// here. If not, nothing changes, and the pen that the sequence asks for is returned.
    #[inline]
    pub fn pass_pen(&mut self, csi: &Csi) -> Option<Pen> {
        let old = self.pen;
        let sgr = self.pen.apply(csi);
        if sgr == Sgr::Common && self.plain && is_plain(&self.pen) {
            return None;
        }
        Some(std::mem::replace(&mut self.pen, old))
    }

    /// Passes on the control sequence that is the current token, which has neither prefix nor intermediate byte; returns
    /// whether vt100 carries it out as it should. `origin` says whether rows are counted from the top margin.
    #[inline]
    pub fn pass_sequence(&mut self, run: &mut Run<'_>, csi: &Csi, origin: bool) -> bool {
        match csi.final_byte {
            b'K' if csi.value(0) <= 2 => {}
            b'C' => run.reach.right(usize::from(csi.value_or(0, 1))),
            b'G' | b'`' => {
                run.reach.col = usize::from(csi.value_or(0, 1) - 1).min(usize::from(self.size().last_col()));
            }
            b'H' | b'f' if !origin => self.pass_position(run, csi),
            b'A' | b'B' | b'd' if !origin => return self.pass_vertical(run, csi),
            _ => return false,
        }
        true
    }

    /// Passes on an absolute move; the slice that it leads begins where it goes.
    fn pass_position(&mut self, run: &mut Run<'_>, csi: &Csi) {
        self.cut(run);
        let size = self.size();
        let row = (csi.value_or(0, 1) - 1).min(size.last_row());
        let col = (csi.value_or(1, 1) - 1).min(size.last_col());
        self.at = Position { row, col };
        self.start(run);
    }

    /// Passes on a move up or down if vt100 makes it as it should; returns whether it does.
    fn pass_vertical(&mut self, run: &mut Run<'_>, csi: &Csi) -> bool {
        self.cut(run);
        let size = self.size();
        if self.at.col >= size.cols() || self.margins.height() != size.rows() {
            return false;
        }
        let count = csi.value_or(0, 1);
        self.at.row = match csi.final_byte {
            b'A' => self.at.row.saturating_sub(count),
            b'B' => self.at.row.saturating_add(count).min(size.last_row()),
            _ => (count - 1).min(size.last_row()),
        };
        self.start(run);
        true
    }
}
