//! What the words of a blueprint mean to each program: `strong` is a model, `edit` some tools. Data, not code:
//! `words.toml`, and over it a person's own `models.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::manifest::{Manifest, ManifestError};

const BUILTIN: &str = include_str!("words.toml");

/// The words for models that mean the same everywhere.
pub const MODELS: [&str; 3] = ["strong", "balanced", "fast"];

/// The words for tools that mean the same everywhere.
pub const TOOLS: [&str; 5] = ["read", "edit", "shell", "web", "agents"];

/// The tools that can change something.
const WRITING: [&str; 3] = ["edit", "shell", "leave-plan"];

/// What the words mean, for each program by its name.
#[derive(Clone, Debug, Default)]
pub struct Words(BTreeMap<String, Vocabulary>);

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Vocabulary {
    models: BTreeMap<String, String>,
    tools: BTreeMap<String, Vec<String>>,
    /// Arguments that leave a tool out, where a program has no list of tools to deny.
    without: BTreeMap<String, Vec<String>>,
}

/// A tool of a blueprint, as a program knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tool {
    /// These names.
    Named(Vec<String>),
    /// The program has no name for it.
    Unknown,
}

impl Words {
    /// Returns the built-in ones, with a person's own over them.
    ///
    /// # Errors
    /// Names file, line and field of what is wrong with the person's own.
    pub fn read(own: Option<(&str, &str)>) -> Result<Words, ManifestError> {
        let mut words = Words(Manifest { file: "words.toml", text: BUILTIN }.read()?);
        if let Some((file, text)) = own {
            let own: BTreeMap<String, Vocabulary> = Manifest { file, text }.read()?;
            for (cli, vocabulary) in own {
                let known = words.0.entry(cli).or_default();
                known.models.extend(vocabulary.models);
                known.tools.extend(vocabulary.tools);
                known.without.extend(vocabulary.without);
            }
        }
        Ok(words)
    }

    /// Returns a program's name for a model; none for a word of ours that it has no model for.
    pub(super) fn model(&self, cli: &str, word: &str) -> Option<String> {
        let named = self.0.get(cli).and_then(|words| words.models.get(word));
        match named {
            Some(name) => Some(name.clone()),
            None if MODELS.contains(&word) => None,
            None => Some(word.to_owned()),
        }
    }

    /// Returns a program's names for a tool, the pattern in its brackets kept: `shell(git *)` is `Bash(git *)`.
    pub(super) fn tool(&self, cli: &str, word: &str) -> Tool {
        let (name, pattern) = word.find('(').map_or((word, ""), |at| word.split_at(at));
        match self.0.get(cli).and_then(|words| words.tools.get(name)) {
            Some(names) => Tool::Named(names.iter().map(|name| format!("{name}{pattern}")).collect()),
            None if TOOLS.contains(&name) => Tool::Unknown,
            None => Tool::Named(vec![word.to_owned()]),
        }
    }

    /// Returns the arguments that leave a tool out.
    pub(super) fn without(&self, cli: &str, word: &str) -> Option<&[String]> {
        self.0.get(cli).and_then(|words| words.without.get(word)).map(Vec::as_slice)
    }

    /// Returns the tools that can change something and that this program has names for.
    pub(super) fn writing(&self, cli: &str) -> Vec<&'static str> {
        let known = self.0.get(cli);
        WRITING
            .into_iter()
            .filter(|word| known.is_some_and(|words| words.tools.contains_key(*word)))
            .collect()
    }

    /// Returns whether a tool, in our word or the program's, can change something.
    pub(super) fn writes(&self, cli: &str, word: &str) -> bool {
        let name = word.split('(').next().unwrap_or(word);
        let vocabulary = self.0.get(cli);
        WRITING.iter().any(|writing| {
            name == *writing
                || vocabulary
                    .and_then(|words| words.tools.get(*writing))
                    .is_some_and(|names| names.iter().any(|n| n == name))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_a_programs_own_and_a_persons_file_says_otherwise() {
        let words = Words::read(None).unwrap();
        assert_eq!(words.model("claude", "strong").as_deref(), Some("opus"));
        assert_eq!(words.model("claude", "claude-x-5").as_deref(), Some("claude-x-5"));
        assert_eq!(words.model("aider", "strong"), None);
        assert_eq!(words.tool("claude", "shell(git *)"), Tool::Named(vec!["Bash(git *)".into()]));
        assert_eq!(words.tool("claude", "mcp__x"), Tool::Named(vec!["mcp__x".into()]));
        assert_eq!(words.tool("codex", "shell"), Tool::Unknown);
        assert!(
            words.writes("gemini", "replace")
                && words.writes("claude", "Bash(ls)")
                && !words.writes("claude", "Read")
        );
        let own = Words::read(Some(("models.toml", "[claude.models]\nstrong = \"mine\""))).unwrap();
        assert_eq!(own.model("claude", "strong").as_deref(), Some("mine"));
        assert_eq!(own.model("claude", "fast").as_deref(), Some("haiku"));
        let error = Words::read(Some(("models.toml", "[claude.modles]\n"))).unwrap_err().to_string();
        assert!(error.starts_with("models.toml:1:") && error.contains("did you mean `models`?"), "{error}");
    }
}
