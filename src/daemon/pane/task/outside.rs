//! What a program asks of its terminal beside its screen, and what it is given of that.

use base64::Engine as _;
use tokio::time::Instant;

use super::super::super::request::Colors;
use super::super::News;
use super::Pane;
use crate::terminal::{Notice, Palette, Rgb, Screen, Size};

impl Pane {
    /// Has output put on the screen; what is asked in the part of it that is past is not answered again.
    pub(super) fn add_output(&mut self, seq: u64, mut bytes: Vec<u8>) {
        let past = usize::try_from(self.past.0.saturating_sub(seq)).unwrap_or(usize::MAX);
        let now = bytes.split_off(past.min(bytes.len()));
        self.old += bytes.len() as u64;
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

    /// Takes in what was said beside what is shown.
    pub(super) async fn notice(&mut self, notice: Notice, now: Instant) {
        let at = self.around.steady.at(now);
        match notice {
            Notice::ProgramStatus(_) if self.about.deaf => {}
            Notice::ProgramStatus(payload) => {
                self.detector.status(payload.as_bytes(), at);
                self.looking.said(now);
                self.hear_status(now);
                self.tell_reaction(now).await;
            }
            Notice::Progress(progress) => {
                self.detector.progress(progress, at);
                self.looking.said(now);
            }
            Notice::Notification { title, body } => {
                self.detector.notification(&format!("{title} {body}"), at);
                self.looking.said(now);
            }
            Notice::Prompt(prompt) => {
                self.detector.prompt(prompt, at);
                self.looking.said(now);
            }
            Notice::Title(title) => self.detector.title(&title),
            Notice::Directory(_) => {}
            Notice::Bell => self.tell(News::Bell).await,
            Notice::Clipboard { data, .. } => {
                if let Some(text) = clipboard_text(&data) {
                    self.tell(News::Clipboard(text)).await;
                }
            }
            Notice::Repaint => self.repaint().await,
        }
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
fn clipboard_text(data: &str) -> Option<String> {
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
