//! The thread that writes a history. A disk that hangs hangs this thread and nothing else of the holder.
//!
//! It has one job at a time, so that what is handed over is bounded by the size of a block; what waits, waits in the ring.
//! It begins with the first job and ends with the holder.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel};
use std::thread;
use std::time::Instant;

use crate::pty::End;
use crate::pty::history::Recorder;
use crate::pty::launch::Keep;

/// The size of its stack, in bytes: it makes paths and writes bytes.
const STACK: usize = 128 * 1024;

/// What the thread is given to do.
pub(super) enum Job {
    /// To write a block whose first byte has this sequence number, in its stored form.
    Block { from: u64, stored: Vec<u8> },
    /// To write down how the agent ended.
    End(End),
    /// To look whether the folder of the history is there.
    Look,
}

/// The writing thread, as the holder's loop sees it.
pub(super) struct Writer {
    jobs: SyncSender<Job>,
    done: Receiver<io::Result<()>>,
    /// Readable when a job is done.
    bell: UnixStream,
}

impl Writer {
    /// Starts the thread; `first` is where the output begins that it will be given. A folder that was there before is not
    /// made anew: whoever removed it wants none.
    pub(super) fn start(keep: Keep, first: u64, had_folder: bool) -> io::Result<Writer> {
        let folder = keep.folder.clone();
        Writer::with(folder, move || {
            if had_folder {
                fs::symlink_metadata(&keep.folder)?;
            }
            Recorder::new(&keep.folder, keep.cap, first)
        })
    }

    /// Starts the thread for a recorder that it makes itself, again after each failure to make one.
    pub(super) fn with(
        folder: PathBuf,
        mut make: impl FnMut() -> io::Result<Recorder> + Send + 'static,
    ) -> io::Result<Writer> {
        let (jobs, given) = sync_channel::<Job>(1);
        let (tell, done) = sync_channel(1);
        let (bell, mut ring) = UnixStream::pair()?;
        bell.set_nonblocking(true)?;
        ring.set_nonblocking(true)?;
        let work = move || {
            let mut recorder = None;
            while let Ok(job) = given.recv() {
                let result = match job {
                    Job::Block { from, stored } => {
                        let made = match &mut recorder {
                            Some(recorder) => Ok(recorder),
                            None => make().map(|new| recorder.insert(new)),
                        };
                        made.and_then(|recorder| recorder.put(&stored, from))
                    }
                    Job::End(end) => end.store(&folder),
                    Job::Look => fs::symlink_metadata(&folder).map(drop),
                };
                if tell.send(result).is_err() {
                    return;
                }
                // A bell that is full of rings rings.
                let _ = ring.write(&[1]);
            }
        };
        thread::Builder::new().name("history".to_owned()).stack_size(STACK).spawn(work)?;
        Ok(Writer { jobs, done, bell })
    }

    /// Hands over a job. To be called only when the one before is done.
    pub(super) fn give(&self, job: Job) -> io::Result<()> {
        self.jobs.try_send(job).map_err(|_| io::Error::other("the writer of the history has ended"))
    }

    /// Returns how the job went, if it is done.
    pub(super) fn done(&self) -> Option<io::Result<()>> {
        match self.done.try_recv() {
            Ok(result) => Some(result),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Err(ended())),
        }
    }

    /// Waits for the job to be done; none if it is not by then.
    pub(super) fn wait(&self, until: Instant) -> Option<io::Result<()>> {
        match self.done.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(result) => Some(result),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some(Err(ended())),
        }
    }

    /// Returns what is readable when a job is done.
    pub(super) fn bell(&self) -> &UnixStream {
        &self.bell
    }
}

fn ended() -> io::Error {
    io::Error::other("the writer of the history has ended")
}
