//! What was spent: tokens, and money where it is known.

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Answered, Json, Path, Query, session_name};
use crate::daemon::Handle;
use crate::protocol::{CostBy, CostView};

pub(super) fn routes() -> OpenApiRouter<Handle> {
    OpenApiRouter::new().routes(routes!(cost))
}

/// How it is told apart.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct How {
    /// `agent`, `team`, `model`, `day` or `session`.
    #[serde(default)]
    by: CostBy,
}

/// What was spent, by agent, team, model or day.
#[utoipa::path(get, path = "/v1/sessions/{session}/cost", tag = "session", params(("session" = String, Path), How), responses((status = OK, body = CostView)))]
async fn cost(
    State(handle): State<Handle>,
    Path(session): Path<String>,
    Query(how): Query<How>,
) -> Answered<CostView> {
    Ok(Json(handle.cost(session_name(session)?, how.by).await?))
}
