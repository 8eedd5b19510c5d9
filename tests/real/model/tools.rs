//! A tool server (MCP over HTTP) with one tool, on the model server's own port.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::{Shared, What, json_answer};

/// The name of its one tool.
pub const TOOL: &str = "report";

pub fn serve(shared: &Shared, agent: &str, body: &Value) -> Response {
    let id = body["id"].clone();
    if id.is_null() {
        // A notification; or somebody who wants to listen, which there is no need for.
        let status = if body.is_null() { StatusCode::METHOD_NOT_ALLOWED } else { StatusCode::ACCEPTED };
        return status.into_response();
    }
    let result = match body["method"].as_str().unwrap_or_default() {
        "initialize" => json!({
            "protocolVersion": body["params"]["protocolVersion"], "capabilities": {"tools": {}},
            "serverInfo": {"name": "lab", "version": "1"},
        }),
        "ping" => json!({}),
        "tools/list" => json!({"tools": [{
            "name": TOOL, "description": "Reports a task",
            "inputSchema": {"type": "object", "properties": {"task": {"type": "string"}}, "required": ["task"]},
        }]}),
        "tools/call" => {
            shared.note(agent, What::ToolUsed);
            json!({"content": [{"type": "text", "text": "reported"}]})
        }
        _ => {
            let error = json!({"code": -32601, "message": "no such method"});
            return json_answer(StatusCode::OK, &json!({"jsonrpc": "2.0", "id": id, "error": error}));
        }
    };
    json_answer(StatusCode::OK, &json!({"jsonrpc": "2.0", "id": id, "result": result}))
}
