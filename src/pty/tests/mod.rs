//! Tests with real holders, real terminals and real children.
//!
//! The holder is this very test binary, started with the one ignored test that is a holder; so what is tested is what
//! was compiled. What a test waits for has a name and a deadline; nothing sleeps.

mod disk;
mod found;
mod input;
mod launch;
mod measure;
mod pace;
mod stop;
mod stream;
mod survive;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::time::timeout;

use super::spawn::{Running, SpawnError};
use super::wire::{Health, Status};
use super::*;
use crate::domain::Exit;

const SIZE: Size = Size::new(24, 80);
/// The arguments that make this test binary a holder.
const HOLDER: [&str; 4] = ["--exact", "pty::tests::holder_process", "--ignored", "--nocapture"];

#[test]
#[ignore = "it is the holder process of the other tests"]
fn holder_process() {
    let code = holder_main();
    std::process::exit(i32::from(format!("{code:?}") != format!("{:?}", std::process::ExitCode::SUCCESS)));
}

/// An agent in a holder, in a folder of its own. Both end with it.
struct Agent {
    folder: TempDir,
    spec: Spec,
    running: Running,
}

impl Agent {
    /// Starts a shell script as an agent.
    async fn sh(script: &str) -> Agent {
        Agent::start(&["/bin/sh", "-c", script], |_| ()).await
    }

    async fn start(argv: &[&str], change: impl FnOnce(&mut Spec)) -> Agent {
        let folder = tempfile::tempdir().unwrap();
        let mut spec = spec(folder.path(), argv);
        change(&mut spec);
        let running = start(&spec).await.unwrap();
        Agent { folder, spec, running }
    }

    async fn connect(&self, follow: Option<u64>) -> (Status, Reader, Writer) {
        within("a connection", connect(&self.spec.socket, follow)).await.unwrap()
    }

    /// Follows the output from the beginning until `text` has come, and stays connected.
    async fn until(&self, text: &str) -> (Reader, Writer) {
        let (_, mut reader, writer) = self.connect(Some(0)).await;
        reader.until(text).await;
        (reader, writer)
    }

    fn history(&self) -> History {
        History::new(&self.spec.keep.as_ref().unwrap().folder)
    }

    /// Ends the holder, and waits until it is gone, buried and all.
    async fn end(&self) {
        let (_, mut reader, mut writer) = self.connect(None).await;
        writer.end().await.unwrap();
        while within("the end of the connection", reader.next()).await.is_ok_and(|event| event.is_some()) {}
        self.gone().await;
    }

    async fn gone(&self) {
        let process = PathBuf::from(format!("/proc/{}", self.running.holder));
        eventually("the holder is gone, and no zombie is left of it", || !process.exists()).await;
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        // A test that failed leaves its holder behind; a signal that comes too late harms nobody.
        if let Some(pid) = Pid::from_raw(self.running.holder.cast_signed())
            && fs::read_to_string(format!("/proc/{}/cmdline", self.running.holder))
                .is_ok_and(|line| line.contains(HOLDER[1]))
        {
            let _ = kill_process(pid, Signal::TERM);
            let _ = kill_process(pid, Signal::CONT);
        }
    }
}

impl Reader {
    async fn event(&mut self) -> Event {
        within("an event", self.next()).await.unwrap().unwrap()
    }

    /// Reads output until `text` has come; returns all of it.
    async fn until(&mut self, text: &str) -> String {
        let mut seen = String::new();
        while !seen.contains(text) {
            match within(&format!("`{text}` after `{seen}`"), self.next()).await.unwrap() {
                Some(Event::Output { bytes, .. }) => seen.push_str(&String::from_utf8_lossy(&bytes)),
                Some(Event::Exited(exit)) => panic!("the agent {exit} after `{seen}`, before `{text}`"),
                Some(_) => {}
                None => panic!("the connection ended after `{seen}`, before `{text}`"),
            }
        }
        seen
    }

    /// Reads to the agent's end; returns all output, and how it ended.
    async fn rest(&mut self) -> (String, Exit) {
        let mut seen = Vec::new();
        loop {
            match self.event().await {
                Event::Output { bytes, .. } => seen.extend(bytes),
                Event::Exited(exit) => return (String::from_utf8(seen).unwrap(), exit),
                _ => {}
            }
        }
    }

    /// Waits for the agent's end without following its output.
    async fn exit(&mut self) -> Exit {
        loop {
            if let Event::Status(Status { exit: Some(exit), .. }) = self.event().await {
                return exit;
            }
        }
    }

    async fn stopped(&mut self) -> u32 {
        loop {
            if let Event::Stopped { left } = self.event().await {
                return left;
            }
        }
    }

    /// Waits for the answer to a question about how things are.
    async fn answer(&mut self) -> Status {
        loop {
            if let Event::Status(status) = self.event().await {
                return status;
            }
        }
    }
}

fn spec(folder: &Path, argv: &[&str]) -> Spec {
    Spec {
        socket: folder.join("agent.sock"),
        keep: Some(Keep { folder: folder.join("history"), cap: 64 << 20 }),
        first_seq: 0,
        argv: argv.iter().map(OsString::from).collect(),
        cwd: folder.to_owned(),
        env: vec![("PATH".into(), "/usr/local/bin:/usr/bin:/bin".into()), ("TERM".into(), "dumb".into())],
        size: SIZE,
    }
}

async fn start(spec: &Spec) -> Result<Running, SpawnError> {
    let program = std::env::current_exe().unwrap();
    within("the start of an agent", spawn(&program, &HOLDER.map(OsStr::new), spec)).await
}

/// Awaits something that must happen soon, whatever the machine is busy with.
async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(60), future).await.unwrap_or_else(|_| panic!("waited in vain for {what}"))
}

/// Waits until something is so that nobody tells of.
async fn eventually(what: &str, is_so: impl Fn() -> bool) {
    within(what, async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    })
    .await;
}

/// Returns how much memory of its own a process has, in kB.
fn memory(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("RssAnon:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Returns the processes that have `tag` in their environment.
fn tagged(tag: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let environ = fs::read(entry.path().join("environ")).unwrap_or_default();
        if environ.windows(tag.len()).any(|window| window == tag.as_bytes()) {
            found.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    found
}

/// Returns the state letters of a process's children.
fn children(pid: u32) -> Vec<char> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let mut fields = stat.rsplit(") ").next().unwrap_or_default().split(' ');
        let (state, parent) = (fields.next(), fields.next());
        if parent.and_then(|parent| parent.parse().ok()) == Some(pid) {
            found.extend(state.and_then(|state| state.chars().next()));
        }
    }
    found
}

/// Numbers that look random and are the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}
