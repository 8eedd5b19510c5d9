//! A test apart from the network: it runs itself once more in a namespace in which there is loopback and nothing else.
//!
//! The model server, the daemon and the agents then share that namespace, so that what an agent program would send to
//! anybody else has no way out. Where the system gives no such namespace, the test goes on where it is, with a word:
//! the programs then still know no other address than the model server's.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::home::processes_of;

/// Set where a test is apart already.
const APART: &str = "AGENTCTL_LAB_APART";

/// How long one test may take, whatever its programs do; then everything of it is ended.
const LIMIT: Duration = Duration::from_secs(300);

/// The longest path of a folder for a test's home: sockets are kept in there, and their paths must be short.
const LONGEST: usize = 60;

/// Runs the body of a test apart from the network, and not for ever.
pub fn apart<F: FnOnce()>(body: F) {
    apart_within(LIMIT, body);
}

/// The same for one that takes longer than others.
pub fn apart_within<F: FnOnce()>(limit: Duration, body: F) {
    if std::env::var_os(APART).is_some() {
        body();
        return;
    }
    let name = std::any::type_name::<F>();
    let name = name.split_once("::").map_or(name, |(_, rest)| rest).trim_end_matches("::{{closure}}");
    let this = std::env::current_exe().expect("the test's own file");
    let mut inner = if possible() {
        let mut inner = Command::new("unshare");
        // Loopback has to be switched on in there.
        inner.args(["-rn", "sh", "-c", "ip link set lo up && exec \"$0\" \"$@\" 2>&1"]).arg(this);
        inner
    } else {
        println!(
            "not apart: this system gives no namespace without a network (unshare -rn); going on with loopback"
        );
        Command::new(this)
    };
    let folder = folder();
    inner.args([name, "--exact", "--include-ignored", "--nocapture", "--test-threads", "1"]);
    inner.env(APART, "1").env("TMPDIR", folder.path()).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut inner = inner.spawn().expect("the test can be run");
    let (ran, ended) = watch(&mut inner, limit);
    if !ended {
        let _ = inner.kill();
    }
    let status = inner.wait().expect("it ends");
    end_all(folder.path());
    assert!(ended, "the test had not ended after {limit:?}");
    assert!(ran, "no test is called {name}");
    assert!(status.success(), "the test failed apart from the network");
}

/// Prints what a test says until it ends or its time is over; returns whether it ran, and whether it ended.
fn watch(inner: &mut Child, limit: Duration) -> (bool, bool) {
    let said = BufReader::new(inner.stdout.take().expect("its output"));
    let (to, lines) = mpsc::sync_channel(256);
    std::thread::spawn(move || said.lines().map_while(Result::ok).try_for_each(|line| to.send(line)));
    let begun = Instant::now();
    let mut ran = false;
    loop {
        match lines.recv_timeout(Duration::from_millis(500)) {
            Ok(line) => {
                ran |= line.starts_with("running 1 test");
                println!("{line}");
            }
            Err(RecvTimeoutError::Disconnected) => return (ran, true),
            // What it left behind may keep its output open.
            Err(RecvTimeoutError::Timeout) if inner.try_wait().is_ok_and(|status| status.is_some()) => {
                return (ran, true);
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
        if begun.elapsed() > limit {
            return (ran, false);
        }
    }
}

/// Returns a folder for everything of one test. Gemini CLI takes no settings from below a folder that anybody may write
/// into, such as the usual one.
fn folder() -> tempfile::TempDir {
    let made = tempfile::Builder::new().prefix("r").tempdir_in(env!("CARGO_TARGET_TMPDIR"));
    let short = |folder: &tempfile::TempDir| folder.path().as_os_str().len() <= LONGEST;
    made.ok().filter(short).unwrap_or_else(|| tempfile::tempdir().expect("a temporary folder"))
}

/// Ends whatever a test left behind.
fn end_all(folder: &Path) {
    for pid in processes_of(folder) {
        let _ = Command::new("kill").args(["-9", &pid.to_string()]).stderr(Stdio::null()).status();
    }
}

fn possible() -> bool {
    let tried = Command::new("unshare")
        .args(["-rn", "ip", "link", "set", "lo", "up"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    tried.is_ok_and(|status| status.success())
}
