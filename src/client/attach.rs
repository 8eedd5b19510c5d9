//! The WebSocket of a client that shows a session.

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::UnixStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Bytes, Error, Message};

use super::ClientError;
use crate::protocol::{ClientMessage, Code, Problem, ServerMessage, VERSION};

type Stream = WebSocketStream<UnixStream>;

/// An open attachment: what comes in and what goes out, each of which may live in its own task.
#[derive(Debug)]
pub struct Attachment {
    /// What the daemon says.
    pub incoming: Incoming,
    /// What is said to it.
    pub outgoing: Outgoing,
}

/// What the daemon says.
#[derive(Debug)]
pub struct Incoming(SplitStream<Stream>);

/// What is said to the daemon.
#[derive(Debug)]
pub struct Outgoing(SplitSink<Stream, Message>);

/// One thing that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// A message.
    Message(ServerMessage),
    /// A pane's frame, as [`crate::protocol::PaneFrame`] reads it.
    Frame(Bytes),
}

/// The largest message that is taken in: a whole screen of the largest size, with room.
const LARGEST: usize = 64 << 20;

pub(super) async fn open(stream: UnixStream, path: &str) -> Result<Attachment, ClientError> {
    let request = format!("ws://agentctl{path}").into_client_request()?;
    let config = WebSocketConfig::default().max_message_size(Some(LARGEST)).max_frame_size(Some(LARGEST));
    let (socket, _) =
        tokio_tungstenite::client_async_with_config(request, stream, Some(config)).await.map_err(refused)?;
    let (outgoing, incoming) = socket.split();
    let mut attachment = Attachment { incoming: Incoming(incoming), outgoing: Outgoing(outgoing) };
    match attachment.incoming.next().await? {
        Some(Arrival::Message(ServerMessage::Welcome { protocol: VERSION, .. })) => Ok(attachment),
        Some(Arrival::Message(ServerMessage::Welcome { protocol, program })) => {
            Err(ClientError::OtherVersion { theirs: program, their_protocol: protocol })
        }
        Some(_) | None => Err(Problem::new(Code::Version, "the daemon did not say who it is").into()),
    }
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

impl Incoming {
    /// Waits for the next thing; none once the daemon has closed the socket.
    ///
    /// # Errors
    /// If the connection breaks or a message is not understood.
    pub async fn next(&mut self) -> Result<Option<Arrival>, ClientError> {
        while let Some(message) = self.0.next().await {
            match message? {
                Message::Text(text) => return Ok(Some(Arrival::Message(serde_json::from_str(&text)?))),
                Message::Binary(bytes) => return Ok(Some(Arrival::Frame(bytes))),
                Message::Close(_) => return Ok(None),
                Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
            }
        }
        Ok(None)
    }
}

impl Outgoing {
    /// Says something to the daemon.
    ///
    /// # Errors
    /// If the connection breaks.
    pub async fn say(&mut self, message: &ClientMessage) -> Result<(), ClientError> {
        Ok(self.0.send(Message::Text(serde_json::to_string(message)?.into())).await?)
    }
}
