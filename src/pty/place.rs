//! Where the holder of one start of an agent is found.
//!
//! Its socket lies in the folder for sockets, under a short name that says whose it is. Sessions with plain names of up
//! to 16 bytes have them in it as they are, so no two of them share a name; others have a few of their letters and a hash.

#[cfg(target_os = "linux")]
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::domain::{AgentId, Name};

/// The longest session name that stands in a socket's name as it is, in bytes. The path of a socket is bounded, and the
/// folder for sockets was promised the rest.
const PLAIN: usize = 16;

/// Where the holder of one start of an agent is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    sockets: PathBuf,
    folder: PathBuf,
    session: Name,
    agent: AgentId,
    epoch: u32,
}

impl Place {
    /// Returns the place of the agent's start `epoch`; `sockets` is the folder of all holders' sockets, `folder` the one
    /// in which the agent's output is kept.
    #[must_use]
    pub fn new(sockets: PathBuf, folder: PathBuf, session: Name, agent: AgentId, epoch: u32) -> Place {
        Place { sockets, folder, session, agent, epoch }
    }

    /// Returns the mark of this start: what all its processes have in their environment, and no others.
    #[must_use]
    pub fn mark(&self) -> String {
        mark(&self.folder, self.epoch)
    }

    /// Returns the folder in which the agent's output is kept.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the paths of the sockets on which the holder may listen, the likeliest first. One that begins with a zero
    /// byte is a name without a file.
    pub(super) fn sockets(&self) -> Vec<PathBuf> {
        let socket = self.socket();
        let aside = aside(&self.folder, &socket).map(|name| format!("\0{name}").into());
        let former = self.named(&format!("{:016x}", hash(&self.session)));
        [Some(socket), aside, Some(former)].into_iter().flatten().collect()
    }

    /// Returns the socket that a new holder is to serve.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.named(&session_part(&self.session))
    }

    fn named(&self, session: &str) -> PathBuf {
        self.sockets.join(format!("{session}-{}-{}.sock", self.agent.0, self.epoch))
    }
}

/// Returns the mark of the start `epoch` of the agent whose output is kept in `folder`.
#[must_use]
pub fn mark(folder: &Path, epoch: u32) -> String {
    format!("{}#{epoch}", folder.display())
}

/// Returns the name without a file of the holder that serves `socket` and keeps an agent's output in `folder`; none where
/// there are no such names, or no such folder.
#[cfg(target_os = "linux")]
pub(super) fn aside(folder: &Path, socket: &Path) -> Option<String> {
    let about = folder.metadata().ok()?;
    let start = socket.file_name()?.to_str()?;
    Some(format!("agentctl/{}/{:x}.{:x}/{start}", about.uid(), about.dev(), about.ino()))
}

#[cfg(not(target_os = "linux"))]
pub(super) fn aside(_folder: &Path, _socket: &Path) -> Option<String> {
    None
}

/// Returns what stands for a session in a socket's name, at most 16 bytes.
fn session_part(session: &Name) -> String {
    let name = session.as_str();
    // Some file systems take small and capital letters for the same.
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte);
    if name.len() <= PLAIN && name.bytes().all(is_plain) {
        return name.to_owned();
    }
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).take(3).collect();
    // No name has a tilde in it.
    format!("{}~{:012x}", letters.to_ascii_lowercase(), hash(session) & 0xffff_ffff_ffff)
}

/// FNV-1a: stable over versions and machines, unlike the standard library's hasher.
fn hash(session: &Name) -> u64 {
    let bytes = session.as_str().bytes();
    bytes.fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(folder: &Path, session: &str) -> Place {
        Place::new(folder.to_owned(), folder.join("3"), Name::new(session).unwrap(), AgentId(3), 7)
    }

    fn socket(session: &str) -> String {
        let socket = place(Path::new("/h"), session).socket();
        socket.file_name().unwrap().to_string_lossy().into_owned()
    }

    #[test]
    fn the_socket_of_a_session_with_a_plain_name_says_whose_it_is() {
        assert_eq!(socket("dev"), "dev-3-7.sock");
        assert_eq!(socket("a-team_of.16-byt"), "a-team_of.16-byt-3-7.sock");
    }

    #[test]
    fn every_other_name_is_made_short_and_names_that_differ_in_case_alone_do_not_meet() {
        assert_eq!(socket("Dev"), "dev~4a19921b0c5c-3-7.sock");
        assert_ne!(socket("Dev"), socket("DEV"));
        assert_eq!(socket(&"ü".repeat(48)).len(), "~0123456789ab-3-7.sock".len());
        assert_eq!(socket(&"x".repeat(48)).len(), "xxx~0123456789ab-3-7.sock".len());
    }

    #[test]
    fn a_holder_of_version_0_1_0_is_looked_for_by_its_former_name_too() {
        let sockets = place(Path::new("/h"), "dev").sockets();
        assert_eq!(sockets, [Path::new("/h/dev-3-7.sock"), Path::new("/h/ca9a2a18f461fffc-3-7.sock")]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_name_without_a_file_is_the_same_wherever_the_sockets_are() {
        let folder = tempfile::tempdir().unwrap();
        let name = |sockets: &str| aside(folder.path(), &Path::new(sockets).join("dev-3-7.sock"));
        assert!(name("/a").is_some_and(|name| name.len() < 107));
        assert_eq!(name("/a"), name("/b"));
        assert_ne!(name("/a"), aside(folder.path(), Path::new("/a/dev-3-8.sock")));
    }
}
