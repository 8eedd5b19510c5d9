//! What a program asks of its terminal beside its screen, and what it is given of that.

use base64::Engine as _;

use super::super::super::request::Colors;
use crate::terminal::{Palette, Rgb, Screen};

pub(super) fn paint(screen: &mut Screen, colors: Colors) {
    let rgb = |(r, g, b)| Rgb(r, g, b);
    let foreground = rgb(colors.foreground);
    screen.set_palette(Palette { foreground, background: rgb(colors.background), cursor: foreground });
}

/// Takes the answer to a question for the program status protocol out of what the terminal answers.
pub(super) fn without_status(replies: &mut Vec<u8>) {
    for answer in [&b"\x1b]7501;?\x1b\\"[..], b"\x1b]7501;?\x07"] {
        while let Some(at) = replies.windows(answer.len()).position(|part| part == answer) {
            replies.drain(at..at + answer.len());
        }
    }
}

/// What a program wants in the clipboard, as text; nothing where it is none or far too much.
pub(super) fn clipboard_text(data: &str) -> Option<String> {
    const LONGEST: usize = 100 << 10;
    let bytes =
        base64::engine::general_purpose::STANDARD.decode(data).ok().filter(|bytes| bytes.len() <= LONGEST)?;
    String::from_utf8(bytes).ok().filter(|text| !text.is_empty())
}

/// An error with its causes, on one line.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text.push_str(": ");
        text.push_str(&next.to_string());
        cause = next.source();
    }
    text
}
