//! A colour as red, green and blue, and the one parser of its written forms.

use std::fmt;
use std::str::FromStr;

/// Red, green and blue, 0 to 255 each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rgb(pub u8, pub u8, pub u8);

/// The text is not a colour.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a colour; write it as #7aa2f7 or rgb:7a/a2/f7")]
pub struct ParseRgbError(String);

impl FromStr for Rgb {
    type Err = ParseRgbError;

    /// Reads the forms of X11: `#rgb`, `#rrggbb` up to `#rrrrggggbbbb`, and `rgb:r/g/b` or `rgba:r/g/b` (the answers of
    /// terminals) with one to four hexadecimal digits each. More digits are rounded to eight bits.
    fn from_str(text: &str) -> Result<Rgb, ParseRgbError> {
        let color = match text.strip_prefix('#') {
            Some(digits) => equal_parts(digits),
            None => text.strip_prefix("rgb:").or_else(|| text.strip_prefix("rgba:")).and_then(slashed_parts),
        };
        color.ok_or_else(|| ParseRgbError(text.to_owned()))
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Rgb(r, g, b) = self;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

/// Reads three parts with the same number of digits.
fn equal_parts(digits: &str) -> Option<Rgb> {
    let each = digits.len() / 3;
    if !digits.len().is_multiple_of(3) {
        return None;
    }
    let part = |n: usize| channel(digits.get(n * each..(n + 1) * each)?);
    Some(Rgb(part(0)?, part(1)?, part(2)?))
}

/// Reads three parts between slashes.
fn slashed_parts(text: &str) -> Option<Rgb> {
    let mut parts = text.split('/').map(channel);
    let color = Rgb(parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some(color)
}

/// Reads one to four hexadecimal digits and scales them to eight bits.
fn channel(digits: &str) -> Option<u8> {
    if !(1..=4).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let value = u32::from_str_radix(digits, 16).ok()?;
    let max = (1 << (4 * digits.len())) - 1;
    u8::try_from((value * 255 + max / 2) / max).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_read_in_each_form_of_x11() {
        for (text, color) in [
            ("#fff", Some(Rgb(255, 255, 255))),
            ("#102030", Some(Rgb(16, 32, 48))),
            ("#111122223333", Some(Rgb(0x11, 0x22, 0x33))),
            ("rgb:1/22/3344", Some(Rgb(0x11, 0x22, 0x33))),
            ("rgb:ffff/8080/0000", Some(Rgb(255, 128, 0))),
            ("rgba:d8d8/d8d8/d8d8", Some(Rgb(0xd8, 0xd8, 0xd8))),
            ("rgb:1/2", None),
            ("#1234", None),
            ("#+12345", None),
            ("rgb:1/2/3/4", None),
            ("rgb:11111/2/3", None),
            ("red", None),
            ("#é12345", None),
            ("#", None),
            ("", None),
        ] {
            assert_eq!(text.parse().ok(), color, "{text}");
        }
    }

    #[test]
    fn a_colour_printed_is_a_colour_read() {
        assert_eq!(Rgb(1, 2, 200).to_string(), "#0102c8");
        assert_eq!("#0102c8".parse(), Ok(Rgb(1, 2, 200)));
    }
}
