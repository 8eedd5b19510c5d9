//! What waits for a person, in any agent, and a way to answer it without going there.
//!
//! The list is the session's, not this box's: what is settled elsewhere leaves it while it is open. Everything asked is
//! an agent's word and shown as text.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::{Intent, Overlay, Reply};
use crate::domain::{AgentId, AgentState, ApprovalId, Key, KeyCode, Mods, Verdict, clean};
use crate::protocol::ApprovalView;
use crate::protocol::{ApprovalCommand, Command};
use crate::theme::Role;
use crate::tui::model::Model;
use crate::tui::widget::{
    Item, List, Look, Mark, Page, count, harmless, leaves, place, pressed, put, put_line, row, span,
    state_words, wrap,
};

/// What waits for a person.
#[derive(Debug)]
pub(in crate::tui) struct Attention {
    /// Which line is selected: it is kept by what it is about, since lines come and go.
    at: Option<About>,
    page: Page,
}

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum About {
    /// Something that is asked.
    Asked(ApprovalId),
    /// An agent that needs somebody, and asks nothing that is known.
    Agent(AgentId),
}

/// One line, and what it stands for.
struct Entry<'a> {
    about: About,
    agent: AgentId,
    asked: Option<&'a ApprovalView>,
}

impl Attention {
    /// Returns what waits, the focused agent's first selected; none if nothing does.
    pub(in crate::tui) fn of(model: &Model) -> Option<Attention> {
        let entries = entries(model);
        let own = entries.iter().find(|entry| Some(entry.agent) == model.focus);
        let at = own.or(entries.first()).map(|entry| entry.about)?;
        Some(Attention { at: Some(at), page: Page::default() })
    }

    fn selected<'a>(&self, entries: &'a [Entry<'a>]) -> usize {
        entries.iter().position(|entry| Some(entry.about) == self.at).unwrap_or(0)
    }

    fn list(&self, model: &Model, entries: &[Entry<'_>]) -> List {
        let mut list = List::new(entries.iter().map(|entry| item(model, entry)).collect());
        list.select(self.selected(entries));
        list
    }

    /// Selects what a key or a click led to.
    fn follow(&mut self, list: &List, entries: &[Entry<'_>]) {
        let now = list.selected().and_then(|n| entries.get(n)).map(|entry| entry.about);
        if now != self.at {
            self.at = now;
            self.page.to_top();
        }
    }

    /// Draws what is asked; where more of it is out of view, the last row says so, so that nobody allows the rest unread.
    fn draw_asked(&self, look: Look<'_>, lines: &[Line<'_>], area: Rect, buffer: &mut Buffer) {
        let fits = lines.len() <= usize::from(area.height);
        let Some(last) = area.height.checked_sub(1).filter(|_| !fits) else {
            return self.page.draw(look, lines, area, buffer);
        };
        self.page.draw(look, lines, Rect { height: last, ..area }, buffer);
        let left = self.page.below();
        let words = if left > 0 {
            format!(" {} more below: PgDn", count(left, "line"))
        } else {
            " the end; PgUp goes back".to_owned()
        };
        if let Some(row) = row(area, last) {
            put_line(buffer, row, 0, &Line::from(look.in_role(Role::Warning, words)));
        }
    }

    fn answer(&self, entry: &Entry<'_>, key: char) -> Reply {
        let Some(asked) = entry.asked else {
            return Reply::Stay;
        };
        let name = &asked.agent;
        let asks_for_choice = !asked.options.is_empty();
        let options = if asks_for_choice { &asked.options } else { &asked.choices };
        let (verdict, said) = match key {
            'a' if !asks_for_choice => (Verdict::Allow, format!("{name} is allowed to")),
            'd' if !asks_for_choice => (Verdict::Deny { reason: None }, format!("{name} is not allowed to")),
            'r' if !asks_for_choice => {
                return Reply::attempt(Intent::Open(super::deny(ApprovalId(asked.id), name)));
            }
            digit => {
                let Some(option) = digit.to_digit(10).and_then(|n| (n as usize).checked_sub(1)) else {
                    return Reply::Stay;
                };
                let Some(words) = options.get(option) else { return Reply::Stay };
                (Verdict::Choose { option }, format!("{name} is answered: {}", clean(words, 60)))
            }
        };
        Reply::attempt(Intent::Ask(
            Command::Approval(ApprovalCommand::Answer { approval: ApprovalId(asked.id), verdict }),
            said,
        ))
    }
}

impl Overlay for Attention {
    fn title(&self) -> String {
        "what waits for you".to_owned()
    }

    fn hint(&self) -> String {
        "↑↓ select · a allow · d deny · r deny, say why · 1–9 choose · enter goes there · esc".to_owned()
    }

    fn wants(&self, model: &Model, (columns, rows): (u16, u16)) -> (u16, u16) {
        let entries = entries(model);
        let width = columns.min(110);
        // As much as the longest of them needs, where there is room.
        let look = Look::over(&model.theme);
        let inner = usize::from(width.saturating_sub(2));
        let long = entries.iter().map(|entry| lines(look, model, entry, inner).len()).max().unwrap_or(0);
        let long = u16::try_from(long).unwrap_or(u16::MAX);
        let list = u16::try_from(entries.len()).unwrap_or(u16::MAX);
        (width, list.saturating_add(long.saturating_add(4).max(16)).min(rows))
    }

    fn key(&mut self, key: Key, model: &Model) -> Reply {
        let Some((code, mods)) = pressed(key) else { return Reply::Stay };
        if leaves(code, mods) {
            return Reply::Close;
        }
        let entries = entries(model);
        let entry = entries.get(self.selected(&entries));
        match (code, mods, entry) {
            (KeyCode::Char('q'), Mods::NONE, _) | (KeyCode::Enter, Mods::NONE, None) => Reply::Close,
            (KeyCode::Enter, Mods::NONE, Some(entry)) => Reply::Done(vec![Intent::Focus(entry.agent)]),
            (KeyCode::Char(key @ ('a' | 'd' | 'r' | '1'..='9')), Mods::NONE, Some(entry)) => {
                self.answer(entry, key)
            }
            // The text below the list has these; the list has the others.
            (KeyCode::PageUp | KeyCode::PageDown, ..) => {
                self.page.key(code, mods);
                Reply::Stay
            }
            _ => {
                let mut list = self.list(model, &entries);
                let code = match code {
                    KeyCode::Char('j') if mods == Mods::NONE => KeyCode::Down,
                    KeyCode::Char('k') if mods == Mods::NONE => KeyCode::Up,
                    code => code,
                };
                list.key(code, mods);
                self.follow(&list, &entries);
                Reply::Stay
            }
        }
    }

    fn click(&mut self, (_, y): (u16, u16), (_, rows): (u16, u16), model: &Model) -> Reply {
        let entries = entries(model);
        let mut list = self.list(model, &entries);
        if y < list_rows(entries.len(), rows) && list.click(y).is_some() {
            self.follow(&list, &entries);
        }
        Reply::Stay
    }

    fn wheel(&mut self, lines: i32, _model: &Model) -> Reply {
        self.page.wheel(lines);
        Reply::Stay
    }

    fn draw(&self, model: &Model, area: Rect, buffer: &mut Buffer) -> Option<(u16, u16)> {
        let look = Look::over(&model.theme);
        look.clear(area, buffer);
        let entries = entries(model);
        let Some(entry) = entries.get(self.selected(&entries)) else {
            put(buffer, area, (1, 0), "nothing waits for you", look.role(Role::Muted));
            return None;
        };
        let high = list_rows(entries.len(), area.height);
        self.list(model, &entries).draw(look, Rect { height: high, ..area }, buffer);
        if let Some(line) = row(area, high) {
            let rule = "─".repeat(usize::from(area.width));
            put_line(buffer, line, 0, &Line::from(look.in_role(Role::Rail, rule)));
            let below = Rect { y: line.y + 1, height: area.height - high - 1, ..area };
            let lines = lines(look, model, entry, usize::from(area.width));
            self.draw_asked(look, &lines, below, buffer);
        }
        None
    }
}

/// Everything that waits: what is asked, the oldest first, and then who needs somebody without asking.
fn entries(model: &Model) -> Vec<Entry<'_>> {
    let entry = |(view, _): &'_ (ApprovalView, _)| (ApprovalId(view.id), AgentId(view.agent_id));
    let mut out: Vec<Entry<'_>> = Vec::new();
    for asked in &model.approvals {
        let (id, agent) = entry(asked);
        out.push(Entry { about: About::Asked(id), agent, asked: Some(&asked.0) });
    }
    for agent in model.chart.urgent() {
        if !out.iter().any(|entry| entry.agent == agent) {
            out.push(Entry { about: About::Agent(agent), agent, asked: None });
        }
    }
    out
}

/// How many rows the list has of those there are; what is asked has the others.
fn list_rows(entries: usize, rows: u16) -> u16 {
    let all = u16::try_from(entries).unwrap_or(u16::MAX);
    if rows < 6 { rows } else { all.clamp(1, rows / 2) }
}

fn item(model: &Model, entry: &Entry<'_>) -> Item {
    let state = model.chart.state(entry.agent);
    let since = entry.asked.and_then(|asked| model.approvals.iter().find(|(view, _)| view.id == asked.id));
    let age = since.map(|(_, at)| model.now.saturating_duration_since(*at).as_millis());
    let wants = match entry.asked {
        Some(asked) => asked_in_short(asked),
        None => model.chart.agent(entry.agent).map(|view| view.reason.clone()).unwrap_or_default(),
    };
    Item {
        mark: Mark::State(state),
        level: 0,
        title: format!("{} ({})", model.chart.name(entry.agent), place(&model.chart, entry.agent)),
        detail: clean(&wants, 200),
        keys: age.map(|age| span(u64::try_from(age).unwrap_or(u64::MAX))).unwrap_or_default(),
    }
}

/// What is asked, on one line.
fn asked_in_short(asked: &ApprovalView) -> String {
    let first = |text: &str| text.lines().next().unwrap_or_default().to_owned();
    match (Some(asked.tool.as_str()).filter(|tool| !tool.is_empty()), &asked.question) {
        (_, Some(question)) => first(question),
        (Some(tool), None) => format!("{tool}: {}", first(&asked.detail)),
        (None, None) => first(&asked.detail),
    }
}

/// Exactly what is asked: the tool, what it would do, what would change, the options.
fn lines(look: Look<'_>, model: &Model, entry: &Entry<'_>, columns: usize) -> Vec<Line<'static>> {
    let room = columns.saturating_sub(3).max(1);
    let mut out = Vec::new();
    let mut say = |role: Role, text: &str| {
        for line in text.split('\n').flat_map(|line| wrap(&harmless(line), room)) {
            out.push(Line::from(look.in_role(role, format!(" {line}"))));
        }
    };
    let Some(asked) = entry.asked else {
        let state: AgentState = model.chart.state(entry.agent);
        say(Role::Text, &state_words(state));
        say(Role::Text, &model.chart.agent(entry.agent).map(|view| view.reason.clone()).unwrap_or_default());
        say(Role::Muted, "it is answered in its own pane; enter goes there");
        return out;
    };
    if !asked.tool.is_empty() {
        say(Role::Accent, &asked.tool);
    }
    if let Some(question) = &asked.question {
        say(Role::Accent, question);
    }
    if !asked.detail.is_empty() {
        say(Role::Text, &asked.detail);
    }
    for line in asked.diff.as_deref().unwrap_or_default().lines() {
        let role = match line.as_bytes().first() {
            Some(b'+') => Role::Success,
            Some(b'-') => Role::Error,
            Some(b'@') => Role::Muted,
            _ => Role::Text,
        };
        say(role, line);
    }
    if asked.truncated > 0 {
        let words = format!("missing here: {}; its pane has all", count(asked.truncated, "character"));
        say(Role::Warning, &words);
    }
    let options = if asked.options.is_empty() { &asked.choices } else { &asked.options };
    for (n, option) in (1..).zip(options) {
        say(Role::Text, &format!("{n}  {option}"));
    }
    if let Some(why) = &asked.why {
        let role = if asked.answerable { Role::Muted } else { Role::Warning };
        say(role, &if asked.status == "answering" { format!("answered: {why}") } else { why.clone() });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::sample::{agent, keys, model, seen};
    use super::*;
    use std::time::{Duration, Instant};

    /// A session in which two agents ask something, and others need somebody.
    fn asked() -> Model {
        let mut model = model();
        model.now = Instant::now() + Duration::from_secs(1000);
        let ask = |id: u32, name: &str| ApprovalView {
            id,
            agent: name.into(),
            agent_id: agent(&model, name).0,
            status: "open".into(),
            answerable: true,
            ..ApprovalView::default()
        };
        let edit = ApprovalView {
            kind: "permission".into(),
            tool: "Edit".into(),
            detail: "src/main.rs".into(),
            diff: Some("@@ -1 +1 @@\n-let a = 1;\n+let a = 2;".into()),
            ..ask(1, "be-1")
        };
        let question = ApprovalView {
            kind: "question".into(),
            question: Some("Which colour?".into()),
            options: vec!["Red".into(), "Blue".into()],
            ..ask(2, "chief")
        };
        let login = ApprovalView {
            kind: "login".into(),
            detail: "run /login".into(),
            answerable: false,
            why: Some("it is answered in its pane".into()),
            ..ask(3, "be-2")
        };
        model.approvals = vec![
            (edit, model.now - Duration::from_secs(180)),
            (question, model.now - Duration::from_secs(4)),
            (login, model.now),
        ];
        model
    }

    #[test]
    fn what_is_asked_is_shown_whole_and_how_long_it_waits() {
        let model = asked();
        insta::assert_snapshot!("attention", seen(&Attention::of(&model).unwrap(), &model, (90, 24)));
    }

    #[test]
    fn it_is_answered_without_going_there() {
        let model = asked();
        let mut open = Attention::of(&model).unwrap();
        let reply = keys(&mut open, &model, "home a");
        assert!(reply.contains("approval: ApprovalId(1), verdict: Allow"), "{reply}");
        assert!(keys(&mut open, &model, "d").contains("Deny { reason: None }"));
        assert!(keys(&mut open, &model, "r").starts_with("try: Open(Prompt"));
        assert_eq!(keys(&mut open, &model, "1"), "stay", "what has no options has none to choose");
        let reply = keys(&mut open, &model, "down 2");
        assert!(reply.contains("approval: ApprovalId(2), verdict: Choose { option: 1 }"), "{reply}");
        assert_eq!(keys(&mut open, &model, "a"), "stay", "a question is no permission");
        assert_eq!(keys(&mut open, &model, "9"), "stay");
        assert_eq!(keys(&mut open, &model, "enter"), format!("done: Focus({:?})", agent(&model, "chief")));
    }

    #[test]
    fn a_long_command_is_read_to_its_end_and_what_is_out_of_view_is_said() {
        let mut model = asked();
        let mut lines: Vec<String> = (0..60).map(|n| format!("echo {n}")).collect();
        lines.push("rm -rf /srv".into());
        model.approvals[0].0.detail = lines.join("\n");
        model.approvals[0].0.diff = None;
        model.approvals[0].0.truncated = 7;
        let mut open = Attention::of(&model).unwrap();
        keys(&mut open, &model, "home");
        assert_eq!(open.wants(&model, (90, 100)).1, 4 + 4 + 63, "it takes the room that there is");
        let shown = seen(&open, &model, (90, 24));
        assert!(shown.contains("lines more below: PgDn") && !shown.contains("rm -rf"), "{shown}");
        for _ in 0..8 {
            keys(&mut open, &model, "pagedown");
            seen(&open, &model, (90, 24));
        }
        let shown = seen(&open, &model, (90, 24));
        assert!(shown.contains("rm -rf /srv") && shown.contains("missing here: 7 characters"), "{shown}");
        assert!(shown.contains("the end; PgUp goes back"), "{shown}");
    }

    #[test]
    fn j_and_k_move_so_that_an_answer_never_goes_to_another_line_than_was_meant() {
        let model = asked();
        let mut open = Attention::of(&model).unwrap();
        keys(&mut open, &model, "home");
        assert_eq!(keys(&mut open, &model, "j a"), "stay", "it is the question now, which is no permission");
        let reply = keys(&mut open, &model, "k a");
        assert!(reply.contains("approval: ApprovalId(1), verdict: Allow"), "{reply}");
    }

    #[test]
    fn what_is_settled_elsewhere_leaves_the_list_and_another_is_selected() {
        let mut model = asked();
        let mut open = Attention::of(&model).unwrap();
        keys(&mut open, &model, "home");
        model.approvals.remove(0);
        let reply = keys(&mut open, &model, "2");
        assert!(reply.contains("ApprovalId(2)"), "{reply}");
        model.approvals.clear();
        let shown = seen(&open, &model, (90, 24));
        assert!(shown.contains("it is answered in its own pane"), "{shown}");
    }
}
