//! What is copied of a selection.

use super::*;

#[test]
fn rows_that_went_on_are_joined_and_blanks_at_their_end_left_out() {
    let output = "one two three four\r\nx  \x1b[44m   \x1b[m\r\n\r\n  indented  \r\nend";
    let mut copy = filled(output, (10, 10));
    assert_eq!(
        taken(&mut copy, "g v G $ y"),
        "one two three four\nx\n\n  indented\nend",
        "{:?}",
        seen(&copy)
    );
    assert_eq!(taken(&mut copy, "esc g v w w e y"), "one two three");
    assert_eq!(taken(&mut copy, "esc g v w w e o l y"), "ne two three");
    assert_eq!(taken(&mut copy, "esc g w v h y"), " t");
    assert_eq!(taken(&mut copy, "esc g space w h enter"), "one ", "blanks inside a row are text");
    assert_eq!(taken(&mut copy, "esc g y"), "one two three four");
    assert_eq!(taken(&mut copy, "esc g j y"), "one two three four");
}

#[test]
fn lines_are_taken_whole() {
    let mut copy = filled("one two three four\r\ntwo\r\nthree", (10, 10));
    assert_eq!(taken(&mut copy, "g w V y"), "one two three four");
    assert_eq!(taken(&mut copy, "esc g j V j y"), "one two three four\ntwo");
    assert_eq!(taken(&mut copy, "esc G V k y"), "two\nthree");
    assert_eq!(taken(&mut copy, "esc G v k V l y"), "two\nthree", "the kind of a selection can be changed");
}

#[test]
fn a_block_is_cut_to_its_columns() {
    let mut copy = filled("abcdef\r\n\r\nab\r\n漢字漢字\r\na  d  g", (10, 20));
    assert_eq!(taken(&mut copy, "g l ctrl-v l l y"), "bcd");
    assert_eq!(taken(&mut copy, "esc g l ctrl-v l l j j y"), "bcd\n\nb");
    assert_eq!(taken(&mut copy, "esc g l ctrl-v j j y"), "b\n\nb");
    assert_eq!(taken(&mut copy, "esc g l ctrl-v l l j j j j y"), "bcd\n\nb\n 字\n  d");
    assert_eq!(taken(&mut copy, "esc g ctrl-v l j j j j y"), "ab\n\nab\n漢\na");
    // A corner on a wide character has the whole of it.
    assert_eq!(taken(&mut copy, "esc g l l ctrl-v j j j y"), "cd\n\n\n字");
    assert_eq!(taken(&mut copy, "esc g l l ctrl-v j j j o h y"), "bcd\n\nb\n 字");
    let mut copy = filled("0123456789abcde", (10, 10));
    assert_eq!(taken(&mut copy, "g l ctrl-v j l l y"), "123\nbcd", "the rows of a block are not joined");
}

#[test]
fn wide_characters_are_taken_whole() {
    let mut copy = filled("a漢字b", (4, 20));
    assert_eq!(taken(&mut copy, "0 l v y"), "漢");
    assert_eq!(taken(&mut copy, "esc 0 v l l y"), "a漢字");
    assert_eq!(copy.press(2, 0, 1), CopyReply::Stay);
    copy.drag(4, 0);
    assert_eq!(copy.release(), CopyReply::Take("漢字".to_owned()));
    // The last column was too narrow for it.
    let mut copy = filled("aaaa漢字b", (4, 20));
    copy.resize((4, 5));
    assert_eq!(seen(&copy)[..3], ["aaaa", "漢字b", ""]);
    assert_eq!(taken(&mut copy, "g y"), "aaaa漢字b");
}

#[test]
fn the_mouse_takes_what_it_was_dragged_over() {
    let mut copy = filled("one two\r\nsrc/tui/mod.rs:12 (x)\r\nthree", (6, 20));
    let take = |text: &str| CopyReply::Take(text.to_owned());
    copy.press(4, 0, 1);
    assert!(!copy.selecting());
    copy.drag(4, 0);
    assert_eq!(copy.release(), CopyReply::Stay, "a click selects nothing");
    assert_eq!(at(&copy), (0, 4));

    copy.press(4, 0, 1);
    copy.drag(2, 1);
    assert!(copy.selecting());
    assert_eq!(copy.release(), take("two\nsrc"));
    assert_eq!(copy.release(), CopyReply::Stay);

    copy.press(2, 1, 1);
    copy.drag(4, 0);
    assert_eq!(copy.release(), take("two\nsrc"));

    copy.press(6, 1, 2);
    assert_eq!(copy.release(), take("src/tui/mod.rs:12"));
    copy.press(6, 0, 2);
    copy.drag(0, 0);
    assert_eq!(copy.release(), take("one two"), "by words after a double click");
    copy.press(0, 0, 2);
    copy.drag(5, 0);
    assert_eq!(copy.release(), take("one two"));
    copy.press(6, 0, 3);
    copy.drag(0, 1);
    assert_eq!(copy.release(), take("one two\nsrc/tui/mod.rs:12 (x)"));
    copy.press(15, 0, 2);
    assert_eq!(copy.release(), CopyReply::Say("there is no text to copy".to_owned()));
    assert!(!copy.selecting());
}

#[test]
fn dragging_outside_scrolls_a_line_at_a_time() {
    let mut copy = filled(&numbered(100), (10, 20));
    copy.press(0, 5, 1);
    assert_eq!(at(&copy), (96, 0));
    copy.drag(-1, -1);
    copy.drag(-1, -5);
    assert_eq!((copy.top, at(&copy)), (89, (89, 0)));
    (0..20).for_each(|_| copy.drag(1000, 1000));
    assert_eq!((copy.top, at(&copy)), (91, (100, 19)));
    assert_eq!(copy.release(), CopyReply::Take("line 97\nline 98\nline 99\nline 100\n".to_owned()));
}
