//! A block of agents that stand in one team: rows of panes and of cards, always in the order of the chart.
//!
//! The order never changes with who is live, so an arrow key that leads into a card leads on out of it, although
//! the card has become a pane meanwhile.

use super::arrangement::Form;
use super::branch::{Branch, Rules};
use super::chart::{Chart, cut};
use super::definition::Who;
use super::rect::{Part, Rect, share};
use super::stairs::{Stairs, Tier};
use super::weights::{Axis, WeightKey};
use crate::domain::AgentId;

/// A pane is best this many times as wide as high, in cells; the classic 80×24 is 3.3.
const BEST_RATIO: u32 = 3;

/// One of several that get the same.
const EVEN: Part = Part { least: 0, weight: 1 };
/// The weight of a row of panes, and of a pane in a row, where nobody moved a border.
const ROW_BASE: u32 = 1000;

/// Returns how far a pane is from the best shape; 1000 is the best.
pub(super) fn misshape(width: u16, height: u16) -> u32 {
    let (width, best) = (u32::from(width), u32::from(height) * BEST_RATIO);
    width.max(best) * 1000 / width.min(best).max(1)
}

/// A block's agents, and who of them is live before whom: the focus, then leads, then what a person pinned, then the
/// order of the chart.
pub(super) struct Ranking<'r, 'a> {
    rules: &'r Rules<'a>,
    agents: &'r [AgentId],
    /// For each agent, its place in that order; none if it is never live.
    ranks: Vec<Option<u16>>,
    /// How many come first because they must, at the least size.
    forced: u16,
    /// How many can be live.
    most: u16,
    width: u16,
}

impl<'r, 'a> Ranking<'r, 'a> {
    pub(super) fn new(rules: &'r Rules<'a>, agents: &'r [AgentId], width: u16) -> Ranking<'r, 'a> {
        let everyone = rules.who == Who::Everyone;
        let may = |agent: AgentId| everyone || rules.forced(agent) || rules.pinned.contains(&agent);
        let fits = rules.pane_fits(width);
        let mut wish: Vec<(usize, AgentId)> =
            agents.iter().copied().enumerate().filter(|(_, agent)| fits && may(*agent)).collect();
        wish.sort_by_key(|(_, agent)| {
            let pin = rules.pinned.iter().position(|pinned| pinned == agent).unwrap_or(usize::MAX);
            (rules.focus != Some(*agent), !rules.forced(*agent), pin)
        });
        let mut ranks = vec![None; agents.len()];
        for (rank, (place, _)) in (0u16..).zip(&wish) {
            if let Some(slot) = ranks.get_mut(*place) {
                *slot = Some(rank);
            }
        }
        let count = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        let forced = count(wish.iter().filter(|(_, agent)| rules.forced(*agent)).count());
        Ranking { rules, agents, ranks, forced, most: count(wish.len()), width }
    }

    /// Returns the rows of panes and of cards, if `live` agents of the first `shown` are live.
    fn rows(&self, shown: usize, live: u16, pane_columns: u16, card_columns: u16) -> (u16, u16) {
        let (mut panes, mut cards) = (0u16, 0u16);
        let is_live = |rank: &Option<u16>| rank.is_some_and(|rank| rank < live);
        let ranks = self.ranks.get(..shown).unwrap_or(&self.ranks);
        for run in ranks.chunk_by(|a, b| is_live(a) == is_live(b)) {
            let length = u16::try_from(run.len()).unwrap_or(u16::MAX);
            if run.first().is_some_and(is_live) {
                panes = panes.saturating_add(length.div_ceil(pane_columns.max(1)));
            } else {
                cards = cards.saturating_add(length.div_ceil(card_columns.max(1)));
            }
        }
        (panes, cards)
    }

    /// Returns the rows that `live` panes and a line for everybody else take, and how many panes stand below each
    /// other then.
    fn need(&self, live: u16) -> (u16, u16) {
        let pane = self.rules.pane;
        let (across, height) = if live <= self.forced {
            (pane.most_across(self.width), pane.min_height)
        } else {
            (pane.wanted_across(self.width), pane.height)
        };
        let narrow = self.rules.card.most_across(self.width);
        let (panes, cards) = self.rows(self.agents.len(), live, across, narrow);
        (panes.saturating_mul(height).saturating_add(cards), panes)
    }

    /// Returns whether the first to be live is the focus.
    fn has_focus(&self) -> bool {
        self.rules.focus.is_some_and(|focus| self.most > 0 && self.agents.contains(&focus))
    }

    /// Returns what the block needs to be shown better and better.
    pub(super) fn stairs(&self) -> Stairs {
        let mut out = Stairs::default();
        if self.agents.is_empty() {
            return out;
        }
        let first = u16::from(self.has_focus());
        let (height, panes) = self.need(first);
        out.push(Tier::Lines, height, panes);
        for live in first + 1..=self.forced {
            let (height, panes) = self.need(live);
            out.push(Tier::Leads, height, panes);
        }
        let (pane, card) = (self.rules.pane, self.rules.card);
        let (panes, cards) = self.rows(
            self.agents.len(),
            self.forced,
            pane.most_across(self.width),
            card.wanted_across(self.width),
        );
        for (tier, height) in Tier::CARDS {
            let cards = cards.saturating_mul(height.min(card.height));
            out.push(tier, panes.saturating_mul(pane.min_height).saturating_add(cards), panes);
        }
        for live in self.forced + 1..=self.most {
            let (height, panes) = self.need(live);
            out.push(Tier::Panes, height, panes);
            if height > self.rules.tallest {
                break;
            }
        }
        out
    }

    /// Returns how many are live in so many rows.
    fn live(&self, height: u16) -> u16 {
        let mut live = 0;
        if self.has_focus() && self.rules.pane.min_height <= height {
            live = 1;
        }
        while live < self.most && self.need(live + 1).0 <= height {
            live += 1;
        }
        live
    }

    /// Returns how many agents have a place before the rest are dots on the last row; none if all have one.
    fn shown(&self, live: u16, height: u16) -> Option<usize> {
        let across = self.rules.card.most_across(self.width);
        let panes = self.rules.pane.most_across(self.width);
        let need = |shown: usize| {
            let (panes, cards) = self.rows(shown, live, panes, across);
            panes.saturating_mul(self.rules.pane.min_height).saturating_add(cards)
        };
        if need(self.agents.len()) <= height {
            return None;
        }
        let is_live = |rank: &Option<u16>| rank.is_some_and(|rank| rank < live);
        let must = self.ranks.iter().rposition(is_live).map_or(0, |last| last + 1);
        let fits = (0..self.agents.len()).rev().find(|shown| need(*shown) < height);
        Some(fits.unwrap_or(0).max(must))
    }

    /// Returns those of the first `shown` that are live.
    fn panes(&self, shown: usize, live: u16) -> Vec<AgentId> {
        let ranked = self.agents.iter().zip(&self.ranks).take(shown);
        ranked.filter(|(_, rank)| rank.is_some_and(|rank| rank < live)).map(|(agent, _)| *agent).collect()
    }
}

/// How a block is divided.
struct Plan {
    /// Who is live.
    panes: Vec<AgentId>,
    /// How many panes stand side by side.
    pane_columns: u16,
    /// The rows that all panes have together.
    pane_rows: u16,
    /// How many cards stand side by side.
    card_columns: u16,
    /// The rows of one card.
    card_height: u16,
}

impl<'a> Chart<'_, 'a> {
    /// Draws a branch's own agents, and returns the rows at which the trunk beside them has branches.
    pub(super) fn block(&mut self, branch: &Branch<'a>, area: Rect) -> Vec<u16> {
        if area.is_empty() || area.width < 2 {
            return Vec::new();
        }
        let ranking = Ranking::new(self.rules, &branch.members, area.width);
        let live = ranking.live(area.height);
        let crowded = ranking.shown(live, area.height);
        let shown = crowded.unwrap_or(branch.members.len());
        let (agents, crowd) = branch.members.split_at_checked(shown).unwrap_or((&branch.members, &[]));
        let (area, dots) = if crowded.is_some() { area.split_bottom(1) } else { (area, Rect::default()) };
        let plan = self.plan(&ranking, shown, live, area);
        let mut ticks = self.draw(agents, &plan, area);
        if !dots.is_empty() && !crowd.is_empty() {
            self.run(branch.id(), dots.split_left(1).1, crowd.to_vec());
            ticks.push(dots.y);
        }
        ticks
    }

    /// Chooses columns and heights: cards as large as the space allows, panes of the best shape.
    fn plan(&self, ranking: &Ranking<'_, 'a>, shown: usize, live: u16, area: Rect) -> Plan {
        let rules = self.rules;
        let panes = ranking.panes(shown, live);
        if panes.is_empty() {
            let (card_columns, card_height) = self.best_cards(shown, area);
            return Plan { panes, pane_columns: 1, pane_rows: 0, card_columns, card_height };
        }
        let most = rules.pane.most_across(area.width);
        let least = |card_columns: u16, card_height: u16| {
            let (panes, cards) = ranking.rows(shown, live, most, card_columns);
            panes.saturating_mul(rules.pane.min_height).saturating_add(cards.saturating_mul(card_height))
        };
        let (narrow, wide) = (rules.card.most_across(area.width), rules.card.wanted_across(area.width));
        let (card_columns, card_height) = (1..=rules.card.height)
            .rev()
            .map(|height| (wide, height))
            .find(|(columns, height)| least(*columns, *height) <= area.height)
            .unwrap_or((narrow, 1));
        let cards = ranking.rows(shown, live, most, card_columns).1.saturating_mul(card_height);
        let pane_rows = area.height.saturating_sub(cards);
        let ratio = |columns: u16| {
            let rows = ranking.rows(shown, live, columns, card_columns).0.max(1);
            let height = pane_rows / rows;
            (height < rules.pane.min_height, misshape(area.width / columns, height))
        };
        let most = most.min(u16::try_from(panes.len()).unwrap_or(u16::MAX));
        let pane_columns = (1..=most).min_by_key(|columns| ratio(*columns)).unwrap_or(1);
        Plan { panes, pane_columns, pane_rows, card_columns, card_height }
    }

    /// Returns the columns and the height of cards that cover most of the area.
    fn best_cards(&self, count: usize, area: Rect) -> (u16, u16) {
        let count = u16::try_from(count).unwrap_or(u16::MAX);
        let narrow = self.rules.card.most_across(area.width);
        let sizes = (1..=narrow).flat_map(|columns| (1..=self.rules.card.height).map(move |h| (columns, h)));
        sizes
            .filter(|(columns, height)| count.div_ceil(*columns).saturating_mul(*height) <= area.height)
            .max_by_key(|(columns, height)| {
                let used = u32::from(area.width / columns) * u32::from(*height);
                (used, std::cmp::Reverse(*columns))
            })
            .unwrap_or((narrow.min(count.max(1)), 1))
    }

    /// Draws rows of panes and rows of cards, and returns where each row starts.
    fn draw(&mut self, agents: &[AgentId], plan: &Plan, area: Rect) -> Vec<u16> {
        let is_pane = |agent: &AgentId| plan.panes.contains(agent);
        let live = |row: &[AgentId]| row.first().is_some_and(is_pane);
        let rows: Vec<&[AgentId]> = agents
            .chunk_by(|a, b| is_pane(a) == is_pane(b))
            .flat_map(|run| {
                run.chunks(usize::from(if live(run) { plan.pane_columns } else { plan.card_columns }))
            })
            .collect();
        let firsts = rows.iter().copied().filter(|row| live(row)).filter_map(<[AgentId]>::first);
        let keys: Vec<WeightKey> = firsts.map(|agent| self.agent_key(*agent, Axis::Height)).collect();
        let even = share(plan.pane_rows, &vec![EVEN; keys.len()]);
        let pane_heights = self.dragged(plan.pane_rows, &even, &keys);
        let mut next = pane_heights.iter().copied();
        let heights: Vec<u16> = rows
            .iter()
            .map(|row| if live(row) { next.next().unwrap_or(0) } else { plan.card_height })
            .collect();
        let places = cut(area, Axis::Height, &heights);
        let bottoms: Vec<Rect> = rows
            .iter()
            .zip(&places)
            .filter(|(row, _)| live(row))
            .map(|(_, place)| place.split_bottom(1).1)
            .collect();
        self.handles(Axis::Height, &keys, &pane_heights, &vec![ROW_BASE; keys.len()], |after| {
            bottoms.get(after - 1).copied().unwrap_or_default()
        });
        let shown: Vec<(&[AgentId], Rect)> =
            rows.into_iter().zip(places).filter(|(_, place)| !place.is_empty()).collect();
        for (row, place) in &shown {
            if live(row) {
                self.pane_row(row, *place);
            } else {
                self.card_row(row, plan.card_columns, *place);
            }
        }
        shown.into_iter().map(|(_, place)| place.y).collect()
    }

    /// Draws panes side by side.
    fn pane_row(&mut self, row: &[AgentId], area: Rect) {
        let keys: Vec<WeightKey> = row.iter().map(|agent| self.agent_key(*agent, Axis::Width)).collect();
        let widths = self.dragged(area.width, &share(area.width, &vec![EVEN; row.len()]), &keys);
        let places = cut(area, Axis::Width, &widths);
        self.handles(Axis::Width, &keys, &widths, &vec![ROW_BASE; row.len()], |after| {
            places.get(after - 1).map_or(Rect::default(), |place| place.split_right(1).1)
        });
        row.iter().zip(places).for_each(|(agent, place)| self.place(*agent, place));
    }

    /// Draws cards side by side, in columns that go on below each other.
    fn card_row(&mut self, row: &[AgentId], columns: u16, area: Rect) {
        let widths = share(area.width, &vec![EVEN; usize::from(columns.max(1))]);
        for (agent, place) in row.iter().zip(cut(area, Axis::Width, &widths)) {
            self.out.slots.push(self.rules.roster.slot(*agent, place, Form::Card));
        }
    }
}
