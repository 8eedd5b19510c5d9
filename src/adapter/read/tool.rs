//! What a tool is about to do, in words that a person can judge: a command, a path, a change.

use serde_json::Value;

use super::payload::{judged, text};
use crate::domain::{Ask, AskKind, clean};

/// Returns in a few words what a tool does: its own description, a command, a path.
pub(super) fn gist(tool: &str, input: &Value) -> String {
    let about = ["description", "command", "file_path", "path", "pattern", "query", "url", "prompt", "skill"];
    let found = about.iter().find_map(|field| text(input, field));
    match (tool.strip_prefix("mcp__"), found) {
        (Some(rest), _) => {
            let (server, name) = rest.split_once("__").unwrap_or((rest, ""));
            clean(&format!("{server} {name}"), 120)
        }
        (None, Some(found)) => clean(&format!("{tool}: {found}"), 120),
        (None, None) => clean(tool, 120),
    }
}

/// Returns the question whether a tool may be used: what exactly it would do, and what it would change.
pub(super) fn ask(name: &str, input: &Value, key: Option<String>) -> Ask {
    let (detail, missing) = judged(&detail(input));
    let diff = diff(name, input).map(|diff| judged(&diff));
    let missing = missing + diff.as_ref().map_or(0, |(_, missing)| *missing);
    let diff = diff.map(|(diff, _)| diff);
    Ask { missing, ..Ask::new(AskKind::Permission { tool: clean(name, 80), detail, diff }, key) }
}

/// Returns the question that a call in Codex's rollout may put to a person.
pub(super) fn called(payload: &Value) -> Ask {
    let name = text(payload, "name").unwrap_or("shell");
    // A patch is given as it is, all else as JSON within a text.
    if let Some(patch) = text(payload, "input").filter(|patch| patch.starts_with("*** ")) {
        let files: Vec<&str> = patch
            .lines()
            .filter_map(|line| line.strip_prefix("*** ")?.split_once(": "))
            .map(|(_, file)| file)
            .collect();
        let (detail, _) = judged(&files.join("\n"));
        let (diff, missing) = judged(patch);
        let kind = AskKind::Permission { tool: clean(name, 80), detail, diff: Some(diff) };
        return Ask { missing, ..Ask::new(kind, None) };
    }
    let told = text(payload, "arguments").or_else(|| text(payload, "input"));
    let arguments: Value = match told.map(serde_json::from_str) {
        Some(Ok(arguments)) => arguments,
        Some(Err(_)) => Value::from(told.unwrap_or_default()),
        None => payload.get("action").cloned().unwrap_or_default(),
    };
    let line = |command: &Value| match command {
        Value::String(command) => Some(command.clone()),
        Value::Array(words) => {
            let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
            Some(match words.as_slice() {
                [shell, "-lc" | "-c", script] if shell.ends_with("sh") => (*script).to_owned(),
                words => words.join(" "),
            })
        }
        _ => None,
    };
    let command = arguments.get("cmd").or_else(|| arguments.get("command")).and_then(line);
    let what = match (command, &arguments) {
        (Some(command), _) => {
            let aside = |field, sign: &str| {
                text(&arguments, field).map(|said| format!("\n# {sign}{said}")).unwrap_or_default()
            };
            format!("{command}{}{}", aside("justification", ""), aside("workdir", "in "))
        }
        (None, Value::String(told)) => told.clone(),
        (None, _) => detail(&arguments),
    };
    let (detail, missing) = judged(&what);
    let kind = AskKind::Permission { tool: clean(name, 80), detail, diff: None };
    Ask { missing, ..Ask::new(kind, None) }
}

/// Returns what exactly a tool would do: its command or path, or all its arguments.
pub(super) fn detail(input: &Value) -> String {
    match text(input, "command").or_else(|| text(input, "cmd")) {
        Some(command) => match text(input, "description") {
            Some(why) => format!("{command}\n# {why}"),
            None => command.to_owned(),
        },
        None => match text(input, "file_path").or_else(|| text(input, "plan")) {
            Some(path) => path.to_owned(),
            None => serde_json::to_string_pretty(input).unwrap_or_default(),
        },
    }
}

/// Returns what a tool would change in a file, as a unified diff without numbers; none if it changes none.
pub(super) fn diff(tool: &str, input: &Value) -> Option<String> {
    let path = clean(text(input, "file_path")?, 400);
    let mut changes: Vec<(String, String)> = Vec::new();
    match tool {
        "Write" | "write_file" => {
            changes.push((String::new(), input.get("content")?.as_str()?.to_owned()));
        }
        "Edit" | "replace" => changes.push(change(input)?),
        "MultiEdit" => changes.extend(input.get("edits")?.as_array()?.iter().filter_map(change)),
        _ => return None,
    }
    let mut out = format!("--- {path}\n+++ {path}\n");
    for (old, new) in changes {
        out.push_str("@@\n");
        let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
        let before = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
        let rest = old.len().min(new.len()) - before;
        let after = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count().min(rest);
        let mut put = |sign: char, lines: &[&str]| {
            for line in lines {
                out.push(sign);
                out.push_str(line);
                out.push('\n');
            }
        };
        put(' ', &old[..before]);
        put('-', &old[before..old.len() - after]);
        put('+', &new[before..new.len() - after]);
        put(' ', &old[old.len() - after..]);
    }
    Some(out)
}

fn change(input: &Value) -> Option<(String, String)> {
    let part = |field: &str| input.get(field).and_then(Value::as_str).map(str::to_owned);
    Some((part("old_string")?, part("new_string")?))
}

/// Returns a word for what is asked that is the same each time it is told of: of the tool and its arguments.
pub(super) fn key(parts: &[&str]) -> String {
    // FNV-1a: stable over versions and machines.
    let fold = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0]));
    format!("{:016x}", bytes.fold(0xcbf2_9ce4_8422_2325_u64, fold))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_change_is_shown_as_what_goes_and_what_comes() {
        let edit =
            json!({"file_path": "a.rs", "old_string": "one\ntwo\nthree", "new_string": "one\n2\nthree"});
        assert_eq!(diff("Edit", &edit).unwrap(), "--- a.rs\n+++ a.rs\n@@\n one\n-two\n+2\n three\n");
        let write = json!({"file_path": "a.rs", "content": "x\n  y\n"});
        assert_eq!(diff("Write", &write).unwrap(), "--- a.rs\n+++ a.rs\n@@\n+x\n+  y\n");
        let same = json!({"file_path": "a", "old_string": "x", "new_string": "x\nx"});
        assert_eq!(diff("Edit", &same).unwrap(), "--- a\n+++ a\n@@\n x\n+x\n");
        assert_eq!(diff("Bash", &json!({"command": "ls"})), None);
    }

    #[test]
    fn what_a_tool_does_is_told_in_a_few_words_and_exactly() {
        let bash = json!({"command": "cargo test\u{1b}[2J", "description": "Run the tests"});
        assert_eq!(gist("Bash", &bash), "Bash: Run the tests");
        let AskKind::Permission { detail: told, .. } = ask("Bash", &bash, None).kind else {
            panic!("no tool")
        };
        assert_eq!(told, "cargo test[2J\n# Run the tests");
        assert_eq!(gist("mcp__agentctl__report", &json!({"status": "x"})), "agentctl report");
        assert_eq!(detail(&json!({"status": "x"})), "{\n  \"status\": \"x\"\n}");
        assert_ne!(key(&["a", "bc"]), key(&["ab", "c"]));
    }

    #[test]
    fn what_is_to_be_allowed_is_told_whole_and_what_is_missing_of_it_counted() {
        let told = |command: &str| {
            let ask = ask("Bash", &json!({ "command": command }), None);
            let AskKind::Permission { detail, .. } = ask.kind else { panic!("no tool") };
            (detail, ask.missing)
        };
        let long = format!("echo {} && rm  -rf /srv", "x".repeat(5000));
        assert_eq!(told(&long), (long.clone(), 0));
        let lines = "echo 1\n".repeat(5000) + "rm -rf /srv";
        assert_eq!(told(&lines), (lines.clone(), 0));
        let (detail, missing) = told(&"é".repeat(40_000));
        assert_eq!((detail.chars().count(), missing), (32_768, 7232));
        let write = json!({"file_path": "a", "content": "x\n".repeat(100_000)});
        let ask = ask("Write", &write, None);
        assert!(ask.missing > 200_000, "{}", ask.missing);
    }
}
