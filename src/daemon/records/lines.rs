//! A file that grows, read line by line: only what is new, only whole lines, never more than a bounded piece at a time.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// The longest line that is read, in bytes; a longer one is skipped.
const LONGEST: usize = 4 << 20;

/// The most that is read at a time, in bytes.
const AT_ONCE: u64 = 16 << 20;

/// What tells whether a file has changed: its number, its length, and when it was written.
type Stamp = (u64, u64, i64, i64);

/// A file that grows.
#[derive(Debug)]
pub(super) struct Lines {
    path: PathBuf,
    seen: Option<Stamp>,
    /// Up to where it was read.
    at: u64,
    /// The beginning of a line whose end is not there yet.
    rest: Vec<u8>,
    /// The line that is being read is too long.
    skips: bool,
}

/// What became of a look at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grown {
    /// It is as it was.
    Not,
    /// It was read to its end.
    ToEnd,
    /// There is more to be read.
    InPart,
    /// It is another one, or was cut off: it must be read from its beginning.
    Anew,
}

/// Returns what tells whether a file has changed.
pub(super) fn stamp(about: &Metadata) -> Stamp {
    (about.ino(), about.len(), about.mtime(), about.mtime_nsec())
}

/// Opens an ordinary file; whatever else stands there is not waited for.
pub(super) fn open(path: &Path) -> io::Result<(File, Metadata)> {
    let flags = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or_default();
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    let about = file.metadata()?;
    if about.is_file() { Ok((file, about)) } else { Err(io::ErrorKind::InvalidInput.into()) }
}

impl Lines {
    pub(super) fn new(path: PathBuf) -> Lines {
        Lines { path, seen: None, at: 0, rest: Vec::new(), skips: false }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Reads what is new, and gives each whole line.
    pub(super) fn read(&mut self, mut take: impl FnMut(&str)) -> io::Result<Grown> {
        let now = stamp(&std::fs::metadata(&self.path)?);
        if self.seen == Some(now) && self.at >= now.1 {
            return Ok(Grown::Not);
        }
        if now.1 < self.at || self.seen.is_some_and(|seen| seen.0 != now.0) {
            *self = Lines::new(std::mem::take(&mut self.path));
            return Ok(Grown::Anew);
        }
        let (mut file, about) = open(&self.path)?;
        file.seek(SeekFrom::Start(self.at))?;
        let mut piece = vec![0; 64 << 10];
        let mut left = AT_ONCE;
        let mut file = file.take(AT_ONCE);
        loop {
            let read = file.read(&mut piece)?;
            self.at += read as u64;
            left -= read as u64;
            if read == 0 {
                break;
            }
            self.split(&piece[..read], &mut take);
        }
        self.seen = Some(stamp(&about));
        Ok(if left == 0 { Grown::InPart } else { Grown::ToEnd })
    }

    fn split(&mut self, mut piece: &[u8], take: &mut impl FnMut(&str)) {
        while let Some(end) = piece.iter().position(|byte| *byte == b'\n') {
            let (line, after) = piece.split_at(end);
            piece = &after[1..];
            if std::mem::take(&mut self.skips) || self.rest.len() + line.len() > LONGEST {
                self.rest = Vec::new();
                continue;
            }
            self.rest.extend_from_slice(line);
            if let Ok(line) = std::str::from_utf8(&self.rest) {
                take(line);
            }
            self.rest.clear();
        }
        if self.skips || self.rest.len() + piece.len() > LONGEST {
            self.rest = Vec::new();
            self.skips = true;
        } else {
            self.rest.extend_from_slice(piece);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn read(lines: &mut Lines) -> (Grown, Vec<String>) {
        let mut out = Vec::new();
        let grown = lines.read(|line| out.push(line.chars().take(20).collect())).unwrap();
        (grown, out)
    }

    #[test]
    fn only_whole_new_lines_are_read_and_one_that_is_too_long_is_skipped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        let mut file = File::create(&path).unwrap();
        let mut lines = Lines::new(path.clone());
        let mut put = |text: &[u8]| file.write_all(text).unwrap();
        put(b"one\ntw");
        assert_eq!(read(&mut lines), (Grown::ToEnd, vec!["one".to_owned()]));
        assert_eq!(read(&mut lines), (Grown::Not, vec![]));
        put(b"o\n\xff\n");
        assert_eq!(read(&mut lines), (Grown::ToEnd, vec!["two".to_owned()]), "what is no text is left out");
        put(&vec![b'x'; LONGEST + 10]);
        assert_eq!(read(&mut lines), (Grown::ToEnd, vec![]));
        assert!(lines.rest.len() <= LONGEST);
        put(b"x\nthree\n");
        assert_eq!(read(&mut lines), (Grown::ToEnd, vec!["three".to_owned()]));
        let many = "y\n".repeat(AT_ONCE as usize / 2 + 5);
        put(many.as_bytes());
        let (grown, first) = read(&mut lines);
        assert_eq!((grown, first.len()), (Grown::InPart, AT_ONCE as usize / 2));
        assert_eq!(read(&mut lines).1.len(), 5);

        std::fs::write(&path, "anew\n").unwrap();
        assert_eq!(read(&mut lines), (Grown::Anew, vec![]));
        assert_eq!(read(&mut lines), (Grown::ToEnd, vec!["anew".to_owned()]));
        std::fs::remove_file(&path).unwrap();
        assert!(lines.read(|_| ()).is_err());
        rustix::fs::mkfifoat(rustix::fs::CWD, &path, rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR)
            .unwrap();
        assert!(Lines::new(path).read(|_| ()).is_err(), "a pipe would be waited for");
    }
}
