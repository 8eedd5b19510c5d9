//! An agent's place in its session: the pane it has now, through all its starts.

use std::collections::BTreeSet;
use std::path::PathBuf;

use tokio::sync::mpsc;

use super::clients::Extent;
use super::frames::Frames;
use super::pane::{News, Order};
use super::records::Answered;
use crate::domain::{AgentId, Exit, Observation, Signal, Verdict};
use crate::kernel::{Fact, life};

/// The size of a pane that nobody has looked at yet: rows and columns.
const FIRST_SIZE: Extent = (24, 80);

/// The most questions of a program's server that are remembered.
const ASKED: usize = 64;

/// What became of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// It was given.
    Given,
    /// There is no pane to give it to.
    Gone,
    /// The pane has too many waiting.
    Full,
}

/// An agent's place.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) epoch: u32,
    pub(super) frames: Frames,
    /// The conversation that its program was told to be in, and whether that begins with it.
    pub(super) conversation: Option<(String, bool)>,
    /// Where its program's server takes answers, and what it asks there.
    pub(super) server: Option<mpsc::Sender<Answered>>,
    pub(super) asked: BTreeSet<String>,
    orders: Option<mpsc::Sender<Order>>,
    has_holder: bool,
    size: Extent,
    pid: Option<u32>,
    failed: Option<String>,
    exit: Option<Exit>,
    seen: Option<Observation>,
    /// What became of the message that was typed last.
    typed: Option<News>,
}

impl Default for Slot {
    fn default() -> Slot {
        Slot {
            epoch: 0,
            frames: Frames::default(),
            conversation: None,
            server: None,
            asked: BTreeSet::new(),
            orders: None,
            has_holder: false,
            size: FIRST_SIZE,
            pid: None,
            failed: None,
            exit: None,
            seen: None,
            typed: None,
        }
    }
}

impl Slot {
    /// Puts a new pane here, in the size that is wanted or else the one it had.
    pub(super) fn begin(
        &mut self,
        epoch: u32,
        size: Option<Extent>,
        open: impl FnOnce(Frames, Extent) -> mpsc::Sender<Order>,
    ) {
        let size = size.unwrap_or(self.size);
        let orders = open(self.frames.clone(), size);
        *self = Slot {
            epoch,
            size,
            has_holder: true,
            orders: Some(orders),
            frames: self.frames.clone(),
            ..Slot::default()
        };
    }

    /// Notes what its program's server tells of questions: only those it asks there can be answered there.
    pub(super) fn note_asked(&mut self, signal: &Signal) {
        match signal {
            Signal::Asks(ask) if self.server.is_some() && self.asked.len() < ASKED => {
                self.asked.extend(ask.key.clone());
            }
            Signal::AskSettled { key: Some(key) } => drop(self.asked.remove(key)),
            Signal::AskSettled { key: None } => self.asked.clear(),
            _ => {}
        }
    }

    /// Gives its program's server an answer; returns whether the question was asked there.
    pub(super) fn answer_server(&mut self, key: &str, verdict: &Verdict) -> bool {
        let server = self.server.as_ref().filter(|_| self.asked.contains(key));
        server.is_some_and(|server| server.try_send((key.to_owned(), verdict.clone())).is_ok())
    }

    /// Gives the pane an order.
    pub(super) fn order(&self, order: Order) -> Asked {
        let Some(orders) = &self.orders else { return Asked::Gone };
        match orders.try_send(order) {
            Ok(()) => Asked::Given,
            Err(mpsc::error::TrySendError::Full(_)) => Asked::Full,
            Err(mpsc::error::TrySendError::Closed(_)) => Asked::Gone,
        }
    }

    /// Gives the pane a size, if it has another one.
    pub(super) fn resize(&mut self, size: Extent) {
        if size != self.size && self.order(Order::Resize(size)) != Asked::Full {
            self.size = size;
        }
    }

    /// Ends the agent's process tree, and removes what is kept of it once nothing writes there any more.
    pub(super) fn erase(self, folder: PathBuf) {
        if let Some(orders) = self.orders {
            // It must arrive even where the pane is overwhelmed.
            tokio::spawn(async move { drop(orders.send(Order::Erase(folder)).await) });
        }
    }

    /// Returns whether a holder may still be there.
    pub(super) fn has_holder(&self) -> bool {
        self.has_holder
    }

    /// Remembers what a pane told, so that it can be told again to a kernel that had to begin anew.
    pub(super) fn note(&mut self, news: &News) {
        match news {
            News::Started { pid } => self.pid = Some(*pid),
            News::Failed { reason } => self.failed = Some(reason.clone()),
            News::Exited(exit) => self.exit = Some(*exit),
            News::Observed(seen) => self.seen = Some(seen.clone()),
            News::HolderGone => self.has_holder = false,
            News::Typed { .. } => self.typed = None,
            News::Submitted { .. } | News::SubmitRefused { .. } | News::TypeRefused { .. } => {
                self.typed = Some(news.clone());
            }
            News::Bell
            | News::Recorded(_)
            | News::Serves(_)
            | News::Clipboard(_)
            | News::InputFull { .. }
            | News::Shows { .. }
            | News::AnswerRefused { .. }
            | News::Noted { .. }
            | News::NotDone { .. } => {}
        }
    }

    /// Returns everything its pane told of this start, in order.
    pub(super) fn facts(&self, agent: AgentId) -> Vec<Fact> {
        let epoch = self.epoch;
        let started = self.pid.map(|pid| Fact::Life(life::Fact::Started { agent, epoch, pid }));
        let failed =
            self.failed.clone().map(|reason| Fact::Life(life::Fact::StartFailed { agent, epoch, reason }));
        let seen = self.seen.clone().map(|seen| Fact::Life(life::Fact::Observed { agent, epoch, seen }));
        let exited = self.exit.map(|exit| Fact::Life(life::Fact::Exited { agent, epoch, exit }));
        let typed = self.typed.clone().and_then(|news| news.fact(agent, epoch));
        [started, failed, typed, seen, exited].into_iter().flatten().collect()
    }
}
