//! An agent whose holder is lost: nobody keeps its terminal or sees it end, so it is ended, if it is still there.
//!
//! A number says little about a process: it may belong to another one by now. On Linux a process is known by its number
//! and the time at which it began, or by a word in its environment; elsewhere by being the leader of a session, which
//! the agent is.

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::process::{self, Identity};

/// A process that is known well enough to be ended later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Orphan(Identity);

impl Orphan {
    /// Returns the agent that runs as process `pid` now; none if there is no such process.
    #[must_use]
    pub fn of(pid: u32) -> Option<Orphan> {
        // Every agent leads its session.
        (process::session(pid)? == pid).then(|| Orphan(Identity::of(pid)))
    }

    /// Returns the agent that ran as process `pid` when nobody was there to look, if it has `word` in its environment.
    /// Where the system does not show that, none.
    #[must_use]
    pub fn with(pid: u32, word: &str) -> Option<Orphan> {
        let (name, value) = word.split_once('=')?;
        let has_word = |(known, of): &(_, _)| (known, of) == (&name.into(), &value.into());
        Orphan::of(pid).filter(|_| process::environment(pid).iter().any(has_word))
    }

    /// Ends it with everything in its session, at once; returns whether it was still there.
    #[must_use]
    pub fn end(self) -> bool {
        let is_there = self.0.is_alive();
        if let Some(leader) = process::pid(self.0.id()).filter(|_| is_there) {
            // Before their leader: what is left in the session is found by it.
            end_session(leader);
            // It may have died in this moment, which is as good.
            let _ = kill_process_group(leader, Signal::KILL);
        }
        is_there
    }
}

/// Ends the rest of a session: a shell gives each of its jobs a group of its own. Where the system does not list all
/// processes, it stays.
fn end_session(leader: Pid) {
    let led = process::id(leader);
    let rest = process::all().filter(|pid| *pid != led && process::session(*pid) == Some(led));
    for pid in rest.filter_map(process::pid) {
        // It may have died in this moment, which is as good.
        let _ = kill_process(pid, Signal::KILL);
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::process::{Child, Command, Stdio};
    use std::time::{Duration, Instant};

    use super::*;

    /// A shell that leads a session, and the number of a job of it, in a group of its own.
    fn a_session() -> (Child, u32) {
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
        assert!(known.end());
        leader.wait().unwrap();
        // Who is killed is not gone at once.
        let patience = Instant::now() + Duration::from_secs(30);
        while process::stat(job).is_some_and(|stat| stat.is_alive()) {
            assert!(Instant::now() < patience, "the job of the session lives on");
            std::thread::yield_now();
        }
        assert!(!known.end());
    }
}
