//! Who is focused, and who was looked at.

use super::Turn;
use crate::domain::{AgentId, Input, Route};
use crate::layout::{Direction, Step, step};
use crate::protocol::ClientMessage;
use crate::protocol::{Command, LifeCommand};
use crate::tui::model::{Asked, Routing};
use crate::tui::msg::Cmd;

impl Turn<'_> {
    /// Focuses an agent.
    pub(super) fn focus(&mut self, agent: AgentId) {
        if self.model.focus == Some(agent) {
            return;
        }
        self.tell_focus(false);
        self.model.focus_before = self.model.focus;
        self.model.focus = Some(agent);
        self.model.looked_at = None;
        if self.model.copy.as_ref().is_some_and(|copy| copy.agent() != agent) {
            self.model.copy = None;
        }
        self.tell_focus(true);
        self.rearrange = true;
    }

    /// Focuses an agent that may not be there, and says so if it is not.
    pub(super) fn focus_or_say(&mut self, agent: Option<AgentId>, otherwise: &str) {
        match agent {
            Some(agent) => self.focus(agent),
            None => self.say(otherwise),
        }
    }

    pub(super) fn focus_towards(&mut self, direction: Direction) {
        let next = self.model.focus.and_then(|focus| self.model.arrangement.neighbour(focus, direction));
        if let Some(next) = next {
            self.focus(next);
        }
    }

    pub(super) fn focus_step(&mut self, way: Step) {
        let next = self.model.focus.and_then(|focus| step(&self.model.chart.org, focus, way));
        self.focus_or_say(next, "there is nobody in that direction of the tree");
    }

    /// Focuses the next agent after the focused one, in the order of the chart, of which something is true.
    pub(super) fn focus_next_that(&mut self, is: impl Fn(&Self, AgentId) -> bool, otherwise: &str) {
        let order = self.model.chart.org.in_order();
        let here = order.iter().position(|agent| Some(*agent) == self.model.focus).map_or(0, |at| at + 1);
        let (before, after) = order.split_at(here.min(order.len()));
        let next = after.iter().chain(before).copied().find(|agent| is(self, *agent));
        self.focus_or_say(next, otherwise);
    }

    /// Sees to it that somebody is focused who is there.
    pub(super) fn refocus(&mut self) {
        let model = &mut *self.model;
        let there = |agent: &AgentId| model.chart.org.agent(*agent).is_some();
        model.focus_before = model.focus_before.filter(there);
        if let Some(made) = model.expected.take_if(|made| there(made)) {
            model.focus_before = model.focus.replace(made);
        }
        model.pinned.retain(there);
        model.pulses.retain(|(agent, _)| there(agent));
        if model.focus.is_none_or(|focus| !there(&focus)) {
            let first = || model.chart.executive().or_else(|| model.chart.org.in_order().first().copied());
            model.focus = model.focus_before.or_else(first);
            model.looked_at = None;
        }
        if model.copy.as_ref().is_some_and(|copy| !there(&copy.agent())) {
            model.copy = None;
        }
        let gone: Vec<AgentId> = model.grids.keys().copied().filter(|agent| !there(agent)).collect();
        gone.iter().for_each(|agent| drop(model.grids.remove(agent)));
    }

    /// The window got or lost the person's attention.
    pub(super) fn attend(&mut self, attended: bool) {
        if self.model.attended != attended {
            self.model.attended = attended;
            self.tell_focus(attended);
            self.redraw();
        }
    }

    /// Tells the program in the focused pane whether it has the person's attention.
    fn tell_focus(&mut self, focused: bool) {
        let direct = self.model.routing == Routing::Direct && self.model.lost.is_none() && self.model.ready;
        let wanted =
            |focus: &AgentId| self.model.grids.get(focus).is_some_and(|grid| grid.modes().focus_reports);
        if let Some(focus) = self.model.focus.filter(wanted).filter(|_| direct) {
            let input = Input::Focus(focused);
            self.cmds.push(Cmd::Say(ClientMessage::Press { route: Route::Direct(focus.into()), input }));
        }
    }

    /// Tells the session that the person has looked at the focused agent, once for each time it finishes something.
    pub(super) fn look(&mut self) {
        let model = &*self.model;
        let Some(focus) = model.focus.filter(|_| model.attended && model.lost.is_none()) else { return };
        let unseen = model.chart.agent(focus).is_some_and(|view| view.unseen);
        if !unseen {
            self.model.looked_at = None;
        } else if model.looked_at != Some(focus) && model.arrangement.pane(focus).is_some() {
            self.model.looked_at = Some(focus);
            self.ask(Command::Life(LifeCommand::Look { agent: focus.into() }), Asked::Quiet);
        }
    }
}
