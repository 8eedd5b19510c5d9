//! `agentctl cost`: what was spent.

use super::failure::Failure;
use super::here::Here;
use super::output;
use crate::domain::{MicroUsd, clean};
use crate::protocol::{CostBy, CostRow, CostView, SpentView, thousands};

pub(super) async fn cost(here: &Here, by: CostBy) -> Result<(), Failure> {
    let word = match by {
        CostBy::Agent => "agent",
        CostBy::Team => "team",
        CostBy::Model => "model",
        CostBy::Day => "day",
        CostBy::Session => "session",
    };
    let path = format!("{}?by={word}", here.at("cost").await?);
    let cost: CostView = here.client.get(&path).await?;
    if here.json() {
        return output::json(&cost);
    }
    let mut rows: Vec<Vec<String>> = cost.rows.iter().map(cells).collect();
    if by != CostBy::Session {
        rows.push(cells(&CostRow {
            name: "altogether".to_owned(),
            spent: cost.total,
            budget_micro_usd: None,
            at_limit: None,
        }));
    }
    output::table(&[word, "money", "input", "output", "cached", "budget"], &rows)?;
    for (is_so, text) in [
        (cost.total.estimated_micro_usd > 0, "~ a part is an estimate, by the prices in the settings"),
        (
            cost.total.unknown_tokens > 0,
            "? what these tokens cost is not known; [[price]] in config.toml says it",
        ),
    ] {
        if is_so {
            output::complain(text);
        }
    }
    cost.hints.iter().for_each(|hint| output::complain(&format!("· {}", clean(hint, 400))));
    Ok(())
}

fn cells(row: &CostRow) -> Vec<String> {
    let SpentView { input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, .. } = row.spent;
    let budget = row.budget_micro_usd.map(|budget| {
        let spent = row.spent.told_micro_usd.saturating_add(row.spent.estimated_micro_usd);
        let percent = u128::from(spent) * 100 / u128::from(budget.max(1));
        let then = row.at_limit.as_deref().unwrap_or("warn");
        format!("{percent} % of {} (then {then})", MicroUsd(budget))
    });
    vec![
        row.name.clone(),
        row.spent.money(),
        thousands(input_tokens),
        thousands(output_tokens),
        thousands(cache_read_tokens.saturating_add(cache_write_tokens)),
        budget.unwrap_or_default(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_told_as_a_part_of_it() {
        let spent = SpentView { told_micro_usd: 900_000, output_tokens: 1_500, ..SpentView::default() };
        let row = CostRow {
            name: "be-1".into(),
            spent,
            budget_micro_usd: Some(1_000_000),
            at_limit: Some("interrupt".into()),
        };
        assert_eq!(cells(&row), ["be-1", "$0.90", "0", "1.50k", "0", "90 % of $1.00 (then interrupt)"]);
    }
}
