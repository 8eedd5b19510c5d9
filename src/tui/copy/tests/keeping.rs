//! The history comes, or the pane changes its size: what the person looks at stays.

use proptest::prelude::*;

use super::*;

/// The place of the cursor in words, and what is selected.
fn held(copy: &Copy) -> (String, usize) {
    (copy.lines()[copy.cursor.row].text(), copy.cursor.row - copy.top)
}

#[test]
fn the_history_comes_in_above_and_nothing_moves() {
    let output = numbered(100) + "$ ";
    let mut copy = on_screen(&output, (10, 20));
    assert!(copy.waits);
    press(&mut copy, "k k k v w");
    let before = (seen(&copy), held(&copy), taken(&mut copy.clone(), "y"));
    copy.fill(history(&output, (10, 20)));
    assert!(!copy.waits);
    assert_eq!((seen(&copy), held(&copy), taken(&mut copy.clone(), "y")), before);
    assert_eq!(copy.top, 91);
}

#[test]
fn output_that_came_since_lies_below() {
    let output = numbered(100) + "$ ";
    let mut copy = on_screen(&output, (10, 20));
    press(&mut copy, "k k w");
    let before = (seen(&copy), held(&copy));
    let more = (0..500).map(|n| format!("more {n}\r\n")).collect::<String>();
    copy.fill(history(&(output + "make\r\n" + &more), (10, 20)));
    let mut expected = before.0;
    *expected.last_mut().unwrap() = "$ make".to_owned();
    assert_eq!((seen(&copy), held(&copy)), (expected, before.1));
    assert_eq!(copy.wheel(3), CopyReply::Stay);
}

#[test]
fn blank_rows_below_a_prompt_stay_in_view() {
    let output = "old\r\n".repeat(50) + "\x1b[H\x1b[2Jone\r\n$ ";
    let mut copy = on_screen(&output, (8, 20));
    let before = seen(&copy);
    copy.fill(history(&output, (8, 20)));
    assert_eq!(seen(&copy), before);
    assert_eq!(at(&copy).1, 2);
}

#[test]
fn equal_lines_are_matched_from_the_bottom() {
    let output = "y\r\n".repeat(500);
    let mut copy = on_screen(&output, (8, 20));
    let before = seen(&copy);
    copy.fill(history(&output, (8, 20)));
    assert_eq!(seen(&copy), before);
    assert_eq!(at(&copy), (500, 0));
    let output = (numbered(5) + "done\r\n").repeat(9);
    let mut copy = on_screen(&output, (8, 20));
    copy.fill(history(&output, (8, 20)));
    assert_eq!(at(&copy), (54, 0));
}

#[test]
fn a_line_whose_beginning_had_left_the_screen_keeps_its_place() {
    let output = "0123456789abcdefghijklmnopqrstuvwxyz";
    let mut copy = on_screen(output, (2, 10));
    assert_eq!(seen(&copy), ["klmnopqrst", "uvwxyz"].map(str::to_owned));
    press(&mut copy, "k");
    let before = held(&copy);
    copy.fill(history(output, (2, 10)));
    assert_eq!(held(&copy), before);
    assert_eq!(taken(&mut copy, "y"), output);
}

#[test]
fn a_screen_that_the_history_has_not_follows_it() {
    let mut copy = on_screen("a\r\nb\r\nc", (4, 20));
    let before = seen(&copy);
    copy.fill(history(&numbered(20), (4, 20)));
    assert_eq!(seen(&copy), before);
    press(&mut copy, "g");
    assert_eq!(seen(&copy)[0], "line 1");
    let mut copy = on_screen("a\r\nb\r\nc", (4, 20));
    copy.fill(History::default());
    assert_eq!(seen(&copy), before);
}

#[test]
fn a_screen_that_a_program_keeps_repainting_is_found_by_what_stayed() {
    let output = numbered(40) + "-----\r\n> ask\r\nworking 1s";
    let mut copy = on_screen(&output, (10, 20));
    let before = held(&copy).1;
    let later = numbered(45) + "-----\r\n> ask\r\nworking 9s";
    copy.fill(history(&later, (10, 20)));
    assert_eq!(seen(&copy)[0], "line 34");
    assert_eq!(held(&copy).1, before);
}

#[test]
fn scrolling_up_before_the_history_is_there_is_made_up_for() {
    let output = numbered(100);
    let mut copy = on_screen(&output, (10, 20));
    assert_eq!(copy.wheel(-3), CopyReply::Stay);
    assert_eq!(copy.wheel(-3), CopyReply::Stay);
    assert_eq!(copy.wheel(1), CopyReply::Stay);
    assert_eq!(copy.top, 0);
    copy.fill(history(&output, (10, 20)));
    assert_eq!(copy.top, 86);
}

#[test]
fn another_width_keeps_the_text_under_the_cursor() {
    let output: String = (0..60).map(|n| format!("{n}: the quick brown fox jumps over\r\n")).collect();
    let mut copy = filled(&output, (10, 40));
    press(&mut copy, "k k k k w w w v e");
    let word = taken(&mut copy.clone(), "y");
    for cols in [12, 7, 60, 1, 2, 40] {
        copy.resize((10, cols));
        assert_eq!(taken(&mut copy.clone(), "y"), word, "{cols}");
        assert!(copy.view().contains(&copy.cursor.row));
    }
    assert_eq!(held(&copy).0, "56: the quick brown fox jumps over");
    copy.resize((3, 40));
    assert!(copy.view().contains(&copy.cursor.row));
    copy.resize((200, 40));
    assert_eq!(copy.top, 0);
}

#[test]
fn what_was_left_out_is_said_at_the_top() {
    let mut scrollback = Scrollback::new(Size::new(5, 20), 20);
    let output = numbered(2000);
    scrollback.feed(output.as_bytes());
    let mut copy = on_screen(&output, (5, 20));
    copy.fill(scrollback.history());
    assert_eq!(copy.status(), "copy mode  line 21 of 21");
    press(&mut copy, "g");
    assert_eq!(copy.status(), "copy mode  line 1 of 21  (1,980 older lines were left out)");
}

#[test]
fn a_line_whose_beginning_had_left_the_screen_and_that_looks_like_its_last_keeps_its_place() {
    let output = " 漢漢 漢漢漢a\r\n 漢漢 aa漢aa漢a aa漢漢漢 漢漢漢";
    let mut copy = on_screen(output, (3, 4));
    let before = (seen(&copy), held(&copy));
    copy.fill(history(output, (3, 4)));
    assert_eq!((seen(&copy), held(&copy)), before);
}

fn output() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        4 => "[a-z]{0,6}( [a-z漢]{1,9}){0,6}", 1 => Just(String::new()), 1 => Just("same".to_owned()),
        1 => "[a-z]{30,60}",
    ];
    proptest::collection::vec(line, 1..60).prop_map(|lines| lines.join("\r\n"))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_view_stays_whatever_the_output_was(output in output(), rows in 2u16..12, cols in 4u16..40, up in 0usize..12) {
        let mut copy = on_screen(&output, (rows, cols));
        (0..up).for_each(|_| { press(&mut copy, "k"); });
        let before = (seen(&copy), held(&copy));
        copy.fill(history(&output, (rows, cols)));
        prop_assert_eq!((seen(&copy), held(&copy)), before);
    }

    #[test]
    fn a_selection_survives_any_width(output in output(), cols in 4u16..40, other in 2u16..60, keys in "0[hjklwbe]{0,9}v[hjklwbe]{0,9}") {
        let mut copy = filled(&output, (8, cols));
        for key in keys.chars() {
            press(&mut copy, &key.to_string());
        }
        let before = copy.take();
        copy.resize((5, other));
        prop_assert_eq!(copy.take(), before);
    }
}
