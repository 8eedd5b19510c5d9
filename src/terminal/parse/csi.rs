//! Control sequences: `ESC [`, parameters, and the byte that says what to do.

/// The most parameters of a control sequence, sub-parameters included; a sequence with more is not carried out.
pub const MAX_PARAMS: usize = 32;

/// A control sequence. It is kept and filled anew for each one, so that none allocates.
#[derive(Clone, Debug)]
pub struct Csi {
    values: [u16; MAX_PARAMS],
    len: usize,
    /// Bit `i` says that value `i` was led by a colon: that it is a sub-parameter of the one before it.
    colons: u32,
    /// `<`, `=`, `>` or `?` before the parameters, or 0.
    pub prefix: u8,
    /// The intermediate byte before the final one, or 0.
    pub intermediate: u8,
    /// The byte that says what to do.
    pub final_byte: u8,
    /// Whether there were more parameters or intermediates than are kept.
    pub overflow: bool,
}

/// What the bytes after `ESC [` turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CsiParse {
    /// A control sequence of so many bytes.
    Done(usize),
    /// Not a valid one, so many bytes long; to be left out.
    Malformed(usize),
    /// The beginning of one.
    Incomplete,
    /// A byte that does not belong in one at this index: a control character, or one from outside ASCII.
    Interrupted(usize),
}

impl Default for Csi {
    fn default() -> Csi {
        Csi {
            values: [0; MAX_PARAMS],
            len: 0,
            colons: 0,
            prefix: 0,
            intermediate: 0,
            final_byte: 0,
            overflow: false,
        }
    }
}

impl Csi {
    /// Reads a control sequence from the bytes after `ESC [`.
    #[inline]
    pub fn parse(&mut self, bytes: &[u8]) -> CsiParse {
        self.len = 0;
        self.colons = 0;
        self.prefix = 0;
        self.intermediate = 0;
        self.overflow = false;
        let mut at = 0;
        if let Some(&lead @ b'<'..=b'?') = bytes.first() {
            self.prefix = lead;
            at = 1;
        }
        let mut colon = false;
        loop {
            let (value, end) = number(bytes, at);
            at = end;
            let Some(&byte) = bytes.get(at) else { return CsiParse::Incomplete };
            match byte {
                b';' | b':' => {
                    self.push(value, colon);
                    colon = byte == b':';
                }
                0x40..=0x7e => {
                    self.push(value, colon);
                    self.final_byte = byte;
                    return CsiParse::Done(at + 1);
                }
                0x20..=0x2f => {
                    self.push(value, colon);
                    return self.parse_intermediates(bytes, at);
                }
                b'<'..=b'?' => return ignore(bytes, at),
                _ => return CsiParse::Interrupted(at),
            }
            at += 1;
        }
    }

    fn parse_intermediates(&mut self, bytes: &[u8], mut at: usize) -> CsiParse {
        while let Some(&byte) = bytes.get(at) {
            match byte {
                0x20..=0x2f => {
                    self.overflow |= self.intermediate != 0;
                    self.intermediate = byte;
                }
                0x40..=0x7e => {
                    self.final_byte = byte;
                    return CsiParse::Done(at + 1);
                }
                0x30..=0x3f => return ignore(bytes, at),
                _ => return CsiParse::Interrupted(at),
            }
            at += 1;
        }
        CsiParse::Incomplete
    }

    #[inline]
    fn push(&mut self, value: u16, colon: bool) {
        if let Some(slot) = self.values.get_mut(self.len) {
            *slot = value;
            self.colons |= u32::from(colon) << self.len;
            self.len += 1;
        } else {
            self.overflow = true;
        }
    }

    /// Returns how many values there are, sub-parameters included; an empty sequence has one, of value 0.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Returns the value at `index`, 0 where there is none.
    #[must_use]
    #[inline]
    pub fn value(&self, index: usize) -> u16 {
        if index < self.len { self.values.get(index).copied().unwrap_or(0) } else { 0 }
    }

    /// Returns the value at `index`, `default` where there is none or it is 0.
    #[must_use]
    pub fn value_or(&self, index: usize, default: u16) -> u16 {
        match self.value(index) {
            0 => default,
            value => value,
        }
    }

    /// Returns whether the value at `index` is a sub-parameter of the one before it.
    #[must_use]
    #[inline]
    pub fn is_sub(&self, index: usize) -> bool {
        index < MAX_PARAMS && self.colons >> index & 1 == 1
    }

    /// Returns the values that are parameters of their own, without their sub-parameters.
    pub fn params(&self) -> impl Iterator<Item = u16> + '_ {
        (0..self.len).filter(|index| !self.is_sub(*index)).map(|index| self.value(index))
    }

    /// Returns whether any value is a sub-parameter.
    #[must_use]
    pub fn has_subs(&self) -> bool {
        self.colons != 0
    }
}

/// Reads the digits from `at` on; returns their value, as far as it goes, and where they end.
#[inline]
fn number(bytes: &[u8], mut at: usize) -> (u16, usize) {
    let start = at;
    let mut value = 0u32;
    while let Some(digit) = bytes.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
        value = value.wrapping_mul(10).wrapping_add(u32::from(digit));
        at += 1;
    }
    let value = if at - start > 9 { u16::MAX } else { u16::try_from(value).unwrap_or(u16::MAX) };
    (value, at)
}

/// A sequence that went wrong goes on to its final byte all the same.
fn ignore(bytes: &[u8], mut at: usize) -> CsiParse {
    while let Some(&byte) = bytes.get(at) {
        match byte {
            0x20..=0x3f => at += 1,
            0x40..=0x7e => return CsiParse::Malformed(at + 1),
            _ => return CsiParse::Interrupted(at),
        }
    }
    CsiParse::Incomplete
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(bytes: &[u8]) -> (CsiParse, Csi) {
        let mut csi = Csi::default();
        (csi.parse(bytes), csi)
    }

    #[test]
    fn parameters_are_read_with_their_sub_parameters() {
        let (parse, csi) = parsed(b"38:2::1:2:3;4;70000mrest");
        assert_eq!(parse, CsiParse::Done(20));
        assert_eq!((0..csi.len()).map(|i| csi.value(i)).collect::<Vec<_>>(), [38, 2, 0, 1, 2, 3, 4, 65535]);
        assert_eq!(csi.params().collect::<Vec<_>>(), [38, 4, 65535]);
        assert_eq!(csi.final_byte, b'm');
    }

    #[test]
    fn prefixes_and_intermediates_are_told_apart() {
        let (parse, csi) = parsed(b"?2026$p");
        assert_eq!(
            (parse, csi.prefix, csi.intermediate, csi.final_byte),
            (CsiParse::Done(7), b'?', b'$', b'p')
        );
        let (parse, csi) = parsed(b"H");
        assert_eq!((parse, csi.len(), csi.value(0)), (CsiParse::Done(1), 1, 0));
    }

    #[test]
    fn a_sequence_cut_short_interrupted_or_wrong_is_told_as_such() {
        assert_eq!(parsed(b"1;2").0, CsiParse::Incomplete);
        assert_eq!(parsed(b"1\r;2H").0, CsiParse::Interrupted(1));
        assert_eq!(parsed(b"1?2Hx").0, CsiParse::Malformed(4));
        assert_eq!(parsed(b"1 2qx").0, CsiParse::Malformed(4));
        assert!(parsed("1;".repeat(40).as_bytes()).1.overflow);
    }
}
