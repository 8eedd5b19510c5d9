//! What the daemon says.

use std::time::Duration;

use super::Turn;
use super::ask::words;
use crate::client::{Arrival, Change};
use crate::domain::{AgentId, AgentState};
use crate::layout::Slot;
use crate::protocol::{
    AgentView, ApprovalView, ChartView, ClientMessage, Explanation, MessageView, PaneFrame, ServerMessage,
};
use crate::terminal::Mirror;
use crate::tui::chart::Chart;
use crate::tui::model::{Notice, Routing};
use crate::tui::msg::Cmd;
use crate::tui::outer::When;
use crate::tui::overlay;
use crate::tui::settings::Clipboard;
use crate::tui::view::offset;

/// For how long a passing message is shown on both panes.
const PULSE_FOR: Duration = Duration::from_millis(700);

impl Turn<'_> {
    pub(super) fn arrive(&mut self, arrival: Arrival) {
        match arrival {
            Arrival::Frame(bytes) => self.frame(&bytes),
            Arrival::Message(message) => self.message(message),
            Arrival::Change(change) => self.change(change),
        }
    }

    fn change(&mut self, change: Change) {
        match change {
            Change::Chart(chart) => self.chart(*chart),
            Change::Agent(agent) => self.agent(*agent),
            Change::Approvals(approvals) => self.approvals(approvals),
            Change::Session(session) => {
                self.model.chart.session = *session;
                self.redraw();
            }
        }
    }

    fn message(&mut self, message: ServerMessage) {
        match message {
            // The attachment has seen to these; what a later version says is not for this one.
            ServerMessage::Welcome { .. }
            | ServerMessage::Subscribed { .. }
            | ServerMessage::Set { .. }
            | ServerMessage::Current { .. }
            | ServerMessage::Unknown => {}
            ServerMessage::Pulse { from, to } => {
                let until = self.now + PULSE_FOR;
                for agent in from.into_iter().chain([to]) {
                    self.model.pulses.retain(|(other, _)| *other != agent);
                    self.model.pulses.push((agent, until));
                }
                self.redraw();
            }
            ServerMessage::Notice { text } => self.say(text),
            ServerMessage::Clipboard { agent, text } => self.clipboard(agent, text),
            ServerMessage::Bell { .. } if self.model.settings.bell => self.cmds.push(Cmd::Ring),
            ServerMessage::Bell { .. } => {}
            ServerMessage::Answer { id, result } => self.answered(id, result),
            ServerMessage::Refused { problem } => self.complain(words(&problem)),
            ServerMessage::Bye { reason } => self.cmds.push(Cmd::End(reason)),
        }
    }

    fn chart(&mut self, chart: ChartView) {
        self.approvals(chart.approvals.clone());
        self.model.chart = Chart::read(chart);
        if !self.model.ready {
            self.model.ready = true;
            self.tell_colors();
            // After the machine went down, for instance: whoever comes back is asked who else does.
            if let Some(question) = overlay::BringBack::of(self.model) {
                self.open_overlay(Box::new(question));
            }
        }
        self.rearrange = true;
    }

    /// What agents ask is this now.
    fn approvals(&mut self, approvals: Vec<ApprovalView>) {
        let now = self.now;
        let since = |view: &ApprovalView| now.checked_sub(Duration::from_millis(view.age_ms)).unwrap_or(now);
        let asked = |view: ApprovalView| {
            let at = since(&view);
            (view, at)
        };
        self.model.approvals = approvals.into_iter().map(asked).collect();
        self.redraw();
    }

    fn agent(&mut self, view: AgentView) {
        let id = AgentId(view.id);
        let before = self.model.chart.agent(id).cloned();
        if before.as_ref() == Some(&view) || !self.model.chart.take(view) {
            return;
        }
        // Whom the tree may not leave out depends on who needs a person.
        let (needed, needs) =
            (before.map(|b| b.agent_state().needs_person()), self.model.chart.state(id).needs_person());
        self.rearrange |= needed != Some(needs);
        if needs && needed == Some(false) {
            self.notify_of(id);
        }
        self.redraw();
    }

    /// An agent began to need somebody, who may be looking elsewhere.
    fn notify_of(&mut self, id: AgentId) {
        let told = match self.model.settings.notify.when {
            When::Always => true,
            When::Unattended => !self.model.attended,
            When::Never => false,
        };
        let Some(view) = self.model.chart.agent(id).filter(|_| told) else { return };
        let wants = match view.agent_state() {
            AgentState::Waiting(what) => format!("waits for {}", what.word()),
            _ => "needs you".to_owned(),
        };
        let about = view.task.as_ref().unwrap_or(&view.reason).clone();
        self.cmds.push(Cmd::Notify(format!("{} {wants}", view.name), about));
    }

    /// A pane's frame.
    fn frame(&mut self, bytes: &[u8]) {
        let Some(PaneFrame { agent, frame }) = PaneFrame::read(bytes) else { return };
        let inner = self.model.arrangement.pane(agent).and_then(Slot::inner);
        let grid = self.model.grids.entry(agent).or_default();
        // Of a terminal that is larger than its pane, the part in view follows the cursor.
        let shown = |grid: &Mirror| (grid.size(), inner.map(|inner| offset(grid, inner)));
        let before = shown(grid);
        match grid.apply(frame) {
            Ok(()) => {
                let moved = shown(grid) != before;
                let rows = grid.take_changed();
                if moved {
                    self.redraw();
                } else {
                    self.model.dirty.rows.entry(agent).or_default().extend(rows);
                }
            }
            Err(_) => self.ask_for_whole(agent),
        }
    }

    /// A frame stands on one that was not seen: whoever looks away and back gets a whole one.
    fn ask_for_whole(&mut self, agent: AgentId) {
        self.model.grids.remove(&agent);
        if let Some(ClientMessage::View { panes, cards }) = self.model.told.take() {
            let panes = panes.into_iter().filter(|pane| pane.agent != agent).collect();
            let cards = cards.into_iter().filter(|card| *card != agent).collect();
            self.cmds.push(Cmd::Say(ClientMessage::View { panes, cards }));
        }
    }

    /// An agent wants something in the clipboard.
    fn clipboard(&mut self, agent: AgentId, text: String) {
        let name = self.model.chart.name(agent).to_owned();
        match self.model.settings.clipboard {
            Clipboard::Ask => {
                let question = overlay::Confirm::clipboard(self.model, agent, text);
                self.open_overlay(Box::new(question));
            }
            Clipboard::Allow => {
                self.say(format!("{name} put {} characters into the clipboard", text.chars().count()));
                self.cmds.push(Cmd::Copy(text));
            }
            Clipboard::Deny => self.say(format!("{name} wanted the clipboard, and did not get it")),
        }
    }

    /// A new connection stands; the daemon knows nothing of this window.
    pub(super) fn connected(&mut self) {
        let again = self.model.lost.take().is_some();
        self.model.told = None;
        self.model.asked.clear();
        self.model.offered = None;
        self.model.looked_at = None;
        self.model.grids.clear();
        if let Routing::Broadcast(_) = self.model.routing {
            self.model.routing = Routing::Direct;
            self.complain("the connection broke, and with it the broadcast ended");
        } else if again {
            let until = self.now + Duration::from_secs(3);
            self.model.notice = Some(Notice { text: "connected again".into(), bad: false, until });
        }
        self.model.ready = false;
        self.redraw();
    }

    pub(super) fn explained(&mut self, explanation: &Explanation) {
        let overlay = overlay::Explain::new(explanation.clone());
        self.open_overlay(Box::new(overlay));
    }

    pub(super) fn held(&mut self, messages: Vec<MessageView>) {
        if messages.is_empty() {
            return self.say("no message waits");
        }
        let overlay = overlay::Mailbox::new(messages);
        self.open_overlay(Box::new(overlay));
    }
}
