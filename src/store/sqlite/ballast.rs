//! A little disk kept back for when it is full: given up, it lets the commands that free or stop something be saved.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// How much is kept back, in bytes: room for some thousand events.
const SIZE: usize = 1 << 20;

/// How much must be free before anything is kept back, as a multiple of it.
const PLENTY: u64 = 16;

/// The file that is kept back beside a session's record.
#[derive(Debug)]
pub(super) struct Ballast {
    path: PathBuf,
}

impl Ballast {
    /// Returns the ballast beside this file, and keeps it back if there is room.
    pub(super) fn beside(file: &Path) -> Ballast {
        let ballast = Ballast { path: PathBuf::from(format!("{}.ballast", file.display())) };
        ballast.keep_back();
        ballast
    }

    /// Gives the space up; returns whether there was any.
    pub(super) fn give_up(&self) -> bool {
        fs::remove_file(&self.path).is_ok()
    }

    /// Keeps the space back again, where there is plenty. That it cannot is no failure: it is only a precaution.
    pub(super) fn keep_back(&self) {
        if !self.path.exists() && self.is_plenty() && self.write().is_err() {
            self.give_up();
        }
    }

    fn is_plenty(&self) -> bool {
        let folder = self.path.parent().unwrap_or(Path::new("/"));
        rustix::fs::statvfs(folder)
            .is_ok_and(|disk| disk.f_bavail.saturating_mul(disk.f_frsize) / PLENTY > SIZE as u64)
    }

    fn write(&self) -> io::Result<()> {
        let mut file = File::create(&self.path)?;
        file.write_all(&vec![0; SIZE])?;
        file.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_back_is_given_up_once_and_kept_back_again() {
        let folder = tempfile::tempdir().unwrap();
        let ballast = Ballast::beside(&folder.path().join("s.db"));
        assert!(ballast.give_up() && !ballast.give_up());
        ballast.keep_back();
        assert!(folder.path().join("s.db.ballast").exists());
    }
}
