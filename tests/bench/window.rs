//! A window of 200×50 with a program in it: what it writes is drained at once and its capability queries are answered,
//! as a terminal would.

use std::io::{Read as _, Write};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

pub const ROWS: u16 = 50;
pub const COLS: u16 = 200;

/// How long anything may take before a measurement is given up.
const PATIENCE: Duration = Duration::from_secs(180);

/// How many of the newest bytes are kept to look for words in.
const KEPT: usize = 256 << 10;

/// A program in a window.
pub struct Window {
    seen: Arc<(Mutex<Seen>, Condvar)>,
    keys: Arc<Mutex<Box<dyn Write + Send>>>,
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
    pub opened_at: Instant,
}

#[derive(Default)]
struct Seen {
    newest: Vec<u8>,
    total: usize,
}

impl Window {
    /// Opens a program in a window.
    pub fn open(command: CommandBuilder) -> Window {
        let size = PtySize { rows: ROWS, cols: COLS, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a PTY");
        let opened_at = Instant::now();
        let child = pair.slave.spawn_command(command).expect("the program starts");
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().expect("the PTY can be read");
        let keys = Arc::new(Mutex::new(pair.master.take_writer().expect("the PTY can be written")));
        let seen = Arc::new((Mutex::new(Seen::default()), Condvar::new()));
        let (shared, answers) = (Arc::clone(&seen), Arc::clone(&keys));
        std::thread::spawn(move || {
            let mut buffer = vec![0; 256 << 10];
            while let Ok(read) = reader.read(&mut buffer) {
                if read == 0 {
                    break;
                }
                let bytes = &buffer[..read];
                answer(bytes, &answers);
                let mut seen = shared.0.lock().expect("what was seen");
                seen.total += read;
                seen.newest.extend_from_slice(bytes);
                let excess = seen.newest.len().saturating_sub(KEPT);
                seen.newest.drain(..excess);
                shared.1.notify_all();
            }
        });
        Window { seen, keys, child, _master: pair.master, opened_at }
    }

    /// Types bytes and forgets what was seen before.
    pub fn press(&self, bytes: &str) {
        self.seen.0.lock().expect("what was seen").newest.clear();
        let mut keys = self.keys.lock().expect("the keys");
        keys.write_all(bytes.as_bytes()).and_then(|()| keys.flush()).expect("keys can be pressed");
    }

    /// Waits until these bytes were written since the last key.
    pub fn sees(&self, word: &str) {
        let begun = Instant::now();
        let (lock, changed) = &*self.seen;
        let mut seen = lock.lock().expect("what was seen");
        while memchr::memmem::find(&seen.newest, word.as_bytes()).is_none() {
            let left = PATIENCE.saturating_sub(begun.elapsed());
            assert!(
                !left.is_zero(),
                "waited in vain for {word:?}:\n{}",
                String::from_utf8_lossy(&seen.newest)
            );
            seen = changed.wait_timeout(seen, left).expect("what was seen").0;
        }
    }

    /// Waits until nothing was written for this long.
    pub fn rests(&self, span: Duration) {
        let (lock, changed) = &*self.seen;
        let mut seen = lock.lock().expect("what was seen");
        loop {
            let before = seen.total;
            seen =
                changed.wait_timeout_while(seen, span, |seen| seen.total == before).expect("what was seen").0;
            if seen.total == before {
                return;
            }
        }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Answers what a terminal is asked at the start: what it is, which keyboard protocol it has on, and whether programs may
/// tell it their state. What it is comes last: whoever has heard that waits for no other answer.
fn answer(bytes: &[u8], keys: &Mutex<Box<dyn Write + Send>>) {
    for (question, reply) in [
        (b"\x1b[?u".as_slice(), "\x1b[?0u"),
        (b"\x1b]7501;?", "\x1b]7501;?\x1b\\"),
        (b"\x1b[c", "\x1b[?62;22c"),
    ] {
        if memchr::memmem::find(bytes, question).is_some() {
            let mut keys = keys.lock().expect("the keys");
            keys.write_all(reply.as_bytes()).and_then(|()| keys.flush()).expect("a question can be answered");
        }
    }
}

/// Waits for a span of time: measuring is the one thing here that needs time itself to pass.
pub fn pass(span: Duration) {
    let never = (Mutex::new(()), Condvar::new());
    let guard = never.0.lock().expect("a fresh lock");
    drop(never.1.wait_timeout_while(guard, span, |()| true));
}
