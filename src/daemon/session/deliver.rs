//! What a session does with messages, hooks and answers.

use tokio::sync::oneshot;

use super::super::clock;
use super::super::hook::{HookCall, Ticket};
use super::super::pane::Order;
use super::super::request::Reply;
use super::super::slot::Asked;
use super::super::world::World;
use super::{AnswerTo, Session};
use crate::adapter::{Opening, Recorded};
use crate::domain::{Actor, Agent, AgentId, AgentRef, MessageId, Signal, Usage, Verdict, clean};
use crate::kernel::{Event, EventRecord, approval, cost, delivery};
use crate::kernel::{Fact, Input};
use crate::protocol::{Answer, Code, HookAnswer, Kept, Problem};
use crate::protocol::{Command, DeliveryCommand, LifeCommand};

/// Returns how a conversation opens: the one that is meant goes on, or else a new one of a number of our making, for
/// programs that take one.
pub(super) fn opening(conversation: Option<&str>) -> Option<Opening> {
    match conversation {
        Some(id) => Some(Opening::Resume(id.to_owned())),
        None => match new_number() {
            Ok(number) => Some(Opening::New(number)),
            Err(error) => {
                tracing::error!("a conversation gets no number of ours: {error}");
                None
            }
        },
    }
}

/// Returns a new UUID, version 4, of the system's randomness.
pub(in super::super) fn new_number() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid().to_string())
}

impl Session {
    /// Returns an agent's name.
    pub(super) fn called(&self, agent: AgentId) -> String {
        self.state().org().agent(agent).map(|a| a.name.to_string()).unwrap_or_default()
    }

    /// Starts what does not run, as a session is opened that `was_down`. What can go on in its conversation is left for
    /// a person to decide on, unless they have. Returns who goes on.
    pub(in super::super) fn start_all(
        &mut self,
        was_down: bool,
        conversations: Kept,
        world: &mut World,
    ) -> Vec<String> {
        let resumable: Vec<AgentId> = self.resumable();
        let org = self.state().org();
        let starts = |agent: &AgentId| {
            let once = org.agent(*agent).is_some_and(|agent| agent.launch.once);
            if resumable.contains(agent) { conversations == Kept::Fresh } else { was_down && !once }
        };
        let anew: Vec<AgentId> = org.in_order().into_iter().filter(starts).collect();
        let mut resumed = Vec::new();
        if conversations == Kept::Resumed && !resumable.is_empty() {
            resumed.extend(resumable.into_iter().map(|agent| self.called(agent)));
            self.ask(Actor::Person, Command::Life(LifeCommand::ResumeAll), AnswerTo::Nobody, world);
        }
        for agent in anew {
            let command = Command::Life(LifeCommand::Start { agent: AgentRef::Id(agent) });
            self.ask(Actor::Person, command, AnswerTo::Nobody, world);
        }
        resumed
    }

    /// Returns who does not run and can go on in its conversation.
    pub(super) fn resumable(&self) -> Vec<AgentId> {
        let order = self.state().org().in_order();
        order.into_iter().filter(|agent| self.state().is_resumable(*agent)).collect()
    }

    fn meant(&self, agent: &AgentRef) -> Option<&Agent> {
        let org = self.state().org();
        match agent {
            AgentRef::Id(id) => org.agent(*id),
            AgentRef::Name(name) => org.agent_named(name),
        }
    }

    /// Returns why a command means nothing to an agent's program, if its adapter knows no words for it.
    pub(super) fn unknown_to_program(&self, command: &Command, world: &World) -> Option<Problem> {
        let Command::Life(LifeCommand::Resume { agent, .. }) = command else { return None };
        let agent = self.meant(agent)?;
        if world.known_of(&agent.launch).0.can_resume() {
            return None;
        }
        let name = &agent.name;
        let text = format!("agentctl does not know how `{name}` goes on in a conversation");
        Some(Problem::new(Code::Conflict, text).hint(format!("start it anew: agentctl agent restart {name}")))
    }

    /// Interrupts an agent, and tells whoever asked what became of it.
    pub(super) fn interrupt_for(&self, agent: AgentId, force: bool, reply: Reply<Answer>) {
        let (tell, told) = oneshot::channel();
        let name = self.called(agent);
        let given = self.give(agent, Order::Interrupt { force, reply: Some(tell) });
        tokio::spawn(async move {
            let done = match given {
                Asked::Given => told.await.unwrap_or(Err("it has ended")),
                Asked::Gone => Err("it has ended"),
                Asked::Full => Err("its pane has too much to do"),
            };
            let problem =
                |reason| Problem::new(Code::Conflict, format!("`{name}` was not interrupted: {reason}"));
            // Whoever asked may have gone away meanwhile.
            drop(reply.send(done.map(|()| Answer::Done).map_err(problem)));
        });
    }

    /// Puts what only a program's adapter knows into a command: the words by which it forgets its conversation.
    pub(super) fn spelt_out(&self, command: Command, world: &World) -> Command {
        let Command::Life(LifeCommand::ClearConversation { agent }) = &command else { return command };
        let adapter = self.meant(agent).map(|agent| world.known_of(&agent.launch).0);
        match adapter.as_ref().and_then(|adapter| adapter.clear()) {
            Some(text) => Command::Delivery(DeliveryCommand::Send {
                to: agent.clone(),
                text: text.to_owned(),
                now: false,
                expires_for: None,
            }),
            None => command,
        }
    }

    /// Has a pane type a message's text.
    pub(super) fn type_text(&mut self, agent: AgentId, message: MessageId, text: String, world: &mut World) {
        if self.give(agent, Order::Type { message, text }) != Asked::Given {
            let reason = "its pane has too much to do".to_owned();
            self.fact_of(agent, world, |epoch| {
                Fact::Delivery(delivery::Fact::TypeRefused { agent, epoch, message, reason })
            });
        }
    }

    /// Has a pane submit a message's text.
    pub(super) fn submit(&mut self, agent: AgentId, message: MessageId, world: &mut World) {
        if self.give(agent, Order::Submit { message }) != Asked::Given {
            let reason = "its pane has too much to do; the text was not submitted".to_owned();
            self.fact_of(agent, world, |epoch| {
                Fact::Delivery(delivery::Fact::SubmitRefused { agent, epoch, message, reason })
            });
        }
    }

    /// Takes in what a hook told, and answers it: at once, or when a person has answered what its program asks.
    pub(in super::super) fn hook(
        &mut self,
        agent: AgentId,
        call: &HookCall,
        ticket: Ticket,
        answer: oneshot::Sender<HookAnswer>,
        world: &mut World,
    ) {
        let nothing = HookAnswer::default;
        let Some(epoch) = self.state().live(agent).filter(|live| live.is_up()).map(|live| live.epoch) else {
            return drop(answer.send(nothing()));
        };
        if call.epoch.is_some_and(|told| told != epoch) {
            return drop(answer.send(nothing()));
        }
        let mut asks = None;
        for signal in call.signals() {
            // The detector judges the state by all of it; the kernel has its own use for the rest.
            self.give(agent, Order::Signal(signal.clone()));
            if let Signal::Asks(ask) = &signal {
                asks = ask.key.clone().or(asks);
            }
            match signal {
                Signal::State { .. } => {}
                Signal::Used(usage) => self.used(agent, epoch, usage, world),
                signal => {
                    let fact = Fact::Signalled { agent, epoch, signal };
                    self.take(Input::Fact(fact), AnswerTo::Nobody, world);
                }
            }
        }
        let open = |key: &String| {
            let mut keys = self.state().approvals().of(agent).map(|open| &open.approval.ask.key);
            keys.any(|open| open.as_ref() == Some(key))
        };
        match asks.filter(|key| call.may_wait() && open(key)) {
            Some(key) => {
                self.door.wait(agent, key.clone(), ticket, answer);
                self.take(
                    Input::Fact(Fact::Approval(approval::Fact::HookWaits { agent, key })),
                    AnswerTo::Nobody,
                    world,
                );
                self.clients.approvals(&self.commit.seen(&self.kernel));
            }
            None if call.statusline => {
                drop(answer.send(HookAnswer { print: Some(self.status_line(agent)) }));
            }
            None => drop(answer.send(nothing())),
        }
    }

    /// Takes in what the records of an agent's program say.
    pub(in super::super) fn recorded(
        &mut self,
        agent: AgentId,
        epoch: u32,
        told: Vec<Recorded>,
        world: &mut World,
    ) {
        for recorded in told {
            match &recorded.signal {
                Signal::State { .. }
                | Signal::Version { .. }
                | Signal::ToolCalled { .. }
                | Signal::ToolDone { .. } => {}
                Signal::Used(usage) => self.used(agent, epoch, usage.clone(), world),
                signal => {
                    let fact = Fact::Signalled { agent, epoch, signal: signal.clone() };
                    self.take(Input::Fact(fact), AnswerTo::Nobody, world);
                    self.asked_by_server(agent, signal, world);
                }
            }
            self.give(agent, Order::Recorded(Box::new(recorded)));
        }
    }

    /// A program's server asks something, or no more: whoever asks there can be answered there, as at a hook.
    fn asked_by_server(&mut self, agent: AgentId, signal: &Signal, world: &mut World) {
        let Some(slot) = self.slots.get_mut(&agent).filter(|slot| slot.server.is_some()) else { return };
        slot.note_asked(signal);
        let fact = match signal {
            Signal::Asks(ask) => {
                ask.key.clone().map(|key| Fact::Approval(approval::Fact::HookWaits { agent, key }))
            }
            Signal::AskSettled { key: Some(key) } => {
                Some(Fact::Approval(approval::Fact::HookGone { agent, key: key.clone() }))
            }
            _ => None,
        };
        if let Some(fact) = fact {
            self.take(Input::Fact(fact), AnswerTo::Nobody, world);
            self.clients.approvals(&self.commit.seen(&self.kernel));
        }
    }

    /// Puts down what an agent has used, at the prices of today.
    pub(in super::super) fn used(&mut self, agent: AgentId, epoch: u32, usage: Usage, world: &mut World) {
        let estimate = world.settings.prices.estimate(&usage);
        let day = clock::day(clock::wall());
        let fact = Fact::Cost(cost::Fact::Used { agent, epoch, usage, estimate, day });
        self.take(Input::Fact(fact), AnswerTo::Nobody, world);
    }

    /// A hook has hung up, or was answered.
    pub(in super::super) fn hook_gone(&mut self, ticket: Ticket, world: &mut World) {
        if let Some((agent, key)) = self.door.hung_up(ticket) {
            self.take(
                Input::Fact(Fact::Approval(approval::Fact::HookGone { agent, key })),
                AnswerTo::Nobody,
                world,
            );
            self.clients.approvals(&self.commit.seen(&self.kernel));
        }
    }

    /// Answers at the hooks that wait for this.
    pub(super) fn answer_hook(&mut self, agent: AgentId, key: &str, verdict: &Verdict, world: &mut World) {
        let served = self.slots.get_mut(&agent).is_some_and(|slot| slot.answer_server(key, verdict));
        let heard = self.door.let_go(agent, key, Some(verdict)) || served;
        let gone = Fact::Approval(approval::Fact::HookGone { agent, key: key.to_owned() });
        self.take(Input::Fact(gone), AnswerTo::Nobody, world);
        let asked = {
            let mut open = self.state().approvals().of(agent);
            open.find(|open| open.approval.ask.key.as_deref() == Some(key)).map(|open| open.approval.id)
        };
        if let Some(approval) = asked.filter(|_| !heard) {
            let reason = "its program had stopped waiting at the hook".to_owned();
            self.fact_of(agent, world, |epoch| {
                Fact::Approval(approval::Fact::AnswerRefused { agent, epoch, approval, reason })
            });
        }
    }

    /// Lets hooks go whose question is settled in another way.
    pub(super) fn release(&mut self, events: &[EventRecord], world: &mut World) {
        let mut gone = Vec::new();
        for record in events {
            let Event::Approval(approval::Event::Closed { approval, agent, .. }) = &record.event else {
                continue;
            };
            let mut settled = self.state().approvals().settled();
            let key = settled.find(|settled| settled.approval.id == *approval);
            gone.extend(key.and_then(|settled| Some((*agent, settled.approval.ask.key.clone()?))));
        }
        for (agent, key) in gone {
            self.door.let_go(agent, &key, None);
            self.take(
                Input::Fact(Fact::Approval(approval::Fact::HookGone { agent, key })),
                AnswerTo::Nobody,
                world,
            );
        }
    }

    fn status_line(&self, agent: AgentId) -> String {
        let org = self.state().org();
        let team = org.agent(agent).and_then(|a| a.team).and_then(|team| org.team(team));
        let team = team.map(|team| format!(" · {}", team.name)).unwrap_or_default();
        clean(&format!("{}{team} · {}", self.called(agent), self.name), 80)
    }

    fn give(&self, agent: AgentId, order: Order) -> Asked {
        self.slots.get(&agent).map_or(Asked::Gone, |slot| slot.order(order))
    }

    fn fact_of(&mut self, agent: AgentId, world: &mut World, fact: impl FnOnce(u32) -> Fact) {
        if let Some(epoch) = self.state().live(agent).map(|live| live.epoch) {
            self.take(Input::Fact(fact(epoch)), AnswerTo::Nobody, world);
        }
    }
}
