//! What the system tells of processes: when one began, its parent, group and session, its children, its words, its
//! environment, what it keeps open, and a way to know it again.
//!
//! Nothing here ends a process or decides about one. What cannot be read is not known: `None`, or nothing. On Linux it
//! is read from `/proc`; elsewhere only what POSIX tells is known, which is the leader of a process's session.

mod identity;
mod procfs;

pub use identity::Identity;
pub use procfs::{
    Stat, all, children, children_by_parent, command, environment, family, id, lists_children, open_files,
    pid, session, stat,
};
