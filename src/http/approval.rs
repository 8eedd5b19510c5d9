//! What agents ask: listed, shown, answered.

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Answered, Json, Path, session_name};
use crate::daemon::{Handle, Who};
use crate::domain::ApprovalId;
use crate::protocol::{AnswerRequest, ApprovalView};
use crate::protocol::{ApprovalCommand, Command};

pub(super) fn routes() -> OpenApiRouter<Handle> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(show, answer))
}

/// What agents ask, the longest first.
#[utoipa::path(get, path = "/v1/sessions/{session}/approvals", tag = "agent", params(("session" = String, Path)), responses((status = OK, body = Vec<ApprovalView>)))]
async fn list(State(handle): State<Handle>, Path(session): Path<String>) -> Answered<Vec<ApprovalView>> {
    Ok(Json(handle.status(session_name(session)?).await?.approvals))
}

/// One thing that an agent asked, and what became of it.
#[utoipa::path(get, path = "/v1/sessions/{session}/approvals/{approval}", tag = "agent", params(("session" = String, Path), ("approval" = u32, Path)), responses((status = OK, body = ApprovalView)))]
async fn show(
    State(handle): State<Handle>,
    Path((session, approval)): Path<(String, u32)>,
) -> Answered<ApprovalView> {
    Ok(Json(handle.approval(session_name(session)?, ApprovalId(approval)).await?))
}

/// Answers what an agent asks, and says what it made of that. The first answer counts.
#[utoipa::path(post, path = "/v1/sessions/{session}/approvals/{approval}", tag = "agent", params(("session" = String, Path), ("approval" = u32, Path)), request_body = AnswerRequest, responses((status = OK, body = ApprovalView)))]
async fn answer(
    State(handle): State<Handle>,
    Path((session, approval)): Path<(String, u32)>,
    Json(body): Json<AnswerRequest>,
) -> Answered<ApprovalView> {
    let approval = ApprovalId(approval);
    let who = body.from.map_or(Who::Person, Who::Agent);
    let command = Command::Approval(ApprovalCommand::Answer { approval, verdict: body.verdict });
    Ok(Json(handle.answer(session_name(session)?, who, command, approval).await?))
}
