//! What is decided of keys and broadcasts.

use std::collections::BTreeMap;

use super::super::State;
use super::super::find::{agent_of, scope_of};
use super::super::outcome::{self, Decision};
use super::refusal::MOST_OPEN;
use super::{Command, Event, Refusal, Reply};
use crate::domain::{
    Agent, AgentId, AgentState, BroadcastId, BroadcastReport, Input, Key, KeyCode, KeyKind, Mods, Outcome,
    Route, Scope, ScopeRef, Skip, Target,
};

/// The broadcasts that are open.
#[derive(Clone, Debug, Default)]
pub(in crate::kernel) struct Present {
    open: BTreeMap<BroadcastId, Open>,
    last: u32,
}

#[derive(Clone, Debug)]
struct Open {
    scope: Scope,
    include_dialogs: bool,
    outcomes: Vec<Outcome>,
}

impl Present {
    /// Decides on a command.
    pub(in crate::kernel) fn decide(
        &mut self,
        state: &State,
        command: Command,
    ) -> Result<Decision, outcome::Refusal> {
        match command {
            Command::Open { scope, include_dialogs } => self.open(state, &scope, include_dialogs),
            Command::Close { broadcast } => Ok(self.close(broadcast)?),
        }
    }

    /// Names the targets.
    fn open(
        &mut self,
        state: &State,
        scope: &ScopeRef,
        include_dialogs: bool,
    ) -> Result<Decision, outcome::Refusal> {
        if self.open.len() >= MOST_OPEN {
            return Err(Refusal::TooMany.into());
        }
        let scope = scope_of(state, scope)?;
        let agents: Vec<&Agent> =
            state.org().within(scope).into_iter().filter_map(|id| state.org().agent(id)).collect();
        let targets: Vec<Target> = agents
            .iter()
            .map(|a| Target { agent: a.id, name: a.name.clone(), skip: skip(state, a.id, include_dialogs) })
            .collect();
        // Until something was sent, the report says of each target what was said when it was named.
        let outcomes = targets
            .iter()
            .map(|t| Outcome {
                agent: t.agent,
                name: t.name.clone(),
                delivered: 0,
                kept_back: 0,
                skip: t.skip,
            })
            .collect();
        self.last += 1;
        let id = BroadcastId(self.last);
        self.open.insert(id, Open { scope, include_dialogs, outcomes });
        Ok(Decision::default()
            .event(Event::Opened { broadcast: id, scope, targets: targets.clone() })
            .reply(Reply::Opened(id, targets)))
    }

    /// Returns the agents that get what was pressed. No event comes of it and nothing waits for the disk.
    pub(in crate::kernel) fn press(
        &mut self,
        state: &State,
        route: &Route,
        input: &Input,
    ) -> Result<Vec<AgentId>, outcome::Refusal> {
        match route {
            Route::Executive => {
                let executive = state.org().executive().ok_or(Refusal::NoExecutive)?;
                Ok(direct(state, executive, input)?)
            }
            Route::Direct(agent) => Ok(direct(state, agent_of(state, agent)?, input)?),
            Route::Broadcast(id) => {
                let open = self.open.get_mut(id).ok_or(Refusal::NoBroadcast)?;
                match input {
                    Input::Mouse(_) => Err(Refusal::MouseBroadcast.into()),
                    Input::Focus(_) => Ok(Vec::new()),
                    Input::Key(_) | Input::Paste(_) => Ok(open.press(state)),
                }
            }
        }
    }

    /// Ends a broadcast and says what each target got.
    fn close(&mut self, broadcast: BroadcastId) -> Result<Decision, Refusal> {
        let open = self.open.remove(&broadcast).ok_or(Refusal::NoBroadcast)?;
        let report = BroadcastReport { scope: open.scope, outcomes: open.outcomes };
        Ok(Decision::default()
            .event(Event::Closed { broadcast, report: report.clone() })
            .reply(Reply::Closed(report)))
    }
}

impl Open {
    fn press(&mut self, state: &State) -> Vec<AgentId> {
        let mut reached = Vec::new();
        for outcome in &mut self.outcomes {
            match skip(state, outcome.agent, self.include_dialogs) {
                None => {
                    outcome.delivered += 1;
                    outcome.skip = outcome.skip.filter(|_| outcome.kept_back > 0);
                    reached.push(outcome.agent);
                }
                Some(reason) => {
                    outcome.kept_back += 1;
                    outcome.skip = Some(reason);
                }
            }
        }
        reached
    }
}

fn direct(state: &State, agent: &Agent, input: &Input) -> Result<Vec<AgentId>, Refusal> {
    match (state.is_up(agent.id), input) {
        (true, _) => Ok(vec![agent.id]),
        // The mouse and the focus wander over panes by themselves; no person meant to type there.
        (false, Input::Mouse(_) | Input::Focus(_)) => Ok(Vec::new()),
        (false, Input::Key(_) | Input::Paste(_)) => Err(Refusal::NotRunning(agent.name.clone())),
    }
}

/// Returns whether programs take this for an interruption.
pub(in crate::kernel) fn interrupts(input: &Input) -> bool {
    let Input::Key(key) = input else { return false };
    let interrupts = [Key::plain(KeyCode::Esc), Key::with(KeyCode::Char('c'), Mods::CTRL)];
    key.kind != KeyKind::Release && interrupts.contains(&key.canonical())
}

fn skip(state: &State, agent: AgentId, include_dialogs: bool) -> Option<Skip> {
    match state.live(agent) {
        Some(live) if !live.is_up() => Some(Skip::NotRunning),
        None => Some(Skip::NotRunning),
        Some(live) => match live.seen.state {
            AgentState::Waiting(_) if !include_dialogs => Some(Skip::Dialog),
            _ => None,
        },
    }
}
