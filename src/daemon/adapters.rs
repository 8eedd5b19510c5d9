//! What is known of agent programs, as the daemon has it: the built-in adapters and a person's own in their places, read
//! anew when their files change. A file that is wrong is left out: what it said when it was last right goes on, else the
//! built-in adapter of its name.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use super::DaemonError;
use crate::adapter::{Adapters, Own, Rules};
use crate::config::{OwnFile, Paths, readable_files};
use crate::manifest::{Manifest, ManifestError};

/// The adapters, and how their files looked when they were read.
#[derive(Debug)]
pub(super) struct Library {
    known: Arc<Adapters>,
    looks: Looks,
    folders: [PathBuf; 2],
    /// What was last right, by its path.
    good: BTreeMap<PathBuf, String>,
    /// What is wrong now, each with its file.
    wrongs: Vec<String>,
}

/// How files look from outside: their paths, times and sizes.
type Looks = Vec<(PathBuf, Option<SystemTime>, u64)>;

impl Library {
    /// Reads the adapters.
    pub(super) fn read(paths: &Paths) -> Result<Library, DaemonError> {
        let folders = [paths.adapters(), paths.rules()];
        let looks = looks(&folders);
        let mut library =
            Library { known: Arc::default(), looks, folders, good: BTreeMap::new(), wrongs: Vec::new() };
        library.read_anew()?;
        Ok(library)
    }

    /// Returns the adapters.
    pub(super) fn known(&self) -> &Arc<Adapters> {
        &self.known
    }

    /// Returns what is wrong with files that are left out.
    pub(super) fn wrongs(&self) -> &[String] {
        &self.wrongs
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
        self.read_anew()?;
        Ok(true)
    }

    fn read_anew(&mut self) -> Result<(), DaemonError> {
        let mut wrongs = Vec::new();
        let [adapters, rules] = &self.folders;
        let own =
            sound(adapters, &mut self.good, &mut wrongs, |manifest| Adapters::check(manifest).map(drop));
        let files: Vec<String> = own.iter().map(|file| file.path.display().to_string()).collect();
        let own: Vec<Own> = own
            .iter()
            .zip(&files)
            .map(|(own, file)| Own { name: &own.name, file, text: &own.text })
            .collect();
        let mut known = Adapters::with_own(&own)?;
        // Where people kept their rules for any program before there were adapters.
        let check = |manifest: &Manifest<'_>| Rules::parse(manifest.file, manifest.text).map(drop);
        let rules = sound(rules, &mut self.good, &mut wrongs, check);
        if let Some(file) = rules.iter().find(|file| file.name == known.generic().name()) {
            known.replace_generic_rules(Rules::parse(&file.path.display().to_string(), &file.text)?);
        }
        (self.known, self.wrongs) = (Arc::new(known), wrongs);
        Ok(())
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

/// Returns the files of a folder that are right; one that is not says what it said when it was last right.
fn sound(
    folder: &Path,
    good: &mut BTreeMap<PathBuf, String>,
    wrongs: &mut Vec<String>,
    check: impl Fn(&Manifest<'_>) -> Result<(), ManifestError>,
) -> Vec<OwnFile> {
    let (own, unreadable) = readable_files(folder);
    wrongs.extend(unreadable.iter().map(ToString::to_string));
    let is_sound = |file: OwnFile| {
        let shown = file.path.display().to_string();
        match check(&Manifest { file: &shown, text: &file.text }) {
            Ok(()) => {
                good.insert(file.path.clone(), file.text.clone());
                Some(file)
            }
            Err(error) => {
                wrongs.push(error.to_string());
                good.get(&file.path).map(|text| OwnFile { text: text.clone(), ..file.clone() })
            }
        }
    };
    own.into_iter().filter_map(is_sound).collect()
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
        std::fs::write(
            paths.adapters().join("aider.toml"),
            "extends = \"aider\"\n[[rule]]\nstate = \"wating\"\n",
        )
        .unwrap();
        assert!(library.refresh().unwrap());
        let wrongs = library.wrongs().join("\n");
        assert!(wrongs.contains("mine.toml:4:1: `adapter.odd`: unknown field `odd`"), "{wrongs}");
        assert!(wrongs.contains("aider.toml:3:"), "{wrongs}");
        assert_eq!(library.known().named("aider").unwrap().title(), "aider", "the built-in one serves");
        assert!(library.known().named("mine").is_some());
        assert!(!library.refresh().unwrap(), "it is told once");
        std::fs::write(paths.adapters().join("mine.toml"), "[adapter]\nname = \"other\"\n").unwrap();
        std::fs::remove_file(paths.adapters().join("aider.toml")).unwrap();
        assert!(library.refresh().unwrap() && library.known().named("mine").is_none());
        assert!(library.wrongs().is_empty());
        std::fs::write(paths.adapters().join("mine.toml"), [0xff, 0xfe]).unwrap();
        assert!(
            library.refresh().unwrap() && library.wrongs().len() == 1,
            "one that is no text is left out, too"
        );
    }

    #[test]
    fn a_daemon_that_starts_with_a_wrong_file_has_the_built_in_adapter_of_its_name() {
        let home = tempfile::tempdir().unwrap();
        let paths = Paths::under(home.path());
        std::fs::create_dir_all(paths.adapters()).unwrap();
        std::fs::write(paths.adapters().join("claude.toml"), "extends = \"cluade\"\n").unwrap();
        let library = Library::read(&paths).unwrap();
        assert_eq!(library.known().named("claude").unwrap().title(), "Claude Code");
        assert!(library.wrongs()[0].contains("claude.toml:1:11"), "{:?}", library.wrongs());
    }
}
