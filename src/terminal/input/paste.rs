//! Pasted text, made harmless: nothing in it can end the paste, and nothing in it is a control character but tabs and
//! the ends of lines.

use super::key::put_char;
use crate::terminal::modes::Modes;

const START: &str = "\x1b[200~";
const END: &str = "\x1b[201~";

/// Appends what pasting `text` sends; in brackets if the program asked for them.
pub fn encode(text: &str, modes: &Modes, out: &mut Vec<u8>) {
    if modes.bracketed_paste {
        out.extend_from_slice(START.as_bytes());
    }
    let mut after_return = false;
    // What is left of a marker that was hidden inside another one loses its escape below.
    for c in text.split(END).flat_map(|part| part.split(START)).flat_map(str::chars) {
        match c {
            '\n' if after_return => {}
            '\n' | '\r' => out.push(b'\r'),
            '\t' => out.push(b'\t'),
            c if c.is_control() => {}
            c => put_char(c, out),
        }
        after_return = c == '\r';
    }
    if modes.bracketed_paste {
        out.extend_from_slice(END.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(text: &str, bracketed_paste: bool) -> String {
        let mut out = Vec::new();
        encode(text, &Modes { bracketed_paste, ..Modes::default() }, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn pasted_text_cannot_leave_its_brackets() {
        for (text, bytes) in [
            ("two\nlines\twith\r\nends\r", "two\rlines\twith\rends\r"),
            ("rm\x1b[201~\n-rf", "rm\r-rf"),
            ("a\x1b[20\x1b[201~1~b", "a[201~b"),
            ("\x03\x04\x7f\u{9b}201~é", "201~é"),
            ("", ""),
        ] {
            assert_eq!(sent(text, false), bytes);
            assert_eq!(sent(text, true), format!("\x1b[200~{bytes}\x1b[201~"));
        }
    }
}
