//! Everything that comes over a socket, whole, cut and made up; and the frozen bytes of version 1.

use proptest::prelude::*;

use super::*;

fn sizes() -> impl Strategy<Value = Size> {
    any::<(u16, u16)>().prop_map(Size::from)
}

fn exits() -> impl Strategy<Value = Exit> {
    prop_oneof![any::<i32>().prop_map(Exit::Code), any::<i32>().prop_map(Exit::Signal), Just(Exit::Lost)]
}

fn requests() -> impl Strategy<Value = Request> {
    prop_oneof![
        any::<u16>().prop_map(|version| Request::Hello { version }),
        any::<u64>().prop_map(|from| Request::Attach { from }),
        proptest::collection::vec(any::<u8>(), 0..300).prop_map(Request::Input),
        sizes().prop_map(Request::Resize),
        any::<i32>().prop_map(Request::Signal),
        any::<u32>().prop_map(|ms| Request::Stop { grace: Duration::from_millis(u64::from(ms)) }),
        Just(Request::Kill),
        Just(Request::End),
        any::<u64>().prop_map(|from| Request::Tail { from }),
        Just(Request::Status),
        any::<u32>().prop_map(|ms| Request::Pace { most: Duration::from_millis(u64::from(ms)) }),
    ]
}

fn statuses() -> impl Strategy<Value = Status> {
    let history =
        prop_oneof![Just(Health::Off), Just(Health::Fine), "[a-z ]{0,40}".prop_map(Health::Failing)];
    let numbers = any::<(u16, u32, u32, i64, u64, u64, u64)>();
    (numbers, sizes(), proptest::option::of(exits()), history, "[0-9.a-z]{0,12}").prop_map(
        |((version, holder, child, at, first, end, lost), size, exit, history, program)| Status {
            version,
            holder,
            child,
            started_at: Timestamp(at),
            size,
            first,
            end,
            exit,
            history,
            lost,
            program,
        },
    )
}

fn replies() -> impl Strategy<Value = Reply> {
    let bytes = || proptest::collection::vec(any::<u8>(), 0..300);
    prop_oneof![
        statuses().prop_map(Reply::Hello),
        (any::<u64>(), bytes()).prop_map(|(seq, bytes)| Reply::Output { seq, bytes }),
        (any::<u64>(), sizes()).prop_map(|(seq, size)| Reply::Resized { seq, size }),
        exits().prop_map(Reply::Exited),
        any::<(u64, u64)>().prop_map(|(from, to)| Reply::Gap { from, to }),
        any::<u32>().prop_map(|refused| Reply::InputFull { refused }),
        Just(Reply::Superseded),
        bytes().prop_map(Reply::Tail),
        statuses().prop_map(Reply::Status),
        any::<u32>().prop_map(|left| Reply::Stopped { left }),
    ]
}

/// Cuts `bytes` into frames as they come in pieces of `step` bytes.
fn frames(bytes: &[u8], step: usize) -> Result<Vec<(u8, Vec<u8>)>, WireError> {
    let mut frames = Frames::default();
    let mut found = Vec::new();
    for piece in bytes.chunks(step) {
        frames.space().extend_from_slice(piece);
        while let Some((kind, payload)) = frames.next()? {
            found.push((kind, payload.to_vec()));
        }
    }
    Ok(found)
}

proptest! {
    #[test]
    fn every_message_arrives_as_it_was_sent_however_it_is_cut(
        asked in proptest::collection::vec(requests(), 0..6),
        told in proptest::collection::vec(replies(), 0..6),
        step in 1_usize..400,
    ) {
        let (mut up, mut down) = (Vec::new(), Vec::new());
        asked.iter().for_each(|request| request.put(&mut up));
        told.iter().for_each(|reply| reply.put(&mut down));
        let up: Vec<_> = frames(&up, step).unwrap().iter().map(|(k, p)| Request::read(*k, p).unwrap().unwrap()).collect();
        let down: Vec<_> = frames(&down, step).unwrap().iter().map(|(k, p)| Reply::read(*k, p).unwrap().unwrap()).collect();
        prop_assert_eq!((up, down), (asked, told));
    }

    #[test]
    fn a_message_cut_off_anywhere_is_refused_or_shorter_and_fields_added_later_are_ignored(
        request in requests(), reply in replies(), more in proptest::collection::vec(any::<u8>(), 1..9),
    ) {
        let (mut up, mut down) = (Vec::new(), Vec::new());
        request.put(&mut up);
        reply.put(&mut down);
        for end in 5..up.len() {
            let cut = Request::read(up[4], &up[5..end]);
            let shorter = matches!(cut, Ok(Some(Request::Input(_))));
            prop_assert!(shorter || cut == Err(WireError::CutOff(up[4])));
        }
        for end in 5..down.len() {
            let cut = Reply::read(down[4], &down[5..end]);
            let shorter = matches!(cut, Ok(Some(Reply::Output { .. } | Reply::Tail(_))));
            prop_assert!(shorter || cut == Err(WireError::CutOff(down[4])));
        }
        if !matches!(request, Request::Input(_)) {
            up.extend_from_slice(&more);
            prop_assert_eq!(Request::read(up[4], &up[5..]), Ok(Some(request)));
        }
        if !matches!(reply, Reply::Output { .. } | Reply::Tail(_)) {
            down.extend_from_slice(&more);
            prop_assert_eq!(Reply::read(down[4], &down[5..]), Ok(Some(reply)));
        }
    }

    #[test]
    fn garbage_never_panics_and_is_never_kept_beyond_the_bound(
        bytes in proptest::collection::vec(any::<u8>(), 0..2000), kind in any::<u8>(),
    ) {
        let _ = Request::read(kind, &bytes);
        let _ = Reply::read(kind, &bytes);
        let _ = frames(&bytes, 64);
    }
}

#[test]
fn a_frame_longer_than_any_may_be_is_refused_by_its_length_alone() {
    let longest = u32::try_from(MAX_FRAME).unwrap();
    assert_eq!(frames(&longest.to_le_bytes(), 4), Ok(vec![]));
    assert_eq!(frames(&(longest + 1).to_le_bytes(), 4), Err(WireError::TooLong(longest + 1)));
    assert_eq!(frames(&[0, 0, 0, 0], 4), Err(WireError::Empty));
}

#[test]
fn a_kind_of_a_later_version_is_skipped() {
    for kind in 11..=u8::MAX {
        assert!(kind == 11 || Request::read(kind, b"whatever") == Ok(None));
        assert_eq!(Reply::read(kind, b"whatever"), Ok(None));
    }
}

/// Every message of version 1, byte for byte. These lines are never edited; a later version adds its own.
#[test]
fn the_bytes_of_version_1_are_understood_for_ever() {
    let asked = [
        (Request::Hello { version: 1 }, "03000000 01 0100"),
        (Request::Attach { from: 0x0102_0304 }, "09000000 02 0403020100000000"),
        (Request::Input(b"ls\r".to_vec()), "04000000 03 6c730d"),
        (Request::Resize(Size::new(50, 200)), "05000000 04 3200c800"),
        (Request::Signal(2), "05000000 05 02000000"),
        (Request::Stop { grace: Duration::from_millis(1500) }, "05000000 06 dc050000"),
        (Request::Kill, "01000000 07"),
        (Request::End, "01000000 08"),
        (Request::Tail { from: 9 }, "09000000 09 0900000000000000"),
        (Request::Status, "01000000 0a"),
    ];
    for (request, hex) in asked {
        let mut bytes = Vec::new();
        request.put(&mut bytes);
        assert_eq!(bytes, from_hex(hex));
        assert_eq!(Request::read(bytes[4], &bytes[5..]), Ok(Some(request)));
    }
    let status = Status {
        version: 1,
        holder: 10,
        child: 11,
        started_at: Timestamp(1000),
        size: Size::new(24, 80),
        first: 3,
        end: 5,
        exit: Some(Exit::Code(-1)),
        history: Health::Failing("full".to_owned()),
        lost: 2,
        program: "0.1".to_owned(),
    };
    let fields = "0100 0a000000 0b000000 e803000000000000 18005000 0300000000000000 0500000000000000 \
                  01ffffffff 02 0400 66756c6c 0200000000000000 0300 302e31";
    let told = [
        (Reply::Hello(status.clone()), format!("40000000 01 {fields}")),
        (Reply::Output { seq: 7, bytes: b"hi".to_vec() }, "0b000000 02 0700000000000000 6869".to_owned()),
        (
            Reply::Resized { seq: 7, size: Size::new(24, 80) },
            "0d000000 03 0700000000000000 18005000".to_owned(),
        ),
        (Reply::Exited(Exit::Code(3)), "06000000 04 01 03000000".to_owned()),
        (Reply::Exited(Exit::Signal(9)), "06000000 04 02 09000000".to_owned()),
        (Reply::Exited(Exit::Lost), "06000000 04 03 00000000".to_owned()),
        (Reply::Gap { from: 1, to: 2 }, "11000000 05 0100000000000000 0200000000000000".to_owned()),
        (Reply::InputFull { refused: 4096 }, "05000000 06 00100000".to_owned()),
        (Reply::Superseded, "01000000 07".to_owned()),
        (Reply::Tail(b"ACB".to_vec()), "04000000 08 414342".to_owned()),
        (Reply::Status(status), format!("40000000 09 {fields}")),
        (Reply::Stopped { left: 0 }, "05000000 0a 00000000".to_owned()),
    ];
    for (reply, hex) in told {
        let mut bytes = Vec::new();
        reply.put(&mut bytes);
        assert_eq!(bytes, from_hex(&hex));
        assert_eq!(Reply::read(bytes[4], &bytes[5..]), Ok(Some(reply)));
    }
}

/// What was added to version 1 without changing it: a holder that does not know this skips it.
#[test]
fn a_pace_is_asked_for_in_these_bytes_for_ever() {
    let mut bytes = Vec::new();
    let pace = Request::Pace { most: Duration::from_millis(250) };
    pace.put(&mut bytes);
    assert_eq!(bytes, from_hex("05000000 0b fa000000"));
    assert_eq!(Request::read(bytes[4], &bytes[5..]), Ok(Some(pace)));
}

fn from_hex(text: &str) -> Vec<u8> {
    let digits: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(&String::from_iter(pair), 16).unwrap()).collect()
}
