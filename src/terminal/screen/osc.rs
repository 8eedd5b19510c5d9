//! Operating system commands: titles, links, colours, and what programs say besides their output.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::Screen;
use super::strings::Terminator;
use crate::domain::clean;
use crate::terminal::notice::{Notice, Progress, Prompt};
use crate::terminal::palette::Slot;
use crate::terminal::pen::Pen;

/// The most characters of a title, and of the parts of a notification.
const MAX_TITLE: usize = 256;
const MAX_BODY: usize = 4096;
/// The most bytes of a directory's URI, and of a report of a program's state.
const MAX_REPORT: usize = 16 * 1024;

impl Screen {
    /// Carries out an operating system command.
    pub(super) fn operating_system_command(&mut self, text: &[u8], terminator: Terminator) {
        let text = String::from_utf8_lossy(text);
        let (number, rest) = text.split_once(';').unwrap_or((&text, ""));
        match number {
            "0" | "2" => self.name_window(rest),
            "4" => self.indexed_colors(rest, terminator),
            "7" if rest.len() <= MAX_REPORT => self.notices.push(Notice::Directory(printable(rest))),
            "8" => self.link(rest),
            "9" => self.message_or_progress(rest),
            "10" => self.colors(&[Slot::Foreground, Slot::Background, Slot::Cursor], rest, terminator),
            "11" => self.colors(&[Slot::Background, Slot::Cursor], rest, terminator),
            "12" => self.colors(&[Slot::Cursor], rest, terminator),
            "52" => self.clipboard(rest),
            "99" => self.kitty_notification(rest),
            "104" => self.reset_indexed_colors(rest),
            "110" => self.reset_color(Slot::Foreground),
            "111" => self.reset_color(Slot::Background),
            "112" => self.reset_color(Slot::Cursor),
            "133" => self.prompt_mark(rest),
            "777" => self.urxvt_notification(rest),
            "7501" => self.program_status(rest, terminator),
            _ => {}
        }
    }

    fn name_window(&mut self, text: &str) {
        let title = clean(text, MAX_TITLE);
        if *title != *self.state.title {
            self.set_title(&title);
        }
    }

    /// Names the window and says so.
    pub(super) fn set_title(&mut self, title: &str) {
        self.state.title = Arc::from(title);
        self.notices.push(Notice::Title(title.to_owned()));
    }

    /// Text printed from now on belongs to a link, or to none (OSC 8).
    fn link(&mut self, text: &str) {
        let Some((_, address)) = text.split_once(';') else { return };
        let link = if address.chars().any(char::is_control) { 0 } else { self.grid.add_link(address) };
        let pen = self.grid.pen();
        if link != pen.link {
            self.set_pen(Pen { link, ..pen });
        }
    }

    fn message_or_progress(&mut self, text: &str) {
        // ConEmu numbers its commands; iTerm2 has a text here.
        let (command, rest) = text.split_once(';').unwrap_or((text, ""));
        match command.parse::<u8>() {
            Ok(4) => {
                if let Some(progress) = progress(rest) {
                    self.notices.push(Notice::Progress(progress));
                }
            }
            Ok(1..=12) => {}
            _ => self.notify("", text),
        }
    }

    fn urxvt_notification(&mut self, text: &str) {
        if let Some(rest) = text.strip_prefix("notify;") {
            let (title, body) = rest.split_once(';').unwrap_or((rest, ""));
            self.notify(title, body);
        }
    }

    /// A notification of kitty's protocol: metadata, then a title or a body.
    fn kitty_notification(&mut self, text: &str) {
        let Some((metadata, payload)) = text.split_once(';') else { return };
        let field = |name: char| {
            metadata
                .split(':')
                .filter_map(|field| field.split_once('='))
                .find(|(key, _)| key.starts_with(name))
        };
        let decoded = match field('e') {
            Some((_, "1")) => BASE64_STANDARD.decode(payload).unwrap_or_default(),
            _ => payload.as_bytes().to_vec(),
        };
        let text = String::from_utf8_lossy(&decoded);
        match field('p') {
            None | Some((_, "title")) => self.notify(&text, ""),
            Some((_, "body")) => self.notify("", &text),
            Some(_) => {}
        }
    }

    fn notify(&mut self, title: &str, body: &str) {
        let (title, body) = (clean(title, MAX_TITLE), clean(body, MAX_BODY));
        if !(title.is_empty() && body.is_empty()) {
            self.notices.push(Notice::Notification { title, body });
        }
    }

    fn clipboard(&mut self, text: &str) {
        let Some((selection, data)) = text.split_once(';') else { return };
        let known = |byte: u8| byte.is_ascii_alphanumeric();
        // A question is not answered: the person's clipboard is private.
        if selection.len() <= 16 && selection.bytes().all(known) && data != "?" {
            let base64 = data.bytes().all(|byte| known(byte) || matches!(byte, b'+' | b'/' | b'='));
            // Text that is not base64 empties the clipboard, as in xterm.
            let data = if base64 { data.to_owned() } else { String::new() };
            self.notices.push(Notice::Clipboard { selection: selection.to_owned(), data });
        }
    }

    fn prompt_mark(&mut self, text: &str) {
        let mut fields = text.split(';');
        let prompt = match fields.next() {
            Some("A") => Prompt::Start,
            Some("B") => Prompt::Input,
            Some("C") => Prompt::Output,
            Some("D") => Prompt::Done(fields.next().and_then(|status| status.parse().ok())),
            _ => return,
        };
        self.notices.push(Notice::Prompt(prompt));
    }

    /// A program reports its state, or asks whether its reports are read.
    fn program_status(&mut self, text: &str, terminator: Terminator) {
        if text == "?" {
            self.report_listening(terminator);
        } else if text.len() <= MAX_REPORT {
            self.notices.push(Notice::ProgramStatus(printable(text)));
        }
    }

    /// Sets or reports colours of the palette (OSC 4): pairs of an index and a colour.
    fn indexed_colors(&mut self, text: &str, terminator: Terminator) {
        let mut fields = text.split(';');
        while let (Some(index), Some(color)) = (fields.next(), fields.next()) {
            if let Ok(index) = index.parse() {
                self.color(Slot::Index(index), color, terminator);
            }
        }
    }

    /// Sets or reports colours (OSC 10 to 12): each further field is for the next slot.
    fn colors(&mut self, slots: &[Slot], text: &str, terminator: Terminator) {
        for (slot, color) in slots.iter().zip(text.split(';')) {
            self.color(*slot, color, terminator);
        }
    }

    fn color(&mut self, slot: Slot, color: &str, terminator: Terminator) {
        if color == "?" {
            self.report_color(slot, terminator);
        } else if let Ok(color) = color.parse() {
            self.state.colors.set.insert(slot, color);
        }
    }

    fn reset_indexed_colors(&mut self, text: &str) {
        if text.is_empty() {
            self.state.colors.set.retain(|slot, _| !matches!(slot, Slot::Index(_)));
        }
        for index in text.split(';').filter_map(|index| index.parse().ok()) {
            self.reset_color(Slot::Index(index));
        }
    }

    fn reset_color(&mut self, slot: Slot) {
        self.state.colors.set.remove(&slot);
    }
}

/// Reads what follows `9;4;`: a state and perhaps per cent.
fn progress(text: &str) -> Option<Progress> {
    let (state, percent) = text.split_once(';').unwrap_or((text, ""));
    let percent = percent.trim_end_matches(';').parse::<u32>().ok().map(|percent| percent.min(100) as u8);
    Some(match state {
        "0" => Progress::None,
        "1" => Progress::Percent(percent.unwrap_or(0)),
        "2" => Progress::Failed(percent),
        "3" => Progress::Indeterminate,
        "4" => Progress::Paused(percent),
        _ => return None,
    })
}

/// Returns `text` without control characters.
fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}
