//! The box of what can follow a key that begins a sequence.

use std::collections::BTreeMap;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{Block, BorderType, Widget as _};

use super::text::{Writer, clear_edges, columns_of};
use crate::theme::Role;
use crate::tui::ink::Ink;
use crate::tui::key::{Action, Group, sequence_words};
use crate::tui::model::Model;

/// The columns of one entry, where there is room, and at least.
const ENTRY: (u16, u16) = (46, 18);

pub(super) fn draw(model: &Model, buffer: &mut Buffer) {
    let ink = Ink(&model.theme);
    let entries = entries(model);
    let window = buffer.area;
    let count = u16::try_from(entries.len()).unwrap_or(u16::MAX);
    // Above the status bar, within a border: as many columns as it takes to show every entry.
    let (room, most) = (window.width.saturating_sub(2), window.height.saturating_sub(3));
    let needed = count.div_ceil(most.max(1)).min(room / ENTRY.1);
    let columns = (room / ENTRY.0).max(needed).max(1);
    let rows = count.div_ceil(columns).min(most);
    if rows == 0 || window.width < 12 {
        return;
    }
    let area = Rect::new(window.x, window.bottom() - 1 - (rows + 2), window.width, rows + 2);
    clear_edges(buffer, area);
    super::fill(buffer, area, ink.role(Role::Overlay));
    let block =
        Block::bordered().border_type(BorderType::Rounded).border_style(ink.role(Role::OverlayBorder));
    let hidden = usize::from(count).saturating_sub(usize::from(columns * rows));
    let more = if hidden > 0 { format!(" {hidden} more in help ") } else { String::new() };
    block
        .title_bottom(more)
        .title(format!(" {} … ", sequence_words(&model.pending)))
        .title_style(ink.role(Role::OverlayTitle))
        .render(area, buffer);
    let width_of = (area.width - 2) / columns;
    let key_width = entries.iter().map(|(keys, _)| columns_of(keys)).max().unwrap_or(1).min(14);
    for (n, (keys, action)) in (0..columns * rows).zip(&entries) {
        let (x, y) = (area.x + 1 + n / rows * width_of, area.y + 1 + n % rows);
        let mut line = Writer::new(buffer, (x, y), width_of.saturating_sub(1));
        let pad = usize::from(key_width.saturating_sub(columns_of(keys)));
        line.put(&format!("{}{keys} ", " ".repeat(pad)), ink.role(Role::Key));
        line.put(action.title(), ink.role(Role::Overlay));
    }
}

/// Returns each action that can follow, with the key that leads to it: first palette, help and the way out, then in the
/// order of help.
fn entries(model: &Model) -> Vec<(String, Action)> {
    let mut found: BTreeMap<(bool, Group, Action), Vec<String>> = BTreeMap::new();
    for (key, action) in model.settings.keys.after(&model.pending) {
        let keys = found.entry((action.group() != Group::Program, action.group(), action)).or_default();
        let word = key.to_string();
        if !keys.contains(&word) {
            keys.push(word);
        }
    }
    found
        .into_iter()
        .map(|((_, _, action), keys)| (keys.into_iter().next().unwrap_or_default(), action))
        .collect()
}
