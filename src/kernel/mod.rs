//! The kernel: decides what happens in one session.
//!
//! `handle(input, now)` is synchronous, total and deterministic: no clock, no randomness, no I/O. It answers with
//! events, which the daemon makes durable, and effects, which the daemon performs afterwards. The state is the fold
//! of the events, so that restore after a crash, the live feed and the record of the past are one mechanism.
//! Facts enter here; bytes do not.

mod agent;
mod broadcast;
mod cost;
mod life;
mod mail;
mod plan;
mod state;
mod team;
#[cfg(test)]
mod tests;

use std::time::Duration;

use crate::domain::{
    Actor, AgentId, AgentRef, BroadcastId, BroadcastReport, Command, Event, EventRecord, Exit,
    Input as Pressed, Launch, MessageId, MessageStatus, MicroUsd, Name, Observation, Scope, ScopeRef, Target,
    TeamId, TeamRef, Timestamp, Usage, nearest,
};

use crate::price::{Budgets, Day};
use broadcast::Broadcasts;
pub use cost::{budget_of, spent_in};
pub use state::{Live, Phase, State};

/// Something that reaches the kernel.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// Somebody asks for something.
    Asked {
        /// Who.
        actor: Actor,
        /// What.
        command: Command,
    },
    /// Something was observed.
    Fact(Fact),
    /// A time that was asked for has come.
    Due(Timer),
}

/// Something that was observed. A fact about an earlier start of an agent is ignored.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// The daemon is up again, and these agents are alive, each with its epoch and process.
    Resumed {
        /// Agent, epoch, process.
        alive: Vec<(AgentId, u32, u32)>,
    },
    /// An agent's process is up.
    Started {
        /// The agent.
        agent: AgentId,
        /// Which start.
        epoch: u32,
        /// Its process.
        pid: u32,
    },
    /// An agent could not be started.
    StartFailed {
        /// The agent.
        agent: AgentId,
        /// Which start.
        epoch: u32,
        /// Why.
        reason: String,
    },
    /// An agent's process ended.
    Exited {
        /// The agent.
        agent: AgentId,
        /// Which start.
        epoch: u32,
        /// How.
        exit: Exit,
    },
    /// An agent is seen doing something else.
    Observed {
        /// The agent.
        agent: AgentId,
        /// Which start.
        epoch: u32,
        /// What is seen.
        seen: Observation,
    },
    /// An agent has used so much by now.
    Used {
        /// The agent.
        agent: AgentId,
        /// Which start.
        epoch: u32,
        /// What it has used from the beginning of its conversation to now.
        usage: Usage,
        /// What that comes to by the prices of the day, where its program tells no money.
        estimate: Option<MicroUsd>,
        /// The day.
        day: Day,
    },
}

/// A time that the kernel asked for; one that has become meaningless by then is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// Submit the text that was typed.
    Submit {
        /// The message.
        message: MessageId,
        /// Whom it is for.
        to: AgentId,
    },
    /// Stop waiting for the agent to react to what was submitted.
    Settle {
        /// The message.
        message: MessageId,
        /// Whom it was for.
        to: AgentId,
    },
}

/// Something the daemon must do, once the events of the same outcome are kept.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Start an agent's process.
    Start {
        /// The agent.
        agent: AgentId,
        /// Which start.
        epoch: u32,
        /// How.
        launch: Launch,
    },
    /// Ask an agent's process tree to end, and force it after a grace.
    Stop {
        /// The agent.
        agent: AgentId,
    },
    /// End an agent's process tree at once.
    Kill {
        /// The agent.
        agent: AgentId,
    },
    /// End an agent's process tree at once, and remove what is kept of it.
    Erase {
        /// The agent.
        agent: AgentId,
    },
    /// Give an agent's pane something that was pressed.
    Press {
        /// The agent.
        agent: AgentId,
        /// What was pressed.
        input: Pressed,
    },
    /// Come back at this time.
    Wake {
        /// When.
        at: Timestamp,
        /// With what.
        timer: Timer,
    },
}

/// The answer to a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// It is done.
    Done,
    /// A team was made.
    Team(TeamId, Name),
    /// An agent was made.
    Agent(AgentId, Name),
    /// A message was accepted.
    Message(MessageId, MessageStatus),
    /// What became of the message to each agent of a scope; no number where it was refused.
    Messages(Vec<(Name, Option<MessageId>, MessageStatus)>),
    /// A broadcast would reach these.
    Broadcast(BroadcastId, Vec<Target>),
    /// What a broadcast's targets got.
    Report(BroadcastReport),
}

/// Why a command is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No agent has this name or identity.
    #[error("there is no agent `{0}`{hint}", hint = near(.1.as_deref()))]
    NoAgent(String, Option<String>),
    /// No team has this name or identity.
    #[error("there is no team `{0}`{hint}", hint = near(.1.as_deref()))]
    NoTeam(String, Option<String>),
    /// No broadcast is open under this number.
    #[error("that broadcast is not open; name its targets first")]
    NoBroadcast,
    /// No message waits under this number.
    #[error("message {0} is not held")]
    NoMessage(MessageId),
    /// The session has no executive.
    #[error("this session has no executive")]
    NoExecutive,
    /// An agent or a team has that name already.
    #[error("the name `{0}` is taken")]
    NameTaken(Name),
    /// The launch names no program.
    #[error("the command of an agent cannot be empty")]
    NoCommand,
    /// An argument or a variable cannot be passed to a program.
    #[error("{0} cannot be passed to a program")]
    BadLaunch(String),
    /// The executive stands above all teams.
    #[error("`{0}` is the executive and stands in no team")]
    IsExecutive(Name),
    /// There is an executive.
    #[error("`{0}` is the executive; there is one a session")]
    ExecutiveExists(Name),
    /// A coordinator leads a team, so it must be in one.
    #[error("a coordinator leads a team; name the team it joins")]
    CoordinatorWithoutTeam,
    /// The agent leads its team already.
    #[error("`{0}` leads its team already")]
    AlreadyLead(Name),
    /// A team cannot stand in itself.
    #[error("`{0}` cannot be moved into itself or a team below it")]
    Circle(Name),
    /// The agent does not run.
    #[error("`{0}` is not running")]
    NotRunning(Name),
    /// The agent runs.
    #[error("`{0}` is running already")]
    Running(Name),
    /// The agent is on its way down.
    #[error("`{0}` is still stopping")]
    Stopping(Name),
    /// The agent is not ready for input, and the sender did not want to wait.
    #[error("`{0}` is not ready for input: {1}")]
    NotReady(Name, String),
    /// A budget that it spends from is used up.
    #[error("`{0}` may begin nothing new: {1}")]
    OverBudget(Name, String),
    /// There is nothing to send.
    #[error("the text is empty")]
    EmptyText,
    /// The agent's mailbox is full.
    #[error("`{0}` has {max} messages waiting already", max = mail::MAILBOX)]
    MailboxFull(Name),
    /// The mouse points at one pane.
    #[error("the mouse cannot be broadcast")]
    MouseBroadcast,
    /// More than one process could be asked for.
    #[error("a session holds at most {max} agents", max = agent::MOST_AGENTS)]
    TooMany,
}

fn near(word: Option<&str>) -> String {
    word.map(|word| format!("; did you mean `{word}`?")).unwrap_or_default()
}

/// What came of one input.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Outcome {
    /// The answer to whoever asked.
    pub reply: Result<Reply, Refusal>,
    /// What happened, in order.
    pub events: Vec<EventRecord>,
    /// What must be done once the events are kept.
    pub effects: Vec<Effect>,
}

/// What a rule decided, before it is numbered and folded in.
#[derive(Debug, Default)]
struct Decision {
    reply: Option<Reply>,
    events: Vec<Event>,
    effects: Vec<Effect>,
}

impl Decision {
    fn event(mut self, event: Event) -> Decision {
        self.events.push(event);
        self
    }

    fn effect(mut self, effect: Effect) -> Decision {
        self.effects.push(effect);
        self
    }

    fn reply(mut self, reply: Reply) -> Decision {
        self.reply = Some(reply);
        self
    }

    fn and(mut self, other: Decision) -> Decision {
        self.events.extend(other.events);
        self.effects.extend(other.effects);
        self.reply = other.reply.or(self.reply);
        self
    }
}

/// One session's decisions.
#[derive(Clone, Debug)]
pub struct Kernel {
    state: State,
    broadcasts: Broadcasts,
}

impl Kernel {
    /// Begins a session; the event returned is its first.
    pub fn open(name: Name, root: std::path::PathBuf, now: Timestamp) -> (Kernel, EventRecord) {
        let mut kernel = Kernel::of(State::default());
        let event = Event::SessionOpened { name, root };
        let record = kernel.record(event, Actor::Person, now);
        (kernel, record)
    }

    /// Brings a session back: a state that was kept, and what happened since.
    pub fn restore(kept: State, since: impl IntoIterator<Item = EventRecord>) -> Kernel {
        let mut kernel = Kernel::of(kept);
        since.into_iter().for_each(|record| kernel.state.evolve(&record));
        kernel
    }

    fn of(state: State) -> Kernel {
        Kernel { state, broadcasts: Broadcasts::default() }
    }

    /// Takes over what may be spent from now on.
    pub fn limit(&mut self, budgets: Budgets) {
        self.state.limit(budgets);
    }

    /// Goes back to a state that was kept, since what was decided after it could not be. Open broadcasts stay open.
    pub fn begin_again(&mut self, kept: State) {
        let budgets = self.state.budgets().clone();
        self.state = kept;
        self.state.limit(budgets);
    }

    /// Returns the state.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Returns the agents that the plan followed last names, that this one does not, and that are there all the same.
    #[must_use]
    pub fn unplanned(&self, plan: &[Command]) -> Vec<&Name> {
        plan::unplanned(&self.state, plan)
    }

    /// Decides what comes of one input at `now`, and folds it in.
    pub fn handle(&mut self, input: Input, now: Timestamp) -> Outcome {
        if let Input::Fact(Fact::Used { agent, epoch, usage, estimate, day }) = input {
            return self.spend(agent, epoch, cost::Bill { usage, estimate, day }, now);
        }
        let (actor, decided) = match input {
            Input::Asked { actor, command: Command::FollowPlan { commands } } => {
                return self.follow(actor, commands, now);
            }
            Input::Asked { actor, command } => (actor, self.decide(actor, command, now)),
            Input::Fact(fact) => (Actor::Daemon, Ok(life::observe(&self.state, fact, now))),
            Input::Due(timer) => (Actor::Daemon, Ok(mail::due(&self.state, timer, now))),
        };
        let (reply, decision) = match decided {
            Ok(mut decision) => (Ok(decision.reply.take().unwrap_or(Reply::Done)), decision),
            Err(refusal) => (Err(refusal), Decision::default()),
        };
        let events = decision.events.into_iter().map(|event| self.record(event, actor, now)).collect();
        debug_assert_eq!(self.state.org().check(), Ok(()), "a rule let the organisation come apart");
        Outcome { reply, events, effects: decision.effects }
    }

    /// Takes the steps of a plan, each on what the one before left; if one is refused, none was taken.
    fn follow(&mut self, actor: Actor, commands: Vec<Command>, now: Timestamp) -> Outcome {
        let mut ahead = self.clone();
        let mut whole = Outcome { reply: Ok(Reply::Done), events: Vec::new(), effects: Vec::new() };
        for command in plan::steps(&self.state, &commands) {
            let step = ahead.handle(Input::Asked { actor, command }, now);
            if step.reply.is_err() {
                return step;
            }
            whole.events.extend(step.events);
            whole.effects.extend(step.effects);
        }
        if self.state.plan() != commands {
            whole.events.push(ahead.record(Event::PlanFollowed { commands }, actor, now));
        }
        *self = ahead;
        whole
    }

    fn record(&mut self, event: Event, actor: Actor, at: Timestamp) -> EventRecord {
        let seq = self.state.number(&event);
        let record = EventRecord { seq, at, actor, event };
        self.state.evolve(&record);
        record
    }

    fn decide(&mut self, actor: Actor, command: Command, now: Timestamp) -> Result<Decision, Refusal> {
        let state = &self.state;
        match command {
            Command::CreateTeam { name, parent, color } => team::create(state, name, parent.as_ref(), color),
            Command::RenameTeam { team, name } => team::rename(state, &team, name),
            Command::RecolorTeam { team, color } => team::recolor(state, &team, color),
            Command::MoveTeam { team, parent } => team::relocate(state, &team, parent.as_ref()),
            Command::DisbandTeam { team, members } => team::disband(state, &team, members),
            Command::CreateAgent(new) => agent::create(state, new),
            Command::RenameAgent { agent, name } => agent::rename(state, &agent, name),
            Command::ChangeLaunch { agent, launch } => agent::change_launch(state, &agent, launch),
            // Taken apart into its steps before it comes here.
            Command::FollowPlan { .. } => Ok(Decision::default()),
            Command::MoveAgent { agent, team } => agent::relocate(state, &agent, team.as_ref()),
            Command::PromoteAgent { agent } => agent::promote(state, &agent),
            Command::DeleteAgent { agent } => agent::delete(state, &agent),
            Command::StartAgent { agent } => life::start(state, &agent),
            Command::StopAgent { agent } => life::stop(state, &agent),
            Command::KillAgent { agent } => life::kill(state, &agent),
            Command::RestartAgent { agent } => life::restart(state, &agent),
            Command::StartAll => Ok(life::start_all(state)),
            Command::StopAll => Ok(life::stop_all(state)),
            Command::Look { agent } => life::look(state, &agent),
            Command::Send { to, text, now: at_once } => {
                mail::send(state, actor, &mail::Letter { to, text, at_once }, now)
            }
            Command::SendAll { scope, text, now: at_once } => {
                mail::send_all(state, actor, &mail::Circular { scope, text, at_once }, now)
            }
            Command::CancelMessage { message } => mail::cancel(state, message),
            Command::Press { route, input } => self.broadcasts.press(state, &route, input),
            Command::OpenBroadcast { scope, include_dialogs } => {
                self.broadcasts.open(state, &scope, include_dialogs)
            }
            Command::CloseBroadcast { broadcast } => self.broadcasts.close(broadcast),
        }
    }
}

/// How long a pasted text rests before it is submitted. Real CLIs need 0 to 50 ms after a bracketed paste; this
/// leaves a margin of three.
const SUBMIT_AFTER: Duration = Duration::from_millis(150);

/// How long an agent has to show that it took what was submitted, before the next message may be typed.
const SETTLE_FOR: Duration = Duration::from_secs(2);

/// Finds the agent that is meant.
fn agent_of<'a>(state: &'a State, who: &AgentRef) -> Result<&'a crate::domain::Agent, Refusal> {
    match who {
        AgentRef::Id(id) => state.org().agent(*id),
        AgentRef::Name(name) => state.org().agent_named(name),
    }
    .ok_or_else(|| {
        let said = who.to_string();
        let meant = nearest(&said, state.org().agents().map(|a| a.name.as_str())).map(str::to_owned);
        Refusal::NoAgent(said, meant)
    })
}

/// Finds the team that is meant.
fn team_of<'a>(state: &'a State, which: &TeamRef) -> Result<&'a crate::domain::Team, Refusal> {
    match which {
        TeamRef::Id(id) => state.org().team(*id),
        TeamRef::Name(name) => state.org().team_named(name),
    }
    .ok_or_else(|| {
        let said = which.to_string();
        let meant = nearest(&said, state.org().teams().map(|t| t.name.as_str())).map(str::to_owned);
        Refusal::NoTeam(said, meant)
    })
}

/// Finds whom a broadcast is meant for.
fn scope_of(state: &State, scope: &ScopeRef) -> Result<Scope, Refusal> {
    match scope {
        ScopeRef::All => Ok(Scope::All),
        ScopeRef::Team(team) => Ok(Scope::Team(team_of(state, team)?.id)),
    }
}
