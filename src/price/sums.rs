//! Sums by one property, bounded in number.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::spent::{Guess, Spent};

/// What was spent, by one property: the least ones are folded together where there are too many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(serialize = "K: Serialize + Ord", deserialize = "K: Deserialize<'de> + Ord"))]
pub(super) struct Sums<K> {
    by: BTreeMap<K, Spent>,
    #[serde(default)]
    folded: Spent,
}

impl<K> Default for Sums<K> {
    fn default() -> Sums<K> {
        Sums { by: BTreeMap::new(), folded: Spent::default() }
    }
}

impl<K: Ord> Sums<K> {
    pub(super) fn add(&mut self, key: K, spent: Spent, most: usize) {
        *self.by.entry(key).or_default() += spent;
        if self.by.len() > most
            && let Some((_, least)) = self.by.pop_first()
        {
            self.folded += least;
        }
    }

    pub(super) fn take_back(&mut self, key: &K, guess: Guess) {
        match self.by.get_mut(key) {
            Some(spent) => *spent -= guess,
            None => self.folded -= guess,
        }
    }

    pub(super) fn get(&self, key: &K) -> Spent {
        self.by.get(key).copied().unwrap_or_default()
    }

    pub(super) fn fold(&mut self, key: &K) {
        if let Some(spent) = self.by.remove(key) {
            self.folded += spent;
        }
    }

    pub(super) fn folded(&self) -> Spent {
        self.folded
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&K, Spent)> {
        self.by.iter().map(|(key, spent)| (key, *spent))
    }
}
