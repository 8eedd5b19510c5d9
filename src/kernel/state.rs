//! A session's state: the fold of its events, and nothing else.
//!
//! [`State::evolve`] is the only place where it changes. It never refuses and never fails: what may happen was
//! decided before the event was made.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::domain::{
    AgentId, AgentState, Command, Durability, Event, EventRecord, Exit, Message, MessageId, Name,
    Observation, Org, Run, TeamId, Timestamp,
};

use super::SETTLE_FOR;
use crate::price::{Budgets, Day, Ledger, Place};

/// Everything the kernel knows of a session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    name: Option<Name>,
    root: PathBuf,
    org: Org,
    live: BTreeMap<AgentId, Live>,
    mail: BTreeMap<AgentId, Vec<Message>>,
    /// The plan that was followed last.
    #[serde(default)]
    plan: Vec<Command>,
    /// What was spent.
    #[serde(default)]
    ledger: Ledger,
    /// What may be spent: a person's settings, and no part of what happened.
    #[serde(skip)]
    budgets: Budgets,
    last_agent: u32,
    last_team: u32,
    last_message: u32,
    last_seq: u64,
}

/// What is known of an agent's process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// There is none.
    #[default]
    Down,
    /// It is being started.
    Starting,
    /// It runs.
    Up {
        /// Its number.
        pid: u32,
    },
    /// It was asked to end.
    Stopping {
        /// Its number.
        pid: u32,
    },
}

/// What is seen of an agent at present.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Live {
    /// Which start of the agent this is; 0 before the first.
    pub epoch: u32,
    /// Its process.
    pub phase: Phase,
    /// What it is doing, and why that is believed.
    pub seen: Observation,
    /// Since when it is in that state.
    pub since: Timestamp,
    /// When its process was last started.
    pub started_at: Option<Timestamp>,
    /// How its process last ended.
    pub exit: Option<Exit>,
    /// Whether it finished something that nobody has looked at yet.
    pub unseen: bool,
    /// The message that was typed and to which it has not reacted yet.
    pub typing: Option<Typing>,
}

/// A message on its way through an agent's input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typing {
    /// The message.
    pub message: MessageId,
    /// Whether it was submitted.
    pub submitted: bool,
    /// Whether the agent was seen busy since.
    pub answered: bool,
    /// Since when it is so.
    pub at: Timestamp,
}

impl Typing {
    /// Returns whether the next message may follow: the agent has reacted, or had its time to.
    #[must_use]
    pub fn is_settled(&self, now: Timestamp) -> bool {
        self.submitted && (self.answered || now.since(self.at) >= SETTLE_FOR)
    }
}

impl Live {
    fn new(at: Timestamp) -> Live {
        Live {
            epoch: 0,
            phase: Phase::Down,
            seen: Observation {
                state: AgentState::Stopped,
                reason: "not started yet".to_owned(),
                task: None,
                title: None,
                progress: None,
            },
            since: at,
            started_at: None,
            exit: None,
            unseen: false,
            typing: None,
        }
    }

    fn enter(&mut self, state: AgentState, reason: &str, at: Timestamp) {
        if self.seen.state != state {
            self.since = at;
        }
        self.seen = Observation { state, reason: reason.to_owned(), task: None, title: None, progress: None };
    }

    fn starting(&mut self, epoch: u32, at: Timestamp) {
        *self = Live {
            epoch,
            phase: Phase::Starting,
            started_at: Some(at),
            since: self.since,
            seen: self.seen.clone(),
            ..Live::new(at)
        };
        self.enter(AgentState::Starting, "its process is being started", at);
    }

    fn exited(&mut self, exit: Exit, wanted: bool, at: Timestamp) {
        self.phase = Phase::Down;
        self.exit = Some(exit);
        self.typing = None;
        let failed = wanted && exit != Exit::Code(0);
        self.enter(if failed { AgentState::Error } else { AgentState::Stopped }, &exit.to_string(), at);
    }

    fn observed(&mut self, seen: &Observation, unseen: bool, at: Timestamp) {
        if self.seen.state != seen.state {
            self.since = at;
        }
        if let Some(typing) = self.typing.as_mut().filter(|_| seen.state.is_busy()) {
            typing.answered = true;
        }
        self.seen.clone_from(seen);
        self.unseen = unseen;
    }

    /// Returns the number of the running process.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        match self.phase {
            Phase::Up { pid } | Phase::Stopping { pid } => Some(pid),
            Phase::Down | Phase::Starting => None,
        }
    }

    /// Returns whether keys would reach it.
    #[must_use]
    pub fn is_up(&self) -> bool {
        matches!(self.phase, Phase::Up { .. })
    }
}

impl State {
    /// Returns the session's name.
    #[must_use]
    pub fn name(&self) -> Option<&Name> {
        self.name.as_ref()
    }

    /// Returns the folder the session's agents work in.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the organisation.
    #[must_use]
    pub fn org(&self) -> &Org {
        &self.org
    }

    /// Returns what is seen of an agent.
    #[must_use]
    pub fn live(&self, agent: AgentId) -> Option<&Live> {
        self.live.get(&agent)
    }

    /// Returns the messages that wait for an agent, in the order in which they will be typed.
    #[must_use]
    pub fn mail(&self, agent: AgentId) -> &[Message] {
        self.mail.get(&agent).map_or(&[], Vec::as_slice)
    }

    /// Returns every message that waits, by agent.
    pub fn all_mail(&self) -> impl Iterator<Item = &Message> {
        self.mail.values().flatten()
    }

    /// Returns the plan that was followed last.
    #[must_use]
    pub fn plan(&self) -> &[Command] {
        &self.plan
    }

    /// Returns what was spent.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Returns what may be spent.
    #[must_use]
    pub fn budgets(&self) -> &Budgets {
        &self.budgets
    }

    pub(super) fn limit(&mut self, budgets: Budgets) {
        self.budgets = budgets;
    }

    /// Returns the number of the last event that was kept.
    #[must_use]
    pub fn last_seq(&self) -> u64 {
        self.last_seq
    }

    pub(super) fn next_agent(&self) -> AgentId {
        AgentId(self.last_agent + 1)
    }

    pub(super) fn next_team(&self) -> TeamId {
        TeamId(self.last_team + 1)
    }

    pub(super) fn next_message(&self) -> MessageId {
        MessageId(self.last_message + 1)
    }

    /// Returns the number the next event gets, if it is one that is kept.
    pub(super) fn number(&self, event: &Event) -> Option<u64> {
        (event.durability() > Durability::Ephemeral).then_some(self.last_seq + 1)
    }

    /// Folds one event in.
    pub fn evolve(&mut self, record: &EventRecord) {
        self.last_seq = record.seq.unwrap_or(self.last_seq);
        let at = record.at;
        match &record.event {
            Event::SessionOpened { name, root } => {
                self.name = Some(name.clone());
                self.root.clone_from(root);
            }
            Event::PlanFollowed { commands } => self.plan.clone_from(commands),
            Event::TeamCreated { team } => {
                self.last_team = self.last_team.max(team.id.0);
                self.org.put_team(team.clone());
            }
            Event::TeamRenamed { team, name } => self.org.change_team(*team, |t| t.name = name.clone()),
            Event::TeamRecolored { team, color } => self.org.change_team(*team, |t| t.color = *color),
            Event::TeamMoved { team, parent, rank } => {
                self.org.change_team(*team, |t| (t.parent, t.rank) = (*parent, *rank));
            }
            Event::LeadChanged { team, lead } => self.org.change_team(*team, |t| t.lead = *lead),
            Event::TeamDisbanded { team } => {
                self.org.remove_team(*team);
                self.ledger.team_is_gone(*team);
            }
            Event::AgentCreated { agent } => {
                self.last_agent = self.last_agent.max(agent.id.0);
                self.org.put_agent(agent.clone());
                self.live.insert(agent.id, Live::new(at));
            }
            Event::AgentRenamed { agent, name } => self.org.change_agent(*agent, |a| a.name = name.clone()),
            Event::AgentMoved { agent, team, rank } => {
                self.org.change_agent(*agent, |a| (a.team, a.rank) = (*team, *rank));
            }
            Event::RoleChanged { agent, role } => self.org.change_agent(*agent, |a| a.role = *role),
            Event::LaunchChanged { agent, launch } => {
                self.org.change_agent(*agent, |a| a.launch.clone_from(launch));
            }
            Event::RunChanged { agent, run } => self.run_changed(*agent, *run),
            Event::AgentDeleted { agent } => {
                self.org.remove_agent(*agent);
                self.live.remove(agent);
                self.mail.remove(agent);
                self.ledger.agent_is_gone(*agent);
            }
            Event::MessageAccepted { message } => {
                self.last_message = self.last_message.max(message.id.0);
                self.mail.entry(message.to).or_default().push(message.clone());
            }
            Event::MessageTyping { message, to } => self.typing(*to, *message, false, at),
            Event::MessageDelivered { message, to } => {
                self.take(*to, *message);
                self.typing(*to, *message, true, at);
            }
            Event::MessageDropped { message, to, .. } => self.take(*to, *message),
            Event::AgentStarting { agent, epoch } => {
                self.org.change_agent(*agent, |a| a.run = Run::Wanted);
                self.change(*agent, |live| live.starting(*epoch, at));
            }
            Event::AgentStarted { agent, pid } => {
                let wanted = self.is_wanted(*agent);
                let phase = if wanted { Phase::Up { pid: *pid } } else { Phase::Stopping { pid: *pid } };
                self.change(*agent, |live| live.phase = phase);
            }
            Event::StartFailed { agent, reason } => self.change(*agent, |live| {
                live.phase = Phase::Down;
                live.enter(AgentState::Error, reason, at);
            }),
            Event::AgentExited { agent, exit } => {
                let wanted = self.is_wanted(*agent);
                self.change(*agent, |live| live.exited(*exit, wanted, at));
            }
            Event::Observed { agent, seen, unseen } => {
                self.change(*agent, |live| live.observed(seen, *unseen, at));
            }
            Event::Looked { agent } => self.change(*agent, |live| live.unseen = false),
            Event::Used { agent, team, day, usage, estimate } => {
                let place = Place { agent: *agent, team: *team, day: Day(*day) };
                self.ledger.count(place, usage, *estimate);
            }
            Event::Pulse { .. }
            | Event::BudgetCrossed { .. }
            | Event::BroadcastOpened { .. }
            | Event::BroadcastClosed { .. } => {}
        }
    }

    fn is_wanted(&self, agent: AgentId) -> bool {
        self.org.agent(agent).is_some_and(|a| a.run == Run::Wanted)
    }

    fn change(&mut self, agent: AgentId, change: impl FnOnce(&mut Live)) {
        if let Some(live) = self.live.get_mut(&agent) {
            change(live);
        }
    }

    fn run_changed(&mut self, agent: AgentId, run: Run) {
        self.org.change_agent(agent, |a| a.run = run);
        self.change(agent, |live| match live.phase {
            Phase::Up { pid } if run != Run::Wanted => live.phase = Phase::Stopping { pid },
            Phase::Up { .. } | Phase::Down | Phase::Starting | Phase::Stopping { .. } => {}
        });
    }

    fn typing(&mut self, to: AgentId, message: MessageId, submitted: bool, at: Timestamp) {
        self.change(to, |live| live.typing = Some(Typing { message, submitted, answered: false, at }));
    }

    fn take(&mut self, to: AgentId, message: MessageId) {
        if let Some(waiting) = self.mail.get_mut(&to) {
            waiting.retain(|m| m.id != message);
            if waiting.is_empty() {
                self.mail.remove(&to);
            }
        }
        self.change(to, |live| live.typing = live.typing.filter(|t| t.message != message));
    }
}
