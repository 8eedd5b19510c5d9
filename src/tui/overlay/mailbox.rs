//! The messages that wait for their agents, and a way to take one back.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::{Intent, Overlay, Reply};
use crate::domain::{Key, KeyCode, MessageId, Mods, clean};
use crate::protocol::MessageView;
use crate::protocol::{Command, DeliveryCommand};
use crate::theme::Role;
use crate::tui::model::Model;
use crate::tui::widget::{
    Item, List, Look, Mark, Page, count, harmless, leaves, pressed, put, put_line, row, time_of_day, wrap,
};

/// The messages that wait.
#[derive(Debug)]
pub(in crate::tui) struct Mailbox {
    messages: Vec<MessageView>,
    list: List,
    page: Page,
}

impl Mailbox {
    /// Returns the messages that wait.
    pub(in crate::tui) fn new(messages: Vec<MessageView>) -> Mailbox {
        let list = list(&messages);
        Mailbox { messages, list, page: Page::default() }
    }

    fn selected(&self) -> Option<&MessageView> {
        self.list.selected().and_then(|n| self.messages.get(n))
    }

    /// Takes the selected message back; it stays open on the others.
    fn cancel(&mut self) -> Reply {
        let Some(n) = self.list.selected().filter(|n| *n < self.messages.len()) else { return Reply::Stay };
        let message = self.messages.remove(n);
        self.list = list(&self.messages);
        self.list.select(n.min(self.messages.len().saturating_sub(1)));
        self.page.to_top();
        let done = format!("the message to {} is taken back", message.to);
        Reply::attempt(Intent::Ask(
            Command::Delivery(DeliveryCommand::Cancel { message: MessageId(message.id) }),
            done,
        ))
    }

    /// How many rows the list has, of those there are; the selected message's text has the others.
    fn list_rows(&self, rows: u16) -> u16 {
        let all = u16::try_from(self.messages.len()).unwrap_or(u16::MAX);
        if rows < 6 { rows } else { all.clamp(1, rows / 2) }
    }
}

impl Overlay for Mailbox {
    fn title(&self) -> String {
        match self.messages.len() {
            0 => "no messages wait".to_owned(),
            1 => "1 message waits".to_owned(),
            n => format!("{} wait", count(n, "message")),
        }
    }

    fn hint(&self) -> String {
        "↑↓ select · x takes it back · esc · times are UTC".to_owned()
    }

    fn wants(&self, _model: &Model, (columns, rows): (u16, u16)) -> (u16, u16) {
        let list = u16::try_from(self.messages.len()).unwrap_or(u16::MAX);
        (columns.min(92), list.saturating_add(8).min(rows).min(30))
    }

    fn key(&mut self, key: Key, _model: &Model) -> Reply {
        let Some((code, mods)) = pressed(key) else { return Reply::Stay };
        if leaves(code, mods) {
            return Reply::Close;
        }
        match (code, mods) {
            (KeyCode::Enter | KeyCode::Char('q'), Mods::NONE) => return Reply::Close,
            (KeyCode::Char('x') | KeyCode::Delete, Mods::NONE) => return self.cancel(),
            // The text below the list has these; the list has the others.
            (KeyCode::PageUp | KeyCode::PageDown, _) => {
                self.page.key(code, mods);
            }
            _ => {
                if self.list.key(code, mods) {
                    self.page.to_top();
                }
            }
        }
        Reply::Stay
    }

    fn click(&mut self, (_, y): (u16, u16), (_, rows): (u16, u16), _model: &Model) -> Reply {
        if y < self.list_rows(rows) && self.list.click(y).is_some() {
            self.page.to_top();
        }
        Reply::Stay
    }

    fn wheel(&mut self, lines: i32, _model: &Model) -> Reply {
        self.list.wheel(lines);
        self.page.to_top();
        Reply::Stay
    }

    fn draw(&self, model: &Model, area: Rect, buffer: &mut Buffer) -> Option<(u16, u16)> {
        let look = Look::over(&model.theme);
        look.clear(area, buffer);
        let Some(message) = self.selected() else {
            put(buffer, area, (1, 0), "no messages wait for their agents", look.role(Role::Muted));
            return None;
        };
        let high = self.list_rows(area.height);
        self.list.draw(look, Rect { height: high, ..area }, buffer);
        if let Some(line) = row(area, high) {
            let rule = "─".repeat(usize::from(area.width));
            put_line(buffer, line, 0, &Line::from(look.in_role(Role::Rail, rule)));
            let below = Rect { y: line.y + 1, height: area.height - high - 1, ..area };
            let room = usize::from(area.width).saturating_sub(3).max(1);
            // Lines stay lines; whatever else is no text is made visible.
            let text: Vec<String> = message.text.split('\n').flat_map(|l| wrap(&harmless(l), room)).collect();
            let mut lines: Vec<Line<'_>> =
                text.into_iter().map(|l| Line::from(look.said(format!(" {l}")))).collect();
            if let Some(why) = &message.reason {
                let why = format!(" it waits: {}", clean(why, 200));
                lines.insert(0, Line::from(look.in_role(Role::Muted, why)));
            }
            self.page.draw(look, &lines, below, buffer);
        }
        None
    }
}

fn list(messages: &[MessageView]) -> List {
    let item = |message: &MessageView| Item {
        mark: Mark::None,
        level: 0,
        title: format!("{} → {}", message.from, message.to),
        detail: clean(&message.text, 200),
        keys: time_of_day(&message.sent_at).to_owned(),
    };
    List::new(messages.iter().map(item).collect())
}

#[cfg(test)]
mod tests {
    use super::super::sample::{keys, model, seen};
    use super::*;

    pub(in super::super) fn messages() -> Vec<MessageView> {
        let message = |id: u32, from: &str, to: &str, text: &str| MessageView {
            id,
            from: from.into(),
            to: to.into(),
            text: text.into(),
            sent_at: format!("2026-11-20T12:00:0{id}.000Z"),
            reason: Some("it is busy".into()),
            ..MessageView::default()
        };
        vec![
            message(1, "person", "be-1", "Run the tests again.\nThen say what failed."),
            message(2, "chief", "be-2", "Please review the change to the parser before noon."),
        ]
    }

    #[test]
    fn the_messages_are_listed_and_the_selected_one_is_shown_whole() {
        let model = model();
        insta::assert_snapshot!("mailbox", seen(&Mailbox::new(messages()), &model, (80, 24)));
    }

    #[test]
    fn one_is_taken_back_and_the_others_stay() {
        let model = model();
        let mut mailbox = Mailbox::new(messages());
        assert_eq!(
            keys(&mut mailbox, &model, "down x"),
            "try: Ask(Delivery(Cancel { message: MessageId(2) }), \"the message to be-2 is taken back\")"
        );
        assert_eq!(mailbox.title(), "1 message waits");
        assert!(keys(&mut mailbox, &model, "delete").contains("MessageId(1)"));
        assert_eq!(keys(&mut mailbox, &model, "x"), "stay");
        assert!(seen(&mailbox, &model, (80, 24)).contains("no messages wait"));
        assert_eq!(keys(&mut mailbox, &model, "esc"), "close");
    }
}
