//! What happens, as it happens: kept events from any number on, and then the live ones, as server-sent events.

use std::convert::Infallible;

use axum::extract::State;
use axum::response::sse::{Event as Line, KeepAlive, Sse};
use futures_util::{Stream, StreamExt as _, stream};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Answered, Json, Path, Query, Refused, session_name};
use crate::daemon::Handle;

/// The most kept events in one answer.
const MOST: usize = 10_000;

pub(super) fn routes() -> OpenApiRouter<Handle> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(follow))
}

/// Which events.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Those after the one of this number; otherwise the newest.
    after: Option<u64>,
    /// At most so many.
    #[serde(default = "hundred")]
    most: usize,
}

fn hundred() -> usize {
    100
}

/// Kept events, oldest first.
#[utoipa::path(get, path = "/v1/sessions/{session}/events", tag = "event", params(("session" = String, Path), Which), responses((status = OK, body = Vec<Object>)))]
async fn list(
    State(handle): State<Handle>,
    Path(session): Path<String>,
    Query(which): Query<Which>,
) -> Answered<Vec<serde_json::Value>> {
    let lines = handle.events(session_name(session)?, which.after, which.most.min(MOST)).await?;
    Ok(Json(lines))
}

/// Events from now on, as they happen: one `data:` line of JSON each.
#[utoipa::path(get, path = "/v1/sessions/{session}/events/follow", tag = "event", params(("session" = String, Path)), responses((status = OK, content_type = "text/event-stream")))]
async fn follow(
    State(handle): State<Handle>,
    Path(session): Path<String>,
) -> Result<Sse<impl Stream<Item = Result<Line, Infallible>>>, Refused> {
    let events = handle.follow(session_name(session)?).await?;
    let told =
        stream::unfold(events, |mut events| async move { events.recv().await.map(|told| (told, events)) });
    Ok(Sse::new(told.map(|told| Ok(Line::default().data(told.json.to_string()))))
        .keep_alive(KeepAlive::default()))
}
