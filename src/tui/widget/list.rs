//! A list to pick from: filtered by what is typed, the selection always in view.

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation as _;

use super::{Look, Scroll, cut, put, row, width};
use crate::domain::{AgentState, KeyCode, Mods, TeamColor};
use crate::theme::Role;

/// One line of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::tui) struct Item {
    /// What stands before it.
    pub(in crate::tui) mark: Mark,
    /// By how many levels it is indented.
    pub(in crate::tui) level: usize,
    /// What it is called.
    pub(in crate::tui) title: String,
    /// What else is said of it.
    pub(in crate::tui) detail: String,
    /// The keys that do the same, at the right.
    pub(in crate::tui) keys: String,
}

/// What stands before a line of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::tui) enum Mark {
    /// Nothing.
    #[default]
    None,
    /// An agent's state.
    State(AgentState),
    /// A team's colour.
    Team(TeamColor),
    /// That it is the one there is now.
    Now,
}

/// A list to pick from.
#[derive(Clone, Debug)]
pub(in crate::tui) struct List {
    items: Vec<Item>,
    shown: Vec<Shown>,
    at: usize,
    scroll: Scroll,
}

/// A line that matches, and which of its characters do: those of the title, then those of the detail.
#[derive(Clone, Debug)]
struct Shown {
    item: usize,
    hits: Vec<u32>,
}

impl List {
    /// Returns a list of these lines, the first one selected.
    pub(in crate::tui) fn new(items: Vec<Item>) -> List {
        let shown = (0..items.len()).map(|item| Shown { item, hits: Vec::new() }).collect();
        List { items, shown, at: 0, scroll: Scroll::default() }
    }

    /// Keeps the lines that match what was typed, the best first; lines that match equally well keep their order.
    pub(in crate::tui) fn filter(&mut self, typed: &str) {
        let pattern = Pattern::new(typed, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy);
        let mut matcher = Matcher::new(Config::DEFAULT);
        let mut found: Vec<(u32, Shown)> = Vec::new();
        for (item, line) in self.items.iter().enumerate() {
            let (mut buffer, mut hits) = (Vec::new(), Vec::new());
            let title = pattern.indices(Utf32Str::new(&line.title, &mut buffer), &mut matcher, &mut hits);
            // A title that matches by itself goes before one that needs what else is said.
            let score = title.map(|score| score.saturating_mul(2)).or_else(|| {
                hits.clear();
                let whole = format!("{} {}", line.title, line.detail);
                pattern.indices(Utf32Str::new(&whole, &mut buffer), &mut matcher, &mut hits)
            });
            if let Some(score) = score {
                hits.sort_unstable();
                hits.dedup();
                found.push((score, Shown { item, hits }));
            }
        }
        found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        self.shown = found.into_iter().map(|(_, shown)| shown).collect();
        self.at = 0;
        self.scroll.to_top();
    }

    /// Returns the number of the selected line, as the lines were given.
    pub(in crate::tui) fn selected(&self) -> Option<usize> {
        self.shown.get(self.at).map(|shown| shown.item)
    }

    /// Selects a line, if it is shown.
    pub(in crate::tui) fn select(&mut self, item: usize) {
        if let Some(at) = self.shown.iter().position(|shown| shown.item == item) {
            self.at = at;
        }
    }

    /// Returns how many lines there are, shown or not.
    pub(in crate::tui) fn len(&self) -> usize {
        self.items.len()
    }

    /// Returns how many columns its lines want.
    pub(in crate::tui) fn wants(&self) -> usize {
        let wide = self
            .items
            .iter()
            .map(|item| lead(item) + width(&item.title) + 2 + width(&item.detail) + 2 + width(&item.keys));
        wide.max().unwrap_or(0) + 3
    }

    /// Takes a key that moves the selection; returns whether it was one.
    pub(in crate::tui) fn key(&mut self, code: KeyCode, mods: Mods) -> bool {
        let page = self.scroll.page();
        let last = self.shown.len().saturating_sub(1);
        self.at = match (code, mods) {
            // From one end on to the other, as it is with a short menu.
            (KeyCode::Up, Mods::NONE) | (KeyCode::Char('p' | 'k'), Mods::CTRL) => {
                self.at.checked_sub(1).unwrap_or(last)
            }
            (KeyCode::Down, Mods::NONE) | (KeyCode::Char('n' | 'j'), Mods::CTRL) => {
                if self.at >= last {
                    0
                } else {
                    self.at + 1
                }
            }
            (KeyCode::PageUp, _) => self.at.saturating_sub(page),
            (KeyCode::PageDown, _) => (self.at + page).min(last),
            (KeyCode::Home, _) => 0,
            (KeyCode::End, _) => last,
            _ => return false,
        };
        true
    }

    /// Takes a turn of the wheel: the selection moves, and stops at the ends.
    pub(in crate::tui) fn wheel(&mut self, lines: i32) {
        let moved = self.at.saturating_add_signed(isize::try_from(lines).unwrap_or(0));
        self.at = moved.min(self.shown.len().saturating_sub(1));
    }

    /// Takes a click at a row of it; returns the line that is selected now.
    pub(in crate::tui) fn click(&mut self, row: u16) -> Option<usize> {
        let at = self.scroll.top() + usize::from(row);
        let shown = self.shown.get(at)?;
        self.at = at;
        Some(shown.item)
    }

    /// Draws it.
    pub(in crate::tui) fn draw(&self, look: Look<'_>, area: Rect, buffer: &mut Buffer) {
        if self.shown.is_empty() {
            put(buffer, area, (1, 0), "nothing of that name", look.role(Role::Muted));
            return;
        }
        let titles = self.items.iter().filter(|item| !item.detail.is_empty());
        let titles = titles.map(|item| lead(item) + width(&item.title)).max().unwrap_or(0);
        let second = titles.min(usize::from(area.width) * 3 / 5) + 2;
        let window = self.scroll.window_with(self.at, self.shown.len(), usize::from(area.height));
        for (at, y) in window.zip(0..area.height) {
            let (Some(shown), Some(line)) = (self.shown.get(at), row(area, y)) else { continue };
            let Some(item) = self.items.get(shown.item) else { continue };
            draw_item(look, item, &shown.hits, (at == self.at, second), line, buffer);
        }
        self.scroll.bar(area, look.role(Role::Muted), buffer);
    }
}

/// The columns before an item's title.
fn lead(item: &Item) -> usize {
    1 + 2 * item.level + if item.mark == Mark::None { 0 } else { 2 }
}

fn draw_item(
    look: Look<'_>,
    item: &Item,
    hits: &[u32],
    (chosen, second): (bool, usize),
    line: Rect,
    buffer: &mut Buffer,
) {
    let on = |style: Style| if chosen { look.chosen(style) } else { style };
    if chosen {
        buffer.set_style(line.intersection(buffer.area), look.role(Role::OverlaySelected));
    }
    // Two columns are kept free at the right, for the bar that says which part is in view.
    let room = usize::from(line.width).saturating_sub(2);
    let mut x = u16::try_from(lead(item).min(room)).unwrap_or(0);
    let (glyph, style) = match item.mark {
        Mark::None => (String::new(), look.text()),
        Mark::State(state) => (state.glyph().to_string(), look.state(state)),
        Mark::Team(color) => ("■".to_owned(), look.team(color)),
        Mark::Now => ("•".to_owned(), look.role(Role::Accent)),
    };
    put(buffer, line, (x.saturating_sub(2), 0), &glyph, on(style));
    let keys = width(&item.keys);
    let title = width(&item.title);
    let keys_at = room.saturating_sub(keys);
    let with_keys = keys > 0 && usize::from(x) + title + 2 <= keys_at;
    let end = if with_keys { keys_at.saturating_sub(2) } else { room };
    let name = if let (Mark::Team(color), false) = (item.mark, item.title.is_empty()) {
        look.team(color)
    } else {
        look.text()
    };
    let hit = on(look.role(Role::OverlayMatch));
    let shown = cut(&item.title, end.saturating_sub(usize::from(x)));
    x = put_hits(buffer, line, x, &shown, (0, hits), (on(name), hit));
    if !item.detail.is_empty() {
        x = x.saturating_add(2).max(u16::try_from(second).unwrap_or(0));
        let detail = cut(&item.detail, end.saturating_sub(usize::from(x)));
        let first = u32::try_from(item.title.graphemes(true).count() + 1).unwrap_or(u32::MAX);
        put_hits(buffer, line, x, &detail, (first, hits), (on(look.role(Role::Muted)), hit));
    }
    if with_keys {
        let at = u16::try_from(keys_at).unwrap_or(0);
        put(buffer, line, (at, 0), &item.keys, on(look.role(Role::Key)));
    }
}

/// Writes a text whose first character has the number `first`, those that were hit in the second style.
fn put_hits(
    buffer: &mut Buffer,
    line: Rect,
    mut x: u16,
    text: &str,
    (first, hits): (u32, &[u32]),
    (style, hit): (Style, Style),
) -> u16 {
    for (grapheme, n) in text.graphemes(true).zip(first..) {
        let style = if hits.binary_search(&n).is_ok() { hit } else { style };
        x = put(buffer, line, (x, 0), grapheme, style);
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::Theme;

    fn list(titles: &[&str]) -> List {
        List::new(titles.iter().map(|title| Item { title: (*title).into(), ..Item::default() }).collect())
    }

    fn order(list: &List) -> Vec<&str> {
        list.shown.iter().map(|shown| list.items[shown.item].title.as_str()).collect()
    }

    #[test]
    fn what_is_typed_keeps_what_matches_the_best_first() {
        let mut list = list(&["rename the agent", "restart the agent", "reset the layout", "help"]);
        list.filter("restart");
        assert_eq!(order(&list)[0], "restart the agent");
        list.filter("agent re");
        assert_eq!(order(&list).len(), 2);
        list.filter("");
        assert_eq!(order(&list), ["rename the agent", "restart the agent", "reset the layout", "help"]);
        list.filter("zzz");
        assert_eq!((order(&list).len(), list.selected()), (0, None));
    }

    #[test]
    fn a_title_that_matches_goes_before_a_detail_that_does() {
        let item = |title: &str, detail: &str| Item {
            title: title.into(),
            detail: detail.into(),
            ..Item::default()
        };
        let mut list = List::new(vec![item("one", "backend"), item("backend", "")]);
        list.filter("backend");
        assert_eq!(order(&list), ["backend", "one"]);
    }

    #[test]
    fn the_selection_moves_and_goes_round() {
        let mut list = list(&["a", "b", "c"]);
        let keys = |list: &mut List, keys: &str| {
            for key in keys.split(' ') {
                let key: crate::domain::Key = key.parse().unwrap();
                assert!(list.key(key.code, key.mods), "{key}");
            }
            list.selected()
        };
        assert_eq!(keys(&mut list, "up"), Some(2));
        assert_eq!(keys(&mut list, "ctrl-n ctrl-j"), Some(1));
        assert_eq!(keys(&mut list, "end"), Some(2));
        assert_eq!(keys(&mut list, "ctrl-k ctrl-p"), Some(0));
        assert_eq!(keys(&mut list, "pagedown home"), Some(0));
        list.wheel(9);
        assert_eq!(list.selected(), Some(2));
        assert!(!list.key(KeyCode::Char('x'), Mods::NONE));
    }

    #[test]
    fn a_click_selects_the_line_that_is_there() {
        let mut list = list(&["a", "b", "c", "d"]);
        list.select(3);
        let area = Rect::new(0, 0, 9, 2);
        list.draw(Look::over(&Theme::default()), area, &mut Buffer::empty(area));
        assert_eq!(list.click(0), Some(2));
        assert_eq!(list.click(7), None);
        assert_eq!(list.selected(), Some(2));
    }

    #[test]
    fn the_letters_that_matched_are_painted() {
        let theme = Theme::default();
        let look = Look::over(&theme);
        let mut list = list(&["zoom", "help"]);
        list.filter("hl");
        let area = Rect::new(0, 0, 9, 1);
        let mut buffer = Buffer::empty(area);
        list.draw(look, area, &mut buffer);
        let hit = |x| buffer[(x, 0)].modifier.contains(ratatui::style::Modifier::UNDERLINED);
        assert_eq!([1, 2, 3, 4].map(hit), [true, false, true, false]);
    }
}
