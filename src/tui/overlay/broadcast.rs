//! Keys to many at once: whom they will reach, asked before the first one; and what each of them got, afterwards.

use std::cell::Cell;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{Intent, Overlay, Reply};
use crate::domain::{AgentState, BroadcastId, BroadcastReport, Key, KeyCode, Mods, Scope, Target};
use crate::theme::Role;
use crate::tui::model::Model;
use crate::tui::widget::{Look, Page, count, cut, leaves, pad, pressed, state_words, width, wrap};

/// The question before keys go to many at once.
#[derive(Debug)]
pub(in crate::tui) struct Targets {
    id: BroadcastId,
    scope: Scope,
    targets: Vec<Target>,
    include_dialogs: bool,
    whom: String,
    /// How many would be reached when it was last looked at.
    reached: Cell<usize>,
    page: Page,
}

impl Targets {
    /// Asks about the targets of an open broadcast.
    pub(in crate::tui) fn new(
        id: BroadcastId,
        scope: Scope,
        targets: Vec<Target>,
        include_dialogs: bool,
        model: &Model,
    ) -> Targets {
        let whom = whom(scope, model);
        let asks = Targets {
            id,
            scope,
            targets,
            include_dialogs,
            whom,
            reached: Cell::new(0),
            page: Page::default(),
        };
        asks.count(model);
        asks
    }

    fn count(&self, model: &Model) -> usize {
        let reached = self
            .targets
            .iter()
            .filter(|target| model.chart.passed_over(target.agent, self.include_dialogs).is_none())
            .count();
        self.reached.set(reached);
        reached
    }

    fn lines(&self, look: Look<'_>, model: &Model, columns: usize) -> Vec<Line<'static>> {
        let (mut reached, mut passed) = (Vec::new(), Vec::new());
        for target in &self.targets {
            let state = model.chart.state(target.agent);
            let name = target.name.as_str();
            match model.chart.passed_over(target.agent, self.include_dialogs) {
                None => reached.push((state, Role::ConfirmTarget, name, state_words(state))),
                Some(why) => passed.push((state, Role::ConfirmSkipped, name, why.to_owned())),
            }
        }
        let said = match reached.len() {
            0 => "Nobody would be reached.".to_owned(),
            n => format!(
                "What you type goes to {} at once, until you choose another route:",
                count(n, "agent")
            ),
        };
        let role = if reached.is_empty() { Role::Warning } else { Role::Overlay };
        let mut out = words(look, role, &said, columns);
        out.extend(grid(look, &reached, columns));
        if !passed.is_empty() {
            out.push(Line::default());
            out.extend(words(look, Role::Overlay, "Passed over:", columns));
            out.extend(grid(look, &passed, columns));
        }
        if self.include_dialogs {
            out.push(Line::default());
            let warning = "Agents with a dialog open get keys too: a key may approve something.";
            out.extend(words(look, Role::Warning, warning, columns));
        }
        out
    }
}

impl Overlay for Targets {
    fn title(&self) -> String {
        format!("keys to {}{}", count(self.reached.get(), "agent"), self.whom)
    }

    fn hint(&self) -> String {
        let dialogs =
            if self.include_dialogs { "without those with a dialog" } else { "also those with a dialog" };
        if self.reached.get() == 0 {
            format!("tab {dialogs} · esc no")
        } else {
            format!("enter keys go there · tab {dialogs} · esc no")
        }
    }

    fn wants(&self, model: &Model, (columns, rows): (u16, u16)) -> (u16, u16) {
        self.count(model);
        let wide = columns.min(if self.targets.len() > 14 { 110 } else { 76 });
        let lines = self.lines(Look::over(&model.theme), model, usize::from(wide)).len();
        (wide, u16::try_from(lines).unwrap_or(u16::MAX).min(rows))
    }

    fn key(&mut self, key: Key, model: &Model) -> Reply {
        let Some((code, mods)) = pressed(key) else { return Reply::Stay };
        if leaves(code, mods) {
            return Reply::Done(vec![Intent::Withdraw(self.id)]);
        }
        match (code, mods) {
            (KeyCode::Enter | KeyCode::Char('y'), Mods::NONE) if self.count(model) > 0 => {
                Reply::Done(vec![Intent::Confirm(self.id)])
            }
            // No letter: what is typed too early must not widen what it reaches.
            (KeyCode::Tab, Mods::NONE) => {
                let again = Intent::Broadcast { scope: self.scope, include_dialogs: !self.include_dialogs };
                Reply::Done(vec![Intent::Withdraw(self.id), again])
            }
            (KeyCode::Char('n' | 'q'), Mods::NONE) => Reply::Done(vec![Intent::Withdraw(self.id)]),
            _ => {
                self.page.key(code, mods);
                Reply::Stay
            }
        }
    }

    fn wheel(&mut self, lines: i32, _model: &Model) -> Reply {
        self.page.wheel(lines);
        Reply::Stay
    }

    fn draw(&self, model: &Model, area: Rect, buffer: &mut Buffer) -> Option<(u16, u16)> {
        let look = Look::over(&model.theme);
        look.clear(area, buffer);
        self.count(model);
        self.page.draw(look, &self.lines(look, model, usize::from(area.width)), area, buffer);
        None
    }
}

/// What each target of a broadcast got.
#[derive(Debug)]
pub(in crate::tui) struct Report {
    report: BroadcastReport,
    whom: String,
    page: Page,
}

impl Report {
    /// Returns what each target of a broadcast got.
    pub(in crate::tui) fn new(report: BroadcastReport, model: &Model) -> Report {
        let whom = whom(report.scope, model);
        Report { report, whom, page: Page::default() }
    }

    fn lines(&self, look: Look<'_>, model: &Model, columns: usize) -> Vec<Line<'static>> {
        let names =
            self.report.outcomes.iter().map(|outcome| width(outcome.name.as_str())).max().unwrap_or(0);
        let name_room = names.min(columns / 2) + 2;
        let mut out = Vec::new();
        for outcome in &self.report.outcomes {
            let state = model.chart.state(outcome.agent);
            let mut spans = vec![look.said(" "), look.glyph(state), look.said(" ")];
            spans.push(look.said(pad(&cut(outcome.name.as_str(), name_room - 1), name_room)));
            let got = match outcome.delivered {
                0 => "nothing".to_owned(),
                n => count(n as usize, "key"),
            };
            let role = if outcome.delivered > 0 { Role::ConfirmTarget } else { Role::ConfirmSkipped };
            spans.push(look.in_role(role, pad(&got, 11)));
            if outcome.kept_back > 0 {
                let why = outcome.skip.map(|skip| format!(": it {}", skip.words())).unwrap_or_default();
                spans.push(look.in_role(Role::Warning, format!("{} kept back{why}", outcome.kept_back)));
            }
            out.push(Line::from(spans));
        }
        if out.is_empty() {
            out.push(Line::from(look.in_role(Role::Muted, " it had no targets")));
        }
        out
    }
}

impl Overlay for Report {
    fn title(&self) -> String {
        let reached = self.report.outcomes.iter().filter(|outcome| outcome.delivered > 0).count();
        format!("keys went to {}{}", count(reached, "agent"), self.whom)
    }

    fn hint(&self) -> String {
        "enter or esc closes, any other key goes on".to_owned()
    }

    fn wants(&self, model: &Model, (columns, rows): (u16, u16)) -> (u16, u16) {
        let lines = self.lines(Look::over(&model.theme), model, usize::from(columns));
        let wide = lines.iter().map(Line::width).max().unwrap_or(0) + 2;
        let wide = u16::try_from(wide).unwrap_or(u16::MAX).clamp(44, 100);
        (wide.min(columns), u16::try_from(lines.len()).unwrap_or(u16::MAX).min(rows))
    }

    fn key(&mut self, key: Key, _model: &Model) -> Reply {
        match pressed(key) {
            None => Reply::Stay,
            // Where not all of it is in view, the keys that scroll are no answer.
            Some((code, mods)) if self.page.overflows() && self.page.key(code, mods) => Reply::Stay,
            Some((KeyCode::Enter | KeyCode::Char(' ' | 'q'), Mods::NONE)) => Reply::Close,
            Some((code, mods)) if leaves(code, mods) => Reply::Close,
            // Whoever types on means the agents, or a command: no key is lost to a report.
            Some(_) => Reply::Pass,
        }
    }

    fn click(&mut self, _at: (u16, u16), _room: (u16, u16), _model: &Model) -> Reply {
        Reply::Close
    }

    fn wheel(&mut self, lines: i32, _model: &Model) -> Reply {
        self.page.wheel(lines);
        Reply::Stay
    }

    fn draw(&self, model: &Model, area: Rect, buffer: &mut Buffer) -> Option<(u16, u16)> {
        let look = Look::over(&model.theme);
        look.clear(area, buffer);
        self.page.draw(look, &self.lines(look, model, usize::from(area.width)), area, buffer);
        None
    }
}

fn whom(scope: Scope, model: &Model) -> String {
    match scope {
        Scope::All => String::new(),
        Scope::Team(team) => {
            model.chart.team(team).map(|team| format!(" of {}", team.name)).unwrap_or_default()
        }
    }
}

fn words(look: Look<'_>, role: Role, text: &str, columns: usize) -> Vec<Line<'static>> {
    let lines = wrap(text, columns.saturating_sub(2).max(1));
    lines.into_iter().map(|line| Line::from(look.in_role(role, format!(" {line}")))).collect()
}

/// Agents in as many columns as there is room for, read from the top down.
fn grid(look: Look<'_>, agents: &[(AgentState, Role, &str, String)], columns: usize) -> Vec<Line<'static>> {
    let names = agents.iter().map(|(_, _, name, _)| width(name)).max().unwrap_or(0).min(28);
    let each = agents.iter().map(|(_, _, _, said)| width(said)).max().unwrap_or(0) + names + 7;
    let across = (columns.saturating_sub(1) / each.max(1)).clamp(1, agents.len().max(1));
    let rows = agents.len().div_ceil(across);
    let mut out = vec![Line::default(); rows];
    for (n, (state, role, name, said)) in agents.iter().enumerate() {
        let Some(line) = out.get_mut(n % rows.max(1)) else { continue };
        let name = Span::styled(pad(&cut(name, names), names + 2), look.role(*role));
        let cell = [look.said("   "), look.glyph(*state), look.said(" "), name];
        line.spans.extend(cell);
        line.spans.push(look.in_role(Role::Muted, pad(said, each - names - 7)));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::sample::{agent, keys, model, seen, team, view};
    use super::*;
    use crate::domain::{Name, Outcome, Skip};

    fn targets(model: &Model, scope: Scope, include_dialogs: bool) -> Targets {
        let target = |agent| Target { agent, name: Name::lenient(model.chart.name(agent), "x"), skip: None };
        let targets = model.chart.org.within(scope).into_iter().map(target).collect();
        Targets::new(BroadcastId(7), scope, targets, include_dialogs, model)
    }

    #[test]
    fn everyone_is_named_before_the_first_key() {
        let model = model();
        let asks = targets(&model, Scope::Team(team(&model, "backend")), false);
        insta::assert_snapshot!("targets", seen(&asks, &model, (80, 24)));
    }

    #[test]
    fn it_is_agreed_to_withdrawn_or_asked_again_with_dialogs() {
        let model = model();
        let mut asks = targets(&model, Scope::All, false);
        assert_eq!(keys(&mut asks, &model, "x i"), "stay", "a letter that is typed too early does nothing");
        assert_eq!(keys(&mut asks, &model, "y"), "done: Confirm(BroadcastId(7))");
        assert_eq!(keys(&mut asks, &model, "enter"), "done: Confirm(BroadcastId(7))");
        assert_eq!(keys(&mut asks, &model, "esc"), "done: Withdraw(BroadcastId(7))");
        assert_eq!(
            keys(&mut asks, &model, "tab"),
            "done: Withdraw(BroadcastId(7)); Broadcast { scope: All, include_dialogs: true }"
        );
        let mut asks = targets(&model, Scope::All, true);
        assert!(keys(&mut asks, &model, "tab").ends_with("include_dialogs: false }"));
    }

    #[test]
    fn it_knows_how_the_agents_are_now() {
        let mut model = model();
        let mut asks = targets(&model, Scope::Team(team(&model, "frontend")), false);
        assert_eq!(asks.title(), "keys to 1 agent of frontend");
        model.chart.take(view(6, "fe-1", Some("frontend"), "worker", AgentState::Stopped));
        assert_eq!(keys(&mut asks, &model, "enter"), "stay");
        let picture = seen(&asks, &model, (80, 24));
        assert!(
            picture.contains("Nobody would be reached") && picture.contains("is not running"),
            "{picture}"
        );
        assert_eq!(asks.title(), "keys to 0 agents of frontend");
    }

    #[test]
    fn what_each_got_is_said_and_no_key_is_lost_to_it() {
        let model = model();
        let outcome = |name: &str, delivered, kept_back, skip| Outcome {
            agent: agent(&model, name),
            name: Name::lenient(name, "x"),
            delivered,
            kept_back,
            skip,
        };
        let outcomes = vec![
            outcome("be-lead", 12, 0, None),
            outcome("be-1", 1, 11, Some(Skip::Dialog)),
            outcome("db-1", 0, 12, Some(Skip::NotRunning)),
        ];
        let scope = Scope::Team(team(&model, "backend"));
        let mut report = Report::new(BroadcastReport { scope, outcomes }, &model);
        insta::assert_snapshot!("report", seen(&report, &model, (80, 24)));
        assert_eq!(keys(&mut report, &model, "enter"), "close");
        for key in ["y", "ctrl-a", "1", "down"] {
            assert_eq!(keys(&mut report, &model, key), "pass");
        }
    }
}
