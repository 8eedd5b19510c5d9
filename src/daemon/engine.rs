//! The only loop of the daemon: take one thing that is ready, see to it, again.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::sync::{mpsc, oneshot};

use super::pane::Order;
use super::request::{Handle, Reply, Request};
use super::session::{AnswerTo, Session};
use super::slot::{Asked, Slot};
use super::view::Names;
use super::world::{Due, PaneNews, World, Written};
use super::{HistoryPlace, boot, rows, spending, view};
use crate::domain::{Actor, AgentId, AgentRef, Input as Pressed, Name, Route, Timestamp, nearest};
use crate::kernel::{Input, Kernel, Phase};
use crate::protocol::{Code, OpenedView, Problem, SessionDraft, VersionView};
use crate::protocol::{Command, OrgCommand};
use crate::pty::Place;

/// How long the last words of panes and stores may take.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Everything the daemon knows.
pub(super) struct Engine {
    pub(super) sessions: BTreeMap<Name, Session>,
    /// Sessions that are kept and could not be opened, and why.
    pub(super) unopened: BTreeMap<Name, String>,
    pub(super) world: World,
    pub(super) handle: Handle,
    pub(super) requests: mpsc::Receiver<Request>,
    pub(super) news: mpsc::Receiver<PaneNews>,
    pub(super) version: VersionView,
}

/// One thing that is ready.
enum Ready {
    Request(Request),
    News(PaneNews),
    Written(Written),
    Due(Due),
    Ended,
}

impl Engine {
    /// Runs until it is asked to end.
    pub(super) async fn run(mut self, ended: impl Future<Output = ()>) {
        let mut ended = std::pin::pin!(ended);
        loop {
            match self.select(ended.as_mut()).await {
                Ready::Request(Request::Shutdown) | Ready::Ended => break,
                Ready::Request(request) => self.request(request),
                Ready::News((session, agent, epoch, news)) => {
                    self.with(&session, |session, world| session.news(agent, epoch, news, world));
                }
                Ready::Written((session, result)) => {
                    self.with(&session, |session, world| session.written(result, world));
                    self.sessions.retain(|_, session| !session.is_stillborn());
                }
                Ready::Due(Due::OwnFiles) => self.look_at_own_files(),
                Ready::Due(Due::Flush(session)) => self.with(&session, Session::flush),
                Ready::Due(Due::Timer(session, timer)) => self.with(&session, |session, world| {
                    session.take(Input::Due(timer), AnswerTo::Nobody, world);
                }),
            }
        }
        self.end().await;
    }

    /// Tells every pane what is known of its program now.
    fn learn(&self) {
        self.sessions.values().for_each(|session| session.learn(&self.world));
    }

    /// Reads a person's own files anew if they changed, and says what is wrong with them.
    fn look_at_own_files(&mut self) {
        let before = self.world.wrongs();
        if self.world.adapters_due() {
            self.learn();
        }
        self.refresh_settings();
        let now = self.world.wrongs();
        for text in now.into_iter().filter(|text| !before.contains(text)) {
            self.sessions.values_mut().for_each(|session| session.notice(&text));
        }
    }

    /// Reads the settings anew if their file changed.
    fn refresh_settings(&mut self) {
        if self.world.refresh_settings() {
            self.sessions.values_mut().for_each(|session| session.learn_settings(&mut self.world));
        }
    }

    fn reload_adapters(&mut self) -> Result<(), Problem> {
        let reloaded = self.world.reload_adapters();
        self.learn();
        reloaded.map_err(|wrongs| {
            Problem::new(Code::Invalid, "some of your adapters are wrong and left out").cause(wrongs)
        })
    }

    async fn select(&mut self, ended: Pin<&mut impl Future<Output = ()>>) -> Ready {
        tokio::select! {
            biased;
            () = ended => Ready::Ended,
            Some(written) = self.world.commits.next() => Ready::Written(written),
            Some(request) = self.requests.recv() => Ready::Request(request),
            Some(news) = self.news.recv() => Ready::News(news),
            due = self.world.wakes.next() => Ready::Due(due),
        }
    }

    /// Does something with a session, if it is still there.
    fn with(&mut self, name: &Name, act: impl FnOnce(&mut Session, &mut World)) {
        if let Some(session) = self.sessions.get_mut(name) {
            act(session, &mut self.world);
        }
    }

    /// Answers a request from a session, or says that there is none of that name.
    fn answer<T>(
        &mut self,
        name: &Name,
        reply: Reply<T>,
        act: impl FnOnce(&mut Session, &mut World) -> Result<T, Problem>,
    ) {
        let answer = match self.sessions.get_mut(name) {
            Some(session) => act(session, &mut self.world),
            None => Err(self.no_session(name)),
        };
        // Whoever asked may have gone away meanwhile.
        drop(reply.send(answer));
    }

    fn request(&mut self, request: Request) {
        match request {
            Request::Version(reply) => drop(reply.send(self.version.clone())),
            Request::Sessions(reply) => {
                let unopened = self.unopened.iter().map(|(name, why)| view::unopened(name, why));
                let opened = self.sessions.values().map(|s| view::summary(s.seen().state()));
                drop(reply.send(opened.chain(unopened).collect()));
            }
            Request::ReloadAdapters(reply) => drop(reply.send(self.reload_adapters())),
            Request::Open(draft, reply) => self.open(*draft, reply),
            Request::Delete(name, reply) => self.delete(name, reply),
            Request::Forget(name, reply) => self.forget(&name, reply),
            Request::Down(name, reply) => match self.sessions.get_mut(&name) {
                Some(session) => session.down(reply, &mut self.world),
                None => drop(reply.send(Err(self.no_session(&name)))),
            },
            Request::Status(name, reply) => {
                self.answer(&name, reply, |s, _| Ok(view::status(&s.seen(), s.trouble())));
            }
            Request::Messages(name, to, all, reply) => self.answer(&name, reply, |s, _| {
                let to = to.map(|to| agent(s, &to)).transpose()?;
                Ok(view::messages(&s.seen(), to, all, super::clock::wall()))
            }),
            Request::Cost(name, by, reply) => {
                self.refresh_settings();
                self.answer(&name, reply, |s, world| {
                    Ok(spending::cost(s.seen().state(), by, &world.settings.prices, world.wrongs()))
                });
            }
            Request::Used(name, who, usage, reply) => self.answer(&name, reply, |s, world| {
                let id = agent(s, &who)?;
                let epoch = s.state().live(id).map_or(0, |live| live.epoch);
                s.used(id, epoch, usage, world);
                Ok(())
            }),
            Request::Message(name, id, reply) => self.answer(&name, reply, |s, _| {
                let found = view::message(&s.seen(), id, super::clock::wall());
                found.ok_or_else(|| nothing(&format!("message {id}"), "agentctl message list --all"))
            }),
            Request::Approval(name, id, reply) => self.answer(&name, reply, |s, _| {
                let found = view::approval(&s.seen(), id);
                found.ok_or_else(|| nothing(&format!("approval {id}"), "agentctl approval list"))
            }),
            Request::Hook { session, agent: who, call, ticket, answer } => {
                self.with(&session, |s, world| {
                    if let Ok(id) = agent(s, &who) {
                        s.hook(id, &call, ticket, answer, world);
                    }
                });
            }
            Request::HookGone(name, ticket) => self.with(&name, |s, world| s.hook_gone(ticket, world)),
            Request::Ask { session, actor, command, reply } => self.ask(&session, &actor, *command, reply),
            Request::Explain(name, who, reply) => self.explain(&name, &who, reply),
            Request::Text(name, who, ansi, reply) => self.text(&name, &who, ansi, reply),
            Request::History(name, who, reply) => self.answer(&name, reply, |session, world| {
                let id = agent(session, &who)?;
                let live = session.state().live(id).filter(|live| live.phase != Phase::Down);
                let folder = world.paths.agent(&session.name, id);
                let place = |epoch| {
                    Place::new(world.paths.holders(), folder.clone(), session.name.clone(), id, epoch)
                };
                let holder = live.map(|live| place(live.epoch));
                Ok(HistoryPlace { folder, holder })
            }),
            Request::Events { session, after, most, reply } => self.events(&session, after, most, reply),
            Request::Follow(name, reply) => self.answer(&name, reply, |s, _| Ok(s.follow())),
            Request::Attach(name, reply) => {
                self.answer(&name, reply, |s, world| Ok(s.attach(&world.wrongs())));
            }
            Request::Detach { session, client } => self.with(&session, |s, world| s.detach(client, world)),
            Request::View { session, client, panes, cards, reply } => {
                self.with(&session, |s, _| drop(reply.send(s.look(client, &panes, &cards))));
            }
            Request::Press { session, client, route, input } => {
                self.with(&session, |s, _| s.press(client, &route, &input));
            }
            Request::Keys(name, who, keys, reply) => self.answer(&name, reply, |s, _| {
                for key in keys {
                    s.pass_on(&Route::Direct(who.clone()), &Pressed::Key(key))?;
                }
                Ok(())
            }),
            Request::ClientAsk { session, client, id, command } => self.with(&session, |s, world| {
                s.ask(Actor::Person, *command, AnswerTo::Client(client, id), world);
            }),
            Request::Colors { session, colors } => {
                self.world.colors = Some(colors);
                self.with(&session, |s, _| s.recolor(colors));
            }
            // The loop takes this one itself.
            Request::Shutdown => {}
        }
    }

    fn ask(
        &mut self,
        name: &Name,
        who: &super::Who,
        command: Command,
        reply: Reply<crate::protocol::Answer>,
    ) {
        let Some(session) = self.sessions.get_mut(name) else {
            return drop(reply.send(Err(self.no_session(name))));
        };
        match who.actor(|agent| session.state().org().agent_named(agent).map(|a| a.id)) {
            Ok(actor) => session.ask(actor, command, AnswerTo::Caller(reply), &mut self.world),
            Err(problem) => drop(reply.send(Err(problem))),
        }
    }

    /// Makes a session as its plan says, or opens the one of that name.
    fn open(&mut self, draft: SessionDraft, reply: Reply<OpenedView>) {
        let opened = Name::new(draft.name.clone())
            .map_err(|e| Problem::new(Code::Invalid, format!("open the session: {e}")))
            .and_then(|name| self.made(&name, &draft).map(|made| (name, made)));
        let (name, made) = match opened {
            Ok(opened) => opened,
            Err(problem) => return drop(reply.send(Err(problem))),
        };
        self.with(&name, |session, world| {
            if draft.env.is_some() {
                session.env.clone_from(&draft.env);
            }
            let was_down = !made && session.is_down();
            let mut unplanned = Vec::new();
            if !draft.plan.is_empty() {
                unplanned.extend(session.kernel.unplanned(&draft.plan).into_iter().map(ToString::to_string));
                let plan = Command::Org(OrgCommand::FollowPlan { commands: draft.plan });
                if let Err(problem) = session.try_to(plan, world) {
                    return drop(reply.send(Err(problem)));
                }
            }
            let mut resumed = Vec::new();
            if draft.start {
                resumed = session.start_all(was_down, draft.conversations, world);
            }
            session.answer_opened(reply, unplanned, resumed, world);
        });
    }

    /// Makes sure that a session of this name is there; returns whether it was made just now.
    fn made(&mut self, name: &Name, draft: &SessionDraft) -> Result<bool, Problem> {
        if let Some(session) = self.sessions.get(name) {
            let root = session.state().root();
            if root != draft.root {
                let text = format!("there is a session `{name}` in another folder, {}", root.display());
                let hint =
                    "give this one another name: [session] name = \"…\" in agentctl.toml, or --session";
                return Err(Problem::new(Code::Conflict, text).hint(hint));
            }
            return Ok(false);
        }
        if !draft.root.is_dir() {
            let text = format!("the folder {} does not exist", draft.root.display());
            return Err(Problem::new(Code::Invalid, text));
        }
        rehearse(name, draft)?;
        let mut session = boot::make(&self.world.paths, name, &draft.root).map_err(|e| {
            Problem::new(Code::Storage, format!("make the session `{name}`")).cause(e.to_string())
        })?;
        session.learn_settings(&mut self.world);
        self.sessions.insert(name.clone(), session);
        self.unopened.remove(name);
        Ok(true)
    }

    fn delete(&mut self, name: Name, reply: Reply<()>) {
        let Some(session) = self.sessions.get_mut(&name) else {
            return drop(reply.send(Err(self.no_session(&name))));
        };
        let (down, is_down) = oneshot::channel();
        session.down(down, &mut self.world);
        let handle = self.handle.clone();
        tokio::spawn(async move {
            // Whatever became of the processes, the answer is what became of the session.
            drop(is_down.await);
            handle.forget(name, reply).await;
        });
    }

    /// Forgets a session; answers once its files are gone.
    fn forget(&mut self, name: &Name, reply: Reply<()>) {
        let closed = self.sessions.remove(name).map(|mut session| {
            session.say_bye("the session was deleted");
            session.close()
        });
        let folder = self.world.paths.session(name);
        tokio::spawn(async move {
            if let Some(closed) = closed {
                // What could not be written in time is removed with the rest.
                drop(tokio::time::timeout(LAST_WORDS, closed).await);
            }
            let removed = tokio::fs::remove_dir_all(&folder).await.map_err(|e| {
                Problem::new(Code::Storage, format!("the session ended, but {} remains", folder.display()))
                    .cause(e.to_string())
            });
            drop(reply.send(removed));
        });
    }

    /// Says that there is no session of this name, or why it is not open.
    fn no_session(&self, name: &Name) -> Problem {
        if let Some(why) = self.unopened.get(name) {
            return Problem::new(Code::Storage, format!("the session `{name}` could not be opened"))
                .cause(why.clone())
                .hint("it is left as it is; the next start of the daemon tries again");
        }
        let problem = Problem::new(Code::NotFound, format!("there is no session `{name}`"));
        match nearest(name.as_str(), self.sessions.keys().map(Name::as_str)) {
            Some(near) => problem.hint(format!("did you mean `{near}`?")),
            None => problem.hint("agentctl session list shows those there are"),
        }
    }

    fn explain(&mut self, name: &Name, who: &AgentRef, reply: Reply<crate::protocol::Explanation>) {
        let asked = self.sessions.get(name).ok_or_else(|| self.no_session(name)).and_then(|session| {
            let id = agent(session, who)?;
            let (order, evidence) = {
                let (tell, evidence) = oneshot::channel();
                (Order::Explain(tell), evidence)
            };
            let given = session.slots.get(&id).map_or(Asked::Gone, |slot| slot.order(order));
            let state = session.state();
            let now = super::clock::wall();
            let ended = view::no_process(state, id, now);
            Ok((view::explanation(state, id, now), ended, given, evidence))
        });
        match asked {
            Err(problem) => drop(reply.send(Err(problem))),
            Ok((explanation, ended, given, evidence)) => drop(tokio::spawn(async move {
                let evidence =
                    if given == Asked::Given { evidence.await.unwrap_or_default() } else { Vec::new() };
                drop(reply.send(Ok(view::with_evidence(explanation, ended, evidence))));
            })),
        }
    }

    fn text(&mut self, name: &Name, who: &AgentRef, ansi: bool, reply: Reply<super::PaneText>) {
        let order = |slot: &Slot, reply| slot.order(Order::Text { ansi, reply });
        let found = self.sessions.get(name).ok_or_else(|| self.no_session(name)).and_then(|session| {
            let id = agent(session, who)?;
            session.slots.get(&id).ok_or_else(|| {
                Problem::new(
                    Code::Conflict,
                    format!("`{who}` has no screen: it was not started since the daemon was"),
                )
            })
        });
        match found {
            Err(problem) => drop(reply.send(Err(problem))),
            // A pane that is gone drops the reply; the front then says that the daemon did not answer.
            Ok(slot) => drop(order(slot, reply)),
        }
    }

    fn events(&mut self, name: &Name, after: Option<u64>, most: usize, reply: Reply<Vec<serde_json::Value>>) {
        let Some(session) = self.sessions.get(name) else {
            return drop(reply.send(Err(self.no_session(name))));
        };
        let (names, kept) = (Names::of(session.seen().state()), session.events(after, most));
        tokio::spawn(async move {
            let lines =
                match kept.await {
                    Ok(found) => found
                        .and_then(|found| found.iter().map(rows::event).collect::<Result<Vec<_>, _>>())
                        .map(|records| records.iter().map(|record| names.tell(record)).collect())
                        .map_err(|e| Problem::new(Code::Storage, "read the events").cause(e.to_string())),
                    Err(_) => Err(Problem::new(Code::Internal, "read the events")
                        .cause("the session's writer has ended")),
                };
            drop(reply.send(lines));
        });
    }

    /// Writes what must outlive the daemon: every screen as it is, and every event.
    async fn end(mut self) {
        let mut words = Vec::new();
        for session in self.sessions.values_mut() {
            let farewell = session.farewell();
            session.say_bye(&farewell);
            words.push(session.last_words());
        }
        let screens: Vec<_> = self
            .sessions
            .values()
            .flat_map(|session| session.slots.values())
            .filter_map(|slot| {
                let (done, kept) = oneshot::channel();
                (slot.order(Order::Keep(done)) == Asked::Given).then_some(kept)
            })
            .collect();
        let all = futures_util::future::join(
            futures_util::future::join_all(words),
            futures_util::future::join_all(screens),
        );
        match tokio::time::timeout(LAST_WORDS, all).await {
            Ok((words, _)) => {
                for error in words.into_iter().filter_map(|word| word.ok().and_then(Result::err)) {
                    tracing::error!("the last events were not saved: {error}");
                }
            }
            Err(_) => {
                tracing::warn!("not every screen could be saved in time; the next daemon reads them anew");
            }
        }
    }
}

/// Tries a plan with a kernel that is thrown away, so that no session is made whose plan cannot be followed.
fn rehearse(name: &Name, draft: &SessionDraft) -> Result<(), Problem> {
    let (mut kernel, _) = Kernel::open(name.clone(), draft.root.clone(), Timestamp::default());
    let command = Command::Org(OrgCommand::FollowPlan { commands: draft.plan.clone() });
    let outcome = kernel.handle(Input::Asked { actor: Actor::Person, command }, Timestamp::default());
    super::answer::of(outcome.reply).map(drop)
}

fn nothing(what: &str, list: &str) -> Problem {
    Problem::new(Code::NotFound, format!("there is no {what}, or no more"))
        .hint(format!("{list} shows those there are"))
}

/// Finds the agent that is meant.
fn agent(session: &Session, who: &AgentRef) -> Result<AgentId, Problem> {
    let org = session.state().org();
    let found = match who {
        AgentRef::Id(id) => org.agent(*id),
        AgentRef::Name(name) => org.agent_named(name),
    };
    found.map(|agent| agent.id).ok_or_else(|| {
        let said = who.to_string();
        let problem = Problem::new(Code::NotFound, format!("there is no agent `{said}`"));
        match nearest(&said, org.agents().map(|a| a.name.as_str())) {
            Some(near) => problem.hint(format!("did you mean `{near}`?")),
            None => problem,
        }
    })
}
