//! The API: HTTP and a WebSocket on the daemon's socket. One file a resource.
//!
//! Every power that a person has, a program has, through here. A handler reads the request, asks the daemon's loop and
//! writes the answer; nothing is decided here. The description at `/v1/openapi.json` is made from the handlers.

mod adapter;
mod agent;
mod approval;
mod attach;
mod blueprint;
mod body;
mod cost;
mod event;
mod history;
mod hook;
mod message;
mod session;
mod team;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use tokio::net::UnixListener;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use body::{Answered, Json, failed};

use crate::daemon::Handle;
use crate::protocol::{Code, Problem, VersionView};

/// The description of the API.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "agentctl",
        description = "Teams of AI agents in real terminals. Served on a Unix socket; `curl --unix-socket` works on it."
    ),
    tags(
        (name = "daemon", description = "The daemon itself."),
        (name = "session", description = "One code base and the teams that work on it."),
        (name = "agent", description = "Agents: made, moved, watched, typed to."),
        (name = "team", description = "Teams: made, moved, disbanded, addressed."),
        (name = "event", description = "What happens.")
    )
)]
struct Description;

/// Serves the API until `ended`.
///
/// # Errors
/// If the socket cannot be served any more.
pub async fn serve(
    handle: Handle,
    listener: UnixListener,
    ended: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router(handle).0).with_graceful_shutdown(ended).await
}

/// Returns the description of the API as JSON text.
#[must_use]
pub fn openapi() -> String {
    // The description is made of plain values; there is nothing in it that JSON cannot hold.
    routed().into_openapi().to_pretty_json().unwrap_or_default()
}

fn router(handle: Handle) -> (Router, ()) {
    let (routes, description) = routed().split_for_parts();
    let text = description.to_pretty_json().unwrap_or_default();
    let described = get(move || async move { ([("content-type", "application/json")], text) });
    let router = routes
        .route("/v1/openapi.json", described)
        .route("/v1/sessions/{session}/attach", get(attach::attach))
        .fallback(|| async {
            failed(
                Problem::new(Code::NotFound, "there is nothing at this path")
                    .hint("GET /v1/openapi.json lists what there is"),
            )
        })
        .with_state(handle);
    (router, ())
}

fn routed() -> OpenApiRouter<Handle> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(version))
        .routes(routes!(shut_down))
        .merge(adapter::routes())
        .merge(session::routes())
        .merge(agent::routes())
        .merge(team::routes())
        .merge(blueprint::routes())
        .merge(message::routes())
        .merge(cost::routes())
        .merge(approval::routes())
        .merge(hook::routes())
        .merge(event::routes())
        .merge(history::routes())
}

/// Which daemon answers.
#[utoipa::path(get, path = "/v1/version", tag = "daemon", responses((status = OK, body = VersionView)))]
async fn version(State(handle): State<Handle>) -> Answered<VersionView> {
    Ok(Json(handle.version().await.map_err(body::Refused)?))
}

/// Ends the daemon. Every agent lives on in its holder, and the next daemon finds it.
#[utoipa::path(post, path = "/v1/shutdown", tag = "daemon", responses((status = OK, body = body::Done)))]
async fn shut_down(State(handle): State<Handle>) -> Answered<body::Done> {
    handle.shut_down().await.map_err(body::Refused)?;
    Ok(Json(body::Done::default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_names_every_resource_and_every_answer_has_a_form() {
        let text = openapi();
        let description: serde_json::Value = serde_json::from_str(&text).unwrap();
        let paths = description["paths"].as_object().unwrap();
        insta::assert_snapshot!(
            paths
                .iter()
                .flat_map(|(path, item)| {
                    item.as_object()
                        .unwrap()
                        .keys()
                        .map(move |method| format!("{:6} {path}", method.to_uppercase()))
                })
                .collect::<Vec<_>>()
                .join("\n")
        );
        for (path, item) in paths {
            for (method, operation) in item.as_object().unwrap() {
                assert!(operation["summary"].is_string(), "{method} {path} has no summary");
                assert!(operation["responses"]["200"].is_object(), "{method} {path} has no answer");
            }
        }
    }
}
