//! Approvals: what agents ask, what they are answered, and how that ended.
//!
//! One question is one approval, however many sources tell of it: a hook says most, the program's own word and its
//! screen say that there is something. The first answer counts; whoever comes later is told who was first.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::domain::{
    Actor, AgentId, AgentState, Approval, ApprovalEnd, ApprovalId, Ask, AskKind, Event, Input as Pressed,
    MessageId, Observation, Source, Timestamp, Verdict, WaitFor, clean,
};

use super::{Decision, Effect, Fact, OpenApproval, Refusal, State, Timer, asks_person, mail};

/// How long an agent has to act on an answer.
pub(super) const CONFIRM_FOR: Duration = Duration::from_secs(5);

/// The most that one agent asks at a time; a program that asks more has run wild.
const MOST: usize = 32;

/// A person's key this soon before an answer from here may have been the answer.
const KEYS_COUNT_FOR: Duration = Duration::from_secs(2);

/// An agent that lived through the daemon's own absence is seen within this time.
const SEEN_WITHIN: Duration = Duration::from_secs(15);

/// What is so at present and is nobody's past: it lives in the kernel, not in the state.
#[derive(Clone, Debug, Default)]
pub(super) struct Present {
    /// The hooks at which a program waits for an answer, each by its agent and the key of what is asked.
    hooks: BTreeSet<(AgentId, String)>,
    /// When a person last pressed a key into an agent that was asking.
    pressed: BTreeMap<AgentId, Timestamp>,
    /// The agents that lived through the daemon's own absence and were not seen since: what they asked before is asked
    /// still, for nobody could answer it meanwhile.
    unseen: BTreeSet<AgentId>,
}

impl Present {
    /// Keeps count of the hooks at which programs wait, and of who was found again.
    pub(super) fn note(&mut self, fact: &Fact, state: &State) {
        match fact {
            Fact::HookWaits { agent, key } => drop(self.hooks.insert((*agent, key.clone()))),
            Fact::HookGone { agent, key } => drop(self.hooks.remove(&(*agent, key.clone()))),
            Fact::Resumed { alive } => {
                let asks = |agent: &AgentId| state.approvals().of(*agent).next().is_some();
                self.unseen.extend(alive.iter().map(|(agent, ..)| *agent).filter(asks));
            }
            _ => {}
        }
    }

    /// Notes which keys go to agents that ask something.
    pub(super) fn note_keys(&mut self, effects: &[Effect], state: &State, now: Timestamp) {
        for effect in effects {
            let agent = match effect {
                Effect::Press { agent, input: Pressed::Key(_) | Pressed::Paste(_) } => *agent,
                Effect::Interrupt { agent, force: true } => *agent,
                _ => continue,
            };
            if state.approvals().of(agent).next().is_some() {
                self.pressed.insert(agent, now);
            }
        }
    }

    /// Returns whether an agent was not seen since the daemon was away; after this observation it is, if that says
    /// anything.
    fn is_unseen(&mut self, agent: AgentId, seen: &Observation) -> bool {
        if !self.unseen.contains(&agent) {
            return false;
        }
        // Mere silence is not the sight of anything.
        if !matches!(seen.source, Some(Source::Activity | Source::Process) | None) {
            self.unseen.remove(&agent);
        }
        true
    }

    /// Returns whether a person's key may have been first.
    fn was_pressed_before(&self, open: &OpenApproval) -> bool {
        let answered = open.answered.as_ref().map(|answered| answered.at);
        answered.zip(self.pressed.get(&open.approval.agent)).is_some_and(|(answered, pressed)| {
            *pressed >= open.approval.asked_at
                && *pressed <= answered
                && answered.since(*pressed) <= KEYS_COUNT_FOR
        })
    }
}

/// Goes over what was decided with what is known at present: who was first, whether a question was settled at all, and
/// that the reason of a denial by keys is told.
pub(super) fn in_truth(
    state: &State,
    present: &mut Present,
    fact: Option<&Fact>,
    mut decision: Decision,
    now: Timestamp,
) -> Decision {
    if let Some(Fact::Observed { agent, seen, .. }) = fact
        && state.live(*agent).is_some()
        && present.is_unseen(*agent, seen)
    {
        let (who, asks) = (*agent, asks_person(seen.state));
        let still = asks || present.unseen.contains(agent);
        decision.events.retain_mut(|event| match event {
            Event::ApprovalClosed { agent, .. }
            | Event::ApprovalAsked { approval: Approval { agent, .. } }
                if *agent == who && still =>
            {
                false
            }
            Event::ApprovalClosed { agent, end, .. } if *agent == who => {
                *end = ApprovalEnd::Withdrawn { reason: AWAY.to_owned() };
                true
            }
            _ => true,
        });
    }
    let mut next = state.next_message();
    let mut after = Decision::default();
    for event in &mut decision.events {
        let Event::ApprovalClosed { approval, agent, end, note } = event else { continue };
        let Some(open) = state.approvals().get(*approval) else { continue };
        let ApprovalEnd::Answered { verdict } = &*end else { continue };
        if present.was_pressed_before(open) {
            *end = ApprovalEnd::Elsewhere;
            continue;
        }
        let by_keys = open.answered.as_ref().filter(|answered| answered.by_keys);
        let (Verdict::Deny { reason: Some(reason) }, Some(answered)) = (verdict, by_keys) else { continue };
        if reason.trim().is_empty() {
            continue;
        }
        *note = Some(match tell_reason(state, answered.by, *agent, next, reason, now) {
            Ok(told) => {
                after = after.and(told);
                next = MessageId(next.0 + 1);
                "the reason follows as a message".to_owned()
            }
            Err(why) => format!("the reason was not told: {why}"),
        });
    }
    decision.and(after)
}

const AWAY: &str = "it was settled while the daemon was away";

fn tell_reason(
    state: &State,
    by: Actor,
    agent: AgentId,
    id: MessageId,
    reason: &str,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    mail::follow_up(state, by, agent, id, format!("Denied: {reason}"), now)
}

/// The time is over within which an agent should have been seen again after the daemon was away.
pub(super) fn regard(state: &State, present: &mut Present, agent: AgentId) -> Decision {
    let asks = state.live(agent).is_some_and(|live| asks_person(live.seen.state));
    if present.unseen.remove(&agent) && !asks { ended(state, agent, AWAY) } else { Decision::default() }
}

/// After the daemon was away: whoever asked something is looked for.
pub(super) fn resumed(state: &State, now: Timestamp) -> Decision {
    let agents: BTreeSet<AgentId> = state.approvals().open().map(|open| open.approval.agent).collect();
    agents.into_iter().fold(Decision::default(), |decision, agent| {
        decision.effect(Effect::Wake { at: now + SEEN_WITHIN, timer: Timer::Regard { agent } })
    })
}

/// Decides on an answer.
pub(super) fn answer(
    state: &State,
    present: &Present,
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
        .event(Event::ApprovalAnswered { approval: id, agent, verdict, by_keys })
        .effect(effect)
        .effect(Effect::Wake { at: now + CONFIRM_FOR, timer: Timer::Confirm { approval: id } }))
}

/// Returns why something cannot be answered from here; none if it can.
pub(super) fn unanswerable(state: &State, present: &Present, open: &OpenApproval) -> Option<&'static str> {
    let options = !open.approval.ask.options().is_empty();
    let verdict = if options { Verdict::Choose { option: 0 } } else { Verdict::Allow };
    way(state, present, open, &verdict).err()
}

/// Returns why that is no answer to what is asked; none if it is one.
fn wrong(open: &OpenApproval, verdict: &Verdict) -> Option<String> {
    let ask = &open.approval.ask;
    let options = if ask.options().is_empty() { &open.choices[..] } else { ask.options() };
    let named = || {
        let each = |(n, option): (usize, &String)| format!("{} {}", n + 1, clean(option, 60));
        options.iter().enumerate().map(each).collect::<Vec<_>>().join(" · ")
    };
    match verdict {
        Verdict::Choose { option } if !options.is_empty() && *option >= options.len() => {
            let many = if options.len() == 1 { "one option" } else { "these options alone" };
            Some(format!("it has {many}: {}", named()))
        }
        Verdict::Allow if !ask.options().is_empty() => {
            Some(format!("choose one of its options: {}", named()))
        }
        _ => None,
    }
}

enum Way {
    Hook(String),
    Keys(String),
}

fn way(
    state: &State,
    present: &Present,
    open: &OpenApproval,
    verdict: &Verdict,
) -> Result<Way, &'static str> {
    let agent = open.approval.agent;
    let key = open.approval.ask.key.as_ref().filter(|key| present.hooks.contains(&(agent, (*key).clone())));
    let yes_or_no = !matches!(verdict, Verdict::Choose { .. });
    let denies = matches!(verdict, Verdict::Deny { .. });
    // Of several questions none can be answered without the others.
    let several = matches!(&open.approval.ask.kind, AskKind::Dialog { options, .. } if options.is_empty());
    if several && open.approval.ask.key.is_some() && !denies {
        return Err("it asks several things; answer it in its pane");
    }
    if matches!(open.approval.ask.kind, AskKind::Login { .. }) && open.dialog.is_none() {
        return Err("somebody must log in, in its pane");
    }
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
        let (approval, choices) = (open.approval.id, open.choices.clone());
        return decision.event(Event::ApprovalTold { approval, agent, ask, choices, by_screen: false });
    }
    // It told more, and from another source it is known already.
    let known = ask.key.is_none() && approvals.of(agent).any(|open| open.answered.is_none());
    if known || approvals.of(agent).count() >= MOST {
        return decision;
    }
    let id = approvals.next();
    decision.event(Event::ApprovalAsked { approval: Approval { id, agent, epoch, ask, asked_at: now } })
}

/// The dialog on its screen says what it asks, as far as nobody else told that, and what it offers.
pub(super) fn shown(state: &State, agent: AgentId, ask: Ask, choices: Vec<String>) -> Decision {
    let mut open = state.approvals().of(agent).filter(|open| open.answered.is_none() && open.seen_waiting);
    // Of several it is not known which is on the screen.
    let (Some(open), None) = (open.next(), open.next()) else { return Decision::default() };
    let known = &open.approval.ask;
    let ask = if open.by_screen { ask } else { known.clone() };
    if *known == ask && open.choices == choices {
        return Decision::default();
    }
    let (approval, by_screen) = (open.approval.id, open.by_screen);
    Decision::default().event(Event::ApprovalTold { approval, agent, ask, choices, by_screen })
}

/// A tool that was asked about has run, so that it was allowed, whatever was answered from here.
pub(super) fn ran(state: &State, agent: AgentId, key: &str) -> Decision {
    let is_it = |approval: &Approval| approval.agent == agent && approval.ask.key.as_deref() == Some(key);
    let denied = |verdict: &Verdict| matches!(verdict, Verdict::Deny { .. });
    let open = state.approvals().open().filter(|open| is_it(&open.approval));
    let open = open.filter(|open| open.answered.as_ref().is_some_and(|answered| denied(&answered.verdict)));
    let ours = |end: &ApprovalEnd| matches!(end, ApprovalEnd::Answered { verdict } if denied(verdict));
    let over = state.approvals().settled().filter(|settled| is_it(&settled.approval) && ours(&settled.end));
    let ids = open.map(|open| open.approval.id).chain(over.map(|settled| settled.approval.id));
    ids.fold(Decision::default(), |decision, approval| {
        let end = ApprovalEnd::Elsewhere;
        decision.event(Event::ApprovalClosed { approval, agent, end, note: None })
    })
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
    Decision::default().event(Event::ApprovalClosed { approval, agent, end, note: None })
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
    Ask::new(kind, None)
}
