//! When output came and how large the terminal was then: what replays, recordings and a rebuilt screen need beside
//! the bytes. A timeline begins with a mark and holds at every later sequence number what changed there.
//!
//! A mark counts for the byte with its number and all after it, up to the next mark. A resize therefore takes effect
//! before the byte that has its number; of several at one number the last is the one that counts.

use std::collections::VecDeque;
use std::time::Duration;

use super::Size;
use crate::domain::Timestamp;

/// Output that follows within this span of the mark before it shares that mark.
const RESOLUTION: Duration = Duration::from_millis(50);

/// From this byte on: the time it came, and the terminal's size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The sequence number of the first byte it counts for.
    pub seq: u64,
    /// When that byte came.
    pub at: Timestamp,
    /// The terminal's size then.
    pub size: Size,
}

/// Marks in ascending order of their sequence numbers; there is always a first one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Timeline {
    first: Mark,
    later: VecDeque<Mark>,
}

impl Timeline {
    pub(super) fn new(first: Mark) -> Timeline {
        Timeline { first, later: VecDeque::new() }
    }

    /// Returns the number of marks.
    pub(super) fn len(&self) -> usize {
        1 + self.later.len()
    }

    pub(super) fn marks(&self) -> impl Iterator<Item = Mark> {
        std::iter::once(self.first).chain(self.later.iter().copied())
    }

    pub(super) fn first(&self) -> Mark {
        self.first
    }

    pub(super) fn last(&self) -> Mark {
        self.later.back().copied().unwrap_or(self.first)
    }

    /// Returns the mark that counts for the byte `seq`; for one before the first mark, that one.
    pub(super) fn at(&self, seq: u64) -> Mark {
        let after = self.later.partition_point(|mark| mark.seq <= seq);
        after.checked_sub(1).and_then(|i| self.later.get(i).copied()).unwrap_or(self.first)
    }

    /// Returns the sequence number after `seq` from which on the terminal has another size than at `seq`.
    pub(super) fn next_resize(&self, seq: u64) -> Option<u64> {
        let size = self.at(seq).size;
        let after = self.later.partition_point(|mark| mark.seq <= seq);
        self.later.range(after..).find(|mark| mark.size != size).map(|mark| mark.seq)
    }

    /// Returns the sequence number of the `n`th mark after the byte `seq`, if there are so many.
    pub(super) fn nth_after(&self, seq: u64, n: usize) -> Option<u64> {
        let after = self.later.partition_point(|mark| mark.seq <= seq);
        self.later.get(after + n.checked_sub(1)?).map(|mark| mark.seq)
    }

    /// Adds a mark; one that is not after the last takes its place.
    pub(super) fn push(&mut self, mark: Mark) {
        let last = self.later.back_mut().unwrap_or(&mut self.first);
        if mark.seq > last.seq {
            self.later.push_back(mark);
        } else {
            *last = Mark { seq: last.seq, ..mark };
        }
    }

    /// Notes that the byte `seq` came at `at`.
    pub(super) fn output(&mut self, seq: u64, at: Timestamp) {
        let last = self.last();
        let apart = at.since(last.at).max(last.at.since(at));
        if seq == last.seq || apart >= RESOLUTION {
            self.push(Mark { seq, at, size: last.size });
        }
    }

    /// Notes that the terminal has another size from the byte `seq` on.
    pub(super) fn resize(&mut self, seq: u64, at: Timestamp, size: Size) {
        if self.last().size != size {
            self.push(Mark { seq, at, size });
        }
    }

    /// Forgets what counts only for bytes before `seq`.
    pub(super) fn forget_before(&mut self, seq: u64) {
        if seq > self.first.seq {
            self.first = Mark { seq, ..self.at(seq) };
            let gone = self.later.partition_point(|mark| mark.seq <= seq);
            self.later.drain(..gone);
        }
    }

    /// Forgets the times, not the sizes, before `seq`: they are on disk.
    pub(super) fn forget_times_before(&mut self, seq: u64) {
        let mut size = self.first.size;
        self.later.retain(|mark| {
            let keep = mark.seq >= seq || mark.size != size;
            size = mark.size;
            keep
        });
    }

    /// Returns what counts for the bytes `from..to`.
    pub(super) fn part(&self, from: u64, to: u64) -> Timeline {
        let after = self.later.partition_point(|mark| mark.seq <= from);
        let before = self.later.partition_point(|mark| mark.seq < to).max(after);
        Timeline {
            first: Mark { seq: from, ..self.at(from) },
            later: self.later.range(after..before).copied().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Size = Size::new(24, 80);
    const LARGE: Size = Size::new(50, 200);

    fn timeline() -> Timeline {
        Timeline::new(Mark { seq: 100, at: Timestamp(1000), size: SMALL })
    }

    #[test]
    fn output_close_in_time_shares_a_mark_and_later_output_gets_its_own() {
        let mut timeline = timeline();
        timeline.output(100, Timestamp(1010));
        timeline.output(120, Timestamp(1059));
        timeline.output(130, Timestamp(1060));
        timeline.output(140, Timestamp(5));
        let marks: Vec<_> = timeline.marks().map(|m| (m.seq, m.at.0)).collect();
        assert_eq!(marks, [(100, 1010), (130, 1060), (140, 5)]);
        assert_eq!(timeline.at(139).at, Timestamp(1060));
    }

    #[test]
    fn of_several_resizes_at_one_byte_the_last_counts() {
        let mut timeline = timeline();
        timeline.resize(150, Timestamp(1001), LARGE);
        timeline.resize(150, Timestamp(1002), Size::new(3, 9));
        timeline.resize(200, Timestamp(1003), Size::new(3, 9));
        assert_eq!((timeline.at(149).size, timeline.at(150).size), (SMALL, Size::new(3, 9)));
        assert_eq!((timeline.next_resize(100), timeline.next_resize(150)), (Some(150), None));
        assert_eq!((timeline.nth_after(100, 1), timeline.nth_after(100, 2)), (Some(150), None));
        assert_eq!(timeline.len(), 2);
    }

    #[test]
    fn a_part_says_of_its_bytes_what_the_whole_says() {
        let mut timeline = timeline();
        timeline.resize(150, Timestamp(1100), LARGE);
        timeline.output(160, Timestamp(1200));
        timeline.resize(170, Timestamp(1300), SMALL);
        for from in 100..180 {
            let part = timeline.part(from, 170);
            let mut rest = timeline.clone();
            rest.forget_before(from);
            for seq in from..170 {
                let whole = timeline.at(seq);
                assert_eq!((part.at(seq).at, part.at(seq).size), (whole.at, whole.size));
                assert_eq!((rest.at(seq).at, rest.at(seq).size), (whole.at, whole.size));
            }
            assert!(part.marks().all(|mark| mark.seq < 170 || mark.seq == from));
        }
    }

    #[test]
    fn forgetting_times_keeps_every_size() {
        let mut timeline = timeline();
        timeline.output(110, Timestamp(1100));
        timeline.resize(120, Timestamp(1200), LARGE);
        timeline.output(130, Timestamp(1300));
        timeline.resize(140, Timestamp(1400), SMALL);
        timeline.output(150, Timestamp(1500));
        timeline.forget_times_before(145);
        assert_eq!(timeline.marks().map(|m| m.seq).collect::<Vec<_>>(), [100, 120, 140, 150]);
    }
}
