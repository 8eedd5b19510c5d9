//! From bytes to tokens: characters, control characters, escape sequences, strings.
//!
//! Syntax only (ECMA-48, and the state machine of vt100.net/emu/dec_ansi_parser): [`super::screen`] decides what a
//! sequence means. Nothing here allocates for a sequence that lies whole in the bytes at hand.

pub mod csi;
pub mod escape;
pub mod text;
