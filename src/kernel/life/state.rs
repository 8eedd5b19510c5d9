//! What is known of every agent's process: a fold of events.

use std::sync::Arc;

use imbl::OrdMap;
use serde::{Deserialize, Serialize};

use super::effort::Effort;
use super::{Event, Live, Phase};
use crate::domain::{AgentId, AgentState, Conversation, Run, Timestamp};

/// How many conversations are remembered of each agent.
const CONVERSATIONS: usize = 12;

/// What is known of processes. A clone shares everything with its original.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    pub(in crate::kernel) live: OrdMap<AgentId, Arc<Live>>,
    /// The conversations that each agent was in, the last one last.
    pub(in crate::kernel) conversations: OrdMap<AgentId, Vec<Conversation>>,
    /// The conversation in which an agent is to be at its next start.
    pub(in crate::kernel) resume: OrdMap<AgentId, String>,
}

impl State {
    /// Returns the conversations that an agent was in, the last one last.
    pub(in crate::kernel) fn conversations(&self, agent: AgentId) -> &[Conversation] {
        self.conversations.get(&agent).map_or(&[], Vec::as_slice)
    }

    /// Returns the newest conversation of an agent that has had a prompt.
    pub(in crate::kernel) fn last_prompted(&self, agent: AgentId) -> Option<&Conversation> {
        self.conversations(agent).iter().rfind(|known| known.prompted)
    }

    /// Begins to keep an agent.
    pub(in crate::kernel) fn add(&mut self, agent: AgentId, at: Timestamp) {
        self.live.insert(agent, Arc::new(Live::new(at)));
    }

    /// Forgets an agent.
    pub(in crate::kernel) fn forget(&mut self, agent: AgentId) {
        self.live.remove(&agent);
        self.conversations.remove(&agent);
        self.resume.remove(&agent);
    }

    /// A person broke off or denied what an agent was at.
    pub(in crate::kernel) fn broken(&mut self, agent: AgentId, at: Timestamp) {
        self.change(agent, |live| live.effort.broken(at));
    }

    /// A submitted text turns out to be what an agent's turn began with.
    pub(in crate::kernel) fn had_prompt(&mut self, agent: AgentId) {
        self.change(agent, |live| {
            if live.turn_since.is_some() {
                live.effort.had_prompt();
            }
        });
    }

    /// Folds one event in. `once` says whether the agent is started only once, and so goes on in no conversation.
    pub(in crate::kernel) fn evolve(&mut self, event: &Event, at: Timestamp, once: bool) {
        match event {
            Event::RunChanged { agent, run } => self.run_changed(*agent, *run),
            Event::Starting { agent, epoch } => {
                self.resume.remove(agent);
                self.change(*agent, |live| live.starting(*epoch, at));
            }
            Event::Started { agent, pid } => self.change(*agent, |live| {
                let (wanted, pid) = (live.run == Run::Wanted, *pid);
                live.phase = if wanted { Phase::Up { pid } } else { Phase::Stopping { pid } };
            }),
            Event::StartFailed { agent, reason } => self.change(*agent, |live| {
                live.phase = Phase::Down;
                live.enter(AgentState::Error, reason, at);
            }),
            Event::Exited { agent, exit } => {
                self.turn_seen(*agent, at);
                let can_go_on = !once && self.last_prompted(*agent).is_some();
                self.change(*agent, |live| live.exited(*exit, can_go_on, at));
            }
            Event::Observed { agent, seen, unseen } => {
                self.change(*agent, |live| live.observed(seen, *unseen, at));
            }
            Event::Looked { agent } => self.change(*agent, |live| live.unseen = false),
            Event::TurnBegan { agent, prompted } => {
                if *prompted {
                    self.prompted(*agent);
                }
                self.change(*agent, |live| live.turn_began(*prompted, at));
            }
            Event::TurnBroken { agent } => self.broken(*agent, at),
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
        }
    }

    fn change(&mut self, agent: AgentId, change: impl FnOnce(&mut Live)) {
        if let Some(live) = self.live.get_mut(&agent) {
            change(Arc::make_mut(live));
        }
    }

    fn run_changed(&mut self, agent: AgentId, run: Run) {
        self.change(agent, |live| {
            live.run = run;
            match live.phase {
                Phase::Up { pid } if run != Run::Wanted => live.phase = Phase::Stopping { pid },
                Phase::Up { .. } | Phase::Down | Phase::Starting | Phase::Stopping { .. } => {}
            }
        });
    }

    /// A turn is over, or its agent is. If it was a turn, something was said in the conversation that the agent was in.
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
        let mut known = self.conversations.get(&agent).cloned().unwrap_or_default();
        let mut conversation = conversation.clone();
        conversation.prompted |= known.iter().any(|c| c.id == conversation.id && c.prompted);
        // A turn under way began in the conversation before.
        let is_fresh = !conversation.prompted && known.last().is_none_or(|last| last.id != conversation.id);
        known.retain(|c| c.id != conversation.id);
        known.push(conversation);
        if known.len() > CONVERSATIONS {
            // The oldest in which nothing was said, or else the oldest; never the present one.
            let before = known.len() - 1;
            known.remove(known[..before].iter().position(|known| !known.prompted).unwrap_or(0));
        }
        self.conversations.insert(agent, known);
        if is_fresh {
            self.change(agent, |live| live.effort = Effort::default());
        }
    }
}
