//! Numbers, colours and styles as bytes: the alphabet that lines, frames and checkpoints are written in.
//!
//! Reading never panics and never reserves memory on the word of what it reads; `None` is all it says of bytes that
//! are not what was written.

use super::style::{Attrs, Color, Style, Underline};

/// Writes `value` seven bits a byte, the lowest first.
pub fn put_number(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Writes `bytes` with their length before them.
pub fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_number(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Writes a style: which parts it has, then those parts.
pub fn put_style(out: &mut Vec<u8>, style: &Style<'_>) {
    let plain = style.attrs == Attrs::NONE && style.underline == Underline::None;
    let kinds = color_kind(style.fg) | color_kind(style.bg) << 2 | color_kind(style.underline_color) << 4;
    out.push(kinds | u8::from(!plain) << 6 | u8::from(style.link.is_some()) << 7);
    for color in [style.fg, style.bg, style.underline_color] {
        match color {
            Color::Default => {}
            Color::Indexed(index) => out.push(index),
            Color::Rgb(r, g, b) => out.extend_from_slice(&[r, g, b]),
        }
    }
    if !plain {
        out.extend_from_slice(&[style.attrs.bits(), style.underline as u8]);
    }
    if let Some(link) = style.link {
        put_bytes(out, link.as_bytes());
    }
}

const fn color_kind(color: Color) -> u8 {
    match color {
        Color::Default => 0,
        Color::Indexed(_) => 1,
        Color::Rgb(..) => 2,
    }
}

/// Bytes being read.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Returns a reader of `bytes`.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader(bytes)
    }

    /// Returns whether nothing is left.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the next byte.
    pub fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// Returns the next byte if it is 0 or 1.
    pub fn flag(&mut self) -> Option<bool> {
        match self.byte()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    /// Returns the next number.
    pub fn number(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    /// Returns the next number if it is at most `max`.
    pub fn number_to<T: TryFrom<u64> + PartialOrd + Copy>(&mut self, max: T) -> Option<T> {
        T::try_from(self.number()?).ok().filter(|value| *value <= max)
    }

    /// Returns the next `count` bytes.
    pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(head)
    }

    /// Returns the next bytes that were written with their length, if they are at most `max`.
    pub fn bytes(&mut self, max: usize) -> Option<&'a [u8]> {
        let count = self.number_to(max)?;
        self.take(count)
    }

    /// Returns the next text that was written with its length, if it has at most `max` bytes.
    pub fn text(&mut self, max: usize) -> Option<&'a str> {
        std::str::from_utf8(self.bytes(max)?).ok()
    }

    /// Returns the next style; a link longer than `max_link` bytes is none.
    pub fn style(&mut self, max_link: usize) -> Option<Style<'a>> {
        let parts = self.byte()?;
        let fg = self.color(parts & 3)?;
        let bg = self.color(parts >> 2 & 3)?;
        let underline_color = self.color(parts >> 4 & 3)?;
        let (attrs, underline) = if parts & 0x40 == 0 {
            (Attrs::NONE, Underline::None)
        } else {
            (Attrs::from_bits(self.byte()?), Underline::from_number(u16::from(self.byte()?))?)
        };
        let link = if parts & 0x80 == 0 { None } else { Some(self.text(max_link)?) };
        Some(Style { fg, bg, attrs, underline, underline_color, link })
    }

    fn color(&mut self, kind: u8) -> Option<Color> {
        match kind {
            0 => Some(Color::Default),
            1 => self.byte().map(Color::Indexed),
            2 => Some(Color::Rgb(self.byte()?, self.byte()?, self.byte()?)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_what_is_read() {
        let style = Style {
            fg: Color::Indexed(7),
            bg: Color::Rgb(1, 2, 3),
            attrs: Attrs::BOLD.with(Attrs::STRIKE),
            underline: Underline::Curly,
            underline_color: Color::Indexed(200),
            link: Some("https://example.org/"),
        };
        let mut out = Vec::new();
        for number in [0, 127, 128, 300, u64::MAX] {
            put_number(&mut out, number);
        }
        put_style(&mut out, &style);
        put_style(&mut out, &Style::default());
        put_bytes(&mut out, b"end");
        let mut reader = Reader::new(&out);
        assert_eq!([0; 5].map(|_: u8| reader.number()), [0, 127, 128, 300, u64::MAX].map(Some));
        assert_eq!(reader.style(100), Some(style));
        assert_eq!(reader.style(100), Some(Style::default()));
        assert_eq!(reader.text(3), Some("end"));
        assert!(reader.is_empty());
    }

    #[test]
    fn bytes_that_nobody_wrote_are_nothing() {
        assert_eq!(Reader::new(&[0xff; 20]).number(), None);
        assert_eq!(Reader::new(&[0x80]).number(), None);
        assert_eq!(Reader::new(&[5, 1, 2]).bytes(10), None);
        assert_eq!(Reader::new(&[5, 1, 2, 3, 4, 5]).bytes(4), None);
        assert_eq!(Reader::new(&[0x03]).style(10), None);
        assert_eq!(Reader::new(&[0x40, 0, 9]).style(10), None);
        assert_eq!(Reader::new(&[2]).flag(), None);
    }
}
