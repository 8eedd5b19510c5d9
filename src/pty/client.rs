//! Talks to a holder. The two halves of a connection belong to whoever reads and whoever writes; both are safe to
//! cancel: a future that is dropped loses no event and tears no message.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::UnixStream;
use tokio::time::timeout;

use super::Size;
use super::block::{self, Block};
use super::wire::{self, Frames, MAX_CHUNK, Reply, Request, Status, VERSION, WireError};
use crate::domain::Exit;

/// How long to wait for a holder's hello.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// How long a request waits for a holder that takes nothing: a holder always reads what it is asked, unless it hangs.
const STALL_AFTER: Duration = Duration::from_secs(2);

/// Why there is no connection to a holder.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Nobody listens: the holder is gone, or never was.
    #[error("no holder listens on `{}`", socket.display())]
    Gone {
        /// The socket.
        socket: PathBuf,
    },
    /// Somebody listens and says nothing: the holder may be stopped.
    #[error("the holder on `{}` does not answer", socket.display())]
    Silent {
        /// The socket.
        socket: PathBuf,
    },
    /// The socket is served by another user.
    #[error("the holder on `{}` belongs to user {uid}", socket.display())]
    Foreign {
        /// The socket.
        socket: PathBuf,
        /// The user.
        uid: u32,
    },
    /// The connection broke, or what came is none of the protocol.
    #[error("the holder on `{}` cannot be talked to", socket.display())]
    Broken {
        /// The socket.
        socket: PathBuf,
        /// Why.
        #[source]
        source: ReadError,
    },
}

/// Why nothing more can be read from a holder.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The connection broke.
    #[error("the connection broke")]
    Io(#[from] io::Error),
    /// What came is none of the protocol.
    #[error("the holder is not understood")]
    Wire(#[from] WireError),
    /// A block came damaged.
    #[error("the holder sent a damaged block")]
    Block,
}

/// What a holder says. Output and resizes come in the order of their sequence numbers, to a connection that follows
/// them, without a gap that is not told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Output.
    Output {
        /// The sequence number of the first byte.
        seq: u64,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// From this byte on the terminal has this size; told first of all, and then whenever it changes.
    Resized {
        /// The sequence number from which on it counts.
        seq: u64,
        /// The size.
        size: Size,
    },
    /// The output `from..to` is lost, or there is none yet at the asked number: it goes on at `to`.
    Gap {
        /// The first missing sequence number.
        from: u64,
        /// The next one there is.
        to: u64,
    },
    /// The agent has ended, and this is all it said. Told to who follows; who does not is told the status.
    Exited(Exit),
    /// So many bytes of input were refused, because too much waits for the agent to read it.
    InputFull {
        /// The length of the refused input, in bytes: all of one write.
        refused: u32,
    },
    /// Another connection follows the output now; this one is closed.
    Superseded,
    /// What was to be stopped is stopped. Comes behind [`Event::Exited`] unless the agent itself could not be killed.
    Stopped {
        /// How many processes could not be killed.
        left: u32,
    },
    /// How things are: asked for, or because the agent has ended or the history's health has changed.
    Status(Status),
    /// The latest output, as asked for.
    Tail(Block),
}

/// The half of a connection that hears a holder. The connection ends when both halves are dropped.
#[derive(Debug)]
pub struct Reader {
    stream: Arc<UnixStream>,
    frames: Frames,
}

/// The half of a connection that asks a holder.
#[derive(Debug)]
pub struct Writer {
    stream: Arc<UnixStream>,
    queued: Vec<u8>,
    sent: usize,
    /// Whether the holder took nothing for a while.
    is_stalled: bool,
}

/// Connects to the holder that serves `socket`. With `follow`, the connection gets all output from that sequence
/// number on, and the one that followed before is closed; without, it gets only answers.
///
/// # Errors
/// Fails if there is no holder to talk to.
pub async fn connect(socket: &Path, follow: Option<u64>) -> Result<(Status, Reader, Writer), ConnectError> {
    let mut connection = Connection::open(socket, follow).await?;
    match timeout(PATIENCE, connection.hello()).await {
        Ok(Ok(status)) => Ok((status, connection.reader, connection.writer)),
        Ok(Err(error)) => Err(error),
        Err(_) => Err(ConnectError::Silent { socket: socket.to_owned() }),
    }
}

/// A connection on which the holder has not said hello yet.
#[derive(Debug)]
pub(super) struct Connection {
    socket: PathBuf,
    pub(super) reader: Reader,
    pub(super) writer: Writer,
}

impl Connection {
    /// Connects, and queues the questions. That it succeeds says that a process listens, for the system connects to a
    /// socket as long as one does, whether it runs or is stopped.
    pub(super) async fn open(socket: &Path, follow: Option<u64>) -> Result<Connection, ConnectError> {
        let here = || socket.to_owned();
        let broken = |source: io::Error| ConnectError::Broken { socket: here(), source: source.into() };
        let stream = UnixStream::connect(socket).await.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => {
                ConnectError::Gone { socket: here() }
            }
            // So many wait for it already that the system takes no more.
            io::ErrorKind::WouldBlock => ConnectError::Silent { socket: here() },
            _ => broken(error),
        })?;
        let peer = stream.peer_cred().map_err(broken)?.uid();
        if peer != rustix::process::geteuid().as_raw() {
            return Err(ConnectError::Foreign { socket: here(), uid: peer });
        }
        let stream = Arc::new(stream);
        let reader = Reader { stream: Arc::clone(&stream), frames: Frames::default() };
        let mut writer = Writer { stream, queued: Vec::new(), sent: 0, is_stalled: false };
        Request::Hello { version: VERSION }.put(&mut writer.queued);
        if let Some(from) = follow {
            Request::Attach { from }.put(&mut writer.queued);
        }
        Ok(Connection { socket: here(), reader, writer })
    }

    /// Returns the process that listens, where the system tells.
    pub(super) fn holder(&self) -> Option<i32> {
        self.reader.stream.peer_cred().ok()?.pid()
    }

    /// Returns what the holder says of itself, however long that takes. Safe to cancel and to call again.
    pub(super) async fn hello(&mut self) -> Result<Status, ConnectError> {
        let broken = |source| ConnectError::Broken { socket: self.socket.clone(), source };
        self.writer.flush().await.map_err(|error| broken(error.into()))?;
        match self.reader.reply().await.map_err(broken)? {
            Some(Reply::Hello(status)) => Ok(status),
            Some(_) => Err(broken(WireError::NoHello.into())),
            None => Err(ConnectError::Gone { socket: self.socket.clone() }),
        }
    }
}

impl Reader {
    /// Returns what the holder says next; none when the connection has ended.
    ///
    /// # Errors
    /// Fails if the connection breaks or the holder is not understood; the connection is of no more use then.
    pub async fn next(&mut self) -> Result<Option<Event>, ReadError> {
        loop {
            return Ok(Some(match self.reply().await? {
                None => return Ok(None),
                Some(Reply::Output { seq, bytes }) => Event::Output { seq, bytes },
                Some(Reply::Resized { seq, size }) => Event::Resized { seq, size },
                Some(Reply::Gap { from, to }) => Event::Gap { from, to },
                Some(Reply::Exited(exit)) => Event::Exited(exit),
                Some(Reply::InputFull { refused }) => Event::InputFull { refused },
                Some(Reply::Superseded) => Event::Superseded,
                Some(Reply::Stopped { left }) => Event::Stopped { left },
                Some(Reply::Status(status)) => Event::Status(status),
                Some(Reply::Tail(stored)) => {
                    Event::Tail(block::decode(&stored).map_err(|_| ReadError::Block)?)
                }
                Some(Reply::Hello(_)) => continue,
            }));
        }
    }

    async fn reply(&mut self) -> Result<Option<Reply>, ReadError> {
        loop {
            while let Some((kind, payload)) = self.frames.next()? {
                if let Some(reply) = Reply::read(kind, payload)? {
                    return Ok(Some(reply));
                }
            }
            self.stream.readable().await?;
            let space = self.frames.space();
            space.reserve(MAX_CHUNK);
            match self.stream.try_read_buf(space) {
                Ok(0) => return Ok(None),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl Writer {
    /// Types `bytes` into the agent's terminal.
    ///
    /// # Errors
    /// Like every request, fails if the connection is broken, and with [`io::ErrorKind::TimedOut`] if the holder takes
    /// nothing.
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        for chunk in bytes.chunks(MAX_CHUNK) {
            self.send(|queued| wire::put_input(queued, chunk)).await?;
        }
        Ok(())
    }

    /// Gives the terminal another size.
    ///
    /// # Errors
    /// Fails if the connection is broken.
    pub async fn resize(&mut self, size: Size) -> io::Result<()> {
        self.ask(&Request::Resize(size)).await
    }

    /// Asks the agent and all that came from it to end (SIGHUP, SIGTERM), and kills what is left after `grace`.
    /// Answered by [`Event::Stopped`]. The holder stays.
    ///
    /// # Errors
    /// Fails if the connection is broken.
    pub async fn stop(&mut self, grace: Duration) -> io::Result<()> {
        self.ask(&Request::Stop { grace }).await
    }

    /// Kills the agent and all that came from it. Answered by [`Event::Stopped`]. The holder stays.
    ///
    /// # Errors
    /// Fails if the connection is broken.
    pub async fn kill(&mut self) -> io::Result<()> {
        self.ask(&Request::Kill).await
    }

    /// Kills the agent and all that came from it, and ends the holder: the output in memory goes to the history, the
    /// socket goes away, and then the connection ends.
    ///
    /// # Errors
    /// Fails if the connection is broken.
    pub async fn end(&mut self) -> io::Result<()> {
        self.ask(&Request::End).await
    }

    /// Asks for the latest output from the sequence number `from` on, or from the oldest byte in memory if that is
    /// later; at most 64 KiB of it. Answered by [`Event::Tail`]. Whoever has read the history to its end gets the rest
    /// in this way; if the answer begins later than asked, more of it is in the history by now.
    ///
    /// # Errors
    /// Fails if the connection is broken.
    pub async fn tail(&mut self, from: u64) -> io::Result<()> {
        self.ask(&Request::Tail { from }).await
    }

    /// Lets a trickle of output wait, so that it costs less: at most for `most`; zero has it come as it is printed,
    /// which is also how a connection begins to follow. A flood, what comes after quiet, and what answers input never
    /// waits. A holder of an earlier version lets nothing wait.
    ///
    /// # Errors
    /// Fails if the connection is broken.
    pub async fn pace(&mut self, most: Duration) -> io::Result<()> {
        self.ask(&Request::Pace { most }).await
    }

    async fn ask(&mut self, request: &Request) -> io::Result<()> {
        self.send(|queued| request.put(queued)).await
    }

    /// Sends a request whole. What is queued when this is cancelled, or when the holder takes nothing for a while, goes out
    /// before the next one; while a holder is known to take nothing, nothing more is queued.
    async fn send(&mut self, put: impl FnOnce(&mut Vec<u8>)) -> io::Result<()> {
        if self.is_stalled && !self.flush_now()? {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let send = async {
            self.flush().await?;
            put(&mut self.queued);
            self.flush().await
        };
        let sent = timeout(STALL_AFTER, send).await;
        self.is_stalled = sent.is_err();
        sent.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }

    async fn flush(&mut self) -> io::Result<()> {
        while !self.flush_now()? {
            self.stream.writable().await?;
        }
        Ok(())
    }

    /// Sends what is queued as far as it is taken now; returns whether that was all.
    fn flush_now(&mut self) -> io::Result<bool> {
        while let Some(rest) = self.queued.get(self.sent..).filter(|rest| !rest.is_empty()) {
            match self.stream.try_write(rest) {
                Ok(count) => self.sent += count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        self.queued.clear();
        self.sent = 0;
        Ok(true)
    }
}

/// What a holder is asked in tests alone.
#[cfg(test)]
impl Writer {
    /// Sends a signal to the terminal's foreground process group, by its number.
    ///
    /// # Errors
    /// Fails if the connection is broken.
    pub async fn signal(&mut self, signal: i32) -> io::Result<()> {
        self.ask(&Request::Signal(signal)).await
    }

    /// Asks how things are. Answered by [`Event::Status`].
    ///
    /// # Errors
    /// Fails if the connection is broken.
    pub async fn status(&mut self) -> io::Result<()> {
        self.ask(&Request::Status).await
    }
}
