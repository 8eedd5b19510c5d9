//! What is to be typed into the terminal. The kernel takes some 11 KB of it while the program does not read, so the
//! rest waits here; and since a program may never read, what waits is bounded.

use std::io;

/// The most that waits, in bytes.
const CAPACITY: usize = 1024 * 1024;

/// Input that the terminal has not taken yet.
#[derive(Debug, Default)]
pub(super) struct Input {
    bytes: Vec<u8>,
    written: usize,
}

impl Input {
    /// Queues all of `bytes`, or nothing if that is too much.
    pub(super) fn push(&mut self, bytes: &[u8]) -> bool {
        let waiting = self.bytes.len() - self.written;
        let fits = waiting + bytes.len() <= CAPACITY;
        if fits {
            if self.written > 0 {
                self.bytes.drain(..self.written);
                self.written = 0;
            }
            self.bytes.extend_from_slice(bytes);
        }
        fits
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Hands what waits to `write`, which returns how much it took; none when it takes no more for now.
    pub(super) fn write(
        &mut self,
        mut write: impl FnMut(&[u8]) -> io::Result<Option<usize>>,
    ) -> io::Result<()> {
        while let Some(rest) = self.bytes.get(self.written..).filter(|rest| !rest.is_empty()) {
            match write(rest)? {
                Some(count) => self.written += count,
                None => return Ok(()),
            }
        }
        *self = Input::default();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn input_goes_through_in_order_however_little_is_taken() {
        let mut input = Input::default();
        let mut typed = Vec::new();
        let mut expected = Vec::new();
        for round in 0_u8..100 {
            let bytes = [round; 37];
            expected.extend_from_slice(&bytes);
            assert!(input.push(&bytes));
            let mut budget = 3;
            input
                .write(|rest| {
                    budget -= 1;
                    typed.extend(rest.iter().take(11).filter(|_| budget > 0));
                    Ok((budget > 0).then(|| rest.len().min(11)))
                })
                .unwrap();
        }
        input
            .write(|rest| {
                Ok(Some({
                    typed.extend_from_slice(rest);
                    rest.len()
                }))
            })
            .unwrap();
        assert!(input.is_empty());
        assert_eq!(typed, expected);
    }

    #[test]
    fn what_does_not_fit_is_refused_whole() {
        let mut input = Input::default();
        assert!(input.push(&vec![1; CAPACITY]));
        assert!(!input.push(&[2]));
        input.write(|rest| Ok((rest[0] == 1 && rest.len() > 10).then(|| rest.len() - 10))).unwrap();
        assert!(input.push(&vec![3; CAPACITY - 10]));
        assert!(!input.push(&[4]));
    }
}
