//! Searching: as one types, on, back, and what is said about it.

use super::*;

const TEXT: &str = "one two\r\ntwo One\r\nthree two one\r\nend of a long line two";

fn said(text: &str) -> CopyReply {
    CopyReply::Say(text.to_owned())
}

#[test]
fn a_search_leads_from_match_to_match() {
    let mut copy = filled(TEXT, (10, 20));
    for (keys, to, reply) in [
        ("g / t w o", (0, 4), CopyReply::Stay),
        ("enter", (0, 4), CopyReply::Stay),
        ("n", (1, 0), CopyReply::Stay),
        ("n n", (3, 19), CopyReply::Stay),
        ("n", (0, 4), said("the search went on from the top")),
        ("N", (3, 19), said("the search went on from the bottom")),
        ("N", (2, 6), CopyReply::Stay),
        ("? o n e enter", (1, 4), CopyReply::Stay),
        ("n", (0, 0), CopyReply::Stay),
        ("N", (1, 4), CopyReply::Stay),
        ("/ O n e enter", (1, 4), said("the search went on from the top")),
        ("/ x enter", (1, 4), said("not found: x")),
        ("n", (1, 4), said("not found: x")),
        ("g *", (1, 4), CopyReply::Stay),
        ("/ enter", (2, 10), CopyReply::Stay),
        ("? enter", (1, 4), CopyReply::Stay),
        ("j j 0 w w w w h *", (3, 13), said("there is no word under the cursor")),
    ] {
        assert_eq!(press(&mut copy, keys), reply, "{keys}");
        assert_eq!(at(&copy), to, "{keys}");
    }
    assert_eq!(press(&mut filled(TEXT, (10, 20)), "n"), said("nothing was searched for yet"));
}

#[test]
fn what_is_typed_is_looked_for_at_once_and_can_be_taken_back() {
    let output = numbered(100);
    let mut copy = filled(&output, (10, 20));
    press(&mut copy, "H v");
    let (top, cursor) = (copy.top, copy.cursor);
    copy.begin_search(true);
    copy.paste("line 1\n");
    assert_eq!(at(&copy), (18, 0));
    assert_eq!(copy.status(), "search back: line 1  (11 of 12)");
    press(&mut copy, "1 x");
    assert_eq!(copy.status(), "search back: line 11x  (not found)");
    assert_eq!((copy.top, copy.cursor), (top, cursor), "nothing found shows where the search began");
    press(&mut copy, "backspace backspace backspace up alt-x 2");
    assert_eq!(copy.status(), "search back: line 2  (11 of 11)");
    press(&mut copy, "esc");
    assert_eq!((copy.top, copy.cursor), (top, cursor));
    assert!(copy.selecting());
    assert_eq!(copy.status(), "copy mode  line 92 of 101");
    press(&mut copy, "/ a ctrl-u backspace");
    assert_eq!(copy.status(), "copy mode  line 92 of 101");
    copy.paste("ignored");
    assert_eq!(copy.status(), "copy mode  line 92 of 101");
}

#[test]
fn the_status_counts() {
    let mut copy = filled(TEXT, (10, 20));
    press(&mut copy, "g / t w o enter n");
    assert_eq!(copy.status(), "copy mode  line 2 of 10  /two: 2 of 4");
    press(&mut copy, "l");
    assert_eq!(copy.status(), "copy mode  line 2 of 10  /two: 4 matches");
    press(&mut copy, "? t h r e e enter j");
    assert_eq!(copy.status(), "copy mode  line 4 of 10  ?three: 1 match");
    let mut copy = on_screen(TEXT, (10, 20));
    press(&mut copy, "g");
    assert_eq!(copy.status(), "copy mode  line 1 of 10  (older lines are being fetched)");
}

#[test]
fn a_letter_found_everywhere_is_found_everywhere() {
    let output: String = (0..6000).map(|n| format!("aaaa {n}\r\n")).collect();
    let mut copy = filled(&output, (10, 20));
    press(&mut copy, "? a enter");
    assert_eq!(at(&copy), (5999, 3));
    assert_eq!(copy.status(), "copy mode  line 6,000 of 6,001  ?a: 10,000+ matches");
    // Whoever goes through all of them comes to the first and goes on from the end.
    press(&mut copy, "g");
    assert_eq!(press(&mut copy, "N"), CopyReply::Stay);
    assert_eq!(at(&copy), (0, 1));
    press(&mut copy, "n");
    assert_eq!(press(&mut copy, "n"), said("the search went on from the bottom"));
    assert_eq!(at(&copy), (5999, 3));
    assert_eq!(press(&mut copy, "N"), said("the search went on from the top"));
    let mut steps = 1;
    while press(&mut copy, "N") == CopyReply::Stay {
        steps += 1;
    }
    assert_eq!(steps, 24_000);
    copy.wheel(-3000);
    assert!(!copy.search.as_ref().unwrap().places(copy.view()).is_empty());
}

#[test]
fn a_match_goes_through_the_edge_of_the_screen() {
    let mut copy = filled("the end of a long lineTWO", (6, 16));
    press(&mut copy, "G 0 / l o n g enter");
    assert_eq!(at(&copy), (0, 13));
    press(&mut copy, "/ t w o enter");
    assert_eq!(at(&copy), (1, 6));
    assert_eq!(taken(&mut copy, "* v e y"), "lineTWO");
}

#[test]
fn a_search_goes_on_in_the_history_when_it_comes() {
    let output = numbered(100);
    let mut copy = on_screen(&output, (10, 20));
    press(&mut copy, "? l i n e space 7 enter");
    assert_eq!(at(&copy), (9, 0));
    copy.fill(history(&output, (10, 20)));
    assert_eq!(copy.status(), "copy mode  line 79 of 101  ?line 7: 11 of 11");

    let mut copy = on_screen(&output, (10, 20));
    press(&mut copy, "? l i n e space 7");
    assert_eq!(copy.status(), "search back: line 7  (not found)");
    copy.fill(history(&output, (10, 20)));
    assert_eq!(copy.status(), "search back: line 7  (11 of 11)");
    press(&mut copy, "esc");
    assert_eq!((copy.top, at(&copy)), (91, (100, 0)));
}

#[test]
fn every_letter_typed_finds_what_the_whole_word_finds() {
    let output = "aab aaab\r\nAab\r\naa\r\naaaaaaaaaaaaaaaaaaaab\r\nb\r\n".repeat(40);
    for text in ["aab", "aaab", "aaB", "aabx", "Aab", "b\u{20}"] {
        let mut typed = filled(&output, (10, 20));
        typed.begin_search(false);
        text.chars().for_each(|letter| typed.paste(&letter.to_string()));
        let mut pasted = filled(&output, (10, 20));
        pasted.begin_search(false);
        pasted.paste(text);
        assert_eq!(typed.search, pasted.search, "{text}");
        assert_eq!((at(&typed), typed.status()), (at(&pasted), pasted.status()));
    }
}
