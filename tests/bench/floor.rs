//! The floor of the design: as many processes as a key passes on its way to an agent and back, each of which only passes
//! bytes on. What agentctl takes above it is its own; what the floor takes above tmux is the price of agents that
//! outlive the daemon.

use std::io::{self, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use crate::window::{COLS, ROWS, Window};

/// The word by which this program is told that it is a link of the chain.
pub const RELAY: &str = "--relay";

/// A chain of three: one at the person's terminal, one in the middle, one that has the agent's terminal.
pub struct Chain {
    folder: tempfile::TempDir,
    links: Vec<Child>,
}

impl Chain {
    pub fn new() -> Chain {
        let folder = tempfile::Builder::new().prefix("acf").tempdir().expect("a temporary folder");
        let links = ["holder", "daemon"].map(|role| {
            let mut link = Command::new(std::env::current_exe().expect("this program"));
            link.args([RELAY, role]).arg(folder.path()).stdin(Stdio::null()).spawn().expect("a link starts")
        });
        Chain { folder, links: links.into() }
    }

    /// Opens its first link in a window.
    pub fn window(&self) -> Window {
        let mut command = CommandBuilder::new(std::env::current_exe().expect("this program"));
        command.args([RELAY, "client", &self.folder.path().display().to_string()]);
        Window::open(command)
    }
}

impl Drop for Chain {
    fn drop(&mut self) {
        for link in &mut self.links {
            let _ = link.kill();
            let _ = link.wait();
        }
    }
}

/// Is one link, until the next one is gone.
pub fn relay(role: &str, folder: &Path) {
    let upstream = |name: &str| loop {
        if let Ok(stream) = UnixStream::connect(folder.join(name)) {
            return stream;
        }
        std::thread::yield_now();
    };
    let downstream = |name: &str| {
        let listener = UnixListener::bind(folder.join(name)).expect("a socket");
        listener.accept().expect("the link before").0
    };
    let twice = |stream: UnixStream| (stream.try_clone().expect("a socket"), stream);
    match role {
        "client" => {
            crossterm::terminal::enable_raw_mode().expect("a terminal");
            let (read, write) = twice(upstream("daemon"));
            pump_both((io::stdin(), write), (read, io::stdout()));
        }
        "daemon" => {
            let ((read, write), (up, down)) = (twice(downstream("daemon")), twice(upstream("holder")));
            pump_both((read, down), (up, write));
        }
        _ => {
            let size = PtySize { rows: ROWS, cols: COLS, pixel_width: 0, pixel_height: 0 };
            let pair = native_pty_system().openpty(size).expect("a PTY");
            let mut agent = CommandBuilder::new("sh");
            agent.args(["-c", "echo READY; exec cat"]);
            let _agent = pair.slave.spawn_command(agent).expect("an agent");
            let master = (
                pair.master.try_clone_reader().expect("the PTY can be read"),
                pair.master.take_writer().expect("the PTY can be written"),
            );
            let (read, write) = twice(downstream("holder"));
            pump_both((read, master.1), (master.0, write));
        }
    }
}

fn pump_both(
    (from, to): (impl Read + Send + 'static, impl Write + Send + 'static),
    (back, home): (impl Read + Send + 'static, impl Write + Send + 'static),
) {
    std::thread::spawn(move || pump(from, to));
    pump(back, home);
}

/// Passes bytes on, then ends this process.
fn pump(mut from: impl Read, mut to: impl Write) {
    let mut bytes = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        if to.write_all(&bytes[..count]).and_then(|()| to.flush()).is_err() {
            break;
        }
    }
    std::process::exit(0);
}
