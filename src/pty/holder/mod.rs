//! The holder: one process an agent, which has the agent's terminal, and nothing to decide.
//!
//! It is the program itself, started as `agentctl holder` by the daemon, and it outlives the daemon: it stays until it
//! is told to end, also when its agent has ended, so that no byte of output and no exit code is ever lost to a
//! daemon's crash; only one that is [abandoned] goes by itself. One thread does everything but writing to the disk, and is woken only when something happens.

mod abandoned;
mod connection;
mod input;
mod pace;
mod ready;
mod ring;
mod serve;
mod signals;
mod start;
mod stop;
mod transcript;
mod tree;
mod writer;

use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::{BorrowedFd, RawFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::ExitCode;

use rustix::fs::Mode;
use rustix::process::{Pid, setsid, umask};

use self::serve::Holder;
use self::signals::Signals;
use self::start::Terminal;
use self::tree::Tree;
use super::launch::{LaunchError, Report, Spec};
#[cfg(target_os = "linux")]
use super::place;
use crate::disk;

/// The longest launch spec, in bytes: an environment may be some megabytes long.
const LONGEST_SPEC: u64 = 32 * 1024 * 1024;

/// Runs a holder: reads a launch spec from standard input, starts the agent, reports on standard output, and serves.
/// Returns when it was told to end, or at once when nothing could be started.
pub fn holder_main() -> ExitCode {
    close_inherited();
    // A process that leads its group already is in a session of its own, or in one that someone arranged.
    let _ = setsid();
    let started = set_up();
    let report = match &started {
        Ok(holder) => Report::Ready { child: holder.child_id() },
        Err(error) => Report::Failed(error.clone()),
    };
    // If nobody listens any more, the agent runs all the same: another daemon will find the socket.
    let _ = tell(&report);
    match started {
        Ok(holder) => {
            detach();
            holder.serve();
            ExitCode::SUCCESS
        }
        Err(_) => ExitCode::FAILURE,
    }
}

fn set_up() -> Result<Holder, LaunchError> {
    let mut text = String::new();
    let spec = io::stdin()
        .take(LONGEST_SPEC)
        .read_to_string(&mut text)
        .map_err(|error| error.to_string())
        .and_then(|_| serde_json::from_str::<Spec>(&text).map_err(|error| error.to_string()))
        .map_err(|cause| LaunchError::BadSpec { cause })?;
    let refused = |error: io::Error| LaunchError::Refused { cause: error.to_string() };
    Tree::adopt_orphans().map_err(|error| refused(error.into()))?;
    let signals = Signals::catch().map_err(refused)?;
    if let Some(keep) = &spec.keep {
        // What cannot be made now is tried again with the first output.
        let _ = disk::create_private_folder(&keep.folder);
    }
    let mut listeners = vec![listen(&spec.socket)?];
    listeners.extend(spec.keep.as_ref().and_then(|keep| listen_aside(&keep.folder, &spec.socket)));
    let started =
        Terminal::open(spec.size).and_then(|terminal| Ok((start::start(&spec, &terminal)?, terminal)));
    match started {
        Ok((child, terminal)) => {
            let tree = Tree::new(Pid::from_child(&child));
            Ok(Holder::new(spec, terminal, tree, listeners, signals))
        }
        Err(error) => {
            // Nothing is served, so nobody must find it.
            let _ = fs::remove_file(&spec.socket);
            Err(error)
        }
    }
}

/// Closes whatever the starting process left open by mistake: a holder lives long, and would hold locks and pipes.
fn close_inherited() {
    let folder = if cfg!(target_os = "linux") { "/proc/self/fd" } else { "/dev/fd" };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let open: Vec<RawFd> = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    for fd in open.into_iter().filter(|fd| *fd > 2) {
        #[expect(unsafe_code, reason = "a descriptor that was inherited has no owner but this line")]
        // SAFETY: this is the first thing that the process does, so nothing in it has opened a descriptor yet. The one
        // that the folder was read through is in the list as well; it is closed already, which is asked first.
        unsafe {
            if rustix::io::fcntl_getfd(BorrowedFd::borrow_raw(fd)).is_ok() {
                rustix::io::close(fd);
            }
        }
    }
}

/// Serves the socket, for its owner alone. A socket that nobody listens on any more is replaced.
///
/// It gets its name only when it is listened on: whoever looks for holders takes one that refuses for dead.
fn listen(path: &Path) -> Result<UnixListener, LaunchError> {
    let failed = |cause: io::Error| LaunchError::NoSocket {
        socket: path.display().to_string(),
        cause: cause.to_string(),
    };
    if UnixStream::connect(path).is_ok() {
        return Err(failed(io::ErrorKind::AddrInUse.into()));
    }
    let draft = path.with_extension("new");
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    let before = umask(Mode::XUSR | Mode::RWXG | Mode::RWXO);
    let listener = UnixListener::bind(&draft);
    umask(before);
    let listener = listener.map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    fs::rename(&draft, path).map_err(|error| {
        // It has no name to be found by, so it should have none at all.
        let _ = fs::remove_file(&draft);
        failed(error)
    })?;
    Ok(listener)
}

/// Listens on the name without a file, too, by which a holder is found whose socket was removed. Without it, it is found
/// by its socket alone.
#[cfg(target_os = "linux")]
fn listen_aside(folder: &Path, socket: &Path) -> Option<UnixListener> {
    use std::os::linux::net::SocketAddrExt as _;
    use std::os::unix::net::SocketAddr;

    let name = SocketAddr::from_abstract_name(place::aside(folder, socket)?).ok()?;
    let listener = UnixListener::bind_addr(&name).ok()?;
    listener.set_nonblocking(true).ok()?;
    Some(listener)
}

#[cfg(not(target_os = "linux"))]
fn listen_aside(_folder: &Path, _socket: &Path) -> Option<UnixListener> {
    None
}

fn tell(report: &Report) -> io::Result<()> {
    let mut line = serde_json::to_vec(report)?;
    line.push(b'\n');
    let mut out = io::stdout().lock();
    out.write_all(&line)?;
    out.flush()
}

/// Lets go of everything that belongs to whoever started the holder.
fn detach() {
    let Ok(null) = OpenOptions::new().read(true).write(true).open("/dev/null") else { return };
    // Each of these can fail only if the descriptor does not exist, and then there is nothing to let go of.
    let _ = rustix::stdio::dup2_stdin(&null);
    let _ = rustix::stdio::dup2_stdout(&null);
    let _ = rustix::stdio::dup2_stderr(&null);
    let _ = rustix::process::chdir("/");
}
