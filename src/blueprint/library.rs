//! Every blueprint there is, by name: the session's, the person's own, and those that are built in, in that order.
//!
//! It is given texts and reads none itself: whoever asks has read the folders.

use serde::Serialize;

use super::definition::{Blueprint, Definition};
use crate::domain::{Name, nearest};
use crate::manifest::{Manifest, ManifestError, Spanned};

/// The blueprints that are built in: name and text.
pub const BUILTIN: [(&str, &str); 8] = [
    ("executive", include_str!("builtin/executive.toml")),
    ("coordinator", include_str!("builtin/coordinator.toml")),
    ("coder", include_str!("builtin/coder.toml")),
    ("debugger", include_str!("builtin/debugger.toml")),
    ("tester", include_str!("builtin/tester.toml")),
    ("reviewer", include_str!("builtin/reviewer.toml")),
    ("security", include_str!("builtin/security.toml")),
    ("analyst", include_str!("builtin/analyst.toml")),
];

/// Whose a blueprint is; the earlier hides the later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// It lies in the session's folder.
    Session,
    /// It lies among the person's settings.
    User,
    /// It came with the program.
    Builtin,
}

impl Origin {
    /// Returns the word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Origin::Session => "session",
            Origin::User => "user",
            Origin::Builtin => "built in",
        }
    }
}

/// A blueprint's text, and where it is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The blueprint's name.
    pub name: String,
    /// Whose it is.
    pub origin: Origin,
    /// The file, as the person knows it.
    pub file: String,
    /// What it says.
    pub text: String,
}

/// Why a blueprint cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LibraryError {
    /// There is none of that name.
    #[error("there is no blueprint called `{name}`")]
    Unknown {
        /// The name.
        name: String,
        /// The one that was probably meant.
        near: Option<String>,
        /// Every name there is.
        known: Vec<String>,
    },
    /// It was switched off.
    #[error("the blueprint `{name}` is disabled in {file}")]
    Disabled {
        /// Its name.
        name: String,
        /// Where.
        file: String,
    },
    /// Its file, or one that it builds on, is wrong.
    #[error(transparent)]
    Wrong(#[from] ManifestError),
}

impl LibraryError {
    /// Returns how to mend it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            LibraryError::Unknown { near: Some(near), .. } => Some(format!("did you mean `{near}`?")),
            LibraryError::Unknown { known, .. } => Some(format!("there are {}", known.join(", "))),
            LibraryError::Disabled { name, .. } => {
                Some(format!("agentctl blueprint enable {name} switches it on"))
            }
            LibraryError::Wrong(_) => None,
        }
    }
}

/// Every blueprint there is.
#[derive(Clone, Debug)]
pub struct Library {
    sources: Vec<Source>,
    default_cli: Option<String>,
}

impl Default for Library {
    fn default() -> Library {
        Library::new([], None)
    }
}

impl Library {
    /// Puts the blueprints that people wrote over the built-in ones. `default_cli` is the program for those that name
    /// none.
    #[must_use]
    pub fn new(own: impl IntoIterator<Item = Source>, default_cli: Option<String>) -> Library {
        let builtin = BUILTIN.map(|(name, text)| Source {
            name: name.to_owned(),
            origin: Origin::Builtin,
            file: format!("built-in {name}.toml"),
            text: text.to_owned(),
        });
        let mut sources: Vec<Source> = own.into_iter().chain(builtin).collect();
        sources.sort_by(|a, b| a.origin.cmp(&b.origin));
        Library { sources, default_cli }
    }

    /// Returns the program for blueprints that name none.
    #[must_use]
    pub fn default_cli(&self) -> Option<&str> {
        self.default_cli.as_deref()
    }

    /// Returns every name, in the order of the alphabet.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.sources.iter().map(|source| source.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Returns every text, those that are hidden by another one of their name among them.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Returns the text that stands for a name.
    ///
    /// # Errors
    /// If there is none.
    pub fn source(&self, name: &str) -> Result<&Source, LibraryError> {
        self.sources.iter().find(|source| source.name == name).ok_or_else(|| {
            let names = self.names();
            LibraryError::Unknown {
                name: name.to_owned(),
                near: nearest(name, names.iter().copied()).map(str::to_owned),
                known: names.into_iter().map(str::to_owned).collect(),
            }
        })
    }

    /// Returns the blueprint of a name, for an agent to be made from it.
    ///
    /// # Errors
    /// If there is none, it is disabled, or its file or one that it builds on is wrong.
    pub fn usable(&self, name: &str) -> Result<Blueprint, LibraryError> {
        let source = self.source(name)?;
        let blueprint = self.read(source)?;
        if blueprint.enabled {
            Ok(blueprint)
        } else {
            Err(LibraryError::Disabled { name: name.to_owned(), file: source.file.clone() })
        }
    }

    /// Reads a text and every text that it builds on. One that builds on its own name builds on the text that it hides.
    ///
    /// # Errors
    /// Names file, line and field of what is wrong.
    pub fn read(&self, source: &Source) -> Result<Blueprint, ManifestError> {
        Name::new(source.name.as_str()).map_err(|e| {
            Manifest { file: &source.file, text: "" }.at(&(0..0), "", format!("the file's name is none: {e}"))
        })?;
        let mut line: Vec<(&Source, Definition)> = Vec::new();
        let mut next = source;
        loop {
            let manifest = Manifest { file: &next.file, text: &next.text };
            let definition: Definition = manifest.read()?;
            let base = match &definition.extends {
                Some(base) => Some(self.base(next, base, &line)?),
                None => None,
            };
            line.push((next, definition));
            match base {
                Some(base) => next = base,
                None => break,
            }
        }
        let enabled = line.first().and_then(|(_, own)| own.enabled).unwrap_or(true);
        let mut blueprint = Blueprint { name: source.name.clone(), enabled, ..Blueprint::default() };
        for (from, definition) in line.into_iter().rev() {
            blueprint.take(definition, &Manifest { file: &from.file, text: &from.text })?;
        }
        Ok(blueprint)
    }

    /// Finds the text that one builds on.
    fn base<'a>(
        &'a self,
        source: &'a Source,
        base: &Spanned<String>,
        line: &[(&Source, Definition)],
    ) -> Result<&'a Source, ManifestError> {
        let word = base.get_ref();
        let wrong = |problem: String| {
            Manifest { file: &source.file, text: &source.text }.at(&base.span(), "extends", problem)
        };
        let hidden = |other: &&Source| *word != source.name || other.origin > source.origin;
        let Some(found) = self.sources.iter().filter(hidden).find(|other| other.name == *word) else {
            let known = self.names().into_iter().filter(|name| *name != source.name);
            let problem = format!("there is no blueprint called `{word}` to build on");
            return Err(wrong(problem).did_you_mean(word, known));
        };
        if line.iter().map(|(earlier, _)| *earlier).chain([source]).any(|earlier| earlier == found) {
            return Err(wrong(format!("`{word}` builds on itself")));
        }
        Ok(found)
    }
}
