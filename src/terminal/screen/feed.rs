//! The way of a byte: from a chunk of output to a sequence that is carried out or a character that is shown.

use super::Screen;
use super::strings::Collected;
use crate::terminal::grid::{Run, Text};
use crate::terminal::parse::csi::Csi;
use crate::terminal::parse::escape::{self, ESC, Escape, MAX_SEQUENCE};
use crate::terminal::parse::text::{Decoded, decode};

const CAN: u8 = 0x18;
const SUB: u8 = 0x1a;

/// Where in a sequence the bytes stopped.
#[derive(Clone, Debug, Default)]
pub(super) struct Lexer {
    /// The control sequence being carried out.
    pub csi: Csi,
    /// The beginning of a sequence or of a character.
    pub carry: Vec<u8>,
    /// The string being collected.
    pub string: Option<Collected>,
    /// Whether the last byte was a carriage return.
    pub after_return: bool,
    /// How many bytes came in all.
    pub consumed: u64,
    /// Where in all bytes the current token ends; the budget counts by it.
    pub place: u64,
}

impl Screen {
    /// Takes what the program wrote. How it is divided among calls makes no difference.
    pub fn feed(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let used = if self.lexer.string.is_some() {
                self.continue_string(rest)
            } else if self.lexer.carry.is_empty() {
                self.interpret(rest)
            } else {
                self.continue_carry(rest)
            };
            rest = rest.get(used..).unwrap_or_default();
        }
    }

    /// Carries out `bytes` as far as they are whole; returns how many were used up.
    pub(super) fn interpret(&mut self, bytes: &[u8]) -> usize {
        let mut run = self.grid.run(bytes);
        while let Some(&byte) = bytes.get(run.at) {
            if byte == ESC {
                let rest = run.rest();
                match escape::parse(rest, &mut self.lexer.csi) {
                    Escape::Csi(len) if len <= MAX_SEQUENCE => {
                        run.end = run.at + len;
                        self.control_sequence(&mut run);
                    }
                    Escape::Esc(len, intermediate, final_byte) if len <= MAX_SEQUENCE => {
                        run.end = run.at + len;
                        self.take(&mut run);
                        self.adjacent = false;
                        self.joining = false;
                        self.escape_sequence(intermediate, final_byte);
                    }
                    Escape::Csi(len) | Escape::Esc(len, ..) | Escape::Nothing(len) => {
                        run.end = run.at + len;
                        self.take(&mut run);
                    }
                    Escape::Opens(len, kind) => {
                        run.end = run.at + len;
                        self.take(&mut run);
                        self.lexer.string = Some(Collected::new(kind));
                        run.at = run.end;
                        break;
                    }
                    Escape::Incomplete => {
                        self.carry_from(&mut run, rest.len());
                        break;
                    }
                    Escape::Interrupted(len) => {
                        self.carry_from(&mut run, len);
                        break;
                    }
                }
            } else {
                self.plain(&mut run);
                if !self.lexer.carry.is_empty() {
                    break;
                }
            }
            self.grid.step(&mut run);
        }
        let used = run.at;
        run.end = used;
        self.take(&mut run);
        self.lexer.after_return = used > 0 && bytes.get(used - 1) == Some(&b'\r');
        self.lexer.consumed += used as u64;
        used
    }

    /// Hands over the bytes before the current token, which is carried out here.
    pub(super) fn take(&mut self, run: &mut Run<'_>) {
        self.grid.take(run);
        self.lexer.place = self.lexer.consumed + run.end as u64;
    }

    /// Takes the text or control character at the front of a run.
    fn plain(&mut self, run: &mut Run<'_>) {
        if !self.joining && self.state.is_simple() {
            match self.grid.pass_text(run, self.lexer.after_return) {
                Text::None => {}
                Text::Passed(adjacent) => {
                    self.adjacent = adjacent;
                    return;
                }
                Text::Fills => return self.print_filling(run),
            }
        }
        let rest = run.rest();
        match decode(rest) {
            Decoded::Char(c, len) => {
                run.end = run.at + len;
                self.take(run);
                if c.is_control() {
                    self.adjacent = false;
                    self.joining = false;
                    self.control_character(c);
                } else {
                    self.print(c);
                }
            }
            Decoded::Invalid(len) => {
                run.end = run.at + len;
                self.take(run);
                self.print('\u{fffd}');
            }
            Decoded::Incomplete => self.carry_from(run, rest.len()),
        }
    }

    /// Keeps the next `len` bytes for when more of them come.
    fn carry_from(&mut self, run: &mut Run<'_>, len: usize) {
        run.end = run.at + len;
        self.take(run);
        self.lexer.carry.extend_from_slice(run.token());
        self.limit_carry();
        run.at = run.end;
    }

    /// Makes a sequence that is too long one that says nothing.
    fn limit_carry(&mut self) {
        let carry = &mut self.lexer.carry;
        if carry.len() > MAX_SEQUENCE {
            let stub: &[u8] = if carry.get(1) == Some(&b'[') { b"[0?" } else { b"  " };
            carry.clear();
            carry.push(ESC);
            carry.extend_from_slice(stub);
        }
    }

    /// Goes on with a sequence or character that was cut; returns how many bytes were used up.
    fn continue_carry(&mut self, bytes: &[u8]) -> usize {
        let in_sequence = self.lexer.carry.first() == Some(&ESC);
        let mut used = 0;
        while let Some(&byte) = bytes.get(used) {
            if !in_sequence {
                return used + self.continue_character(byte);
            }
            used += 1;
            self.lexer.consumed += 1;
            match byte {
                CAN | SUB => {
                    self.lexer.carry.clear();
                    return used;
                }
                ESC => {
                    self.lexer.carry.clear();
                    self.lexer.carry.push(ESC);
                }
                0x00..=0x1f => self.control_within(byte),
                0x7f..=0xff => {}
                _ => {
                    self.lexer.carry.push(byte);
                    match escape::parse(&self.lexer.carry, &mut self.lexer.csi) {
                        Escape::Incomplete | Escape::Interrupted(_) => self.limit_carry(),
                        _ => {
                            self.interpret_carry();
                            return used;
                        }
                    }
                }
            }
        }
        used
    }

    /// Carries out a control character in the middle of a sequence.
    fn control_within(&mut self, byte: u8) {
        let carry = std::mem::take(&mut self.lexer.carry);
        self.lexer.consumed = self.lexer.consumed.saturating_sub(1);
        self.interpret(&[byte]);
        self.lexer.carry = carry;
    }

    /// Goes on with a character that was cut; returns whether `byte` was used up, as 0 or 1.
    fn continue_character(&mut self, byte: u8) -> usize {
        self.lexer.carry.push(byte);
        match decode(&self.lexer.carry) {
            Decoded::Incomplete => {
                self.lexer.consumed += 1;
                1
            }
            Decoded::Char(..) => {
                self.lexer.consumed += 1;
                self.interpret_carry();
                1
            }
            Decoded::Invalid(_) => {
                self.lexer.carry.clear();
                self.print('\u{fffd}');
                self.lexer.after_return = false;
                0
            }
        }
    }

    /// Carries out what was cut and is now whole.
    fn interpret_carry(&mut self) {
        let carry = std::mem::take(&mut self.lexer.carry);
        self.lexer.consumed = self.lexer.consumed.saturating_sub(carry.len() as u64);
        self.interpret(&carry);
    }
}
