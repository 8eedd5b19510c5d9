//! Files that are there whole or not at all, also after a power cut.
//!
//! Built on `tempfile`, which gives a draft a name that nobody can foresee, its owner's mode, and removes it when
//! something fails. `atomic-write-file` does the same with two more dependencies of its own; what `tempfile` leaves to us
//! are the two syncs. All of it blocks: on a disk that hangs, for as long as that hangs.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::Path;

use tempfile::NamedTempFile;

/// The extension of a draft. One that stays is of a writer that was killed.
pub const DRAFT: &str = "new";

/// The mode of what is its owner's alone.
const PRIVATE: u32 = 0o600;
/// The mode that the user's mask makes of new files.
const USUAL: u32 = 0o666;

/// Writes a file, or replaces it. A new one is its owner's alone; one that is replaced keeps its mode.
///
/// # Errors
/// Fails if the disk refuses; then what was there is still there.
pub fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let draft = draft(path, content, PRIVATE)?;
    draft.as_file().sync_all()?;
    draft.persist(path)?;
    sync_folder(path)
}

/// Does the same for what is of no use after a power cut: other processes see it whole, and the disk may take its time.
///
/// # Errors
/// Fails if the disk refuses; then what was there is still there.
pub fn write_unsynced(path: &Path, content: &[u8]) -> io::Result<()> {
    draft(path, content, PRIVATE)?.persist(path)?;
    Ok(())
}

/// Writes a person's file that is not there yet, with the mode that new files have.
///
/// # Errors
/// Fails if something has this name already, or if the disk refuses.
pub fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    let draft = draft(path, content, USUAL)?;
    draft.as_file().sync_all()?;
    draft.persist_noclobber(path)?;
    sync_folder(path)
}

/// Creates a folder for its owner alone, and whatever is missing above it.
///
/// # Errors
/// Fails if the disk refuses, or something else has one of the names.
pub fn create_private_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

fn draft(path: &Path, content: &[u8], mode: u32) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    let suffix = format!(".{DRAFT}");
    builder.prefix(".").suffix(&suffix).permissions(Permissions::from_mode(mode));
    let mut draft = builder.tempfile_in(folder_of(path))?;
    draft.write_all(content)?;
    if let Ok(former) = fs::metadata(path) {
        draft.as_file().set_permissions(former.permissions())?;
    }
    Ok(draft)
}

/// Has the disk keep a folder's list of names: without it a power cut may undo a rename.
fn sync_folder(path: &Path) -> io::Result<()> {
    match File::open(folder_of(path))?.sync_all() {
        // Some file systems cannot do this for folders, and say so.
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        other => other,
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_new_file_is_its_owners_alone_and_one_that_is_replaced_keeps_its_mode() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        write(&path, b"one").unwrap();
        assert_eq!((fs::read(&path).unwrap(), mode()), (b"one".to_vec(), 0o600));
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        write(&path, b"two").unwrap();
        assert_eq!((fs::read(&path).unwrap(), mode()), (b"two".to_vec(), 0o644));
        write_unsynced(&path, b"three").unwrap();
        assert_eq!((fs::read(&path).unwrap(), mode()), (b"three".to_vec(), 0o644));
        assert_eq!(names(folder.path()), ["a"]);
    }

    #[test]
    fn what_cannot_be_put_in_place_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::create_dir_all(path.join("in the way")).unwrap();
        assert!(write(&path, b"one").is_err());
        assert_eq!(names(folder.path()), ["a"]);
        assert!(write(&folder.path().join("no/such/folder"), b"one").is_err());
    }

    #[test]
    fn what_is_there_is_not_taken_for_new() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        write_new(&path, b"one").unwrap();
        assert_eq!(write_new(&path, b"two").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!((fs::read(&path).unwrap(), names(folder.path())), (b"one".to_vec(), vec!["a".to_owned()]));
    }
}
