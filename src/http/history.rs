//! What an agent printed, for scrollback, search and copy: from its kept output and, for the newest of it, its holder.

use axum::extract::State;
use axum::response::IntoResponse;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Path, Query, Refused, session_name};
use crate::daemon::{Handle, read_history};

/// The most that is read back, in bytes of output.
const MOST: u64 = 64 << 20;

pub(super) fn routes() -> OpenApiRouter<Handle> {
    OpenApiRouter::new().routes(routes!(history))
}

/// How much.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct HowMuch {
    /// The newest so many bytes of output.
    #[serde(default = "four_megabytes")]
    bytes: u64,
}

fn four_megabytes() -> u64 {
    4 << 20
}

/// What an agent printed last, and in which size, as binary records.
#[utoipa::path(get, path = "/v1/sessions/{session}/agents/{agent}/history", tag = "agent", params(("session" = String, Path), ("agent" = String, Path), HowMuch), responses((status = OK, content_type = "application/octet-stream")))]
async fn history(
    State(handle): State<Handle>,
    Path((session, agent)): Path<(String, String)>,
    Query(how_much): Query<HowMuch>,
) -> Result<impl IntoResponse, Refused> {
    let place = handle.history(session_name(session)?, agent.as_str().into()).await?;
    let records = read_history(place, how_much.bytes.min(MOST)).await?;
    Ok(([("content-type", "application/octet-stream")], records))
}
