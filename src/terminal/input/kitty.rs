//! Keys in the kitty keyboard protocol, as far as its flags ask for it (sw.kovidgoyal.net/kitty/keyboard-protocol).

use super::key::{Form, form, modifier, put_char, shifted};
use crate::domain::{Key, KeyCode, KeyKind, Mods};
use crate::terminal::modes::{KittyFlags, Modes};
use crate::terminal::sequence::put_decimal;

/// Appends what `key` sends to a program that set some of the protocol's flags.
pub fn encode(key: Key, modes: &Modes, out: &mut Vec<u8>) {
    let flags = modes.kitty;
    let all = flags.has(KittyFlags::ALL_AS_ESCAPES);
    let kind = if flags.has(KittyFlags::EVENT_TYPES) { key.kind } else { KeyKind::Press };
    if key.kind == KeyKind::Release && kind == KeyKind::Press {
        return;
    }
    let (code, mods) = base(key);
    let disambiguates = all || flags.has(KittyFlags::DISAMBIGUATE);
    if let Some(form) = form(code) {
        return put_form(form, mods, kind, modes, disambiguates, out);
    }
    let text = text(key);
    let named = matches!(code, KeyCode::Enter | KeyCode::Tab | KeyCode::Backspace);
    let plain = if named { mods.is_empty() } else { text.is_some() };
    if !all && (plain || !disambiguates) {
        // Text is text, and those three stay themselves so that a shell can be used when a program died; nobody
        // wants to hear of their release.
        if kind != KeyKind::Release {
            super::key::encode(Key { kind: KeyKind::Press, ..key }, modes, out);
        }
        return;
    }
    let Some(number) = number(code) else { return };
    out.extend_from_slice(b"\x1b[");
    put_number(out, number);
    if let KeyCode::Char(c) = code
        && flags.has(KittyFlags::ALTERNATE_KEYS)
    {
        put_alternates(c, key.base, mods, out);
    }
    let associated =
        text.filter(|_| all && flags.has(KittyFlags::ASSOCIATED_TEXT) && kind != KeyKind::Release);
    if !mods.is_empty() || kind != KeyKind::Press || associated.is_some() {
        out.push(b';');
        if !mods.is_empty() || kind != KeyKind::Press {
            put_modifier(mods, kind, out);
        }
    }
    if let Some(c) = associated {
        out.push(b';');
        put_number(out, u32::from(c));
    }
    out.push(b'u');
}

/// Appends what else the key is: what it writes with shift, and its key on the standard layout.
fn put_alternates(c: char, base: Option<char>, mods: Mods, out: &mut Vec<u8>) {
    let with_shift = Some(shifted(c, mods)).filter(|shifted| *shifted != c);
    if let Some(shifted) = with_shift {
        out.push(b':');
        put_number(out, u32::from(shifted));
    }
    if let Some(base) = base {
        out.extend_from_slice(if with_shift.is_some() { b":" } else { b"::" });
        put_number(out, u32::from(base.to_ascii_lowercase()));
    }
}

/// Returns the key by its unshifted letter, with the shift that an upper-case letter carries.
fn base(key: Key) -> (KeyCode, Mods) {
    if let KeyCode::Char(c) = key.code {
        let mut lower = c.to_lowercase();
        if let (Some(lower), None) = (lower.next(), lower.next())
            && lower != c
        {
            return (KeyCode::Char(lower), key.mods.with(Mods::SHIFT));
        }
    }
    (key.code, key.mods)
}

/// Returns the character that the key writes, if it writes one.
fn text(key: Key) -> Option<char> {
    match key.code {
        KeyCode::Char(c) if key.mods.without(Mods::SHIFT).is_empty() => Some(shifted(c, key.mods)),
        _ => None,
    }
}

/// Returns the number that names a key which has no form of its own.
const fn number(code: KeyCode) -> Option<u32> {
    Some(match code {
        KeyCode::Char(c) => c as u32,
        KeyCode::Esc => 27,
        KeyCode::Enter => 13,
        KeyCode::Tab => 9,
        KeyCode::Backspace => 127,
        KeyCode::F(number @ 13..=35) => 57376 + (number as u32 - 13),
        _ => return None,
    })
}

fn put_form(form: Form, mods: Mods, kind: KeyKind, modes: &Modes, disambiguates: bool, out: &mut Vec<u8>) {
    let plain = mods.is_empty() && kind == KeyKind::Press;
    let (number, last) = match form {
        // Its usual letter would read as the answer to where the cursor is.
        Form::Function(b'R') if disambiguates => (13, b'~'),
        Form::Cursor(letter) | Form::Function(letter) => {
            let single_shift = matches!(form, Form::Function(_)) || modes.application_cursor;
            if plain && single_shift && !disambiguates {
                out.extend_from_slice(b"\x1bO");
                out.push(letter);
                return;
            }
            (1, letter)
        }
        Form::Tilde(number) => (number, b'~'),
    };
    out.extend_from_slice(b"\x1b[");
    if !plain || last == b'~' {
        put_decimal(out, number);
    }
    if !plain {
        out.push(b';');
        put_modifier(mods, kind, out);
    }
    out.push(last);
}

fn put_modifier(mods: Mods, kind: KeyKind, out: &mut Vec<u8>) {
    put_decimal(out, modifier(mods));
    match kind {
        KeyKind::Press => {}
        KeyKind::Repeat => out.extend_from_slice(b":2"),
        KeyKind::Release => out.extend_from_slice(b":3"),
    }
}

fn put_number(out: &mut Vec<u8>, number: u32) {
    for digit in number.to_string().chars() {
        put_char(digit, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(key: &str, kind: KeyKind, flags: u16) -> String {
        let modes = Modes { kitty: KittyFlags::from_bits(flags), ..Modes::default() };
        let mut out = Vec::new();
        encode(Key { kind, ..key.parse().unwrap() }, &modes, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_key_of_another_script_tells_its_place_to_who_asks_for_alternates() {
        for (c, mods, flags, bytes) in [
            ('с', Mods::CTRL, 1, "\x1b[1089;5u"),
            ('с', Mods::CTRL, 5, "\x1b[1089::99;5u"),
            ('С', Mods::CTRL, 5, "\x1b[1089:1057:99;6u"),
            ('с', Mods::NONE, 5, "с"),
        ] {
            let key = Key { base: Some('c'), ..Key::with(KeyCode::Char(c), mods) };
            let modes = Modes { kitty: KittyFlags::from_bits(flags), ..Modes::default() };
            let mut out = Vec::new();
            encode(key, &modes, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), bytes);
        }
    }

    #[test]
    fn keys_are_sent_as_the_flags_ask() {
        use KeyKind::{Press, Release, Repeat};
        for (key, kind, flags, bytes) in [
            ("a", Press, 1, "a"),
            ("A", Press, 1, "A"),
            ("esc", Press, 1, "\x1b[27u"),
            ("enter", Press, 1, "\r"),
            ("shift-enter", Press, 1, "\x1b[13;2u"),
            ("tab", Press, 1, "\t"),
            ("shift-tab", Press, 1, "\x1b[9;2u"),
            ("backspace", Press, 1, "\x7f"),
            ("ctrl-a", Press, 1, "\x1b[97;5u"),
            ("alt-a", Press, 1, "\x1b[97;3u"),
            ("alt-A", Press, 1, "\x1b[97;4u"),
            ("ctrl-shift-a", Press, 1, "\x1b[97;6u"),
            ("super-k", Press, 1, "\x1b[107;9u"),
            ("up", Press, 1, "\x1b[A"),
            ("ctrl-up", Press, 1, "\x1b[1;5A"),
            ("f1", Press, 1, "\x1b[P"),
            ("f3", Press, 1, "\x1b[13~"),
            ("f5", Press, 1, "\x1b[15~"),
            ("f13", Press, 1, "\x1b[57376u"),
            ("delete", Press, 1, "\x1b[3~"),
            ("a", Release, 1, ""),
            ("a", Repeat, 1, "a"),
            ("up", Release, 1, ""),
            ("up", Release, 3, "\x1b[1;1:3A"),
            ("up", Repeat, 3, "\x1b[1;1:2A"),
            ("ctrl-a", Release, 3, "\x1b[97;5:3u"),
            ("a", Release, 3, ""),
            ("enter", Release, 3, ""),
            ("a", Press, 8, "\x1b[97u"),
            ("a", Release, 10, "\x1b[97;1:3u"),
            ("enter", Press, 8, "\x1b[13u"),
            ("enter", Release, 10, "\x1b[13;1:3u"),
            ("A", Press, 12, "\x1b[97:65;2u"),
            ("ctrl-shift-a", Press, 5, "\x1b[97:65;6u"),
            ("a", Press, 24, "\x1b[97;;97u"),
            ("A", Press, 24, "\x1b[97;2;65u"),
            ("ctrl-a", Press, 24, "\x1b[97;5u"),
            ("up", Press, 2, "\x1b[A"),
            ("ctrl-a", Press, 2, "\x01"),
            ("f1", Press, 2, "\x1bOP"),
        ] {
            assert_eq!(sent(key, kind, flags), bytes, "{key} {kind:?} with {flags}");
        }
    }
}
