//! Approvals: what agents ask, what they are answered, and how that ended.
//!
//! One question is one approval, however many sources tell of it: a hook says most, the program's own word and its
//! screen say that there is something. The first answer counts; whoever comes later is told who was first.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::domain::{
    Actor, AgentId, AgentState, Approval, ApprovalEnd, ApprovalId, Ask, AskKind, Event, Observation,
    Timestamp, Verdict, WaitFor,
};

use super::{Decision, Effect, OpenApproval, Refusal, State, Timer, asks_person};

/// How long an agent has to act on an answer.
pub(super) const CONFIRM_FOR: Duration = Duration::from_secs(5);

/// The most that one agent asks at a time; a program that asks more has run wild.
const MOST: usize = 32;

/// The hooks at which a program waits for an answer, each by its agent and the key of what is asked. They are nobody's
/// past: they live in the kernel, not in the state.
pub(super) type Hooks = BTreeSet<(AgentId, String)>;

/// Decides on an answer.
pub(super) fn answer(
    state: &State,
    hooks: &Hooks,
    actor: Actor,
    id: ApprovalId,
    verdict: Verdict,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    if let Actor::Agent(_) = actor {
        return Err(Refusal::OnlyPerson);
    }
    let Some(open) = state.approvals().get(id) else { return Err(late(state, id)) };
    if let Some(answered) = &open.answered {
        return Err(Refusal::Settled(
            id,
            format!("{} answered {}", who(answered.by), word(&answered.verdict)),
        ));
    }
    let agent = open.approval.agent;
    let effect = match way(state, hooks, open, &verdict) {
        Ok(Way::Hook(key)) => Effect::AnswerHook { agent, key, verdict: verdict.clone() },
        Ok(Way::Keys(dialog)) => {
            Effect::PressAnswer { agent, approval: id, dialog, verdict: verdict.clone() }
        }
        Err(reason) => return Err(Refusal::NotAnswerable(id, reason.to_owned())),
    };
    Ok(Decision::default()
        .event(Event::ApprovalAnswered { approval: id, agent, verdict })
        .effect(effect)
        .effect(Effect::Wake { at: now + CONFIRM_FOR, timer: Timer::Confirm { approval: id } }))
}

/// Returns why something cannot be answered from here; none if it can.
pub(super) fn unanswerable(state: &State, hooks: &Hooks, open: &OpenApproval) -> Option<&'static str> {
    way(state, hooks, open, &Verdict::Allow).err()
}

enum Way {
    Hook(String),
    Keys(String),
}

fn way(state: &State, hooks: &Hooks, open: &OpenApproval, verdict: &Verdict) -> Result<Way, &'static str> {
    let agent = open.approval.agent;
    let key = open.approval.ask.key.as_ref().filter(|key| hooks.contains(&(agent, (*key).clone())));
    let yes_or_no = !matches!(verdict, Verdict::Choose { .. });
    if let Some(key) = key.filter(|_| yes_or_no) {
        return Ok(Way::Hook(key.clone()));
    }
    let waits = state.live(agent).is_some_and(|live| live.is_up() && asks_person(live.seen.state));
    match &open.dialog {
        _ if !waits && key.is_some() => Err("it takes a yes or a no"),
        _ if !waits => Err("its dialog is not on its screen"),
        _ if state.approvals().of(agent).count() > 1 => {
            Err("its agent asks several things at a time; answer it in its pane")
        }
        Some(dialog) => Ok(Way::Keys(dialog.clone())),
        None => Err("no keys are known to answer this dialog; answer it in its pane"),
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
pub(super) fn asked(state: &State, agent: AgentId, epoch: u32, ask: Ask, now: Timestamp) -> Decision {
    let approvals = state.approvals();
    if approvals.of(agent).any(|open| ask.key.is_some() && open.approval.ask.key == ask.key) {
        return Decision::default();
    }
    // What was answered is behind it, now that it asks something else.
    let decision = approvals
        .of(agent)
        .filter(|open| open.answered.is_some())
        .fold(Decision::default(), |decision, open| decision.and(close(open, None)));
    let vague = approvals.of(agent).find(|open| open.answered.is_none() && open.approval.ask.key.is_none());
    if let Some(open) = vague {
        let approval = open.approval.id;
        return decision.event(Event::ApprovalTold { approval, agent, ask });
    }
    // It told more, and from another source it is known already.
    let known = ask.key.is_none() && approvals.of(agent).any(|open| open.answered.is_none());
    if known || approvals.of(agent).count() >= MOST {
        return decision;
    }
    let id = approvals.next();
    decision.event(Event::ApprovalAsked { approval: Approval { id, agent, epoch, ask, asked_at: now } })
}

/// A program told that what it asked is settled.
pub(super) fn settled(state: &State, agent: AgentId, key: Option<&str>) -> Decision {
    let meant = |open: &&OpenApproval| key.is_none() || open.approval.ask.key.as_deref() == key;
    let open = state.approvals().of(agent).filter(meant);
    open.fold(Decision::default(), |decision, open| decision.and(close(open, None)))
}

/// A program waits at a hook no more: it was answered in its pane, or its patience is over.
pub(super) fn hook_gone(state: &State, agent: AgentId, key: &str) -> Decision {
    let keyed = |open: &&OpenApproval| open.approval.ask.key.as_deref() == Some(key);
    let waits = state.live(agent).is_some_and(|live| asks_person(live.seen.state));
    match state.approvals().of(agent).find(keyed) {
        Some(open) if !waits && open.answered.is_none() => close(open, Some("its program stopped asking")),
        Some(_) | None => Decision::default(),
    }
}

/// What is seen of an agent begins or ends a question that nobody else told of.
pub(super) fn observed(
    state: &State,
    agent: AgentId,
    before: &Observation,
    seen: &Observation,
    now: Timestamp,
) -> Decision {
    let (asked_before, asks) = (asks_person(before.state), asks_person(seen.state));
    let another = asked_before && asks && is_another(before, seen);
    let mut decision = Decision::default();
    let mut left = state.approvals().of(agent).count();
    let over = !asks && !seen.state.is_busy();
    for (n, open) in state.approvals().of(agent).enumerate() {
        // Of several only the first was on the screen; the others go with the turn.
        let was_shown = open.seen_waiting && asked_before && (n == 0 || open.answered.is_some());
        if (was_shown && (!asks || another)) || over {
            decision = decision.and(close(open, None));
            left -= 1;
        }
    }
    if !asks || left > 0 {
        return decision;
    }
    let epoch = state.live(agent).map_or(0, |live| live.epoch);
    let approval =
        Approval { id: state.approvals().next(), agent, epoch, ask: seen_ask(seen), asked_at: now };
    decision.event(Event::ApprovalAsked { approval })
}

/// Nothing asks any more: the agent has ended.
pub(super) fn ended(state: &State, agent: AgentId, reason: &str) -> Decision {
    let open = state.approvals().of(agent);
    open.fold(Decision::default(), |decision, open| decision.and(close(open, Some(reason))))
}

/// The time that an agent had to act on an answer is over.
pub(super) fn due(state: &State, id: ApprovalId, now: Timestamp) -> Decision {
    let Some(open) = state.approvals().get(id) else { return Decision::default() };
    let Some(answered) = open.answered.as_ref().filter(|answered| now.since(answered.at) >= CONFIRM_FOR)
    else {
        return Decision::default();
    };
    let agent = open.approval.agent;
    let still = open.seen_waiting && state.live(agent).is_some_and(|live| asks_person(live.seen.state));
    if still {
        let reason = format!("it was answered {}, and its dialog is still open", word(&answered.verdict));
        return Decision::default().event(Event::ApprovalUnconfirmed { approval: id, agent, reason });
    }
    close(open, None)
}

/// The pane did not press the keys of an answer.
pub(super) fn not_pressed(state: &State, id: ApprovalId, reason: String) -> Decision {
    match state.approvals().get(id).filter(|open| open.answered.is_some()) {
        Some(open) => {
            let agent = open.approval.agent;
            Decision::default().event(Event::ApprovalUnconfirmed { approval: id, agent, reason })
        }
        None => Decision::default(),
    }
}

fn close(open: &OpenApproval, withdrawn: Option<&str>) -> Decision {
    let end = match (&open.answered, withdrawn) {
        (Some(answered), None) => ApprovalEnd::Answered { verdict: answered.verdict.clone() },
        (None, None) => ApprovalEnd::Elsewhere,
        (_, Some(reason)) => ApprovalEnd::Withdrawn { reason: reason.to_owned() },
    };
    let (approval, agent) = (open.approval.id, open.approval.agent);
    Decision::default().event(Event::ApprovalClosed { approval, agent, end })
}

/// Returns whether an agent asks something else than before, although it was never seen to ask nothing in between.
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
    Ask { kind, key: None }
}
