//! What programs tell beside their screens, read into signals: one file a program.
//!
//! Whatever is read here was written by an agent or its program: it is cleaned and bounded, and what is not understood
//! is left out. Nothing is guessed: a hook that says nothing of a state gives none.

mod claude;
mod codex;
mod gemini;
mod journal;
mod opencode;
mod payload;
#[cfg(test)]
mod tests;
mod tool;
mod usage;

use serde_json::Value;

pub use gemini::said_last;
pub use opencode::Served;

pub use journal::{Head, Journal, Recorded, journal_head};

use super::records::Form;
use crate::domain::{Signal, Timestamp};

/// Reads what a hook, a status line or a notify program was given. `cli` is the adapter's name.
#[must_use]
pub fn read_hook(cli: &str, payload: &Value) -> Vec<Signal> {
    match cli {
        "claude" => claude::read(payload),
        "codex" => codex::read(payload),
        "gemini" | "qwen" => gemini::read(payload),
        _ => Vec::new(),
    }
}

/// Reads the file in which a program keeps what it is doing, if it is the one of the process `pid`, which began at
/// `started` by the system's own count (the 22nd field of `/proc/PID/stat`), where that is known.
#[must_use]
pub fn read_session_file(form: Form, payload: &Value, pid: u32, started: Option<&str>) -> Vec<Recorded> {
    if form != Form::Claude {
        return Vec::new();
    }
    let since = ["statusUpdatedAt", "updatedAt"].iter().find_map(|field| payload.get(field)?.as_i64());
    let told = claude::read_session(payload, pid, started).into_iter();
    told.map(|signal| Recorded { signal, at: since.map(Timestamp) }).collect()
}
