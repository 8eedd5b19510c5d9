//! From the kernel's answers to the protocol's.

use crate::domain::{MessageId, MessageStatus, Name, Verdict};
use crate::kernel::{Refusal, RefusalKind, Reply, broadcast, delivery, life, org};
use crate::protocol::{Answer, Code, MessageReport, Problem};

/// Returns the kernel's answer as clients read it.
pub(super) fn of(reply: Result<Reply, Refusal>) -> Result<Answer, Problem> {
    Ok(match reply.map_err(|refusal| problem(&refusal))? {
        Reply::Done => Answer::Done,
        Reply::Noted(note) => Answer::Noted { note },
        Reply::Life(life::Reply::Resumed { resumed, anew }) => {
            let names = |names: Vec<Name>| names.iter().map(ToString::to_string).collect();
            Answer::Resumed { resumed: names(resumed), anew: names(anew) }
        }
        Reply::Org(org::Reply::Team(id, name)) => Answer::Created { id: id.0, name: name.to_string() },
        Reply::Org(org::Reply::Agent(id, name)) => Answer::Created { id: id.0, name: name.to_string() },
        Reply::Delivery(delivery::Reply::Message(id, to, status)) => {
            Answer::Messages { messages: vec![report(Some(&to), Some(id), &status)] }
        }
        Reply::Delivery(delivery::Reply::Messages(rows)) => Answer::Messages {
            messages: rows.into_iter().map(|(name, id, status)| report(Some(&name), id, &status)).collect(),
        },
        Reply::Broadcast(broadcast::Reply::Opened(broadcast, targets)) => {
            Answer::Broadcast { broadcast, targets }
        }
        Reply::Broadcast(broadcast::Reply::Closed(report)) => Answer::Report { report },
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

/// Says in a report where its message stands now.
pub(super) fn stand(report: &mut MessageReport, status: &MessageStatus) {
    status.word().clone_into(&mut report.status);
    report.reason = status.reason().map(str::to_owned);
    report.by = status.by().map(str::to_owned);
}

/// Returns where the message of a report stands, as far as a waiting sender must know: on its way, or not.
pub(super) fn status(report: &MessageReport) -> MessageStatus {
    let reason = || report.reason.clone().unwrap_or_default();
    match report.status.as_str() {
        "typing" => MessageStatus::Typing,
        "queued" => MessageStatus::Queued { reason: reason() },
        "held" => MessageStatus::Held { reason: reason() },
        _ => MessageStatus::Refused { reason: reason() },
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

/// Returns a refusal as clients read it.
pub(super) fn problem(refusal: &Refusal) -> Problem {
    let code = match refusal.kind() {
        RefusalKind::NotFound => Code::NotFound,
        RefusalKind::Invalid => Code::Invalid,
        RefusalKind::Conflict => Code::Conflict,
        RefusalKind::Busy => Code::Busy,
        RefusalKind::Denied => Code::Denied,
    };
    let problem = Problem::new(code, refusal.to_string());
    match refusal.hint() {
        Some(hint) => problem.hint(hint),
        None => problem,
    }
}
