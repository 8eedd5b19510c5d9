//! What is so at present and belongs to no past: it lives in the kernel, not in the state.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::super::State;
use super::OpenApproval;
use crate::domain::{AgentId, Observation, Source, Timestamp};

/// A person's key this soon before an answer from here may have been the answer.
const KEYS_COUNT_FOR: Duration = Duration::from_secs(2);

/// What is so at present about what agents ask.
#[derive(Clone, Debug, Default)]
pub(in crate::kernel) struct Present {
    /// The hooks at which a program waits for an answer, each by its agent and the key of what is asked.
    hooks: BTreeSet<(AgentId, String)>,
    /// When a person last pressed a key into an agent that was asking.
    pressed: BTreeMap<AgentId, Timestamp>,
    /// The agents that lived through the daemon's own absence and were not seen since. What they asked before is still
    /// asked, for no answer could reach them meanwhile.
    unseen: BTreeSet<AgentId>,
}

impl Present {
    /// Notes that a program waits at a hook.
    pub(super) fn hook_waits(&mut self, agent: AgentId, key: String) {
        self.hooks.insert((agent, key));
    }

    /// Notes that a program no longer waits at a hook.
    pub(super) fn hook_gone(&mut self, agent: AgentId, key: &str) {
        self.hooks.remove(&(agent, key.to_owned()));
    }

    /// Returns whether a program waits at a hook.
    pub(super) fn waits_at(&self, agent: AgentId, key: &str) -> bool {
        self.hooks.contains(&(agent, key.to_owned()))
    }

    /// Notes that a person pressed a key into an agent, if it asks something.
    pub(in crate::kernel) fn key_pressed(&mut self, state: &State, agent: AgentId, now: Timestamp) {
        if state.approvals().of(agent).next().is_some() {
            self.pressed.insert(agent, now);
        }
    }

    /// Notes the agents that lived through the daemon's absence and ask something.
    pub(super) fn found_again(&mut self, agents: impl IntoIterator<Item = AgentId>) {
        self.unseen.extend(agents);
    }

    /// Returns whether an agent was not seen since the daemon was away. This observation ends that, if it says anything.
    pub(super) fn was_unseen(&mut self, agent: AgentId, seen: &Observation) -> bool {
        let unseen = self.unseen.contains(&agent);
        // Mere silence is not a sight of anything.
        if !matches!(seen.source, Some(Source::Activity | Source::Process) | None) {
            self.unseen.remove(&agent);
        }
        unseen
    }

    /// Returns whether an agent was still not seen since the daemon was away.
    pub(super) fn is_unseen(&self, agent: AgentId) -> bool {
        self.unseen.contains(&agent)
    }

    /// Stops waiting for a sight of an agent; returns whether it was waited for.
    pub(super) fn stop_waiting(&mut self, agent: AgentId) -> bool {
        self.unseen.remove(&agent)
    }

    /// Returns whether a person's key may have been the answer before the one from here.
    pub(super) fn was_pressed_before(&self, open: &OpenApproval) -> bool {
        let answered = open.answered.as_ref().map(|answered| answered.at);
        answered.zip(self.pressed.get(&open.approval.agent)).is_some_and(|(answered, pressed)| {
            *pressed >= open.approval.asked_at
                && *pressed <= answered
                && answered.since(*pressed) <= KEYS_COUNT_FOR
        })
    }

    /// Forgets an agent that is gone.
    pub(in crate::kernel) fn forget(&mut self, agent: AgentId) {
        self.hooks.retain(|(of, _)| *of != agent);
        self.pressed.remove(&agent);
        self.unseen.remove(&agent);
    }
}
