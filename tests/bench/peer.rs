//! The two that race: agentctl with a home of its own, tmux with a server of its own.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use portable_pty::CommandBuilder;

use crate::window::Window;

/// The program that is measured.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_agentctl");

/// A home of its own for agentctl, with a session file.
pub struct Home {
    folder: tempfile::TempDir,
    program: PathBuf,
}

impl Home {
    /// Makes one with this session file.
    pub fn with(file: &str) -> Home {
        Home::of(PROGRAM.into(), file)
    }

    /// Makes one for another build of the program.
    pub fn of(program: PathBuf, file: &str) -> Home {
        let folder = tempfile::Builder::new().prefix("acb").tempdir().expect("a temporary folder");
        std::fs::create_dir(folder.path().join("work")).expect("a folder to work in");
        std::fs::write(folder.path().join("work/agentctl.toml"), file).expect("a session file");
        Home { folder, program }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the environment in which everything is run.
    pub fn env(&self) -> Vec<(&'static str, OsString)> {
        vec![
            ("AGENTCTL_HOME", self.folder.path().into()),
            ("HOME", self.folder.path().into()),
            ("PATH", std::env::var_os("PATH").unwrap_or_default()),
            ("LANG", "C.UTF-8".into()),
            ("TERM", "xterm-256color".into()),
            ("COLORTERM", "truecolor".into()),
        ]
    }

    /// Returns the program, to be run here.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(args).current_dir(self.folder.path().join("work")).env_clear().envs(self.env());
        command.stdin(Stdio::null());
        command
    }

    /// Runs the program and returns what it printed.
    pub fn run(&self, args: &[&str]) -> String {
        let output = self.command(args).output().expect("the program runs");
        assert!(output.status.success(), "agentctl {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Opens the screen in a window.
    pub fn window(&self) -> Window {
        let mut command = CommandBuilder::new(&self.program);
        command.cwd(self.folder.path().join("work"));
        command.env_clear();
        for (name, value) in self.env() {
            command.env(name, value);
        }
        Window::open(command)
    }

    /// Waits until every agent has come to rest.
    pub fn settles(&self, agents: usize) {
        self.counts("idle", agents);
    }

    /// Waits until so many agents are in a state, as `status` counts them.
    pub fn counts(&self, state: &str, agents: usize) {
        let wanted = format!("\"{state}\":{agents}");
        while !self.run(&["status", "--json"]).contains(&wanted) {
            std::thread::yield_now();
        }
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = self.command(&["down", "--all"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
}

/// A tmux server of its own; none where there is no tmux.
pub struct Tmux {
    folder: tempfile::TempDir,
    socket: PathBuf,
}

/// Returns which tmux the system has.
pub fn version() -> Option<String> {
    let output = Command::new("tmux").arg("-V").output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

impl Tmux {
    pub fn new() -> Option<Tmux> {
        version()?;
        let folder = tempfile::Builder::new().prefix("tmb").tempdir().expect("a temporary folder");
        let socket = folder.path().join("socket");
        Some(Tmux { folder, socket })
    }

    /// Opens a session that runs a command, in a window.
    pub fn window(&self, args: &[&str]) -> Window {
        let mut command = CommandBuilder::new("tmux");
        command.args(["-S", &self.socket.display().to_string(), "-f", "/dev/null"]);
        command.args(args);
        command.cwd(self.folder.path());
        command.env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("LANG", "C.UTF-8");
        command.env("TERM", "xterm-256color");
        Window::open(command)
    }

    /// Runs a tmux command.
    pub fn run(&self, args: &[&str]) {
        let status = Command::new("tmux").arg("-S").arg(&self.socket).args(args).status().expect("tmux runs");
        assert!(status.success(), "tmux {args:?}");
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        let mut end = Command::new("tmux");
        let _ = end.arg("-S").arg(&self.socket).arg("kill-server").stderr(Stdio::null()).status();
    }
}
