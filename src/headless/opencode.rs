//! `opencode run --format json`. Each step tells what it has used, its money included; the model is not told, and
//! nothing says that the stream is complete.

use serde_json::Value;

use super::Progress;
use super::gathered::{Gathered, count, money, words};
use crate::domain::Tokens;

pub(super) fn read(line: &Value, gathered: &mut Gathered, out: &mut Vec<Progress>) {
    gathered.conversation(line, "sessionID");
    let part = &line["part"];
    match line["type"].as_str() {
        Some("text") => {
            let text = part["text"].as_str().unwrap_or_default();
            gathered.append_line(text);
            out.push(Progress::Text(format!("{text}\n")));
        }
        Some("tool_use") => {
            // What is said from here on is said anew. A tool is told of when it has ended.
            gathered.say_anew();
            let (call, state) = (part["callID"].as_str().unwrap_or_default(), &part["state"]);
            gathered.tool_began(call, part["tool"].as_str().unwrap_or("tool"), &state["input"], out);
            gathered.tool_ended(call, state["status"] != "error", out);
        }
        Some("step_finish") => {
            let (used, cache) = (&part["tokens"], &part["tokens"]["cache"]);
            let tokens = Tokens {
                input: count(used, "input"),
                output: count(used, "output").saturating_add(count(used, "reasoning")),
                cache_read: count(cache, "read"),
                cache_write: count(cache, "write"),
            };
            gathered.outcome.finished |= part["reason"] == "stop";
            gathered.outcome.turns = Some(gathered.outcome.turns.unwrap_or(0).saturating_add(1));
            // A model without a known price costs nothing there, which is not what it costs.
            let cost = money(part, "cost").filter(|cost| cost.0 > 0 || tokens.total() == 0);
            gathered.add_used(tokens, cost);
        }
        Some("error") => {
            let error = &line["error"];
            let told = [&error["data"]["message"], &error["message"], &error["name"]];
            let message = told.into_iter().find_map(Value::as_str).unwrap_or_default();
            gathered.failed(&words(message), out);
        }
        _ => {}
    }
}
