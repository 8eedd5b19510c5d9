//! Blueprints: what agents can be made from.

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Answered, Json, Path, session_name};
use crate::daemon::Handle;
use crate::protocol::BlueprintView;

pub(super) fn routes() -> OpenApiRouter<Handle> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Every blueprint that is found in a session, those that are disabled or wrong too.
#[utoipa::path(get, path = "/v1/sessions/{session}/blueprints", tag = "agent", params(("session" = String, Path)), responses((status = OK, body = Vec<BlueprintView>)))]
async fn list(State(handle): State<Handle>, Path(session): Path<String>) -> Answered<Vec<BlueprintView>> {
    Ok(Json(handle.blueprints(session_name(session)?).await?))
}
