//! `[records]`: where a program keeps what it is doing, in files of its own. Data, and the paths that follow from it;
//! whoever has a disk looks there.
//!
//! Nothing here is written by agentctl: such files are the program's own, and most are internal to it, so that what is
//! not understood is left out.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// What stands in a path for the number of a conversation.
const CONVERSATION: &str = "{conversation}";

/// `[records]`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Records {
    /// How what they say is read.
    pub form: Form,
    /// The variable that names the folder in which they lie, where it is set.
    pub variable: String,
    /// The folder where it is not; `~` is the home of the agent.
    pub folder: String,
    /// The file, in that folder, in which the process `{pid}` keeps its state as it is now.
    pub session: String,
    /// The file, in that folder, to which a line is added for whatever happens in `{conversation}`; `*` stands for
    /// anything within a name.
    pub journal: String,
    /// Further files of the same form, beside that one, in which parts of `{conversation}` are kept: what its subagents
    /// did.
    pub parts: String,
    /// A file, in that folder, that is kept open by the process which is in `{conversation}`.
    pub held: String,
    /// When what was used is counted from the journal: there must be one teller a conversation.
    pub counts: Counts,
}

/// How records are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// As Claude Code writes them.
    Claude,
    /// As Codex writes them.
    Codex,
    /// As Gemini CLI writes them.
    Gemini,
    /// There are none.
    #[default]
    None,
}

/// When what was used is counted from a journal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Counts {
    /// Always: nothing else tells.
    #[default]
    Always,
    /// Where the program was started without the file of hooks, which has a status line that tells it.
    Unhooked,
}

impl Records {
    /// Returns the folder in which they lie, in this environment; none if it cannot be known.
    #[must_use]
    pub fn root(&self, variable: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        if let Some(folder) = (!self.variable.is_empty()).then(|| set(&self.variable)).flatten() {
            return Some(PathBuf::from(folder));
        }
        match self.folder.strip_prefix('~') {
            Some(rest) => Some(Path::new(&set("HOME")?).join(rest.trim_start_matches('/'))),
            None => (!self.folder.is_empty()).then(|| PathBuf::from(&self.folder)),
        }
    }

    /// Returns whether what was used is to be counted from the journal.
    #[must_use]
    pub fn counts(&self, hooked: bool) -> bool {
        match self.counts {
            Counts::Always => true,
            Counts::Unhooked => !hooked,
        }
    }

    /// Returns whether the journal is worth reading.
    #[must_use]
    pub fn reads_journal(&self, hooked: bool) -> bool {
        // Of the others' only what was used is read.
        !self.journal.is_empty() && (self.form == Form::Codex || self.counts(hooked))
    }

    /// Returns the path of the file in which a process keeps its state, below the folder.
    #[must_use]
    pub fn session_of(&self, pid: u32) -> Option<String> {
        (!self.session.is_empty()).then(|| self.session.replace("{pid}", &pid.to_string()))
    }

    /// Returns whether a journal is found by the number of its conversation; otherwise only its program can tell which.
    #[must_use]
    pub fn names_conversation(&self) -> bool {
        self.journal.contains(CONVERSATION)
    }

    /// Returns the journal's path below the folder, name by name; with `*` for a conversation that is not known.
    #[must_use]
    pub fn journal_of(&self, conversation: Option<&str>) -> Vec<String> {
        names(&self.journal.replace(CONVERSATION, known(conversation).unwrap_or("*")))
    }

    /// Returns the paths of further files of a conversation, beside its journal, name by name; none if there are none.
    #[must_use]
    pub fn parts_of(&self, conversation: Option<&str>) -> Option<Vec<String>> {
        let known = known(conversation).filter(|_| !self.parts.is_empty())?;
        Some(names(&self.parts.replace(CONVERSATION, known)))
    }

    /// Returns whether an open file, by its path below the folder, is a journal.
    #[must_use]
    pub fn is_journal(&self, below: &Path) -> bool {
        let names: Vec<_> = below.iter().map(|name| name.to_string_lossy()).collect();
        let pattern = self.journal_of(None);
        pattern.len() == names.len() && pattern.iter().zip(&names).all(|(pattern, name)| fits(pattern, name))
    }

    /// Returns the conversation that an open file, by its path below the folder, says its process is in.
    #[must_use]
    pub fn conversation_held(&self, below: &Path) -> Option<String> {
        let (before, after) = self.held.split_once(CONVERSATION)?;
        let id = below.to_str()?.strip_prefix(before)?.strip_suffix(after)?;
        (!id.is_empty() && !id.contains('/')).then(|| id.to_owned())
    }
}

/// The number is a program's word; it must not lead anywhere else.
fn known(conversation: Option<&str>) -> Option<&str> {
    conversation.filter(|id| !id.contains(['/', '*']) && !id.contains(".."))
}

fn names(path: &str) -> Vec<String> {
    path.split('/').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// Returns whether a name is one that a pattern means, in which `*` stands for anything.
#[must_use]
pub fn fits(pattern: &str, name: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut left) = name.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        let Some((_, after)) = left.split_once(part) else { return false };
        left = after;
    }
    left.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codex() -> Records {
        Records {
            form: Form::Codex,
            variable: "CODEX_HOME".into(),
            folder: "~/.codex".into(),
            journal: "sessions/*/*/*/rollout-*-{conversation}.jsonl".into(),
            held: "locks/{conversation}.lock".into(),
            ..Records::default()
        }
    }

    #[test]
    fn the_folder_is_the_one_that_the_agents_own_environment_names() {
        let of = |pairs: &'static [(&str, &str)]| {
            codex().root(|name| pairs.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned()))
        };
        assert_eq!(of(&[("HOME", "/h")]), Some("/h/.codex".into()));
        assert_eq!(of(&[("HOME", "/h"), ("CODEX_HOME", "/c")]), Some("/c".into()));
        assert_eq!(of(&[("HOME", "/h"), ("CODEX_HOME", "")]), Some("/h/.codex".into()));
        assert_eq!(of(&[]), None);
    }

    #[test]
    fn a_journal_is_known_by_its_path_and_a_conversation_by_the_file_that_is_held() {
        let codex = codex();
        let below = Path::new("sessions/2026/01/02/rollout-2026-01-02T03-04-05-c-1.jsonl");
        assert!(codex.is_journal(below));
        assert!(!codex.is_journal(Path::new("sessions/2026/rollout-x-c-1.jsonl")));
        assert_eq!(codex.journal_of(Some("c-1"))[4], "rollout-*-c-1.jsonl");
        assert_eq!(codex.journal_of(Some("../../x"))[4], "rollout-*-*.jsonl", "it leads nowhere else");
        assert_eq!(codex.parts_of(Some("c-1")), None);
        let branched = Records { parts: "{conversation}/subagents/*.jsonl".into(), ..codex.clone() };
        assert_eq!(branched.parts_of(Some("c-1")).unwrap(), ["c-1", "subagents", "*.jsonl"]);
        assert_eq!(branched.parts_of(Some("..")).or(branched.parts_of(None)), None, "it leads nowhere else");
        assert_eq!(codex.conversation_held(Path::new("locks/c-1.lock")).as_deref(), Some("c-1"));
        assert_eq!(codex.conversation_held(Path::new("locks/a/c-1.lock")), None);
        for (pattern, name, expected) in [
            ("a", "a", true),
            ("a*", "b", false),
            ("*", "x", true),
            ("a*b*c", "a-b-c", true),
            ("a*a", "a", false),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }
}
