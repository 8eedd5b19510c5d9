//! What becomes of everything that happens: the only place where the model changes.
//!
//! [`update`] does no I/O and knows no clock; what is to be done comes back as [`Cmd`]s. Each file here sees to one kind
//! of thing that happens, as methods of one turn.

mod act;
mod arrive;
mod ask;
mod focus;
mod key;
mod mouse;
mod open;
mod view;

#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

use super::model::{Model, Notice};
use super::msg::{Cmd, Msg};
use crate::layout::Rect;

/// For how long a message is shown, and how much longer for each of its characters.
const NOTICE_FOR: (Duration, Duration) = (Duration::from_millis(2500), Duration::from_millis(30));

/// Takes in what happened, and returns what is to be done.
pub(super) fn update(model: &mut Model, msg: Msg, now: Instant) -> Vec<Cmd> {
    model.now = now;
    let mut turn = Turn { model, now, cmds: Vec::new(), rearrange: false };
    turn.take(msg);
    turn.settle();
    turn.cmds
}

/// One thing being seen to.
struct Turn<'a> {
    model: &'a mut Model,
    now: Instant,
    cmds: Vec<Cmd>,
    /// Whether rectangles may have changed.
    rearrange: bool,
}

impl Turn<'_> {
    fn take(&mut self, msg: Msg) {
        match msg {
            Msg::Key(key) => self.key(key),
            Msg::Paste(text) => self.paste(text),
            Msg::PasteTooLong => self.complain("not pasted: it is longer than 8 MiB"),
            Msg::Mouse(mouse) => self.mouse(mouse),
            Msg::Resized(size) => {
                self.model.area = Rect::new(0, 0, size.width, size.height);
                self.rearrange = true;
            }
            Msg::Focus(attended) => self.attend(attended),
            Msg::Arrived(arrival) => self.arrive(arrival),
            Msg::Lost(reason) => {
                self.model.lost = Some(reason);
                self.redraw();
            }
            Msg::Connected => self.connected(),
            Msg::Tick => self.tick(),
            Msg::History(agent, history) => self.history(agent, history),
            Msg::Explained(Ok(explanation)) => self.explained(&explanation),
            Msg::Held(Ok(messages)) => self.held(messages),
            Msg::Blueprints(Ok(blueprints)) => {
                self.model.blueprints = Some(blueprints);
                let mut overlays = std::mem::take(&mut self.model.overlays);
                overlays.iter_mut().for_each(|overlay| overlay.learn(self.model));
                self.model.overlays = overlays;
                self.redraw();
            }
            Msg::Made(text, Ok(made)) => self.made(text, &made),
            Msg::Explained(Err(why))
            | Msg::Held(Err(why))
            | Msg::Blueprints(Err(why))
            | Msg::Made(_, Err(why)) => self.complain(why),
            Msg::Saved(name, Ok(path)) => {
                self.say(format!("saved as {name} in {}; the layout picker calls it back", path.display()));
            }
            Msg::Saved(name, Err(why)) => self.complain(format!("{name} was not saved: {why}")),
        }
    }

    /// Brings everything that follows from something else in line with it.
    fn settle(&mut self) {
        if self.rearrange {
            self.refocus();
            self.model.arrange();
            self.resize_copy();
            self.redraw();
        }
        // A connection that was told nothing is told all of it.
        if self.rearrange || self.model.told.is_none() {
            self.tell_view();
        }
        self.look();
    }

    /// Everything is to be drawn anew.
    fn redraw(&mut self) {
        self.model.dirty.all = true;
    }

    /// Says something for a while.
    fn say(&mut self, text: impl Into<String>) {
        self.notice(text.into(), false);
    }

    /// Says for a while that something is wrong.
    fn complain(&mut self, text: impl Into<String>) {
        self.notice(text.into(), true);
    }

    fn notice(&mut self, text: String, bad: bool) {
        let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        let until = self.now + NOTICE_FOR.0 + NOTICE_FOR.1.saturating_mul(length.min(120));
        self.model.notice = Some(Notice { text, bad, until });
        self.redraw();
    }

    /// Time has passed: what is shown for a while goes.
    fn tick(&mut self) {
        let now = self.now;
        let model = &mut *self.model;
        let said = model.notice.take_if(|notice| notice.until <= now).is_some();
        let before = model.pulses.len();
        model.pulses.retain(|(_, until)| *until > now);
        let which_key = model.which_key_at.is_some_and(|at| at <= now);
        if which_key {
            model.which_key_at = None;
        }
        let aged = !model.overlays.is_empty() && !model.approvals.is_empty();
        if said || which_key || aged || model.pulses.len() != before {
            self.redraw();
        }
    }
}
