//! What follows an ESC: which kind of sequence it is, and where it ends.

use super::csi::{Csi, CsiParse};

/// The character that begins every sequence.
pub const ESC: u8 = 0x1b;

/// The longest escape sequence that is kept, in bytes; a longer one is left out up to its end.
pub const MAX_SEQUENCE: usize = 256;

/// A string that goes on until its terminator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StringKind {
    /// An operating system command, `ESC ]`.
    Osc,
    /// A device control string, `ESC P`.
    Dcs,
    /// SOS, PM or APC, which nothing here reads.
    Ignored,
}

/// What the bytes from an ESC on are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Escape {
    /// A control sequence of so many bytes; the [`Csi`] that was passed holds it.
    Csi(usize),
    /// An escape sequence of so many bytes: its intermediate byte (0 if none) and its final one.
    Esc(usize, u8, u8),
    /// The opening of a string, of so many bytes.
    Opens(usize, StringKind),
    /// So many bytes that say nothing.
    Nothing(usize),
    /// The beginning of a sequence.
    Incomplete,
    /// A byte that does not belong in a sequence at this index: a control character, or one from outside ASCII.
    Interrupted(usize),
}

/// Reads what begins with the ESC at the front of `bytes`.
#[inline]
pub fn parse(bytes: &[u8], csi: &mut Csi) -> Escape {
    match bytes.get(1) {
        Some(b'[') => match csi.parse(bytes.get(2..).unwrap_or_default()) {
            CsiParse::Done(len) => Escape::Csi(len + 2),
            CsiParse::Malformed(len) => Escape::Nothing(len + 2),
            CsiParse::Incomplete => Escape::Incomplete,
            CsiParse::Interrupted(at) => Escape::Interrupted(at + 2),
        },
        _ => parse_other(bytes),
    }
}

fn parse_other(bytes: &[u8]) -> Escape {
    let mut intermediate = 0;
    let mut at = 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            0x20..=0x2f => {
                // No sequence with more than one intermediate is known here.
                intermediate = if intermediate == 0 { byte } else { u8::MAX };
                at += 1;
            }
            b']' if at == 1 => return Escape::Opens(2, StringKind::Osc),
            b'P' if at == 1 => return Escape::Opens(2, StringKind::Dcs),
            b'X' | b'^' | b'_' if at == 1 => return Escape::Opens(2, StringKind::Ignored),
            0x30..=0x7e => return Escape::Esc(at + 1, intermediate, byte),
            _ => return Escape::Interrupted(at),
        }
    }
    Escape::Incomplete
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(bytes: &[u8]) -> Escape {
        parse(bytes, &mut Csi::default())
    }

    #[test]
    fn each_kind_of_sequence_is_told_from_the_others() {
        assert_eq!(parsed(b"\x1b[1mx"), Escape::Csi(4));
        assert_eq!(parsed(b"\x1bMx"), Escape::Esc(2, 0, b'M'));
        assert_eq!(parsed(b"\x1b(0x"), Escape::Esc(3, b'(', b'0'));
        assert_eq!(parsed(b"\x1b]0;t"), Escape::Opens(2, StringKind::Osc));
        assert_eq!(parsed(b"\x1bP+q"), Escape::Opens(2, StringKind::Dcs));
        assert_eq!(parsed(b"\x1b_G"), Escape::Opens(2, StringKind::Ignored));
        assert_eq!(parsed(b"\x1b[1?m"), Escape::Nothing(5));
    }

    #[test]
    fn what_is_not_all_there_waits_and_what_does_not_belong_is_found() {
        for start in [&b"\x1b"[..], b"\x1b[", b"\x1b[1;", b"\x1b#", b"\x1b[ "] {
            assert_eq!(parsed(start), Escape::Incomplete);
        }
        assert_eq!(parsed(b"\x1b\x1b[m"), Escape::Interrupted(1));
        assert_eq!(parsed(b"\x1b[1\x18m"), Escape::Interrupted(3));
        assert_eq!(parsed("\x1b[é".as_bytes()), Escape::Interrupted(2));
    }
}
