//! Gemini's dialect: generated content, streamed or whole.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::script::{Answer, Word};
use super::{Shared, Stream, Turn, begin, json_answer, refuse, stream, tools, unique, without_reminders};

pub async fn serve(
    shared: Arc<Shared>,
    agent: String,
    body: Value,
    tokens: usize,
    streams: bool,
) -> Response {
    let turn = turn(&body);
    let answer = match begin(&shared, &agent, &turn) {
        Ok(answer) => answer,
        Err(status) => {
            let kind = match status {
                401 => "UNAUTHENTICATED",
                429 => "RESOURCE_EXHAUSTED",
                _ => "INTERNAL",
            };
            let error = json!({"code": status, "message": format!("refused with {status}"), "status": kind});
            return refuse(&shared, &agent, status, &json!({"error": error}));
        }
    };
    let usage =
        json!({"promptTokenCount": tokens, "candidatesTokenCount": 42, "totalTokenCount": tokens + 42});
    if turn.aside {
        // What chooses a model, says who speaks next, and looks for loops.
        let verdict = json!({"reasoning": "none", "model_choice": "flash", "next_speaker": "user",
            "complexity_score": 10, "complexity_reasoning": "none"});
        let whole = chunk(&json!([{"text": verdict.to_string()}]), Some(&usage));
        if !streams {
            return json_answer(StatusCode::OK, &whole);
        }
        return stream(shared, agent, &turn, move |to| async move { to.event(&whole).await });
    }
    let call = turn.word.calls().then(|| call(turn.word, &body));
    if !streams {
        return json_answer(StatusCode::OK, &chunk(&json!([{"text": answer.text}]), Some(&usage)));
    }
    stream(shared, agent, &turn, move |to| async move { tell(&to, answer, call, usage).await })
}

fn turn(body: &Value) -> Turn {
    let contents = body["contents"].as_array().cloned().unwrap_or_default();
    let mut text = String::new();
    let mut after_tool = false;
    for content in contents.iter().rev().filter(|content| content["role"] != "model") {
        let parts = content["parts"].as_array().cloned().unwrap_or_default();
        after_tool = parts.iter().any(|part| !part["functionResponse"].is_null());
        let texts: Vec<_> = parts.iter().filter_map(|part| part["text"].as_str()).collect();
        text = without_reminders(&texts.join("\n"));
        if after_tool || !text.trim().is_empty() {
            break;
        }
    }
    let config = &body["generationConfig"];
    let aside = config["responseMimeType"] == "application/json" || !config["responseJsonSchema"].is_null();
    let word = if after_tool { Word::Hello } else { Word::of(&text).unwrap_or(Word::Hello) };
    Turn { word, text, after_tool, aside, child: false }
}

fn call(word: Word, body: &Value) -> Value {
    let groups = body["tools"].as_array().into_iter().flatten();
    let declared = groups.filter_map(|group| group["functionDeclarations"].as_array()).flatten();
    let names: Vec<&str> = declared.filter_map(|declared| declared["name"].as_str()).collect();
    let (name, args) = match word {
        Word::WriteFile => ("write_file", json!({"file_path": "written.txt", "content": "line one\n"})),
        Word::CallTool => (
            names.iter().find(|name| name.ends_with(tools::TOOL)).copied().unwrap_or("none"),
            json!({"task": "a task"}),
        ),
        _ => (
            "run_shell_command",
            json!({"command": word.command().unwrap_or("touch written.txt"), "description": "Do what is asked"}),
        ),
    };
    json!({"functionCall": {"name": name, "args": args}})
}

fn chunk(parts: &Value, usage: Option<&Value>) -> Value {
    let mut candidate = json!({"content": {"role": "model", "parts": parts}, "index": 0});
    if usage.is_some() {
        candidate["finishReason"] = json!("STOP");
    }
    let mut whole =
        json!({"candidates": [candidate], "modelVersion": "lab", "responseId": unique("response")});
    if let Some(usage) = usage {
        whole["usageMetadata"] = usage.clone();
    }
    whole
}

async fn tell(to: &Stream, answer: Answer, call: Option<Value>, usage: Value) -> bool {
    if let Some(thought) = &answer.thought {
        to.event(&chunk(&json!([{"text": thought, "thought": true}]), None)).await;
        if !to.pause(answer.pace * 20).await {
            return false;
        }
    }
    if !to.tell(&answer.text, answer.pace, |word| chunk(&json!([{"text": word}]), None)).await {
        return false;
    }
    if let Some(call) = call {
        to.event(&chunk(&json!([call]), None)).await;
    }
    to.event(&chunk(&json!([{"text": ""}]), Some(&usage))).await
}
