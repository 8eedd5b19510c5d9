//! Colours and paints, their words in a theme file, and what becomes of them on a terminal that shows fewer.

use crate::domain::Rgb;

/// A colour that a terminal can be asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Color {
    /// The terminal's own.
    #[default]
    Default,
    /// One of the terminal's 256: 0 to 15 as its user chose them, then a cube of 216 and 24 greys.
    Indexed(u8),
    /// Red, green, blue.
    Rgb(u8, u8, u8),
}

/// How many colours a terminal shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum ColorDepth {
    /// The sixteen that its user chose.
    Sixteen,
    /// Those, a cube and greys.
    Indexed,
    /// All.
    #[default]
    True,
}

/// The names of the first sixteen indexed colours.
pub const NAMES: [&str; 16] = [
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "white",
    "bright-black",
    "bright-red",
    "bright-green",
    "bright-yellow",
    "bright-blue",
    "bright-magenta",
    "bright-cyan",
    "bright-white",
];

/// What xterm shows for them where its user chose nothing.
const SIXTEEN: [(u8, u8, u8); 16] = [
    (0, 0, 0),
    (205, 0, 0),
    (0, 205, 0),
    (205, 205, 0),
    (0, 0, 238),
    (205, 0, 205),
    (0, 205, 205),
    (229, 229, 229),
    (127, 127, 127),
    (255, 0, 0),
    (0, 255, 0),
    (255, 255, 0),
    (92, 92, 255),
    (255, 0, 255),
    (0, 255, 255),
    (255, 255, 255),
];

/// The levels of the cube's axes (xterm, `256colres.pl`).
const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];

impl Color {
    /// Returns the colour that a word names: `default`, `#rrggbb`, a number to 255, or one of [`NAMES`].
    #[must_use]
    pub fn from_word(word: &str) -> Option<Color> {
        if word == "default" {
            return Some(Color::Default);
        }
        if let Some(index) = NAMES.iter().position(|name| *name == word) {
            return u8::try_from(index).ok().map(Color::Indexed);
        }
        match word.parse() {
            Ok(Rgb(r, g, b)) => Some(Color::Rgb(r, g, b)),
            Err(_) => word.parse().ok().map(Color::Indexed),
        }
    }

    /// Returns red, green and blue, as far as they are known: not of the terminal's own colour.
    #[must_use]
    pub fn rgb(self) -> Option<(u8, u8, u8)> {
        match self {
            Color::Default => None,
            Color::Rgb(r, g, b) => Some((r, g, b)),
            Color::Indexed(index) => Some(match index {
                0..16 => SIXTEEN.get(usize::from(index)).copied().unwrap_or_default(),
                16..232 => {
                    let at = |step: u8| CUBE.get(usize::from((index - 16) / step % 6)).copied().unwrap_or(0);
                    (at(36), at(6), at(1))
                }
                232.. => {
                    let grey = 8 + 10 * (index - 232);
                    (grey, grey, grey)
                }
            }),
        }
    }

    /// Returns the nearest colour that a terminal of this depth shows.
    #[must_use]
    pub fn reduced(self, depth: ColorDepth) -> Color {
        let candidates = match (self, depth) {
            (Color::Default, _) | (_, ColorDepth::True) | (Color::Indexed(0..16), _) => return self,
            (Color::Indexed(_), ColorDepth::Indexed) => return self,
            (Color::Rgb(..), ColorDepth::Indexed) => 16..=255,
            (_, ColorDepth::Sixteen) => 0..=15,
        };
        let Some(here) = self.rgb().map(lab) else { return self };
        let far = |index: u8| Color::Indexed(index).rgb().map_or(f64::MAX, |rgb| distance(here, lab(rgb)));
        let nearest = candidates.min_by(|a, b| far(*a).total_cmp(&far(*b)));
        nearest.map_or(self, Color::Indexed)
    }
}

/// A colour as three lengths among which distances are what an eye sees: OKLab (Björn Ottosson, 2020).
pub(super) type Lab = [f64; 3];

/// Returns the linear light of one channel (IEC 61966-2-1).
pub(super) fn linear(channel: u8) -> f64 {
    let c = f64::from(channel) / 255.0;
    if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
}

fn lab((r, g, b): (u8, u8, u8)) -> Lab {
    lab_of_light([linear(r), linear(g), linear(b)])
}

/// Returns the colour of linear light.
pub(super) fn lab_of_light([r, g, b]: [f64; 3]) -> Lab {
    let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
    let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
    let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
    [
        0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
        1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
        0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
    ]
}

/// Returns how different two colours look; some 2 is the least that is noticed, black and white are 100 apart.
pub(super) fn distance(a: Lab, b: Lab) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt() * 100.0
}

/// How a cell is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Paint {
    /// The colour of what is written.
    pub fg: Color,
    /// The colour behind it.
    pub bg: Color,
    /// Bold.
    pub bold: bool,
    /// Fainter.
    pub dim: bool,
    /// Italic.
    pub italic: bool,
    /// Underlined.
    pub underline: bool,
    /// Both colours exchanged.
    pub reverse: bool,
}

impl Paint {
    /// Returns the same on a terminal of this depth. What could be read can still be read: where both colours would
    /// become one, the writing turns black or white.
    #[must_use]
    pub fn reduced(self, depth: ColorDepth) -> Paint {
        let (mut fg, bg) = (self.fg.reduced(depth), self.bg.reduced(depth));
        if fg == bg && self.fg != self.bg {
            let light = bg.rgb().is_some_and(|(r, g, b)| u16::from(r) + u16::from(g) + u16::from(b) > 382);
            fg = Color::Indexed(if light { 0 } else { 15 });
        }
        Paint { fg, bg, ..self }
    }

    /// Returns the modifiers with their words.
    pub(super) fn modifiers(&mut self) -> [(&'static str, &mut bool); 5] {
        [
            ("bold", &mut self.bold),
            ("dim", &mut self.dim),
            ("italic", &mut self.italic),
            ("underline", &mut self.underline),
            ("reverse", &mut self.reverse),
        ]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_colour_is_read_from_its_word() {
        for (word, color) in [
            ("default", Color::Default),
            ("red", Color::Indexed(1)),
            ("bright-white", Color::Indexed(15)),
            ("244", Color::Indexed(244)),
            ("#7aa2f7", Color::Rgb(0x7a, 0xa2, 0xf7)),
        ] {
            assert_eq!(Color::from_word(word), Some(color));
        }
        for bad in ["", "rde", "#12345", "#12345g", "256", "#+12345", "#éé"] {
            assert_eq!(Color::from_word(bad), None, "{bad}");
        }
    }

    #[test]
    fn fewer_colours_give_the_nearest() {
        use ColorDepth::{Indexed, Sixteen, True};
        let orange = Color::Rgb(0xff, 0x87, 0x00);
        assert_eq!(orange.reduced(True), orange);
        assert_eq!(orange.reduced(Indexed), Color::Indexed(208));
        assert_eq!(Color::Indexed(208).reduced(Indexed), Color::Indexed(208));
        assert_eq!(Color::Indexed(9).reduced(Sixteen), Color::Indexed(9));
        assert_eq!(Color::Rgb(0xee, 0x20, 0x10).reduced(Sixteen), Color::Indexed(9));
        assert_eq!(Color::Rgb(0x10, 0x12, 0x16).reduced(Sixteen), Color::Indexed(0));
        assert_eq!(Color::Default.reduced(Sixteen), Color::Default);
        let faint = Paint { fg: Color::Rgb(40, 40, 40), bg: Color::Rgb(16, 16, 16), ..Paint::default() };
        assert_eq!(faint.reduced(Sixteen).fg, Color::Indexed(15));
    }

    proptest! {
        #[test]
        fn the_nearest_of_256_looks_like_it(r: u8, g: u8, b: u8) {
            let reduced = Color::Rgb(r, g, b).reduced(ColorDepth::Indexed);
            let shown = lab(reduced.rgb().unwrap());
            prop_assert!(distance(shown, lab((r, g, b))) < 16.0, "{:?} for {:?}", reduced, (r, g, b));
        }
    }
}
