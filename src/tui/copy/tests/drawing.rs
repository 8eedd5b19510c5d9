//! What is drawn, and that nothing is drawn elsewhere.

use proptest::prelude::*;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};

use super::*;
use crate::theme::{Role, Theme};
use crate::tui::ink::Ink;

/// One letter a cell: what role it is drawn in, `.` for none.
fn roles(copy: &Copy, area: Rect) -> Vec<String> {
    let (name, text) = crate::theme::BUILTIN[0];
    let theme = Theme::parse(name, text, &|_| None).unwrap();
    let mut buffer = Buffer::empty(area);
    copy.draw(area, &mut buffer, Ink(&theme));
    let letter = |cell: &Cell| {
        let looks = |role| {
            let mut like = Cell::default();
            like.set_style(Ink(&theme).role(role));
            (like.fg, like.bg, like.modifier) == (cell.fg, cell.bg, cell.modifier)
        };
        let known = [
            (Role::CopyCursor, 'C'),
            (Role::Selection, 'S'),
            (Role::SearchCurrent, 'M'),
            (Role::SearchMatch, 'm'),
        ];
        known.into_iter().find(|(role, _)| looks(*role)).map_or('.', |(_, letter)| letter)
    };
    buffer.content().chunks(usize::from(area.width)).map(|row| row.iter().map(letter).collect()).collect()
}

#[test]
fn selections_matches_and_the_cursor_are_seen() {
    let output = "one two\r\n\r\n漢字 two\r\nlong long two";
    let area = Rect::new(3, 2, 10, 6);
    let mut copy = filled(output, (6, 10));
    press(&mut copy, "g v j j");
    assert_eq!(roles(&copy, area)[..3], ["SSSSSSS...", "S.........", "CC........"]);
    press(&mut copy, "esc g V");
    assert_eq!(roles(&copy, area)[0], "CSSSSSSSSS");
    press(&mut copy, "esc g l ctrl-v l j j");
    assert_eq!(roles(&copy, area)[..3], [".SSS......", ".SSS......", "..CC......"]);
    press(&mut copy, "esc g / t w o enter h");
    assert_eq!(
        roles(&copy, area),
        ["...Cmmm...", "..........", ".....mmm..", "..........", "mmm.......", ".........."]
    );
    press(&mut copy, "N");
    assert_eq!(roles(&copy, area)[3..5], ["..........", "CMM......."]);
    press(&mut copy, "/ g space t w");
    assert_eq!(roles(&copy, area)[3..5], ["........CM", "MM........"]);
    assert_eq!(copy.cursor(area), None);
    press(&mut copy, "enter");
    assert_eq!(copy.cursor(area), Some((11, 5)));
    assert_eq!(copy.cursor(Rect::new(3, 2, 10, 3)), None);
    assert_eq!(copy.cursor(Rect::new(3, 2, 0, 3)), None);
    assert_eq!(copy.cursor(Rect::new(3, 2, 4, 6)), Some((6, 5)));
}

/// Something that a person, or the program around copy mode, does.
#[derive(Clone, Debug)]
enum Deed {
    Key(&'static str),
    Wheel(i32),
    Press(u16, u16, u8),
    Drag(i32, i32),
    Release,
    Resize(u16, u16),
    Paste(String),
    Fill,
}

fn deed() -> impl Strategy<Value = Deed> {
    let keys: Vec<&'static str> =
        "h j k l left right up down w b e 0 ^ $ home end g G ctrl-u ctrl-d pageup pagedown \
        ctrl-b ctrl-f H M L { } v space V ctrl-v o y enter / ? n N * esc backspace a t 漢 x"
            .split_whitespace()
            .collect();
    prop_oneof![
        12 => proptest::sample::select(keys).prop_map(Deed::Key),
        1 => (-40i32..40).prop_map(Deed::Wheel),
        1 => (0u16..50, 0u16..30, 0u8..4).prop_map(|(x, y, clicks)| Deed::Press(x, y, clicks)),
        1 => (-3i32..50, -3i32..30).prop_map(|(x, y)| Deed::Drag(x, y)),
        1 => Just(Deed::Release),
        1 => (0u16..20, 0u16..50).prop_map(|(rows, cols)| Deed::Resize(rows, cols)),
        1 => "[a-c漢 \n]{0,3}".prop_map(Deed::Paste),
        1 => Just(Deed::Fill),
    ]
}

fn act(copy: &mut Copy, deed: &Deed, output: &str) {
    match deed {
        Deed::Key(key) => drop(press(copy, key)),
        Deed::Wheel(lines) => drop(copy.wheel(*lines)),
        Deed::Press(x, y, clicks) => drop(copy.press(*x, *y, *clicks)),
        Deed::Drag(x, y) => copy.drag(*x, *y),
        Deed::Release => drop(copy.release()),
        Deed::Resize(rows, cols) => copy.resize((*rows, *cols)),
        Deed::Paste(text) => copy.paste(text),
        Deed::Fill => copy.fill(history(output, (5, 17))),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_done_it_is_drawn_and_only_within_its_area(
        output in "([a-c漢é ]{0,30}\r\n){0,20}[a-c漢 ]{0,9}",
        (rows, cols) in (1u16..14, 1u16..40),
        deeds in proptest::collection::vec(deed(), 0..40),
        (x, y) in (0u16..4, 0u16..4),
        smaller in 0u16..3,
    ) {
        let mut screen = Screen::new(Size::new(5, 17));
        screen.feed(output.as_bytes());
        let snapshot = screen.snapshot();
        let lines: Vec<Line> = snapshot.lines().cloned().collect();
        let mut copy = Copy::new(AGENT, &lines, snapshot.cursor.at, (rows, cols));
        let theme = Theme::default();
        for deed in &deeds {
            act(&mut copy, deed, &output);
            prop_assert!(copy.cursor.row < copy.lines().len());
            if copy.held.is_none() {
                prop_assert!(copy.view().contains(&copy.cursor.row), "{:?} {:?}", deed, copy);
            }
            let _ = copy.status();
            let area = Rect::new(x, y, copy.cols.saturating_sub(smaller), copy.rows + 1 - smaller.min(copy.rows));
            let mut buffer = Buffer::filled(Rect::new(0, 0, 45, 24), Cell::new("#"));
            buffer.set_style(*buffer.area(), Style::new().bg(Color::Magenta));
            copy.draw(area, &mut buffer, Ink(&theme));
            for at in buffer.area().positions().filter(|at| !area.contains(*at)) {
                let cell = &buffer[at];
                prop_assert_eq!((cell.symbol(), cell.bg), ("#", Color::Magenta), "{:?} outside {:?}", at, area);
            }
            if let Some((x, y)) = copy.cursor(area) {
                prop_assert!(area.contains((x, y).into()));
            }
        }
    }
}
