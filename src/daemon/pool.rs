//! The threads that parse output, apart from the loop, so that a flood in one pane delays no key in another.
//!
//! Work comes in short slices. A slice for a pane somebody types in goes before all others; the rest take turns in the
//! order in which they asked, so fifty floods each get their share.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use tokio::sync::oneshot;

/// How urgent a slice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Urgency {
    /// Somebody waits for it.
    Interactive,
    /// It takes its turn.
    Bulk,
}

type Slice = Box<dyn FnOnce() + Send>;

/// A few threads and what they have to do. Dropping it lets them end.
pub(super) struct Pool {
    work: Arc<Work>,
}

#[derive(Default)]
struct Work {
    queues: Mutex<Queues>,
    something: Condvar,
}

/// Bounded by the number of panes: each has at most one slice here.
#[derive(Default)]
struct Queues {
    interactive: VecDeque<Slice>,
    bulk: VecDeque<Slice>,
    ended: bool,
}

impl Pool {
    /// Starts `threads` threads.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub(super) fn start(threads: usize) -> std::io::Result<Pool> {
        let pool = Pool { work: Arc::new(Work::default()) };
        for n in 0..threads.max(1) {
            let work = Arc::clone(&pool.work);
            std::thread::Builder::new().name(format!("parse-{n}")).spawn(move || work.run())?;
        }
        Ok(pool)
    }

    /// Has a slice done; the receiver gets what came of it.
    pub(super) fn run<T: Send + 'static>(
        &self,
        urgency: Urgency,
        slice: impl FnOnce() -> T + Send + 'static,
    ) -> oneshot::Receiver<T> {
        let (done, receiver) = oneshot::channel();
        // Whoever asked may have gone meanwhile; then nobody misses the result.
        let slice: Slice = Box::new(move || drop(done.send(slice())));
        let mut queues = self.work.queues.lock().unwrap_or_else(PoisonError::into_inner);
        match urgency {
            Urgency::Interactive => queues.interactive.push_back(slice),
            Urgency::Bulk => queues.bulk.push_back(slice),
        }
        drop(queues);
        self.work.something.notify_one();
        receiver
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        let mut queues = self.work.queues.lock().unwrap_or_else(PoisonError::into_inner);
        queues.ended = true;
        drop(queues);
        self.work.something.notify_all();
    }
}

impl Work {
    fn run(&self) {
        step_back();
        while let Some(slice) = self.next() {
            slice();
        }
    }

    fn next(&self) -> Option<Slice> {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(slice) = queues.interactive.pop_front().or_else(|| queues.bulk.pop_front()) {
                return Some(slice);
            }
            if queues.ended {
                return None;
            }
            queues = self.something.wait(queues).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Lets the loop, the holders and the agents go first where there is more to do than there are processors.
fn step_back() {
    // On Linux this is the thread's own priority; elsewhere it would be the whole process's, and is left alone.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(5) {
        tracing::debug!("the parsing threads keep their priority: {error}");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn what_somebody_waits_for_goes_before_what_takes_its_turn() {
        let pool = Pool::start(1).unwrap();
        let (go, gate) = mpsc::sync_channel::<()>(0);
        let order = Arc::new(Mutex::new(Vec::new()));
        let busy = pool.run(Urgency::Bulk, move || gate.recv());
        let note = |word: &'static str| {
            let order = Arc::clone(&order);
            move || order.lock().unwrap().push(word)
        };
        let waits = [
            pool.run(Urgency::Bulk, note("first flood")),
            pool.run(Urgency::Bulk, note("second flood")),
            pool.run(Urgency::Interactive, note("key")),
        ];
        go.send(()).unwrap();
        busy.await.unwrap().unwrap();
        for wait in waits {
            wait.await.unwrap();
        }
        assert_eq!(*order.lock().unwrap(), ["key", "first flood", "second flood"]);
    }
}
