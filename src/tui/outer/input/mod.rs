//! What comes from the person's terminal, read in the loop that acts on it: no thread stands between.
//!
//! The terminal is opened anew, so that reading without waiting changes nothing for other programs that share it. What
//! its bytes mean is the [parser](parser::Parser)'s to say.

mod csi;
mod heard;
mod parser;
mod reply;

#[cfg(test)]
mod tests;

use std::io;
use std::time::Instant;

use rustix::fs::{Mode, OFlags};
use tokio::io::AsyncReadExt as _;
use tokio::net::unix::pipe;
use tokio::signal::unix::{Signal, SignalKind, signal};

use self::parser::Parser;

pub(in crate::tui) use self::heard::{Heard, Reply};

/// How much is read at a time, in bytes: no terminal's queue holds more.
const READ: usize = 4 << 10;

/// The person's terminal, as it is read.
#[derive(Debug)]
pub(in crate::tui) struct Input {
    /// To the runtime it is what a pipe is: something to be read without waiting.
    tty: pipe::Receiver,
    bytes: Box<[u8; READ]>,
    resized: Signal,
    parser: Parser,
}

impl Input {
    /// Opens the terminal to be read.
    ///
    /// # Errors
    /// If there is none, or the system refuses.
    pub(in crate::tui) fn open() -> io::Result<Input> {
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let open = |path: &std::ffi::CStr| rustix::fs::open(path, flags, Mode::empty());
        // By its own name where it has one: macOS does not wait for `/dev/tty`.
        let named = rustix::termios::ttyname(rustix::stdio::stdin(), Vec::new());
        let tty = named.and_then(|name| open(&name)).or_else(|_| open(c"/dev/tty"))?;
        Ok(Input {
            tty: pipe::Receiver::from_owned_fd_unchecked(tty)?,
            bytes: Box::new([0; READ]),
            resized: signal(SignalKind::window_change())?,
            parser: Parser::default(),
        })
    }

    /// Waits for the next thing that comes. Nothing is lost when this is cancelled.
    ///
    /// # Errors
    /// If the terminal is gone.
    pub(in crate::tui) async fn next(&mut self) -> io::Result<Heard> {
        loop {
            if let Some(heard) = self.parser.next(Instant::now()) {
                return Ok(heard);
            }
            let due = self.parser.due();
            let due = async {
                match due {
                    Some(at) => tokio::time::sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                read = self.tty.read(&mut self.bytes[..]) => match read? {
                    0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                    count => self.parser.add(self.bytes.get(..count).unwrap_or_default(), Instant::now()),
                },
                _ = self.resized.recv() => return Ok(Heard::Resized),
                () = due => {}
            }
        }
    }
}
