//! What was spent, as clients read it. Money is in millionths of a US dollar, so that nothing is rounded on the way.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What was spent by somebody, or on something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct SpentView {
    /// Money that programs told, in millionths of a US dollar.
    pub told_micro_usd: u64,
    /// Money that was computed from the prices in the settings, in millionths of a US dollar.
    pub estimated_micro_usd: u64,
    /// Tokens read by models, the cached ones left out.
    pub input_tokens: u64,
    /// Tokens written by models.
    pub output_tokens: u64,
    /// Tokens read from caches.
    pub cache_read_tokens: u64,
    /// Tokens written to caches.
    pub cache_write_tokens: u64,
    /// Those of the tokens whose money nobody knows.
    pub unknown_tokens: u64,
}

impl SpentView {
    /// Returns all tokens.
    #[must_use]
    pub fn tokens(&self) -> u64 {
        let kinds = [self.input_tokens, self.output_tokens, self.cache_read_tokens, self.cache_write_tokens];
        kinds.into_iter().fold(0, u64::saturating_add)
    }

    /// Returns whether nothing was spent.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == SpentView::default()
    }

    /// Returns the money in a few words: `$1.20` where it was told, `~$1.20` where a part is an estimate, with a `+`
    /// where there is more that nobody knows; `?` where nothing is known.
    #[must_use]
    pub fn money(&self) -> String {
        let money = crate::domain::MicroUsd(self.told_micro_usd.saturating_add(self.estimated_micro_usd));
        if money.0 == 0 && self.unknown_tokens > 0 {
            return "?".to_owned();
        }
        let about = if self.estimated_micro_usd > 0 { "~" } else { "" };
        let more = if self.unknown_tokens > 0 { "+?" } else { "" };
        format!("{about}{money}{more}")
    }

    /// Returns the money if it is known, else the tokens: what fits a badge.
    #[must_use]
    pub fn badge(&self) -> String {
        match self.money() {
            unknown if unknown == "?" => format!("{} tokens", thousands(self.tokens())),
            money => money,
        }
    }
}

/// Returns a number of tokens in three figures: `950`, `12.3k`, `4.56M`.
#[must_use]
pub fn thousands(tokens: u64) -> String {
    let three = |unit: u64, letter: char| {
        let (whole, rest) = (tokens / unit, tokens % unit * 100 / unit);
        match whole {
            0..=9 => format!("{whole}.{rest:02}{letter}"),
            10..=99 => format!("{whole}.{}{letter}", rest / 10),
            _ => format!("{whole}{letter}"),
        }
    };
    match tokens {
        0..1_000 => tokens.to_string(),
        1_000..1_000_000 => three(1_000, 'k'),
        1_000_000..1_000_000_000 => three(1_000_000, 'M'),
        _ => three(1_000_000_000, 'G'),
    }
}

/// How spending is told apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CostBy {
    /// By agent.
    #[default]
    Agent,
    /// By team, with what stands in it.
    Team,
    /// By model.
    Model,
    /// By day, in the daemon's time zone.
    Day,
    /// The session as a whole.
    Session,
}

/// What was spent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CostView {
    /// How the rows are told apart.
    pub by: CostBy,
    /// One row each.
    pub rows: Vec<CostRow>,
    /// The session as a whole.
    pub total: SpentView,
    /// What is missing for all of it to be known, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<String>,
}

/// What was spent by one, or on one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CostRow {
    /// The agent's, the team's or the model's name, or the day (`2026-11-20`).
    pub name: String,
    /// What was spent.
    pub spent: SpentView,
    /// How much may be spent, in millionths of a US dollar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget_micro_usd: Option<u64>,
    /// What happens when that is used up: `warn`, `interrupt` or `refuse`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_limit: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn told_estimated_and_unknown_money_look_different() {
        let told = SpentView { told_micro_usd: 1_200_000, input_tokens: 5, ..SpentView::default() };
        let mixed = SpentView { estimated_micro_usd: 300_000, ..told };
        let partly = SpentView { unknown_tokens: 5, ..told };
        let unknown = SpentView { input_tokens: 12_345, unknown_tokens: 12_345, ..SpentView::default() };
        assert_eq!([told, mixed, partly, unknown].map(|s| s.money()), ["$1.20", "~$1.50", "$1.20+?", "?"]);
        assert_eq!((unknown.badge(), told.badge()), ("12.3k tokens".to_owned(), "$1.20".to_owned()));
    }

    #[test]
    fn tokens_are_told_in_three_figures() {
        let shown = [999, 1_000, 12_345, 999_999, 4_560_000, 7_000_000_000].map(thousands);
        assert_eq!(shown, ["999", "1.00k", "12.3k", "999k", "4.56M", "7.00G"]);
    }
}
