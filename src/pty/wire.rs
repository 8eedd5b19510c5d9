//! What a holder and its daemon say to each other over the holder's socket. Frozen: a holder started today must be
//! understood by every daemon to come, so a message never changes its number or the meaning of its fields.
//!
//! A frame is `u32 length · u8 kind · payload`; the length counts the kind and the payload, is at least 1 and at most
//! [`MAX_FRAME`]; numbers are little-endian. The first frame each way is Hello. Ways to grow that break nobody: a kind
//! that is not known is skipped, and fields that are added at the end of a payload are not looked at by older readers.
//! `tests/holder.rs` speaks version 1 in literal bytes.

use std::time::Duration;

use super::Size;
use crate::domain::{Exit, Timestamp};

/// The version of the protocol that this program speaks.
pub(super) const VERSION: u16 = 1;
/// The longest frame, kind and payload together, in bytes.
pub(super) const MAX_FRAME: usize = 256 * 1024;
/// The most bytes sent as one piece of output or input.
pub(super) const MAX_CHUNK: usize = 64 * 1024;

/// Why what the other side said cannot be understood; the connection is of no more use then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// A frame without a kind.
    #[error("a frame is empty")]
    Empty,
    /// A frame longer than any may be.
    #[error("a frame claims {0} bytes")]
    TooLong(u32),
    /// A message whose payload ends too early.
    #[error("a message of kind {0} is cut off")]
    CutOff(u8),
    /// A message with a value that does not exist.
    #[error("a message of kind {0} makes no sense")]
    Nonsense(u8),
    /// Something else came before Hello.
    #[error("it does not say hello")]
    NoHello,
}

/// What a daemon asks of a holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Request {
    /// Says who asks.
    Hello { version: u16 },
    /// Wants the output from this sequence number on, every byte of it, from now to the end.
    Attach { from: u64 },
    /// Types this into the terminal.
    Input(Vec<u8>),
    /// Gives the terminal another size.
    Resize(Size),
    /// Sends a signal to the terminal's foreground process group.
    Signal(i32),
    /// Asks the whole tree to end, and ends it after the grace.
    Stop { grace: Duration },
    /// Ends the whole tree at once.
    Kill,
    /// Ends the whole tree at once, and then the holder.
    End,
    /// Wants a block of the latest output, from this sequence number on.
    Tail { from: u64 },
    /// Wants to know how things are.
    Status,
    /// Lets a trickle of output wait, at most for so long; zero has it read as it comes. A holder that does not know
    /// this reads it as it comes, so nothing depends on it but cost.
    Pace { most: Duration },
}

/// What a holder says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    Hello(Status),
    Output { seq: u64, bytes: Vec<u8> },
    Resized { seq: u64, size: Size },
    Exited(Exit),
    Gap { from: u64, to: u64 },
    InputFull { refused: u32 },
    Superseded,
    Tail(Vec<u8>),
    Status(Status),
    Stopped { left: u32 },
}

/// How a holder and its agent are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The protocol's version that the holder speaks.
    pub version: u16,
    /// The holder's own process.
    pub holder: u32,
    /// The agent's process.
    pub child: u32,
    /// When the agent was started.
    pub started_at: Timestamp,
    /// The terminal's size.
    pub size: Size,
    /// The sequence number of the oldest byte that the holder has in memory.
    pub first: u64,
    /// The sequence number after the newest byte.
    pub end: u64,
    /// How the agent ended, if it did.
    pub exit: Option<Exit>,
    /// Whether the history on disk is being written.
    pub history: Health,
    /// How many bytes of output the history lacks because the disk did not take them.
    pub lost: u64,
    /// The version of the program that the holder is.
    pub program: String,
}

/// Whether a history is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// None was asked for.
    Off,
    /// It is.
    Fine,
    /// The disk refuses, for this reason; it is tried again with later output.
    Failing(String),
}

impl Request {
    /// Appends the request's frame.
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        match self {
            Request::Hello { version } => frame(out, 1, |p| p.extend_from_slice(&version.to_le_bytes())),
            Request::Attach { from } => frame(out, 2, |p| p.extend_from_slice(&from.to_le_bytes())),
            Request::Input(bytes) => put_input(out, bytes),
            Request::Resize(size) => frame(out, 4, |p| put_size(p, *size)),
            Request::Signal(signal) => frame(out, 5, |p| p.extend_from_slice(&signal.to_le_bytes())),
            Request::Stop { grace } => frame(out, 6, |p| put_span(p, *grace)),
            Request::Kill => frame(out, 7, |_| ()),
            Request::End => frame(out, 8, |_| ()),
            Request::Tail { from } => frame(out, 9, |p| p.extend_from_slice(&from.to_le_bytes())),
            Request::Status => frame(out, 10, |_| ()),
            Request::Pace { most } => frame(out, 11, |p| put_span(p, *most)),
        }
    }

    /// Reads a request; none if its kind is of a later version.
    pub(super) fn read(kind: u8, payload: &[u8]) -> Result<Option<Request>, WireError> {
        let mut fields = Fields { kind, rest: payload };
        Ok(Some(match kind {
            1 => Request::Hello { version: fields.u16()? },
            2 => Request::Attach { from: fields.u64()? },
            3 => Request::Input(fields.rest.to_vec()),
            4 => Request::Resize(fields.size()?),
            5 => Request::Signal(fields.i32()?),
            6 => Request::Stop { grace: fields.span()? },
            7 => Request::Kill,
            8 => Request::End,
            9 => Request::Tail { from: fields.u64()? },
            10 => Request::Status,
            11 => Request::Pace { most: fields.span()? },
            _ => return Ok(None),
        }))
    }
}

impl Reply {
    /// Appends the reply's frame.
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        match self {
            Reply::Hello(status) => frame(out, 1, |p| put_status(p, status)),
            Reply::Output { seq, bytes } => put_output(out, *seq, bytes, &[]),
            Reply::Resized { seq, size } => frame(out, 3, |p| {
                p.extend_from_slice(&seq.to_le_bytes());
                put_size(p, *size);
            }),
            Reply::Exited(exit) => frame(out, 4, |p| put_exit(p, Some(*exit))),
            Reply::Gap { from, to } => frame(out, 5, |p| {
                p.extend_from_slice(&from.to_le_bytes());
                p.extend_from_slice(&to.to_le_bytes());
            }),
            Reply::InputFull { refused } => frame(out, 6, |p| p.extend_from_slice(&refused.to_le_bytes())),
            Reply::Superseded => frame(out, 7, |_| ()),
            Reply::Tail(block) => frame(out, 8, |p| p.extend_from_slice(block)),
            Reply::Status(status) => frame(out, 9, |p| put_status(p, status)),
            Reply::Stopped { left } => frame(out, 10, |p| p.extend_from_slice(&left.to_le_bytes())),
        }
    }

    /// Reads a reply; none if its kind is of a later version.
    pub(super) fn read(kind: u8, payload: &[u8]) -> Result<Option<Reply>, WireError> {
        let mut fields = Fields { kind, rest: payload };
        Ok(Some(match kind {
            1 => Reply::Hello(fields.status()?),
            2 => Reply::Output { seq: fields.u64()?, bytes: fields.rest.to_vec() },
            3 => Reply::Resized { seq: fields.u64()?, size: fields.size()? },
            4 => Reply::Exited(fields.exit()?.ok_or(WireError::Nonsense(kind))?),
            5 => Reply::Gap { from: fields.u64()?, to: fields.u64()? },
            6 => Reply::InputFull { refused: fields.u32()? },
            7 => Reply::Superseded,
            8 => Reply::Tail(fields.rest.to_vec()),
            9 => Reply::Status(fields.status()?),
            10 => Reply::Stopped { left: fields.u32()? },
            _ => return Ok(None),
        }))
    }
}

/// Appends the frame of [`Reply::Output`] without a copy of its own: this is the hot path.
pub(super) fn put_output(out: &mut Vec<u8>, seq: u64, first: &[u8], second: &[u8]) {
    frame(out, 2, |p| {
        p.extend_from_slice(&seq.to_le_bytes());
        p.extend_from_slice(first);
        p.extend_from_slice(second);
    });
}

/// Appends the frame of [`Request::Input`] without a copy of its own.
pub(super) fn put_input(out: &mut Vec<u8>, bytes: &[u8]) {
    frame(out, 3, |p| p.extend_from_slice(bytes));
}

fn frame(out: &mut Vec<u8>, kind: u8, payload: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(&[0, 0, 0, 0, kind]);
    payload(out);
    let length = u32::try_from(out.len() - start - 4).unwrap_or(u32::MAX);
    if let Some(slot) = out.get_mut(start..start + 4) {
        slot.copy_from_slice(&length.to_le_bytes());
    }
}

fn put_span(out: &mut Vec<u8>, span: Duration) {
    out.extend_from_slice(&u32::try_from(span.as_millis()).unwrap_or(u32::MAX).to_le_bytes());
}

fn put_size(out: &mut Vec<u8>, size: Size) {
    out.extend_from_slice(&size.rows().to_le_bytes());
    out.extend_from_slice(&size.cols().to_le_bytes());
}

fn put_exit(out: &mut Vec<u8>, exit: Option<Exit>) {
    let (kind, value) = match exit {
        None => (0, 0),
        Some(Exit::Code(code)) => (1, code),
        Some(Exit::Signal(signal)) => (2, signal),
        Some(Exit::Lost) => (3, 0),
    };
    out.push(kind);
    out.extend_from_slice(&i32::to_le_bytes(value));
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    let bytes = bytes.get(..bytes.len().min(1024)).unwrap_or_default();
    out.extend_from_slice(&u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_le_bytes());
    out.extend_from_slice(bytes);
}

fn put_status(out: &mut Vec<u8>, status: &Status) {
    out.extend_from_slice(&status.version.to_le_bytes());
    out.extend_from_slice(&status.holder.to_le_bytes());
    out.extend_from_slice(&status.child.to_le_bytes());
    out.extend_from_slice(&status.started_at.0.to_le_bytes());
    put_size(out, status.size);
    out.extend_from_slice(&status.first.to_le_bytes());
    out.extend_from_slice(&status.end.to_le_bytes());
    put_exit(out, status.exit);
    let (health, cause) = match &status.history {
        Health::Off => (0, ""),
        Health::Fine => (1, ""),
        Health::Failing(cause) => (2, cause.as_str()),
    };
    out.push(health);
    put_text(out, cause);
    out.extend_from_slice(&status.lost.to_le_bytes());
    put_text(out, &status.program);
}

/// The fields of a payload that are not read yet.
struct Fields<'a> {
    kind: u8,
    rest: &'a [u8],
}

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        let (field, rest) = self.rest.split_first_chunk().ok_or(WireError::CutOff(self.kind))?;
        self.rest = rest;
        Ok(*field)
    }

    fn u8(&mut self) -> Result<u8, WireError> {
        self.take::<1>().map(|[byte]| byte)
    }

    fn u16(&mut self) -> Result<u16, WireError> {
        self.take().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Result<u32, WireError> {
        self.take().map(u32::from_le_bytes)
    }

    fn i32(&mut self) -> Result<i32, WireError> {
        self.take().map(i32::from_le_bytes)
    }

    fn u64(&mut self) -> Result<u64, WireError> {
        self.take().map(u64::from_le_bytes)
    }

    fn span(&mut self) -> Result<Duration, WireError> {
        Ok(Duration::from_millis(u64::from(self.u32()?)))
    }

    fn size(&mut self) -> Result<Size, WireError> {
        Ok(Size::new(self.u16()?, self.u16()?))
    }

    fn text(&mut self) -> Result<String, WireError> {
        let length = usize::from(self.u16()?);
        let (text, rest) = self.rest.split_at_checked(length).ok_or(WireError::CutOff(self.kind))?;
        self.rest = rest;
        Ok(String::from_utf8_lossy(text).into_owned())
    }

    fn exit(&mut self) -> Result<Option<Exit>, WireError> {
        match (self.u8()?, self.i32()?) {
            (0, _) => Ok(None),
            (1, code) => Ok(Some(Exit::Code(code))),
            (2, signal) => Ok(Some(Exit::Signal(signal))),
            (3, _) => Ok(Some(Exit::Lost)),
            (4.., _) => Err(WireError::Nonsense(self.kind)),
        }
    }

    fn status(&mut self) -> Result<Status, WireError> {
        Ok(Status {
            version: self.u16()?,
            holder: self.u32()?,
            child: self.u32()?,
            started_at: Timestamp(self.u64()?.cast_signed()),
            size: self.size()?,
            first: self.u64()?,
            end: self.u64()?,
            exit: self.exit()?,
            history: match (self.u8()?, self.text()?) {
                (0, _) => Health::Off,
                (1, _) => Health::Fine,
                (2, cause) => Health::Failing(cause),
                (3.., _) => return Err(WireError::Nonsense(self.kind)),
            },
            lost: self.u64()?,
            program: self.text()?,
        })
    }
}

/// Cuts what comes from a socket into frames.
#[derive(Debug, Default)]
pub(super) struct Frames {
    bytes: Vec<u8>,
    taken: usize,
}

impl Frames {
    /// Returns where to append what was read.
    pub(super) fn space(&mut self) -> &mut Vec<u8> {
        if self.taken > 0 {
            self.bytes.drain(..self.taken);
            self.taken = 0;
        }
        if self.bytes.is_empty() && self.bytes.capacity() > MAX_FRAME {
            self.bytes = Vec::new();
        }
        &mut self.bytes
    }

    /// Returns the next whole frame's kind and payload, if there is one.
    pub(super) fn next(&mut self) -> Result<Option<(u8, &[u8])>, WireError> {
        let rest = self.bytes.get(self.taken..).unwrap_or_default();
        let Some((length, rest)) = rest.split_first_chunk() else { return Ok(None) };
        let claimed = u32::from_le_bytes(*length);
        let length = usize::try_from(claimed).unwrap_or(usize::MAX);
        if length > MAX_FRAME {
            return Err(WireError::TooLong(claimed));
        }
        let Some(frame) = rest.get(..length) else { return Ok(None) };
        let (kind, payload) = frame.split_first().ok_or(WireError::Empty)?;
        self.taken += 4 + length;
        Ok(Some((*kind, payload)))
    }
}

#[cfg(test)]
mod tests;
