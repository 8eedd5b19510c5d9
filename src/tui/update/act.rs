//! What a person does with a key or from the palette.

use super::Turn;
use crate::domain::{AgentId, AgentRef, Input, Scope, TeamId};
use crate::layout::{Direction, Step};
use crate::protocol::{Command, LifeCommand, OrgCommand};
use crate::tui::key::Action;
use crate::tui::model::Routing;
use crate::tui::msg::Cmd;
use crate::tui::overlay::{BringBack, Confirm};

/// How far a page of scrolling goes before anything of the history is known, in lines.
const FIRST_SCROLL: i32 = -1;

impl Turn<'_> {
    /// Does something, if it can be done now, or says why not.
    pub(super) fn act(&mut self, action: Action) {
        match action {
            Action::Direct => self.route_to(Routing::Direct),
            Action::Executive => self.route_to(Routing::Executive),
            Action::BroadcastTeam => self.broadcast_team(),
            Action::BroadcastAll => self.open_broadcast(Scope::All, false),
            Action::SendLeader => self.press(Input::Key(self.model.settings.keys.leader())),
            Action::FocusLeft => self.focus_towards(Direction::Left),
            Action::FocusRight => self.focus_towards(Direction::Right),
            Action::FocusUp => self.focus_towards(Direction::Up),
            Action::FocusDown => self.focus_towards(Direction::Down),
            Action::FocusLeader => self.focus_step(Step::Parent),
            Action::FocusLed => self.focus_step(Step::FirstChild),
            Action::FocusNext => self.focus_step(Step::Next),
            Action::FocusPrevious => self.focus_step(Step::Previous),
            Action::FocusNextSibling => self.focus_step(Step::NextSibling),
            Action::FocusPreviousSibling => self.focus_step(Step::PreviousSibling),
            Action::FocusExecutive => {
                self.focus_or_say(self.model.chart.executive(), "there is no executive");
            }
            Action::FocusLast => self.focus_or_say(self.model.focus_before, "nobody was focused before"),
            Action::FocusUrgent => {
                self.focus_next_that(
                    |turn, agent| turn.model.chart.state(agent).needs_person(),
                    "nobody needs you",
                );
            }
            Action::FocusFinished => self.focus_next_that(
                |turn, agent| turn.model.chart.agent(agent).is_some_and(|view| view.unseen),
                "nobody has finished anything that you have not seen",
            ),
            Action::Zoom => {
                self.model.zoom = !self.model.zoom;
                self.rearrange = true;
            }
            Action::NextLayout => self.next_layout(),
            Action::ResetLayout => self.reset_layout(),
            Action::Pin => self.pin(),
            Action::Fold => self.fold(self.focused_team()),
            Action::Copy => self.begin_copy(FIRST_SCROLL),
            Action::Search => self.begin_search(),
            Action::Paste => match self.model.copied.clone() {
                Some(text) => self.press(Input::Paste(text)),
                None => self.say("nothing was copied yet"),
            },
            Action::Promote => self.promote(),
            Action::StartStop => self.start_or_stop(),
            Action::Explain => {
                if let Some(agent) = self.focused() {
                    self.cmds.push(Cmd::Explain(self.model.chart.name(agent).to_owned()));
                }
            }
            Action::Held => self.cmds.push(Cmd::Held),
            Action::Interrupt | Action::Resume | Action::NewConversation | Action::Clear => {
                self.converse(action);
            }
            Action::ResumeAll => match BringBack::of(self.model) {
                Some(question) => self.open_overlay(Box::new(question)),
                // Who has no conversation to go on in is started as ever.
                None => self.ask_saying(Command::Life(LifeCommand::ResumeAll), ""),
            },
            Action::Redraw => {
                self.cmds.push(Cmd::Redraw);
                self.redraw();
            }
            Action::Leave => {
                self.end_broadcast();
                self.cmds.push(Cmd::Leave);
            }
            other => self.open(other),
        }
    }

    fn route_to(&mut self, routing: Routing) {
        self.end_broadcast();
        if routing == Routing::Executive && self.model.chart.executive().is_none() {
            return self.complain("there is no executive; promote an agent that stands in no team to be it");
        }
        self.model.routing = routing;
        self.redraw();
    }

    /// Returns the focused agent, or says that there is none.
    pub(super) fn focused(&mut self) -> Option<AgentId> {
        if self.model.focus.is_none() {
            self.complain("there is no agent yet; a new one is made from the palette");
        }
        self.model.focus
    }

    /// Returns the focused agent's team.
    pub(super) fn focused_team(&self) -> Option<TeamId> {
        self.model.focus.and_then(|focus| self.model.chart.team_of(focus))
    }

    fn broadcast_team(&mut self) {
        match (self.focused_team(), self.model.focus) {
            (Some(team), _) => self.open_broadcast(Scope::Team(team), false),
            // The executive's team is everybody.
            (None, focus) if focus == self.model.chart.executive() => self.open_broadcast(Scope::All, false),
            (None, _) => self.complain("the focused agent stands in no team"),
        }
    }

    /// Something about the focused agent's conversation.
    fn converse(&mut self, action: Action) {
        let Some(focused) = self.focused() else { return };
        let question = match action {
            Action::NewConversation => Confirm::new_conversation(self.model, focused),
            Action::Clear => Confirm::clear(self.model, focused),
            _ => None,
        };
        if let Some(question) = question {
            return self.open_overlay(Box::new(question));
        }
        let name = self.model.chart.name(focused).to_owned();
        let agent = AgentRef::from(focused);
        let (command, said) = match action {
            Action::Interrupt => (
                Command::Life(LifeCommand::Interrupt { agent, force: false }),
                format!("{name} is interrupted"),
            ),
            Action::Resume => (
                Command::Life(LifeCommand::Resume { agent, conversation: None }),
                format!("{name} goes on in its conversation"),
            ),
            Action::NewConversation => (
                Command::Life(LifeCommand::NewConversation { agent }),
                format!("{name} begins a new conversation"),
            ),
            _ => (
                Command::Life(LifeCommand::ClearConversation { agent }),
                format!("{name} forgets its conversation"),
            ),
        };
        self.ask_saying(command, said);
    }

    fn promote(&mut self) {
        let Some(agent) = self.focused() else { return };
        let name = self.model.chart.name(agent);
        let what = match self.focused_team().and_then(|team| self.model.chart.team(team)) {
            Some(team) => format!("{name} leads {}", team.name),
            None => format!("{name} is the executive"),
        };
        self.ask_saying(Command::Org(OrgCommand::PromoteAgent { agent: agent.into() }), what);
    }

    fn start_or_stop(&mut self) {
        let Some(agent) = self.focused() else { return };
        let name = self.model.chart.name(agent).to_owned();
        let runs = self.model.chart.agent(agent).is_some_and(|view| view.pid.is_some());
        if let Some(question) = Confirm::stop(self.model, agent).filter(|_| runs) {
            self.open_overlay(Box::new(question));
        } else if runs {
            self.ask_saying(
                Command::Life(LifeCommand::Stop { agent: agent.into() }),
                format!("{name} is being stopped"),
            );
        } else {
            self.ask_saying(
                Command::Life(LifeCommand::Start { agent: agent.into() }),
                format!("{name} is being started"),
            );
        }
    }
}
