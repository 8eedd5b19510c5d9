//! What a holder is told when it starts, and what it answers: one JSON text on its standard input, one line on its
//! standard output. A holder reads no configuration and inherits nothing that counts: this is everything.

use std::ffi::OsString;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Size;

/// What a holder is to start, and where it keeps what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spec {
    /// The socket that it serves; absolute, and below some 100 bytes long, which is all that sockets allow.
    #[serde(with = "path")]
    pub socket: PathBuf,
    /// Where it keeps the agent's output, if it is to be kept beyond the memory.
    pub keep: Option<Keep>,
    /// The sequence number that the first byte gets. 0 for a new agent; for one that is started again with the same
    /// history, the end of what there was, so that the numbers go on.
    pub first_seq: u64,
    /// The program and its arguments. One without a slash is looked for in the PATH of `env`.
    pub argv: Vec<OsString>,
    /// The folder to start it in; absolute.
    #[serde(with = "path")]
    pub cwd: PathBuf,
    /// Its whole environment: nothing is added and nothing inherited.
    pub env: Vec<(OsString, OsString)>,
    /// The terminal's size.
    pub size: Size,
}

/// A history on disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keep {
    /// Its folder, which is created if need be.
    #[serde(with = "path")]
    pub folder: PathBuf,
    /// The most it takes on disk, in bytes; less than 512 KiB counts as that.
    pub cap: u64,
}

/// What a holder answers, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Report {
    /// The agent runs and the socket is served.
    Ready { child: u32 },
    /// Nothing runs.
    Failed(LaunchError),
}

/// Why an agent could not be started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum LaunchError {
    /// The launch spec is none.
    #[error("the launch spec cannot be read: {cause}")]
    BadSpec {
        /// What is wrong with it.
        cause: String,
    },
    /// No command was given.
    #[error("there is no command to run")]
    NoCommand,
    /// The command is in no folder of the PATH.
    #[error("`{command}` is not found in PATH")]
    NotInPath {
        /// The command as it was given.
        command: String,
        /// The PATH that was looked through: long, and so for the log alone.
        path: String,
    },
    /// There is no such file.
    #[error("`{command}` does not exist")]
    NotFound {
        /// The file.
        command: String,
    },
    /// It is a folder, or may not be executed.
    #[error("`{command}` is not an executable file")]
    NotExecutable {
        /// The file.
        command: String,
    },
    /// The file names an interpreter, or needs a loader, that is not there.
    #[error("`{command}` needs `{interpreter}`, which does not exist or cannot be executed")]
    BadInterpreter {
        /// The file.
        command: String,
        /// What it needs.
        interpreter: String,
    },
    /// The file is no program for this machine.
    #[error("`{command}` is not a program that this machine can run")]
    WrongFormat {
        /// The file.
        command: String,
    },
    /// The folder to start in is not there.
    #[error("the folder `{folder}` does not exist")]
    NoFolder {
        /// The folder.
        folder: String,
    },
    /// What should be the folder to start in is something else, or may not be entered.
    #[error("`{folder}` is not a folder that can be entered")]
    BadFolder {
        /// The folder.
        folder: String,
    },
    /// Arguments and environment together are longer than the system takes.
    #[error("its arguments and environment are too long")]
    TooLong,
    /// The system has no room for another process.
    #[error("there are too many processes")]
    TooManyProcesses,
    /// The system has no room for another open file.
    #[error("there are too many open files")]
    TooManyFiles,
    /// The system has no memory for it.
    #[error("there is not enough memory")]
    OutOfMemory,
    /// The system gives no pseudo-terminal.
    #[error("no terminal could be opened: {cause}")]
    NoTerminal {
        /// Why.
        cause: String,
    },
    /// The socket cannot be served.
    #[error("the socket `{socket}` cannot be served: {cause}")]
    NoSocket {
        /// The socket.
        socket: String,
        /// Why.
        cause: String,
    },
    /// The system refuses for another reason.
    #[error("the system refuses: {cause}")]
    Refused {
        /// Why.
        cause: String,
    },
}

/// Paths as the system has them, UTF-8 or not.
mod path {
    use std::ffi::OsString;
    use std::path::{Path, PathBuf};

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
        path.as_os_str().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
        OsString::deserialize(deserializer).map(PathBuf::from)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt;

    use super::*;

    #[test]
    fn what_is_not_utf8_arrives_as_it_is() {
        let odd = || OsString::from_vec(vec![b'/', 0xff, b'"', b'\n', 1]);
        let spec = Spec {
            socket: odd().into(),
            keep: Some(Keep { folder: odd().into(), cap: 1 }),
            first_seq: 3,
            argv: vec![odd()],
            cwd: odd().into(),
            env: vec![(odd(), odd())],
            size: Size::new(24, 80),
        };
        let text = serde_json::to_string(&spec).unwrap();
        assert_eq!(serde_json::from_str::<Spec>(&text).unwrap(), spec);
    }

    #[test]
    fn a_failure_is_one_line_and_comes_back_as_it_was() {
        let report = Report::Failed(LaunchError::NotInPath { command: "a\nb".into(), path: "/bin".into() });
        let line = serde_json::to_string(&report).unwrap();
        assert!(!line.contains('\n'));
        assert_eq!(serde_json::from_str::<Report>(&line).unwrap(), report);
    }
}
