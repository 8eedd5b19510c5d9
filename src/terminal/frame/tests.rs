//! Frames reproduce the screen they came from; bytes nobody wrote are refused; version 1 stays readable.

use proptest::prelude::*;

use super::*;
use crate::terminal::{Mirror, Screen};

fn same(grid: &Mirror, snapshot: &Snapshot) -> bool {
    grid.lines().iter().eq(snapshot.lines())
        && grid.cursor() == snapshot.cursor
        && grid.modes() == snapshot.modes
        && grid.title() == &*snapshot.title
        && grid.size() == snapshot.size
        && grid.seen() == Some(snapshot.revision)
}

#[test]
fn a_watcher_sees_what_the_screen_shows_and_gets_only_what_changed() {
    let mut screen = Screen::new(Size::new(5, 20));
    let mut grid = Mirror::default();
    screen.feed("hello\r\n漢字 \x1b[1;31mred\x1b[m".as_bytes());
    let snapshot = screen.snapshot();
    let frame = Frame::since(&snapshot, grid.seen()).unwrap();
    grid.apply(&frame.into_bytes()).unwrap();
    assert!(same(&grid, &snapshot));
    assert_eq!(grid.take_changed(), [0, 1, 2, 3, 4]);

    assert_eq!(Frame::since(&screen.snapshot(), grid.seen()), None);
    screen.feed(b"!\x1b[?2004h\x1b]0;title\x07");
    let snapshot = screen.snapshot();
    let frame = Frame::since(&snapshot, grid.seen()).unwrap();
    grid.apply(&frame.into_bytes()).unwrap();
    assert!(same(&grid, &snapshot));
    assert_eq!(grid.take_changed(), [1]);

    screen.resize(Size::new(3, 10));
    let snapshot = screen.snapshot();
    grid.apply(&Frame::since(&snapshot, grid.seen()).unwrap().into_bytes()).unwrap();
    assert!(same(&grid, &snapshot));
}

#[test]
fn a_frame_that_stands_on_something_else_is_refused() {
    let mut screen = Screen::new(Size::new(5, 20));
    screen.feed(b"a");
    let first = screen.snapshot();
    screen.feed(b"b");
    let second = screen.snapshot();
    let frame = Frame::since(&second, Some(first.revision)).unwrap();
    assert_eq!(Mirror::default().apply(&frame.into_bytes()), Err(FrameError::Gap(first.revision)));
    assert_eq!(Mirror::default().apply(&[9, 0, 0]), Err(FrameError::Version(9)));
    assert_eq!(Mirror::default().apply(&[]), Err(FrameError::Malformed));
}

#[test]
fn a_frame_of_version_1_is_read_for_ever() {
    // Bytes as this program once wrote them; they are never to be changed.
    let frozen: &[u8] = &[
        1, 1, 3, 0, 2, 8, 1, 4, 5, 1, 13, 2, 2, 0, 1, 2, b'h', b'i', 2, 0, 14, 0, 0xc0, 0x41, 1, 1, 0, 0x23,
        b'a', b'b', b'c', 0xc0, 0, 0x21, b'd', 1, 7, 0, 0x21, b'x', 0x63, 0xe6, 0xbc, 0xa2,
    ];
    let mut grid = Mirror::default();
    grid.apply(frozen).unwrap();
    assert_eq!((grid.size(), grid.seen(), grid.title()), (Size::new(2, 8), Some(3), "hi"));
    assert_eq!(grid.lines().iter().map(Line::text).collect::<Vec<_>>(), ["abcd", "x漢"]);
    assert_eq!(
        grid.cursor(),
        Cursor { at: Position { row: 1, col: 4 }, shape: CursorShape::BlinkingBar, visible: true }
    );
    assert!(grid.modes().bracketed_paste && grid.modes().alternate_screen && grid.modes().application_keypad);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_a_frame_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut grid = Mirror::default();
        let _ = grid.apply(&bytes);
        let mut versioned = vec![1, 1];
        versioned.extend_from_slice(&bytes);
        let _ = grid.apply(&versioned);
        prop_assert!(grid.lines().len() <= 1000);
    }

    #[test]
    fn a_frame_with_a_byte_changed_is_a_frame_or_an_error(at in 0usize..200, byte: u8) {
        let mut screen = Screen::new(Size::new(4, 20));
        screen.feed("\x1b[31mred\x1b[m 漢 e\u{301} \x1b]8;;u:x\x1b\\l\x1b]8;;\x1b\\\r\nmore\x1b]2;t\x07".as_bytes());
        let mut bytes = Frame::since(&screen.snapshot(), None).unwrap().into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        let _ = Mirror::default().apply(&bytes);
    }
}
