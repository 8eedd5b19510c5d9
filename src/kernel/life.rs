//! The life of an agent's process: wanted, started, seen, ended. What a person wants always wins over what was under
//! way: a stop during a start stops, and nothing restarts what was stopped.

use crate::domain::{Agent, AgentId, AgentRef, AgentState, Event, Exit, Launch, Observation, Run, Timestamp};

use super::{Decision, Effect, Fact, Live, Phase, Refusal, State, agent_of, mail};

/// Decides to start an agent that does not run.
pub(super) fn start(state: &State, agent: &AgentRef) -> Result<Decision, Refusal> {
    let agent = agent_of(state, agent)?;
    match phase(state, agent.id) {
        Phase::Down => Ok(begin(state, agent, agent.launch.clone())),
        Phase::Stopping { .. } => Err(Refusal::Stopping(agent.name.clone())),
        Phase::Starting | Phase::Up { .. } => Err(Refusal::Running(agent.name.clone())),
    }
}

/// Decides to end an agent's process; the grace is the holder's.
pub(super) fn stop(state: &State, agent: &AgentRef) -> Result<Decision, Refusal> {
    let agent = agent_of(state, agent)?;
    match phase(state, agent.id) {
        Phase::Down => Err(Refusal::NotRunning(agent.name.clone())),
        Phase::Starting | Phase::Up { .. } | Phase::Stopping { .. } => Ok(want(agent, Run::Stopped)),
    }
}

/// Decides to end an agent's process at once.
pub(super) fn kill(state: &State, agent: &AgentRef) -> Result<Decision, Refusal> {
    let agent = agent_of(state, agent)?;
    match phase(state, agent.id) {
        Phase::Down => Err(Refusal::NotRunning(agent.name.clone())),
        Phase::Starting | Phase::Up { .. } | Phase::Stopping { .. } => Ok(Decision::default()
            .event(Event::RunChanged { agent: agent.id, run: Run::Stopped })
            .effect(Effect::Kill { agent: agent.id })),
    }
}

/// Decides to end an agent's process and to start it anew.
pub(super) fn restart(state: &State, agent: &AgentRef) -> Result<Decision, Refusal> {
    let agent = agent_of(state, agent)?;
    match phase(state, agent.id) {
        Phase::Down => Ok(begin(state, agent, agent.launch.clone())),
        Phase::Starting | Phase::Up { .. } | Phase::Stopping { .. } => Ok(want(agent, Run::Again)),
    }
}

/// Decides to start everything that does not run.
pub(super) fn start_all(state: &State) -> Decision {
    in_phase(state, |phase| phase == Phase::Down)
        .fold(Decision::default(), |decision, agent| decision.and(begin(state, agent, agent.launch.clone())))
}

/// Decides to end everything that runs.
pub(super) fn stop_all(state: &State) -> Decision {
    in_phase(state, |phase| phase != Phase::Down)
        .fold(Decision::default(), |decision, agent| decision.and(want(agent, Run::Stopped)))
}

/// Decides that a person has looked.
pub(super) fn look(state: &State, agent: &AgentRef) -> Result<Decision, Refusal> {
    let agent = agent_of(state, agent)?.id;
    let unseen = state.live(agent).is_some_and(|live| live.unseen);
    Ok(if unseen { Decision::default().event(Event::Looked { agent }) } else { Decision::default() })
}

/// Folds in what was observed.
pub(super) fn observe(state: &State, fact: Fact, now: Timestamp) -> Decision {
    match fact {
        Fact::Resumed { alive } => resumed(state, &alive),
        Fact::Started { agent, epoch, pid } => match current(state, agent, epoch) {
            Some(live) if live.pid() != Some(pid) => started(state, agent, pid),
            Some(_) | None => Decision::default(),
        },
        Fact::StartFailed { agent, epoch, reason } => match current(state, agent, epoch) {
            Some(_) => Decision::default()
                .event(Event::StartFailed { agent, reason })
                .and(mail::drop_typing(state, agent, "the agent could not be started")),
            None => Decision::default(),
        },
        Fact::Exited { agent, epoch, exit } => match current(state, agent, epoch) {
            Some(live) if live.phase != Phase::Down => exited(state, agent, exit),
            Some(_) | None => Decision::default(),
        },
        Fact::Observed { agent, epoch, seen } => match current(state, agent, epoch) {
            Some(live) if live.is_up() && live.seen != seen => observed(state, agent, live, seen, now),
            Some(_) | None => Decision::default(),
        },
        // Seen to before it comes here: what it uses up depends on what it adds.
        Fact::Used { .. } => Decision::default(),
    }
}

fn current(state: &State, agent: AgentId, epoch: u32) -> Option<&Live> {
    state.live(agent).filter(|live| live.epoch == epoch)
}

fn phase(state: &State, agent: AgentId) -> Phase {
    state.live(agent).map_or(Phase::Down, |live| live.phase)
}

fn in_phase(state: &State, test: impl Fn(Phase) -> bool) -> impl Iterator<Item = &Agent> {
    let order = state.org().in_order();
    order.into_iter().filter_map(|id| state.org().agent(id)).filter(move |agent| test(phase(state, agent.id)))
}

fn want(agent: &Agent, run: Run) -> Decision {
    Decision::default()
        .event(Event::RunChanged { agent: agent.id, run })
        .effect(Effect::Stop { agent: agent.id })
}

/// Decides on the next start of an agent that does not run.
pub(super) fn begin(state: &State, agent: &Agent, launch: Launch) -> Decision {
    let epoch = state.live(agent.id).map_or(0, |live| live.epoch) + 1;
    Decision::default().event(Event::AgentStarting { agent: agent.id, epoch }).effect(Effect::Start {
        agent: agent.id,
        epoch,
        launch,
    })
}

/// The process is up; if it was meant to end in the meantime, it ends now.
fn started(state: &State, agent: AgentId, pid: u32) -> Decision {
    let decision = Decision::default().event(Event::AgentStarted { agent, pid });
    match state.org().agent(agent).map(|a| a.run) {
        Some(Run::Stopped | Run::Again) => decision.effect(Effect::Stop { agent }),
        Some(Run::Wanted) | None => decision,
    }
}

fn exited(state: &State, agent: AgentId, exit: Exit) -> Decision {
    let decision =
        mail::drop_typing(state, agent, "the agent ended").event(Event::AgentExited { agent, exit });
    match state.org().agent(agent).filter(|a| a.run == Run::Again) {
        Some(again) => decision.and(begin(state, again, again.launch.clone())),
        None => decision,
    }
}

/// After a crash or an upgrade of the daemon: who lives goes on, who does not has ended unseen, and a text that was
/// being typed is not typed twice.
fn resumed(state: &State, alive: &[(AgentId, u32, u32)]) -> Decision {
    let mut decision = Decision::default();
    for id in state.org().in_order() {
        let Some(live) = state.live(id) else { continue };
        let found = alive.iter().find(|(agent, epoch, _)| *agent == id && *epoch == live.epoch);
        decision = match (live.phase, found) {
            (Phase::Down, _) => decision,
            (_, None) => decision.and(exited(state, id, Exit::Lost)),
            (_, Some((_, _, pid))) => decision
                .and(mail::drop_typing(state, id, "the daemon ended while it was being typed"))
                .and(started(state, id, *pid)),
        };
    }
    decision
}

fn observed(state: &State, agent: AgentId, live: &Live, seen: Observation, now: Timestamp) -> Decision {
    let finished = live.seen.state.is_busy() && seen.state == AgentState::Idle;
    let unseen = finished || (live.unseen && !seen.state.is_busy());
    let state_now = seen.state;
    let decision = Decision::default().event(Event::Observed { agent, seen, unseen });
    decision.and(mail::deliver_next(state, agent, state_now, now))
}
