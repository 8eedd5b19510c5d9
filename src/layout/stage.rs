//! The window: the status bar, the tree, the stage and the chart beside it, and what is done where there is no room
//! for all of them.

use std::collections::{BTreeMap, BTreeSet};

use super::arrangement::{Arrangement, Form, Slot, TreeKind};
use super::branch::{BORDER, Branch, Rules};
use super::chart::{Chart, Hook};
use super::definition::{Flow, Holder, Layout, Place, Side, Who};
use super::handle::{Grip, Handle};
use super::measure::Body;
use super::rect::{Part, Rect, share};
use super::roster::Roster;
use super::stairs::Tier;
use super::tree::Tree;
use super::weights::{Axis, WeightKey};
use crate::domain::{AgentId, Org};

/// What a person looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct View<'a> {
    /// The focused agent.
    pub focus: Option<AgentId>,
    /// Whether the focused agent fills the window.
    pub zoom: bool,
    /// Agents that are to be live before others, the most wanted first. What a person pinned belongs here; what an
    /// agent does belongs not, or the chart would jump at every change of a state.
    pub pinned: &'a [AgentId],
    /// Agents that must not be left out of a tree that is too small for everybody: those that need a person.
    pub urgent: &'a [AgentId],
}

/// Windows narrower than this have the tree above the chart instead of beside it.
const TREE_BESIDE_FROM: u16 = 64;
/// The tree's part of the window's width is at most one of this many.
const TREE_PART: u16 = 4;
/// The least width of the tree.
const TREE_LEAST: u16 = 12;
/// The tree above the chart is at most one part of this many of the window's height, or half where a pane has room
/// in the rest.
const STRIP_PART: u16 = 4;
/// The width from which an executive with a single team stands beside it rather than above it.
const BESIDE_FROM: u16 = 120;
/// The rows and columns from which a lone pane has a border.
const FRAME_FROM: (u16, u16) = (12, 5);

/// Lays a session out in a window.
#[must_use]
pub fn arrange(layout: &Layout, org: &Org, area: Rect, view: &View<'_>) -> Arrangement {
    let roster = Roster::new(org);
    let focus = view.focus.filter(|focus| org.agent(*focus).is_some());
    let window = Window { layout, roster: &roster, view, focus };
    let (body, status) = area.split_bottom(1);
    let mut out = Arrangement { area, status, message: body.split_bottom(1).1, ..Arrangement::default() };
    if let Some(whole) = focus.or(roster.executive).filter(|_| view.zoom) {
        window.alone(&[whole], body, &mut out);
    } else {
        let bare = (!layout.tree.show).then(|| {
            let mut out = out.clone();
            window.chart(body, &mut out);
            out
        });
        out = bare.filter(|bare| window.unplaced(bare).is_empty()).unwrap_or_else(|| {
            let chart = window.tree(body, &mut out);
            window.chart(chart, &mut out);
            out
        });
    }
    out.off_screen = window.unplaced(&out);
    let order: BTreeMap<AgentId, usize> = roster.order.iter().copied().zip(0..).collect();
    out.slots.sort_by_key(|slot| (!slot.staged, order.get(&slot.agent).copied()));
    out
}

/// Where the stage stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StageSide {
    Top,
    Left,
}

/// Returns the rows that a branch needs for titles only, and for a line for every agent.
fn heights(body: &Body<'_, '_>) -> [u16; 2] {
    [Tier::Titles, Tier::Lines].map(|tier| body.stairs.height(tier))
}

/// One arrangement under way.
struct Window<'a> {
    layout: &'a Layout,
    roster: &'a Roster<'a>,
    view: &'a View<'a>,
    /// The focused agent, if there is such an agent.
    focus: Option<AgentId>,
}

impl<'a> Window<'a> {
    /// Returns the agents that have no place at all.
    fn unplaced(&self, out: &Arrangement) -> Vec<AgentId> {
        let mut seen: BTreeSet<AgentId> = out.slots.iter().map(|slot| slot.agent).collect();
        seen.extend(out.runs.iter().flat_map(|run| &run.agents));
        let rows = out.tree.iter().flat_map(|tree| &tree.rows);
        let cells = rows.flat_map(|row| &row.cells).filter(|cell| !cell.area.is_empty());
        seen.extend(cells.filter_map(|cell| match cell.kind {
            TreeKind::Agent { agent, .. } | TreeKind::Dot { agent, .. } => Some(agent),
            TreeKind::Team { .. } | TreeKind::More { .. } => None,
        }));
        self.roster.order.iter().copied().filter(|agent| !seen.contains(agent)).collect()
    }

    /// Draws the tree beside or above the chart, and returns what is left for the chart.
    fn tree(&self, body: Rect, out: &mut Arrangement) -> Rect {
        if self.roster.order.len() < 2 || body.height < STRIP_PART {
            return body;
        }
        let tree = Tree::new(self.roster, self.focus, self.view.urgent, &self.layout.collapsed);
        if body.width < TREE_BESIDE_FROM {
            let spare = body.height.saturating_sub(self.layout.pane.min_height.saturating_add(BORDER));
            let most = (body.height / STRIP_PART).max(spare.min(body.height / 2));
            let rows = tree.strip_height(body.width, most);
            let (panel, chart) = body.split_top(rows);
            out.tree = Some(tree.strip(panel, panel, Rect::default()));
            return chart;
        }
        let width = match self.layout.weights.get(&WeightKey::Tree) {
            Some(dragged) => dragged.clamp(TREE_LEAST, body.width / 2),
            None => tree.width().min(self.layout.tree.width).min(body.width / TREE_PART).max(TREE_LEAST),
        };
        let side = self.layout.tree.side;
        let (panel, inner, border, chart) = match side {
            Side::Left => {
                let (panel, chart) = body.split_left(width);
                let (inner, border) = panel.split_right(1);
                (panel, inner, border, chart)
            }
            Side::Right => {
                let (chart, panel) = body.split_right(width);
                let (border, inner) = panel.split_left(1);
                (panel, inner, border, chart)
            }
        };
        out.handles.push(Handle { area: border, axis: Axis::Width, grip: Grip::Tree { side, width } });
        out.tree = Some(tree.list(panel, inner, border));
        chart
    }

    /// Draws the stage and the chart.
    fn chart(&self, area: Rect, out: &mut Arrangement) {
        let focus = self.focus;
        let rules = Rules::new(self.layout, self.roster, focus, self.view.pinned, area.height);
        let live = self.layout.pane.who != Who::Nobody || self.layout.stage.holds != Holder::Nobody;
        let first = || self.roster.order.first().copied();
        let tiny = area.width < rules.card.min_width || area.height < 3;
        if self.roster.order.len() < 2 || tiny || (live && !rules.has_room(area)) {
            self.alone(focus.or(self.roster.executive).or_else(first).as_slice(), area, out);
            return;
        }
        match self.layout.stage.holds {
            Holder::Executive => match self.roster.executive {
                Some(executive) => self.staged(&rules, &[executive], area, out),
                None => self.bare(&rules, area, out),
            },
            Holder::Focus => {
                let cards = Rules { who: Who::Nobody, ..rules };
                self.staged(&cards, focus.or(self.roster.executive).or_else(first).as_slice(), area, out);
            }
            Holder::Nobody => self.bare(&rules, area, out),
        }
        let missed = |agent: &AgentId| out.pane(*agent).is_none();
        let wanted = focus.or(self.roster.executive).filter(|_| self.layout.pane.who != Who::Nobody);
        if let Some(wanted) = wanted.filter(missed) {
            out.clear_chart();
            let executive = self.roster.executive.filter(|executive| *executive != wanted);
            let both: Vec<AgentId> = executive.into_iter().chain([wanted]).collect();
            let cards = Rules {
                who: Who::Nobody,
                focus: None,
                ..Rules::new(self.layout, self.roster, None, &[], area.height)
            };
            self.staged(&cards, &both, area, out);
        }
    }

    /// Draws the chart without a stage.
    fn bare(&self, rules: &Rules<'a>, area: Rect, out: &mut Arrangement) {
        let session = rules.session(false);
        let mut chart = Chart { rules, out };
        if self.layout.teams.flow == Flow::Grid && chart.grid(&session, area) {
            return;
        }
        chart.body(&rules.measure(&session, area.width), area, Hook::Card(area.y));
    }

    /// Draws a stage with these agents on it, the executive to the left, and the chart below or beside it.
    fn staged(&self, rules: &Rules<'a>, on_stage: &[AgentId], area: Rect, out: &mut Arrangement) {
        let leads = on_stage.len() == 1
            && on_stage.first().copied() == self.roster.executive
            && rules.who != Who::Nobody;
        let session = rules.session(leads);
        let place = self.place(rules, &session, area);
        let whole = rules.measure(&session, area.width);
        // Without the focus, so that the stage keeps its size wherever the focus goes.
        let [titles, lines] = if session.focused {
            let calm = Rules { focus: None, ..*rules };
            heights(&calm.measure(&calm.session(leads), area.width))
        } else {
            heights(&whole)
        };
        // With less than this, the chart would say no more than the tree does.
        let enough = if on_stage.len() > 1 { lines } else { lines.min(titles.saturating_add(3)) };
        let Some(length) = self.stage_length(rules, place, area, (enough.max(1), lines)) else {
            self.alone(on_stage, area, out);
            return;
        };
        let (stage, rest) = match place {
            StageSide::Top => area.split_top(length),
            StageSide::Left => area.split_left(length),
        };
        // A line beside the stage's border would look like part of it, if it does not come from there.
        let rest = if place == StageSide::Left && !leads { rest.split_left(1).1 } else { rest };
        self.alone(on_stage, stage, out);
        let (grab, axis, all) = match place {
            StageSide::Top => (stage.split_bottom(1).1.split_left(1).1, Axis::Height, area.height),
            StageSide::Left => (stage.split_right(1).1, Axis::Width, area.width),
        };
        out.handles.push(Handle { area: grab, axis, grip: Grip::Stage { length, whole: all } });
        let body = if rest.width == area.width { whole } else { rules.measure(&session, rest.width) };
        let mut chart = Chart { rules, out };
        match place {
            _ if !leads => chart.body(&body, rest, Hook::Card(rest.y)),
            StageSide::Top => chart.columns(&body, rest, Hook::Border(stage.bottom().saturating_sub(1))),
            StageSide::Left if body.columns.len() > 1 => {
                let (line, below) = rest.split_top(1);
                chart.columns(&body, below, Hook::Side(line.y));
            }
            StageSide::Left => chart.columns(&body, rest, Hook::Flank(rest.y)),
        }
    }

    /// Returns where the stage stands.
    fn place(&self, rules: &Rules<'a>, session: &Branch<'a>, area: Rect) -> StageSide {
        let one_team = session.items().len() == 1;
        match self.layout.stage.place {
            Place::Auto if one_team && area.width >= BESIDE_FROM => StageSide::Left,
            Place::Left if area.width >= rules.pane.width.saturating_add(rules.min_column) => StageSide::Left,
            Place::Auto | Place::Top | Place::Left => StageSide::Top,
        }
    }

    /// Returns the stage's length: its share, but no more than leaves a line for every agent, and no less than a
    /// terminal needs; none if that would leave the chart less than is `enough` for it.
    fn stage_length(
        &self,
        rules: &Rules<'a>,
        side: StageSide,
        area: Rect,
        (enough, lines): (u16, u16),
    ) -> Option<u16> {
        let (whole, wanted, least, others, needed) = match side {
            StageSide::Top => (area.height, rules.pane.height, rules.pane.min_height, lines, enough),
            StageSide::Left => {
                let needed = rules.card.min_width.saturating_add(2);
                (area.width, rules.pane.width, rules.pane.min_width, rules.min_column, needed)
            }
        };
        let dragged = self.layout.weights.get(&WeightKey::Stage);
        let share = dragged.map_or(u32::from(self.layout.stage.share) * 10, u32::from).min(1000);
        let share = u16::try_from(u32::from(whole) * share / 1000).unwrap_or(whole);
        let reserve = if dragged.is_some() { needed } else { others.max(needed) };
        let length = share.min(whole.saturating_sub(reserve).max(wanted)).max(least);
        let length = length.min(whole.saturating_sub(needed)).max(least);
        (whole.saturating_sub(length) >= needed).then_some(length)
    }

    /// Draws agents alone: side by side if they fit, else below each other, else the last of them.
    fn alone(&self, agents: &[AgentId], area: Rect, out: &mut Arrangement) {
        let count = u16::try_from(agents.len()).unwrap_or(u16::MAX).max(1);
        let across = area.width / count >= self.layout.pane.min_width.saturating_add(BORDER);
        let down = area.height / count >= self.layout.pane.min_height.saturating_add(BORDER);
        let shown = if across || down { agents } else { agents.split_at(agents.len().saturating_sub(1)).1 };
        let parts = vec![Part { least: 0, weight: 1 }; shown.len()];
        let mut rest = area;
        for (agent, length) in shown.iter().zip(share(if across { area.width } else { area.height }, &parts))
        {
            let (outer, left) = if across { rest.split_left(length) } else { rest.split_top(length) };
            rest = left;
            if outer.is_empty() {
                continue;
            }
            let framed = outer.width >= FRAME_FROM.0 && outer.height >= FRAME_FROM.1;
            let inner = if framed { outer.inset() } else { outer };
            out.slots.push(Slot { staged: true, ..self.roster.slot(*agent, outer, Form::Pane { inner }) });
        }
    }
}
