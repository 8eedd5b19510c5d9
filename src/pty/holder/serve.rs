//! The holder's loop: wait until something can be done, do it, wait again.
//!
//! One connection at a time follows the output, the one that asked last; it gets every byte, and while it does not
//! take them the agent's output is not read once the memory is full, so that the agent waits and nothing is lost.
//! Without a follower the output is read whatever comes, and the oldest leaves the memory for the disk. A trickle of
//! output is read at the [pace](Pace) that was asked for; the terminal's hang-up and the agent's end are noticed at once
//! all the same. Nothing here waits for the disk: a disk that is behind holds back the reading of output, as a follower
//! does, but no key, no resize and no kill.

use std::fs;
use std::os::fd::AsFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::process;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use rustix::termios::{Winsize, tcgetpgrp, tcsetwinsize};

use super::abandoned::Abandoned;
use super::connection::{Connection, retry};
use super::input::Input;
use super::pace::Pace;
use super::ready::{Ready, wait};
use super::signals::Signals;
use super::start::Terminal;
use super::stop::Stop;
use super::transcript::{Moment, Transcript};
use super::tree::Tree;
use crate::domain::Timestamp;
use crate::pty::launch::Spec;
use crate::pty::wire::{Reply, Request, Status, VERSION};
use crate::pty::{End, Size};

/// The most connections at a time; with one more, the oldest that follows nothing is closed.
const MOST_CONNECTIONS: usize = 16;
/// How much output is read before anything else gets its turn, in bytes.
const TURN: usize = 256 * 1024;
/// For how long no connection is accepted when there was no descriptor left for one.
const ACCEPT_AGAIN_AFTER: Duration = Duration::from_secs(1);
/// What the tree gets to end by itself when the machine goes down.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(2);
/// How often, at its end, the holder reads output that does not cease.
const LAST_TURNS: usize = 64;

/// A running holder.
pub(super) struct Holder {
    socket: PathBuf,
    /// Its socket, and the name without a file.
    listeners: Vec<UnixListener>,
    signals: Signals,
    terminal: Terminal,
    /// Whether the terminal can still say anything.
    open: bool,
    /// Whether the agent has ended, and all that it printed before was read.
    ended: bool,
    tree: Tree,
    stop: Stop,
    /// Whether the holder itself is to end when the tree has.
    ending: bool,
    started_at: Timestamp,
    transcript: Transcript,
    input: Input,
    pace: Pace,
    connections: Vec<Connection>,
    accept_at: Option<Instant>,
    abandoned: Abandoned,
}

/// What a descriptor in the loop's wait belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Terminal,
    Listener(usize),
    Child,
    End,
    Disk,
    Connection(usize),
}

impl Holder {
    pub(super) fn new(
        spec: Spec,
        terminal: Terminal,
        tree: Tree,
        listeners: Vec<UnixListener>,
        signals: Signals,
    ) -> Holder {
        let started_at = Moment::now().at;
        let transcript = Transcript::new(spec.keep, spec.first_seq, started_at, spec.size);
        Holder {
            socket: spec.socket,
            listeners,
            signals,
            terminal,
            open: true,
            ended: false,
            tree,
            stop: Stop::No,
            ending: false,
            started_at,
            transcript,
            input: Input::default(),
            pace: Pace::default(),
            connections: Vec::new(),
            accept_at: None,
            abandoned: Abandoned::default(),
        }
    }

    pub(super) fn child_id(&self) -> u32 {
        self.tree.child().as_raw_nonzero().get().unsigned_abs()
    }

    /// Serves until it is told to end.
    pub(super) fn serve(mut self) {
        // The agent may have ended before the first wait.
        self.tree.reap();
        while !(self.ending && self.stop == Stop::No) {
            for (source, ready) in self.wait() {
                self.handle(source, ready);
            }
            self.answer_all();
            self.look_after_stop();
            self.note_end();
            self.transcript.look_after_disk(Moment::now());
            if self.transcript.take_news() {
                self.tell_all(&Reply::Status(self.status()));
            }
            self.send();
            self.look_after_itself(Moment::now());
        }
        self.finish();
    }

    /// Ends it if it is of use to nobody any more.
    fn look_after_itself(&mut self, now: Moment) {
        self.abandoned.note(!self.connections.is_empty(), now.instant);
        if self.abandoned.looks_now(now.instant) {
            self.transcript.look_for_folder(now);
        }
        let is_done = self.transcript.end_is_kept() && self.tree.is_gone();
        if is_done && self.abandoned.is_over(now.instant) {
            self.ending = true;
        } else if self.transcript.folder_is_gone() && !self.ending {
            // Nobody can come: what would be found by is gone. Nothing is to be written there, and the folder not made anew.
            self.transcript.forget_disk();
            self.ending = true;
            self.stop.ask(SHUTDOWN_GRACE, &self.tree, self.foreground(), now.instant);
        }
    }

    /// Waits until something can be done.
    fn wait(&mut self) -> Vec<(Source, Ready)> {
        let read = Ready { read: true, write: false };
        let mut sources = vec![Source::Child, Source::End];
        let mut wanted = vec![(self.signals.child.as_fd(), read), (self.signals.end.as_fd(), read)];
        let mut add = |source, fd, want: Ready, or_broken: bool| {
            if or_broken || want != Ready::default() {
                sources.push(source);
                wanted.push((fd, want));
            }
        };
        let has_room = self.open && self.has_room();
        let held = has_room && self.pace.holds(Instant::now());
        if self.open {
            let want = Ready { read: has_room && !held, write: !self.input.is_empty() };
            add(Source::Terminal, self.terminal.master.as_fd(), want, held);
        }
        if self.accept_at.is_none() {
            for (index, listener) in self.listeners.iter().enumerate() {
                add(Source::Listener(index), listener.as_fd(), read, false);
            }
        }
        if let Some(bell) = self.transcript.bell() {
            add(Source::Disk, bell.as_fd(), read, false);
        }
        for (index, connection) in self.connections.iter().enumerate() {
            add(Source::Connection(index), connection.stream.as_fd(), connection.wants(), false);
        }
        // Waiting fails only for want of memory; the next round tries again.
        let mut ready = wait(&wanted, self.timeout(has_room)).unwrap_or_default();
        let now = Instant::now();
        if held && !self.pace.holds(now) {
            // Most likely something gathered meanwhile: trying is cheaper than asking first.
            let terminal = sources.iter().position(|source| *source == Source::Terminal);
            let terminal = terminal.and_then(|index| ready.get_mut(index));
            terminal.into_iter().for_each(|terminal| terminal.read = true);
        }
        if self.accept_at.is_some_and(|at| at <= now) {
            self.accept_at = None;
        }
        sources.into_iter().zip(ready).filter(|(_, ready)| *ready != Ready::default()).collect()
    }

    /// Returns how long there is nothing to do unless something happens.
    fn timeout(&self, has_room: bool) -> Option<Duration> {
        let now = Instant::now();
        let pace_at = self.pace.changes_at(now).filter(|_| has_room);
        let times = [
            self.transcript.look_at(),
            self.stop.look_at(),
            self.accept_at,
            pace_at,
            self.abandoned.look_at(),
        ];
        Some(times.into_iter().flatten().min()?.saturating_duration_since(now))
    }

    fn handle(&mut self, source: Source, ready: Ready) {
        match source {
            Source::Terminal => {
                if ready.write {
                    self.type_input();
                }
                if ready.read {
                    self.read_output(self.floor());
                }
            }
            Source::Listener(index) => self.accept(index),
            Source::Child => {
                Signals::drain(&self.signals.child);
                self.tree.reap();
            }
            Source::End => {
                Signals::drain(&self.signals.end);
                self.ending = true;
                self.stop.ask(SHUTDOWN_GRACE, &self.tree, self.foreground(), Instant::now());
            }
            // What the disk has done is taken in in every round.
            Source::Disk => self.transcript.bell().into_iter().for_each(Signals::drain),
            Source::Connection(index) => {
                // What it waits for is sent to it at the end of every round.
                if let Some(connection) = self.connections.get_mut(index).filter(|_| ready.read) {
                    connection.receive();
                }
            }
        }
    }

    /// Returns the first byte that must stay in memory, because the follower has not got it.
    fn floor(&self) -> Option<u64> {
        self.connections
            .iter()
            .find_map(|connection| connection.follower.as_ref())
            .map(|follower| follower.next)
    }

    fn has_room(&self) -> bool {
        self.transcript.room(self.floor()) > 0
    }

    /// Reads output until there is none, or no room for it above `floor`, or others have waited long enough. Returns
    /// whether there was none left.
    fn read_output(&mut self, floor: Option<u64>) -> bool {
        let (mut left, mut drained) = (TURN, false);
        while self.open && !drained && left > 0 && self.transcript.room(floor) > 0 {
            let (master, transcript) = (&self.terminal.master, &mut self.transcript);
            match retry(|| transcript.take(floor, Moment::now(), |room| Ok(rustix::io::read(master, room)?)))
            {
                Ok(Some(count @ 1..)) => left = left.saturating_sub(count),
                Ok(None) => drained = true,
                // The terminal hangs up when its session has ended: EIO on Linux, an end of file elsewhere.
                Ok(Some(0)) | Err(_) => self.open = false,
            }
        }
        self.pace.read(Instant::now(), TURN - left);
        drained || !self.open
    }

    fn type_input(&mut self) {
        let master = &self.terminal.master;
        if self.input.write(|bytes| retry(|| Ok(rustix::io::write(master, bytes)?))).is_err() {
            // Nobody is left to read it.
            self.input = Input::default();
        }
    }

    fn resize(&mut self, size: Size) {
        if size == self.transcript.size() {
            return;
        }
        // What was printed for the old size comes before the resize, not after it.
        self.read_output(self.floor());
        self.pace.hurry(Instant::now());
        let cells = Winsize { ws_row: size.rows(), ws_col: size.cols(), ws_xpixel: 0, ws_ypixel: 0 };
        if tcsetwinsize(&self.terminal.master, cells).is_ok() {
            self.transcript.resize(Moment::now().at, size);
        }
    }

    fn foreground(&self) -> Option<Pid> {
        tcgetpgrp(&self.terminal.master).ok()
    }

    fn accept(&mut self, listener: usize) {
        let Some(listener) = self.listeners.get(listener) else { return };
        match retry(|| listener.accept()) {
            Ok(Some((stream, _))) => {
                if !is_ours(&stream) || stream.set_nonblocking(true).is_err() {
                    return;
                }
                if self.connections.len() >= MOST_CONNECTIONS {
                    let idle = self.connections.iter_mut().find(|connection| connection.follower.is_none());
                    idle.into_iter().for_each(Connection::close);
                }
                let mut connection = Connection::new(stream);
                connection.reply(&Reply::Hello(self.status()));
                self.connections.push(connection);
            }
            Ok(None) => {}
            // There is no descriptor left, and the connection still waits: looking again at once would find the same.
            Err(_) => self.accept_at = Some(Instant::now() + ACCEPT_AGAIN_AFTER),
        }
    }

    fn answer_all(&mut self) {
        for index in 0..self.connections.len() {
            while let Some(request) = self.connections.get_mut(index).and_then(Connection::request) {
                self.answer(index, request);
            }
        }
    }

    fn answer(&mut self, index: usize, request: Request) {
        match request {
            Request::Hello { .. } => {}
            Request::Attach { from } => {
                // Whoever follows now may know nothing of a pace.
                self.pace.set(Duration::ZERO);
                for (other, connection) in self.connections.iter_mut().enumerate() {
                    if other == index {
                        connection.follow(from, &self.transcript);
                    } else if connection.follower.is_some() {
                        connection.supersede();
                    }
                }
            }
            Request::Input(bytes) => {
                self.pace.hurry(Instant::now());
                if !self.input.push(&bytes) {
                    self.tell(
                        index,
                        &Reply::InputFull { refused: u32::try_from(bytes.len()).unwrap_or(u32::MAX) },
                    );
                }
                self.type_input();
            }
            Request::Resize(size) => self.resize(size),
            Request::Signal(signal) => {
                self.pace.hurry(Instant::now());
                if let Some(signal) = Signal::from_named_raw(signal) {
                    // That the group is gone meanwhile is no fault of anyone's.
                    let _ = kill_process_group(self.foreground().unwrap_or(self.tree.child()), signal);
                }
            }
            Request::Stop { grace } => {
                self.pace.hurry(Instant::now());
                self.stop.ask(grace, &self.tree, self.foreground(), Instant::now());
            }
            Request::Kill => self.stop.kill(Instant::now()),
            Request::End => {
                self.ending = true;
                self.stop.kill(Instant::now());
            }
            Request::Tail { from } => self.tell(index, &Reply::Tail(self.transcript.tail(from))),
            Request::Status => self.tell(index, &Reply::Status(self.status())),
            Request::Pace { most } => self.pace.set(most),
        }
    }

    fn status(&self) -> Status {
        Status {
            version: VERSION,
            holder: process::id(),
            child: self.child_id(),
            started_at: self.started_at,
            size: self.transcript.size(),
            first: self.transcript.ring().start(),
            end: self.transcript.ring().end(),
            exit: self.tree.exit().filter(|_| self.ended),
            history: self.transcript.health(),
            lost: self.transcript.lost(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }

    fn tell(&mut self, index: usize, reply: &Reply) {
        if let Some(connection) = self.connections.get_mut(index) {
            connection.reply(reply);
        }
    }

    fn tell_all(&mut self, reply: &Reply) {
        self.connections.iter_mut().for_each(|connection| connection.announce(reply));
    }

    fn look_after_stop(&mut self) {
        if self.stop != Stop::No {
            let foreground = self.foreground();
            if let Some(left) = self.stop.look(&mut self.tree, foreground, Instant::now()) {
                let left = u32::try_from(left).unwrap_or(u32::MAX);
                self.connections.iter_mut().for_each(|connection| connection.tell_stopped(left));
            }
        }
    }

    /// Notes the agent's end when its last output was read. A follower hears of it behind that output; who follows
    /// nothing, or not yet, is told how things are.
    fn note_end(&mut self) {
        if !self.ended && self.tree.exit().is_some() && self.read_output(self.floor()) {
            self.ended = true;
            // Whoever has it end knows that.
            if let Some(exit) = self.tree.exit().filter(|_| !self.ending) {
                let end = End::new(&self.socket, exit, Moment::now().at, self.transcript.ring().end());
                self.transcript.note_end(end);
            }
            let status = Reply::Status(self.status());
            for connection in self.connections.iter_mut().filter(|connection| connection.follower.is_none()) {
                connection.announce(&status);
            }
        }
    }

    /// Sends everyone what is theirs, and forgets who is gone.
    fn send(&mut self) {
        let exit = self.tree.exit().filter(|_| self.ended);
        for connection in &mut self.connections {
            connection.send(&self.transcript, exit);
        }
        let before = self.connections.len();
        self.connections.retain(|connection| !connection.is_closed());
        if self.connections.len() < before {
            self.accept_at = None;
        }
    }

    /// Takes leave: the last output goes to disk, the socket goes away.
    fn finish(mut self) {
        for _ in 0..LAST_TURNS {
            if self.read_output(None) {
                break;
            }
        }
        self.transcript.finish(Moment::now());
        self.send();
        // If it cannot be removed, nobody listens on it, and whoever looks for holders removes it.
        let _ = fs::remove_file(&self.socket);
    }
}

/// Returns whether the other side is a process of the same user. The socket's mode says so already; this holds where
/// a system does not look at it.
fn is_ours(stream: &UnixStream) -> bool {
    #[cfg(target_os = "linux")]
    return rustix::net::sockopt::socket_peercred(stream)
        .is_ok_and(|peer| peer.uid.is_root() || peer.uid == rustix::process::geteuid());
    #[cfg(not(target_os = "linux"))]
    {
        let _: &UnixStream = stream;
        true
    }
}
