//! Anthropic's dialect: messages, streamed.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::script::{Answer, CHILD, Word};
use super::{Shared, Stream, Turn, begin, json_answer, refuse, stream, tools, unique, without_reminders};

pub async fn serve(shared: Arc<Shared>, agent: String, body: Value, tokens: usize) -> Response {
    let turn = turn(&body);
    let word = turn.word;
    let answer = match begin(&shared, &agent, &turn) {
        Ok(answer) => answer,
        Err(status) => {
            let kind = match status {
                401 => "authentication_error",
                429 => "rate_limit_error",
                529 => "overloaded_error",
                _ => "api_error",
            };
            let error = json!({"type": "error", "error": {"type": kind, "message": format!("refused with {status}")}});
            return refuse(&shared, &agent, status, &error);
        }
    };
    let model = body["model"].clone();
    let calls = (!turn.aside && !turn.child && word.calls()).then(|| call(word, &body));
    let usage = json!({"input_tokens": tokens, "cache_creation_input_tokens": 100, "cache_read_input_tokens": 200,
        "output_tokens": 40, "service_tier": "standard"});
    let mut message = json!({"id": unique("msg"), "type": "message", "role": "assistant", "model": model, "content": [],
        "stop_reason": null, "stop_sequence": null, "usage": usage});
    if body["stream"] != true {
        let title = json!({"title": "A task", "isNewTopic": true}).to_string();
        message["content"] =
            json!([{"type": "text", "text": if turn.aside { &title } else { &answer.text }}]);
        message["stop_reason"] = json!("end_turn");
        return json_answer(StatusCode::OK, &message);
    }
    let answer = if turn.aside { Answer::words(&json!({"title": "A task"}).to_string()) } else { answer };
    stream(shared, agent, &turn, move |to| async move { tell(&to, answer, calls, message).await })
}

fn turn(body: &Value) -> Turn {
    let messages = body["messages"].as_array().cloned().unwrap_or_default();
    let mut text = String::new();
    let mut after_tool = false;
    for message in messages.iter().rev().filter(|message| message["role"] == "user") {
        let mut blocks = message["content"].as_array().cloned().unwrap_or_default();
        // What was said before a tool's result is answered already.
        let result = blocks.iter().rposition(|block| block["type"] == "tool_result");
        after_tool = result.is_some();
        blocks.drain(..result.map_or(0, |at| at + 1));
        let said = message["content"].as_str().map(str::to_owned);
        let said = said.unwrap_or_else(|| {
            let texts: Vec<_> = blocks.iter().filter_map(|block| block["text"].as_str()).collect();
            texts.join("\n")
        });
        text = without_reminders(&said);
        if after_tool || !text.trim().is_empty() {
            break;
        }
    }
    let word = Word::of(&text).unwrap_or(Word::Hello);
    let aside = body["tools"].as_array().is_none_or(Vec::is_empty);
    let first = messages.iter().find(|message| message["role"] == "user");
    let child = first.is_some_and(|message| message.to_string().contains(CHILD));
    Turn { word, text, after_tool, aside, child: child && !aside }
}

fn call(word: Word, body: &Value) -> Value {
    let names: Vec<&str> =
        body["tools"].as_array().into_iter().flatten().filter_map(|tool| tool["name"].as_str()).collect();
    let whole = body.to_string();
    let folder = ["orking directory: ", "orking directory:"].iter().find_map(|mark| {
        let rest = whole.split_once(mark)?.1;
        Some(rest.split(['\\', '"', '<', ' ', '\n']).next()?.to_owned()).filter(|path| path.starts_with('/'))
    });
    let folder = folder.unwrap_or_else(|| ".".to_owned());
    let (name, input) = match word {
        Word::WriteFile => (
            "Write",
            json!({"file_path": format!("{folder}/written.txt"), "content": "line one\nline two\n"}),
        ),
        Word::CallTool => (
            names
                .iter()
                .find(|name| name.starts_with("mcp__") && name.ends_with(tools::TOOL))
                .copied()
                .unwrap_or("none"),
            json!({"task": "a task"}),
        ),
        Word::AskPerson => (
            "AskUserQuestion",
            json!({"questions": [{"question": "Which colour?", "header": "Colour", "multiSelect": false,
                "options": [{"label": "Red", "description": "warm"}, {"label": "Blue", "description": "cold"}]}]}),
        ),
        Word::Delegate => (
            if names.contains(&"Task") { "Task" } else { "Agent" },
            json!({"description": "Say hello", "prompt": format!("{CHILD}: say hello"), "subagent_type": "general-purpose"}),
        ),
        _ => {
            ("Bash", json!({"command": word.command().unwrap_or("true"), "description": "Do what is asked"}))
        }
    };
    json!({"type": "tool_use", "id": unique("toolu"), "name": name, "input": input})
}

async fn tell(to: &Stream, answer: Answer, call: Option<Value>, message: Value) -> bool {
    to.event(&json!({"type": "message_start", "message": message})).await;
    let stop = if call.is_some() { "tool_use" } else { "end_turn" };
    let mut index = 0;
    if let Some(thought) = &answer.thought {
        let block = json!({"type": "thinking", "thinking": "", "signature": ""});
        let said = block_of(
            to,
            index,
            block,
            thought,
            answer.pace * 3,
            |word| json!({"type": "thinking_delta", "thinking": word}),
        );
        if !said.await {
            return false;
        }
        index += 1;
    }
    let block = json!({"type": "text", "text": ""});
    let said = block_of(
        to,
        index,
        block,
        &answer.text,
        answer.pace,
        |word| json!({"type": "text_delta", "text": word}),
    );
    if !said.await {
        return false;
    }
    if let Some(call) = call {
        index += 1;
        let mut block = call.clone();
        block["input"] = json!({});
        to.event(&json!({"type": "content_block_start", "index": index, "content_block": block})).await;
        let delta = json!({"type": "input_json_delta", "partial_json": call["input"].to_string()});
        to.event(&json!({"type": "content_block_delta", "index": index, "delta": delta})).await;
        to.event(&json!({"type": "content_block_stop", "index": index})).await;
    }
    let delta = json!({"stop_reason": stop, "stop_sequence": null});
    to.event(&json!({"type": "message_delta", "delta": delta, "usage": {"output_tokens": 40}})).await;
    to.event(&json!({"type": "message_stop"})).await
}

async fn block_of(
    to: &Stream,
    index: usize,
    block: Value,
    text: &str,
    pace: Duration,
    delta: fn(&str) -> Value,
) -> bool {
    to.event(&json!({"type": "content_block_start", "index": index, "content_block": block})).await;
    let event = |word: &str| json!({"type": "content_block_delta", "index": index, "delta": delta(word)});
    if !to.tell(text, pace, event).await {
        return false;
    }
    if block["type"] == "thinking" {
        let delta = json!({"type": "signature_delta", "signature": "bGFi"});
        to.event(&json!({"type": "content_block_delta", "index": index, "delta": delta})).await;
    }
    to.event(&json!({"type": "content_block_stop", "index": index})).await
}
