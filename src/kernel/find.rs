//! Finds the agent, the team or the scope that a command names, or says that there is none.

use super::State;
use super::kind::{Explained, RefusalKind};
use crate::domain::{Agent, AgentRef, Scope, ScopeRef, Team, TeamRef, nearest};

/// Nothing has that name or identity; with the nearest name there is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// No agent has it.
    #[error("there is no agent `{0}`{hint}", hint = near(.1.as_deref()))]
    Agent(String, Option<String>),
    /// No team has it.
    #[error("there is no team `{0}`{hint}", hint = near(.1.as_deref()))]
    Team(String, Option<String>),
}

impl Explained for Unknown {
    fn kind(&self) -> RefusalKind {
        RefusalKind::NotFound
    }

    fn hint(&self) -> Option<String> {
        None
    }
}

/// Finds an agent.
pub(super) fn agent_of<'a>(state: &'a State, named: &AgentRef) -> Result<&'a Agent, Unknown> {
    match named {
        AgentRef::Id(id) => state.org().agent(*id),
        AgentRef::Name(name) => state.org().agent_named(name),
    }
    .ok_or_else(|| {
        let said = named.to_string();
        let meant = nearest(&said, state.org().agents().map(|a| a.name.as_str())).map(str::to_owned);
        Unknown::Agent(said, meant)
    })
}

/// Finds a team.
pub(super) fn team_of<'a>(state: &'a State, named: &TeamRef) -> Result<&'a Team, Unknown> {
    match named {
        TeamRef::Id(id) => state.org().team(*id),
        TeamRef::Name(name) => state.org().team_named(name),
    }
    .ok_or_else(|| {
        let said = named.to_string();
        let meant = nearest(&said, state.org().teams().map(|t| t.name.as_str())).map(str::to_owned);
        Unknown::Team(said, meant)
    })
}

/// Finds the scope of a broadcast.
pub(super) fn scope_of(state: &State, scope: &ScopeRef) -> Result<Scope, Unknown> {
    match scope {
        ScopeRef::All => Ok(Scope::All),
        ScopeRef::Team(team) => Ok(Scope::Team(team_of(state, team)?.id)),
    }
}

fn near(word: Option<&str>) -> String {
    word.map(|word| format!("; did you mean `{word}`?")).unwrap_or_default()
}
