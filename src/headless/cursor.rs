//! `cursor-agent -p --output-format stream-json`. What was used is not told.

use serde_json::Value;

use super::Progress;
use super::gathered::Gathered;

pub(super) fn read(line: &Value, gathered: &mut Gathered, out: &mut Vec<Progress>) {
    gathered.conversation(line, "session_id");
    match line["type"].as_str() {
        Some("system") => {
            gathered.model = line["model"].as_str().filter(|m| m.len() <= 256).map(str::to_owned);
        }
        Some("assistant") => {
            let parts = line["message"]["content"].as_array().into_iter().flatten();
            let text: Vec<&str> = parts.filter_map(|part| part["text"].as_str()).collect();
            let text = text.concat();
            gathered.say(&text);
            out.push(Progress::Text(format!("{text}\n")));
        }
        Some("tool_call") => tool_call(line, gathered, out),
        Some("result") => {
            gathered.outcome.finished = true;
            let text = line["result"].as_str();
            if line["is_error"].as_bool() == Some(true) {
                gathered.failed(text.unwrap_or_default(), out);
            } else if let Some(text) = text {
                gathered.say(text);
            }
        }
        _ => {}
    }
}

/// A call is an object with one field, whose name is the tool's: `{"readToolCall": {"args": …, "result": …}}`.
fn tool_call(line: &Value, gathered: &mut Gathered, out: &mut Vec<Progress>) {
    let call = line["call_id"].as_str().unwrap_or_default();
    let told = line["tool_call"].as_object().and_then(|calls| calls.iter().next());
    match (line["subtype"].as_str(), told) {
        (Some("started"), Some((tool, told))) => {
            let name = tool.strip_suffix("ToolCall").unwrap_or(tool);
            gathered.tool_began(call, name, &told["args"], out);
        }
        (Some("completed"), told) => {
            let rejected = told.is_some_and(|(_, told)| told["result"]["rejected"].is_object());
            if rejected {
                gathered.denied(told.map_or("", |(tool, _)| tool), out);
            }
            let failed = told.is_some_and(|(_, told)| told["result"]["error"].is_object());
            gathered.tool_ended(call, !(failed || rejected), out);
        }
        _ => {}
    }
}
