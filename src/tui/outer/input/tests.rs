//! What a terminal sends, and what is made of it, however it is cut.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::parser::{LONGEST_PASTE, Parser};
use super::{Heard, Reply};
use crate::domain::{Button, Gesture, Key, KeyCode, KeyKind, Mods, Mouse};

const LATER: Duration = Duration::from_secs(5);

/// Everything that is made of some bytes, once nothing more comes.
fn read(bytes: &[u8]) -> Vec<Heard> {
    read_pieces(&[bytes])
}

fn read_pieces(pieces: &[&[u8]]) -> Vec<Heard> {
    let (mut parser, now) = (Parser::default(), Instant::now());
    let mut heard = Vec::new();
    for piece in pieces {
        parser.add(piece, now);
        heard.extend(std::iter::from_fn(|| parser.next(now)));
    }
    while let Some(due) = parser.due() {
        heard.extend(std::iter::from_fn(|| parser.next(due)));
    }
    heard
}

fn keys(text: &str) -> Vec<Heard> {
    text.split_whitespace().map(|key| Heard::Key(key.parse().unwrap())).collect()
}

#[test]
fn keys_are_read_in_every_form_that_terminals_send() {
    for (bytes, said) in [
        ("aZé€🦀", "a Z é € 🦀"),
        ("\r\t\x7f\x08\n", "enter tab backspace ctrl-h ctrl-j"),
        ("\0\x01\x1a\x1c\x1d\x1e\x1f", "ctrl-space ctrl-a ctrl-z ctrl-\\ ctrl-] ctrl-^ ctrl-_"),
        ("\x1b", "esc"),
        ("\x1b[", "alt-["),
        ("\x1bO", "alt-O"),
        ("\x1ba\x1b\r\x1b\x7f\x1b\x01\x1bé", "alt-a alt-enter alt-backspace ctrl-alt-a alt-é"),
        ("\x1b]x\x1bPx", "alt-] x alt-P x"),
        ("\x1b[A\x1bOB\x1b[C\x1b[D\x1b[H\x1b[F\x1b[Z", "up down right left home end shift-tab"),
        ("\x1b[1;5A\x1b[1;2D\x1b[1;3H\x1b[1;9C", "ctrl-up shift-left alt-home super-right"),
        (
            "\x1b[2~\x1b[3~\x1b[5~\x1b[6~\x1b[1~\x1b[8~\x1b[3;5~",
            "insert delete pageup pagedown home end ctrl-delete",
        ),
        ("\x1bOP\x1b[Q\x1b[[C\x1b[15~\x1b[17~\x1b[24~\x1b[34~\x1b[1;5S", "f1 f2 f3 f5 f6 f12 f20 ctrl-f4"),
        ("\x1b[27;5;44~\x1b[27;2;13~\x1b[27;6;9~", "ctrl-, shift-enter ctrl-shift-tab"),
        ("\x1b[97;5u\x1b[27u\x1b[13;2u\x1b[127;3u\x1b[9;5u", "ctrl-a esc shift-enter alt-backspace ctrl-tab"),
        ("\x1b[97:65;2u\x1b[47:63;2u\x1b[97;6u", "A ? ctrl-shift-a"),
        ("\x1b[57376u\x1b[57387;5u\x1b[57404u\x1b[57414u\x1b[57419u", "f13 ctrl-f24 5 enter up"),
        ("\x1b[97;;97u\x1b[97:65;2;65u\x1b[0;;233u", "a A é"),
        ("\x1b[97;69u\x1b[97;129u", "ctrl-a a"),
    ] {
        assert_eq!(read(bytes.as_bytes()), keys(said), "{bytes:?}");
    }
}

#[test]
fn an_escape_and_a_sequence_in_one_read_are_two_keys() {
    assert_eq!(read(b"\x1b\x1b[A"), keys("esc up"));
    assert_eq!(read(b"\x1b\x1b"), keys("esc esc"));
    assert_eq!(read(b"\x1b\x1b[27u"), keys("esc esc"));
    assert_eq!(read(b"\x1b\x1b[<0;1;1M").len(), 2);
    assert_eq!(read(b"\x1b\x1b[200~x\x1b[201~"), [keys("esc"), vec![Heard::Paste("x".into())]].concat());
}

#[test]
fn presses_repeats_and_releases_are_told_apart() {
    let key = |kind, code| Heard::Key(Key { kind, ..Key::plain(code) });
    assert_eq!(
        read(b"\x1b[1;1:3A\x1b[1;1:2B\x1b[97;1:1u\x1b[13;1:3u"),
        [
            key(KeyKind::Release, KeyCode::Up),
            key(KeyKind::Repeat, KeyCode::Down),
            key(KeyKind::Press, KeyCode::Char('a')),
            key(KeyKind::Release, KeyCode::Enter),
        ]
    );
}

#[test]
fn the_place_on_the_standard_layout_is_kept_where_a_key_writes_another_script() {
    let key = |text: &str| {
        let [Heard::Key(key)] = read(text.as_bytes())[..] else { panic!("{text:?} is not one key") };
        key
    };
    let es = key("\x1b[1089::99;5u");
    assert_eq!((es.code, es.base, es.mods), (KeyCode::Char('с'), Some('c'), Mods::CTRL));
    assert_eq!(es.canonical(), "ctrl-c".parse().unwrap());
    let ya = key("\x1b[1103:1071:122;2;1071u");
    assert_eq!((ya.code, ya.base, ya.mods), (KeyCode::Char('Я'), Some('Z'), Mods::NONE));
    assert_eq!(ya.canonical(), "Я".parse().unwrap());
    assert_eq!(ya.on_standard_layout(), "Z".parse().unwrap());
    // On a Latin layout the letter counts, not its place.
    assert_eq!(key("\x1b[99::105;5u").canonical(), "ctrl-c".parse().unwrap());
}

#[test]
fn the_mouse_is_read_in_both_forms() {
    let mouse = |gesture, column, row, mods| Heard::Mouse(Mouse { gesture, column, row, mods });
    assert_eq!(
        read(b"\x1b[<0;3;4M\x1b[<2;3;4m\x1b[<36;500;1M\x1b[<35;1;1M\x1b[<64;1;1M\x1b[<81;1;1M"),
        [
            mouse(Gesture::Down(Button::Left), 2, 3, Mods::NONE),
            mouse(Gesture::Up(Button::Right), 2, 3, Mods::NONE),
            mouse(Gesture::Drag(Button::Left), 499, 0, Mods::SHIFT),
            mouse(Gesture::Move, 0, 0, Mods::NONE),
            mouse(Gesture::WheelUp, 0, 0, Mods::NONE),
            mouse(Gesture::WheelDown, 0, 0, Mods::CTRL),
        ]
    );
    assert_eq!(
        read(b"\x1b[M !!\x1b[M#!!x"),
        [
            mouse(Gesture::Down(Button::Left), 0, 0, Mods::NONE),
            mouse(Gesture::Up(Button::Left), 0, 0, Mods::NONE),
            Heard::Key(Key::plain(KeyCode::Char('x'))),
        ]
    );
}

#[test]
fn answers_are_told_from_keys() {
    let bytes = b"h\x1b[?0u\x1b]10;rgb:d8d8/d8d8/d8d8\x1b\\\x01\x1b]11;rgb:18/18/18\x07\x1b[?62;22c\x1bP>|x\x1b\\\x1b[?2026;2$y";
    let reply = |reply| vec![Heard::Reply(reply)];
    let expected = [
        keys("h"),
        reply(Reply::Kitty),
        reply(Reply::Foreground("#d8d8d8".into())),
        keys("ctrl-a"),
        reply(Reply::Background("#181818".into())),
        reply(Reply::Attributes),
    ];
    assert_eq!(read(bytes), expected.concat());
}

#[test]
fn focus_and_pastes_are_read_and_keys_stand_behind_them() {
    assert_eq!(read(b"\x1b[I\x1b[O"), [Heard::Focus(true), Heard::Focus(false)]);
    let heard = read(b"\x1b[200~a\x1b[Ab\r\n\xc3\xa9\xff\x1b[201~x");
    assert_eq!(heard, [vec![Heard::Paste("a\x1b[Ab\r\né\u{fffd}".into())], keys("x")].concat());
    assert_eq!(read(b"\x1b[200~lost"), [Heard::Paste("lost".into())], "its end never came");
}

#[test]
fn a_paste_is_bounded_and_what_follows_it_is_read() {
    let (mut parser, now) = (Parser::default(), Instant::now());
    parser.add(b"\x1b[200~", now);
    let piece = vec![b'x'; 1 << 20];
    for _ in 0..=LONGEST_PASTE >> 20 {
        parser.add(&piece, now);
        assert_eq!(parser.next(now), None);
    }
    parser.add(b"\x1b[201~y", now);
    assert_eq!(parser.next(now), Some(Heard::PasteTooLong));
    assert_eq!(parser.next(now), Some(Heard::Key(Key::plain(KeyCode::Char('y')))));
}

#[test]
fn what_is_incomplete_waits_for_its_time_and_no_longer() {
    let (mut parser, now) = (Parser::default(), Instant::now());
    parser.add(b"\x1b", now);
    assert_eq!(parser.next(now), None);
    let due = parser.due().unwrap();
    assert!(due > now && due < now + Duration::from_millis(50));
    parser.add(b"[A", now);
    assert_eq!(parser.next(now), Some(Heard::Key(Key::plain(KeyCode::Up))), "its rest came in time");
    parser.add(b"\x1b[1;5", now);
    assert_eq!(parser.next(now + Duration::from_millis(100)), None, "a longer one gets longer");
    assert_eq!(parser.next(now + LATER), None);
    assert_eq!(parser.due(), None, "and is dropped");
    parser.add(b"q", now);
    assert_eq!(parser.next(now), Some(Heard::Key(Key::plain(KeyCode::Char('q')))));
}

#[test]
fn a_string_without_an_end_types_nothing() {
    let mut bytes = b"\x1b]52;c;".to_vec();
    bytes.extend(vec![b'x'; 100_000]);
    bytes.extend(b"\x07k");
    assert_eq!(read(&bytes), keys("k"));
    let pieces: Vec<&[u8]> = bytes.chunks(1000).collect();
    assert_eq!(read_pieces(&pieces), keys("k"));
}

/// Pieces of what terminals send, whole and broken.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let known = prop::sample::select(vec![
        &b"\x1b"[..],
        b"a",
        b"\xc3\xa9",
        b"\xe2\x82\xac",
        b"\xff",
        b"\x1b[A",
        b"\x1bOP",
        b"\x1b[1;5A",
        b"\x1b[97;5u",
        b"\x1b[1089::99;5u",
        b"\x1b[<0;1;1M",
        b"\x1b[M !!",
        b"\x1b[200~",
        b"\x1b[201~",
        b"text",
        b"\x1b[I",
        b"\x1b[?0u",
        b"\x1b]10;rgb:1/2/3\x07",
        b"\x1b]11;rgb:1/2/3\x1b\\",
        b"\x1bP>|x\x1b\\",
        b"\x1b[",
        b"\x1bO",
        b"\r",
        b"\x1b[[A",
        b"\x1b[999999999999;1u",
        b"\x1b[55555u",
        b"\x1b[;;;~",
        b"\x1b[1;2;3;4;5;6:7:8:9u",
        b"\x1b_Gx\x1b\\",
    ]);
    let any = prop::collection::vec(any::<u8>(), 0..4);
    prop::collection::vec(prop_oneof![4 => known.prop_map(<[u8]>::to_vec), 1 => any], 0..24)
        .prop_map(|p| p.concat())
}

proptest! {
    #[test]
    fn however_bytes_are_cut_the_same_is_read(bytes in pieces(), cuts in prop::collection::vec(1_usize..9, 1..20)) {
        let mut cut = Vec::new();
        let (mut rest, mut sizes) = (&bytes[..], cuts.iter().cycle());
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(rest.len().min(*sizes.next().unwrap()));
            cut.push(piece);
            rest = after;
        }
        prop_assert_eq!(read(&bytes), read_pieces(&cut));
    }

    #[test]
    fn text_is_read_as_it_was_typed(text in "[^\\x00-\\x1f\\x7f]{0,40}") {
        let typed = text.chars().map(|c| Heard::Key(Key::plain(KeyCode::Char(c)))).collect::<Vec<_>>();
        prop_assert_eq!(read(text.as_bytes()), typed);
    }

    #[test]
    fn every_byte_is_taken_in_the_end(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let (mut parser, now) = (Parser::default(), Instant::now());
        parser.add(&bytes, now);
        while parser.next(now + LATER).is_some() {}
        prop_assert_eq!(parser.due(), None);
    }
}
