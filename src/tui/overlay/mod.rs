//! What lies over the chart: palette, pickers, prompts, questions, help. They form a stack; keys go to the topmost.
//!
//! An overlay changes nothing by itself: it answers a key with what is to be done. Siblings here know nothing of each
//! other; what they share is in `widget`, and what opens them is here.

mod attention;
mod bring_back;
mod broadcast;
mod choose;
mod confirm;
mod explain;
mod help;
mod mailbox;
mod new_agent;
mod palette;
mod picker;
mod prompt;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use std::fmt::Debug;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::key::Action;
use super::model::Model;
use super::widget::{Finder, Look, Pick};
use crate::domain::{AgentId, ApprovalId, BroadcastId, Key, Name, Scope};
use crate::protocol::AgentDraft;
use crate::protocol::Command;

pub(super) use attention::Attention;
pub(super) use bring_back::BringBack;
pub(super) use broadcast::{Report, Targets};
pub(super) use choose::Choose;
pub(super) use confirm::Confirm;
pub(super) use explain::Explain;
pub(super) use help::Help;
pub(super) use mailbox::Mailbox;
pub(super) use new_agent::NewAgentForm;
pub(super) use palette::Palette;
pub(super) use picker::Picker;
pub(super) use prompt::Prompt;

/// One thing that lies over the chart.
pub(super) trait Overlay: Debug {
    /// Returns what stands in its upper border.
    fn title(&self) -> String;

    /// Returns what stands in its lower border: the keys that do something in it.
    fn hint(&self) -> String;

    /// Returns the columns and rows that it wants within its border, of those that there are.
    fn wants(&self, model: &Model, room: (u16, u16)) -> (u16, u16);

    /// Takes a key.
    fn key(&mut self, key: Key, model: &Model) -> Reply;

    /// Takes text pasted as one.
    fn paste(&mut self, _text: &str, _model: &Model) -> Reply {
        Reply::Stay
    }

    /// Takes a click at a cell within its border, whose size is `room`.
    fn click(&mut self, _at: (u16, u16), _room: (u16, u16), _model: &Model) -> Reply {
        Reply::Stay
    }

    /// Takes a turn of the wheel, in lines; down is positive.
    fn wheel(&mut self, _lines: i32, _model: &Model) -> Reply {
        Reply::Stay
    }

    /// Takes in that something was learned that it may show.
    fn learn(&mut self, _model: &Model) {}

    /// Draws what is within its border; returns where the cursor stands, if it has one.
    fn draw(&self, model: &Model, area: Rect, buffer: &mut Buffer) -> Option<(u16, u16)>;
}

/// An overlay that is a list to pick from, with a field above it that filters it.
trait Picking: Debug {
    /// Returns what stands in its upper border.
    fn title(&self) -> String;

    /// Returns what stands in its lower border.
    fn hint(&self) -> String;

    /// Returns the columns and rows that it wants within its border, of those that there are.
    fn wants(&self, room: (u16, u16)) -> (u16, u16);

    /// Returns the list.
    fn finder(&self) -> &Finder;

    /// Returns the list, to give it what a person did.
    fn finder_mut(&mut self) -> &mut Finder;

    /// Answers what came of that.
    fn answer(&mut self, pick: Pick, model: &Model) -> Reply;
}

impl<T: Picking> Overlay for T {
    fn title(&self) -> String {
        Picking::title(self)
    }

    fn hint(&self) -> String {
        Picking::hint(self)
    }

    fn wants(&self, _model: &Model, room: (u16, u16)) -> (u16, u16) {
        Picking::wants(self, room)
    }

    fn key(&mut self, key: Key, model: &Model) -> Reply {
        let pick = self.finder_mut().key(key);
        self.answer(pick, model)
    }

    fn paste(&mut self, text: &str, model: &Model) -> Reply {
        let pick = self.finder_mut().paste(text);
        self.answer(pick, model)
    }

    fn click(&mut self, at: (u16, u16), _room: (u16, u16), model: &Model) -> Reply {
        let pick = self.finder_mut().click(at);
        self.answer(pick, model)
    }

    fn wheel(&mut self, lines: i32, model: &Model) -> Reply {
        let pick = self.finder_mut().wheel(lines);
        self.answer(pick, model)
    }

    fn draw(&self, model: &Model, area: Rect, buffer: &mut Buffer) -> Option<(u16, u16)> {
        self.finder().draw(Look::over(&model.theme), area, buffer)
    }
}

/// What an overlay answers.
#[derive(Debug)]
pub(super) enum Reply {
    /// It stays.
    Stay,
    /// It closes, and nothing is to be done.
    Close,
    /// It closes, and the key was not for it: it goes wherever it would have gone.
    Pass,
    /// It closes, and this is to be done.
    Done(Vec<Intent>),
    /// It stays, and this is to be done.
    Try(Box<Intent>),
}

impl Reply {
    /// It stays, and this is to be done.
    pub(super) fn attempt(intent: Intent) -> Reply {
        Reply::Try(Box::new(intent))
    }
}

/// Something that an overlay wants done.
#[derive(Debug)]
pub(super) enum Intent {
    /// What a key would do.
    Act(Action),
    /// Ask the session for something; the text is said once it is done.
    Ask(Command, String),
    /// Make an agent from a blueprint; the text is said once it is done.
    Make(Box<AgentDraft>, String),
    /// Focus an agent.
    Focus(AgentId),
    /// Show the chart in a theme.
    Theme(String),
    /// Show the chart in a layout.
    Layout(String),
    /// Save the arrangement under a name.
    SaveLayout(Name),
    /// Name the targets of a broadcast, and ask the person.
    Broadcast {
        /// Whom it is for.
        scope: Scope,
        /// Also those that have a dialog open.
        include_dialogs: bool,
    },
    /// The person agreed: keys go there from now on.
    Confirm(BroadcastId),
    /// The person did not agree.
    Withdraw(BroadcastId),
    /// Put a text into the person's clipboard.
    Copy(String),
    /// Open something else.
    Open(Box<dyn Overlay>),
}

/// Returns the prompt for a message to an agent, for a sibling that leads there.
fn message_to(model: &Model, agent: AgentId) -> Box<dyn Overlay> {
    Box::new(Prompt::message(model, agent))
}

/// Returns the prompt for why something is denied, for a sibling that leads there.
fn deny(approval: ApprovalId, agent: &str) -> Box<dyn Overlay> {
    Box::new(Prompt::deny(approval, agent))
}

/// Returns the question whether every agent is to be stopped, for a sibling that leads there.
fn stop_all(model: &Model) -> Box<dyn Overlay> {
    Box::new(Confirm::stop_all(model))
}
