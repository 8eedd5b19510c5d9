//! Waits for what becomes of something: of a message until it is acknowledged or nobody reacts, of the turn that it
//! begins, of an answer until the agent acts on it. What is not known when the time is up is said as it stands then.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use super::body::Refused;
use crate::daemon::{Handle, Told, Who};
use crate::domain::{AgentState, ApprovalId, Command, Event, MessageStatus, Name};
use crate::protocol::{Answer, ApprovalView, Code, MessageReport, Problem, TurnReport};

/// How long a text that is being typed is waited for.
const REACTED_WITHIN: Duration = Duration::from_secs(10);

/// How long an answer is waited for: a little longer than the agent has.
const ACTED_WITHIN: Duration = Duration::from_secs(6);

/// How long a turn that nobody saw begin is waited for after a text was submitted.
const BEGINS_WITHIN: Duration = Duration::from_secs(8);

/// How long what a model said last is waited for after its turn was seen to end.
const TOLD_WITHIN: Duration = Duration::from_millis(1500);

type Events = mpsc::Receiver<Arc<Told>>;

/// Asks, and waits until whatever is being typed is acknowledged, given up, or shows no reaction; with `wait_for`, until
/// the turn that the one text begins is over.
pub(super) async fn told(
    handle: &Handle,
    session: Name,
    who: Who,
    command: Command,
    wait_for: Option<Duration>,
) -> Result<Vec<MessageReport>, Refused> {
    let mut events = handle.follow(session.clone()).await?;
    let Answer::Messages { messages: mut reports } = handle.ask(session, who, command).await? else {
        return Err(Refused(Problem::new(Code::Internal, "nothing is known of the message")));
    };
    let Some(wait_for) = wait_for else {
        // What is still being typed when the time is up is reported as that.
        let until = Instant::now() + REACTED_WITHIN;
        while reports.iter().any(is_under_way) {
            let Ok(Some(told)) = timeout_at(until, events.recv()).await else { break };
            reports.iter_mut().for_each(|report| note(report, &told.record.event));
        }
        return Ok(reports);
    };
    let until = Instant::now() + wait_for;
    if let [report] = reports.as_mut_slice() {
        report.turn = Some(turn(&mut events, report, until).await);
    }
    Ok(reports)
}

/// Returns whether more will soon be known of a message.
fn is_under_way(report: &MessageReport) -> bool {
    report.status == "typing" || (report.status == "delivered" && report.reason.is_none())
}

/// Notes in a report what an event says of its message.
fn note(report: &mut MessageReport, event: &Event) {
    let (message, status) = match event {
        Event::MessageTyping { message, .. } => (message, MessageStatus::Typing),
        Event::MessageHeld { message, reason, .. } => {
            (message, MessageStatus::Held { reason: reason.clone() })
        }
        Event::MessageDelivered { message, .. } => (message, MessageStatus::Delivered { reason: None }),
        Event::MessageUnconfirmed { message, .. } => {
            let reason = Some("submitted, no reaction seen".to_owned());
            (message, MessageStatus::Delivered { reason })
        }
        Event::MessageAcknowledged { message, by, .. } => (message, MessageStatus::Acknowledged { by: *by }),
        Event::MessageExpired { message, .. } => (message, MessageStatus::Expired),
        Event::MessageDropped { message, reason, .. } => {
            (message, MessageStatus::Refused { reason: reason.clone() })
        }
        _ => return,
    };
    if report.id == Some(message.0) {
        status.word().clone_into(&mut report.status);
        report.reason = status.reason().map(str::to_owned);
        report.by = status.by().map(str::to_owned);
    }
}

/// Waits for the end of the turn that a message begins.
async fn turn(events: &mut Events, report: &mut MessageReport, until: Instant) -> TurnReport {
    let mut turn = TurnReport::default();
    let mut whose = None;
    // From when on nothing more is expected, whatever the patience.
    let mut at_most = until;
    loop {
        if matches!(report.status.as_str(), "refused" | "expired") {
            return turn;
        }
        let Ok(Some(told)) = timeout_at(until.min(at_most), events.recv()).await else { return turn };
        let event = &told.record.event;
        note(report, event);
        match event {
            Event::MessageDelivered { message, to } if report.id == Some(message.0) => whose = Some(*to),
            Event::MessageUnconfirmed { message, .. } if report.id == Some(message.0) => {
                at_most = Instant::now() + BEGINS_WITHIN;
            }
            Event::MessageAcknowledged { message, .. } if report.id == Some(message.0) => at_most = until,
            Event::TurnBegan { agent, .. } if whose == Some(*agent) => at_most = until,
            Event::TurnEnded { agent, text, error } if whose == Some(*agent) => {
                turn = TurnReport { over: true, text: text.clone(), error: error.clone(), seen: turn.seen };
                // The bare word that there is an error may come before what it is.
                if text.is_some() {
                    return turn;
                }
                at_most = Instant::now() + TOLD_WITHIN;
            }
            Event::Observed { agent, seen, .. } if whose == Some(*agent) => {
                turn.seen = Some(seen.reason.clone());
                if turn.over && (seen.state.is_busy() || matches!(seen.state, AgentState::Waiting(_))) {
                    // It only seemed to be over.
                    (turn.over, turn.error, at_most) = (false, None, until);
                } else if turn.over && seen.state == AgentState::Error {
                    turn.error = Some(seen.reason.clone());
                }
                // Whoever waits for a turn must know that it waits for somebody.
                if let AgentState::Waiting(what) = seen.state {
                    turn.seen = Some(format!("it is waiting for {}: {}", what.word(), seen.reason));
                }
            }
            Event::AgentExited { agent, exit } if whose == Some(*agent) => {
                return TurnReport { over: true, error: Some(exit.to_string()), ..turn };
            }
            _ => {}
        }
    }
}

/// Answers, and waits until the agent acted on that or had its time to.
pub(super) async fn answered(
    handle: &Handle,
    session: Name,
    who: Who,
    command: Command,
    id: ApprovalId,
) -> Result<ApprovalView, Refused> {
    let mut events = handle.follow(session.clone()).await?;
    handle.ask(session.clone(), who, command).await?;
    let until = Instant::now() + ACTED_WITHIN;
    while let Ok(Some(told)) = timeout_at(until, events.recv()).await {
        match &told.record.event {
            Event::ApprovalClosed { approval, .. } if *approval == id => break,
            Event::ApprovalUnconfirmed { approval, reason, .. } if *approval == id => {
                return Err(Refused(
                    Problem::new(Code::Conflict, format!("approval {id} was not acted on"))
                        .cause(reason.clone())
                        .hint("answer it in its pane"),
                ));
            }
            _ => {}
        }
    }
    let view = handle.approval(session, id).await?;
    match view.status.as_str() {
        // Whoever was first, it was not this answer.
        "elsewhere" | "withdrawn" => {
            let why = view.why.unwrap_or(view.status);
            Err(Refused(Problem::new(Code::Conflict, format!("approval {id} is settled: {why}"))))
        }
        _ => Ok(view),
    }
}
