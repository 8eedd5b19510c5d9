//! Everything an agent has printed, as far as it is kept: the latest in memory, what is older on disk. The disk may
//! fail and come back; the agent never notices, and the transcript knows what is missing.
//!
//! Output goes to disk in blocks of 64 KiB, or of what there is a second after the first byte that the disk does not
//! have: no crash costs more than that. A thread of its own writes them, one at a time. While it is behind, output stays
//! in memory, and once that is full no more is read, so that the agent waits; but no longer than [`STALL_AFTER`]. A disk
//! that takes longer counts as one that fails: then the oldest output leaves the memory unwritten.

use std::io;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant, SystemTime};

use super::ring::Ring;
use super::writer::{Job, Writer};
use crate::domain::Timestamp;
use crate::pty::block::{self, MAX_MARKS, MAX_RAW};
use crate::pty::launch::Keep;
use crate::pty::timeline::{Mark, Timeline};
use crate::pty::wire::Health;
use crate::pty::{End, History, Size};

/// How much output is kept in memory, in bytes: four blocks, so that a disk that fails has some time to recover.
pub(super) const CAPACITY: usize = 4 * MAX_RAW;
/// For how long output may be on no disk.
const FLUSH_AFTER: Duration = Duration::from_secs(1);
/// For how long a disk that failed is left alone.
const RETRY_AFTER: Duration = Duration::from_secs(5);
/// For how long the agent may wait for the disk.
const STALL_AFTER: Duration = Duration::from_secs(2);
/// For how long a holder that ends waits for the disk.
const LAST_PATIENCE: Duration = Duration::from_secs(2);

/// An agent's output.
pub(super) struct Transcript {
    ring: Ring,
    timeline: Timeline,
    keep: Option<Keep>,
    writer: Option<Writer>,
    /// Whether the folder of the history was there at the beginning.
    had_folder: bool,
    /// What the writer has.
    flight: Option<Flight>,
    /// Before this number, everything was given to the writer, or is lost.
    next: u64,
    /// When what was not given to the writer must be, whether it fills a block or not.
    flush_at: Option<Instant>,
    /// Before this number, everything is to be given to the writer, whether it fills a block or not.
    flush_to: u64,
    /// How the agent ended, until that is written down.
    end: Option<End>,
    /// Whether it is written down.
    end_is_kept: bool,
    /// How often in a row the folder of the history was not there.
    misses: u32,
    failure: Option<Failure>,
    lost: u64,
    news: bool,
}

/// What the writer is doing.
#[derive(Clone, Copy, Debug)]
struct Flight {
    /// The output that it writes; nothing while it does something else.
    from: u64,
    to: u64,
    what: What,
    since: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Block,
    End,
    Look,
}

struct Failure {
    cause: String,
    retry_at: Instant,
}

impl Transcript {
    /// Returns an empty transcript whose first byte will have the number `first`.
    pub(super) fn new(keep: Option<Keep>, first: u64, at: Timestamp, size: Size) -> Transcript {
        Transcript {
            had_folder: keep.as_ref().is_some_and(|keep| keep.folder.is_dir()),
            ring: Ring::new(CAPACITY, first),
            timeline: Timeline::new(Mark { seq: first, at, size }),
            keep,
            writer: None,
            flight: None,
            next: first,
            flush_at: None,
            flush_to: first,
            end: None,
            end_is_kept: false,
            misses: 0,
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
            if self.flush_at.is_none() {
                self.flush_at = Some(now.instant + FLUSH_AFTER);
            }
            self.evict();
            self.hand_over(now);
        }
        Ok(count)
    }

    /// Returns how much output there is room for while the bytes from `floor` on, and those that the disk is to take, are
    /// to stay in memory.
    pub(super) fn room(&self, floor: Option<u64>) -> u64 {
        let waits = self.keep.is_some() && self.failure.is_none();
        let unwritten = waits.then(|| self.flight.map_or(self.next, |flight| flight.from));
        let floor = floor.into_iter().chain(unwritten).min();
        floor.map_or(self.ring.capacity(), |floor| {
            self.ring.capacity().saturating_sub(self.ring.end().saturating_sub(floor))
        })
    }

    /// Notes that the terminal has another size from the next byte on.
    pub(super) fn resize(&mut self, at: Timestamp, size: Size) {
        self.timeline.resize(self.ring.end(), at, size);
    }

    /// Has it written down how the agent ended, behind all that it printed.
    pub(super) fn note_end(&mut self, end: End) {
        self.end = Some(end).filter(|_| self.keep.is_some());
        self.flush_to = self.ring.end();
    }

    /// Returns whether the agent's end is written down, and so all that it printed.
    pub(super) fn end_is_kept(&self) -> bool {
        self.end_is_kept
    }

    /// Has it looked whether the folder of the history is there, unless the disk is busy.
    pub(super) fn look_for_folder(&mut self, now: Moment) {
        if self.flight.is_none() {
            self.give(Job::Look, (self.next, self.next, What::Look), now);
        }
    }

    /// Returns whether the folder of the history was removed, or moved to where it is not found: twice in a row, it was
    /// not there.
    pub(super) fn folder_is_gone(&self) -> bool {
        self.misses > 1
    }

    /// Keeps no history from now on.
    pub(super) fn forget_disk(&mut self) {
        (self.keep, self.writer, self.flight, self.failure) = (None, None, None, None);
    }

    /// Returns when [`Transcript::look_after_disk`] has something to do, if nothing else happens.
    pub(super) fn look_at(&self) -> Option<Instant> {
        match (&self.flight, &self.failure) {
            (Some(flight), None) => Some(flight.since + STALL_AFTER),
            (Some(_), Some(_)) => None,
            (None, Some(failure)) => {
                Some(failure.retry_at).filter(|_| self.next < self.ring.end() || self.end.is_some())
            }
            (None, None) => self.flush_at,
        }
    }

    /// Returns what is readable when the disk has taken something.
    pub(super) fn bell(&self) -> Option<&UnixStream> {
        self.writer.as_ref().map(Writer::bell)
    }

    /// Takes in what the disk has done, and gives it what is due.
    pub(super) fn look_after_disk(&mut self, now: Moment) {
        if let Some(done) = self.writer.as_ref().filter(|_| self.flight.is_some()).and_then(Writer::done) {
            self.done(done, now);
        }
        let stalled = |flight: &Flight| flight.since + STALL_AFTER <= now.instant;
        if self.flight.as_ref().is_some_and(stalled) && self.failure.is_none() {
            self.fail("the disk does not answer".to_owned(), now.instant);
        }
        let retry_at = self.failure.as_ref().map(|failure| failure.retry_at);
        if [self.flush_at, retry_at].into_iter().flatten().any(|at| at <= now.instant) {
            self.flush_to = self.ring.end();
        }
        self.hand_over(now);
    }

    /// Writes what is on no disk, now and for the last time; what a disk does not take soon is given up.
    pub(super) fn finish(&mut self, now: Moment) {
        self.failure = None;
        self.flush_to = self.ring.end();
        let until = Instant::now() + LAST_PATIENCE;
        self.hand_over(now);
        while let Some(done) =
            self.writer.as_ref().filter(|_| self.flight.is_some()).and_then(|w| w.wait(until))
        {
            self.done(done, now);
            self.hand_over(now);
        }
    }

    /// Returns the stored form of one block from `from` on, or from the oldest byte in memory if that is later.
    pub(super) fn tail(&self, from: u64) -> Vec<u8> {
        let from = from.clamp(self.ring.start(), self.ring.end());
        let to = self.block_end(from);
        block::encode(self.ring.part(from, to), &self.timeline.part(from, to))
    }

    fn crowded(&self) -> bool {
        self.timeline.nth_after(self.next, MAX_MARKS).is_some()
    }

    /// Returns the end of the block that begins at `from`: no more than what is there, and what fits into one.
    fn block_end(&self, from: u64) -> u64 {
        let end = self.ring.end().min(from + MAX_RAW as u64);
        self.timeline.nth_after(from, MAX_MARKS).map_or(end, |seq| end.min(seq))
    }

    /// Gives the writer the next block, if it has nothing to do and one is due: full, of bytes or of marks, or to be
    /// flushed. Behind the last one comes the agent's end.
    fn hand_over(&mut self, now: Moment) {
        if self.keep.is_none() {
            (self.next, self.flush_at) = (self.ring.end(), None);
            return self.timeline.forget_times_before(self.next);
        }
        let is_left_alone = self.failure.as_ref().is_some_and(|failure| failure.retry_at > now.instant);
        if self.flight.is_some() || is_left_alone {
            return;
        }
        let (from, end) = (self.next, self.ring.end());
        if end - from >= MAX_RAW as u64 || self.crowded() || from < self.flush_to.min(end) {
            let to = self.block_end(from);
            let stored = block::encode(self.ring.part(from, to), &self.timeline.part(from, to));
            if self.give(Job::Block { from, stored }, (from, to, What::Block), now) {
                self.next = to;
                self.flush_at = (to < end).then(|| now.instant + FLUSH_AFTER);
            }
        } else if let Some(last) = self.end.clone().filter(|_| from == end) {
            self.give(Job::End(last), (from, from, What::End), now);
        }
    }

    /// Gives the writer a job; returns whether it took it.
    fn give(&mut self, job: Job, (from, to, what): (u64, u64, What), now: Moment) -> bool {
        let Some(keep) = &self.keep else { return false };
        let writer = match &self.writer {
            Some(writer) => Ok(writer),
            None => Writer::start(keep.clone(), from, self.had_folder).map(|new| &*self.writer.insert(new)),
        };
        match writer.and_then(|writer| writer.give(job)) {
            Ok(()) => {
                self.flight = Some(Flight { from, to, what, since: now.instant });
                true
            }
            Err(error) => {
                self.writer = None;
                self.fail(error.to_string(), now.instant + RETRY_AFTER);
                false
            }
        }
    }

    /// Takes in how a job went. A block that was not written is written again, as far as it is in memory.
    fn done(&mut self, result: io::Result<()>, now: Moment) {
        let Some(flight) = self.flight.take() else { return };
        if flight.what == What::Look {
            let is_missing = result.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
            self.misses = if is_missing { self.misses + 1 } else { 0 };
            return;
        }
        match result {
            Ok(()) => {
                self.news |= self.failure.take().is_some();
                self.timeline.forget_times_before(flight.to);
                if flight.what == What::End {
                    (self.end, self.end_is_kept) = (None, true);
                }
            }
            Err(error) => {
                let start = self.ring.start();
                self.lost += start.clamp(flight.from, flight.to) - flight.from;
                if self.next == flight.to {
                    self.next = start.clamp(flight.from, flight.to);
                }
                self.flush_to = self.flush_to.max(flight.to);
                self.fail(error.to_string(), now.instant + RETRY_AFTER);
            }
        }
    }

    fn fail(&mut self, cause: String, retry_at: Instant) {
        self.news |= self.failure.is_none();
        self.failure = Some(Failure { cause, retry_at });
    }

    /// Forgets what is no longer in memory. What was not given to the disk by then is lost to the history.
    fn evict(&mut self) {
        let start = self.ring.start();
        self.timeline.forget_before(start);
        if self.next < start {
            if self.keep.is_some() {
                self.lost += start - self.next;
            }
            self.next = start;
        }
    }
}

/// One instant on both clocks: the one that people read, and the one that never goes back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    pub(super) at: Timestamp,
    pub(super) instant: Instant,
}

impl Moment {
    /// Returns the present one.
    pub(super) fn now() -> Moment {
        let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Moment {
            at: Timestamp(i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX)),
            instant: Instant::now(),
        }
    }
}

#[cfg(test)]
mod tests;
