//! Tab stops.

/// The columns that tabs stop at; every eighth until a program says otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TabStops {
    /// One flag a column, once a program changed them.
    own: Option<Vec<bool>>,
}

impl TabStops {
    /// Returns whether they are where everybody has them.
    pub const fn is_default(&self) -> bool {
        self.own.is_none()
    }

    /// Sets or clears the stop at `col` of a screen of `cols` columns.
    pub fn set(&mut self, col: u16, cols: u16, stop: bool) {
        if let Some(flag) = self.own(cols).get_mut(usize::from(col)) {
            *flag = stop;
        }
    }

    /// Clears all stops of a screen of `cols` columns.
    pub fn clear(&mut self, cols: u16) {
        self.own(cols).fill(false);
    }

    /// Makes place for `cols` columns; new ones have the usual stops.
    pub fn resize(&mut self, cols: u16) {
        if let Some(own) = &mut self.own {
            let known = own.len();
            own.truncate(usize::from(cols));
            own.extend((known..usize::from(cols)).map(usual));
        }
    }

    /// Returns the stop after `col`, or the last column.
    pub fn next(&self, col: u16, cols: u16) -> u16 {
        (col + 1..cols).find(|col| self.is_stop(*col)).unwrap_or(cols - 1)
    }

    /// Returns the stop before `col`, or the first column.
    pub fn previous(&self, col: u16) -> u16 {
        (0..col).rev().find(|col| self.is_stop(*col)).unwrap_or(0)
    }

    /// Returns the flags of all columns if a program changed them.
    pub fn changed(&self) -> Option<&[bool]> {
        self.own.as_deref()
    }

    /// Returns stops as [`TabStops::changed`] gave them.
    pub const fn from_changed(own: Option<Vec<bool>>) -> TabStops {
        TabStops { own }
    }

    fn is_stop(&self, col: u16) -> bool {
        match &self.own {
            Some(own) => own.get(usize::from(col)).copied().unwrap_or(false),
            None => usual(usize::from(col)),
        }
    }

    fn own(&mut self, cols: u16) -> &mut Vec<bool> {
        self.own.get_or_insert_with(|| (0..usize::from(cols)).map(usual).collect())
    }
}

const fn usual(col: usize) -> bool {
    col.is_multiple_of(8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_stop_where_they_were_set() {
        let mut tabs = TabStops::default();
        assert_eq!((tabs.next(0, 20), tabs.next(8, 20), tabs.next(16, 20)), (8, 16, 19));
        assert_eq!((tabs.previous(16), tabs.previous(3)), (8, 0));
        tabs.set(3, 20, true);
        tabs.set(8, 20, false);
        assert_eq!((tabs.next(0, 20), tabs.next(3, 20)), (3, 16));
        tabs.clear(20);
        assert_eq!((tabs.next(0, 20), tabs.previous(19)), (19, 0));
        tabs.resize(40);
        assert_eq!(tabs.next(0, 40), 24);
    }
}
