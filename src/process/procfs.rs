//! The parsers of `/proc`. They believe nothing but what they read, and no process stays while it is looked at: each of
//! its files may be gone by the next line.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use rustix::process::Pid;

/// The most processes of one family that are looked at.
const FAMILY: usize = 32;

/// The most threads of a process whose children are asked for.
const THREADS: usize = 128;

/// The most open files of a process that are looked at.
const OPEN: usize = 512;

/// What the kernel keeps of a process in `/proc/PID/stat`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stat {
    /// What it does, as one letter: `R` runs, `S` sleeps, `T` is stopped, `Z` is dead and not reaped.
    pub state: char,
    /// Its parent; 0 where that one is in another PID namespace.
    pub parent: u32,
    /// Its process group.
    pub group: u32,
    /// The leader of its session; 0 where that one is in another PID namespace, as with a command run inside a
    /// container.
    pub session: u32,
    /// When it began, in clock ticks since the machine started.
    pub began: u64,
}

impl Stat {
    /// Reads the text of `/proc/PID/stat`.
    fn parse(text: &str) -> Option<Stat> {
        // The name, in parentheses, may hold anything.
        let mut fields = text.rsplit_once(") ")?.1.split_ascii_whitespace();
        let state = fields.next()?.chars().next()?;
        let mut number = || fields.next()?.parse().ok();
        let (parent, group, session) = (number()?, number()?, number()?);
        let began = fields.nth(15)?.parse().ok()?;
        Some(Stat { state, parent, group, session, began })
    }

    /// Returns whether the process is alive, rather than dead and not yet reaped.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        !matches!(self.state, 'Z' | 'X')
    }
}

/// Returns the number of a process.
#[must_use]
pub fn id(pid: Pid) -> u32 {
    pid.as_raw_pid().cast_unsigned()
}

/// Returns the process with a number, for what is done to it; none where no process can have it.
#[must_use]
pub fn pid(id: u32) -> Option<Pid> {
    Pid::from_raw(i32::try_from(id).ok()?)
}

/// Returns what the kernel keeps of a process; none if there is no such process, or where there is no `/proc`.
#[must_use]
pub fn stat(pid: u32) -> Option<Stat> {
    // A name may be of any bytes.
    Stat::parse(&String::from_utf8_lossy(&fs::read(file(pid, "stat")).ok()?))
}

/// Returns the leader of a process's session.
#[must_use]
pub fn session(pid: u32) -> Option<u32> {
    // `getsid` answers the same on Linux, but its binding takes 0 for impossible.
    match cfg!(target_os = "linux") {
        true => stat(pid).map(|stat| stat.session),
        false => rustix::process::getsid(Some(self::pid(pid)?)).ok().map(id),
    }
}

/// Returns every process there is.
pub fn all() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// Returns the environment with which a process was started.
#[must_use]
pub fn environment(pid: u32) -> Vec<(OsString, OsString)> {
    let bytes = fs::read(file(pid, "environ")).unwrap_or_default();
    let pairs = bytes.split(|byte| *byte == 0).filter_map(|pair| {
        let at = pair.iter().position(|byte| *byte == b'=')?;
        let (name, value) = (pair.get(..at)?, pair.get(at + 1..)?);
        Some((OsStr::from_bytes(name).to_owned(), OsStr::from_bytes(value).to_owned()))
    });
    pairs.collect()
}

/// Returns the words with which a process was started, the program first.
#[must_use]
pub fn command(pid: u32) -> Vec<OsString> {
    let Ok(bytes) = fs::read(file(pid, "cmdline")) else { return Vec::new() };
    let words = bytes.strip_suffix(b"\0").unwrap_or(&bytes);
    words.split(|byte| *byte == 0).map(|word| OsStr::from_bytes(word).to_owned()).collect()
}

/// Returns the files that a process keeps open, up to a bound.
#[must_use]
pub fn open_files(pid: u32) -> Vec<PathBuf> {
    let open = fs::read_dir(file(pid, "fd")).into_iter().flatten().flatten();
    open.take(OPEN).filter_map(|file| fs::read_link(file.path()).ok()).collect()
}

/// Returns whether the kernel lists the children of a process; some are built without that.
#[must_use]
pub fn lists_children() -> bool {
    Path::new("/proc/thread-self/children").exists()
}

/// Returns a process's children from where the kernel lists them, thread by thread.
#[must_use]
pub fn children(pid: u32) -> Vec<u32> {
    // A process or a thread that is gone meanwhile has no children either.
    let threads = fs::read_dir(file(pid, "task")).into_iter().flatten().flatten();
    let lists = threads.map(|thread| fs::read_to_string(thread.path().join("children")).unwrap_or_default());
    lists.flat_map(|list| numbers(&list)).collect()
}

/// Returns the children of every process, from looking at every process.
#[must_use]
pub fn children_by_parent() -> HashMap<u32, Vec<u32>> {
    let mut found: HashMap<u32, Vec<u32>> = HashMap::new();
    for pid in all() {
        if let Some(stat) = stat(pid) {
            found.entry(stat.parent).or_default().push(pid);
        }
    }
    found
}

/// Returns a process and those that it started, as far as they are still its children and up to a bound; itself first.
#[must_use]
pub fn family(pid: u32) -> Vec<u32> {
    let mut family = vec![pid];
    let mut next = 0;
    while let Some(of) = family.get(next).copied() {
        next += 1;
        let threads = fs::read_dir(file(of, "task")).into_iter().flatten().flatten();
        for thread in threads.take(THREADS) {
            let list = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
            family.extend(numbers(&list));
        }
        family.truncate(FAMILY);
    }
    family
}

fn numbers(list: &str) -> Vec<u32> {
    list.split_ascii_whitespace().filter_map(|pid| pid.parse().ok()).collect()
}

fn file(pid: u32, name: &str) -> PathBuf {
    PathBuf::from(format!("/proc/{pid}/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_anything_in_it_is_no_field() {
        let text = "7 (a) Z 9 9 ) S 3 5 6 34816 7 4194304 1 0 0 0 2 1 0 0 20 0 1 0 4711 1 2";
        let expected = Stat { state: 'S', parent: 3, group: 5, session: 6, began: 4711 };
        assert_eq!(Stat::parse(text), Some(expected));
    }

    #[test]
    fn what_is_cut_off_or_is_something_else_is_not_known() {
        let text = "7 (sh) S 3 5 6 34816 7 4194304 1 0 0 0 2 1 0 0 20 0 1 0 4711";
        assert!(Stat::parse(text).is_some());
        for end in 0..text.rfind(' ').unwrap() {
            assert_eq!(Stat::parse(&text[..end]), None, "{end}");
        }
        assert_eq!(Stat::parse("7 (sh) S x 5 6"), None);
        assert_eq!(Stat::parse(""), None);
    }

    #[cfg(target_os = "linux")]
    mod linux {
        use std::process::{Child, Command, Stdio};

        use super::*;

        fn shell(script: &str) -> (Child, u32) {
            let mut shell = Command::new("sh");
            shell.args(["-c", script]).env("MARK", "a=b\nc").stdin(Stdio::piped()).stdout(Stdio::piped());
            let mut shell = shell.spawn().unwrap();
            let mut line = String::new();
            let out = shell.stdout.take().unwrap();
            std::io::BufRead::read_line(&mut std::io::BufReader::new(out), &mut line).unwrap();
            let id = shell.id();
            (shell, id)
        }

        #[test]
        fn every_way_to_find_children_finds_the_same() {
            let (mut shell, pid) = shell("sleep 1000 & sleep 1000 & echo ready; wait");
            let sorted = |mut pids: Vec<u32>| {
                pids.sort_unstable();
                pids
            };
            let listed = sorted(children(pid));
            assert_eq!(sorted(children_by_parent().remove(&pid).unwrap()), listed);
            assert_eq!(sorted(family(pid).split_off(1)), listed);
            assert_eq!(listed.len(), 2);
            for child in listed {
                rustix::process::kill_process(
                    super::super::pid(child).unwrap(),
                    rustix::process::Signal::KILL,
                )
                .unwrap();
            }
            shell.wait().unwrap();
        }

        #[test]
        fn a_process_is_seen_as_it_was_started_and_dead_when_it_is() {
            let script = "echo ready; read line";
            let (mut shell, pid) = shell(script);
            assert_eq!(command(pid), ["sh", "-c", script]);
            assert!(environment(pid).contains(&("MARK".into(), "a=b\nc".into())));
            assert!(all().any(|known| known == pid));
            assert!(!open_files(pid).is_empty());
            let seen = stat(pid).unwrap();
            assert_eq!(seen.parent, std::process::id());
            assert_eq!(session(pid), Some(seen.session));
            assert!(seen.is_alive());
            shell.kill().unwrap();
            while stat(pid).unwrap().is_alive() {
                std::thread::yield_now();
            }
            shell.wait().unwrap();
            assert_eq!((stat(pid), command(pid), environment(pid)), (None, vec![], vec![]));
        }
    }
}
