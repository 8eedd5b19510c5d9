//! What a program asks of its terminal beside its screen, and what it is given of that.

use base64::Engine as _;

use super::super::super::request::Colors;
use super::Pane;
use crate::terminal::{Palette, Rgb, Screen, Size};

impl Pane {
    /// Has output put on the screen; what is asked in the part of it that is past is not answered again.
    pub(super) fn add_output(&mut self, seq: u64, mut bytes: Vec<u8>) {
        let past = usize::try_from(self.past.0.saturating_sub(seq)).unwrap_or(usize::MAX);
        let now = bytes.split_off(past.min(bytes.len()));
        for (bytes, past) in [(bytes, true), (now, false)] {
            if !bytes.is_empty() {
                self.place.add_bytes(bytes, past);
            }
        }
    }

    /// Has the screen take a size; whoever wants to be told of it was told of one that is past.
    pub(super) fn add_size(&mut self, seq: u64, size: Size) {
        let (end, known) = self.past;
        self.place.add_size(size, seq < end || (seq == end && size == known));
    }
}

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
