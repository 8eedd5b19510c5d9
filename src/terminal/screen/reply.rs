//! Answers to what programs ask, until they are taken.

/// The most bytes of answers that wait. A program that asks and does not read is answered no more.
const MAX_WAITING: usize = 16 * 1024;

/// Answers that wait to be written.
#[derive(Clone, Debug, Default)]
pub struct Replies(Vec<u8>);

impl Replies {
    /// Adds an answer; leaves it out if too many wait.
    pub fn push(&mut self, answer: &[u8]) {
        if self.0.len() + answer.len() <= MAX_WAITING {
            self.0.extend_from_slice(answer);
        }
    }

    /// Returns what waits.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.0)
    }
}
