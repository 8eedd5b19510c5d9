//! Teams: made, renamed, recoloured, moved and disbanded.

use super::super::State;
use super::super::find::team_of;
use super::super::outcome::{self, Decision};
use super::{Event, Refusal, Reply, agent};
use crate::domain::{Members, Name, Team, TeamColor, TeamRef};

type Decided = Result<Decision, outcome::Refusal>;

/// Decides on a new team.
pub(super) fn create(
    state: &State,
    name: Name,
    parent: Option<&TeamRef>,
    color: Option<TeamColor>,
) -> Decided {
    free(state, &name)?;
    let parent = parent.map(|parent| team_of(state, parent)).transpose()?.map(|team| team.id);
    let id = state.next_team();
    let team = Team {
        id,
        name: name.clone(),
        parent,
        rank: state.org().next_team_rank(parent),
        color: color.unwrap_or_else(|| TeamColor::nth(state.org().teams().count())),
        lead: None,
    };
    Ok(Decision::default().event(Event::TeamCreated { team }).reply(Reply::Team(id, name)))
}

/// Decides on another name.
pub(super) fn rename(state: &State, team: &TeamRef, name: Name) -> Decided {
    let team = team_of(state, team)?;
    if team.name == name {
        return Ok(Decision::default());
    }
    free(state, &name)?;
    Ok(Decision::default().event(Event::TeamRenamed { team: team.id, name }))
}

/// Decides on another colour.
pub(super) fn recolor(state: &State, team: &TeamRef, color: TeamColor) -> Decided {
    let team = team_of(state, team)?.id;
    Ok(Decision::default().event(Event::TeamRecolored { team, color }))
}

/// Decides on another place, with everything in it.
pub(super) fn relocate(state: &State, team: &TeamRef, parent: Option<&TeamRef>) -> Decided {
    let team = team_of(state, team)?;
    let parent = parent.map(|parent| team_of(state, parent)).transpose()?.map(|team| team.id);
    if parent.is_some_and(|parent| state.org().stands_in(parent, team.id)) {
        return Err(Refusal::Circle(team.name.clone()).into());
    }
    if parent == team.parent {
        return Ok(Decision::default());
    }
    let rank = state.org().next_team_rank(parent);
    Ok(Decision::default().event(Event::TeamMoved { team: team.id, parent, rank }))
}

/// Decides on a team's end. Its lead steps down, its agents and its teams move up, or its agents are deleted.
pub(super) fn disband(state: &State, team: &TeamRef, members: Members) -> Decided {
    let team = team_of(state, team)?;
    let org = state.org();
    let mut decision = agent::step_down(state, team.id);
    let (agent_rank, team_rank) = (org.next_agent_rank(team.parent), org.next_team_rank(team.parent));
    for (member, rank) in org.members(Some(team.id)).into_iter().zip(agent_rank..) {
        decision = match members {
            Members::Keep => decision.event(Event::AgentMoved { agent: member.id, team: team.parent, rank }),
            Members::Delete => decision.event(Event::AgentDeleted { agent: member.id }),
        };
    }
    for (child, rank) in org.subteams(Some(team.id)).into_iter().zip(team_rank..) {
        decision = decision.event(Event::TeamMoved { team: child.id, parent: team.parent, rank });
    }
    Ok(decision.event(Event::TeamDisbanded { team: team.id }))
}

fn free(state: &State, name: &Name) -> Result<(), Refusal> {
    match state.org().team_named(name.as_str()) {
        Some(_) => Err(Refusal::NameTaken(name.clone())),
        None => Ok(()),
    }
}
