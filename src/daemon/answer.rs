//! From the kernel's answers to the protocol's, and from events to what of the chart they touch.

use crate::domain::{AgentId, Event, MessageId, MessageStatus, Name, Verdict};
use crate::kernel::{Refusal, Reply};
use crate::protocol::{Answer, Code, MessageReport, Problem};

/// What of the chart an event touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Touched {
    /// The structure.
    Chart,
    /// One agent.
    Agent(AgentId),
    /// One agent, and what is asked.
    Asked(AgentId),
    /// Nothing that is shown there.
    Nothing,
}

/// Returns what of the chart an event touches.
pub(super) fn touched(event: &Event) -> Touched {
    match event {
        Event::SessionOpened { .. }
        | Event::TeamCreated { .. }
        | Event::TeamRenamed { .. }
        | Event::TeamRecolored { .. }
        | Event::TeamMoved { .. }
        | Event::LeadChanged { .. }
        | Event::TeamDisbanded { .. }
        | Event::AgentCreated { .. }
        | Event::AgentRenamed { .. }
        | Event::AgentMoved { .. }
        | Event::RoleChanged { .. }
        | Event::AgentDeleted { .. } => Touched::Chart,
        Event::LaunchChanged { agent, .. }
        | Event::RunChanged { agent, .. }
        | Event::AgentStarting { agent, .. }
        | Event::AgentStarted { agent, .. }
        | Event::StartFailed { agent, .. }
        | Event::AgentExited { agent, .. }
        | Event::Observed { agent, .. }
        | Event::Used { agent, .. }
        | Event::Looked { agent } => Touched::Agent(*agent),
        Event::MessageAccepted { message } => Touched::Agent(message.to),
        Event::TurnBegan { agent, .. }
        | Event::TurnEnded { agent, .. }
        | Event::TimeLimitPassed { agent, .. }
        | Event::ConversationBegan { agent, .. } => Touched::Agent(*agent),
        Event::ApprovalAsked { approval } => Touched::Asked(approval.agent),
        Event::ApprovalTold { agent, .. }
        | Event::ApprovalAnswered { agent, .. }
        | Event::ApprovalUnconfirmed { agent, .. }
        | Event::ApprovalClosed { agent, .. } => Touched::Asked(*agent),
        Event::MessageTyping { to, .. }
        | Event::MessageHeld { to, .. }
        | Event::MessageAcknowledged { to, .. }
        | Event::MessageUnconfirmed { to, .. }
        | Event::MessageNoted { to, .. }
        | Event::MessageExpired { to, .. }
        | Event::MessageDelivered { to, .. }
        | Event::MessageDropped { to, .. } => Touched::Agent(*to),
        Event::PlanFollowed { .. }
        | Event::ResumeWanted { .. }
        | Event::TurnBroken { .. }
        | Event::Pulse { .. }
        | Event::BudgetCrossed { .. }
        | Event::BroadcastOpened { .. }
        | Event::BroadcastClosed { .. } => Touched::Nothing,
    }
}

/// Returns the kernel's answer as clients read it.
pub(super) fn of(reply: Result<Reply, Refusal>) -> Result<Answer, Problem> {
    Ok(match reply.map_err(|refusal| problem(&refusal))? {
        Reply::Done => Answer::Done,
        Reply::Noted(note) => Answer::Noted { note },
        Reply::Resumed { resumed, anew } => {
            let names = |names: Vec<Name>| names.iter().map(ToString::to_string).collect();
            Answer::Resumed { resumed: names(resumed), anew: names(anew) }
        }
        Reply::Team(id, name) => Answer::Created { id: id.0, name: name.to_string() },
        Reply::Agent(id, name) => Answer::Created { id: id.0, name: name.to_string() },
        Reply::Message(id, to, status) => {
            Answer::Messages { messages: vec![report(Some(&to), Some(id), &status)] }
        }
        Reply::Messages(rows) => Answer::Messages {
            messages: rows.into_iter().map(|(name, id, status)| report(Some(&name), id, &status)).collect(),
        },
        Reply::Broadcast(broadcast, targets) => Answer::Broadcast { broadcast, targets },
        Reply::Report(report) => Answer::Report { report },
    })
}

/// Returns what became of a message as clients read it.
pub(super) fn report(to: Option<&Name>, id: Option<MessageId>, status: &MessageStatus) -> MessageReport {
    MessageReport {
        id: id.map(|id| id.0),
        to: to.map(ToString::to_string).unwrap_or_default(),
        status: status.word().to_owned(),
        reason: status.reason().map(str::to_owned),
        by: status.by().map(str::to_owned),
        turn: None,
    }
}

/// Returns an answer in words.
pub(super) fn verdict(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Allow => "allow".to_owned(),
        Verdict::Deny { .. } => "deny".to_owned(),
        Verdict::Choose { option } => format!("option {}", option + 1),
    }
}

fn problem(refusal: &Refusal) -> Problem {
    let text = refusal.to_string();
    match refusal {
        Refusal::NoAgent(..) | Refusal::NoTeam(..) | Refusal::NoMessage(_) | Refusal::NoApproval(_) => {
            Problem::new(Code::NotFound, text)
        }
        Refusal::OnlyPerson => Problem::new(Code::Denied, text),
        Refusal::DialogOpen(_) => {
            Problem::new(Code::Conflict, text).hint("answer it first, or interrupt with --force")
        }
        Refusal::NoClear(name) => {
            Problem::new(Code::Conflict, text).hint(format!("start it anew: agentctl agent restart {name}"))
        }
        Refusal::NoConversation(name) => Problem::new(Code::Conflict, text)
            .hint(format!("begin one: agentctl agent new-conversation {name}")),
        Refusal::NoCommand
        | Refusal::BadLaunch(_)
        | Refusal::CoordinatorWithoutTeam
        | Refusal::EmptyText
        | Refusal::TooLong
        | Refusal::WrongAnswer(..)
        | Refusal::MouseBroadcast => Problem::new(Code::Invalid, text),
        Refusal::NoExecutive => Problem::new(Code::Conflict, text)
            .hint("make one: agentctl agent create NAME --role executive -- COMMAND"),
        Refusal::NotRunning(name) => {
            Problem::new(Code::Conflict, text).hint(format!("start it: agentctl agent start {name}"))
        }
        Refusal::OverBudget(..) => Problem::new(Code::Conflict, text)
            .hint("agentctl cost shows what was spent; [budget] in config.toml says how much may be"),
        Refusal::NotReady(..) => {
            Problem::new(Code::Conflict, text).hint("without --now it is held until it is ready")
        }
        Refusal::TooMany | Refusal::MailboxFull(_) => Problem::new(Code::Busy, text),
        Refusal::NoBroadcast
        | Refusal::NameTaken(_)
        | Refusal::IsExecutive(_)
        | Refusal::ExecutiveExists(_)
        | Refusal::AlreadyLead(_)
        | Refusal::Circle(_)
        | Refusal::Running(_)
        | Refusal::MessageOver(..)
        | Refusal::Settled(..)
        | Refusal::NotAnswerable(..)
        | Refusal::NotBusy(..)
        | Refusal::Stopping(_) => Problem::new(Code::Conflict, text),
    }
}
