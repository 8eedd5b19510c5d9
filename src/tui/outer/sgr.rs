//! How a cell looks, as the bytes that ask a terminal for it (ECMA-48 SGR, with xterm's colours and kitty's underlines).

use std::collections::HashMap;

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

use crate::terminal::Underline;
use crate::theme::{self, ColorDepth};
use crate::tui::ink::{color, extra};

/// How a cell looks, whatever the terminal can show of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Looks {
    fg: Color,
    bg: Color,
    underline_color: Color,
    modifier: Modifier,
}

impl Looks {
    /// Returns how a cell looks.
    pub(super) fn of(cell: &Cell) -> Looks {
        Looks { fg: cell.fg, bg: cell.bg, underline_color: cell.underline_color, modifier: cell.modifier }
    }
}

/// The most colours that are remembered.
const REMEMBERED: usize = 4096;

/// The nearest colours that a terminal of some depth shows. They are remembered: finding one means a look at up to 240
/// others, and a picture has thousands of cells.
#[derive(Debug)]
pub(super) struct Nearest {
    depth: ColorDepth,
    found: HashMap<Color, Color>,
}

impl Nearest {
    /// Returns those of a terminal of this depth.
    pub(super) fn new(depth: ColorDepth) -> Nearest {
        Nearest { depth, found: HashMap::new() }
    }

    fn to(&mut self, wanted: Color) -> Color {
        let own = match wanted {
            _ if self.depth == ColorDepth::True => return wanted,
            Color::Indexed(index) => theme::Color::Indexed(index),
            Color::Rgb(r, g, b) => theme::Color::Rgb(r, g, b),
            other => return other,
        };
        if self.found.len() >= REMEMBERED {
            self.found.clear();
        }
        *self.found.entry(wanted).or_insert_with(|| color(own.reduced(self.depth)))
    }
}

/// Asks for these looks, as near as the terminal can show them, whatever was asked for before.
pub(super) fn put_looks(out: &mut Vec<u8>, looks: Looks, nearest: &mut Nearest) {
    out.extend_from_slice(b"\x1b[0");
    let words: [(Modifier, &[u8]); 7] = [
        (Modifier::BOLD, b";1"),
        (Modifier::DIM, b";2"),
        (Modifier::ITALIC, b";3"),
        (Modifier::SLOW_BLINK, b";5"),
        (Modifier::REVERSED, b";7"),
        (Modifier::HIDDEN, b";8"),
        (Modifier::CROSSED_OUT, b";9"),
    ];
    for (modifier, word) in words {
        if looks.modifier.contains(modifier) {
            out.extend_from_slice(word);
        }
    }
    let more = extra(looks.modifier);
    match more.underline {
        Underline::None => {}
        Underline::Single => out.extend_from_slice(b";4"),
        kind => out.extend_from_slice(format!(";4:{}", kind as u8).as_bytes()),
    }
    if more.overline {
        out.extend_from_slice(b";53");
    }
    put_color(out, nearest.to(looks.fg), 30);
    put_color(out, nearest.to(looks.bg), 40);
    match nearest.to(looks.underline_color) {
        Color::Indexed(index) => out.extend_from_slice(format!(";58:5:{index}").as_bytes()),
        Color::Rgb(r, g, b) => out.extend_from_slice(format!(";58:2::{r}:{g}:{b}").as_bytes()),
        _ => {}
    }
    out.push(b'm');
}

/// Asks for a colour; `base` is 30 for what is written and 40 for what is behind it.
fn put_color(out: &mut Vec<u8>, color: Color, base: u8) {
    let text = match color {
        Color::Indexed(index @ 0..8) => format!(";{}", base + index),
        Color::Indexed(index @ 8..16) => format!(";{}", base + 52 + index),
        Color::Indexed(index) => format!(";{};5;{index}", base + 8),
        Color::Rgb(r, g, b) => format!(";{};2;{r};{g};{b}", base + 8),
        _ => return,
    };
    out.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use ratatui::style::Style;

    use super::*;
    use crate::tui::ink::Extra;

    fn asked(style: Style, depth: ColorDepth) -> String {
        let mut cell = Cell::default();
        cell.set_style(style);
        let mut out = Vec::new();
        put_looks(&mut out, Looks::of(&cell), &mut Nearest::new(depth));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn looks_are_asked_for_in_the_shortest_common_form() {
        let style = Style::reset().fg(Color::Indexed(1)).bg(Color::Indexed(12)).add_modifier(Modifier::BOLD);
        assert_eq!(asked(style, ColorDepth::True), "\x1b[0;1;31;104m");
        assert_eq!(asked(Style::reset(), ColorDepth::True), "\x1b[0m");
        assert_eq!(asked(Style::reset().fg(Color::Rgb(1, 2, 3)), ColorDepth::True), "\x1b[0;38;2;1;2;3m");
        assert_eq!(
            asked(Style::reset().fg(Color::Rgb(255, 135, 0)), ColorDepth::Indexed),
            "\x1b[0;38;5;208m"
        );
    }

    #[test]
    fn underlines_keep_their_kind_and_colour() {
        let curly = Extra { underline: Underline::Curly, overline: true }.modifier();
        let style = Style::reset().add_modifier(curly).underline_color(Color::Rgb(1, 2, 3));
        assert_eq!(asked(style, ColorDepth::True), "\x1b[0;4:3;53;58:2::1:2:3m");
    }
}
