//! A block: a stretch of an agent's output with its timeline, as one sealed piece of bytes. The history on disk is
//! made of blocks, and a holder answers with one when it is asked for what is not on disk yet.
//!
//! Version 1, all numbers little-endian:
//!
//! ```text
//!  0  magic "ACB" and the version 1        28  started at, i64 ms since 1970
//!  4  first sequence number, u64           36  rows, u16 · columns, u16
//! 12  length of the raw output, u32        40  CRC-32 of the stored payload
//! 16  length of the marks, u32             44  CRC-32 of bytes 0..44
//! 20  length of the stored payload, u32    48  stored payload
//! 24  reserved, 0
//! ```
//!
//! The payload is the raw output followed by the marks after the first, compressed as an LZ4 block, or as it is where
//! compression gains nothing (then both lengths are equal). A mark is three varints: the distance to the number
//! before it, twice, plus one if it has another size; the zigzag distance in milliseconds; and then, if it has one,
//! the size as `rows << 16 | columns`.
//!
//! Reading trusts nothing: every length is bounded before anything is allocated.

use std::borrow::Cow;

use super::Size;
use super::timeline::{Mark, Timeline};
use crate::domain::Timestamp;

/// The most output in one block, in bytes.
pub(super) const MAX_RAW: usize = 64 * 1024;
/// The most marks in one block.
pub(super) const MAX_MARKS: usize = 2048;
/// The length of a block's header, in bytes.
pub(super) const HEADER: usize = 48;
/// The first bytes of every block.
pub(super) const MAGIC: [u8; 4] = *b"ACB\x01";

/// A mark takes at most three varints of 5, 10 and 5 bytes.
const MAX_MARK_BYTES: usize = 20 * MAX_MARKS;

/// What makes a block unreadable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum BlockError {
    #[error("there is no block here")]
    NoBlock,
    #[error("the block is cut off")]
    CutOff,
    #[error("the block is damaged")]
    Damaged,
}

/// A stretch of an agent's output, with times and sizes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    bytes: Vec<u8>,
    timeline: Timeline,
}

/// A run of output between two marks of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// The number of its first byte, the time that byte came, and the size the terminal had from there on.
    pub mark: Mark,
    /// The output.
    pub bytes: &'a [u8],
}

impl Block {
    /// Returns the sequence number of the block's first byte.
    #[must_use]
    pub fn first(&self) -> u64 {
        self.timeline.first().seq
    }

    /// Returns the sequence number after the block's last byte.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.first().saturating_add(self.bytes.len() as u64)
    }

    /// Returns the output.
    #[cfg(test)]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns the output in runs, each with the time it came and the terminal's size then.
    pub fn pieces(&self) -> impl Iterator<Item = Piece<'_>> {
        let ends = self.timeline.marks().skip(1).map(|mark| mark.seq).chain([self.end()]);
        self.timeline.marks().zip(ends).map(|(mark, end)| Piece { mark, bytes: self.range(mark.seq, end) })
    }

    /// Returns what the block has of the output `from..to`.
    #[must_use]
    pub fn part(&self, from: u64, to: u64) -> Block {
        let from = from.clamp(self.first(), self.end());
        let to = to.clamp(from, self.end());
        Block { bytes: self.range(from, to).to_vec(), timeline: self.timeline.part(from, to) }
    }

    /// Returns the output from `from` up to the next resize, and where that is.
    pub(super) fn run(&self, from: u64) -> (Mark, &[u8]) {
        let end = self.timeline.next_resize(from).unwrap_or(u64::MAX).min(self.end());
        (self.timeline.at(from), self.range(from, end))
    }

    fn range(&self, from: u64, to: u64) -> &[u8] {
        let index = |seq: u64| usize::try_from(seq.saturating_sub(self.first())).unwrap_or(usize::MAX);
        self.bytes.get(index(from)..index(to)).unwrap_or_default()
    }
}

/// Returns the stored form of the output in `parts`, whose first byte has the timeline's first number.
pub(super) fn encode(parts: (&[u8], &[u8]), timeline: &Timeline) -> Vec<u8> {
    let raw_len = parts.0.len() + parts.1.len();
    let mut raw = Vec::with_capacity(raw_len + 16 * timeline.len());
    raw.extend_from_slice(parts.0);
    raw.extend_from_slice(parts.1);
    put_marks(&mut raw, timeline);

    let mut out = vec![0; HEADER + lz4_flex::block::get_maximum_output_size(raw.len())];
    let stored = match out.get_mut(HEADER..).map(|room| lz4_flex::block::compress_into(&raw, room)) {
        Some(Ok(len)) if len < raw.len() => {
            out.truncate(HEADER + len);
            len
        }
        _ => {
            out.truncate(HEADER);
            out.extend_from_slice(&raw);
            raw.len()
        }
    };
    let first = timeline.first();
    let mut header = Vec::with_capacity(HEADER);
    header.extend_from_slice(&MAGIC);
    header.extend_from_slice(&first.seq.to_le_bytes());
    for length in [raw_len, raw.len() - raw_len, stored, 0] {
        header.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
    }
    header.extend_from_slice(&first.at.0.to_le_bytes());
    header.extend_from_slice(&first.size.rows().to_le_bytes());
    header.extend_from_slice(&first.size.cols().to_le_bytes());
    header.extend_from_slice(&crc32fast::hash(out.get(HEADER..).unwrap_or_default()).to_le_bytes());
    header.extend_from_slice(&crc32fast::hash(&header).to_le_bytes());
    for (slot, byte) in out.iter_mut().zip(header) {
        *slot = byte;
    }
    out
}

/// A block's header, checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) first: Mark,
    raw_len: usize,
    marks_len: usize,
    stored_len: usize,
    payload_crc: u32,
}

impl Header {
    /// Reads the header at the start of `bytes`.
    pub(super) fn read(bytes: &[u8]) -> Result<Header, BlockError> {
        let header: &[u8; HEADER] = bytes.first_chunk().ok_or(BlockError::CutOff)?;
        let word =
            |at: usize| header.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |b| u32::from_le_bytes(*b));
        let long = |at: usize| u64::from(word(at)) | u64::from(word(at + 4)) << 32;
        if !header.starts_with(&MAGIC) || word(44) != crc32fast::hash(header.get(..44).unwrap_or_default()) {
            return Err(BlockError::NoBlock);
        }
        let length = |at: usize, most: usize| {
            usize::try_from(word(at)).ok().filter(|len| *len <= most).ok_or(BlockError::Damaged)
        };
        let (raw_len, marks_len) = (length(12, MAX_RAW)?, length(16, MAX_MARK_BYTES)?);
        let size = word(36).to_le_bytes();
        Ok(Header {
            first: Mark {
                seq: long(4),
                at: Timestamp(long(28).cast_signed()),
                size: Size::new(
                    u16::from_le_bytes([size[0], size[1]]),
                    u16::from_le_bytes([size[2], size[3]]),
                ),
            },
            raw_len,
            marks_len,
            stored_len: length(20, raw_len + marks_len)?,
            payload_crc: word(40),
        })
    }

    /// Returns the sequence number after the block's last byte.
    pub(super) fn end(&self) -> u64 {
        self.first.seq.saturating_add(self.raw_len as u64)
    }

    /// Returns the length of the payload that follows the header.
    pub(super) fn payload_len(&self) -> usize {
        self.stored_len
    }

    /// Returns the block that has this header and payload.
    pub(super) fn open(&self, payload: &[u8]) -> Result<Block, BlockError> {
        let payload = payload.get(..self.stored_len).ok_or(BlockError::CutOff)?;
        if crc32fast::hash(payload) != self.payload_crc {
            return Err(BlockError::Damaged);
        }
        let whole = self.raw_len + self.marks_len;
        let raw = if self.stored_len == whole {
            Cow::Borrowed(payload)
        } else {
            let mut raw = vec![0; whole];
            if lz4_flex::block::decompress_into(payload, &mut raw).is_ok_and(|length| length == whole) {
                Cow::Owned(raw)
            } else {
                return Err(BlockError::Damaged);
            }
        };
        let (bytes, marks) = raw.split_at_checked(self.raw_len).ok_or(BlockError::Damaged)?;
        Ok(Block { timeline: read_marks(self.first, marks)?, bytes: bytes.to_vec() })
    }
}

/// Reads a whole stored block.
pub(super) fn decode(stored: &[u8]) -> Result<Block, BlockError> {
    Header::read(stored)?.open(stored.get(HEADER..).unwrap_or_default())
}

fn put_marks(out: &mut Vec<u8>, timeline: &Timeline) {
    let mut before = timeline.first();
    for mark in timeline.marks().skip(1) {
        let resized = mark.size != before.size;
        put_varint(out, mark.seq.wrapping_sub(before.seq) << 1 | u64::from(resized));
        let apart = mark.at.0.wrapping_sub(before.at.0);
        put_varint(out, (apart << 1 ^ apart >> 63).cast_unsigned());
        if resized {
            put_varint(out, u64::from(mark.size.rows()) << 16 | u64::from(mark.size.cols()));
        }
        before = mark;
    }
}

fn read_marks(first: Mark, mut bytes: &[u8]) -> Result<Timeline, BlockError> {
    let mut timeline = Timeline::new(first);
    let mut mark = first;
    while !bytes.is_empty() {
        let step = take_varint(&mut bytes)?;
        mark.seq = mark.seq.saturating_add(step >> 1);
        let apart = take_varint(&mut bytes)?;
        mark.at.0 = mark.at.0.wrapping_add((apart >> 1).cast_signed() ^ -(apart & 1).cast_signed());
        if step & 1 == 1 {
            let size = take_varint(&mut bytes)?.to_le_bytes();
            mark.size =
                Size::new(u16::from_le_bytes([size[2], size[3]]), u16::from_le_bytes([size[0], size[1]]));
        }
        timeline.push(mark);
    }
    Ok(timeline)
}

fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

fn take_varint(bytes: &mut &[u8]) -> Result<u64, BlockError> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first().ok_or(BlockError::Damaged)?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(BlockError::Damaged)
}

#[cfg(test)]
mod tests;
