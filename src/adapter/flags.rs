//! How what a blueprint says becomes what one program understands: arguments, variables and files.
//!
//! Every property of a blueprint has a field in [`Flags`]; a program that has nothing for it leaves the field out, and
//! whoever converts a blueprint says so instead of dropping it. Templates only: nothing here knows what a tool is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The table `[flags]` of an adapter: one field a property, none where the program has no way to be told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Flags {
    /// The model.
    pub model: Option<Flag>,
    /// Words added to the program's own system prompt.
    pub system_prompt: Option<Flag>,
    /// Words in place of the program's own system prompt.
    pub whole_system_prompt: Option<Flag>,
    /// The tools it may use without asking; one value a tool.
    pub allowed_tools: Option<Flag>,
    /// The tools it may not use; one value a tool.
    pub denied_tools: Option<Flag>,
    /// The tools it may or may not use with some arguments alone, such as `shell(git *)`.
    pub patterns: Patterns,
    /// It may read and not change anything; no value.
    pub read_only: Option<Flag>,
    /// The servers of tools (MCP).
    pub mcp: Mcp,
    /// Folders beside its own that it may use; one value a folder.
    pub folders: Option<Flag>,
    /// How much it may do without asking, in its own word.
    pub permission_mode: Option<Flag>,
    /// How much it may do without asking, by the words that mean the same everywhere: `ask`, `edit`, `plan`, `auto`,
    /// `all`. No value.
    pub modes: BTreeMap<String, Flag>,
    /// The most turns of the model for one prompt.
    pub max_turns: Option<Flag>,
    /// The most money for one prompt, in US dollars.
    pub budget: Option<Flag>,
    /// A name shown for the conversation.
    pub title: Option<Flag>,
    /// The first prompt. It stands at the very end of the command.
    pub prompt: Option<Flag>,
}

/// How a program is told of tools with some arguments alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Patterns {
    /// The form in which they are written.
    pub encoding: PatternEncoding,
    /// How the text of that form is told; nothing where they are told as the other tools are.
    pub told: Option<Flag>,
}

/// The forms in which programs read patterns of tools.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PatternEncoding {
    /// As the other tools are told, with the pattern in brackets behind the name.
    #[default]
    Brackets,
    /// A file of Gemini CLI's policies: `[[rule]]` with `toolName`, `commandRegex`, `decision` and `priority`.
    GeminiPolicy,
}

/// How a program is told its servers of tools.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mcp {
    /// The form in which they are written.
    pub encoding: McpEncoding,
    /// The name of the file in which they are written, for the encodings that need one.
    pub file: Option<String>,
    /// Arguments that name the file as `{file:NAME}`, or, for `codex-toml`, the template of one setting: `{toml}` is
    /// `mcp_servers.NAME={…}`.
    pub args: Vec<String>,
    /// What has the program use these servers and no others of the user's.
    pub strict: Option<Flag>,
}

/// The forms in which programs read their servers of tools.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum McpEncoding {
    /// A JSON file: `{"mcpServers": {NAME: {"command", "args", "env"} or {"type": "http", "url", "headers"}}}`.
    ClaudeJson,
    /// A setting each: `mcp_servers.NAME={command="…",args=[…],env={…}}` or `{url="…",bearer_token_env_var="…"}`.
    CodexToml,
    /// `mcpServers` in the settings file: `{"command", "args", "env"}` or `{"httpUrl", "headers"}`.
    GeminiSettings,
    /// It cannot be told.
    #[default]
    None,
}

/// How one property is told. In every text `{value}` stands for the value, `{toml}` and `{json}` for the value written
/// as a string of that language, `{file:NAME}` for the path of a file of the agent's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Flag {
    /// Arguments. Where there are several values, they are repeated for each, unless `join` is set.
    pub args: Vec<String>,
    /// What joins several values into one.
    pub join: Option<String>,
    /// Variables.
    pub env: BTreeMap<String, String>,
    /// Files of the agent's own: name and text.
    pub files: BTreeMap<String, String>,
    /// The path of a setting in the program's settings file (`tools.exclude`) that takes the values as a list, or
    /// `setting_value` where there is one.
    pub setting: Option<String>,
    /// What the setting takes instead of the values.
    pub setting_value: Option<Fixed>,
}

/// A value that a setting takes whatever the blueprint says beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Fixed {
    /// Yes or no.
    Bool(bool),
    /// A number.
    Number(i64),
    /// A word.
    Text(String),
    /// Words.
    List(Vec<String>),
}

/// What a property has become.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expanded {
    /// Arguments, in their order.
    pub args: Vec<String>,
    /// Variables.
    pub env: BTreeMap<String, String>,
    /// Files of the agent's own: name and text.
    pub files: BTreeMap<String, String>,
    /// Settings: path and value.
    pub settings: Vec<(String, Value)>,
}

impl Flag {
    /// Returns what the property becomes with these values; with none, the templates as they stand.
    #[must_use]
    pub fn expand(&self, values: &[&str]) -> Expanded {
        let joined = self.join.as_ref().map(|join| values.join(join));
        let each: Vec<&str> = match (&joined, values.is_empty()) {
            (_, true) => vec![""],
            (Some(joined), false) => vec![joined.as_str()],
            (None, false) => values.to_vec(),
        };
        let mut out = Expanded::default();
        for value in &each {
            out.args.extend(self.args.iter().map(|template| fill(template, value)));
        }
        let all = joined.clone().unwrap_or_else(|| values.join(","));
        let filled = |map: &BTreeMap<String, String>| {
            map.iter().map(|(name, text)| (name.clone(), fill(text, &all))).collect()
        };
        out.env = filled(&self.env);
        out.files = filled(&self.files);
        if let Some(path) = &self.setting {
            let value = match &self.setting_value {
                Some(Fixed::Bool(value)) => Value::from(*value),
                Some(Fixed::Number(value)) => Value::from(*value),
                Some(Fixed::Text(value)) => Value::from(value.as_str()),
                Some(Fixed::List(values)) => Value::from(values.clone()),
                None => Value::from(values.to_vec()),
            };
            out.settings.push((path.clone(), value));
        }
        out
    }
}

fn fill(template: &str, value: &str) -> String {
    if !template.contains('{') {
        return template.to_owned();
    }
    // What a value holds is never read as a template again.
    let mut out = String::with_capacity(template.len() + value.len());
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let known = [("{value}", 0), ("{toml}", 1), ("{json}", 1)];
        match known.iter().find(|(name, _)| rest.starts_with(name)) {
            Some((name, 0)) => {
                out.push_str(value);
                rest = &rest[name.len()..];
            }
            Some((name, _)) => {
                out.push_str(&quoted(value));
                rest = &rest[name.len()..];
            }
            None => {
                out.push('{');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// Returns the text as a string of JSON, which is one of TOML, too: TOML's basic strings know JSON's escapes, and the
/// one character that JSON may leave as it is and TOML may not is escaped here.
pub(super) fn quoted(text: &str) -> String {
    Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

/// Returns whether an argument is this word, or this word with a value.
pub(super) fn says(arg: &str, word: &str) -> bool {
    match word.ends_with('=') {
        true => arg.starts_with(word),
        false => arg.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with('=')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_property_becomes_arguments_variables_files_and_settings() {
        let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let each = Flag { args: words(&["--allow={value}"]), ..Flag::default() };
        assert_eq!(each.expand(&["Bash(touch *)", "b"]).args, ["--allow=Bash(touch *)", "--allow=b"]);
        let joined = Flag { join: Some(",".to_owned()), args: words(&["-t", "{value}"]), ..Flag::default() };
        assert_eq!(joined.expand(&["a", "b"]).args, ["-t", "a,b"]);
        let toml = Flag { args: words(&["-c", "instructions={toml}"]), ..Flag::default() };
        assert_eq!(toml.expand(&["say \"{value}\"\n"]).args[1], "instructions=\"say \\\"{value}\\\"\\n\"");
        let file = Flag {
            env: BTreeMap::from([("PROMPT".to_owned(), "{file:p.md}".to_owned())]),
            files: BTreeMap::from([("p.md".to_owned(), "{value}".to_owned())]),
            ..Flag::default()
        };
        let expanded = file.expand(&["Be brief."]);
        assert_eq!(
            (expanded.env["PROMPT"].as_str(), expanded.files["p.md"].as_str()),
            ("{file:p.md}", "Be brief.")
        );
        let setting = Flag { setting: Some("tools.exclude".to_owned()), ..Flag::default() };
        assert_eq!(setting.expand(&["a"]).settings, [("tools.exclude".to_owned(), serde_json::json!(["a"]))]);
    }
}
