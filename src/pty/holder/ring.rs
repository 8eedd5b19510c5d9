//! The latest output, in memory: a ring of bytes, each with its sequence number. Memory that was never needed is
//! never touched, so a quiet agent costs what it has printed.

/// The last bytes of a stream, up to a fixed number of them.
#[derive(Debug)]
pub(super) struct Ring {
    bytes: Box<[u8]>,
    start: u64,
    end: u64,
}

impl Ring {
    /// Returns an empty ring for `capacity` bytes, the first of which will have the number `first`.
    pub(super) fn new(capacity: usize, first: u64) -> Ring {
        Ring { bytes: vec![0; capacity.max(1)].into_boxed_slice(), start: first, end: first }
    }

    /// Returns how many bytes it holds at most.
    pub(super) fn capacity(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// Returns the number of the oldest byte that it still has.
    pub(super) fn start(&self) -> u64 {
        self.start
    }

    /// Returns the number that the next byte will get.
    pub(super) fn end(&self) -> u64 {
        self.end
    }

    /// Returns room for the next bytes in one piece, at most `most` of them. The oldest bytes are where the newest
    /// go, so whatever is written here and not committed has spoiled them: commit what was written.
    pub(super) fn room(&mut self, most: usize) -> &mut [u8] {
        let at = self.index(self.end);
        let to = at.saturating_add(most).min(self.bytes.len());
        self.bytes.get_mut(at..to).unwrap_or_default()
    }

    /// Makes the first `count` bytes of the room the newest of the ring.
    pub(super) fn commit(&mut self, count: usize) {
        self.end += count as u64;
        self.start = self.start.max(self.end.saturating_sub(self.capacity()));
    }

    /// Returns the bytes `from..to`, which it must still have, in the two pieces in which they lie.
    pub(super) fn part(&self, from: u64, to: u64) -> (&[u8], &[u8]) {
        let from = from.clamp(self.start, self.end);
        let to = to.clamp(from, self.end);
        let (at, length) = (self.index(from), usize::try_from(to - from).unwrap_or(0));
        let first = length.min(self.bytes.len() - at);
        (
            self.bytes.get(at..at + first).unwrap_or_default(),
            self.bytes.get(..length - first).unwrap_or_default(),
        )
    }

    fn index(&self, seq: u64) -> usize {
        usize::try_from(seq % self.capacity()).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_always_has_the_latest_bytes_and_no_others(
            capacity in 1_usize..50, first in 0_u64..1000, writes in proptest::collection::vec((0_usize..70, 0_usize..70), 0..60),
        ) {
            let mut ring = Ring::new(capacity, first);
            let mut model: Vec<u8> = Vec::new();
            for (most, count) in writes {
                let room = ring.room(most);
                prop_assert!(room.len() <= most);
                let count = count.min(room.len());
                for slot in &mut room[..count] {
                    *slot = u8::try_from(model.len() % 251).unwrap();
                    model.push(*slot);
                }
                ring.commit(count);
                prop_assert_eq!(ring.end(), first + model.len() as u64);
                prop_assert_eq!(ring.start(), first + model.len().saturating_sub(capacity) as u64);
                for from in ring.start()..=ring.end() {
                    let (a, b) = ring.part(from, ring.end());
                    let expected = &model[usize::try_from(from - first).unwrap()..];
                    prop_assert_eq!([a, b].concat(), expected);
                }
            }
        }

        #[test]
        fn room_is_refused_only_when_none_is_asked_for(capacity in 1_usize..50, steps in proptest::collection::vec(1_usize..70, 1..60)) {
            let mut ring = Ring::new(capacity, 0);
            for most in steps {
                let count = ring.room(most).len();
                prop_assert!(count > 0);
                ring.commit(count);
            }
        }
    }
}
