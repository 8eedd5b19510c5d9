//! An order: everything that is needed to start a run. It is written to a file for a run that another process does.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::MicroUsd;
use crate::headless::Format;

/// One run that is wanted: everything that is needed to start it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Order {
    /// What it is called: a number, or the name of its pane.
    pub run: String,
    /// What its program is asked.
    pub prompt: String,
    /// The adapter's name; none for a command of one's own.
    pub cli: Option<String>,
    /// The blueprint's name, if it follows one.
    pub blueprint: Option<String>,
    /// The model that was asked for.
    pub model: Option<String>,
    /// What it writes, by its word.
    pub format: String,
    /// The program, whole path, and its arguments.
    pub command: Vec<String>,
    /// Whether the prompt comes on standard input.
    pub stdin: bool,
    /// The folder to run it in.
    pub cwd: PathBuf,
    /// Variables that it gets beside those it inherits.
    pub env: BTreeMap<String, String>,
    /// Files made for it alone: path and text. The folder they lie in is gone with it.
    pub files: BTreeMap<PathBuf, String>,
    /// Variables that it must not inherit.
    pub scrub: Vec<String>,
    /// How long it may take.
    pub timeout: Option<Duration>,
    /// What it may spend.
    pub budget: Option<MicroUsd>,
    /// How long its program has after an interrupt.
    pub grace: Duration,
}

impl Order {
    /// Returns what it writes.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format.parse().unwrap_or(Format::Text)
    }
}

/// Returns a word that no other run of this user has.
#[must_use]
pub fn unique() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    format!("{}.{}.{}", std::process::id(), now.as_nanos(), COUNT.fetch_add(1, Ordering::Relaxed))
}
