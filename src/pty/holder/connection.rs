//! One connection to a holder: frames in, frames out, and, if it is the one that reads along, how far it has come.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;

use super::ready::Ready;
use super::transcript::Transcript;
use crate::domain::Exit;
use crate::pty::Size;
use crate::pty::block::Block;
use crate::pty::history::{Blocks, Stored};
use crate::pty::wire::{self, Frames, MAX_CHUNK, MAX_FRAME, Reply, Request, WireError};

/// How much is read from a connection at a time, in bytes: what people type is little.
const READ: usize = 16 * 1024;

/// How many runs of output a follower gets before others have their turn.
const TURN: usize = 8;

/// A client of the holder.
pub(super) struct Connection {
    pub(super) stream: UnixStream,
    frames: Frames,
    greeted: bool,
    out: Vec<u8>,
    sent: usize,
    pub(super) follower: Option<Follower>,
    /// Whether it has asked more than is answered, because it has not heard the answers before.
    is_held_up: bool,
    /// Whether nothing can be sent on it any more. What it asked before is still done: a daemon that ends an agent may be
    /// gone before its request is read.
    is_cut: bool,
    state: State,
}

/// Whether a connection is still of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// It is.
    Open,
    /// It says no more, and is closed when what it has said is answered.
    Silent,
    /// It is closed when it has been sent what is queued.
    Leaving,
    /// It is not.
    Closed,
}

/// How far a connection has come that gets all output.
pub(super) struct Follower {
    /// The first byte that it has not got.
    pub(super) next: u64,
    /// The size that it was told last.
    told: Option<Size>,
    /// Whether it was told that the agent has ended.
    told_exit: bool,
    /// What it is still to be told about a tree that was stopped.
    stopped: Option<u32>,
    /// Whether there may be something for it that is not queued yet.
    has_more: bool,
    past: Option<Past>,
}

/// Where a follower is that still reads what is only on disk.
struct Past {
    blocks: Blocks,
    block: Option<Block>,
}

impl Connection {
    pub(super) fn new(stream: UnixStream) -> Connection {
        Connection {
            stream,
            frames: Frames::default(),
            greeted: false,
            out: Vec::new(),
            sent: 0,
            follower: None,
            is_held_up: false,
            is_cut: false,
            state: State::Open,
        }
    }

    /// Queues the answer to a request. What is queued is bounded, because requests are taken only while it is little.
    pub(super) fn reply(&mut self, reply: &Reply) {
        reply.put(&mut self.out);
    }

    /// Queues what it did not ask for, if it listens.
    pub(super) fn announce(&mut self, reply: &Reply) {
        if !self.is_deaf() {
            self.reply(reply);
        }
    }

    fn queued(&self) -> usize {
        self.out.len() - self.sent
    }

    fn is_deaf(&self) -> bool {
        self.queued() >= MAX_FRAME
    }

    /// Tells it that the tree is stopped, but for `left` of it. A follower hears of it behind the agent's last output.
    pub(super) fn tell_stopped(&mut self, left: u32) {
        match &mut self.follower {
            Some(follower) => {
                follower.stopped = Some(left);
                follower.has_more = true;
            }
            None => self.announce(&Reply::Stopped { left }),
        }
    }

    /// Returns what it waits for.
    pub(super) fn wants(&self) -> Ready {
        let has_more = self.follower.as_ref().is_some_and(|follower| follower.has_more);
        Ready {
            read: self.state == State::Open && !self.is_held_up && !self.is_deaf(),
            write: self.queued() > 0 || self.is_held_up || has_more,
        }
    }

    /// Closes it.
    pub(super) fn close(&mut self) {
        self.state = State::Closed;
        self.follower = None;
    }

    pub(super) fn is_closed(&self) -> bool {
        self.state == State::Closed
    }

    /// Tells it that another follows the output now, and closes it when it has heard.
    pub(super) fn supersede(&mut self) {
        self.leave();
        self.reply(&Reply::Superseded);
    }

    fn leave(&mut self) {
        self.follower = None;
        self.state = State::Leaving;
    }

    /// Reads once what came.
    pub(super) fn receive(&mut self) {
        let space = self.frames.space();
        let have = space.len();
        space.resize(have + READ, 0);
        let read = retry(|| self.stream.read(space.get_mut(have..).unwrap_or_default()));
        let count = read.as_ref().ok().copied().flatten();
        space.truncate(have + count.unwrap_or(0));
        if count == Some(0) || read.is_err() {
            self.state = State::Silent;
        }
    }

    /// Returns the next thing it asks, if it has heard enough of the answers before.
    pub(super) fn request(&mut self) -> Option<Request> {
        if !matches!(self.state, State::Open | State::Silent) {
            return None;
        }
        self.is_held_up = self.is_deaf();
        if self.is_held_up {
            return None;
        }
        let request = self.next_request();
        match &request {
            Ok(None) if self.state == State::Silent => self.leave(),
            Ok(_) => {}
            Err(_) => self.close(),
        }
        request.ok().flatten()
    }

    fn next_request(&mut self) -> Result<Option<Request>, WireError> {
        while let Some((kind, payload)) = self.frames.next()? {
            match Request::read(kind, payload)? {
                Some(Request::Hello { .. }) => self.greeted = true,
                _ if !self.greeted => return Err(WireError::NoHello),
                Some(request) => return Ok(Some(request)),
                None => {}
            }
        }
        Ok(None)
    }

    /// Sends what is queued and, to a follower, the output that it has not got, as far as it goes.
    pub(super) fn send(&mut self, transcript: &Transcript, exit: Option<Exit>) {
        for _ in 0..TURN {
            match self.write() {
                Ok(true) => {}
                Ok(false) => return,
                Err(_) => {
                    (self.is_cut, self.follower, self.sent) = (true, None, 0);
                    self.out.clear();
                }
            }
            let Some(follower) = &mut self.follower else {
                if self.state == State::Leaving {
                    self.close();
                }
                return;
            };
            follower.has_more = follower.fill(&mut self.out, transcript, exit);
            if !follower.has_more {
                return;
            }
        }
    }

    /// Writes what is queued. True if that was all.
    fn write(&mut self) -> io::Result<bool> {
        if self.is_cut {
            self.out.clear();
            self.sent = 0;
        }
        while let Some(rest) = self.out.get(self.sent..).filter(|rest| !rest.is_empty()) {
            match retry(|| self.stream.write(rest))? {
                Some(count) => self.sent += count,
                None => return Ok(false),
            }
        }
        self.sent = 0;
        self.out.clear();
        if self.out.capacity() > 2 * MAX_CHUNK {
            self.out = Vec::new();
        }
        Ok(true)
    }

    /// Makes it a follower that gets all output from `from` on.
    pub(super) fn follow(&mut self, from: u64, transcript: &Transcript) {
        let end = transcript.ring().end();
        if from > end {
            self.reply(&Reply::Gap { from, to: end });
        }
        let past = transcript.history().filter(|_| from < transcript.ring().start());
        let past =
            past.and_then(|history| history.read(from).ok()).map(|blocks| Past { blocks, block: None });
        self.follower = Some(Follower {
            next: from.min(end),
            told: None,
            told_exit: false,
            stopped: None,
            has_more: true,
            past,
        });
    }
}

impl Follower {
    /// Queues what comes next. False if there is nothing.
    fn fill(&mut self, out: &mut Vec<u8>, transcript: &Transcript, exit: Option<Exit>) -> bool {
        let (timeline, ring) = (transcript.timeline(), transcript.ring());
        if self.next < ring.start() && self.fill_from_disk(out) {
            return true;
        }
        self.past = None;
        if self.next < ring.start() {
            Reply::Gap { from: self.next, to: ring.start() }.put(out);
            self.next = ring.start();
        }
        let before = out.len();
        self.tell_size(out, timeline.at(self.next).size);
        let most = timeline.next_resize(self.next).unwrap_or(u64::MAX).min(self.next + MAX_CHUNK as u64);
        let (first, second) = ring.part(self.next, most);
        if !first.is_empty() {
            wire::put_output(out, self.next, first, second);
            self.next += (first.len() + second.len()) as u64;
        } else if let Some(exit) = exit.filter(|_| !self.told_exit) {
            self.told_exit = true;
            Reply::Exited(exit).put(out);
        } else if let Some(left) = self.stopped.take_if(|left| self.told_exit || *left > 0) {
            Reply::Stopped { left }.put(out);
        }
        out.len() > before
    }

    /// Queues output that is no longer in memory. False if the disk has nothing more.
    fn fill_from_disk(&mut self, out: &mut Vec<u8>) -> bool {
        let Some(Past { mut blocks, block }) = self.past.take() else { return false };
        let block = match block.filter(|block| block.end() > self.next).map(Stored::Block).or_else(|| {
            // An error of the disk ends the past early; what is missing then is told as a gap.
            blocks.next().and_then(Result::ok)
        }) {
            None => return false,
            Some(Stored::Gap { from, to }) => {
                Reply::Gap { from, to }.put(out);
                self.next = to;
                None
            }
            Some(Stored::Block(block)) => {
                let (mark, run) = block.run(self.next);
                self.tell_size(out, mark.size);
                wire::put_output(out, self.next, run, &[]);
                self.next += run.len() as u64;
                Some(block)
            }
        };
        self.past = Some(Past { blocks, block });
        true
    }

    fn tell_size(&mut self, out: &mut Vec<u8>, size: Size) {
        if self.told != Some(size) {
            self.told = Some(size);
            Reply::Resized { seq: self.next, size }.put(out);
        }
    }
}

/// Does it again when a signal came between; none when it would block.
pub(super) fn retry<T>(mut act: impl FnMut() -> io::Result<T>) -> io::Result<Option<T>> {
    loop {
        match act() {
            Ok(done) => return Ok(Some(done)),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
            Err(error) => return Err(error),
        }
    }
}
