//! The recorder: a program in a terminal of its own, everything it prints kept with its time, and everything that is
//! typed and resized kept beside it.
//!
//! The program is started as agentctl starts an agent, and what its hooks and records tell is kept beside the rest
//! ([`super::door`]). What it asks its terminal is answered by agentctl's own terminal (`agentctl lab answers`), so that it
//! behaves as in a pane. Without `told`, the question for the program status protocol (OSC 7501) stays unanswered.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use serde_json::{Value, json};

use super::door::{Door, Place, program};
use crate::program::Launch;

/// A program that is recorded.
pub struct Terminal {
    pub begun: Instant,
    shown: Arc<Shown>,
    keys: Arc<Mutex<Box<dyn Write + Send>>>,
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
    answers: std::process::Child,
    tape: Arc<Tape>,
    door: Door,
}

struct Shown {
    screen: Mutex<Screen>,
    changed: Condvar,
}

struct Screen {
    parser: vt100::Parser,
    printed_at: Instant,
    ended: bool,
}

/// What is kept, line by line, each with its time.
pub struct Tape {
    begun: Instant,
    file: Mutex<std::fs::File>,
}

impl Tape {
    pub fn note(&self, mut line: Value) {
        let at = self.begun.elapsed().as_millis();
        line["at"] = json!(u64::try_from(at).unwrap_or(u64::MAX));
        let mut file = self.file.lock().expect("the recording");
        writeln!(file, "{line}").expect("the recording can be written");
    }
}

fn size(rows: u16, cols: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

fn cells(n: u16) -> NonZeroU16 {
    NonZeroU16::new(n).expect("a terminal has cells")
}

impl Terminal {
    /// Starts a program in a terminal of this size, as an agent is started, recorded into `file`.
    pub fn start(
        launch: &Launch,
        place: &Place,
        (rows, cols): (u16, u16),
        told: bool,
        file: &Path,
    ) -> Terminal {
        let file = std::fs::File::create(file).expect("the recording can be written");
        let pair = native_pty_system().openpty(size(rows, cols)).expect("a PTY");
        let mut command = CommandBuilder::new(&launch.command[0]);
        command.args(&launch.command[1..]);
        command.cwd(&place.work);
        command.env_clear();
        for (name, value) in &launch.env {
            command.env(name, value);
        }
        let begun = Instant::now();
        let tape = Arc::new(Tape { begun, file: Mutex::new(file) });
        tape.note(json!({"command": launch.command, "size": [rows, cols], "told": told}));
        let mut door = Door::open(place, &tape);
        let child = pair.slave.spawn_command(command).expect("the program starts");
        door.watch(place, child.process_id().expect("it has a number"), &launch.command, &tape);
        drop(pair.slave);
        let screen = Screen {
            parser: vt100::Parser::new(cells(rows), cells(cols), 0),
            printed_at: begun,
            ended: false,
        };
        let shown = Arc::new(Shown { screen: Mutex::new(screen), changed: Condvar::new() });
        let keys = Arc::new(Mutex::new(pair.master.take_writer().expect("the PTY can be written")));
        let mut answers = Command::new(program())
            .args(["lab", "answers", &rows.to_string(), &cols.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the terminal that answers");
        let asked = answers.stdin.take().expect("its input");
        let answered = answers.stdout.take().expect("its output");
        let reader = pair.master.try_clone_reader().expect("the PTY can be read");
        let (screen, heard) = (Arc::clone(&shown), Arc::clone(&tape));
        std::thread::spawn(move || hear(reader, asked, &screen, &heard));
        let to = Arc::clone(&keys);
        std::thread::spawn(move || answer(answered, &to, told));
        Terminal { begun, shown, keys, master: pair.master, child, answers, tape, door }
    }

    /// Returns the conversation that the program told to be in.
    pub fn conversation(&self) -> Option<String> {
        self.door.conversation()
    }

    /// Returns when the program said that a tool was done.
    pub fn tools_done(&self) -> Vec<Instant> {
        self.door.tools_done()
    }

    /// Types these bytes.
    pub fn press(&self, bytes: &str) {
        self.tape.note(json!({"in": STANDARD.encode(bytes)}));
        let mut keys = self.keys.lock().expect("the keys");
        keys.write_all(bytes.as_bytes()).and_then(|()| keys.flush()).expect("keys can be pressed");
    }

    /// Gives the terminal another size.
    pub fn resize(&self, rows: u16, cols: u16) {
        self.tape.note(json!({"size": [rows, cols]}));
        let mut screen = self.shown.screen.lock().expect("the screen");
        screen.parser.screen_mut().set_size(cells(rows), cells(cols));
        drop(screen);
        self.master.resize(size(rows, cols)).expect("the terminal can be resized");
    }

    /// Returns what is on the screen.
    pub fn text(&self) -> String {
        self.shown.screen.lock().expect("the screen").parser.screen().contents()
    }

    /// Returns when something was printed last.
    pub fn printed_at(&self) -> Instant {
        self.shown.screen.lock().expect("the screen").printed_at
    }

    /// Waits until the screen is as wanted.
    pub fn wait(&self, what: &str, wanted: impl Fn(&str) -> bool) -> Result<(), String> {
        let begun = Instant::now();
        let mut screen = self.shown.screen.lock().expect("the screen");
        loop {
            let text = screen.parser.screen().contents();
            if wanted(&text) {
                return Ok(());
            }
            let left = crate::PATIENCE.saturating_sub(begun.elapsed());
            if left.is_zero() || screen.ended {
                let ended = if screen.ended { "it ended before" } else { "waited in vain for" };
                return Err(format!("{ended} {what}; the screen shows:\n{text}"));
            }
            screen = self.shown.changed.wait_timeout(screen, left).expect("the screen").0;
        }
    }

    /// Waits until nothing has been printed for so long.
    pub fn rest(&self, rest: Duration) {
        let begun = Instant::now();
        let mut screen = self.shown.screen.lock().expect("the screen");
        while screen.printed_at.elapsed() < rest && begun.elapsed() < rest * 4 && !screen.ended {
            let left = rest.saturating_sub(screen.printed_at.elapsed());
            screen = self.shown.changed.wait_timeout(screen, left).expect("the screen").0;
        }
    }

    /// Lets the recording go on for so long: a state is measured by the time it lasts.
    #[expect(
        clippy::disallowed_methods,
        reason = "it is the recording itself that must last; nothing is hoped for"
    )]
    pub fn dwell(&self, span: Duration) {
        std::thread::sleep(span);
    }

    /// Waits for the program's end.
    pub fn ends(&mut self) -> Result<u32, String> {
        let begun = Instant::now();
        let mut screen = self.shown.screen.lock().expect("the screen");
        while !screen.ended {
            let left = crate::PATIENCE.saturating_sub(begun.elapsed());
            if left.is_zero() {
                let text = screen.parser.screen().contents();
                return Err(format!("it does not end; the screen shows:\n{text}"));
            }
            screen = self.shown.changed.wait_timeout(screen, left).expect("the screen").0;
        }
        drop(screen);
        let status = self.child.wait().map_err(|e| e.to_string())?;
        self.tape.note(json!({"exit": status.exit_code()}));
        Ok(status.exit_code())
    }

    /// Keeps the end of the recording.
    pub fn close(&self) {
        self.tape.note(json!({"end": true}));
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = self.answers.kill();
        let _ = self.answers.wait();
    }
}

fn hear(mut reader: Box<dyn Read + Send>, mut asked: impl Write, shown: &Shown, tape: &Tape) {
    let mut buffer = vec![0; 64 << 10];
    loop {
        let read = reader.read(&mut buffer).unwrap_or(0);
        let bytes = &buffer[..read];
        let printed_at = Instant::now();
        if read > 0 {
            tape.note(json!({"out": STANDARD.encode(bytes)}));
            // Who no longer listens is not asked.
            let _ = asked.write_all(bytes).and_then(|()| asked.flush());
        }
        let mut screen = shown.screen.lock().expect("the screen");
        screen.parser.process(bytes);
        screen.printed_at = printed_at;
        screen.ended = read == 0;
        shown.changed.notify_all();
        if read == 0 {
            return;
        }
    }
}

fn answer(mut from: impl Read, to: &Mutex<Box<dyn Write + Send>>, told: bool) {
    let mut buffer = vec![0; 4 << 10];
    while let Ok(read) = from.read(&mut buffer)
        && read > 0
    {
        let mut bytes = buffer[..read].to_vec();
        if !told && let Some(at) = memchr::memmem::find(&bytes, b"\x1b]7501;") {
            let end =
                bytes[at..].iter().position(|b| *b == 7 || *b == b'\\').map_or(bytes.len(), |n| at + n + 1);
            bytes.drain(at..end);
        }
        let mut keys = to.lock().expect("the keys");
        // A program that has ended asks no more.
        let _ = keys.write_all(&bytes).and_then(|()| keys.flush());
    }
}
