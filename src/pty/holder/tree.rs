//! The agent's process tree: finding it, signalling it, burying it.
//!
//! On Linux the holder is a subreaper: whoever loses its parent in the tree becomes the holder's own child, however
//! often it forked and whatever session it made. So there is nothing left of the tree when the holder has no children,
//! which `wait` says for certain; and a process that keeps forking away from its killer turns up again and again
//! among the direct children, where it is found fastest.
//!
//! Elsewhere (macOS) there is no subreaper: what is reached is the agent's process group and the terminal's foreground
//! group. A descendant that made a group of its own in the background, or daemonised itself, survives there.

use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitOptions, wait};

use crate::domain::Exit;

/// How often one call looks for processes that were forked while it killed.
const PASSES: usize = 64;

/// The agent and all that came from it.
pub(super) struct Tree {
    child: Pid,
    exit: Option<Exit>,
    childless: bool,
    news: bool,
}

impl Tree {
    /// Makes this process the one that orphans of its tree come to. To be called before there is a tree.
    pub(super) fn adopt_orphans() -> Result<(), Errno> {
        #[cfg(target_os = "linux")]
        rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
        Ok(())
    }

    pub(super) fn new(child: Pid) -> Tree {
        Tree { child, exit: None, childless: false, news: false }
    }

    /// Returns the agent's process.
    pub(super) fn child(&self) -> Pid {
        self.child
    }

    /// Returns how the agent ended, if it did.
    pub(super) fn exit(&self) -> Option<Exit> {
        self.exit
    }

    /// Returns whether anything has died since this was asked last.
    pub(super) fn take_news(&mut self) -> bool {
        std::mem::take(&mut self.news)
    }

    /// Buries all that have died.
    pub(super) fn reap(&mut self) {
        loop {
            match wait(WaitOptions::NOHANG) {
                Ok(Some((pid, status))) => {
                    self.news = true;
                    if pid == self.child {
                        let code = status.exit_status().map(Exit::Code);
                        self.exit = code.or(status.terminating_signal().map(Exit::Signal)).or(self.exit);
                    }
                }
                Err(Errno::INTR) => {}
                Ok(None) => return,
                Err(_) => {
                    self.childless = true;
                    return;
                }
            }
        }
    }

    /// Returns whether nothing of the tree is alive.
    pub(super) fn is_gone(&self) -> bool {
        self.childless && !rest_is_alive(self.child)
    }

    /// Sends signals to the whole tree as it is now, and returns how many of it were found. `foreground` is the
    /// terminal's foreground group.
    pub(super) fn signal(&self, signals: &[Signal], foreground: Option<Pid>) -> usize {
        let members = members(self.child, foreground);
        for member in &members {
            for signal in signals {
                // It may be dead already, or not ours to signal; what is left is counted elsewhere.
                let _ = send(*member, *signal);
            }
        }
        members.len()
    }

    /// Kills the whole tree as it is now, and buries it as far as it is dead already. To be called until nothing is
    /// left: what is being killed may fork, and the dead may take a moment to die.
    pub(super) fn kill(&mut self, foreground: Option<Pid>) {
        for _ in 0..PASSES {
            let found = self.signal(&[Signal::KILL], foreground);
            self.reap();
            if found == 0 || self.is_gone() {
                break;
            }
        }
    }

    /// Returns how many processes, or groups, of the tree can be found.
    pub(super) fn left(&self, foreground: Option<Pid>) -> usize {
        if self.is_gone() { 0 } else { members(self.child, foreground).len() }
    }
}

#[cfg(not(target_os = "linux"))]
use groups::{members, rest_is_alive, send};
#[cfg(target_os = "linux")]
use linux::{members, rest_is_alive, send};

/// The tree as a subreaper sees it: single processes.
#[cfg(target_os = "linux")]
mod linux {
    use rustix::process::Pid;

    pub(super) use rustix::process::kill_process as send;

    use crate::process;

    /// Who has no parent left is our own child, and so counted there.
    pub(super) fn rest_is_alive(_child: Pid) -> bool {
        false
    }

    /// Returns every process that comes from this one.
    pub(super) fn members(_child: Pid, _foreground: Option<Pid>) -> Vec<Pid> {
        // Some kernels are built without the lists.
        let scanned = (!process::lists_children()).then(process::children_by_parent);
        let mut found = Vec::new();
        let mut parents = vec![std::process::id()];
        while let Some(parent) = parents.pop() {
            let children = match &scanned {
                None => process::children(parent),
                Some(scanned) => scanned.get(&parent).cloned().unwrap_or_default(),
            };
            found.extend(children.iter().filter_map(|child| process::pid(*child)));
            parents.extend(children);
        }
        found
    }
}

/// The tree as far as process groups tell.
#[cfg(not(target_os = "linux"))]
mod groups {
    use rustix::process::{Pid, test_kill_process_group};

    pub(super) use rustix::process::kill_process_group as send;

    pub(super) fn rest_is_alive(child: Pid) -> bool {
        test_kill_process_group(child).is_ok()
    }

    /// Returns the agent's own group and the terminal's foreground group, where they still exist.
    pub(super) fn members(child: Pid, foreground: Option<Pid>) -> Vec<Pid> {
        let other = foreground.filter(|group| *group != child);
        [Some(child), other]
            .into_iter()
            .flatten()
            .filter(|group| test_kill_process_group(*group).is_ok())
            .collect()
    }
}
