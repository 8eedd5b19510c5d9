//! How many rows something needs to be shown better and better, and how rows are shared out by that.
//!
//! Everything climbs one ladder of [`Tier`]s: titles only; a line for every agent; leads live; larger cards;
//! everybody live. Each step is taken for all that stand in a column, in the order of the chart, and the first step
//! that is too dear ends the climb. So one row more changes one thing, and what an agent does changes nothing at all.

use super::rect::{Part, share};

/// How well something is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tier {
    /// Titles only.
    Titles,
    /// A line for every agent, and the focus live.
    Lines,
    /// Leads live.
    Leads,
    /// Cards of the wanted width.
    Wide,
    /// Cards of two rows.
    High,
    /// Cards of three rows, with a border.
    Boxes,
    /// Everybody live, one after the other.
    Panes,
}

impl Tier {
    const ALL: [Tier; 7] =
        [Tier::Titles, Tier::Lines, Tier::Leads, Tier::Wide, Tier::High, Tier::Boxes, Tier::Panes];

    /// The tiers of cards of the wanted width, and their height.
    pub(super) const CARDS: [(Tier, u16); 3] = [(Tier::Wide, 1), (Tier::High, 2), (Tier::Boxes, 3)];
}

/// One thing more that can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) tier: Tier,
    /// The rows that all steps up to this one take.
    pub(super) height: u16,
    /// How many panes then stand below each other: what it takes of rows that are left over.
    pub(super) panes: u16,
}

/// Steps in the order in which they are taken; tiers and heights never fall.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Stairs(Vec<Step>);

impl Stairs {
    /// Adds a step; one that would lie below the last one lies level with it.
    pub(super) fn push(&mut self, tier: Tier, height: u16, panes: u16) {
        let height = self.0.last().map_or(height, |last| last.height.max(height));
        self.0.push(Step { tier, height, panes });
    }

    /// Returns the rows needed to reach the end of a tier.
    pub(super) fn height(&self, tier: Tier) -> u16 {
        self.0.iter().take_while(|step| step.tier <= tier).last().map_or(0, |step| step.height)
    }

    /// Returns the same below a title, which alone is the first step.
    pub(super) fn titled(&self) -> Stairs {
        let title = Step { tier: Tier::Titles, height: 1, panes: 0 };
        let below = self.0.iter().filter(|step| step.tier > Tier::Titles);
        let below = below.map(|step| Step { height: step.height.saturating_add(1), ..*step });
        Stairs(std::iter::once(title).chain(below).collect())
    }

    fn tier(&self, tier: Tier) -> impl Iterator<Item = &Step> {
        self.0.iter().filter(move |step| step.tier == tier)
    }

    /// Returns what several need below each other: tier by tier, one after the other. The first step that is higher
    /// than the `tallest` window ends it, since no climb gets past it.
    pub(super) fn below_each_other(all: &[&Stairs], tallest: u16) -> Stairs {
        let mut reached = vec![(0u16, 0u16); all.len()];
        let (mut height, mut panes) = (0u16, 0u16);
        let mut out = Stairs::default();
        for tier in Tier::ALL {
            for (stairs, reached) in all.iter().zip(&mut reached) {
                for step in stairs.tier(tier) {
                    height = height.saturating_add(step.height - reached.0);
                    panes = panes.saturating_add(step.panes).saturating_sub(reached.1);
                    *reached = (step.height, step.panes);
                    out.push(tier, height, panes);
                    if height > tallest && tier > Tier::Lines {
                        return out;
                    }
                }
            }
        }
        out
    }

    /// Returns what several need side by side, where each climbs as high as the others allow.
    pub(super) fn side_by_side(all: &[Stairs]) -> Stairs {
        let mut out = Stairs::default();
        for tier in Tier::ALL {
            let mut steps: Vec<Step> = all.iter().flat_map(|stairs| stairs.tier(tier)).copied().collect();
            steps.sort_by_key(|step| (step.height, step.panes));
            for step in steps {
                let panes = out.0.last().map_or(0, |last| last.panes).max(step.panes);
                out.push(tier, step.height, panes);
            }
        }
        out
    }
}

/// One that takes part in sharing a column's rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claim<'s> {
    pub(super) stairs: &'s Stairs,
    /// Whether the focused agent is in it; it is served before the others.
    pub(super) focused: bool,
}

/// Shares `height` rows out to those that stand below each other.
///
/// First every title; then lines, so that a crowd cannot starve the others; then step by step up the ladder. What is
/// left goes to those with panes, so that panes get equal heights; if nobody is live, to the last one.
pub(super) fn stack(height: u16, claims: &[Claim<'_>]) -> Vec<u16> {
    let mut grants: Vec<Grant<'_>> =
        claims.iter().map(|claim| Grant { claim: *claim, rows: 0, panes: 0 }).collect();
    let mut left = height;
    let mut served = titles(&mut grants, &mut left) && lines(&mut grants, &mut left);
    for tier in Tier::ALL.into_iter().filter(|tier| *tier > Tier::Lines) {
        served = served && grants.iter_mut().all(|grant| grant.climb(tier, &mut left));
    }
    if grants.iter().all(|grant| grant.panes == 0) {
        grants.last_mut().into_iter().for_each(|last| last.rows += left);
    } else {
        let parts: Vec<Part> = grants.iter().filter_map(Grant::part).collect();
        let takers = grants.iter_mut().filter(|grant| grant.panes > 0);
        takers.zip(share(left, &parts)).for_each(|(grant, extra)| grant.rows += extra);
    }
    grants.into_iter().map(|grant| grant.rows).collect()
}

/// What one has been given so far.
struct Grant<'c> {
    claim: Claim<'c>,
    rows: u16,
    panes: u16,
}

impl Grant<'_> {
    /// Returns its part of what is left: as many parts as panes.
    fn part(&self) -> Option<Part> {
        (self.panes > 0).then_some(Part { least: 0, weight: u32::from(self.panes) })
    }

    /// Gives up to `most` of the rows that are left, and says whether the end of the tier was reached.
    fn reach(&mut self, tier: Tier, most: u16, left: &mut u16) -> bool {
        let more = self.claim.stairs.height(tier).saturating_sub(self.rows);
        let given = more.min(*left).min(most);
        self.rows += given;
        *left -= given;
        let last = self
            .claim
            .stairs
            .0
            .iter()
            .take_while(|step| step.tier <= tier && step.height <= self.rows)
            .last();
        self.panes = last.map_or(0, |step| step.panes);
        given == more
    }

    /// Takes the steps of a tier as far as the rows last, and says whether they lasted.
    fn climb(&mut self, tier: Tier, left: &mut u16) -> bool {
        self.claim.stairs.tier(tier).all(|step| {
            let more = step.height.saturating_sub(self.rows);
            let enough = more <= *left;
            if enough {
                self.rows += more;
                *left -= more;
                self.panes = step.panes;
            }
            enough
        })
    }
}

/// Gives everybody their title, the focused first, as long as there are rows.
fn titles(grants: &mut [Grant<'_>], left: &mut u16) -> bool {
    let mut order: Vec<&mut Grant<'_>> = grants.iter_mut().collect();
    order.sort_by_key(|grant| !grant.claim.focused);
    order.into_iter().all(|grant| grant.reach(Tier::Titles, u16::MAX, left))
}

/// Gives everybody a line for each of their agents: the focused first, then the smallest, none of which takes more
/// than an even part of what is left.
fn lines(grants: &mut [Grant<'_>], left: &mut u16) -> bool {
    let mut order: Vec<&mut Grant<'_>> = grants.iter_mut().collect();
    order.sort_by_key(|grant| (!grant.claim.focused, grant.claim.stairs.height(Tier::Lines)));
    let mut waiting = u16::try_from(order.len()).unwrap_or(u16::MAX);
    order.into_iter().fold(true, |all, grant| {
        let most = if grant.claim.focused { u16::MAX } else { left.div_ceil(waiting.max(1)) };
        waiting = waiting.saturating_sub(1);
        grant.reach(Tier::Lines, most, left) && all
    })
}
