//! What is asked of the session, what overlays want done, and the answers.

use super::Turn;
use crate::domain::{AgentId, BroadcastId, Scope, clean};
use crate::protocol::{AgentDraft, Answer, ClientMessage, Created, Problem};
use crate::protocol::{BroadcastCommand, Command, OrgCommand};
use crate::tui::model::{Asked, Offered, Routing};
use crate::tui::msg::Cmd;
use crate::tui::overlay::{self, Intent};

impl Turn<'_> {
    /// Asks the session for something.
    pub(super) fn ask(&mut self, command: Command, asked: Asked) {
        if self.model.lost.is_some() {
            return self.complain("not done: there is no connection to the daemon");
        }
        self.model.last_ask += 1;
        let id = self.model.last_ask;
        self.model.asked.insert(id, asked);
        self.cmds.push(Cmd::Say(ClientMessage::Ask { id, command }));
    }

    /// Asks the session for something, and says a text once it is done.
    pub(super) fn ask_saying(&mut self, command: Command, text: impl Into<String>) {
        self.ask(command, Asked::Something(text.into()));
    }

    /// The session answered.
    pub(super) fn answered(&mut self, id: u64, result: Result<Answer, Problem>) {
        let Some(asked) = self.model.asked.remove(&id) else { return };
        let answer = match result {
            Ok(answer) => answer,
            Err(_) if asked == Asked::Quiet => return,
            Err(problem) => return self.complain(words(&problem)),
        };
        match (asked, answer) {
            (Asked::Broadcast { scope, include_dialogs }, Answer::Broadcast { broadcast, targets }) => {
                let targets_of = targets.clone();
                self.model.offered = Some(Offered { id: broadcast, scope, targets, include_dialogs });
                let overlay =
                    overlay::Targets::new(broadcast, scope, targets_of, include_dialogs, self.model);
                self.open_overlay(Box::new(overlay));
            }
            (Asked::Report, Answer::Report { report }) => {
                let overlay = overlay::Report::new(report, self.model);
                self.open_overlay(Box::new(overlay));
            }
            (Asked::Something(text), Answer::Messages { messages }) => {
                let held = messages.iter().find(|report| report.status != "delivered");
                match held.and_then(|report| Some((report, report.reason.as_ref()?))) {
                    Some((report, reason)) => self.say(format!("{}: {}, {reason}", report.to, report.status)),
                    None => self.say(text),
                }
            }
            (Asked::Something(_), Answer::Noted { note }) => self.say(note),
            (Asked::Something(_), Answer::Resumed { resumed, anew }) => self.brought_back(&resumed, &anew),
            (Asked::NewAgent(text), Answer::Created { id, .. }) => self.awaited(id, text),
            (Asked::Something(text), _) if !text.is_empty() => self.say(text),
            _ => {}
        }
    }

    /// Says who was brought back.
    fn brought_back(&mut self, resumed: &[String], anew: &[String]) {
        let parts = [("goes on", "go on", resumed), ("begins anew", "begin anew", anew)];
        let parts = parts.into_iter().filter(|(.., names)| !names.is_empty());
        let said: Vec<String> = parts
            .map(|(one, several, names)| {
                format!("{} {}", names.join(", "), if names.len() == 1 { one } else { several })
            })
            .collect();
        self.say(if said.is_empty() { "there is nothing to resume".to_owned() } else { said.join("; ") });
    }

    /// An agent was made. It is focused once it stands in the chart, which may come before or after this.
    fn awaited(&mut self, id: u32, text: String) {
        self.model.expected = Some(AgentId(id));
        self.rearrange = true;
        self.say(text);
    }

    /// An agent was made from a blueprint; what its program could not be told is said.
    pub(super) fn made(&mut self, text: String, made: &Created) {
        let said = [vec![text], made.notes.clone()].concat().join("; ");
        self.awaited(made.id, clean(&said, 400));
    }

    /// Has an agent made from a blueprint.
    fn make(&mut self, draft: Box<AgentDraft>, text: String) {
        if self.model.lost.is_some() {
            return self.complain("not done: there is no connection to the daemon");
        }
        self.cmds.push(Cmd::Make(draft, text));
    }

    /// Does what an overlay wants.
    pub(super) fn fulfil(&mut self, intent: Intent) {
        match intent {
            Intent::Act(action) => self.act(action),
            Intent::Ask(command @ Command::Org(OrgCommand::CreateAgent(_)), text) => {
                self.ask(command, Asked::NewAgent(text));
            }
            Intent::Ask(command, text) => self.ask_saying(command, text),
            Intent::Make(draft, text) => self.make(draft, text),
            Intent::Focus(agent) => self.focus(agent),
            Intent::Theme(name) => self.show_theme(&name),
            Intent::Layout(name) => self.show_layout(&name),
            Intent::SaveLayout(name) => self.save_layout(&name),
            Intent::Broadcast { scope, include_dialogs } => self.open_broadcast(scope, include_dialogs),
            Intent::Confirm(id) => self.begin_broadcast(id),
            Intent::Withdraw(id) => {
                self.model.offered = None;
                self.ask(Command::Broadcast(BroadcastCommand::Close { broadcast: id }), Asked::Quiet);
            }
            Intent::Copy(text) => {
                self.say(format!("copied {} characters", text.chars().count()));
                self.model.copied = Some(text.clone());
                self.cmds.push(Cmd::Copy(text));
            }
            Intent::Open(overlay) => self.open_overlay(overlay),
        }
    }

    /// Names the targets of a broadcast; nothing is sent before the person agrees.
    pub(super) fn open_broadcast(&mut self, scope: Scope, include_dialogs: bool) {
        let command = Command::Broadcast(BroadcastCommand::Open { scope: scope.into(), include_dialogs });
        self.ask(command, Asked::Broadcast { scope, include_dialogs });
    }

    /// The person agreed to a broadcast: the next key goes there.
    fn begin_broadcast(&mut self, id: BroadcastId) {
        let Some(offered) = self.model.offered.take().filter(|offered| offered.id == id) else { return };
        self.end_broadcast();
        self.model.routing = Routing::Broadcast(offered);
        self.redraw();
    }

    /// Ends the broadcast under way, if there is one; what its targets got is said when the answer comes.
    pub(super) fn end_broadcast(&mut self) {
        if let Routing::Broadcast(Offered { id, .. }) = &self.model.routing {
            let broadcast = *id;
            self.model.routing = Routing::Direct;
            self.ask(Command::Broadcast(BroadcastCommand::Close { broadcast }), Asked::Report);
            self.redraw();
        }
    }

    pub(super) fn open_overlay(&mut self, overlay: Box<dyn overlay::Overlay>) {
        self.model.pending.clear();
        self.model.which_key_at = None;
        self.model.overlays.push(overlay);
        self.redraw();
    }
}

/// Returns a refusal as one line.
pub(super) fn words(problem: &Problem) -> String {
    match &problem.hint {
        Some(hint) => format!("{}; {hint}", problem.error),
        None => problem.error.clone(),
    }
}
