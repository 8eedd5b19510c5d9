//! Texts for agents: sent, held, taken back. A sender is told what became of the text, not what was hoped.

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Answered, Done, Json, Path, Query, Refused, session_name};
use crate::daemon::{Handle, Who};
use crate::domain::{MessageId, ScopeRef};
use crate::protocol::{BroadcastText, Code, MessageQuery, MessageReport, MessageView, Problem, SendRequest};
use crate::protocol::{Command, DeliveryCommand};

pub(super) fn routes() -> OpenApiRouter<Handle> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show, cancel))
        .routes(routes!(send))
        .routes(routes!(broadcast))
}

/// The messages that wait until their agents are ready for input; or all that are remembered.
#[utoipa::path(get, path = "/v1/sessions/{session}/messages", tag = "agent", params(("session" = String, Path), MessageQuery), responses((status = OK, body = Vec<MessageView>)))]
async fn list(
    State(handle): State<Handle>,
    Path(session): Path<String>,
    Query(query): Query<MessageQuery>,
) -> Answered<Vec<MessageView>> {
    let to = query.to.as_deref().map(Into::into);
    Ok(Json(handle.messages(session_name(session)?, to, query.all).await?))
}

/// One message, and what became of it.
#[utoipa::path(get, path = "/v1/sessions/{session}/messages/{message}", tag = "agent", params(("session" = String, Path), ("message" = u32, Path)), responses((status = OK, body = MessageView)))]
async fn show(
    State(handle): State<Handle>,
    Path((session, message)): Path<(String, u32)>,
) -> Answered<MessageView> {
    Ok(Json(handle.message(session_name(session)?, MessageId(message)).await?))
}

/// Takes back a message that still waits.
#[utoipa::path(delete, path = "/v1/sessions/{session}/messages/{message}", tag = "agent", params(("session" = String, Path), ("message" = u32, Path)), responses((status = OK, body = Done)))]
async fn cancel(
    State(handle): State<Handle>,
    Path((session, message)): Path<(String, u32)>,
) -> Answered<Done> {
    let command = Command::Delivery(DeliveryCommand::Cancel { message: MessageId(message) });
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
    let expires_for = body.expires_for;
    let command = Command::Delivery(DeliveryCommand::Send {
        to: agent.as_str().into(),
        text: body.text,
        now: body.now,
        expires_for,
    });
    let session = session_name(session)?;
    let wait_for = body.wait_for.map(std::time::Duration::from_millis);
    let mut reports = handle.send(session, who(body.from), command, wait_for).await?;
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
    let command = Command::Delivery(DeliveryCommand::SendAll {
        scope,
        text: body.text,
        now: body.now,
        expires_for: body.expires_for,
    });
    Ok(Json(handle.send(session_name(session)?, who(body.from), command, None).await?))
}

fn who(from: Option<String>) -> Who {
    from.map_or(Who::Person, Who::Agent)
}
