//! The life of an agent's process: wanted, started, seen, ended. What a person wants always wins over what was under
//! way: a stop during a start stops, and nothing restarts what was stopped.

use crate::domain::{
    Agent, AgentId, AgentRef, AgentState, Event, Exit, Launch, Name, Observation, Run, Timestamp,
};

use super::{
    Decision, Effect, Fact, Live, Phase, Refusal, Reply, State, agent_of, approval, is_forced, mail, turn,
};

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
        Phase::Starting | Phase::Up { .. } | Phase::Stopping { .. } => {
            Ok(next_in(state, agent, None).and(want(agent, Run::Again)))
        }
    }
}

/// Decides to start an agent in a conversation it was in.
pub(super) fn resume(
    state: &State,
    agent: &AgentRef,
    conversation: Option<String>,
) -> Result<Decision, Refusal> {
    let agent = agent_of(state, agent)?;
    if state.conversations(agent.id).is_empty() && conversation.is_none() {
        return Err(Refusal::NoConversation(agent.name.clone()));
    }
    // One whose number somebody gives, and of which nothing is known, is theirs to answer for.
    let known = |id: &String| state.conversations(agent.id).iter().find(|known| known.id == *id);
    let wanted = match conversation {
        Some(id) => Some(id).filter(|id| known(id).is_none_or(|known| known.prompted)),
        None => state.last_prompted(agent.id).map(|last| last.id.clone()),
    };
    let begun = begin_again(state, agent, wanted.clone());
    Ok(if wanted.is_some() { begun } else { begun.reply(Reply::Noted(anew(&agent.name))) })
}

/// Says that there was nothing to go on in.
fn anew(name: &Name) -> String {
    format!("nothing was said in that conversation yet, so {name} begins a new one")
}

/// Decides to start an agent in a new conversation.
pub(super) fn converse_anew(state: &State, agent: &AgentRef) -> Result<Decision, Refusal> {
    let agent = agent_of(state, agent)?;
    Ok(begin_again(state, agent, None))
}

/// Decides to bring back everything that ended while nobody watched, or with the session, and can go on in its
/// conversation; what has none is begun anew where nobody had stopped it.
pub(super) fn resume_all(state: &State) -> Decision {
    let lost = |agent: &Agent| {
        agent.run == Run::Wanted
            && !agent.launch.once
            && state.live(agent.id).is_some_and(|live| live.exit.is_some_and(is_forced))
    };
    let (mut resumed, mut anew, mut whole) = (Vec::new(), Vec::new(), Decision::default());
    for agent in in_phase(state, |phase| phase == Phase::Down) {
        if state.is_resumable(agent.id) {
            let last = state.last_prompted(agent.id).map(|conversation| conversation.id.clone());
            whole = whole.and(begin_again(state, agent, last));
            resumed.push(agent.name.clone());
        } else if lost(agent) {
            whole = whole.and(begin_again(state, agent, None));
            anew.push(agent.name.clone());
        }
    }
    whole.reply(Reply::Resumed { resumed, anew })
}

fn begin_again(state: &State, agent: &Agent, conversation: Option<String>) -> Decision {
    match phase(state, agent.id) {
        Phase::Down => begin_in(state, agent, agent.launch.clone(), conversation),
        Phase::Starting | Phase::Up { .. } | Phase::Stopping { .. } => {
            next_in(state, agent, conversation).and(want(agent, Run::Again))
        }
    }
}

/// Remembers in which conversation an agent is to be at its next start.
fn next_in(state: &State, agent: &Agent, conversation: Option<String>) -> Decision {
    if state.resume_wanted(agent.id) == conversation.as_deref() {
        return Decision::default();
    }
    Decision::default().event(Event::ResumeWanted { agent: agent.id, conversation })
}

/// Decides to interrupt an agent's turn.
pub(super) fn interrupt(state: &State, agent: &AgentRef, force: bool) -> Result<Decision, Refusal> {
    let agent = agent_of(state, agent)?;
    let live = state.live(agent.id).filter(|live| live.is_up());
    let Some(live) = live else { return Err(Refusal::NotRunning(agent.name.clone())) };
    match live.seen.state {
        AgentState::Waiting(_) if !force => Err(Refusal::DialogOpen(agent.name.clone())),
        state if !force && !state.is_busy() => Err(Refusal::NotBusy(agent.name.clone(), state.word())),
        _ => Ok(Decision::default()
            .event(Event::TurnBroken { agent: agent.id })
            .effect(Effect::Interrupt { agent: agent.id, force })),
    }
}

/// Decides to start everything that does not run; what can go on in its conversation is left for a person to decide on.
pub(super) fn start_all(state: &State) -> Decision {
    let (left, others): (Vec<&Agent>, Vec<&Agent>) = in_phase(state, |phase| phase == Phase::Down)
        .filter(|agent| !agent.launch.once)
        .partition(|agent| state.is_resumable(agent.id));
    let begun = others
        .into_iter()
        .fold(Decision::default(), |decision, agent| decision.and(begin(state, agent, agent.launch.clone())));
    if left.is_empty() {
        return begun;
    }
    let names: Vec<&str> = left.iter().map(|agent| agent.name.as_str()).collect();
    let note = format!("left to be resumed or started anew one by one: {}", names.join(", "));
    begun.reply(Reply::Noted(note))
}

/// Decides to end everything that runs; what nobody had stopped may go on later.
pub(super) fn stop_all(state: &State) -> Decision {
    in_phase(state, |phase| phase != Phase::Down).fold(Decision::default(), |decision, agent| {
        let run = if agent.run == Run::Stopped { Run::Stopped } else { Run::Down };
        decision.and(want(agent, run))
    })
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
        Fact::Resumed { alive } => resumed(state, &alive, now),
        Fact::Started { agent, epoch, pid } => match current(state, agent, epoch) {
            Some(live) if live.pid() != Some(pid) => started(state, agent, pid),
            Some(_) | None => Decision::default(),
        },
        Fact::StartFailed { agent, epoch, reason } => match current(state, agent, epoch) {
            Some(_) => approval::ended(state, agent, "its agent could not be started")
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
        Fact::Signalled { agent, epoch, signal } => match current(state, agent, epoch) {
            Some(live) if live.is_up() => turn::signalled(state, agent, live, signal, now),
            Some(_) | None => Decision::default(),
        },
        Fact::HookGone { agent, key } => approval::hook_gone(state, agent, &key),
        // The kernel itself keeps count of those.
        Fact::HookWaits { .. } => Decision::default(),
        Fact::Typed { agent, epoch, message } => {
            about(state, agent, epoch, || mail::typed(state, agent, message))
        }
        Fact::Submitted { agent, epoch, message } => {
            about(state, agent, epoch, || mail::submitted(state, agent, message, now))
        }
        Fact::Noted { agent, epoch, message, note } => {
            about(state, agent, epoch, || mail::noted(state, agent, message, note, now))
        }
        Fact::TypeRefused { agent, epoch, message, reason } => {
            about(state, agent, epoch, || mail::not_typed(state, agent, message, reason, now))
        }
        Fact::SubmitRefused { agent, epoch, message, reason } => {
            about(state, agent, epoch, || mail::not_submitted(state, agent, message, &reason))
        }
        Fact::Shows { agent, epoch, ask, choices } => {
            about(state, agent, epoch, || approval::shown(state, agent, ask, choices))
        }
        Fact::AnswerRefused { agent, epoch, approval, reason } => {
            about(state, agent, epoch, || approval::not_pressed(state, approval, reason))
        }
    }
}

/// Decides about an agent that is still in the start that a fact is about.
fn about(state: &State, agent: AgentId, epoch: u32, decide: impl FnOnce() -> Decision) -> Decision {
    if current(state, agent, epoch).is_some() { decide() } else { Decision::default() }
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
    begin_in(state, agent, launch, None)
}

fn begin_in(state: &State, agent: &Agent, launch: Launch, conversation: Option<String>) -> Decision {
    let epoch = state.live(agent.id).map_or(0, |live| live.epoch) + 1;
    Decision::default().event(Event::AgentStarting { agent: agent.id, epoch }).effect(Effect::Start {
        agent: agent.id,
        epoch,
        launch,
        conversation,
    })
}

/// The process is up; if it was meant to end in the meantime, it ends now.
fn started(state: &State, agent: AgentId, pid: u32) -> Decision {
    let decision = Decision::default().event(Event::AgentStarted { agent, pid });
    match state.org().agent(agent).map(|a| a.run) {
        Some(Run::Stopped | Run::Down | Run::Again) => decision.effect(Effect::Stop { agent }),
        Some(Run::Wanted) | None => decision,
    }
}

fn exited(state: &State, agent: AgentId, exit: Exit) -> Decision {
    let decision = mail::drop_typing(state, agent, "the agent ended")
        .and(approval::ended(state, agent, "its agent ended"))
        .event(Event::AgentExited { agent, exit });
    match state.org().agent(agent).filter(|a| a.run == Run::Again) {
        Some(again) => {
            let conversation = state.resume_wanted(agent).map(str::to_owned);
            decision.and(begin_in(state, again, again.launch.clone(), conversation))
        }
        None => decision,
    }
}

/// After a crash or an upgrade of the daemon: who lives goes on, who does not has ended unseen, and a text that was
/// being typed is not typed twice.
fn resumed(state: &State, alive: &[(AgentId, u32, u32)], now: Timestamp) -> Decision {
    let mut decision = mail::resumed(state, now).and(approval::resumed(state, now));
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
    let ready = live.seen.state.is_busy() && seen.state == AgentState::Idle;
    let finished = ready && live.effort.is_finished(now);
    let unseen = finished || (live.unseen && !seen.state.is_busy());
    let began = turn::seen_to_begin(live, agent, &seen);
    let after = mail::reacted(live, agent, &seen)
        .and(turn::seen_to_end(live, agent, &seen))
        .and(approval::observed(state, agent, &live.seen, &seen, now))
        .and(mail::deliver_next(state, agent, &seen, now));
    began.event(Event::Observed { agent, seen, unseen }).and(after)
}
