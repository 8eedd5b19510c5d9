//! The daemon's process: started when somebody needs it, ended on request.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::Command;
use tokio::signal::unix::{SignalKind, signal};

use super::failure::Failure;
use super::here::Here;
use super::output;
use crate::client::{ClientError, nobody_listens};
use crate::config::Paths;
use crate::daemon::Daemon;
use crate::protocol::VersionView;

/// How long a daemon that does not answer may take to be gone.
const GONE_WITHIN: Duration = Duration::from_secs(5);

/// What a daemon says once its doors are open.
const READY: &str = "ready";

/// Makes sure that a daemon of this version answers.
pub(super) async fn ensure(here: &Here) -> Result<VersionView, Failure> {
    let error = match here.client.version().await {
        Ok(version) => {
            ClientError::check(&version)?;
            return Ok(version);
        }
        Err(error) => error,
    };
    match &error {
        ClientError::NoDaemon { source, .. } if nobody_listens(source) => {}
        // It may be just ending; one that goes on and does not answer is another matter.
        ClientError::NoDaemon { .. } | ClientError::Http(_) if is_gone(&here.paths).await => {}
        _ => return Err(error.into()),
    }
    launch(&here.paths).await?;
    Ok(here.client.version().await?)
}

/// Waits a while for the daemon's lock to be free, and returns whether it is: then there is no daemon.
async fn is_gone(paths: &Paths) -> bool {
    matches!(tokio::time::timeout(GONE_WITHIN, unlocked(paths)).await, Ok(Ok(())))
}

/// Waits until the daemon's lock is free: until there is no daemon, however it ended.
async fn unlocked(paths: &Paths) -> io::Result<()> {
    let lock = paths.lock();
    let free = move || -> io::Result<()> { Ok(flock(File::open(lock)?, FlockOperation::LockShared)?) };
    tokio::task::spawn_blocking(free).await.map_err(io::Error::other)?
}

/// `agentctl start`
pub(super) async fn start(here: &Here) -> Result<(), Failure> {
    let version = ensure(here).await?;
    if here.json() {
        return output::json(&version);
    }
    output::line(&format!("the daemon runs: agentctl {}, process {}", version.program, version.pid))
}

/// `agentctl stop`
pub(super) async fn stop(here: &Here) -> Result<(), Failure> {
    match here.client.version().await {
        // Any version can be stopped: that is how one is replaced.
        Ok(_) => {}
        Err(ClientError::NoDaemon { source, .. }) if nobody_listens(&source) => {
            return if here.json() {
                output::json(&serde_json::json!({}))
            } else {
                output::line("no daemon runs")
            };
        }
        Err(error) => return Err(error.into()),
    }
    end(here).await?;
    if here.json() {
        return output::json(&serde_json::json!({}));
    }
    output::line("the daemon has ended; the agents go on")
}

/// Ends the daemon and waits until it is gone: until its lock is free.
pub(super) async fn end(here: &Here) -> Result<(), Failure> {
    let _: serde_json::Value = here.client.post("/v1/shutdown", &serde_json::json!({})).await?;
    let unsure = |e: io::Error| Failure::new("it is not known whether the daemon has ended").because(&e);
    unlocked(&here.paths).await.map_err(unsure)
}

/// Starts a daemon in a session of its own, and waits until its doors are open.
async fn launch(paths: &Paths) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure::new("the daemon could not be started").because(&error);
    let program = std::env::current_exe().map_err(failed)?;
    let mut daemon = Command::new(program)
        .arg("daemon")
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let (stdout, stderr) = (daemon.stdout.take(), daemon.stderr.take());
    let mut word = String::new();
    if let Some(stdout) = stdout {
        BufReader::new(stdout).read_line(&mut word).await.map_err(failed)?;
    }
    if word.trim() == READY {
        return Ok(());
    }
    let mut complaint = String::new();
    if let Some(mut stderr) = stderr {
        stderr.read_to_string(&mut complaint).await.map_err(failed)?;
    }
    daemon.wait().await.map_err(failed)?;
    // Two clients may have started one at the same time; whichever daemon came first serves both.
    if std::os::unix::net::UnixStream::connect(paths.socket()).is_ok() {
        return Ok(());
    }
    let cause = io::Error::other(complaint.trim().trim_start_matches("error: ").replace('\n', "; "));
    Err(failed(cause).hint(format!("its log is {}", paths.log().display())))
}

/// Is the daemon.
pub(super) async fn run(paths: Paths) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure::new("the daemon could not be started").because(&error);
    // It fails where the daemon was started as the leader of a group already, which is as good.
    let _ = rustix::process::setsid();
    log_to(&paths.log()).map_err(failed)?;
    hush_contained_panics();
    let program = std::env::current_exe().map_err(failed)?;
    let mut asked =
        [signal(SignalKind::terminate()).map_err(failed)?, signal(SignalKind::interrupt()).map_err(failed)?];
    let mut hangup = signal(SignalKind::hangup()).map_err(failed)?;
    let daemon = Daemon::start(paths, program).await.map_err(|e| Failure::new(e.to_string()))?;
    let (handle, listener, running) = daemon.doors();
    let (over, ended) = tokio::sync::oneshot::channel::<()>();
    let served = tokio::spawn(crate::http::serve(handle, listener, async move { drop(ended.await) }));
    detach().map_err(failed)?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "the daemon runs");
    let [term, int] = &mut asked;
    running
        .run(async {
            loop {
                tokio::select! {
                    _ = term.recv() => return,
                    _ = int.recv() => return,
                    // The terminal it was started from is gone; that is no reason to end.
                    _ = hangup.recv() => {}
                }
            }
        })
        .await;
    drop(over);
    // Clients that are still attached were told goodbye; nobody is waited for.
    served.abort();
    tracing::info!("the daemon has ended");
    Ok(())
}

/// Keeps silent about a panic that the terminal room contains: it costs one pane a repaint. Any other is logged.
fn hush_contained_panics() {
    std::panic::set_hook(Box::new(|panic| {
        if !crate::terminal::contains_panics() {
            tracing::error!("{panic}");
        }
    }));
}

/// Says that the doors are open, and lets go of whoever started this.
fn detach() -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{READY}")?;
    out.flush()?;
    let nothing = OpenOptions::new().read(true).write(true).open("/dev/null")?;
    rustix::stdio::dup2_stdin(&nothing)?;
    rustix::stdio::dup2_stdout(&nothing)?;
    rustix::stdio::dup2_stderr(&nothing)?;
    Ok(())
}

/// The log: what the daemon did and could not do, its owner's alone. It begins anew when it has grown large.
fn log_to(path: &Path) -> io::Result<()> {
    const LARGE: u64 = 8 << 20;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    if std::fs::metadata(path).is_ok_and(|log| log.len() > LARGE) {
        std::fs::rename(path, path.with_extension("log.old"))?;
    }
    let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
    let filter = tracing_subscriber::EnvFilter::try_from_env("AGENTCTL_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(file).init();
    Ok(())
}
