//! What a person does, as the bytes the program in a pane asked for.
//!
//! What it did not ask for it does not get: no mouse, no focus, no key releases. Tables rather than cases: which key
//! has which code is data, and one rule each writes it in xterm's way, in that of modifyOtherKeys, in kitty's.

mod key;
mod kitty;
mod mouse;
mod paste;

use super::modes::Modes;
use crate::domain::Input;
use crate::domain::Size;

/// Appends the bytes that `input` becomes for a program that asked for `modes`, in a pane of `size`.
pub fn encode(input: &Input, modes: &Modes, size: Size, out: &mut Vec<u8>) {
    match input {
        Input::Key(key) if modes.kitty.bits() != 0 => kitty::encode(*key, modes, out),
        Input::Key(key) => key::encode(*key, modes, out),
        Input::Paste(text) => paste::encode(text, modes, out),
        Input::Mouse(mouse) => mouse::encode(mouse, modes, size, out),
        Input::Focus(focused) if modes.focus_reports => {
            out.extend_from_slice(if *focused { b"\x1b[I" } else { b"\x1b[O" });
        }
        Input::Focus(_) => {}
    }
}
