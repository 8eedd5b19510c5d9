//! Where the holder of one start of an agent is found.
//!
//! Its socket lies in the folder for sockets, under a short name that says whose it is. Sessions with plain names of up
//! to 16 bytes have them in it as they are, so no two of them share a name; others have a few of their letters and a hash.

use std::path::PathBuf;

use crate::domain::{AgentId, Name};

/// The longest session name that stands in a socket's name as it is, in bytes. The path of a socket is bounded, and the
/// folder for sockets was promised the rest.
const PLAIN: usize = 16;

/// Where the holder of one start of an agent is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    sockets: PathBuf,
    session: Name,
    agent: AgentId,
    epoch: u32,
}

impl Place {
    /// Returns the place of the agent's start `epoch`; `sockets` is the folder of all holders' sockets.
    #[must_use]
    pub fn new(sockets: PathBuf, session: Name, agent: AgentId, epoch: u32) -> Place {
        Place { sockets, session, agent, epoch }
    }

    /// Returns the socket that a new holder is to serve.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.named(&session_part(&self.session))
    }

    /// Returns the socket of the holder that may run there: one of version 0.1.0 serves a socket of another name.
    #[must_use]
    pub fn socket_in_use(&self) -> PathBuf {
        let (socket, former) = (self.socket(), self.named(&format!("{:016x}", hash(&self.session))));
        if former.exists() && !socket.exists() { former } else { socket }
    }

    fn named(&self, session: &str) -> PathBuf {
        self.sockets.join(format!("{session}-{}-{}.sock", self.agent.0, self.epoch))
    }
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
    use std::path::Path;

    use super::*;

    fn place(folder: &Path, session: &str) -> Place {
        Place::new(folder.to_owned(), Name::new(session).unwrap(), AgentId(3), 7)
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
    fn a_holder_of_version_0_1_0_is_found_by_its_former_name() {
        let folder = tempfile::tempdir().unwrap();
        let place = place(folder.path(), "dev");
        assert_eq!(place.socket_in_use(), place.socket());
        let former = folder.path().join("ca9a2a18f461fffc-3-7.sock");
        std::fs::write(&former, "").unwrap();
        assert_eq!(place.socket_in_use(), former);
        std::fs::write(place.socket(), "").unwrap();
        assert_eq!(place.socket_in_use(), place.socket());
    }
}
