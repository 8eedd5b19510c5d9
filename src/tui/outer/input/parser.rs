//! From the bytes that a terminal sends to what they mean. Pure: time is an argument.
//!
//! Bytes may be cut anywhere. What is incomplete waits a short time and is then what it looks like: a lone Escape is the
//! key, `ESC [` is Alt-[, the beginning of anything longer is dropped. An Escape before another Escape is the key also
//! when both come in one read. No bytes are an error: what means nothing is passed over. What is kept is bounded.

use std::time::{Duration, Instant};

use super::csi::{self, Meaning};
use super::heard::Heard;
use super::reply;
use crate::domain::{Key, KeyCode, Mods};

/// How long the rest of a sequence may take that may also be a key by itself: `ESC`, `ESC [`, `ESC O`.
const KEY_AFTER: Duration = Duration::from_millis(10);

/// How long the rest of anything else may take.
const DROP_AFTER: Duration = Duration::from_millis(500);

/// How long a paste may say nothing before it counts as ended.
const PASTE_AFTER: Duration = Duration::from_secs(2);

/// The longest sequence that is waited for, in bytes.
const LONGEST: usize = 4 << 10;

/// The longest paste that is taken, in bytes.
pub(super) const LONGEST_PASTE: usize = 8 << 20;

const PASTE_END: &[u8] = b"\x1b[201~";

/// What came and is not understood yet.
#[derive(Debug, Default)]
pub(super) struct Parser {
    bytes: Vec<u8>,
    /// How many of them are taken.
    taken: usize,
    paste: Option<Paste>,
    /// What comes is the rest of a string that is too long to be anything.
    skips: bool,
    /// When the last of them came.
    at: Option<Instant>,
}

/// A paste whose end has not come.
#[derive(Debug, Default)]
struct Paste {
    text: Vec<u8>,
    is_too_long: bool,
}

/// What stands at the beginning of some bytes.
enum Head {
    /// So many bytes, and what they mean, if they mean anything.
    Is(usize, Option<Heard>),
    /// A paste begins behind so many bytes.
    Paste(usize),
    /// Something that is not complete; at its time it is this.
    Cut { after: Duration, then: (usize, Option<Heard>) },
    /// A string whose end has not come.
    String,
}

impl Parser {
    /// Takes bytes in.
    pub(super) fn add(&mut self, bytes: &[u8], now: Instant) {
        self.at = Some(now);
        if let Some(paste) = &mut self.paste
            && self.taken == self.bytes.len()
            && !bytes.contains(&0x1b)
        {
            return paste.add(bytes);
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// Returns the next thing that came, if it is complete or its time is up.
    pub(super) fn next(&mut self, now: Instant) -> Option<Heard> {
        loop {
            if self.paste.is_some() {
                return self.paste_on(now);
            }
            if self.skips {
                self.skip(now);
            }
            let rest = self.bytes.get(self.taken..).unwrap_or_default();
            if rest.is_empty() || self.skips {
                self.bytes.clear();
                self.taken = 0;
                return None;
            }
            let is_old = |after| self.at.is_none_or(|at| now.saturating_duration_since(at) >= after);
            let (length, heard) = match head(rest) {
                Head::Is(length, heard) => (length, heard),
                Head::Paste(length) => {
                    self.paste = Some(Paste::default());
                    (length, None)
                }
                Head::Cut { after, then } if is_old(after) || rest.len() > LONGEST => then,
                Head::String if is_old(DROP_AFTER) => (rest.len(), None),
                Head::String if rest.len() > LONGEST => {
                    self.skips = true;
                    (0, None)
                }
                Head::Cut { .. } | Head::String => return None,
            };
            self.taken += length;
            if heard.is_some() {
                return heard;
            }
        }
    }

    /// Passes over the rest of a string that is too long.
    fn skip(&mut self, now: Instant) {
        let rest = self.bytes.get(self.taken..).unwrap_or_default();
        // Its own introducer begins with an Escape.
        let end = rest.iter().skip(1).position(|byte| matches!(byte, 0x07 | 0x1b)).map(|end| end + 1);
        let is_old = self.at.is_none_or(|at| now.saturating_duration_since(at) >= DROP_AFTER);
        if let Some(end) = end {
            let is_st = rest[end..].starts_with(b"\x1b\\");
            self.taken += end + if is_st { 2 } else { usize::from(rest[end] == 0x07) };
        }
        self.skips = end.is_none() && !is_old;
    }

    /// Returns when what is incomplete is given up; none if nothing is.
    pub(super) fn due(&self) -> Option<Instant> {
        let rest = self.bytes.get(self.taken..).unwrap_or_default();
        let after = match (&self.paste, rest) {
            (Some(_), _) => PASTE_AFTER,
            (None, _) if self.skips => DROP_AFTER,
            (None, []) => return None,
            (None, rest) => match head(rest) {
                Head::Cut { after, .. } => after,
                Head::String => DROP_AFTER,
                Head::Is(..) | Head::Paste(_) => Duration::ZERO,
            },
        };
        self.at.map(|at| at + after)
    }

    /// Goes on with a paste; returns it when its end has come or nothing comes any more.
    fn paste_on(&mut self, now: Instant) -> Option<Heard> {
        let mut paste = self.paste.take()?;
        let rest = self.bytes.get(self.taken..).unwrap_or_default();
        if let Some(end) = memchr::memmem::find(rest, PASTE_END) {
            paste.add(&rest[..end]);
            self.taken += end + PASTE_END.len();
            return Some(paste.into());
        }
        // Its end may stand at the end of what came, cut.
        let kept = (1..PASTE_END.len()).rev().find(|n| rest.ends_with(&PASTE_END[..*n])).unwrap_or(0);
        paste.add(&rest[..rest.len() - kept]);
        self.bytes.drain(..self.bytes.len() - kept);
        self.taken = 0;
        // Where nothing comes any more, its end was lost.
        if self.at.is_some_and(|at| now.saturating_duration_since(at) < PASTE_AFTER) {
            self.paste = Some(paste);
            return None;
        }
        Some(paste.into())
    }
}

impl Paste {
    fn add(&mut self, bytes: &[u8]) {
        self.is_too_long |= self.text.len() + bytes.len() > LONGEST_PASTE;
        if self.is_too_long {
            self.text = Vec::new();
        } else {
            self.text.extend_from_slice(bytes);
        }
    }
}

impl From<Paste> for Heard {
    fn from(paste: Paste) -> Heard {
        if paste.is_too_long {
            return Heard::PasteTooLong;
        }
        let text = String::from_utf8(paste.text);
        Heard::Paste(text.unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }
}

/// Returns what stands at the beginning of these bytes, of which there is at least one.
fn head(bytes: &[u8]) -> Head {
    match bytes {
        [0x1b, rest @ ..] => escape(rest),
        _ => match character(bytes) {
            Character::Is(c, length) => Head::Is(length, Some(Heard::Key(key_of(c)))),
            Character::Cut => Head::Cut { after: DROP_AFTER, then: (1, None) },
            Character::Garbage => Head::Is(1, None),
        },
    }
}

/// Returns what an Escape is, with what follows it.
fn escape(rest: &[u8]) -> Head {
    let alone = || Some(Heard::Key(Key::plain(KeyCode::Esc)));
    match rest {
        [] => Head::Cut { after: KEY_AFTER, then: (1, alone()) },
        // What may begin a string may be a key.
        [first @ (b']' | b'P' | b'_')] => {
            Head::Cut { after: KEY_AFTER, then: (2, Some(Heard::Key(alt(char::from(*first))))) }
        }
        // The key, and then whatever the second one begins.
        [0x1b, ..] => Head::Is(1, alone()),
        [b'[', rest @ ..] => control(rest),
        [b'O', rest @ ..] => single_shift(rest),
        [b']', b'0'..=b'9', ..] => string(rest),
        [b'P', b'0'..=b'9' | b'!' | b'$' | b'>' | b'+', ..] => string(rest),
        [b'_', b'G', ..] => string(rest),
        _ => match character(rest) {
            Character::Is(c, length) => Head::Is(1 + length, Some(Heard::Key(with_alt(key_of(c))))),
            Character::Cut => Head::Cut { after: DROP_AFTER, then: (1, alone()) },
            Character::Garbage => Head::Is(1, alone()),
        },
    }
}

/// Returns what follows `ESC [`.
fn control(rest: &[u8]) -> Head {
    if rest.is_empty() {
        return Head::Cut { after: KEY_AFTER, then: (2, Some(Heard::Key(alt('[')))) };
    }
    if rest == b"[" {
        return Head::Cut { after: KEY_AFTER, then: (2, Some(Heard::Key(alt('[')))) };
    }
    // The first function keys of Linux' own console.
    if let [b'[', letter, ..] = rest {
        let key = matches!(letter, b'A'..=b'E').then(|| Key::plain(KeyCode::F(letter - b'A' + 1)));
        return Head::Is(if key.is_some() { 4 } else { 3 }, key.map(Heard::Key));
    }
    let Some(end) = rest.iter().position(|byte| !(0x20..=0x3f).contains(byte)) else {
        return Head::Cut { after: DROP_AFTER, then: (2 + rest.len(), None) };
    };
    let (params, last) = (&rest[..end], rest[end]);
    let length = 2 + end + 1;
    if !(0x40..=0x7e).contains(&last) {
        // Something else interrupts it: it is no sequence, and what interrupts it is read by itself.
        return Head::Is(length - 1, (end == 0).then(|| Heard::Key(alt('['))));
    }
    if params.is_empty() && last == b'M' {
        return match rest[1..] {
            [button, column, row, ..] => Head::Is(length + 3, csi::old_mouse(button, column, row)),
            _ => Head::Cut { after: DROP_AFTER, then: (2 + rest.len(), None) },
        };
    }
    match csi::read(params, last) {
        Meaning::Heard(heard) => Head::Is(length, Some(heard)),
        Meaning::Paste => Head::Paste(length),
        Meaning::Nothing => Head::Is(length, None),
    }
}

/// Returns what follows `ESC O`.
fn single_shift(rest: &[u8]) -> Head {
    let Some(letter) = rest.first() else {
        return Head::Cut { after: KEY_AFTER, then: (2, Some(Heard::Key(alt('O')))) };
    };
    match csi::single_shift(*letter) {
        Some(key) => Head::Is(3, Some(Heard::Key(key))),
        None => Head::Is(2, Some(Heard::Key(alt('O')))),
    }
}

/// Returns what a string is, from its introducer on.
fn string(rest: &[u8]) -> Head {
    let is_command = rest.first() == Some(&b']');
    let text = &rest[1..];
    let end = text.iter().position(|byte| *byte == 0x1b || (is_command && *byte == 0x07));
    let Some(end) = end.filter(|end| text[*end] == 0x07 || text.len() > end + 1) else {
        return Head::String;
    };
    // An Escape that ends no string ends this one all the same, and begins something else.
    let is_ended = text[end] == 0x07 || text[end + 1] == b'\\';
    let terminator = match text[end] {
        _ if !is_ended => 0,
        0x07 => 1,
        _ => 2,
    };
    let reply = (is_command && is_ended).then(|| reply::of_command(&text[..end])).flatten();
    Head::Is(2 + end + terminator, reply.map(Heard::Reply))
}

/// What a character is that stands somewhere.
enum Character {
    Is(char, usize),
    Cut,
    Garbage,
}

/// Returns the first character of these bytes.
fn character(bytes: &[u8]) -> Character {
    let first = &bytes[..bytes.len().min(4)];
    let (valid, error) = match std::str::from_utf8(first) {
        Ok(text) => (text, None),
        Err(error) => (std::str::from_utf8(&first[..error.valid_up_to()]).unwrap_or_default(), Some(error)),
    };
    match (valid.chars().next(), error) {
        (Some(c), _) => Character::Is(c, c.len_utf8()),
        (None, Some(error)) if error.error_len().is_none() => Character::Cut,
        (None, _) => Character::Garbage,
    }
}

/// Returns the key that sends a character.
fn key_of(c: char) -> Key {
    let control = |base: u8| Key::with(KeyCode::Char(char::from(c as u8 + base)), Mods::CTRL);
    match c {
        '\r' => Key::plain(KeyCode::Enter),
        '\t' => Key::plain(KeyCode::Tab),
        '\x7f' => Key::plain(KeyCode::Backspace),
        '\x1b' => Key::plain(KeyCode::Esc),
        '\x00' => Key::with(KeyCode::Char(' '), Mods::CTRL),
        '\x01'..='\x1a' => control(b'a' - 1),
        '\x1c'..='\x1f' => control(b'\\' - 0x1c),
        c => Key::plain(KeyCode::Char(c)),
    }
}

fn with_alt(key: Key) -> Key {
    Key { mods: key.mods.with(Mods::ALT), ..key }
}

fn alt(c: char) -> Key {
    Key::with(KeyCode::Char(c), Mods::ALT)
}
