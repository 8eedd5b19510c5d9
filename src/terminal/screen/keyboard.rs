//! The kitty keyboard protocol's flags: those in force, and those laid aside.
//!
//! Each buffer has its own, so that a full-screen program that dies leaves the shell's keys alone.

use crate::terminal::modes::KittyFlags;

/// The most flags that can be laid aside; pushing one more forgets the oldest.
pub const MAX_DEPTH: usize = 16;

/// The flags in force and those laid aside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keyboard {
    now: KittyFlags,
    below: Vec<KittyFlags>,
}

impl Keyboard {
    /// Returns the flags in force.
    pub const fn flags(&self) -> KittyFlags {
        self.now
    }

    /// Returns the flags laid aside, the oldest first.
    pub fn below(&self) -> &[KittyFlags] {
        &self.below
    }

    /// Returns a keyboard with `now` in force and `below` laid aside.
    pub const fn from_parts(now: KittyFlags, below: Vec<KittyFlags>) -> Keyboard {
        Keyboard { now, below }
    }

    /// Lays the flags in force aside and sets `flags`.
    pub fn push(&mut self, flags: KittyFlags) {
        if self.below.len() == MAX_DEPTH {
            self.below.remove(0);
        }
        self.below.push(self.now);
        self.now = flags;
    }

    /// Takes back `count` flags; when none is left, none is in force.
    pub fn pop(&mut self, count: u16) {
        for _ in 0..count {
            match self.below.pop() {
                Some(flags) => self.now = flags,
                None => {
                    self.now = KittyFlags::default();
                    return;
                }
            }
        }
    }

    /// Sets the flags in force (mode 1), adds to them (2) or takes away from them (3).
    pub fn change(&mut self, flags: KittyFlags, mode: u16) {
        let (now, bits) = (self.now.bits(), flags.bits());
        self.now = KittyFlags::from_bits(u16::from(match mode {
            1 => bits,
            2 => now | bits,
            3 => now & !bits,
            _ => now,
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_laid_aside_and_taken_back() {
        let mut keyboard = Keyboard::default();
        let flags = KittyFlags::from_bits;
        keyboard.push(flags(5));
        keyboard.push(flags(1));
        keyboard.change(flags(2), 2);
        assert_eq!(keyboard.flags(), flags(3));
        keyboard.change(flags(1), 3);
        keyboard.pop(1);
        assert_eq!(keyboard.flags(), flags(5));
        keyboard.pop(100);
        assert_eq!(keyboard.flags(), flags(0));
        for _ in 0..100 {
            keyboard.push(flags(7));
        }
        assert_eq!(keyboard.below().len(), MAX_DEPTH);
    }
}
