//! Adapters: what is known of agent programs, read anew when a person changed it.

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Answered, Done, Json};
use crate::daemon::Handle;

pub(super) fn routes() -> OpenApiRouter<Handle> {
    OpenApiRouter::new().routes(routes!(reload))
}

/// Reads the adapters anew; agents that run are seen with the new ones at once.
#[utoipa::path(post, path = "/v1/adapters/reload", tag = "daemon", responses((status = OK, body = Done)))]
async fn reload(State(handle): State<Handle>) -> Answered<Done> {
    handle.reload_adapters().await?;
    Ok(Json(Done::default()))
}
