//! A process that is known again later. A number says little about one: it may belong to another by then.

use super::procfs::{pid, stat};

/// A process: its number and, where the system tells, when it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    id: u32,
    began: Option<u64>,
}

impl Identity {
    /// Returns the process that has the number `id` now.
    #[must_use]
    pub fn of(id: u32) -> Identity {
        Identity { id, began: stat(id).map(|stat| stat.began) }
    }

    /// Returns its number.
    #[must_use]
    pub fn id(self) -> u32 {
        self.id
    }

    /// Returns whether it is still there. One that is dead and not yet reaped is not. Where the system does not tell
    /// when a process began, another one with its number is taken for it.
    #[must_use]
    pub fn is_alive(self) -> bool {
        match (self.began, stat(self.id)) {
            (Some(began), Some(now)) => now.began == began && now.is_alive(),
            (Some(_), None) => false,
            (None, _) => pid(self.id).is_some_and(|pid| rustix::process::test_kill_process(pid).is_ok()),
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn another_process_with_the_same_number_is_not_taken_for_it() {
        let mut child = Command::new("sleep").arg("1000").spawn().unwrap();
        let known = Identity::of(child.id());
        assert!(known.is_alive());
        let other = Identity { began: known.began.map(|at| at + 1), ..known };
        assert!(!other.is_alive());
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!known.is_alive());
    }
}
