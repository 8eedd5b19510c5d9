//! What a layout says: the rules by which the org chart becomes rectangles, and what a person changed by hand.
//!
//! A [`Layout`] is the whole truth: what is dragged and folded is written into it, so saving an arrangement is
//! printing it, and calling one back is reading it. How it is written down is in `file.rs`, what it does in `chart.rs`.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Weights;
use crate::domain::Name;

/// The rules by which a session's chart is laid out. The default is the layout `org-chart`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Its name.
    pub name: Name,
    /// What it is good for, in a few words.
    pub description: String,
    /// The list of everybody at the side.
    pub tree: TreeRule,
    /// The prominent place.
    pub stage: StageRule,
    /// How teams stand.
    pub teams: TeamRule,
    /// What becomes a live terminal.
    pub pane: PaneRule,
    /// What becomes of everybody else.
    pub card: CardRule,
    /// The borders that a person has moved.
    pub weights: Weights,
    /// The teams that a person has folded into their titles.
    pub collapsed: BTreeSet<Name>,
}

/// The tree: everybody by name, in the order of the chart, always.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeRule {
    /// Whether it is shown where every agent has another place already.
    pub show: bool,
    /// The side it stands at.
    pub side: Side,
    /// The most columns it takes, its border included.
    pub width: u16,
}

/// A side of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The left one.
    Left,
    /// The right one.
    Right,
}

/// The stage: one large pane in the prominent place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StageRule {
    /// Whose it is.
    pub holds: Holder,
    /// Where it is.
    pub place: Place,
    /// How much of the chart it takes, in percent.
    pub share: u16,
}

/// Whose the stage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holder {
    /// The executive's; everybody else hangs below it.
    Executive,
    /// The focused agent's, which keeps its place in the chart as well, so that nothing moves when the focus does.
    Focus,
    /// Nobody's: there is none.
    Nobody,
}

/// Where the stage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// Above the teams; beside them if that is a single one and there is width to spare.
    Auto,
    /// Above the teams.
    Top,
    /// To the left of them, where there is width enough.
    Left,
}

/// How teams stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TeamRule {
    /// Whether they stand side by side, one below the other, or as equal cells.
    pub flow: Flow,
    /// The fewest columns of a team that stands beside another.
    pub min_width: u16,
    /// Where a team's lead stands.
    pub lead: LeadPlace,
}

/// The direction in which teams follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flow {
    /// Side by side as long as they are wide enough, then below each other, at every depth of the chart.
    Columns,
    /// One below the other.
    Rows,
    /// Every agent gets an equal cell, team after team; where cells would be too small for terminals, as `Columns`.
    Grid,
}

/// Where a team's lead stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeadPlace {
    /// Above those it leads, who hang below it on a rail.
    Above,
    /// In line with them, as the first.
    First,
}

/// What becomes a live terminal outside the stage. Sizes are those of the terminal, without its border.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaneRule {
    /// Who may.
    pub who: Who,
    /// The fewest columns that are worth it, for the executive, the focus and leads.
    pub min_width: u16,
    /// The fewest rows that are worth it, for the executive, the focus and leads.
    pub min_height: u16,
    /// The columns that are wanted before anybody else gets a pane.
    pub width: u16,
    /// The rows that are wanted before anybody else gets a pane.
    pub height: u16,
}

/// Who may be a live terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// Everybody for whom there is room.
    Everyone,
    /// The executive, the leads and the focus.
    Leads,
    /// Nobody.
    Nobody,
}

/// What becomes of an agent that is no live terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardRule {
    /// The fewest columns of a card.
    pub min_width: u16,
    /// The columns that are wanted.
    pub width: u16,
    /// The most rows of a card, 1 to 3.
    pub height: u16,
}

impl Default for Layout {
    fn default() -> Layout {
        Layout {
            name: Name::lenient("org-chart", "org-chart"),
            description: String::new(),
            tree: TreeRule { show: true, side: Side::Left, width: 28 },
            stage: StageRule { holds: Holder::Executive, place: Place::Auto, share: 35 },
            teams: TeamRule { flow: Flow::Columns, min_width: 30, lead: LeadPlace::Above },
            pane: PaneRule { who: Who::Everyone, min_width: 20, min_height: 4, width: 30, height: 5 },
            card: CardRule { min_width: 14, width: 26, height: 2 },
            weights: Weights::default(),
            collapsed: BTreeSet::new(),
        }
    }
}
