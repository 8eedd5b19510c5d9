//! How much work output may ask for.

use super::Screen;

/// The work that output may ask for, in units of one cell moved: each byte earns some, saved up to a limit.
///
/// It is counted by the place in the stream, so the pieces in which output comes make no difference. Only a program that
/// does nothing but scroll or repeat uses it up; its further requests are left out.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Budget {
    owed: u64,
    since: u64,
}

/// The units that each byte of output earns.
const EARNED: u64 = 512;
/// The most work that can be owed, in screens.
const AHEAD: u64 = 256;

impl Budget {
    /// Spends `work` at place `at` of the stream on a screen of `cells` cells; returns whether it is granted.
    fn spend(&mut self, work: u64, at: u64, cells: u32) -> bool {
        self.owed = self.owed.saturating_sub((at.saturating_sub(self.since)).saturating_mul(EARNED));
        self.since = at;
        let granted = self.owed.saturating_add(work) <= u64::from(cells) * AHEAD;
        if granted {
            self.owed += work;
        }
        granted
    }

    /// Returns what is owed, and since which place.
    pub const fn parts(self) -> (u64, u64) {
        (self.owed, self.since)
    }

    /// Returns the budget with these parts.
    pub const fn from_parts(owed: u64, since: u64) -> Budget {
        Budget { owed, since }
    }
}

impl Screen {
    /// Asks for `work` units of work; returns whether they are granted.
    pub(super) fn spend(&mut self, work: u64) -> bool {
        let cells = self.size().cells();
        self.budget.spend(work, self.lexer.place, cells)
    }

    /// Asks for the work of moving `count` rows.
    pub(super) fn spend_rows(&mut self, count: u16) -> bool {
        let rows = count.min(self.grid.margins().height());
        self.spend(u64::from(rows) * u64::from(self.size().cols()))
    }
}
