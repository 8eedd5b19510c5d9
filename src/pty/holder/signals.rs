//! The signals that a holder gets, as bytes in pipes that its loop waits for.

use std::io::{self, Read};
use std::os::unix::net::UnixStream;

use signal_hook::consts::signal;

/// The pipes through which signals arrive.
pub(super) struct Signals {
    /// Readable when a process of the tree has died.
    pub(super) child: UnixStream,
    /// Readable when the holder was asked to end, as every process is when the machine goes down.
    pub(super) end: UnixStream,
}

impl Signals {
    /// Catches them, from now on and in what is started later.
    pub(super) fn catch() -> io::Result<Signals> {
        let pipe = |signals: &[i32]| -> io::Result<UnixStream> {
            let (read, write) = UnixStream::pair()?;
            read.set_nonblocking(true)?;
            for signal in signals {
                signal_hook::low_level::pipe::register(*signal, write.try_clone()?)?;
            }
            Ok(read)
        };
        // These do nothing to a holder. They are caught rather than ignored because the agent would inherit that,
        // just as it would inherit what the daemon ignores: a caught signal has its default meaning after exec.
        let ignored = [
            signal::SIGHUP,
            signal::SIGQUIT,
            signal::SIGALRM,
            signal::SIGUSR1,
            signal::SIGUSR2,
            signal::SIGTSTP,
            signal::SIGTTIN,
            signal::SIGTTOU,
        ];
        for signal in ignored {
            signal_hook::flag::register(signal, std::sync::Arc::default())?;
        }
        Ok(Signals { child: pipe(&[signal::SIGCHLD])?, end: pipe(&[signal::SIGTERM, signal::SIGINT])? })
    }

    /// Empties a pipe, so that it is readable again when the next signal comes.
    pub(super) fn drain(mut pipe: impl Read) {
        let mut bytes = [0; 64];
        while matches!(pipe.read(&mut bytes), Ok(1..)) {}
    }
}
