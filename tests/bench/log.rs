//! The record of a session: how many decisions a second it keeps, and what a large state costs a start and the loop.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::peer::Home;
use crate::table::{Table, percentile, time};

/// How many rows a large state has.
const ROWS: u64 = 100_000;

/// How many decisions pass before a state is kept, and some more.
const STATE_EVERY: usize = 2_100;

/// How many callers decide at a time, and how much each decides.
const CALLERS: (usize, usize) = (32, 2_000);

/// A connection to the daemon that stays.
struct Connection(BufReader<UnixStream>);

impl Connection {
    fn to(home: &Path) -> Connection {
        let stream = UnixStream::connect(home.join("run/daemon.sock")).expect("a daemon");
        Connection(BufReader::new(stream))
    }

    /// Asks, and returns the answer.
    fn ask(&mut self, method: &str, path: &str, body: &str) -> String {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.0.get_mut().write_all(request.as_bytes()).expect("a request can be written");
        let (mut line, mut length, mut status) = (String::new(), 0, String::new());
        while line != "\r\n" {
            line.clear();
            self.0.read_line(&mut line).expect("the head of an answer");
            if let Some(n) = line.to_lowercase().strip_prefix("content-length:") {
                length = n.trim().parse().expect("a length");
            } else if line.starts_with("HTTP/") {
                status.clone_from(&line);
            }
        }
        let mut answer = vec![0; length];
        self.0.read_exact(&mut answer).expect("an answer");
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(status.contains(" 200 "), "{path}: {status}{answer}");
        answer
    }

    fn command(&mut self, command: &str) {
        self.ask("POST", "/v1/sessions/log/commands", command);
    }
}

fn recolor(n: usize) -> String {
    let color = ["blue", "green"][n % 2];
    format!(r#"{{"command":"recolor_team","team":"team","color":"{color}"}}"#)
}

/// Asks how the daemon is, again and again, until told to stop; returns how long each answer took.
fn watch(home: &Path, until: &Arc<AtomicBool>) -> std::thread::JoinHandle<Vec<f64>> {
    let (mut connection, until) = (Connection::to(home), Arc::clone(until));
    std::thread::spawn(move || {
        let mut took = Vec::new();
        while !until.load(Ordering::Relaxed) {
            let begun = Instant::now();
            connection.ask("GET", "/v1/sessions", "");
            took.push(begun.elapsed().as_secs_f64());
            std::thread::park_timeout(Duration::from_millis(1));
        }
        took
    })
}

pub fn run(table: &mut Table) {
    decisions(table);
    large(table);
}

/// Many callers decide at a time.
fn decisions(table: &mut Table) {
    let agents = "[session]\nname='log'\n[executive]\nname='one'\ncommand=['cat']\n\
        [[team]]\nname='team'\n[[team.agent]]\nname='a'\ncommand=['cat']\ncount=49\n";
    let home = Home::with(agents);
    home.run(&["up"]);
    home.settles(50);
    let begun = Instant::now();
    let callers: Vec<_> = (0..CALLERS.0)
        .map(|_| {
            let mut connection = Connection::to(home.path());
            std::thread::spawn(move || (0..CALLERS.1).for_each(|n| connection.command(&recolor(n))))
        })
        .collect();
    callers.into_iter().for_each(|caller| caller.join().expect("every decision is answered"));
    #[expect(clippy::cast_precision_loss, reason = "some ten thousand")]
    let count = (CALLERS.0 * CALLERS.1) as f64;
    let rate = count / begun.elapsed().as_secs_f64();
    let what = format!("decisions a second, each on disk, {} callers over HTTP, 50 agents", CALLERS.0);
    table.add(&what, format!("{rate:.0}"), None, "≥ 10,000");
}

/// A state of a hundred thousand rows: messages that wait for an agent that asks something.
fn large(table: &mut Table) {
    let home = Home::with(
        "[session]\nname='log'\n[executive]\nname='one'\ncommand=['cat']\n[[team]]\nname='team'\n[[team.agent]]\n\
         name='asker'\ncommand=['sh','-c',\"printf '\\\\033]7501;state=blocked:kind=permission\\\\033\\\\\\\\'; exec cat\"]\n",
    );
    home.run(&["up"]);
    home.counts("waiting", 1);
    home.run(&["send", "asker", "one of many"]);
    let mut connection = Connection::to(home.path());
    (0..STATE_EVERY).for_each(|n| connection.command(&recolor(n)));
    drop(connection);
    home.run(&["stop"]);
    multiply(&home.path().join("data/sessions/log/session.db"));

    home.run(&["start"]);
    let until = Arc::new(AtomicBool::new(false));
    let watched = watch(home.path(), &until);
    let mut connection = Connection::to(home.path());
    (0..2 * STATE_EVERY).for_each(|n| connection.command(&recolor(n)));
    until.store(true, Ordering::Relaxed);
    let mut pauses = watched.join().expect("the daemon answers");
    let (slowest, usual) = (percentile(&mut pauses, 1.0), percentile(&mut pauses, 0.5));
    let text = format!("{} (median {})", time(slowest), time(usual));
    table.add("slowest answer while a state of 100,000 rows is kept", text, None, "≤ 10 ms");
    drop(connection);
    home.run(&["stop"]);
    let mut starts: Vec<f64> = (0..5)
        .map(|_| {
            let begun = Instant::now();
            home.run(&["start"]);
            let took = begun.elapsed().as_secs_f64();
            home.run(&["stop"]);
            took
        })
        .collect();
    let start = time(percentile(&mut starts, 0.5));
    table.add("start with a state of 100,000 rows, median", start, None, "≤ 1 s");
}

/// Makes many messages of the one that waits, in the state that is kept.
fn multiply(record: &Path) {
    let record = rusqlite::Connection::open(record).expect("the record");
    let parts = "SELECT key, body FROM entry WHERE collection = 'part' AND body LIKE '%one of many%'";
    let (key, body): (String, String) = record
        .query_row(parts, [], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("a state in which a message waits");
    let mut state: Value = serde_json::from_str(&body).expect("JSON");
    assert!(grow(&mut state), "{body}");
    record
        .execute("UPDATE entry SET body = ?1 WHERE key = ?2", [state.to_string(), key])
        .expect("the record can be changed");
}

/// Finds the list with the message, and fills it.
fn grow(value: &mut Value) -> bool {
    let is_it = |item: &Value| item["text"] == "one of many";
    match value {
        Value::Array(items) if items.iter().any(is_it) => {
            let one = items.iter().find(|item| is_it(item)).cloned().unwrap_or_default();
            for n in 0..ROWS {
                let mut another = one.clone();
                another["id"] = (1_000 + n).into();
                items.push(another);
            }
            true
        }
        Value::Array(items) => items.iter_mut().any(grow),
        Value::Object(fields) => fields.values_mut().any(grow),
        _ => false,
    }
}
