//! Values that stand in vt100's cells as small numbers, because the cells have no room for the values.
//!
//! A table is bounded. When it is full, its owner collects the numbers that the cells still show and the table forgets
//! the others. That costs a walk over all cells, so it is not repeated before a quarter of the table has been asked for.

use std::collections::HashMap;
use std::hash::Hash;

/// A table of values by number, each at most once.
#[derive(Clone, Debug)]
pub struct Table<T> {
    values: Vec<Option<T>>,
    numbers: HashMap<T, u16>,
    free: Vec<u16>,
    capacity: u16,
    asked_since_sweep: u16,
}

impl<T: Clone + Eq + Hash> Table<T> {
    /// Returns an empty table of at most `capacity` values.
    pub fn new(capacity: u16) -> Table<T> {
        Table {
            values: Vec::new(),
            numbers: HashMap::new(),
            free: Vec::new(),
            capacity,
            asked_since_sweep: u16::MAX,
        }
    }

    /// Returns the value that `number` stands for.
    pub fn get(&self, number: u16) -> Option<&T> {
        self.values.get(usize::from(number))?.as_ref()
    }

    /// Returns the number that stands for `value`, if it has one.
    pub fn find(&self, value: &T) -> Option<u16> {
        self.numbers.get(value).copied()
    }

    /// Gives `value` a number; `None` if the table is full.
    pub fn add(&mut self, value: T) -> Option<u16> {
        self.asked_since_sweep = self.asked_since_sweep.saturating_add(1);
        let number = match self.free.pop() {
            Some(number) => number,
            None => u16::try_from(self.values.len()).ok().filter(|next| *next < self.capacity)?,
        };
        let index = usize::from(number);
        if index == self.values.len() {
            self.values.push(Some(value.clone()));
        } else if let Some(slot) = self.values.get_mut(index) {
            *slot = Some(value.clone());
        }
        self.numbers.insert(value, number);
        Some(number)
    }

    /// Returns whether a sweep is worth its cost: the table is full, and much was asked for since the last one.
    pub fn wants_sweep(&self) -> bool {
        self.free.is_empty()
            && self.values.len() >= usize::from(self.capacity)
            && self.asked_since_sweep >= self.capacity / 4
    }

    /// Forgets every value that is not `used`.
    pub fn sweep(&mut self, used: impl Fn(u16) -> bool) {
        self.asked_since_sweep = 0;
        for (number, slot) in (0..).zip(&mut self.values) {
            if slot.is_some()
                && !used(number)
                && let Some(value) = slot.take()
            {
                self.numbers.remove(&value);
                self.free.push(number);
            }
        }
    }

    /// Returns the values and their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (u16, &T)> {
        (0..).zip(&self.values).filter_map(|(number, value)| Some((number, value.as_ref()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_table_has_room_again_for_what_is_no_longer_used() {
        let mut table = Table::new(4);
        let numbers: Vec<u16> = ["a", "b", "c", "d"].into_iter().filter_map(|v| table.add(v)).collect();
        assert_eq!(numbers, [0, 1, 2, 3]);
        assert_eq!((table.add("e"), table.find(&"c")), (None, Some(2)));
        assert!(table.wants_sweep());
        table.sweep(|number| number == 2);
        assert_eq!((table.get(2), table.get(1), table.find(&"a")), (Some(&"c"), None, None));
        assert!(table.add("e").is_some());
        assert_eq!(table.iter().count(), 2);
    }

    #[test]
    fn a_table_that_stays_full_is_not_swept_for_every_value() {
        let mut table = Table::new(100);
        for value in 0..200 {
            table.add(value);
        }
        let mut sweeps = 0;
        for value in 200..1200 {
            if table.wants_sweep() {
                table.sweep(|_| true);
                sweeps += 1;
            }
            table.add(value);
        }
        assert!((1..=40).contains(&sweeps), "{sweeps}");
    }
}
