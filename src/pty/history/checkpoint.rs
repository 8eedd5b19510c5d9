//! Checkpoints beside a history: what a screen was at a sequence number, so that not all output before it need be
//! parsed again. What is in one is its owner's business; this room only keeps the bytes whole.
//!
//! A file is "ACK", the version 1, the sequence number (u64), the CRC-32 of the content (u32), and the content. It
//! comes into being by a rename; one that a power cut left damaged is passed over for the one before.

use std::fs;
use std::io;
use std::path::PathBuf;

use super::{numbered, with_extension};
use crate::disk;

const MAGIC: [u8; 4] = *b"ACK\x01";
const HEADER: usize = 16;

/// The checkpoints in one folder.
#[derive(Clone, Debug)]
pub struct Checkpoints {
    folder: PathBuf,
    keep: usize,
}

/// A screen as it was when all output before a sequence number had been parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The number of the first byte that is not in it.
    pub seq: u64,
    /// Whatever was stored.
    pub bytes: Vec<u8>,
}

impl Checkpoints {
    /// Returns the checkpoints in `folder`, of which the newest `keep`, but at least one, are kept.
    pub fn new(folder: impl Into<PathBuf>, keep: usize) -> Checkpoints {
        Checkpoints { folder: folder.into(), keep: keep.max(1) }
    }

    /// Stores a checkpoint and deletes those that are no longer to be kept.
    ///
    /// # Errors
    /// Fails if the disk refuses; the checkpoints that were there are still there.
    pub fn store(&self, seq: u64, bytes: &[u8]) -> io::Result<()> {
        disk::create_private_folder(&self.folder)?;
        // A draft that is there is of a writer that was killed.
        with_extension(&self.folder, disk::DRAFT)?.into_iter().try_for_each(fs::remove_file)?;
        let file = [&header(seq, bytes), bytes].concat();
        // A power cut ends the agent, and with it the use of this.
        disk::write_unsynced(&self.folder.join(format!("{seq:020}.screen")), &file)?;
        let stored = numbered(&self.folder, "screen")?;
        let surplus = stored.len().saturating_sub(self.keep);
        stored.into_iter().take(surplus).try_for_each(|(_, path)| fs::remove_file(path))
    }

    /// Returns the newest checkpoint that is whole and not past the sequence number `seq`.
    ///
    /// # Errors
    /// Fails if the folder or a file cannot be read.
    pub fn latest(&self, seq: u64) -> io::Result<Option<Checkpoint>> {
        for (number, path) in numbered(&self.folder, "screen")?.into_iter().rev().filter(|(n, _)| *n <= seq) {
            let stored = fs::read(path)?;
            let Some((header, bytes)) = stored.split_first_chunk::<HEADER>() else { continue };
            if *header == self::header(number, bytes) {
                return Ok(Some(Checkpoint { seq: number, bytes: bytes.to_vec() }));
            }
        }
        Ok(None)
    }

    /// Deletes the checkpoints before the sequence number `seq`, say because the history begins only there.
    ///
    /// # Errors
    /// Fails if a file cannot be deleted.
    pub fn forget_before(&self, seq: u64) -> io::Result<()> {
        let stored = numbered(&self.folder, "screen")?;
        stored.into_iter().filter(|(number, _)| *number < seq).try_for_each(|(_, path)| fs::remove_file(path))
    }
}

fn header(seq: u64, bytes: &[u8]) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    let fields = MAGIC.into_iter().chain(seq.to_le_bytes()).chain(crc32fast::hash(bytes).to_le_bytes());
    header.iter_mut().zip(fields).for_each(|(slot, byte)| *slot = byte);
    header
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_newest_checkpoint_not_past_the_asked_one_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let checkpoints = Checkpoints::new(folder.path().join("a/b"), 3);
        assert_eq!(checkpoints.latest(u64::MAX).unwrap(), None);
        for seq in [10, 20, 30, 40] {
            checkpoints.store(seq, format!("screen {seq}").as_bytes()).unwrap();
        }
        let at = |seq| checkpoints.latest(seq).unwrap().map(|c| (c.seq, String::from_utf8(c.bytes).unwrap()));
        assert_eq!(at(u64::MAX), Some((40, "screen 40".to_owned())));
        assert_eq!(at(39), Some((30, "screen 30".to_owned())));
        assert_eq!(at(19), None, "only three are kept");
        checkpoints.forget_before(40).unwrap();
        assert_eq!(at(39), None);
    }

    #[test]
    fn a_damaged_checkpoint_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let checkpoints = Checkpoints::new(folder.path(), 3);
        checkpoints.store(1, b"one").unwrap();
        checkpoints.store(2, b"two").unwrap();
        let newest = folder.path().join("00000000000000000002.screen");
        assert_eq!(fs::metadata(&newest).unwrap().permissions().mode() & 0o777, 0o600);
        let whole = fs::read(&newest).unwrap();
        for length in 0..whole.len() {
            fs::write(&newest, &whole[..length]).unwrap();
            assert_eq!(checkpoints.latest(9).unwrap().unwrap().bytes, b"one", "cut to {length}");
        }
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x10;
            fs::write(&newest, damaged).unwrap();
            assert_eq!(checkpoints.latest(9).unwrap().unwrap().bytes, b"one", "byte {at}");
        }
    }

    #[test]
    fn a_checkpoint_that_cannot_be_written_leaves_the_others() {
        let folder = tempfile::tempdir().unwrap();
        let checkpoints = Checkpoints::new(folder.path(), 3);
        checkpoints.store(1, b"one").unwrap();
        fs::create_dir_all(folder.path().join("00000000000000000002.screen/in the way")).unwrap();
        assert!(checkpoints.store(2, b"two").is_err());
        assert_eq!(checkpoints.latest(1).unwrap().unwrap().bytes, b"one");
        fs::remove_dir_all(folder.path().join("00000000000000000002.screen")).unwrap();
        let draft = folder.path().join("00000000000000000002.new");
        fs::write(&draft, b"half a scr").unwrap();
        checkpoints.store(3, b"three").unwrap();
        assert!(!draft.exists(), "the draft of a killed writer stays");
    }
}
