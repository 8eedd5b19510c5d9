//! The settings by which a program is given hooks, for one start of one agent and nobody else: the user's own files are
//! never touched.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::definition::Hooks;

/// How long a hook may wait for a person's answer, in seconds.
const ANSWER_WITHIN: u64 = 86_400;

/// How long any other hook may take, in seconds.
const TOLD_WITHIN: u64 = 10;

/// The events of Claude Code that are known to all its versions here; an older one stops at its start with a dialog
/// where it is given an event that it does not know.
const CLAUDE: [&str; 11] = [
    "SessionStart",
    "UserPromptSubmit",
    "PreToolUse",
    "PostToolUse",
    "PostToolUseFailure",
    "PermissionRequest",
    "Notification",
    "Stop",
    "StopFailure",
    "SubagentStop",
    "SessionEnd",
];

const GEMINI: [&str; 7] =
    ["SessionStart", "BeforeAgent", "AfterAgent", "BeforeTool", "AfterTool", "Notification", "SessionEnd"];

/// The name of the file in which the hooks are written; a blueprint's settings for the same program stand in it, too.
pub(super) fn file_name(hooks: Hooks) -> Option<&'static str> {
    match hooks {
        Hooks::Claude => Some("hooks.json"),
        Hooks::Gemini => Some("settings.json"),
        Hooks::Codex | Hooks::None => None,
    }
}

/// Returns the text of that file. `others` are settings that stand in it beside the hooks, the stronger ones last.
pub(super) fn file(hooks: Hooks, program: &Path, others: &[Value]) -> Option<String> {
    let mut settings = Value::Object(Map::new());
    others.iter().for_each(|other| merge(&mut settings, other));
    let own = match hooks {
        Hooks::Claude => {
            let command = command(program, "claude", "");
            let of = |event: &str| {
                let within = if event == "PermissionRequest" { ANSWER_WITHIN } else { TOLD_WITHIN };
                json!([{ "hooks": [{ "type": "command", "command": command, "timeout": within }] }])
            };
            let events: Map<String, Value> =
                CLAUDE.iter().map(|event| ((*event).to_owned(), of(event))).collect();
            let line = self::command(program, "claude", " --statusline");
            json!({ "hooks": events, "statusLine": { "type": "command", "command": line } })
        }
        Hooks::Gemini => {
            let command = command(program, "gemini", "");
            let milliseconds = TOLD_WITHIN * 1000;
            let hook =
                json!({ "type": "command", "name": "agentctl", "command": command, "timeout": milliseconds });
            let events: Map<String, Value> = GEMINI
                .iter()
                .map(|event| ((*event).to_owned(), json!([{ "matcher": "*", "hooks": [hook] }])))
                .collect();
            json!({ "hooks": events })
        }
        Hooks::Codex | Hooks::None => return None,
    };
    merge(&mut settings, &own);
    serde_json::to_string_pretty(&settings).ok()
}

/// Returns Codex's notify program as a TOML list.
pub(super) fn notify(program: &Path) -> String {
    let words = [program.to_string_lossy().into_owned(), "hook".to_owned(), "codex".to_owned()];
    let words: Vec<String> = words.iter().map(|word| super::flags::quoted(word)).collect();
    format!("[{}]", words.join(","))
}

/// Whatever becomes of it, it does not fail: a hook that fails with some codes forbids what it was only to be told of.
fn command(program: &Path, cli: &str, more: &str) -> String {
    let program = program.to_string_lossy();
    format!("{} hook {cli}{more} || true", shell_words::quote(&program))
}

/// Returns the files in which Claude Code's status line may be set, the strongest first: those of its project, and the
/// user's own. `config` is its configuration folder.
#[must_use]
pub fn status_line_files(project: &Path, config: &Path) -> [PathBuf; 3] {
    let of = |folder: &Path, name: &str| folder.join(name);
    let within = project.join(".claude");
    [of(&within, "settings.local.json"), of(&within, "settings.json"), of(config, "settings.json")]
}

/// Returns the command that such a file sets as the status line: the one that would be shown if agentctl were not there.
#[must_use]
pub fn own_status_line(settings: &Value) -> Option<&str> {
    let line = settings.get("statusLine")?;
    let is_command = line.get("type").is_none_or(|kind| kind == "command");
    line.get("command").and_then(Value::as_str).filter(|command| is_command && !command.trim().is_empty())
}

/// Puts what `new` says into `old`: tables are joined, lists follow each other, anything else is replaced.
fn merge(old: &mut Value, new: &Value) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            for (name, value) in new {
                merge(old.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (Value::Array(old), Value::Array(new)) => old.extend(new.iter().cloned()),
        (old, new) => *old = new.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_users_own_status_line_is_found_where_it_is_a_command() {
        let line = |line: Value| json!({ "model": "x", "statusLine": line });
        assert_eq!(
            own_status_line(&line(json!({ "type": "command", "command": "~/line.sh" }))),
            Some("~/line.sh")
        );
        for other in [json!({ "type": "static", "command": "x" }), json!({ "command": " " }), json!("x")] {
            assert_eq!(own_status_line(&line(other)), None);
        }
        assert_eq!(own_status_line(&json!({})), None);
        let files = status_line_files(Path::new("/p"), Path::new("/h/.claude"));
        assert_eq!(files[0], Path::new("/p/.claude/settings.local.json"));
        assert_eq!(files[2], Path::new("/h/.claude/settings.json"));
    }

    #[test]
    fn hooks_stand_beside_what_a_blueprint_says_and_quote_the_program() {
        let blueprint = json!({ "mcpServers": { "a": {} }, "hooks": { "BeforeTool": [1] } });
        let text = file(Hooks::Gemini, Path::new("/opt/my tools/agentctl"), &[blueprint]).unwrap();
        let read: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read["mcpServers"], json!({ "a": {} }));
        let tools = read["hooks"]["BeforeTool"].as_array().unwrap();
        assert_eq!((tools.len(), &tools[0]), (2, &json!(1)));
        assert_eq!(tools[1]["hooks"][0]["command"], "'/opt/my tools/agentctl' hook gemini || true");
        assert_eq!(notify(Path::new("/a \"b\"")), r#"["/a \"b\"","hook","codex"]"#);
    }
}
