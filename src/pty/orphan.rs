//! An agent whose holder is lost: nobody keeps its terminal or sees it end, so it is ended, if it is still there.
//!
//! A number says little about a process: it may belong to another one by now. On Linux a process is known by its number
//! and the time at which it began, or by a word in its environment; elsewhere by being the leader of a session, which
//! the agent is.

use rustix::process::{Pid, Signal, kill_process_group};

/// A process that is known well enough to be ended later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Orphan {
    pid: Pid,
    /// When it began, in the kernel's own units; none where the system does not tell.
    began: Option<u64>,
}

impl Orphan {
    /// Returns the agent that runs as process `pid` now; none if there is no such process.
    #[must_use]
    pub fn of(pid: u32) -> Option<Orphan> {
        let pid = leader(pid)?;
        Some(Orphan { pid, began: system::began(pid) })
    }

    /// Returns the agent that ran as process `pid` when nobody was there to look, if it has `word` in its environment.
    /// Where the system does not show that, none.
    #[must_use]
    pub fn with(pid: u32, word: &str) -> Option<Orphan> {
        Orphan::of(pid).filter(|orphan| system::has_word(orphan.pid, word))
    }

    /// Ends it with everything in its session, at once; returns whether it was still there.
    #[must_use]
    pub fn end(self) -> bool {
        let is_there = u32::try_from(self.pid.as_raw_pid()).ok().and_then(Orphan::of) == Some(self);
        if is_there {
            // Before their leader: what is left in the session is found by it.
            system::end_groups_of(self.pid);
            // It may have died in this moment, which is as good.
            let _ = kill_process_group(self.pid, Signal::KILL);
        }
        is_there
    }
}

/// Returns a process if it leads its session, as every agent does.
fn leader(pid: u32) -> Option<Pid> {
    let pid = Pid::from_raw(i32::try_from(pid).ok()?)?;
    (system::session(pid)? == pid.as_raw_pid()).then_some(pid)
}

#[cfg(target_os = "linux")]
mod system {
    use std::fs;

    use rustix::process::{Pid, Signal, kill_process};

    /// What stands behind a process's name in `/proc/PID/stat`: its state, its parent, its group, its session …
    fn stat(pid: i32) -> Option<Vec<String>> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name, in parentheses, may hold anything.
        Some(stat.rsplit_once(") ")?.1.split(' ').map(str::to_owned).collect())
    }

    pub(super) fn began(pid: Pid) -> Option<u64> {
        stat(pid.as_raw_pid())?.get(19)?.parse().ok()
    }

    /// The leader of its session; 0 where that one is in another PID namespace, as with a command run inside a
    /// container. `getsid` answers the same, but its binding takes 0 for impossible.
    pub(super) fn session(pid: Pid) -> Option<i32> {
        stat(pid.as_raw_pid())?.get(3)?.parse().ok()
    }

    pub(super) fn has_word(pid: Pid, word: &str) -> bool {
        let environment = fs::read(format!("/proc/{}/environ", pid.as_raw_pid()));
        environment.is_ok_and(|words| words.split(|byte| *byte == 0).any(|known| known == word.as_bytes()))
    }

    /// A shell gives each of its jobs a group of its own, in the same session.
    pub(super) fn end_groups_of(leader: Pid) {
        for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let pid = entry.file_name().to_str().and_then(|name| Pid::from_raw(name.parse().ok()?));
            let Some(pid) = pid.filter(|pid| *pid != leader) else { continue };
            if session(pid) == Some(leader.as_raw_pid()) {
                // It may have died in this moment, which is as good.
                let _ = kill_process(pid, Signal::KILL);
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use rustix::process::Pid;

    pub(super) fn began(_pid: Pid) -> Option<u64> {
        None
    }

    pub(super) fn session(pid: Pid) -> Option<i32> {
        rustix::process::getsid(Some(pid)).ok().map(Pid::as_raw_pid)
    }

    pub(super) fn has_word(_pid: Pid, _word: &str) -> bool {
        false
    }

    pub(super) fn end_groups_of(_leader: Pid) {}
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::process::{Child, Command, Stdio};
    use std::time::{Duration, Instant};

    use super::*;

    /// Returns whether a process is there and not only waiting to be buried.
    fn lives(pid: i32) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        !(stat.is_empty() || stat.contains(") Z ") || stat.contains(") X "))
    }

    /// A shell that leads a session, and the number of a job of it, in a group of its own.
    fn a_session() -> (Child, i32) {
        let mut command = Command::new("setsid");
        // The shell stays: a program that takes its place shows no environment for a moment.
        command.args(["sh", "-c", "set -m; sleep 1000 & echo $!; wait"]).stderr(Stdio::null());
        let mut leader = command.env("MARK", "me").stdout(Stdio::piped()).spawn().unwrap();
        let mut job = String::new();
        BufReader::new(leader.stdout.take().unwrap()).read_line(&mut job).unwrap();
        (leader, job.trim().parse().unwrap())
    }

    #[test]
    fn who_leads_no_session_is_no_agent() {
        let mut child = Command::new("sleep").arg("1000").spawn().unwrap();
        assert_eq!(Orphan::of(child.id()), None);
        child.kill().unwrap();
        child.wait().unwrap();
    }

    #[test]
    fn only_the_process_that_is_meant_is_ended_with_all_of_its_session() {
        let (mut leader, job) = a_session();
        let known = Orphan::of(leader.id()).unwrap();
        assert_eq!(Orphan::with(leader.id(), "MARK=me"), Some(known));
        assert_eq!(Orphan::with(leader.id(), "MARK=you"), None);
        let reborn = Orphan { began: known.began.map(|at| at + 1), ..known };
        assert!(!reborn.end(), "another process has its number now");
        assert!(leader.try_wait().unwrap().is_none());
        assert!(known.end());
        leader.wait().unwrap();
        // Who is killed is not gone at once.
        let patience = Instant::now() + Duration::from_secs(30);
        while lives(job) {
            assert!(Instant::now() < patience, "the job of the session lives on");
            std::thread::yield_now();
        }
        assert!(!known.end());
    }
}
