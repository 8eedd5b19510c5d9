//! `claude -p --output-format stream-json --verbose`, and those that write the same (Qwen Code, amp).
//!
//! What a run has used is told by its `result` alone; until then each message tells what it has used, with its output
//! counted when it began. A program that is interrupted writes no `result`. The `usage` of a `result` may be zero where
//! its `modelUsage` is not (so it is when the money it may spend is used up): `modelUsage` is believed first.

use serde_json::Value;

use super::Progress;
use super::gathered::{Gathered, Used, count, money, words};
use crate::domain::Tokens;

/// The model of messages that the program makes up itself.
const MADE_UP: &str = "<synthetic>";

pub(super) fn read(line: &Value, gathered: &mut Gathered, out: &mut Vec<Progress>) {
    gathered.conversation(line, "session_id");
    match line["type"].as_str() {
        Some("system") => system(line, gathered, out),
        Some("assistant") => assistant(line, gathered, out),
        Some("user") => user(line, gathered, out),
        Some("result") => result(line, gathered, out),
        _ => {}
    }
}

fn system(line: &Value, gathered: &mut Gathered, out: &mut Vec<Progress>) {
    match line["subtype"].as_str() {
        Some("init" | "session_start") => {
            gathered.model = line["model"].as_str().filter(|m| m.len() <= 256).map(str::to_owned);
        }
        Some("api_retry") => {
            let (attempt, most) = (count(line, "attempt"), count(line, "max_retries"));
            let why = line["error"].as_str().unwrap_or("the service failed").replace('_', " ");
            let status = line["error_status"].as_u64().map(|s| format!(" ({s})")).unwrap_or_default();
            out.push(Progress::Retrying(words(&format!("{why}{status}, attempt {attempt} of {most}"))));
        }
        Some("permission_denied") => {
            let tool = line["tool_name"].as_str().unwrap_or("a tool");
            let why = line["message"].as_str().unwrap_or_default();
            gathered.denied(&format!("{tool}: {why}"), out);
        }
        _ => {}
    }
}

fn assistant(line: &Value, gathered: &mut Gathered, out: &mut Vec<Progress>) {
    let message = &line["message"];
    let model = message["model"].as_str().unwrap_or_default();
    if model == MADE_UP || line["is_api_error_message"].as_bool() == Some(true) {
        let text = message["content"][0]["text"].as_str().unwrap_or_default();
        gathered.failed(text, out);
        return;
    }
    if let (Some(id), usage @ Value::Object(_)) = (message["id"].as_str(), &message["usage"]) {
        gathered.message_used(id, model, tokens_of(usage));
    }
    let own = line["parent_tool_use_id"].is_null();
    for part in message["content"].as_array().into_iter().flatten() {
        match part["type"].as_str() {
            Some("text") if own => {
                let text = part["text"].as_str().unwrap_or_default();
                gathered.say(text);
                out.push(Progress::Text(format!("{text}\n")));
            }
            Some("tool_use") => {
                let call = part["id"].as_str().unwrap_or_default();
                gathered.tool_began(call, part["name"].as_str().unwrap_or("tool"), &part["input"], out);
            }
            _ => {}
        }
    }
}

fn user(line: &Value, gathered: &mut Gathered, out: &mut Vec<Progress>) {
    for part in line["message"]["content"].as_array().into_iter().flatten() {
        if part["type"] == "tool_result" {
            let call = part["tool_use_id"].as_str().unwrap_or_default();
            gathered.tool_ended(call, part["is_error"].as_bool() != Some(true), out);
        }
    }
}

fn result(line: &Value, gathered: &mut Gathered, out: &mut Vec<Progress>) {
    gathered.outcome.finished = true;
    gathered.outcome.turns = line["num_turns"].as_u64().or(gathered.outcome.turns);
    result_usage(line, gathered);
    // Older versions deny without a word of it, until the end.
    if gathered.outcome.denied.is_empty() {
        for denial in line["permission_denials"].as_array().into_iter().flatten() {
            let purpose = super::gathered::purpose(&denial["tool_input"]);
            gathered.denied(&format!("{}: {purpose}", denial["tool_name"].as_str().unwrap_or("a tool")), out);
        }
    }
    let kind = line["subtype"].as_str().unwrap_or_default();
    gathered.outcome.exhausted |=
        kind == "error_max_budget_usd" || line["terminal_reason"] == "budget_exhausted";
    let said = line["result"].as_str();
    if line["is_error"].as_bool() == Some(true) || kind.starts_with("error") {
        let errors: Vec<&str> =
            line["errors"].as_array().into_iter().flatten().take(8).filter_map(Value::as_str).collect();
        let told = [
            said.unwrap_or_default(),
            &errors.join("; "),
            line["error"]["message"].as_str().unwrap_or_default(),
            kind,
        ];
        let why = told.into_iter().find(|why| !why.trim().is_empty()).unwrap_or_default();
        gathered.failed(why, out);
    } else {
        gathered.outcome.error = None;
        if let Some(text) = said {
            gathered.say(text);
        }
    }
}

fn result_usage(line: &Value, gathered: &mut Gathered) {
    let cost = money(line, "total_cost_usd");
    if let Some(models) = line["modelUsage"].as_object().filter(|models| !models.is_empty()) {
        for (model, used) in models {
            let tokens = Tokens {
                input: count(used, "inputTokens"),
                output: count(used, "outputTokens"),
                cache_read: count(used, "cacheReadInputTokens"),
                cache_write: count(used, "cacheCreationInputTokens"),
            };
            let cost = money(used, "costUSD").or(cost.filter(|_| models.len() == 1));
            gathered.total_used(Some(model), Used { tokens: Some(tokens), cost });
        }
        return;
    }
    let told = Some(tokens_of(&line["usage"])).filter(|t| t.total() > 0);
    let tokens = told.or_else(|| gathered.sum_of_messages());
    if tokens.is_some() || cost.is_some_and(|cost| cost.0 > 0) {
        gathered.total_used(None, Used { tokens, cost });
    }
}

fn tokens_of(usage: &Value) -> Tokens {
    Tokens {
        input: count(usage, "input_tokens"),
        output: count(usage, "output_tokens"),
        cache_read: count(usage, "cache_read_input_tokens"),
        cache_write: count(usage, "cache_creation_input_tokens"),
    }
}
