//! The transcript against a disk and a follower that are not as they should be.
#![expect(clippy::single_range_in_vec_init, reason = "a list of ranges of which there happens to be one")]

use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use super::*;
use crate::pty::Stored;
use crate::pty::history::Recorder;

const SIZE: Size = Size::new(24, 80);

fn byte(seq: u64) -> u8 {
    (seq.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56).to_le_bytes()[0]
}

/// An agent that prints, and a clock that goes as the test wants.
struct Agent {
    transcript: Transcript,
    now: Moment,
}

impl Agent {
    fn new(folder: &Path) -> Agent {
        let keep = Keep { folder: folder.to_owned(), cap: 16 << 20 };
        let now = Moment { at: Timestamp(1_000_000), instant: Instant::now() };
        Agent { transcript: Transcript::new(Some(keep), 0, now.at, SIZE), now }
    }

    fn later(&mut self, span: Duration) {
        self.now = Moment { at: self.now.at + span, instant: self.now.instant + span };
        self.settle();
    }

    /// Waits until the disk has what is due.
    fn settle(&mut self) {
        self.transcript.look_after_disk(self.now);
        while self.transcript.flight.is_some() {
            let writer = self.transcript.writer.as_ref().unwrap();
            let done = writer.wait(Instant::now() + Duration::from_secs(60)).expect("the disk answers");
            self.transcript.done(done, self.now);
            self.transcript.look_after_disk(self.now);
        }
    }

    /// Prints, and waits for the disk where that is waited for. Returns how much was read.
    fn print(&mut self, floor: Option<u64>, count: u64) -> u64 {
        let mut printed = 0;
        loop {
            let more = self.print_at_once(floor, count - printed);
            self.settle();
            printed += more;
            if more == 0 || printed == count {
                return printed;
            }
        }
    }

    /// Prints as much as is read without waiting for the disk.
    fn print_at_once(&mut self, floor: Option<u64>, count: u64) -> u64 {
        let from = self.transcript.ring().end();
        while self.transcript.ring().end() < from + count {
            let (end, most) = (self.transcript.ring().end(), from + count);
            let read = |room: &mut [u8]| {
                let count = room.len().min(usize::try_from(most - end).unwrap());
                room[..count].iter_mut().zip(end..).for_each(|(slot, seq)| *slot = byte(seq));
                Ok(count)
            };
            if self.transcript.take(floor, self.now, read).unwrap() == 0 {
                break;
            }
        }
        self.transcript.ring().end() - from
    }
}

/// Returns what is on disk and what is missing there; every byte is checked.
fn on_disk(folder: &Path) -> (Vec<Range<u64>>, Vec<Range<u64>>) {
    let (mut output, mut gaps): (Vec<Range<u64>>, Vec<Range<u64>>) = Default::default();
    for item in History::new(folder).read(0).unwrap() {
        match item.unwrap() {
            Stored::Gap { from, to } => gaps.push(from..to),
            Stored::Block(block) => {
                assert!(block.bytes().iter().zip(block.first()..).all(|(b, seq)| *b == byte(seq)));
                match output.last_mut().filter(|last| last.end == block.first()) {
                    Some(last) => last.end = block.end(),
                    None => output.push(block.first()..block.end()),
                }
            }
        }
    }
    (output, gaps)
}

/// What writes to a disk that does as `write_at` says.
fn writer_on(
    folder: &Path,
    write_at: impl FnMut(&std::fs::File, &[u8], u64) -> io::Result<usize> + Send + 'static,
) -> Writer {
    let mut recorder = Some(Recorder::new(folder, 16 << 20, 0).unwrap().with_disk(Box::new(write_at)));
    Writer::with(folder.to_owned(), move || recorder.take().ok_or_else(|| io::Error::other("it is made")))
        .unwrap()
}

/// What writes to a disk that can be full.
fn full_disk(folder: &Path) -> (Writer, Arc<AtomicBool>) {
    let full = Arc::new(AtomicBool::new(false));
    let is_full = Arc::clone(&full);
    let write_at = move |file: &std::fs::File, bytes: &[u8], offset| match is_full.load(Ordering::SeqCst) {
        true => Err(io::ErrorKind::StorageFull.into()),
        false => file.write_at(bytes, offset),
    };
    (writer_on(folder, write_at), full)
}

#[test]
fn full_blocks_go_to_disk_at_once_and_the_rest_after_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let mut agent = Agent::new(folder.path());
    agent.print(None, 200_000);
    assert_eq!(on_disk(folder.path()).0, [0..3 * 65_536]);
    agent.later(Duration::from_millis(999));
    assert_eq!(on_disk(folder.path()).0, [0..3 * 65_536]);
    agent.later(Duration::from_millis(1));
    assert_eq!(on_disk(folder.path()).0, [0..200_000]);
    assert_eq!(agent.transcript.look_at(), None, "an agent that prints nothing wakes nobody");
    agent.print(None, 10);
    agent.transcript.finish(agent.now);
    assert_eq!(on_disk(folder.path()), (vec![0..200_010], vec![]));
}

#[test]
fn a_follower_that_does_not_read_stops_the_reading_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut agent = Agent::new(folder.path());
    agent.print(None, 1000);
    assert_eq!(agent.print(Some(1000), 1 << 30), CAPACITY as u64);
    assert_eq!((agent.transcript.ring().start(), agent.transcript.room(Some(1000))), (1000, 0));
    assert_eq!(agent.print(Some(1007), 1 << 30), 7);
    assert_eq!(agent.print(None, 500_000), 500_000, "without a follower it goes on");
}

#[test]
fn a_full_disk_costs_only_what_leaves_the_memory_before_there_is_room_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut agent = Agent::new(folder.path());
    let (writer, full) = full_disk(folder.path());
    agent.transcript.writer = Some(writer);
    agent.print(None, 100_000);
    agent.later(Duration::from_secs(1));
    assert!(!agent.transcript.take_news());

    full.store(true, Ordering::SeqCst);
    agent.print(None, 100_000);
    assert!(agent.transcript.take_news());
    assert!(matches!(agent.transcript.health(), Health::Failing(_)));
    assert_eq!(agent.transcript.lost(), 0, "what is in memory is not lost yet");
    full.store(false, Ordering::SeqCst);
    agent.print(None, 1);
    assert!(matches!(agent.transcript.health(), Health::Failing(_)), "the disk is left alone for a while");
    agent.later(RETRY_AFTER);
    assert_eq!((agent.transcript.health(), agent.transcript.take_news()), (Health::Fine, true));
    agent.later(RETRY_AFTER);
    agent.print(None, 70_000);
    assert_eq!((on_disk(folder.path()).0[0].end > 200_000, agent.transcript.lost()), (true, 0));

    full.store(true, Ordering::SeqCst);
    agent.print(None, 1_000_000);
    let lost = agent.transcript.lost();
    assert!((500_000..1_000_000).contains(&lost), "{lost}");
    full.store(false, Ordering::SeqCst);
    agent.transcript.finish(agent.now);
    let (output, gaps) = on_disk(folder.path());
    assert_eq!(output.last().unwrap().end, agent.transcript.ring().end());
    assert_eq!(gaps.iter().map(|gap| gap.end - gap.start).sum::<u64>(), lost);
}

#[test]
fn a_disk_that_hangs_holds_the_agent_back_for_a_moment_and_then_costs_only_the_history() {
    let folder = tempfile::tempdir().unwrap();
    let mut agent = Agent::new(folder.path());
    // It writes once this is gone.
    let (open, gate) = mpsc::sync_channel::<()>(0);
    agent.transcript.writer = Some(writer_on(folder.path(), move |file, bytes, offset| {
        let _ = gate.recv();
        file.write_at(bytes, offset)
    }));
    assert_eq!(agent.print_at_once(None, 1 << 30), CAPACITY as u64, "the agent waits");
    assert_eq!((agent.transcript.health(), agent.transcript.take_news()), (Health::Fine, false));

    agent.now = Moment { at: agent.now.at, instant: agent.transcript.look_at().unwrap() };
    agent.transcript.look_after_disk(agent.now);
    assert!(matches!(agent.transcript.health(), Health::Failing(cause) if cause.contains("not answer")));
    assert!(agent.transcript.take_news());
    assert_eq!(agent.print_at_once(None, 500_000), 500_000, "it waits no longer");
    assert_eq!(agent.transcript.lost(), 500_000 - MAX_RAW as u64);

    drop(open);
    agent.settle();
    assert_eq!((agent.transcript.health(), agent.transcript.take_news()), (Health::Fine, true));
    agent.transcript.finish(agent.now);
    let (output, gaps) = on_disk(folder.path());
    assert_eq!(gaps, [MAX_RAW as u64..500_000]);
    assert_eq!(output.last().unwrap().end, agent.transcript.ring().end());
}

#[test]
fn the_end_of_an_agent_is_written_down_behind_its_last_output() {
    let folder = tempfile::tempdir().unwrap();
    let mut agent = Agent::new(folder.path());
    agent.print(None, 100);
    let socket = Path::new("a-1-1.sock");
    let end = End::new(socket, crate::domain::Exit::Code(3), agent.now.at, 100);
    agent.transcript.note_end(end.clone());
    assert!(!agent.transcript.end_is_kept());
    agent.settle();
    assert!(agent.transcript.end_is_kept());
    assert_eq!(on_disk(folder.path()).0, [0..100]);
    assert_eq!(End::load(folder.path(), socket).unwrap(), Some(end));
}

#[test]
fn a_folder_that_is_missed_twice_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let mut agent = Agent::new(&folder.path().join("history"));
    let look = |agent: &mut Agent| {
        agent.transcript.look_for_folder(agent.now);
        agent.settle();
        agent.transcript.folder_is_gone()
    };
    assert!(!look(&mut agent));
    std::fs::create_dir(folder.path().join("history")).unwrap();
    assert!(!look(&mut agent), "it is there again");
    std::fs::remove_dir(folder.path().join("history")).unwrap();
    assert_eq!((look(&mut agent), look(&mut agent)), (false, true));
}

#[test]
fn a_folder_that_cannot_be_made_is_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("history");
    std::fs::write(&place, "in the way").unwrap();
    let mut agent = Agent::new(&place);
    agent.print(None, 10);
    agent.later(FLUSH_AFTER);
    assert!(matches!(agent.transcript.health(), Health::Failing(_)));
    std::fs::remove_file(&place).unwrap();
    agent.later(RETRY_AFTER);
    assert_eq!((agent.transcript.health(), on_disk(&place).0), (Health::Fine, vec![0..10]));
}

#[test]
fn times_and_sizes_come_back_from_disk_and_from_memory_alike() {
    let folder = tempfile::tempdir().unwrap();
    let mut agent = Agent::new(folder.path());
    let mut expected = Vec::new();
    for round in 0_u16..4000 {
        agent.later(Duration::from_millis(70));
        if round % 3 == 0 {
            let size = Size::new(20 + round % 50, 100);
            agent.transcript.resize(agent.now.at, size);
        }
        expected.push((agent.transcript.ring().end(), agent.now.at, agent.transcript.size()));
        agent.print(None, 30);
    }
    let mut tail = Vec::new();
    let mut from = agent.transcript.ring().start();
    while from < agent.transcript.ring().end() {
        let block = block::decode(&agent.transcript.tail(from)).unwrap();
        assert_eq!(block.first(), from);
        from = block.end();
        tail.extend(block.pieces().map(|piece| (piece.mark.seq, piece.mark.size)));
    }
    agent.transcript.finish(agent.now);
    let mut stored = Vec::new();
    for item in History::new(folder.path()).read(0).unwrap() {
        let Stored::Block(block) = item.unwrap() else { panic!("a gap") };
        stored.extend(block.pieces().map(|piece| (piece.mark.seq, piece.mark.at, piece.mark.size)));
    }
    assert_eq!(stored, expected);
    tail.dedup_by_key(|(_, size)| *size);
    let mut sizes: Vec<_> = expected.into_iter().map(|(seq, _, size)| (seq, size)).collect();
    sizes.dedup_by_key(|(_, size)| *size);
    assert_eq!(tail, sizes, "memory forgets times, never sizes");
    assert!(agent.transcript.timeline().len() < 3500, "the memory of times is bounded");
}

#[test]
fn without_a_history_nothing_is_written_and_nothing_waits() {
    let now = Moment { at: Timestamp(0), instant: Instant::now() };
    let mut agent = Agent { transcript: Transcript::new(None, 5, now.at, SIZE), now };
    agent.print(None, 1_000_000);
    assert_eq!((agent.transcript.look_at(), agent.transcript.health()), (None, Health::Off));
    assert_eq!((agent.transcript.lost(), agent.transcript.ring().end()), (0, 1_000_005));
    let nothing = block::decode(&agent.transcript.tail(u64::MAX)).unwrap();
    assert_eq!((nothing.first(), nothing.bytes()), (1_000_005, &b""[..]));
    let oldest = block::decode(&agent.transcript.tail(0)).unwrap();
    assert_eq!((oldest.first(), oldest.bytes().len()), (1_000_005 - CAPACITY as u64, MAX_RAW));
}
