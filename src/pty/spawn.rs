//! Starts a holder, and hears from it whether its agent runs.

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::launch::{LaunchError, Report, Spec};

/// A holder has so long to start its agent.
const PATIENCE: Duration = Duration::from_secs(20);
/// How much of what a failing holder complains about is kept, in bytes.
const LAST_WORDS: u64 = 2048;

/// An agent that runs in a holder of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Running {
    /// The agent's process.
    pub child: u32,
    /// The holder's process.
    pub holder: u32,
}

/// Why no agent runs.
#[derive(Debug, thiserror::Error)]
pub enum SpawnError {
    /// The holder runs nothing, and says why.
    #[error(transparent)]
    Launch(#[from] LaunchError),
    /// The holder itself could not be started or talked to.
    #[error("the holder `{program}` cannot be started")]
    Holder {
        /// The program.
        program: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The holder ended without a word about its agent.
    #[error("the holder ended at once ({status}): {last_words}")]
    Died {
        /// How it ended.
        status: ExitStatus,
        /// What it wrote to its standard error.
        last_words: String,
    },
    /// The holder says nothing.
    #[error("the holder did not answer within {} s", PATIENCE.as_secs())]
    Silent,
}

/// Starts a holder: `program`, which is this program, with the arguments that make it one. Returns when the agent
/// runs and the holder's socket can be connected to.
///
/// The holder is in nobody's way afterwards: it has its own session, holds none of the daemon's descriptors, and is
/// buried when it ends, by a task on the runtime that this is called on. If this is cancelled the holder may come up
/// all the same; it is found by its socket then.
///
/// # Errors
/// Fails if no agent runs, with the reason; then no holder runs either.
pub async fn spawn(program: &Path, args: &[&OsStr], spec: &Spec) -> Result<Running, SpawnError> {
    let failed = |source| SpawnError::Holder { program: program.display().to_string(), source };
    let mut holder = Command::new(program)
        .args(args)
        // What the agent gets is in the spec; the holder itself needs nothing, and keeps nothing to be read in /proc.
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let answer = timeout(PATIENCE, converse(&mut holder, spec)).await;
    let id = holder.id();
    match answer {
        Ok(Ok(Some(Report::Ready { child }))) => {
            tokio::spawn(async move { holder.wait().await });
            Ok(Running { child, holder: id.unwrap_or(0) })
        }
        Ok(Ok(Some(Report::Failed(error)))) => {
            holder.wait().await.map_err(failed)?;
            Err(error.into())
        }
        Ok(Ok(None)) => {
            let mut last_words = Vec::new();
            if let Some(stderr) = holder.stderr.take() {
                stderr.take(LAST_WORDS).read_to_end(&mut last_words).await.map_err(failed)?;
            }
            let status = holder.wait().await.map_err(failed)?;
            let last_words = String::from_utf8_lossy(&last_words).trim().to_owned();
            Err(SpawnError::Died { status, last_words })
        }
        Ok(Err(error)) => {
            holder.kill().await.map_err(failed)?;
            Err(failed(error))
        }
        Err(_) => {
            holder.kill().await.map_err(failed)?;
            Err(SpawnError::Silent)
        }
    }
}

/// Tells the holder what to do, and returns what it says; none if it ends instead.
async fn converse(holder: &mut Child, spec: &Spec) -> io::Result<Option<Report>> {
    let (Some(mut stdin), Some(stdout)) = (holder.stdin.take(), holder.stdout.take()) else {
        return Ok(None);
    };
    match stdin.write_all(&serde_json::to_vec(spec)?).await {
        // It is gone already, and its last words say more than this error.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        other => other?,
    }
    drop(stdin);
    let mut lines = BufReader::new(stdout.take(64 * 1024)).lines();
    while let Some(line) = lines.next_line().await? {
        // A wrapper around the program, a debugger or a test harness, may speak before it.
        if let Ok(report) = serde_json::from_str(&line) {
            return Ok(Some(report));
        }
    }
    Ok(None)
}
