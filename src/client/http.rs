//! One request, one answer: JSON over HTTP/1.1 on the daemon's socket.

use std::io;
use std::path::{Path, PathBuf};

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming as Body};
use hyper::client::conn::http1;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::net::UnixStream;

use super::{Attachment, ClientError};
use crate::protocol::{Code, Problem, VersionView};

/// A client of the daemon at one socket. Each request has a connection of its own.
#[derive(Clone, Debug)]
pub struct Client {
    socket: PathBuf,
}

impl Client {
    /// Returns a client of the daemon at `socket`; nothing is asked yet.
    #[must_use]
    pub fn new(socket: &Path) -> Client {
        Client { socket: socket.to_owned() }
    }

    /// Asks which version answers.
    ///
    /// # Errors
    /// If nobody answers, or something else does.
    pub async fn version(&self) -> Result<VersionView, ClientError> {
        self.get("/v1/version").await
    }

    /// Asks for what stands at `path`.
    ///
    /// # Errors
    /// If the daemon is not reached or refuses.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        read(self.ask(Method::GET, path, Bytes::new()).await?).await
    }

    /// Asks for what stands at `path`, as it is.
    ///
    /// # Errors
    /// If the daemon is not reached or refuses.
    pub async fn bytes(&self, path: &str) -> Result<Bytes, ClientError> {
        Ok(checked(self.ask(Method::GET, path, Bytes::new()).await?)
            .await?
            .into_body()
            .collect()
            .await?
            .to_bytes())
    }

    /// Asks for something to be done.
    ///
    /// # Errors
    /// If the daemon is not reached or refuses.
    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, ClientError> {
        let body = Bytes::from(serde_json::to_vec(body)?);
        read(self.ask(Method::POST, path, body).await?).await
    }

    /// Asks for something to be removed.
    ///
    /// # Errors
    /// If the daemon is not reached or refuses.
    pub async fn delete<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        read(self.ask(Method::DELETE, path, Bytes::new()).await?).await
    }

    /// Follows the events at `path`, a line of JSON each.
    ///
    /// # Errors
    /// If the daemon is not reached or refuses.
    pub async fn follow(&self, path: &str) -> Result<EventLines, ClientError> {
        let response = checked(self.ask(Method::GET, path, Bytes::new()).await?).await?;
        Ok(EventLines { body: response.into_body(), gathered: Vec::new() })
    }

    /// Attaches to a session: what happens comes in, what is pressed goes out.
    ///
    /// # Errors
    /// If the daemon is not reached or refuses, or is of another version.
    pub async fn attach(&self, session: &str) -> Result<Attachment, ClientError> {
        let path = format!("/v1/sessions/{session}/attach");
        super::attach::open(self.connect().await?, &path).await
    }

    async fn connect(&self) -> Result<UnixStream, ClientError> {
        UnixStream::connect(&self.socket)
            .await
            .map_err(|source| ClientError::NoDaemon { socket: self.socket.clone(), source })
    }

    async fn ask(&self, method: Method, path: &str, body: Bytes) -> Result<Response<Body>, ClientError> {
        let (mut sender, connection) = http1::handshake(TokioIo::new(self.connect().await?)).await?;
        // The connection is driven until its answer is read; how it ends is told by that answer.
        tokio::spawn(async move { drop(connection.await) });
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "agentctl")
            .header("content-type", "application/json")
            .body(Full::new(body))?;
        Ok(sender.send_request(request).await?)
    }
}

/// Returns the response if it is a success, else the problem it names.
async fn checked(response: Response<Body>) -> Result<Response<Body>, ClientError> {
    if response.status().is_success() {
        return Ok(response);
    }
    let status = response.status();
    let body = response.into_body().collect().await?.to_bytes();
    Err(serde_json::from_slice::<Problem>(&body).unwrap_or_else(|_| strange(status, &body)).into())
}

fn strange(status: StatusCode, body: &[u8]) -> Problem {
    let text = crate::domain::clean(&String::from_utf8_lossy(body), 200);
    let code = if status == StatusCode::NOT_FOUND { Code::NotFound } else { Code::Internal };
    Problem::new(code, format!("the daemon answered {status}")).cause(text)
}

async fn read<T: DeserializeOwned>(response: Response<Body>) -> Result<T, ClientError> {
    let body = checked(response).await?.into_body().collect().await?.to_bytes();
    Ok(serde_json::from_slice(&body)?)
}

/// Events as they come, one line of JSON each.
#[derive(Debug)]
pub struct EventLines {
    body: Body,
    gathered: Vec<u8>,
}

impl EventLines {
    /// Waits for the next line; none once the daemon ends the stream.
    ///
    /// # Errors
    /// If the connection breaks or a line is no text.
    pub async fn next(&mut self) -> Result<Option<String>, ClientError> {
        loop {
            if let Some(end) = memchr::memchr(b'\n', &self.gathered) {
                let line: Vec<u8> = self.gathered.drain(..=end).collect();
                let text = String::from_utf8_lossy(&line[..end]).into_owned();
                // Server-sent events carry each line as `data: …` and keep the connection alive with comments.
                match text.strip_prefix("data:") {
                    Some(data) => return Ok(Some(data.trim_start().to_owned())),
                    None => continue,
                }
            }
            match self.body.frame().await {
                Some(frame) => {
                    if let Ok(data) = frame?.into_data() {
                        self.gathered.extend_from_slice(&data);
                    }
                }
                None => return Ok(None),
            }
        }
    }
}

/// Returns whether the error means that nobody listens there any more, as opposed to a daemon that answers strangely.
#[must_use]
pub fn nobody_listens(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused)
}
