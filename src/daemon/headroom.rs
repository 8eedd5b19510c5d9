//! Room for whoever types: while a person does, floods in other panes are read no faster than leaves the machine time
//! for keys and their echoes.
//!
//! Not reading is the back-pressure: an agent whose output is not read waits in the kernel and costs nothing. What it
//! prints is not lost, only later. While nobody types, nothing is held back.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// For how long after a key floods are held back: as long as the pane that got it goes before others, so that a flood
/// which a person just started themselves is not held back.
const ROOM_FOR: Duration = Duration::from_millis(500);

/// How much all floods together may print meanwhile, in bytes a second. Printing `y` line by line costs the kernel
/// some 80 ns a byte on the writer's side alone, so this is two thirds of one processor at worst.
const BYTES_A_SECOND: u64 = 8 << 20;

/// A pane that is ahead of the others waits no longer than this before it is heard again.
const LONGEST: Duration = Duration::from_secs(1);

/// What the panes of all sessions share.
#[derive(Debug, Default)]
pub(super) struct Headroom(Mutex<Times>);

#[derive(Debug, Default)]
struct Times {
    pressed_at: Option<Instant>,
    /// When all that was read is paid for.
    paid_at: Option<Instant>,
}

impl Headroom {
    /// Somebody typed something.
    pub(super) fn pressed(&self, now: Instant) {
        self.times(|times| times.pressed_at = Some(now));
    }

    /// A flood was read that nobody types into; returns when its agent may be heard again, if not at once.
    pub(super) fn read(&self, bytes: usize, now: Instant) -> Option<Instant> {
        self.times(|times| {
            if times.pressed_at.is_none_or(|at| now.saturating_duration_since(at) >= ROOM_FOR) {
                times.paid_at = None;
                return None;
            }
            let cost = Duration::from_nanos((bytes as u64).saturating_mul(1_000_000_000) / BYTES_A_SECOND);
            let paid_at = times.paid_at.map_or(now, |at| at.max(now)) + cost;
            times.paid_at = Some(paid_at);
            Some(paid_at.min(now + LONGEST))
        })
    }

    fn times<T>(&self, with: impl FnOnce(&mut Times) -> T) -> T {
        with(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn floods_wait_for_each_other_while_somebody_types_and_for_nobody_otherwise() {
        let (room, now) = (Headroom::default(), Instant::now());
        assert_eq!(room.read(1 << 20, now), None);
        room.pressed(now);
        let quarter = Duration::from_millis(250);
        let mega = 2 << 20;
        assert_eq!(room.read(mega, now), Some(now + quarter));
        assert_eq!(room.read(mega, now), Some(now + quarter * 2), "the second one pays after the first");
        assert_eq!(room.read(mega, now + quarter), Some(now + quarter * 3));
        assert_eq!(room.read(1 << 30, now + quarter), Some(now + quarter + LONGEST), "nobody is forgotten");
        assert_eq!(room.read(1 << 20, now + ROOM_FOR), None, "nobody types any more");
    }
}
