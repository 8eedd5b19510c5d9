//! Which characters share a cell: emoji sequences, flags, marks.

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::terminal::line::MAX_CLUSTER;
use crate::terminal::parse::text::{is_regional, joins};

/// What a character does to the cell before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// Nothing: it gets its own cell.
    Apart,
    /// It becomes part of it, which is then so many columns wide.
    Joined(u8),
    /// It is left out.
    Dropped,
}

/// Returns what `c` does to the cell before it, which shows `before`, `width` columns wide.
pub fn join(before: &str, width: u8, c: char) -> Join {
    let own = c.width().unwrap_or(0);
    let joined_len = before.len() + c.len_utf8();
    if own > 0 && !may_join(before, c) {
        return Join::Apart;
    }
    if joined_len > MAX_CLUSTER || (matches!(c, '\u{e0020}'..='\u{e007f}') && !before.starts_with('🏴')) {
        return if own == 0 { Join::Dropped } else { Join::Apart };
    }
    let mut joined = String::with_capacity(joined_len);
    joined.push_str(before);
    joined.push(c);
    let whole = joined.width();
    let joined_width = whole.min(2) as u8;
    if own == 0 {
        return Join::Joined(width.max(joined_width));
    }
    let narrower = whole < usize::from(width) + own || is_regional(c);
    if narrower && joined.graphemes(true).nth(1).is_none() {
        Join::Joined(width.max(joined_width))
    } else {
        Join::Apart
    }
}

/// Returns whether a character with its own width can belong to the cell before it.
fn may_join(before: &str, c: char) -> bool {
    before.ends_with('\u{200d}') || joins(c)
}

/// Returns whether `c` shows nothing and belongs to no cluster: it would only confuse the outer terminal (direction
/// marks, joiners and spaces without width, language tags other than those of flags).
pub fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0001}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emoji_flags_and_marks_join_and_letters_do_not() {
        for (before, width, c, expected) in [
            ("e", 1, '\u{301}', Join::Joined(1)),
            ("❤", 1, '\u{fe0f}', Join::Joined(2)),
            ("a", 1, '\u{fe0f}', Join::Joined(1)),
            ("👩", 2, '\u{200d}', Join::Joined(2)),
            ("👩\u{200d}", 2, '🚀', Join::Joined(2)),
            ("👩\u{200d}", 2, 'x', Join::Apart),
            ("👩", 2, '🚀', Join::Apart),
            ("👍", 2, '🏽', Join::Joined(2)),
            ("a", 1, '🏽', Join::Apart),
            ("🇩", 1, '🇪', Join::Joined(2)),
            ("🇩🇪", 2, '🇫', Join::Apart),
            ("漢", 2, '字', Join::Apart),
            ("🏴", 2, '\u{e0067}', Join::Joined(2)),
            ("a", 1, '\u{e0067}', Join::Dropped),
        ] {
            assert_eq!(join(before, width, c), expected, "{before:?} + {c:?}");
        }
        assert_eq!(join(&"e\u{301}".repeat(21), 1, '\u{301}'), Join::Dropped);
    }
}
