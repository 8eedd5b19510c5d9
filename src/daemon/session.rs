//! One session as the daemon runs it: its kernel, what is kept of it, its panes and whoever watches.
//!
//! An input is decided by the kernel, its events are kept, and only then are effects performed, events shown and
//! answers given. Everything here is called by the one loop; nothing here waits.

mod attached;
mod deliver;

pub(super) use deliver::new_number;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use tokio::sync::mpsc;

use super::clients::Clients;
use super::commit::{Commit, Waiting};
use super::hook::Door;
use super::pane::{News, Order};
use super::request::{Reply, Told};
use super::slot::{Asked, Slot};
use super::view::Names;
use super::world::{Due, Whose, World};
use super::{answer, clock, spending, view};
use crate::adapter::Opening;
use crate::domain::{Actor, AgentId, AgentRef, Input as Pressed, Launch, Name, Route, Signal};
use crate::kernel::{
    Durability, Effect, Event, EventRecord, Fact, Input, Kernel, Outcome, Phase, Reply as Decided, State,
    Subject, approval, cost, delivery, life, time_notice,
};
use crate::protocol::{Answer, Code, Command, LifeCommand, OpenedView, Problem, ServerMessage};
use crate::store::{Answer as StoreAnswer, Kept, Row, Rows, Store, StoreError};

/// Who waits for the answer to an input.
#[derive(Debug)]
pub(super) enum AnswerTo {
    /// Nobody.
    Nobody,
    /// A request.
    Caller(Reply<Answer>),
    /// Whoever opened the session; it is told of the agents that are not planned any more, and of those that go on.
    Opened(Reply<OpenedView>, Vec<String>, Vec<String>),
    /// A client, under the number it gave; a broadcast it opens is closed when it goes.
    Client(super::ClientId, u64),
}

/// One session.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) name: Name,
    pub(super) kernel: Kernel,
    pub(super) clients: Clients,
    pub(super) slots: HashMap<AgentId, Slot>,
    /// The environment of whoever opened the session last; its agents are started in it.
    pub(super) env: Option<Vec<(String, String)>>,
    store: Box<dyn Store>,
    commit: Commit<AnswerTo>,
    followers: Vec<mpsc::Sender<Arc<Told>>>,
    trouble: Option<String>,
    /// That its record was damaged when this daemon read it, and where the damaged one is.
    recovered: Option<String>,
    flush_asked: bool,
    backup_due: bool,
    downs: Vec<Reply<()>>,
    /// Whether it was ended as a whole, last of all.
    was_ended: bool,
    door: Door,
}

impl Session {
    /// Begins with a kernel, and with the way to its store.
    pub(super) fn new(
        name: Name,
        kernel: Kernel,
        store: Box<dyn Store>,
        commit: Commit<AnswerTo>,
    ) -> Session {
        Session {
            name,
            kernel,
            clients: Clients::default(),
            slots: HashMap::new(),
            env: None,
            store,
            commit,
            followers: Vec::new(),
            trouble: None,
            recovered: None,
            flush_asked: false,
            backup_due: false,
            downs: Vec::new(),
            was_ended: false,
            door: Door::default(),
        }
    }

    /// Has the first event kept.
    pub(super) fn begin(&mut self, first: EventRecord) {
        let outcome = Outcome { reply: Ok(Decided::Done), events: vec![first], effects: Vec::new() };
        if let Err(unkept) = self.commit.submit(Waiting { outcome, answer: AnswerTo::Nobody }) {
            self.trouble = Some(format!("cannot save: {}", unkept.error));
        }
    }

    /// Returns whether its first event could not be kept, so that it does not exist.
    pub(super) fn is_stillborn(&self) -> bool {
        self.kernel.state().name().is_none()
    }

    /// Answers with the session's page once everything decided so far is kept.
    pub(super) fn answer_opened(
        &mut self,
        reply: Reply<OpenedView>,
        unplanned: Vec<String>,
        resumed: Vec<String>,
        world: &mut World,
    ) {
        let outcome = Outcome { reply: Ok(Decided::Done), events: Vec::new(), effects: Vec::new() };
        if let Some(waiting) =
            self.commit.follow(Waiting { outcome, answer: AnswerTo::Opened(reply, unplanned, resumed) })
        {
            self.perform(waiting, world);
        }
        self.write(false, world);
    }

    /// Returns the kernel by which is said what may be shown: it knows nothing that is decided and not on disk.
    pub(super) fn seen(&self) -> Cow<'_, Kernel> {
        self.commit.seen(&self.kernel)
    }

    /// Returns what the kernel knows, on which it decides.
    pub(super) fn state(&self) -> &State {
        self.kernel.state()
    }

    /// Returns whether no agent of it runs or is about to.
    pub(super) fn is_down(&self) -> bool {
        let down = |id| self.state().live(id).is_none_or(|live| live.phase == Phase::Down);
        self.state().org().agents().all(|agent| down(agent.id))
    }

    /// Notes that something of its record was lost, and what became of it.
    pub(super) fn was_damaged(&mut self, text: String) {
        self.recovered = Some(text);
    }

    /// Returns what a person should know: what the daemon cannot do at present, or else what it had to mend.
    pub(super) fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref().or(self.recovered.as_deref())
    }

    /// Has the kernel decide on an input, and sees to what comes of it.
    pub(super) fn take(&mut self, input: Input, answer: AnswerTo, world: &mut World) {
        let outcome = self.kernel.handle(input, clock::wall());
        self.hand_over(Waiting { outcome, answer }, world);
        self.write(false, world);
    }

    /// Hands an outcome over to be kept, or performs it if it may be shown at once.
    fn hand_over(&mut self, waiting: Waiting<AnswerTo>, world: &mut World) {
        match self.commit.submit(waiting) {
            Ok(Some(waiting)) => self.perform(waiting, world),
            Ok(None) => {}
            Err(unkept) => {
                let (state, mut refused) = self.commit.shed();
                refused.push(unkept.waiting);
                self.take_back(&unkept.error, state, refused, world);
            }
        }
    }

    /// Has somebody ask for something.
    pub(super) fn ask(&mut self, actor: Actor, command: Command, answer: AnswerTo, world: &mut World) {
        if let Some(problem) = self.unknown_to_program(&command, world).or_else(|| self.cannot_keep()) {
            return self.answer(answer, Err(problem));
        }
        let command = self.spelt_out(command, world);
        self.take(Input::Asked { actor, command }, answer, world);
    }

    /// Has the daemon's owner ask for something, and returns at once why it is refused, if it is.
    pub(super) fn try_to(&mut self, command: Command, world: &mut World) -> Result<(), Problem> {
        if let Some(problem) = self.cannot_keep() {
            return Err(problem);
        }
        let outcome = self.kernel.handle(Input::Asked { actor: Actor::Person, command }, clock::wall());
        let refused = answer::of(outcome.reply.clone()).map(drop);
        self.hand_over(Waiting { outcome, answer: AnswerTo::Nobody }, world);
        self.write(false, world);
        refused
    }

    /// Passes on what a client pressed; its pane takes that client's size.
    pub(super) fn press(&mut self, client: super::ClientId, route: &Route, input: &Pressed) {
        let aimed = match route {
            Route::Executive => self.state().org().executive().map(|a| a.id),
            Route::Direct(AgentRef::Id(id)) => Some(*id),
            Route::Direct(AgentRef::Name(name)) => self.state().org().agent_named(name).map(|a| a.id),
            Route::Broadcast(_) => None,
        };
        if let Some(agent) = aimed.filter(|_| matches!(input, Pressed::Key(_) | Pressed::Paste(_)))
            && self.clients.typed(client, agent)
        {
            self.fit(agent);
        }
        if let Err(problem) = self.pass_on(route, input) {
            self.clients.tell_one(client, &ServerMessage::Refused { problem });
        }
    }

    /// Gives what was pressed to the panes that it is for. It is no command: it waits for no disk.
    pub(super) fn pass_on(&mut self, route: &Route, input: &Pressed) -> Result<(), Problem> {
        let reached = self.kernel.press(Actor::Person, route, input, clock::wall());
        for agent in reached.map_err(|refusal| answer::problem(&refusal))? {
            self.order(agent, Order::Press(input.clone()));
        }
        Ok(())
    }

    /// Takes over the budgets and prices that hold from now on.
    pub(super) fn learn_settings(&mut self, world: &mut World) {
        let budgets = cost::Fact::Budgets(world.settings.budgets.clone());
        let prices = cost::Fact::Prices(world.settings.prices.clone());
        for fact in [budgets, prices] {
            self.take(Input::Fact(fact.into()), AnswerTo::Nobody, world);
        }
    }

    /// The store has answered for the group it was given.
    pub(super) fn written(&mut self, result: Result<Kept, StoreError>, world: &mut World) {
        match result {
            Ok(Kept { unkept }) => {
                let trouble =
                    unkept.as_ref().map(|error| format!("cannot save the state as a whole: {error}"));
                if self.trouble != trouble {
                    trouble.iter().for_each(|text| tracing::error!(session = %self.name, "{text}"));
                    self.trouble = trouble;
                    self.clients.chart(&self.commit.seen(&self.kernel), self.trouble.as_deref());
                }
                for waiting in self.commit.kept(unkept.is_none()) {
                    self.backup_due |=
                        waiting.outcome.events.iter().any(|r| r.event.durability() == Durability::Durable);
                    self.perform(waiting, world);
                }
            }
            Err(error) => {
                let (state, refused) = self.commit.failed();
                self.take_back(&error, state, refused, world);
            }
        }
        self.write(false, world);
    }

    /// It is time to write what was shown and is not written yet, and to copy what changed the chart.
    pub(super) fn flush(&mut self, world: &mut World) {
        self.flush_asked = false;
        self.write(true, world);
        if std::mem::take(&mut self.backup_due) {
            world.back_up(&self.name, self.commit.confirmed());
        }
    }

    /// A pane has something to tell.
    pub(super) fn news(&mut self, agent: AgentId, epoch: u32, news: News, world: &mut World) {
        let Some(slot) = self.slots.get_mut(&agent).filter(|slot| slot.epoch == epoch) else { return };
        slot.note(&news);
        let slot_conversation = slot.conversation.clone();
        match news {
            News::HolderGone => return self.answer_downs(),
            News::Serves(answers) => {
                slot.server = Some(answers);
                return;
            }
            News::Recorded(told) => return self.recorded(agent, epoch, told, world),
            News::Bell => return self.tell(&ServerMessage::Bell { agent }),
            News::Clipboard(text) => {
                return self.tell(&ServerMessage::Clipboard { agent, text });
            }
            News::InputFull { refused } => {
                let text = format!(
                    "{} does not read its input; {refused} bytes were not given to it",
                    self.called(agent)
                );
                return self.tell(&ServerMessage::Notice { text });
            }
            News::NotDone { reason } => {
                let text = format!("{}: {reason}", self.called(agent));
                return self.tell(&ServerMessage::Notice { text });
            }
            _ => {}
        }
        let conversation = match news {
            News::Started { .. } => slot_conversation,
            _ => None,
        };
        let Some(fact) = news.fact(agent, epoch) else { return };
        self.take(Input::Fact(fact), AnswerTo::Nobody, world);
        if let Some((id, fresh)) = conversation {
            let signal = Signal::Conversation { id, transcript: None, fresh };
            self.take(Input::Fact(Fact::Signalled { agent, epoch, signal }), AnswerTo::Nobody, world);
        }
        self.answer_downs();
    }

    /// Ends every process; answers once nothing is left.
    pub(super) fn down(&mut self, reply: Reply<()>, world: &mut World) {
        self.ask(Actor::Person, Command::Life(LifeCommand::StopAll), AnswerTo::Nobody, world);
        self.was_ended = true;
        self.downs.push(reply);
        self.answer_downs();
    }

    /// Tells every pane what is known of its program now.
    pub(super) fn learn(&self, world: &World) {
        for agent in self.kernel.state().org().agents() {
            if let Some(slot) = self.slots.get(&agent.id) {
                slot.order(Order::Adapter(world.known_of(&agent.launch).0));
            }
        }
    }

    /// Tells everybody who looks.
    pub(super) fn notice(&mut self, text: &str) {
        self.tell(&ServerMessage::Notice { text: text.to_owned() });
    }

    /// Follows the events from now on.
    pub(super) fn follow(&mut self) -> mpsc::Receiver<Arc<Told>> {
        let (events, receiver) = mpsc::channel(super::request::EVENTS);
        self.followers.push(events);
        receiver
    }

    /// Asks the store for kept events.
    pub(super) fn events(&self, after: Option<u64>, most: usize) -> StoreAnswer<Vec<Row>> {
        self.store.rows(Rows { stream: None, after, most })
    }

    /// Tells every client that this is the end.
    pub(super) fn say_bye(&mut self, reason: &str) {
        self.tell(&ServerMessage::Bye { reason: reason.to_owned() });
    }

    /// Returns what is to be said when the daemon ends.
    pub(super) fn farewell(&self) -> String {
        if self.was_ended && self.is_down() {
            return format!(
                "session {} is down: its agents were stopped; agentctl up starts it again",
                self.name
            );
        }
        let goes_on = if self.is_down() { "no agent runs" } else { "the agents go on" };
        format!("the daemon ends; {goes_on}")
    }

    /// Returns what must be written before the daemon ends.
    pub(super) fn last_words(&mut self) -> StoreAnswer<Kept> {
        self.store.append(self.commit.last())
    }

    /// Ends its record; answers once nothing of it is open any more.
    pub(super) fn close(self) -> StoreAnswer<()> {
        self.store.close()
    }

    fn write(&mut self, all: bool, world: &mut World) {
        if let Some(batch) = self.commit.next(all) {
            world.await_commit(self.name.clone(), self.store.append(batch));
        } else if (self.commit.lags() || self.backup_due) && !self.flush_asked {
            self.flush_asked = true;
            world.flush_later(self.name.clone());
        }
    }

    /// Returns why nothing more can be decided at present: the disk does not keep up.
    fn cannot_keep(&self) -> Option<Problem> {
        let hint = "agents go on working meanwhile; keys reach them";
        self.commit
            .is_full()
            .then(|| Problem::new(Code::Storage, "nothing was changed: the disk does not keep up").hint(hint))
    }

    /// What could not be kept did not happen. Whoever asked for it is told so, and what is seen of the agents is
    /// folded into the state that is on disk.
    fn take_back(
        &mut self,
        error: &StoreError,
        state: State,
        refused: Vec<Waiting<AnswerTo>>,
        world: &mut World,
    ) {
        tracing::error!(session = %self.name, "cannot save: {error}");
        let problem = Problem::new(Code::Storage, "nothing was changed: it could not be saved")
            .cause(error.to_string())
            .hint("free some disk space; agents go on working meanwhile, and stop and kill end them");
        self.trouble = Some(format!("cannot save: {error}"));
        self.kernel.begin_again(state);
        for Waiting { outcome, answer } in refused {
            // What fills the disk can be ended all the same.
            let ends = |effect: &Effect| {
                matches!(effect, Effect::Life(life::Effect::Stop { .. } | life::Effect::Kill { .. }))
            };
            outcome.effects.into_iter().filter(ends).for_each(|effect| self.effect(effect, world));
            self.answer(answer, if outcome.reply.is_ok() { Err(problem.clone()) } else { Ok(Answer::Done) });
        }
        let seen: Vec<(AgentId, Vec<Fact>)> =
            self.slots.iter().map(|(id, slot)| (*id, slot.facts(*id))).collect();
        for (_, facts) in seen {
            for fact in facts {
                let outcome = self.kernel.handle(Input::Fact(fact), clock::wall());
                match self.commit.submit(Waiting { outcome, answer: AnswerTo::Nobody }) {
                    Ok(Some(waiting)) => self.perform(waiting, world),
                    Ok(None) => {}
                    Err(unkept) => tracing::error!(session = %self.name, "cannot save: {}", unkept.error),
                }
            }
        }
        self.clients.chart(&self.commit.seen(&self.kernel), self.trouble.as_deref());
    }

    /// Shows, performs and answers what was decided and kept.
    fn perform(&mut self, waiting: Waiting<AnswerTo>, world: &mut World) {
        let Waiting { outcome, answer } = waiting;
        self.show(&outcome.events);
        let mut answer = answer;
        for effect in outcome.effects {
            answer = match (effect, answer) {
                (Effect::Life(life::Effect::Interrupt { agent, force }), AnswerTo::Caller(reply)) => {
                    self.interrupt_for(agent, force, reply);
                    AnswerTo::Nobody
                }
                (effect, answer) => {
                    self.effect(effect, world);
                    answer
                }
            };
        }
        self.answer(answer, answer::of(outcome.reply));
        self.release(&outcome.events, world);
    }

    fn show(&mut self, events: &[EventRecord]) {
        if !self.followers.is_empty() {
            let names = Names::of(self.seen().state());
            for record in events {
                let told = Arc::new(Told { record: record.clone(), json: names.tell(record) });
                self.followers.retain(|follower| follower.try_send(Arc::clone(&told)).is_ok());
            }
        }
        let mut agents = BTreeSet::new();
        let (mut structure, mut asked, mut spent) = (false, false, false);
        for record in events {
            match record.event.subject() {
                Subject::Chart => structure = true,
                Subject::Agent(agent) => drop(agents.insert(agent)),
                Subject::Asked(agent) => {
                    asked = true;
                    agents.insert(agent);
                }
                Subject::Nothing => {}
            }
            if let Event::Delivery(delivery::Event::Pulse { from, to }) = record.event {
                self.tell(&ServerMessage::Pulse { from, to });
            }
            if let Event::Cost(cost::Event::Used { .. }) = record.event {
                spent = true;
            }
            let seen = self.seen();
            let state = seen.state();
            let notice = match &record.event {
                Event::Life(event) => time_notice(state, event),
                event => spending::notice(state, event),
            };
            if let Some(text) = notice {
                self.tell(&ServerMessage::Notice { text });
            }
        }
        if structure {
            self.clients.chart(&self.commit.seen(&self.kernel), self.trouble.as_deref());
        } else {
            // What can be answered, and how, follows from what is seen of whoever asks.
            let asks = |agent: &AgentId| self.seen().state().approvals().of(*agent).next().is_some();
            if asked || agents.iter().any(asks) {
                self.clients.approvals(&self.commit.seen(&self.kernel));
            }
            for agent in agents {
                self.clients.agent(&self.commit.seen(&self.kernel), agent);
            }
            if spent {
                self.clients.session(&self.commit.seen(&self.kernel), self.trouble.as_deref());
            }
        }
    }

    fn effect(&mut self, effect: Effect, world: &mut World) {
        match effect {
            Effect::Life(life::Effect::Start { agent, epoch, launch, conversation }) => {
                self.start(agent, epoch, &launch, conversation.as_deref(), world);
            }
            Effect::Life(life::Effect::Stop { agent }) => self.order(agent, Order::Stop),
            Effect::Life(life::Effect::Kill { agent }) => self.order(agent, Order::Kill),
            Effect::Life(life::Effect::Erase { agent }) => {
                let folder = world.paths.agent(&self.name, agent);
                match self.slots.remove(&agent) {
                    Some(slot) => slot.erase(folder),
                    None => world.remove_folder(folder),
                }
            }
            Effect::Delivery(delivery::Effect::Type { agent, message, text }) => {
                self.type_text(agent, message, text, world);
            }
            Effect::Delivery(delivery::Effect::Submit { agent, message }) => {
                self.submit(agent, message, world);
            }
            Effect::Delivery(delivery::Effect::Abandon { agent, message }) => {
                self.order(agent, Order::Abandon { message });
            }
            Effect::Life(life::Effect::Interrupt { agent, force }) => {
                self.order(agent, Order::Interrupt { force, reply: None });
            }
            Effect::Approval(approval::Effect::AnswerHook { agent, key, verdict }) => {
                self.answer_hook(agent, &key, &verdict, world);
            }
            Effect::Approval(approval::Effect::PressAnswer { agent, approval, dialog, verdict }) => {
                self.order(agent, Order::Answer { approval, dialog, verdict });
            }
            Effect::Wake { at, timer } => world.wake(at, Due::Timer(self.name.clone(), timer)),
        }
    }

    fn start(
        &mut self,
        agent: AgentId,
        epoch: u32,
        launch: &Launch,
        conversation: Option<&str>,
        world: &mut World,
    ) {
        self.was_ended = false;
        // A file that was changed a moment ago counts; one that is wrong was told of in the log.
        world.refresh_adapters_at_start();
        let Some(known) = self.kernel.state().org().agent(agent) else { return };
        let opening = deliver::opening(conversation);
        let id = match &opening {
            Some(Opening::New(id)) => Some((id.clone(), true)),
            Some(Opening::Resume(id)) => Some((id.clone(), false)),
            None => None,
        };
        let size = self.clients.size_of(agent);
        let whose = Whose {
            session: &self.name,
            root: self.kernel.state().root(),
            agent: known,
            env: self.env.as_deref(),
            conversation: opening,
        };
        let start = world.start(whose, epoch, launch);
        // A program that chooses its conversation itself was not told this one.
        let told = id.filter(|(id, _)| {
            start.spec.argv.iter().any(|word| word.to_string_lossy().contains(id.as_str()))
        });
        self.slots
            .entry(agent)
            .or_default()
            .begin(epoch, size, |frames, size| world.open_pane(start, frames, size));
        if let Some(slot) = self.slots.get_mut(&agent) {
            slot.conversation = told;
        }
    }

    fn order(&mut self, agent: AgentId, order: Order) {
        let Some(slot) = self.slots.get(&agent) else { return };
        if let Asked::Full = slot.order(order) {
            let text = format!("{} is overwhelmed; what was pressed is lost", self.called(agent));
            self.tell(&ServerMessage::Notice { text });
        }
    }

    fn answer(&mut self, to: AnswerTo, result: Result<Answer, Problem>) {
        match to {
            AnswerTo::Nobody => {}
            // Whoever asked may have gone away meanwhile.
            AnswerTo::Caller(reply) => drop(reply.send(result)),
            AnswerTo::Opened(reply, unplanned, resumed) => {
                let session = view::session(self.seen().state(), self.trouble());
                let resumable = self.resumable().into_iter().map(|agent| self.called(agent)).collect();
                drop(reply.send(result.map(|_| OpenedView { session, unplanned, resumed, resumable })));
            }
            AnswerTo::Client(client, id) => {
                if let Ok(Answer::Broadcast { broadcast, .. }) = &result {
                    self.clients.opened(client, *broadcast);
                }
                self.clients.tell_one(client, &ServerMessage::Answer { id, result });
            }
        }
    }

    /// Tells every client something.
    fn tell(&self, message: &ServerMessage) {
        self.clients.tell(message);
    }

    fn answer_downs(&mut self) {
        let left = |(id, slot): (&AgentId, &Slot)| {
            slot.has_holder() || self.kernel.state().live(*id).is_some_and(|live| live.phase != Phase::Down)
        };
        if !self.downs.is_empty() && !self.slots.iter().any(left) {
            self.downs.drain(..).for_each(|reply| drop(reply.send(Ok(()))));
        }
    }
}
