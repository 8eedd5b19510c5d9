//! Whether something can be answered from here, and how: at the hook where its program waits, or by keys.

use super::super::State;
use super::state::asks_person;
use super::{OpenApproval, Present};
use crate::domain::{AskKind, Verdict, clean};

/// Returns why something cannot be answered from here; none if it can.
pub(in crate::kernel) fn unanswerable(
    state: &State,
    present: &Present,
    open: &OpenApproval,
) -> Option<&'static str> {
    let options = !open.approval.ask.options().is_empty();
    let verdict = if options { Verdict::Choose { option: 0 } } else { Verdict::Allow };
    way(state, present, open, &verdict).err()
}

/// Returns why that is not an answer to what is asked; none if it is one.
pub(super) fn wrong(open: &OpenApproval, verdict: &Verdict) -> Option<String> {
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

/// How an answer is given.
pub(super) enum Way {
    /// At the hook of this key.
    Hook(String),
    /// By the keys of this dialog.
    Keys(String),
}

/// Returns how an answer is given, or why it cannot be.
pub(super) fn way(
    state: &State,
    present: &Present,
    open: &OpenApproval,
    verdict: &Verdict,
) -> Result<Way, &'static str> {
    let agent = open.approval.agent;
    let key = open.approval.ask.key.as_ref().filter(|key| present.waits_at(agent, key));
    let yes_or_no = !matches!(verdict, Verdict::Choose { .. });
    let denies = matches!(verdict, Verdict::Deny { .. });
    // One of several questions cannot be answered without the others.
    let several = matches!(&open.approval.ask.kind, AskKind::Dialog { options, .. } if options.is_empty());
    if several && open.approval.ask.key.is_some() && !denies {
        return Err("it asks several things; answer it in its pane");
    }
    if matches!(open.approval.ask.kind, AskKind::Login { .. }) && open.dialog.is_none() {
        return Err("a person must log in, in its pane");
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
