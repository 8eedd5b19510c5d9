//! Terminals: what an agent's output looks like on a screen, and which bytes a person's keys become.

mod fold;
mod frame;
mod grid;
mod input;
mod line;
mod modes;
mod notice;
mod palette;
mod parse;
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
pub use grid::Grid;
pub use input::encode;
pub use line::{Cell, Line};
pub use modes::{CursorShape, KittyFlags, Modes, MouseTracking};
pub use notice::{Notice, Progress, Prompt};
pub use palette::Palette;
pub use screen::{Screen, contains_panics};
pub use scrollback::{History, Match, Scrollback};
pub use snapshot::Snapshot;
pub use style::{Attrs, Color, Style, Underline};
