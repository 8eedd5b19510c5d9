//! The clients of a session: what each is told, what each has in view, and whose size a pane takes.
//!
//! Values go through [`Topics`]: a slow client loses those between and costs the others nothing. Answers are a client's
//! own and never lost, since no more may be asked than there is room to answer. What passes, such as a notice, is lost
//! to a client that has not taken those before. An agent's pane has the size of the client that typed to it last; until
//! one types, of the one that came first and has it in view. The others see it cropped or with room around it. A card
//! gives its pane no size.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use tokio::sync::mpsc;

use super::frames::ShownAs;
use super::request::{ClientId, Feed};
use super::topics::Topics;
use super::{clock, view};
use crate::domain::{AgentId, ApprovalId, BroadcastId, TeamId};
use crate::kernel::Kernel;
use crate::protocol::{ApprovalView, ChartOrder, PaneView, ServerMessage, Topic};

/// How many questions of one client may be unanswered.
pub const ASKS: usize = 64;

/// How many passing messages may wait for one client; those that come then are lost to it.
const PASSING: usize = 64;

/// A pane's rows and columns.
pub(super) type Extent = (u16, u16);

/// The clients of one session.
#[derive(Debug)]
pub(super) struct Clients {
    topics: Topics,
    /// What was told of what agents ask, without its age.
    approvals: BTreeMap<ApprovalId, ApprovalView>,
    clients: BTreeMap<ClientId, Client>,
    typed_last: HashMap<AgentId, ClientId>,
    last: u64,
}

#[derive(Debug)]
struct Client {
    answers: mpsc::Sender<Arc<str>>,
    passing: mpsc::Sender<Arc<str>>,
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

impl Default for Clients {
    fn default() -> Clients {
        Clients {
            topics: Topics::new(clock::wall()),
            approvals: BTreeMap::new(),
            clients: BTreeMap::new(),
            typed_last: HashMap::new(),
            last: 0,
        }
    }
}

impl Clients {
    /// Adds a client and returns what it listens to.
    pub(super) fn add(&mut self) -> (ClientId, Feed) {
        self.last += 1;
        let id = ClientId(self.last);
        // And one for the farewell.
        let (answers, answered) = mpsc::channel(ASKS + 1);
        let (passing, passed) = mpsc::channel(PASSING);
        let client = Client { answers, passing, panes: HashMap::new(), broadcasts: Vec::new() };
        self.clients.insert(id, client);
        (id, Feed { topics: self.topics.clone(), answers: answered, passing: passed })
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

    /// Tells everyone something that passes, or that it is the end.
    pub(super) fn tell(&self, message: &ServerMessage) {
        let Some(text) = text(message).filter(|_| !self.clients.is_empty()) else { return };
        for client in self.clients.values() {
            client.tell(message, Arc::clone(&text));
        }
    }

    /// Tells one client something.
    pub(super) fn tell_one(&self, id: ClientId, message: &ServerMessage) {
        if let Some((client, text)) = self.clients.get(&id).zip(text(message)) {
            client.tell(message, text);
        }
    }

    /// Says how an agent is now.
    pub(super) fn agent(&self, kernel: &Kernel, agent: AgentId) {
        if !self.clients.is_empty()
            && let Some(view) = view::agent(kernel, agent)
        {
            self.topics.set(Topic::Agent, agent.0, &view);
        }
    }

    /// Says how the session is now.
    pub(super) fn session(&self, kernel: &Kernel, trouble: Option<&str>) {
        if !self.clients.is_empty() {
            self.topics.set(Topic::Session, "", &view::session(kernel.state(), trouble));
        }
    }

    /// Says how everything is now. While there are no clients, nothing is said: the next one has it said.
    pub(super) fn chart(&mut self, kernel: &Kernel, trouble: Option<&str>) {
        if self.clients.is_empty() {
            return;
        }
        self.session(kernel, trouble);
        // A client that comes now reads how old each is from what is said now.
        self.approvals.clear();
        self.approvals(kernel);
        let chart = view::chart(kernel, trouble);
        for team in &chart.teams {
            self.topics.set(Topic::Team, team.id, team);
        }
        for agent in &chart.agents {
            self.topics.set(Topic::Agent, agent.id, agent);
        }
        let order = ChartOrder {
            teams: chart.teams.iter().map(|team| TeamId(team.id)).collect(),
            agents: chart.agents.iter().map(|agent| AgentId(agent.id)).collect(),
        };
        self.topics.set(Topic::Chart, "", &order);
        self.topics.retain(Topic::Team, order.teams.iter().map(|id| id.0));
        self.topics.retain(Topic::Agent, order.agents.iter().map(|id| id.0));
    }

    /// Says what agents ask now.
    pub(super) fn approvals(&mut self, kernel: &Kernel) {
        if self.clients.is_empty() {
            return;
        }
        let views = view::approvals(kernel);
        self.topics.retain(Topic::Approval, views.iter().map(|view| view.id));
        self.approvals.retain(|id, _| views.iter().any(|view| view.id == id.0));
        for view in views {
            // That it has waited longer is no news.
            let ageless = ApprovalView { age_ms: 0, ..view.clone() };
            if self.approvals.insert(ApprovalId(view.id), ageless.clone()) != Some(ageless) {
                self.topics.set(Topic::Approval, view.id, &view);
            }
        }
    }
}

impl Client {
    fn tell(&self, message: &ServerMessage, text: Arc<str>) {
        let (place, lost) = match message {
            // No more is asked than there is room for; a client that asks all the same loses by it.
            ServerMessage::Answer { .. } | ServerMessage::Bye { .. } => (&self.answers, "an answer"),
            _ => (&self.passing, "a notice"),
        };
        if place.try_send(text).is_err() {
            tracing::debug!("a client does not take what it is told; it lost {lost}");
        }
    }
}

/// Returns a message as it is said.
fn text(message: &ServerMessage) -> Option<Arc<str>> {
    match serde_json::to_string(message) {
        Ok(text) => Some(text.into()),
        Err(error) => {
            tracing::error!("a message cannot be told: {error}");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Answer;

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
        assert_eq!(clients.size_of(AgentId(1)), Some((40, 80)), "no client typed: the first one has it");
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
    fn a_client_that_takes_nothing_loses_what_passes_and_no_answer() {
        let mut clients = Clients::default();
        let (id, mut feed) = clients.add();
        for n in 0..ASKS as u64 {
            for _ in 0..PASSING {
                clients.tell(&ServerMessage::Notice { text: "n".into() });
            }
            clients.tell_one(id, &ServerMessage::Answer { id: n, result: Ok(Answer::Done) });
        }
        clients.tell(&ServerMessage::Bye { reason: "the end".into() });
        let heard = std::iter::from_fn(|| feed.answers.try_recv().ok());
        let heard: Vec<ServerMessage> = heard.map(|text| serde_json::from_str(&text).unwrap()).collect();
        assert_eq!(heard.len(), ASKS + 1);
        for (n, answer) in (0..).zip(&heard[..ASKS]) {
            assert_eq!(*answer, ServerMessage::Answer { id: n, result: Ok(Answer::Done) });
        }
        assert_eq!(heard[ASKS], ServerMessage::Bye { reason: "the end".into() });
        assert_eq!(std::iter::from_fn(|| feed.passing.try_recv().ok()).count(), PASSING);
    }
}
