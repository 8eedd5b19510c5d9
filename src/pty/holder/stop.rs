//! The end of an agent's tree, step by step: asked first, killed after a grace, looked after until nothing is left.
//! It takes no time of its own; the holder's loop calls it when something died or it is time.

use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};

use super::tree::Tree;

/// The time between two looks at what is being killed; it doubles each time.
const FIRST_LOOK: Duration = Duration::from_millis(2);
/// The longest time between two looks.
const LAST_LOOK: Duration = Duration::from_millis(200);
/// After killing for so long, what is left cannot be killed by us.
const GIVE_UP_AFTER: Duration = Duration::from_secs(5);

/// Where the end of the tree stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Stop {
    /// Nobody asked for it.
    #[default]
    No,
    /// The tree was asked to end, and has until then.
    Asked { until: Instant },
    /// It is being killed.
    Killing { until: Instant, look_at: Instant, again_after: Duration },
}

impl Stop {
    /// Asks the tree to end within `grace`. A tree that is being killed already gets no more time, and one that was
    /// asked before not more than it had.
    pub(super) fn ask(&mut self, grace: Duration, tree: &Tree, foreground: Option<Pid>, now: Instant) {
        // A span that no clock can hold is as good as no end.
        let until = now.checked_add(grace).unwrap_or(now + GIVE_UP_AFTER);
        match *self {
            Stop::Killing { .. } => return,
            Stop::Asked { until: before } => *self = Stop::Asked { until: until.min(before) },
            Stop::No => *self = Stop::Asked { until },
        }
        // A stopped process acts on the others only once it is continued.
        tree.signal(&[Signal::HUP, Signal::TERM, Signal::CONT], foreground);
    }

    /// Kills the tree.
    pub(super) fn kill(&mut self, now: Instant) {
        if !matches!(self, Stop::Killing { .. }) {
            *self = Stop::Killing { until: now + GIVE_UP_AFTER, look_at: now, again_after: FIRST_LOOK };
        }
    }

    /// Returns when [`Stop::look`] has something to do.
    pub(super) fn look_at(&self) -> Option<Instant> {
        match *self {
            Stop::No => None,
            Stop::Asked { until } => Some(until),
            Stop::Killing { look_at, .. } => Some(look_at),
        }
    }

    /// Does what it is time for. Returns how many are left when there is no more to be done about them.
    pub(super) fn look(&mut self, tree: &mut Tree, foreground: Option<Pid>, now: Instant) -> Option<usize> {
        if let Stop::Asked { until } = *self
            && until <= now
        {
            self.kill(now);
        }
        if let Stop::Killing { until, look_at, again_after } = *self
            && (tree.take_news() || look_at <= now)
        {
            tree.kill(foreground);
            let again_after = (again_after * 2).min(LAST_LOOK);
            *self = Stop::Killing { until, look_at: now + again_after, again_after };
            if until <= now && !tree.is_gone() {
                *self = Stop::No;
                return Some(tree.left(foreground));
            }
        }
        if *self == Stop::No || !tree.is_gone() {
            return None;
        }
        *self = Stop::No;
        Some(0)
    }
}
