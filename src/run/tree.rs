//! All processes of a run: its process group, what came from it, and what made itself independent.
//!
//! Each run has a mark in its environment, which everything inherits that it starts; on Linux it is read from where the
//! kernel shows it. Elsewhere a process that left the group survives.

#[cfg(target_os = "linux")]
use std::{ffi::OsString, os::unix::ffi::OsStrExt as _};

use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

#[cfg(target_os = "linux")]
use crate::process;

/// The variable of the mark. A run within a run has both marks.
pub(super) const MARK: &str = "AGENTCTL_RUN";

/// How often what is being killed is looked at, and how long between two looks.
const LOOKS: u32 = 200;
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);

/// The processes of one run. What is left of them when this is dropped is killed.
#[derive(Debug)]
pub(super) struct Tree {
    group: Pid,
    mark: String,
    /// Whether nothing is left; the group's number may be another's by then.
    gone: bool,
}

impl Drop for Tree {
    fn drop(&mut self) {
        if !self.gone {
            self.kill_once();
        }
    }
}

impl Tree {
    pub(super) fn new(group: Pid, mark: String) -> Tree {
        Tree { group, mark, gone: false }
    }

    /// Asks it to stop what it does, as Ctrl-C does.
    pub(super) fn interrupt(&self) {
        // It may be gone already.
        let _ = kill_process_group(self.group, Signal::INT);
    }

    /// Kills all of it, until nothing is left that can be found.
    pub(super) async fn kill(&mut self) {
        for _ in 0..LOOKS {
            if self.gone || self.kill_once() == 0 {
                self.gone = true;
                return;
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }

    /// Kills what can be found of it, and returns how many that were.
    fn kill_once(&self) -> usize {
        let found = members(self.group, &self.mark);
        if !found.is_empty() {
            // Between two looks the group may have grown; what is dead already is no error.
            let _ = kill_process_group(self.group, Signal::KILL);
        }
        for pid in &found {
            let _ = kill_process(*pid, Signal::KILL);
        }
        found.len()
    }
}

/// Returns the processes of a run that are alive.
#[cfg(target_os = "linux")]
fn members(group: Pid, mark: &str) -> Vec<Pid> {
    let (own, group) = (std::process::id(), process::id(group));
    let others = process::all().filter(|pid| *pid != own && is_member(*pid, group, mark));
    others.filter_map(process::pid).collect()
}

/// Returns whether a process is alive and of this group, or has this mark.
#[cfg(target_os = "linux")]
fn is_member(pid: u32, group: u32, mark: &str) -> bool {
    let Some(stat) = process::stat(pid).filter(process::Stat::is_alive) else { return false };
    let is_marked = |value: &[u8]| {
        value.strip_prefix(mark.as_bytes()).is_some_and(|rest| matches!(rest.first(), None | Some(b'/')))
    };
    let marked = |(name, value): &(OsString, OsString)| name == MARK && is_marked(value.as_bytes());
    stat.group == group || process::environment(pid).iter().any(marked)
}

#[cfg(not(target_os = "linux"))]
fn members(group: Pid, _mark: &str) -> Vec<Pid> {
    let alive = rustix::process::test_kill_process_group(group).is_ok();
    alive.then_some(group).into_iter().collect()
}
