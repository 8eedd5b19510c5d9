//! All processes of a run: its process group, what came from it, and what made itself independent.
//!
//! Each run has a mark in its environment, which everything inherits that it starts; on Linux it is read from where the
//! kernel shows it. Elsewhere a process that left the group survives.

use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

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
    let mark = format!("{MARK}={mark}");
    let own = rustix::process::getpid();
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| Pid::from_raw(entry.file_name().to_str()?.parse().ok()?));
    pids.filter(|pid| *pid != own).filter(|pid| is_member(*pid, group, mark.as_bytes())).collect()
}

/// Returns whether a process is alive and of this group, or has this mark.
#[cfg(target_os = "linux")]
fn is_member(pid: Pid, group: Pid, mark: &[u8]) -> bool {
    let folder = format!("/proc/{}", pid.as_raw_nonzero());
    let stat = std::fs::read_to_string(format!("{folder}/stat")).unwrap_or_default();
    // The name, in parentheses, may hold anything; behind the last of them are the state, the parent and the group.
    let mut fields = stat.rsplit(") ").next().unwrap_or_default().split(' ');
    let (state, of) = (fields.next().unwrap_or_default(), fields.nth(1).and_then(|of| of.parse().ok()));
    if matches!(state, "" | "Z" | "X") {
        return false;
    }
    if of.and_then(Pid::from_raw) == Some(group) {
        return true;
    }
    let environment = std::fs::read(format!("{folder}/environ")).unwrap_or_default();
    let mut variables = environment.split(|byte| *byte == 0);
    variables.any(|variable| {
        variable.strip_prefix(mark).is_some_and(|rest| matches!(rest.first(), None | Some(b'/')))
    })
}

#[cfg(not(target_os = "linux"))]
fn members(group: Pid, _mark: &str) -> Vec<Pid> {
    let alive = rustix::process::test_kill_process_group(group).is_ok();
    alive.then_some(group).into_iter().collect()
}
