//! What the command line prints: tables for people, JSON for programs.

use std::io::{self, Write as _};

use serde::Serialize;
use unicode_width::UnicodeWidthStr as _;

pub(super) use super::complaint::complain;
use super::failure::Failure;

/// Prints a value as JSON on one line.
pub(super) fn json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string(value)
        .map_err(|e| Failure::new("the answer could not be written as JSON").because(&e))?;
    line(&text)
}

/// Prints a line. A reader that has gone away, as `head` does, is no failure.
pub(super) fn line(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
        Err(error) => Err(Failure::new("the answer could not be printed").because(&error)),
        Ok(()) => Ok(()),
    }
}

/// Prints rows under a heading, each column as wide as its widest word.
pub(super) fn table(heading: &[&str], rows: &[Vec<String>]) -> Result<(), Failure> {
    line(&laid_out(heading, rows))
}

fn laid_out(heading: &[&str], rows: &[Vec<String>]) -> String {
    let widths: Vec<usize> = (0..heading.len())
        .map(|n| {
            let cells = rows.iter().filter_map(|row| row.get(n)).map(|cell| cell.width());
            cells.chain([heading[n].width()]).max().unwrap_or(0)
        })
        .collect();
    let row = |cells: Vec<&str>| {
        let padded = cells
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell}{}", " ".repeat(width - cell.width().min(*width))));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let head = row(heading.to_vec());
    let body = rows.iter().map(|cells| row(cells.iter().map(String::as_str).collect()));
    std::iter::once(head).chain(body).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_by_what_is_seen_of_them() {
        let rows = vec![vec!["◆ 日本".to_owned(), "x".to_owned()], vec!["a".to_owned(), "y".to_owned()]];
        assert_eq!(laid_out(&["name", "s"], &rows), "name    s\n◆ 日本  x\na       y");
    }
}
