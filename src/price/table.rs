//! The price of each model, and the money that a usage comes to.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::domain::{MicroUsd, Tokens, Usage};

/// How many tokens a price is for.
const PER: u128 = 1_000_000;

/// What a million tokens of a model cost, by kind. A kind without a price makes a usage that has such tokens
/// unknown, not cheap.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// The models, as their programs call them: `*` stands for any characters, case does not matter.
    pub model: String,
    /// Those read by the model, the cached ones left out.
    pub input: MicroUsd,
    /// Those written by the model.
    pub output: MicroUsd,
    /// Those read from the cache.
    pub cache_read: Option<MicroUsd>,
    /// Those written to the cache.
    pub cache_write: Option<MicroUsd>,
}

impl Price {
    /// Returns what these tokens come to, if all their kinds have a price.
    #[must_use]
    pub fn of(&self, tokens: &Tokens) -> Option<MicroUsd> {
        let kinds = [
            (tokens.input, Some(self.input)),
            (tokens.output, Some(self.output)),
            (tokens.cache_read, self.cache_read),
            (tokens.cache_write, self.cache_write),
        ];
        let mut sum: u128 = 0;
        for (count, price) in kinds.into_iter().filter(|(count, _)| *count > 0) {
            sum = sum.saturating_add(u128::from(count).saturating_mul(u128::from(price?.0)));
        }
        let rounded = sum.saturating_add(PER / 2) / PER;
        Some(MicroUsd(u64::try_from(rounded).unwrap_or(u64::MAX)))
    }
}

/// The prices that are known; the first that matches a model is taken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Prices {
    rows: Arc<[Price]>,
}

impl Prices {
    /// Returns a table of these prices.
    #[must_use]
    pub fn new(rows: Vec<Price>) -> Prices {
        Prices { rows: rows.into() }
    }

    /// Returns the price of a model.
    #[must_use]
    pub fn find(&self, model: &str) -> Option<&Price> {
        if model.is_empty() {
            return None;
        }
        self.rows.iter().find(|price| matches(price.model.as_bytes(), model.as_bytes()))
    }

    /// Returns what these tokens of a model come to, if all their kinds have a price.
    #[must_use]
    pub fn of(&self, model: &str, tokens: &Tokens) -> Option<MicroUsd> {
        self.find(model)?.of(tokens)
    }

    /// Returns what is missing for these tokens of a model to have a price; none if nothing is.
    #[must_use]
    pub fn lacks(&self, model: &str, tokens: &Tokens) -> Option<String> {
        if model.is_empty() {
            return Some("a program did not tell which model it used".to_owned());
        }
        let Some(price) = self.find(model) else {
            return Some(format!("no [[price]] is for {model}; config.toml can say it"));
        };
        let kinds = [
            ("cache_read", tokens.cache_read, price.cache_read),
            ("cache_write", tokens.cache_write, price.cache_write),
        ];
        let missing: Vec<&str> = kinds
            .into_iter()
            .filter(|(_, count, price)| *count > 0 && price.is_none())
            .map(|(name, _, _)| name)
            .collect();
        let says = |missing: &[&str]| {
            format!(
                "the price of {model} says nothing of {}; add it to its [[price]] in config.toml",
                missing.join(" and ")
            )
        };
        (!missing.is_empty()).then(|| says(&missing))
    }

    /// Returns what a usage comes to by this table, whatever its program says; nothing if a price is not known or there
    /// are no tokens to count.
    #[must_use]
    pub fn estimate(&self, usage: &Usage) -> Option<MicroUsd> {
        self.find(&usage.model)?.of(usage.tokens.as_ref()?)
    }
}

/// Returns whether a word is of a pattern in which `*` stands for any characters. Takes time in proportion to both.
fn matches(pattern: &[u8], word: &[u8]) -> bool {
    let (mut p, mut w) = (0, 0);
    // Where the last star stands, and what it has taken so far.
    let mut star: Option<(usize, usize)> = None;
    while w < word.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, w));
                p += 1;
            }
            Some(c) if c.eq_ignore_ascii_case(&word[w]) => {
                p += 1;
                w += 1;
            }
            _ => match star {
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    p = at + 1;
                    w = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == b'*')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn usd(dollars: f64) -> MicroUsd {
        MicroUsd::from_usd(dollars)
    }

    fn usage(model: &str, tokens: Tokens) -> Usage {
        Usage { conversation: None, model: model.to_owned(), tokens: Some(tokens), cost: None, whole: false }
    }

    #[test]
    fn tokens_of_each_kind_are_priced_and_the_first_match_is_taken() {
        let big = Price {
            model: "big-*".to_owned(),
            input: usd(3.0),
            output: usd(15.0),
            cache_read: Some(usd(0.3)),
            cache_write: Some(usd(3.75)),
        };
        let any = Price { model: "*".to_owned(), input: usd(1.0), output: usd(1.0), ..Price::default() };
        let prices = Prices::new(vec![big, any]);
        let tokens = Tokens { input: 63_638, output: 72, cache_read: 400, cache_write: 200 };
        assert_eq!(prices.estimate(&usage("BIG-4[1m]", tokens)), Some(MicroUsd(192_864)));
        assert_eq!(
            prices.estimate(&usage("other", Tokens { input: 2, ..Tokens::default() })),
            Some(MicroUsd(2))
        );
        assert_eq!(prices.estimate(&usage("other", tokens)), None, "the cache has no price there");
        assert_eq!(
            prices.lacks("other", &tokens).unwrap(),
            "the price of other says nothing of cache_read and cache_write; add it to its [[price]] in config.toml"
        );
        assert_eq!(prices.lacks("big-4", &tokens), None);
        assert!(Prices::default().lacks("m", &tokens).unwrap().starts_with("no [[price]] is for m"));
        assert_eq!(prices.estimate(&usage("", tokens)), None, "a model that is not told is not guessed");
        assert_eq!(Prices::default().estimate(&usage("big-4", tokens)), None);
    }

    #[test]
    fn what_costs_more_than_can_be_counted_does_not_wrap() {
        let price = Price {
            model: "*".to_owned(),
            input: MicroUsd(u64::MAX),
            output: MicroUsd(u64::MAX),
            ..Price::default()
        };
        let tokens = Tokens { input: u64::MAX, output: u64::MAX, ..Tokens::default() };
        assert_eq!(price.of(&tokens), Some(MicroUsd(u64::MAX)));
    }

    proptest! {
        #[test]
        fn a_word_matches_itself_and_its_pieces_joined_by_stars(word in "[a-c]{0,12}", cut in 0_usize..13) {
            let cut = cut.min(word.len());
            let starred = format!("{}*{}", &word[..cut], &word[cut..]);
            prop_assert!(matches(word.as_bytes(), word.as_bytes()));
            prop_assert!(matches(starred.as_bytes(), word.as_bytes()));
            prop_assert!(matches(b"*", word.as_bytes()));
            let wrong = format!("{starred}d");
            prop_assert!(!matches(wrong.as_bytes(), word.as_bytes()));
        }
    }
}
