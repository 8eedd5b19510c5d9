//! Printing lines back into a buffer exactly as they were: after a panic of vt100, from a checkpoint, after a resize.

use super::Grid;
use super::cluster::{FILLER, SPACER};
use super::engine::contained;
use super::plain::stands_alone;
use crate::domain::{Position, Size};
use crate::terminal::line::Line;
use crate::terminal::sequence::put_csi;
use crate::terminal::style::Style;

impl Grid {
    /// Prints lines into the blank buffer that is shown, from the top.
    pub fn paint(&mut self, lines: &[Line]) {
        let out = self.painting(lines, self.size());
        self.put(&out);
        self.dirty.set_all(true);
        self.blank_mut().rows.set_all(false);
    }

    /// Makes the buffer that is shown anew, with everything that can still be read.
    pub(super) fn rebuild(&mut self) {
        let lines = contained(|| self.lines(self.engine.active())).unwrap_or_default();
        let place = contained(|| self.cursor()).unwrap_or_default();
        self.engine.renew();
        self.at = Position::default();
        self.paint(&lines);
        self.set_margins(self.margins);
        self.set_pen(self.pen);
        self.stand(place);
    }

    /// Returns the bytes that print lines into a blank buffer of this size, from the top.
    pub(super) fn painting(&mut self, lines: &[Line], size: Size) -> Vec<u8> {
        let mut out = Vec::new();
        let mut goes_on = false;
        let mut lines = (0..size.rows()).zip(lines).peekable();
        while let Some((row, line)) = lines.next() {
            if !goes_on {
                put_csi(&mut out, &[row + 1, 1], b'H');
            }
            let wrapped = line.is_wrapped() && lines.peek().is_some();
            self.put_line(line, goes_on, wrapped.then_some(size.cols()), &mut out);
            goes_on = line.is_wrapped();
        }
        out
    }

    /// Appends the bytes that print `line` from the cursor on, which waits behind the row before if that `goes_on` here.
    /// If the line goes on in the next row, `wraps` is the number of columns.
    fn put_line(&mut self, line: &Line, goes_on: bool, wraps: Option<u16>, out: &mut Vec<u8>) {
        let mut style: Option<Style<'_>> = None;
        let mut blanks = 0;
        let mut printed = !goes_on;
        let mut col = 0;
        for cell in line.cells() {
            col += u16::from(cell.width);
            if style != Some(cell.style) {
                put_blanks(&mut blanks, &mut printed, out);
                let pen = self.inks.pen_of(&cell.style);
                self.inks.put_sgr(&pen, out);
                style = Some(cell.style);
            }
            if cell.text.is_empty() {
                blanks += 1;
            } else {
                put_blanks(&mut blanks, &mut printed, out);
                self.put_contents(cell.text, cell.width, out);
                printed = true;
            }
        }
        if !printed && blanks == 0 {
            out.extend_from_slice(b"\x1b[0m");
            blanks = 1;
        }
        let filler = blanks > 0 && wraps == Some(col);
        blanks -= u16::from(filler);
        put_blanks(&mut blanks, &mut printed, out);
        if filler {
            out.extend_from_slice(FILLER.encode_utf8(&mut [0; 4]).as_bytes());
        } else if wraps == Some(col + 1) {
            out.extend_from_slice(b"\x1b[0m");
            out.extend_from_slice(SPACER.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }

    /// Appends the bytes that make vt100 show a cell with `text`.
    pub(super) fn put_contents(&mut self, text: &str, width: u8, out: &mut Vec<u8>) {
        let mut chars = text.chars();
        let alone = matches!((chars.next(), chars.next()), (Some(c), None) if stands_alone(c));
        match if alone { None } else { self.stand_in(text, width) } {
            Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            None => out.extend_from_slice(text.as_bytes()),
        }
    }
}

/// Appends the bytes that make blank cells of the pen's background. If nothing was `printed` yet into a row that goes on
/// from the one before, they print something first.
fn put_blanks(count: &mut u16, printed: &mut bool, out: &mut Vec<u8>) {
    if *count == 0 {
        return;
    }
    if !*printed {
        out.extend_from_slice(b" \r");
        *printed = true;
    }
    put_csi(out, &[*count], b'X');
    put_csi(out, &[*count], b'C');
    *count = 0;
}
