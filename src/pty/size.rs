//! The size of a terminal in cells. Smaller than 2 rows by 4 columns has no spelling: programs and terminal
//! emulators alike misbehave below it, so every way to make a [`Size`] clamps.

use serde::{Deserialize, Serialize};

/// Rows and columns of a terminal, at least 2 by 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "(u16, u16)", into = "(u16, u16)")]
pub struct Size {
    rows: u16,
    cols: u16,
}

impl Size {
    /// Returns the size nearest to the asked one that a terminal may have.
    #[must_use]
    pub const fn new(rows: u16, cols: u16) -> Size {
        Size { rows: if rows < 2 { 2 } else { rows }, cols: if cols < 4 { 4 } else { cols } }
    }

    /// Returns the number of rows.
    #[must_use]
    pub const fn rows(self) -> u16 {
        self.rows
    }

    /// Returns the number of columns.
    #[must_use]
    pub const fn cols(self) -> u16 {
        self.cols
    }
}

impl From<(u16, u16)> for Size {
    fn from((rows, cols): (u16, u16)) -> Size {
        Size::new(rows, cols)
    }
}

impl From<Size> for (u16, u16) {
    fn from(size: Size) -> (u16, u16) {
        (size.rows, size.cols)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_size_is_smaller_than_two_by_four() {
        assert_eq!(Size::new(0, 0), Size::new(2, 4));
        assert_eq!(serde_json::from_str::<Size>("[1,300]").unwrap(), Size::new(2, 300));
        assert_eq!(serde_json::to_string(&Size::new(24, 80)).unwrap(), "[24,80]");
    }
}
