//! Gemini CLI: its hooks. They decide nothing; what it asks is answered on its screen.

use serde_json::Value;

use super::payload::{beginning, conversation, judged, long_text, state, text};
use super::tool;
use crate::domain::{AgentState, Ask, AskKind, Signal, WaitFor, clean};

/// What it tells where its model said nothing.
const NOTHING_SAID: &str = "[no response text]";

/// Returns what its model said last in the turn that is over, from the end of the file in which it keeps its chat: what
/// its hook is given repeats parts of it.
#[must_use]
pub fn said_last(chat: &str) -> Option<String> {
    for line in chat.lines().rev() {
        let Ok(line) = serde_json::from_str::<Value>(line) else { continue };
        match text(&line, "type") {
            Some("gemini") => {
                if let Some(said) = long_text(&line, "content") {
                    return Some(said);
                }
            }
            // What came of a tool is written as the person's; what they said themselves begins the turn.
            Some("user") => {
                let parts = line.get("content").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
                if parts.iter().any(|part| text(part, "text").is_some()) {
                    return None;
                }
            }
            _ => {}
        }
    }
    None
}

pub(super) fn read(payload: &Value) -> Vec<Signal> {
    let Some(event) = text(payload, "hook_event_name") else { return Vec::new() };
    let name = text(payload, "tool_name").unwrap_or_default();
    let input = payload.get("tool_input").unwrap_or(&Value::Null);
    let mut out = Vec::new();
    match event {
        "SessionStart" => {
            out.extend(beginning(payload));
            out.push(state(AgentState::Idle, event, "a conversation begins"));
        }
        "BeforeAgent" => {
            out.extend(conversation(payload));
            out.push(Signal::AskSettled { key: None });
            out.push(Signal::PromptTaken { text: long_text(payload, "prompt") });
            out.push(state(AgentState::Thinking, event, "a prompt was taken"));
        }
        "BeforeTool" => {
            out.push(Signal::AskSettled { key: None });
            out.push(state(AgentState::Working, event, &tool::gist(name, input)));
        }
        "AfterTool" => {
            out.push(Signal::AskSettled { key: None });
            out.push(state(AgentState::Thinking, event, &format!("{} is done", clean(name, 60))));
        }
        // What came of a turn that failed, or was broken off, is on its screen alone.
        "AfterAgent" if text(payload, "prompt_response") == Some(NOTHING_SAID) => {
            out.push(Signal::AskSettled { key: None });
        }
        "AfterAgent" => {
            out.push(Signal::AskSettled { key: None });
            out.push(Signal::TurnEnded { text: long_text(payload, "prompt_response"), error: None });
            out.push(state(AgentState::Idle, event, "the turn is over"));
        }
        "Notification" if text(payload, "notification_type") == Some("ToolPermission") => {
            let details = payload.get("details").unwrap_or(&Value::Null);
            let title = text(details, "title").or_else(|| text(payload, "message")).unwrap_or_default();
            let tool = text(details, "type").unwrap_or_default();
            let what = text(details, "filePath").map_or_else(|| tool::detail(details), str::to_owned);
            let (detail, missing) = judged(&what);
            let diff = text(details, "fileDiff").map(judged);
            let missing = missing + diff.as_ref().map_or(0, |(_, missing)| *missing);
            let diff = diff.map(|(diff, _)| diff);
            let kind = AskKind::Permission { tool: clean(tool, 80), detail, diff };
            out.push(Signal::Asks(Ask { missing, ..Ask::new(kind, None) }));
            out.push(state(AgentState::Waiting(WaitFor::Approval), event, title));
        }
        "SessionEnd" => out.push(Signal::AskSettled { key: None }),
        _ => {}
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_last_is_read_from_the_chat_and_only_of_this_turn() {
        let asked = r#"{"type":"user","content":[{"text":"HELLO"}]}"#;
        let first = r#"{"type":"gemini","content":"A tool is used now."}"#;
        let tool = r#"{"type":"user","content":[{"functionResponse":{"id":"1"}}]}"#;
        let said = r#"{"type":"gemini","content":"Hello from the model.\nDone."}"#;
        let set = r#"{"$set":{"lastUpdated":"x"}}"#;
        let read = |lines: &[&str]| said_last(&lines.join("\n"));
        assert_eq!(
            read(&["cut off", asked, first, tool, said, set]).as_deref(),
            Some("Hello from the model.\nDone.")
        );
        assert_eq!(read(&[asked, first, tool, set]).as_deref(), Some("A tool is used now."));
        assert_eq!(read(&[said, asked, set]), None);
    }
}
