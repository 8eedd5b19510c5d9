//! A program's own server, followed: its stream of events read into signals, and what a person answers given back to
//! it. It is asked on this machine alone, at the port and with the password that the program was started with.

use std::time::Duration;

use base64::Engine as _;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};

use super::super::pane::Teller;
use crate::adapter::{Address, Recorded, Served};
use crate::domain::{Signal, Verdict};

/// How long to wait before a server is asked again that was not there, at first and at most.
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// How long an answer to a question may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// A server says every ten seconds that it is there; one that is silent for this long is asked anew.
const SILENT_FOR: Duration = Duration::from_secs(45);

/// The longest line of an event that is read, and the longest answer, in bytes.
const LONGEST: usize = 4 << 20;

/// How many answers may wait for a server.
const ANSWERS: usize = 32;

/// What a person answered to the question of this key.
pub(in super::super) type Answered = (String, Verdict);

/// Why a server is not followed any further.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error("{0}")]
    Reach(#[from] std::io::Error),
    #[error("{0}")]
    Http(#[from] hyper::Error),
    #[error("{0}")]
    Request(#[from] hyper::http::Error),
    #[error("{0}")]
    Answer(#[from] serde_json::Error),
    #[error("it answers {0}")]
    Refused(hyper::StatusCode),
    #[error("it is silent")]
    Silent(#[from] tokio::time::error::Elapsed),
}

/// Follows a program's server until what is returned is dropped.
pub(in super::super) fn follow(address: Address, teller: Teller) -> oneshot::Sender<()> {
    let (alive, ended) = oneshot::channel();
    let (answers, answered) = mpsc::channel(ANSWERS);
    let following = async move {
        if teller.serves(answers).await {
            tokio::join!(listen(&address, &teller), answer(&address, answered));
        }
    };
    tokio::spawn(async move {
        tokio::select! {
            // It is never sent: it ends when its owner does.
            _ = ended => {}
            () = following => {}
        }
    });
    alive
}

async fn listen(address: &Address, teller: &Teller) {
    let mut served = Served::default();
    let mut wait = FIRST_WAIT;
    loop {
        match events(address, teller, &mut served).await {
            Ok(false) => return,
            Ok(true) => wait = FIRST_WAIT,
            Err(error) => tracing::debug!(port = address.port, "the server of a program: {error}"),
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

/// Reads events until they end; returns whether anybody still wants to hear of them.
async fn events(address: &Address, teller: &Teller, served: &mut Served) -> Result<bool, Broken> {
    let stream = tokio::time::timeout(ANSWER_WITHIN, ask(address, Method::GET, "/event", None)).await??;
    let status = get(address, "/session/status").await?;
    let permissions = get(address, "/permission").await?;
    // Older servers have none.
    let questions = get(address, "/question").await.unwrap_or_default();
    if !tell(teller, served.now(&status, &permissions, &questions)).await {
        return Ok(false);
    }
    let mut body = stream.into_body();
    let mut line = Vec::new();
    let mut skips = false;
    while let Some(frame) = tokio::time::timeout(SILENT_FOR, body.frame()).await? {
        let Ok(data) = frame?.into_data() else { continue };
        for piece in data.split_inclusive(|byte| *byte == b'\n') {
            skips |= line.len() + piece.len() > LONGEST;
            if !skips {
                line.extend_from_slice(piece);
            }
            if piece.ends_with(b"\n") {
                let signals = if skips { Vec::new() } else { event(&line, served) };
                (line, skips) = (Vec::new(), false);
                if !tell(teller, signals).await {
                    return Ok(false);
                }
            }
        }
    }
    Ok(true)
}

/// Reads one line of the stream.
fn event(line: &[u8], served: &mut Served) -> Vec<Signal> {
    let Some(data) = line.strip_prefix(b"data:") else { return Vec::new() };
    serde_json::from_slice::<Value>(data).map_or(Vec::new(), |event| served.event(&event))
}

async fn tell(teller: &Teller, signals: Vec<Signal>) -> bool {
    let told: Vec<Recorded> = signals.into_iter().map(|signal| Recorded { signal, at: None }).collect();
    told.is_empty() || teller.recorded(told).await
}

/// Gives answers to the server as they come.
async fn answer(address: &Address, mut answered: mpsc::Receiver<Answered>) {
    while let Some((key, verdict)) = answered.recv().await {
        let Some((path, body)) = told(&key, verdict) else { continue };
        let asked = tokio::time::timeout(ANSWER_WITHIN, ask(address, Method::POST, &path, Some(&body))).await;
        if let Err(error) = asked.map_err(Broken::from).and_then(|asked| asked) {
            tracing::warn!(port = address.port, "an answer did not reach the server of a program: {error}");
        }
    }
}

/// Returns where an answer goes, and how it is said there; none if it cannot be said there.
fn told(key: &str, verdict: Verdict) -> Option<(String, Value)> {
    // The key is the program's word; it must not lead anywhere else.
    if !key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')) {
        return None;
    }
    // By its own description, the numbers of questions begin so; they are not answered with a yes.
    let is_question = key.starts_with("que");
    Some(match verdict {
        Verdict::Deny { .. } if is_question => (format!("/question/{key}/reject"), json!({})),
        Verdict::Allow if !is_question => (format!("/permission/{key}/reply"), json!({ "reply": "once" })),
        Verdict::Deny { reason } => {
            let mut body = json!({ "reply": "reject" });
            if let Some(reason) = reason.filter(|reason| !reason.trim().is_empty()) {
                body["message"] = reason.into();
            }
            (format!("/permission/{key}/reply"), body)
        }
        Verdict::Allow | Verdict::Choose { .. } => return None,
    })
}

async fn get(address: &Address, path: &str) -> Result<Value, Broken> {
    let answer = async {
        let body = ask(address, Method::GET, path, None).await?.into_body();
        let bytes = http_body_util::Limited::new(body, LONGEST).collect().await;
        Ok::<Bytes, Broken>(bytes.map_err(std::io::Error::other)?.to_bytes())
    };
    Ok(serde_json::from_slice(&tokio::time::timeout(ANSWER_WITHIN, answer).await??)?)
}

async fn ask(
    address: &Address,
    method: Method,
    path: &str,
    body: Option<&Value>,
) -> Result<Response<Incoming>, Broken> {
    let stream = TcpStream::connect(("127.0.0.1", address.port)).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // It ends with its answer; what goes wrong is told by the answer.
    tokio::spawn(async move { drop(connection.await) });
    let mut request = Request::builder().method(method).uri(path).header(HOST, "127.0.0.1");
    if let Some((user, password)) = &address.login {
        let login = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
        request = request.header(AUTHORIZATION, format!("Basic {login}"));
    }
    let body = match body {
        Some(body) => {
            request = request.header(CONTENT_TYPE, "application/json");
            serde_json::to_vec(body)?
        }
        None => Vec::new(),
    };
    let answer = sender.send_request(request.body(Full::new(Bytes::from(body)))?).await?;
    if answer.status().is_success() { Ok(answer) } else { Err(Broken::Refused(answer.status())) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::AgentState;

    #[test]
    fn an_answer_goes_where_its_question_came_from_and_nowhere_else() {
        let no = |reason: Option<&str>| Verdict::Deny { reason: reason.map(str::to_owned) };
        let path = |key: &str, verdict| told(key, verdict).map(|(path, body)| format!("{path} {body}"));
        assert_eq!(path("per_1", Verdict::Allow).unwrap(), r#"/permission/per_1/reply {"reply":"once"}"#);
        let reasoned = path("per_1", no(Some("not now"))).unwrap();
        assert_eq!(reasoned, r#"/permission/per_1/reply {"message":"not now","reply":"reject"}"#);
        assert_eq!(path("per_1", no(Some(" "))).unwrap(), r#"/permission/per_1/reply {"reply":"reject"}"#);
        assert_eq!(path("que_1", no(None)).unwrap(), "/question/que_1/reject {}");
        assert_eq!(path("que_1", Verdict::Allow), None);
        assert_eq!(path("per_1", Verdict::Choose { option: 0 }), None);
        assert_eq!(path("../auth/x", Verdict::Allow), None);
    }

    #[test]
    fn a_line_of_the_stream_is_an_event_and_whatever_else_is_none() {
        let mut served = Served::default();
        let line =
            br#"data: {"type":"session.status","properties":{"sessionID":"s","status":{"type":"busy"}}}"#;
        let signals = event(line, &mut served);
        let busy = |signal: &Signal| matches!(signal, Signal::State { state: AgentState::Thinking, .. });
        assert!(signals.iter().any(busy));
        for other in [&b""[..], b"\n", b": comment\n", b"event: x\n", b"data: {\n", b"data: null\n"] {
            assert_eq!(event(other, &mut served), []);
        }
    }
}
