//! A history has every line that was ever on the screen, once; it is found, folded and copied as it was written.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::terminal::print::ansi;

fn history(output: &str, size: Size) -> History {
    let mut scrollback = Scrollback::new(size, 10_000);
    scrollback.feed(output.as_bytes());
    scrollback.history()
}

fn texts(history: &History) -> Vec<String> {
    history.lines().iter().map(Line::text).collect()
}

impl History {
    /// Returns the text of the lines from `first` to `last`, as it is copied: rows that only went on because they were
    /// full are one line.
    fn text(&self, first: usize, last: usize) -> String {
        let mut out = String::new();
        let rows = self.lines.iter().enumerate().skip(first).take((last + 1).saturating_sub(first));
        for (number, line) in rows {
            out.push_str(&line.text());
            if number < last && !line.is_wrapped() {
                out.push('\n');
            }
        }
        out
    }
}

/// Plain lines, as programs print them that know nothing of a screen.
fn log() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        6 => "[a-z]{1,9} ?", 1 => "[x]{20,50}", 1 => "[漢字é─😀]{1,9}", 1 => Just("\t".to_owned()),
        1 => Just("👩\u{200d}🚀e\u{301}".to_owned()), 1 => Just("12%\r99%".to_owned()), 1 => Just("\x1b[K".to_owned()),
        2 => "\x1b\\[(31|1|4|0|38;2;1;2;3|9|7)?m", 1 => Just("\x1b[44mblue\x1b[m".to_owned()),
        1 => Just("\x1b]8;;u:x\x1b\\link\x1b]8;;\x1b\\".to_owned()),
    ];
    let line = vec(word, 0..5).prop_map(|words| words.concat() + "\r\n");
    (vec(line, 1..12), 1usize..12).prop_map(|(lines, times)| lines.concat().repeat(times))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_line_is_there_as_on_a_screen_that_is_high_enough(logs in vec(log(), 1..4), rows in 2u16..8, cols in 4u16..30) {
        // What scrolls in behind a coloured end of a row has that colour, so that is not the same on both.
        let output = logs.concat().replace("\x1b[44m", "");
        let mut tall = Screen::new(Size::new(1000, cols));
        tall.feed(output.as_bytes());
        prop_assume!(tall.cursor().row < 999);
        let used = usize::from(tall.cursor().row);
        let expected: Vec<String> = tall.lines_now().0.iter().take(used).map(|l| ansi(std::iter::once(l))).collect();
        let history = history(&output, Size::new(rows, cols));
        let mut lines: Vec<String> = history.lines().iter().map(|l| ansi(std::iter::once(l))).collect();
        lines.resize(used, String::new());
        prop_assert_eq!(lines, expected);
        let wrapped: Vec<bool> = tall.lines_now().0.iter().take(used).map(Line::is_wrapped).collect();
        let mut flags: Vec<bool> = history.lines().iter().map(Line::is_wrapped).collect();
        flags.resize(used, false);
        prop_assert_eq!(flags, wrapped);
    }

    #[test]
    fn pieces_make_no_difference(logs in vec(log(), 1..4), rows in 2u16..8, cols in 4u16..30, moves in "(\x1b\\[[1-4](A|L|S|M)|\x1b\\[2;4r|\x1b\\[r|\x1bM|\x1b\\[?1049[hl]|\n\n\n){0,4}") {
        let output = logs.join(&moves);
        let whole = history(&output, Size::new(rows, cols));
        let mut scrollback = Scrollback::new(Size::new(rows, cols), 10_000);
        output.as_bytes().chunks(7).for_each(|piece| scrollback.feed(piece));
        prop_assert_eq!(scrollback.history(), whole);
    }

    #[test]
    fn folding_keeps_the_text(log in log(), cols in 4u16..30, viewer in 2u16..60) {
        let history = history(&log, Size::new(5, cols));
        let folded = history.reflow(viewer);
        let last = usize::MAX - 1;
        prop_assert_eq!(folded.text(0, last).trim_end().to_owned(), history.text(0, last).trim_end().to_owned());
        prop_assert!(folded.lines().iter().all(|l| l.cells().map(|c| u32::from(c.width)).sum::<u32>() <= u32::from(viewer)));
    }
}

#[test]
fn lines_that_scrolled_away_come_before_those_on_the_screen() {
    let output: String = (0..100).map(|n| format!("line {n}\r\n")).collect();
    let history = history(&output, Size::new(5, 20));
    assert_eq!(texts(&history), (0..100).map(|n| format!("line {n}")).collect::<Vec<_>>());
}

#[test]
fn only_the_newest_lines_are_kept() {
    let mut scrollback = Scrollback::new(Size::new(5, 20), 10);
    scrollback.feed((0..100).map(|n| format!("{n}\r\n")).collect::<String>().as_bytes());
    let history = scrollback.history();
    assert_eq!(texts(&history), (90..100).map(|n| n.to_string()).collect::<Vec<_>>());
    assert_eq!(history.left_out(), 90);
}

#[test]
fn history_goes_on_through_another_size() {
    let mut scrollback = Scrollback::new(Size::new(4, 20), 100);
    scrollback.feed(b"a\r\nb\r\nc\r\n");
    scrollback.feed(b"d\r\n");
    scrollback.resize(Size::new(2, 20));
    scrollback.feed(b"e");
    assert_eq!(texts(&scrollback.history()), ["a", "b", "c", "d", "e"]);
}

#[test]
fn a_full_screen_program_adds_what_it_shows_and_no_history() {
    let size = Size::new(4, 20);
    assert_eq!(
        texts(&history("shell\r\n\x1b[?1049h\x1b[Hone\r\n\n\n\n\ntwo", size)),
        ["shell", "", "", "", "two"]
    );
    assert_eq!(texts(&history("shell\r\n\x1b[?1049h\n\n\n\n\n\n\x1b[?1049l$", size)), ["shell", "$"]);
}

#[test]
fn text_is_found_where_it_is() {
    let history = history("one Two\r\n漢字 two\r\nthe end of a long lineTWO\r\n", Size::new(3, 16));
    let places =
        |text| history.search(text, 10).iter().map(|m| (m.line, m.column, m.length)).collect::<Vec<_>>();
    assert_eq!(places("two"), [(0, 4, 3), (1, 5, 3), (3, 6, 3)]);
    assert_eq!(places("Two"), [(0, 4, 3)]);
    assert_eq!(places("字 t"), [(1, 2, 4)]);
    assert_eq!(places("long"), [(2, 13, 4)]);
    assert_eq!(places("absent"), []);
    assert_eq!(history.search("", 10), []);
    assert_eq!(history.search("e", 2).len(), 2);
    assert_eq!(history.text(2, 3), "the end of a long lineTWO");
}

#[test]
fn lines_at_hand_are_a_history_too() {
    let written = history("one\r\ntwo", Size::new(3, 16));
    let again = History::from(written.clone().into_lines());
    assert_eq!(again, written);
    assert_eq!((again.text(0, 1).as_str(), again.left_out()), ("one\ntwo", 0));
}
