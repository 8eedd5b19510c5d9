//! Keys as xterm sends them, with modifyOtherKeys where a program asked for it.

use crate::domain::{Key, KeyCode, KeyKind, Mods};
use crate::terminal::modes::Modes;
use crate::terminal::sequence::put_decimal;

/// How a key that writes no text is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A letter after `ESC [` (with application cursor keys after `ESC O`).
    Cursor(u8),
    /// A letter after `ESC O`, as the first four function keys.
    Function(u8),
    /// A number before a tilde.
    Tilde(u16),
}

/// Returns how `code` is sent, if it is one of those.
pub const fn form(code: KeyCode) -> Option<Form> {
    Some(match code {
        KeyCode::Up => Form::Cursor(b'A'),
        KeyCode::Down => Form::Cursor(b'B'),
        KeyCode::Right => Form::Cursor(b'C'),
        KeyCode::Left => Form::Cursor(b'D'),
        KeyCode::Home => Form::Cursor(b'H'),
        KeyCode::End => Form::Cursor(b'F'),
        KeyCode::Insert => Form::Tilde(2),
        KeyCode::Delete => Form::Tilde(3),
        KeyCode::PageUp => Form::Tilde(5),
        KeyCode::PageDown => Form::Tilde(6),
        KeyCode::F(number) => match number {
            1 => Form::Function(b'P'),
            2 => Form::Function(b'Q'),
            3 => Form::Function(b'R'),
            4 => Form::Function(b'S'),
            5 => Form::Tilde(15),
            6 => Form::Tilde(17),
            7 => Form::Tilde(18),
            8 => Form::Tilde(19),
            9 => Form::Tilde(20),
            10 => Form::Tilde(21),
            11 => Form::Tilde(23),
            12 => Form::Tilde(24),
            _ => return None,
        },
        KeyCode::Char(_) | KeyCode::Enter | KeyCode::Tab | KeyCode::Backspace | KeyCode::Esc => return None,
    })
}

/// Appends what `key` sends.
pub fn encode(key: Key, modes: &Modes, out: &mut Vec<u8>) {
    if key.kind == KeyKind::Release {
        return;
    }
    let mods = key.mods;
    // Terminals number the second dozen of function keys as the first one with shift.
    let (code, mods) = match key.code {
        KeyCode::F(number @ 13..=24) => (KeyCode::F(number - 12), mods.with(Mods::SHIFT)),
        code => (code, mods),
    };
    if let Some(form) = form(code) {
        return put_form(form, mods, modes, out);
    }
    let on_layout = match (code, key.base) {
        (KeyCode::Char(_), Some(base)) if mods.has(Mods::CTRL) => KeyCode::Char(base),
        (code, _) => code,
    };
    if let Some(number) = other_key(on_layout, mods, modes.modify_other_keys) {
        out.extend_from_slice(b"\x1b[27;");
        put_decimal(out, modifier(mods));
        out.push(b';');
        out.extend_from_slice(number.to_string().as_bytes());
        out.push(b'~');
        return;
    }
    if code == KeyCode::Tab && mods.has(Mods::SHIFT) {
        out.extend_from_slice(b"\x1b[Z");
        return;
    }
    if mods.has(Mods::ALT) {
        out.push(0x1b);
    }
    let ctrl = mods.has(Mods::CTRL);
    match code {
        KeyCode::Enter if modes.newline => out.extend_from_slice(b"\r\n"),
        KeyCode::Enter => out.push(b'\r'),
        KeyCode::Tab => out.push(b'\t'),
        KeyCode::Backspace => out.push(if ctrl { 0x08 } else { 0x7f }),
        KeyCode::Esc => out.push(0x1b),
        // With Ctrl, a key counts by its place on the standard layout: as terminals do, so that Ctrl-С is Ctrl-C.
        KeyCode::Char(c) => match control(key.base.unwrap_or(c)).filter(|_| ctrl) {
            Some(byte) => out.push(byte),
            None => put_char(shifted(c, mods), out),
        },
        _ => {}
    }
}

fn put_form(form: Form, mods: Mods, modes: &Modes, out: &mut Vec<u8>) {
    match form {
        Form::Cursor(letter) | Form::Function(letter) if mods.is_empty() => {
            let single_shift = matches!(form, Form::Function(_)) || modes.application_cursor;
            out.extend_from_slice(if single_shift { b"\x1bO" } else { b"\x1b[" });
            out.push(letter);
        }
        Form::Cursor(letter) | Form::Function(letter) => {
            out.extend_from_slice(b"\x1b[1;");
            put_decimal(out, modifier(mods));
            out.push(letter);
        }
        Form::Tilde(number) => {
            out.extend_from_slice(b"\x1b[");
            put_decimal(out, number);
            if !mods.is_empty() {
                out.push(b';');
                put_decimal(out, modifier(mods));
            }
            out.push(b'~');
        }
    }
}

/// Returns the number by which modifyOtherKeys sends this key, if it does: at level 1 keys that have no code of their
/// own, at level 2 all that are modified, save for letters with shift.
fn other_key(code: KeyCode, mods: Mods, level: u8) -> Option<u32> {
    let strong = !mods.without(Mods::SHIFT).is_empty();
    let (number, applies) = match code {
        KeyCode::Char(c) => {
            let unknown = mods.has(Mods::CTRL) && control(c).is_none();
            (u32::from(shifted(c, mods)), (level == 2 && strong) || (level == 1 && unknown))
        }
        KeyCode::Tab => (9, (level == 2 && strong) || (level == 1 && mods.has(Mods::CTRL))),
        KeyCode::Enter => (13, other_named(mods, level)),
        KeyCode::Backspace => (127, level == 2 && strong),
        KeyCode::Esc => (27, other_named(mods, level)),
        _ => return None,
    };
    applies.then_some(number)
}

/// At level 1, Alt alone keeps its escape.
const fn other_named(mods: Mods, level: u8) -> bool {
    (level == 2 && !mods.is_empty()) || (level == 1 && !mods.without(Mods::ALT).is_empty())
}

/// Returns the control character that Ctrl makes of `c`.
const fn control(c: char) -> Option<u8> {
    Some(match c {
        'a'..='z' => c as u8 - b'a' + 1,
        'A'..='Z' => c as u8 - b'A' + 1,
        ' ' | '@' | '2' => 0x00,
        '[' | '3' => 0x1b,
        '\\' | '4' => 0x1c,
        ']' | '5' => 0x1d,
        '^' | '6' => 0x1e,
        '_' | '7' | '/' => 0x1f,
        '?' | '8' => 0x7f,
        _ => return None,
    })
}

/// Returns `c` as shift makes it, where that is a matter of the letter and not of the keyboard.
pub fn shifted(c: char, mods: Mods) -> char {
    let mut upper = c.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(upper), None) if mods.has(Mods::SHIFT) => upper,
        _ => c,
    }
}

/// Returns the number by which sequences name modifiers.
pub const fn modifier(mods: Mods) -> u16 {
    mods.0 as u16 + 1
}

/// Appends a character.
pub fn put_char(c: char, out: &mut Vec<u8>) {
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(key: &str, modes: &Modes) -> String {
        let mut out = Vec::new();
        encode(key.parse().unwrap(), modes, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn keys_are_sent_as_xterm_sends_them() {
        let table = [
            ("a", "a"),
            ("A", "A"),
            ("é", "é"),
            ("shift-a", "A"),
            ("ctrl-a", "\x01"),
            ("alt-a", "\x1ba"),
            ("ctrl-alt-a", "\x1b\x01"),
            ("ctrl-space", "\0"),
            ("ctrl-[", "\x1b"),
            ("ctrl-\\", "\x1c"),
            ("ctrl-]", "\x1d"),
            ("ctrl-^", "\x1e"),
            ("ctrl-_", "\x1f"),
            ("ctrl-4", "\x1c"),
            ("ctrl-7", "\x1f"),
            ("ctrl-?", "\x7f"),
            ("ctrl-,", ","),
            ("enter", "\r"),
            ("alt-enter", "\x1b\r"),
            ("shift-enter", "\r"),
            ("tab", "\t"),
            ("shift-tab", "\x1b[Z"),
            ("backspace", "\x7f"),
            ("ctrl-backspace", "\x08"),
            ("alt-backspace", "\x1b\x7f"),
            ("esc", "\x1b"),
            ("alt-esc", "\x1b\x1b"),
            ("up", "\x1b[A"),
            ("end", "\x1b[F"),
            ("shift-up", "\x1b[1;2A"),
            ("ctrl-left", "\x1b[1;5D"),
            ("alt-shift-home", "\x1b[1;4H"),
            ("super-right", "\x1b[1;9C"),
            ("insert", "\x1b[2~"),
            ("ctrl-delete", "\x1b[3;5~"),
            ("pageup", "\x1b[5~"),
            ("f1", "\x1bOP"),
            ("ctrl-f4", "\x1b[1;5S"),
            ("f5", "\x1b[15~"),
            ("f12", "\x1b[24~"),
            ("f13", "\x1b[1;2P"),
            ("f24", "\x1b[24;2~"),
        ];
        for (key, bytes) in table {
            assert_eq!(sent(key, &Modes::default()), bytes, "{key}");
        }
    }

    #[test]
    fn a_program_in_application_mode_gets_application_keys() {
        let modes = Modes { application_cursor: true, newline: true, ..Modes::default() };
        for (key, bytes) in [
            ("up", "\x1bOA"),
            ("home", "\x1bOH"),
            ("ctrl-up", "\x1b[1;5A"),
            ("delete", "\x1b[3~"),
            ("enter", "\r\n"),
        ] {
            assert_eq!(sent(key, &modes), bytes, "{key}");
        }
    }

    #[test]
    fn other_keys_are_told_apart_as_far_as_asked() {
        let level = |level| Modes { modify_other_keys: level, ..Modes::default() };
        for (key, one, two) in [
            ("a", "a", "a"),
            ("A", "A", "A"),
            ("ctrl-a", "\x01", "\x1b[27;5;97~"),
            ("alt-a", "\x1ba", "\x1b[27;3;97~"),
            ("ctrl-,", "\x1b[27;5;44~", "\x1b[27;5;44~"),
            ("enter", "\r", "\r"),
            ("shift-enter", "\x1b[27;2;13~", "\x1b[27;2;13~"),
            ("alt-enter", "\x1b\r", "\x1b[27;3;13~"),
            ("shift-tab", "\x1b[Z", "\x1b[Z"),
            ("ctrl-tab", "\x1b[27;5;9~", "\x1b[27;5;9~"),
            ("ctrl-up", "\x1b[1;5A", "\x1b[1;5A"),
        ] {
            assert_eq!((sent(key, &level(1)).as_str(), sent(key, &level(2)).as_str()), (one, two), "{key}");
        }
    }

    #[test]
    fn a_control_chord_of_another_script_is_the_one_of_its_place() {
        let es = Key { base: Some('c'), ..Key::plain(KeyCode::Char('с')) };
        let level = |level| Modes { modify_other_keys: level, ..Modes::default() };
        for (mods, level_of, bytes) in [
            (Mods::NONE, 0, "с"),
            (Mods::CTRL, 0, "\x03"),
            (Mods::CTRL.with(Mods::ALT), 0, "\x1b\x03"),
            (Mods::ALT, 0, "\x1bс"),
            (Mods::CTRL, 1, "\x03"),
            (Mods::CTRL, 2, "\x1b[27;5;99~"),
        ] {
            let mut out = Vec::new();
            encode(Key { mods, ..es }, &level(level_of), &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), bytes);
        }
    }

    #[test]
    fn a_release_sends_nothing() {
        let mut out = Vec::new();
        let key = Key { kind: KeyKind::Release, ..Key::plain(KeyCode::Enter) };
        encode(key, &Modes::default(), &mut out);
        assert!(out.is_empty());
    }
}
