//! Whoever watches a session: what each is told, what each has in view, and whose size a pane takes.
//!
//! A client that lets its messages gather loses them and gets the whole chart as it then is, so a slow one costs the
//! others nothing. An agent's pane has the size of whoever typed to it last; until somebody types, of whoever came
//! first and has it in view. Everyone else sees it cropped or with room around it. A card is a look in passing: it
//! gives no pane its size.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use tokio::sync::mpsc;

use super::frames::ShownAs;
use super::request::{ClientId, FEED};
use super::view;
use crate::domain::{AgentId, BroadcastId};
use crate::kernel::Kernel;
use crate::protocol::{PaneView, ServerMessage};

/// A pane's rows and columns.
pub(super) type Extent = (u16, u16);

/// The clients of one session.
#[derive(Debug, Default)]
pub(super) struct Clients {
    clients: BTreeMap<ClientId, Client>,
    typed_last: HashMap<AgentId, ClientId>,
    last: u64,
}

#[derive(Debug)]
struct Client {
    feed: mpsc::Sender<ServerMessage>,
    /// It lost messages; the next one must be the chart.
    stale: bool,
    panes: HashMap<AgentId, Extent>,
    broadcasts: Vec<BroadcastId>,
}

/// Returns what a client shows and as what, each agent once: one that is in view as a pane is no card beside it.
pub(super) fn in_view(panes: &[PaneView], cards: &[AgentId]) -> Vec<(AgentId, ShownAs)> {
    let panes = panes.iter().map(|pane| (pane.agent, ShownAs::Pane));
    let mut known = BTreeSet::new();
    panes
        .chain(cards.iter().map(|agent| (*agent, ShownAs::Card)))
        .filter(|(id, _)| known.insert(*id))
        .collect()
}

impl Clients {
    /// Adds a client and returns what it listens to.
    pub(super) fn add(&mut self) -> (ClientId, mpsc::Receiver<ServerMessage>) {
        self.last += 1;
        let id = ClientId(self.last);
        let (feed, receiver) = mpsc::channel(FEED);
        let client = Client { feed, stale: false, panes: HashMap::new(), broadcasts: Vec::new() };
        self.clients.insert(id, client);
        (id, receiver)
    }

    /// Removes a client; returns the panes it had in view and the broadcasts it had open.
    pub(super) fn remove(&mut self, id: ClientId) -> (Vec<AgentId>, Vec<BroadcastId>) {
        self.typed_last.retain(|_, client| *client != id);
        let client = self.clients.remove(&id);
        client.map(|c| (c.panes.into_keys().collect(), c.broadcasts)).unwrap_or_default()
    }

    /// Notes what a client has in view; returns every pane whose size may have changed by that.
    pub(super) fn look(&mut self, id: ClientId, panes: &[PaneView]) -> Vec<AgentId> {
        let Some(client) = self.clients.get_mut(&id) else { return Vec::new() };
        let now = panes.iter().map(|pane| (pane.agent, (pane.rows, pane.cols))).collect();
        let before = std::mem::replace(&mut client.panes, now);
        let changed = |agent: &AgentId| before.get(agent) != client.panes.get(agent);
        before.keys().chain(client.panes.keys()).copied().filter(changed).collect()
    }

    /// Notes that a client typed to a pane; returns whether the pane's size may have changed by that.
    pub(super) fn typed(&mut self, id: ClientId, agent: AgentId) -> bool {
        self.clients.contains_key(&id) && self.typed_last.insert(agent, id) != Some(id)
    }

    /// Notes that a client opened a broadcast.
    pub(super) fn opened(&mut self, id: ClientId, broadcast: BroadcastId) {
        if let Some(client) = self.clients.get_mut(&id) {
            client.broadcasts.push(broadcast);
        }
    }

    /// Returns the size that a pane should have; none if nobody has it in view.
    pub(super) fn size_of(&self, agent: AgentId) -> Option<Extent> {
        let in_view = |client: &Client| client.panes.get(&agent).copied();
        let typist = self.typed_last.get(&agent).and_then(|id| self.clients.get(id));
        typist.and_then(in_view).or_else(|| self.clients.values().find_map(in_view))
    }

    /// Tells everyone something.
    pub(super) fn tell(&mut self, message: &ServerMessage, kernel: &Kernel, trouble: Option<&str>) {
        for client in self.clients.values_mut() {
            client.tell(message.clone(), kernel, trouble);
        }
    }

    /// Tells one client something.
    pub(super) fn tell_one(
        &mut self,
        id: ClientId,
        message: ServerMessage,
        kernel: &Kernel,
        trouble: Option<&str>,
    ) {
        if let Some(client) = self.clients.get_mut(&id) {
            client.tell(message, kernel, trouble);
        }
    }

    /// Tells everyone how an agent is now.
    pub(super) fn agent(&mut self, kernel: &Kernel, agent: AgentId, trouble: Option<&str>) {
        if !self.clients.is_empty()
            && let Some(agent) = view::agent(kernel, agent)
        {
            self.tell(&ServerMessage::Agent { agent: Box::new(agent) }, kernel, trouble);
        }
    }

    /// Tells everyone how the chart is now.
    pub(super) fn chart(&mut self, kernel: &Kernel, trouble: Option<&str>) {
        if !self.clients.is_empty() {
            let chart = Box::new(view::chart(kernel, trouble));
            self.tell(&ServerMessage::Chart { chart }, kernel, trouble);
        }
    }

    /// Tells everyone what agents ask now.
    pub(super) fn approvals(&mut self, kernel: &Kernel, trouble: Option<&str>) {
        if !self.clients.is_empty() {
            let approvals = view::approvals(kernel);
            self.tell(&ServerMessage::Approvals { approvals }, kernel, trouble);
        }
    }

    /// Tells one client how the chart is now.
    pub(super) fn chart_for(&mut self, id: ClientId, kernel: &Kernel, trouble: Option<&str>) {
        let chart = Box::new(view::chart(kernel, trouble));
        self.tell_one(id, ServerMessage::Chart { chart }, kernel, trouble);
    }
}

impl Client {
    fn tell(&mut self, message: ServerMessage, kernel: &Kernel, trouble: Option<&str>) {
        if self.stale {
            let chart = ServerMessage::Chart { chart: Box::new(view::chart(kernel, trouble)) };
            self.stale = self.feed.try_send(chart).is_err();
        }
        if !self.stale {
            self.stale = self.feed.try_send(message).is_err();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sees(clients: &mut Clients, id: ClientId, rows: u16) -> Vec<AgentId> {
        clients.look(id, &[PaneView { agent: AgentId(1), rows, cols: 80 }])
    }

    #[test]
    fn a_pane_takes_the_size_of_whoever_typed_last_and_falls_back_when_they_go() {
        let mut clients = Clients::default();
        let ((first, _feed), (second, _feed2)) = (clients.add(), clients.add());
        assert_eq!(clients.size_of(AgentId(1)), None);
        sees(&mut clients, second, 20);
        assert_eq!(clients.size_of(AgentId(1)), Some((20, 80)));
        sees(&mut clients, first, 40);
        assert_eq!(clients.size_of(AgentId(1)), Some((40, 80)), "nobody typed: whoever came first");
        assert!(clients.typed(second, AgentId(1)));
        assert!(!clients.typed(second, AgentId(1)), "nothing new");
        assert_eq!(clients.size_of(AgentId(1)), Some((20, 80)));
        assert_eq!(clients.remove(second).0, [AgentId(1)]);
        assert_eq!(clients.size_of(AgentId(1)), Some((40, 80)));
    }

    #[test]
    fn a_card_gives_its_pane_no_size_and_is_none_where_there_is_a_pane() {
        let pane = |n| PaneView { agent: AgentId(n), rows: 20, cols: 80 };
        let cards = [AgentId(2), AgentId(1), AgentId(2)];
        let shown = in_view(&[pane(1), pane(1)], &cards);
        assert_eq!(shown, [(AgentId(1), ShownAs::Pane), (AgentId(2), ShownAs::Card)]);

        let mut clients = Clients::default();
        let ((first, _feed), (second, _feed2)) = (clients.add(), clients.add());
        clients.look(first, &[pane(1)]);
        sees(&mut clients, second, 50);
        clients.typed(second, AgentId(1));
        assert_eq!(clients.size_of(AgentId(1)), Some((50, 80)));
        // Its pane becomes a card: whoever still has the pane gives it its size.
        assert_eq!(clients.look(second, &[]), [AgentId(1)]);
        assert_eq!(clients.size_of(AgentId(1)), Some((20, 80)));
        clients.look(first, &[]);
        assert_eq!(clients.size_of(AgentId(1)), None);
    }

    #[test]
    fn only_what_changed_in_a_view_is_named() {
        let mut clients = Clients::default();
        let (id, _feed) = clients.add();
        assert_eq!(sees(&mut clients, id, 20), [AgentId(1)]);
        assert_eq!(sees(&mut clients, id, 20), []);
        assert_eq!(clients.look(id, &[]), [AgentId(1)]);
    }

    #[test]
    fn a_client_that_lets_messages_gather_gets_a_fresh_chart_before_anything_else() {
        let mut clients = Clients::default();
        let (_, mut feed) = clients.add();
        let state = Kernel::restore(crate::kernel::State::default(), []);
        for _ in 0..FEED + 10 {
            clients.tell(&ServerMessage::Notice { text: "n".into() }, &state, None);
        }
        for _ in 0..FEED {
            assert!(matches!(feed.try_recv(), Ok(ServerMessage::Notice { .. })));
        }
        clients.tell(&ServerMessage::Notice { text: "last".into() }, &state, Some("cannot save"));
        let Ok(ServerMessage::Chart { chart }) = feed.try_recv() else { panic!("it is not the chart") };
        assert_eq!(chart.session.trouble.as_deref(), Some("cannot save"), "with the trouble there is");
        assert!(matches!(feed.try_recv(), Ok(ServerMessage::Notice { .. })));
    }
}
