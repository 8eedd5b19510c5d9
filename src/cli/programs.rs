//! The agent programs that are known by name, and which of them this machine has.

use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use crate::adapter::Version;
use crate::blueprint::Found;

/// A program that runs a model's agent: its name, what it is called on the command line, where it comes from.
pub(super) struct Known {
    pub(super) title: &'static str,
    pub(super) program: &'static str,
    pub(super) install: &'static str,
}

/// The programs that are known.
pub(super) const KNOWN: &[Known] = &[
    Known { title: "Claude Code", program: "claude", install: "npm install -g @anthropic-ai/claude-code" },
    Known { title: "Codex", program: "codex", install: "npm install -g @openai/codex" },
    Known { title: "Gemini CLI", program: "gemini", install: "npm install -g @google/gemini-cli" },
    Known { title: "opencode", program: "opencode", install: "npm install -g opencode-ai" },
    Known { title: "aider", program: "aider", install: "pip install aider-chat" },
    Known { title: "goose", program: "goose", install: "" },
    Known { title: "Cursor", program: "cursor-agent", install: "" },
    Known { title: "amp", program: "amp", install: "npm install -g @sourcegraph/amp" },
    Known { title: "Qwen Code", program: "qwen", install: "npm install -g @qwen-code/qwen-code" },
];

/// Returns the known programs that are on the PATH, in the order of the list.
pub(super) fn found() -> Vec<Found> {
    KNOWN
        .iter()
        .filter(|known| find(known.program).is_some())
        .map(|known| Found { title: known.title.to_owned(), program: known.program.to_owned() })
        .collect()
}

/// Returns where a program is on the PATH.
pub(super) fn find(program: &str) -> Option<PathBuf> {
    find_in(&std::env::var_os("PATH")?, program)
}

/// How long a program may take to tell its version.
const TELLS_WITHIN: Duration = Duration::from_secs(10);

/// Returns a program's version, if it tells it soon.
pub(super) async fn version(program: &Path, version: &Version) -> Option<String> {
    if version.args.is_empty() {
        return None;
    }
    let mut command = tokio::process::Command::new(program);
    command.args(&version.args).stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let told = tokio::time::timeout(TELLS_WITHIN, command.output()).await.ok()?.ok()?;
    version.read(&String::from_utf8_lossy(&told.stdout))
}

/// Returns where a program is on this PATH.
pub(super) fn find_in(path: &OsStr, program: &str) -> Option<PathBuf> {
    std::env::split_paths(path).map(|folder| folder.join(program)).find(|file| is_program(file))
}

/// Returns whether this is a file that may be executed.
pub(super) fn is_program(file: &Path) -> bool {
    file.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}
