//! Times that were asked for, the earliest first.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use tokio::time::Instant;

/// What is due at which time.
#[derive(Debug)]
pub(super) struct Wakes<T> {
    heap: BinaryHeap<Reverse<(Instant, u64)>>,
    things: std::collections::HashMap<u64, T>,
    last: u64,
}

impl<T> Wakes<T> {
    pub(super) fn new() -> Wakes<T> {
        Wakes { heap: BinaryHeap::new(), things: std::collections::HashMap::new(), last: 0 }
    }

    /// Remembers a thing for a time.
    pub(super) fn add(&mut self, at: Instant, thing: T) {
        self.last += 1;
        self.heap.push(Reverse((at, self.last)));
        self.things.insert(self.last, thing);
    }

    /// Waits until the earliest thing is due and returns it; for ever if there is none. Dropping the wait loses nothing.
    pub(super) async fn next(&mut self) -> T {
        loop {
            let Some(Reverse((at, number))) = self.heap.peek().copied() else {
                return std::future::pending().await;
            };
            tokio::time::sleep_until(at).await;
            self.heap.pop();
            if let Some(thing) = self.things.remove(&number) {
                return thing;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_earliest_comes_first_and_equal_ones_in_the_order_they_were_asked_for() {
        let mut wakes = Wakes::new();
        let now = Instant::now();
        for (ms, word) in [(30, "c"), (10, "a"), (10, "b")] {
            wakes.add(now + Duration::from_millis(ms), word);
        }
        assert_eq!([wakes.next().await, wakes.next().await, wakes.next().await], ["a", "b", "c"]);
        assert!(tokio::time::timeout(Duration::from_secs(60), wakes.next()).await.is_err());
    }
}
