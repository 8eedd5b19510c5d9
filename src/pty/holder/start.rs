//! Starts the agent's program in a terminal of its own.
//!
//! The terminal comes from portable-pty; the process does not. portable-pty's own way of starting one closes the
//! pipe through which the standard library reports a failed exec, so that a bad interpreter looks like a program that
//! aborts; it starts in `$HOME` when the folder does not exist; and it sets SHELL. None of that is wanted here.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use portable_pty::PtySize;
use rustix::fs::{Access, Mode, OFlags, access};
use rustix::io::Errno;
use rustix::process::{ioctl_tiocsctty, setsid};
use rustix::termios::{InputModes, OptionalActions, tcgetattr, tcsetattr};

use crate::pty::Size;
use crate::pty::launch::{LaunchError, Spec};

/// Where a command is looked for if the environment has no PATH.
const DEFAULT_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// A terminal.
pub(super) struct Terminal {
    /// Its master side; reads and writes on it do not block.
    pub(super) master: OwnedFd,
    /// Its other side, kept open so that the master does not report a hangup, again and again, while a program has
    /// merely closed its own.
    slave: OwnedFd,
}

impl Terminal {
    pub(super) fn open(size: Size) -> Result<Terminal, LaunchError> {
        let failed = |cause: String| LaunchError::NoTerminal { cause };
        let size = PtySize { rows: size.rows(), cols: size.cols(), pixel_width: 0, pixel_height: 0 };
        let pair = portable_pty::native_pty_system().openpty(size).map_err(|e| failed(e.to_string()))?;
        let master = pair.master.as_raw_fd().ok_or_else(|| failed("it has no master side".to_owned()))?;
        #[expect(unsafe_code, reason = "portable-pty lends its descriptor only as a number")]
        // SAFETY: `pair` owns the descriptor and lives to the end of this function.
        let master = unsafe { BorrowedFd::borrow_raw(master) };
        let master = rustix::io::fcntl_dupfd_cloexec(master, 3).map_err(|e| failed(e.to_string()))?;
        rustix::io::ioctl_fionbio(&master, true).map_err(|e| failed(e.to_string()))?;
        let name = pair.master.tty_name().ok_or_else(|| failed("it has no name".to_owned()))?;
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let slave = rustix::fs::open(name, flags, Mode::empty()).map_err(|e| failed(e.to_string()))?;
        set_utf8(&slave).map_err(|e| failed(e.to_string()))?;
        Ok(Terminal { master, slave })
    }
}

/// Has the line editing of the terminal erase whole characters, as every terminal emulator does.
fn set_utf8(terminal: &OwnedFd) -> Result<(), Errno> {
    let mut attributes = tcgetattr(terminal)?;
    attributes.input_modes.insert(InputModes::IUTF8);
    tcsetattr(terminal, OptionalActions::Now, &attributes)
}

/// Starts the program of `spec` as the leader of a session whose terminal is `terminal`.
pub(super) fn start(spec: &Spec, terminal: &Terminal) -> Result<Child, LaunchError> {
    let program = resolve(spec)?;
    let stdio = || terminal.slave.try_clone().map(Stdio::from).map_err(|error| explain(&error, &program));
    let mut command = Command::new(&program);
    command
        .args(spec.argv.iter().skip(1))
        .arg0(spec.argv.first().map_or(OsStr::new(""), OsString::as_os_str))
        .current_dir(&spec.cwd)
        .env_clear()
        .envs(spec.env.iter().map(|(name, value)| (name, value)))
        .stdin(stdio()?)
        .stdout(stdio()?)
        .stderr(stdio()?);
    #[expect(
        unsafe_code,
        reason = "nothing but code between fork and exec can make the terminal a controlling one"
    )]
    // SAFETY: it makes two system calls and touches no memory that another thread could have locked.
    unsafe {
        command.pre_exec(|| {
            setsid()?;
            ioctl_tiocsctty(rustix::stdio::stdin())?;
            Ok(())
        });
    }
    command.spawn().map_err(|error| explain(&error, &program))
}

/// Finds the program's file, and sees that it and the folder are what they should be.
fn resolve(spec: &Spec) -> Result<PathBuf, LaunchError> {
    let folder = spec.cwd.display().to_string();
    match fs::metadata(&spec.cwd) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(LaunchError::NoFolder { folder });
        }
        Ok(metadata) if metadata.is_dir() && access(&spec.cwd, Access::EXEC_OK).is_ok() => {}
        Ok(_) | Err(_) => return Err(LaunchError::BadFolder { folder }),
    }
    let command = spec.argv.first().filter(|command| !command.is_empty()).ok_or(LaunchError::NoCommand)?;
    if command.as_bytes().contains(&b'/') {
        return executable(&spec.cwd.join(command));
    }
    let path = spec.env.iter().rev().find(|(name, _)| name == "PATH").map(|(_, value)| value.as_os_str());
    let path = path.unwrap_or(OsStr::new(DEFAULT_PATH));
    let mut nearly = None;
    for folder in std::env::split_paths(path) {
        match executable(&spec.cwd.join(folder).join(command)) {
            Ok(program) => return Ok(program),
            Err(LaunchError::NotFound { .. }) => {}
            Err(error) => nearly = nearly.or(Some(error)),
        }
    }
    Err(nearly.unwrap_or_else(|| LaunchError::NotInPath {
        command: command.display().to_string(),
        path: path.display().to_string(),
    }))
}

fn executable(file: &Path) -> Result<PathBuf, LaunchError> {
    let command = file.display().to_string();
    match fs::metadata(file) {
        Ok(metadata) if metadata.is_file() && access(file, Access::EXEC_OK).is_ok() => Ok(file.to_owned()),
        Ok(_) => Err(LaunchError::NotExecutable { command }),
        Err(_) => Err(LaunchError::NotFound { command }),
    }
}

/// Says what an error of fork or exec means for this program.
fn explain(error: &io::Error, program: &Path) -> LaunchError {
    let command = program.display().to_string();
    match Errno::from_io_error(error) {
        Some(Errno::NOENT | Errno::ACCESS | Errno::LOOP | Errno::NOTDIR) => match interpreter(program) {
            Some(interpreter) => LaunchError::BadInterpreter { command, interpreter },
            None => LaunchError::NotExecutable { command },
        },
        Some(Errno::NOEXEC) => LaunchError::WrongFormat { command },
        Some(Errno::TOOBIG) => LaunchError::TooLong,
        Some(Errno::AGAIN) => LaunchError::TooManyProcesses,
        Some(Errno::MFILE | Errno::NFILE) => LaunchError::TooManyFiles,
        Some(Errno::NOMEM) => LaunchError::OutOfMemory,
        _ => LaunchError::Refused { cause: error.to_string() },
    }
}

/// Returns what a script's first line names to run it, or what stands for a binary's loader.
fn interpreter(program: &Path) -> Option<String> {
    let mut start = [0; 256];
    let length = File::open(program).and_then(|mut file| file.read(&mut start)).ok()?;
    let start = start.get(..length)?;
    if start.starts_with(b"\x7fELF") {
        return Some("its dynamic loader".to_owned());
    }
    let line = start.strip_prefix(b"#!")?.split(|byte| *byte == b'\n').next()?;
    let name = line.trim_ascii().split(u8::is_ascii_whitespace).next()?;
    Some(String::from_utf8_lossy(name).into_owned())
}
