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

/// How the name of a server's tool begins, whichever server it is.
const MCP: &str = "mcp__";

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
    /// Its other tools, which no word of ours stands for.
    names: Vec<String>,
    /// How it names the tool of a server that is written `mcp__server__tool`; none if it does so itself.
    mcp: Option<String>,
    /// Arguments that leave a tool out, where a program has no list of tools to deny.
    without: BTreeMap<String, Vec<String>>,
}

impl Vocabulary {
    /// Every name of a tool that the program knows, and our words for some.
    fn all(&self) -> impl Iterator<Item = &str> {
        let named = self.tools.values().flatten().chain(&self.names);
        self.tools.keys().chain(named).map(String::as_str)
    }

    fn has(&self, name: &str) -> bool {
        self.all().any(|known| known == name)
    }
}

/// Parts a tool from the pattern in its brackets.
fn split(word: &str) -> (&str, &str) {
    word.find('(').map_or((word, ""), |at| word.split_at(at))
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
                known.names.extend(vocabulary.names);
                known.mcp = vocabulary.mcp.or(known.mcp.take());
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
        let (name, pattern) = split(word);
        let Some(own) = self.0.get(cli) else {
            return if TOOLS.contains(&name) { Tool::Unknown } else { Tool::Named(vec![word.to_owned()]) };
        };
        if let Some(names) = own.tools.get(name) {
            return Tool::Named(names.iter().map(|name| format!("{name}{pattern}")).collect());
        }
        if let Some(server) = name.strip_prefix(MCP) {
            let Some(form) = &own.mcp else { return Tool::Named(vec![word.to_owned()]) };
            let (server, tool) = server.split_once("__").unwrap_or((server, "*"));
            return Tool::Named(vec![form.replace("{server}", server).replace("{tool}", tool)]);
        }
        if own.has(name) || own.tools.is_empty() && !self.knows(name) {
            return Tool::Named(vec![word.to_owned()]);
        }
        Tool::Unknown
    }

    /// Returns our word for another program's tool that this one has under another name: `Bash(git *)` is
    /// `shell(git *)`. What is `wide` may stand for more than that tool.
    pub(super) fn ours(&self, cli: &str, word: &str, wide: bool) -> Option<String> {
        let (name, pattern) = split(word);
        if TOOLS.contains(&name) || self.0.get(cli).is_none_or(|own| own.has(name)) {
            return None;
        }
        let mut groups = self.0.values().flat_map(|words| &words.tools);
        let is_it = |names: &[String]| names.iter().any(|n| n == name) && (wide || names.len() == 1);
        let (group, _) = groups.find(|(group, names)| TOOLS.contains(&group.as_str()) && is_it(names))?;
        Some(format!("{group}{pattern}"))
    }

    /// Returns whether a tool's name is a word of ours, or some program's own.
    pub(super) fn knows(&self, name: &str) -> bool {
        name.starts_with(MCP) || TOOLS.contains(&name) || self.0.values().any(|words| words.has(name))
    }

    /// Returns every name of a tool, ours first.
    pub(super) fn tools(&self) -> impl Iterator<Item = &str> {
        TOOLS.into_iter().chain(self.0.values().flat_map(Vocabulary::all))
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
        assert_eq!(words.tool("gemini", "mcp__docs"), Tool::Named(vec!["mcp_docs_*".into()]));
        assert_eq!(words.tool("gemini", "mcp__docs__look_up"), Tool::Named(vec!["mcp_docs_look_up".into()]));
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

    #[test]
    fn another_programs_name_for_a_tool_is_understood_and_a_misspelt_one_is_not_known() {
        let words = Words::read(None).unwrap();
        assert_eq!(words.ours("gemini", "Bash(rm *)", false).as_deref(), Some("shell(rm *)"));
        assert_eq!(words.ours("codex", "Bash", false).as_deref(), Some("shell"));
        assert_eq!(words.ours("claude", "Bash(rm *)", false), None, "it is its own");
        assert_eq!(words.ours("gemini", "Write", false), None, "it would allow more than was said");
        assert_eq!(words.ours("gemini", "Write", true).as_deref(), Some("edit"), "and may deny more");
        assert_eq!(words.tool("gemini", "TodoWrite"), Tool::Unknown);
        assert!(words.knows("TodoWrite") && words.knows("mcp__x__y") && words.knows("replace"));
        assert!(!words.knows("shel") && !words.knows("wirte") && !words.knows("bash"));
    }
}
