//! OpenAI's dialect: responses, streamed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::script::{Answer, Word};
use super::{Shared, Stream, Turn, begin, json_answer, refuse, stream, unique, without_reminders};

pub async fn serve(shared: Arc<Shared>, agent: String, body: Value, tokens: usize) -> Response {
    let turn = turn(&body);
    let answer = match begin(&shared, &agent, &turn) {
        Ok(answer) => answer,
        Err(status) => {
            let kind = if status == 429 { "rate_limit_error" } else { "api_error" };
            let error = json!({"type": kind, "code": kind, "message": format!("refused with {status}")});
            return refuse(&shared, &agent, status, &json!({"error": error}));
        }
    };
    let items = items(&turn, &answer, &body);
    let usage = json!({"input_tokens": tokens, "input_tokens_details": {"cached_tokens": 100}, "output_tokens": 42,
        "output_tokens_details": {"reasoning_tokens": 10}, "total_tokens": tokens + 42});
    let response = json!({"id": unique("resp"), "object": "response", "created_at": 1_700_000_000, "status": "completed",
        "model": body["model"], "output": items, "usage": usage, "error": null, "incomplete_details": null});
    if body["stream"] != true {
        return json_answer(StatusCode::OK, &response);
    }
    stream(shared, agent, &turn, move |to| async move { tell(&to, answer, items, response).await })
}

fn turn(body: &Value) -> Turn {
    let items = body["input"].as_array().cloned().unwrap_or_default();
    let mut text = body["input"].as_str().unwrap_or_default().to_owned();
    let mut after_tool = false;
    for item in items.iter().rev() {
        if item["type"].as_str().is_some_and(|kind| kind.ends_with("_output")) {
            after_tool = true;
            break;
        }
        if item["role"] == "user" {
            let parts = item["content"].as_array().cloned().unwrap_or_default();
            let texts: Vec<_> = parts.iter().filter_map(|part| part["text"].as_str()).collect();
            text = without_reminders(item["content"].as_str().unwrap_or(&texts.join("\n")));
            if !text.trim().is_empty() {
                break;
            }
        }
    }
    let word = if after_tool { Word::Hello } else { Word::of(&text).unwrap_or(Word::Hello) };
    let aside = body["tools"].as_array().is_none_or(Vec::is_empty);
    Turn { word, text, after_tool, aside, child: false }
}

fn items(turn: &Turn, answer: &Answer, body: &Value) -> Vec<Value> {
    let mut items = Vec::new();
    if let Some(thought) = &answer.thought {
        items.push(
            json!({"type": "reasoning", "id": unique("rs"), "content": null, "encrypted_content": null,
            "summary": [{"type": "summary_text", "text": thought}]}),
        );
    }
    let content = json!([{"type": "output_text", "text": answer.text, "annotations": []}]);
    items.push(json!({"type": "message", "id": unique("msg"), "role": "assistant", "status": "completed", "content": content}));
    if !turn.aside && turn.word.calls() {
        items.push(call(turn.word, body));
    }
    items
}

fn call(word: Word, body: &Value) -> Value {
    let id = unique("call");
    let tools: Vec<&Value> = body["tools"].as_array().into_iter().flatten().collect();
    let has = |name: &str| tools.iter().any(|tool| tool["name"] == name || tool["type"] == name);
    match word {
        Word::WriteFile if has("apply_patch") => {
            let patch =
                "*** Begin Patch\n*** Add File: ../written.txt\n+line one\n+line two\n*** End Patch\n";
            json!({"type": "custom_tool_call", "id": unique("ctc"), "call_id": id, "name": "apply_patch", "input": patch})
        }
        Word::CallTool => {
            let space = tools.iter().find(|tool| {
                tool["type"] == "namespace" && tool["name"].as_str().is_some_and(|n| n.contains("mcp__lab"))
            });
            let name = space.map_or(json!("mcp__lab__report"), |space| space["tools"][0]["name"].clone());
            let arguments = json!({"task": "a task"}).to_string();
            let mut call = json!({"type": "function_call", "id": unique("fc"), "call_id": id, "name": name,
                "arguments": arguments});
            if let Some(space) = space {
                call["namespace"] = space["name"].clone();
            }
            call
        }
        _ => {
            let command = word.command().unwrap_or("touch ../written.txt");
            let asks = !matches!(word, Word::RunSlowly | Word::RunFailing);
            let name = ["exec_command", "shell_command", "shell"]
                .into_iter()
                .find(|name| has(name))
                .unwrap_or("shell");
            let mut arguments = match name {
                "exec_command" => json!({"cmd": command, "yield_time_ms": 10_000}),
                "shell_command" => json!({"command": command}),
                _ => json!({"command": ["bash", "-lc", command]}),
            };
            if asks {
                arguments["sandbox_permissions"] = json!("require_escalated");
                arguments["justification"] = json!("a file is to be made");
            }
            json!({"type": "function_call", "id": unique("fc"), "call_id": id, "name": name, "arguments": arguments.to_string()})
        }
    }
}

async fn tell(to: &Stream, answer: Answer, items: Vec<Value>, response: Value) -> bool {
    let number = AtomicU64::new(0);
    let event = |kind: &str, mut data: Value| {
        data["type"] = json!(kind);
        data["sequence_number"] = json!(number.fetch_add(1, Ordering::Relaxed));
        data
    };
    let mut begun = response.clone();
    (begun["status"], begun["output"], begun["usage"]) = (json!("in_progress"), json!([]), Value::Null);
    to.event(&event("response.created", json!({"response": begun}))).await;
    for (n, item) in items.iter().enumerate() {
        let mut added = item.clone();
        let (text, pace, list, words) = match item["type"].as_str().unwrap_or_default() {
            "message" => (answer.text.as_str(), answer.pace, "content", "response.output_text"),
            "reasoning" => {
                let thought = answer.thought.as_deref().unwrap_or_default();
                (thought, answer.pace * 3, "summary", "response.reasoning_summary_text")
            }
            _ => ("", answer.pace, "", ""),
        };
        added["status"] = json!("in_progress");
        if list.is_empty() {
            to.event(&event("response.output_item.added", json!({"output_index": n, "item": added}))).await;
        } else {
            added[list] = json!([]);
            to.event(&event("response.output_item.added", json!({"output_index": n, "item": added}))).await;
            let with = |key: &str, value: Value| {
                let mut data = json!({"output_index": n, "item_id": item["id"], format!("{list}_index"): 0});
                data[key] = value;
                data
            };
            let mut part = item[list][0].clone();
            part["text"] = json!("");
            let added = if list == "content" { "content_part" } else { "reasoning_summary_part" };
            to.event(&event(&format!("response.{added}.added"), with("part", part))).await;
            let delta = format!("{words}.delta");
            if !to.tell(text, pace, |word| event(&delta, with("delta", json!(word)))).await {
                return false;
            }
            to.event(&event(&format!("{words}.done"), with("text", json!(text)))).await;
        }
        to.event(&event("response.output_item.done", json!({"output_index": n, "item": item}))).await;
    }
    to.event(&event("response.completed", json!({"response": response}))).await
}
