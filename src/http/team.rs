//! Teams: listed, made, renamed, recoloured, moved, disbanded.

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Answered, Done, Json, Path, Query, Refused, session_name};
use crate::daemon::{Handle, Who};
use crate::domain::{Members, Name, TeamColor, TeamRef};
use crate::protocol::{Answer, Code, Created, Disband, Move, Problem, Recolor, Rename, TeamDraft, TeamView};
use crate::protocol::{Command, OrgCommand};

pub(super) fn routes() -> OpenApiRouter<Handle> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(disband))
        .routes(routes!(rename))
        .routes(routes!(recolor))
        .routes(routes!(relocate))
}

type Session = Path<String>;
type Team = Path<(String, String)>;

async fn ask(
    handle: Handle,
    Path((session, team)): Team,
    command: impl FnOnce(TeamRef) -> Command,
) -> Answered<Done> {
    handle.ask(session_name(session)?, Who::Person, command(team.as_str().into())).await?;
    Ok(Json(Done::default()))
}

fn invalid(error: impl std::error::Error) -> Refused {
    Refused(Problem::new(Code::Invalid, error.to_string()))
}

/// Every team, in the order of the chart.
#[utoipa::path(get, path = "/v1/sessions/{session}/teams", tag = "team", params(("session" = String, Path)), responses((status = OK, body = Vec<TeamView>)))]
async fn list(State(handle): State<Handle>, Path(session): Session) -> Answered<Vec<TeamView>> {
    Ok(Json(handle.status(session_name(session)?).await?.teams))
}

/// Makes a team.
#[utoipa::path(post, path = "/v1/sessions/{session}/teams", tag = "team", params(("session" = String, Path)), request_body = TeamDraft, responses((status = OK, body = Created)))]
async fn create(
    State(handle): State<Handle>,
    Path(session): Session,
    Json(draft): Json<TeamDraft>,
) -> Answered<Created> {
    let command = Command::Org(OrgCommand::CreateTeam {
        name: Name::new(draft.name).map_err(invalid)?,
        parent: draft.parent.as_deref().map(Into::into),
        color: draft.color.map(|color| color.parse::<TeamColor>()).transpose().map_err(invalid)?,
    });
    match handle.ask(session_name(session)?, Who::Person, command).await? {
        Answer::Created { id, name } => Ok(Json(Created { id, name, notes: Vec::new() })),
        other => Err(Refused(Problem::new(
            Code::Internal,
            format!("a team was asked for and this came: {other:?}"),
        ))),
    }
}

/// Takes a team out of the chart; its agents move up, or end with it.
#[utoipa::path(delete, path = "/v1/sessions/{session}/teams/{team}", tag = "team", params(("session" = String, Path), ("team" = String, Path), Disband), responses((status = OK, body = Done)))]
async fn disband(State(handle): State<Handle>, path: Team, Query(how): Query<Disband>) -> Answered<Done> {
    let members = if how.delete_agents { Members::Delete } else { Members::Keep };
    ask(handle, path, |team| Command::Org(OrgCommand::DisbandTeam { team, members })).await
}

/// Gives a team another name.
#[utoipa::path(post, path = "/v1/sessions/{session}/teams/{team}/rename", tag = "team", params(("session" = String, Path), ("team" = String, Path)), request_body = Rename, responses((status = OK, body = Done)))]
async fn rename(State(handle): State<Handle>, path: Team, Json(body): Json<Rename>) -> Answered<Done> {
    let name = Name::new(body.name).map_err(invalid)?;
    ask(handle, path, |team| Command::Org(OrgCommand::RenameTeam { team, name })).await
}

/// Gives a team another colour.
#[utoipa::path(post, path = "/v1/sessions/{session}/teams/{team}/color", tag = "team", params(("session" = String, Path), ("team" = String, Path)), request_body = Recolor, responses((status = OK, body = Done)))]
async fn recolor(State(handle): State<Handle>, path: Team, Json(body): Json<Recolor>) -> Answered<Done> {
    let color = body.color.parse().map_err(invalid)?;
    ask(handle, path, |team| Command::Org(OrgCommand::RecolorTeam { team, color })).await
}

/// Puts a team, with everything in it, into another one, or under the executive.
#[utoipa::path(post, path = "/v1/sessions/{session}/teams/{team}/move", tag = "team", params(("session" = String, Path), ("team" = String, Path)), request_body = Move, responses((status = OK, body = Done)))]
async fn relocate(State(handle): State<Handle>, path: Team, Json(body): Json<Move>) -> Answered<Done> {
    ask(handle, path, |team| {
        Command::Org(OrgCommand::MoveTeam { team, parent: body.team.as_deref().map(Into::into) })
    })
    .await
}
