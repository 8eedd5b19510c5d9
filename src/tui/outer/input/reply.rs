//! What a terminal answers to our questions.

use super::heard::Reply;
use crate::domain::Rgb;

/// Reads an operating system command, from its number on.
pub(super) fn of_command(text: &[u8]) -> Option<Reply> {
    let text = std::str::from_utf8(text).ok()?;
    let (number, value) = text.split_once(';')?;
    match number {
        "10" => color_of(value).map(Reply::Foreground),
        "11" => color_of(value).map(Reply::Background),
        _ => None,
    }
}

/// Reads a colour as terminals write it, and writes it as `#rrggbb`.
fn color_of(text: &str) -> Option<String> {
    text.parse().ok().map(|color: Rgb| color.to_string())
}
