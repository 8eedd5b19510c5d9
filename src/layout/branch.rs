//! The organisation as the chart draws it: a tree of branches, each with who leads it, its own agents and the
//! branches below; and the layout's rules, turned into sizes of places with their borders.

use super::definition::{Flow, Layout, LeadPlace, Who};
use super::rect::Rect;
use super::roster::Roster;
use super::weights::{Axis, WeightKey};
use crate::domain::{AgentId, Name, Team, TeamId, TeamNode};

/// One team with everything in it, or the whole session.
#[derive(Debug)]
pub(super) struct Branch<'a> {
    /// The team; none is the session, led by the executive.
    pub(super) team: Option<&'a Team>,
    /// How many teams it stands in.
    pub(super) depth: u16,
    /// Who stands above the others, if the layout puts anybody above.
    pub(super) boss: Option<AgentId>,
    /// Its own agents, without the boss.
    pub(super) members: Vec<AgentId>,
    /// The teams in it.
    pub(super) teams: Vec<Branch<'a>>,
    /// How many agents are in it altogether.
    pub(super) size: u32,
    /// Whether the focused agent is in it.
    pub(super) focused: bool,
    /// Agents that are dots in its title, because a person folded it.
    pub(super) folded: Vec<AgentId>,
    /// Whether what stands in it hangs on a rail: it does unless nobody leads the session.
    pub(super) railed: bool,
}

/// One thing that stands in a column: a branch's own agents, or a branch in it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Item<'b, 'a> {
    Members(&'b Branch<'a>),
    Team(&'b Branch<'a>),
}

/// The rules of one arrangement. Sizes include a pane's border.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules<'a> {
    pub(super) layout: &'a Layout,
    pub(super) roster: &'a Roster<'a>,
    /// Who may be a pane in the chart.
    pub(super) who: Who,
    /// The focused agent, if it may be a pane in the chart.
    pub(super) focus: Option<AgentId>,
    /// Agents that a person wants to see live.
    pub(super) pinned: &'a [AgentId],
    /// Whether leads stand above their teams.
    pub(super) lead_above: bool,
    /// The window's height: nothing needs to be measured beyond it.
    pub(super) tallest: u16,
    /// The least pane, and the wanted one.
    pub(super) pane: Sizes,
    /// The least card, and the wanted one.
    pub(super) card: Sizes,
    /// The fewest columns of a team beside another.
    pub(super) min_column: u16,
}

/// The least size that is worth it, and the size that is wanted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    pub(super) min_width: u16,
    pub(super) min_height: u16,
    pub(super) width: u16,
    pub(super) height: u16,
}

impl Sizes {
    /// Returns how many of these fit side by side, at their least width.
    pub(super) fn most_across(self, width: u16) -> u16 {
        (width / self.min_width.max(1)).max(1)
    }

    /// Returns how many of these fit side by side, at their wanted width.
    pub(super) fn wanted_across(self, width: u16) -> u16 {
        (width / self.width.max(1)).max(1)
    }
}

/// A border's cells, on both sides.
pub(super) const BORDER: u16 = 2;

impl<'a> Rules<'a> {
    pub(super) fn new(
        layout: &'a Layout,
        roster: &'a Roster<'a>,
        focus: Option<AgentId>,
        pinned: &'a [AgentId],
        tallest: u16,
    ) -> Rules<'a> {
        let (pane, card) = (layout.pane, layout.card);
        let height = card.height.clamp(1, 3);
        let (least, wanted) = (pane.min_width.max(2), pane.min_height.max(1));
        Rules {
            layout,
            roster,
            tallest,
            who: pane.who,
            focus: focus.filter(|_| pane.who != Who::Nobody),
            pinned,
            lead_above: layout.teams.lead == LeadPlace::Above && layout.teams.flow != Flow::Grid,
            pane: Sizes {
                min_width: least.saturating_add(BORDER),
                min_height: wanted.saturating_add(BORDER),
                width: pane.width.max(least).saturating_add(BORDER),
                height: pane.height.max(wanted).saturating_add(BORDER),
            },
            card: Sizes {
                min_width: card.min_width.max(4),
                min_height: 1,
                width: card.width.max(card.min_width).max(4),
                height,
            },
            min_column: layout.teams.min_width.max(4),
        }
    }

    /// Returns whether a pane can live in a place of this width.
    pub(super) fn pane_fits(&self, width: u16) -> bool {
        self.who != Who::Nobody && width >= self.pane.min_width
    }

    /// Returns whether at least one pane can live in the area.
    pub(super) fn has_room(&self, area: Rect) -> bool {
        area.width >= self.pane.min_width && area.height >= self.pane.min_height
    }

    /// Returns whether an agent is a pane before anybody else has as much as a line.
    pub(super) fn first(&self, agent: AgentId) -> bool {
        self.who != Who::Nobody && (self.focus == Some(agent) || self.roster.executive == Some(agent))
    }

    /// Returns whether an agent is a pane before others, at the least size already.
    pub(super) fn forced(&self, agent: AgentId) -> bool {
        match self.who {
            Who::Nobody => false,
            Who::Leads | Who::Everyone => {
                self.focus == Some(agent)
                    || self.roster.executive == Some(agent)
                    || self.roster.leads.contains(&agent)
            }
        }
    }

    /// Returns the whole session as a branch; the executive stands on top of it, unless it is on the stage.
    pub(super) fn session(&self, executive_is_staged: bool) -> Branch<'a> {
        let roster = self.roster;
        let teams = roster.forest.iter().filter_map(|node| self.branch(node, 0)).collect();
        let boss = roster.executive.filter(|_| !executive_is_staged);
        let mut branch = self.close(None, boss, roster.loose.clone(), teams);
        branch.railed = roster.executive.is_some();
        branch
    }

    fn branch(&self, node: &TeamNode, depth: u16) -> Option<Branch<'a>> {
        let team = self.roster.org.team(node.team)?;
        let mut members = node.members.clone();
        let boss = members.first().copied().filter(|first| self.lead_above && team.lead == Some(*first));
        if boss.is_some() {
            members.remove(0);
        }
        let teams = node.teams.iter().filter_map(|node| self.branch(node, depth.saturating_add(1))).collect();
        let mut branch = self.close(Some(team), boss, members, teams);
        branch.depth = depth;
        if self.layout.collapsed.contains(&team.name) {
            self.fold(&mut branch);
        }
        Some(branch)
    }

    fn close(
        &self,
        team: Option<&'a Team>,
        boss: Option<AgentId>,
        members: Vec<AgentId>,
        teams: Vec<Branch<'a>>,
    ) -> Branch<'a> {
        let own = boss.iter().chain(&members);
        let focused = self.focus.is_some_and(|focus| own.clone().any(|agent| *agent == focus));
        Branch {
            team,
            depth: 0,
            boss,
            size: teams.iter().map(|team| team.size).sum::<u32>().saturating_add(count(own.count())),
            focused: focused || teams.iter().any(|team| team.focused),
            members,
            teams,
            folded: Vec::new(),
            railed: true,
        }
    }

    /// Leaves only the focused agent of a branch that a person folded.
    fn fold(&self, branch: &mut Branch<'a>) {
        let everybody = branch.everybody();
        let focus = self.focus.filter(|_| branch.focused);
        branch.folded = everybody.into_iter().filter(|agent| Some(*agent) != focus).collect();
        branch.boss = None;
        branch.members = focus.into_iter().collect();
        branch.teams.clear();
        branch.size = u32::from(focus.is_some());
    }
}

impl<'a> Branch<'a> {
    /// Returns the team's identity.
    pub(super) fn id(&self) -> Option<TeamId> {
        self.team.map(|team| team.id)
    }

    /// Returns every agent in it, in the order of the chart.
    pub(super) fn everybody(&self) -> Vec<AgentId> {
        let mut out: Vec<AgentId> = self.boss.into_iter().collect();
        out.extend(&self.members);
        self.teams.iter().for_each(|team| out.extend(team.everybody()));
        out.extend(&self.folded);
        out
    }

    /// Returns what stands in it below its boss.
    pub(super) fn items<'b>(&'b self) -> Vec<Item<'b, 'a>> {
        let own = (!self.members.is_empty()).then_some(Item::Members(self));
        own.into_iter().chain(self.teams.iter().map(Item::Team)).collect()
    }

    fn name(&self) -> Option<Name> {
        self.team.map(|team| team.name.clone())
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

impl Item<'_, '_> {
    /// Returns what its length is called when a person drags its border.
    pub(super) fn key(self, axis: Axis) -> WeightKey {
        match self {
            Item::Members(branch) => WeightKey::Members(branch.name(), axis),
            Item::Team(branch) => match branch.name() {
                Some(name) => WeightKey::Team(name, axis),
                None => WeightKey::Members(None, axis),
            },
        }
    }

    /// Returns how much it counts when columns are balanced: its agents, and a title.
    pub(super) fn size(self) -> u32 {
        match self {
            Item::Members(branch) => count(branch.members.len()),
            Item::Team(branch) => branch.size.saturating_add(1),
        }
    }

    /// Returns whether the focused agent is in it.
    pub(super) fn focused(self, focus: Option<AgentId>) -> bool {
        match self {
            Item::Members(branch) => focus.is_some_and(|focus| branch.members.contains(&focus)),
            Item::Team(branch) => branch.focused,
        }
    }
}
