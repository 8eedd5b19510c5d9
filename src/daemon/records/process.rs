//! What the system tells of a process: its environment, its children, when it began, what it keeps open. Where it does
//! not tell, nothing is known.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

/// The most processes of one agent that are looked at.
const FAMILY: usize = 32;

/// The most threads of a process whose children are asked for.
const THREADS: usize = 128;

/// The most open files of a process that are looked at.
const OPEN: usize = 512;

/// Returns the environment with which a process was started.
pub(super) fn environment(pid: u32) -> Vec<(OsString, OsString)> {
    let Ok(bytes) = fs::read(format!("/proc/{pid}/environ")) else { return Vec::new() };
    let pairs = bytes.split(|byte| *byte == 0).filter_map(|pair| {
        let at = pair.iter().position(|byte| *byte == b'=')?;
        Some((OsStr::from_bytes(&pair[..at]).to_owned(), OsStr::from_bytes(&pair[at + 1..]).to_owned()))
    });
    pairs.collect()
}

/// Returns the command of a process.
pub(super) fn command(pid: u32) -> Vec<OsString> {
    let Ok(bytes) = fs::read(format!("/proc/{pid}/cmdline")) else { return Vec::new() };
    bytes.split(|byte| *byte == 0).map(|word| OsStr::from_bytes(word).to_owned()).collect()
}

/// Returns when a process began, by the system's own count.
pub(super) fn began(pid: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, in parentheses, may hold anything.
    stat.rsplit_once(") ")?.1.split(' ').nth(19).map(str::to_owned)
}

/// Returns a process and those that it started, as far as they are still its children; itself first.
pub(super) fn family(pid: u32) -> Vec<u32> {
    let mut family = vec![pid];
    let mut next = 0;
    while let Some(of) = family.get(next).copied() {
        next += 1;
        let Ok(threads) = fs::read_dir(format!("/proc/{of}/task")) else { continue };
        for thread in threads.flatten().take(THREADS) {
            let children = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
            family.extend(children.split(' ').filter_map(|child| child.parse::<u32>().ok()));
        }
        family.truncate(FAMILY);
    }
    family
}

/// Returns the files that a process keeps open.
pub(super) fn open_files(pid: u32) -> Vec<PathBuf> {
    let Ok(open) = fs::read_dir(format!("/proc/{pid}/fd")) else { return Vec::new() };
    open.flatten().take(OPEN).filter_map(|file| fs::read_link(file.path()).ok()).collect()
}
