//! A session's state: the fold of its events, and nothing else.
//!
//! [`State::evolve`] is the only place where it changes. It never refuses and never fails: what may happen was
//! decided before the event was made.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::domain::{
    AgentId, AgentState, Command, Conversation, Durability, Event, EventRecord, Message, MessageId,
    MessageStatus, Name, Org, Run, TeamId, Timestamp, Verdict, cut,
};

use super::{Approvals, Effort, Live, Phase, Typing, is_forced};
use crate::price::{Budgets, Day, Ledger, Place, Prices};

/// How many messages are remembered with what became of them.
const FINISHED: usize = 200;

/// How much of each, in bytes.
const FINISHED_TEXT: usize = 4 << 10;

/// How many conversations are remembered of each agent.
const CONVERSATIONS: usize = 12;

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
    #[serde(default)]
    finished: VecDeque<Finished>,
    #[serde(default)]
    approvals: Approvals,
    /// The conversations that each agent was in, the last one last.
    #[serde(default)]
    conversations: BTreeMap<AgentId, Vec<Conversation>>,
    /// The conversation in which an agent is to be at its next start.
    #[serde(default)]
    resume: BTreeMap<AgentId, String>,
}

/// A message that is off the queue, and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finished {
    /// The message; of a long text only the beginning.
    pub message: Message,
    /// Whether that is all of its text.
    pub whole: bool,
    /// What became of it.
    pub status: MessageStatus,
    /// Since when.
    pub at: Timestamp,
    /// What is to be said about how it was submitted.
    #[serde(default)]
    pub note: Option<String>,
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

    /// Returns the messages that are off the queue, the oldest first.
    pub fn finished(&self) -> impl DoubleEndedIterator<Item = &Finished> {
        self.finished.iter()
    }

    /// Returns what agents ask.
    #[must_use]
    pub fn approvals(&self) -> &Approvals {
        &self.approvals
    }

    /// Returns the conversations that an agent was in, the last one last.
    #[must_use]
    pub fn conversations(&self, agent: AgentId) -> &[Conversation] {
        self.conversations.get(&agent).map_or(&[], Vec::as_slice)
    }

    /// Returns the newest conversation of an agent that has had a prompt: no other can be gone on in.
    #[must_use]
    pub fn last_prompted(&self, agent: AgentId) -> Option<&Conversation> {
        self.conversations(agent).iter().rfind(|known| known.prompted)
    }

    /// Returns the conversation that an agent is to go on in at its next start.
    #[must_use]
    pub fn resume_wanted(&self, agent: AgentId) -> Option<&str> {
        self.resume.get(&agent).map(String::as_str)
    }

    /// Returns whether an agent ended with its whole session, or as everything does when a machine goes down, although
    /// nobody stopped it, and can go on in the conversation that it was in.
    #[must_use]
    pub fn is_resumable(&self, agent: AgentId) -> bool {
        let Some((agent, live)) = self.org.agent(agent).zip(self.live(agent)) else { return false };
        let ended = match agent.run {
            Run::Wanted => live.exit.is_some_and(is_forced),
            Run::Down => true,
            Run::Again | Run::Stopped => false,
        };
        live.phase == Phase::Down && ended && !agent.launch.once && self.last_prompted(agent.id).is_some()
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

    pub(super) fn price(&mut self, prices: &Prices) {
        self.ledger.reprice(prices);
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
                self.conversations.remove(agent);
                self.resume.remove(agent);
                self.approvals.forget(*agent);
            }
            Event::MessageAccepted { message } => {
                self.last_message = self.last_message.max(message.id.0);
                self.mail.entry(message.to).or_default().push(message.clone());
            }
            Event::MessageTyping { .. }
            | Event::MessageHeld { .. }
            | Event::MessageDelivered { .. }
            | Event::MessageAcknowledged { .. }
            | Event::MessageUnconfirmed { .. }
            | Event::MessageNoted { .. }
            | Event::MessageExpired { .. }
            | Event::MessageDropped { .. } => self.mailed(&record.event, at),
            Event::AgentStarting { agent, epoch } => {
                self.org.change_agent(*agent, |a| a.run = Run::Wanted);
                self.resume.remove(agent);
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
                self.turn_seen(*agent, at);
                let known = self.org.agent(*agent);
                let run = known.map_or(Run::Stopped, |known| known.run);
                let once = known.is_some_and(|known| known.launch.once);
                let can_go_on = !once && self.last_prompted(*agent).is_some();
                self.change(*agent, |live| live.exited(*exit, run, can_go_on, at));
            }
            Event::Observed { agent, seen, unseen } => {
                self.change(*agent, |live| live.observed(seen, *unseen, at));
                self.approvals.observe(*agent, seen);
            }
            Event::Looked { agent } => self.change(*agent, |live| live.unseen = false),
            Event::Used { agent, team, day, usage, estimate } => {
                let place = Place { agent: *agent, team: *team, day: Day(*day) };
                self.ledger.count(place, usage, *estimate);
            }
            Event::TurnBegan { agent, prompted } => {
                if *prompted {
                    self.prompted(*agent);
                }
                self.change(*agent, |live| live.turn_began(*prompted, at));
            }
            Event::TurnBroken { agent } => self.change(*agent, |live| live.effort.broken(at)),
            Event::TurnEnded { agent, text, error } => {
                self.turn_seen(*agent, at);
                self.change(*agent, |live| {
                    if error.is_some() {
                        live.effort.broken(at);
                    }
                    live.turn_ended(text.as_deref(), at);
                });
            }
            Event::TimeLimitPassed { agent, secs, killed } => {
                self.change(*agent, |live| live.clock.passes(*secs, *killed, at));
            }
            Event::ConversationBegan { agent, conversation } => self.converse(*agent, conversation),
            Event::ResumeWanted { agent, conversation } => match conversation {
                Some(id) => drop(self.resume.insert(*agent, id.clone())),
                None => drop(self.resume.remove(agent)),
            },
            Event::ApprovalAsked { approval } => {
                self.approvals.ask(approval, self.live.get(&approval.agent).map(|live| &live.seen));
            }
            Event::ApprovalTold { approval, ask, choices, by_screen, .. } => {
                self.approvals.tell(*approval, ask, choices, *by_screen);
            }
            Event::ApprovalAnswered { agent, verdict, .. } => {
                if let Verdict::Deny { .. } = verdict {
                    self.change(*agent, |live| live.effort.broken(at));
                }
                self.approvals.evolve(record);
            }
            Event::ApprovalUnconfirmed { .. } | Event::ApprovalClosed { .. } => self.approvals.evolve(record),
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

    fn mailed(&mut self, event: &Event, at: Timestamp) {
        match event {
            Event::MessageTyping { message, to } => {
                self.change(*to, |live| live.typing = Some(Typing::begun(*message, at)));
            }
            Event::MessageHeld { message, to, .. } => self.untype(*to, *message),
            Event::MessageDelivered { message, to } => {
                self.finish(*to, *message, MessageStatus::Delivered { reason: None }, at);
                let typing = Typing { submitted: true, ..Typing::begun(*message, at) };
                self.change(*to, |live| live.typing = Some(typing));
            }
            Event::MessageAcknowledged { message, to, by } => {
                self.judge(*message, MessageStatus::Acknowledged { by: *by });
                self.change(*to, |live| {
                    if live.turn_since.is_some() {
                        live.effort.had_prompt();
                    }
                    live.typing.iter_mut().filter(|t| t.message == *message).for_each(|t| t.answered = true);
                });
            }
            Event::MessageUnconfirmed { message, .. } => {
                let reason = Some("submitted, no reaction seen".to_owned());
                self.judge(*message, MessageStatus::Delivered { reason });
            }
            Event::MessageNoted { message, to, note } => {
                // Its time to react begins anew.
                let typing = |typing: &mut Typing| typing.at = at;
                self.change(*to, |live| {
                    live.typing.iter_mut().filter(|t| t.message == *message).for_each(typing);
                });
                let over = self.finished.iter_mut().rev().find(|f| f.message.id == *message);
                over.into_iter().for_each(|finished| finished.note = Some(note.clone()));
            }
            Event::MessageExpired { message, to } => {
                self.finish(*to, *message, MessageStatus::Expired, at);
            }
            Event::MessageDropped { message, to, reason } => {
                self.finish(*to, *message, MessageStatus::Refused { reason: reason.clone() }, at);
            }
            _ => {}
        }
    }

    /// Takes a message off its queue, and remembers what became of it.
    fn finish(&mut self, to: AgentId, message: MessageId, status: MessageStatus, at: Timestamp) {
        self.untype(to, message);
        let Some(waiting) = self.mail.get_mut(&to) else { return };
        let place = waiting.iter().position(|m| m.id == message);
        let taken = place.map(|place| waiting.remove(place));
        if waiting.is_empty() {
            self.mail.remove(&to);
        }
        if let Some(mut message) = taken {
            let (text, whole) = cut(&message.text, FINISHED_TEXT);
            message.text = text.to_owned();
            self.finished.push_back(Finished { message, whole, status, at, note: None });
            if self.finished.len() > FINISHED {
                self.finished.pop_front();
            }
        }
    }

    fn judge(&mut self, message: MessageId, status: MessageStatus) {
        if let Some(finished) = self.finished.iter_mut().rev().find(|f| f.message.id == message) {
            finished.status = status;
        }
    }

    fn untype(&mut self, to: AgentId, message: MessageId) {
        self.change(to, |live| live.typing = live.typing.filter(|t| t.message != message));
    }

    /// A turn is over, or its agent is: if it was one, something was said in the conversation that it was in.
    fn turn_seen(&mut self, agent: AgentId, at: Timestamp) {
        let under_way = self.live.get(&agent).filter(|live| live.turn_since.is_some());
        if under_way.is_some_and(|live| live.effort.is_turn(at)) {
            self.prompted(agent);
        }
    }

    fn prompted(&mut self, agent: AgentId) {
        let last = self.conversations.get_mut(&agent).and_then(|known| known.last_mut());
        last.into_iter().for_each(|last| last.prompted = true);
    }

    fn converse(&mut self, agent: AgentId, conversation: &Conversation) {
        let known = self.conversations.entry(agent).or_default();
        let mut conversation = conversation.clone();
        conversation.prompted |= known.iter().any(|c| c.id == conversation.id && c.prompted);
        // Whatever is under way was begun in the one before.
        let is_fresh = !conversation.prompted && known.last().is_none_or(|last| last.id != conversation.id);
        known.retain(|c| c.id != conversation.id);
        known.push(conversation);
        if known.len() > CONVERSATIONS {
            // The oldest in which nothing was said, or else the oldest; never the one it is in.
            let before = known.len() - 1;
            known.remove(known[..before].iter().position(|known| !known.prompted).unwrap_or(0));
        }
        if is_fresh {
            self.change(agent, |live| live.effort = Effort::default());
        }
    }
}
