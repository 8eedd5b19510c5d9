//! What is known of approvals: the open ones, with how far each is, and the last settled ones. A fold of their events.

use std::sync::Arc;

use imbl::{OrdMap, Vector};
use serde::{Deserialize, Serialize};

use super::Event;
use crate::domain::{
    Actor, AgentId, AgentState, Approval, ApprovalEnd, ApprovalId, Observation, Timestamp, Verdict, WaitFor,
};

/// How many settled approvals are kept, so that a late answer is told who was first.
const SETTLED: usize = 100;

/// The approvals of a session. A clone shares everything with its original.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    open: OrdMap<ApprovalId, Arc<OpenApproval>>,
    settled: Vector<Arc<Settled>>,
    last: u32,
}

/// Something that waits for a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenApproval {
    /// What is asked.
    pub approval: Approval,
    /// Whether the agent was seen waiting since it asked.
    pub seen_waiting: bool,
    /// The rule by which its dialog is on the screen, if keys are known to answer that.
    pub dialog: Option<String>,
    /// The answer that was given and on which the agent has not acted yet.
    pub answered: Option<Answered>,
    /// Why the answer before was not acted on.
    pub trouble: Option<String>,
    /// What its dialog offers, in the order in which it is shown.
    #[serde(default)]
    pub choices: Vec<String>,
    /// Only its screen told of it.
    #[serde(default)]
    pub by_screen: bool,
}

/// An answer on its way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answered {
    /// The answer.
    pub verdict: Verdict,
    /// Whose.
    pub by: Actor,
    /// When it was given.
    pub at: Timestamp,
    /// It is given by keys, which carry no reason.
    #[serde(default)]
    pub by_keys: bool,
}

/// Something that a person was asked, and how that ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settled {
    /// What was asked.
    pub approval: Approval,
    /// How it ended.
    pub end: ApprovalEnd,
    /// Who answered from here; none if it ended otherwise.
    pub by: Option<Actor>,
    /// When.
    pub at: Timestamp,
    /// What became of the reason of a denial.
    #[serde(default)]
    pub note: Option<String>,
}

impl State {
    /// Returns what waits for a person, the longest first.
    pub fn open(&self) -> impl Iterator<Item = &OpenApproval> {
        self.open.values().map(Arc::as_ref)
    }

    /// Returns what an agent waits for a person with, the longest first.
    pub fn of(&self, agent: AgentId) -> impl Iterator<Item = &OpenApproval> {
        self.open().filter(move |open| open.approval.agent == agent)
    }

    /// Returns an open approval.
    #[must_use]
    pub fn get(&self, id: ApprovalId) -> Option<&OpenApproval> {
        self.open.get(&id).map(Arc::as_ref)
    }

    /// Returns those that were settled last, the oldest first.
    pub fn settled(&self) -> impl Iterator<Item = &Settled> {
        self.settled.iter().map(Arc::as_ref)
    }

    pub(super) fn next(&self) -> ApprovalId {
        ApprovalId(self.last + 1)
    }

    /// Folds in what is seen of an agent.
    pub(in crate::kernel) fn observe(&mut self, agent: AgentId, seen: &Observation) {
        if !asks_person(seen.state) {
            return;
        }
        let asked: Vec<ApprovalId> = self.of(agent).map(|open| open.approval.id).collect();
        for id in asked {
            self.change(id, |open| {
                open.seen_waiting = true;
                open.dialog.clone_from(&seen.dialog);
            });
        }
    }

    /// Forgets an agent.
    pub(in crate::kernel) fn forget(&mut self, agent: AgentId) {
        let asked: Vec<ApprovalId> = self.of(agent).map(|open| open.approval.id).collect();
        asked.iter().for_each(|id| drop(self.open.remove(id)));
        self.settled.retain(|settled| settled.approval.agent != agent);
    }

    /// Folds one event in. `seen` is what is seen of its agent.
    pub(in crate::kernel) fn evolve(
        &mut self,
        event: &Event,
        by: Actor,
        at: Timestamp,
        seen: Option<&Observation>,
    ) {
        match event {
            Event::Asked { approval } => self.ask(approval, seen),
            Event::Told { approval, ask, choices, by_screen, .. } => self.change(*approval, |open| {
                open.approval.ask.clone_from(ask);
                open.choices.clone_from(choices);
                open.by_screen = *by_screen;
            }),
            Event::Answered { approval, verdict, by_keys, .. } => self.change(*approval, |open| {
                open.answered = Some(Answered { verdict: verdict.clone(), by, at, by_keys: *by_keys });
                open.trouble = None;
            }),
            Event::Unconfirmed { approval, reason, .. } => self.change(*approval, |open| {
                open.answered = None;
                open.trouble = Some(reason.clone());
            }),
            Event::Closed { approval, end, note, .. } => self.close(*approval, end, note.as_ref(), at),
            Event::Noted { approval, note, .. } => {
                self.change_settled(*approval, |settled| settled.note = Some(note.clone()));
            }
        }
    }

    fn ask(&mut self, approval: &Approval, seen: Option<&Observation>) {
        self.last = self.last.max(approval.id.0);
        let seen = seen.filter(|seen| asks_person(seen.state));
        let open = OpenApproval {
            approval: approval.clone(),
            seen_waiting: seen.is_some(),
            dialog: seen.and_then(|seen| seen.dialog.clone()),
            answered: None,
            trouble: None,
            choices: Vec::new(),
            by_screen: approval.ask.key.is_none() && approval.ask.is_vague(),
        };
        self.open.insert(approval.id, Arc::new(open));
    }

    fn close(&mut self, id: ApprovalId, end: &ApprovalEnd, note: Option<&String>, at: Timestamp) {
        let ours = matches!(end, ApprovalEnd::Answered { .. });
        if let Some(open) = self.open.remove(&id) {
            let by = open.answered.as_ref().filter(|_| ours).map(|answered| answered.by);
            let (approval, end, note) = (open.approval.clone(), end.clone(), note.cloned());
            self.settled.push_back(Arc::new(Settled { approval, end, by, at, note }));
            if self.settled.len() > SETTLED {
                self.settled.pop_front();
            }
            return;
        }
        // What followed shows that it ended otherwise than it seemed.
        self.change_settled(id, |known| {
            known.end.clone_from(end);
            known.note = note.cloned();
            known.by = known.by.filter(|_| ours);
        });
    }

    fn change(&mut self, id: ApprovalId, change: impl FnOnce(&mut OpenApproval)) {
        if let Some(open) = self.open.get_mut(&id) {
            change(Arc::make_mut(open));
        }
    }

    fn change_settled(&mut self, id: ApprovalId, change: impl FnOnce(&mut Settled)) {
        let place = self.settled.iter().position(|settled| settled.approval.id == id);
        if let Some(settled) = place.and_then(|place| self.settled.get_mut(place)) {
            change(Arc::make_mut(settled));
        }
    }
}

/// Returns whether an agent in this state asks a person.
pub(super) fn asks_person(state: AgentState) -> bool {
    matches!(state, AgentState::Waiting(WaitFor::Approval | WaitFor::Answer | WaitFor::Login))
}
