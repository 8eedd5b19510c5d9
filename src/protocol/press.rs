//! What is pressed, as bytes: a client sends keys so, because they are what a person waits for.
//!
//! A binary message of a client is `u8 kind`, then what its kind says. Numbers are little-endian. A kind that is not
//! known is ignored, and so is what follows the fields that are; no number ever changes its meaning. The JSON form of
//! the same (`{"type": "press", …}`) is understood for ever; a route by an agent's name has only that one.
//!
//! ```text
//! 1 press   route input
//! route     0                       the executive
//!           1 u32                   the agent of this number
//!           2 u32                   the targets of the broadcast of this number
//! input     0 u32 u32 u8 u8         a key: code, base, modifiers, kind (0 pressed, 1 repeated, 2 released)
//!           1 …                     a paste: the rest, UTF-8
//!           2 u8 u16 u16 u8         the mouse: gesture, column, row, modifiers
//!           3 u8                    focus: 1 got, 0 lost
//! code      0 to 10FFFF             the key that writes this character
//!           110000 + n              the function key n
//!           120000 + n              enter 0, tab, backspace, esc, up, down, left, right, home, end, pageup, pagedown,
//!                                   insert, delete 13
//! base      a character of ASCII    its key on the standard layout; 0 where there is nothing to say
//! modifiers                         shift 1, alt 2, ctrl 4, super 8
//! gesture   0 move, 1 to 4          the wheel up, down, left, right
//!           16 + b, 32 + b, 48 + b  a button goes down, goes up, drags; b is left 0, middle 1, right 2
//! ```

use super::ClientMessage;
use crate::domain::{
    AgentId, AgentRef, BroadcastId, Button, Gesture, Input, Key, KeyCode, KeyKind, Mods, Mouse, Route,
};

const PRESS: u8 = 1;
const FUNCTION: u32 = 0x11_0000;
const NAMED: u32 = 0x12_0000;

/// The keys that have a name, by their numbers.
const KEYS: [KeyCode; 14] = [
    KeyCode::Enter,
    KeyCode::Tab,
    KeyCode::Backspace,
    KeyCode::Esc,
    KeyCode::Up,
    KeyCode::Down,
    KeyCode::Left,
    KeyCode::Right,
    KeyCode::Home,
    KeyCode::End,
    KeyCode::PageUp,
    KeyCode::PageDown,
    KeyCode::Insert,
    KeyCode::Delete,
];

/// The gestures without a button, by their numbers.
const GESTURES: [Gesture; 5] =
    [Gesture::Move, Gesture::WheelUp, Gesture::WheelDown, Gesture::WheelLeft, Gesture::WheelRight];

/// The buttons, by their numbers.
const BUTTONS: [Button; 3] = [Button::Left, Button::Middle, Button::Right];

/// A binary message that makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a binary message of kind {0} makes no sense")]
pub struct PressError(u8);

/// Returns a message as bytes; none if it has no such form.
#[must_use]
pub fn put(message: &ClientMessage) -> Option<Vec<u8>> {
    let ClientMessage::Press { route, input } = message else { return None };
    let mut out = Vec::with_capacity(16);
    out.push(PRESS);
    match route {
        Route::Executive => out.push(0),
        Route::Direct(AgentRef::Id(id)) => put_tagged(&mut out, 1, id.0),
        Route::Broadcast(id) => put_tagged(&mut out, 2, id.0),
        Route::Direct(AgentRef::Name(_)) => return None,
    }
    match input {
        Input::Key(key) => {
            put_tagged(&mut out, 0, code_number(key.code)?);
            out.extend_from_slice(&key.base.map_or(0, u32::from).to_le_bytes());
            out.extend_from_slice(&[key.mods.0, kind_number(key.kind)]);
        }
        Input::Paste(text) => {
            out.push(1);
            out.extend_from_slice(text.as_bytes());
        }
        Input::Mouse(mouse) => {
            out.extend_from_slice(&[2, gesture_number(mouse.gesture)?]);
            out.extend_from_slice(&mouse.column.to_le_bytes());
            out.extend_from_slice(&mouse.row.to_le_bytes());
            out.push(mouse.mods.0);
        }
        Input::Focus(focused) => out.extend_from_slice(&[3, u8::from(*focused)]),
    }
    Some(out)
}

/// Reads a binary message; none if its kind is of a later version.
///
/// # Errors
/// If it is cut off, or has a value that does not exist.
pub fn read(bytes: &[u8]) -> Result<Option<(Route, Input)>, PressError> {
    match bytes.split_first() {
        Some((&PRESS, rest)) => press(rest).map(Some).ok_or(PressError(PRESS)),
        Some(_) => Ok(None),
        None => Err(PressError(0)),
    }
}

fn press(bytes: &[u8]) -> Option<(Route, Input)> {
    let mut fields = Fields(bytes);
    let route = match fields.u8()? {
        0 => Route::Executive,
        1 => Route::Direct(AgentId(fields.u32()?).into()),
        2 => Route::Broadcast(BroadcastId(fields.u32()?)),
        _ => return None,
    };
    let input = match fields.u8()? {
        0 => Input::Key(Key {
            code: code_of(fields.u32()?)?,
            base: char::from_u32(fields.u32()?).filter(|c| *c != '\0'),
            mods: Mods(fields.u8()?),
            kind: kind_of(fields.u8()?)?,
        }),
        1 => Input::Paste(std::str::from_utf8(fields.0).ok()?.to_owned()),
        2 => Input::Mouse(Mouse {
            gesture: gesture_of(fields.u8()?)?,
            column: fields.u16()?,
            row: fields.u16()?,
            mods: Mods(fields.u8()?),
        }),
        3 => Input::Focus(fields.u8()? != 0),
        _ => return None,
    };
    Some((route, input))
}

fn put_tagged(out: &mut Vec<u8>, tag: u8, number: u32) {
    out.push(tag);
    out.extend_from_slice(&number.to_le_bytes());
}

fn code_number(code: KeyCode) -> Option<u32> {
    match code {
        KeyCode::Char(c) => Some(u32::from(c)),
        KeyCode::F(n) => Some(FUNCTION + u32::from(n)),
        named => KEYS.iter().zip(NAMED..).find(|(key, _)| **key == named).map(|(_, number)| number),
    }
}

fn code_of(number: u32) -> Option<KeyCode> {
    match number {
        NAMED.. => KEYS.get(usize::try_from(number - NAMED).ok()?).copied(),
        FUNCTION.. => u8::try_from(number - FUNCTION).ok().filter(|n| (1..=24).contains(n)).map(KeyCode::F),
        _ => char::from_u32(number).map(KeyCode::Char),
    }
}

const fn kind_number(kind: KeyKind) -> u8 {
    match kind {
        KeyKind::Press => 0,
        KeyKind::Repeat => 1,
        KeyKind::Release => 2,
    }
}

const fn kind_of(number: u8) -> Option<KeyKind> {
    Some(match number {
        0 => KeyKind::Press,
        1 => KeyKind::Repeat,
        2 => KeyKind::Release,
        _ => return None,
    })
}

fn gesture_number(gesture: Gesture) -> Option<u8> {
    let button = |first: u8, button| BUTTONS.iter().zip(first..).find(|(b, _)| **b == button).map(|(_, n)| n);
    match gesture {
        Gesture::Down(b) => button(16, b),
        Gesture::Up(b) => button(32, b),
        Gesture::Drag(b) => button(48, b),
        other => GESTURES.iter().zip(0..).find(|(g, _)| **g == other).map(|(_, n)| n),
    }
}

fn gesture_of(number: u8) -> Option<Gesture> {
    let button = |first: u8| BUTTONS.get(usize::from(number - first)).copied();
    match number {
        48.. => button(48).map(Gesture::Drag),
        32.. => button(32).map(Gesture::Up),
        16.. => button(16).map(Gesture::Down),
        n => GESTURES.get(usize::from(n)).copied(),
    }
}

/// The fields that are not read yet.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (field, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*field)
    }

    fn u8(&mut self) -> Option<u8> {
        self.take::<1>().map(|[byte]| byte)
    }

    fn u16(&mut self) -> Option<u16> {
        self.take().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn message(route: Route, input: Input) -> ClientMessage {
        ClientMessage::Press { route, input }
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn the_bytes_of_a_press_never_change() {
        let direct = || Route::Direct(AgentId(258).into());
        let es = Key { base: Some('c'), ..Key::with(KeyCode::Char('с'), Mods::CTRL) };
        let released = Key { kind: KeyKind::Release, ..Key::plain(KeyCode::Enter) };
        let mouse = Mouse { gesture: Gesture::Up(Button::Right), column: 300, row: 2, mods: Mods::ALT };
        for (message, bytes) in [
            (message(direct(), Input::Key(es)), "010102010000004104000063000000".to_owned() + "0400"),
            (message(Route::Executive, Input::Key(released)), "0100000000120000000000".to_owned() + "0002"),
            (
                message(Route::Broadcast(BroadcastId(7)), Input::Paste("é".into())),
                "010207000000".to_owned() + "01c3a9",
            ),
            (message(direct(), Input::Mouse(mouse)), "01010201000002222c01020002".to_owned()),
            (message(Route::Executive, Input::Focus(true)), "01000301".to_owned()),
            (
                message(Route::Executive, Input::Key(Key::plain(KeyCode::F(5)))),
                "01000005001100000000000000".to_owned(),
            ),
        ] {
            assert_eq!(hex(&put(&message).unwrap()), bytes, "{message:?}");
        }
    }

    #[test]
    fn every_key_and_gesture_is_read_back() {
        let keys = KEYS.into_iter().chain((1..=24).map(KeyCode::F)).map(|code| Input::Key(Key::plain(code)));
        let buttons = BUTTONS.into_iter().flat_map(|b| [Gesture::Down(b), Gesture::Up(b), Gesture::Drag(b)]);
        let mouse = |gesture| Input::Mouse(Mouse { gesture, column: 1, row: 2, mods: Mods::NONE });
        for input in keys.chain(GESTURES.into_iter().chain(buttons).map(mouse)) {
            let bytes = put(&message(Route::Executive, input.clone())).unwrap();
            assert_eq!(read(&bytes), Ok(Some((Route::Executive, input))));
        }
    }

    #[test]
    fn a_name_and_everything_else_that_is_said_stays_json() {
        let named = Route::Direct(AgentRef::Name("be-1".parse().unwrap()));
        assert_eq!(put(&message(named, Input::Focus(true))), None);
        assert_eq!(put(&ClientMessage::View { panes: Vec::new(), cards: Vec::new() }), None);
    }

    proptest! {
        #[test]
        fn bytes_are_a_press_or_nothing_and_never_a_panic(
            mut bytes in proptest::collection::vec(any::<u8>(), 0..40), c in any::<char>(), later in any::<u8>(),
        ) {
            let _ = read(&bytes);
            if let Some(first) = bytes.first_mut() {
                *first = PRESS;
            }
            let _ = read(&bytes);
            let pressed = (Route::Executive, Input::Key(Key::plain(KeyCode::Char(c))));
            let mut bytes = put(&message(pressed.0.clone(), pressed.1.clone())).unwrap();
            for cut in 1..bytes.len() {
                prop_assert!(read(&bytes[..cut]).is_err());
            }
            bytes.push(later);
            prop_assert_eq!(read(&bytes), Ok(Some(pressed)), "a later version says more");
            bytes[0] = later.max(2);
            prop_assert_eq!(read(&bytes), Ok(None), "a later kind");
        }
    }
}
