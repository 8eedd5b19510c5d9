//! The WebSocket of a client that shows a session.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use futures_util::{Sink, SinkExt as _, Stream as _};
use tokio::net::UnixStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Bytes, Error, Message};

use super::ClientError;
use super::mirror::{Change, Mirror};
use crate::protocol::{ClientMessage, Code, Problem, ServerMessage, Topic, VERSION, press};

type Stream = WebSocketStream<UnixStream>;

/// An open attachment. What is said goes out at once, as far as the daemon takes it; the rest goes out while the next
/// thing is awaited, so one loop serves both directions and no task stands between.
#[derive(Debug)]
pub struct Attachment {
    socket: Stream,
    /// Something that was said is not sent yet.
    unsent: bool,
    mirror: Mirror,
    /// What came and was not taken yet.
    changes: VecDeque<Change>,
}

/// One thing that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// Something changed.
    Change(Change),
    /// A message that sets nothing.
    Message(ServerMessage),
    /// A pane's frame, as [`crate::protocol::PaneFrame`] reads it.
    Frame(Bytes),
}

/// The largest message that is taken in: a whole screen of the largest size, with room.
const LARGEST: usize = 64 << 20;

/// The most that may wait for a daemon to take it, in bytes.
const UNSENT: usize = 32 << 20;

/// How much is read at a time, in bytes: a frame of a changed row, with room.
const READ: usize = 16 << 10;

pub(super) async fn open(stream: UnixStream, path: &str) -> Result<Attachment, ClientError> {
    let request = format!("ws://agentctl{path}").into_client_request()?;
    let config = WebSocketConfig::default()
        .max_message_size(Some(LARGEST))
        .max_frame_size(Some(LARGEST))
        .max_write_buffer_size(UNSENT)
        .read_buffer_size(READ);
    let (socket, _) =
        tokio_tungstenite::client_async_with_config(request, stream, Some(config)).await.map_err(refused)?;
    let (mirror, changes) = (Mirror::default(), VecDeque::new());
    let mut attachment = Attachment { socket, unsent: false, mirror, changes };
    match attachment.next().await? {
        Some(Arrival::Message(ServerMessage::Welcome { protocol: VERSION, .. })) => {}
        Some(Arrival::Message(ServerMessage::Welcome { protocol, program, .. })) => {
            return Err(ClientError::OtherVersion { theirs: program, their_protocol: protocol });
        }
        Some(_) | None => return Err(Problem::new(Code::Version, "the daemon did not say who it is").into()),
    }
    attachment.say(&ClientMessage::Hello { protocol: VERSION, features: Vec::new() })?;
    attachment.say(&ClientMessage::Subscribe { topics: Topic::ALL.to_vec(), since: None })?;
    Ok(attachment)
}

/// A refusal to open the socket carries the same body as any refused request.
fn refused(error: Error) -> ClientError {
    if let Error::Http(response) = &error
        && let Some(problem) =
            response.body().as_deref().and_then(|body| serde_json::from_slice::<Problem>(body).ok())
    {
        return problem.into();
    }
    error.into()
}

impl Attachment {
    /// Waits for the next thing; none once the daemon has closed the socket. Nothing is lost when this is cancelled.
    ///
    /// # Errors
    /// If the connection breaks or a message is not understood.
    pub async fn next(&mut self) -> Result<Option<Arrival>, ClientError> {
        loop {
            if let Some(change) = self.changes.pop_front() {
                return Ok(Some(Arrival::Change(change)));
            }
            let message = poll_fn(|cx| {
                if let Poll::Ready(Err(error)) = self.poll_send(cx) {
                    return Poll::Ready(Some(Err(error)));
                }
                Pin::new(&mut self.socket).poll_next(cx)
            });
            match message.await.transpose()? {
                Some(Message::Text(text)) => {
                    if let Some(message) = self.take(serde_json::from_str(&text)?) {
                        return Ok(Some(Arrival::Message(message)));
                    }
                }
                Some(Message::Binary(bytes)) => return Ok(Some(Arrival::Frame(bytes))),
                Some(Message::Close(_)) | None => return Ok(None),
                Some(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)) => {}
            }
        }
    }

    /// Takes a message in; returns it if it sets nothing.
    fn take(&mut self, message: ServerMessage) -> Option<ServerMessage> {
        match message {
            ServerMessage::Subscribed { whole: true, .. } => self.mirror.begin(),
            ServerMessage::Set { topic, key, value, .. } => self.mirror.set(topic, &key, value),
            ServerMessage::Current { .. } => self.changes.extend(self.mirror.changes()),
            ServerMessage::Subscribed { .. } | ServerMessage::Unknown => {}
            message => return Some(message),
        }
        None
    }

    /// Says something to the daemon. It does not wait: what the daemon does not take now goes out later.
    ///
    /// # Errors
    /// If the connection is broken, or too much waits for the daemon to take it.
    pub fn say(&mut self, message: &ClientMessage) -> Result<(), ClientError> {
        let message = match press::put(message) {
            Some(bytes) => Message::Binary(bytes.into()),
            None => Message::Text(serde_json::to_string(message)?.into()),
        };
        self.socket.start_send_unpin(message)?;
        self.unsent = true;
        match self.poll_send(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Err(error)) => Err(error.into()),
            // What is left is sent while the next thing is awaited.
            Poll::Ready(Ok(())) | Poll::Pending => Ok(()),
        }
    }

    /// Waits until everything that was said is sent.
    ///
    /// # Errors
    /// If the connection breaks.
    pub async fn flush(&mut self) -> Result<(), ClientError> {
        Ok(poll_fn(|cx| self.poll_send(cx)).await?)
    }

    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        if self.unsent {
            std::task::ready!(Pin::new(&mut self.socket).poll_flush(cx))?;
            self.unsent = false;
        }
        Poll::Ready(Ok(()))
    }
}
