//! The task of a pane: it takes orders, hears the holder, and tells the loop what is so.

mod deliver;
mod outside;
mod second;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use self::outside::{chain, paint, without_status};
use super::super::frames::Frames;
use super::super::pool::Urgency;
use super::super::records::Cue;
use super::asked::Asked;
use super::attention::{Attention, Ways};
use super::dialog::Shown;
use super::look::{Looking, Texts};
use super::recorded::hear;
use super::screen::{Display, Parsed, ScreenPlace};
use super::sure::Sure;
use super::told::{Telling, Told};
use super::typing::{KeyDraft, Typist};
use super::{About, Around, Beginning, Connection, Link, News, Order, PaneText, files, keep};
use crate::adapter::{Detector, View};
use crate::domain::{AgentState, Exit, Observation, Signal, clean};
use crate::protocol::{Code, Problem};
use crate::pty::{self, ConnectError, Event, Orphan, Reader, Silent, Spec, Status, Writer};
use crate::terminal::{Modes, Notice, Screen, Size};

/// How long a process tree may take to end by itself.
const GRACE: Duration = Duration::from_secs(5);

/// So much output pays for the time that it takes from others, in bytes.
const FLOOD: usize = 4 << 10;

/// How much output passes between two kept screens, in bytes.
const KEEP_EVERY: u64 = 1 << 20;

/// One start of one agent.
pub(super) struct Pane {
    pub(super) about: About,
    pub(super) around: Around,
    orders: mpsc::Receiver<Order>,
    place: ScreenPlace,
    /// Orders that need the screen while it is away.
    deferred: Vec<Order>,
    holder: Option<Holder>,
    /// The holder, as long as it lives and does not answer.
    silent: Option<Silent>,
    pub(super) detector: Detector,
    pub(super) looking: Looking,
    texts: Texts,
    told: Told,
    typist: Typist,
    /// What a person typed and did not submit, as far as their keys tell.
    key_draft: KeyDraft,
    /// The text that is being submitted was not seen to be taken.
    unseen: bool,
    /// What it knows of its own keys and texts.
    sure: Sure,
    /// The dialog on the screen, and what it is about.
    shown: Shown,
    pub(super) asked: Asked,
    /// What was seen at the last look.
    state: AgentState,
    /// A message was submitted, and the program has not said since that it is busy.
    awaits_reaction: bool,
    /// It said so before the holder said that the key was pressed.
    reacted: Option<Observation>,
    modes: Modes,
    size: Size,
    /// Until when its agent is not heard, because it floods while somebody types elsewhere.
    rests_until: Option<Instant>,
    /// How much was heard since it last paid for that, in bytes.
    unpaid: usize,
    attention: Attention,
    /// What was printed before this sequence number is the past, in which another daemon answered, and the size that the
    /// terminal had then.
    past: (u64, Size),
    /// The sequence number up to which output was heard, put on the screen, and kept as a screen.
    heard: u64,
    parsed: u64,
    kept: u64,
    /// How much of the past was heard and is still to be put on the screen, in bytes.
    old: u64,
    exit: Option<Exit>,
    /// The agent's process, as long as its holder is this pane's to talk to.
    process: Option<Orphan>,
    erase: Option<PathBuf>,
    /// What tells the watch over its records what is known of it.
    pub(super) records: Option<watch::Sender<Cue>>,
    /// Its program's server is followed as long as this is here.
    pub(super) server: Option<oneshot::Sender<()>>,
}

struct Holder {
    reader: Reader,
    writer: Writer,
}

/// One thing that is ready.
enum Ready {
    Order(Option<Order>),
    Heard(Result<Option<Event>, pty::ReadError>),
    Answered(Result<Status, ConnectError>),
    Parsed(Parsed),
    Time,
}

impl Pane {
    pub(super) fn new(about: About, around: Around, frames: Frames, orders: mpsc::Receiver<Order>) -> Pane {
        let size = Size::new(24, 80);
        let detector = Detector::new(Arc::clone(&about.adapter), around.steady.now());
        Pane {
            place: ScreenPlace::new(Box::new(Screen::new(size)), Display { frames, epoch: about.epoch }),
            about,
            around,
            orders,
            deferred: Vec::new(),
            holder: None,
            silent: None,
            detector,
            looking: Looking::default(),
            texts: Texts::default(),
            told: Told::default(),
            typist: Typist::default(),
            key_draft: KeyDraft::default(),
            unseen: false,
            sure: Sure::default(),
            shown: Shown::default(),
            asked: Asked::default(),
            state: AgentState::Starting,
            awaits_reaction: false,
            reacted: None,
            modes: Modes::default(),
            size,
            rests_until: None,
            unpaid: 0,
            attention: Attention::default(),
            past: (0, size),
            heard: 0,
            parsed: 0,
            kept: 0,
            old: 0,
            exit: None,
            process: None,
            erase: None,
            records: None,
            server: None,
        }
    }

    pub(super) async fn run(mut self, beginning: Beginning) {
        match beginning {
            Beginning::Start { spec, program, files } => self.start(*spec, program, files).await,
            Beginning::Adopt(connection) => self.adopt(*connection),
        }
        while self.turn().await {}
        if let Some(folder) = self.erase {
            keep::remove_folder(folder).await;
        }
    }

    /// Sees to one thing that is ready; returns whether to go on.
    async fn turn(&mut self) -> bool {
        match self.select().await {
            Ready::Order(None) => return self.abandon().await,
            Ready::Order(Some(order)) => self.obey(order).await,
            Ready::Heard(heard) => self.hear(heard).await,
            Ready::Answered(answer) => self.answered(answer).await,
            Ready::Parsed(parsed) => self.take(parsed).await,
            Ready::Time => {}
        }
        self.settle().await;
        self.erase.is_none() || self.holder.is_some()
    }

    async fn select(&mut self) -> Ready {
        // While the screen is away nothing is due: what is, is seen to as soon as it is back.
        let look_at = self.looking.at().filter(|_| self.place.is_here());
        let now = Instant::now();
        let rests_until = self.rests_until.filter(|at| *at > now);
        let sure = self.sure.due(self.is_ready()).filter(|_| self.place.is_here());
        let due = [look_at, self.place.show_at(now), rests_until, self.typist.due(), sure];
        let due = due.into_iter().flatten().min();
        let listens = self.holder.is_some() && self.place.has_room() && rests_until.is_none();
        let hear = async {
            match self.holder.as_mut().filter(|_| listens) {
                Some(holder) => holder.reader.next().await,
                None => std::future::pending().await,
            }
        };
        let answer = async {
            match &mut self.silent {
                Some(silent) => silent.answer().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            order = self.orders.recv() => Ready::Order(order),
            answer = answer => Ready::Answered(answer),
            parsed = self.place.returned() => Ready::Parsed(parsed),
            heard = hear => Ready::Heard(heard),
            () = until(due) => Ready::Time,
        }
    }

    /// Whatever is ready to be done with the screen is done: a little parsing, orders, looking, showing; a flood last.
    async fn settle(&mut self) {
        if let Some(parsed) = self.place.parse_here() {
            self.take(parsed).await;
        }
        let now = Instant::now();
        let urgent = self.attention.is_urgent(now);
        self.place.hurry(urgent);
        // What is seen goes out before anything is made of it.
        self.place.show_if_due(now);
        if self.place.screen().is_some() {
            for order in std::mem::take(&mut self.deferred) {
                self.with_screen(order).await;
            }
            if self.looking.at().is_some_and(|at| at <= now) {
                self.look(now).await;
            }
            self.make_sure(now).await;
        }
        self.type_on(now).await;
        self.pace(now).await;
        let urgency = if urgent { Urgency::Interactive } else { Urgency::Bulk };
        self.place.parse_away(&self.around.pool, urgency);
    }

    /// Has the holder let a trickle of output wait as long as it may.
    async fn pace(&mut self, now: Instant) {
        let ways = Ways {
            is_starting: self.told.is_starting(),
            says_its_state: self.detector.is_told(),
            keeps_printing: self.detector.keeps_printing(self.around.steady.at(now)),
        };
        if self.holder.is_some()
            && let Some(most) = self.attention.news(self.place.audience(), ways, now)
        {
            self.ask(async |writer| writer.pace(most).await).await;
        }
    }

    async fn start(&mut self, mut spec: Spec, program: PathBuf, files: BTreeMap<String, String>) {
        // A closed semaphore is a daemon that ends.
        let Ok(_turn) = Arc::clone(&self.around.starting).acquire_owned().await else { return };
        self.about
            .folder
            .clone_into(&mut spec.keep.get_or_insert(pty::Keep { folder: PathBuf::new(), cap: 0 }).folder);
        spec.first_seq = keep::end_of(self.about.folder.clone()).await;
        keep::forget(self.about.folder.clone(), u64::MAX).await;
        self.size = Size::new(spec.size.rows(), spec.size.cols());
        self.begin_screen(Box::new(Screen::new(self.size)), spec.first_seq);
        let keeps = self.keeps(&spec);
        let written = files::write(self.about.folder.clone(), self.about.epoch, files).await;
        let started = match written {
            Ok(()) => pty::spawn(&program, &["holder".as_ref()], &spec).await.map_err(|error| chain(&error)),
            Err(error) => Err(format!("write its files: {error}")),
        };
        let connected = match started {
            Ok(running) => pty::connect(&spec.socket, Some(spec.first_seq))
                .await
                .map_err(|e| e.to_string())
                .map(|c| (running, c)),
            Err(error) => {
                let cwd = spec.cwd.display();
                tracing::warn!(agent = %self.about.agent, "it cannot be started in {cwd}: {error}");
                Err(error)
            }
        };
        match connected {
            Ok((running, (_, reader, writer))) => {
                self.holder = Some(Holder { reader, writer });
                self.attention.begin();
                self.detector = Detector::new(Arc::clone(&self.about.adapter), self.around.steady.now());
                self.looking.disturbed(Instant::now());
                self.process = Some(Orphan::of(running.child, self.mark()));
                self.tell(News::Started { pid: running.child }).await;
                self.watch_records(keeps.of(running.child));
            }
            Err(reason) => {
                let reason = clean(&reason, 300);
                self.place.add_bytes(
                    format!("\x1b[31magentctl cannot start this agent:\x1b[0m\r\n{reason}\r\n").into_bytes(),
                    false,
                );
                self.tell(News::Failed { reason }).await;
                self.tell(News::HolderGone).await;
            }
        }
        self.settle().await;
    }

    fn adopt(&mut self, connection: Connection) {
        let Connection { child, size, screen, from, past, link } = connection;
        self.process = Some(Orphan::of(child, self.mark()));
        self.size = Size::new(size.0, size.1);
        self.past = (past, self.size);
        self.modes = screen.modes();
        self.begin_screen(screen, from);
        match link {
            Link::Open(reader, writer) => self.holder = Some(Holder { reader, writer }),
            Link::Silent(silent) => self.silent = Some(silent),
        }
        self.attention.begin();
        self.detector = Detector::resumed(Arc::clone(&self.about.adapter), self.around.steady.now());
        self.looking.disturbed(Instant::now());
        let keeps = self.keeps_of_found(child);
        self.watch_records(keeps);
    }

    fn begin_screen(&mut self, mut screen: Box<Screen>, seq: u64) {
        if let Some(colors) = self.around.colors {
            paint(&mut screen, colors);
        }
        (self.heard, self.parsed, self.kept) = (seq, seq, seq);
        self.place.begin(screen);
        self.texts = Texts::default();
    }

    async fn obey(&mut self, order: Order) {
        match order {
            Order::Press(input) if self.typist.is_typing() => self.wait(input).await,
            Order::Press(input) => self.pressed(&input).await,
            Order::Abandon { message } => self.abandon_text(message),
            Order::Recorded(recorded) => self.recorded(&recorded),
            Order::Signal(signal) => {
                self.cue_conversation(&signal);
                let at = self.around.steady.now();
                hear(&mut self.detector, &mut self.looking, &signal, at, Instant::now());
                if let Signal::PromptTaken { .. } = signal {
                    self.sure.reacted();
                }
            }
            Order::Resize((rows, cols)) => {
                self.size = Size::new(rows, cols);
                let size = pty::Size::new(rows, cols);
                self.detector.redraws(self.around.steady.now());
                self.ask(async |writer| writer.resize(size).await).await;
            }
            Order::Stop | Order::Kill if self.silent.is_some() => self.end_silent().await,
            Order::Stop => self.ask(async |writer| writer.stop(GRACE).await).await,
            Order::Kill => self.ask(async |writer| writer.kill().await).await,
            Order::Erase(folder) => {
                self.erase = Some(folder);
                if self.silent.is_some() {
                    self.end_silent().await;
                }
                self.ask(async |writer| writer.end().await).await;
            }
            Order::Explain(reply) => {
                let now = self.around.steady.now();
                let evidence = self.detector.verdict(now).evidence;
                let aged = evidence.into_iter().map(|e| (now.since(e.at), e)).map(|(age, e)| (e, age));
                drop(reply.send(aged.collect()));
            }
            Order::Keep(done) => {
                self.keep().await;
                // A daemon that ends may not have waited.
                let _ = done.send(());
            }
            Order::Adapter(adapter) => {
                self.detector.learn(Arc::clone(&adapter));
                self.about.adapter = adapter;
                self.looking.hurry(Instant::now());
            }
            Order::Show
            | Order::Text { .. }
            | Order::Colors(_)
            | Order::Type { .. }
            | Order::Submit { .. }
            | Order::Interrupt { .. }
            | Order::Answer { .. } => self.deferred.push(order),
        }
    }

    async fn with_screen(&mut self, order: Order) {
        let now = Instant::now();
        match order {
            Order::Show => self.place.show_now(now),
            Order::Text { ansi, reply } => {
                let text = self.place.screen().map(|screen| PaneText {
                    text: if ansi { screen.snapshot().ansi() } else { screen.text() },
                });
                drop(reply.send(text.ok_or_else(|| Problem::new(Code::Internal, "the screen is away"))));
            }
            Order::Colors(colors) => self.place.screen().into_iter().for_each(|screen| paint(screen, colors)),
            Order::Type { message, text } => self.type_text(message, &text, now).await,
            Order::Submit { message } => self.submit(message, now).await,
            Order::Interrupt { force, reply } => match (self.interrupt(force, now).await, reply) {
                // Whoever asked may have gone away meanwhile.
                (done, Some(reply)) => drop(reply.send(done)),
                (Err(reason), None) => self.tell(News::NotDone { reason }).await,
                (Ok(()), None) => {}
            },
            Order::Answer { approval, dialog, verdict } => {
                self.answer(approval, &dialog, &verdict, now).await;
            }
            _ => {}
        }
    }

    /// Asks the holder for something. A connection that broke is noticed where it is read.
    async fn ask(&mut self, request: impl AsyncFnOnce(&mut Writer) -> std::io::Result<()>) {
        if let Some(holder) = &mut self.holder
            && let Err(error) = request(&mut holder.writer).await
        {
            tracing::debug!(agent = %self.about.agent, "its holder does not take a request: {error}");
        }
    }

    async fn hear(&mut self, heard: Result<Option<Event>, pty::ReadError>) {
        match heard {
            Ok(Some(Event::Output { seq, bytes })) => {
                self.heard = seq + bytes.len() as u64;
                self.rest_after(bytes.len());
                self.add_output(seq, bytes);
            }
            Ok(Some(Event::Resized { seq, size })) => self.add_size(seq, Size::new(size.rows(), size.cols())),
            Ok(Some(Event::Gap { to, .. })) => {
                self.heard = to;
                self.repaint().await;
            }
            Ok(Some(Event::Exited(exit))) => self.place.add_exit(exit),
            Ok(Some(Event::InputFull { refused })) => self.input_full(refused).await,
            Ok(Some(Event::Tail(_))) => self.is_through().await,
            Ok(Some(Event::Stopped { left })) if left > 0 => {
                tracing::warn!(agent = %self.about.agent, "{left} of its processes could not be ended");
            }
            // Its agent is somebody else's now.
            Ok(Some(Event::Superseded)) => self.process = None,
            Ok(Some(Event::Stopped { .. } | Event::Status(_))) => {}
            Ok(None) => self.holder_gone().await,
            Err(error) => {
                tracing::error!(agent = %self.about.agent, "its holder is lost: {error}");
                self.holder_gone().await;
            }
        }
    }

    /// Goes on with a holder that lived and did not answer before.
    async fn answered(&mut self, answer: Result<Status, ConnectError>) {
        let Some(silent) = self.silent.take() else { return };
        match answer {
            Ok(status) => {
                let Some((reader, writer)) = silent.into_halves() else { return };
                self.holder = Some(Holder { reader, writer });
                self.size = Size::new(status.size.rows(), status.size.cols());
                self.past = (status.end, self.size);
                self.process = Some(Orphan::of(status.child, self.mark()));
                self.looking.disturbed(Instant::now());
                let keeps = self.keeps_of_found(status.child);
                self.watch_records(keeps);
                self.tell(News::Started { pid: status.child }).await;
            }
            Err(error) => {
                tracing::error!(agent = %self.about.agent, "its holder is lost: {error}");
                self.holder_gone().await;
            }
        }
    }

    /// Ends an agent whose holder does not answer.
    async fn end_silent(&mut self) {
        if let Some(silent) = self.silent.take() {
            silent.kill();
            self.holder_gone().await;
        }
    }

    /// The mark that all processes of this start have.
    fn mark(&self) -> String {
        pty::mark(&self.about.folder, self.about.epoch)
    }

    /// A flood that nobody types into leaves room for those who type elsewhere.
    fn rest_after(&mut self, bytes: usize) {
        let now = Instant::now();
        self.unpaid += bytes;
        if self.unpaid >= FLOOD && !self.attention.is_urgent(now) {
            self.rests_until = self.around.headroom.read(std::mem::take(&mut self.unpaid), now);
        }
    }

    async fn holder_gone(&mut self) {
        self.holder = None;
        (self.records, self.server) = (None, None);
        if self.exit.is_none() {
            keep::end_orphan(&self.about, self.process.take()).await;
            self.exit = Some(Exit::Lost);
            self.tell(News::Exited(Exit::Lost)).await;
        }
        files::remove(&self.about.folder, self.about.epoch).await;
        self.tell(News::HolderGone).await;
    }

    async fn take(&mut self, mut parsed: Parsed) {
        let now = Instant::now();
        self.parsed += parsed.bytes as u64;
        if self.old > 0 {
            self.old = self.old.saturating_sub(parsed.bytes as u64);
            parsed.notices.retain(|notice| !matches!(notice, Notice::Bell | Notice::Clipboard { .. }));
        }
        if parsed.bytes > 0 {
            self.detector.output(parsed.bytes, self.around.steady.at(now));
            self.looking.disturbed(now);
            self.typist.printed(now);
            self.sure.printed(now);
        }
        if let Some(screen) = self.place.screen() {
            self.modes = screen.modes();
        }
        if self.about.deaf {
            without_status(&mut parsed.replies);
        }
        if !parsed.replies.is_empty() {
            self.ask(async |writer| writer.write(&parsed.replies).await).await;
        }
        for notice in parsed.notices {
            self.notice(notice, now).await;
        }
        if let Some(exit) = parsed.exit {
            self.exit = Some(exit);
            self.look(now).await;
            self.tell(News::Exited(exit)).await;
            // It has said everything; what is left of its tree has no terminal any more.
            self.ask(async |writer| writer.end().await).await;
        }
        if self.parsed - self.kept >= KEEP_EVERY {
            self.keep().await;
        }
    }

    /// Has the program draw everything anew, as it does when its window changes: a little smaller and back.
    async fn repaint(&mut self) {
        let (rows, cols) = (self.size.rows(), self.size.cols());
        self.detector.redraws(self.around.steady.now());
        self.ask(async |writer| {
            writer.resize(pty::Size::new(rows.saturating_sub(1), cols)).await?;
            writer.resize(pty::Size::new(rows, cols)).await
        })
        .await;
    }

    async fn look(&mut self, now: Instant) {
        let Some((seen, mut again)) = self.see(now) else { return };
        // What it was doing before this daemon is nobody's news, and least of all what it does.
        let caught_up = self.old == 0 && self.heard >= self.past.0;
        if caught_up && self.exit.is_none() && self.holder.is_some() {
            match self.told.about(&seen, now) {
                Telling::Known => self.tell_dialog(&seen).await,
                Telling::At(at) => again = Some(again.map_or(at, |again| again.min(at))),
                Telling::Now => {
                    self.told.tell(seen.clone(), now);
                    self.tell(News::Observed(seen.clone())).await;
                    self.tell_dialog(&seen).await;
                }
            }
        }
        self.looking.looked(now, again);
    }

    /// Tells what the dialog on the screen asks and offers, if that is news.
    async fn tell_dialog(&mut self, seen: &Observation) {
        let Some(screen) = self.place.screen() else { return };
        let rows = self.texts.read(&screen.snapshot());
        if let Some((ask, choices)) = self.asked.see(seen, rows, &self.about.adapter) {
            self.tell(News::Shows { ask, choices }).await;
        }
    }

    /// Looks at the screen, and returns what is seen and when that may change by itself; none while it is away.
    fn see(&mut self, now: Instant) -> Option<(Observation, Option<Instant>)> {
        let at = self.around.steady.at(now);
        let screen = self.place.screen()?;
        let cursor = screen.cursor();
        let rows = self.texts.read(&screen.snapshot());
        let view = View { rows, cursor: (usize::from(cursor.row), usize::from(cursor.col)), title: "" };
        self.detector.look(&view, at);
        let mut seen = self.detector.verdict(at).seen;
        self.shown.see(&mut seen, rows, now);
        let again = self.detector.look_again_at(at).map(|at| self.around.steady.instant(at));
        self.note_state(seen.state);
        self.cue_state(seen.state);
        self.note_box(now);
        let (draft, until) = self.key_draft.stands(self.detector.draft(), now);
        seen.draft = draft;
        Some((seen, [again, until].into_iter().flatten().min()))
    }

    async fn keep(&mut self) {
        let seq = self.parsed;
        if let Some(screen) = self.place.screen() {
            let bytes = screen.checkpoint();
            self.kept = seq;
            keep::store(self.about.folder.clone(), seq, bytes).await;
        }
    }

    /// Nobody gives orders any more: the agent was started anew, or the daemon ends.
    async fn abandon(&mut self) -> bool {
        false
    }

    async fn tell(&self, news: News) {
        let About { session, agent, epoch, .. } = &self.about;
        // A loop that is gone is a daemon that ends.
        drop(self.around.news.send((session.clone(), *agent, *epoch, news)).await);
    }
}

async fn until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}
