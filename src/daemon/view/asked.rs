//! From what agents ask to what clients are shown of it. Everything an agent said is cleaned here.

use super::super::clock;
use crate::domain::{Actor, Approval, ApprovalEnd, ApprovalId, AskKind, clean, cut, typeable};
use crate::kernel::{Kernel, OpenApproval, State};
use crate::protocol::{ApprovalView, rfc3339};

/// The most of what is shown: of a line in characters, of several lines in bytes, of options.
const LINE: usize = 1000;
const LINES: usize = 128 << 10;
const OPTIONS: usize = 30;

/// Returns everything that waits for a person, the longest first.
pub(in super::super) fn approvals(kernel: &Kernel) -> Vec<ApprovalView> {
    kernel.state().approvals().open().map(|open| shown(kernel, open)).collect()
}

/// Returns one thing that was asked, be it open or settled.
pub(in super::super) fn approval(kernel: &Kernel, id: ApprovalId) -> Option<ApprovalView> {
    let state = kernel.state();
    if let Some(open) = state.approvals().get(id) {
        return Some(shown(kernel, open));
    }
    let settled = state.approvals().settled().find(|settled| settled.approval.id == id)?;
    let (outcome, reason) = match &settled.end {
        ApprovalEnd::Answered { verdict } => ("answered", Some(super::super::answer::verdict(verdict))),
        ApprovalEnd::Elsewhere => ("elsewhere", Some("it was answered in its pane".to_owned())),
        ApprovalEnd::Withdrawn { reason } => ("withdrawn", Some(clean(reason, LINE))),
    };
    Some(ApprovalView {
        status: outcome.to_owned(),
        why: reason,
        note: settled.note.as_deref().map(|note| clean(note, LINE)),
        by: settled.by.map(|by| who(state, by)),
        settled_at: Some(rfc3339(settled.at)),
        ..view(state, &settled.approval)
    })
}

fn shown(kernel: &Kernel, open: &OpenApproval) -> ApprovalView {
    let state = kernel.state();
    let refused = kernel.unanswerable(open);
    let mut base = view(state, &open.approval);
    if base.options.is_empty() {
        base.choices = open.choices.iter().take(OPTIONS).map(|choice| clean(choice, LINE)).collect();
    }
    match &open.answered {
        Some(answered) => ApprovalView {
            status: "answering".to_owned(),
            why: Some(super::super::answer::verdict(&answered.verdict)),
            by: Some(who(state, answered.by)),
            ..base
        },
        None => ApprovalView {
            answerable: refused.is_none(),
            why: open.trouble.clone().or_else(|| refused.map(str::to_owned)),
            ..base
        },
    }
}

fn who(state: &State, actor: Actor) -> String {
    match actor {
        Actor::Person => "person".to_owned(),
        Actor::Daemon => "daemon".to_owned(),
        Actor::Agent(id) => state.org().agent(id).map_or_else(|| id.to_string(), |a| a.name.to_string()),
    }
}

fn view(state: &State, approval: &Approval) -> ApprovalView {
    let agent = state.org().agent(approval.agent);
    let team = agent.and_then(|agent| agent.team).and_then(|team| state.org().team(team));
    let base = ApprovalView {
        id: approval.id.0,
        agent: agent.map_or_else(|| approval.agent.to_string(), |agent| agent.name.to_string()),
        agent_id: approval.agent.0,
        team: team.map(|team| team.name.to_string()),
        status: "open".to_owned(),
        truncated: approval.ask.missing,
        asked_at: rfc3339(approval.asked_at),
        age_ms: u64::try_from(clock::wall().since(approval.asked_at).as_millis()).unwrap_or(u64::MAX),
        ..ApprovalView::default()
    };
    let line = |text: &str| clean(text, LINE);
    let listed = |options: &[String]| options.iter().take(OPTIONS).map(|option| line(option)).collect();
    match &approval.ask.kind {
        AskKind::Permission { tool, detail, diff } => ApprovalView {
            kind: "permission".to_owned(),
            tool: line(tool),
            detail: lines(detail),
            diff: diff.as_deref().map(lines),
            ..base
        },
        AskKind::Question { question, options } => ApprovalView {
            kind: "question".to_owned(),
            question: Some(lines(question)),
            options: listed(options),
            ..base
        },
        AskKind::Login { detail } => ApprovalView { kind: "login".to_owned(), detail: lines(detail), ..base },
        AskKind::Dialog { detail, options } => {
            let options = listed(options);
            ApprovalView { kind: "dialog".to_owned(), detail: lines(detail), options, ..base }
        }
    }
}

/// Several lines, each cleaned, with the spaces they have: those are part of what is allowed.
fn lines(text: &str) -> String {
    let plain = typeable(text).replace('\t', "    ");
    let clean_line =
        |line: &str| line.split(' ').map(|word| clean(word, LINES)).collect::<Vec<_>>().join(" ");
    cut(&plain, LINES).0.lines().map(clean_line).collect::<Vec<_>>().join("\n")
}
