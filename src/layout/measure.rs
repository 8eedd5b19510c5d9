//! A branch at a width: how what stands in it is dealt out to columns, at every depth, and what all of it needs.
//!
//! Widths follow from the structure alone; only then are heights shared out, by what is measured here.

use super::block::Ranking;
use super::branch::{Branch, Item, Rules};
use super::definition::Flow;
use super::rect::{Part, share};
use super::stairs::{Stairs, Tier};
use super::weights::{Axis, Weights};
use crate::domain::AgentId;

/// A branch, measured below its title.
#[derive(Debug)]
pub(super) struct Body<'b, 'a> {
    pub(super) branch: &'b Branch<'a>,
    /// Who stands on top of it.
    pub(super) boss: Option<(AgentId, Stairs)>,
    /// What stands below the boss, side by side.
    pub(super) columns: Vec<Column<'b, 'a>>,
    /// What the columns need.
    pub(super) below: Stairs,
    /// What all of it needs.
    pub(super) stairs: Stairs,
}

/// One column of a branch.
#[derive(Debug)]
pub(super) struct Column<'b, 'a> {
    /// What stands in it, from the top.
    pub(super) entries: Vec<Entry<'b, 'a>>,
    /// Its width, with its trunk.
    pub(super) width: u16,
    /// Its width against the others' where nobody moved a border.
    pub(super) base: u32,
}

/// One thing that stands in a column.
#[derive(Debug)]
pub(super) struct Entry<'b, 'a> {
    pub(super) item: Item<'b, 'a>,
    /// What it needs, with its title.
    pub(super) stairs: Stairs,
    /// What is below its title, if it is a team.
    pub(super) body: Option<Body<'b, 'a>>,
}

impl<'a> Rules<'a> {
    /// Measures a branch.
    pub(super) fn measure<'b>(&self, branch: &'b Branch<'a>, width: u16) -> Body<'b, 'a> {
        let columns = self.columns(branch, width);
        let all: Vec<Stairs> = columns
            .iter()
            .map(|column| {
                let entries: Vec<&Stairs> = column.entries.iter().map(|entry| &entry.stairs).collect();
                Stairs::below_each_other(&entries, self.tallest)
            })
            .collect();
        let below = Stairs::side_by_side(&all);
        let boss = branch.boss.map(|boss| (boss, self.boss_stairs(boss, width, columns.len() > 1)));
        let stairs = match &boss {
            Some((_, boss)) => Stairs::below_each_other(&[boss, &below], self.tallest),
            None => below.clone(),
        };
        Body { branch, boss, columns, below, stairs }
    }

    fn entry<'b>(&self, item: Item<'b, 'a>, width: u16) -> Entry<'b, 'a> {
        match item {
            Item::Members(branch) => {
                Entry { item, stairs: Ranking::new(self, &branch.members, width).stairs(), body: None }
            }
            Item::Team(branch) => {
                let body = self.measure(branch, width);
                Entry { item, stairs: body.stairs.titled(), body: Some(body) }
            }
        }
    }

    /// Returns what an agent needs that stands above others; below a card without border, several columns hang from
    /// a line of their own.
    fn boss_stairs(&self, boss: AgentId, width: u16, several_columns: bool) -> Stairs {
        let card = |height: u16| height.saturating_add(u16::from(several_columns && height < 3));
        let live = self.pane_fits(width);
        let mut out = Stairs::default();
        if live && self.first(boss) {
            out.push(Tier::Lines, self.pane.min_height, 1);
        } else {
            out.push(Tier::Lines, card(1), 0);
        }
        if live {
            out.push(Tier::Leads, self.pane.min_height, 1);
            out.push(Tier::Panes, self.pane.height, 1);
        } else {
            for (tier, height) in Tier::CARDS {
                out.push(tier, card(height.min(self.card.height)), 0);
            }
        }
        out
    }

    /// Deals a branch's items out to columns: as many as are wide enough.
    fn columns<'b>(&self, branch: &'b Branch<'a>, width: u16) -> Vec<Column<'b, 'a>> {
        let most = match self.layout.teams.flow {
            Flow::Rows => 1,
            Flow::Columns | Flow::Grid => u32::from((width / self.min_column.max(1)).max(1)),
        };
        let dealt = deal(branch.items(), most);
        // A person may make a column narrower than the layout would.
        let firsts = || dealt.iter().filter_map(|items| items.first());
        let moved = firsts().any(|first| self.layout.weights.get(&first.key(Axis::Width)).is_some());
        let least = if moved { self.card.min_width } else { self.min_column };
        let least = least.min(width / u16::try_from(dealt.len()).unwrap_or(u16::MAX).max(1));
        let parts: Vec<Part> =
            dealt.iter().map(|items| Part { least, weight: self.column_weight(items) }).collect();
        dealt
            .into_iter()
            .zip(share(width, &parts))
            .map(|(items, width)| {
                let inner = width.saturating_sub(u16::from(branch.railed));
                let base = items.iter().map(|item| item.size()).sum();
                Column {
                    entries: items.into_iter().map(|item| self.entry(item, inner)).collect(),
                    width,
                    base,
                }
            })
            .collect()
    }

    fn column_weight(&self, items: &[Item<'_, 'a>]) -> u32 {
        let size: u32 = items.iter().map(|item| item.size()).sum();
        let factor = items.first().and_then(|first| self.layout.weights.get(&first.key(Axis::Width)));
        size.max(1).saturating_mul(u32::from(factor.unwrap_or(Weights::NEUTRAL)))
    }
}

/// Deals items out to at most so many columns, in their order: one each if there are enough columns, else balanced by
/// their sizes. What is nothing but a title never has a column of its own.
fn deal<'b, 'a>(items: Vec<Item<'b, 'a>>, most: u32) -> Vec<Vec<Item<'b, 'a>>> {
    let is_title = |item: &Item<'_, '_>| item.size() <= 1 && matches!(item, Item::Team(_));
    let solid = items.iter().filter(|item| !is_title(item)).count();
    let one_each = usize::try_from(most).is_ok_and(|most| solid <= most);
    let total: u64 = items.iter().map(|item| u64::from(item.size())).sum::<u64>().max(1);
    let mut dealt: Vec<Vec<Item<'b, 'a>>> = Vec::new();
    let (mut before, mut last, mut only_titles) = (0u64, None, true);
    for item in items {
        let middle = before * 2 + u64::from(item.size());
        let column = Some(middle * u64::from(most) / (total * 2));
        before += u64::from(item.size());
        let stays = is_title(&item) || only_titles || (!one_each && column == last);
        only_titles &= is_title(&item);
        last = column;
        match dealt.last_mut().filter(|_| stays) {
            Some(items) => items.push(item),
            None => dealt.push(vec![item]),
        }
    }
    dealt
}
