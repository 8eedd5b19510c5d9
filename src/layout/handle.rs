//! Borders that can be dragged, and what a drag changes: a weight of the layout, never a rectangle.

use super::definition::Side;
use super::rect::Rect;
use super::weights::{Axis, WeightKey, Weights};

/// The least and the most that a dragged weight can be, per mille.
const RANGE: (u64, u64) = (20, 50_000);

/// A border that can be dragged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handle {
    /// Where it is grabbed.
    pub area: Rect,
    /// Which length it changes: a border between columns changes widths.
    pub axis: Axis,
    /// What it changes.
    pub grip: Grip,
}

/// What a border changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grip {
    /// The tree's width.
    Tree {
        /// The side of the window that it stands at.
        side: Side,
        /// Its width.
        width: u16,
    },
    /// The stage's share of the chart.
    Stage {
        /// The stage's length.
        length: u16,
        /// The chart's length.
        whole: u16,
    },
    /// How two neighbours share what they have together.
    Between {
        /// The one to the left or above.
        before: Neighbour,
        /// The one to the right or below.
        after: Neighbour,
    },
}

/// One of the two that share a length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbour {
    key: WeightKey,
    /// Its length.
    length: u16,
    /// Its weight where nobody moved a border.
    base: u32,
    /// Its weight as it is.
    weight: u32,
}

impl Neighbour {
    /// Returns one of `length` cells now, which has the weight `base` where nobody moved a border.
    pub(super) fn new(key: WeightKey, length: u16, base: u32, weights: &Weights) -> Neighbour {
        let base = base.max(1);
        let weight = weigh(&key, base, weights);
        Neighbour { key, length, base, weight }
    }

    fn set(&self, weight: u64, weights: &mut Weights) {
        let factor = (weight * u64::from(Weights::NEUTRAL) + u64::from(self.base) / 2) / u64::from(self.base);
        weights.set(self.key.clone(), u16::try_from(factor.clamp(RANGE.0, RANGE.1)).unwrap_or(u16::MAX));
    }
}

/// Returns a weight as a person's drag changed it.
pub(super) fn weigh(key: &WeightKey, base: u32, weights: &Weights) -> u32 {
    let factor = u64::from(weights.get(key).unwrap_or(Weights::NEUTRAL));
    let weight = u64::from(base) * factor / u64::from(Weights::NEUTRAL);
    u32::try_from(weight).unwrap_or(u32::MAX).max(1)
}

impl Handle {
    /// Writes into `weights` what moves this border from where it was grabbed to column or row `to`. The next
    /// arrangement has it there, as far as the least sizes allow.
    ///
    /// While a drag lasts, call it with the handle and the weights of its beginning.
    pub fn drag(&self, weights: &mut Weights, to: u16) {
        let from = match self.axis {
            Axis::Width => self.area.x,
            Axis::Height => self.area.y,
        };
        let moved = i32::from(to) - i32::from(from);
        let length = |length: u16, moved: i32| {
            u16::try_from((i32::from(length) + moved).clamp(1, i32::from(u16::MAX))).unwrap_or(1)
        };
        match &self.grip {
            Grip::Tree { side: Side::Left, width } => weights.set(WeightKey::Tree, length(*width, moved)),
            Grip::Tree { side: Side::Right, width } => weights.set(WeightKey::Tree, length(*width, -moved)),
            Grip::Stage { length: now, whole } => {
                let share = (u32::from(length(*now, moved)) * 1000).div_ceil(u32::from(*whole).max(1));
                weights.set(WeightKey::Stage, u16::try_from(share.min(1000)).unwrap_or(1000));
            }
            Grip::Between { before, after } => {
                let both = u64::from(before.length) + u64::from(after.length);
                let first = u64::from(length(before.length, moved)).min(both.saturating_sub(1)).max(1);
                let weight = u64::from(before.weight) + u64::from(after.weight);
                let one = (weight * first + both / 2) / both.max(1);
                before.set(one, weights);
                after.set(weight.saturating_sub(one), weights);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::org;
    use super::super::tests::builtin;
    use super::super::{Arrangement, View, arrange};
    use super::*;
    use crate::domain::Org;

    fn draw(org: &Org, weights: &Weights, layout: &str) -> Arrangement {
        let mut layout = builtin(layout);
        layout.weights = weights.clone();
        arrange(&layout, org, Rect::new(0, 0, 200, 50), &View::default())
    }

    /// The handle of the same border in another arrangement.
    fn again<'a>(arrangement: &'a Arrangement, handle: &Handle) -> Option<&'a Handle> {
        arrangement.handles.iter().find(|other| match (&other.grip, &handle.grip) {
            (Grip::Between { before, after }, Grip::Between { before: b, after: a }) => {
                (&before.key, &after.key) == (&b.key, &a.key)
            }
            (one, other) => std::mem::discriminant(one) == std::mem::discriminant(other),
        })
    }

    #[test]
    fn every_border_follows_the_mouse() {
        for layout in ["org-chart", "focus"] {
            let org = org(12);
            let before = draw(&org, &Weights::default(), layout);
            assert!(before.handles.len() >= 4);
            for handle in &before.handles {
                for moved in [-3i16, 2] {
                    let at = |handle: &Handle| match handle.axis {
                        Axis::Width => handle.area.x,
                        Axis::Height => handle.area.y,
                    };
                    if let Grip::Between { before, .. } = &handle.grip
                        && before.length.saturating_add_signed(moved) < 2
                    {
                        continue;
                    }
                    let target = at(handle).saturating_add_signed(moved);
                    let mut weights = Weights::default();
                    handle.drag(&mut weights, target);
                    let after = draw(&org, &weights, layout);
                    let now = at(again(&after, handle).unwrap());
                    assert!(now.abs_diff(target) <= 1, "{handle:?} was dragged to {target} and is at {now}");
                }
            }
        }
    }

    #[test]
    fn a_border_dragged_twice_is_where_it_was_dragged_last() {
        let org = org(12);
        let columns = |arrangement: &Arrangement| {
            let between = |handle: &&Handle| {
                handle.axis == Axis::Width
                    && matches!(handle.grip, Grip::Between { .. })
                    && handle.area.height > 20
            };
            arrangement.handles.iter().find(between).unwrap().clone()
        };
        let mut weights = Weights::default();
        for target in [80, 70, 75] {
            let handle = columns(&draw(&org, &weights, "org-chart"));
            handle.drag(&mut weights, target);
            let now = columns(&draw(&org, &weights, "org-chart")).area.x;
            assert!(now.abs_diff(target) <= 1, "{now} is not {target}");
        }
    }
}
