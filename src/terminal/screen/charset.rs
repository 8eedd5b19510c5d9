//! Character sets: which of four is in use, and what its characters stand for (ISO 2022, as far as programs go).

/// A set of 94 characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Charset {
    /// ASCII.
    #[default]
    Ascii,
    /// DEC special graphics: lines, corners, and a few symbols.
    LineDrawing,
    /// British: `#` is `£`.
    British,
}

impl Charset {
    /// Returns the set that the final byte of a designating sequence names; ASCII for those nobody uses any more.
    pub const fn from_final(byte: u8) -> Charset {
        match byte {
            b'0' => Charset::LineDrawing,
            b'A' => Charset::British,
            _ => Charset::Ascii,
        }
    }

    /// Returns what `c` stands for in this set.
    pub const fn map(self, c: char) -> char {
        const LINES: [char; 32] = [
            ' ', '◆', '▒', '␉', '␌', '␍', '␊', '°', '±', '␤', '␋', '┘', '┐', '┌', '└', '┼', '⎺', '⎻', '─',
            '⎼', '⎽', '├', '┤', '┴', '┬', '│', '≤', '≥', 'π', '≠', '£', '·',
        ];
        match (self, c) {
            (Charset::LineDrawing, '_'..='~') => LINES[c as usize - '_' as usize],
            (Charset::British, '#') => '£',
            _ => c,
        }
    }
}

/// The four sets designated, and which is in use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Charsets {
    /// G0 to G3.
    pub designated: [Charset; 4],
    /// Which is in use.
    pub active: u8,
    /// Which is in use for the next character only.
    pub single: Option<u8>,
}

impl Charsets {
    /// Returns whether text means what it says.
    pub fn is_ascii(&self) -> bool {
        self.single.is_none() && self.of(self.active) == Charset::Ascii
    }

    /// Returns what the next character is to be shown as.
    pub fn map(&mut self, c: char) -> char {
        let set = self.single.take().unwrap_or(self.active);
        self.of(set).map(c)
    }

    /// Makes G0 to G3, as the intermediate byte of the sequence says, the set that the final byte names.
    pub fn designate(&mut self, intermediate: u8, final_byte: u8) {
        let index = match intermediate {
            b'(' => 0,
            b')' | b'-' => 1,
            b'*' | b'.' => 2,
            b'+' | b'/' => 3,
            _ => return,
        };
        if let Some(set) = self.designated.get_mut(index) {
            *set = Charset::from_final(final_byte);
        }
    }

    fn of(&self, index: u8) -> Charset {
        self.designated.get(usize::from(index)).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_drawn_with_letters_while_asked_for() {
        let mut sets = Charsets::default();
        sets.designate(b')', b'0');
        assert!(sets.is_ascii());
        sets.active = 1;
        assert_eq!("lqk~a#".chars().map(|c| sets.map(c)).collect::<String>(), "┌─┐·▒#");
        sets.active = 0;
        sets.single = Some(1);
        assert_eq!("xx".chars().map(|c| sets.map(c)).collect::<String>(), "│x");
        sets.designate(b'(', b'A');
        assert_eq!(sets.map('#'), '£');
    }
}
