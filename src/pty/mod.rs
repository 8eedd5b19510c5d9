//! The room of real terminals: the **holder**, one process an agent, and the daemon's way to it.
//!
//! A holder opens a PTY, starts the agent in it, keeps the output with sequence numbers in a ring and behind it on
//! disk, and serves a Unix socket. It decides nothing and outlives the daemon, so a daemon that dies loses no agent,
//! no byte and no exit code: the next one [connects](connect) to every holder from the last sequence number it has.
//! When an agent is stopped, nothing of its process tree is left.
//!
//! ```text
//! holder/     the process: terminal, child and its tree, ring, socket
//! wire        what is said over the socket; frozen
//! launch      what a holder is told at its start
//! place       where the holder of an agent is found
//! port        a port that is kept for a program
//! end         how an agent ended, if its holder is gone
//! spawn       the daemon's side: starting a holder,
//! search        finding one that runs,
//! client        and talking to it
//! orphan      an agent that has lost its holder, and its end
//! history/    output on disk, made of blocks; checkpoints beside it
//! block       a stretch of output with its timeline
//! timeline    when it came, and how large the terminal was
//! ```
//!
//! This room knows bytes, sizes and processes. It does not know what the bytes mean: that is the terminal's room.

mod block;
mod client;
mod end;
mod history;
mod holder;
mod launch;
mod orphan;
mod place;
mod port;
mod search;
mod spawn;
mod timeline;
mod wire;

pub use crate::domain::Size;
pub use block::Block;
pub use client::{ConnectError, Event, ReadError, Reader, Writer, connect};
pub use end::End;
pub use history::{Checkpoint, Checkpoints, History, Stored};
pub use holder::holder_main;
pub use launch::{Keep, Spec};
pub use orphan::{Orphan, START_VARIABLE};
pub use place::{Place, mark};
pub use port::KeptPort;
pub use search::{Found, Silent, search};
pub use spawn::spawn;
pub use wire::Status;

#[cfg(test)]
mod tests;
