//! Agents: made, renamed, moved, promoted and deleted. Starting and ending them is the business of `life`.

use crate::domain::{
    Agent, AgentRef, AgentState, Event, Launch, Name, NewAgent, Role, Run, Team, TeamId, TeamRef,
};

use super::{Decision, Effect, Phase, Refusal, Reply, State, agent_of, life, team_of};

/// The most agents of a session.
pub(super) const MOST_AGENTS: usize = 1000;

/// Decides on a new agent; it is started at once.
pub(super) fn create(state: &State, new: NewAgent) -> Result<Decision, Refusal> {
    let org = state.org();
    check_launch(&new.launch)?;
    if org.agent_count() >= MOST_AGENTS {
        return Err(Refusal::TooMany);
    }
    let team = new.team.as_ref().map(|team| team_of(state, team)).transpose()?;
    match (new.role, team, org.executive()) {
        (Role::Executive, _, Some(executive)) => {
            return Err(Refusal::ExecutiveExists(executive.name.clone()));
        }
        (Role::Executive, Some(_), None) => {
            return Err(Refusal::IsExecutive(new.name.unwrap_or_else(|| free_name(state))));
        }
        (Role::Coordinator, None, _) => return Err(Refusal::CoordinatorWithoutTeam),
        (Role::Executive, None, None) | (Role::Coordinator, Some(_), _) | (Role::Worker, _, _) => {}
    }
    let name = match new.name {
        Some(name) if org.agent_named(name.as_str()).is_some() => return Err(Refusal::NameTaken(name)),
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
        launch: new.launch.clone(),
        run: Run::Wanted,
    };
    let mut decision = Decision::default().event(Event::AgentCreated { agent });
    if let Some(team) = team.filter(|_| new.role == Role::Coordinator) {
        decision = decision
            .and(step_down(state, team.id))
            .event(Event::LeadChanged { team: team.id, lead: Some(id) });
    }
    Ok(decision
        .event(Event::AgentStarting { agent: id, epoch: 1 })
        .effect(Effect::Start { agent: id, epoch: 1, launch: new.launch, conversation: None })
        .reply(Reply::Agent(id, name)))
}

/// Decides on another name.
pub(super) fn rename(state: &State, agent: &AgentRef, name: Name) -> Result<Decision, Refusal> {
    let agent = agent_of(state, agent)?;
    if agent.name == name {
        return Ok(Decision::default());
    }
    if state.org().agent_named(name.as_str()).is_some() {
        return Err(Refusal::NameTaken(name));
    }
    Ok(Decision::default().event(Event::AgentRenamed { agent: agent.id, name }))
}

/// Decides on another way to start it; one that runs goes on as it is, and one that failed is started anew.
pub(super) fn change_launch(state: &State, agent: &AgentRef, launch: Launch) -> Result<Decision, Refusal> {
    let agent = agent_of(state, agent)?;
    check_launch(&launch)?;
    if agent.launch == launch {
        return Ok(Decision::default());
    }
    let decision =
        Decision::default().event(Event::LaunchChanged { agent: agent.id, launch: launch.clone() });
    let failed = state
        .live(agent.id)
        .is_some_and(|live| live.phase == Phase::Down && live.seen.state == AgentState::Error);
    Ok(if failed { decision.and(life::begin(state, agent, launch)) } else { decision })
}

/// Decides on another team. A lead that leaves its team leads it no more.
pub(super) fn relocate(state: &State, agent: &AgentRef, team: Option<&TeamRef>) -> Result<Decision, Refusal> {
    let agent = agent_of(state, agent)?;
    if agent.role == Role::Executive {
        return Err(Refusal::IsExecutive(agent.name.clone()));
    }
    let team = team.map(|team| team_of(state, team)).transpose()?.map(|team| team.id);
    if team == agent.team {
        return Ok(Decision::default());
    }
    let decision = led_by(state, agent).map_or_else(Decision::default, |led| step_down(state, led.id));
    let rank = state.org().next_agent_rank(team);
    Ok(decision.event(Event::AgentMoved { agent: agent.id, team, rank }))
}

/// Decides that an agent leads its team; whoever led it steps down.
pub(super) fn promote(state: &State, agent: &AgentRef) -> Result<Decision, Refusal> {
    let agent = agent_of(state, agent)?;
    if agent.role == Role::Executive {
        return Err(Refusal::IsExecutive(agent.name.clone()));
    }
    let Some(team) = agent.team else {
        return match state.org().executive() {
            Some(executive) => Err(Refusal::ExecutiveExists(executive.name.clone())),
            None => {
                Ok(Decision::default().event(Event::RoleChanged { agent: agent.id, role: Role::Executive }))
            }
        };
    };
    if led_by(state, agent).is_some() {
        return Err(Refusal::AlreadyLead(agent.name.clone()));
    }
    Ok(step_down(state, team)
        .event(Event::RoleChanged { agent: agent.id, role: Role::Coordinator })
        .event(Event::LeadChanged { team, lead: Some(agent.id) }))
}

/// Decides on an agent's end.
pub(super) fn delete(state: &State, agent: &AgentRef) -> Result<Decision, Refusal> {
    Ok(erase(state, agent_of(state, agent)?))
}

/// Takes an agent out of the chart: its messages are dropped, its process tree is ended, what is kept of it is removed.
pub(super) fn erase(state: &State, agent: &Agent) -> Decision {
    let dropped = state.mail(agent.id).iter().map(|message| Event::MessageDropped {
        message: message.id,
        to: agent.id,
        reason: "the agent was deleted".to_owned(),
    });
    let decision = Decision { events: dropped.collect(), ..Decision::default() };
    decision.event(Event::AgentDeleted { agent: agent.id }).effect(Effect::Erase { agent: agent.id })
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
