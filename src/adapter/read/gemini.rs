//! Gemini CLI: its hooks. They decide nothing; what it asks is answered on its screen.

use serde_json::Value;

use super::{conversation, judged, long_text, state, text, tool};
use crate::domain::{AgentState, Ask, AskKind, Signal, WaitFor, clean};

/// What it tells where its model said nothing.
const NOTHING_SAID: &str = "[no response text]";

pub(super) fn read(payload: &Value) -> Vec<Signal> {
    let Some(event) = text(payload, "hook_event_name") else { return Vec::new() };
    let name = text(payload, "tool_name").unwrap_or_default();
    let input = payload.get("tool_input").unwrap_or(&Value::Null);
    let mut out = Vec::new();
    match event {
        "SessionStart" => {
            out.extend(conversation(payload));
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
