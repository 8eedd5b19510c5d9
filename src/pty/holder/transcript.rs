//! Everything an agent has printed, as far as it is kept: the latest in memory, what is older on disk. The disk may
//! fail and come back; the agent never notices, and the transcript knows what is missing.
//!
//! Output goes to disk in blocks of 64 KiB, or of what there is a second after the first byte that the disk does not
//! have: no crash costs more than that.

use std::io;
use std::time::{Duration, Instant};

use super::ring::Ring;
use crate::domain::Timestamp;
use crate::pty::block::{self, MAX_MARKS, MAX_RAW};
use crate::pty::history::Recorder;
use crate::pty::launch::Keep;
use crate::pty::timeline::{Mark, Timeline};
use crate::pty::wire::Health;
use crate::pty::{History, Size};

/// How much output is kept in memory, in bytes: four blocks, so that a disk that fails has some time to recover.
pub(super) const CAPACITY: usize = 4 * MAX_RAW;
/// For how long output may be on no disk.
const FLUSH_AFTER: Duration = Duration::from_secs(1);
/// For how long a disk that failed is left alone.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// An agent's output.
pub(super) struct Transcript {
    ring: Ring,
    timeline: Timeline,
    keep: Option<Keep>,
    recorder: Option<Recorder>,
    /// Before this number, everything is on disk, or lost.
    written: u64,
    /// When what is on no disk must be written.
    flush_at: Option<Instant>,
    failure: Option<Failure>,
    lost: u64,
    news: bool,
}

struct Failure {
    cause: String,
    retry_at: Instant,
}

impl Transcript {
    /// Returns an empty transcript whose first byte will have the number `first`.
    pub(super) fn new(keep: Option<Keep>, first: u64, at: Timestamp, size: Size) -> Transcript {
        Transcript {
            ring: Ring::new(CAPACITY, first),
            timeline: Timeline::new(Mark { seq: first, at, size }),
            keep,
            recorder: None,
            written: first,
            flush_at: None,
            failure: None,
            lost: 0,
            news: false,
        }
    }

    pub(super) fn ring(&self) -> &Ring {
        &self.ring
    }

    pub(super) fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    pub(super) fn size(&self) -> Size {
        self.timeline.last().size
    }

    /// Returns how many bytes of output the history lacks.
    pub(super) fn lost(&self) -> u64 {
        self.lost
    }

    pub(super) fn health(&self) -> Health {
        match (&self.keep, &self.failure) {
            (None, _) => Health::Off,
            (Some(_), None) => Health::Fine,
            (Some(_), Some(failure)) => Health::Failing(failure.cause.clone()),
        }
    }

    /// Returns whether the health has changed since this was asked last.
    pub(super) fn take_news(&mut self) -> bool {
        std::mem::take(&mut self.news)
    }

    /// Returns what is on disk, if a history is kept.
    pub(super) fn history(&self) -> Option<History> {
        self.keep.as_ref().map(|keep| History::new(&*keep.folder))
    }

    /// Takes output from `read`, which fills the slice it gets and returns how much of it; at most as much as leaves
    /// the bytes from `floor` on in memory. Returns how much it was; 0 without a call of `read` if there is no room.
    pub(super) fn take(
        &mut self,
        floor: Option<u64>,
        now: Moment,
        read: impl FnOnce(&mut [u8]) -> io::Result<usize>,
    ) -> io::Result<usize> {
        let most = usize::try_from(self.room(floor)).unwrap_or(usize::MAX).min(MAX_RAW);
        if most == 0 {
            return Ok(0);
        }
        let (seq, count) = (self.ring.end(), read(self.ring.room(most))?);
        self.ring.commit(count);
        if count > 0 {
            if self.timeline.len() < 2 * MAX_MARKS {
                self.timeline.output(seq, now.at);
            }
            if self.keep.is_some() && self.flush_at.is_none() {
                self.flush_at = Some(now.instant + FLUSH_AFTER);
            }
            self.evict();
            self.write_full(now);
        }
        Ok(count)
    }

    /// Returns how much output there is room for while the bytes from `floor` on are to stay in memory.
    pub(super) fn room(&self, floor: Option<u64>) -> u64 {
        floor.map_or(self.ring.capacity(), |floor| {
            self.ring.capacity().saturating_sub(self.ring.end().saturating_sub(floor))
        })
    }

    /// Notes that the terminal has another size from the next byte on.
    pub(super) fn resize(&mut self, at: Timestamp, size: Size) {
        self.timeline.resize(self.ring.end(), at, size);
    }

    /// Returns when [`Transcript::flush`] has something to do.
    pub(super) fn flush_at(&self) -> Option<Instant> {
        self.flush_at
    }

    /// Writes what is on no disk, if it is time.
    pub(super) fn flush(&mut self, now: Moment) {
        if self.flush_at.is_some_and(|at| at <= now.instant) {
            self.write_all(now);
        }
    }

    /// Writes what is on no disk, now and for the last time.
    pub(super) fn finish(&mut self, now: Moment) {
        self.failure = None;
        self.write_all(now);
    }

    fn write_all(&mut self, now: Moment) {
        while self.written < self.ring.end() {
            let before = self.written;
            self.write(now);
            if self.written == before {
                break;
            }
        }
    }

    /// Returns the stored form of one block from `from` on, or from the oldest byte in memory if that is later.
    pub(super) fn tail(&self, from: u64) -> Vec<u8> {
        let from = from.clamp(self.ring.start(), self.ring.end());
        let to = self.block_end(from);
        block::encode(self.ring.part(from, to), &self.timeline.part(from, to))
    }

    /// Writes every block that is full, of bytes or of marks.
    fn write_full(&mut self, now: Moment) {
        while self.ring.end() - self.written >= MAX_RAW as u64 || self.crowded() {
            let before = self.written;
            self.write(now);
            if self.written == before {
                break;
            }
        }
    }

    fn crowded(&self) -> bool {
        self.timeline.nth_after(self.written, MAX_MARKS).is_some()
    }

    /// Returns the end of the block that begins at `from`: no more than what is there, and what fits into one.
    fn block_end(&self, from: u64) -> u64 {
        let end = self.ring.end().min(from + MAX_RAW as u64);
        self.timeline.nth_after(from, MAX_MARKS).map_or(end, |seq| end.min(seq))
    }

    /// Writes the first block of what is on no disk.
    fn write(&mut self, now: Moment) {
        let Some(keep) = &self.keep else { return self.skip(self.ring.end()) };
        if self.failure.as_ref().is_some_and(|failure| failure.retry_at > now.instant) {
            return;
        }
        self.flush_at = None;
        let from = self.written;
        let to = self.block_end(from);
        if to <= from {
            return;
        }
        let stored = block::encode(self.ring.part(from, to), &self.timeline.part(from, to));
        let recorder = match &mut self.recorder {
            Some(recorder) => Ok(recorder),
            None => Recorder::new(&keep.folder, keep.cap, from).map(|new| self.recorder.insert(new)),
        };
        match recorder.and_then(|recorder| recorder.put(&stored, from)) {
            Ok(()) => {
                self.news |= self.failure.take().is_some();
                self.skip(to);
                if to < self.ring.end() {
                    self.flush_at = Some(now.instant + FLUSH_AFTER);
                }
            }
            Err(error) => {
                self.news |= self.failure.is_none();
                let retry_at = now.instant + RETRY_AFTER;
                self.failure = Some(Failure { cause: error.to_string(), retry_at });
                self.flush_at = Some(retry_at);
            }
        }
    }

    /// Leaves behind what needs no writing any more.
    fn skip(&mut self, to: u64) {
        self.written = to;
        self.timeline.forget_times_before(to);
    }

    /// Forgets what is no longer in memory. What was on no disk by then is lost to the history.
    fn evict(&mut self) {
        let start = self.ring.start();
        self.timeline.forget_before(start);
        if self.written < start {
            self.lost += start - self.written;
            self.skip(start);
        }
    }
}

/// One instant on both clocks: the one that people read, and the one that never goes back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    pub(super) at: Timestamp,
    pub(super) instant: Instant,
}

#[cfg(test)]
mod tests;
