//! A model server on loopback that speaks the dialects of three vendors, and does what the newest prompt asks for.
//!
//! The first segment of a request's path names the agent that asks, so one server serves a whole team and tells its
//! agents apart. What is answered is chosen by a word in capitals in the newest prompt ([`script`]); two gates an
//! agent hold an answer back, before its first byte and in its middle, until a test opens them: no test waits by the
//! clock for a model to be slow. Every request, first byte, end and failure is kept in a log with its time, and that
//! log is what a test believes about the agent: it is told by the server, not by the screen.

mod anthropic;
mod gemini;
mod openai;
pub mod script;
mod tools;

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};

use script::{Answer, Word};

/// Something that happened between an agent and its model.
#[derive(Clone, Debug)]
pub struct Entry {
    pub at: Instant,
    pub agent: String,
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A request for the next turn came in; nothing is answered yet.
    Asked { word: Word, text: String, after_tool: bool },
    /// A subagent's request came in.
    ChildAsked,
    /// A subagent's answer is told to the end.
    ChildEnded,
    /// The answer begins.
    Began,
    /// The answer is told to the end; it calls a tool.
    Called(Word),
    /// The answer is told to the end, and the turn with it.
    Ended,
    /// The request is refused with this status.
    Refused(u16),
    /// The agent hung up before the end.
    Gone,
    /// A tool of the server's own (MCP) was called.
    ToolUsed,
    /// Anything else: a title, a count of tokens, a list of models.
    Aside(String),
}

/// Where an answer can be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Gate {
    /// Before the first byte.
    First,
    /// After half of the text.
    Middle,
}

/// A running model server.
pub struct Model {
    port: u16,
    shared: Arc<Shared>,
}

pub struct Shared {
    log: Mutex<Vec<Entry>>,
    changed: Condvar,
    gates: Mutex<HashMap<(String, Gate), watch::Sender<bool>>>,
    /// Every request for words, with the agent that made it.
    heard: Mutex<Vec<(String, Value)>>,
}

/// A stream of events on its way to an agent.
pub struct Stream {
    to: mpsc::Sender<Bytes>,
    agent: String,
    shared: Arc<Shared>,
}

impl Model {
    /// Starts one on a free port of loopback.
    pub fn start() -> Model {
        let shared = Arc::new(Shared {
            log: Mutex::default(),
            changed: Condvar::new(),
            gates: Mutex::default(),
            heard: Mutex::default(),
        });
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port of loopback");
        listener.set_nonblocking(true).expect("a listener that does not block");
        let port = listener.local_addr().expect("its address").port();
        let state = Arc::clone(&shared);
        std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
                let routes = axum::Router::new().fallback(serve).with_state(state);
                axum::serve(listener, routes).await.expect("the server goes on");
            });
        });
        Model { port, shared }
    }

    /// Returns the address that an agent of this name is to be given.
    pub fn url(&self, agent: &str) -> String {
        format!("http://127.0.0.1:{}/{agent}", self.port)
    }

    /// Closes a gate: answers to this agent stop there.
    pub fn hold(&self, agent: &str, gate: Gate) {
        self.shared.gate(agent, gate).send_replace(true);
    }

    /// Opens a gate.
    pub fn release(&self, agent: &str, gate: Gate) {
        self.shared.gate(agent, gate).send_replace(false);
    }

    /// Returns what happened between this agent and its model.
    pub fn log(&self, agent: &str) -> Vec<Entry> {
        let log = self.shared.log.lock().expect("the log");
        log.iter().filter(|entry| entry.agent == agent).cloned().collect()
    }

    /// Returns how often this text stands in the newest request of an agent that has it at all.
    pub fn heard(&self, agent: &str, text: &str) -> usize {
        let heard = self.shared.heard.lock().expect("what was heard");
        let of_agent = heard.iter().rev().filter(|(from, _)| from == agent);
        of_agent.map(|(_, body)| count(body, text)).find(|n| *n > 0).unwrap_or(0)
    }

    /// Returns every string in the last request of an agent for a turn.
    pub fn last_heard(&self, agent: &str) -> Vec<String> {
        let heard = self.shared.heard.lock().expect("what was heard");
        let mut turns =
            heard.iter().rev().filter(|(from, body)| from == agent && body["tools"][0].is_object());
        let mut strings = Vec::new();
        turns.next().into_iter().for_each(|(_, body)| gather(body, &mut strings));
        strings
    }

    /// Waits until the log of an agent, from its entry number `after` on, has what is wanted; returns the number
    /// behind that entry.
    pub fn wait(
        &self,
        agent: &str,
        after: usize,
        what: &str,
        wanted: impl Fn(&What) -> bool,
    ) -> Result<usize, String> {
        let begun = Instant::now();
        let mut log = self.shared.log.lock().expect("the log");
        loop {
            let mut of_agent = log.iter().filter(|entry| entry.agent == agent).enumerate();
            if let Some((n, _)) = of_agent.find(|(n, entry)| *n >= after && wanted(&entry.what)) {
                return Ok(n + 1);
            }
            let left = crate::PATIENCE.saturating_sub(begun.elapsed());
            if left.is_zero() {
                let told = log.iter().filter(|e| e.agent == agent).skip(after.saturating_sub(3));
                let told: Vec<_> = told.map(|e| e.what.clone()).collect();
                return Err(format!(
                    "waited in vain for the model to see {what} of {agent}; it saw {told:?}"
                ));
            }
            log = self.shared.changed.wait_timeout(log, left.min(Duration::from_secs(1))).expect("the log").0;
        }
    }

    /// Returns how much there is in an agent's log.
    pub fn seen(&self, agent: &str) -> usize {
        self.log(agent).len()
    }
}

impl Shared {
    fn gate(&self, agent: &str, gate: Gate) -> watch::Sender<bool> {
        let mut gates = self.gates.lock().expect("the gates");
        gates.entry((agent.to_owned(), gate)).or_insert_with(|| watch::Sender::new(false)).clone()
    }

    fn note(&self, agent: &str, what: What) {
        let entry = Entry { at: Instant::now(), agent: agent.to_owned(), what };
        self.log.lock().expect("the log").push(entry);
        self.changed.notify_all();
    }
}

impl Stream {
    /// Sends one event, named by its type if it has one; false once the agent has hung up.
    pub async fn event(&self, data: &Value) -> bool {
        let name = data["type"].as_str().map_or(String::new(), |name| format!("event: {name}\n"));
        self.to.send(format!("{name}data: {data}\n\n").into()).await.is_ok()
    }

    /// Waits at a gate; false once the agent has hung up.
    pub async fn pass(&self, gate: Gate) -> bool {
        let mut held = self.shared.gate(&self.agent, gate).subscribe();
        tokio::select! {
            () = self.to.closed() => false,
            opened = held.wait_for(|held| !held) => opened.is_ok(),
        }
    }

    /// Lets the time between two words pass; false once the agent has hung up.
    pub async fn pause(&self, pace: Duration) -> bool {
        tokio::select! {
            () = self.to.closed() => false,
            () = tokio::time::sleep(pace) => true,
        }
    }

    /// Tells a text word by word, with the gate in its middle.
    pub async fn tell(&self, text: &str, pace: Duration, event: impl Fn(&str) -> Value + Send) -> bool {
        let words: Vec<Value> = text.split_inclusive([' ', '\n']).map(event).collect();
        for (n, word) in words.iter().enumerate() {
            if n == words.len() / 2 && !self.pass(Gate::Middle).await {
                return false;
            }
            if !self.event(word).await || !self.pause(pace).await {
                return false;
            }
        }
        true
    }
}

/// Returns how often a text stands in the strings of a request.
fn count(body: &Value, text: &str) -> usize {
    match body {
        Value::String(said) => said.matches(text).count(),
        Value::Array(parts) => parts.iter().map(|part| count(part, text)).sum(),
        Value::Object(parts) => parts.values().map(|part| count(part, text)).sum(),
        _ => 0,
    }
}

fn gather(body: &Value, into: &mut Vec<String>) {
    match body {
        Value::String(said) => into.push(said.clone()),
        Value::Array(parts) => parts.iter().for_each(|part| gather(part, into)),
        Value::Object(parts) => parts.values().for_each(|part| gather(part, into)),
        _ => {}
    }
}

/// Returns a name that nothing else has: programs take two things of one name for one.
fn unique(prefix: &str) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("{prefix}_lab_{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// What a dialect makes of a request: who asks for what.
pub struct Turn {
    pub word: Word,
    pub text: String,
    pub after_tool: bool,
    /// Nobody's turn: a title, a check.
    pub aside: bool,
    pub child: bool,
}

async fn serve(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let (agent, rest) = path.trim_start_matches('/').split_once('/').unwrap_or((&path, ""));
    let (agent, rest) = (agent.to_owned(), rest.to_owned());
    let bytes = axum::body::to_bytes(request.into_body(), 64 << 20).await.unwrap_or_default();
    let body: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    let tokens = (bytes.len() / 4).max(1);
    if rest == "mcp" {
        return tools::serve(&shared, &agent, &body);
    }
    if rest.ends_with("count_tokens") || rest.ends_with(":countTokens") {
        return json_answer(StatusCode::OK, &json!({"input_tokens": tokens, "totalTokens": tokens}));
    }
    if ["/messages", "/responses"].iter().any(|end| rest.ends_with(end)) || rest.contains("enerateContent") {
        shared.heard.lock().expect("what was heard").push((agent.clone(), body.clone()));
    }
    if rest.ends_with("/messages") {
        return anthropic::serve(shared, agent, body, tokens).await;
    }
    if rest.ends_with("/responses") {
        return openai::serve(shared, agent, body, tokens).await;
    }
    if rest.contains("enerateContent") {
        return gemini::serve(shared, agent, body, tokens, rest.contains("stream")).await;
    }
    if rest.ends_with("/models") {
        let models =
            json!([{"id": "mock-model", "object": "model", "type": "model", "display_name": "mock-model"}]);
        return json_answer(
            StatusCode::OK,
            &json!({"object": "list", "data": models, "models": [], "has_more": false}),
        );
    }
    shared.note(&agent, What::Aside(rest));
    json_answer(
        StatusCode::NOT_FOUND,
        &json!({"error": {"type": "not_found_error", "message": "nothing is here"}}),
    )
}

/// Notes a turn, and returns what is to be answered, or the refusal.
fn begin(shared: &Shared, agent: &str, turn: &Turn) -> Result<Answer, u16> {
    if turn.aside {
        shared.note(agent, What::Aside(turn.text.chars().take(80).collect()));
        return Ok(Answer::words("A title"));
    }
    if turn.child {
        shared.note(agent, What::ChildAsked);
        return Ok(Answer {
            pace: Duration::from_millis(100),
            ..Answer::words(&"The child says hello. ".repeat(8))
        });
    }
    let (word, after_tool) = (turn.word, turn.after_tool);
    shared.note(agent, What::Asked { word, text: turn.text.clone(), after_tool });
    match word.refusal() {
        Some(status) => Err(status),
        None => Ok(word.answer()),
    }
}

/// Streams what `tell` tells; it returns false if the agent hung up meanwhile.
fn stream<F, T>(shared: Arc<Shared>, agent: String, turn: &Turn, tell: F) -> Response
where
    F: FnOnce(Arc<Stream>) -> T + Send + 'static,
    T: Future<Output = bool> + Send,
{
    let (to, mut from) = mpsc::channel::<Bytes>(64);
    let stream = Arc::new(Stream { to, agent: agent.clone(), shared: Arc::clone(&shared) });
    let (word, child, counts) = (turn.word, turn.child, !turn.aside && !turn.child);
    tokio::spawn(async move {
        let told = (!counts || stream.pass(Gate::First).await) && {
            if counts {
                shared.note(&agent, What::Began);
            }
            tell(Arc::clone(&stream)).await
        };
        if counts {
            shared.note(
                &agent,
                match (told, word.calls()) {
                    (false, _) => What::Gone,
                    (true, true) => What::Called(word),
                    (true, false) => What::Ended,
                },
            );
        } else if child {
            shared.note(&agent, What::ChildEnded);
        }
    });
    let body = futures_util::stream::poll_fn(move |cx| {
        from.poll_recv(cx).map(|bytes| bytes.map(Ok::<_, Infallible>))
    });
    let head =
        [(header::CONTENT_TYPE, "text/event-stream; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    (head, Body::from_stream(body)).into_response()
}

fn refuse(shared: &Shared, agent: &str, status: u16, body: &Value) -> Response {
    shared.note(agent, What::Refused(status));
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = json_answer(status, body);
    if status == StatusCode::TOO_MANY_REQUESTS {
        response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("1"));
    }
    response
}

fn json_answer(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

/// Takes out what a program adds to a prompt of its own accord.
fn without_reminders(text: &str) -> String {
    let mut text = text.to_owned();
    for tag in ["system-reminder", "environment_context", "user_instructions", "session_context"] {
        let (open, close) = (format!("<{tag}"), format!("</{tag}>"));
        while let Some(from) = text.find(&open) {
            let end = text[from..].find(&close).map_or(text.len(), |at| from + at + close.len());
            text.replace_range(from..end, "");
        }
    }
    text
}
