//! What is decided of what agents ask.

use std::collections::BTreeSet;
use std::time::Duration;

use super::super::State;
use super::super::outcome::Decision;
use super::state::asks_person;
use super::way::{Way, way, wrong};
use super::{Command, Effect, Event, Fact, OpenApproval, Present, Refusal, Timer};
use crate::domain::{
    Actor, AgentId, AgentState, Approval, ApprovalEnd, ApprovalId, Ask, AskKind, Observation, Signal,
    Timestamp, Verdict, WaitFor,
};

/// How long an agent has to act on an answer.
pub(in crate::kernel) const CONFIRM_FOR: Duration = Duration::from_secs(5);

/// The most that one agent asks at a time; a program that asks more has run wild.
const MOST: usize = 32;

/// An agent that lived through the daemon's own absence is seen within this time.
const SEEN_WITHIN: Duration = Duration::from_secs(15);

const AWAY: &str = "it was settled while the daemon was away";

/// Decides on an answer.
pub(in crate::kernel) fn decide(
    state: &State,
    present: &Present,
    command: Command,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    let Command::Answer { approval: id, verdict } = command;
    let Some(open) = state.approvals().get(id) else { return Err(late(state, id)) };
    if let Some(answered) = &open.answered {
        return Err(Refusal::Settled(
            id,
            format!("{} answered {}", who(answered.by), word(&answered.verdict)),
        ));
    }
    let agent = open.approval.agent;
    if let Some(wrong) = wrong(open, &verdict) {
        return Err(Refusal::WrongAnswer(id, wrong));
    }
    let (effect, by_keys) = match way(state, present, open, &verdict) {
        Ok(Way::Hook(key)) => (Effect::AnswerHook { agent, key, verdict: verdict.clone() }, false),
        Ok(Way::Keys(dialog)) => {
            (Effect::PressAnswer { agent, approval: id, dialog, verdict: verdict.clone() }, true)
        }
        Err(reason) => return Err(Refusal::NotAnswerable(id, reason.to_owned())),
    };
    Ok(Decision::default()
        .event(Event::Answered { approval: id, agent, verdict, by_keys })
        .effect(effect)
        .wake(now + CONFIRM_FOR, Timer::Confirm { approval: id }))
}

/// Decides on what the agents asked that are alive after the daemon was away: a sight of each is waited for.
pub(in crate::kernel) fn resumed(
    state: &State,
    present: &mut Present,
    alive: impl Iterator<Item = AgentId>,
    now: Timestamp,
) -> Decision {
    present.found_again(alive.filter(|agent| state.approvals().of(*agent).next().is_some()));
    let agents: BTreeSet<AgentId> = state.approvals().open().map(|open| open.approval.agent).collect();
    agents.into_iter().fold(Decision::default(), |decision, agent| {
        decision.wake(now + SEEN_WITHIN, Timer::Unseen { agent })
    })
}

/// Decides on what was observed of dialogs and hooks.
pub(in crate::kernel) fn observe(state: &State, present: &mut Present, fact: Fact) -> Decision {
    let is_current = |agent, epoch| state.live(agent).is_some_and(|live| live.epoch == epoch);
    match fact {
        Fact::HookWaits { agent, key } => {
            present.hook_waits(agent, key);
            Decision::default()
        }
        Fact::HookGone { agent, key } => {
            present.hook_gone(agent, &key);
            hook_gone(state, present, agent, &key)
        }
        Fact::Shows { agent, epoch, ask, choices } if is_current(agent, epoch) => {
            shown(state, agent, ask, choices)
        }
        Fact::AnswerRefused { agent, epoch, approval, reason } if is_current(agent, epoch) => {
            not_pressed(state, approval, reason)
        }
        Fact::Shows { .. } | Fact::AnswerRefused { .. } => Decision::default(),
    }
}

/// Decides on what a program told of its questions.
pub(in crate::kernel) fn signalled(
    state: &State,
    present: &Present,
    agent: AgentId,
    signal: &Signal,
    now: Timestamp,
) -> Decision {
    match signal {
        Signal::Asks(ask) => asked(state, present, agent, ask, now),
        Signal::ToolRan { key } => ran(state, agent, key),
        Signal::AskSettled { key } => settled(state, present, agent, key.as_deref()),
        _ => Decision::default(),
    }
}

fn late(state: &State, id: ApprovalId) -> Refusal {
    let Some(settled) = state.approvals().settled().find(|settled| settled.approval.id == id) else {
        return Refusal::NoApproval(id);
    };
    let how = match (&settled.end, settled.by) {
        (ApprovalEnd::Answered { verdict }, Some(by)) => format!("{} answered {}", who(by), word(verdict)),
        (ApprovalEnd::Answered { verdict }, None) => format!("it was answered {}", word(verdict)),
        (ApprovalEnd::Elsewhere, _) => "it was answered in its pane".to_owned(),
        (ApprovalEnd::Withdrawn { reason }, _) => reason.clone(),
    };
    Refusal::Settled(id, how)
}

fn who(actor: Actor) -> String {
    match actor {
        Actor::Person => "a person".to_owned(),
        Actor::Daemon => "the daemon".to_owned(),
        Actor::Agent(id) => format!("agent {id}"),
    }
}

fn word(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Allow => "yes".to_owned(),
        Verdict::Deny { .. } => "no".to_owned(),
        Verdict::Choose { option } => format!("with option {}", option + 1),
    }
}

/// A program told what it asks.
fn asked(state: &State, present: &Present, agent: AgentId, ask: &Ask, now: Timestamp) -> Decision {
    let epoch = state.live(agent).map_or(0, |live| live.epoch);
    let approvals = state.approvals();
    if approvals.of(agent).any(|open| ask.key.is_some() && open.approval.ask.key == ask.key) {
        return Decision::default();
    }
    // What was answered is behind it, now that it asks something else.
    let decision = approvals
        .of(agent)
        .filter(|open| open.answered.is_some())
        .fold(Decision::default(), |decision, open| decision.and(close(present, open, None)));
    let vague = approvals.of(agent).find(|open| open.answered.is_none() && open.approval.ask.key.is_none());
    if let Some(open) = vague {
        let (approval, choices) = (open.approval.id, open.choices.clone());
        let ask = ask.clone();
        return decision.event(Event::Told { approval, agent, ask, choices, by_screen: false });
    }
    // It told more, and from another source it is known already.
    let known = ask.key.is_none() && approvals.of(agent).any(|open| open.answered.is_none());
    if known || approvals.of(agent).count() >= MOST {
        return decision;
    }
    let (id, ask) = (approvals.next(), ask.clone());
    decision.event(Event::Asked { approval: Approval { id, agent, epoch, ask, asked_at: now } })
}

/// The dialog on its screen says what it asks, as far as no better source told that, and what it offers.
fn shown(state: &State, agent: AgentId, ask: Ask, choices: Vec<String>) -> Decision {
    let mut open = state.approvals().of(agent).filter(|open| open.answered.is_none() && open.seen_waiting);
    // Which of several is on the screen is not known.
    let (Some(open), None) = (open.next(), open.next()) else { return Decision::default() };
    let known = &open.approval.ask;
    let ask = if open.by_screen { ask } else { known.clone() };
    if *known == ask && open.choices == choices {
        return Decision::default();
    }
    let (approval, by_screen) = (open.approval.id, open.by_screen);
    Decision::default().event(Event::Told { approval, agent, ask, choices, by_screen })
}

/// A tool that was asked about has run, so that it was allowed, whatever was answered from here.
fn ran(state: &State, agent: AgentId, key: &str) -> Decision {
    let is_it = |approval: &Approval| approval.agent == agent && approval.ask.key.as_deref() == Some(key);
    let denied = |verdict: &Verdict| matches!(verdict, Verdict::Deny { .. });
    let open = state.approvals().open().filter(|open| is_it(&open.approval));
    let open = open.filter(|open| open.answered.as_ref().is_some_and(|answered| denied(&answered.verdict)));
    let ours = |end: &ApprovalEnd| matches!(end, ApprovalEnd::Answered { verdict } if denied(verdict));
    let over = state.approvals().settled().filter(|settled| is_it(&settled.approval) && ours(&settled.end));
    let ids = open.map(|open| open.approval.id).chain(over.map(|settled| settled.approval.id));
    ids.fold(Decision::default(), |decision, approval| {
        let end = ApprovalEnd::Elsewhere;
        decision.event(Event::Closed { approval, agent, end, note: None })
    })
}

/// A program told that what it asked is settled.
fn settled(state: &State, present: &Present, agent: AgentId, key: Option<&str>) -> Decision {
    let meant = |open: &&OpenApproval| key.is_none() || open.approval.ask.key.as_deref() == key;
    let open = state.approvals().of(agent).filter(meant);
    open.fold(Decision::default(), |decision, open| decision.and(close(present, open, None)))
}

/// A program no longer waits at a hook: it was answered in its pane, or its patience is over.
fn hook_gone(state: &State, present: &Present, agent: AgentId, key: &str) -> Decision {
    let keyed = |open: &&OpenApproval| open.approval.ask.key.as_deref() == Some(key);
    let waits = state.live(agent).is_some_and(|live| asks_person(live.seen.state));
    match state.approvals().of(agent).find(keyed) {
        Some(open) if !waits && open.answered.is_none() => {
            close(present, open, Some("its program stopped asking"))
        }
        Some(_) | None => Decision::default(),
    }
}

/// What is seen of an agent begins or ends a question that no better source told of. `before` is what was seen before.
pub(in crate::kernel) fn observed(
    state: &State,
    present: &mut Present,
    agent: AgentId,
    before: &Observation,
    now: Timestamp,
) -> Decision {
    let Some(live) = state.live(agent) else { return Decision::default() };
    let seen = &live.seen;
    let asks = asks_person(seen.state);
    if present.was_unseen(agent, seen) && state.approvals().of(agent).next().is_some() {
        // What was asked before the daemon was away is still asked, until something else is seen.
        let still = asks || present.is_unseen(agent);
        return if still { Decision::default() } else { over(state, present, agent, before, Some(AWAY)) };
    }
    let decision = over(state, present, agent, before, None);
    let left = state.approvals().of(agent).count() > decision.events.len();
    if !asks || left {
        return decision;
    }
    let (id, epoch, ask) = (state.approvals().next(), live.epoch, seen_ask(seen));
    decision.event(Event::Asked { approval: Approval { id, agent, epoch, ask, asked_at: now } })
}

/// Closes the questions that what is seen now shows to be over.
fn over(
    state: &State,
    present: &Present,
    agent: AgentId,
    before: &Observation,
    withdrawn: Option<&str>,
) -> Decision {
    let Some(live) = state.live(agent) else { return Decision::default() };
    let seen = &live.seen;
    let (asked_before, asks) = (asks_person(before.state), asks_person(seen.state));
    let another = asked_before && asks && is_another(before, seen);
    let all = !asks && !seen.state.is_busy();
    let mut decision = Decision::default();
    for (n, open) in state.approvals().of(agent).enumerate() {
        // Of several only the first was on the screen; the others go with the turn.
        let was_shown = open.seen_waiting && asked_before && (n == 0 || open.answered.is_some());
        if (was_shown && (!asks || another)) || all {
            decision = decision.and(close(present, open, withdrawn));
        }
    }
    decision
}

/// Nothing asks any more: the agent has ended.
pub(in crate::kernel) fn ended(state: &State, present: &Present, agent: AgentId, reason: &str) -> Decision {
    let open = state.approvals().of(agent);
    open.fold(Decision::default(), |decision, open| decision.and(close(present, open, Some(reason))))
}

/// Decides what a timer means by now.
pub(in crate::kernel) fn due(state: &State, present: &mut Present, timer: Timer, now: Timestamp) -> Decision {
    match timer {
        Timer::Confirm { approval } => unconfirmed(state, present, approval, now),
        Timer::Unseen { agent } => {
            let asks = state.live(agent).is_some_and(|live| asks_person(live.seen.state));
            let gone = present.stop_waiting(agent) && !asks;
            if gone { ended(state, present, agent, AWAY) } else { Decision::default() }
        }
    }
}

/// The time that an agent had to act on an answer is over.
fn unconfirmed(state: &State, present: &Present, id: ApprovalId, now: Timestamp) -> Decision {
    let Some(open) = state.approvals().get(id) else { return Decision::default() };
    let Some(answered) = open.answered.as_ref().filter(|answered| now.since(answered.at) >= CONFIRM_FOR)
    else {
        return Decision::default();
    };
    let agent = open.approval.agent;
    let still = open.seen_waiting && state.live(agent).is_some_and(|live| asks_person(live.seen.state));
    if still {
        let reason = format!("it was answered {}, and its dialog is still open", word(&answered.verdict));
        return Decision::default().event(Event::Unconfirmed { approval: id, agent, reason });
    }
    close(present, open, None)
}

/// The pane did not press the keys of an answer.
fn not_pressed(state: &State, id: ApprovalId, reason: String) -> Decision {
    match state.approvals().get(id).filter(|open| open.answered.is_some()) {
        Some(open) => {
            let agent = open.approval.agent;
            Decision::default().event(Event::Unconfirmed { approval: id, agent, reason })
        }
        None => Decision::default(),
    }
}

fn close(present: &Present, open: &OpenApproval, withdrawn: Option<&str>) -> Decision {
    let end = match (&open.answered, withdrawn) {
        (_, Some(reason)) => ApprovalEnd::Withdrawn { reason: reason.to_owned() },
        (Some(answered), None) if !present.was_pressed_before(open) => {
            ApprovalEnd::Answered { verdict: answered.verdict.clone() }
        }
        (Some(_) | None, None) => ApprovalEnd::Elsewhere,
    };
    let (approval, agent) = (open.approval.id, open.approval.agent);
    Decision::default().event(Event::Closed { approval, agent, end, note: None })
}

/// Returns the reason of a denial that was given by keys and is settled by this event, with its giver: keys carry no
/// reason, so it must follow as a message.
pub(in crate::kernel) fn denial_told(state: &State, event: &Event) -> Option<(Actor, String)> {
    let Event::Closed { approval, end: ApprovalEnd::Answered { verdict }, .. } = event else { return None };
    let open = state.approvals().get(*approval)?;
    let answered = open.answered.as_ref().filter(|answered| answered.by_keys)?;
    let Verdict::Deny { reason: Some(reason) } = verdict else { return None };
    (!reason.trim().is_empty()).then(|| (answered.by, format!("Denied: {reason}")))
}

/// Returns whether an agent asks something else than before, without a moment in between in which it asked nothing.
fn is_another(before: &Observation, seen: &Observation) -> bool {
    let told = before.task.is_some() && seen.task.is_some() && before.task != seen.task;
    let shown = before.dialog.is_some() && seen.dialog.is_some() && before.dialog != seen.dialog;
    before.state != seen.state || told || shown
}

/// What is asked as far as that is seen.
fn seen_ask(seen: &Observation) -> Ask {
    let detail = seen.task.clone().unwrap_or_else(|| seen.reason.clone());
    let kind = match seen.state {
        AgentState::Waiting(WaitFor::Answer) => AskKind::Question { question: detail, options: Vec::new() },
        AgentState::Waiting(WaitFor::Login) => AskKind::Login { detail },
        _ if detail.to_lowercase().contains("trust") => AskKind::Dialog { detail, options: Vec::new() },
        _ => AskKind::Permission { tool: String::new(), detail, diff: None },
    };
    Ask::new(kind, None)
}
