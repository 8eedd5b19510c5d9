//! What is decided of an agent's process.

use super::super::State;
use super::super::find::agent_of;
use super::super::outcome::{self, Decision};
use super::{Command, Effect, Event, Fact, Live, Phase, Present, Refusal, Reply, is_forced, turn};
use crate::domain::{Agent, AgentId, AgentRef, AgentState, Exit, Name, Observation, Run, Timestamp};

type Decided = Result<Decision, outcome::Refusal>;

/// Decides on a command.
pub(in crate::kernel) fn decide(state: &State, command: Command) -> Decided {
    match command {
        Command::Start { agent } => start(state, &agent),
        Command::Stop { agent } => stop(state, &agent),
        Command::Kill { agent } => kill(state, &agent),
        Command::Restart { agent } => restart(state, &agent),
        Command::Resume { agent, conversation } => resume(state, &agent, conversation),
        Command::ResumeAll => Ok(resume_all(state)),
        Command::NewConversation { agent } => Ok(begin_again(state, agent_of(state, &agent)?, None)),
        // The daemon turns it into a message where the program's adapter knows the words.
        Command::ClearConversation { agent } => {
            Err(Refusal::NoClear(agent_of(state, &agent)?.name.clone()).into())
        }
        Command::Interrupt { agent, force } => interrupt(state, &agent, force),
        Command::StartAll => Ok(start_all(state)),
        Command::StopAll => Ok(stop_all(state)),
        Command::Look { agent } => look(state, &agent),
    }
}

/// Decides to start an agent that does not run.
fn start(state: &State, agent: &AgentRef) -> Decided {
    let agent = agent_of(state, agent)?;
    match phase(state, agent.id) {
        Phase::Down => Ok(begin(state, agent.id)),
        Phase::Stopping { .. } => Err(Refusal::Stopping(agent.name.clone()).into()),
        Phase::Starting | Phase::Up { .. } => Err(Refusal::Running(agent.name.clone()).into()),
    }
}

/// Decides to end an agent's process; the grace is the holder's.
fn stop(state: &State, agent: &AgentRef) -> Decided {
    let agent = agent_of(state, agent)?;
    match phase(state, agent.id) {
        Phase::Down => Err(Refusal::NotRunning(agent.name.clone()).into()),
        Phase::Starting | Phase::Up { .. } | Phase::Stopping { .. } => Ok(want(agent, Run::Stopped)),
    }
}

/// Decides to end an agent's process at once.
fn kill(state: &State, agent: &AgentRef) -> Decided {
    let agent = agent_of(state, agent)?;
    match phase(state, agent.id) {
        Phase::Down => Err(Refusal::NotRunning(agent.name.clone()).into()),
        Phase::Starting | Phase::Up { .. } | Phase::Stopping { .. } => Ok(Decision::default()
            .event(Event::RunChanged { agent: agent.id, run: Run::Stopped })
            .effect(Effect::Kill { agent: agent.id })),
    }
}

/// Decides to end an agent's process and to start it again.
fn restart(state: &State, agent: &AgentRef) -> Decided {
    let agent = agent_of(state, agent)?;
    match phase(state, agent.id) {
        Phase::Down => Ok(begin(state, agent.id)),
        Phase::Starting | Phase::Up { .. } | Phase::Stopping { .. } => {
            Ok(next_in(state, agent, None).and(want(agent, Run::Again)))
        }
    }
}

/// Decides to start an agent in a conversation it was in.
fn resume(state: &State, agent: &AgentRef, conversation: Option<String>) -> Decided {
    let agent = agent_of(state, agent)?;
    if state.conversations(agent.id).is_empty() && conversation.is_none() {
        return Err(Refusal::NoConversation(agent.name.clone()).into());
    }
    // An explicit id of which nothing is known is passed through unchecked.
    let known = |id: &String| state.conversations(agent.id).iter().find(|known| known.id == *id);
    let wanted = match conversation {
        Some(id) => Some(id).filter(|id| known(id).is_none_or(|known| known.prompted)),
        None => state.last_prompted(agent.id).map(|last| last.id.clone()),
    };
    let begun = begin_again(state, agent, wanted.clone());
    Ok(if wanted.is_some() { begun } else { begun.reply(outcome::Reply::Noted(anew(&agent.name))) })
}

/// Says that there was nothing to go on in.
fn anew(name: &Name) -> String {
    format!("nothing was said in that conversation yet, so {name} begins a new one")
}

/// Decides to bring back every agent that ended unseen, or with the session, and can go on in its conversation;
/// an agent without one begins a new one unless a person had stopped it.
fn resume_all(state: &State) -> Decision {
    let lost = |agent: &Agent| {
        let live = state.live(agent.id).filter(|live| live.run == Run::Wanted);
        !agent.launch.once && live.is_some_and(|live| live.exit.is_some_and(is_forced))
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
        Phase::Down => begin_in(state, agent.id, conversation),
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
fn interrupt(state: &State, agent: &AgentRef, force: bool) -> Decided {
    let agent = agent_of(state, agent)?;
    let live = state.live(agent.id).filter(|live| live.is_up());
    let Some(live) = live else { return Err(Refusal::NotRunning(agent.name.clone()).into()) };
    match live.seen.state {
        AgentState::Waiting(_) if !force => Err(Refusal::DialogOpen(agent.name.clone()).into()),
        state if !force && !state.is_busy() => Err(Refusal::NotBusy(agent.name.clone(), state.word()).into()),
        _ => Ok(Decision::default()
            .event(Event::TurnBroken { agent: agent.id })
            .effect(Effect::Interrupt { agent: agent.id, force })),
    }
}

/// Decides to start everything that does not run; what can go on in its conversation is left for a person to decide on.
fn start_all(state: &State) -> Decision {
    let (left, others): (Vec<&Agent>, Vec<&Agent>) = in_phase(state, |phase| phase == Phase::Down)
        .filter(|agent| !agent.launch.once)
        .partition(|agent| state.is_resumable(agent.id));
    let begun =
        others.into_iter().fold(Decision::default(), |decision, agent| decision.and(begin(state, agent.id)));
    if left.is_empty() {
        return begun;
    }
    let names: Vec<&str> = left.iter().map(|agent| agent.name.as_str()).collect();
    let note = format!("left to be resumed or started anew one by one: {}", names.join(", "));
    begun.reply(outcome::Reply::Noted(note))
}

/// Decides to end everything that runs; what no person had stopped may go on later.
fn stop_all(state: &State) -> Decision {
    in_phase(state, |phase| phase != Phase::Down).fold(Decision::default(), |decision, agent| {
        let was_stopped = state.live(agent.id).is_some_and(|live| live.run == Run::Stopped);
        let run = if was_stopped { Run::Stopped } else { Run::Down };
        decision.and(want(agent, run))
    })
}

/// Decides that a person has looked.
fn look(state: &State, agent: &AgentRef) -> Decided {
    let agent = agent_of(state, agent)?.id;
    let unseen = state.live(agent).is_some_and(|live| live.unseen);
    Ok(if unseen { Decision::default().event(Event::Looked { agent }) } else { Decision::default() })
}

/// Decides on what was observed.
pub(in crate::kernel) fn observe(state: &State, present: &Present, fact: Fact, now: Timestamp) -> Decision {
    match fact {
        Fact::Started { agent, epoch, pid } => match current(state, agent, epoch) {
            Some(live) if live.pid() != Some(pid) => started(state, agent, pid),
            Some(_) | None => Decision::default(),
        },
        Fact::StartFailed { agent, epoch, reason } => match current(state, agent, epoch) {
            Some(_) => Decision::default().event(Event::StartFailed { agent, reason }),
            None => Decision::default(),
        },
        Fact::Exited { agent, epoch, exit } => match current(state, agent, epoch) {
            Some(live) if live.phase != Phase::Down => exited(state, agent, exit),
            Some(_) | None => Decision::default(),
        },
        Fact::Observed { agent, epoch, seen } => match current(state, agent, epoch) {
            Some(live) if live.is_up() && live.seen != seen => observed(state, present, agent, seen, now),
            Some(_) | None => Decision::default(),
        },
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

/// Decides on the next start of an agent that does not run, in a new conversation.
pub(in crate::kernel) fn begin(state: &State, agent: AgentId) -> Decision {
    begin_in(state, agent, None)
}

/// Decides on the next start of an agent that failed, now that it is started in another way.
pub(in crate::kernel) fn begin_after_failure(state: &State, agent: AgentId) -> Decision {
    let live = state.live(agent).filter(|live| live.phase == Phase::Down);
    let failed = live.is_some_and(|live| live.seen.state == AgentState::Error);
    if failed { begin(state, agent) } else { Decision::default() }
}

fn begin_in(state: &State, agent: AgentId, conversation: Option<String>) -> Decision {
    let epoch = state.live(agent).map_or(0, |live| live.epoch) + 1;
    let launch = state.org().agent(agent).map(|agent| agent.launch.clone()).unwrap_or_default();
    let effect = Effect::Start { agent, epoch, launch, conversation };
    Decision::default().event(Event::Starting { agent, epoch }).effect(effect)
}

/// The process is up. If it should end by now, it ends.
fn started(state: &State, agent: AgentId, pid: u32) -> Decision {
    let decision = Decision::default().event(Event::Started { agent, pid });
    match state.live(agent).map(|live| live.run) {
        Some(Run::Stopped | Run::Down | Run::Again) => decision.effect(Effect::Stop { agent }),
        Some(Run::Wanted) | None => decision,
    }
}

fn exited(state: &State, agent: AgentId, exit: Exit) -> Decision {
    let decision = Decision::default().event(Event::Exited { agent, exit });
    if state.live(agent).is_some_and(|live| live.run == Run::Again) {
        let conversation = state.resume_wanted(agent).map(str::to_owned);
        return decision.and(begin_in(state, agent, conversation));
    }
    decision
}

/// Decides on one agent after the daemon was away: it is alive with this epoch and process, or it ended unseen.
pub(in crate::kernel) fn resumed(state: &State, agent: AgentId, alive: Option<(u32, u32)>) -> Decision {
    let Some(live) = state.live(agent).filter(|live| live.phase != Phase::Down) else {
        return Decision::default();
    };
    match alive.filter(|(epoch, _)| *epoch == live.epoch) {
        Some((_, pid)) => started(state, agent, pid),
        None => exited(state, agent, Exit::Lost),
    }
}

fn observed(state: &State, present: &Present, agent: AgentId, seen: Observation, now: Timestamp) -> Decision {
    let Some(live) = state.live(agent) else { return Decision::default() };
    let ready = live.seen.state.is_busy() && seen.state == AgentState::Idle;
    let finished = ready && turn::is_finished(live, present, agent, now);
    let unseen = finished || (live.unseen && !seen.state.is_busy());
    let began = turn::seen_to_begin(state, live, agent, &seen);
    let ended = turn::seen_to_end(live, agent, &seen);
    began.event(Event::Observed { agent, seen, unseen }).and(ended)
}
