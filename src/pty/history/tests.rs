//! Histories on disks that fail, are cut off, damaged, and full.
#![expect(clippy::single_range_in_vec_init, reason = "a list of ranges of which there happens to be one")]

use std::fs::OpenOptions;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use proptest::prelude::*;

use super::*;
use crate::domain::Timestamp;
use crate::pty::Size;
use crate::pty::timeline::{Mark, Timeline};

const SIZE: Size = Size::new(24, 80);

/// The byte that the agent of these tests prints at a sequence number: noise, which does not get smaller.
fn byte(seq: u64) -> u8 {
    let mixed = (seq ^ (seq >> 7)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 56).to_le_bytes()[0]
}

fn output(range: Range<u64>) -> Vec<u8> {
    range.map(byte).collect()
}

fn stored(range: Range<u64>) -> Vec<u8> {
    let timeline = Timeline::new(Mark { seq: range.start, at: Timestamp(5), size: SIZE });
    block::encode((&output(range), &[]), &timeline)
}

/// Records `range` in sealed blocks of `step` bytes.
fn record(recorder: &mut Recorder, range: Range<u64>, step: u64) {
    let mut from = range.start;
    while from < range.end {
        let to = (from + step).min(range.end);
        recorder.put(&stored(from..to), from).unwrap();
        from = to;
    }
}

/// Reads everything from `from` on, checks every byte of it, and returns where there is output and where there is none.
fn read(folder: &Path, from: u64) -> (Vec<Range<u64>>, Vec<Range<u64>>) {
    let (mut output, mut gaps): (Vec<Range<u64>>, Vec<Range<u64>>) = Default::default();
    let mut next = from;
    for item in History::new(folder).read(from).unwrap() {
        let range = match item.unwrap() {
            Stored::Block(block) => {
                assert_eq!(
                    block.bytes(),
                    super::tests::output(block.first()..block.end()),
                    "at {}",
                    block.first()
                );
                match output.last_mut().filter(|last| last.end == block.first()) {
                    Some(last) => last.end = block.end(),
                    None => output.push(block.first()..block.end()),
                }
                block.first()..block.end()
            }
            Stored::Gap { from, to } => {
                gaps.push(from..to);
                from..to
            }
        };
        assert_eq!(range.start, next, "neither overlap nor silence between what is told");
        next = range.end;
    }
    (output, gaps)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    segments(folder).unwrap().into_iter().map(|(_, path)| path).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn what_was_recorded_is_read_from_any_byte_on(
        steps in proptest::collection::vec(1_u64..8000, 1..40), from in any::<prop::sample::Index>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut recorder = Recorder::new(folder.path(), 16 << 20, 1000).unwrap();
        let mut end = 1000;
        for length in steps {
            record(&mut recorder, end..end + length, length);
            end += length;
        }
        let from = 1000 + from.index(usize::try_from(end - 1000).unwrap()) as u64;
        let all = [from..end];
        prop_assert_eq!(read(folder.path(), from), (all.to_vec(), vec![]));
        prop_assert_eq!(History::new(folder.path()).ranges().unwrap().last().map(|last| last.end), Some(end));
    }

    #[test]
    fn damage_costs_the_block_that_it_hits_and_no_other(
        at in any::<prop::sample::Index>(), flip in 1_u8..=255, length in 1_usize..40,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut recorder = Recorder::new(folder.path(), 16 << 20, 0).unwrap();
        record(&mut recorder, 0..50_000, 1000);
        let file = files(folder.path()).remove(0);
        let mut bytes = fs::read(&file).unwrap();
        let at = at.index(bytes.len());
        for byte in bytes.iter_mut().skip(at).take(length) {
            *byte ^= flip;
        }
        fs::write(&file, &bytes).unwrap();
        let (output, gaps) = read(folder.path(), 0);
        let kept: u64 = output.iter().map(|range| range.end - range.start).sum();
        // Forty bytes touch at most two of the blocks.
        prop_assert!(kept >= 48_000, "{output:?}");
        prop_assert!(gaps.iter().all(|gap| gap.start % 1000 == 0 && gap.end % 1000 == 0), "{gaps:?}");
    }
}

#[test]
fn a_history_cut_off_anywhere_ends_before_the_cut() {
    let folder = tempfile::tempdir().unwrap();
    let mut recorder = Recorder::new(folder.path(), 16 << 20, 0).unwrap();
    record(&mut recorder, 0..600, 200);
    let file = files(folder.path()).remove(0);
    let whole = fs::read(&file).unwrap();
    let block = stored(0..200).len();
    for length in 0..whole.len() {
        fs::write(&file, &whole[..length]).unwrap();
        let (output, gaps) = read(folder.path(), 0);
        let blocks = output.iter().map(|range| range.end - range.start).sum::<u64>() / 200;
        assert!(usize::try_from(blocks).unwrap() * block <= length + 40, "{blocks} blocks of {length} bytes");
        assert!(gaps.is_empty() && (length < block || blocks > 0), "{length}");
        assert_eq!(History::new(folder.path()).ranges().unwrap(), output, "{length}");
    }
}

#[test]
fn a_missing_segment_is_a_gap() {
    let folder = tempfile::tempdir().unwrap();
    let mut recorder = Recorder::new(folder.path(), SMALL_CAP, 0).unwrap();
    record(&mut recorder, 0..400_000, 50_000);
    let files = files(folder.path());
    assert!(files.len() >= 4, "{files:?}");
    let second: u64 = files[1].file_stem().unwrap().to_str().unwrap().parse().unwrap();
    let third: u64 = files[2].file_stem().unwrap().to_str().unwrap().parse().unwrap();
    fs::remove_file(&files[1]).unwrap();
    assert_eq!(read(folder.path(), 7), (vec![7..second, third..400_000], vec![second..third]));
    assert_eq!(read(folder.path(), second + 5).1, vec![second + 5..third]);
    assert_eq!(History::new(folder.path()).ranges().unwrap(), [0..second, third..400_000]);
}

const SMALL_CAP: u64 = 512 * 1024;

#[test]
fn a_history_never_grows_beyond_its_cap_and_keeps_the_newest() {
    let folder = tempfile::tempdir().unwrap();
    let mut recorder = Recorder::new(folder.path(), SMALL_CAP, 0).unwrap();
    for round in 0..60 {
        record(&mut recorder, round * 64_000..(round + 1) * 64_000, 64_000);
        let total: u64 = files(folder.path()).iter().map(|file| fs::metadata(file).unwrap().len()).sum();
        assert!(total <= SMALL_CAP, "{total} bytes after round {round}");
        assert!(round < 10 || total > SMALL_CAP / 2, "{total} bytes after round {round}");
    }
    let (output, gaps) = read(folder.path(), 0);
    assert_eq!((output.len(), gaps.len(), output[0].end), (1, 1, 60 * 64_000));
    assert_eq!(gaps[0], 0..output[0].start);
}

#[test]
fn a_full_disk_leaves_a_history_of_whole_blocks_that_goes_on_when_there_is_room() {
    for room in [0, 1, 47, 48, 500, 1000] {
        let folder = tempfile::tempdir().unwrap();
        let left = Arc::new(AtomicUsize::new(usize::MAX));
        let disk = Arc::clone(&left);
        let mut recorder = Recorder::new(folder.path(), 16 << 20, 0).unwrap().with_disk(Box::new(
            move |file, bytes, offset| {
                let fits = bytes.len().min(disk.load(SeqCst));
                disk.fetch_sub(fits, SeqCst);
                if fits == 0 {
                    return Err(io::ErrorKind::StorageFull.into());
                }
                file.write_at(&bytes[..fits], offset)
            },
        ));
        record(&mut recorder, 0..2000, 1000);
        left.store(room, SeqCst);
        let error = recorder.put(&stored(2000..3000), 2000).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert_eq!(read(folder.path(), 0), (vec![0..2000], vec![]), "half a block of {room} bytes stays");
        left.store(usize::MAX, SeqCst);
        record(&mut recorder, 2000..4000, 1000);
        assert_eq!(read(folder.path(), 0), (vec![0..4000], vec![]));
    }
}

#[test]
fn a_new_run_takes_the_place_of_what_an_earlier_one_had_beyond_its_beginning() {
    let folder = tempfile::tempdir().unwrap();
    record(&mut Recorder::new(folder.path(), SMALL_CAP, 0).unwrap(), 0..300_000, 50_000);
    // The second run begins within the first one's third segment.
    let mut recorder = Recorder::new(folder.path(), SMALL_CAP, 230_000).unwrap();
    assert!(
        files(folder.path())
            .iter()
            .all(|file| file.file_stem().unwrap().to_str().unwrap() < "00000000000000230000")
    );
    record(&mut recorder, 230_000..260_000, 30_000);
    assert_eq!(read(folder.path(), 0), (vec![0..260_000], vec![]));
    assert_eq!(History::new(folder.path()).ranges().unwrap(), [0..260_000]);
}

#[test]
fn a_history_is_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("agent").join("history");
    record(&mut Recorder::new(&inner, SMALL_CAP, 0).unwrap(), 0..10, 10);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&inner), mode(inner.parent().unwrap())), (0o700, 0o700));
    assert_eq!(mode(&files(&inner)[0]), 0o600);
}

#[test]
fn a_history_that_was_never_written_is_empty_and_foreign_files_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(read(&folder.path().join("nowhere"), 0), (vec![], vec![]));
    fs::write(folder.path().join("notes.log"), "mine").unwrap();
    OpenOptions::new().create(true).append(true).open(folder.path().join("7.txt")).unwrap();
    let recorder = Recorder::new(folder.path(), SMALL_CAP, 0).unwrap();
    drop(recorder);
    assert_eq!(read(folder.path(), 0), (vec![], vec![]));
    assert!(folder.path().join("notes.log").exists() && folder.path().join("7.txt").exists());
}
