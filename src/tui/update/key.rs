//! A key: to what lies over the chart, to copy mode, to a command of ours, or else to the agents.

use std::time::Duration;

use super::Turn;
use crate::domain::{Input, Key, KeyCode, KeyKind, Mods};
use crate::tui::copy::CopyReply;
use crate::tui::key::{Found, sequence_words};
use crate::tui::model::Routing;
use crate::tui::msg::Cmd;
use crate::tui::overlay::{Intent, Reply};

/// How long a person may think before the box of what can follow a key is shown.
const WHICH_KEY_AFTER: Duration = Duration::from_millis(250);

impl Turn<'_> {
    pub(super) fn key(&mut self, key: Key) {
        if key.kind == KeyKind::Release {
            return self.release(key);
        }
        if self.over_key(key) {
            return;
        }
        let begun = !self.model.pending.is_empty();
        let mut sequence = self.model.pending.clone();
        sequence.push(if begun { key.on_standard_layout() } else { key.canonical() });
        match self.model.settings.keys.find(&sequence) {
            Found::Action(action) => {
                self.forget_sequence();
                self.act(action);
            }
            Found::Prefix => {
                self.model.pending = sequence;
                self.model.which_key_at = Some(self.now + WHICH_KEY_AFTER);
                self.redraw();
            }
            Found::Nothing if begun => {
                self.forget_sequence();
                if key.code != KeyCode::Esc {
                    let help = self.model.settings.keys.keys_of(crate::tui::key::Action::Help);
                    let hint =
                        help.first().map(|keys| format!("; {keys} shows every key")).unwrap_or_default();
                    self.complain(format!("{} does nothing{hint}", sequence_words(&sequence)));
                }
            }
            Found::Nothing if self.model.copy.is_some() => self.copy_key(key),
            Found::Nothing => self.pass_on(key),
        }
    }

    fn forget_sequence(&mut self) {
        self.model.pending.clear();
        self.model.which_key_at = None;
        self.redraw();
    }

    /// Gives a key to the topmost overlay, if there is one.
    fn over_key(&mut self, key: Key) -> bool {
        self.over(|overlay, model| overlay.key(key, model))
    }

    /// Lets the topmost overlay answer something, and does what it wants; returns whether there is one.
    pub(super) fn over(
        &mut self,
        answer: impl FnOnce(&mut dyn crate::tui::overlay::Overlay, &crate::tui::model::Model) -> Reply,
    ) -> bool {
        let Some(mut top) = self.model.overlays.pop() else { return false };
        match answer(top.as_mut(), self.model) {
            Reply::Stay => self.model.overlays.push(top),
            Reply::Close => {}
            Reply::Pass => {
                self.redraw();
                return false;
            }
            Reply::Done(intents) => intents.into_iter().for_each(|intent| self.fulfil(intent)),
            Reply::Try(intent) => {
                // What it opens stands above it.
                self.model.overlays.push(top);
                self.fulfil(*intent);
            }
        }
        self.redraw();
        true
    }

    fn copy_key(&mut self, key: Key) {
        let Some(copy) = &mut self.model.copy else { return };
        let reply = copy.key(key);
        self.copied(reply);
    }

    /// Does what copy mode answers.
    pub(super) fn copied(&mut self, reply: CopyReply) {
        match reply {
            CopyReply::Stay => {}
            CopyReply::Leave => self.model.copy = None,
            CopyReply::Say(text) => self.say(text),
            CopyReply::Take(text) => {
                self.model.copy = None;
                self.fulfil(Intent::Copy(text));
            }
        }
        self.redraw();
    }

    /// Text pasted as one.
    pub(super) fn paste(&mut self, text: String) {
        if self.over(|overlay, model| overlay.paste(&text, model)) {
            return;
        }
        if let Some(copy) = &mut self.model.copy {
            copy.paste(&text);
            return self.redraw();
        }
        self.press(Input::Paste(text));
    }

    fn pass_on(&mut self, key: Key) {
        // What a shift wrote says so itself; with other modifiers the shift counts.
        let alone = key.mods == Mods::SHIFT && matches!(key.code, KeyCode::Char(_));
        let key = if alone { Key { kind: key.kind, base: key.base, ..key.canonical() } } else { key };
        self.model.down.insert(key.code);
        self.press(Input::Key(key));
    }

    /// A key that was passed on is released for those it was passed on to; others never saw it go down.
    fn release(&mut self, key: Key) {
        if self.model.down.remove(&key.code) && self.model.overlays.is_empty() && self.model.copy.is_none() {
            self.press(Input::Key(key));
        }
    }

    /// Passes something on to whoever gets the next key.
    pub(super) fn press(&mut self, input: Input) {
        if self.model.lost.is_some() {
            return self.complain("not sent: there is no connection to the daemon");
        }
        match self.model.press(input) {
            Some(message) => self.cmds.push(Cmd::Say(message)),
            None => {
                let text = match self.model.routing {
                    Routing::Executive => "there is no executive to type to",
                    _ => "there is no agent to type to",
                };
                self.complain(text);
            }
        }
    }
}
