//! What is known of the programs that run agents, and what an agent is doing, read from evidence.
//!
//! An [`Adapter`] knows one program: how to detect, start, resume, submit to, interrupt and clear it, which screens it
//! shows, and how what it tells beside its screen (hooks, a status line, a notify program, files) is read into
//! [`Signal`](crate::domain::Signal)s. Adapters are data: TOML files that a person's own files override.
//!
//! A [`Detector`] gathers what one agent's terminal shows (the program status protocol, titles, progress,
//! notifications, prompt marks, the screen's text, output and its absence) and what its program tells, and fuses it
//! into one verdict; every piece is kept with its rule and age, so that a person can ask why. It never acts: a verdict
//! types nothing and restarts nothing.

mod definition;
mod detector;
mod draft;
mod expression;
mod fault;
mod file;
mod flags;
#[cfg(test)]
mod fused;
mod library;
mod prepare;
mod read;
mod records;
mod rule;
#[cfg(test)]
mod screens;
mod server;
mod settings;
mod shown;
mod status;
#[cfg(test)]
mod tests;
mod told;

pub use definition::{Adapter, Choose, Dialog, Paste, Submit, Version};
pub use detector::Detector;
pub use flags::{Expanded, Flag, Flags, McpEncoding, PatternEncoding};
pub use library::{Adapters, Own};
pub use prepare::{Around, Opening};
pub use read::{Head, Journal, Recorded, Served, journal_head, read_hook, read_session_file, said_last};
pub use records::{Form, Records, fits};
pub use rule::{Rules, View};
pub use server::{Address, Listen};
pub use settings::{own_status_line, status_line_files};
pub use shown::{ShownDialog, shown_dialog};
