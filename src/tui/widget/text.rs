//! Text by the width that it has on a screen: cut, padded, wrapped, counted, and put into a buffer.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// Returns how many columns a text takes.
pub(in crate::tui) fn width(text: &str) -> usize {
    text.width()
}

/// Returns a text that takes at most `columns`; what was cut off is an ellipsis.
pub(in crate::tui) fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        used += width(grapheme);
        if used + 1 > columns {
            break;
        }
        out.push_str(grapheme);
    }
    if columns > 0 {
        out.push('…');
    }
    out
}

/// Returns a text that takes exactly `columns`: cut, or followed by spaces.
pub(in crate::tui) fn pad(text: &str, columns: usize) -> String {
    let mut out = cut(text, columns);
    let missing = columns.saturating_sub(width(&out));
    out.extend(std::iter::repeat_n(' ', missing));
    out
}

/// Returns a text as lines of at most `columns`, broken between words where there is a place to break.
pub(in crate::tui) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in paragraph.split(' ') {
            let gap = usize::from(!line.is_empty());
            if gap + width(&line) + width(word) > columns && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            } else if gap == 1 {
                line.push(' ');
            }
            for grapheme in word.graphemes(true) {
                if width(&line) + width(grapheme) > columns && !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                }
                line.push_str(grapheme);
            }
        }
        lines.push(line);
    }
    lines
}

/// Returns a number of things in words: `1 agent`, `3 agents`.
pub(in crate::tui) fn count(n: usize, thing: &str) -> String {
    if n == 1 { format!("1 {thing}") } else { format!("{n} {thing}s") }
}

/// Returns a text as it may be shown, with every control character made visible: `␛` for escape, `␊` for a new line.
/// What turns the direction of writing is named by its number.
pub(in crate::tui) fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{0}'..='\u{1f}' => out.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}')),
            '\u{7f}' => out.push('␡'),
            c if c.is_control() || hides(c) => out.push_str(&format!("<{:04x}>", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

/// Characters that cannot be seen and change how others are read.
fn hides(c: char) -> bool {
    crate::domain::clean(&c.to_string(), 1).is_empty() && !c.is_whitespace()
}

/// Returns the `n`th row of an area, if it has that many.
pub(in crate::tui) fn row(area: Rect, n: u16) -> Option<Rect> {
    (n < area.height && area.width > 0).then(|| Rect::new(area.x, area.y.saturating_add(n), area.width, 1))
}

/// Writes a text into an area, `x` columns and `y` rows from its corner; returns the column behind it.
pub(in crate::tui) fn put(
    buffer: &mut Buffer,
    area: Rect,
    (x, y): (u16, u16),
    text: &str,
    style: Style,
) -> u16 {
    let area = area.intersection(buffer.area);
    if x >= area.width || y >= area.height {
        return x;
    }
    let room = usize::from(area.width - x);
    let (end, _) = buffer.set_stringn(area.x + x, area.y + y, text, room, style);
    end - area.x
}

/// Writes a line into the `y`th row of an area; returns the column behind it.
pub(in crate::tui) fn put_line(buffer: &mut Buffer, area: Rect, y: u16, line: &Line<'_>) -> u16 {
    let mut x = 0;
    for span in &line.spans {
        x = put(buffer, area, (x, y), &span.content, line.style.patch(span.style));
    }
    x
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_is_cut_by_what_is_seen_of_it() {
        assert_eq!(cut("backend", 7), "backend");
        assert_eq!(cut("backend", 4), "bac…");
        assert_eq!((cut("日本語", 4).as_str(), cut("日本語", 5).as_str()), ("日…", "日本…"));
        assert_eq!(cut("👩\u{200d}🚀e\u{301}xyz", 4), "👩\u{200d}🚀e\u{301}…");
        assert_eq!((cut("x", 0).as_str(), cut("xy", 1).as_str()), ("", "…"));
        assert_eq!(pad("日", 4), "日  ");
    }

    #[test]
    fn words_are_wrapped_and_long_ones_broken() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("a\n\nb", 9), ["a", "", "b"]);
        assert_eq!(wrap("a abcd", 3), ["a", "abc", "d"]);
    }

    #[test]
    fn what_cannot_be_seen_is_made_visible() {
        assert_eq!(harmless("rm\u{1b}[31m\r\n\u{7f}é"), "rm␛[31m␍␊␡é");
        assert_eq!(harmless("a\u{202e}b"), "a<202e>b");
        assert_eq!(harmless("a b\u{9b}"), "a b<009b>");
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_it_may_be(text in "[a-z日本é \n]{0,60}", columns in 2usize..20) {
            prop_assert!(width(&cut(&text, columns)) <= columns);
            for line in wrap(&text, columns) {
                prop_assert!(width(&line) <= columns, "{line:?}");
            }
        }
    }
}
