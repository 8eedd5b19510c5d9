//! A screen as text with the sequences that colour it.

use super::line::Line;
use super::sequence::put_decimal;
use super::snapshot::Snapshot;
use super::style::{Attrs, Color, Style, Underline};

/// Returns lines as text with SGR and OSC 8 sequences, one a row, without blank ones at the end. Every row begins and
/// ends with the default look.
pub fn ansi<'a>(lines: impl Iterator<Item = &'a Line>) -> String {
    let mut out = Vec::new();
    let mut empty = 0;
    for line in lines {
        if line.is_blank() {
            empty += 1;
        } else {
            out.extend(std::iter::repeat_n(b'\n', empty));
            empty = 0;
            put_line(&mut out, line);
            out.push(b'\n');
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

impl Snapshot {
    /// Returns the screen as text with the sequences that colour it.
    #[must_use]
    pub fn ansi(&self) -> String {
        ansi(self.lines())
    }
}

fn put_line(out: &mut Vec<u8>, line: &Line) {
    let mut style = Style::default();
    for cell in line.cells() {
        if cell.style != style {
            if cell.style.link != style.link {
                put_link(out, cell.style.link);
            }
            if (Style { link: None, ..cell.style }) != (Style { link: None, ..style }) {
                put_sgr(out, &cell.style);
            }
            style = cell.style;
        }
        out.extend_from_slice(if cell.text.is_empty() { b" " } else { cell.text.as_bytes() });
    }
    if style.link.is_some() {
        put_link(out, None);
    }
    if (Style { link: None, ..style }) != Style::default() {
        out.extend_from_slice(b"\x1b[m");
    }
}

fn put_link(out: &mut Vec<u8>, address: Option<&str>) {
    out.extend_from_slice(b"\x1b]8;;");
    out.extend_from_slice(address.unwrap_or_default().as_bytes());
    out.extend_from_slice(b"\x1b\\");
}

/// Appends the SGR sequence that makes this style out of any other.
pub(super) fn put_sgr(out: &mut Vec<u8>, style: &Style<'_>) {
    out.extend_from_slice(b"\x1b[0");
    for (attr, code) in [
        (Attrs::BOLD, &b";1"[..]),
        (Attrs::DIM, b";2"),
        (Attrs::ITALIC, b";3"),
        (Attrs::BLINK, b";5"),
        (Attrs::INVERSE, b";7"),
        (Attrs::CONCEAL, b";8"),
        (Attrs::STRIKE, b";9"),
        (Attrs::OVERLINE, b";53"),
    ] {
        if style.attrs.has(attr) {
            out.extend_from_slice(code);
        }
    }
    match style.underline {
        Underline::None => {}
        Underline::Single => out.extend_from_slice(b";4"),
        other => {
            out.extend_from_slice(b";4:");
            put_decimal(out, other as u16);
        }
    }
    put_color(out, Layer::Foreground, style.fg);
    put_color(out, Layer::Background, style.bg);
    put_color(out, Layer::Underline, style.underline_color);
    out.push(b'm');
}

/// What a colour is of; the number is where its SGR codes begin.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layer {
    Foreground = 30,
    Background = 40,
    Underline = 50,
}

fn put_color(out: &mut Vec<u8>, layer: Layer, color: Color) {
    // Colours of underlines are younger than the others, and written as the standard has it.
    let (index, rgb, separator): (&[u8], &[u8], u8) = match layer {
        Layer::Underline => (b":5:", b":2:", b':'),
        Layer::Foreground | Layer::Background => (b";5;", b";2", b';'),
    };
    match color {
        Color::Default => {}
        Color::Indexed(number @ 0..=7) if layer != Layer::Underline => {
            out.push(b';');
            put_decimal(out, layer as u16 + u16::from(number));
        }
        Color::Indexed(number) => {
            out.push(b';');
            put_decimal(out, layer as u16 + 8);
            out.extend_from_slice(index);
            put_decimal(out, u16::from(number));
        }
        Color::Rgb(r, g, b) => {
            out.push(b';');
            put_decimal(out, layer as u16 + 8);
            out.extend_from_slice(rgb);
            for part in [r, g, b] {
                out.push(separator);
                put_decimal(out, u16::from(part));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Screen, Size};

    fn snapshot(output: &str) -> super::Snapshot {
        let mut screen = Screen::new(Size::new(6, 20));
        screen.feed(output.as_bytes());
        screen.snapshot()
    }

    #[test]
    fn what_is_printed_in_color_looks_the_same_when_shown_again() {
        let output = "\x1b[1;31mred\x1b[m \x1b[4:3;58:2::1:2:3mwave\x1b[m\r\n\x1b]8;;https://a.example\x1b\\link\x1b]8;;\x1b\\ \
                      \x1b[9;48;5;99mx  \x1b[m";
        let first = snapshot(output);
        let again = snapshot(&first.ansi().replace('\n', "\r\n"));
        assert_eq!(first.ansi(), again.ansi());
        assert_eq!(first.rows[0].line, again.rows[0].line);
        assert_eq!(first.rows[1].line, again.rows[1].line);
    }
}
