//! The colours that programs ask about and set (OSC 4, 10, 11, 12, and their resets).
//!
//! What a person's terminal uses is told by whoever knows it; until then it is light on dark, with xterm's 256
//! colours. What a program sets is remembered so that it is answered what it set; it does not change how indexed
//! colours are drawn, which are the person's.

use std::collections::BTreeMap;

use crate::domain::Rgb;

/// The colours of the person's terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    /// Of text (OSC 10).
    pub foreground: Rgb,
    /// Behind it (OSC 11).
    pub background: Rgb,
    /// Of the cursor (OSC 12).
    pub cursor: Rgb,
}

impl Default for Palette {
    fn default() -> Palette {
        let light = Rgb(0xd8, 0xd8, 0xd8);
        Palette { foreground: light, background: Rgb(0x18, 0x18, 0x18), cursor: light }
    }
}

impl Palette {
    /// Returns whether text is lighter than what is behind it.
    #[must_use]
    pub fn is_dark(&self) -> bool {
        luma(self.foreground) >= luma(self.background)
    }
}

/// How light a colour is, in thousandths of 255 (the weights of ITU-R BT.601).
fn luma(Rgb(r, g, b): Rgb) -> u32 {
    u32::from(r) * 299 + u32::from(g) * 587 + u32::from(b) * 114
}

/// A colour that can be asked for and set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Slot {
    /// One of the 256.
    Index(u8),
    /// Of text.
    Foreground,
    /// Behind it.
    Background,
    /// Of the cursor.
    Cursor,
}

/// The person's colours, and what the program made of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Colors {
    /// The person's.
    pub palette: Palette,
    /// What the program set.
    pub set: BTreeMap<Slot, Rgb>,
}

impl Colors {
    /// Returns the colour in `slot`.
    pub fn get(&self, slot: Slot) -> Rgb {
        self.set.get(&slot).copied().unwrap_or(match slot {
            Slot::Index(index) => xterm(index),
            Slot::Foreground => self.palette.foreground,
            Slot::Background => self.palette.background,
            Slot::Cursor => self.palette.cursor,
        })
    }
}

/// Returns xterm's colour of this index.
fn xterm(index: u8) -> Rgb {
    const BASE: [Rgb; 16] = [
        Rgb(0x00, 0x00, 0x00),
        Rgb(0xcd, 0x00, 0x00),
        Rgb(0x00, 0xcd, 0x00),
        Rgb(0xcd, 0xcd, 0x00),
        Rgb(0x00, 0x00, 0xee),
        Rgb(0xcd, 0x00, 0xcd),
        Rgb(0x00, 0xcd, 0xcd),
        Rgb(0xe5, 0xe5, 0xe5),
        Rgb(0x7f, 0x7f, 0x7f),
        Rgb(0xff, 0x00, 0x00),
        Rgb(0x00, 0xff, 0x00),
        Rgb(0xff, 0xff, 0x00),
        Rgb(0x5c, 0x5c, 0xff),
        Rgb(0xff, 0x00, 0xff),
        Rgb(0x00, 0xff, 0xff),
        Rgb(0xff, 0xff, 0xff),
    ];
    match index {
        0..=15 => BASE.get(usize::from(index)).copied().unwrap_or(Rgb(0, 0, 0)),
        16..=231 => {
            let level = |n: u8| if n == 0 { 0 } else { 55 + n * 40 };
            let cube = index - 16;
            Rgb(level(cube / 36), level(cube / 6 % 6), level(cube % 6))
        }
        232..=255 => {
            let grey = 8 + (index - 232) * 10;
            Rgb(grey, grey, grey)
        }
    }
}

/// Writes a colour as X11 reads it.
pub(super) fn print_color(Rgb(r, g, b): Rgb) -> String {
    format!("rgb:{r:02x}{r:02x}/{g:02x}{g:02x}/{b:02x}{b:02x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_color_printed_is_the_color_read() {
        assert_eq!(print_color(Rgb(1, 2, 200)).parse(), Ok(Rgb(1, 2, 200)));
    }

    #[test]
    fn colors_are_the_persons_until_the_program_sets_them() {
        let mut colors = Colors::default();
        assert!(colors.palette.is_dark());
        assert_eq!(colors.get(Slot::Index(196)), Rgb(255, 0, 0));
        assert_eq!(colors.get(Slot::Index(255)), Rgb(238, 238, 238));
        colors.set.insert(Slot::Background, Rgb(1, 1, 1));
        assert_eq!(colors.get(Slot::Background), Rgb(1, 1, 1));
        assert_eq!(colors.get(Slot::Foreground), Palette::default().foreground);
    }
}
