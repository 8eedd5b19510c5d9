//! What the program in a pane asked of its terminal: how keys, pastes and the mouse are to be sent to it, and what
//! it wants to be told.

use super::wire::{Reader, put_number};

/// What the program asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Modes {
    /// It draws on the alternate screen.
    pub alternate_screen: bool,
    /// Cursor keys send `SS3` sequences (DECCKM).
    pub application_cursor: bool,
    /// The keypad sends sequences (DECKPAM).
    pub application_keypad: bool,
    /// Pastes come in brackets (2004).
    pub bracketed_paste: bool,
    /// It wants to know when its pane gets or loses attention (1004).
    pub focus_reports: bool,
    /// On the alternate screen, the wheel sends cursor keys (1007).
    pub alternate_scroll: bool,
    /// It is in the midst of drawing a frame (2026).
    pub synchronized: bool,
    /// It wants to know when the colours turn dark or light (2031).
    pub color_scheme_reports: bool,
    /// It wants to be told of its size in the stream (2048).
    pub resize_reports: bool,
    /// Return sends a line feed too (LNM).
    pub newline: bool,
    /// What of the mouse it wants to know.
    pub mouse: MouseTracking,
    /// How it wants to be told of it.
    pub mouse_encoding: MouseEncoding,
    /// How far modified keys that have no code of their own are sent as sequences (xterm's modifyOtherKeys, 0 to 2).
    pub modify_other_keys: u8,
    /// What the program asked of the kitty keyboard protocol.
    pub kitty: KittyFlags,
}

/// What of the mouse a program wants to know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum MouseTracking {
    /// Nothing.
    #[default]
    Off,
    /// Buttons going down (9).
    Press,
    /// Buttons going down and up (1000).
    Buttons,
    /// Those, and motion while one is down (1002).
    Drag,
    /// Those, and all motion (1003).
    Motion,
}

/// How the mouse is reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum MouseEncoding {
    /// A byte a number, up to column and row 223.
    #[default]
    Bytes,
    /// A UTF-8 character a number, up to 2015 (1005).
    Utf8,
    /// Decimal numbers (1006).
    Sgr,
}

/// The progressive enhancements of the kitty keyboard protocol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KittyFlags(u8);

impl KittyFlags {
    /// Keys that would be ambiguous are sent as sequences.
    pub const DISAMBIGUATE: KittyFlags = KittyFlags(1);
    /// Repeats and releases are told apart from presses.
    pub const EVENT_TYPES: KittyFlags = KittyFlags(2);
    /// What the key would have written with shift is sent too.
    pub const ALTERNATE_KEYS: KittyFlags = KittyFlags(4);
    /// All keys are sent as sequences.
    pub const ALL_AS_ESCAPES: KittyFlags = KittyFlags(8);
    /// The text that a key writes is sent with it.
    pub const ASSOCIATED_TEXT: KittyFlags = KittyFlags(16);

    /// Returns the known ones of the flags that `bits` names.
    #[must_use]
    pub const fn from_bits(bits: u16) -> KittyFlags {
        KittyFlags((bits & 0x1f) as u8)
    }

    /// Returns the flags as the protocol's number.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Returns whether all of `other` are set.
    #[must_use]
    pub const fn has(self, other: KittyFlags) -> bool {
        self.0 & other.0 == other.0
    }
}

/// What the cursor looks like (DECSCUSR).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum CursorShape {
    /// Whatever the person's terminal uses.
    #[default]
    Default,
    /// A blinking block.
    BlinkingBlock,
    /// A block.
    Block,
    /// A blinking underline.
    BlinkingUnderline,
    /// An underline.
    Underline,
    /// A blinking bar.
    BlinkingBar,
    /// A bar.
    Bar,
}

impl CursorShape {
    /// Returns the shape that DECSCUSR `number` names.
    #[must_use]
    pub const fn from_number(number: u16) -> Option<CursorShape> {
        Some(match number {
            0 => CursorShape::Default,
            1 => CursorShape::BlinkingBlock,
            2 => CursorShape::Block,
            3 => CursorShape::BlinkingUnderline,
            4 => CursorShape::Underline,
            5 => CursorShape::BlinkingBar,
            6 => CursorShape::Bar,
            _ => return None,
        })
    }
}

impl Modes {
    /// The modes that are either on or off, in the order of their bits in what is written.
    fn switches(&mut self) -> [&mut bool; 10] {
        [
            &mut self.alternate_screen,
            &mut self.application_cursor,
            &mut self.application_keypad,
            &mut self.bracketed_paste,
            &mut self.focus_reports,
            &mut self.alternate_scroll,
            &mut self.synchronized,
            &mut self.color_scheme_reports,
            &mut self.resize_reports,
            &mut self.newline,
        ]
    }

    /// Writes the modes.
    pub(super) fn put(mut self, out: &mut Vec<u8>) {
        let bits = self.switches().into_iter().rev().fold(0u64, |bits, on| bits << 1 | u64::from(*on));
        put_number(out, bits);
        out.extend_from_slice(&[
            self.mouse as u8,
            self.mouse_encoding as u8,
            self.modify_other_keys,
            self.kitty.bits(),
        ]);
    }

    /// Reads modes.
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Modes> {
        let mut modes = Modes::default();
        let mut bits = reader.number_to(0x3ffu64)?;
        for switch in modes.switches() {
            *switch = bits & 1 == 1;
            bits >>= 1;
        }
        modes.mouse = match reader.byte()? {
            0 => MouseTracking::Off,
            1 => MouseTracking::Press,
            2 => MouseTracking::Buttons,
            3 => MouseTracking::Drag,
            4 => MouseTracking::Motion,
            _ => return None,
        };
        modes.mouse_encoding = match reader.byte()? {
            0 => MouseEncoding::Bytes,
            1 => MouseEncoding::Utf8,
            2 => MouseEncoding::Sgr,
            _ => return None,
        };
        modes.modify_other_keys = reader.byte().filter(|level| *level <= 2)?;
        modes.kitty = KittyFlags::from_bits(u16::from(reader.byte().filter(|bits| *bits <= 0x1f)?));
        Some(modes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_written_are_modes_read() {
        let modes = Modes {
            bracketed_paste: true,
            newline: true,
            mouse: MouseTracking::Motion,
            mouse_encoding: MouseEncoding::Sgr,
            modify_other_keys: 2,
            kitty: KittyFlags::from_bits(7),
            ..Modes::default()
        };
        let mut out = Vec::new();
        modes.put(&mut out);
        assert_eq!(Modes::read(&mut Reader::new(&out)), Some(modes));
        assert_eq!(Modes::read(&mut Reader::new(&[0, 9, 0, 0, 0])), None);
        assert_eq!(Modes::read(&mut Reader::new(&[0, 0])), None);
    }
}
