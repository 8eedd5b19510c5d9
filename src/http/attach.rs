//! The WebSocket of a client that shows a session. Values go out as they change, frames of the panes in view newest first
//! and only, those of cards a few times a second; what is pressed comes in. What waits for a client is bounded.

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{Sink, SinkExt as _, Stream as _, StreamExt as _};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::body::{Path, Refused, session_name};
use crate::daemon::{ASKS, Attached, ClientId, Colors, Feed, Handle, Seen, ShownAs, Topics, Watch};
use crate::domain::{AgentId, Input, Name, Route};
use crate::protocol::{
    ClientMessage, Code, Command, PaneFrame, Problem, ServerMessage, Topic, VERSION, press,
};

/// The longest message a client may send: a large paste.
const LONGEST: usize = 16 << 20;

/// How much is read at a time, in bytes: keys are little.
const READ: usize = 4 << 10;

/// How much of what changed is told at once, in bytes.
const AT_ONCE: usize = 256 << 10;

/// How long a client may take to say hello.
const PATIENCE: Duration = Duration::from_secs(10);

/// The most that may wait for a client to take it, in bytes: a client that asks on and on without reading is cut off.
const UNSENT: usize = 32 << 20;

/// How long a client that is refused may take to hear why.
const LAST_WORDS: Duration = Duration::from_secs(1);

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
    let upgrade = upgrade.max_message_size(LONGEST).read_buffer_size(READ).max_write_buffer_size(UNSENT);
    Ok(upgrade.on_upgrade(move |socket| async move {
        let client = attached.client;
        converse(&handle, &session, attached, socket).await;
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
        self.tell_text(&serde_json::to_string(message).map_err(axum::Error::new)?)
    }

    fn tell_text(&mut self, text: &str) -> Result<(), axum::Error> {
        self.send(Message::Text(text.into()))
    }

    async fn close(&mut self) -> Result<(), axum::Error> {
        self.socket.close().await
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

/// A client's end of the conversation.
struct Talk<'a> {
    handle: &'a Handle,
    session: &'a Name,
    client: ClientId,
    topics: Topics,
    changes: watch::Receiver<u64>,
    line: Line,
    panes: Panes,
    subscription: Option<Subscription>,
    /// How many questions are not answered.
    asked: usize,
}

/// What a client is told of.
struct Subscription {
    topics: Vec<Topic>,
    /// The revision that it was told of.
    revision: u64,
    /// It has not heard yet that this is all.
    is_behind: bool,
}

/// Why a conversation ends.
enum End {
    /// The client went, or its connection broke.
    Gone,
    /// It speaks another version.
    Refused(Problem),
}

impl From<axum::Error> for End {
    fn from(_: axum::Error) -> End {
        End::Gone
    }
}

async fn converse(handle: &Handle, session: &Name, Attached { client, feed }: Attached, socket: WebSocket) {
    let Feed { topics, answers, passing } = feed;
    let line = Line { socket, unsent: false };
    let (panes, changes) = (Panes::default(), topics.changes());
    let mut talk =
        Talk { handle, session, client, topics, changes, line, panes, subscription: None, asked: 0 };
    let refused = match tokio::time::timeout(PATIENCE, talk.greet()).await.unwrap_or(Err(End::Gone)) {
        Ok(()) => talk.go_on(answers, passing).await.err(),
        Err(end) => Some(end),
    };
    if let Some(End::Refused(problem)) = refused
        && talk.line.tell(&ServerMessage::Refused { problem }).is_ok()
    {
        // A client that does not take it is gone.
        drop(tokio::time::timeout(LAST_WORDS, talk.line.close()).await);
    }
}

impl Talk<'_> {
    /// Says who answers, and hears who asks.
    async fn greet(&mut self) -> Result<(), End> {
        let program = env!("CARGO_PKG_VERSION").to_owned();
        self.line.tell(&ServerMessage::Welcome { protocol: VERSION, program, features: Vec::new() })?;
        loop {
            let said = match self.line.next().await? {
                OnLine::Heard(Message::Text(text)) => serde_json::from_str(&text).ok(),
                OnLine::Heard(Message::Binary(_)) => None,
                OnLine::Heard(Message::Ping(_) | Message::Pong(_)) | OnLine::Sent => continue,
                OnLine::Heard(Message::Close(_)) | OnLine::Closed => return Err(End::Gone),
            };
            return match said {
                Some(ClientMessage::Hello { protocol: VERSION, .. }) => Ok(()),
                Some(ClientMessage::Hello { protocol, .. }) => Err(End::Refused(Problem::new(
                    Code::Version,
                    format!("this daemon speaks protocol {VERSION}, the client {protocol}"),
                ))),
                _ => Err(End::Refused(
                    Problem::new(
                        Code::Version,
                        format!("this daemon speaks protocol {VERSION}; say hello first"),
                    )
                    .hint("agentctl help websocket"),
                )),
            };
        }
    }

    async fn go_on(
        &mut self,
        mut answers: mpsc::Receiver<Arc<str>>,
        mut passing: mpsc::Receiver<Arc<str>>,
    ) -> Result<(), End> {
        loop {
            // Nothing more is taken for a client that has not taken what was said before: what waits for it is bounded.
            let is_clear = !self.line.unsent;
            tokio::select! {
                biased;
                next = self.line.next() => match next? {
                    OnLine::Heard(Message::Binary(bytes)) => self.hear_press(&bytes).await?,
                    OnLine::Heard(Message::Text(text)) => self.hear(&text).await?,
                    OnLine::Heard(Message::Ping(_) | Message::Pong(_)) | OnLine::Sent => {}
                    OnLine::Heard(Message::Close(_)) | OnLine::Closed => return Err(End::Gone),
                },
                answer = answers.recv(), if is_clear => match answer {
                    Some(text) => {
                        self.asked = self.asked.saturating_sub(1);
                        self.line.tell_text(&text)?;
                    }
                    None => return Err(End::Gone),
                },
                changed = self.changes.changed(), if is_clear && self.subscription.is_some() => {
                    changed.map_err(|_| End::Gone)?;
                    self.tell_values()?;
                }
                Some(text) = passing.recv(), if is_clear => self.line.tell_text(&text)?,
                Some((agent, watch)) = self.panes.changes.next(), if is_clear => {
                    if let Some(frame) = self.panes.frame(agent, watch, Instant::now()) {
                        self.line.send(Message::Binary(frame.into()))?;
                    }
                }
            }
        }
    }

    /// Tells what changed, as much at a time as is little.
    fn tell_values(&mut self) -> Result<(), End> {
        let Some(subscription) = &mut self.subscription else { return Ok(()) };
        let lacks = self.topics.after(subscription.revision, &subscription.topics, AT_ONCE);
        subscription.revision = lacks.revision;
        subscription.is_behind |= !lacks.messages.is_empty();
        let is_news = lacks.is_all && std::mem::take(&mut subscription.is_behind);
        for text in &lacks.messages {
            self.line.tell_text(text)?;
        }
        if is_news {
            self.line.tell(&ServerMessage::Current { revision: lacks.revision })?;
        }
        if !lacks.is_all {
            self.changes.mark_changed();
        }
        Ok(())
    }

    /// Has a client told of these topics from now on.
    fn subscribe(&mut self, topics: Vec<Topic>, since: Option<u64>) -> Result<(), End> {
        let since = self.topics.since(since);
        let revision = since.unwrap_or_default();
        self.line.tell(&ServerMessage::Subscribed { revision, whole: since.is_none() })?;
        self.subscription = Some(Subscription { topics, revision, is_behind: true });
        self.changes.mark_changed();
        Ok(())
    }

    /// Passes on what was pressed.
    async fn hear_press(&mut self, bytes: &[u8]) -> Result<(), End> {
        let given = match press::read(bytes) {
            Ok(Some((route, input))) => self.press(route, input).await,
            // A client of a later version says more.
            Ok(None) => Ok(()),
            Err(error) => Err(not_understood(&error)),
        };
        self.refuse(given)
    }

    async fn press(&mut self, route: Route, input: Input) -> Result<(), Problem> {
        self.handle.press(self.session.clone(), self.client, route, input).await
    }

    /// Sees to what a client says.
    async fn hear(&mut self, text: &str) -> Result<(), End> {
        let session = || self.session.clone();
        let given = match serde_json::from_str::<ClientMessage>(text) {
            Ok(ClientMessage::View { panes: wanted, cards }) => {
                let watches = self.handle.view(session(), self.client, wanted, cards).await;
                watches.map(|watches| self.panes.watch(watches))
            }
            Ok(ClientMessage::Press { route, input }) => self.press(route, input).await,
            Ok(ClientMessage::Ask { id, command }) => return self.ask(id, command).await,
            Ok(ClientMessage::Colors { foreground, background }) => {
                match (rgb(&foreground), rgb(&background)) {
                    (Some(foreground), Some(background)) => {
                        self.handle.colors(session(), Colors { foreground, background }).await
                    }
                    _ => Err(Problem::new(Code::Invalid, "a colour is written #rrggbb")),
                }
            }
            Ok(ClientMessage::Subscribe { topics, since }) => return self.subscribe(topics, since),
            Ok(ClientMessage::Hello { .. } | ClientMessage::Unknown) => Ok(()),
            Err(error) => Err(not_understood(&error)),
        };
        self.refuse(given)
    }

    /// Passes a question on, if there is room for its answer.
    async fn ask(&mut self, id: u64, command: Command) -> Result<(), End> {
        let given = if self.asked < ASKS {
            self.handle.client_ask(self.session.clone(), self.client, id, command).await
        } else {
            Err(Problem::new(Code::Busy, format!("{ASKS} questions of this client are not answered yet")))
        };
        match given {
            Ok(()) => self.asked += 1,
            Err(problem) => self.line.tell(&ServerMessage::Answer { id, result: Err(problem) })?,
        }
        Ok(())
    }

    fn refuse(&mut self, given: Result<(), Problem>) -> Result<(), End> {
        match given {
            Ok(()) => Ok(()),
            Err(problem) => Ok(self.line.tell(&ServerMessage::Refused { problem })?),
        }
    }
}

fn not_understood(error: &impl std::fmt::Display) -> Problem {
    Problem::new(Code::Invalid, "the message is not understood").cause(error.to_string())
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
