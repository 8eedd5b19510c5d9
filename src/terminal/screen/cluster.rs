//! How joined characters that vt100's cells cannot hold get into them all the same.
//!
//! A family of emoji, a flag, a letter under a heap of marks: each is one cluster of one cell, one or two columns
//! wide. A cell of vt100 shows one character and a few marks of no width, so a cluster is given a code point that
//! nobody uses, of the right width, which stands for it. Where a program prints such a code point itself, that too
//! becomes a cluster. U+FFFD, which vt100 leaves out, is shown in the same way.

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::intern::Table;
use crate::terminal::line::MAX_CLUSTER;
use crate::terminal::parse::text::{FILLER, NARROW_CLUSTERS, SPACER, WIDE_CLUSTERS, is_regional, joins};

/// The most clusters of each width on a screen at a time.
const MAX_CLUSTERS: u16 = 2048;

/// The clusters that are on a screen.
#[derive(Clone, Debug)]
pub struct Clusters {
    narrow: Table<Box<str>>,
    wide: Table<Box<str>>,
}

impl Default for Clusters {
    fn default() -> Clusters {
        Clusters { narrow: Table::new(MAX_CLUSTERS), wide: Table::new(MAX_CLUSTERS) }
    }
}

impl Clusters {
    /// Returns whether a table is full and [`Clusters::sweep`] may make room.
    pub fn wants_sweep(&self) -> bool {
        self.narrow.wants_sweep() || self.wide.wants_sweep()
    }

    /// Returns the character that stands for `text` in a cell `width` columns wide; `None` if there is no room.
    pub fn stand_in(&mut self, text: &str, width: u8) -> Option<char> {
        let (table, first) = match width {
            2 => (&mut self.wide, *WIDE_CLUSTERS.start()),
            _ => (&mut self.narrow, *NARROW_CLUSTERS.start()),
        };
        let text: Box<str> = Box::from(text);
        let number = table.find(&text).or_else(|| table.add(text))?;
        char::from_u32(first + u32::from(number))
    }

    /// Returns what a cell with these contents shows.
    pub fn resolve<'a>(&'a self, contents: &'a str) -> &'a str {
        // All that stand in for something lie outside the basic plane.
        if contents.len() != 4 {
            return contents;
        }
        self.find(contents).unwrap_or(contents)
    }

    fn find(&self, contents: &str) -> Option<&str> {
        if edge(contents).is_some() {
            // It no longer stands where its row goes on.
            return Some(" ");
        }
        let (table, number) = number(contents)?;
        let table = if table == 2 { &self.wide } else { &self.narrow };
        table.get(number).map(AsRef::as_ref)
    }

    /// Lets go of the clusters that none of the cells with the contents `shown` shows.
    pub fn sweep<'a>(&mut self, shown: impl Iterator<Item = &'a str>) {
        let mut used = [vec![false; usize::from(MAX_CLUSTERS)], vec![false; usize::from(MAX_CLUSTERS)]];
        let [narrow, wide] = &mut used;
        for (width, number) in shown.filter_map(number) {
            let table = if width == 2 { &mut *wide } else { &mut *narrow };
            if let Some(used) = table.get_mut(usize::from(number)) {
                *used = true;
            }
        }
        let is_used = |table: &[bool], number: u16| table.get(usize::from(number)).copied().unwrap_or(false);
        self.narrow.sweep(|number| is_used(narrow, number));
        self.wide.sweep(|number| is_used(wide, number));
    }
}

/// What stands in the last cell of a row that goes on, if it is no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// A blank cell.
    Filler,
    /// Nothing: a wide character had no room there.
    Spacer,
}

/// Returns what no text a cell with these contents holds.
///
/// vt100 lets a row go on only if something stands in its last cell. Where a line folded anew has nothing there, one of
/// two code points does.
pub fn edge(contents: &str) -> Option<Edge> {
    match contents.chars().next()? {
        FILLER => Some(Edge::Filler),
        SPACER => Some(Edge::Spacer),
        _ => None,
    }
}

/// Returns the width of the table and the number in it that a cell's contents stand for.
fn number(contents: &str) -> Option<(u8, u16)> {
    let mut chars = contents.chars();
    let code = u32::from(chars.next()?);
    let (width, first) = if NARROW_CLUSTERS.contains(&code) {
        (1, *NARROW_CLUSTERS.start())
    } else if WIDE_CLUSTERS.contains(&code) {
        (2, *WIDE_CLUSTERS.start())
    } else {
        return None;
    };
    u16::try_from(code - first).ok().map(|number| (width, number))
}

/// What a character does to the cell before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// Nothing: it gets a cell of its own.
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

/// Whether a character with a width of its own can belong to what is before it at all.
fn may_join(before: &str, c: char) -> bool {
    before.ends_with('\u{200d}') || joins(c)
}

/// Returns whether `c` shows nothing and is not part of any cluster either: it would only lead the outer terminal
/// astray (direction marks, joiners and spaces of no width, language tags apart from those of flags).
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

    #[test]
    fn what_stands_in_for_a_cluster_shows_it_and_has_its_width() {
        let mut clusters = Clusters::default();
        for (text, width) in [("🇩🇪", 2), ("e\u{301}\u{302}", 1), ("\u{fffd}", 1), ("\u{3f000}", 2)] {
            let c = clusters.stand_in(text, width).unwrap();
            assert_eq!(c.width(), Some(usize::from(width)));
            assert_eq!(clusters.resolve(c.encode_utf8(&mut [0; 4])), text);
        }
        assert_eq!(clusters.resolve("😀"), "😀");
    }

    #[test]
    fn clusters_no_longer_shown_make_room() {
        let mut clusters = Clusters::default();
        let kept = clusters.stand_in("kept", 2).unwrap().to_string();
        for number in 0..3000 {
            if clusters.wants_sweep() {
                clusters.sweep([kept.as_str()].into_iter());
            }
            assert!(clusters.stand_in(&number.to_string(), 2).is_some());
        }
        assert_eq!(clusters.resolve(&kept), "kept");
    }
}
