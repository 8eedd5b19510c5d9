//! A TOML text that a person wrote, read into a value, or an error that says what is wrong with it: which file,
//! line and field, and which word was probably meant.
//!
//! Session files, themes, layouts, screen rules and the configuration are all read through here, so that they
//! all complain alike. It knows no meaning: what a field is for is known by the room that owns the type.

mod lineage;

use std::fmt;
use std::ops::Range;

use serde::de::DeserializeOwned;
pub use toml::Spanned;

pub use self::lineage::{Ancestor, read_lineage};

use crate::domain::nearest;

/// What toml's [`Spanned`] adds to the path of a field.
const SPANNED: &str = ".$__serde_spanned_private_value";

/// What is wrong with a text that a person wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestError {
    /// The file, as the person knows it.
    pub file: String,
    /// The line, from 1; 0 if the whole file is meant.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// The field, as a path such as `team[1].agent[0].count`; empty if the text is no TOML.
    pub field: String,
    /// What is wrong, as a lowercase fragment.
    pub problem: String,
    /// What would be right.
    pub hint: Option<String>,
}

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}:{}", self.line, self.column)?;
        }
        f.write_str(": ")?;
        if !self.field.is_empty() {
            write!(f, "`{}`: ", self.field)?;
        }
        f.write_str(&self.problem)?;
        if let Some(hint) = &self.hint {
            write!(f, "; {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ManifestError {}

/// A file's name and text, from which errors can point at a place.
#[derive(Clone, Copy, Debug)]
pub struct Manifest<'a> {
    /// The file, as the person knows it.
    pub file: &'a str,
    /// What it says.
    pub text: &'a str,
}

impl Manifest<'_> {
    /// Reads the text as TOML into a `T`.
    ///
    /// # Errors
    /// Names the place where the text is no TOML, or the field that `T` does not have or that has another type.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, ManifestError> {
        let reader = toml::Deserializer::parse(self.text).map_err(|e| self.explain("", &e))?;
        serde_path_to_error::deserialize(reader).map_err(|e| {
            let path = e.path().to_string().replace(SPANNED, "");
            self.explain(if path == "." { "" } else { &path }, e.inner())
        })
    }

    /// Returns an error that points at `span`, a range of bytes of the text.
    pub fn at(
        &self,
        span: &Range<usize>,
        field: impl Into<String>,
        problem: impl Into<String>,
    ) -> ManifestError {
        let (line, column) = self.position(span.start);
        let (file, field, problem) = (self.file.to_owned(), field.into(), problem.into());
        ManifestError { file, line, column, field, problem, hint: None }
    }

    fn explain(&self, field: &str, error: &toml::de::Error) -> ManifestError {
        let message = error.message().trim().replace('\n', ", ");
        let place = error.span().unwrap_or(0..0);
        let (problem, hint) = unknown_word(&message).unwrap_or((message, None));
        // The path of an unknown field may already end in the field itself.
        ManifestError { hint, ..self.at(&place, field, problem) }
    }

    fn position(&self, byte: usize) -> (usize, usize) {
        let before = self.text.get(..byte.min(self.text.len())).unwrap_or("");
        let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        (line, column)
    }
}

impl ManifestError {
    /// Returns the error with a word on what would be right.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> ManifestError {
        self.hint = Some(hint.into());
        self
    }

    /// Returns the error with the nearest of `known` to `word` as its hint, or all of them when none is near.
    #[must_use]
    pub fn did_you_mean<'a>(self, word: &str, known: impl IntoIterator<Item = &'a str>) -> ManifestError {
        let known: Vec<&str> = known.into_iter().collect();
        match (nearest(word, known.iter().copied()), known.is_empty()) {
            (Some(near), _) => self.hint(format!("did you mean `{near}`?")),
            (None, true) => self,
            (None, false) => self.hint(format!("it can be {}", known.join(", "))),
        }
    }
}

/// Turns serde's "unknown field `a`, expected one of `b`, `c`" into the same with the nearest word.
fn unknown_word(message: &str) -> Option<(String, Option<String>)> {
    let (what, rest) = ["unknown field `", "unknown variant `"]
        .iter()
        .find_map(|start| Some((*start, message.strip_prefix(start)?)))?;
    let (word, rest) = rest.split_once('`')?;
    let known: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
    let problem = if what.contains("field") {
        format!("unknown field `{word}`")
    } else {
        format!("`{word}` is not known here")
    };
    let hint = match nearest(word, known.iter().copied()) {
        Some(near) => Some(format!("did you mean `{near}`?")),
        None if known.is_empty() => None,
        None => Some(format!("it can be {}", known.join(", "))),
    };
    Some((problem, hint))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[serde(rename = "team", default)]
        teams: Vec<SampleTeam>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct SampleTeam {
        name: Spanned<String>,
        #[serde(default)]
        count: u32,
    }

    fn read(text: &str) -> Result<Sample, ManifestError> {
        Manifest { file: "agentctl.toml", text }.read()
    }

    #[test]
    fn an_unknown_field_is_told_the_nearest_one() {
        let error = read("[[team]]\nname = \"a\"\n\n[[team]]\nnane = \"b\"\n").unwrap_err();
        assert_eq!(
            error.to_string(),
            "agentctl.toml:5:1: `team[1].nane`: unknown field `nane`; did you mean `name`?"
        );
    }

    #[test]
    fn a_value_of_another_type_is_named_with_its_field() {
        let error = read("[[team]]\nname = 1\n").unwrap_err();
        assert_eq!((error.line, error.field.as_str()), (2, "team[0].name"));
        let error = read("[[team]]\nname = \"a\"\ncount = \"two\"\n").unwrap_err();
        assert_eq!((error.line, error.field.as_str()), (3, "team[0].count"));
        assert!(error.problem.contains("invalid type: string \"two\""), "{error}");
    }

    #[test]
    fn a_missing_field_and_a_broken_text_are_placed() {
        let error = read("[[team]]\ncount = 1\n").unwrap_err();
        assert!(error.problem.contains("missing field `name`"), "{error}");
        let error = read("[[team]\n").unwrap_err();
        assert_eq!((error.line, error.field.as_str()), (1, ""), "{error}");
    }

    #[test]
    fn a_span_points_at_its_line_and_column() {
        let text = "[[team]]\nname = \"é\"\n";
        let manifest = Manifest { file: "f", text };
        let sample: Sample = manifest.read().unwrap();
        let error = manifest.at(&sample.teams[0].name.span(), "team[0].name", "is no name");
        assert_eq!((error.line, error.column), (2, 8));
        assert_eq!(sample.teams[0].count, 0);
    }
}
