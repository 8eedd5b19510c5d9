//! Terminals: what an agent's output looks like on a screen, and which bytes a person's keys become.
//!
//! Output goes one way: [`parse`] makes tokens of its bytes, [`screen`] makes verbs of the tokens, [`grid`] carries the
//! verbs out on cells. Only `grid` knows the emulator behind it. A [`Snapshot`] is one look at a screen, a [`Frame`] what
//! changed since another look, a [`Mirror`] the copy at the client's end. [`Scrollback`] makes history of the same bytes.
//! The other way, [`encode`] makes bytes of keys, pastes and the mouse.

mod fold;
mod frame;
mod grid;
mod input;
mod line;
mod mirror;
mod modes;
mod notice;
mod palette;
mod parse;
mod pen;
mod print;
mod screen;
mod scrollback;
mod sequence;
mod snapshot;
mod style;
#[cfg(test)]
mod tests;
mod wire;

pub use crate::domain::{Position, Rgb, Size};
pub use frame::Frame;
pub use grid::contains_panics;
pub use input::encode;
pub use line::{Cell, Line};
pub use mirror::Mirror;
pub use modes::{CursorShape, KittyFlags, Modes, MouseTracking};
pub use notice::{Notice, Progress, Prompt};
pub use palette::Palette;
pub use screen::Screen;
pub use scrollback::{History, Match, Scrollback};
pub use snapshot::Snapshot;
pub use style::{Attrs, Color, Style, Underline};
