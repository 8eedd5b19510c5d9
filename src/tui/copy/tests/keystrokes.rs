//! Tables of keys: where the cursor was, what was pressed, where it is.

use super::*;

const PROSE: &str = "fn main() {\r\n    let x_1 = 漢字;\r\n\r\n\r\nlast one.\r\n\r\nend";

#[test]
fn motions_lead_where_vi_leads() {
    for (from, keys, to) in [
        ((0, 0), "l", (0, 1)),
        ((0, 1), "right left h h", (0, 0)),
        ((0, 0), "j", (1, 0)),
        ((0, 8), "j j j", (3, 0)),
        ((0, 8), "j j down up k k", (0, 8)),
        ((0, 0), "$ j", (1, 18)),
        ((0, 0), "$ j j j j", (4, 8)),
        ((0, 0), "$ l l", (0, 10)),
        ((0, 0), "w", (0, 3)),
        ((0, 3), "w", (0, 7)),
        ((0, 7), "w", (0, 10)),
        ((0, 10), "w", (1, 4)),
        ((1, 4), "w w w", (1, 14)),
        ((1, 14), "w", (1, 18)),
        ((1, 18), "w", (2, 0)),
        ((2, 0), "w", (3, 0)),
        ((3, 0), "w", (4, 0)),
        ((6, 0), "w w", (6, 2)),
        ((0, 0), "e", (0, 1)),
        ((0, 1), "e", (0, 6)),
        ((1, 8), "e e e", (1, 16)),
        ((1, 18), "e", (4, 3)),
        ((4, 0), "b", (3, 0)),
        ((3, 0), "b b", (1, 18)),
        ((1, 18), "b", (1, 14)),
        ((0, 3), "b b b", (0, 0)),
        ((1, 16), "0", (1, 0)),
        ((1, 16), "^", (1, 4)),
        ((1, 0), "end", (1, 18)),
        ((1, 9), "home", (1, 0)),
        ((3, 0), "g", (0, 0)),
        ((0, 0), "G", (6, 0)),
        ((0, 0), "}", (2, 0)),
        ((2, 0), "}", (5, 0)),
        ((5, 0), "}", (6, 2)),
        ((6, 2), "{", (5, 0)),
        ((5, 0), "{", (3, 0)),
        ((3, 0), "{", (0, 0)),
    ] {
        let mut copy = filled(PROSE, (7, 30));
        copy.move_to(Spot::new(from.0, from.1));
        assert_eq!(press(&mut copy, keys), CopyReply::Stay);
        assert_eq!(at(&copy), to, "{keys} from {from:?}");
    }
}

#[test]
fn words_and_lines_go_through_the_edge_of_the_screen() {
    // Three rows: "one two th", "ree four f", "ive".
    let mut copy = filled("one two three four five\r\nx", (6, 10));
    press(&mut copy, "g");
    for (keys, to) in [
        ("w w", (0, 8)),
        ("e", (1, 2)),
        ("w w", (1, 9)),
        ("e", (2, 2)),
        ("b", (1, 9)),
        ("b b", (0, 8)),
        ("$", (2, 2)),
        ("0", (0, 0)),
        ("j l l h h h", (0, 9)),
        ("l", (1, 0)),
    ] {
        press(&mut copy, keys);
        assert_eq!(at(&copy), to, "{keys}");
    }
}

#[test]
fn the_cursor_begins_where_the_agents_is_and_a_wide_character_is_one_step() {
    let mut copy = filled("\r\na漢b $ ", (4, 20));
    assert_eq!(at(&copy), (1, 7));
    assert_eq!(press(&mut copy, "b"), CopyReply::Stay);
    assert_eq!(at(&copy), (1, 5));
    press(&mut copy, "0 l l");
    assert_eq!(at(&copy), (1, 3));
    press(&mut copy, "h");
    assert_eq!(at(&copy), (1, 1));
}

#[test]
fn the_view_follows_the_cursor_and_pages_move_both() {
    let mut copy = filled(&numbered(100), (10, 20));
    assert_eq!((copy.top, at(&copy)), (91, (100, 0)));
    for (keys, top, row) in [
        ("ctrl-u", 86, 95),
        ("ctrl-u", 81, 90),
        ("ctrl-d", 86, 95),
        ("pageup", 78, 87),
        ("ctrl-b", 70, 79),
        ("ctrl-f pagedown", 86, 95),
        ("H", 86, 86),
        ("M", 86, 90),
        ("L", 86, 95),
        ("g", 0, 0),
        ("ctrl-u", 0, 0),
        ("M k", 0, 3),
        ("G", 90, 99),
        ("ctrl-d", 91, 100),
        ("ctrl-d", 91, 100),
        ("H k", 90, 90),
    ] {
        press(&mut copy, keys);
        assert_eq!((copy.top, copy.cursor.row), (top, row), "{keys}");
    }
}

#[test]
fn the_keys_that_end_it_end_it() {
    for (keys, reply) in [
        ("q", CopyReply::Leave),
        ("ctrl-c", CopyReply::Leave),
        ("esc", CopyReply::Leave),
        ("enter", CopyReply::Leave),
        ("v esc", CopyReply::Stay),
        ("v esc esc", CopyReply::Leave),
        ("v q", CopyReply::Leave),
        ("v v enter", CopyReply::Leave),
        ("x", CopyReply::Stay),
        ("f5", CopyReply::Stay),
        ("g y", CopyReply::Take("line 1".to_owned())),
        ("g v l l enter", CopyReply::Take("lin".to_owned())),
        ("G j y", CopyReply::Say("there is no text to copy".to_owned())),
    ] {
        let mut copy = filled(&numbered(3), (10, 20));
        assert_eq!(press(&mut copy, keys), reply, "{keys}");
    }
    let mut copy = filled(&numbered(3), (10, 20));
    let release = Key { kind: crate::domain::KeyKind::Release, ..Key::plain(crate::domain::KeyCode::Esc) };
    assert_eq!(copy.key(release), CopyReply::Stay);
    assert_eq!(copy.agent(), AGENT);
}

#[test]
fn the_wheel_scrolls_and_leaves_at_the_end() {
    let mut copy = filled(&numbered(30), (10, 20));
    assert_eq!(copy.wheel(-3), CopyReply::Stay);
    assert_eq!((copy.top, copy.cursor.row), (18, 27));
    assert_eq!(copy.wheel(3), CopyReply::Stay);
    assert_eq!(copy.top, 21);
    assert_eq!(copy.wheel(1), CopyReply::Leave);
    assert_eq!(copy.wheel(-1000), CopyReply::Stay);
    assert_eq!((copy.top, copy.cursor.row), (0, 9));

    press(&mut copy, "G v");
    assert_eq!(copy.wheel(1000), CopyReply::Stay, "a selection is not lost by scrolling");
    let mut copy = filled(&numbered(30), (10, 20));
    press(&mut copy, "/ 3 enter");
    assert_eq!(copy.wheel(1000), CopyReply::Stay, "nor is a search");
}
