//! The daemon's API as any program uses it: requests, and the events as they happen, each with the moment it came.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long an event may take before a measurement is given up.
const PATIENCE: Duration = Duration::from_secs(60);

/// The way to one session.
pub struct Api {
    socket: PathBuf,
    session: String,
}

/// Events from a moment on.
pub struct Events(mpsc::Receiver<(Instant, Value)>);

impl Api {
    pub fn of(home: &Path, session: &str) -> Api {
        Api { socket: home.join("run/daemon.sock"), session: session.to_owned() }
    }

    /// Asks for something to be done to an agent: `agents/one/start`.
    pub fn post(&self, path: &str) {
        let mut stream = self.ask("POST", path);
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
    }

    /// Follows the events from now on.
    pub fn follow(&self) -> Events {
        let mut stream = BufReader::new(self.ask("GET", "events/follow"));
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            stream.read_line(&mut line).expect("the head of an answer");
        }
        let (tell, events) = mpsc::sync_channel(4096);
        std::thread::spawn(move || {
            let mut line = String::new();
            // The daemon ends before whoever listens does.
            while stream.read_line(&mut line).is_ok_and(|read| read > 0) {
                let at = Instant::now();
                let event = line.strip_prefix("data:").and_then(|text| serde_json::from_str(text).ok());
                if event.is_some_and(|event| tell.send((at, event)).is_err()) {
                    return;
                }
                line.clear();
            }
        });
        Events(events)
    }

    fn ask(&self, method: &str, path: &str) -> UnixStream {
        let mut stream = UnixStream::connect(&self.socket).expect("a daemon");
        let head = format!(
            "{method} /v1/sessions/{}/{path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            self.session
        );
        stream.write_all(head.as_bytes()).expect("a request can be written");
        stream
    }
}

impl Events {
    /// Forgets what has come.
    pub fn forget(&self) {
        while self.0.try_recv().is_ok() {}
    }

    /// Waits until an agent is seen in a state that is wanted, and returns when that was told.
    pub fn state(&self, agent: &str, wanted: impl Fn(&str) -> bool) -> Instant {
        self.seen(agent, |seen| {
            let state = &seen["state"];
            // A waiting agent's state says what it waits for: {"waiting": "answer"}.
            let with_detail = || state.as_object().and_then(|state| state.keys().next()).map(String::as_str);
            state.as_str().or_else(with_detail).is_some_and(&wanted)
        })
    }

    /// Waits until an agent itself says that it is ready.
    pub fn says_it_is_idle(&self, agent: &str) -> Instant {
        self.seen(agent, |seen| seen["state"] == "idle" && seen["source"] == "status")
    }

    fn seen(&self, agent: &str, wanted: impl Fn(&Value) -> bool) -> Instant {
        loop {
            let (at, event) = self.0.recv_timeout(PATIENCE).expect("an event");
            if event["name"] == agent && wanted(&event["seen"]) {
                return at;
            }
        }
    }
}
