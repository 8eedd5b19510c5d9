//! What overlays are made of: text cut to a width, a field, a list to pick from, a page that scrolls.
//!
//! Nothing here knows an action or asks for anything. Nothing here draws outside of the area it is given.

mod field;
mod finder;
mod list;
mod look;
mod page;
mod scroll;
mod text;
mod words;

pub(in crate::tui) use field::Field;
pub(in crate::tui) use finder::{Finder, Pick};
pub(in crate::tui) use list::{Item, List, Mark};
pub(in crate::tui) use look::Look;
pub(in crate::tui) use page::Page;
pub(in crate::tui) use scroll::Scroll;
pub(in crate::tui) use text::{count, cut, harmless, pad, put, put_line, row, width, wrap};
pub(in crate::tui) use words::{
    STATES, agents, place, span, state_of, state_words, team_item, teams, time_of_day,
};

use crate::domain::{Key, KeyCode, KeyKind, Mods};

/// Returns a key as overlays tell keys apart; none if it was released.
pub(in crate::tui) fn pressed(key: Key) -> Option<(KeyCode, Mods)> {
    let canonical = key.canonical();
    (key.kind != KeyKind::Release).then_some((canonical.code, canonical.mods))
}

/// Returns whether a key takes a person out of an overlay, whatever it is.
pub(in crate::tui) fn leaves(code: KeyCode, mods: Mods) -> bool {
    matches!((code, mods), (KeyCode::Esc, _) | (KeyCode::Char('c' | 'g'), Mods::CTRL))
}
