//! `codex exec --json`. The model is not in the stream, and money is never told.
//!
//! Its `input_tokens` hold those from the cache and those written to it; a `turn.completed` tells the total of the
//! whole conversation.

use serde_json::Value;

use super::Progress;
use super::gathered::{Gathered, Used, count, words};
use crate::domain::Tokens;

/// How a line about another attempt begins; it comes as an error, and the run goes on.
const AGAIN: [&str; 2] = ["Reconnecting", "Retrying"];

pub(super) fn read(line: &Value, gathered: &mut Gathered, out: &mut Vec<Progress>) {
    match line["type"].as_str() {
        Some("thread.started") => gathered.conversation(line, "thread_id"),
        Some("item.started") => item(&line["item"], false, gathered, out),
        Some("item.completed") => item(&line["item"], true, gathered, out),
        Some("turn.completed") => {
            gathered.outcome.finished = true;
            gathered.outcome.error = None;
            gathered.outcome.turns = Some(gathered.outcome.turns.unwrap_or(0).saturating_add(1));
            gathered.total_used(None, Used { tokens: Some(tokens(&line["usage"])), cost: None });
        }
        Some("turn.failed") => {
            gathered.outcome.finished = true;
            gathered.failed(line["error"]["message"].as_str().unwrap_or_default(), out);
        }
        Some("error") => {
            let message = line["message"].as_str().unwrap_or_default();
            if AGAIN.iter().any(|start| message.starts_with(start)) {
                out.push(Progress::Retrying(words(message)));
            } else {
                gathered.failed(message, out);
            }
        }
        _ => {}
    }
}

fn item(item: &Value, completed: bool, gathered: &mut Gathered, out: &mut Vec<Progress>) {
    let kind = item["type"].as_str().unwrap_or_default();
    match (kind, completed) {
        ("agent_message", true) => {
            let text = item["text"].as_str().unwrap_or_default();
            gathered.say(text);
            out.push(Progress::Text(format!("{text}\n")));
        }
        // Not the end of the run: what it could do without is told this way, too.
        ("error", true) => out.push(Progress::Warned(words(item["message"].as_str().unwrap_or_default()))),
        ("agent_message" | "error" | "reasoning" | "todo_list" | "", _) => {}
        _ => {
            let call = item["id"].as_str().unwrap_or_default();
            if completed {
                let ok = item["status"].as_str().is_none_or(|s| s == "completed")
                    && item["exit_code"].as_i64().unwrap_or(0) == 0;
                if item["status"] == "declined" {
                    gathered.denied(&format!("{kind}: {}", super::gathered::purpose(item)), out);
                }
                gathered.tool_ended(call, ok, out);
            } else {
                let tool = item["tool"].as_str().unwrap_or(kind);
                gathered.tool_began(call, tool, item, out);
            }
        }
    }
}

fn tokens(usage: &Value) -> Tokens {
    let (cache_read, cache_write) =
        (count(usage, "cached_input_tokens"), count(usage, "cache_write_input_tokens"));
    let input = count(usage, "input_tokens").saturating_sub(cache_read).saturating_sub(cache_write);
    Tokens { input, output: count(usage, "output_tokens"), cache_read, cache_write }
}
