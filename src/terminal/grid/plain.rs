//! Text that vt100 may take as it stands.
//!
//! Every byte of output passes here, so this looks at sixteen of them at once where it can.

use unicode_width::UnicodeWidthChar as _;

use super::cluster::is_reserved;
use crate::terminal::parse::text::{Decoded, decode, joins};

/// What is special about a byte of text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Nothing.
    Plain,
    /// It is a carriage return.
    Return,
    /// It is a line feed, which passes after a carriage return only.
    LineFeed,
    /// It is a tab.
    Tab,
    /// It is part of a character outside ASCII.
    Multibyte,
    /// It ends the text.
    Stop,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Plain; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'\n' => Class::LineFeed,
            b'\r' => Class::Return,
            b'\t' => Class::Tab,
            0x20..=0x7e => Class::Plain,
            0x80..=0xff => Class::Multibyte,
            _ => Class::Stop,
        };
        byte += 1;
    }
    classes
};

/// When a line feed is plain text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum LineFeeds {
    /// Directly after a carriage return; the flag says whether one came before the first byte.
    AfterReturn(bool),
    /// Never.
    Never,
}

/// How far text may reach: counted in bytes, each of which takes a column at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// How many columns there are.
    pub cols: usize,
    /// How far right the cursor is, at most; `cols` means that the next character may wrap.
    pub col: usize,
    /// How often the text wrapped, at most.
    pub wraps: usize,
    /// How many line feeds there were.
    pub line_feeds: usize,
}

impl Reach {
    /// Counts text of `bytes` bytes.
    #[inline]
    pub fn text(&mut self, bytes: usize) {
        self.col += bytes;
        if self.col > self.cols {
            self.wraps += (self.col - 1) / self.cols.max(1);
            self.col = self.cols;
        }
    }

    /// Counts a move to the right, which stops at the last column.
    pub fn right(&mut self, cols: usize) {
        self.col = (self.col + cols).min(self.cols.saturating_sub(1));
    }
}

/// Returns how many bytes at the front of `bytes` vt100 takes as they are: characters that stand alone, carriage returns,
/// tabs, and line feeds as `line_feeds` says. They are valid UTF-8 and counted in `reach`.
#[inline]
pub fn passable(bytes: &[u8], line_feeds: LineFeeds, reach: &mut Reach) -> usize {
    let mut at = 0;
    let mut counted = 0;
    'all: loop {
        // Most runs of text are short, so it pays to begin with single bytes.
        let end = bytes.len().min(at + 16);
        while at < end {
            let Some(&byte) = bytes.get(at) else { break 'all };
            match CLASSES[usize::from(byte)] {
                Class::Plain => at += 1,
                Class::Return => {
                    reach.text(at - counted);
                    reach.col = 0;
                    at += 1;
                    counted = at;
                }
                Class::Tab => {
                    reach.text(at - counted);
                    counted = at;
                    if reach.col >= reach.cols {
                        // Behind the last column, vt100 carries out a tab differently.
                        break 'all;
                    }
                    reach.right(8);
                    at += 1;
                    counted = at;
                }
                Class::LineFeed => {
                    let passes = match line_feeds {
                        LineFeeds::Never => false,
                        LineFeeds::AfterReturn(first) => {
                            if at == 0 {
                                first
                            } else {
                                bytes.get(at - 1) == Some(&b'\r')
                            }
                        }
                    };
                    if !passes {
                        break 'all;
                    }
                    reach.line_feeds += 1;
                    at += 1;
                    counted = at;
                }
                Class::Multibyte => match standing_alone(bytes.get(at..).unwrap_or_default()) {
                    0 => break 'all,
                    len => at += len,
                },
                Class::Stop => break 'all,
            }
        }
        while let Some(block) = bytes.get(at..at + 16)
            && block.iter().fold(true, |plain, &byte| plain & (byte.wrapping_sub(0x20) < 0x5f))
        {
            at += 16;
        }
        if at >= bytes.len() {
            break;
        }
    }
    reach.text(at - counted);
    at
}

/// Returns the length of the character outside ASCII at the front of `bytes` if it stands alone, else 0.
#[inline(always)]
fn standing_alone(bytes: &[u8]) -> usize {
    let goes_on = |byte: u8| byte & 0xc0 == 0x80;
    // The blocks that fill screens: ideographs, kana, Hangul, boxes, dashes and emoji. A test compares them with the rule.
    match *bytes {
        [0xe4..=0xe9 | 0xeb | 0xec, b, c, ..] if goes_on(b) && goes_on(c) => 3,
        [0xe2, 0x94..=0x97, c, ..] if goes_on(c) => 3,
        [0xe2, 0x80, 0x90..=0xa6, ..] | [0xe3, 0x80, 0x80..=0xa9, ..] => 3,
        [0xe3, 0x81 | 0x83, c, ..] if goes_on(c) => 3,
        [0xe3, 0x82, 0x80..=0x98 | 0x9b..=0xbf, ..] => 3,
        [0xf0, 0x9f, 0x8c..=0x8e | 0x90..=0xab, d, ..] if goes_on(d) => 4,
        _ => match decode(bytes) {
            Decoded::Char(c, len) if stands_alone(c) => len,
            _ => 0,
        },
    }
}

/// Returns whether `c` takes its own cells after any character, and vt100 shows it as it is.
pub fn stands_alone(c: char) -> bool {
    !matches!(c, '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffd}')
        && !joins(c)
        && !is_reserved(c)
        && matches!(c.width(), Some(1 | 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CRLF: LineFeeds = LineFeeds::AfterReturn(false);

    fn passes(bytes: &[u8], line_feeds: LineFeeds) -> usize {
        passable(bytes, line_feeds, &mut Reach { cols: 80, ..Reach::default() })
    }

    #[test]
    fn text_passes_up_to_the_first_byte_that_means_something() {
        let long = "0123456789".repeat(10);
        assert_eq!(passes(long.as_bytes(), CRLF), 100);
        for (text, len) in [
            ("plain\r\n\ttext\x1b[m", 12),
            ("abc\x08", 3),
            ("abc\ndef", 3),
            ("a─│漢字 한글 → “x” 😀é\x07", 39),
            ("e\u{301}", 1),
            ("a\u{fffd}", 1),
            ("👩\u{200d}", 4),
            ("🇩🇪", 0),
            ("\u{85}", 0),
            ("\u{3f000}", 0),
            ("a\x7f", 1),
        ] {
            assert_eq!(passes(text.as_bytes(), CRLF), len, "{text:?}");
        }
        assert_eq!(passes(b"\nx", LineFeeds::AfterReturn(true)), 2);
        assert_eq!(passes(b"x\r\n", LineFeeds::Never), 2);
        assert_eq!(passes(b"a\xe2\x94", CRLF), 1);
        assert_eq!(passes(b"a\xffb", CRLF), 1);
    }

    #[test]
    fn how_far_text_reaches_is_never_understated() {
        let reach = |text: &str, col| {
            let mut reach = Reach { cols: 10, col, ..Reach::default() };
            passable(text.as_bytes(), CRLF, &mut reach);
            (reach.col, reach.wraps, reach.line_feeds)
        };
        assert_eq!(reach("abc", 0), (3, 0, 0));
        assert_eq!(reach("abcdefghij", 0), (10, 0, 0));
        assert_eq!(reach("k", 10), (10, 1, 0));
        assert_eq!(reach("abcdefghijklmnopqrstuvwxyz", 0), (10, 2, 0));
        assert_eq!(reach("abcdefgh\r\nabcdefgh\r\nab", 0), (2, 0, 2));
        assert_eq!(reach("\ta", 0), (9, 0, 0));
        assert_eq!(reach("\t\ta", 0), (10, 0, 0));
        assert_eq!(reach("漢字", 0), (6, 0, 0));
    }

    #[test]
    fn the_fast_blocks_agree_with_the_rule() {
        for c in (0x80..0x11_0000).filter_map(char::from_u32) {
            let mut buffer = [0; 4];
            let bytes = c.encode_utf8(&mut buffer).as_bytes();
            assert_eq!(standing_alone(bytes) == bytes.len(), stands_alone(c), "{:x}", u32::from(c));
        }
    }
}
