//! The WebSocket of a client that shows a session: what happens goes out as it happens, frames of the panes in view go
//! out newest first and only, those of cards a few times a second, what is pressed comes in.

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{Sink, SinkExt as _, Stream as _, StreamExt as _};
use tokio::time::Instant;

use super::body::{Path, Refused, session_name};
use crate::daemon::{Attached, ClientId, Colors, Handle, Seen, ShownAs, Watch};
use crate::domain::{AgentId, Name};
use crate::protocol::{ClientMessage, Code, PaneFrame, Problem, ServerMessage, VERSION, press};

/// The longest message a client may send: a large paste.
const LONGEST: usize = 16 << 20;

/// How much is read at a time, in bytes: keys are little.
const READ: usize = 4 << 10;

/// The least time between two frames of a card.
const CARD_EVERY: Duration = Duration::from_millis(250);

/// Opens the socket, if the session is there.
pub(super) async fn attach(
    State(handle): State<Handle>,
    Path(session): Path<String>,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Refused> {
    let session = session_name(session)?;
    let attached = handle.attach(session.clone()).await?;
    Ok(upgrade.max_message_size(LONGEST).read_buffer_size(READ).on_upgrade(move |socket| async move {
        let client = attached.client;
        // How the connection ends is of no interest: the client is gone.
        let _ = converse(&handle, &session, attached, socket).await;
        handle.detach(session, client).await;
    }))
}

/// A client's socket. What is said goes out at once as far as the client takes it, and the rest while it is listened to:
/// a client that does not read is heard all the same.
struct Line {
    socket: WebSocket,
    /// Something that was said is not sent yet.
    unsent: bool,
}

/// One thing that happened on a line.
enum OnLine {
    Heard(Message),
    /// Everything that was said is sent.
    Sent,
    Closed,
}

impl Line {
    async fn next(&mut self) -> Result<OnLine, axum::Error> {
        poll_fn(|cx| {
            if self.unsent && self.poll_send(cx)?.is_ready() {
                return Poll::Ready(Ok(OnLine::Sent));
            }
            let message = std::task::ready!(Pin::new(&mut self.socket).poll_next(cx));
            Poll::Ready(message.transpose().map(|message| message.map_or(OnLine::Closed, OnLine::Heard)))
        })
        .await
    }

    fn tell(&mut self, message: &ServerMessage) -> Result<(), axum::Error> {
        let text = serde_json::to_string(message).map_err(axum::Error::new)?;
        self.send(Message::Text(text.into()))
    }

    fn send(&mut self, message: Message) -> Result<(), axum::Error> {
        self.socket.start_send_unpin(message)?;
        self.unsent = true;
        // What is left is sent while the next thing is awaited.
        match self.poll_send(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(sent) => sent,
            Poll::Pending => Ok(()),
        }
    }

    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), axum::Error>> {
        std::task::ready!(Pin::new(&mut self.socket).poll_flush(cx))?;
        self.unsent = false;
        Poll::Ready(Ok(()))
    }
}

/// The panes and cards a client has in view, and how much of each it has seen.
#[derive(Default)]
struct Panes {
    shown: HashMap<AgentId, Told>,
    changes: FuturesUnordered<BoxFuture<'static, (AgentId, Option<Watch>)>>,
}

/// What a client was told of a screen.
#[derive(Clone, Copy, Default)]
struct Told {
    seen: Option<Seen>,
    sent_at: Option<Instant>,
}

async fn converse(
    handle: &Handle,
    session: &Name,
    Attached { client, mut feed }: Attached,
    socket: WebSocket,
) -> Result<(), axum::Error> {
    let mut line = Line { socket, unsent: false };
    line.tell(&ServerMessage::Welcome { protocol: VERSION, program: env!("CARGO_PKG_VERSION").to_owned() })?;
    let mut panes = Panes::default();
    loop {
        // Nothing more is taken for a client that has not taken what was said before: what waits for it is bounded.
        let is_clear = !line.unsent;
        let reply = tokio::select! {
            biased;
            next = line.next() => match next? {
                OnLine::Heard(Message::Binary(bytes)) => hear_press(handle, session, client, &bytes).await,
                OnLine::Heard(Message::Text(text)) => hear(handle, session, client, &text, &mut panes).await,
                OnLine::Heard(Message::Ping(_) | Message::Pong(_)) | OnLine::Sent => None,
                OnLine::Heard(Message::Close(_)) | OnLine::Closed => return Ok(()),
            },
            message = feed.recv(), if is_clear => match message {
                Some(message) => Some(message),
                None => return Ok(()),
            },
            Some((agent, watch)) = panes.changes.next(), if is_clear => {
                if let Some(frame) = panes.frame(agent, watch, Instant::now()) {
                    line.send(Message::Binary(frame.into()))?;
                }
                None
            }
        };
        if let Some(reply) = reply {
            line.tell(&reply)?;
        }
    }
}

/// Passes on what was pressed; returns what to tell the client, if it cannot be understood.
async fn hear_press(
    handle: &Handle,
    session: &Name,
    client: ClientId,
    bytes: &[u8],
) -> Option<ServerMessage> {
    let given = match press::read(bytes) {
        Ok(Some((route, input))) => handle.press(session.clone(), client, route, input).await,
        // A client of a later version says more.
        Ok(None) => Ok(()),
        Err(error) => {
            Err(Problem::new(Code::Invalid, "the message is not understood").cause(error.to_string()))
        }
    };
    given.err().map(|problem| ServerMessage::Refused { problem })
}

/// Sees to what a client says; returns what to tell it, if it cannot be understood.
async fn hear(
    handle: &Handle,
    session: &Name,
    client: ClientId,
    text: &str,
    panes: &mut Panes,
) -> Option<ServerMessage> {
    let given = match serde_json::from_str::<ClientMessage>(text) {
        Ok(ClientMessage::View { panes: wanted, cards }) => {
            handle.view(session.clone(), client, wanted, cards).await.map(|watches| panes.watch(watches))
        }
        Ok(ClientMessage::Press { route, input }) => {
            handle.press(session.clone(), client, route, input).await
        }
        Ok(ClientMessage::Ask { id, command }) => {
            handle.client_ask(session.clone(), client, id, command).await
        }
        Ok(ClientMessage::Colors { foreground, background }) => match (rgb(&foreground), rgb(&background)) {
            (Some(foreground), Some(background)) => {
                handle.colors(session.clone(), Colors { foreground, background }).await
            }
            _ => Err(Problem::new(Code::Invalid, "a colour is written #rrggbb")),
        },
        Err(error) => {
            Err(Problem::new(Code::Invalid, "the message is not understood").cause(error.to_string()))
        }
    };
    given.err().map(|problem| ServerMessage::Refused { problem })
}

fn rgb(text: &str) -> Option<(u8, u8, u8)> {
    let crate::domain::Rgb(r, g, b) = text.parse().ok()?;
    Some((r, g, b))
}

impl Panes {
    /// Watches these from now on, and no others. What was seen of one that stays in view stays seen, as a pane or as a
    /// card.
    fn watch(&mut self, watches: Vec<(AgentId, Watch)>) {
        self.changes.clear();
        let mut before = std::mem::take(&mut self.shown);
        for (agent, watch) in watches {
            self.shown.insert(agent, before.remove(&agent).unwrap_or_default());
            self.await_change(agent, watch);
        }
    }

    /// Awaits the next screen to be sent: of a pane as soon as there is one, of a card not before its time.
    fn await_change(&mut self, agent: AgentId, mut watch: Watch) {
        let sent_at = self.shown.get(&agent).and_then(|told| told.sent_at);
        let not_before = match watch.shown_as() {
            ShownAs::Pane => None,
            ShownAs::Card => sent_at.map(|at| at + CARD_EVERY),
        };
        self.changes.push(Box::pin(async move {
            let changed = watch.changed().await;
            if let Some(at) = not_before {
                tokio::time::sleep_until(at).await;
            }
            (agent, changed.then_some(watch))
        }));
    }

    /// Returns the frame that brings the client to the newest screen, if there is anything new.
    fn frame(&mut self, agent: AgentId, watch: Option<Watch>, now: Instant) -> Option<Vec<u8>> {
        let mut watch = watch?;
        let bytes = self.shown.get_mut(&agent).zip(watch.newest()).and_then(|(told, newest)| {
            let (frame, seen) = newest.since(told.seen)?;
            *told = Told { seen: Some(seen), sent_at: Some(now) };
            let mut bytes = PaneFrame::begin(agent);
            bytes.extend_from_slice(&frame);
            Some(bytes)
        });
        self.await_change(agent, watch);
        bytes
    }
}
