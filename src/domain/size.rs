//! The size of a terminal in cells, and a place on it.
//!
//! A [`Size`] is always one that programs and the emulator survive: at least 2 rows by 4 columns, at most 1000 by 1000.
//! The PTY and the screen share this type, so they never disagree about the size.

use serde::{Deserialize, Serialize};

/// Rows and columns of a terminal, from 2 by 4 to 1000 by 1000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "(u16, u16)", into = "(u16, u16)")]
pub struct Size {
    rows: u16,
    cols: u16,
}

impl Size {
    /// The fewest rows.
    pub const MIN_ROWS: u16 = 2;
    /// The fewest columns.
    pub const MIN_COLS: u16 = 4;
    /// The most rows or columns.
    pub const MAX: u16 = 1000;

    /// Returns the allowed size nearest to `rows` by `cols`.
    #[must_use]
    pub const fn new(rows: u16, cols: u16) -> Size {
        Size { rows: within(rows, Size::MIN_ROWS), cols: within(cols, Size::MIN_COLS) }
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

    /// Returns the number of cells.
    #[must_use]
    pub const fn cells(self) -> u32 {
        self.rows as u32 * self.cols as u32
    }

    /// Returns the index of the last row.
    #[must_use]
    pub const fn last_row(self) -> u16 {
        self.rows - 1
    }

    /// Returns the index of the last column.
    #[must_use]
    pub const fn last_col(self) -> u16 {
        self.cols - 1
    }
}

/// Returns `count`, but at least `min` and at most [`Size::MAX`].
const fn within(count: u16, min: u16) -> u16 {
    if count < min {
        min
    } else if count > Size::MAX {
        Size::MAX
    } else {
        count
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

/// A place on a screen; row 0, column 0 is the top left corner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// The row.
    pub row: u16,
    /// The column.
    pub col: u16,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_always_one_that_programs_and_the_emulator_survive() {
        assert_eq!(Size::new(0, 0), Size::new(2, 4));
        assert_eq!(Size::new(u16::MAX, u16::MAX), Size::new(1000, 1000));
        assert_eq!((Size::new(24, 80).last_row(), Size::new(24, 80).last_col()), (23, 79));
    }

    #[test]
    fn a_size_is_written_as_a_pair_and_clamped_when_read() {
        assert_eq!(serde_json::to_string(&Size::new(24, 80)).unwrap(), "[24,80]");
        assert_eq!(serde_json::from_str::<Size>("[1,300]").unwrap(), Size::new(2, 300));
        assert_eq!(serde_json::from_str::<Size>("[24,4000]").unwrap(), Size::new(24, 1000));
    }
}
