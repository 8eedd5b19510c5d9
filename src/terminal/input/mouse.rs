//! The mouse, as far as a program asked for it.

use super::key;
use crate::domain::Size;
use crate::domain::{Button, Gesture, Key, KeyCode, Mods, Mouse};
use crate::terminal::modes::{Modes, MouseEncoding, MouseTracking};
use crate::terminal::sequence::put_csi;

/// How many cursor keys a turn of the wheel is worth where a program reads keys only.
const WHEEL_LINES: usize = 3;

/// Appends what `mouse` sends; nothing if the program did not ask for it or it happened outside of the pane.
pub fn encode(mouse: &Mouse, modes: &Modes, size: Size, out: &mut Vec<u8>) {
    if mouse.column >= size.cols() || mouse.row >= size.rows() {
        return;
    }
    if modes.mouse == MouseTracking::Off {
        return scroll(mouse, modes, out);
    }
    if !wants(modes.mouse, mouse.gesture) {
        return;
    }
    let released = matches!(mouse.gesture, Gesture::Up(_));
    let mut button = number(mouse.gesture);
    if modes.mouse != MouseTracking::Press {
        for (held, bit) in [(Mods::SHIFT, 4), (Mods::ALT, 8), (Mods::CTRL, 16)] {
            if mouse.mods.has(held) {
                button += bit;
            }
        }
    }
    let (column, row) = (mouse.column + 1, mouse.row + 1);
    // Only the decimal encoding can say which button went up.
    let nameless = if released { button & !3 | 3 } else { button };
    match modes.mouse_encoding {
        MouseEncoding::Sgr => {
            put_csi_sgr(out, &[button, column, row], if released { b'm' } else { b'M' });
        }
        MouseEncoding::Utf8 => {
            let parts = [nameless, column, row].map(|n| char::from_u32(u32::from(n) + 32));
            if let [Some(button), Some(column), Some(row)] = parts
                && mouse.column < 2015
                && mouse.row < 2015
            {
                out.extend_from_slice(b"\x1b[M");
                [button, column, row].into_iter().for_each(|c| key::put_char(c, out));
            }
        }
        MouseEncoding::Bytes => {
            let parts = [nameless, column, row].map(|n| u8::try_from(n + 32));
            if let [Ok(button), Ok(column), Ok(row)] = parts {
                out.extend_from_slice(&[0x1b, b'[', b'M', button, column, row]);
            }
        }
    }
}

/// Appends `ESC [ <` and the rest.
fn put_csi_sgr(out: &mut Vec<u8>, numbers: &[u16], final_byte: u8) {
    let mut sequence = Vec::new();
    put_csi(&mut sequence, numbers, final_byte);
    out.extend_from_slice(b"\x1b[<");
    out.extend_from_slice(sequence.get(2..).unwrap_or_default());
}

/// Whether a program that tracks so much wants to know of this.
const fn wants(tracking: MouseTracking, gesture: Gesture) -> bool {
    match (tracking, gesture) {
        (MouseTracking::Off, _) => false,
        (MouseTracking::Press, Gesture::Down(_)) => true,
        (MouseTracking::Press, _) => false,
        (_, Gesture::Move) => matches!(tracking, MouseTracking::Motion),
        (_, Gesture::Drag(_)) => matches!(tracking, MouseTracking::Drag | MouseTracking::Motion),
        _ => true,
    }
}

const fn number(gesture: Gesture) -> u16 {
    const fn of(button: Button) -> u16 {
        match button {
            Button::Left => 0,
            Button::Middle => 1,
            Button::Right => 2,
        }
    }
    match gesture {
        Gesture::Down(button) | Gesture::Up(button) => of(button),
        Gesture::Drag(button) => of(button) + 32,
        Gesture::Move => 35,
        Gesture::WheelUp => 64,
        Gesture::WheelDown => 65,
        Gesture::WheelLeft => 66,
        Gesture::WheelRight => 67,
    }
}

/// On the alternate screen, which has no history, the wheel can stand for cursor keys (1007).
fn scroll(mouse: &Mouse, modes: &Modes, out: &mut Vec<u8>) {
    let code = match mouse.gesture {
        Gesture::WheelUp => KeyCode::Up,
        Gesture::WheelDown => KeyCode::Down,
        _ => return,
    };
    if modes.alternate_screen && modes.alternate_scroll {
        let modes = Modes { kitty: crate::terminal::KittyFlags::default(), ..*modes };
        (0..WHEEL_LINES).for_each(|_| key::encode(Key::plain(code), &modes, out));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(gesture: Gesture, (column, row): (u16, u16), mods: Mods, modes: &Modes) -> Vec<u8> {
        let mut out = Vec::new();
        encode(&Mouse { gesture, column, row, mods }, modes, Size::new(600, 600), &mut out);
        out
    }

    #[test]
    fn each_program_hears_what_it_asked_for() {
        use MouseTracking::{Buttons, Drag, Motion, Off, Press};
        let left = Button::Left;
        for (gesture, heard_by) in [
            (Gesture::Down(left), &[Press, Buttons, Drag, Motion][..]),
            (Gesture::Up(left), &[Buttons, Drag, Motion]),
            (Gesture::WheelUp, &[Buttons, Drag, Motion]),
            (Gesture::Drag(left), &[Drag, Motion]),
            (Gesture::Move, &[Motion]),
        ] {
            for mouse in [Off, Press, Buttons, Drag, Motion] {
                let modes = Modes { mouse, ..Modes::default() };
                let heard = !sent(gesture, (0, 0), Mods::NONE, &modes).is_empty();
                assert_eq!(heard, heard_by.contains(&mouse), "{gesture:?} with {mouse:?}");
            }
        }
    }

    #[test]
    fn each_encoding_says_the_same() {
        let modes =
            |mouse_encoding| Modes { mouse: MouseTracking::Motion, mouse_encoding, ..Modes::default() };
        let (bytes, utf8, sgr) =
            (modes(MouseEncoding::Bytes), modes(MouseEncoding::Utf8), modes(MouseEncoding::Sgr));
        for (gesture, at, mods, with_bytes, with_utf8, with_sgr) in [
            (Gesture::Down(Button::Left), (0, 0), Mods::NONE, &b"\x1b[M !!"[..], "\x1b[M !!", "\x1b[<0;1;1M"),
            (Gesture::Down(Button::Right), (4, 9), Mods::CTRL, b"\x1b[M2%*", "\x1b[M2%*", "\x1b[<18;5;10M"),
            (Gesture::Up(Button::Right), (4, 9), Mods::NONE, b"\x1b[M#%*", "\x1b[M#%*", "\x1b[<2;5;10m"),
            (
                Gesture::Drag(Button::Middle),
                (1, 1),
                Mods::SHIFT,
                b"\x1b[ME\"\"",
                "\x1b[ME\"\"",
                "\x1b[<37;2;2M",
            ),
            (Gesture::Move, (1, 1), Mods::NONE, b"\x1b[MC\"\"", "\x1b[MC\"\"", "\x1b[<35;2;2M"),
            (Gesture::WheelDown, (0, 0), Mods::ALT, b"\x1b[Mi!!", "\x1b[Mi!!", "\x1b[<73;1;1M"),
            (Gesture::Down(Button::Left), (223, 0), Mods::NONE, b"", "\x1b[M \u{100}!", "\x1b[<0;224;1M"),
            (Gesture::Down(Button::Left), (0, 600), Mods::NONE, b"", "", ""),
        ] {
            assert_eq!(sent(gesture, at, mods, &bytes), with_bytes, "{gesture:?} {at:?}");
            assert_eq!(sent(gesture, at, mods, &utf8), with_utf8.as_bytes(), "{gesture:?} {at:?}");
            assert_eq!(sent(gesture, at, mods, &sgr), with_sgr.as_bytes(), "{gesture:?} {at:?}");
        }
    }

    #[test]
    fn the_wheel_moves_in_a_pager_that_asked_for_no_mouse() {
        let pager = Modes {
            alternate_screen: true,
            alternate_scroll: true,
            application_cursor: true,
            ..Modes::default()
        };
        assert_eq!(sent(Gesture::WheelUp, (0, 0), Mods::NONE, &pager), b"\x1bOA\x1bOA\x1bOA");
        let shell = Modes { alternate_scroll: true, ..Modes::default() };
        assert!(sent(Gesture::WheelUp, (0, 0), Mods::NONE, &shell).is_empty());
    }
}
