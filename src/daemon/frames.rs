//! The newest screen of a pane, and whoever looks at it: as a pane, or in passing, as a card.
//!
//! Only the newest is held, so whoever is slow misses screens and gets no old ones. Cards are counted apart, since a
//! pane that is shown as a card alone need not be fast.

use std::sync::Arc;

use tokio::sync::watch;

use crate::terminal::{Frame, Snapshot};

/// A screen as it was at one moment of one start of an agent; another start counts its revisions anew.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Which start.
    pub epoch: u32,
    /// The screen.
    pub snapshot: Arc<Snapshot>,
}

/// What somebody has seen of a pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    epoch: u32,
    revision: u64,
}

impl Shown {
    /// Returns the frame that brings whoever has seen that much to this screen, and what they have seen then; none if
    /// there is nothing new for them.
    #[must_use]
    pub fn since(&self, seen: Option<Seen>) -> Option<(Vec<u8>, Seen)> {
        let revision = seen.filter(|seen| seen.epoch == self.epoch).map(|seen| seen.revision);
        let frame = Frame::since(&self.snapshot, revision)?;
        Some((frame.into_bytes(), Seen { epoch: self.epoch, revision: self.snapshot.revision }))
    }
}

/// As what somebody shows an agent's screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShownAs {
    /// As a pane: every change is wanted as soon as it can be had.
    Pane,
    /// As a card: a change now and then will do.
    Card,
}

/// Who looks at a pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Audience {
    /// Nobody.
    Nobody,
    /// Somebody, but only as a card.
    Cards,
    /// Somebody who shows it as a pane.
    Panes,
}

/// Where a pane puts its newest screen. Clones are the same place.
#[derive(Clone, Debug)]
pub(super) struct Frames(Arc<Place>);

#[derive(Debug)]
struct Place {
    newest: watch::Sender<Option<Shown>>,
    /// Held once more by each that shows it as a pane.
    panes: Arc<()>,
}

/// Somebody's look at a pane; it ends when this is dropped.
#[derive(Debug)]
pub struct Watch {
    screens: watch::Receiver<Option<Shown>>,
    pane: Option<Arc<()>>,
}

impl Default for Frames {
    fn default() -> Frames {
        Frames(Arc::new(Place { newest: watch::Sender::new(None), panes: Arc::new(()) }))
    }
}

impl Frames {
    /// Begins to watch. The newest screen there is counts as a change.
    pub(super) fn watch(&self, shown_as: ShownAs) -> Watch {
        let mut screens = self.0.newest.subscribe();
        screens.mark_changed();
        let pane = (shown_as == ShownAs::Pane).then(|| Arc::clone(&self.0.panes));
        Watch { screens, pane }
    }

    /// Puts the newest screen here.
    pub(super) fn show(&self, shown: Shown) {
        self.0.newest.send_replace(Some(shown));
    }

    /// Returns who looks.
    pub(super) fn audience(&self) -> Audience {
        if Arc::strong_count(&self.0.panes) > 1 {
            Audience::Panes
        } else if self.0.newest.receiver_count() > 0 {
            Audience::Cards
        } else {
            Audience::Nobody
        }
    }
}

impl Watch {
    /// Returns as what the screen is shown.
    #[must_use]
    pub fn shown_as(&self) -> ShownAs {
        if self.pane.is_some() { ShownAs::Pane } else { ShownAs::Card }
    }

    /// Waits until there is a screen that was not taken; false if there will be none.
    pub async fn changed(&mut self) -> bool {
        self.screens.changed().await.is_ok()
    }

    /// Takes the newest screen, if there is any.
    pub fn newest(&mut self) -> Option<Shown> {
        self.screens.borrow_and_update().clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_looks_counts_until_they_look_away_and_cards_count_apart() {
        let frames = Frames::default();
        assert_eq!(frames.audience(), Audience::Nobody);
        let card = frames.watch(ShownAs::Card);
        assert_eq!((frames.audience(), card.shown_as()), (Audience::Cards, ShownAs::Card));
        let pane = frames.clone().watch(ShownAs::Pane);
        assert_eq!((frames.audience(), pane.shown_as()), (Audience::Panes, ShownAs::Pane));
        drop(pane);
        assert_eq!(frames.audience(), Audience::Cards);
        drop(card);
        assert_eq!(frames.audience(), Audience::Nobody);
    }
}
