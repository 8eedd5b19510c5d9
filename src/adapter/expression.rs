//! The regular expressions of rules, compiled when they are read or, where they are known to be right, when they are
//! first asked: compiling those of all built-in adapters takes longer than drawing the first screen.

use std::sync::OnceLock;

use regex::Regex;

/// Whether a file's expressions are compiled, and so checked, while it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compile {
    /// At once: a person's own file, in which anything may stand.
    Now,
    /// When first asked: a built-in file, which a test holds to be right.
    Later,
}

/// A regular expression.
#[derive(Clone, Debug)]
pub(super) struct Expression {
    text: String,
    /// None within, if it is none: it then matches nothing.
    compiled: OnceLock<Option<Regex>>,
}

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// If it is compiled now and is none.
    pub(super) fn read(text: &str, compile: Compile) -> Result<Expression, regex::Error> {
        let compiled = match compile {
            Compile::Now => OnceLock::from(Some(Regex::new(text)?)),
            Compile::Later => OnceLock::new(),
        };
        Ok(Expression { text: text.to_owned(), compiled })
    }

    fn regex(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| Regex::new(&self.text).ok()).as_ref()
    }

    /// Returns whether it matches somewhere in `text`.
    pub(super) fn is_match(&self, text: &str) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(text))
    }

    /// Returns what its group of this number matches in `text`.
    pub(super) fn group<'t>(&self, text: &'t str, group: usize) -> Option<&'t str> {
        Some(self.regex()?.captures(text)?.get(group)?.as_str())
    }

    /// Returns its text if it is none after all.
    #[cfg(test)]
    pub(super) fn broken(&self) -> Option<&str> {
        self.regex().is_none().then_some(self.text.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compiled_later_matches_as_what_is_compiled_now() {
        for compile in [Compile::Now, Compile::Later] {
            let expression = Expression::read(r"^(\d+) files$", compile).unwrap();
            assert!(expression.is_match("12 files") && !expression.is_match("no files"));
            assert_eq!(expression.group("12 files", 1), Some("12"));
            assert_eq!(expression.group("12 files", 2), None);
        }
    }

    #[test]
    fn what_is_none_is_an_error_now_and_matches_nothing_later() {
        assert!(Expression::read("(", Compile::Now).is_err());
        let broken = Expression::read("(", Compile::Later).unwrap();
        assert!(!broken.is_match("("));
        assert_eq!(broken.broken(), Some("("));
    }
}
