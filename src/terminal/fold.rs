//! Folding lines for another width: rows that went on are joined, and text that does not fit goes on in the next row.
//!
//! A character two columns wide is never cut. If only one column is left for it, it goes to the next row, and the row
//! before goes on one column short: so the row differs from one that ends in a blank cell when the two are joined again.

use super::line::{Cell, Line, LineWriter};
use super::style::Style;

/// Returns rows in groups, each with the number of its first row. A group is one line that was folded to fit.
pub fn logical(rows: &[Line]) -> impl Iterator<Item = (usize, &[Line])> {
    let mut rest = rows;
    let mut number = 0;
    std::iter::from_fn(move || {
        let len = rest.iter().position(|line| !line.is_wrapped()).map_or(rest.len(), |last| last + 1);
        let (group, tail) = rest.split_at_checked(len).filter(|(group, _)| !group.is_empty())?;
        let first = number;
        number += len;
        rest = tail;
        Some((first, group))
    })
}

/// Appends the line made of `rows`, folded to `cols` columns. Calls `place` for each cell that is kept, in order, with its
/// row in `out`, its column and its width.
pub fn fold(rows: &[Line], cols: u16, out: &mut Vec<Line>, mut place: impl FnMut(usize, u16, u16)) {
    let mut writer = LineWriter::default();
    let mut style: Option<Style<'_>> = None;
    let mut col = 0;
    let shows = |(number, cell): (usize, Cell<'_>)| (!cell.text.is_empty()).then_some(number);
    let last = rows.iter().flat_map(Line::cells).enumerate().filter_map(shows).last();
    for (number, cell) in rows.iter().flat_map(Line::cells).enumerate() {
        let width = u16::from(cell.width);
        if col + width > cols {
            if last.is_none_or(|last| number > last) {
                // Only the background is left; it needs no row.
                break;
            }
            out.push(writer.finish(true));
            style = None;
            col = 0;
        }
        if style != Some(cell.style) {
            writer.style(&cell.style);
            style = Some(cell.style);
        }
        if cell.text.is_empty() {
            writer.blank();
        } else {
            writer.cell(cell.text, cell.width);
        }
        place(out.len(), col, width);
        col += width;
    }
    out.push(writer.finish(false));
}

/// Returns lines folded to `cols` columns, at least 2.
pub fn reflowed(lines: &[Line], cols: u16) -> Vec<Line> {
    let cols = cols.max(2);
    let width = |line: &Line| line.cells().map(|cell| u32::from(cell.width)).sum::<u32>();
    let mut out = Vec::with_capacity(lines.len());
    for (_, rows) in logical(lines) {
        match rows {
            [row] if width(row) <= u32::from(cols) => out.push(row.clone()),
            _ => fold(rows, cols, &mut out, |_, _, _| {}),
        }
    }
    out
}
