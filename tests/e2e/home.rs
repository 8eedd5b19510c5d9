//! A home of its own for each test: its files, its daemon, its agents. Dropping it ends everything in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long anything may take before a test gives up; machines under load are slow, and nothing waits this long in vain.
pub const PATIENCE: Duration = Duration::from_secs(180);

/// A home and a folder to work in.
pub struct Home {
    folder: tempfile::TempDir,
}

/// The program under test.
pub fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_agentctl"))
}

impl Home {
    /// Makes an empty one.
    pub fn new() -> Home {
        let folder = tempfile::Builder::new().prefix("ac").tempdir().expect("a temporary folder");
        std::fs::create_dir(folder.path().join("work")).expect("a folder to work in");
        Home { folder }
    }

    /// Makes one with this session file.
    pub fn with(file: &str) -> Home {
        let home = Home::new();
        home.write("agentctl.toml", file);
        home
    }

    /// Returns the folder in which the program is run.
    pub fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// Returns where the program keeps its files.
    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file into the folder in which the program is run.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.work().join(name);
        std::fs::write(&path, text).expect("a file can be written");
        path
    }

    /// Returns the program, to be run here, with nothing of the outside in its environment but the PATH.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(program());
        command.args(args).current_dir(self.work()).env_clear().envs(self.env()).stdin(Stdio::null());
        command
    }

    /// Returns the environment in which the program is run.
    pub fn env(&self) -> Vec<(&'static str, std::ffi::OsString)> {
        vec![
            ("AGENTCTL_HOME", self.folder.path().into()),
            ("HOME", self.folder.path().into()),
            ("PATH", std::env::var_os("PATH").unwrap_or_default()),
            ("LANG", "C.UTF-8".into()),
            ("SHELL", "/bin/sh".into()),
            ("TERM", "xterm-256color".into()),
            ("COLORTERM", "truecolor".into()),
            ("AGENTCTL_LOG", std::env::var_os("AGENTCTL_LOG").unwrap_or_else(|| "info".into())),
        ]
    }

    /// Runs the program and returns what it printed, whatever its exit code.
    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("the program can be run")
    }

    /// Runs the program, which must succeed, and returns what it printed.
    pub fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(
            output.status.success(),
            "agentctl {args:?} failed: {}{}",
            text(&output.stdout),
            text(&output.stderr)
        );
        text(&output.stdout)
    }

    /// Runs the program with `--json`, which must succeed, and returns its answer.
    pub fn json(&self, args: &[&str]) -> Value {
        let answer = self.ok(&[args, &["--json"]].concat());
        serde_json::from_str(&answer).unwrap_or_else(|e| panic!("agentctl {args:?} --json: {e}: {answer}"))
    }

    /// Runs the program, which must fail with this exit code, and returns what it said.
    pub fn fails(&self, code: i32, args: &[&str]) -> String {
        let output = self.run(args);
        assert_eq!(
            output.status.code(),
            Some(code),
            "agentctl {args:?}: {}{}",
            text(&output.stdout),
            text(&output.stderr)
        );
        text(&output.stderr)
    }

    /// Returns one agent as `agentctl status` shows it.
    pub fn agent(&self, name: &str) -> Value {
        let status = self.json(&["status"]);
        let agents = status["agents"].as_array().cloned().unwrap_or_default();
        agents.into_iter().find(|agent| agent["name"] == name).unwrap_or(Value::Null)
    }

    /// Waits until an agent is in this state.
    pub fn wait_for_state(&self, name: &str, state: &str) -> Value {
        until(&format!("{name} to be {state}"), || {
            let agent = self.agent(name);
            if agent["state"] == state { Ok(agent) } else { Err(agent.to_string()) }
        })
    }

    /// Waits until an agent's pane shows this text.
    pub fn wait_for_screen(&self, name: &str, shown: &str) -> String {
        until(&format!("{name}'s pane to show {shown:?}"), || {
            let screen = self.ok(&["agent", "screen", name]);
            if screen.contains(shown) { Ok(screen) } else { Err(screen) }
        })
    }

    /// Returns the end of what the daemon wrote into its log.
    pub fn log(&self) -> String {
        let log = std::fs::read_to_string(self.root().join("data/daemon.log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(30)..].join("\n")
    }

    /// Returns the daemon's process.
    pub fn daemon(&self) -> i32 {
        let version = self.json(&["start"]);
        version["pid"].as_i64().and_then(|pid| i32::try_from(pid).ok()).expect("the daemon says its process")
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // A test that failed may have left anything; ending it is all that is left to do.
        let _ = self.command(&["down", "--all"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
        let _ = self.command(&["stop"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
        for pid in processes_of(self.folder.path()) {
            let _ = Command::new("kill").args(["-9", &pid.to_string()]).stderr(Stdio::null()).status();
        }
    }
}

/// Returns every process that was started for this home: it has the home in its environment or its arguments, works in
/// it, or serves a socket there, which is all by which a holder can be told.
pub fn processes_of(home: &Path) -> Vec<i32> {
    let mark = home.as_os_str().as_encoded_bytes();
    let own = std::process::id();
    let sockets = sockets_of(home);
    let serves = |pid: i32| {
        let held = std::fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
        let held = held.filter_map(|fd| std::fs::read_link(fd.path()).ok());
        !sockets.is_empty() && held.into_iter().any(|link| sockets.contains(&link))
    };
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok());
    pids.filter(|pid| u32::try_from(*pid) != Ok(own))
        .filter(|pid| {
            ["environ", "cmdline", "cwd"].iter().any(|what| {
                let path = format!("/proc/{pid}/{what}");
                let bytes = match *what {
                    "cwd" => std::fs::read_link(path).map(|p| p.as_os_str().as_encoded_bytes().to_vec()),
                    _ => std::fs::read(path),
                };
                bytes.is_ok_and(|bytes| bytes.windows(mark.len()).any(|part| part == mark))
            }) || serves(*pid)
        })
        .collect()
}

/// Returns the sockets that have a name in this home, as a descriptor of one reads.
fn sockets_of(home: &Path) -> Vec<PathBuf> {
    let table = std::fs::read_to_string("/proc/net/unix").unwrap_or_default();
    let fields = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let ours = fields.filter(|fields| fields.get(7).is_some_and(|path| Path::new(path).starts_with(home)));
    ours.filter_map(|fields| Some(format!("socket:[{}]", fields.get(6)?).into())).collect()
}

/// Waits until something holds. It is asked anew whenever a process had time to do something; what it said last is in
/// the message if it never holds.
pub fn until<T>(what: &str, mut holds: impl FnMut() -> Result<T, String>) -> T {
    let begun = Instant::now();
    loop {
        match holds() {
            Ok(value) => return value,
            Err(last) if begun.elapsed() > PATIENCE => {
                panic!("waited in vain for {what}; last seen:\n{last}")
            }
            Err(_) => std::thread::yield_now(),
        }
    }
}

/// Returns bytes as text.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
