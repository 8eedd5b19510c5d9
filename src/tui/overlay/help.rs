//! Help: where keys go, every key and what it does, the states, the mouse. The manual's table is made from the same.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{Overlay, Reply};
use crate::domain::{AgentState, Key, KeyCode, Mods};
use crate::theme::Role;
use crate::tui::key::{Action, Group, Keymap};
use crate::tui::model::Model;
use crate::tui::widget::{Field, Look, Page, STATES, leaves, pad, pressed, put, row, width, wrap};

/// What the mouse does.
const MOUSE: &[(&str, &str)] = &[
    ("click", "focuses the agent; in a program that asked for the mouse, it is that program's as well"),
    ("drag a border", "gives the one side more room and the other less"),
    ("wheel", "scrolls the program, or back in what it printed"),
    ("drag over text", "selects it, and copies it when the button goes up"),
    ("shift and drag", "is the outer terminal's own selection"),
];

/// How wide it is before there are two columns.
const TWO_COLUMNS: usize = 110;
/// The room between them.
const GAP: usize = 3;
/// The room for keys.
const KEYS: usize = 22;

/// Every key and what it does.
#[derive(Debug)]
pub(in crate::tui) struct Help {
    sections: Vec<Section>,
    filter: Field,
    page: Page,
}

/// What stands under one heading.
#[derive(Clone, Debug)]
struct Section {
    title: &'static str,
    prose: Vec<String>,
    rows: Vec<Row>,
}

/// What is pressed, or shown, and what it does, or means.
#[derive(Clone, Debug)]
struct Row {
    state: Option<AgentState>,
    keys: Vec<String>,
    text: String,
}

impl Help {
    /// Returns help on the model's keys, and on those of copy mode.
    pub(in crate::tui) fn new(model: &Model, copy_keys: &'static [(&'static str, &'static str)]) -> Help {
        let keymap = &model.settings.keys;
        let mut sections = vec![beginning(keymap)];
        sections.extend(Group::ALL.into_iter().map(|group| section(keymap, group)));
        let state = |state: AgentState| Row {
            state: Some(state),
            keys: vec![format!("{} {}", state.glyph(), state.word())],
            text: meaning(state).to_owned(),
        };
        let states = STATES.into_iter().map(state).collect();
        sections.push(Section { title: "States", prose: Vec::new(), rows: states });
        sections.push(Section {
            title: "The mouse",
            prose: Vec::new(),
            rows: MOUSE.iter().map(pair).collect(),
        });
        let copy = copy_keys.iter().map(pair).collect();
        sections.push(Section { title: "Looking back and copying", prose: Vec::new(), rows: copy });
        Help { sections, filter: Field::default(), page: Page::default() }
    }

    /// The sections with what matches the filter; an empty one drops out.
    fn matching(&self) -> Vec<Section> {
        let typed = self.filter.text().to_lowercase();
        let words: Vec<&str> = typed.split_whitespace().collect();
        let mut sections = self.sections.clone();
        for section in &mut sections {
            let title = section.title.to_lowercase();
            if !words.is_empty() {
                section.prose.clear();
            }
            section.rows.retain(|row| {
                let all = format!("{title} {} {}", row.keys.join(" "), row.text).to_lowercase();
                words.iter().all(|word| all.contains(word))
            });
        }
        sections.retain(|section| !section.rows.is_empty() || !section.prose.is_empty());
        sections
    }
}

impl Overlay for Help {
    fn title(&self) -> String {
        "help".to_owned()
    }

    fn hint(&self) -> String {
        "↑↓ scroll · type to filter · esc".to_owned()
    }

    fn wants(&self, _model: &Model, (columns, rows): (u16, u16)) -> (u16, u16) {
        (columns.min(if columns >= 116 { 150 } else { 96 }), rows)
    }

    fn key(&mut self, key: Key, _model: &Model) -> Reply {
        let Some((code, mods)) = pressed(key) else { return Reply::Stay };
        match (code, mods) {
            (KeyCode::Esc, _) if !self.filter.is_empty() => self.filter.clear(),
            _ if leaves(code, mods) => return Reply::Close,
            (KeyCode::Enter, _) => return Reply::Close,
            (KeyCode::Char('/'), Mods::NONE) => {}
            (KeyCode::Char('?'), Mods::NONE) if self.filter.is_empty() => return Reply::Close,
            (KeyCode::Char(' '), Mods::NONE) if self.filter.is_empty() => {
                self.page.key(KeyCode::PageDown, Mods::NONE);
            }
            // A field has some of these keys too; here there is more to scroll than to write.
            _ if self.page.key(code, mods) => {}
            _ if self.filter.key(code, mods) => self.page.to_top(),
            _ => {}
        }
        Reply::Stay
    }

    fn paste(&mut self, text: &str, _model: &Model) -> Reply {
        self.filter.paste(text);
        self.page.to_top();
        Reply::Stay
    }

    fn wheel(&mut self, lines: i32, _model: &Model) -> Reply {
        self.page.wheel(lines);
        Reply::Stay
    }

    fn draw(&self, model: &Model, area: Rect, buffer: &mut Buffer) -> Option<(u16, u16)> {
        let look = Look::over(&model.theme);
        look.clear(area, buffer);
        let mut below = Rect { x: area.x, width: area.width, ..area };
        let mut cursor = None;
        if let Some(line) = row(area, 0).filter(|_| !self.filter.is_empty()) {
            let x = put(buffer, line, (1, 0), "/ ", look.role(Role::Key)).min(line.width.saturating_sub(1));
            let field = Rect { x: line.x + x, width: line.width - x, ..line };
            cursor = self.filter.draw(field, look.text(), ("", look.text()), buffer);
            let head = 2.min(area.height);
            below = Rect { y: area.y + head, height: area.height - head, ..area };
        }
        let sections = self.matching();
        // Two columns are kept free at the right, for the bar that says which part is in view.
        let lines = columns(look, &sections, usize::from(area.width).saturating_sub(2));
        if lines.is_empty() {
            put(buffer, below, (1, 0), "nothing of that name", look.role(Role::Muted));
        }
        self.page.draw(look, &lines, below, buffer);
        cursor
    }
}

fn pair((keys, text): &(&str, &str)) -> Row {
    Row { state: None, keys: vec![(*keys).to_owned()], text: (*text).to_owned() }
}

fn section(keymap: &Keymap, group: Group) -> Section {
    let own = Action::ALL.iter().filter(|action| action.group() == group);
    let row =
        |action: &Action| Row { state: None, keys: keymap.keys_of(*action), text: action.title().to_owned() };
    Section { title: group.title(), prose: Vec::new(), rows: own.map(row).collect() }
}

fn beginning(keymap: &Keymap) -> Section {
    let leader = keymap.leader();
    let key = |action| keymap.keys_of(action).into_iter().next().unwrap_or_else(|| "the palette".to_owned());
    let prose = vec![
        format!(
            "Every key goes to an agent, but for {leader}, the leader: it begins every command. Wait after it, and \
             what can follow is shown."
        ),
        "Keys take one of three routes, and the bar below always names it:".to_owned(),
    ];
    let route = |action, text: &str| Row { state: None, keys: vec![key(action)], text: text.to_owned() };
    let rows = vec![
        route(Action::Direct, "direct: to the focused agent"),
        route(Action::Executive, "executive: to the executive, whatever is focused"),
        route(
            Action::BroadcastTeam,
            "broadcast: to many at once; every target is named and confirmed before the first key",
        ),
    ];
    Section { title: "To begin with", prose, rows }
}

fn meaning(state: AgentState) -> &'static str {
    match state {
        AgentState::Starting => "the process is up, and not yet ready for input",
        AgentState::Idle => "ready for input; with • it finished something nobody has looked at",
        AgentState::Thinking => "waiting for its model",
        AgentState::Working => "running tools, writing",
        AgentState::Waiting(_) => "needs someone: approval, answer, login, barrier, lock",
        AgentState::Error => "crashed, or its model's service failed it",
        AgentState::Recovering => "being brought back",
        AgentState::Stopped => "not running",
    }
}

/// The sections as lines, in two columns where there is room for them.
fn columns(look: Look<'_>, sections: &[Section], room: usize) -> Vec<Line<'static>> {
    if room < TWO_COLUMNS {
        return sections.iter().flat_map(|section| lines(look, section, room)).collect();
    }
    let each = (room - GAP) / 2;
    let blocks: Vec<Vec<Line<'_>>> = sections.iter().map(|section| lines(look, section, each)).collect();
    let total: usize = blocks.iter().map(Vec::len).sum();
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for block in blocks {
        // A section stands on the left as long as more than half of it lies in the upper half.
        let side =
            if right.is_empty() && left.len() + block.len() / 2 < total / 2 { &mut left } else { &mut right };
        side.extend(block);
    }
    let both = left.len().max(right.len());
    left.resize(both, Line::default());
    right.resize(both, Line::default());
    let join = |(mut line, other): (Line<'static>, Line<'static>)| {
        let gap = (each + GAP).saturating_sub(line.width());
        line.spans.push(look.said(" ".repeat(gap)));
        line.spans.extend(other.spans);
        line
    };
    left.into_iter().zip(right).map(join).collect()
}

/// A section as lines: its heading, its prose, its rows, and an empty line.
fn lines(look: Look<'_>, section: &Section, room: usize) -> Vec<Line<'static>> {
    let mut out = vec![Line::from(look.in_role(Role::OverlayTitle, format!(" {}", section.title)))];
    for prose in &section.prose {
        out.extend(
            wrap(prose, room.saturating_sub(1)).into_iter().map(|l| Line::from(look.said(format!(" {l}")))),
        );
    }
    let keys_room = KEYS.min(room / 3).max(1);
    for row in &section.rows {
        let keys = together(&row.keys, keys_room);
        let text = wrap(&row.text, room.saturating_sub(keys_room + 3).max(1));
        for n in 0..keys.len().max(text.len()) {
            let style = row.state.map_or(look.role(Role::Key), |state| look.state(state));
            let key = pad(keys.get(n).map_or("", String::as_str), keys_room);
            out.push(Line::from(vec![
                look.said(" "),
                Span::styled(key.trim_end().to_owned(), style),
                look.said(" ".repeat(keys_room + 2 - width(key.trim_end()))),
                look.said(text.get(n).cloned().unwrap_or_default()),
            ]));
        }
    }
    out.push(Line::default());
    out
}

/// Sequences of keys in lines of at most `room` columns; a sequence is not broken.
fn together(keys: &[String], room: usize) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for key in keys {
        match out.last_mut().filter(|line| width(line) + 2 + width(key) < room) {
            Some(line) => {
                line.push_str(", ");
                line.push_str(key);
            }
            None => out.push(key.clone()),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::super::sample::{keys, model, seen, typed};
    use super::*;

    const COPY: &[(&str, &str)] = &[("y", "copies what is selected")];

    /// Returns the Markdown table of every key and what it does, as the manual has it.
    fn table(keymap: &Keymap) -> String {
        let mut out = String::from("| Keys | What they do | In `[keys]` |\n|---|---|---|\n");
        for group in Group::ALL {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "| **{}** | | |", group.title());
            for action in Action::ALL.iter().filter(|action| action.group() == group) {
                let code = |keys: String| format!("`{}`", keys.replace('|', "\\|"));
                let keys: Vec<String> = keymap.keys_of(*action).into_iter().map(code).collect();
                let _ = writeln!(out, "| {} | {} | `{}` |", keys.join(", "), action.title(), action.name());
            }
        }
        out
    }

    #[test]
    fn every_action_and_every_state_is_in_it() {
        let model = model();
        let help = Help::new(&model, COPY);
        let all = seen(&help, &model, (200, 400));
        for action in Action::ALL {
            let words = action.title().split(' ').next().unwrap();
            assert!(all.contains(words), "{}", action.title());
        }
        assert!(AgentState::WORDS.iter().all(|word| all.contains(word)));
        assert!(all.contains("copies what is selected"));
    }

    #[test]
    fn typing_filters_and_escape_first_takes_the_filter_back() {
        let model = model();
        let mut help = Help::new(&model, COPY);
        keys(&mut help, &model, "/");
        typed(&mut help, &model, "broadcast");
        let filtered = seen(&help, &model, (80, 24));
        assert!(filtered.contains("/ broadcast") && !filtered.contains("zoom"));
        assert_eq!(keys(&mut help, &model, "esc"), "stay");
        assert!(seen(&help, &model, (80, 24)).contains("To begin with"));
        assert_eq!(keys(&mut help, &model, "esc"), "close");
        typed(&mut help, &model, "zzz");
        assert!(seen(&help, &model, (80, 24)).contains("nothing of that name"));
    }

    #[test]
    fn it_scrolls_to_its_end_and_no_further() {
        let model = model();
        let mut help = Help::new(&model, COPY);
        seen(&help, &model, (80, 24));
        keys(&mut help, &model, "end");
        let end = seen(&help, &model, (80, 24));
        assert!(end.contains("copies what is selected"));
        keys(&mut help, &model, "down");
        assert_eq!(seen(&help, &model, (80, 24)), end);
    }

    #[test]
    fn the_table_has_a_line_for_every_action() {
        let model = model();
        let table = table(&model.settings.keys);
        assert_eq!(table.lines().count(), 2 + Group::ALL.len() + Action::ALL.len());
        assert!(table.contains("| `ctrl-a z` | the agent fills the window, or not | `zoom` |"));
        assert!(table.lines().all(|line| line.replace("\\|", "").matches('|').count() == 4));
    }

    #[test]
    fn the_manual_has_the_table_of_keys() {
        let table = table(&Keymap::new("ctrl-a".parse().unwrap()));
        let page = include_str!("../../manual/keys.md");
        assert!(page.contains(&table), "the table in src/manual/keys.md should be:\n{table}");
    }
}
