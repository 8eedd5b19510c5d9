//! What holds for whatever a program may print: no panic escapes, pieces make no difference, the client sees what the
//! screen shows, a restored screen goes on like the original, and work is bounded.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::terminal::{Frame, Mirror, Notice, Screen, Size, Snapshot};

/// Something a program may print.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let number = prop_oneof![6 => 0u16..12, 2 => 0u16..300, 1 => any::<u16>()];
    let numbers = vec(number, 0..5)
        .prop_map(|numbers| numbers.iter().map(u16::to_string).collect::<Vec<_>>().join(";"));
    let text = prop_oneof![
        3 => "[ -~]{1,12}",
        1 => "[a-z]{1,90}",
        1 => "[─│é漢字カ😀]{1,6}",
        1 => "(👩\u{200d}🚀|🇩🇪|🇩|⚠\u{fe0f}|e\u{301}|👍🏽|\u{200d}|\u{fe0f}|\u{301}|\u{fffd}|\u{3f000}|\u{10f001}|\u{85}|\u{202e}){1,3}",
    ];
    let control = prop_oneof![
        4 => Just("\r\n"), 2 => Just("\n"), 2 => Just("\r"), 1 => Just("\t"), 2 => Just("\x08"), 1 => Just("\x07"),
        1 => Just("\x0e"), 1 => Just("\x0f"), 1 => Just("\x18"), 1 => Just("\x7f"), 1 => Just("\x0b"),
    ];
    let csi = (numbers.clone(), "[@A-Z`a-z]").prop_map(|(numbers, f)| format!("\x1b[{numbers}{f}"));
    let odd_csi = (
        prop_oneof![Just(""), Just("?"), Just(">"), Just("="), Just("<")],
        numbers.clone(),
        "[ !$']?[@A-Z`a-z~}]",
    )
        .prop_map(|(prefix, numbers, f)| format!("\x1b[{prefix}{numbers}{f}"));
    let sgr = prop_oneof![
        numbers.prop_map(|numbers| format!("\x1b[{numbers}m")),
        "\x1b\\[(1|3|4|4:3|7|9|21|22|24|29|31|39|42|49|0|53|8|5|38;5;9|48;5;4|38;2;1;2;3|48;2;9;8;7|58;2;1;2;3|38:2::1:1:1)m",
    ];
    let mode = (
        prop_oneof![
            Just("4"),
            Just("20"),
            Just("?1"),
            Just("?6"),
            Just("?7"),
            Just("?25"),
            Just("?45"),
            Just("?47"),
            Just("?1047"),
            Just("?1048"),
            Just("?1049"),
            Just("?1000"),
            Just("?1004"),
            Just("?1006"),
            Just("?2004"),
            Just("?2026"),
            Just("?2048"),
            Just("?3"),
        ],
        "[hl]",
    )
        .prop_map(|(mode, f)| format!("\x1b[{mode}{f}"));
    let escape = prop_oneof![
        "\x1b[78DEHMNOZc=>no]",
        Just("\x1b(0".to_owned()),
        Just("\x1b)0".to_owned()),
        Just("\x1b(B".to_owned()),
        Just("\x1b#8".to_owned()),
    ];
    let string = prop_oneof![
        "\x1b\\](0|2|9|7|52;c|133;A|7501|9;4;1|11|10|4;7|104);[a-z?]{0,6}(\x07|\x1b\\\\|\x18|\x1b)",
        "\x1b\\]8;;(https://[a-c].example)?\x1b\\\\",
        "\x1bP(\\$qm|\\+q436f|=1s|x{0,5})\x1b\\\\",
        "\x1b[_X^][a-z]{0,5}(\x1b\\\\)?",
    ];
    let lines = ("[a-z ]{0,10}", 30usize..120).prop_map(|(line, count)| format!("{line}\r\n").repeat(count));
    prop_oneof![
        8 => text.prop_map(String::into_bytes),
        6 => control.prop_map(|c| c.as_bytes().to_vec()),
        6 => csi.prop_map(String::into_bytes),
        2 => odd_csi.prop_map(String::into_bytes),
        4 => sgr.prop_map(String::into_bytes),
        3 => mode.prop_map(String::into_bytes),
        2 => escape.prop_map(String::into_bytes),
        2 => string.prop_map(String::into_bytes),
        1 => lines.prop_map(String::into_bytes),
        1 => vec(any::<u8>(), 1..6),
    ]
}

fn output() -> impl Strategy<Value = Vec<u8>> {
    vec(piece(), 0..40).prop_map(|pieces| pieces.concat())
}

fn size() -> impl Strategy<Value = Size> {
    (2u16..12, 4u16..24).prop_map(|(rows, cols)| Size::new(rows, cols))
}

/// All that can be told of a screen.
#[derive(Debug, PartialEq)]
struct Told {
    ansi: Vec<String>,
    wrapped: Vec<bool>,
    cursor: String,
    modes: String,
    title: String,
    replies: String,
    notices: Vec<Notice>,
}

fn told(screen: &mut Screen) -> Told {
    let Snapshot { cursor, modes, title, rows, .. } = screen.snapshot();
    Told {
        ansi: rows.iter().map(|row| crate::terminal::print::ansi(std::iter::once(&row.line))).collect(),
        wrapped: rows.iter().map(|row| row.line.is_wrapped()).collect(),
        cursor: format!("{cursor:?}"),
        modes: format!("{modes:?}"),
        title: title.to_string(),
        replies: String::from_utf8_lossy(&screen.take_replies()).into_owned(),
        notices: screen.take_notices(),
    }
}

/// The bytes in pieces of these lengths, over and over.
fn in_pieces(screen: &mut Screen, bytes: &[u8], lengths: &[usize]) {
    let mut rest = bytes;
    for length in lengths.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (head, tail) = rest.split_at((*length).clamp(1, rest.len()));
        screen.feed(head);
        rest = tail;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pieces_make_no_difference(output in output(), size in size(), lengths in vec(1usize..9, 1..6)) {
        let mut whole = Screen::new(size);
        whole.feed(&output);
        let mut pieces = Screen::new(size);
        in_pieces(&mut pieces, &output, &lengths);
        prop_assert_eq!(whole.panics() + pieces.panics(), 0);
        prop_assert_eq!(told(&mut whole), told(&mut pieces));
    }

    #[test]
    fn the_cursor_stays_on_the_screen_and_no_panic_escapes(outputs in vec((output(), size()), 1..4)) {
        let mut screen = Screen::new(Size::new(5, 10));
        for (output, size) in &outputs {
            screen.feed(output);
            screen.resize(*size);
            let cursor = screen.cursor();
            prop_assert!(cursor.row < size.rows() && cursor.col < size.cols());
            prop_assert_eq!(screen.snapshot().rows.len(), usize::from(size.rows()));
        }
        prop_assert_eq!(screen.panics(), 0);
    }

    #[test]
    fn who_watches_sees_what_the_screen_shows(outputs in vec((output(), proptest::option::of(size()), any::<bool>()), 1..6)) {
        let mut screen = Screen::new(Size::new(5, 10));
        let mut grid = Mirror::default();
        for (output, size, looks) in &outputs {
            screen.feed(output);
            if let Some(size) = size {
                screen.resize(*size);
            }
            if !looks {
                continue;
            }
            let snapshot = screen.snapshot();
            if let Some(frame) = Frame::since(&snapshot, grid.seen()) {
                grid.apply(&frame.into_bytes()).unwrap();
            }
            prop_assert!(grid.lines().iter().eq(snapshot.lines()));
            prop_assert_eq!((grid.cursor(), grid.modes(), grid.size()), (snapshot.cursor, snapshot.modes, snapshot.size));
        }
    }

    #[test]
    fn a_restored_screen_goes_on_like_the_original(
        before in output(), after in output(), size in size(), then in proptest::option::of(size()),
    ) {
        let mut original = Screen::new(size);
        original.feed(&before);
        original.take_replies();
        original.take_notices();
        let checkpoint = original.checkpoint();
        let mut restored = Screen::restore(&checkpoint).unwrap();
        prop_assert_eq!(told(&mut original), told(&mut restored));
        prop_assert_eq!(&checkpoint, &restored.checkpoint());
        for screen in [&mut original, &mut restored] {
            screen.feed(&after);
            if let Some(size) = then {
                screen.resize(size);
                screen.feed(&before);
            }
        }
        prop_assert_eq!(told(&mut original), told(&mut restored));
    }

    #[test]
    fn a_checkpoint_with_a_byte_changed_is_a_screen_or_an_error(output in output(), at: usize, byte: u8) {
        let mut screen = Screen::new(Size::new(4, 12));
        screen.feed(&output);
        let mut checkpoint = screen.checkpoint();
        let at = at % checkpoint.len();
        checkpoint[at] = byte;
        if let Ok(mut screen) = Screen::restore(&checkpoint) {
            screen.feed(b"\x1b[5;5Hx\x1b8\r\n\n\n\n\n\n");
            prop_assert_eq!(screen.panics(), 0);
        }
    }

    #[test]
    fn rows_that_did_not_change_were_not_missed(outputs in vec(output(), 1..6)) {
        let mut screen = Screen::new(Size::new(6, 16));
        for output in &outputs {
            screen.feed(output);
            let seen: Vec<_> = screen.snapshot().lines().cloned().collect();
            prop_assert_eq!(seen, screen.lines_read_anew());
        }
    }
}
