//! Where files are kept: settings, what is kept of sessions, and what lives only while processes run.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use directories::ProjectDirs;

use crate::domain::{AgentId, Name};

/// The folders of one user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// Settings, and a person's own themes, layouts and rules.
    pub config: PathBuf,
    /// What is kept of sessions.
    pub data: PathBuf,
    /// Sockets and locks; its owner's alone, and short, since a socket's path may hold only some 100 bytes.
    pub runtime: PathBuf,
}

/// The user has no home folder, and none was named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "find a folder for agentctl's files: there is no home folder; set AGENTCTL_HOME to a folder of yours"
)]
pub struct NoHome;

/// The folder for sockets cannot serve.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPlace {
    /// Sockets in it would have too long a path.
    #[error(
        "keep sockets in {folder}: its path has {long} bytes, and the system takes at most {most}; set AGENTCTL_HOME to a folder with a shorter path"
    )]
    TooLong {
        /// The folder.
        folder: PathBuf,
        /// How long its path is.
        long: usize,
        /// How long it may be.
        most: usize,
    },
    /// What should be a folder is something else.
    #[error("keep files in {0}: it is a file; set AGENTCTL_HOME to a folder")]
    File(PathBuf),
}

/// The longest path of a socket, in bytes.
const SOCKET_PATH: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// What a holder's socket adds to the path of the folder for sockets: `/h/`, the session, the agent, the start.
const HOLDER_NAME: usize = "/h/0123456789abcdef-9999-9999.sock".len();

impl Paths {
    /// Checks that files and sockets can be kept here.
    ///
    /// # Errors
    /// If a path is too long for a socket, or leads through a file.
    pub fn check(&self) -> Result<(), BadPlace> {
        for folder in [&self.runtime, &self.data] {
            let there = folder.ancestors().find_map(|part| Some((part, part.metadata().ok()?)));
            if let Some((file, _)) = there.filter(|(_, known)| !known.is_dir()) {
                return Err(BadPlace::File(file.to_owned()));
            }
        }
        let (long, most) = (self.runtime.as_os_str().len(), SOCKET_PATH - HOLDER_NAME);
        match long <= most {
            true => Ok(()),
            false => Err(BadPlace::TooLong { folder: self.runtime.clone(), long, most }),
        }
    }

    /// Returns the folders for the environment as it is: all under `AGENTCTL_HOME` if that is set, else where the
    /// platform keeps such files (`directories`).
    ///
    /// # Errors
    /// If neither is to be had.
    pub fn of_user() -> Result<Paths, NoHome> {
        Paths::of(env::var_os("AGENTCTL_HOME").filter(|home| !home.is_empty()))
    }

    fn of(home: Option<OsString>) -> Result<Paths, NoHome> {
        if let Some(home) = home {
            return Ok(Paths::under(Path::new(&home)));
        }
        let dirs = ProjectDirs::from("", "", "agentctl").ok_or(NoHome)?;
        let runtime = dirs.runtime_dir().map_or_else(
            || env::temp_dir().join(format!("agentctl-{}", rustix::process::getuid().as_raw())),
            Path::to_owned,
        );
        Ok(Paths { config: dirs.config_dir().to_owned(), data: dirs.data_dir().to_owned(), runtime })
    }

    /// Returns the folders, all of them in one.
    #[must_use]
    pub fn under(home: &Path) -> Paths {
        Paths { config: home.join("config"), data: home.join("data"), runtime: home.join("run") }
    }

    /// Returns the daemon's socket.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.runtime.join("daemon.sock")
    }

    /// Returns the file whose lock the one daemon holds.
    #[must_use]
    pub fn lock(&self) -> PathBuf {
        self.runtime.join("daemon.lock")
    }

    /// Returns the file in which the daemon says what it does.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.data.join("daemon.log")
    }

    /// Returns the folder of the holders' sockets.
    #[must_use]
    pub fn holders(&self) -> PathBuf {
        self.runtime.join("h")
    }

    /// Returns the folder in which all sessions are kept.
    #[must_use]
    pub fn sessions(&self) -> PathBuf {
        self.data.join("sessions")
    }

    /// Returns the folder in which one session is kept.
    #[must_use]
    pub fn session(&self, session: &Name) -> PathBuf {
        self.sessions().join(session.as_str())
    }

    /// Returns the file of a session's events.
    #[must_use]
    pub fn session_store(&self, session: &Name) -> PathBuf {
        self.session(session).join("session.db")
    }

    /// Returns the file from which a session can be brought back if the file of its events is destroyed.
    #[must_use]
    pub fn session_backup(&self, session: &Name) -> PathBuf {
        self.session(session).join("session.json")
    }

    /// Returns the folder in which an agent's output is kept.
    #[must_use]
    pub fn agent(&self, session: &Name, agent: AgentId) -> PathBuf {
        self.session(session).join("agents").join(agent.0.to_string())
    }

    /// Returns a person's settings.
    #[must_use]
    pub fn settings(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// Returns the folder of a person's own themes.
    #[must_use]
    pub fn themes(&self) -> PathBuf {
        self.config.join("themes")
    }

    /// Returns the folder of a person's own layouts and saved arrangements.
    #[must_use]
    pub fn layouts(&self) -> PathBuf {
        self.config.join("layouts")
    }

    /// Returns the folder of a person's own adapters.
    #[must_use]
    pub fn adapters(&self) -> PathBuf {
        self.config.join("adapters")
    }

    /// Returns the folder of a person's own screen rules.
    #[must_use]
    pub fn rules(&self) -> PathBuf {
        self.config.join("rules")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_folder_can_hold_everything() {
        let paths = Paths::of(Some("/x".into())).unwrap();
        let agent = paths.agent(&Name::new("s").unwrap(), AgentId(3));
        assert_eq!(paths.socket(), Path::new("/x/run/daemon.sock"));
        assert_eq!(agent, Path::new("/x/data/sessions/s/agents/3"));
    }

    #[test]
    fn a_place_that_is_a_file_or_whose_path_is_too_long_is_told_so() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(Paths::under(&home.path().join("new")).check(), Ok(()));
        let file = home.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert_eq!(Paths::under(&file).check(), Err(BadPlace::File(file)));
        let far = Paths::under(&Path::new("/tmp").join("x".repeat(150)));
        let said = far.check().unwrap_err().to_string();
        assert!(
            said.contains(&format!("has 159 bytes, and the system takes at most {}", SOCKET_PATH - 34)),
            "{said}"
        );
        // A path just short enough holds every socket.
        let most = Paths::under(&Path::new("/").join("x".repeat(SOCKET_PATH - 34 - 5)));
        assert_eq!(most.check(), Ok(()));
        assert!(most.holders().join("0123456789abcdef-1000-9999.sock").as_os_str().len() <= SOCKET_PATH);
    }
}
