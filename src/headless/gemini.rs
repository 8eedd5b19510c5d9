//! `gemini -o stream-json`. A message comes in pieces; money is never told.
//!
//! Its `input_tokens` hold those from the cache, and `input` those that are not from it. What its model thought is
//! neither input nor output there, but part of the total; it is counted as output, as it is paid.

use serde_json::Value;

use super::Progress;
use super::gathered::{Gathered, Used, count, words};
use crate::domain::Tokens;

pub(super) fn read(line: &Value, gathered: &mut Gathered, out: &mut Vec<Progress>) {
    match line["type"].as_str() {
        Some("init") => {
            gathered.conversation(line, "session_id");
            gathered.model = line["model"].as_str().filter(|m| m.len() <= 256).map(str::to_owned);
        }
        Some("message") if line["role"] == "assistant" => {
            let text = line["content"].as_str().unwrap_or_default();
            if line["delta"].as_bool() == Some(true) {
                gathered.append(text);
            } else {
                gathered.say(text);
            }
            out.push(Progress::Text(text.to_owned()));
        }
        Some("tool_use") => {
            // What is said from here on is said anew.
            gathered.say_anew();
            let call = line["tool_id"].as_str().unwrap_or_default();
            gathered.tool_began(call, line["tool_name"].as_str().unwrap_or("tool"), &line["parameters"], out);
        }
        Some("tool_result") => {
            let call = line["tool_id"].as_str().unwrap_or_default();
            gathered.tool_ended(call, line["status"] == "success", out);
        }
        Some("error") => {
            let message = line["message"].as_str().unwrap_or_default();
            if line["severity"] == "error" {
                gathered.failed(message, out);
            } else {
                out.push(Progress::Warned(words(message)));
            }
        }
        Some("result") => result(line, gathered, out),
        _ => {}
    }
}

fn result(line: &Value, gathered: &mut Gathered, out: &mut Vec<Progress>) {
    gathered.outcome.finished = true;
    let stats = &line["stats"];
    match stats["models"].as_object().filter(|models| !models.is_empty()) {
        Some(models) => {
            for (model, used) in models {
                let tokens = tokens(used);
                if tokens.total() > 0 {
                    gathered.total_used(Some(model), Used { tokens: Some(tokens), cost: None });
                }
            }
        }
        None if stats.is_object() => {
            gathered.total_used(None, Used { tokens: Some(tokens(stats)), cost: None });
        }
        None => {}
    }
    if line["status"] == "error" {
        gathered.failed(line["error"]["message"].as_str().unwrap_or_default(), out);
    } else {
        gathered.outcome.error = None;
    }
}

fn tokens(used: &Value) -> Tokens {
    let (all, cache_read) = (count(used, "input_tokens"), count(used, "cached"));
    let input = used["input"].as_u64().unwrap_or_else(|| all.saturating_sub(cache_read));
    let output = count(used, "output_tokens").max(count(used, "total_tokens").saturating_sub(all));
    Tokens { input, output, cache_read, cache_write: 0 }
}
