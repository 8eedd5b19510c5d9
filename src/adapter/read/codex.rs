//! Codex: what its notify program is given, of its hidden threads, too, which are left out. Its hooks, which need the user's trust, are read where a person has set
//! them up by hand.

use serde_json::Value;

use super::payload::{conversation, long_text, state, text};
use super::tool;
use crate::domain::{AgentState, Signal};

pub(super) fn read(payload: &Value) -> Vec<Signal> {
    if text(payload, "type") == Some("agent-turn-complete") {
        if is_aside(payload) {
            return Vec::new();
        }
        let mut out: Vec<Signal> = conversation(payload).into_iter().collect();
        out.push(Signal::TurnEnded { text: long_text(payload, "last-assistant-message"), error: None });
        out.push(state(AgentState::Idle, "notify", "the turn is over"));
        return out;
    }
    let Some(event) = text(payload, "hook_event_name") else { return Vec::new() };
    let mut out = Vec::new();
    match event {
        "SessionStart" => out.extend(conversation(payload)),
        "UserPromptSubmit" => {
            out.extend(conversation(payload));
            out.push(Signal::PromptTaken { text: long_text(payload, "prompt") });
            out.push(state(AgentState::Thinking, event, "a prompt was taken"));
        }
        "PreToolUse" => {
            let input = payload.get("tool_input").unwrap_or(&Value::Null);
            let gist = tool::gist(text(payload, "tool_name").unwrap_or_default(), input);
            out.push(state(AgentState::Working, event, &gist));
        }
        "PostToolUse" => out.push(state(AgentState::Thinking, event, "a tool is done")),
        "Stop" | "Interrupt" => {
            out.push(Signal::TurnEnded { text: long_text(payload, "last_assistant_message"), error: None });
            out.push(state(AgentState::Idle, event, "the turn is over"));
        }
        _ => {}
    }
    out
}

/// Codex has its model name each conversation, in a hidden thread of its own, and tells of the end of that turn, too.
fn is_aside(payload: &Value) -> bool {
    let first = payload.get("input-messages").and_then(|messages| messages.get(0)).and_then(Value::as_str);
    first.is_some_and(|first| {
        first.starts_with("Generate a concise, single-line task title")
            && first.contains("\n\nUser prompt:\n")
    })
}
