//! What the person's terminal can do and which colours it has, asked before anything else reads from it: answers that
//! come while keys are read would be taken for keys.
//!
//! Whatever is typed meanwhile is kept. A terminal that answers nothing is given up on after [`PATIENCE`].

use std::io::{self, Write as _};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::domain::{Key, KeyCode, Mods, Rgb};

/// How long a terminal gets to answer; those that answer do so within a few milliseconds.
const PATIENCE: Duration = Duration::from_millis(300);

/// The kitty protocol's flags, the colour of text, the colour behind it; and last what every terminal answers.
const QUESTIONS: &[u8] = b"\x1b[?u\x1b]10;?\x1b\\\x1b]11;?\x1b\\\x1b[c";

/// What the terminal said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::tui) struct Answers {
    /// It speaks the kitty keyboard protocol.
    pub(in crate::tui) kitty: bool,
    /// Its colour of text, `#rrggbb`.
    pub(in crate::tui) foreground: Option<String>,
    /// Its colour behind text.
    pub(in crate::tui) background: Option<String>,
    /// What was typed meanwhile.
    pub(in crate::tui) typed: Vec<Key>,
    /// It answered to the end.
    done: bool,
}

/// Asks the terminal, and waits for its answers.
///
/// # Errors
/// If the terminal is gone.
pub(in crate::tui) fn probe() -> io::Result<Answers> {
    let mut out = io::stdout().lock();
    out.write_all(QUESTIONS)?;
    out.flush()?;
    drop(out);
    let until = Instant::now() + PATIENCE;
    let input = rustix::stdio::stdin();
    let mut heard = Vec::new();
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let mut fds = [PollFd::new(&input, PollFlags::IN)];
        let span = Timespec::try_from(left).unwrap_or(Timespec { tv_sec: 0, tv_nsec: 0 });
        let ready = match poll(&mut fds, Some(&span)) {
            Err(rustix::io::Errno::INTR) => continue,
            ready => ready?,
        };
        let answers = Answers::read(&heard);
        if ready == 0 || answers.done {
            return Ok(answers);
        }
        let mut piece = [0; 1024];
        let read = rustix::io::read(input, &mut piece)?;
        heard.extend_from_slice(&piece[..read]);
        let answers = Answers::read(&heard);
        if read == 0 || answers.done {
            return Ok(answers);
        }
    }
}

impl Answers {
    /// Reads what came from a terminal: answers, and keys between them.
    fn read(mut bytes: &[u8]) -> Answers {
        let mut answers = Answers::default();
        while let Some((first, rest)) = bytes.split_first() {
            bytes = match (first, rest.first()) {
                (0x1b, Some(b'[')) => answers.csi(&rest[1..]),
                (0x1b, Some(b']' | b'P' | b'_')) => answers.string(&rest[1..]),
                _ => answers.key(bytes),
            };
        }
        answers
    }

    /// Reads what follows `CSI`; returns what is left.
    fn csi<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let Some(end) = bytes.iter().position(|byte| (0x40..=0x7e).contains(byte)) else { return &[] };
        match (bytes.first(), bytes[end]) {
            (Some(b'?'), b'u') => self.kitty = true,
            (Some(b'?'), b'c') => self.done = true,
            _ => {}
        }
        &bytes[end + 1..]
    }

    /// Reads what follows the introducer of a string; returns what is left.
    fn string<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let Some(end) = bytes.iter().position(|byte| matches!(byte, 0x07 | 0x1b)) else { return &[] };
        let text = String::from_utf8_lossy(&bytes[..end]);
        if let Some(color) = text.strip_prefix("10;") {
            self.foreground = color_of(color);
        } else if let Some(color) = text.strip_prefix("11;") {
            self.background = color_of(color);
        }
        let rest = &bytes[end + 1..];
        if bytes[end] == 0x1b { rest.strip_prefix(b"\\").unwrap_or(rest) } else { rest }
    }

    /// Reads one plain key; returns what is left. Keys that are sequences are too rare within these milliseconds.
    fn key<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
        };
        let Some(c) = text.chars().next() else { return &bytes[1..] };
        let key = match c {
            '\r' => Key::plain(KeyCode::Enter),
            '\t' => Key::plain(KeyCode::Tab),
            '\x7f' => Key::plain(KeyCode::Backspace),
            '\x1b' => Key::plain(KeyCode::Esc),
            '\x00'..' ' => Key::with(KeyCode::Char(char::from(c as u8 + 0x60)), Mods::CTRL),
            c => Key::plain(KeyCode::Char(c)),
        };
        self.typed.push(key);
        &bytes[c.len_utf8()..]
    }
}

/// Reads `rgb:rrrr/gggg/bbbb` and writes it as `#rrggbb`.
fn color_of(text: &str) -> Option<String> {
    text.parse().ok().map(|color: Rgb| color.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_told_from_keys() {
        let heard =
            b"h\x1b[?0u\x1b]10;rgb:d8d8/d8d8/d8d8\x1b\\\xc3\xa9\x1b]11;rgb:18/18/18\x07\x01\r\x1b[?62;22c";
        let answers = Answers::read(heard);
        assert!(answers.kitty && answers.done);
        assert_eq!(answers.foreground.as_deref(), Some("#d8d8d8"));
        assert_eq!(answers.background.as_deref(), Some("#181818"));
        let keys = ["h", "é", "ctrl-a", "enter"].map(|key| key.parse::<Key>().unwrap());
        assert_eq!(answers.typed, keys);
    }

    #[test]
    fn an_answer_cut_short_is_no_key() {
        for heard in [&b"\x1b[?62;"[..], b"\x1b]11;rgb:18", b"\x1b[", b""] {
            let answers = Answers::read(heard);
            assert!(answers.typed.is_empty() && !answers.done, "{heard:?}: {answers:?}");
        }
    }
}
