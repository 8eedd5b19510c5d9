//! Keys: to the executive, to one agent, or to the confirmed targets of a broadcast.
//!
//! A broadcast exists from the moment its targets are named to the moment it is ended; keys can only be sent under
//! its number. Each key is checked anew: an agent that opened a dialog in the meantime is passed over, and the report
//! says so. Open broadcasts are nobody's past: they live here, not in the state.

use std::collections::BTreeMap;

use crate::domain::{
    Agent, AgentId, AgentState, BroadcastId, BroadcastReport, Event, Input as Pressed, Key, KeyCode, Mods,
    Outcome, Route, Scope, ScopeRef, Skip, Target,
};

use super::{Decision, Effect, Refusal, Reply, State, agent_of, scope_of};

/// The broadcasts that are open.
#[derive(Clone, Debug, Default)]
pub(super) struct Broadcasts {
    open: BTreeMap<BroadcastId, Open>,
    last: u32,
}

#[derive(Clone, Debug)]
struct Open {
    scope: Scope,
    include_dialogs: bool,
    outcomes: Vec<Outcome>,
}

impl Broadcasts {
    /// Names the targets.
    pub(super) fn open(
        &mut self,
        state: &State,
        scope: &ScopeRef,
        include_dialogs: bool,
    ) -> Result<Decision, Refusal> {
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
            .event(Event::BroadcastOpened { broadcast: id, scope, targets: targets.clone() })
            .reply(Reply::Broadcast(id, targets)))
    }

    /// Sends on what was pressed.
    pub(super) fn press(
        &mut self,
        state: &State,
        route: &Route,
        input: Pressed,
    ) -> Result<Decision, Refusal> {
        match route {
            Route::Executive => {
                let executive = state.org().executive().ok_or(Refusal::NoExecutive)?;
                direct(state, executive, input)
            }
            Route::Direct(agent) => direct(state, agent_of(state, agent)?, input),
            Route::Broadcast(id) => {
                let open = self.open.get_mut(id).ok_or(Refusal::NoBroadcast)?;
                match input {
                    Pressed::Mouse(_) => Err(Refusal::MouseBroadcast),
                    Pressed::Focus(_) => Ok(Decision::default()),
                    Pressed::Key(_) | Pressed::Paste(_) => Ok(open.press(state, &input)),
                }
            }
        }
    }

    /// Ends a broadcast and says what each target got.
    pub(super) fn close(&mut self, broadcast: BroadcastId) -> Result<Decision, Refusal> {
        let open = self.open.remove(&broadcast).ok_or(Refusal::NoBroadcast)?;
        let report = BroadcastReport { scope: open.scope, outcomes: open.outcomes };
        Ok(Decision::default()
            .event(Event::BroadcastClosed { broadcast, report: report.clone() })
            .reply(Reply::Report(report)))
    }
}

impl Open {
    fn press(&mut self, state: &State, input: &Pressed) -> Decision {
        let mut decision = Decision::default();
        for outcome in &mut self.outcomes {
            match skip(state, outcome.agent, self.include_dialogs) {
                None => {
                    outcome.delivered += 1;
                    outcome.skip = outcome.skip.filter(|_| outcome.kept_back > 0);
                    decision = decision.effect(Effect::Press { agent: outcome.agent, input: input.clone() });
                }
                Some(reason) => {
                    outcome.kept_back += 1;
                    outcome.skip = Some(reason);
                }
            }
        }
        decision
    }
}

fn direct(state: &State, agent: &Agent, input: Pressed) -> Result<Decision, Refusal> {
    let live = state.live(agent.id).filter(|live| live.is_up());
    if let Some(live) = live.filter(|_| interrupts(&input)) {
        let press = Decision::default().effect(Effect::Press { agent: agent.id, input });
        // A turn that ends because of this was not finished.
        let breaks = live.turn_since.is_some();
        return Ok(if breaks { press.event(Event::TurnBroken { agent: agent.id }) } else { press });
    }
    match (live.is_some(), &input) {
        (true, _) => Ok(Decision::default().effect(Effect::Press { agent: agent.id, input })),
        // The mouse and the focus wander over panes by themselves; nobody meant to type there.
        (false, Pressed::Mouse(_) | Pressed::Focus(_)) => Ok(Decision::default()),
        (false, Pressed::Key(_) | Pressed::Paste(_)) => Err(Refusal::NotRunning(agent.name.clone())),
    }
}

/// Returns whether this is what programs take for an interruption.
fn interrupts(input: &Pressed) -> bool {
    let Pressed::Key(key) = input else { return false };
    [Key::plain(KeyCode::Esc), Key::with(KeyCode::Char('c'), Mods::CTRL)].contains(key)
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
