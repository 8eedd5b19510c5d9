//! What happens, as it happens: kept events from any number on, and then the live ones, as server-sent events.

use std::convert::Infallible;

use axum::extract::State;
use axum::http::HeaderMap;
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

/// Events as they happen, as server-sent events: a line of JSON each, with its number as `id`. A client that comes back
/// with `Last-Event-ID` first gets the kept events after that one. A client that is too slow is told so and cut off.
#[utoipa::path(get, path = "/v1/sessions/{session}/events/follow", tag = "event", params(("session" = String, Path), ("Last-Event-ID" = Option<u64>, Header, description = "The last event that was seen.")), responses((status = OK, content_type = "text/event-stream")))]
async fn follow(
    State(handle): State<Handle>,
    Path(session): Path<String>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Line, Infallible>>>, Refused> {
    let session = session_name(session)?;
    let events = handle.follow(session.clone()).await?;
    let seen = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let kept = match seen {
        Some(seen) => handle.events(session, Some(seen), MOST).await?,
        None => Vec::new(),
    };
    let number = |json: &serde_json::Value| json.get("seq").and_then(serde_json::Value::as_u64);
    // What was kept meanwhile also comes as it happens.
    let newest = kept.last().and_then(number).or(seen).unwrap_or(0);
    let live = stream::unfold(Some(events), |events| async move {
        let mut events = events?;
        match events.recv().await {
            Some(told) => Some((Some(told), Some(events))),
            None => Some((None, None)),
        }
    });
    let live = live.filter_map(move |told| {
        let line = match told {
            Some(told) if number(&told.json).is_some_and(|number| number <= newest) => None,
            Some(told) => Some(line(number(&told.json), &told.json)),
            None => {
                Some(Line::default().comment("the daemon ends, or this client was too slow and is cut off"))
            }
        };
        std::future::ready(line)
    });
    let kept = stream::iter(kept.into_iter().map(move |json| line(number(&json), &json)).collect::<Vec<_>>());
    Ok(Sse::new(kept.chain(live).map(Ok)).keep_alive(KeepAlive::default()))
}

fn line(number: Option<u64>, json: &serde_json::Value) -> Line {
    let line = Line::default().data(json.to_string());
    match number {
        Some(number) => line.id(number.to_string()),
        None => line,
    }
}
