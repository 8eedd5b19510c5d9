//! Writing control sequences: for the emulator, for the program in a pane, and for a person's terminal.

use super::style::{Attrs, Color, Style, Underline};

/// Appends `number` in decimal.
pub fn put_decimal(out: &mut Vec<u8>, number: u16) {
    let mut digits = [0; 5];
    let mut rest = number;
    let mut at = digits.len();
    loop {
        at -= 1;
        if let Some(digit) = digits.get_mut(at) {
            *digit = b'0' + (rest % 10) as u8;
        }
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(digits.get(at..).unwrap_or_default());
}

/// Appends the control sequence `ESC [ numbers… final`.
pub fn put_csi(out: &mut Vec<u8>, numbers: &[u16], final_byte: u8) {
    out.extend_from_slice(b"\x1b[");
    for (index, number) in numbers.iter().enumerate() {
        if index > 0 {
            out.push(b';');
        }
        put_decimal(out, *number);
    }
    out.push(final_byte);
}

/// Appends the SGR sequence that sets this style, whatever the style before.
pub fn put_sgr(out: &mut Vec<u8>, style: &Style<'_>) {
    out.extend_from_slice(b"\x1b[0");
    for (attr, code) in [
        (Attrs::BOLD, &b";1"[..]),
        (Attrs::DIM, b";2"),
        (Attrs::ITALIC, b";3"),
        (Attrs::BLINK, b";5"),
        (Attrs::INVERSE, b";7"),
        (Attrs::CONCEAL, b";8"),
        (Attrs::STRIKE, b";9"),
        (Attrs::OVERLINE, b";53"),
    ] {
        if style.attrs.has(attr) {
            out.extend_from_slice(code);
        }
    }
    match style.underline {
        Underline::None => {}
        Underline::Single => out.extend_from_slice(b";4"),
        other => {
            out.extend_from_slice(b";4:");
            put_decimal(out, other as u16);
        }
    }
    put_color(out, Layer::Foreground, style.fg);
    put_color(out, Layer::Background, style.bg);
    put_color(out, Layer::Underline, style.underline_color);
    out.push(b'm');
}

/// The part of a cell that a colour is for; the number is the first of its SGR codes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layer {
    Foreground = 30,
    Background = 40,
    Underline = 50,
}

fn put_color(out: &mut Vec<u8>, layer: Layer, color: Color) {
    // Colours of underlines are newer than the others and written as in the standard, with colons.
    let (index, rgb, separator): (&[u8], &[u8], u8) = match layer {
        Layer::Underline => (b":5:", b":2:", b':'),
        Layer::Foreground | Layer::Background => (b";5;", b";2", b';'),
    };
    match color {
        Color::Default => {}
        Color::Indexed(number @ 0..=7) if layer != Layer::Underline => {
            out.push(b';');
            put_decimal(out, layer as u16 + u16::from(number));
        }
        Color::Indexed(number) => {
            out.push(b';');
            put_decimal(out, layer as u16 + 8);
            out.extend_from_slice(index);
            put_decimal(out, u16::from(number));
        }
        Color::Rgb(r, g, b) => {
            out.push(b';');
            put_decimal(out, layer as u16 + 8);
            out.extend_from_slice(rgb);
            for part in [r, g, b] {
                out.push(separator);
                put_decimal(out, u16::from(part));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_decimal() {
        let mut out = Vec::new();
        put_csi(&mut out, &[0, 7, 10, 65535], b'H');
        put_csi(&mut out, &[], b'm');
        assert_eq!(out, b"\x1b[0;7;10;65535H\x1b[m");
    }
}
