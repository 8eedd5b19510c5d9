//! The first-run screen: what can be begun in a folder that has no session, and the file that would be written.
//!
//! It is pure state and drawing. Nothing exists yet when it is shown, and it makes nothing itself.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::widget::{Look, Page, Scroll, cut, leaves, pad, pressed, put, put_line, row, width, wrap};
use crate::domain::{Key, KeyCode, Mods};
use crate::theme::{Role, Theme};

/// What can be begun in a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// The folder.
    pub folder: String,
    /// The agent programs that were found, by the names that people call them.
    pub programs: Vec<String>,
    /// The session file that would be written, if there is a team to offer.
    pub file: Option<String>,
}

/// What a person begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beginning {
    /// The session file is written, and its team started.
    Team,
    /// The scripted demo.
    Demo,
    /// Three plain shells.
    Shells,
    /// Nothing.
    Leave,
}

/// The first-run screen.
#[derive(Debug)]
pub(super) struct Welcome {
    offer: Offer,
    choices: Vec<Beginning>,
    at: usize,
    scroll: Scroll,
    page: Page,
}

/// How wide a window is before the file stands beside the choices.
const BESIDE: u16 = 132;
/// How wide a text may be and read well.
const MEASURE: u16 = 92;
/// The fewest rows in which the file is worth showing.
const LEAST_PREVIEW: u16 = 5;

impl Welcome {
    /// Returns the screen of an offer, the first choice selected.
    pub(super) fn new(offer: Offer) -> Welcome {
        let mut choices = vec![Beginning::Demo, Beginning::Shells, Beginning::Leave];
        if offer.file.is_some() {
            choices.insert(0, Beginning::Team);
        }
        Welcome { offer, choices, at: 0, scroll: Scroll::default(), page: Page::default() }
    }

    /// Takes a key; returns what the person begins with, once that is settled.
    pub(super) fn key(&mut self, key: Key) -> Option<Beginning> {
        let (code, mods) = pressed(key)?;
        let last = self.choices.len() - 1;
        match (code, mods) {
            _ if leaves(code, mods) => return Some(Beginning::Leave),
            (KeyCode::Char('q'), Mods::NONE) | (KeyCode::Char('d'), Mods::CTRL) => {
                return Some(Beginning::Leave);
            }
            (KeyCode::Enter, _) => return self.choices.get(self.at).copied(),
            (KeyCode::Char(c @ '1'..='9'), Mods::NONE) => {
                let n = c.to_digit(10).map_or(0, |n| n as usize);
                return self.choices.get(n.checked_sub(1)?).copied();
            }
            (KeyCode::Up | KeyCode::Char('k'), Mods::NONE) | (KeyCode::Tab, Mods::SHIFT) => {
                self.select(self.at.checked_sub(1).unwrap_or(last));
            }
            (KeyCode::Char('p'), Mods::CTRL) => self.select(self.at.checked_sub(1).unwrap_or(last)),
            (KeyCode::Down | KeyCode::Char('j'), Mods::NONE)
            | (KeyCode::Tab, _)
            | (KeyCode::Char('n'), Mods::CTRL) => {
                self.select(if self.at == last { 0 } else { self.at + 1 });
            }
            _ => {
                self.page.key(code, mods);
            }
        }
        None
    }

    /// Takes a turn of the wheel.
    pub(super) fn wheel(&mut self, lines: i32) {
        self.page.wheel(lines);
    }

    /// Draws it over the whole area.
    pub(super) fn draw(&self, theme: &Theme, area: Rect, buffer: &mut Buffer) {
        let look = Look::plain(theme);
        look.clear(area, buffer);
        let beside = area.width >= BESIDE;
        let margin = match area.width {
            0..=29 => 0,
            30..=59 => 1,
            _ if beside => 6,
            _ => 3,
        };
        let wide = area.width.saturating_sub(2 * margin);
        let wide = if beside { wide / 2 - 4 } else { wide.min(MEASURE) };
        let choices = u16::try_from(self.choices.len()).unwrap_or(0);
        let head = self.head(look, wide);
        // The choices matter most, then what is found, then the keys below, then the file.
        let foot = u16::from(area.height > choices);
        let head_rows =
            u16::try_from(head.len()).unwrap_or(0).min(area.height.saturating_sub(choices + foot));
        let top = if area.height > choices + foot + head_rows + 12 { 2 } else { 0 };
        let column =
            Rect { x: area.x + margin, y: area.y + top, width: wide, height: area.height - top - foot };
        let skip = head.len() - usize::from(head_rows);
        // In a small window the lower lines of the head go last: they say what is found.
        for (line, y) in head.iter().skip(skip).zip(0..head_rows) {
            put_line(buffer, column, y, line);
        }
        let list = part(column, head_rows, choices);
        self.draw_choices(look, list, buffer);
        if beside {
            let x = column.right() + 4;
            let room = area.right().saturating_sub(x + margin);
            let preview = Rect { x, y: column.y, width: room, height: column.height.saturating_sub(1) };
            self.draw_preview(look, preview, buffer);
        } else {
            let preview = part(column, head_rows + choices + 1, u16::MAX);
            self.draw_preview(look, preview, buffer);
        }
        self.draw_foot(look, area, margin, foot, buffer);
    }

    fn select(&mut self, at: usize) {
        self.at = at;
        self.page.to_top();
    }

    fn head(&self, look: Look<'_>, wide: u16) -> Vec<Line<'static>> {
        let room = usize::from(wide).max(1);
        let mut out = vec![Line::from(look.in_role(Role::Accent, "agentctl"))];
        let claim = wrap("a team of coding agents as an org chart of real terminals", room);
        out.extend(claim.into_iter().map(|line| Line::from(look.in_role(Role::Muted, line))));
        out.push(Line::default());
        let folder =
            format!("Nothing has been begun in {} yet.", crate::domain::clean(&self.offer.folder, 200));
        let mut words = vec![folder];
        if self.offer.programs.is_empty() {
            words.push(
                "No agent program was found. agentctl doctor lists those that are known and how to install them; any \
                 other can be named in an agentctl.toml."
                    .to_owned(),
            );
        } else {
            words.push(format!("Found on this machine: {}.", listed(&self.offer.programs)));
        }
        for words in words {
            out.extend(wrap(&words, room).into_iter().map(|line| Line::from(look.said(line))));
        }
        out.push(Line::default());
        out
    }

    fn draw_choices(&self, look: Look<'_>, list: Rect, buffer: &mut Buffer) {
        let window = self.scroll.window_with(self.at, self.choices.len(), usize::from(list.height));
        for (n, y) in window.zip(0..list.height) {
            let (Some(choice), Some(line)) = (self.choices.get(n), row(list, y)) else { continue };
            let chosen = n == self.at;
            let room = usize::from(line.width).saturating_sub(5);
            let text = pad(&cut(&self.words(*choice, room), room), room);
            let on = |role| if chosen { look.role(Role::OverlaySelected) } else { look.role(role) };
            let mark = if chosen { "› " } else { "  " };
            let mut x = put(buffer, line, (0, 0), mark, on(Role::Accent));
            x = put(buffer, line, (x, 0), &format!("{} ", n + 1), on(Role::Muted));
            put(buffer, line, (x, 0), &format!("{text} "), on(Role::Text));
        }
    }

    fn draw_preview(&self, look: Look<'_>, area: Rect, buffer: &mut Buffer) {
        let choice = self.choices.get(self.at).copied().unwrap_or(Beginning::Leave);
        let file = self.offer.file.as_deref().filter(|_| choice == Beginning::Team);
        let Some(file) = file else {
            for (line, y) in wrap(about(choice), usize::from(area.width)).iter().zip(0..area.height) {
                put(buffer, area, (0, y), line, look.role(Role::Muted));
            }
            return;
        };
        if area.height < LEAST_PREVIEW || area.width < 12 {
            return;
        }
        let high = u16::try_from(file.lines().count()).unwrap_or(u16::MAX).saturating_add(2).min(area.height);
        let area = Rect { height: high, ..area };
        frame(look, area, "agentctl.toml, as it would be written", buffer);
        let inner = Rect { x: area.x + 2, y: area.y + 1, width: area.width - 4, height: area.height - 2 };
        let lines: Vec<Line<'_>> = file.lines().map(|line| file_line(look, line)).collect();
        self.page.draw(look, &lines, inner, buffer);
    }

    fn draw_foot(&self, look: Look<'_>, area: Rect, margin: u16, foot: u16, buffer: &mut Buffer) {
        if foot == 0 {
            return;
        }
        let mut keys = vec![("↑↓", "select"), ("enter", "begin"), ("q", "leave")];
        if self.choices.get(self.at) == Some(&Beginning::Team) && self.page.overflows() {
            keys.insert(2, ("pagedown", "read on"));
        }
        let mut line = Line::default();
        for (key, does) in keys {
            line.spans.push(look.in_role(Role::Accent, key));
            line.spans.push(look.in_role(Role::Muted, format!(" {does}   ")));
        }
        let room = Rect { x: area.x + margin, width: area.width.saturating_sub(margin), ..area };
        put_line(buffer, room, area.height - 1, &line);
    }

    /// What a choice is called, in as many words as there is room for.
    fn words(&self, choice: Beginning, room: usize) -> String {
        let programs = format!("Write agentctl.toml and start this team: {}", self.offer.programs.join(", "));
        let (long, short) = match choice {
            Beginning::Team => (programs.as_str(), "Start a team"),
            Beginning::Demo => ("Look at the demo: scripted agents, and it says so", "See the demo"),
            Beginning::Shells => ("Three plain shells", "Three shells"),
            Beginning::Leave => ("Leave", "Leave"),
        };
        if width(long) <= room || room >= 40 { long.to_owned() } else { short.to_owned() }
    }
}

/// What comes of a choice.
fn about(choice: Beginning) -> &'static str {
    match choice {
        Beginning::Team => "",
        Beginning::Demo => {
            "An organisation of scripted agents that act as if they worked. No model is asked, nothing is paid, and no \
             file of this folder is touched."
        }
        Beginning::Shells => {
            "A chief and a team of two, each of them your shell. Start whatever you like in them; nothing is written \
             into this folder."
        }
        Beginning::Leave => "Nothing is begun, and nothing is written.",
    }
}

/// A list in words: `a`, `a and b`, `a, b and c`.
fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn file_line(look: Look<'_>, text: &str) -> Line<'static> {
    let text = text.replace('\t', "    ");
    if text.starts_with('[') {
        return Line::from(look.in_role(Role::Accent, text));
    }
    let comment = if text.starts_with('#') { Some(0) } else { text.find(" #") };
    let (code, comment) = text.split_at(comment.unwrap_or(text.len()));
    let spans: [Span<'static>; 2] = [look.said(code), look.in_role(Role::Muted, comment)];
    Line::from(spans.to_vec())
}

/// The rows of a column from one on, as far as it has them.
fn part(column: Rect, from: u16, rows: u16) -> Rect {
    let from = from.min(column.height);
    Rect { y: column.y + from, height: rows.min(column.height - from), ..column }
}

/// Draws a border with a title around an area.
fn frame(look: Look<'_>, area: Rect, title: &str, buffer: &mut Buffer) {
    let style = look.role(Role::Border);
    let inner = usize::from(area.width).saturating_sub(2);
    let title = cut(&format!(" {title} "), inner.saturating_sub(2));
    let rest = "─".repeat(inner.saturating_sub(1 + width(&title)));
    let mut line = Line::from(Span::styled("╭─", style));
    line.spans.push(look.in_role(Role::Muted, title));
    line.spans.push(Span::styled(format!("{rest}╮"), style));
    put_line(buffer, area, 0, &line);
    for y in 1..area.height.saturating_sub(1) {
        put(buffer, area, (0, y), "│", style);
        put(buffer, area, (area.width - 1, y), "│", style);
    }
    put(buffer, area, (0, area.height - 1), &format!("╰{}╯", "─".repeat(inner)), style);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn offer() -> Offer {
        let file = "# The team of this folder.\n\n[session]\nname = \"shop\"\n\n[executive]\nname = \"chief\"\n\
                    command = [\"claude\"]\n\n[[team]]\nname = \"builders\"\ncolor = \"green\"\n\n[[team.agent]]\n\
                    name = \"builder-1\"\ncommand = [\"claude\"]\n# count = 2      # makes two of them\n";
        Offer {
            folder: "/home/ada/shop".into(),
            programs: vec!["Claude Code".into(), "Codex".into()],
            file: Some(file.into()),
        }
    }

    fn seen(welcome: &Welcome, columns: u16, rows: u16) -> String {
        let (name, text) = crate::theme::BUILTIN[0];
        let theme = Theme::parse(name, text, &|_| None).unwrap();
        let area = Rect::new(0, 0, columns, rows);
        let mut buffer = Buffer::empty(area);
        welcome.draw(&theme, area, &mut buffer);
        let line = |y| (0..columns).map(|x| buffer[(x, y)].symbol()).collect::<String>();
        (0..rows).map(|y| format!("│{}\n", line(y).trim_end())).collect()
    }

    fn press(welcome: &mut Welcome, keys: &str) -> Option<Beginning> {
        keys.split(' ').filter_map(|key| welcome.key(key.parse().unwrap())).last()
    }

    #[test]
    fn keys_settle_what_is_begun() {
        let begun = |keys: &str| press(&mut Welcome::new(offer()), keys);
        assert_eq!(begun("enter"), Some(Beginning::Team));
        assert_eq!(begun("down enter"), Some(Beginning::Demo));
        assert_eq!(begun("j tab enter"), Some(Beginning::Shells));
        assert_eq!(begun("up enter"), Some(Beginning::Leave));
        assert_eq!(begun("down k enter"), Some(Beginning::Team));
        assert_eq!(begun("3"), Some(Beginning::Shells));
        assert_eq!(begun("9"), None);
        assert_eq!(begun("pagedown x"), None);
        for leave in ["q", "esc", "ctrl-c", "ctrl-d"] {
            assert_eq!(begun(leave), Some(Beginning::Leave));
        }
    }

    #[test]
    fn without_programs_there_is_no_team_to_begin_with() {
        let mut welcome = Welcome::new(Offer { folder: "/tmp/x".into(), ..Offer::default() });
        insta::assert_snapshot!("welcome-none", seen(&welcome, 80, 24));
        assert_eq!(press(&mut welcome, "enter"), Some(Beginning::Demo));
    }

    #[test]
    fn it_reads_well_in_windows_of_every_size() {
        let welcome = Welcome::new(offer());
        insta::assert_snapshot!("welcome-80", seen(&welcome, 80, 24));
        insta::assert_snapshot!("welcome-200", seen(&welcome, 200, 50));
        insta::assert_snapshot!("welcome-20", seen(&welcome, 20, 5));
    }

    #[test]
    fn a_file_longer_than_its_room_scrolls() {
        let mut welcome = Welcome::new(offer());
        assert!(!seen(&welcome, 80, 20).contains("makes two of them"));
        press(&mut welcome, "end");
        assert!(seen(&welcome, 80, 20).contains("makes two of them"));
        welcome.wheel(-9);
        assert!(!seen(&welcome, 80, 20).contains("makes two of them"));
        welcome.wheel(9);
        assert!(seen(&welcome, 80, 20).contains("makes two of them"));
    }

    proptest! {
        #[test]
        fn it_draws_in_any_window(columns in 1u16..240, rows in 1u16..60, down in 0usize..5) {
            let mut welcome = Welcome::new(offer());
            for _ in 0..down {
                press(&mut welcome, "down");
            }
            let picture = seen(&welcome, columns, rows);
            prop_assert!(columns < 8 || picture.contains('›'), "{picture}");
        }
    }
}
