//! How a cell can look beyond what ratatui has words for: kinds of underline, and a line above.
//!
//! They travel as bits of a [`Modifier`] that ratatui does not use and keeps as they are; whoever writes cells to the
//! person's terminal reads them back.

use ratatui::style::Modifier;

use crate::terminal::Underline;

const SHIFT: u16 = 10;
const KIND: u16 = 0b111 << SHIFT;
const OVERLINE: u16 = 1 << 13;

/// What a cell has beyond ratatui's modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tui) struct Extra {
    /// How it is underlined.
    pub(in crate::tui) underline: Underline,
    /// Whether a line stands above it.
    pub(in crate::tui) overline: bool,
}

impl Extra {
    /// Returns the modifier that says this.
    pub(in crate::tui) fn modifier(self) -> Modifier {
        let kind = (self.underline as u16) << SHIFT;
        Modifier::from_bits_retain(kind | if self.overline { OVERLINE } else { 0 })
    }
}

/// Returns what a modifier says beyond ratatui's own words; its plain underline is one line.
pub(in crate::tui) fn extra(modifier: Modifier) -> Extra {
    let plain = if modifier.contains(Modifier::UNDERLINED) { Underline::Single } else { Underline::None };
    let underline = Underline::from_number((modifier.bits() & KIND) >> SHIFT)
        .filter(|kind| *kind != Underline::None)
        .unwrap_or(plain);
    Extra { underline, overline: modifier.bits() & OVERLINE != 0 }
}

#[cfg(test)]
mod tests {
    use ratatui::style::Style;

    use super::*;

    #[test]
    fn what_is_said_survives_ratatui() {
        for underline in [Underline::None, Underline::Single, Underline::Curly, Underline::Dashed] {
            for overline in [false, true] {
                let said = Extra { underline, overline };
                let style = Style::reset().add_modifier(said.modifier() | Modifier::BOLD);
                let mut cell = ratatui::buffer::Cell::default();
                cell.set_style(style);
                assert_eq!(extra(cell.modifier), said);
                assert!(cell.modifier.contains(Modifier::BOLD));
            }
        }
    }

    #[test]
    fn every_bit_is_one_that_ratatui_leaves_free() {
        let ours = KIND | OVERLINE;
        assert_eq!(Modifier::all().bits() & ours, 0);
    }
}
