//! Another width folds lines anew, loses no text, and is undone by the width of before.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::terminal::{Line, Position, Screen, Scrollback, Size};

/// The rows up to the last with text; those that go on end in `…`.
fn rows(screen: &Screen) -> Vec<String> {
    let mut rows: Vec<String> = screen
        .lines_read_anew()
        .iter()
        .map(|line| format!("{}{}", line.text(), if line.is_wrapped() { "…" } else { "" }))
        .collect();
    let used = rows.iter().rposition(|row| !row.is_empty()).map_or(0, |last| last + 1);
    rows.truncate(used);
    rows
}

/// The text, with rows that only went on because they were full as one line.
fn joined<'a>(lines: impl IntoIterator<Item = &'a Line>) -> String {
    let text: String =
        lines.into_iter().map(|line| line.text() + if line.is_wrapped() { "" } else { "\n" }).collect();
    text.trim_end_matches('\n').to_owned()
}

fn screen(size: (u16, u16), output: &str) -> Screen {
    let mut screen = Screen::new(Size::new(size.0, size.1));
    screen.feed(output.as_bytes());
    screen
}

/// What is printed at a size, the sizes after that, the rows then, and the cursor (behind the last column if it waits).
type Case = (&'static str, (u16, u16), &'static [(u16, u16)], &'static [&'static str], (u16, u16));

const CASES: &[Case] = &[
    ("abcdefgh", (4, 10), &[(4, 5)], &["abcde…", "fgh"], (1, 3)),
    ("abcdefgh", (4, 10), &[(4, 5), (4, 10)], &["abcdefgh"], (0, 8)),
    ("abcdefgh\r\nij", (4, 4), &[(4, 10)], &["abcdefgh", "ij"], (1, 2)),
    // Lines that were ended stay apart, however much room there is.
    ("abcd\r\nefgh", (4, 4), &[(4, 20)], &["abcd", "efgh"], (1, 4)),
    // A cursor that waits behind the last column goes on after its character, and waits again.
    ("abcdefgh", (4, 8), &[(4, 10)], &["abcdefgh"], (0, 8)),
    ("abcdefgh", (4, 8), &[(4, 4)], &["abcd…", "efgh"], (1, 4)),
    ("abcdefgh", (4, 8), &[(4, 4), (4, 8)], &["abcdefgh"], (0, 8)),
    // A cursor in the midst stays on its character.
    ("abcdefgh\x1b[3D", (4, 10), &[(4, 4)], &["abcd…", "efgh"], (1, 1)),
    ("abcdefgh\r\nij\x1b[1;6H", (5, 10), &[(5, 4)], &["abcd…", "efgh", "ij"], (1, 1)),
    // Behind the end of its line, it stays in the row of that end.
    ("abcdefgh\x1b[1;10H", (4, 20), &[(4, 6)], &["abcdef…", "gh"], (1, 3)),
    ("\x1b[3;9Hx\x1b[2;7H", (4, 10), &[(4, 5)], &["", "", "     …", "   x"], (1, 4)),
    // A prompt at the bottom keeps its rows together; what has no room leaves at the top.
    ("one\r\ntwo\r\nabcdef\r\n$ ls", (4, 10), &[(4, 4)], &["two", "abcd…", "ef", "$ ls"], (3, 4)),
    ("one\r\ntwo\r\nabcdef\r\n$ ls", (4, 10), &[(4, 4), (4, 10)], &["two", "abcdef", "$ ls"], (2, 4)),
    // Blank rows under the cursor go first; more rows come in as blanks.
    ("one\r\ntwo", (6, 10), &[(2, 8)], &["one", "two"], (1, 3)),
    ("a\r\nb\r\nc\r\nd", (4, 10), &[(2, 8), (4, 10)], &["c", "d"], (1, 1)),
    // The row with the cursor stays.
    ("abcdefgh\r\nijkl\x1b[H", (2, 8), &[(2, 4)], &["abcd…", "efgh"], (0, 0)),
    // A wide character is never cut; it goes to the next row whole, and comes back.
    ("a漢字b", (4, 10), &[(4, 4)], &["a漢…", "字b"], (1, 3)),
    ("a漢字b", (4, 10), &[(4, 4), (4, 10)], &["a漢字b"], (0, 6)),
    ("a漢字b", (4, 10), &[(4, 4), (4, 5), (4, 6)], &["a漢字b"], (0, 6)),
    ("漢字漢字", (4, 8), &[(4, 5)], &["漢字…", "漢字"], (1, 4)),
    ("漢字漢字\x1b[1;6H", (4, 9), &[(4, 5)], &["漢字…", "漢字"], (1, 1)),
    ("a 漢字b\x1b[1;4H", (4, 10), &[(4, 4), (4, 5), (4, 4)], &["a 漢…", "字b"], (0, 3)),
    ("👩\u{200d}🚀🇩🇪e\u{301}x", (4, 10), &[(4, 5)], &["👩\u{200d}🚀🇩🇪e\u{301}…", "x"], (1, 1)),
    // Blanks between the words are no text, and none is lost.
    ("ab\x1b[1;9Hcd", (4, 12), &[(4, 5)], &["ab   …", "   cd"], (1, 5)),
    ("ab\x1b[1;9Hcd", (4, 12), &[(4, 4), (4, 12)], &["ab      cd"], (0, 10)),
    ("ab\x1b[1;11Hcd", (6, 12), &[(6, 4), (6, 12)], &["ab        cd"], (0, 12)),
];

#[test]
fn lines_are_folded_anew_and_the_cursor_stays_with_its_text() {
    for (output, size, sizes, expected, cursor) in CASES {
        let mut screen = screen(*size, output);
        for (rows, cols) in *sizes {
            screen.resize(Size::new(*rows, *cols));
        }
        let at = (screen.grid.at().row, screen.grid.at().col);
        let shown = rows(&screen);
        assert_eq!((shown.as_slice(), at), (&owned(expected)[..], *cursor), "{output:?} {size:?} {sizes:?}");
        assert_eq!(Screen::restore(&screen.checkpoint()).map(|again| rows(&again)), Ok(shown));
        assert_eq!(screen.panics(), 0);
    }
}

fn owned(rows: &[&str]) -> Vec<String> {
    rows.iter().map(|row| (*row).to_owned()).collect()
}

#[test]
fn a_line_over_two_rows_survives_a_narrow_layout() {
    let numbers = (1..=60).map(|n| n.to_string()).collect::<Vec<_>>().join("-");
    let mut screen = screen((10, 100), &format!("$ seq\r\n{numbers}\r\n$ "));
    let before = rows(&screen);
    assert_eq!(before.len(), 4);
    screen.resize(Size::new(10, 60));
    assert_eq!(rows(&screen).len(), 5);
    assert_eq!(joined(&screen.lines_read_anew()), format!("$ seq\n{numbers}\n$ "));
    screen.resize(Size::new(10, 100));
    assert_eq!(rows(&screen), before);
    screen.resize(Size::new(10, 60));
    screen.resize(Size::new(10, 120));
    assert_eq!(joined(&screen.lines_read_anew()), format!("$ seq\n{numbers}\n$ "));
    assert_eq!((rows(&screen).len(), screen.cursor()), (4, Position { row: 3, col: 2 }));
}

#[test]
fn the_alternate_screen_keeps_its_rows_and_the_one_under_it_is_folded() {
    let mut screen = screen((4, 10), "abcdefgh\r\n$ \x1b[?1049h\x1b[Hfull screen");
    screen.resize(Size::new(4, 5));
    assert_eq!(rows(&screen), ["full ", "n"]);
    screen.feed(b"\x1b[?1049l");
    assert_eq!(
        (rows(&screen), screen.cursor()),
        (owned(&["abcde…", "fgh", "$ "]), Position { row: 2, col: 2 })
    );
    screen.resize(Size::new(4, 10));
    assert_eq!(rows(&screen), ["abcdefgh", "$ "]);
}

#[test]
fn the_code_points_that_hold_a_row_open_can_be_printed_like_any() {
    let output = "abc\u{10fffd}def\u{10fffc}漢";
    let mut screen = screen((4, 20), output);
    screen.resize(Size::new(4, 4));
    assert_eq!(rows(&screen), ["abc\u{10fffd}…", "def\u{10fffc}…", "漢"]);
    screen.resize(Size::new(4, 20));
    assert_eq!(rows(&screen), [output]);
}

#[test]
fn a_row_held_open_for_a_wide_character_is_edited_like_any() {
    let mut screen = screen((4, 20), "abc漢");
    screen.resize(Size::new(4, 4));
    screen.feed(b"\x1b[1;4Hd");
    assert_eq!(rows(&screen), ["abcd…", "漢"]);
    screen.resize(Size::new(4, 20));
    assert_eq!(rows(&screen), ["abcd漢"]);
    screen.resize(Size::new(4, 5));
    screen.feed(b"\x1b[1;1H\x1b[K");
    assert_eq!(rows(&screen), ["", "漢"]);
}

#[test]
fn a_primary_screen_left_without_saving_its_cursor_keeps_the_row_of_it() {
    let mut screen = screen((4, 8), "abcdefgh\r\nij\r\nkl\x1b[?47h");
    screen.resize(Size::new(3, 4));
    assert_eq!(joined(&screen.lines_now().0), "efgh\nij\nkl");
    screen.resize(Size::new(2, 4));
    assert_eq!(joined(&screen.lines_now().0), "ij\nkl");
}

#[test]
fn what_is_not_text_survives_and_printing_goes_on() {
    let output = "\x1b]8;;u:x\x1b\\\x1b[1;38;2;1;2;3mabcdefgh\x1b7\x1b]8;;\x1b\\\x1b[0;4:3;31m\x1b[2;3r\x1b[?2004h\x1b(0\x1b[4;3H";
    let mut screen = screen((5, 8), output);
    let line = screen.lines_read_anew()[0].clone();
    let (pen, modes, charsets) = (screen.grid.pen(), screen.modes(), screen.state.charsets);
    screen.resize(Size::new(5, 4));
    assert_eq!((screen.grid.pen(), screen.modes(), screen.state.charsets), (pen, modes, charsets));
    assert_eq!(screen.grid.margins().height(), 5);
    screen.resize(Size::new(5, 8));
    assert_eq!(screen.lines_read_anew()[0], line);
    // The saved cursor waits behind the last column as it did; what comes now goes on in the next row.
    screen.feed(b"\x1b8i");
    assert_eq!(rows(&screen), ["abcdefgh…", "i"]);
    screen.resize(Size::new(5, 20));
    let lines = screen.lines_read_anew();
    let styles: Vec<_> = lines[0].cells().map(|cell| cell.style).collect();
    assert_eq!((lines[0].text().as_str(), styles.len()), ("abcdefghi", 9));
    assert!(styles.iter().all(|style| *style == styles[0] && style.link == Some("u:x")));
}

#[test]
fn rows_that_leave_become_history_once() {
    let size = Size::new(4, 12);
    let mut scrollback = Scrollback::new(size, 1000);
    let lines: Vec<String> = (0..9).map(|n| format!("line {n} {}", "x".repeat(n))).collect();
    scrollback.feed(lines.join("\r\n").as_bytes());
    for (rows, cols) in [(4, 7), (4, 30), (3, 5), (6, 12), (6, 8)] {
        scrollback.resize(Size::new(rows, cols));
        let text = joined(scrollback.history().lines());
        assert_eq!(text, lines.join("\n"), "{rows}x{cols}");
    }
}

/// What programs print who know nothing of a screen.
fn output() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => "[a-z]{1,9} ?", 1 => "[x]{10,40}", 2 => "[漢字é─😀]{1,9}", 1 => Just("\t".to_owned()),
        1 => Just("👩\u{200d}🚀e\u{301}🇩🇪".to_owned()), 3 => Just("\r\n".to_owned()),
        1 => Just("\x1b[5C".to_owned()), 1 => "\x1b\\[(31|1|4|0|38;2;1;2;3|44|7)?m",
        1 => Just("\x1b[K".to_owned()), 1 => Just("\x1b[A".to_owned()), 1 => Just("\r".to_owned()),
        1 => Just("\x1b[3D\x1b[P".to_owned()), 1 => Just("\x1b[2@".to_owned()), 1 => "\x1b[78]",
    ];
    vec(piece, 0..25).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_is_lost_where_there_is_height(output in output(), cols in vec(4u16..40, 2..6)) {
        let mut screen = screen((400, cols[0]), &output);
        let before = joined(&screen.lines_read_anew());
        for cols in &cols[1..] {
            screen.resize(Size::new(400, *cols));
            prop_assert_eq!(joined(&screen.lines_read_anew()), before.clone());
        }
        prop_assert_eq!(screen.panics(), 0);
    }

    #[test]
    fn the_width_of_before_brings_back_the_rows(output in output(), cols in 4u16..40, other in vec(4u16..40, 1..4)) {
        let mut screen = screen((400, cols), &output);
        // What vt100 itself broke before a wide character is no longer one line; the first fold settles that.
        screen.resize(Size::new(400, cols + 1));
        screen.resize(Size::new(400, cols));
        let before = (rows(&screen), screen.grid.at());
        for other in other {
            screen.resize(Size::new(400, other));
        }
        screen.resize(Size::new(400, cols));
        prop_assert_eq!(rows(&screen), before.0);
        // A cursor that waited in the midst of a line may have come to stand on its next character.
        let next = Position { row: before.1.row + 1, col: 0 };
        let waited = before.1.col == cols && screen.grid.at() == next;
        prop_assert!(screen.grid.at().row == before.1.row || waited, "{:?} {:?}", before.1, screen.grid.at());
        prop_assert!(screen.grid.at().col <= before.1.col);
    }

    #[test]
    fn a_folded_screen_restored_goes_on_like_the_original(
        before in output(), after in output(), sizes in vec((2u16..10, 4u16..24), 1..4), then in (2u16..10, 4u16..24),
    ) {
        let mut original = screen((5, 12), &before);
        for (rows, cols) in sizes {
            original.resize(Size::new(rows, cols));
        }
        let checkpoint = original.checkpoint();
        let mut restored = Screen::restore(&checkpoint).unwrap();
        prop_assert_eq!(&checkpoint, &restored.checkpoint());
        for screen in [&mut original, &mut restored] {
            screen.feed(after.as_bytes());
            screen.resize(Size::new(then.0, then.1));
        }
        prop_assert_eq!(original.lines_read_anew(), restored.lines_read_anew());
        prop_assert_eq!((original.grid.at(), original.panics()), (restored.grid.at(), 0));
    }

    #[test]
    fn history_has_every_line_once_whatever_the_sizes(lines in vec("[a-z漢]{0,30}", 1..20), sizes in vec((2u16..10, 4u16..40), 1..5)) {
        let mut scrollback = Scrollback::new(Size::new(4, 64), 10_000);
        scrollback.feed(lines.join("\r\n").as_bytes());
        for (rows, cols) in sizes {
            scrollback.resize(Size::new(rows, cols));
        }
        let written = lines.join("\n");
        prop_assert_eq!(joined(scrollback.history().lines()), written.trim_end_matches('\n'));
    }
}
