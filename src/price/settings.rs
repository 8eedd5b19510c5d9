//! What a person's settings say of prices and budgets: the sections `[[price]]` and `[budget]`.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::budget::{AtLimit, Budget};
use super::table::{Price, Prices};
use crate::domain::MicroUsd;
use crate::manifest::{Manifest, ManifestError, Spanned};

/// The prices that are built in.
const BUILTIN: &str = include_str!("builtin.toml");
/// The most that a million tokens, or a budget, may be; more is a slip of the pen.
const MOST_USD: f64 = 1_000_000.0;

/// The sections of a person's settings that are about money.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Settings {
    price: Vec<PriceTable>,
    budget: BudgetTable,
}

/// `[[price]]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PriceTable {
    model: Spanned<String>,
    input: Spanned<f64>,
    output: Spanned<f64>,
    cache_read: Option<Spanned<f64>>,
    cache_write: Option<Spanned<f64>>,
}

/// `[budget]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct BudgetTable {
    session: Option<Spanned<f64>>,
    team: BTreeMap<String, Spanned<f64>>,
    agent: BTreeMap<String, Spanned<f64>>,
    at_limit: AtLimit,
}

/// The budgets that a person has set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Budgets {
    /// That of each session.
    pub session: Option<Budget>,
    /// Those of teams, by name; `*` is that of every other team.
    pub team: BTreeMap<String, Budget>,
    /// Those of agents, by name; `*` is that of every other agent.
    pub agent: BTreeMap<String, Budget>,
}

impl Budgets {
    /// Returns the budget of a team.
    #[must_use]
    pub fn of_team(&self, name: &str) -> Option<Budget> {
        self.team.get(name).or_else(|| self.team.get("*")).copied()
    }

    /// Returns the budget of an agent.
    #[must_use]
    pub fn of_agent(&self, name: &str) -> Option<Budget> {
        self.agent.get(name).or_else(|| self.agent.get("*")).copied()
    }
}

/// Makes an error that points at a place of the settings, says which field is meant, and what is wrong.
type Complain<'a> = &'a dyn Fn(&Range<usize>, &str, &str) -> ManifestError;

impl Settings {
    /// Returns the person's own prices and, after them, those that are built in. `complain` makes an error that points
    /// at a place of the settings.
    ///
    /// # Errors
    /// If a price is no amount of money, or is for no model.
    pub fn prices(&self, complain: Complain<'_>) -> Result<Prices, ManifestError> {
        let mut rows = read_rows(&self.price, complain)?;
        let manifest = Manifest { file: "builtin.toml", text: BUILTIN };
        let builtin: Settings = manifest.read()?;
        rows.extend(read_rows(&builtin.price, &|span, field, why| manifest.at(span, field, why))?);
        Ok(Prices::new(rows))
    }

    /// Returns the budgets that the person has set.
    ///
    /// # Errors
    /// If one is no amount of money.
    pub fn budgets(&self, complain: Complain<'_>) -> Result<Budgets, ManifestError> {
        let at_limit = self.budget.at_limit;
        let one = |amount: &Spanned<f64>, field: &str| {
            Ok(Budget { amount: amount_of(amount, &format!("budget.{field}"), complain)?, at_limit })
        };
        let named = |budgets: &BTreeMap<String, Spanned<f64>>, what: &str| {
            let named = budgets
                .iter()
                .map(|(name, amount)| Ok((name.clone(), one(amount, &format!("{what}.{name}"))?)));
            named.collect::<Result<BTreeMap<_, _>, ManifestError>>()
        };
        Ok(Budgets {
            session: self.budget.session.as_ref().map(|amount| one(amount, "session")).transpose()?,
            team: named(&self.budget.team, "team")?,
            agent: named(&self.budget.agent, "agent")?,
        })
    }
}

fn read_rows(tables: &[PriceTable], complain: Complain<'_>) -> Result<Vec<Price>, ManifestError> {
    let row = |(n, table): (usize, &PriceTable)| {
        let field = |name: &str| format!("price[{n}].{name}");
        let model = table.model.get_ref().trim();
        if model.is_empty() {
            return Err(complain(&table.model.span(), &field("model"), "names no model"));
        }
        let amount = |value: &Spanned<f64>, name: &str| amount_of(value, &field(name), complain);
        Ok(Price {
            model: model.to_owned(),
            input: amount(&table.input, "input")?,
            output: amount(&table.output, "output")?,
            cache_read: table.cache_read.as_ref().map(|v| amount(v, "cache_read")).transpose()?,
            cache_write: table.cache_write.as_ref().map(|v| amount(v, "cache_write")).transpose()?,
        })
    };
    tables.iter().enumerate().map(row).collect()
}

fn amount_of(value: &Spanned<f64>, field: &str, complain: Complain<'_>) -> Result<MicroUsd, ManifestError> {
    match *value.get_ref() {
        usd if (0.0..=MOST_USD).contains(&usd) => Ok(MicroUsd::from_usd(usd)),
        usd => Err(complain(
            &value.span(),
            field,
            &format!("{usd} is no amount of dollars from 0 to {MOST_USD}"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Tokens, Usage};

    fn read(text: &str) -> Result<(Prices, Budgets), ManifestError> {
        let manifest = Manifest { file: "config.toml", text };
        let settings: Settings = manifest.read()?;
        let complain = |span: &Range<usize>, field: &str, why: &str| manifest.at(span, field, why);
        Ok((settings.prices(&complain)?, settings.budgets(&complain)?))
    }

    #[test]
    fn no_price_is_made_up() {
        let (prices, budgets) = read("").unwrap();
        assert_eq!((prices, budgets), (Prices::default(), Budgets::default()));
    }

    #[test]
    fn prices_and_budgets_are_read_from_settings() {
        // The example of the built-in file is one that works.
        let example: String = BUILTIN
            .lines()
            .skip_while(|l| *l != "# [[price]]")
            .map(|l| l.trim_start_matches("# ").to_owned() + "\n")
            .collect();
        let budgets =
            "[budget]\nsession = 20\nat_limit = \"interrupt\"\n[budget.agent]\n\"*\" = 2.5\nbe-1 = 1\n";
        let (prices, budgets) = read(&format!("{example}{budgets}")).unwrap();
        let tokens = Tokens { input: 1_000_000, cache_read: 1_000_000, ..Tokens::default() };
        let usage = Usage {
            conversation: None,
            model: "some-model-2".into(),
            tokens: Some(tokens),
            cost: None,
            whole: false,
        };
        assert_eq!(prices.estimate(&usage), Some(MicroUsd(3_300_000)));
        assert_eq!(
            budgets.session,
            Some(Budget { amount: MicroUsd(20_000_000), at_limit: AtLimit::Interrupt })
        );
        let amounts = ["be-1", "be-2"].map(|name| budgets.of_agent(name).map(|budget| budget.amount.0));
        assert_eq!(amounts, [Some(1_000_000), Some(2_500_000)]);
        assert_eq!(budgets.of_team("backend"), None);
    }

    #[test]
    fn what_is_no_amount_is_named_with_its_line() {
        let cases = [
            (
                "[[price]]\nmodel='m'\ninput=-1\noutput=2\n",
                "config.toml:3:7: `price[0].input`: -1 is no amount of dollars from 0 to 1000000",
            ),
            (
                "[[price]]\nmodel=' '\ninput=1\noutput=2\n",
                "config.toml:2:7: `price[0].model`: names no model",
            ),
            (
                "[[price]]\nmodel='m'\ninput=1\noutput=2\ncache_reed=1\n",
                "config.toml:5:1: `price[0].cache_reed`: unknown field `cache_reed`; did you mean `cache_read`?",
            ),
            (
                "[budget]\nsession = nan\n",
                "config.toml:2:11: `budget.session`: NaN is no amount of dollars from 0 to 1000000",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text).unwrap_err().to_string(), expected);
        }
    }
}
