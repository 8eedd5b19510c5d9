//! The tree: every agent of the session, in the order of the chart, at the side or in a strip above the chart.
//!
//! Everybody has a row with a name while there is room. Then teams fold, the last ones first and the focused one at
//! the end, into one row that carries their agents as dots; then several teams stand on a row; and as the very last
//! resort some are left out and counted, never those that need a person.

use std::collections::BTreeSet;

use super::arrangement::{Guide, Standing, TreeCell, TreeKind, TreePanel, TreeRow};
use super::rect::{Rect, text_width};
use super::roster::Roster;
use crate::domain::{AgentId, Name, Org, Team, TeamId, TeamNode};

/// What the tree is drawn from.
pub(super) struct Tree<'a> {
    roster: &'a Roster<'a>,
    focus: Option<AgentId>,
    urgent: &'a [AgentId],
    /// The teams below each other, in the order of the chart.
    forest: Vec<Listed<'a>>,
}

/// A team as it is listed.
struct Listed<'a> {
    team: &'a Team,
    /// How many teams it stands in.
    depth: u16,
    /// Its own agents, the lead first; of a team that a person folded, everybody in it.
    members: Vec<AgentId>,
    teams: Vec<Listed<'a>>,
    collapsed: bool,
}

/// The row of a folded team: the columns of its name, the columns of its dots, and how many rows those take.
struct Folded {
    name: u16,
    tail: u16,
    rows: u16,
}

/// A row before it has a place: the lines before it, and what it says.
#[derive(Default)]
struct Line {
    guides: Vec<Guide>,
    words: Vec<Word>,
}

/// The lines before the rows of those who hang on one rail.
#[derive(Clone, Copy)]
struct Rail<'r> {
    /// What stands before the rail.
    before: &'r [Guide],
    /// Whose it is.
    team: Option<TeamId>,
    /// Whether it is drawn: it is not where nobody leads the session.
    drawn: bool,
}

impl Rail<'_> {
    /// Returns the lines of a row, which ends in `text`.
    fn row(self, text: &'static str) -> Vec<Guide> {
        let own = self.drawn.then_some(Guide { text, team: self.team });
        self.before.iter().copied().chain(own).collect()
    }
}

/// One thing on a row before it has a place.
#[derive(Clone, Copy)]
struct Word {
    kind: TreeKind,
    width: u16,
    /// Whether it takes what is left of the row.
    rest: bool,
}

/// What is folded for want of rows.
#[derive(Default)]
struct Fold {
    teams: BTreeSet<TeamId>,
    /// Whether those in no team are dots.
    loose: bool,
}

/// The columns beyond which a row of dots goes on in the next row when the tree's own width is chosen.
const WIDEST_DOTS: u16 = 24;

/// The columns that a row needs beside its lines.
const NARROWEST: u16 = 8;

/// The names that a strip tries to show, in columns; with none, only dots.
const STRIP_NAMES: [u16; 5] = [48, 12, 8, 4, 0];

impl<'a> Tree<'a> {
    /// Returns the tree of a session. Agents that are `urgent` are left out last; teams that are `collapsed` are
    /// one row with everything in them.
    pub(super) fn new(
        roster: &'a Roster<'a>,
        focus: Option<AgentId>,
        urgent: &'a [AgentId],
        collapsed: &BTreeSet<Name>,
    ) -> Tree<'a> {
        Tree { roster, focus, urgent, forest: list(roster.org, &roster.forest, 0, collapsed) }
    }

    /// Returns every listed team, in the order of the chart.
    fn teams(&self) -> Vec<&Listed<'a>> {
        let mut out = Vec::new();
        self.forest.iter().for_each(|team| team.collect(&mut out));
        out
    }

    /// Returns the columns of the lines before a team's name.
    fn indent(&self, team: &Listed<'a>) -> u16 {
        team.depth.saturating_add(u16::from(self.roster.executive.is_some())).saturating_mul(2)
    }

    fn name_width(&self, agent: AgentId) -> u16 {
        self.roster.org.agent(agent).map_or(0, |agent| text_width(agent.name.as_str()))
    }

    /// Returns the columns that the tree would like, with its border: the longest name and two cells for a badge,
    /// or a folded team with a row of dots.
    pub(super) fn width(&self) -> u16 {
        let name = |agent: &AgentId| self.name_width(*agent).saturating_add(2);
        let loose = self
            .roster
            .executive
            .iter()
            .map(name)
            .chain(self.roster.loose.iter().map(|agent| name(agent) + 2));
        let mut widest = loose.max().unwrap_or(0).saturating_add(3);
        for team in self.teams() {
            let longest = team.members.iter().map(name).max().unwrap_or(0).saturating_add(5);
            let dots = u16::try_from(team.members.len()).unwrap_or(u16::MAX).saturating_add(2);
            let dots =
                text_width(team.team.name.as_str()).saturating_add(dots.saturating_add(1).min(WIDEST_DOTS));
            widest = widest.max(self.indent(team).saturating_add(longest.max(dots)));
        }
        widest
    }

    /// Draws the tree as a list in `area`.
    pub(super) fn list(&self, outer: Rect, inner: Rect, border: Rect) -> TreePanel {
        let kept = self
            .focus
            .and_then(|focus| self.roster.org.agent(focus))
            .map_or_else(Vec::new, |agent| self.roster.org.lineage(agent.team));
        let teams = self.teams();
        let open = |team: &Listed<'a>| match team.collapsed {
            true => self.folded(team, inner.width).rows,
            false => u16::try_from(team.members.len()).unwrap_or(u16::MAX).saturating_add(1),
        };
        let loose = u16::try_from(self.roster.loose.len()).unwrap_or(u16::MAX);
        let own = loose.saturating_add(u16::from(self.roster.executive.is_some()));
        let mut height = teams.iter().map(|team| open(team)).fold(own, u16::saturating_add);
        let mut order: Vec<&Listed<'a>> = teams.into_iter().rev().collect();
        // The focused team folds last, and before it those that it stands in.
        order.sort_by_key(|team| kept.iter().rev().position(|kept| *kept == team.team.id));
        let mut fold = Fold::default();
        for team in order {
            if height <= inner.height {
                break;
            }
            height = height.saturating_sub(open(team)).saturating_add(self.folded(team, inner.width).rows);
            fold.teams.insert(team.team.id);
        }
        if height > inner.height {
            fold.loose = true;
            height = height
                .saturating_sub(loose)
                .saturating_add(loose.div_ceil(inner.width.saturating_sub(2).max(1)));
        }
        let deepest = self.teams().into_iter().map(|team| self.indent(team)).max().unwrap_or(0);
        if height > inner.height || deepest.saturating_add(NARROWEST) > inner.width {
            return self.strip(outer, inner, border);
        }
        panel(outer, inner, border, self.lines(&fold, inner.width))
    }

    /// Returns how a folded team is written on rows of this width: the name gives way to the dots down to four
    /// columns, and then the dots go on in further rows.
    fn folded(&self, team: &Listed<'a>, width: u16) -> Folded {
        let led = team.lead().is_some();
        let dots = u16::try_from(team.members.len()).unwrap_or(u16::MAX).saturating_add(u16::from(led));
        let room = width.saturating_sub(self.indent(team));
        let name = text_width(team.team.name.as_str());
        let name = name.min(room.saturating_sub(dots.saturating_add(1)).max(4)).min(room);
        let tail = room.saturating_sub(name.saturating_add(1)).max(2);
        Folded { name, tail, rows: dots.div_ceil(tail).max(1) }
    }

    /// Returns how many rows a strip of this width takes to show everybody with names cut to 8 columns.
    pub(super) fn strip_height(&self, width: u16, most: u16) -> u16 {
        let words = self.words(8, &BTreeSet::new());
        u16::try_from(flow(&words, width).len()).unwrap_or(u16::MAX).clamp(1, most.max(1))
    }

    /// Draws the tree with several teams on a row.
    pub(super) fn strip(&self, outer: Rect, inner: Rect, border: Rect) -> TreePanel {
        let height = usize::from(inner.height);
        for name in STRIP_NAMES {
            let rows = flow(&self.words(name, &BTreeSet::new()), inner.width);
            if rows.len() <= height {
                return panel(outer, inner, border, rows);
            }
        }
        // Leave out from the end of the chart until the rest and a word on it fit, those that matter last.
        let mut order: Vec<AgentId> = self.roster.order.iter().rev().copied().collect();
        order.sort_by_key(|agent| (self.urgent.contains(agent), self.focus == Some(*agent)));
        let fits = |count: usize| {
            let mut words = self.words(0, &order.iter().take(count).copied().collect());
            let hidden = u16::try_from(count).unwrap_or(u16::MAX);
            let width = text_width(&format!("+{hidden}"));
            words.push(Word { kind: TreeKind::More { hidden }, width, rest: false });
            let rows = flow(&words, inner.width);
            (rows.len() <= height).then_some(rows)
        };
        let (count, rows) = fewest(order.len(), fits).unwrap_or((order.len(), Vec::new()));
        TreePanel { hidden: u16::try_from(count).unwrap_or(u16::MAX), ..panel(outer, inner, border, rows) }
    }

    /// Returns every row of the list.
    fn lines(&self, fold: &Fold, width: u16) -> Vec<Line> {
        let mut out = Vec::new();
        if let Some(executive) = self.roster.executive {
            out.push(Line { guides: Vec::new(), words: vec![self.agent(executive, Standing::Executive)] });
        }
        let rail = Rail { before: &[], team: None, drawn: self.roster.executive.is_some() };
        let mut loose = self.roster.loose.as_slice();
        if fold.loose {
            let dots: Vec<Word> = loose.iter().map(|agent| self.dot(*agent, None)).collect();
            let guides = rail.row(if self.forest.is_empty() { "  " } else { "│ " });
            let rows = flow(&dots, width.saturating_sub(2).max(1)).into_iter();
            out.extend(rows.map(|row| Line { guides: guides.clone(), ..row }));
            loose = &[];
        }
        self.children(rail, (loose, &self.forest), (fold, width), &mut out);
        out
    }

    /// Adds the rows of those who hang on one rail.
    fn children(
        &self,
        rail: Rail<'_>,
        (members, teams): (&[AgentId], &[Listed<'a>]),
        look: (&Fold, u16),
        out: &mut Vec<Line>,
    ) {
        let last = (members.len() + teams.len()).saturating_sub(1);
        for (i, agent) in members.iter().enumerate() {
            let guides = rail.row(if i == last { "└ " } else { "├ " });
            out.push(Line { guides, words: vec![self.agent(*agent, Standing::Member)] });
        }
        for (i, team) in (members.len()..).zip(teams) {
            let (tick, below) = if i == last { ("└╴", "  ") } else { ("├╴", "│ ") };
            let title = Line { guides: rail.row(tick), words: Vec::new() };
            self.team(team, title, &rail.row(below), look, out);
        }
    }

    /// Adds the rows of a team, given the row of its title and the lines before the others.
    fn team(
        &self,
        team: &Listed<'a>,
        mut title: Line,
        below: &[Guide],
        look: (&Fold, u16),
        out: &mut Vec<Line>,
    ) {
        let id = team.team.id;
        let open = !team.collapsed && !look.0.teams.contains(&id);
        let kind = TreeKind::Team { team: id, open };
        let rail = Rail { before: below, team: Some(id), drawn: true };
        if open {
            title.words.push(Word { kind, width: text_width(team.team.name.as_str()), rest: true });
            out.push(title);
            let lead = team.lead();
            if let Some(lead) = lead {
                out.push(Line { guides: below.to_vec(), words: vec![self.agent(lead, Standing::Lead)] });
            }
            let others = team.members.get(usize::from(lead.is_some())..).unwrap_or(&[]);
            self.children(rail, (others, &team.teams), look, out);
            return;
        }
        let folded = self.folded(team, look.1);
        let dots: Vec<Word> = team.members.iter().map(|agent| self.dot(*agent, team.lead())).collect();
        let mut rows = flow(&dots, folded.tail).into_iter();
        title.words.push(Word { kind, width: folded.name, rest: false });
        title.words.extend(rows.next().unwrap_or_default().words);
        out.push(title);
        out.extend(rows.map(|row| Line { guides: below.to_vec(), ..row }));
        self.children(rail, (&[], &team.teams), look, out);
    }

    fn agent(&self, agent: AgentId, standing: Standing) -> Word {
        let mark = if standing == Standing::Lead { 3 } else { 2 };
        let width = self.name_width(agent).saturating_add(mark);
        Word { kind: TreeKind::Agent { agent, standing }, width, rest: true }
    }

    fn dot(&self, agent: AgentId, lead: Option<AgentId>) -> Word {
        let standing = if lead == Some(agent) { Standing::Lead } else { Standing::Member };
        let width = if standing == Standing::Lead { 2 } else { 1 };
        Word { kind: TreeKind::Dot { agent, standing }, width, rest: false }
    }

    /// Returns everything as a strip says it, with names cut to `name` columns, without those left out.
    fn words(&self, name: u16, left_out: &BTreeSet<AgentId>) -> Vec<Word> {
        let mut words = Vec::new();
        let keep = |agent: &&AgentId| !left_out.contains(*agent);
        if let Some(executive) = self.roster.executive.as_ref().filter(keep) {
            let whole = self.agent(*executive, Standing::Executive);
            let dot = TreeKind::Dot { agent: *executive, standing: Standing::Executive };
            words.push(if name == 0 {
                Word { kind: dot, width: 2, rest: false }
            } else {
                Word { width: whole.width.min(name.saturating_add(2)), rest: false, ..whole }
            });
        }
        words.extend(self.roster.loose.iter().filter(keep).map(|agent| self.dot(*agent, None)));
        for team in self.teams() {
            if name > 0 {
                let width = text_width(team.team.name.as_str()).min(name);
                words.push(Word {
                    kind: TreeKind::Team { team: team.team.id, open: false },
                    width,
                    rest: false,
                });
            }
            words.extend(team.members.iter().filter(keep).map(|agent| self.dot(*agent, team.lead())));
        }
        words
    }
}

impl<'a> Listed<'a> {
    /// Returns its lead, if that is listed first.
    fn lead(&self) -> Option<AgentId> {
        self.members.first().copied().filter(|first| self.team.lead == Some(*first))
    }

    fn collect<'t>(&'t self, out: &mut Vec<&'t Listed<'a>>) {
        out.push(self);
        self.teams.iter().for_each(|team| team.collect(out));
    }
}

/// Lists teams, with everybody in a collapsed team moved up into its row.
fn list<'a>(org: &'a Org, forest: &[TeamNode], depth: u16, collapsed: &BTreeSet<Name>) -> Vec<Listed<'a>> {
    let listed = |node: &TeamNode| {
        let team = org.team(node.team)?;
        let mut members = Vec::new();
        if collapsed.contains(&team.name) {
            node.collect(&mut members);
            return Some(Listed { team, depth, members, teams: Vec::new(), collapsed: true });
        }
        let teams = list(org, &node.teams, depth.saturating_add(1), collapsed);
        Some(Listed { team, depth, members: node.members.clone(), teams, collapsed: false })
    };
    forest.iter().filter_map(listed).collect()
}

/// Returns the smallest count up to `most` for which `fits` gives something, if there is one; it must go on fitting
/// from there.
fn fewest<T>(most: usize, fits: impl Fn(usize) -> Option<T>) -> Option<(usize, T)> {
    if let Some(found) = fits(0) {
        return Some((0, found));
    }
    let mut best = (most, fits(most)?);
    let mut least = 1;
    while least < best.0 {
        let middle = usize::midpoint(least, best.0);
        match fits(middle) {
            Some(found) => best = (middle, found),
            None => least = middle + 1,
        }
    }
    Some(best)
}

/// Returns whether a gap stands before this word.
fn gap_before(word: &Word, previous: Option<&Word>) -> u16 {
    let is_dot = |word: &Word| matches!(word.kind, TreeKind::Dot { .. });
    match (previous, word.kind) {
        (None, _) => 0,
        (Some(_), TreeKind::Team { .. } | TreeKind::Agent { .. } | TreeKind::More { .. }) => 1,
        (Some(before), TreeKind::Dot { standing, .. }) => {
            u16::from(!is_dot(before) || standing == Standing::Lead)
        }
    }
}

/// Breaks words into rows.
fn flow(words: &[Word], width: u16) -> Vec<Line> {
    let mut rows: Vec<Line> = Vec::new();
    let mut used = 0u16;
    for word in words {
        let fits = rows.last_mut().filter(|row| {
            let next = used.saturating_add(gap_before(word, row.words.last())).saturating_add(word.width);
            next <= width
        });
        match fits {
            Some(row) => {
                used = used.saturating_add(gap_before(word, row.words.last())).saturating_add(word.width);
                row.words.push(*word);
            }
            None => {
                used = word.width;
                rows.push(Line { guides: Vec::new(), words: vec![*word] });
            }
        }
    }
    rows
}

/// Gives every row its place.
fn panel(outer: Rect, inner: Rect, border: Rect, lines: Vec<Line>) -> TreePanel {
    let mut below = inner;
    let rows = lines
        .into_iter()
        .map(|line| {
            let (area, rest) = below.split_top(1);
            below = rest;
            let columns = u16::try_from(line.guides.len() * 2).unwrap_or(u16::MAX);
            let mut left = area.split_left(columns).1;
            let mut previous: Option<&Word> = None;
            let mut cells = Vec::new();
            for word in &line.words {
                let (place, rest) = left.split_left(gap_before(word, previous)).1.split_left(word.width);
                let (place, rest) = if word.rest { left.split_left(u16::MAX) } else { (place, rest) };
                cells.push(TreeCell { area: place, kind: word.kind });
                (left, previous) = (rest, Some(word));
            }
            TreeRow { area, guides: line.guides, cells }
        })
        .collect();
    TreePanel { outer, inner, border, rows, hidden: 0 }
}
