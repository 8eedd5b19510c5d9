//! Claude Code: its hooks, its status line, and the file in which it keeps what each of its sessions is doing.
//!
//! Its hooks are no state machine by themselves: it fires none when a person interrupts it or denies a tool, a
//! notification comes seconds late, and a turn's end may leave tasks of its own behind. What is read here is one
//! witness among others.

use serde_json::Value;

use super::payload::{beginning, conversation, judged, long_text, state, text};
use super::tool;
use crate::domain::{AgentState, Ask, AskKind, MicroUsd, Signal, Source, Usage, WaitFor, clean};

/// The tool by which its model asks a person something.
const ASKS: &str = "AskUserQuestion";

pub(super) fn read(payload: &Value) -> Vec<Signal> {
    match text(payload, "hook_event_name") {
        Some(event) => hook(event, payload),
        None => status_line(payload),
    }
}

fn hook(event: &str, payload: &Value) -> Vec<Signal> {
    // What happens inside a task of its own says nothing of the whole, but that it is at work.
    let inner = text(payload, "agent_id").is_some();
    let name = text(payload, "tool_name").unwrap_or_default();
    let input = payload.get("tool_input").unwrap_or(&Value::Null);
    let mut out = Vec::new();
    match event {
        "SessionStart" => {
            out.extend(beginning(payload));
            let begins = text(payload, "source").unwrap_or("startup");
            out.push(Signal::AskSettled { key: None });
            // A conversation that was compacted goes on with its turn.
            if begins != "compact" {
                out.push(state(AgentState::Idle, event, &format!("a conversation begins ({begins})")));
            }
        }
        "UserPromptSubmit" => {
            out.extend(conversation(payload));
            out.push(Signal::AskSettled { key: None });
            out.push(Signal::PromptTaken { text: long_text(payload, "prompt") });
            out.push(state(AgentState::Thinking, event, "a prompt was taken"));
        }
        "PreToolUse" if name == ASKS => {}
        "PreToolUse" => out.push(state(AgentState::Working, event, &tool::gist(name, input))),
        "PostToolUse" | "PostToolUseFailure" => {
            let key = key(payload, name, input);
            out.push(Signal::ToolRan { key: key.clone() });
            out.push(Signal::AskSettled { key: Some(key) });
            // Whoever interrupts a tool interrupts its turn, too.
            let broken_off = payload.get("is_interrupt").and_then(Value::as_bool) == Some(true);
            if !inner && !broken_off {
                let came_to = if event == "PostToolUse" { "is done" } else { "failed" };
                let detail = format!("{} {came_to}", clean(name, 60));
                out.push(state(AgentState::Thinking, event, &detail));
            }
        }
        "PermissionRequest" => out.extend(asks(event, payload, name, input)),
        "Stop" if !inner => {
            out.push(Signal::AskSettled { key: None });
            out.push(Signal::TurnEnded { text: long_text(payload, "last_assistant_message"), error: None });
            let tasks = payload.get("background_tasks").and_then(Value::as_array).map_or(0, Vec::len);
            out.push(match tasks {
                0 => state(AgentState::Idle, event, "the turn is over"),
                n => state(
                    AgentState::Working,
                    event,
                    &format!("the turn is over, {n} tasks of its own go on"),
                ),
            });
        }
        "StopFailure" if !inner => out.extend(failed(event, payload)),
        "Notification" => out.extend(notification(event, payload)),
        "SessionEnd" => out.push(Signal::AskSettled { key: None }),
        _ => {}
    }
    out
}

/// The same for a request and for what becomes of it: the hooks of one tool name it by its arguments alone.
fn key(payload: &Value, name: &str, input: &Value) -> String {
    let asked = if name == ASKS { input.get("questions").unwrap_or(input) } else { input };
    let part = |field| text(payload, field).unwrap_or_default();
    tool::key(&[part("session_id"), part("prompt_id"), part("agent_id"), name, &asked.to_string()])
}

fn asks(event: &str, payload: &Value, name: &str, input: &Value) -> Vec<Signal> {
    let key = Some(key(payload, name, input));
    if name == ASKS {
        let (kind, missing) = question(input);
        let detail = match &kind {
            AskKind::Question { question, .. } => question.clone(),
            AskKind::Dialog { detail, .. } => detail.clone(),
            _ => String::new(),
        };
        let waiting = state(AgentState::Waiting(WaitFor::Answer), event, &detail);
        return vec![Signal::Asks(Ask { missing, ..Ask::new(kind, key) }), waiting];
    }
    let detail = format!("may it use {}", tool::gist(name, input));
    let ask = tool::ask(name, input, key);
    vec![Signal::Asks(ask), state(AgentState::Waiting(WaitFor::Approval), event, &detail)]
}

/// What its model asks. Only one question with one answer can be answered from outside.
fn question(input: &Value) -> (AskKind, usize) {
    let questions = input.get("questions").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let asked = |question: &Value| text(question, "question").unwrap_or_default().to_owned();
    let options = |question: &Value| -> Vec<String> {
        let all = question.get("options").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        all.iter()
            .take(20)
            .filter_map(|option| text(option, "label"))
            .map(|label| clean(label, 1000))
            .collect()
    };
    match questions {
        [one] if one.get("multiSelect").and_then(Value::as_bool) != Some(true) => {
            let (question, missing) = judged(&asked(one));
            (AskKind::Question { question, options: options(one) }, missing)
        }
        many => {
            let each = |question: &Value| {
                let options = options(question).join(" · ");
                if options.is_empty() { asked(question) } else { format!("{}\n  {options}", asked(question)) }
            };
            let detail: Vec<String> = many.iter().take(10).map(each).collect();
            let (detail, missing) = judged(&detail.join("\n"));
            (AskKind::Dialog { detail, options: Vec::new() }, missing)
        }
    }
}

fn failed(event: &str, payload: &Value) -> Vec<Signal> {
    let error = text(payload, "error").unwrap_or("unknown");
    let said = long_text(payload, "last_assistant_message");
    let words = match error {
        "rate_limit" => "the rate limit is reached",
        "authentication_failed" | "oauth_org_not_allowed" => "nobody is logged in",
        "billing_error" => "the account cannot pay",
        "server_error" | "overloaded" => "the model's API failed",
        "max_output_tokens" => "the answer is too long",
        other => other,
    };
    let detail = match &said {
        Some(said) => format!("{words}: {said}"),
        None => words.to_owned(),
    };
    let new = match error {
        "authentication_failed" | "oauth_org_not_allowed" => AgentState::Waiting(WaitFor::Login),
        _ => AgentState::Error,
    };
    let mut out = vec![
        Signal::AskSettled { key: None },
        Signal::TurnEnded { text: said, error: Some(clean(&detail, 400)) },
    ];
    if new != AgentState::Error {
        out.push(Signal::Asks(Ask::new(AskKind::Login { detail: clean(&detail, 400) }, None)));
    }
    out.push(state(new, event, &detail));
    out
}

/// Most come seconds late, when what they say was told by another hook and may be over.
fn notification(event: &str, payload: &Value) -> Option<Signal> {
    let message = text(payload, "message").unwrap_or_default();
    let asks = text(payload, "notification_type") == Some("elicitation_dialog");
    asks.then(|| state(AgentState::Waiting(WaitFor::Answer), event, message))
}

fn status_line(payload: &Value) -> Vec<Signal> {
    let Some(cost) = payload.get("cost") else { return Vec::new() };
    let mut out: Vec<Signal> = conversation(payload).into_iter().collect();
    if let Some(version) = text(payload, "version") {
        out.push(Signal::Version { version: clean(version, 40) });
    }
    let model = payload.get("model").and_then(|model| text(model, "id")).unwrap_or_default();
    if let Some(usd) = cost.get("total_cost_usd").and_then(Value::as_f64) {
        out.push(Signal::Used(Usage {
            conversation: text(payload, "session_id").map(|id| clean(id, 80)),
            // Answers name their model without what was chosen of it: `name[1m]`.
            model: clean(model.split('[').next().unwrap_or_default(), 80),
            // It tells those of the last request alone; the transcript has them all.
            tokens: None,
            cost: Some(MicroUsd::from_usd(usd)),
            whole: true,
        }));
    }
    out
}

/// Reads `~/.claude/sessions/PID.json`, which stays behind when the program is killed.
pub(super) fn read_session(payload: &Value, pid: u32, started: Option<&str>) -> Vec<Signal> {
    let is_its = payload.get("pid").and_then(Value::as_u64) == Some(u64::from(pid));
    let same = started.is_none_or(|started| text(payload, "procStart").is_none_or(|begun| begun == started));
    let Some(status) = text(payload, "status").filter(|_| is_its && same) else { return Vec::new() };
    let waits_for = text(payload, "waitingFor").unwrap_or_default();
    let new = match (status, waits_for) {
        ("idle", _) => AgentState::Idle,
        ("busy", _) => AgentState::Thinking,
        ("waiting", "permission prompt") => AgentState::Waiting(WaitFor::Approval),
        ("waiting", _) => AgentState::Waiting(WaitFor::Answer),
        _ => return Vec::new(),
    };
    let detail = if waits_for.is_empty() { status.to_owned() } else { format!("{status}: {waits_for}") };
    let mut out = vec![Signal::State {
        source: Source::Record,
        state: new,
        rule: "session file".to_owned(),
        detail: clean(&detail, 120),
    }];
    if let Some(id) = text(payload, "sessionId") {
        out.push(Signal::Conversation { id: clean(id, 80), transcript: None, fresh: false });
    }
    if let Some(version) = text(payload, "version") {
        out.push(Signal::Version { version: clean(version, 40) });
    }
    out
}
