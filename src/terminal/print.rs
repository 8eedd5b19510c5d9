//! A screen as text with the sequences that colour it.

use super::line::Line;
use super::sequence::put_sgr;
use super::snapshot::Snapshot;
use super::style::Style;

/// Returns lines as text with SGR and OSC 8 sequences, one per row, without the blank ones at the end. Every row begins
/// and ends with the default look.
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
