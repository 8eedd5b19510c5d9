//! One daemon a user: a lock that the kernel releases however its holder ends, and a socket that only its owner can
//! reach.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use tokio::net::UnixListener;

use crate::config::Paths;

/// Why the daemon cannot take its place.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// Another daemon has it.
    #[error("start a daemon: one runs already, at {0}")]
    Taken(PathBuf),
    /// The folder for sockets belongs to somebody else, or cannot be made its owner's alone.
    #[error("use {0} for sockets: it belongs to somebody else; set AGENTCTL_HOME to a folder of yours")]
    Foreign(PathBuf),
    /// The system refuses.
    #[error("use {path}: {source}")]
    Refused {
        /// What.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// The daemon's place, held until this is dropped or the process ends.
#[derive(Debug)]
pub(super) struct Place {
    _lock: File,
    socket: PathBuf,
}

/// Takes the one place of a daemon and listens there. A socket that a dead daemon left is cleared away.
pub(super) fn take(paths: &Paths) -> Result<(Place, UnixListener), PlaceError> {
    private_folder(&paths.runtime)?;
    private_folder(&paths.holders())?;
    let refused = |path: PathBuf| move |source| PlaceError::Refused { path, source };
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(paths.lock())
        .map_err(refused(paths.lock()))?;
    let socket = paths.socket();
    flock(&lock, FlockOperation::NonBlockingLockExclusive).map_err(|_| PlaceError::Taken(socket.clone()))?;
    match fs::remove_file(&socket) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(refused(socket)(error)),
        Ok(()) | Err(_) => {}
    }
    let listener = UnixListener::bind(&socket).map_err(refused(socket.clone()))?;
    fs::set_permissions(&socket, Permissions::from_mode(0o600)).map_err(refused(socket.clone()))?;
    Ok((Place { _lock: lock, socket }, listener))
}

impl Drop for Place {
    fn drop(&mut self) {
        // The lock is still held, so the socket is ours; if it is gone already, that is what was wanted.
        let _ = fs::remove_file(&self.socket);
    }
}

/// Makes a folder that only its owner can enter, or checks that it is one.
fn private_folder(path: &Path) -> Result<(), PlaceError> {
    let refused = |source| PlaceError::Refused { path: path.to_owned(), source };
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(refused)?;
    let folder = fs::symlink_metadata(path).map_err(refused)?;
    if !folder.is_dir() || folder.uid() != rustix::process::geteuid().as_raw() {
        return Err(PlaceError::Foreign(path.to_owned()));
    }
    if folder.mode() & 0o077 != 0 {
        fs::set_permissions(path, Permissions::from_mode(0o700)).map_err(refused)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_second_daemon_is_told_so_and_a_stale_socket_is_cleared() {
        let home = tempfile::tempdir().unwrap();
        let paths = Paths::under(home.path());
        fs::create_dir_all(&paths.runtime).unwrap();
        fs::set_permissions(&paths.runtime, Permissions::from_mode(0o755)).unwrap();
        drop(std::os::unix::net::UnixListener::bind(paths.socket()).unwrap());

        let first = take(&paths).unwrap();
        assert!(matches!(take(&paths), Err(PlaceError::Taken(_))));
        let mode = |p: &Path| fs::metadata(p).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&paths.runtime), mode(&paths.socket())), (0o700, 0o600));
        drop(first);
        assert!(!paths.socket().exists());
        assert!(take(&paths).is_ok());
    }
}
