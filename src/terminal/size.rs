//! How large a screen is and where on it something lies.
//!
//! A [`Size`] is always one that the emulator survives: never under 2 rows by 4 columns, never past 1000 by 1000.

/// The size of a screen in cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Size {
    rows: u16,
    cols: u16,
}

impl Size {
    /// The fewest rows a screen has.
    pub const MIN_ROWS: u16 = 2;
    /// The fewest columns a screen has.
    pub const MIN_COLS: u16 = 4;
    /// The most rows or columns a screen has.
    pub const MAX: u16 = 1000;

    /// Returns the size nearest to `rows` by `cols` that a screen can have.
    #[must_use]
    pub fn new(rows: u16, cols: u16) -> Size {
        Size { rows: rows.clamp(Self::MIN_ROWS, Self::MAX), cols: cols.clamp(Self::MIN_COLS, Self::MAX) }
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

/// A place on a screen, from 0 at its top left corner.
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
    fn a_size_is_always_one_that_the_emulator_survives() {
        assert_eq!(Size::new(0, 0), Size::new(2, 4));
        assert_eq!(Size::new(u16::MAX, u16::MAX), Size::new(1000, 1000));
        assert_eq!((Size::new(24, 80).last_row(), Size::new(24, 80).last_col()), (23, 79));
    }
}
