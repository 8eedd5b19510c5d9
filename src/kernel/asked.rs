//! What of approvals is part of the state: those that are open, with how far each is, and the last that were settled.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::domain::{
    Actor, AgentId, Approval, ApprovalEnd, ApprovalId, Ask, Event, EventRecord, Observation, Timestamp,
    Verdict,
};

/// How many settled approvals are kept, so that whoever answers late is told who was first.
const SETTLED: usize = 100;

/// The approvals of a session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Approvals {
    open: BTreeMap<ApprovalId, OpenApproval>,
    settled: VecDeque<Settled>,
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
    /// Nobody but its screen told of it.
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
    /// Who answered, if somebody did from here.
    pub by: Option<Actor>,
    /// When.
    pub at: Timestamp,
    /// What became of the reason of a denial.
    #[serde(default)]
    pub note: Option<String>,
}

impl Approvals {
    /// Returns what waits for a person, the longest first.
    pub fn open(&self) -> impl Iterator<Item = &OpenApproval> {
        self.open.values()
    }

    /// Returns what an agent waits for a person with, the longest first.
    pub fn of(&self, agent: AgentId) -> impl Iterator<Item = &OpenApproval> {
        self.open.values().filter(move |open| open.approval.agent == agent)
    }

    /// Returns one that is open.
    #[must_use]
    pub fn get(&self, id: ApprovalId) -> Option<&OpenApproval> {
        self.open.get(&id)
    }

    /// Returns those that were settled last, the oldest first.
    pub fn settled(&self) -> impl Iterator<Item = &Settled> {
        self.settled.iter()
    }

    pub(super) fn next(&self) -> ApprovalId {
        ApprovalId(self.last + 1)
    }

    pub(super) fn ask(&mut self, approval: &Approval, seen: Option<&Observation>) {
        self.last = self.last.max(approval.id.0);
        let seen = seen.filter(|seen| super::asks_person(seen.state));
        let open = OpenApproval {
            approval: approval.clone(),
            seen_waiting: seen.is_some(),
            dialog: seen.and_then(|seen| seen.dialog.clone()),
            answered: None,
            trouble: None,
            choices: Vec::new(),
            by_screen: approval.ask.key.is_none() && approval.ask.is_vague(),
        };
        self.open.insert(approval.id, open);
    }

    pub(super) fn tell(&mut self, id: ApprovalId, ask: &Ask, choices: &[String], by_screen: bool) {
        self.change(id, |open| {
            open.approval.ask.clone_from(ask);
            open.choices = choices.to_vec();
            open.by_screen = by_screen;
        });
    }

    pub(super) fn observe(&mut self, agent: AgentId, seen: &Observation) {
        if super::asks_person(seen.state) {
            for open in self.open.values_mut().filter(|open| open.approval.agent == agent) {
                open.seen_waiting = true;
                open.dialog.clone_from(&seen.dialog);
            }
        }
    }

    /// Folds in what was answered, not acted on, or settled.
    pub(super) fn evolve(&mut self, record: &EventRecord) {
        match &record.event {
            Event::ApprovalAnswered { approval, verdict, by_keys, .. } => self.change(*approval, |open| {
                let (verdict, by, at) = (verdict.clone(), record.actor, record.at);
                open.answered = Some(Answered { verdict, by, at, by_keys: *by_keys });
                open.trouble = None;
            }),
            Event::ApprovalUnconfirmed { approval, reason, .. } => self.change(*approval, |open| {
                open.answered = None;
                open.trouble = Some(reason.clone());
            }),
            Event::ApprovalClosed { approval, end, note, .. } => {
                let ours = matches!(end, ApprovalEnd::Answered { .. });
                if let Some(open) = self.open.remove(approval) {
                    let by = open.answered.filter(|_| ours).map(|answered| answered.by);
                    let (at, end, note) = (record.at, end.clone(), note.clone());
                    self.settled.push_back(Settled { approval: open.approval, end, by, at, note });
                    if self.settled.len() > SETTLED {
                        self.settled.pop_front();
                    }
                } else if let Some(known) = self.settled.iter_mut().find(|s| s.approval.id == *approval) {
                    // What followed shows that it ended otherwise than it seemed.
                    (known.end, known.note) = (end.clone(), note.clone());
                    known.by = known.by.filter(|_| ours);
                }
            }
            _ => {}
        }
    }

    pub(super) fn forget(&mut self, agent: AgentId) {
        self.open.retain(|_, open| open.approval.agent != agent);
        self.settled.retain(|settled| settled.approval.agent != agent);
    }

    fn change(&mut self, id: ApprovalId, change: impl FnOnce(&mut OpenApproval)) {
        if let Some(open) = self.open.get_mut(&id) {
            change(open);
        }
    }
}
