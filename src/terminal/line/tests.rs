//! Lines written are lines read, whatever is in them; bytes nobody wrote are no line.

use proptest::prelude::*;

use super::*;
use crate::terminal::style::{Attrs, Color, Underline};

/// A cell that owns what it shows.
#[derive(Clone, Debug, PartialEq)]
struct Owned {
    text: String,
    width: u8,
    fg: Color,
    bg: Color,
    attrs: u8,
    underline: Underline,
    link: Option<String>,
}

impl Owned {
    fn style(&self) -> Style<'_> {
        Style {
            fg: self.fg,
            bg: self.bg,
            attrs: Attrs::from_bits(self.attrs),
            underline: self.underline,
            underline_color: self.fg,
            link: self.link.as_deref(),
        }
    }
}

fn color() -> impl Strategy<Value = Color> {
    prop_oneof![
        Just(Color::Default),
        any::<u8>().prop_map(Color::Indexed),
        any::<[u8; 3]>().prop_map(|[r, g, b]| Color::Rgb(r, g, b))
    ]
}

fn cell() -> impl Strategy<Value = Owned> {
    let shown = prop_oneof![
        4 => ("[a-z ]", Just(1)),
        2 => (Just(String::new()), Just(1)),
        1 => ("[─é]", Just(1)),
        1 => ("[漢字]", Just(2)),
        1 => (Just("e\u{301}\u{302}".to_owned()), Just(1)),
        1 => (Just("👩\u{200d}🚀".to_owned()), Just(2)),
    ];
    let underline = (0u16..6).prop_map(|n| Underline::from_number(n).unwrap_or_default());
    let link = proptest::option::weighted(0.2, "https://[a-z]{1,8}");
    (shown, color(), color(), any::<u8>(), underline, link).prop_map(
        |((text, width), fg, bg, attrs, underline, link)| Owned {
            text,
            width,
            fg,
            bg,
            attrs,
            underline,
            link,
        },
    )
}

fn written(cells: &[Owned], wrapped: bool) -> Line {
    let mut writer = LineWriter::default();
    for cell in cells {
        writer.style(&cell.style());
        if cell.text.is_empty() {
            writer.blank();
        } else {
            writer.cell(&cell.text, cell.width);
        }
    }
    writer.finish(wrapped)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_written_is_what_is_read(cells in proptest::collection::vec(cell(), 0..60), wrapped: bool) {
        let line = written(&cells, wrapped);
        let read: Vec<Cell<'_>> = line.cells().collect();
        let expected: Vec<Cell<'_>> =
            cells.iter().map(|c| Cell { text: &c.text, width: c.width, style: c.style() }).collect();
        let (said, implied) = expected.split_at(read.len());
        prop_assert_eq!(&read, said);
        prop_assert!(implied.iter().all(|c| c.text.is_empty() && c.style == Style::default()));
        prop_assert_eq!(line.is_wrapped(), wrapped);
        prop_assert_eq!(Line::from_bytes(line.as_bytes(), 120), Some(line.clone()));
    }

    #[test]
    fn any_bytes_are_a_line_or_none(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Some(line) = Line::from_bytes(&bytes, 80) {
            prop_assert!(line.cells().map(|c| u32::from(c.width)).sum::<u32>() <= 80);
        }
    }
}

#[test]
fn plain_text_costs_a_byte_a_cell() {
    let mut writer = LineWriter::default();
    writer.ascii("hello world");
    writer.blank();
    let line = writer.finish(false);
    assert_eq!(line.as_bytes(), b"\x00\x2bhello world");
    assert_eq!(line.text(), "hello world");
}

#[test]
fn the_same_cells_make_the_same_bytes_however_they_were_added() {
    let mut writer = LineWriter::default();
    let red = Style { fg: Color::Indexed(1), ..Style::default() };
    writer.style(&red);
    writer.ascii("ab");
    writer.style(&Style::default());
    writer.style(&red);
    writer.cell("c", 1);
    writer.style(&Style::default());
    writer.blank();
    writer.style(&red);
    let pieces = writer.finish(false);
    writer.style(&red);
    writer.ascii("abc");
    assert_eq!(pieces, writer.finish(false));
}

#[test]
fn a_line_that_did_not_change_is_the_same_line() {
    let mut writer = LineWriter::default();
    writer.ascii("same");
    let old = writer.finish(false);
    writer.ascii("same");
    let new = writer.finish_as(false, &old);
    assert!(Arc::ptr_eq(&old.0, &new.0));
    writer.ascii("other");
    assert_ne!(writer.finish_as(false, &old), old);
}

#[test]
fn a_background_is_kept_to_the_last_cell_that_has_it() {
    let mut writer = LineWriter::default();
    writer.style(&Style { bg: Color::Indexed(4), ..Style::default() });
    writer.blank();
    writer.blank();
    writer.style(&Style::default());
    writer.blank();
    let line = writer.finish(false);
    assert_eq!(line.cells().map(|c| c.style.bg).collect::<Vec<_>>(), [Color::Indexed(4); 2]);
    assert_eq!((line.text(), line.is_blank()), (String::new(), false));
}

#[test]
fn lines_too_wide_or_cut_short_are_none() {
    let line = written(
        &vec![
            Owned {
                text: "x".into(),
                width: 1,
                fg: Color::Default,
                bg: Color::Default,
                attrs: 0,
                underline: Underline::None,
                link: None
            };
            50
        ],
        false,
    );
    assert!(Line::from_bytes(line.as_bytes(), 50).is_some());
    assert!(Line::from_bytes(line.as_bytes(), 49).is_none());
    assert!(Line::from_bytes(&line.as_bytes()[..20], 50).is_none());
    assert!(Line::from_bytes(&[], 50).is_none());
    assert!(Line::from_bytes(b"\x00\x22a\x1b", 50).is_none());
    assert!(Line::from_bytes(&[0, BLANK, 0xff, 0xff, 0xff, 0x7f], 50).is_none());
}
