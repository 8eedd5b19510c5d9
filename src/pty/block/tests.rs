//! A block that was damaged is never taken for whole, and one that was written is read for ever.

use proptest::prelude::*;

use super::*;

const FIRST: Mark = Mark { seq: 7_000_000_000, at: Timestamp(1_800_000_000_000), size: Size::new(24, 80) };

#[test]
fn the_checksum_is_the_one_of_every_block_on_disk() {
    assert_eq!(crc32fast::hash(b"123456789"), 0xcbf4_3926);
}

fn timelines(len: usize) -> impl Strategy<Value = Timeline> {
    let step = (0..=len as u64, -5_000_i64..5_000, any::<Option<(u16, u16)>>());
    proptest::collection::vec(step, 0..40).prop_map(|mut steps| {
        steps.sort_by_key(|step| step.0);
        let mut timeline = Timeline::new(FIRST);
        for (offset, apart, size) in steps {
            let at = Timestamp(timeline.last().at.0 + apart);
            match size {
                Some(size) => timeline.resize(FIRST.seq + offset, at, size.into()),
                None => timeline.output(FIRST.seq + offset, at),
            }
        }
        timeline
    })
}

fn outputs() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 1..4096),
        (1_usize..2000).prop_map(|lines| b"\x1b[32mok\x1b[0m compiling a line\r\n".repeat(lines)),
    ]
}

proptest! {
    #[test]
    fn a_block_reads_back_as_it_was_written(
        (raw, timeline) in outputs().prop_flat_map(|raw| { let t = timelines(raw.len()); (Just(raw), t) }),
        cut in any::<prop::sample::Index>(),
    ) {
        let timeline = timeline.part(FIRST.seq, FIRST.seq + raw.len() as u64);
        let stored = encode(raw.split_at(cut.index(raw.len())), &timeline);
        let block = decode(&stored).unwrap();
        prop_assert_eq!(block.bytes(), raw.as_slice());
        prop_assert_eq!(&block.timeline, &timeline);
        prop_assert_eq!(&block.pieces().map(|p| p.bytes).collect::<Vec<_>>().concat(), &raw);
        let from = FIRST.seq + cut.index(block.bytes().len()) as u64;
        let rest = block.part(from, u64::MAX);
        prop_assert_eq!((rest.first(), rest.end()), (from, block.end()));
        prop_assert_eq!([block.part(0, from).bytes(), rest.bytes()].concat(), raw);
        prop_assert_eq!(rest.run(from).0.size, timeline.at(from).size);
    }

    #[test]
    fn a_cut_or_damaged_block_is_refused_and_never_wrong(
        raw in outputs(), flip in any::<prop::sample::Index>(), bit in 0..8, cut in any::<prop::sample::Index>(),
    ) {
        let whole = encode((&raw, &[]), &Timeline::new(FIRST));
        prop_assert!(decode(&whole[..cut.index(whole.len())]).is_err());
        let mut damaged = whole.clone();
        damaged[flip.index(whole.len())] ^= 1_u8 << bit;
        prop_assert!(decode(&damaged).is_err());
    }

    #[test]
    fn garbage_with_a_valid_checksum_never_panics(mut header in proptest::collection::vec(any::<u8>(), HEADER), payload in proptest::collection::vec(any::<u8>(), 0..300)) {
        header[..4].copy_from_slice(&MAGIC);
        header[12..20].fill(0);
        header[12] = 200;
        header[16] = 50;
        header[20..24].copy_from_slice(&u32::try_from(payload.len()).unwrap().to_le_bytes());
        header[40..44].copy_from_slice(&crc32fast::hash(&payload).to_le_bytes());
        let crc = crc32fast::hash(&header[..44]);
        header[44..].copy_from_slice(&crc.to_le_bytes());
        header.extend(payload);
        if let Ok(block) = decode(&header) {
            prop_assert_eq!(block.bytes().len(), 200);
            prop_assert!(block.pieces().map(|p| p.bytes.len()).sum::<usize>() <= 200);
        }
    }
}

#[test]
fn a_stored_block_of_version_1_is_read_for_ever() {
    let mut timeline = Timeline::new(FIRST);
    timeline.resize(FIRST.seq + 6, Timestamp(FIRST.at.0 - 3), Size::new(50, 200));
    let stored = encode((b"hello", b" world"), &timeline);
    let frozen = "41434201\
                  00863ba101000000\
                  0b000000060000001100000000000000\
                  00505c18a3010000\
                  18005000\
                  d0f71a0d58bb1928\
                  68656c6c6f20776f726c640d05c881c801";
    assert_eq!(stored.iter().map(|byte| format!("{byte:02x}")).collect::<String>(), frozen);
}

#[test]
fn text_is_stored_much_smaller() {
    let raw: Vec<u8> = (0..2000).flat_map(|n| format!("line {n} of a build log\r\n").into_bytes()).collect();
    let stored = encode((&raw, &[]), &Timeline::new(FIRST));
    assert!(stored.len() * 3 < raw.len(), "{} of {}", stored.len(), raw.len());
}
