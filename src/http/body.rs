//! What comes in and goes out: JSON bodies, names in paths, and problems with their status codes.

use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::Name;
use crate::protocol::{Code, Problem};

/// A JSON body; one that cannot be read is a problem like any other.
#[derive(FromRequest)]
#[from_request(via(axum::Json), rejection(Refused))]
pub(super) struct Json<T>(pub(super) T);

/// The words of a path.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Refused))]
pub(super) struct Path<T>(pub(super) T);

/// What follows the question mark.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(Refused))]
pub(super) struct Query<T>(pub(super) T);

/// A problem on its way out.
#[derive(Debug)]
pub(super) struct Refused(pub(super) Problem);

/// What a handler returns.
pub(super) type Answered<T> = Result<Json<T>, Refused>;

/// The answer when there is nothing to say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Done {}

/// Returns a problem as a response.
pub(super) fn failed(problem: Problem) -> Response {
    Refused(problem).into_response()
}

/// Reads a session's name.
pub(super) fn session_name(text: String) -> Result<Name, Refused> {
    Name::new(text).map_err(|e| Refused(Problem::new(Code::Invalid, e.to_string())))
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = match self.0.code {
            Code::Invalid => StatusCode::BAD_REQUEST,
            Code::NotFound => StatusCode::NOT_FOUND,
            Code::Conflict | Code::Version => StatusCode::CONFLICT,
            Code::Denied => StatusCode::FORBIDDEN,
            Code::Storage => StatusCode::INSUFFICIENT_STORAGE,
            Code::Busy | Code::NoDaemon => StatusCode::SERVICE_UNAVAILABLE,
            Code::Timeout => StatusCode::GATEWAY_TIMEOUT,
            Code::Internal | Code::TurnFailed | Code::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        };
        (status, axum::Json(self.0)).into_response()
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Refused {
        Refused(problem)
    }
}

macro_rules! rejected {
    ($($rejection:ty => $what:literal),*) => {$(
        impl From<$rejection> for Refused {
            fn from(rejection: $rejection) -> Refused {
                Refused(Problem::new(Code::Invalid, $what).cause(rejection.body_text()))
            }
        }
    )*};
}

rejected!(
    JsonRejection => "the body is not what is expected here",
    PathRejection => "the path is not what is expected here",
    QueryRejection => "the words after `?` are not what is expected here"
);
