//! The rows that leave the top of the primary screen.
//!
//! vt100 says that a row leaves, but hardly what is in it; so whoever keeps history looks at the rows before they go
//! ([`super::history`]), and here is only counted how many went.

/// Counts the rows that leave.
#[derive(Debug, Default)]
pub struct Departures {
    /// Whether anybody keeps history.
    pub kept: bool,
    count: usize,
}

impl Departures {
    /// Returns how many rows left since this was last asked.
    pub const fn take(&mut self) -> usize {
        std::mem::replace(&mut self.count, 0)
    }
}

impl vt100::Callbacks for Departures {
    fn on_scroll(&mut self, _row: vt100::capture::RowContents<'_>, _alternate_screen: bool) {
        self.count += 1;
    }
}
