//! Every blueprint there is, by name: the session's, the person's own, and those that are built in, in that order.
//!
//! It is given texts and reads none itself: whoever asks has read the folders.

use serde::Serialize;

use super::convert::{Conversion, ConvertError, convert};
use super::definition::{Around, Blueprint, Definition};
use super::words::Words;
use crate::adapter::Adapters;
use crate::domain::{Launch, Name, misspelt, nearest};
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

/// The program for blueprints that name none, where none of the known ones is installed.
pub const DEFAULT_CLI: &str = "claude";

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
    /// The program is not known, and one that is nearly called so is.
    #[error("there is no CLI called `{cli}`")]
    Cli {
        /// The program.
        cli: String,
        /// The one that was probably meant.
        near: String,
    },
    /// The program cannot be started from it.
    #[error(transparent)]
    Convert(#[from] ConvertError),
}

/// An agent to be started from a blueprint: which, and what is otherwise about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wish<'a> {
    /// The blueprint's name.
    pub blueprint: &'a str,
    /// The program, in place of the blueprint's.
    pub cli: Option<&'a str>,
    /// The model, in place of the blueprint's.
    pub model: Option<&'a str>,
    /// What is put behind the blueprint's prompt.
    pub prompt_suffix: Option<&'a str>,
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
            LibraryError::Cli { near, .. } => Some(format!("did you mean `{near}`?")),
            LibraryError::Wrong(_) | LibraryError::Convert(_) => None,
        }
    }
}

/// Every blueprint there is.
#[derive(Clone, Debug)]
pub struct Library {
    sources: Vec<Source>,
    adapters: Adapters,
    words: Words,
    default_cli: String,
}

impl Library {
    /// Returns the built-in ones alone.
    ///
    /// # Errors
    /// If one of the files that are built in is wrong.
    #[cfg(test)]
    pub fn builtin() -> Result<Library, ManifestError> {
        Ok(Library::new([], Adapters::builtin()?, Words::read(None)?, DEFAULT_CLI.to_owned()))
    }

    /// Puts the blueprints that people wrote over the built-in ones. `default_cli` is the program for those that name
    /// none.
    #[must_use]
    pub fn new(
        own: impl IntoIterator<Item = Source>,
        adapters: Adapters,
        words: Words,
        default_cli: String,
    ) -> Library {
        let builtin = BUILTIN.map(|(name, text)| Source {
            name: name.to_owned(),
            origin: Origin::Builtin,
            file: format!("built-in {name}.toml"),
            text: text.to_owned(),
        });
        let mut sources: Vec<Source> = own.into_iter().chain(builtin).collect();
        sources.sort_by_key(|source| source.origin);
        Library { sources, adapters, words, default_cli }
    }

    /// Returns the names of the programs that are known.
    pub fn clis(&self) -> impl Iterator<Item = &str> {
        self.adapters.iter().map(|adapter| adapter.name()).filter(|name| *name != "generic")
    }

    /// Returns how an agent is started from a blueprint.
    ///
    /// # Errors
    /// If the blueprint cannot be used, or its program cannot be kept to it.
    pub fn launch(&self, wish: &Wish<'_>) -> Result<Conversion, LibraryError> {
        self.start(self.usable(wish.blueprint)?, wish)
    }

    /// Returns how a blueprint is started, whether or not it is enabled.
    ///
    /// # Errors
    /// If its program cannot be kept to it.
    pub fn start(&self, mut blueprint: Blueprint, wish: &Wish<'_>) -> Result<Conversion, LibraryError> {
        if let Some(model) = wish.model {
            blueprint.model = Some(model.to_owned());
        }
        blueprint.specialise(wish.prompt_suffix.unwrap_or_default());
        let cli = wish.cli.or(blueprint.cli.as_deref()).unwrap_or(self.default_cli()).to_owned();
        if let Some(adapter) = self.adapters.named(&cli).filter(|adapter| !adapter.programs().is_empty()) {
            let program = adapter.programs().first().map_or(cli.as_str(), String::as_str);
            return Ok(convert(&blueprint, adapter, program, &self.words)?);
        }
        let adapter = self.adapters.find(&Launch { command: vec![cli.clone()], ..Launch::default() });
        match self.meant_cli(&cli) {
            Some(near) => Err(LibraryError::Cli { near, cli }),
            None => Ok(convert(&blueprint, adapter, &cli, &self.words)?),
        }
    }

    /// Returns the program that was probably meant by a word that names none.
    fn meant_cli(&self, word: &str) -> Option<String> {
        let launch = Launch { command: vec![word.to_owned()], ..Launch::default() };
        let is_known = self.adapters.named(word).is_some_and(|adapter| !adapter.programs().is_empty())
            || !self.adapters.find(&launch).programs().is_empty();
        misspelt(word, self.clis()).filter(|_| !is_known).map(str::to_owned)
    }

    /// Returns the program for blueprints that name none.
    #[must_use]
    pub fn default_cli(&self) -> &str {
        &self.default_cli
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
    /// Names file, line and field of the first thing that is wrong.
    pub fn read(&self, source: &Source) -> Result<Blueprint, ManifestError> {
        self.examine(source).map_err(|wrongs| wrongs.into_iter().next().unwrap_or_else(|| unread(source, "")))
    }

    /// Reads a text and every text that it builds on, and looks for all that is wrong.
    ///
    /// # Errors
    /// Names file, line and field of each thing that is wrong; at least one.
    pub fn examine(&self, source: &Source) -> Result<Blueprint, Vec<ManifestError>> {
        Name::new(source.name.as_str())
            .map_err(|e| vec![unread(source, &format!("the file's name is none: {e}"))])?;
        let mut line: Vec<(&Source, Definition)> = Vec::new();
        let mut next = source;
        loop {
            let manifest = Manifest { file: &next.file, text: &next.text };
            let definition: Definition = manifest.read().map_err(|e| vec![e])?;
            let base = match &definition.extends {
                Some(base) => Some(self.base(next, base, &line).map_err(|e| vec![e])?),
                None => None,
            };
            line.push((next, definition));
            match base {
                Some(base) => next = base,
                None => break,
            }
        }
        let around = Around { words: &self.words, meant_cli: &|word| self.meant_cli(word) };
        let read = |(from, definition): &(&Source, Definition)| {
            definition.wrongs(&Manifest { file: &from.file, text: &from.text }, &around)
        };
        let mut wrongs: Vec<ManifestError> = line.iter().flat_map(read).collect();
        let enabled = line.first().and_then(|(_, own)| own.enabled).unwrap_or(true);
        let mut blueprint = Blueprint { name: source.name.clone(), enabled, ..Blueprint::default() };
        if wrongs.is_empty() {
            let layers = line.into_iter().rev();
            let taken = layers
                .map(|(from, own)| blueprint.take(own, &Manifest { file: &from.file, text: &from.text }));
            wrongs.extend(taken.filter_map(Result::err));
        }
        if wrongs.is_empty() { Ok(blueprint) } else { Err(wrongs) }
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

/// An error about a whole file.
fn unread(source: &Source, problem: &str) -> ManifestError {
    let whole = Manifest { file: &source.file, text: "" }.at(&(0..0), "", problem);
    ManifestError { line: 0, ..whole }
}
