//! Writes an agent's history. It keeps no output itself: what could not be written is given to it again, as long as
//! the holder still has it.

use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::segments;
use crate::disk::create_private_folder;

/// The smallest cap, in bytes: eight segments of one block each.
const SMALLEST_CAP: u64 = 512 * 1024;
/// The largest segment, in bytes; a smaller cap makes smaller ones.
const LARGEST_SEGMENT: u64 = 8 * 1024 * 1024;

/// How bytes get into a segment: `pwrite` but in tests of a full disk.
type WriteAt = Box<dyn FnMut(&File, &[u8], u64) -> io::Result<usize> + Send>;

/// The one writer of a history.
pub(in crate::pty) struct Recorder {
    folder: PathBuf,
    cap: u64,
    closed: VecDeque<Closed>,
    open: Option<Open>,
    write_at: WriteAt,
}

struct Closed {
    path: PathBuf,
    len: u64,
}

struct Open {
    path: PathBuf,
    file: File,
    len: u64,
}

impl Recorder {
    /// Opens the history in `folder` for output from the sequence number `first` on, and keeps it below `cap` bytes.
    /// What it has of earlier runs stays, but for segments that begin at or after `first`.
    pub(in crate::pty) fn new(folder: &Path, cap: u64, first: u64) -> io::Result<Recorder> {
        create_private_folder(folder)?;
        let mut closed = VecDeque::new();
        for (begin, path) in segments(folder)? {
            if begin >= first {
                fs::remove_file(&path)?;
            } else {
                let len = fs::metadata(&path)?.len();
                closed.push_back(Closed { path, len });
            }
        }
        let write_at = Box::new(|file: &File, bytes: &[u8], offset| file.write_at(bytes, offset));
        Ok(Recorder { folder: folder.to_owned(), cap: cap.max(SMALLEST_CAP), closed, open: None, write_at })
    }

    /// Writes the stored form of a block that begins at the sequence number `first`. After an error nothing of it is
    /// on disk.
    pub(in crate::pty) fn put(&mut self, block: &[u8], first: u64) -> io::Result<()> {
        let most = (self.cap / 8).min(LARGEST_SEGMENT);
        if self.open.as_ref().is_none_or(|open| open.len >= most) {
            self.close();
            self.start(first)?;
        }
        self.make_room(block.len() as u64)?;
        let Some(open) = &mut self.open else { return Ok(()) };
        match write_all_at(&mut self.write_at, &open.file, block, open.len) {
            Ok(()) => {
                open.len += block.len() as u64;
                Ok(())
            }
            Err(error) => {
                // Half a block is of no use to anyone. Where not even this can be done, a new segment is begun.
                if open.file.set_len(open.len).is_err() {
                    self.close();
                }
                Err(error)
            }
        }
    }

    fn start(&mut self, first: u64) -> io::Result<()> {
        let path = self.folder.join(format!("{first:020}.log"));
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
        self.closed.retain(|closed| closed.path != path);
        self.open = Some(Open { path, file, len: 0 });
        Ok(())
    }

    fn close(&mut self) {
        if let Some(open) = self.open.take() {
            self.closed.push_back(Closed { path: open.path, len: open.len });
        }
    }

    /// Deletes the oldest segments until `more` bytes fit below the cap.
    fn make_room(&mut self, more: u64) -> io::Result<()> {
        let open = self.open.as_ref().map_or(0, |open| open.len);
        let mut total = open + self.closed.iter().map(|closed| closed.len).sum::<u64>();
        while total + more > self.cap {
            let Some(oldest) = self.closed.front() else { break };
            match fs::remove_file(&oldest.path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => total -= oldest.len,
            }
            self.closed.pop_front();
        }
        Ok(())
    }

    #[cfg(test)]
    pub(in crate::pty) fn with_disk(mut self, write_at: WriteAt) -> Recorder {
        self.write_at = write_at;
        self
    }
}

fn write_all_at(write_at: &mut WriteAt, file: &File, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match write_at(file, bytes, offset) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(n) => {
                bytes = bytes.get(n..).unwrap_or_default();
                offset += n as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
