//! Why an agent is believed to be in its state: every piece of evidence, the decisive one first.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{Overlay, Reply};
use crate::domain::{Key, KeyCode, clean};
use crate::protocol::{EvidenceView, Explanation};
use crate::theme::Role;
use crate::tui::model::Model;
use crate::tui::widget::{Look, Page, cut, leaves, pad, pressed, span, state_of, time_of_day, wrap};

/// Why an agent is believed to be in its state.
#[derive(Debug)]
pub(in crate::tui) struct Explain {
    explanation: Explanation,
    page: Page,
}

impl Explain {
    /// Returns the table of an explanation.
    pub(in crate::tui) fn new(explanation: Explanation) -> Explain {
        Explain { explanation, page: Page::default() }
    }

    fn lines(&self, look: Look<'_>, columns: usize) -> Vec<Line<'static>> {
        let Explanation { state, reason, since, time_limit, evidence, .. } = &self.explanation;
        let mut first = vec![look.said(" ")];
        first.push(state_span(look, state));
        first.push(look.said(format!("  {}", cut(&clean(reason, 400), columns.saturating_sub(17)))));
        let since = format!(" since {} UTC", time_of_day(since));
        let mut out = vec![Line::from(first), Line::from(look.in_role(Role::Muted, since))];
        if let Some(limit) = time_limit {
            let limit = cut(&clean(limit, 200), columns.saturating_sub(1));
            out.push(Line::from(look.in_role(Role::Muted, format!(" {limit}"))));
        }
        out.push(Line::default());
        if evidence.is_empty() {
            out.push(Line::from(look.in_role(Role::Muted, " there is no evidence at hand")));
            return out;
        }
        // What is left beside mark, source, state, age and confidence is the rule's.
        let room = columns.saturating_sub(3 + 23 + 14 + 8 + 6);
        let rule = room.min(30);
        let head = format!(
            "   {}{}{}{}sure",
            pad("source", 23),
            pad("says", 14),
            if rule >= 6 { pad("by the rule", rule) } else { String::new() },
            pad("age", 8)
        );
        out.push(Line::from(look.in_role(Role::Muted, head)));
        for row in evidence {
            out.push(table_row(look, row, rule));
            let detail = clean(&row.detail, 400);
            if !detail.is_empty() {
                let quoted = wrap(&detail, columns.saturating_sub(6).max(1));
                let quote = |line: String| Line::from(look.in_role(Role::Muted, format!("     {line}")));
                out.extend(quoted.into_iter().map(quote));
            }
        }
        out.push(Line::default());
        out.push(Line::from(look.in_role(Role::Muted, " ● the state rests on it")));
        out
    }
}

impl Overlay for Explain {
    fn title(&self) -> String {
        format!("why {} is {}", self.explanation.agent, self.explanation.state)
    }

    fn hint(&self) -> String {
        "↑↓ scroll · esc".to_owned()
    }

    fn wants(&self, model: &Model, (columns, rows): (u16, u16)) -> (u16, u16) {
        let wide = columns.min(96);
        let lines = self.lines(Look::over(&model.theme), usize::from(wide)).len();
        (wide, u16::try_from(lines).unwrap_or(u16::MAX).min(rows))
    }

    fn key(&mut self, key: Key, _model: &Model) -> Reply {
        let Some((code, mods)) = pressed(key) else { return Reply::Stay };
        if leaves(code, mods) || matches!(code, KeyCode::Enter | KeyCode::Char('q')) {
            return Reply::Close;
        }
        self.page.key(code, mods);
        Reply::Stay
    }

    fn wheel(&mut self, lines: i32, _model: &Model) -> Reply {
        self.page.wheel(lines);
        Reply::Stay
    }

    fn draw(&self, model: &Model, area: Rect, buffer: &mut Buffer) -> Option<(u16, u16)> {
        let look = Look::over(&model.theme);
        look.clear(area, buffer);
        self.page.draw(look, &self.lines(look, usize::from(area.width)), area, buffer);
        None
    }
}

fn table_row(look: Look<'_>, row: &EvidenceView, rule: usize) -> Line<'static> {
    let mark = if row.decisive { look.in_role(Role::Accent, " ● ") } else { look.said("   ") };
    let state = state_span(look, &row.state);
    let gap = 14usize.saturating_sub(state.width());
    let mut spans = vec![mark, look.said(pad(&row.source, 23)), state, look.said(" ".repeat(gap))];
    if rule >= 6 {
        spans.push(look.said(pad(&cut(&row.rule, rule - 1), rule)));
    }
    spans.push(look.said(pad(&span(row.age_ms), 8)));
    spans.push(look.said(format!("{:>3} %", row.confidence)));
    Line::from(spans)
}

/// A state's word with its glyph, in its colour.
fn state_span(look: Look<'_>, word: &str) -> Span<'static> {
    match state_of(word) {
        Some(state) => Span::styled(format!("{} {word}", state.glyph()), look.state(state)),
        None => look.said(clean(word, 14)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{keys, model, seen};
    use super::*;

    pub(in super::super) fn explanation() -> Explanation {
        let piece = |source: &str, state: &str, rule: &str, detail: &str, decisive: bool| EvidenceView {
            source: source.into(),
            state: state.into(),
            rule: rule.into(),
            detail: detail.into(),
            age_ms: 4_200,
            confidence: if decisive { 95 } else { 40 },
            decisive,
        };
        Explanation {
            agent: "be-2".into(),
            state: "waiting".into(),
            reason: "asks for approval".into(),
            since: "2026-11-20T12:00:05.000Z".into(),
            time_limit: None,
            evidence: vec![
                piece("screen rule", "waiting", "claude.approval", "Do you want to proceed?", true),
                piece("activity", "idle", "quiet", "", false),
            ],
            conversations: Vec::new(),
        }
    }

    #[test]
    fn every_piece_is_named_and_the_decisive_one_marked() {
        let model = model();
        let explain = Explain::new(explanation());
        insta::assert_snapshot!("explain", seen(&explain, &model, (80, 24)));
    }

    #[test]
    fn how_it_stands_to_its_time_limit_is_said() {
        let model = model();
        let limit = Some("its time limit of 10 min passed; it was interrupted 5 s ago".to_owned());
        let explain = Explain::new(Explanation { time_limit: limit, ..explanation() });
        let shown = seen(&explain, &model, (80, 24));
        assert!(shown.contains("its time limit of 10 min passed; it was interrupted 5 s ago"), "{shown}");
    }

    #[test]
    fn it_scrolls_and_closes() {
        let model = model();
        let mut explain = Explain::new(explanation());
        assert_eq!(keys(&mut explain, &model, "down"), "stay");
        assert_eq!(keys(&mut explain, &model, "enter"), "close");
        assert_eq!(keys(&mut explain, &model, "esc"), "close");
    }
}
