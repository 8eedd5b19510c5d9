//! The chart: who leads stands above, who is led hangs below on a rail, at every depth by the same rule.
//!
//! ```text
//!   ├━ backend ━━━━━━━━━━━━━━━━━━━      a team's title, on the executive's rail
//!   │╭ ★ be-lead ────────────────╮      its lead
//!   │┟───────────────────────────╯
//!   │┣ ▶ be-1                           who it leads, on the team's rail
//!   │┗━ database ━━━━━━━━━━━━━━━━       a team in it
//! ```
//!
//! Who is a pane and who a card follows from the structure, the space, the focus and what a person pinned; never
//! from an agent's state, or the chart would jump whenever somebody starts to think.

use super::arrangement::{Arrangement, Form, Group, Link, Run};
use super::branch::{Item, Rules};
use super::handle::{Grip, Handle, Neighbour, weigh};
use super::measure::{Body, Column};
use super::rect::{Part, Rect, share, text_width};
use super::stairs::{Claim, stack};
use super::weights::{Axis, WeightKey};
use crate::domain::{AgentId, TeamId};

/// What a trunk hangs from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hook {
    /// The lower border of a place with a border, on this row.
    Border(u16),
    /// A team's title on this row.
    Title(u16),
    /// A line of its own on this row, below a card without border.
    Line(u16),
    /// The right border of a place at the left, from a line of its own on this row.
    Side(u16),
    /// The same, where the first of a single column stands on this row.
    Flank(u16),
    /// A card without border that ends above this row.
    Card(u16),
}

impl Hook {
    /// Returns the row and the character at which a trunk leaves it: the `first` one, the `last` one, or one between
    /// them, which `ends` at once.
    fn exit(self, first: bool, last: bool, ends: bool) -> Option<(u16, char)> {
        match self {
            Hook::Border(row) => Some((row, if first { '┟' } else { '┰' })),
            Hook::Title(row) => Some((row, if first { '┏' } else { '┳' })),
            Hook::Line(row) if first => Some((row, '┣')),
            Hook::Line(row) | Hook::Side(row) => Some((row, if last { '┓' } else { '┳' })),
            Hook::Flank(row) => Some((row, if ends { '━' } else { '┳' })),
            Hook::Card(_) => None,
        }
    }

    /// Returns the first row below it.
    fn below(self) -> u16 {
        match self {
            Hook::Border(row) | Hook::Title(row) | Hook::Line(row) | Hook::Side(row) | Hook::Flank(row) => {
                row.saturating_add(1)
            }
            Hook::Card(row) => row,
        }
    }
}

/// A line down the left side of a column.
struct Trunk {
    x: u16,
    /// The rows at which it has branches, from the top.
    ticks: Vec<u16>,
}

/// Cuts an area into lengths.
pub(super) fn cut(area: Rect, axis: Axis, lengths: &[u16]) -> Vec<Rect> {
    let mut rest = area;
    let piece = |length: &u16| {
        let (piece, after) = match axis {
            Axis::Width => rest.split_left(*length),
            Axis::Height => rest.split_top(*length),
        };
        rest = after;
        piece
    };
    lengths.iter().map(piece).collect()
}

/// Returns the weights of lengths that the layout chose itself.
fn bases(lengths: &[u16]) -> Vec<u32> {
    lengths.iter().map(|length| u32::from(*length) * 100).collect()
}

/// Draws branches into an arrangement.
pub(super) struct Chart<'r, 'a> {
    pub(super) rules: &'r Rules<'a>,
    pub(super) out: &'r mut Arrangement,
}

impl<'a> Chart<'_, 'a> {
    /// Draws a branch below its title, and its boss on top of it.
    pub(super) fn body(&mut self, body: &Body<'_, 'a>, area: Rect, hook: Hook) {
        let branch = body.branch;
        let Some((boss, stairs)) = &body.boss else { return self.columns(body, area, hook) };
        if body.columns.is_empty() {
            self.place(*boss, area);
            return;
        }
        let first = self.rules.first(*boss);
        let below = branch.focused && self.rules.focus != Some(*boss);
        let claims = [Claim { stairs, focused: first }, Claim { stairs: &body.below, focused: below }];
        let keys =
            [self.agent_key(*boss, Axis::Height), WeightKey::Below(branch.team.map(|t| t.name.clone()))];
        let wanted = stack(area.height, &claims);
        let heights = self.dragged(area.height, &wanted, &keys);
        let (top, below) = area.split_top(heights.first().copied().unwrap_or(0));
        let hook = self.boss(*boss, top, body.columns.len() > 1, hook);
        let grab = top.split_bottom(1).1.split_left(1).1;
        self.handles(Axis::Height, &keys, &heights, &bases(&wanted), |_| grab);
        self.columns(body, below, hook);
    }

    /// Draws the one that stands above the others, and returns what those hang from.
    fn boss(&mut self, boss: AgentId, area: Rect, several: bool, hook: Hook) -> Hook {
        if area.is_empty() {
            return hook;
        }
        let live = self.rules.pane_fits(area.width) && area.height >= self.rules.pane.min_height;
        if live || area.height >= 3 && self.rules.card.height >= 3 {
            let place = if live { area } else { area.split_top(self.rules.card.height).0 };
            self.place(boss, place);
            return Hook::Border(place.bottom() - 1);
        }
        let line = several && area.height > 1;
        let (card, _) = area.split_top((area.height - u16::from(line)).min(self.rules.card.height));
        self.place(boss, card);
        if line { Hook::Line(card.bottom()) } else { Hook::Card(card.bottom()) }
    }

    /// Draws what stands below a boss, side by side and below each other, and the trunks it hangs from.
    pub(super) fn columns(&mut self, body: &Body<'_, 'a>, area: Rect, hook: Hook) {
        let widths: Vec<u16> = body.columns.iter().map(|column| column.width).collect();
        let bases: Vec<u32> = body.columns.iter().map(|column| column.base * 100).collect();
        let firsts = body.columns.iter().filter_map(|column| column.entries.first());
        let keys: Vec<WeightKey> = firsts.map(|entry| entry.item.key(Axis::Width)).collect();
        let places = cut(area, Axis::Width, &widths);
        self.handles(Axis::Width, &keys, &widths, &bases, |after| {
            places.get(after).map_or(Rect::default(), |place| place.split_left(1).0)
        });
        let railed = body.branch.railed;
        let columns = body.columns.iter().zip(&places);
        let trunks: Vec<Trunk> = columns
            .map(|(column, place)| Trunk {
                x: place.x,
                ticks: self.column(column, place.split_left(u16::from(railed)).1),
            })
            .collect();
        if railed {
            self.trunks(body.branch.id(), area.x, hook, &trunks);
        }
    }

    /// Draws one column, and returns the rows at which its trunk has branches.
    fn column(&mut self, column: &Column<'_, 'a>, area: Rect) -> Vec<u16> {
        let entries = &column.entries;
        let focus = self.rules.focus;
        let claims: Vec<Claim<'_>> = entries
            .iter()
            .map(|entry| Claim { stairs: &entry.stairs, focused: entry.item.focused(focus) })
            .collect();
        let keys: Vec<WeightKey> = entries.iter().map(|entry| entry.item.key(Axis::Height)).collect();
        let wanted = stack(area.height, &claims);
        let heights = self.dragged(area.height, &wanted, &keys);
        let places = cut(area, Axis::Height, &heights);
        self.handles(Axis::Height, &keys, &heights, &bases(&wanted), |after| {
            places.get(after).map_or(Rect::default(), |place| place.split_top(1).0)
        });
        let mut ticks = Vec::new();
        for (entry, place) in entries.iter().zip(places).filter(|(_, place)| !place.is_empty()) {
            match (&entry.body, entry.item) {
                (Some(body), _) => {
                    ticks.push(place.y);
                    self.team(body, place);
                }
                (None, Item::Members(branch) | Item::Team(branch)) => ticks.extend(self.block(branch, place)),
            }
        }
        ticks
    }

    /// Draws a team with its title.
    fn team(&mut self, body: &Body<'_, 'a>, area: Rect) {
        let branch = body.branch;
        let Some(team) = branch.team else { return };
        let (title, inner) = area.split_top(1);
        let (slots, runs, group) = (self.out.slots.len(), self.out.runs.len(), self.out.groups.len());
        self.out.groups.push(Group {
            team: team.id,
            depth: branch.depth,
            outer: area,
            title,
            inner,
            closed: false,
            continued: false,
        });
        if inner.height > 0 {
            self.body(body, inner, Hook::Title(title.y));
        }
        let closed = self.out.slots.len() == slots && self.out.groups.len() == group + 1;
        if let Some(group) = self.out.groups.get_mut(group) {
            group.closed = closed;
        }
        let mut dots: Vec<AgentId> = if closed {
            branch.everybody()
        } else {
            branch.boss.iter().chain(&branch.members).chain(&branch.folded).copied().collect()
        };
        let slots = self.out.slots.get(slots..).unwrap_or(&[]);
        let runs = self.out.runs.get(runs..).unwrap_or(&[]);
        dots.retain(|agent| {
            let has_slot = slots.iter().any(|slot| slot.agent == *agent);
            !has_slot && !runs.iter().any(|run| run.agents.contains(agent))
        });
        if !dots.is_empty() {
            let name = text_width(team.name.as_str()).saturating_add(3).min(title.width.saturating_sub(5));
            self.run(branch.id(), title.split_left(name).1, dots);
        }
    }

    /// Draws a row of dots; where there are more agents than cells, the last cells stay free for their number.
    pub(super) fn run(&mut self, team: Option<TeamId>, area: Rect, mut agents: Vec<AgentId>) {
        let room = usize::from(area.width);
        let shown = if agents.len() > room { room.saturating_sub(4) } else { agents.len() };
        let hidden = agents.len() - shown;
        agents.truncate(shown);
        let width = if hidden > 0 { area.width } else { u16::try_from(shown).unwrap_or(area.width) };
        let hidden = u16::try_from(hidden).unwrap_or(u16::MAX);
        self.out.runs.push(Run { team, area: Rect { width, ..area }, agents, hidden });
    }

    /// Gives an agent a place: a pane where one can live, else a card.
    pub(super) fn place(&mut self, agent: AgentId, outer: Rect) {
        if outer.is_empty() {
            return;
        }
        let rules = self.rules;
        let live = rules.pane_fits(outer.width) && outer.height >= rules.pane.min_height;
        let form = if live { Form::Pane { inner: outer.inset() } } else { Form::Card };
        let outer = if live { outer } else { outer.split_top(rules.card.height).0 };
        self.out.slots.push(rules.roster.slot(agent, outer, form));
    }

    /// Returns what an agent's own length is called.
    pub(super) fn agent_key(&self, agent: AgentId, axis: Axis) -> WeightKey {
        match self.rules.roster.org.agent(agent) {
            Some(own) => WeightKey::Agent(own.name.clone(), axis),
            None => WeightKey::Members(None, axis),
        }
    }

    /// Returns lengths as a person dragged them: the layout's own, each weighed by its factor.
    pub(super) fn dragged(&self, total: u16, lengths: &[u16], keys: &[WeightKey]) -> Vec<u16> {
        let weights = &self.rules.layout.weights;
        if weights.is_empty() || keys.iter().all(|key| weights.get(key).is_none()) {
            return lengths.to_vec();
        }
        let part = |(length, key): (&u16, &WeightKey)| Part {
            least: (*length).min(1),
            weight: weigh(key, u32::from(*length) * 100, weights),
        };
        share(total, &lengths.iter().zip(keys).map(part).collect::<Vec<_>>())
    }

    /// Makes the borders between neighbours draggable; `grab` says where the border before the `n`th is grabbed.
    pub(super) fn handles(
        &mut self,
        axis: Axis,
        keys: &[WeightKey],
        lengths: &[u16],
        bases: &[u32],
        grab: impl Fn(usize) -> Rect,
    ) {
        let weights = &self.rules.layout.weights;
        let mut sides = keys
            .iter()
            .zip(lengths)
            .zip(bases)
            .map(|((key, length), base)| Neighbour::new(key.clone(), *length, *base, weights));
        let Some(mut before) = sides.next() else { return };
        for (n, after) in (1..).zip(sides) {
            let area = grab(n);
            let grip = Grip::Between { before, after: after.clone() };
            if !area.is_empty() {
                self.out.handles.push(Handle { area, axis, grip });
            }
            before = after;
        }
    }

    /// Draws the lines from a boss to those below, whose columns start at `left`.
    fn trunks(&mut self, team: Option<TeamId>, left: u16, hook: Hook, trunks: &[Trunk]) {
        let Some(right) = trunks.iter().rev().find(|trunk| !trunk.ticks.is_empty()).map(|trunk| trunk.x)
        else {
            return;
        };
        if let Hook::Side(row) | Hook::Flank(row) = hook {
            self.link(team, left.saturating_sub(1), row, '┮');
        }
        if let Hook::Line(row) | Hook::Side(row) = hook {
            (left..right).for_each(|x| self.link(team, x, row, '━'));
        }
        for Trunk { x, ticks } in trunks {
            let Some(last) = ticks.last().copied() else { continue };
            if let Some((row, glyph)) = hook.exit(*x == left, *x == right, hook.below() > last) {
                self.link(team, *x, row, glyph);
            }
            for y in hook.below()..=last {
                let glyph = match ticks.contains(&y) {
                    _ if y == last => '┗',
                    true => '┣',
                    false => '┃',
                };
                self.link(team, *x, y, glyph);
            }
        }
    }

    /// Draws one cell of a line.
    pub(super) fn link(&mut self, team: Option<TeamId>, x: u16, y: u16, glyph: char) {
        self.out.links.push(Link { x, y, glyph, team });
    }
}
