//! The loop: wait for a key, the daemon or the clock; `update`; draw what changed; do what is to be done.
//!
//! It holds the hands that `update` has not: the terminal, the connection, files. A connection that breaks is made
//! anew, for as long as the window is open.

use std::io;
use std::pin::pin;
use std::time::{Duration, Instant};

use crossterm::event::EventStream;
use futures_util::StreamExt as _;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;

use super::TuiError;
use super::fetch::Fetch;
use super::model::{Model, Notice};
use super::msg::{Cmd, Msg};
use super::outer::{Answers, Outer, translate};
use super::update::update;
use super::view;
use super::welcome::{Beginning, Welcome};
use crate::client::{Attachment, Client, ClientError, Incoming, Outgoing};
use crate::domain::{Gesture, Name};
use crate::layout::Slot;
use crate::protocol::ClientMessage;
use crate::terminal::MouseTracking;
use crate::theme::Theme;

/// After a drawing there is a pause, so many times as long as it took, and no longer than this: a key's echo is drawn
/// as soon as it comes, and whatever floods the window takes a part of one core.
const PAUSE: (u32, Duration) = (4, Duration::from_millis(12));
/// How many things said to the daemon may wait for it to listen.
const OUTBOX: usize = 1024;
/// How long to wait before a connection is tried again, at first and at most.
const AGAIN: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

/// How the screen ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The person closed it.
    Left,
    /// There is nothing to show any more, and this is why.
    Gone(String),
}

/// The screen and everything it is made of.
pub(super) struct Screen {
    pub(super) model: Model,
    pub(super) outer: Outer,
    pub(super) fetch: Fetch,
    events: EventStream,
    inbox: mpsc::Receiver<Msg>,
    outbox: Option<mpsc::Sender<ClientMessage>>,
    signals: [Signal; 3],
    next_frame_at: Instant,
    ending: Option<Ending>,
}

/// One thing to see to.
enum Next {
    Msg(Msg),
    Draw,
    End(Ending),
}

impl Screen {
    /// Returns a screen that shows a model on a terminal.
    pub(super) fn new(
        model: Model,
        outer: Outer,
        fetch: Fetch,
        inbox: mpsc::Receiver<Msg>,
    ) -> Result<Screen, TuiError> {
        let listen = |kind| signal(kind).map_err(TuiError::Terminal);
        let signals = [
            listen(SignalKind::terminate())?,
            listen(SignalKind::hangup())?,
            listen(SignalKind::interrupt())?,
        ];
        Ok(Screen {
            model,
            outer,
            fetch,
            events: EventStream::new(),
            inbox,
            outbox: None,
            signals,
            next_frame_at: Instant::now(),
            ending: None,
        })
    }

    /// Says that something of the person's own is left out because it is wrong.
    pub(super) fn warn(&mut self, text: String) {
        let until = Instant::now() + Duration::from_secs(10);
        self.model.notice = Some(Notice { text, bad: true, until });
    }

    /// Takes in what the terminal answered, and what was typed meanwhile.
    pub(super) fn begin(&mut self, answers: Answers) -> Result<(), TuiError> {
        self.outer.adapt(&answers).map_err(TuiError::Terminal)?;
        self.model.outer_colors = (answers.foreground, answers.background);
        for key in answers.typed {
            self.take(Msg::Key(key))?;
        }
        Ok(())
    }

    /// Shows the session until the person leaves or it is gone.
    pub(super) async fn show(
        mut self,
        attachment: Attachment,
        session: &Name,
        mut again: impl AsyncFnMut() -> Result<Client, String>,
    ) -> Result<Ending, TuiError> {
        let mut attachment = attachment;
        loop {
            let reason = match self.connected(attachment).await? {
                Ok(ending) => return Ok(ending),
                Err(reason) => reason,
            };
            self.take(Msg::Lost(reason))?;
            let mut connecting = pin!(reconnect(&mut again, session));
            attachment = loop {
                let next = tokio::select! {
                    biased;
                    next = self.next(None) => next,
                    made = &mut connecting => match made {
                        Ok((client, made)) => {
                            self.fetch.client = client;
                            break made;
                        }
                        Err(gone) => Next::End(Ending::Gone(gone)),
                    },
                };
                if let Some(ending) = self.see_to(next)? {
                    return Ok(ending);
                }
            };
        }
    }

    /// Shows the session over one connection; returns how the screen ended, or why the connection did.
    async fn connected(&mut self, attachment: Attachment) -> Result<Result<Ending, String>, TuiError> {
        let Attachment { mut incoming, outgoing } = attachment;
        let (outbox, said) = mpsc::channel(OUTBOX);
        let speaker = tokio::spawn(speak(outgoing, said));
        self.outbox = Some(outbox);
        self.take(Msg::Connected)?;
        let ended = loop {
            let next = self.next(Some(&mut incoming)).await;
            if let Next::Msg(Msg::Lost(reason)) = next {
                break Err(reason);
            }
            if let Some(ending) = self.see_to(next)? {
                break Ok(ending);
            }
            if self.outbox.as_ref().is_some_and(mpsc::Sender::is_closed) {
                break Err("the daemon does not listen".to_owned());
            }
        };
        // What was said last, the end of a broadcast say, still goes out.
        self.outbox = None;
        if ended.is_ok() {
            let _ = tokio::time::timeout(Duration::from_millis(200), speaker).await;
        } else {
            speaker.abort();
        }
        Ok(ended)
    }

    /// Waits for the next thing to see to.
    async fn next(&mut self, incoming: Option<&mut Incoming>) -> Next {
        if let Some(ending) = self.ending.take() {
            return Next::End(ending);
        }
        let now = Instant::now();
        let dirty = !self.model.dirty.is_clean();
        if dirty && self.next_frame_at <= now {
            return Next::Draw;
        }
        let due = self.model.due();
        let wake =
            if dirty { Some(due.map_or(self.next_frame_at, |due| due.min(self.next_frame_at))) } else { due };
        let [terminate, hangup, interrupt] = &mut self.signals;
        tokio::select! {
            biased;
            _ = terminate.recv() => Next::End(Ending::Left),
            _ = hangup.recv() => Next::End(Ending::Left),
            _ = interrupt.recv() => Next::End(Ending::Left),
            event = self.events.next() => match event {
                Some(Ok(event)) => translate(event).map_or(Next::Msg(Msg::Tick), Next::Msg),
                // A terminal that is gone leaves nothing to show.
                Some(Err(_)) | None => Next::End(Ending::Left),
            },
            arrival = arrive(incoming) => Next::Msg(arrival),
            Some(msg) = self.inbox.recv() => Next::Msg(msg),
            () = until(wake) => Next::Msg(Msg::Tick),
        }
    }

    /// Sees to one thing; returns how the screen ends, if it does.
    fn see_to(&mut self, next: Next) -> Result<Option<Ending>, TuiError> {
        match next {
            Next::End(ending) => return Ok(Some(ending)),
            Next::Draw => self.draw()?,
            Next::Msg(msg) => self.take(msg)?,
        }
        Ok(None)
    }

    fn take(&mut self, msg: Msg) -> Result<(), TuiError> {
        for cmd in update(&mut self.model, msg, Instant::now()) {
            self.perform(cmd)?;
        }
        Ok(())
    }

    fn perform(&mut self, cmd: Cmd) -> Result<(), TuiError> {
        match cmd {
            Cmd::Say(message) => {
                // One that does not take a thousand things hangs; what is said to it would come too late.
                if self.outbox.as_ref().is_some_and(|outbox| outbox.try_send(message).is_err()) {
                    self.outbox = Some(mpsc::channel(1).0);
                }
            }
            Cmd::Copy(text) => self.outer.copy(&text).map_err(TuiError::Terminal)?,
            Cmd::Ring => self.outer.ring().map_err(TuiError::Terminal)?,
            Cmd::Notify(title, body) => {
                let ways = self.model.settings.notify.ways;
                self.outer.notify(ways, &title, &body).map_err(TuiError::Terminal)?;
            }
            Cmd::Fetch(agent) => self.fetch.history(agent, self.model.chart.name(agent)),
            Cmd::Explain(name) => self.fetch.explanation(&name),
            Cmd::Held => self.fetch.messages(),
            Cmd::Blueprints => self.fetch.blueprints(),
            Cmd::Make(draft, text) => self.fetch.make(*draft, text),
            Cmd::Save(name, text) => self.fetch.save(name, text),
            Cmd::Redraw => self.outer.forget(),
            Cmd::Leave => self.ending = Some(Ending::Left),
            Cmd::End(reason) => self.ending = Some(Ending::Gone(reason)),
        }
        Ok(())
    }

    fn draw(&mut self) -> Result<(), TuiError> {
        let begun = Instant::now();
        let dirty = std::mem::take(&mut self.model.dirty);
        let model = &self.model;
        let bare = model.overlays.is_empty() && model.pending.is_empty();
        if dirty.all || !bare {
            let mut buffer = Buffer::empty(view::rect(model.area));
            let cursor = view::draw(model, &mut buffer);
            self.outer.show(buffer, cursor).map_err(TuiError::Terminal)?;
        } else {
            let mut parts = Vec::new();
            for (agent, rows) in &dirty.rows {
                for area in view::changed(model, *agent, rows) {
                    let mut part = Buffer::empty(area);
                    view::draw_agent(model, *agent, &mut part);
                    parts.push(part);
                }
            }
            self.outer.patch(&parts, view::cursor(model)).map_err(TuiError::Terminal)?;
        }
        self.outer.follow_motion(self.wants_motion()).map_err(TuiError::Terminal)?;
        self.next_frame_at = Instant::now() + (begun.elapsed() * PAUSE.0).min(PAUSE.1);
        Ok(())
    }

    /// Returns whether a program in the focused pane wants every motion of the mouse.
    fn wants_motion(&self) -> bool {
        let focused = self
            .model
            .focus
            .filter(|focus| self.model.arrangement.pane(*focus).and_then(Slot::inner).is_some());
        let grid = focused.and_then(|focus| self.model.grids.get(&focus));
        grid.is_some_and(|grid| grid.modes().mouse == MouseTracking::Motion)
    }
}

/// Waits for what the daemon says next; for ever where there is no connection.
async fn arrive(incoming: Option<&mut Incoming>) -> Msg {
    let Some(incoming) = incoming else { return std::future::pending().await };
    match incoming.next().await {
        Ok(Some(arrival)) => Msg::Arrived(arrival),
        Ok(None) => Msg::Lost("the daemon closed the connection".to_owned()),
        Err(error) => Msg::Lost(error.to_string()),
    }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}

/// Says to the daemon what is to be said, in order.
async fn speak(mut outgoing: Outgoing, mut said: mpsc::Receiver<ClientMessage>) {
    while let Some(message) = said.recv().await {
        if outgoing.say(&message).await.is_err() {
            // The other direction says why.
            return;
        }
    }
}

/// Makes a connection, however often it takes; an error is the session's end.
async fn reconnect(
    again: &mut impl AsyncFnMut() -> Result<Client, String>,
    session: &Name,
) -> Result<(Client, Attachment), String> {
    let mut pause = AGAIN.0;
    loop {
        if let Ok(client) = again().await {
            match client.attach(session.as_str()).await {
                Ok(attachment) => return Ok((client, attachment)),
                Err(ClientError::Problem(problem)) => return Err(problem.error),
                Err(error @ ClientError::OtherVersion { .. }) => return Err(error.to_string()),
                Err(_) => {}
            }
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(AGAIN.1);
    }
}

/// Shows the first-run screen until something is chosen; a terminal that goes away chooses nothing.
pub(super) async fn choose(mut welcome: Welcome, theme: &Theme, mut outer: Outer) -> io::Result<Beginning> {
    let mut events = EventStream::new();
    let mut size = Outer::size()?;
    loop {
        let mut buffer = Buffer::empty(Rect::new(0, 0, size.width, size.height));
        welcome.draw(theme, buffer.area, &mut buffer);
        outer.show(buffer, None)?;
        let Some(Ok(event)) = events.next().await else { return Ok(Beginning::Leave) };
        match translate(event) {
            Some(Msg::Key(key)) => {
                if let Some(beginning) = welcome.key(key) {
                    return Ok(beginning);
                }
            }
            Some(Msg::Mouse(mouse)) => match mouse.gesture {
                Gesture::WheelUp => welcome.wheel(-1),
                Gesture::WheelDown => welcome.wheel(1),
                _ => {}
            },
            Some(Msg::Resized(now)) => size = now,
            _ => {}
        }
    }
}
