//! The even grid: every agent gets a cell of the same size, team after team, and each team's title stands above its
//! cells in every row. Shown only where each cell can hold a live terminal.

use super::arrangement::Group;
use super::block::misshape;
use super::branch::Branch;
use super::chart::Chart;
use super::rect::{Part, Rect, share};
use crate::domain::{AgentId, TeamId};

/// An agent's cell: whose, of which team, how deep that stands.
#[derive(Clone, Copy)]
struct Cell {
    agent: AgentId,
    team: Option<TeamId>,
    depth: u16,
}

impl<'a> Chart<'_, 'a> {
    /// Draws everybody in equal cells; returns false and draws nothing if cells would be too small, or if a person
    /// folded a team or moved a border, which a grid cannot follow.
    pub(super) fn grid(&mut self, session: &Branch<'a>, area: Rect) -> bool {
        let mut cells = Vec::new();
        let plain = gather(session, &mut cells);
        let titled = u16::from(cells.iter().any(|cell| cell.team.is_some()));
        let Some(rows) = plain.then(|| self.grid_rows(cells.len(), titled, area)).flatten() else {
            return false;
        };
        let even = |count: u16| vec![Part { least: 0, weight: 1 }; usize::from(count)];
        let mut left = cells.as_slice();
        let mut rest = area;
        let counts = share(u16::try_from(cells.len()).unwrap_or(u16::MAX), &even(rows));
        for (count, height) in counts.into_iter().zip(share(area.height, &even(rows))) {
            let (row, later) = left.split_at_checked(usize::from(count)).unwrap_or((left, &[]));
            let (place, below) = rest.split_top(height);
            self.grid_row(row, &share(area.width, &even(count)), place);
            (left, rest) = (later, below);
        }
        true
    }

    /// Returns the number of rows that gives the best shape, if any gives cells in which a terminal can live.
    fn grid_rows(&self, count: usize, titled: u16, area: Rect) -> Option<u16> {
        let count = u16::try_from(count).ok().filter(|count| *count > 0)?;
        let shape = |rows: u16| {
            let width = area.width / count.div_ceil(rows);
            let height = (area.height / rows).saturating_sub(titled);
            let fits = self.rules.pane_fits(width) && height >= self.rules.pane.min_height;
            fits.then(|| misshape(width, height))
        };
        (1..=count.min(area.height.max(1)))
            .filter_map(|rows| Some((shape(rows)?, rows)))
            .min()
            .map(|best| best.1)
    }

    fn grid_row(&mut self, row: &[Cell], widths: &[u16], area: Rect) {
        let mut rest = area;
        let mut widths = widths.iter();
        for run in row.chunk_by(|a, b| a.team == b.team) {
            let width = widths.clone().take(run.len()).sum();
            let (outer, right) = rest.split_left(width);
            let mut below = outer;
            if let Some(Cell { team: Some(team), depth, .. }) = run.first().copied() {
                let (title, inner) = outer.split_top(1);
                let continued = self.out.groups.iter().any(|group| group.team == team);
                self.out.groups.push(Group { team, depth, outer, title, inner, closed: false, continued });
                below = inner;
            }
            for (cell, width) in run.iter().zip(widths.by_ref()) {
                let (place, beside) = below.split_left(*width);
                self.place(cell.agent, place);
                below = beside;
            }
            rest = right;
        }
    }
}

/// Lists everybody in the order of the chart; returns whether nobody is folded.
fn gather(branch: &Branch<'_>, out: &mut Vec<Cell>) -> bool {
    let own = branch.boss.iter().chain(&branch.members);
    out.extend(own.map(|agent| Cell { agent: *agent, team: branch.id(), depth: branch.depth }));
    branch.teams.iter().fold(branch.folded.is_empty(), |plain, team| gather(team, out) && plain)
}
