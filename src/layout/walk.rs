//! Ways to go from one agent to another: by direction on the screen, and by who leads whom in the chart.

use super::arrangement::{Arrangement, Slot};
use super::rect::Rect;
use crate::domain::{AgentId, Org};

/// A direction on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To the left.
    Left,
    /// To the right.
    Right,
    /// Upwards.
    Up,
    /// Downwards.
    Down,
}

/// A step in the chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// To whoever leads the agent.
    Parent,
    /// To the first one it leads.
    FirstChild,
    /// To the next one that is led by the same agent.
    NextSibling,
    /// To the one before that is led by the same agent.
    PreviousSibling,
    /// To the next agent of the session; after the last comes the first.
    Next,
    /// To the one before; before the first comes the last.
    Previous,
}

impl Arrangement {
    /// Returns the agent whose place is nearest in a direction: first among those beside it, then anywhere there.
    ///
    /// An agent that has both a place in the chart and the stage is left from its place in the chart.
    #[must_use]
    pub fn neighbour(&self, from: AgentId, direction: Direction) -> Option<AgentId> {
        let start = self.slot(from)?.outer;
        let home = |slot: &&Slot| !slot.staged || self.slot(slot.agent).is_some_and(|own| own.staged);
        self.slots
            .iter()
            .filter(|slot| slot.agent != from)
            .filter(home)
            .filter_map(|slot| Some((distance(start, slot.outer, direction)?, slot.agent)))
            .min_by_key(|(distance, _)| *distance)
            .map(|(_, agent)| agent)
    }
}

/// How far a place lies in a direction: whether it lies aside, how far along, how far off the line.
fn distance(from: Rect, to: Rect, direction: Direction) -> Option<(bool, u16, u16)> {
    let (along, low, high, to_low, to_high) = match direction {
        Direction::Left => (from.x.checked_sub(to.right()), from.y, from.bottom(), to.y, to.bottom()),
        Direction::Right => (to.x.checked_sub(from.right()), from.y, from.bottom(), to.y, to.bottom()),
        Direction::Up => (from.y.checked_sub(to.bottom()), from.x, from.right(), to.x, to.right()),
        Direction::Down => (to.y.checked_sub(from.bottom()), from.x, from.right(), to.x, to.right()),
    };
    let aside = to_high <= low || to_low >= high;
    Some((aside, along?, low.abs_diff(to_low)))
}

/// Returns the agent that one step in the chart leads to.
#[must_use]
pub fn step(org: &Org, from: AgentId, step: Step) -> Option<AgentId> {
    let order = org.in_order();
    let leader = org.leader_of(from);
    let led_by = |who: Option<AgentId>| {
        let led = order.iter().copied().filter(move |agent| org.leader_of(*agent) == who);
        led.collect::<Vec<_>>()
    };
    match step {
        Step::Parent => leader,
        Step::FirstChild => led_by(Some(from)).first().copied(),
        Step::NextSibling => after(&led_by(leader), from),
        Step::PreviousSibling => before(&led_by(leader), from),
        Step::Next => after(&order, from).or_else(|| order.first().copied()),
        Step::Previous => before(&order, from).or_else(|| order.last().copied()),
    }
}

fn after(order: &[AgentId], agent: AgentId) -> Option<AgentId> {
    order.iter().skip_while(|other| **other != agent).nth(1).copied()
}

fn before(order: &[AgentId], agent: AgentId) -> Option<AgentId> {
    order.iter().rev().skip_while(|other| **other != agent).nth(1).copied()
}

#[cfg(test)]
mod tests {
    use super::super::sample::org;
    use super::super::tests::builtin;
    use super::super::{Rect, View, arrange};
    use super::*;

    #[test]
    fn steps_follow_who_leads_whom() {
        let org = org(12);
        let go = |from: &str, to: Step| {
            let agent = step(&org, org.agent_named(from).unwrap().id, to)?;
            Some(org.agent(agent).unwrap().name.as_str())
        };
        assert_eq!(go("be-1", Step::Parent), Some("be-lead"));
        assert_eq!(go("db-lead", Step::Parent), Some("be-lead"));
        assert_eq!(go("be-lead", Step::Parent), Some("chief"));
        assert_eq!(go("chief", Step::Parent), None);
        assert_eq!(go("chief", Step::FirstChild), Some("be-lead"));
        assert_eq!(go("db-1", Step::FirstChild), None);
        assert_eq!(go("be-2", Step::NextSibling), Some("db-lead"));
        assert_eq!(go("be-1", Step::PreviousSibling), None);
        assert_eq!(go("qa-1", Step::Next), Some("chief"));
        assert_eq!(go("chief", Step::Previous), Some("qa-1"));
    }

    #[test]
    fn directions_follow_the_screen() {
        let org = org(12);
        let arrangement = arrange(&builtin("org-chart"), &org, Rect::new(0, 0, 200, 50), &View::default());
        let go = |from: &str, to: Direction| {
            let agent = arrangement.neighbour(org.agent_named(from).unwrap().id, to)?;
            Some(org.agent(agent).unwrap().name.as_str())
        };
        assert_eq!(go("chief", Direction::Down), Some("be-lead"));
        assert_eq!(go("chief", Direction::Up), None);
        assert_eq!(go("be-lead", Direction::Up), Some("chief"));
        assert_eq!(go("be-lead", Direction::Right), Some("fe-lead"));
        assert_eq!(go("be-lead", Direction::Down), Some("be-1"));
        assert_eq!(go("be-1", Direction::Right), Some("db-lead"));
        assert_eq!(go("qa-1", Direction::Left), Some("fe-3"));
        assert_eq!(go("qa-1", Direction::Right), None);
    }

    #[test]
    fn walking_down_through_cards_reaches_the_end_although_each_opens_on_the_way() {
        let org = org(60);
        let mut focus = org.agent_named("infra-lead").map(|a| a.id);
        let mut seen = Vec::new();
        while let Some(agent) = focus {
            assert!(!seen.contains(&agent), "the focus goes in a circle: {seen:?}");
            seen.push(agent);
            let view = View { focus, ..View::default() };
            let arrangement = arrange(&builtin("org-chart"), &org, Rect::new(0, 0, 120, 40), &view);
            focus = arrangement.neighbour(agent, Direction::Down);
        }
        assert!(seen.len() >= 4, "{seen:?}");
    }
}
