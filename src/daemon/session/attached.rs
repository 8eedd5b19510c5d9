//! What a session does with those who look on: what each has in view, and whose size a pane has.

use super::super::ClientId;
use super::super::clients;
use super::super::frames::Watch;
use super::super::pane::Order;
use super::super::request::{Attached, Colors};
use super::super::world::World;
use super::{AnswerTo, Session};
use crate::domain::{Actor, AgentId};
use crate::protocol::{BroadcastCommand, Command};
use crate::protocol::{PaneView, ServerMessage};

impl Session {
    /// Notes what a client has in view, and returns where its frames come from.
    pub(in super::super) fn look(
        &mut self,
        client: ClientId,
        panes: &[PaneView],
        cards: &[AgentId],
    ) -> Vec<(AgentId, Watch)> {
        for agent in self.clients.look(client, panes) {
            self.fit(agent);
        }
        let mut watches = Vec::new();
        for (agent, shown_as) in clients::in_view(panes, cards) {
            if self.kernel.state().org().agent(agent).is_some() {
                let slot = self.slots.entry(agent).or_default();
                // It must be watched before it is shown, so that the pane knows for whom.
                watches.push((agent, slot.frames.watch(shown_as)));
                slot.order(Order::Show);
            }
        }
        watches
    }

    /// Passes on the colours of a client's terminal, for programs that ask.
    pub(in super::super) fn recolor(&self, colors: Colors) {
        for slot in self.slots.values() {
            slot.order(Order::Colors(colors));
        }
    }

    /// Attaches a client: everything is said as it is now, and from then on what changes.
    pub(in super::super) fn attach(&mut self, wrongs: &[String]) -> Attached {
        let (client, feed) = self.clients.add();
        self.clients.chart(&self.commit.seen(&self.kernel), self.trouble.as_deref());
        if let Some(text) = self.recovered.clone() {
            self.clients.tell_one(client, &ServerMessage::Notice { text });
        }
        for text in wrongs {
            self.clients.tell_one(client, &ServerMessage::Notice { text: text.clone() });
        }
        Attached { client, feed }
    }

    /// A client is gone: its panes fall back to others' sizes, its broadcasts end.
    pub(in super::super) fn detach(&mut self, client: ClientId, world: &mut World) {
        let (panes, broadcasts) = self.clients.remove(client);
        for broadcast in broadcasts {
            self.ask(
                Actor::Person,
                Command::Broadcast(BroadcastCommand::Close { broadcast }),
                AnswerTo::Nobody,
                world,
            );
        }
        panes.into_iter().for_each(|agent| self.fit(agent));
    }

    /// Gives a pane the size of whoever typed to it last, if that differs from what it has.
    pub(in super::super) fn fit(&mut self, agent: AgentId) {
        if let Some((slot, size)) = self.slots.get_mut(&agent).zip(self.clients.size_of(agent)) {
            slot.resize(size);
        }
    }
}
