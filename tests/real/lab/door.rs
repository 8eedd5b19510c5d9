//! What stands in the daemon's place for a program that is recorded: it is started as an agent would be, the door at
//! which its hooks knock is kept here, and its records are watched. Everything that is told is kept on the tape.
//!
//! A hook is answered as the daemon answers where nobody decides: at once with nothing, but for the one of Claude Code
//! that asks, which waits until the program goes on by itself. Its dialog stands on the screen meanwhile.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Instant;

use axum::extract::{Query, State};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::{oneshot, watch};

use super::terminal::Tape;
use crate::program::Launch;

/// The session that a program is told to be in.
const SESSION: &str = "lab";

/// The agent that it is told to be.
const AGENT: &str = "a";

/// How its conversation opens.
#[derive(Clone, Debug)]
pub enum Opens {
    New(String),
    Again(String),
}

/// Returns a copy of the program under test, made once: whoever builds it anew meanwhile spoils no recording.
pub fn program() -> &'static Path {
    static COPY: OnceLock<PathBuf> = OnceLock::new();
    COPY.get_or_init(|| {
        let copy = std::env::temp_dir().join("agentctl");
        std::fs::copy(crate::home::program(), &copy).expect("the program can be copied");
        copy
    })
}

/// Where the files of a start are, and the door of its hooks.
#[derive(Clone, Debug)]
pub struct Place {
    /// Stands for the home of agentctl.
    pub home: PathBuf,
    /// Where the program works.
    pub work: PathBuf,
}

impl Place {
    fn socket(&self) -> PathBuf {
        self.home.join("run/daemon.sock")
    }

    fn folder(&self) -> PathBuf {
        self.home.join("data/start-1")
    }

    /// Returns how a program is started as an agent: its command and its whole environment. The files of the start are
    /// written.
    pub fn prepare(&self, launch: &Launch, opens: &Opens) -> Launch {
        let path = std::env::var("PATH").unwrap_or_default();
        let home = self.home.to_string_lossy();
        let base = json!({"PATH": path, "LANG": "C.UTF-8", "SHELL": "/bin/sh", "AGENTCTL_HOME": home});
        let conversation = match opens {
            Opens::New(id) => json!([id, false]),
            Opens::Again(id) => json!([id, true]),
        };
        let wanted = json!({"launch": {"command": launch.command, "env": launch.env}, "session": SESSION,
            "agent": AGENT, "folder": self.folder(), "base": base, "conversation": conversation});
        let mut asked = Command::new(program())
            .args(["lab", "start"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program can be run");
        let mut to = asked.stdin.take().expect("its input");
        to.write_all(wanted.to_string().as_bytes()).expect("it reads what it is told");
        drop(to);
        let said = asked.wait_with_output().expect("it ends");
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        let told: Told = serde_json::from_slice(&said.stdout).expect("how it is started");
        Launch { command: told.command, env: told.env }
    }
}

#[derive(Debug, Deserialize)]
struct Told {
    command: Vec<String>,
    env: BTreeMap<String, String>,
}

/// The door of one start.
pub struct Door {
    /// The conversation that was told last.
    conversation: Arc<Mutex<Option<String>>>,
    /// When it was told that a tool is done.
    tools_done: Arc<Mutex<Vec<Instant>>>,
    ends: Option<oneshot::Sender<()>>,
    records: Option<Child>,
}

#[derive(Clone)]
struct Ears {
    tape: Arc<Tape>,
    /// Counts what a program told that shows that it has gone on.
    went_on: Arc<watch::Sender<u64>>,
    conversation: Arc<Mutex<Option<String>>>,
    tools_done: Arc<Mutex<Vec<Instant>>>,
}

#[derive(Debug, Deserialize)]
struct Asked {
    cli: String,
    epoch: Option<u32>,
    #[serde(default)]
    statusline: bool,
}

impl Door {
    /// Opens it; what is told goes onto this tape.
    pub fn open(place: &Place, tape: &Arc<Tape>) -> Door {
        let socket = place.socket();
        std::fs::create_dir_all(socket.parent().expect("a folder")).expect("a folder for the socket");
        // An earlier start of the same home may have left one.
        let _ = std::fs::remove_file(&socket);
        let listener = std::os::unix::net::UnixListener::bind(&socket).expect("a socket for hooks");
        listener.set_nonblocking(true).expect("a listener that does not block");
        let conversation = Arc::new(Mutex::new(None));
        let went_on = Arc::new(watch::Sender::new(0));
        let tools_done = Arc::default();
        let ears = Ears {
            tape: Arc::clone(tape),
            went_on,
            conversation: Arc::clone(&conversation),
            tools_done: Arc::clone(&tools_done),
        };
        let (ends, ended) = oneshot::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async move {
                let listener = tokio::net::UnixListener::from_std(listener).expect("a listener");
                let routes = Router::new().fallback(hear).with_state(ears);
                tokio::select! {
                    served = axum::serve(listener, routes) => served.expect("the door stays open"),
                    _ = ended => {}
                }
            });
        });
        Door { conversation, tools_done, ends: Some(ends), records: None }
    }

    /// Watches the records of the process that was started.
    pub fn watch(&mut self, place: &Place, pid: u32, command: &[String], tape: &Arc<Tape>) {
        let mut watched = Command::new(program())
            .args(["lab", "records", &pid.to_string()])
            .args([&place.work, &place.folder()])
            .arg("--")
            .args(command)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program can be run");
        let said = BufReader::new(watched.stdout.take().expect("its output"));
        let tape = Arc::clone(tape);
        let conversation = Arc::clone(&self.conversation);
        std::thread::spawn(move || {
            for line in said.lines().map_while(Result::ok) {
                let told: Value = serde_json::from_str(&line).expect("what the records say");
                if let Some(id) = told[1]["id"].as_str() {
                    *conversation.lock().expect("the conversation") = Some(id.to_owned());
                }
                tape.note(json!({"record": told}));
            }
        });
        self.records = Some(watched);
    }

    /// Returns the conversation that was told last.
    pub fn conversation(&self) -> Option<String> {
        self.conversation.lock().expect("the conversation").clone()
    }

    /// Returns when it was told that a tool is done.
    pub fn tools_done(&self) -> Vec<Instant> {
        self.tools_done.lock().expect("the tools").clone()
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.ends.take().map(|ends| ends.send(()));
        if let Some(records) = &mut self.records {
            let _ = records.kill();
            let _ = records.wait();
        }
    }
}

async fn hear(
    State(ears): State<Ears>,
    Query(asked): Query<Asked>,
    Json(payload): Json<Value>,
) -> Json<Value> {
    let event = payload["hook_event_name"].as_str().unwrap_or_default().to_owned();
    if let Some(id) = payload["session_id"].as_str() {
        *ears.conversation.lock().expect("the conversation") = Some(id.to_owned());
    }
    // What a task of its own does with tools is another matter.
    if ["PostToolUse", "PostToolUseFailure", "AfterTool"].contains(&event.as_str())
        && payload["agent_id"].is_null()
    {
        ears.tools_done.lock().expect("the tools").push(Instant::now());
    }
    let (statusline, asks) = (asked.statusline, asked.cli == "claude" && event == "PermissionRequest");
    ears.tape.note(json!({"hook": {"cli": asked.cli, "epoch": asked.epoch, "statusline": statusline,
        "payload": payload}}));
    if statusline {
        return Json(json!({"print": format!("{AGENT} · {SESSION}")}));
    }
    if asks {
        // Whoever hangs up is not waited for.
        let mut goes_on = ears.went_on.subscribe();
        let _ = goes_on.changed().await;
    } else if event != "Notification" {
        ears.went_on.send_modify(|n| *n += 1);
    }
    Json(json!({}))
}

/// Returns a random number in the form in which conversations have theirs.
pub fn new_number() -> String {
    let text = std::fs::read_to_string("/proc/sys/kernel/random/uuid").expect("a random number");
    text.trim().to_owned()
}

/// Returns a place for one take.
pub fn place(root: &Path) -> Place {
    Place { home: root.join("c"), work: root.join("work") }
}
