//! How an agent ended, written down by its holder beside the output, so that it is known when the holder is gone.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::disk;
use crate::domain::{Exit, Timestamp};

/// How one start of an agent ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// The name of the socket that its holder served, which says which start it was.
    socket: String,
    /// How the agent ended.
    pub exit: Exit,
    /// When the holder noticed it.
    pub at: Timestamp,
    /// The sequence number after its last byte.
    pub end: u64,
}

impl End {
    /// Returns the end of the agent whose holder serves `socket`.
    pub(super) fn new(socket: &Path, exit: Exit, at: Timestamp, end: u64) -> End {
        End { socket: name(socket), exit, at, end }
    }

    /// Writes it down in the agent's folder.
    pub(super) fn store(&self, folder: &Path) -> io::Result<()> {
        disk::write(&file(folder), &serde_json::to_vec(self)?)
    }

    /// Returns what the holder that served `socket` wrote down; none if it did not come to that.
    ///
    /// # Errors
    /// Fails if the file cannot be read, or is of something else.
    pub(super) fn load(folder: &Path, socket: &Path) -> io::Result<Option<End>> {
        let text = match fs::read(file(folder)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other?,
        };
        let end: End = serde_json::from_slice(&text)?;
        Ok(Some(end).filter(|end| end.socket == name(socket)))
    }
}

fn file(folder: &Path) -> PathBuf {
    folder.join("ended.json")
}

fn name(socket: &Path) -> String {
    socket.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_another_start_is_not_taken_for_this_ones() {
        let folder = tempfile::tempdir().unwrap();
        let (this, other) = (Path::new("/h/dev-3-7.sock"), Path::new("/h/dev-3-8.sock"));
        assert_eq!(End::load(folder.path(), this).unwrap(), None);
        let end = End::new(this, Exit::Code(3), Timestamp(5), 70);
        end.store(folder.path()).unwrap();
        assert_eq!(End::load(folder.path(), Path::new("/elsewhere/dev-3-7.sock")).unwrap(), Some(end));
        assert_eq!(End::load(folder.path(), other).unwrap(), None);
        fs::write(folder.path().join("ended.json"), "{").unwrap();
        assert!(End::load(folder.path(), this).is_err());
    }
}
