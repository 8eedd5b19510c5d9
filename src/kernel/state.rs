//! A session's state: the fold of its events, one part each.
//!
//! [`State::evolve`], in [`react`](super::react), is the only place where it changes. A clone shares everything with its original, so that it costs nothing.

use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::kind::Durability;
use super::{Event, Live, Phase};
use super::{approval, cost, delivery, life, org};
use crate::domain::{AgentId, Conversation, Message, MessageId, Name, Org, Run, TeamId};
use crate::price::{Budgets, Ledger};

/// One part's state, and the number of the last event that changed it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Part<T> {
    /// The number of the last kept event that may have changed it.
    changed_at: u64,
    pub(super) value: T,
}

impl<T> Part<T> {
    /// Returns the number of the last kept event that may have changed it.
    pub(super) fn changed_at(&self) -> u64 {
        self.changed_at
    }

    /// Returns the value, to be changed by the event of this number.
    pub(super) fn change(&mut self, seq: u64) -> &mut T {
        self.changed_at = seq;
        &mut self.value
    }
}

/// Everything the kernel knows of a session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    pub(super) org: Part<org::State>,
    pub(super) life: Part<life::State>,
    pub(super) delivery: Part<delivery::State>,
    pub(super) approval: Part<approval::State>,
    pub(super) cost: Part<cost::State>,
    pub(super) last_seq: u64,
}

impl State {
    /// Returns the session's name.
    #[must_use]
    pub fn name(&self) -> Option<&Name> {
        self.org.value.name.as_ref()
    }

    /// Returns the folder the session's agents work in.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.org.value.root
    }

    /// Returns the organisation.
    #[must_use]
    pub fn org(&self) -> &Org {
        &self.org.value.org
    }

    /// Returns the plan that was followed last.
    #[must_use]
    pub fn plan(&self) -> &[org::Command] {
        &self.org.value.plan
    }

    /// Returns what is seen of an agent.
    #[must_use]
    pub fn live(&self, agent: AgentId) -> Option<&Live> {
        self.life.value.live.get(&agent).map(Arc::as_ref)
    }

    /// Returns whether keys would reach an agent.
    #[must_use]
    pub fn is_up(&self, agent: AgentId) -> bool {
        self.live(agent).is_some_and(Live::is_up)
    }

    /// Returns the messages that wait for an agent, in the order in which they will be typed.
    #[must_use]
    pub fn mail(&self, agent: AgentId) -> &[Arc<Message>] {
        self.delivery.value.mail(agent)
    }

    /// Returns every message that waits, by agent.
    pub fn all_mail(&self) -> impl Iterator<Item = &Message> {
        self.delivery.value.mail.values().flatten().map(Arc::as_ref)
    }

    /// Returns the message on its way through an agent's input.
    #[must_use]
    pub fn typing(&self, agent: AgentId) -> Option<delivery::Typing> {
        self.delivery.value.typing.get(&agent).copied()
    }

    /// Returns the messages that are off the queue, the oldest first.
    pub fn finished(&self) -> impl DoubleEndedIterator<Item = &delivery::Finished> {
        self.delivery.value.finished.iter().map(Arc::as_ref)
    }

    /// Returns what agents ask.
    #[must_use]
    pub fn approvals(&self) -> &approval::State {
        &self.approval.value
    }

    /// Returns the conversations that an agent was in, the last one last.
    #[must_use]
    pub fn conversations(&self, agent: AgentId) -> &[Conversation] {
        self.life.value.conversations(agent)
    }

    /// Returns the newest conversation of an agent that has had a prompt: no other can be gone on in.
    #[must_use]
    pub fn last_prompted(&self, agent: AgentId) -> Option<&Conversation> {
        self.life.value.last_prompted(agent)
    }

    /// Returns the conversation that an agent is to go on in at its next start.
    #[must_use]
    pub fn resume_wanted(&self, agent: AgentId) -> Option<&str> {
        self.life.value.resume.get(&agent).map(String::as_str)
    }

    /// Returns whether an agent ended with its whole session, or as everything does when a machine goes down, although
    /// no person stopped it, and can go on in the conversation that it was in.
    #[must_use]
    pub fn is_resumable(&self, agent: AgentId) -> bool {
        let Some((agent, live)) = self.org().agent(agent).zip(self.live(agent)) else { return false };
        let ended = match live.run {
            Run::Wanted => live.exit.is_some_and(life::is_forced),
            Run::Down => true,
            Run::Again | Run::Stopped => false,
        };
        live.phase == Phase::Down && ended && !agent.launch.once && self.last_prompted(agent.id).is_some()
    }

    /// Returns what was spent.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.cost.value.ledger
    }

    /// Returns what may be spent.
    #[must_use]
    pub fn budgets(&self) -> &Budgets {
        &self.cost.value.budgets
    }

    /// Returns the number of the last event that was kept.
    #[must_use]
    pub fn last_seq(&self) -> u64 {
        self.last_seq
    }

    /// Numbers after this one are given from now on, since those up to it may have been shown.
    pub(super) fn skip_to(&mut self, seq: u64) {
        self.last_seq = self.last_seq.max(seq);
    }

    pub(super) fn next_agent(&self) -> AgentId {
        AgentId(self.org.value.last_agent + 1)
    }

    pub(super) fn next_team(&self) -> TeamId {
        TeamId(self.org.value.last_team + 1)
    }

    pub(super) fn next_message(&self) -> MessageId {
        MessageId(self.delivery.value.last_message + 1)
    }

    /// Returns the number the next event gets, if it is one that is kept.
    pub(super) fn number(&self, event: &Event) -> Option<u64> {
        (event.durability() > Durability::Ephemeral).then_some(self.last_seq + 1)
    }
}
