//! The files of one start of one agent: hooks, tool servers, a system prompt. Its owner's alone, and gone with the start.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// What the folder of each start begins with.
const START: &str = "start-";

/// Returns the folder of one start, in the folder in which the agent's output is kept. It lies there and not beside the
/// sockets since some programs read no settings from below a folder that others can write to, as the one for temporary
/// files is.
pub(in super::super) fn folder(agent: &Path, epoch: u32) -> PathBuf {
    agent.join(format!("{START}{epoch}"))
}

/// Writes a start's files; what is left of earlier starts goes.
pub(super) async fn write(agent: PathBuf, epoch: u32, files: BTreeMap<String, String>) -> io::Result<()> {
    let written = tokio::task::spawn_blocking(move || {
        for old in std::fs::read_dir(&agent).into_iter().flatten().flatten() {
            if old.file_name().to_string_lossy().starts_with(START) {
                // What cannot be removed harms nobody; the new files have a folder of their own.
                let _ = std::fs::remove_dir_all(old.path());
            }
        }
        if files.is_empty() { Ok(()) } else { write_all(&folder(&agent, epoch), &files) }
    });
    written.await.unwrap_or(Ok(()))
}

fn write_all(folder: &Path, files: &BTreeMap<String, String>) -> io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    for (name, text) in files {
        // A name is a name: it leads nowhere else.
        if Path::new(name).file_name().is_none_or(|last| last != name.as_str()) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("`{name}` is no name of a file"),
            ));
        }
        let mut file =
            std::fs::OpenOptions::new().create_new(true).write(true).mode(0o600).open(folder.join(name))?;
        file.write_all(text.as_bytes())?;
    }
    Ok(())
}

/// Removes a start's files.
pub(super) async fn remove(agent: &Path, epoch: u32) {
    super::keep::remove_folder(folder(agent, epoch)).await;
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[tokio::test]
    async fn a_starts_files_are_its_owners_alone_and_take_the_place_of_an_earlier_starts() {
        let agent = tempfile::tempdir().unwrap();
        let files = |name: &str| BTreeMap::from([(name.to_owned(), "text".to_owned())]);
        write(agent.path().to_owned(), 1, files("a.json")).await.unwrap();
        write(agent.path().to_owned(), 2, files("b.json")).await.unwrap();
        assert!(!folder(agent.path(), 1).exists());
        let file = folder(agent.path(), 2).join("b.json");
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
        assert!(write(agent.path().to_owned(), 3, files("../out")).await.is_err());
        remove(agent.path(), 2).await;
        assert!(!file.exists());
    }
}
