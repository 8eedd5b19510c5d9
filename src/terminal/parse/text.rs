//! Characters in UTF-8.

/// Returns whether `c` may join the character before it although it has its own width.
#[inline]
pub fn joins(c: char) -> bool {
    is_regional(c) || matches!(c, '\u{1f3fb}'..='\u{1f3ff}')
}

/// Returns whether `c` is half of a flag.
#[inline]
pub fn is_regional(c: char) -> bool {
    matches!(c, '\u{1f1e6}'..='\u{1f1ff}')
}

/// What the bytes at the front of some text are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decoded {
    /// A character of so many bytes.
    Char(char, usize),
    /// So many bytes that are not a character.
    Invalid(usize),
    /// The beginning of one.
    Incomplete,
}

/// Reads the character at the front of `bytes`, which must not be empty.
pub fn decode(bytes: &[u8]) -> Decoded {
    let want = match bytes.first() {
        Some(0x00..=0x7f) => 1,
        Some(0xc2..=0xdf) => 2,
        Some(0xe0..=0xef) => 3,
        Some(0xf0..=0xf4) => 4,
        Some(_) => return Decoded::Invalid(1),
        None => return Decoded::Incomplete,
    };
    let head = bytes.get(..want).unwrap_or(bytes);
    match std::str::from_utf8(head) {
        Ok(text) => text.chars().next().map_or(Decoded::Incomplete, |c| Decoded::Char(c, want)),
        Err(error) => error.error_len().map_or(Decoded::Incomplete, Decoded::Invalid),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_read_cut_short_or_found_wrong() {
        assert_eq!(decode("é".as_bytes()), Decoded::Char('é', 2));
        assert_eq!(decode(b"\xe2\x94"), Decoded::Incomplete);
        assert_eq!(decode(b"\xe2("), Decoded::Invalid(1));
        assert_eq!(decode(b"\xf0\x9f\x98("), Decoded::Invalid(3));
        assert_eq!(decode(b"\xc0\x80"), Decoded::Invalid(1));
        assert_eq!(decode(b"\xed\xa0\x80"), Decoded::Invalid(1));
    }
}
