//! Folding lines anew for another width: rows that went on are joined, and what does not fit goes on in the next row.
//!
//! A character two columns wide is never cut. If only one column is left for it, it goes to the next row, and the row
//! before goes on one column short: so it can be told from one that ends in a blank cell when it is joined again.

use super::line::{Cell, Line, LineWriter};
use super::style::Style;

/// Returns rows in groups, each of which is one line that was folded to fit; with the number of its first row.
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

/// Appends the line that `rows` are, folded to `cols` columns. Each cell that is kept is told to `place`, in order: its
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
                // Only the background is left; it needs no row of its own.
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
