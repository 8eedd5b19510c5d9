//! What control sequences mean that a terminal sends: keys in their old forms and in kitty's, the mouse, focus, answers.
//!
//! Tables rather than cases. What is not in them means nothing.

use super::heard::{Heard, Reply};
use crate::domain::{Button, Gesture, Key, KeyCode, KeyKind, Mods, Mouse};

/// What a sequence means.
pub(super) enum Meaning {
    /// This.
    Heard(Heard),
    /// A paste begins.
    Paste,
    /// Nothing to us.
    Nothing,
}

/// Returns what the sequence with these parameters and this last byte means.
pub(super) fn read(params: &[u8], last: u8) -> Meaning {
    // Parameters are ASCII: the parser took no other bytes for them.
    let params = std::str::from_utf8(params).unwrap_or_default();
    let heard = match (params.as_bytes().first(), last) {
        (Some(b'?'), b'u') => Some(Heard::Reply(Reply::Kitty)),
        (Some(b'?'), b'c') => Some(Heard::Reply(Reply::Attributes)),
        (Some(b'<'), b'M' | b'm') => mouse(&params[1..], last == b'm').map(Heard::Mouse),
        (Some(b'?' | b'<' | b'>' | b'='), _) => None,
        (None, b'I') => Some(Heard::Focus(true)),
        (None, b'O') => Some(Heard::Focus(false)),
        (_, b'~') if number(params, 0, 0) == Some(200) => return Meaning::Paste,
        (_, b'~') => tilde(params).map(Heard::Key),
        (_, b'u') => kitty(params),
        (_, letter) => lettered(letter).and_then(|key| modified(key, params)).map(Heard::Key),
    };
    heard.map_or(Meaning::Nothing, Meaning::Heard)
}

/// Returns the key that a letter after `ESC O` is.
pub(super) fn single_shift(letter: u8) -> Option<Key> {
    Some(match letter {
        // The keypad in application mode.
        b'M' => Key::plain(KeyCode::Enter),
        b'X' => Key::plain(KeyCode::Char('=')),
        b'j'..=b'y' => Key::plain(KeyCode::Char(char::from(letter - 0x40))),
        letter => lettered(letter)?,
    })
}

/// Returns the key that a letter is.
fn lettered(letter: u8) -> Option<Key> {
    Some(Key::plain(match letter {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        b'P'..=b'S' => KeyCode::F(letter - b'P' + 1),
        b'Z' => return Some(Key::with(KeyCode::Tab, Mods::SHIFT)),
        _ => return None,
    }))
}

/// Returns the key that a number before a tilde is.
fn tilde(params: &str) -> Option<Key> {
    let code = match number(params, 0, 0)? {
        1 | 7 => KeyCode::Home,
        2 => KeyCode::Insert,
        3 => KeyCode::Delete,
        4 | 8 => KeyCode::End,
        5 => KeyCode::PageUp,
        6 => KeyCode::PageDown,
        n @ 11..=15 => KeyCode::F(small(n - 10)),
        n @ 17..=21 => KeyCode::F(small(n - 11)),
        n @ 23..=26 => KeyCode::F(small(n - 12)),
        n @ 28..=29 => KeyCode::F(small(n - 13)),
        n @ 31..=34 => KeyCode::F(small(n - 14)),
        // xterm's modifyOtherKeys.
        27 => {
            let (code, _) = code_of(number(params, 2, 0)?)?;
            return Some(Key::with(code, mods(number(params, 1, 0)?)));
        }
        _ => return None,
    };
    modified(Key::plain(code), params)
}

/// Returns a key with what its second parameter says was held, and whether it was pressed, repeated or released.
fn modified(key: Key, params: &str) -> Option<Key> {
    let held = mods(number(params, 1, 0).unwrap_or(1));
    let kind = match number(params, 1, 1) {
        Some(3) => KeyKind::Release,
        Some(2) => KeyKind::Repeat,
        Some(1) | None => KeyKind::Press,
        Some(_) => return None,
    };
    Some(Key { mods: key.mods.with(held), kind, ..key })
}

/// Returns a key in kitty's form: `code:shifted:base ; mods:kind ; text`.
fn kitty(params: &str) -> Option<Heard> {
    let text = number(params, 2, 0).and_then(char::from_u32).filter(|c| !c.is_control());
    let (code, is_text) = match number(params, 0, 0)? {
        // Text without a key, from an input method.
        0 => (KeyCode::Char(text?), true),
        n => code_of(n)?,
    };
    let mut key = modified(Key::plain(code), params)?;
    let KeyCode::Char(c) = key.code else { return Some(Heard::Key(key)) };
    let shifted = number(params, 0, 1).and_then(char::from_u32).filter(|_| key.mods.has(Mods::SHIFT));
    let is_plain = key.mods.without(Mods::SHIFT).is_empty();
    let base = number(params, 0, 2).and_then(char::from_u32).filter(char::is_ascii_graphic);
    key.base = base.filter(|_| !c.is_ascii());
    // What it writes says more than what a keyboard would make of it, and carries its shift in itself.
    if let Some(written) = text.filter(|_| is_plain).or(shifted).filter(|_| is_text) {
        key.code = KeyCode::Char(written);
        if key.mods.has(Mods::SHIFT) {
            key.mods = key.mods.without(Mods::SHIFT);
            key.base = key.base.map(|base| base.to_ascii_uppercase());
        }
    }
    Some(Heard::Key(key))
}

/// Returns the key that has this number in kitty's protocol, and whether it writes text by itself.
fn code_of(number: u32) -> Option<(KeyCode, bool)> {
    let keypad = |n: u32, first: u32, keys: &str| {
        keys.chars().nth(usize::try_from(n - first).ok()?).map(KeyCode::Char)
    };
    let code = match number {
        9 => KeyCode::Tab,
        13 => KeyCode::Enter,
        27 => KeyCode::Esc,
        8 | 127 => KeyCode::Backspace,
        n @ 57_376..=57_387 => KeyCode::F(small(n - 57_376 + 13)),
        n @ 57_399..=57_408 => keypad(n, 57_399, "0123456789")?,
        n @ 57_409..=57_413 => keypad(n, 57_409, "./*-+")?,
        57_414 => KeyCode::Enter,
        n @ 57_415..=57_416 => keypad(n, 57_415, "=,")?,
        57_417 => KeyCode::Left,
        57_418 => KeyCode::Right,
        57_419 => KeyCode::Up,
        57_420 => KeyCode::Down,
        57_421 => KeyCode::PageUp,
        57_422 => KeyCode::PageDown,
        57_423 => KeyCode::Home,
        57_424 => KeyCode::End,
        57_425 => KeyCode::Insert,
        57_426 => KeyCode::Delete,
        // The rest of the private plane: modifiers, media and other keys that no agent can be sent.
        57_344..=63_743 => return None,
        n => return char::from_u32(n).filter(|c| !c.is_control()).map(|c| (KeyCode::Char(c), true)),
    };
    Some((code, false))
}

/// Returns the modifiers of a parameter.
fn mods(value: u32) -> Mods {
    let bits = value.saturating_sub(1);
    let held = Mods(small(bits & 0x0f));
    // Meta is another name of Alt. Hyper and the locks are nobody's.
    if bits & 0x20 == 0 { held } else { held.with(Mods::ALT) }
}

/// Returns a mouse event in decimal: `button ; column ; row`.
fn mouse(params: &str, is_up: bool) -> Option<Mouse> {
    let place = |n| number(params, n, 0).map(|at| u16::try_from(at.saturating_sub(1)).unwrap_or(u16::MAX));
    gesture(number(params, 0, 0)?, is_up, place(1)?, place(2)?)
}

/// Returns a mouse event in its first form, a byte each with 32 added.
pub(super) fn old_mouse(button: u8, column: u8, row: u8) -> Option<Heard> {
    let place = |byte: u8| u16::from(byte.saturating_sub(33));
    let bits = u32::from(button.checked_sub(32)?);
    // A release does not say of which button.
    let is_up = bits & 0x63 == 3;
    let bits = if is_up { bits & !3 } else { bits };
    gesture(bits, is_up, place(column), place(row)).map(Heard::Mouse)
}

fn gesture(bits: u32, is_up: bool, column: u16, row: u16) -> Option<Mouse> {
    let button = match bits & 3 {
        0 => Some(Button::Left),
        1 => Some(Button::Middle),
        2 => Some(Button::Right),
        _ => None,
    };
    let gesture = match (bits & 0xe0, button) {
        (0, Some(button)) if is_up => Gesture::Up(button),
        (0, Some(button)) => Gesture::Down(button),
        (32, Some(button)) => Gesture::Drag(button),
        (32, None) => Gesture::Move,
        (64, _) if is_up => return None,
        (64, Some(Button::Left)) => Gesture::WheelUp,
        (64, Some(Button::Middle)) => Gesture::WheelDown,
        (64, Some(Button::Right)) => Gesture::WheelLeft,
        (64, None) => Gesture::WheelRight,
        _ => return None,
    };
    let held = [(4, Mods::SHIFT), (8, Mods::ALT), (16, Mods::CTRL)];
    let mods =
        held.into_iter().filter(|(bit, _)| bits & bit != 0).fold(Mods::NONE, |m, (_, held)| m.with(held));
    Some(Mouse { gesture, column, row, mods })
}

/// Returns a number of the parameters: of the field, counted from 0, the part, counted from 0.
fn number(params: &str, field: usize, part: usize) -> Option<u32> {
    params.split(';').nth(field)?.split(':').nth(part)?.parse().ok()
}

fn small(n: u32) -> u8 {
    u8::try_from(n).unwrap_or(u8::MAX)
}
