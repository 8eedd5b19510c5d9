//! One row of an agent's terminal, drawn. Whatever a cell says, it stays within the columns it is given: a wide
//! character cut by the edge becomes a blank.

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier, Style};

use super::{Extra, Ink};
use crate::terminal::{self, Attrs, Line, Underline};
use crate::theme::Role;

/// Draws `line` from its column `skip` on into the `width` cells at `(x, y)`, on the theme's own text colours.
///
/// Returns whether there was more than fits.
pub(in crate::tui) fn put_line(
    buffer: &mut Buffer,
    (x, y): (u16, u16),
    width: u16,
    line: &Line,
    skip: u16,
    ink: Ink<'_>,
) -> bool {
    let plain = ink.role(Role::Text);
    let mut column = 0u16;
    let mut drawn = 0u16;
    for cell in line.cells() {
        let start = column;
        column = column.saturating_add(u16::from(cell.width));
        if column <= skip {
            continue;
        }
        let at = start.saturating_sub(skip);
        if at >= width {
            return !cell.text.is_empty();
        }
        let style = style_of(&cell.style, plain);
        // The half of a wide character that would stand outside takes the whole of it along.
        let cut = start < skip || column - skip > width;
        let shown = (column - skip).min(width);
        for place in at..shown {
            put_cell(buffer, (x + place, y), if cut || place > at { " " } else { cell.text }, style);
        }
        drawn = shown;
    }
    for place in drawn..width {
        put_cell(buffer, (x + place, y), " ", plain);
    }
    false
}

fn put_cell(buffer: &mut Buffer, at: (u16, u16), text: &str, style: Style) {
    if let Some(cell) = buffer.cell_mut(at) {
        cell.reset();
        cell.set_symbol(if text.is_empty() { " " } else { text });
        cell.set_style(style);
    }
}

/// Returns how a terminal's style looks, `plain` being what it looks like where a program names no colour.
fn style_of(style: &terminal::Style<'_>, plain: Style) -> Style {
    let mut out = plain;
    if style.fg != terminal::Color::Default {
        out.fg = Some(color(style.fg));
    }
    if style.bg != terminal::Color::Default {
        out.bg = Some(color(style.bg));
    }
    let attrs = [
        (Attrs::BOLD, Modifier::BOLD),
        (Attrs::DIM, Modifier::DIM),
        (Attrs::ITALIC, Modifier::ITALIC),
        (Attrs::BLINK, Modifier::SLOW_BLINK),
        (Attrs::INVERSE, Modifier::REVERSED),
        (Attrs::CONCEAL, Modifier::HIDDEN),
        (Attrs::STRIKE, Modifier::CROSSED_OUT),
    ];
    for (attr, modifier) in attrs {
        if style.attrs.has(attr) {
            out = out.add_modifier(modifier);
        }
    }
    // A link without an underline of its own gets one, so that it is seen to be a link.
    let underline = match (style.underline, style.link) {
        (Underline::None, Some(_)) => Underline::Dotted,
        (underline, _) => underline,
    };
    if underline != Underline::None || style.attrs.has(Attrs::OVERLINE) {
        let said = Extra { underline, overline: style.attrs.has(Attrs::OVERLINE) };
        out = out.add_modifier(said.modifier());
    }
    if style.underline_color != terminal::Color::Default {
        out.underline_color = Some(color(style.underline_color));
    }
    out
}

fn color(color: terminal::Color) -> Color {
    match color {
        terminal::Color::Default => Color::Reset,
        terminal::Color::Indexed(index) => Color::Indexed(index),
        terminal::Color::Rgb(r, g, b) => Color::Rgb(r, g, b),
    }
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;

    use super::*;
    use crate::terminal::{Screen, Size};
    use crate::theme::Theme;

    fn drawn(output: &str, width: u16, skip: u16) -> Buffer {
        let mut screen = Screen::new(Size::new(2, 20));
        screen.feed(output.as_bytes());
        let snapshot = screen.snapshot();
        let line = &snapshot.rows[0].line;
        let mut buffer = Buffer::empty(Rect::new(0, 0, width + 2, 1));
        let theme = Theme::default();
        put_line(&mut buffer, (1, 0), width, line, skip, Ink(&theme));
        buffer
    }

    fn text(buffer: &Buffer) -> String {
        buffer.content().iter().map(ratatui::buffer::Cell::symbol).collect()
    }

    #[test]
    fn a_wide_character_cut_by_the_edge_becomes_a_blank_and_nothing_is_drawn_outside() {
        assert_eq!(text(&drawn("a漢字b", 6, 0)), " a漢 字 b ");
        assert_eq!(text(&drawn("a漢字b", 4, 0)), " a漢   ");
        assert_eq!(text(&drawn("a漢字b", 4, 2)), "  字 b ");
        assert_eq!(text(&drawn("", 3, 0)), "     ");
    }

    #[test]
    fn every_look_that_a_program_asks_for_is_kept() {
        let buffer = drawn("\x1b[9;4:3;58;2;1;2;3;38;5;9;48;2;4;5;6;53mx\x1b[0m", 3, 0);
        let cell = &buffer[(1, 0)];
        assert!(cell.modifier.contains(Modifier::CROSSED_OUT));
        assert_eq!((cell.fg, cell.bg), (Color::Indexed(9), Color::Rgb(4, 5, 6)));
        assert_eq!(cell.underline_color, Color::Rgb(1, 2, 3));
        let said = super::super::extra(cell.modifier);
        assert_eq!((said.underline, said.overline), (Underline::Curly, true));
    }

    #[test]
    fn a_link_is_seen_to_be_one() {
        let buffer = drawn("\x1b]8;;https://example.org\x1b\\x\x1b]8;;\x1b\\", 3, 0);
        assert_eq!(super::super::extra(buffer[(1, 0)].modifier).underline, Underline::Dotted);
    }
}
