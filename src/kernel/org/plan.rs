//! A plan followed again: what the session file asks for now, what it asked for last time, and what became of that
//! since, merged. What a person changed by hand is not overruled by a file that says nothing new.

use super::super::State;
use super::Command;
use crate::domain::{Agent, Launch, Name, NewAgent, Role, TeamColor, TeamId, TeamRef};

/// Returns the steps that bring the session to what the plan asks for.
pub(in crate::kernel) fn steps(state: &State, plan: &[Command]) -> Vec<Command> {
    let before = Before { plan: state.plan() };
    let mut nameless = before.nameless();
    plan.iter().flat_map(|command| step(state, &before, &mut nameless, command)).collect()
}

/// Returns the agents that the plan followed last names, that this one does not, and that are there all the same.
pub(in crate::kernel) fn unplanned<'a>(state: &'a State, plan: &[Command]) -> Vec<&'a Name> {
    let (before, now) = (Before { plan: state.plan() }, Before { plan });
    let named = before.agents().filter_map(|new| new.name.as_ref());
    named
        .filter(|name| now.agent(name).is_none() && state.org().agent_named(name.as_str()).is_some())
        .collect()
}

/// The plan that was followed last.
struct Before<'a> {
    plan: &'a [Command],
}

impl<'a> Before<'a> {
    fn team(&self, name: &Name) -> Option<(Option<&TeamRef>, Option<TeamColor>)> {
        self.plan.iter().find_map(|command| match command {
            Command::CreateTeam { name: known, parent, color } if known == name => {
                Some((parent.as_ref(), *color))
            }
            _ => None,
        })
    }

    fn agent(&self, name: &Name) -> Option<&Launch> {
        self.agents().find(|new| new.name.as_ref() == Some(name)).map(|new| &new.launch)
    }

    /// Returns the agent that was to lead a team.
    fn lead(&self, team: &TeamRef) -> Option<&Name> {
        let mut leads = self.agents().filter(|new| new.role == Role::Coordinator);
        leads.find(|new| new.team.as_ref() == Some(team))?.name.as_ref()
    }

    fn agents(&self) -> impl Iterator<Item = &'a NewAgent> + use<'a> {
        self.plan.iter().filter_map(|command| match command {
            Command::CreateAgent(new) => Some(new),
            _ => None,
        })
    }

    /// Agents to which the session gave a name: each is found again when the plan asks for it.
    fn nameless(&self) -> Vec<NewAgent> {
        self.agents().filter(|new| new.name.is_none()).cloned().collect()
    }
}

fn step(state: &State, before: &Before, nameless: &mut Vec<NewAgent>, command: &Command) -> Vec<Command> {
    match command {
        Command::CreateTeam { name, parent, color } => {
            match (state.org().team_named(name.as_str()), before.team(name)) {
                (None, None) => vec![command.clone()],
                // A person disbanded it.
                (None, Some(_)) | (Some(_), None) => Vec::new(),
                (Some(team), Some((old_parent, old_color))) => {
                    let recolored = (*color).filter(|color| old_color != Some(*color));
                    let moved = (old_parent != parent.as_ref()).then(|| parent.clone());
                    let moved = moved.map(|parent| Command::MoveTeam { team: team.id.into(), parent });
                    let recolored =
                        recolored.map(|color| Command::RecolorTeam { team: team.id.into(), color });
                    moved.into_iter().chain(recolored).collect()
                }
            }
        }
        Command::CreateAgent(new) => match &new.name {
            None => match nameless.iter().position(|known| known == new) {
                Some(at) => {
                    nameless.swap_remove(at);
                    Vec::new()
                }
                None => vec![command.clone()],
            },
            Some(name) => match (state.org().agent_named(name.as_str()), before.agent(name)) {
                (None, None) => {
                    vec![Command::CreateAgent(NewAgent { role: role(state, before, new), ..new.clone() })]
                }
                // A person deleted it.
                (None, Some(_)) => Vec::new(),
                (Some(agent), launch) => {
                    let changed = (launch != Some(&new.launch)).then(|| Command::ChangeLaunch {
                        agent: agent.id.into(),
                        launch: new.launch.clone(),
                    });
                    let promoted = leads_now(state, before, agent, new)
                        .then(|| Command::PromoteAgent { agent: agent.id.into() });
                    changed.into_iter().chain(promoted).collect()
                }
            },
        },
        other => vec![other.clone()],
    }
}

/// Returns whether an agent that is there is to lead its team from now on: the file says so and did not before, and
/// no person has changed the team's lead, or the agent's team, by hand since.
fn leads_now(state: &State, before: &Before, agent: &Agent, new: &NewAgent) -> bool {
    let Some(team) = new.team.as_ref().filter(|_| new.role == Role::Coordinator) else { return false };
    let stands = agent.team.is_some_and(|id| is_meant(state, team, id));
    stands && before.lead(team) != new.name.as_ref() && is_led_as_planned(state, before, team)
}

/// Returns the role of an agent that is made now: a lead that a person chose by hand goes on leading.
fn role(state: &State, before: &Before, new: &NewAgent) -> Role {
    match &new.team {
        Some(team) if new.role == Role::Coordinator && !is_led_as_planned(state, before, team) => {
            Role::Worker
        }
        _ => new.role,
    }
}

/// Returns whether a team has the lead that it was to have; a team that is not there yet counts as led.
fn is_led_as_planned(state: &State, before: &Before, team: &TeamRef) -> bool {
    let Some(team_now) = state.org().teams().find(|known| is_meant(state, team, known.id)) else {
        return true;
    };
    let lead = team_now.lead.and_then(|lead| state.org().agent(lead)).map(|lead| &lead.name);
    lead == before.lead(team)
}

fn is_meant(state: &State, team: &TeamRef, id: TeamId) -> bool {
    match team {
        TeamRef::Id(meant) => *meant == id,
        TeamRef::Name(name) => state.org().team(id).is_some_and(|team| team.name.as_str() == name),
    }
}
