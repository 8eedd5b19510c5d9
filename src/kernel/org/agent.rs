//! Agents: made, renamed, moved, promoted and deleted.

use super::super::State;
use super::super::find::{agent_of, team_of};
use super::super::outcome::{self, Decision};
use super::refusal::MOST_AGENTS;
use super::{Event, Refusal, Reply};
use crate::domain::{Agent, AgentRef, Launch, Name, NewAgent, Role, Team, TeamId, TeamRef};

type Decided = Result<Decision, outcome::Refusal>;

/// Decides on a new agent.
pub(super) fn create(state: &State, new: NewAgent) -> Decided {
    let org = state.org();
    check_launch(&new.launch)?;
    if org.agent_count() >= MOST_AGENTS {
        return Err(Refusal::TooMany.into());
    }
    let team = new.team.as_ref().map(|team| team_of(state, team)).transpose()?;
    match (new.role, team, org.executive()) {
        (Role::Executive, _, Some(executive)) => {
            return Err(Refusal::ExecutiveExists(executive.name.clone()).into());
        }
        (Role::Executive, Some(_), None) => {
            return Err(Refusal::IsExecutive(new.name.unwrap_or_else(|| free_name(state))).into());
        }
        (Role::Coordinator, None, _) => return Err(Refusal::CoordinatorWithoutTeam.into()),
        (Role::Executive, None, None) | (Role::Coordinator, Some(_), _) | (Role::Worker, _, _) => {}
    }
    let name = match new.name {
        Some(name) if org.agent_named(name.as_str()).is_some() => return Err(Refusal::NameTaken(name).into()),
        Some(name) => name,
        None => free_name(state),
    };
    let id = state.next_agent();
    let agent = Agent {
        id,
        name: name.clone(),
        team: team.map(|team| team.id),
        role: new.role,
        rank: org.next_agent_rank(team.map(|team| team.id)),
        launch: new.launch,
    };
    let mut decision = Decision::default().event(Event::AgentCreated { agent });
    if let Some(team) = team.filter(|_| new.role == Role::Coordinator) {
        decision = decision
            .and(step_down(state, team.id))
            .event(Event::LeadChanged { team: team.id, lead: Some(id) });
    }
    Ok(decision.reply(Reply::Agent(id, name)))
}

/// Decides on another name.
pub(super) fn rename(state: &State, agent: &AgentRef, name: Name) -> Decided {
    let agent = agent_of(state, agent)?;
    if agent.name == name {
        return Ok(Decision::default());
    }
    if state.org().agent_named(name.as_str()).is_some() {
        return Err(Refusal::NameTaken(name).into());
    }
    Ok(Decision::default().event(Event::AgentRenamed { agent: agent.id, name }))
}

/// Decides on another way to start it. A running agent goes on as it is.
pub(super) fn change_launch(state: &State, agent: &AgentRef, launch: Launch) -> Decided {
    let agent = agent_of(state, agent)?;
    check_launch(&launch)?;
    if agent.launch == launch {
        return Ok(Decision::default());
    }
    Ok(Decision::default().event(Event::LaunchChanged { agent: agent.id, launch }))
}

/// Decides on another team. A lead that leaves its team no longer leads it.
pub(super) fn relocate(state: &State, agent: &AgentRef, team: Option<&TeamRef>) -> Decided {
    let agent = agent_of(state, agent)?;
    if agent.role == Role::Executive {
        return Err(Refusal::IsExecutive(agent.name.clone()).into());
    }
    let team = team.map(|team| team_of(state, team)).transpose()?.map(|team| team.id);
    if team == agent.team {
        return Ok(Decision::default());
    }
    let decision = led_by(state, agent).map_or_else(Decision::default, |led| step_down(state, led.id));
    let rank = state.org().next_agent_rank(team);
    Ok(decision.event(Event::AgentMoved { agent: agent.id, team, rank }))
}

/// Decides that an agent leads its team; the lead before it steps down.
pub(super) fn promote(state: &State, agent: &AgentRef) -> Decided {
    let agent = agent_of(state, agent)?;
    if agent.role == Role::Executive {
        return Err(Refusal::IsExecutive(agent.name.clone()).into());
    }
    let Some(team) = agent.team else {
        return match state.org().executive() {
            Some(executive) => Err(Refusal::ExecutiveExists(executive.name.clone()).into()),
            None => {
                Ok(Decision::default().event(Event::RoleChanged { agent: agent.id, role: Role::Executive }))
            }
        };
    };
    if led_by(state, agent).is_some() {
        return Err(Refusal::AlreadyLead(agent.name.clone()).into());
    }
    Ok(step_down(state, team)
        .event(Event::RoleChanged { agent: agent.id, role: Role::Coordinator })
        .event(Event::LeadChanged { team, lead: Some(agent.id) }))
}

/// Decides that an agent leaves the chart.
pub(super) fn delete(state: &State, agent: &AgentRef) -> Decided {
    let agent = agent_of(state, agent)?.id;
    Ok(Decision::default().event(Event::AgentDeleted { agent }))
}

/// Takes the lead of a team back into the ranks, if it has one.
pub(super) fn step_down(state: &State, team: TeamId) -> Decision {
    match state.org().team(team).and_then(|team| team.lead) {
        Some(lead) => Decision::default()
            .event(Event::LeadChanged { team, lead: None })
            .event(Event::RoleChanged { agent: lead, role: Role::Worker }),
        None => Decision::default(),
    }
}

fn led_by<'a>(state: &'a State, agent: &Agent) -> Option<&'a Team> {
    state.org().team(agent.team?).filter(|team| team.lead == Some(agent.id))
}

fn free_name(state: &State) -> Name {
    (1..)
        .map(|n: u32| Name::lenient(&format!("Agent_{n}"), "Agent"))
        .find(|name| state.org().agent_named(name.as_str()).is_none())
        .unwrap_or_else(|| Name::lenient("Agent", "Agent"))
}

fn check_launch(launch: &Launch) -> Result<(), Refusal> {
    if launch.command.first().is_none_or(|program| program.trim().is_empty()) {
        return Err(Refusal::NoCommand);
    }
    let bad_word = launch.command.iter().find(|word| word.contains('\0'));
    let bad_name = launch.env.keys().find(|name| name.is_empty() || name.contains(['=', '\0']));
    let bad_value = launch.env.iter().find(|(_, value)| value.contains('\0')).map(|(name, _)| name);
    match bad_word.or(bad_name).or(bad_value) {
        Some(word) => Err(Refusal::BadLaunch(format!("{word:?}"))),
        None => Ok(()),
    }
}
