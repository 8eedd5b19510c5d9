//! An agent whose holder is lost: nobody keeps its terminal or sees it end, so what is left of it is ended.
//!
//! A number says little about a process: it may belong to another one by now. On Linux a process is known by its number
//! and the time at which it began, and all that an agent started by the mark of its start, which they inherit in their
//! environment; elsewhere by being the leader of a session, which the agent is.

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::process::{self, Identity};

/// The variable of the mark that all processes of one start of an agent have.
pub const START_VARIABLE: &str = "AGENTCTL_START";

/// How often it is looked for processes that were started while others were killed.
const PASSES: usize = 16;

/// What is left of an agent, known well enough to be ended later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Orphan {
    /// The agent itself.
    leader: Option<Identity>,
    mark: String,
}

impl Orphan {
    /// Returns the agent that runs as process `pid` now, and whatever has this mark.
    #[must_use]
    pub fn of(pid: u32, mark: String) -> Orphan {
        // Every agent leads its session.
        let leader = (process::session(pid) == Some(pid)).then(|| Identity::of(pid));
        Orphan { leader, mark }
    }

    /// Returns what is left of an agent that ran as process `pid` when nobody was there to look. That process is its own
    /// if it has this mark, or `word` in its environment: agents of version 0.1.0 have no mark.
    #[must_use]
    pub fn left(pid: Option<u32>, mark: String, word: &str) -> Orphan {
        let Orphan { leader, mark } = Orphan::of(pid.unwrap_or(0), mark);
        let is_own = |leader: &Identity| {
            let has = |name, value| has_word(leader.id(), name, value);
            has(START_VARIABLE, &mark) || word.split_once('=').is_some_and(|(name, value)| has(name, value))
        };
        Orphan { leader: leader.filter(is_own), mark }
    }

    /// Ends all of it, at once; returns whether anything was there.
    #[must_use]
    pub fn end(self) -> bool {
        let leader =
            self.leader.filter(|leader| leader.is_alive()).and_then(|leader| process::pid(leader.id()));
        if let Some(leader) = leader {
            // Before their leader: what is left in the session is found by it.
            end_session(leader);
            // It may have died in this moment, which is as good.
            let _ = kill_process_group(leader, Signal::KILL);
        }
        let mut found = leader.is_some();
        for _ in 0..PASSES {
            let marked = marked(&self.mark);
            if marked.is_empty() {
                break;
            }
            found = true;
            for pid in marked {
                let _ = kill_process(pid, Signal::KILL);
            }
        }
        found
    }
}

/// Returns the processes with a mark that are alive, but for this one: an agent may have started a daemon.
fn marked(mark: &str) -> Vec<Pid> {
    let lives = |pid: &u32| process::stat(*pid).is_some_and(|stat| stat.is_alive());
    let others = process::all().filter(|pid| *pid != std::process::id());
    let marked = others.filter(|pid| has_word(*pid, START_VARIABLE, mark));
    marked.filter(lives).filter_map(process::pid).collect()
}

fn has_word(pid: u32, name: &str, value: &str) -> bool {
    process::environment(pid).iter().any(|(known, of)| known == name && of == value)
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

    /// A shell that leads a session and runs a script, and the number that the script prints.
    fn a_session(mark: &str, script: &str) -> (Child, u32) {
        let mut command = Command::new("setsid");
        command.args(["sh", "-c", script]).stderr(Stdio::null()).stdin(Stdio::null());
        command.env("WORD", "me").env(START_VARIABLE, mark);
        let mut leader = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(leader.stdout.take().unwrap()).read_line(&mut line).unwrap();
        (leader, line.trim().parse().unwrap())
    }

    fn wait_until_dead(pid: u32) {
        // Who is killed is not gone at once.
        let patience = Instant::now() + Duration::from_secs(30);
        while process::stat(pid).is_some_and(|stat| stat.is_alive()) {
            assert!(Instant::now() < patience, "{pid} lives on");
            std::thread::yield_now();
        }
    }

    /// A mark that no other test has.
    fn mark(test: &str) -> String {
        format!("{test}#{}", std::process::id())
    }

    #[test]
    fn who_leads_no_session_is_no_agent() {
        let mut child = Command::new("sleep").arg("1000").spawn().unwrap();
        assert!(!Orphan::of(child.id(), mark("none")).end());
        assert!(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
    }

    #[test]
    fn only_the_process_that_is_meant_is_ended_with_all_of_its_session() {
        let job = "set -m; env -u AGENTCTL_START sleep 1000 & echo $!; wait";
        let (mut leader, job) = a_session(&mark("session"), job);
        let other = Orphan::left(Some(leader.id()), mark("another"), "WORD=you");
        assert!(!other.end(), "another process has its number now");
        assert!(leader.try_wait().unwrap().is_none());
        let known = Orphan::left(Some(leader.id()), mark("another"), "WORD=me");
        assert!(known.clone().end());
        leader.wait().unwrap();
        wait_until_dead(job);
        assert!(!known.end());
    }

    #[test]
    fn what_an_agent_started_and_sent_away_is_ended_though_the_agent_is_gone() {
        let mark = mark("away");
        let daemon = "setsid sh -c 'echo $$; exec sleep 1000' & wait $!; exit";
        let (mut leader, daemon) = a_session(&mark, &format!("({daemon})& sleep 0.1; exit 0"));
        leader.wait().unwrap();
        assert!(process::stat(daemon).is_some_and(|stat| stat.is_alive()));
        assert!(Orphan::left(Some(leader.id()), mark, "WORD=me").end());
        wait_until_dead(daemon);
    }
}
