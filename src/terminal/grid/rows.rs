//! Sets of rows: those that may have changed, those that are known to be blank.

/// A set of rows of a screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows(Vec<bool>);

impl Rows {
    /// Returns the set of all `rows` rows.
    pub fn all(rows: u16) -> Rows {
        Rows(vec![true; usize::from(rows)])
    }

    /// Returns the empty set, for a screen of `rows` rows.
    pub fn none(rows: u16) -> Rows {
        Rows(vec![false; usize::from(rows)])
    }

    /// Returns whether `row` is in the set.
    pub fn has(&self, row: u16) -> bool {
        self.0.get(usize::from(row)).copied().unwrap_or(false)
    }

    /// Puts the rows from `first` to `last` in the set, or takes them out.
    pub fn set(&mut self, first: u16, last: u16, within: bool) {
        if let Some(rows) = self.span(first, last) {
            rows.fill(within);
        }
    }

    /// Puts all rows in the set, or takes them out.
    pub fn set_all(&mut self, within: bool) {
        self.0.fill(within);
    }

    /// Moves the rows from `first` to `last` up by `count`; those that come in at the bottom are in the set as
    /// `within` has it.
    pub fn shift_up(&mut self, first: u16, last: u16, count: u16, within: bool) {
        if let Some(rows) = self.span(first, last) {
            let count = usize::from(count).min(rows.len());
            rows.rotate_left(count);
            let kept = rows.len() - count;
            rows.iter_mut().skip(kept).for_each(|row| *row = within);
        }
    }

    /// Moves the rows from `first` to `last` down by `count`; those that come in at the top are in the set as
    /// `within` has it.
    pub fn shift_down(&mut self, first: u16, last: u16, count: u16, within: bool) {
        if let Some(rows) = self.span(first, last) {
            let count = usize::from(count).min(rows.len());
            rows.rotate_right(count);
            rows.iter_mut().take(count).for_each(|row| *row = within);
        }
    }

    /// Returns the rows between `first` and `last` that are not in the set.
    pub fn missing(&self, first: u16, last: u16) -> impl Iterator<Item = u16> + '_ {
        (first..=last).filter(|row| !self.has(*row))
    }

    fn span(&mut self, first: u16, last: u16) -> Option<&mut [bool]> {
        let end = self.0.len().min(usize::from(last) + 1);
        self.0.get_mut(usize::from(first)..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(rows: &Rows) -> Vec<u16> {
        (0..10).filter(|row| rows.has(*row)).collect()
    }

    #[test]
    fn rows_move_with_the_text_they_stand_for() {
        let mut rows = Rows::none(6);
        rows.set(2, 3, true);
        rows.shift_up(1, 4, 1, true);
        assert_eq!(set(&rows), [1, 2, 4]);
        rows.shift_down(0, 5, 2, false);
        assert_eq!(set(&rows), [3, 4]);
        rows.shift_up(0, 5, 200, true);
        assert_eq!(set(&rows), [0, 1, 2, 3, 4, 5]);
        rows.set(4, 200, false);
        assert_eq!(rows.missing(0, 5).collect::<Vec<_>>(), [4, 5]);
    }
}
