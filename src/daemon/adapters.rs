//! What is known of agent programs, as the daemon has it: the built-in adapters and a person's own in their places, read
//! anew when their files change. A file that is wrong changes nothing but the log.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use super::DaemonError;
use crate::adapter::{Adapters, Own, Rules};
use crate::config::{OwnFile, Paths, own_files};

/// The adapters, and how their files looked when they were read.
#[derive(Debug)]
pub(super) struct Library {
    known: Arc<Adapters>,
    looks: Looks,
    folders: [PathBuf; 2],
}

/// How files look from outside: their paths, times and sizes.
type Looks = Vec<(PathBuf, Option<SystemTime>, u64)>;

impl Library {
    /// Reads the adapters.
    pub(super) fn read(paths: &Paths) -> Result<Library, DaemonError> {
        let folders = [paths.adapters(), paths.rules()];
        let looks = looks(&folders);
        Ok(Library { known: Arc::new(read(&folders)?), looks, folders })
    }

    /// Returns the adapters.
    pub(super) fn known(&self) -> &Arc<Adapters> {
        &self.known
    }

    /// Returns whether there are files that could change.
    pub(super) fn has_own(&self) -> bool {
        self.folders.iter().any(|folder| folder.is_dir())
    }

    /// Has the next look take every file for changed.
    pub(super) fn forget_looks(&mut self) {
        self.looks = vec![(PathBuf::new(), None, 0)];
    }

    /// Reads the adapters anew if their files changed; returns whether they did.
    pub(super) fn refresh(&mut self) -> Result<bool, DaemonError> {
        let looks = looks(&self.folders);
        if looks == self.looks {
            return Ok(false);
        }
        // What is wrong is told once, not at every look.
        self.looks = looks;
        self.known = Arc::new(read(&self.folders)?);
        Ok(true)
    }
}

fn looks(folders: &[PathBuf]) -> Looks {
    let files = folders.iter().flat_map(|folder| std::fs::read_dir(folder).into_iter().flatten().flatten());
    let mut looks: Looks = files
        .filter_map(|file| {
            let known = file.metadata().ok()?;
            Some((file.path(), known.modified().ok(), known.len()))
        })
        .collect();
    looks.sort();
    looks
}

fn read([adapters, rules]: &[PathBuf; 2]) -> Result<Adapters, DaemonError> {
    let own = own_files(adapters)?;
    let files: Vec<String> = own.iter().map(|file| file.path.display().to_string()).collect();
    let own: Vec<Own> =
        own.iter().zip(&files).map(|(own, file)| Own { name: &own.name, file, text: &own.text }).collect();
    let mut adapters = Adapters::with_own(&own)?;
    // Where people kept their rules for any program before there were adapters.
    let rules: Vec<OwnFile> = own_files(rules)?;
    if let Some(file) = rules.iter().find(|file| file.name == adapters.generic().name()) {
        adapters.replace_generic_rules(Rules::parse(&file.path.display().to_string(), &file.text)?);
    }
    Ok(adapters)
}

/// The settings of the whole machine that Gemini CLI reads where it is named no other file.
pub(super) fn machine_settings() -> Option<serde_json::Value> {
    let text = std::fs::read_to_string(Path::new("/etc/gemini-cli/settings.json")).ok()?;
    serde_json::from_str(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_changes_is_read_anew_and_a_wrong_one_leaves_everything_as_it_was() {
        let home = tempfile::tempdir().unwrap();
        let paths = Paths::under(home.path());
        let mut library = Library::read(&paths).unwrap();
        assert!(!library.has_own() && !library.refresh().unwrap());
        std::fs::create_dir_all(paths.adapters()).unwrap();
        let file = paths.adapters().join("mine.toml");
        std::fs::write(&file, "[adapter]\nname = \"mine\"\nprograms = [\"mine\"]\n").unwrap();
        assert!(library.has_own() && library.refresh().unwrap());
        assert!(library.known().named("mine").is_some());
        std::fs::write(&file, "[adapter]\nname = \"mine\"\nprograms = [\"mine\"]\nodd = 1\n").unwrap();
        let error = library.refresh().unwrap_err().to_string();
        assert!(error.contains("mine.toml:4:1: `adapter.odd`: unknown field `odd`"), "{error}");
        assert!(library.known().named("mine").is_some());
        assert!(!library.refresh().unwrap(), "it is told once");
        std::fs::write(paths.adapters().join("mine.toml"), "[adapter]\nname = \"other\"\n").unwrap();
        assert!(library.refresh().unwrap() && library.known().named("mine").is_none());
    }
}
