//! The loop: wait for a key, the daemon or the clock; `update`; draw what changed; do what is to be done.
//!
//! It holds the hands that `update` has not: the terminal, the connection, files. A connection that breaks is made
//! anew, for as long as the window is open.

use std::io;
use std::pin::pin;
use std::time::{Duration, Instant};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;

use super::TuiError;
use super::fetch::Fetch;
use super::model::{Model, Notice};
use super::msg::{Cmd, Msg};
use super::outer::{Answers, Heard, Input, Outer, Reply};
use super::update::update;
use super::view;
use super::welcome::{Beginning, Welcome};
use crate::client::{Attachment, Client, ClientError};
use crate::domain::{Gesture, Name};
use crate::layout::Slot;
use crate::terminal::MouseTracking;
use crate::theme::Theme;

/// After a drawing there is a pause, so many times as long as it took, and no longer than this: a key's echo is drawn
/// as soon as it comes, and whatever floods the window takes a part of one core.
const PAUSE: (u32, Duration) = (4, Duration::from_millis(12));
/// How long what was said last may take to go out.
const LAST_WORDS: Duration = Duration::from_millis(200);
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
    input: Input,
    inbox: mpsc::Receiver<Msg>,
    attachment: Option<Attachment>,
    /// Why the connection is of no more use.
    broken: Option<String>,
    signals: [Signal; 3],
    next_frame_at: Instant,
    ending: Option<Ending>,
}

/// One thing to see to.
enum Next {
    Msg(Msg),
    Reply(Reply),
    Lost(String),
    Draw,
    End(Ending),
}

impl Screen {
    /// Returns a screen that shows a model on a terminal.
    pub(super) fn new(
        model: Model,
        (outer, input): (Outer, Input),
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
            input,
            inbox,
            attachment: None,
            broken: None,
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
        for reply in answers.replies {
            self.answered(reply)?;
        }
        for msg in answers.meanwhile.into_iter().filter_map(Heard::msg) {
            self.take(msg)?;
        }
        Ok(())
    }

    /// The terminal answered a question.
    fn answered(&mut self, reply: Reply) -> Result<(), TuiError> {
        match reply {
            Reply::Kitty => return self.outer.speak_kitty().map_err(TuiError::Terminal),
            Reply::Foreground(color) => self.model.outer_colors.0 = Some(color),
            Reply::Background(color) => self.model.outer_colors.1 = Some(color),
            Reply::Attributes => {}
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
            self.attachment = Some(attachment);
            self.take(Msg::Connected)?;
            let reason = match self.connected().await? {
                Ok(ending) => {
                    self.take_leave().await;
                    return Ok(ending);
                }
                Err(reason) => reason,
            };
            self.attachment = None;
            self.take(Msg::Lost(reason))?;
            let mut connecting = pin!(reconnect(&mut again, session));
            attachment = loop {
                let next = tokio::select! {
                    biased;
                    next = self.next() => next,
                    made = &mut connecting => match made {
                        Ok((client, made)) => {
                            self.fetch.client = client;
                            break made;
                        }
                        Err(gone) => Next::End(Ending::Gone(gone)),
                    },
                };
                if let Err(ending) = self.see_to(next)? {
                    return Ok(ending);
                }
            };
        }
    }

    /// Shows the session over one connection; returns how the screen ended, or why the connection did.
    async fn connected(&mut self) -> Result<Result<Ending, String>, TuiError> {
        loop {
            match self.next().await {
                Next::Lost(reason) => return Ok(Err(reason)),
                next => {
                    if let Err(ending) = self.see_to(next)? {
                        return Ok(Ok(ending));
                    }
                }
            }
        }
    }

    /// Lets what was said last, the end of a broadcast say, go out.
    async fn take_leave(&mut self) {
        if let Some(attachment) = &mut self.attachment {
            // A daemon that does not take it learns of the end of the connection.
            let _ = tokio::time::timeout(LAST_WORDS, attachment.flush()).await;
        }
    }

    /// Waits for the next thing to see to.
    async fn next(&mut self) -> Next {
        if let Some(ending) = self.ending.take() {
            return Next::End(ending);
        }
        if let Some(reason) = self.broken.take() {
            return Next::Lost(reason);
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
            heard = self.input.next() => match heard {
                Ok(Heard::Reply(reply)) => Next::Reply(reply),
                Ok(heard) => Next::Msg(heard.msg().unwrap_or(Msg::Tick)),
                // A terminal that is gone leaves nothing to show.
                Err(_) => Next::End(Ending::Left),
            },
            arrived = arrive(self.attachment.as_mut()) => arrived,
            _ = terminate.recv() => Next::End(Ending::Left),
            _ = hangup.recv() => Next::End(Ending::Left),
            _ = interrupt.recv() => Next::End(Ending::Left),
            Some(msg) = self.inbox.recv() => Next::Msg(msg),
            () = until(wake) => Next::Msg(Msg::Tick),
        }
    }

    /// Sees to one thing; an error is how the screen ends.
    fn see_to(&mut self, next: Next) -> Result<Result<(), Ending>, TuiError> {
        match next {
            Next::End(ending) => return Ok(Err(ending)),
            Next::Draw => self.draw()?,
            Next::Msg(msg) => self.take(msg)?,
            Next::Reply(reply) => self.answered(reply)?,
            Next::Lost(reason) => self.take(Msg::Lost(reason))?,
        }
        Ok(Ok(()))
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
                // A daemon that takes nothing hangs; what is said to it would come too late.
                if let Some(attachment) = &mut self.attachment
                    && let Err(error) = attachment.say(&message)
                {
                    self.broken.get_or_insert_with(|| error.to_string());
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
        let commands = !self.model.pending.is_empty() || self.model.copy.is_some();
        self.outer.tell_places(commands).map_err(TuiError::Terminal)?;
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
async fn arrive(attachment: Option<&mut Attachment>) -> Next {
    let Some(attachment) = attachment else { return std::future::pending().await };
    match attachment.next().await {
        Ok(Some(arrival)) => Next::Msg(Msg::Arrived(arrival)),
        Ok(None) => Next::Lost("the daemon closed the connection".to_owned()),
        Err(error) => Next::Lost(error.to_string()),
    }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
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
    let mut input = Input::open()?;
    let mut size = Outer::size()?;
    loop {
        let mut buffer = Buffer::empty(Rect::new(0, 0, size.width, size.height));
        welcome.draw(theme, buffer.area, &mut buffer);
        outer.show(buffer, None)?;
        let Ok(heard) = input.next().await else { return Ok(Beginning::Leave) };
        match heard.msg() {
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
