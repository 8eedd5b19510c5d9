//! The org chart as rectangles: from a layout, a session's organisation and a window's size to everything that is
//! drawn and clicked.
//!
//! [`arrange`] is a pure function: the same input gives the same [`Arrangement`]. It promises that
//!
//! * every agent is visible: as a live pane, a card, a dot in its team's title or in the tree; only in windows too
//!   small even for dots are some left out, and those are counted;
//! * places do not overlap, lie in the window, and lie in the group of their team, which lies in its parent's;
//! * who is live follows from structure and space, from the focus and from what a person pinned, never from an
//!   agent's state: the executive and the focus first, then leads, then the others in the order of the chart;
//! * a layout that a person changed by hand is a layout again, so saving an arrangement is printing it.
//!
//! It draws nothing and knows no colour; `tui` does, with a theme.

mod arrangement;
mod block;
mod branch;
mod chart;
mod definition;
mod file;
mod grid;
mod handle;
mod measure;
mod rect;
mod roster;
mod stage;
mod stairs;
mod tree;
mod walk;
mod weights;

#[cfg(test)]
mod render;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

pub use arrangement::{Arrangement, Form, Hit, Slot, Standing, TreeCell, TreeKind, TreePanel};
pub use definition::Layout;
pub use file::BUILTIN;
pub use handle::Handle;
pub use rect::Rect;
pub use stage::{View, arrange};
pub use walk::{Direction, Step, step};
pub use weights::{Axis, Weights};
