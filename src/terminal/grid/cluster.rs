//! Joined characters that vt100's cells cannot hold.
//!
//! A family of emoji, a flag, a letter with many marks: each is one cluster in one cell, one or two columns wide. A cell
//! of vt100 shows one character and a few marks without width, so an unused code point of the right width stands for the
//! cluster. A program that prints such a code point itself gets a cluster for it. U+FFFD, which vt100 leaves out, is
//! shown in the same way.

use super::intern::Table;

/// The code points that stand for a cluster one column wide.
const NARROW_CLUSTERS: std::ops::RangeInclusive<u32> = 0x10_f000..=0x10_fffd;
/// The code points that stand for a cluster two columns wide.
const WIDE_CLUSTERS: std::ops::RangeInclusive<u32> = 0x3_f000..=0x3_fffd;

/// Stands in the last cell of a row that goes on, for a blank cell.
pub const FILLER: char = '\u{10fffc}';
/// Stands in the last cell of a row that goes on, where a wide character had no room.
pub const SPACER: char = '\u{10fffd}';

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
        // Every stand-in lies outside the basic plane.
        if contents.len() != 4 {
            return contents;
        }
        self.find(contents).unwrap_or(contents)
    }

    fn find(&self, contents: &str) -> Option<&str> {
        if edge(contents).is_some() {
            // Its row no longer goes on.
            return Some(" ");
        }
        let (table, number) = number(contents)?;
        let table = if table == 2 { &self.wide } else { &self.narrow };
        table.get(number).map(AsRef::as_ref)
    }

    /// Forgets the clusters that no cell of contents `shown` shows.
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

/// What stands in the last cell of a row that goes on, if that is not text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// A blank cell.
    Filler,
    /// Nothing: a wide character had no room there.
    Spacer,
}

/// Returns what a cell with these contents holds instead of text.
///
/// vt100 lets a row go on only if its last cell has contents. Where a folded line has none there, one of two code points
/// takes their place.
pub fn edge(contents: &str) -> Option<Edge> {
    match contents.chars().next()? {
        FILLER => Some(Edge::Filler),
        SPACER => Some(Edge::Spacer),
        _ => None,
    }
}

/// Returns whether `c` is one of the code points that stand for clusters.
#[inline]
pub fn is_reserved(c: char) -> bool {
    let code = u32::from(c);
    NARROW_CLUSTERS.contains(&code) || WIDE_CLUSTERS.contains(&code)
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

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthChar as _;

    use super::*;

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
