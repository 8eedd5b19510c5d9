//! What the layout computed: every rectangle that is drawn and clicked, for one window and one moment.
//!
//! It knows no colours and no texts: whoever draws takes names, states and badges from the session by identity.
//! Slots never overlap and lie in the area; groups enclose the slots of their team and the groups within it.
//!
//! It is drawn in this order, later things over earlier ones: the tree; each group's title as `━ name ━━━` from the
//! left end of its row; runs, over the titles; slots; links, some of which lie on a pane's lower border or on the
//! first cell of a title; the status bar; a message, if there is one.

use super::handle::{Grip, Handle};
use super::rect::Rect;
use crate::domain::{AgentId, TeamId};

/// One window's worth of rectangles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrangement {
    /// The whole window.
    pub area: Rect,
    /// The list of everybody, where it is shown.
    pub tree: Option<TreePanel>,
    /// Every team that is shown, outer ones before those in them.
    pub groups: Vec<Group>,
    /// Every agent that has more than a dot, in the order of the chart.
    pub slots: Vec<Slot>,
    /// Rows of dots: one glyph an agent, for those that have neither pane nor card.
    pub runs: Vec<Run>,
    /// The lines that say who leads whom; drawn last, some of them over a pane's border.
    pub links: Vec<Link>,
    /// The borders that can be dragged.
    pub handles: Vec<Handle>,
    /// The status bar, one row; empty if the window has only room for a terminal.
    pub status: Rect,
    /// Where a passing message is drawn, over whatever is there, so that no message ever resizes a pane.
    pub message: Rect,
    /// Agents that found no place at all, in the order of the chart.
    pub off_screen: Vec<AgentId>,
}

/// A place for one agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Whose it is.
    pub agent: AgentId,
    /// Its team.
    pub team: Option<TeamId>,
    /// What it is to those around it.
    pub standing: Standing,
    /// Everything that belongs to the place, its border included.
    pub outer: Rect,
    /// What is drawn there.
    pub form: Form,
    /// Whether the place is the stage, outside the order of the chart.
    pub staged: bool,
}

/// What an agent is in the chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It leads the session.
    Executive,
    /// It leads its team.
    Lead,
    /// It is led.
    Member,
}

/// What is drawn in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A live terminal.
    Pane {
        /// The terminal itself: its size is the size of the PTY. Smaller than the place by a border of one cell, or
        /// equal to it where there is no room for a border.
        inner: Rect,
    },
    /// Glyph, name, badge and last line, on 1 or 2 rows; with 3 rows, the same within a border.
    Card,
}

impl Slot {
    /// Returns the terminal's rectangle, if there is one.
    #[must_use]
    pub fn inner(&self) -> Option<Rect> {
        match self.form {
            Form::Pane { inner } => Some(inner),
            Form::Card => None,
        }
    }

    /// Returns whether the place has a border of its own.
    #[must_use]
    pub fn framed(&self) -> bool {
        match self.form {
            Form::Pane { inner } => inner != self.outer,
            Form::Card => self.outer.height >= 3,
        }
    }
}

/// A team's part of the chart, or in an even grid its part of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// The team.
    pub team: TeamId,
    /// How many teams it stands in.
    pub depth: u16,
    /// Everything of it.
    pub outer: Rect,
    /// The row of its title.
    pub title: Rect,
    /// What is below the title.
    pub inner: Rect,
    /// Whether only its title is shown; its agents are then a run of dots in it.
    pub closed: bool,
    /// Whether an earlier group of the same team comes before it (in a grid).
    pub continued: bool,
}

/// A row of dots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The team whose dots they are.
    pub team: Option<TeamId>,
    /// The cells, one an agent, from the left; if there are fewer cells than agents, the last ones say how many
    /// agents are [`Run::hidden`].
    pub area: Rect,
    /// The agents shown, in the order of the chart.
    pub agents: Vec<AgentId>,
    /// How many more there are.
    pub hidden: u16,
}

impl Run {
    /// Returns the agent whose dot is at the cell.
    #[must_use]
    pub fn at(&self, x: u16, y: u16) -> Option<AgentId> {
        let index = usize::from(x.checked_sub(self.area.x)?);
        self.area.contains(x, y).then(|| self.agents.get(index).copied()).flatten()
    }
}

/// One cell of a line between those who lead and those who are led.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The column.
    pub x: u16,
    /// The row.
    pub y: u16,
    /// The character.
    pub glyph: char,
    /// The team whose line it is; none for the executive's.
    pub team: Option<TeamId>,
}

/// The tree of everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreePanel {
    /// Everything that belongs to it.
    pub outer: Rect,
    /// Its rows.
    pub inner: Rect,
    /// The line towards the chart; empty if it lies above the chart.
    pub border: Rect,
    /// Its rows, from the top.
    pub rows: Vec<TreeRow>,
    /// How many agents it could not show.
    pub hidden: u16,
}

/// One row of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeRow {
    /// The row.
    pub area: Rect,
    /// The lines that say who leads whom, from the row's left end.
    pub guides: Vec<Guide>,
    /// What stands on it, from the left.
    pub cells: Vec<TreeCell>,
}

/// Two columns of the lines before a row of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guide {
    /// What is drawn, two columns wide.
    pub text: &'static str,
    /// The team whose line it is; none for the executive's.
    pub team: Option<TeamId>,
}

/// One thing on a row of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeCell {
    /// Its cells.
    pub area: Rect,
    /// What it is.
    pub kind: TreeKind,
}

/// What stands on a row of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TreeKind {
    /// A team's name, cut to its cells.
    Team {
        /// The team.
        team: TeamId,
        /// Whether its agents are listed below it by name.
        open: bool,
    },
    /// Glyph, space, name and what else there is room for; of a lead, glyph, `★`, name.
    Agent {
        /// The agent.
        agent: AgentId,
        /// What it is to those around it.
        standing: Standing,
    },
    /// A glyph; of a lead or the executive, `★` and the glyph.
    Dot {
        /// The agent.
        agent: AgentId,
        /// What it is to those around it.
        standing: Standing,
    },
    /// A word on how many agents are not shown.
    More {
        /// How many.
        hidden: u16,
    },
}

/// What is at a cell of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hit {
    /// A terminal's cell, counted from the terminal's top left.
    Screen {
        /// Whose.
        agent: AgentId,
        /// The column.
        x: u16,
        /// The row.
        y: u16,
    },
    /// An agent's card, dot, row in the tree or border.
    Agent(AgentId),
    /// A team's title or its row in the tree.
    Team(TeamId),
    /// The status bar.
    Status,
    /// Nothing.
    Nothing,
}

impl Arrangement {
    /// Returns an agent's place in the chart: its card or pane there, or else its pane on the stage.
    #[must_use]
    pub fn slot(&self, agent: AgentId) -> Option<&Slot> {
        let of_agent = || self.slots.iter().filter(|slot| slot.agent == agent);
        of_agent().find(|slot| !slot.staged).or_else(|| of_agent().next())
    }

    /// Returns an agent's live terminal; there is at most one.
    #[must_use]
    pub fn pane(&self, agent: AgentId) -> Option<&Slot> {
        self.slots.iter().find(|slot| slot.agent == agent && slot.inner().is_some())
    }

    /// Returns the border that a drag from this cell would move.
    ///
    /// Borders lie on titles and on panes' edges: a press that is released where it was is a click on what
    /// [`Arrangement::hit`] says.
    #[must_use]
    pub fn handle_at(&self, x: u16, y: u16) -> Option<&Handle> {
        self.handles.iter().find(|handle| handle.area.contains(x, y))
    }

    /// Returns what is at a cell of the window.
    #[must_use]
    pub fn hit(&self, x: u16, y: u16) -> Hit {
        if self.status.contains(x, y) {
            return Hit::Status;
        }
        if let Some(agent) = self.runs.iter().find_map(|run| run.at(x, y)) {
            return Hit::Agent(agent);
        }
        if let Some(slot) = self.slots.iter().find(|slot| slot.outer.contains(x, y)) {
            return match slot.inner().filter(|inner| inner.contains(x, y)) {
                Some(inner) => Hit::Screen { agent: slot.agent, x: x - inner.x, y: y - inner.y },
                None => Hit::Agent(slot.agent),
            };
        }
        match self.groups.iter().find(|group| group.title.contains(x, y)) {
            Some(group) => Hit::Team(group.team),
            None => self.hit_tree(x, y),
        }
    }

    /// Takes the chart away and leaves the tree.
    pub(super) fn clear_chart(&mut self) {
        self.groups.clear();
        self.slots.clear();
        self.runs.clear();
        self.links.clear();
        self.handles.retain(|handle| matches!(handle.grip, Grip::Tree { .. }));
    }

    fn hit_tree(&self, x: u16, y: u16) -> Hit {
        let cells = self.tree.iter().flat_map(|tree| &tree.rows).flat_map(|row| &row.cells);
        match cells.into_iter().find(|cell| cell.area.contains(x, y)).map(|cell| cell.kind) {
            Some(TreeKind::Team { team, .. }) => Hit::Team(team),
            Some(TreeKind::Agent { agent, .. } | TreeKind::Dot { agent, .. }) => Hit::Agent(agent),
            Some(TreeKind::More { .. }) | None => Hit::Nothing,
        }
    }
}
