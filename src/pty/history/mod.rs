//! An agent's history on disk: its output as compressed [`Block`]s in segment files, the oldest of which are deleted
//! when the history grows beyond its cap. The holder records it; anyone who may read the folder reads it back, whether
//! the holder lives or is gone.
//!
//! A segment is named after the first sequence number in it, `00000000000000000042.log`, and is nothing but blocks,
//! each appended once and never changed. Whoever reads along with a living holder may find the last one half written,
//! takes the history to end before it, and asks the holder for the rest.
//!
//! Reading believes only checksums: a torn tail ends the history, damage and missing segments become gaps, and a
//! segment counts only up to where the next one begins.
//!
//! Files are 0600 and folders 0700: they hold whatever the agent printed.

mod checkpoint;
mod recorder;

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::block::{self, Block, BlockError, HEADER, Header, MAGIC};

pub use checkpoint::{Checkpoint, Checkpoints};
pub(super) use recorder::Recorder;

/// An agent's recorded output, for reading.
#[derive(Clone, Debug)]
pub struct History {
    folder: PathBuf,
}

/// What comes next in a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored {
    /// Output.
    Block(Block),
    /// The output `from..to` is not there: it was never written, was deleted, or is damaged.
    Gap {
        /// The first missing sequence number.
        from: u64,
        /// The first one that is there again.
        to: u64,
    },
}

impl History {
    /// Returns the history in this folder; one that does not exist is empty.
    pub fn new(folder: impl Into<PathBuf>) -> History {
        History { folder: folder.into() }
    }

    /// Returns the sequence numbers of what is stored, in ascending order and without looking into the blocks:
    /// damage inside one is found only by reading it.
    ///
    /// # Errors
    /// Fails if the folder or a segment cannot be read.
    pub fn ranges(&self) -> io::Result<Vec<Range<u64>>> {
        let mut blocks = self.read(0)?;
        let mut ranges: Vec<Range<u64>> = Vec::new();
        while let Some((header, _)) = blocks.next_header()? {
            let (start, end) = (header.first.seq.max(blocks.next), blocks.clip(header.end()));
            match ranges.last_mut() {
                Some(last) if last.end == start => last.end = end,
                _ => ranges.push(start..end),
            }
            blocks.next = end;
        }
        Ok(ranges)
    }

    /// Returns what is stored from the sequence number `from` on.
    ///
    /// # Errors
    /// Fails if the folder cannot be read.
    pub fn read(&self, from: u64) -> io::Result<Blocks> {
        let mut segments: VecDeque<_> = segments(&self.folder)?.into();
        while segments.get(1).is_some_and(|(first, _)| *first <= from) {
            segments.pop_front();
        }
        Ok(Blocks { segments, segment: None, next: from, held: None })
    }
}

/// Blocks and gaps in ascending order; see [`History::read`].
#[derive(Debug)]
pub struct Blocks {
    segments: VecDeque<(u64, PathBuf)>,
    segment: Option<Segment>,
    /// The sequence number after what was read.
    next: u64,
    /// The block after a gap that has just been told.
    held: Option<Block>,
}

#[derive(Debug)]
struct Segment {
    file: File,
    offset: u64,
    /// Where the next segment begins: what this one has beyond it is of a run that was given up.
    limit: u64,
}

impl Blocks {
    /// Finds the next block that has anything after what was read; returns its header and where its payload is.
    fn next_header(&mut self) -> io::Result<Option<(Header, u64)>> {
        loop {
            if self.segment.is_none() && !self.open_next()? {
                return Ok(None);
            }
            let Some(segment) = &mut self.segment else { continue };
            let Some(header) = segment.header()? else {
                self.segment = None;
                continue;
            };
            let payload = segment.offset + HEADER as u64;
            segment.offset = payload + header.payload_len() as u64;
            if header.first.seq < segment.limit && header.end().min(segment.limit) > self.next {
                return Ok(Some((header, payload)));
            }
        }
    }

    /// Opens the next segment; one that was deleted since it was listed is passed over.
    fn open_next(&mut self) -> io::Result<bool> {
        while let Some((_, path)) = self.segments.pop_front() {
            match File::open(path) {
                Ok(file) => {
                    let limit = self.segments.front().map_or(u64::MAX, |(first, _)| *first);
                    self.segment = Some(Segment { file, offset: 0, limit });
                    return Ok(true);
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }

    fn clip(&self, end: u64) -> u64 {
        self.segment.as_ref().map_or(end, |segment| end.min(segment.limit))
    }

    fn next_block(&mut self) -> io::Result<Option<Block>> {
        while let Some((header, payload)) = self.next_header()? {
            let stored = match &self.segment {
                Some(segment) => read_at(&segment.file, payload, header.payload_len())?,
                None => Vec::new(),
            };
            match header.open(&stored) {
                Ok(block) => return Ok(Some(block.part(self.next, self.clip(block.end())))),
                Err(BlockError::NoBlock | BlockError::CutOff | BlockError::Damaged) => {}
            }
        }
        Ok(None)
    }
}

impl Iterator for Blocks {
    type Item = io::Result<Stored>;

    fn next(&mut self) -> Option<io::Result<Stored>> {
        let block = match self.held.take().map_or_else(|| self.next_block(), |block| Ok(Some(block))) {
            Ok(block) => block?,
            Err(error) => return Some(Err(error)),
        };
        let from = self.next;
        if block.first() > from {
            self.next = block.first();
            self.held = Some(block);
            return Some(Ok(Stored::Gap { from, to: self.next }));
        }
        self.next = block.end();
        Some(Ok(Stored::Block(block)))
    }
}

impl Segment {
    /// Reads the header at the offset; if there is none, looks for the next one. None where the segment ends, be it in
    /// the middle of a block.
    fn header(&mut self) -> io::Result<Option<Header>> {
        loop {
            let bytes = read_at(&self.file, self.offset, HEADER)?;
            match Header::read(&bytes) {
                Ok(header) => {
                    let end = self.offset + (HEADER + header.payload_len()) as u64;
                    return Ok((end <= self.file.metadata()?.len()).then_some(header));
                }
                Err(BlockError::CutOff) => return Ok(None),
                Err(BlockError::NoBlock | BlockError::Damaged) => match self.find(self.offset + 1)? {
                    Some(offset) => self.offset = offset,
                    None => return Ok(None),
                },
            }
        }
    }

    /// Returns where at or after `offset` the bytes stand with which a block begins.
    fn find(&self, mut offset: u64) -> io::Result<Option<u64>> {
        loop {
            let bytes = read_at(&self.file, offset, block::MAX_RAW)?;
            if let Some(at) = memchr::memmem::find(&bytes, &MAGIC) {
                return Ok(Some(offset + at as u64));
            }
            if bytes.len() < block::MAX_RAW {
                return Ok(None);
            }
            offset += (bytes.len() - MAGIC.len() + 1) as u64;
        }
    }
}

/// Reads `length` bytes at `offset`, fewer where the file ends.
fn read_at(file: &File, offset: u64, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    let mut have = 0;
    while let Some(room) = bytes.get_mut(have..).filter(|room| !room.is_empty()) {
        match file.read_at(room, offset + have as u64) {
            Ok(0) => break,
            Ok(n) => have += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(have);
    Ok(bytes)
}

/// Returns the files in `folder` that are called after a sequence number, in its order.
fn numbered(folder: &Path, extension: &str) -> io::Result<Vec<(u64, PathBuf)>> {
    let number = |path: &Path| path.file_stem()?.to_str()?.parse().ok();
    let paths = with_extension(folder, extension)?;
    let mut found: Vec<_> = paths.into_iter().filter_map(|path| Some((number(&path)?, path))).collect();
    found.sort_unstable();
    Ok(found)
}

/// Returns the files in `folder` with this extension; none if there is no such folder.
fn with_extension(folder: &Path, extension: &str) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|known| known == extension) {
            found.push(path);
        }
    }
    Ok(found)
}

fn segments(folder: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    numbered(folder, "log")
}

#[cfg(test)]
mod tests;
