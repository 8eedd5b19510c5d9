//! How much may be spent, and when that is nearly or wholly used up.

use serde::{Deserialize, Serialize};

use crate::domain::MicroUsd;

/// The part of a budget at which its end is announced, in percent.
const WARN_AT: u128 = 80;

/// How much an agent, a team or a session may spend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// The money.
    pub amount: MicroUsd,
    /// What happens when it is used up.
    #[serde(default)]
    pub at_limit: AtLimit,
}

/// What happens when a budget is used up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AtLimit {
    /// A person is told.
    #[default]
    Warn,
    /// What goes on is interrupted, and a person is told.
    Interrupt,
    /// What goes on may end, nothing new is begun, and a person is told.
    Refuse,
}

/// A line that spending has crossed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Crossing {
    /// Four fifths are used up.
    Warn80,
    /// All of it is used up.
    Limit100,
}

/// Returns the last line that was crossed when spending went from `before` to `after`: each is crossed once, however
/// often this is asked. Of a budget of nothing, the first spending crosses the limit.
#[must_use]
pub fn crossed(before: MicroUsd, after: MicroUsd, budget: &Budget) -> Option<Crossing> {
    let amount = u128::from(budget.amount.0.max(1));
    let reached = |spent: MicroUsd, percent: u128| u128::from(spent.0) * 100 >= amount * percent;
    let passed = |percent| !reached(before, percent) && reached(after, percent);
    if passed(100) {
        Some(Crossing::Limit100)
    } else if passed(WARN_AT) && !reached(after, 100) {
        Some(Crossing::Warn80)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_crossed_once() {
        let budget = Budget { amount: MicroUsd(1000), at_limit: AtLimit::Interrupt };
        let cross = |before, after| crossed(MicroUsd(before), MicroUsd(after), &budget);
        assert_eq!(cross(0, 799), None);
        assert_eq!(cross(799, 800), Some(Crossing::Warn80));
        assert_eq!(cross(800, 999), None);
        assert_eq!(cross(999, 1000), Some(Crossing::Limit100));
        assert_eq!(cross(1000, 5000), None);
        assert_eq!(cross(0, 5000), Some(Crossing::Limit100), "both at once is the limit");
        assert_eq!(cross(900, 100), None, "spending that was taken back crosses nothing");
    }

    #[test]
    fn a_budget_of_nothing_is_used_up_by_the_first_spending() {
        let budget = Budget { amount: MicroUsd(0), at_limit: AtLimit::Warn };
        assert_eq!(crossed(MicroUsd(0), MicroUsd(0), &budget), None);
        assert_eq!(crossed(MicroUsd(0), MicroUsd(1), &budget), Some(Crossing::Limit100));
        let most = Budget { amount: MicroUsd(u64::MAX), ..budget };
        assert_eq!(crossed(MicroUsd(0), MicroUsd(u64::MAX), &most), Some(Crossing::Limit100));
    }
}
