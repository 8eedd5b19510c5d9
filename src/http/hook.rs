//! The hook door: what programs tell of themselves. Some wait here for an answer; whoever hangs up waits no more.

use axum::extract::{DefaultBodyLimit, State};
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Answered, Json, Path, Query, session_name};
use crate::daemon::{Handle, HookCall};
use crate::protocol::{HookAnswer, HookQuery};

/// The most bytes that a hook may tell.
const MOST: usize = 4 << 20;

pub(super) fn routes() -> OpenApiRouter<Handle> {
    OpenApiRouter::new().routes(routes!(hook)).layer(DefaultBodyLimit::max(MOST))
}

/// Takes in what a hook of an agent's program was given; answers with what it is to print, which may take until a
/// person has answered.
#[utoipa::path(post, path = "/v1/sessions/{session}/agents/{agent}/hook", tag = "agent", params(("session" = String, Path), ("agent" = String, Path), HookQuery), request_body = Object, responses((status = OK, body = HookAnswer)))]
async fn hook(
    State(handle): State<Handle>,
    Path((session, agent)): Path<(String, String)>,
    Query(query): Query<HookQuery>,
    Json(payload): Json<Value>,
) -> Answered<HookAnswer> {
    let call = HookCall { cli: query.cli, epoch: query.epoch, statusline: query.statusline, payload };
    Ok(Json(handle.hook(session_name(session)?, agent.as_str().into(), call).await?))
}
