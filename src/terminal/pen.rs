//! The pen: how the next character will look, and how SGR sequences change it.

use crate::terminal::parse::csi::Csi;
use crate::terminal::style::{Attrs, Color, Style, Underline};

/// The number of a link in the grid's table of links; 0 is no link.
pub type LinkId = u16;

/// How the next character will look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Pen {
    /// Everything but the link.
    pub style: Style<'static>,
    /// The link.
    pub link: LinkId,
}

/// What an SGR sequence is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sgr {
    /// Only parameters that every terminal reads alike: 0 to 4, 7, 22 to 24, 27, 30 to 49 and 90 to 107, with colours
    /// after semicolons.
    Common,
    /// Others too.
    Uncommon,
}

impl Pen {
    /// Changes the pen as the SGR sequence `csi` says.
    pub fn apply(&mut self, csi: &Csi) -> Sgr {
        let mut verdict = if csi.has_subs() || csi.len() > 24 { Sgr::Uncommon } else { Sgr::Common };
        let mut at = 0;
        while at < csi.len() {
            let (step, known) = self.apply_one(csi, at);
            if !known {
                verdict = Sgr::Uncommon;
            }
            at += step;
        }
        verdict
    }

    /// Carries out the parameter at `at`; returns how many values it took and whether it is a common one.
    #[inline]
    fn apply_one(&mut self, csi: &Csi, at: usize) -> (usize, bool) {
        let style = &mut self.style;
        let set = |attrs: &mut Attrs, attr: Attrs| *attrs = attrs.with(attr);
        let clear = |attrs: &mut Attrs, attr: Attrs| *attrs = attrs.without(attr);
        let mut known = true;
        let subs = if csi.has_subs() {
            (at + 1..csi.len()).take_while(|index| csi.is_sub(*index)).count()
        } else {
            0
        };
        match csi.value(at) {
            0 => self.style = Style::default(),
            1 => set(&mut style.attrs, Attrs::BOLD),
            2 => set(&mut style.attrs, Attrs::DIM),
            3 => set(&mut style.attrs, Attrs::ITALIC),
            4 if subs > 0 => {
                if let Some(underline) = Underline::from_number(csi.value(at + 1)) {
                    style.underline = underline;
                }
            }
            4 => style.underline = Underline::Single,
            7 => set(&mut style.attrs, Attrs::INVERSE),
            22 => clear(&mut style.attrs, Attrs::BOLD.with(Attrs::DIM)),
            23 => clear(&mut style.attrs, Attrs::ITALIC),
            24 => style.underline = Underline::None,
            27 => clear(&mut style.attrs, Attrs::INVERSE),
            n @ 30..=37 => style.fg = Color::Indexed((n - 30) as u8),
            39 => style.fg = Color::Default,
            n @ 40..=47 => style.bg = Color::Indexed((n - 40) as u8),
            49 => style.bg = Color::Default,
            n @ 90..=97 => style.fg = Color::Indexed((n - 82) as u8),
            n @ 100..=107 => style.bg = Color::Indexed((n - 92) as u8),
            n @ (38 | 48 | 58) => {
                let (color, step) = color(csi, at, subs);
                let Some(color) = color else { return (step, false) };
                match n {
                    38 => style.fg = color,
                    48 => style.bg = color,
                    _ => style.underline_color = color,
                }
                return (step, n != 58);
            }
            n => {
                known = false;
                self.apply_rare(n);
            }
        }
        (1 + subs, known)
    }

    /// Carries out a parameter that is not common.
    fn apply_rare(&mut self, parameter: u16) {
        let style = &mut self.style;
        let (attr, on) = match parameter {
            5 | 6 => (Attrs::BLINK, true),
            8 => (Attrs::CONCEAL, true),
            9 => (Attrs::STRIKE, true),
            25 => (Attrs::BLINK, false),
            28 => (Attrs::CONCEAL, false),
            29 => (Attrs::STRIKE, false),
            53 => (Attrs::OVERLINE, true),
            55 => (Attrs::OVERLINE, false),
            21 => return style.underline = Underline::Double,
            59 => return style.underline_color = Color::Default,
            _ => return,
        };
        style.attrs = if on { style.attrs.with(attr) } else { style.attrs.without(attr) };
    }
}

/// Reads the colour that the parameter at `at` (38, 48 or 58), which has `subs` sub-parameters, begins; returns it and
/// how many values it took. A form without colons takes its values from the parameters that follow.
fn color(csi: &Csi, at: usize, subs: usize) -> (Option<Color>, usize) {
    let byte = |index: usize| u8::try_from(csi.value(index)).ok();
    let rgb = |first: usize| Some(Color::Rgb(byte(first)?, byte(first + 1)?, byte(first + 2)?));
    if subs > 0 {
        let color = match (csi.value(at + 1), subs) {
            (5, 2..) => byte(at + 2).map(Color::Indexed),
            // With five or more, the first after the 2 names a colour space.
            (2, 4) => rgb(at + 2),
            (2, 5..) => rgb(at + 3),
            _ => None,
        };
        return (color, 1 + subs);
    }
    // A missing parameter ends the sequence.
    match csi.value(at + 1) {
        5 if at + 2 < csi.len() => (byte(at + 2).map(Color::Indexed), 3),
        2 if at + 4 < csi.len() => (rgb(at + 2), 5),
        5 | 2 => (None, csi.len()),
        _ => (None, 2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terminal::sequence::put_sgr;

    fn after(sequences: &[&str]) -> (Pen, Sgr) {
        let mut pen = Pen::default();
        let mut verdict = Sgr::Common;
        for sequence in sequences {
            let mut csi = Csi::default();
            csi.parse(sequence.as_bytes());
            verdict = pen.apply(&csi);
        }
        (pen, verdict)
    }

    #[test]
    fn the_common_parameters_are_read() {
        let (pen, verdict) = after(&["1;3;4;38;2;9;8;7;48;5;200m"]);
        assert_eq!(verdict, Sgr::Common);
        assert_eq!((pen.style.fg, pen.style.bg), (Color::Rgb(9, 8, 7), Color::Indexed(200)));
        assert_eq!(pen.style.underline, Underline::Single);
        assert_eq!(after(&["1;31m", "m"]).0, Pen::default());
        assert_eq!(after(&["91;102m"]).0.style.fg, Color::Indexed(9));
    }

    #[test]
    fn parameters_that_some_terminals_misread_are_read_right() {
        for (sequences, style) in [
            (
                &["1;31;58;2;0;1;2m"][..],
                Style {
                    fg: Color::Indexed(1),
                    attrs: Attrs::BOLD,
                    underline_color: Color::Rgb(0, 1, 2),
                    ..Style::default()
                },
            ),
            (&["4:3m"], Style { underline: Underline::Curly, ..Style::default() }),
            (&["4:3m", "4:0m"], Style::default()),
            (&["21m"], Style { underline: Underline::Double, ..Style::default() }),
            (&["38:2::1:2:3m"], Style { fg: Color::Rgb(1, 2, 3), ..Style::default() }),
            (&["38:2:1:2:3m"], Style { fg: Color::Rgb(1, 2, 3), ..Style::default() }),
            (&["48:5:77m"], Style { bg: Color::Indexed(77), ..Style::default() }),
            (&["9;53m", "29m"], Style { attrs: Attrs::OVERLINE, ..Style::default() }),
            (&["38;5m"], Style::default()),
            (&["38;2;999;0;0;1m"], Style { attrs: Attrs::BOLD, ..Style::default() }),
        ] {
            assert_eq!(after(sequences), (Pen { style, ..Pen::default() }, Sgr::Uncommon), "{sequences:?}");
        }
    }

    #[test]
    fn a_pen_written_is_the_pen_read() {
        for sequence in
            ["1;2;3;4:3;5;7;8;9;53;38;5;7;48;2;1;2;3;58:2::9:8:7m", "21;95;58:5:3m", "38;5;250;44m", "m"]
        {
            let (pen, _) = after(&[sequence]);
            let mut out = Vec::new();
            put_sgr(&mut out, &pen.style);
            let written = String::from_utf8(out).unwrap();
            assert_eq!(after(&["1;9;31m", written.strip_prefix("\x1b[").unwrap()]).0, pen, "{written:?}");
        }
    }
}
