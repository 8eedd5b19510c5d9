//! Texts for agents: sent, held, taken back. A sender is told what became of the text, not what was hoped.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use tokio::sync::mpsc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Answered, Done, Json, Path, Refused, session_name};
use crate::daemon::{Handle, Told, Who};
use crate::domain::{Command, Event, MessageId, Name, ScopeRef};
use crate::protocol::{Answer, BroadcastText, Code, MessageReport, MessageView, Problem, SendRequest};

/// How long the submission of a text that is being typed is waited for.
const SUBMITTED_WITHIN: Duration = Duration::from_secs(3);

pub(super) fn routes() -> OpenApiRouter<Handle> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(cancel))
        .routes(routes!(send))
        .routes(routes!(broadcast))
}

/// The messages that wait until their agents are ready for input.
#[utoipa::path(get, path = "/v1/sessions/{session}/messages", tag = "agent", params(("session" = String, Path)), responses((status = OK, body = Vec<MessageView>)))]
async fn list(State(handle): State<Handle>, Path(session): Path<String>) -> Answered<Vec<MessageView>> {
    Ok(Json(handle.messages(session_name(session)?, None).await?))
}

/// Takes back a message that still waits.
#[utoipa::path(delete, path = "/v1/sessions/{session}/messages/{message}", tag = "agent", params(("session" = String, Path), ("message" = u32, Path)), responses((status = OK, body = Done)))]
async fn cancel(
    State(handle): State<Handle>,
    Path((session, message)): Path<(String, u32)>,
) -> Answered<Done> {
    let command = Command::CancelMessage { message: MessageId(message) };
    handle.ask(session_name(session)?, Who::Person, command).await?;
    Ok(Json(Done::default()))
}

/// Types a text into an agent's input and submits it, now or once the agent is ready; says which.
#[utoipa::path(post, path = "/v1/sessions/{session}/agents/{agent}/send", tag = "agent", params(("session" = String, Path), ("agent" = String, Path)), request_body = SendRequest, responses((status = OK, body = MessageReport)))]
async fn send(
    State(handle): State<Handle>,
    Path((session, agent)): Path<(String, String)>,
    Json(body): Json<SendRequest>,
) -> Answered<MessageReport> {
    let command = Command::Send { to: agent.as_str().into(), text: body.text, now: body.now };
    let mut reports = delivered(&handle, session_name(session)?, who(body.from), command).await?;
    reports
        .pop()
        .map(Json)
        .ok_or_else(|| Refused(Problem::new(Code::Internal, "nothing is known of the message")))
}

/// Sends a text to every agent of a team and below it, or to everyone; says what became of each.
#[utoipa::path(post, path = "/v1/sessions/{session}/broadcast", tag = "team", params(("session" = String, Path)), request_body = BroadcastText, responses((status = OK, body = Vec<MessageReport>)))]
async fn broadcast(
    State(handle): State<Handle>,
    Path(session): Path<String>,
    Json(body): Json<BroadcastText>,
) -> Answered<Vec<MessageReport>> {
    let scope = body.team.as_deref().map_or(ScopeRef::All, |team| ScopeRef::Team(team.into()));
    let command = Command::SendAll { scope, text: body.text, now: body.now };
    Ok(Json(delivered(&handle, session_name(session)?, who(body.from), command).await?))
}

fn who(from: Option<String>) -> Who {
    from.map_or(Who::Person, Who::Agent)
}

/// Asks, and waits until whatever is being typed is submitted or given up.
async fn delivered(
    handle: &Handle,
    session: Name,
    who: Who,
    command: Command,
) -> Result<Vec<MessageReport>, Refused> {
    let mut events = handle.follow(session.clone()).await?;
    let Answer::Messages { messages: mut reports } = handle.ask(session, who, command).await? else {
        return Err(Refused(Problem::new(Code::Internal, "nothing is known of the message")));
    };
    // What is still being typed when the time is up is reported as that.
    let _ = tokio::time::timeout(SUBMITTED_WITHIN, settle(&mut events, &mut reports)).await;
    Ok(reports)
}

async fn settle(events: &mut mpsc::Receiver<Arc<Told>>, reports: &mut [MessageReport]) {
    while reports.iter().any(|report| report.status == "typing") {
        let Some(told) = events.recv().await else { return };
        let (id, status, reason) = match &told.record.event {
            Event::MessageDelivered { message, .. } => (*message, "delivered", None),
            Event::MessageDropped { message, reason, .. } => (*message, "refused", Some(reason.clone())),
            _ => continue,
        };
        if let Some(report) = reports.iter_mut().find(|report| report.id == Some(id.0)) {
            status.clone_into(&mut report.status);
            report.reason = reason;
        }
    }
}
