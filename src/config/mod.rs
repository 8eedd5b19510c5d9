//! A person's settings, and where files are kept.
//!
//! Hands out the text of the configuration to whoever owns a section of it, and names nobody's types: a room that has
//! settings reads its own section and says what is wrong with it. Paths are decided here and nowhere else.

mod paths;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::manifest::{Manifest, ManifestError, Spanned};

pub use paths::Paths;

/// Why the settings could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is there and cannot be read.
    #[error("read {path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is read and something in it is wrong.
    #[error(transparent)]
    Wrong(#[from] ManifestError),
}

/// The sections that a person's settings may have; each is read by the room that owns it.
pub const SECTIONS: &[&str] = &["tui", "keys", "history", "price", "budget"];

/// A person's `config.toml`; empty if there is none.
#[derive(Clone, Debug, Default)]
pub struct Config {
    file: String,
    text: String,
}

impl Config {
    /// Reads the settings at `path`; `sections` are the words that may stand at their top.
    ///
    /// # Errors
    /// If the file is there and cannot be read, is no TOML, or has a section that nobody owns.
    pub fn load(path: &Path, sections: &[&str]) -> Result<Config, ConfigError> {
        let file = path.display().to_string();
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(source) => return Err(ConfigError::Unreadable { path: path.to_owned(), source }),
        };
        let manifest = Manifest { file: &file, text: &text };
        let top: BTreeMap<Spanned<String>, IgnoredAny> = manifest.read()?;
        if let Some(strange) = top.keys().find(|key| !sections.contains(&key.get_ref().as_str())) {
            let word = strange.get_ref();
            let error = manifest.at(&strange.span(), word.clone(), "no such section");
            return Err(error.did_you_mean(word, sections.iter().copied()).into());
        }
        Ok(Config { file, text })
    }

    /// Reads one owner's view of the settings: a type whose fields are the sections it owns.
    ///
    /// # Errors
    /// Names file, line and field of what `T` does not understand.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, ManifestError> {
        Manifest { file: &self.file, text: &self.text }.read()
    }

    /// Returns an error that points at a place of the settings, for owners that check more than types can say.
    #[must_use]
    pub fn at(&self, span: &std::ops::Range<usize>, field: &str, why: &str) -> ManifestError {
        Manifest { file: &self.file, text: &self.text }.at(span, field, why)
    }
}

/// A file that a person put beside the built-in ones of its kind: a theme, a layout, a set of rules.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct OwnFile {
    /// Its name, without folder and extension.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// What it says.
    pub text: String,
}

/// Reads every `*.toml` in a folder, by name; a folder that is not there holds nothing.
///
/// # Errors
/// If the folder or one of the files cannot be read.
pub fn own_files(folder: &Path) -> Result<Vec<OwnFile>, ConfigError> {
    let (found, unreadable) = readable_files(folder);
    match unreadable.into_iter().next() {
        Some(error) => Err(error),
        None => Ok(found),
    }
}

/// Reads every `*.toml` in a folder, by name, and says which cannot be read.
#[must_use]
pub fn readable_files(folder: &Path) -> (Vec<OwnFile>, Vec<ConfigError>) {
    let unreadable = |path: &Path, source| ConfigError::Unreadable { path: path.to_owned(), source };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return (Vec::new(), Vec::new()),
        Err(source) => return (Vec::new(), vec![unreadable(folder, source)]),
    };
    let (mut found, mut errors) = (Vec::new(), Vec::new());
    for entry in entries {
        let path = match entry {
            Ok(entry) => entry.path(),
            Err(source) => {
                errors.push(unreadable(folder, source));
                continue;
            }
        };
        if path.extension().is_some_and(|e| e == "toml")
            && let Some(name) = path.file_stem().map(|stem| stem.to_string_lossy().into_owned())
        {
            match fs::read_to_string(&path) {
                Ok(text) => found.push(OwnFile { name, path, text }),
                Err(source) => errors.push(unreadable(&path, source)),
            }
        }
    }
    found.sort_by(|a: &OwnFile, b| a.name.cmp(&b.name));
    (found, errors)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, Deserialize, PartialEq)]
    struct Mine {
        #[serde(default)]
        tui: Tui,
    }

    #[derive(Debug, Default, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields, default)]
    struct Tui {
        leader: String,
    }

    fn load(text: &str) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        fs::write(&path, text).unwrap();
        Config::load(&path, &["tui", "history"])
    }

    #[test]
    fn no_file_is_no_setting() {
        let config = Config::load(Path::new("/nowhere/config.toml"), &["tui"]).unwrap();
        assert_eq!(config.read::<Mine>().unwrap(), Mine::default());
    }

    #[test]
    fn each_owner_reads_its_own_section_and_leaves_the_others_alone() {
        let config = load("[history]\nmegabytes = 3\n[tui]\nleader = \"ctrl-a\"\n").unwrap();
        assert_eq!(config.read::<Mine>().unwrap().tui.leader, "ctrl-a");
    }

    #[test]
    fn a_section_that_nobody_owns_and_a_field_that_nobody_knows_are_named() {
        let error = load("[tiu]\n").unwrap_err().to_string();
        assert!(error.ends_with("config.toml:1:2: `tiu`: no such section; did you mean `tui`?"), "{error}");
        let error = load("\n[tui]\nleadr = 1\n").unwrap().read::<Mine>().unwrap_err().to_string();
        assert!(
            error.ends_with("config.toml:3:1: `tui.leadr`: unknown field `leadr`; did you mean `leader`?"),
            "{error}"
        );
    }

    #[test]
    fn own_files_are_read_by_name() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("b.toml", "2"), ("a.toml", "1"), ("notes.txt", "")] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let names: Vec<_> = own_files(folder.path()).unwrap().into_iter().map(|f| (f.name, f.text)).collect();
        assert_eq!(names, [("a".into(), "1".into()), ("b".into(), "2".into())]);
        assert_eq!(own_files(&folder.path().join("none")).unwrap(), []);
    }
}
