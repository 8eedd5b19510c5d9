//! Rows as copy mode sees them: squares with text, without the blanks at the end; and lines, which are the rows that
//! went on because they were full. It knows no cursor and no view.

use crate::terminal::{Cell, Line};

/// A place in the rows. A wide character is at its left column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    pub(super) row: usize,
    pub(super) col: u16,
}

impl Spot {
    pub(super) fn new(row: usize, col: u16) -> Spot {
        Spot { row, col }
    }
}

/// What a character is to those who go from word to word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Blank,
    Word,
    Mark,
}

/// One cell of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Square {
    pub(super) col: u16,
    pub(super) width: u16,
    pub(super) class: Class,
}

/// Returns what `text` is to `w`, `b` and `e`.
pub(super) fn word_class(text: &str) -> Class {
    match text.chars().next() {
        None => Class::Blank,
        Some(c) if c.is_whitespace() => Class::Blank,
        Some(c) if c.is_alphanumeric() || c == '_' => Class::Word,
        Some(_) => Class::Mark,
    }
}

/// Returns what `text` is to a double click, to which paths and addresses are words.
pub(super) fn click_class(text: &str) -> Class {
    match word_class(text) {
        Class::Mark if "@-./~?&=%+#:".contains(text) => Class::Word,
        class => class,
    }
}

/// Returns the cells of a row with the columns that they begin at.
pub(super) fn cells(line: &Line) -> impl Iterator<Item = (u16, Cell<'_>)> + Clone {
    let mut next = 0u16;
    line.cells().map(move |cell| {
        let col = next;
        next = next.saturating_add(u16::from(cell.width));
        (col, cell)
    })
}

/// Returns the column after the last text of a row; a row that goes on is text up to its end.
pub(super) fn text_end(line: &Line) -> u16 {
    let kept = |(col, cell): (u16, Cell<'_>)| {
        (line.is_wrapped() || !is_blank(cell.text)).then(|| col.saturating_add(u16::from(cell.width)))
    };
    cells(line).filter_map(kept).last().unwrap_or(0)
}

/// Returns the squares of a row up to its last text.
pub(super) fn squares(line: &Line, class: fn(&str) -> Class) -> Vec<Square> {
    let mut kept = 0;
    let mut out = Vec::new();
    for (col, cell) in cells(line) {
        out.push(Square { col, width: u16::from(cell.width), class: class(cell.text) });
        if line.is_wrapped() || !is_blank(cell.text) {
            kept = out.len();
        }
    }
    out.truncate(kept);
    out
}

/// Returns the column that the last character of a row begins at.
pub(super) fn last_col(line: &Line) -> u16 {
    let end = text_end(line);
    cells(line).map(|(col, _)| col).take_while(|col| *col < end).last().unwrap_or(0)
}

/// Returns the column and the width of the cell that covers `col`; past the cells, every column is one.
pub(super) fn cell_at(line: &Line, col: u16) -> (u16, u16) {
    cells(line)
        .map(|(start, cell)| (start, u16::from(cell.width)))
        .find(|(start, width)| (*start..start.saturating_add(*width)).contains(&col))
        .unwrap_or((col, 1))
}

/// Returns whether a row shows nothing.
pub(super) fn is_empty(line: &Line) -> bool {
    line.is_blank() || (!line.is_wrapped() && line.cells().all(|cell| is_blank(cell.text)))
}

/// Returns the first row of the line that `row` is part of.
pub(super) fn line_start(lines: &[Line], row: usize) -> usize {
    let before = lines.get(..row).unwrap_or_default();
    before.iter().rposition(|line| !line.is_wrapped()).map_or(0, |end| end + 1)
}

/// Returns the last row of the line that `row` is part of.
pub(super) fn line_end(lines: &[Line], row: usize) -> usize {
    let rest = lines.get(row..).unwrap_or_default();
    let len = rest.iter().position(|line| !line.is_wrapped());
    len.map_or(lines.len().saturating_sub(1), |len| row + len)
}

pub(super) fn is_blank(text: &str) -> bool {
    text.is_empty() || text == " "
}
