//! Who may ask for what: the one place where a command is allowed or refused before it is decided.
//!
//! | | a worker | a coordinator | the executive | a person |
//! |---|---|---|---|---|
//! | send messages, take back its own | yes | yes | yes | yes |
//! | its own process | yes | yes | yes | yes |
//! | agents of its team and below it | | yes | yes | yes |
//! | teams below its own | | yes | yes | yes |
//! | every agent and team of the session | | | yes | yes |
//! | answer what agents ask, look in a person's name, keys to many agents | | | | yes |
//!
//! Keys to one agent follow the row of that agent, and go neither to the agent itself nor to an agent above it. The table
//! is an exhaustive match, so that a new command is not forgotten. What is not a command (the daemon's end, opening and
//! deleting sessions, reading an environment) is a person's alone and is refused at the door.

use super::find::{agent_of, team_of};
use super::kind::{Explained, RefusalKind};
use super::{Command, State, approval, broadcast, delivery, life, org};
use crate::domain::{Actor, AgentId, AgentRef, MessageId, Name, Role, Route, TeamId, TeamRef};

/// Why a principal may not ask for something.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is {role} and may not {what}; {may} may")]
pub struct Denied {
    /// The agent that asked.
    name: Name,
    /// Its role, with its article.
    role: &'static str,
    /// What it asked for.
    what: &'static str,
    /// The roles that may.
    may: &'static str,
}

impl Explained for Denied {
    fn kind(&self) -> RefusalKind {
        RefusalKind::Denied
    }

    fn hint(&self) -> Option<String> {
        None
    }
}

/// What a command reaches, and so who may ask for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Right {
    /// Every agent has it.
    Anyone,
    /// It acts on one agent.
    OnAgent(AgentId),
    /// It types into one agent.
    IntoAgent(AgentId),
    /// It changes one agent's place or what it is.
    OfAgent(AgentId),
    /// It changes a team or what stands in it; none is the top of the chart.
    OnTeam(Option<TeamId>),
    /// It takes back a message.
    OnMessage(MessageId),
    /// It acts on the whole session.
    OnSession,
    /// Only a person has it.
    Person(&'static str),
}

/// Returns whether a principal may ask for this command. What the command names and is not there is left to the rules,
/// which say so better.
pub(super) fn allows(state: &State, actor: Actor, command: &Command) -> Result<(), Denied> {
    let Actor::Agent(agent) = actor else { return Ok(()) };
    rights(state, command).into_iter().try_for_each(|right| check(state, agent, right))
}

/// Returns whether a principal may press keys on this route.
pub(super) fn allows_keys(state: &State, actor: Actor, route: &Route) -> Result<(), Denied> {
    let Actor::Agent(agent) = actor else { return Ok(()) };
    let right = match route {
        Route::Executive => state.org().executive().map(|executive| Right::IntoAgent(executive.id)),
        Route::Direct(named) => agent_of(state, named).ok().map(|agent| Right::IntoAgent(agent.id)),
        Route::Broadcast(_) => Some(Right::Person("press keys in many agents")),
    };
    right.map_or(Ok(()), |right| check(state, agent, right))
}

fn rights(state: &State, command: &Command) -> Vec<Right> {
    let agent = |named: &AgentRef, right: fn(AgentId) -> Right| {
        agent_of(state, named).map(|agent| right(agent.id)).into_iter().collect::<Vec<_>>()
    };
    match command {
        Command::Org(command) => on_chart(state, command),
        Command::Life(command) => match command {
            life::Command::Start { agent: named }
            | life::Command::Stop { agent: named }
            | life::Command::Kill { agent: named }
            | life::Command::Restart { agent: named }
            | life::Command::Resume { agent: named, .. }
            | life::Command::NewConversation { agent: named }
            | life::Command::ClearConversation { agent: named }
            | life::Command::Interrupt { agent: named, .. } => agent(named, Right::OnAgent),
            life::Command::ResumeAll | life::Command::StartAll | life::Command::StopAll => {
                vec![Right::OnSession]
            }
            life::Command::Look { .. } => vec![Right::Person("look in a person's name")],
        },
        Command::Delivery(command) => match command {
            delivery::Command::Send { .. } | delivery::Command::SendAll { .. } => vec![Right::Anyone],
            delivery::Command::Cancel { message } => vec![Right::OnMessage(*message)],
        },
        Command::Approval(approval::Command::Answer { .. }) => {
            vec![Right::Person("answer what agents ask")]
        }
        Command::Broadcast(broadcast::Command::Open { .. } | broadcast::Command::Close { .. }) => {
            vec![Right::Person("press keys in many agents")]
        }
    }
}

fn on_chart(state: &State, command: &org::Command) -> Vec<Right> {
    let team = |named: &TeamRef| team_of(state, named).ok().map(|team| Right::OnTeam(Some(team.id)));
    let place = |named: Option<&TeamRef>| named.map_or(Some(Right::OnTeam(None)), team);
    let agent = |named: &AgentRef| agent_of(state, named).ok().map(|agent| Right::OfAgent(agent.id));
    let (first, second) = match command {
        org::Command::CreateTeam { parent, .. } => (place(parent.as_ref()), None),
        org::Command::RenameTeam { team: named, .. }
        | org::Command::RecolorTeam { team: named, .. }
        | org::Command::DisbandTeam { team: named, .. } => (team(named), None),
        org::Command::MoveTeam { team: named, parent } => (team(named), place(parent.as_ref())),
        org::Command::FollowPlan { .. } => (Some(Right::OnSession), None),
        org::Command::CreateAgent(new) if new.role == Role::Executive => (Some(Right::OnSession), None),
        org::Command::CreateAgent(new) => (place(new.team.as_ref()), None),
        org::Command::RenameAgent { agent: named, .. }
        | org::Command::ChangeLaunch { agent: named, .. }
        | org::Command::PromoteAgent { agent: named }
        | org::Command::DeleteAgent { agent: named } => (agent(named), None),
        org::Command::MoveAgent { agent: named, team } => (agent(named), place(team.as_ref())),
    };
    first.into_iter().chain(second).collect()
}

/// Returns whether an agent has a right.
fn check(state: &State, agent: AgentId, right: Right) -> Result<(), Denied> {
    let org = state.org();
    // An agent that is gone may nothing; its credential ends with it.
    let Some(own) = org.agent(agent) else {
        let name = Name::lenient("gone", "gone");
        return Err(Denied {
            name,
            role: "an agent that is gone",
            what: "ask for anything",
            may: "a person",
        });
    };
    let leads = |team: Option<TeamId>| match (own.role, own.team, team) {
        (Role::Executive, ..) => true,
        (Role::Coordinator, Some(led), Some(team)) => org.stands_in(team, led),
        _ => false,
    };
    let over = |other: AgentId| {
        org.agent(other).is_some_and(|other| leads(other.team) && other.role != Role::Executive)
    };
    const LEADERS: &str = "a coordinator above it, the executive or a person";
    let (has, what, may) = match right {
        Right::Anyone => (true, "send messages", "every agent"),
        Right::OnAgent(other) => {
            let has = other == agent || over(other) || own.role == Role::Executive;
            (has, "act on an agent outside its team", LEADERS)
        }
        Right::IntoAgent(other) => (other != agent && over(other), "press keys in that agent", LEADERS),
        Right::OfAgent(other) => (other != agent && over(other), "change that agent", LEADERS),
        Right::OnTeam(team) => (leads(team), "change that part of the chart", LEADERS),
        Right::OnMessage(id) => {
            let own = state.all_mail().find(|message| message.id == id);
            let has = own.is_none_or(|message| message.from == Actor::Agent(agent));
            (has, "take back another's message", "its sender or a person")
        }
        Right::OnSession => {
            (own.role == Role::Executive, "act on the whole session", "the executive or a person")
        }
        Right::Person(what) => (false, what, "only a person"),
    };
    if has {
        return Ok(());
    }
    let role = match own.role {
        Role::Executive => "the executive",
        Role::Coordinator => "a coordinator",
        Role::Worker => "a worker",
    };
    Err(Denied { name: own.name.clone(), role, what, may })
}
