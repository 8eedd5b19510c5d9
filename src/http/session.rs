//! Sessions: listed, opened, ended, forgotten; and the page that says everything about one.

use crate::protocol::{Command, LifeCommand};
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Answered, Done, Json, Path, session_name};
use crate::daemon::{Handle, Who};

use crate::protocol::{Answer, ChartView, OpenedView, SessionDraft, SessionSummary, StatusView};

pub(super) fn routes() -> OpenApiRouter<Handle> {
    OpenApiRouter::new()
        .routes(routes!(list, open))
        .routes(routes!(delete))
        .routes(routes!(status))
        .routes(routes!(chart))
        .routes(routes!(up))
        .routes(routes!(down))
        .routes(routes!(command))
}

/// Every session.
#[utoipa::path(get, path = "/v1/sessions", tag = "session", responses((status = OK, body = Vec<SessionSummary>)))]
async fn list(State(handle): State<Handle>) -> Answered<Vec<SessionSummary>> {
    Ok(Json(handle.sessions().await?))
}

/// Makes a session as its plan says, whole or not at all, or opens the one of that name.
#[utoipa::path(post, path = "/v1/sessions", tag = "session", request_body = SessionDraft, responses((status = OK, body = OpenedView)))]
async fn open(State(handle): State<Handle>, Json(draft): Json<SessionDraft>) -> Answered<OpenedView> {
    Ok(Json(handle.open(draft).await?))
}

/// Ends every process of a session and forgets the session.
#[utoipa::path(delete, path = "/v1/sessions/{session}", tag = "session", params(("session" = String, Path)), responses((status = OK, body = Done)))]
async fn delete(State(handle): State<Handle>, Path(session): Path<String>) -> Answered<Done> {
    handle.delete(session_name(session)?).await?;
    Ok(Json(Done::default()))
}

/// Everything about a session that fits on a page: its teams, its agents and how many are in each state.
#[utoipa::path(get, path = "/v1/sessions/{session}/status", tag = "session", params(("session" = String, Path)), responses((status = OK, body = StatusView)))]
async fn status(State(handle): State<Handle>, Path(session): Path<String>) -> Answered<StatusView> {
    Ok(Json(handle.status(session_name(session)?).await?))
}

/// The session's teams and agents.
#[utoipa::path(get, path = "/v1/sessions/{session}/chart", tag = "session", params(("session" = String, Path)), responses((status = OK, body = ChartView)))]
async fn chart(State(handle): State<Handle>, Path(session): Path<String>) -> Answered<ChartView> {
    let StatusView { session, teams, agents, approvals, .. } = handle.status(session_name(session)?).await?;
    Ok(Json(ChartView { session, teams, agents, approvals }))
}

/// Starts every agent that does not run.
#[utoipa::path(post, path = "/v1/sessions/{session}/up", tag = "session", params(("session" = String, Path)), responses((status = OK, body = Done)))]
async fn up(State(handle): State<Handle>, Path(session): Path<String>) -> Answered<Done> {
    handle.ask(session_name(session)?, Who::Person, Command::Life(LifeCommand::StartAll)).await?;
    Ok(Json(Done::default()))
}

/// Ends every process of a session and keeps what is known of it; answers once nothing is left.
#[utoipa::path(post, path = "/v1/sessions/{session}/down", tag = "session", params(("session" = String, Path)), responses((status = OK, body = Done)))]
async fn down(State(handle): State<Handle>, Path(session): Path<String>) -> Answered<Done> {
    handle.down(session_name(session)?).await?;
    Ok(Json(Done::default()))
}

/// Asks anything of a session, in the words of its event log.
#[utoipa::path(post, path = "/v1/sessions/{session}/commands", tag = "session", params(("session" = String, Path)), request_body = Object, responses((status = OK, body = Object)))]
async fn command(
    State(handle): State<Handle>,
    Path(session): Path<String>,
    Json(command): Json<Command>,
) -> Answered<Answer> {
    Ok(Json(handle.ask(session_name(session)?, Who::Person, command).await?))
}
