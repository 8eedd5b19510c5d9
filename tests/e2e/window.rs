//! A person's window: the program in a PTY of some size, its screen as a terminal would show it.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Instant;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::home::{Home, PATIENCE, program};

/// The program in a window.
pub struct Window {
    shown: Arc<Shown>,
    keys: Arc<Mutex<Box<dyn Write + Send>>>,
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
}

struct Shown {
    terminal: Mutex<Terminal>,
    changed: Condvar,
}

struct Terminal {
    parser: vt100::Parser,
    /// Everything the program wrote.
    bytes: Vec<u8>,
    ended: bool,
}

fn size(rows: u16, cols: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

fn cells(n: u16) -> NonZeroU16 {
    NonZeroU16::new(n).expect("a window has cells")
}

impl Window {
    /// Opens the program with these arguments in a window of this size.
    pub fn open(home: &Home, rows: u16, cols: u16, args: &[&str]) -> Window {
        Window::open_with(home, (rows, cols), args, &[])
    }

    /// Opens it with other values of these variables.
    pub fn open_with(home: &Home, (rows, cols): (u16, u16), args: &[&str], env: &[(&str, &str)]) -> Window {
        let pair = native_pty_system().openpty(size(rows, cols)).expect("a PTY");
        let mut command = CommandBuilder::new(program());
        command.args(args);
        command.cwd(home.work());
        command.env_clear();
        for (name, value) in home.env() {
            command.env(name, value);
        }
        for (name, value) in env {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).expect("the program starts");
        drop(pair.slave);
        let shown = Arc::new(Shown {
            terminal: Mutex::new(Terminal {
                parser: vt100::Parser::new(cells(rows), cells(cols), 0),
                bytes: Vec::new(),
                ended: false,
            }),
            changed: Condvar::new(),
        });
        let mut reader = pair.master.try_clone_reader().expect("the PTY can be read");
        let keys = Arc::new(Mutex::new(pair.master.take_writer().expect("the PTY can be written")));
        let (screen, answers) = (Arc::clone(&shown), Arc::clone(&keys));
        std::thread::spawn(move || {
            let mut buffer = vec![0; 64 << 10];
            loop {
                let read = reader.read(&mut buffer).unwrap_or(0);
                // What every terminal answers, so that the program need not wait for what this one does not.
                if memchr::memmem::find(&buffer[..read], b"\x1b[c").is_some() {
                    let mut keys = answers.lock().expect("the keys");
                    // A program that has ended asks no more.
                    let _ = keys.write_all(b"\x1b[?62;22c").and_then(|()| keys.flush());
                }
                let mut terminal = screen.terminal.lock().expect("the screen");
                terminal.parser.process(&buffer[..read]);
                terminal.bytes.extend_from_slice(&buffer[..read]);
                terminal.ended = read == 0;
                screen.changed.notify_all();
                if read == 0 {
                    return;
                }
            }
        });
        Window { shown, keys, master: pair.master, child }
    }

    /// Types these bytes.
    pub fn press(&self, bytes: &str) {
        let mut keys = self.keys.lock().expect("the keys");
        keys.write_all(bytes.as_bytes()).and_then(|()| keys.flush()).expect("keys can be pressed");
    }

    /// Gives the window another size.
    pub fn resize(&mut self, rows: u16, cols: u16) {
        let mut terminal = self.shown.terminal.lock().expect("the screen");
        terminal.parser.screen_mut().set_size(cells(rows), cells(cols));
        drop(terminal);
        self.master.resize(size(rows, cols)).expect("the window can be resized");
    }

    /// Waits until the screen is as wanted, and returns it as text.
    pub fn wait_until(&self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let begun = Instant::now();
        let mut terminal = self.shown.terminal.lock().expect("the screen");
        loop {
            let text = terminal.parser.screen().contents();
            if wanted(&text) {
                return text;
            }
            let left = PATIENCE.saturating_sub(begun.elapsed());
            assert!(!left.is_zero(), "waited in vain for {what}; the screen shows:\n{text}");
            assert!(!terminal.ended, "the program ended before {what}; the screen shows:\n{text}");
            terminal = self.shown.changed.wait_timeout(terminal, left).expect("the screen").0;
        }
    }

    /// Waits until the screen shows this text, and returns the screen.
    pub fn shows(&self, text: &str) -> String {
        self.wait_until(&format!("{text:?}"), |screen| screen.contains(text))
    }

    /// Returns everything the program wrote so far.
    pub fn bytes(&self) -> Vec<u8> {
        self.shown.terminal.lock().expect("the screen").bytes.clone()
    }

    /// Returns the screen as a terminal holds it.
    pub fn screen(&self) -> vt100::Screen {
        self.shown.terminal.lock().expect("the screen").parser.screen().clone()
    }

    /// Returns the rows and columns within the border of an agent's pane, as it is drawn.
    pub fn pane_size(&self, agent: &str) -> Option<(u16, u16)> {
        let screen = self.screen();
        let (rows, cols) = (screen.size().0.get(), screen.size().1.get());
        let at = |row: u16, col: u16| screen.cell(row, col).map_or("", vt100::Cell::contents).to_owned();
        let lines: Vec<String> = screen.rows(0, cols).collect();
        let top = lines.iter().position(|line| line.contains('┏') && line.contains(agent))?;
        let top = u16::try_from(top).ok()?;
        let left = (0..cols).find(|col| at(top, *col) == "┏")?;
        let right = (left + 1..cols).find(|col| at(top + 1, *col) == "┃")?;
        let corners = ["┗", "╰", "┟"];
        let bottom = (top + 1..rows).find(|row| corners.contains(&at(*row, left).as_str()))?;
        Some((bottom - top - 1, right - left - 1))
    }

    /// Waits until the program ends and everything it wrote is here, and returns its exit code.
    pub fn ends(&mut self) -> u32 {
        let code = self.child.wait().expect("the program ends").exit_code();
        let terminal = self.shown.terminal.lock().expect("the screen");
        let wait = self.shown.changed.wait_timeout_while(terminal, PATIENCE, |terminal| !terminal.ended);
        assert!(!wait.expect("the screen").1.timed_out(), "the program has ended and left its terminal open");
        code
    }

    /// Ends the program at once, as a window that is closed by force.
    pub fn kill(&mut self) {
        self.child.kill().expect("the program can be killed");
        self.child.wait().expect("the program ends");
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // A program that has ended cannot be killed again.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
