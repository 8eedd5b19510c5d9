//! What fronts ask of the daemon, and the handle through which they ask.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

use super::frames::Watch;
use super::hook::{HookCall, Ticket};
use super::pane::PaneText;
use super::topics::Topics;
use crate::config::Paths;
use crate::domain::{
    Actor, AgentId, AgentRef, ApprovalId, Input, Key, Launch, MessageId, Name, Route, Usage,
};
use crate::kernel::EventRecord;
use crate::protocol::Command;
use crate::protocol::{
    AgentDraft, Answer, ApprovalView, BlueprintView, Code, CostBy, CostView, Explanation, HookAnswer,
    MessageView, OpenedView, PaneView, Problem, SessionDraft, SessionSummary, StatusView, VersionView,
};

/// How many requests may wait for the loop; beyond that, whoever asks waits.
pub(super) const REQUESTS: usize = 1024;

/// How many events may wait for one follower; one that lets more gather is cut off, and may ask again from the
/// last one it saw.
pub(super) const EVENTS: usize = 4096;

/// A client that shows a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientId(pub(super) u64);

/// What a front asks of the daemon.
#[derive(Debug)]
pub(super) enum Request {
    Version(oneshot::Sender<VersionView>),
    Sessions(oneshot::Sender<Vec<SessionSummary>>),
    ReloadAdapters(Reply<()>),
    Open(Box<SessionDraft>, Reply<OpenedView>),
    Delete(Name, Reply<()>),
    /// The second half of deleting: nothing runs any more.
    Forget(Name, Reply<()>),
    Down(Name, Reply<()>),
    Status(Name, Reply<StatusView>),
    Cost(Name, CostBy, Reply<CostView>),
    Used(Name, AgentRef, Usage, Reply<()>),
    Messages(Name, Option<AgentRef>, bool, Reply<Vec<MessageView>>),
    Message(Name, MessageId, Reply<MessageView>),
    Approval(Name, ApprovalId, Reply<ApprovalView>),
    Hook {
        session: Name,
        agent: AgentRef,
        call: Box<HookCall>,
        ticket: Ticket,
        answer: oneshot::Sender<HookAnswer>,
    },
    HookGone(Name, Ticket),
    Ask {
        session: Name,
        actor: Who,
        command: Box<Command>,
        reply: Reply<Answer>,
    },
    Explain(Name, AgentRef, Reply<Explanation>),
    Text(Name, AgentRef, bool, Reply<PaneText>),
    History(Name, AgentRef, Reply<HistoryPlace>),
    Events {
        session: Name,
        after: Option<u64>,
        most: usize,
        reply: Reply<Vec<Value>>,
    },
    Follow(Name, Reply<mpsc::Receiver<Arc<Told>>>),
    Attach(Name, Reply<Attached>),
    Detach {
        session: Name,
        client: ClientId,
    },
    View {
        session: Name,
        client: ClientId,
        panes: Vec<PaneView>,
        cards: Vec<AgentId>,
        reply: oneshot::Sender<Vec<(AgentId, Watch)>>,
    },
    Press {
        session: Name,
        client: ClientId,
        route: Route,
        input: Input,
    },
    Keys(Name, AgentRef, Vec<Key>, Reply<()>),
    ClientAsk {
        session: Name,
        client: ClientId,
        id: u64,
        command: Box<Command>,
    },
    Colors {
        session: Name,
        colors: Colors,
    },
    Shutdown,
}

/// The colours of a client's own terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colors {
    /// Of text: red, green, blue.
    pub foreground: (u8, u8, u8),
    /// Behind text.
    pub background: (u8, u8, u8),
}

/// Who asks, as the front knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// A person or a script.
    Person,
    /// The agent of this name.
    Agent(String),
}

impl Who {
    pub(super) fn actor(&self, find: impl Fn(&str) -> Option<AgentId>) -> Result<Actor, Problem> {
        match self {
            Who::Person => Ok(Actor::Person),
            Who::Agent(name) => find(name).map(Actor::Agent).ok_or_else(|| {
                Problem::new(Code::NotFound, format!("there is no agent `{name}` to send this"))
            }),
        }
    }
}

/// An event as it happened, and as it is told: its time as people read it, and beside every identity the name.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// As it happened.
    pub record: EventRecord,
    /// As it is told.
    pub json: Value,
}

/// Where an agent's output is kept, and which holder has the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryPlace {
    /// Its folder.
    pub folder: std::path::PathBuf,
    /// Where its holder is, if it runs.
    pub holder: Option<crate::pty::Place>,
}

/// What a client that attached gets.
#[derive(Debug)]
pub struct Attached {
    /// Its number.
    pub client: ClientId,
    /// What it listens to.
    pub feed: Feed,
}

/// What a client listens to: messages as they are said.
#[derive(Debug)]
pub struct Feed {
    /// The session's values.
    pub topics: Topics,
    /// What it asked is answered, and last of all the farewell.
    pub answers: mpsc::Receiver<Arc<str>>,
    /// What passes.
    pub passing: mpsc::Receiver<Arc<str>>,
}

pub(super) type Reply<T> = oneshot::Sender<Result<T, Problem>>;

/// The way to the daemon's loop, for every front. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Handle {
    requests: mpsc::Sender<Request>,
    paths: Arc<Paths>,
}

macro_rules! ask {
    ($(#[$doc:meta])* $name:ident($($arg:ident: $type:ty),*) -> $answer:ty, |$reply:ident| $request:expr) => {
        $(#[$doc])*
        ///
        /// # Errors
        /// If the daemon refuses or is ending.
        pub async fn $name(&self, $($arg: $type),*) -> Result<$answer, Problem> {
            let ($reply, answer) = oneshot::channel();
            self.give($request).await?;
            answer.await.map_err(|_| ending())?
        }
    };
}

impl Handle {
    pub(super) fn new(requests: mpsc::Sender<Request>, paths: Arc<Paths>) -> Handle {
        Handle { requests, paths }
    }

    /// Returns how an agent that somebody asks for is started, and what of its blueprint its program cannot be told.
    ///
    /// # Errors
    /// If the session, the blueprint or its program is not known or not to be used.
    pub async fn launch(&self, session: Name, draft: AgentDraft) -> Result<(Launch, Vec<String>), Problem> {
        let root = match draft.blueprint {
            Some(_) => self.status(session).await?.session.root,
            None => std::path::PathBuf::new(),
        };
        let paths = Arc::clone(&self.paths);
        // Folders are read, which must not hold up the loop.
        let made = tokio::task::spawn_blocking(move || super::blueprint::launch(&paths, &root, draft)).await;
        made.unwrap_or_else(|e| {
            Err(Problem::new(Code::Internal, "the blueprint was not read").cause(e.to_string()))
        })
    }

    /// Returns every blueprint that is found in a session.
    ///
    /// # Errors
    /// If the session is not known, or a folder cannot be read.
    pub async fn blueprints(&self, session: Name) -> Result<Vec<BlueprintView>, Problem> {
        let root = self.status(session).await?.session.root;
        let paths = Arc::clone(&self.paths);
        let read = tokio::task::spawn_blocking(move || super::blueprint::list(&paths, &root)).await;
        read.unwrap_or_else(|e| {
            Err(Problem::new(Code::Internal, "the blueprints were not read").cause(e.to_string()))
        })
    }

    async fn give(&self, request: Request) -> Result<(), Problem> {
        self.requests.send(request).await.map_err(|_| ending())
    }

    /// Returns which daemon this is.
    ///
    /// # Errors
    /// If it is ending.
    pub async fn version(&self) -> Result<VersionView, Problem> {
        let (reply, answer) = oneshot::channel();
        self.give(Request::Version(reply)).await?;
        answer.await.map_err(|_| ending())
    }

    /// Returns every session.
    ///
    /// # Errors
    /// If the daemon is ending.
    pub async fn sessions(&self) -> Result<Vec<SessionSummary>, Problem> {
        let (reply, answer) = oneshot::channel();
        self.give(Request::Sessions(reply)).await?;
        answer.await.map_err(|_| ending())
    }

    ask!(
        /// Reads the adapters anew.
        reload_adapters() -> (), |reply| Request::ReloadAdapters(reply)
    );
    ask!(
        /// Makes a session, or opens the one of that name.
        open(draft: SessionDraft) -> OpenedView, |reply| Request::Open(Box::new(draft), reply)
    );
    ask!(
        /// Ends everything in a session and forgets it.
        delete(session: Name) -> (), |reply| Request::Delete(session, reply)
    );
    ask!(
        /// Ends every process of a session and keeps what is known of it; answers once nothing is left.
        down(session: Name) -> (), |reply| Request::Down(session, reply)
    );
    ask!(
        /// Returns a session's page.
        status(session: Name) -> StatusView, |reply| Request::Status(session, reply)
    );
    ask!(
        /// Returns the messages that wait; with `all`, also those that are off the queue.
        messages(session: Name, to: Option<AgentRef>, all: bool) -> Vec<MessageView>,
        |reply| Request::Messages(session, to, all, reply)
    );
    ask!(
        /// Returns one message, and what became of it.
        message(session: Name, id: MessageId) -> MessageView, |reply| Request::Message(session, id, reply)
    );
    ask!(
        /// Returns one thing that an agent asked, and what became of it.
        approval(session: Name, id: ApprovalId) -> ApprovalView, |reply| Request::Approval(session, id, reply)
    );
    ask!(
        /// Returns what was spent.
        cost(session: Name, by: CostBy) -> CostView, |reply| Request::Cost(session, by, reply)
    );
    ask!(
        /// Puts down what an agent has used, as its program told it elsewhere.
        used(session: Name, agent: AgentRef, usage: Usage) -> (),
        |reply| Request::Used(session, agent, usage, reply)
    );
    ask!(
        /// Presses keys in an agent's terminal, in order.
        keys(session: Name, agent: AgentRef, keys: Vec<Key>) -> (), |reply| Request::Keys(session, agent, keys, reply)
    );
    ask!(
        /// Asks something of a session.
        ask(session: Name, actor: Who, command: Command) -> Answer,
        |reply| Request::Ask { session, actor, command: Box::new(command), reply }
    );
    ask!(
        /// Returns why an agent is believed to be in its state.
        explain(session: Name, agent: AgentRef) -> Explanation, |reply| Request::Explain(session, agent, reply)
    );
    ask!(
        /// Returns a pane's screen as text.
        text(session: Name, agent: AgentRef, ansi: bool) -> PaneText, |reply| Request::Text(session, agent, ansi, reply)
    );
    ask!(
        /// Returns where an agent's output is kept.
        history(session: Name, agent: AgentRef) -> HistoryPlace, |reply| Request::History(session, agent, reply)
    );
    ask!(
        /// Returns at most `most` kept events after the one numbered `after`, or else the newest.
        events(session: Name, after: Option<u64>, most: usize) -> Vec<Value>,
        |reply| Request::Events { session, after, most, reply }
    );
    ask!(
        /// Follows a session's events from now on.
        follow(session: Name) -> mpsc::Receiver<Arc<Told>>, |reply| Request::Follow(session, reply)
    );
    ask!(
        /// Attaches a client to a session.
        attach(session: Name) -> Attached, |reply| Request::Attach(session, reply)
    );

    /// Takes in what a hook told; returns what it is to print. That may take until a person has answered: whoever drops
    /// this before has hung up.
    ///
    /// # Errors
    /// If the daemon is ending.
    pub async fn hook(&self, session: Name, agent: AgentRef, call: HookCall) -> Result<HookAnswer, Problem> {
        static TICKETS: AtomicU64 = AtomicU64::new(1);
        let ticket = Ticket(TICKETS.fetch_add(1, Ordering::Relaxed));
        let (answer, heard) = oneshot::channel();
        let caller = Caller { handle: self.clone(), session: session.clone(), ticket };
        self.give(Request::Hook { session, agent, call: Box::new(call), ticket, answer }).await?;
        let said = heard.await.map_err(|_| ending());
        drop(caller);
        said
    }

    pub(super) async fn forget(&self, session: Name, reply: Reply<()>) {
        // A daemon that is ending forgets nothing; the reply is dropped with the request.
        let _ = self.give(Request::Forget(session, reply)).await;
    }

    /// Says that a client is gone.
    pub async fn detach(&self, session: Name, client: ClientId) {
        // A daemon that is ending has no clients to forget.
        let _ = self.give(Request::Detach { session, client }).await;
    }

    /// Says which panes a client has in view, and which agents it shows as cards; returns where their frames come from.
    ///
    /// # Errors
    /// If the daemon is ending.
    pub async fn view(
        &self,
        session: Name,
        client: ClientId,
        panes: Vec<PaneView>,
        cards: Vec<AgentId>,
    ) -> Result<Vec<(AgentId, Watch)>, Problem> {
        let (reply, answer) = oneshot::channel();
        self.give(Request::View { session, client, panes, cards, reply }).await?;
        answer.await.map_err(|_| ending())
    }

    /// Passes on what was pressed at a client; a refusal comes through its feed.
    ///
    /// # Errors
    /// If the daemon is ending.
    pub async fn press(
        &self,
        session: Name,
        client: ClientId,
        route: Route,
        input: Input,
    ) -> Result<(), Problem> {
        self.give(Request::Press { session, client, route, input }).await
    }

    /// Passes on what is asked at a client; the answer comes through its feed.
    ///
    /// # Errors
    /// If the daemon is ending.
    pub async fn client_ask(
        &self,
        session: Name,
        client: ClientId,
        id: u64,
        command: Command,
    ) -> Result<(), Problem> {
        self.give(Request::ClientAsk { session, client, id, command: Box::new(command) }).await
    }

    /// Passes on the colours of a client's own terminal.
    ///
    /// # Errors
    /// If the daemon is ending.
    pub async fn colors(&self, session: Name, colors: Colors) -> Result<(), Problem> {
        self.give(Request::Colors { session, colors }).await
    }

    /// Asks the daemon to end; every agent lives on in its holder.
    ///
    /// # Errors
    /// If it is ending already.
    pub async fn shut_down(&self) -> Result<(), Problem> {
        self.give(Request::Shutdown).await
    }
}

/// Whoever waits at the hook door; when it goes, the loop is told.
struct Caller {
    handle: Handle,
    session: Name,
    ticket: Ticket,
}

impl Drop for Caller {
    fn drop(&mut self) {
        // Where the loop has too much to do, the hook is found to have hung up when it is answered.
        drop(self.handle.requests.try_send(Request::HookGone(self.session.clone(), self.ticket)));
    }
}

fn ending() -> Problem {
    Problem::new(Code::Busy, "the daemon is ending").hint("run the command again; it starts a new one")
}
