//! Names of sessions, teams and agents: short, printable, safe in a path, a command line and a border.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A name: 1 to 48 letters, digits, `-`, `_` or `.`, starting with a letter or digit.
///
/// Letters and digits of any script are welcome; white space, slashes and control characters are not, so a
/// name can stand in a file name and in a shell command as it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

/// Why a text is no [`Name`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// The text has no characters.
    #[error("a name cannot be empty")]
    Empty,
    /// The text has more than [`Name::MAX`] characters.
    #[error("`{0}` is longer than {max} characters", max = Name::MAX)]
    TooLong(String),
    /// The text starts with something other than a letter or a digit.
    #[error("`{0}` must start with a letter or a digit")]
    BadStart(String),
    /// The text holds a character that a name cannot hold.
    #[error("`{0}` holds {1:?}; letters, digits, `-`, `_` and `.` are allowed")]
    BadChar(String, char),
}

impl Name {
    /// The longest name, in characters.
    pub const MAX: usize = 48;

    /// Checks `text` and returns it as a name.
    ///
    /// # Errors
    /// Says which rule of a name `text` breaks.
    pub fn new(text: impl Into<String>) -> Result<Name, NameError> {
        let text = text.into();
        let Some(first) = text.chars().next() else { return Err(NameError::Empty) };
        if text.chars().count() > Name::MAX {
            return Err(NameError::TooLong(text));
        }
        if let Some(bad) = text.chars().find(|c| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))) {
            return Err(NameError::BadChar(text, bad));
        }
        if !first.is_alphanumeric() {
            return Err(NameError::BadStart(text));
        }
        Ok(Name(text))
    }

    /// Makes the nearest valid name out of any text (a folder's name, say); `fallback` if nothing of it is left.
    #[must_use]
    pub fn lenient(text: &str, fallback: &str) -> Name {
        let mut out = String::new();
        for c in text.chars() {
            if c.is_alphanumeric() || (!out.is_empty() && matches!(c, '-' | '_' | '.')) {
                out.push(c);
            } else if !out.is_empty() && !out.ends_with('-') {
                out.push('-');
            }
        }
        let short: String = out.chars().take(Name::MAX).collect();
        let text = short.trim_end_matches('-');
        Name(if text.is_empty() { fallback.to_owned() } else { text.to_owned() })
    }

    /// Returns the name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Name {
    type Error = NameError;

    fn try_from(text: String) -> Result<Name, NameError> {
        Name::new(text)
    }
}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Name, NameError> {
        Name::new(text)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> String {
        name.0
    }
}

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_letters_digits_and_three_marks() {
        for good in ["be-1", "Agent_1", "api.v2", "équipe", "7"] {
            assert_eq!(Name::new(good).unwrap().as_str(), good);
        }
        assert_eq!(Name::new(""), Err(NameError::Empty));
        assert_eq!(Name::new("-x"), Err(NameError::BadStart("-x".into())));
        assert_eq!(Name::new("a b"), Err(NameError::BadChar("a b".into(), ' ')));
        assert_eq!(Name::new("a\u{1b}"), Err(NameError::BadChar("a\u{1b}".into(), '\u{1b}')));
        assert!(matches!(Name::new("x".repeat(49)), Err(NameError::TooLong(_))));
    }

    #[test]
    fn any_folder_gives_some_name() {
        for (folder, name) in
            [("My Project (2)", "My-Project-2"), ("..", "work"), ("", "work"), ("a//b", "a-b")]
        {
            assert_eq!(Name::lenient(folder, "work").as_str(), name);
            assert!(Name::new(Name::lenient(folder, "work").as_str()).is_ok());
        }
    }
}
