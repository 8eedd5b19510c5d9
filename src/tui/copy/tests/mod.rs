//! Copy mode as a person has it: keys and the mouse in, places, text and cells out.

mod drawing;
mod keeping;
mod keystrokes;
mod searching;
mod taking;

use super::*;
use crate::domain::Key;
use crate::terminal::{Screen, Scrollback, Size};

const AGENT: AgentId = AgentId(7);

/// An agent of whose output copy mode has only the screen.
fn on_screen(output: &str, (rows, cols): (u16, u16)) -> Copy {
    let mut screen = Screen::new(Size::new(rows, cols));
    screen.feed(output.as_bytes());
    let snapshot = screen.snapshot();
    let lines: Vec<Line> = snapshot.lines().cloned().collect();
    Copy::new(AGENT, &lines, snapshot.cursor.at, (rows, cols))
}

fn history(output: &str, (rows, cols): (u16, u16)) -> History {
    let mut scrollback = Scrollback::new(Size::new(rows, cols), 100_000);
    scrollback.feed(output.as_bytes());
    scrollback.history()
}

/// An agent of whose output copy mode has everything.
fn filled(output: &str, size: (u16, u16)) -> Copy {
    let mut copy = on_screen(output, size);
    copy.fill(history(output, size));
    copy
}

/// Presses keys, written with spaces between them; returns what the last one gave.
fn press(copy: &mut Copy, keys: &str) -> CopyReply {
    let mut reply = CopyReply::Stay;
    for key in keys.split_whitespace() {
        reply = copy.key(key.parse::<Key>().unwrap());
    }
    reply
}

fn taken(copy: &mut Copy, keys: &str) -> String {
    match press(copy, keys) {
        CopyReply::Take(text) => text,
        other => panic!("{keys} gave {other:?}"),
    }
}

fn at(copy: &Copy) -> (usize, u16) {
    (copy.cursor.row, copy.cursor.col)
}

/// The rows of the view.
fn seen(copy: &Copy) -> Vec<String> {
    (copy.top..copy.top + usize::from(copy.rows))
        .map(|row| copy.lines().get(row).map(Line::text).unwrap_or_default())
        .collect()
}

fn numbered(count: usize) -> String {
    (1..=count).map(|n| format!("line {n}\r\n")).collect()
}
