//! Who ended while nobody watched, as everybody does when a machine goes down, or was stopped with the session, and may
//! go on in its conversation: all of them, some or none are brought back, or started anew. Nobody is restarted in silence.
//!
//! The list is the session's, not this box's: who is brought back elsewhere leaves it while it is open.

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Intent, Overlay, Reply};
use crate::domain::{AgentId, Key, KeyCode, Mods, clean};
use crate::protocol::AgentView;
use crate::protocol::{Command, LifeCommand};
use crate::theme::Role;
use crate::tui::model::Model;
use crate::tui::widget::{Item, List, Look, Mark, count, leaves, place, pressed, put};

/// The question who is brought back.
#[derive(Debug)]
pub(in crate::tui) struct BringBack {
    list: List,
    /// Who is not to be brought back.
    left: BTreeSet<AgentId>,
}

impl BringBack {
    /// Returns the question, everybody chosen; none if nobody can be brought back.
    pub(in crate::tui) fn of(model: &Model) -> Option<BringBack> {
        let list = list(model, &BTreeSet::new());
        (list.len() > 0).then_some(BringBack { list, left: BTreeSet::new() })
    }

    /// Takes what changed into the list, the selection where it was.
    fn renew(&mut self, model: &Model) {
        let at = self.list.selected().unwrap_or(0);
        self.list = list(model, &self.left);
        self.list.select(at.min(self.list.len().saturating_sub(1)));
    }

    fn chosen<'a>(&'a self, model: &'a Model) -> impl Iterator<Item = &'a AgentView> {
        resumable(model).filter(|view| !self.left.contains(&AgentId(view.id)))
    }

    /// Chooses the selected one, or no longer.
    fn toggle(&mut self, model: &Model) {
        let at = self.list.selected().unwrap_or(0);
        let Some(view) = resumable(model).nth(at) else { return };
        if !self.left.remove(&AgentId(view.id)) {
            self.left.insert(AgentId(view.id));
        }
        self.renew(model);
    }

    fn bring_back(&self, model: &Model, afresh: bool) -> Reply {
        let begin = |view: &AgentView| {
            let agent = AgentId(view.id).into();
            if afresh {
                let said = format!("{} begins a new conversation", view.name);
                Intent::Ask(Command::Life(LifeCommand::Start { agent }), said)
            } else {
                let said = format!("{} goes on in its conversation", view.name);
                Intent::Ask(Command::Life(LifeCommand::Resume { agent, conversation: None }), said)
            }
        };
        Reply::Done(self.chosen(model).map(begin).collect())
    }
}

impl Overlay for BringBack {
    fn title(&self) -> String {
        let theirs = if self.list.len() == 1 { "its conversation" } else { "their conversations" };
        format!("{} can go on in {theirs}", count(self.list.len(), "agent"))
    }

    fn hint(&self) -> String {
        "enter resumes them · f starts them anew · space chooses · a all · n none · esc".to_owned()
    }

    fn wants(&self, model: &Model, (columns, rows): (u16, u16)) -> (u16, u16) {
        let wide = u16::try_from(self.list.wants()).unwrap_or(u16::MAX);
        let high = u16::try_from(resumable(model).count()).unwrap_or(u16::MAX);
        (wide.clamp(columns.min(78), columns), high.clamp(1, rows))
    }

    fn key(&mut self, key: Key, model: &Model) -> Reply {
        let Some((code, mods)) = pressed(key) else { return Reply::Stay };
        if leaves(code, mods) {
            return Reply::Close;
        }
        self.renew(model);
        match (code, mods) {
            (KeyCode::Enter, Mods::NONE) => return self.bring_back(model, false),
            (KeyCode::Char('f'), Mods::NONE) => return self.bring_back(model, true),
            (KeyCode::Char('q'), Mods::NONE) => return Reply::Close,
            (KeyCode::Char(' ' | 'x'), Mods::NONE) => self.toggle(model),
            (KeyCode::Char('a'), Mods::NONE) => {
                self.left.clear();
                self.renew(model);
            }
            (KeyCode::Char('n'), Mods::NONE) => {
                self.left = resumable(model).map(|view| AgentId(view.id)).collect();
                self.renew(model);
            }
            _ => {
                self.list.key(code, mods);
            }
        }
        Reply::Stay
    }

    fn click(&mut self, (_, y): (u16, u16), _room: (u16, u16), model: &Model) -> Reply {
        self.renew(model);
        if self.list.click(y).is_some() {
            self.toggle(model);
        }
        Reply::Stay
    }

    fn wheel(&mut self, lines: i32, _model: &Model) -> Reply {
        self.list.wheel(lines);
        Reply::Stay
    }

    fn draw(&self, model: &Model, area: Rect, buffer: &mut Buffer) -> Option<(u16, u16)> {
        let look = Look::over(&model.theme);
        look.clear(area, buffer);
        let mut list = list(model, &self.left);
        if list.len() == 0 {
            put(buffer, area, (1, 0), "everybody is back", look.role(Role::Muted));
            return None;
        }
        list.select(self.list.selected().unwrap_or(0).min(list.len() - 1));
        list.draw(look, area, buffer);
        None
    }
}

/// Who ended unseen and can go on, in the order of the chart.
fn resumable(model: &Model) -> impl Iterator<Item = &AgentView> {
    let order = model.chart.org.in_order();
    order.into_iter().filter_map(|id| model.chart.agent(id)).filter(|view| view.resumable)
}

fn list(model: &Model, left: &BTreeSet<AgentId>) -> List {
    let item = |view: &AgentView| {
        let id = AgentId(view.id);
        let chosen = if left.contains(&id) { "[ ]" } else { "[x]" };
        // What tells a person which conversation it is: what was said last in it.
        let about = view.last_message.as_deref().or(view.conversation.as_deref()).unwrap_or_default();
        Item {
            mark: Mark::State(view.agent_state()),
            level: 0,
            title: format!("{chosen} {} ({})", view.name, place(&model.chart, id)),
            detail: clean(about, 200),
            keys: String::new(),
        }
    };
    List::new(resumable(model).map(item).collect())
}

#[cfg(test)]
mod tests {
    use super::super::sample::{agent, keys, model, seen, view};
    use super::*;
    use crate::domain::AgentState;

    /// A session after its machine went down: three ended unseen, one was stopped by a person.
    fn after_the_machine_went_down() -> Model {
        let mut model = model();
        for (id, name, team, role, said) in [
            (2, "be-lead", Some("backend"), "coordinator", Some("The plan has three steps.")),
            (3, "be-1", Some("backend"), "worker", None),
            (6, "fe-1", Some("frontend"), "worker", Some("Shall I go on with the header?")),
        ] {
            let ended = AgentView {
                resumable: true,
                conversation: Some(format!("0b4f-{id}")),
                last_message: said.map(Into::into),
                ..view(id, name, team, role, AgentState::Error)
            };
            assert!(model.chart.take(ended));
        }
        model
    }

    #[test]
    fn whoever_ended_unseen_is_offered_with_what_was_said_last() {
        let model = after_the_machine_went_down();
        let mut open = BringBack::of(&model).unwrap();
        keys(&mut open, &model, "down space");
        insta::assert_snapshot!("bring_back", seen(&open, &model, (90, 24)));
    }

    #[test]
    fn all_some_or_none_are_brought_back() {
        let model = after_the_machine_went_down();
        let resumed = |reply: &str| -> Vec<String> {
            let names = ["be-lead", "be-1", "fe-1", "chief", "db-1"];
            let is_named = |name: &&str| reply.contains(&format!("\"{name} goes on"));
            names.iter().filter(|name| is_named(name)).map(|name| (*name).to_owned()).collect()
        };
        let mut open = BringBack::of(&model).unwrap();
        assert_eq!(resumed(&keys(&mut open, &model, "enter")), ["be-lead", "be-1", "fe-1"]);
        assert_eq!(resumed(&keys(&mut open, &model, "down space enter")), ["be-lead", "fe-1"]);
        assert_eq!(keys(&mut open, &model, "n enter"), "done: ");
        assert_eq!(resumed(&keys(&mut open, &model, "a enter")), ["be-lead", "be-1", "fe-1"]);
        assert_eq!(keys(&mut open, &model, "esc"), "close");
    }

    #[test]
    fn the_chosen_are_started_anew_where_nobody_wants_what_was_said_before() {
        let model = after_the_machine_went_down();
        let mut open = BringBack::of(&model).unwrap();
        let reply = keys(&mut open, &model, "space f");
        assert!(reply.starts_with("done: Ask(Life(Start { agent: Id(AgentId(3)) })"), "{reply}");
        assert!(!reply.contains("AgentId(2)") && reply.contains("AgentId(6)"), "{reply}");
        assert!(!reply.contains("Life(Resume "), "{reply}");
    }

    #[test]
    fn whoever_is_back_leaves_the_list() {
        let mut model = after_the_machine_went_down();
        let mut open = BringBack::of(&model).unwrap();
        for (id, name, team) in [(2, "be-lead", "backend"), (3, "be-1", "backend")] {
            model.chart.take(view(id, name, Some(team), "worker", AgentState::Starting));
        }
        let reply = keys(&mut open, &model, "enter");
        assert!(reply.contains("fe-1 goes on") && !reply.contains("be-1 goes on"), "{reply}");
        model.chart.take(view(6, "fe-1", Some("frontend"), "worker", AgentState::Idle));
        assert!(seen(&open, &model, (80, 24)).contains("everybody is back"));
        assert!(BringBack::of(&model).is_none());
        assert!(agent(&model, "fe-1") == AgentId(6));
    }
}
