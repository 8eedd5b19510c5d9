//! Draws an arrangement as text, for tests: what a person would see, without colours and without terminals' texts.

use super::arrangement::{Arrangement, Form, Slot, Standing, TreeKind};
use super::rect::Rect;
use crate::domain::{AgentId, AgentState, Org, WaitFor};

/// A state for each agent, so that glyphs are seen.
fn state(agent: AgentId) -> AgentState {
    match agent.0 % 7 {
        0 => AgentState::Waiting(WaitFor::Approval),
        1 | 4 => AgentState::Working,
        2 => AgentState::Thinking,
        6 => AgentState::Error,
        _ => AgentState::Idle,
    }
}

struct Canvas {
    area: Rect,
    rows: Vec<Vec<char>>,
}

impl Canvas {
    fn put(&mut self, x: u16, y: u16, c: char) {
        self.rows[usize::from(y - self.area.y)][usize::from(x - self.area.x)] = c;
    }

    fn text(&mut self, area: Rect, text: &str) {
        for (x, c) in (area.x..area.right()).zip(text.chars()) {
            if area.height > 0 {
                self.put(x, area.y, c);
            }
        }
    }

    fn frame(&mut self, r: Rect) {
        for x in r.x..r.right() {
            self.put(x, r.y, '─');
            self.put(x, r.bottom() - 1, '─');
        }
        for y in r.y..r.bottom() {
            self.put(r.x, y, '│');
            self.put(r.right() - 1, y, '│');
        }
        for (x, y, c) in [
            (r.x, r.y, '╭'),
            (r.right() - 1, r.y, '╮'),
            (r.x, r.bottom() - 1, '╰'),
            (r.right() - 1, r.bottom() - 1, '╯'),
        ] {
            self.put(x, y, c);
        }
    }
}

fn label(org: &Org, agent: AgentId, standing: Standing) -> String {
    let star = if standing == Standing::Lead { "★" } else { "" };
    format!("{star}{} {}", state(agent).glyph(), org.agent(agent).unwrap().name)
}

fn slot(canvas: &mut Canvas, org: &Org, slot: &Slot) {
    let label = label(org, slot.agent, slot.standing);
    let word = state(slot.agent).word();
    match slot.form {
        Form::Pane { inner } => {
            for y in inner.y..inner.bottom() {
                canvas.text(Rect { y, ..inner }, &" ".repeat(usize::from(inner.width)));
            }
            if slot.framed() {
                canvas.frame(slot.outer);
                let title = slot.outer.split_left(2).1.split_right(1).0;
                canvas.text(title, &format!(" {label} {word} "));
            }
            let size = format!("{}×{}", inner.width, inner.height);
            canvas.text(
                inner.split_top(inner.height / 2).1,
                &format!("{size:^width$}", width = usize::from(inner.width)),
            );
        }
        Form::Card if slot.framed() => {
            canvas.frame(slot.outer);
            canvas.text(slot.outer.split_left(1).1.split_right(1).0, &format!(" {label} "));
            canvas.text(slot.outer.inset(), " last line");
        }
        Form::Card => {
            let room = slot.outer.split_right(1).0;
            if slot.outer.height == 1 {
                canvas.text(room, &format!(" {label}  last line"));
            } else {
                canvas.text(room, &format!(" {label} {word}"));
                canvas.text(room.split_top(1).1, "   last line");
            }
        }
    }
}

fn tree(canvas: &mut Canvas, org: &Org, arrangement: &Arrangement) {
    let Some(tree) = &arrangement.tree else { return };
    for y in tree.border.y..tree.border.bottom() {
        canvas.put(tree.border.x, y, '│');
    }
    for row in &tree.rows {
        let guides: String = row.guides.iter().map(|guide| guide.text).collect();
        canvas.text(row.area, &guides);
        for cell in &row.cells {
            let text = match cell.kind {
                TreeKind::Team { team, .. } => org.team(team).unwrap().name.to_string(),
                TreeKind::Agent { agent, standing } => label(org, agent, standing),
                TreeKind::Dot { agent, standing: Standing::Member } => state(agent).glyph().to_string(),
                TreeKind::Dot { agent, .. } => format!("★{}", state(agent).glyph()),
                TreeKind::More { hidden } => format!("+{hidden}"),
            };
            canvas.text(cell.area, &text);
        }
    }
}

/// Returns the window as lines of text.
pub(super) fn render(org: &Org, arrangement: &Arrangement) -> String {
    let area = arrangement.area;
    let mut canvas =
        Canvas { area, rows: vec![vec![' '; usize::from(area.width)]; usize::from(area.height)] };
    tree(&mut canvas, org, arrangement);
    for group in &arrangement.groups {
        let name = &org.team(group.team).unwrap().name;
        let more = if group.continued { "…" } else { "" };
        let title = format!("━ {name}{more} {}", "━".repeat(usize::from(group.title.width)));
        canvas.text(group.title, &title);
    }
    for run in &arrangement.runs {
        canvas.text(run.area, &" ".repeat(usize::from(run.area.width)));
        for (x, agent) in (run.area.x..).zip(&run.agents) {
            canvas.put(x, run.area.y, state(*agent).glyph());
        }
        if run.hidden > 0 {
            let after = run.area.split_left(u16::try_from(run.agents.len()).unwrap()).1;
            canvas.text(after, &format!("+{}", run.hidden));
        }
    }
    arrangement.slots.iter().for_each(|s| slot(&mut canvas, org, s));
    for link in &arrangement.links {
        canvas.put(link.x, link.y, link.glyph);
    }
    let bar =
        format!("▐ KEYS → chief ▌ {} agents {}", org.agent_count(), "░".repeat(usize::from(area.width)));
    canvas.text(arrangement.status, &bar);
    let lines: Vec<String> = canvas
        .rows
        .into_iter()
        .map(|row| row.into_iter().collect::<String>().trim_end().to_owned())
        .collect();
    lines.join("\n")
}
