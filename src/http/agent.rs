//! Agents: listed, made, renamed, moved, promoted, started and ended, looked at, explained, typed to.

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Answered, Done, Json, Path, Query, Refused, session_name};
use crate::daemon::{Handle, Who};
use crate::domain::{AgentRef, Name, NewAgent, Role};
use crate::protocol::{
    AgentDraft, AgentView, Answer, BroughtBack, Code, Created, Explanation, InterruptRequest, KeysRequest,
    MessageReport, Move, Problem, Rename, ResumeRequest, Resumed, ScreenQuery, ScreenText, UsageRequest,
};
use crate::protocol::{Command, LifeCommand, OrgCommand};

pub(super) fn routes() -> OpenApiRouter<Handle> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, delete))
        .routes(routes!(rename))
        .routes(routes!(relocate))
        .routes(routes!(promote))
        .routes(routes!(start))
        .routes(routes!(stop))
        .routes(routes!(kill))
        .routes(routes!(restart))
        .routes(routes!(resume))
        .routes(routes!(resume_all))
        .routes(routes!(new_conversation))
        .routes(routes!(clear))
        .routes(routes!(interrupt))
        .routes(routes!(look))
        .routes(routes!(explain))
        .routes(routes!(screen))
        .routes(routes!(keys))
        .routes(routes!(usage))
}

type Session = Path<String>;
type Agent = Path<(String, String)>;

/// Asks something about one agent.
async fn ask(
    handle: Handle,
    Path((session, agent)): Agent,
    command: impl FnOnce(AgentRef) -> Command,
) -> Answered<Done> {
    handle.ask(session_name(session)?, Who::Person, command(agent.as_str().into())).await?;
    Ok(Json(Done::default()))
}

/// Every agent, in the order of the chart.
#[utoipa::path(get, path = "/v1/sessions/{session}/agents", tag = "agent", params(("session" = String, Path)), responses((status = OK, body = Vec<AgentView>)))]
async fn list(State(handle): State<Handle>, Path(session): Session) -> Answered<Vec<AgentView>> {
    Ok(Json(handle.status(session_name(session)?).await?.agents))
}

/// Makes an agent and starts it.
#[utoipa::path(post, path = "/v1/sessions/{session}/agents", tag = "agent", params(("session" = String, Path)), request_body = AgentDraft, responses((status = OK, body = Created)))]
async fn create(
    State(handle): State<Handle>,
    Path(session): Session,
    Json(draft): Json<AgentDraft>,
) -> Answered<Created> {
    let invalid = |e: String| Refused(Problem::new(Code::Invalid, e));
    let role = match draft.role.as_deref() {
        None | Some("worker") => Role::Worker,
        Some("coordinator") => Role::Coordinator,
        Some("executive") => Role::Executive,
        Some(other) => {
            return Err(invalid(format!("`{other}` is no role; it is executive, coordinator or worker")));
        }
    };
    let session = session_name(session)?;
    let (launch, notes) = handle.launch(session.clone(), draft.clone()).await?;
    let new = NewAgent {
        name: draft.name.map(Name::new).transpose().map_err(|e| invalid(e.to_string()))?,
        team: draft.team.as_deref().map(Into::into),
        role,
        launch,
    };
    match handle.ask(session, Who::Person, Command::Org(OrgCommand::CreateAgent(new))).await? {
        Answer::Created { id, name } => Ok(Json(Created { id, name, notes })),
        other => Err(Refused(Problem::new(
            Code::Internal,
            format!("an agent was asked for and this came: {other:?}"),
        ))),
    }
}

/// One agent.
#[utoipa::path(get, path = "/v1/sessions/{session}/agents/{agent}", tag = "agent", params(("session" = String, Path), ("agent" = String, Path)), responses((status = OK, body = AgentView)))]
async fn show(State(handle): State<Handle>, Path((session, agent)): Agent) -> Answered<AgentView> {
    let agents = handle.status(session_name(session)?).await?.agents;
    let near = crate::domain::nearest(&agent, agents.iter().map(|a| a.name.as_str())).map(str::to_owned);
    agents.into_iter().find(|a| a.name == agent).map(Json).ok_or_else(|| {
        let problem = Problem::new(Code::NotFound, format!("there is no agent `{agent}`"));
        Refused(match near {
            Some(near) => problem.hint(format!("did you mean `{near}`?")),
            None => problem,
        })
    })
}

/// Ends an agent and takes it out of the chart, with its history.
#[utoipa::path(delete, path = "/v1/sessions/{session}/agents/{agent}", tag = "agent", params(("session" = String, Path), ("agent" = String, Path)), responses((status = OK, body = Done)))]
async fn delete(State(handle): State<Handle>, path: Agent) -> Answered<Done> {
    ask(handle, path, |agent| Command::Org(OrgCommand::DeleteAgent { agent })).await
}

/// Gives an agent another name.
#[utoipa::path(post, path = "/v1/sessions/{session}/agents/{agent}/rename", tag = "agent", params(("session" = String, Path), ("agent" = String, Path)), request_body = Rename, responses((status = OK, body = Done)))]
async fn rename(State(handle): State<Handle>, path: Agent, Json(body): Json<Rename>) -> Answered<Done> {
    let name = Name::new(body.name).map_err(|e| Refused(Problem::new(Code::Invalid, e.to_string())))?;
    ask(handle, path, |agent| Command::Org(OrgCommand::RenameAgent { agent, name })).await
}

/// Puts an agent into another team, or takes it out of every team.
#[utoipa::path(post, path = "/v1/sessions/{session}/agents/{agent}/move", tag = "agent", params(("session" = String, Path), ("agent" = String, Path)), request_body = Move, responses((status = OK, body = Done)))]
async fn relocate(State(handle): State<Handle>, path: Agent, Json(body): Json<Move>) -> Answered<Done> {
    ask(handle, path, |agent| {
        Command::Org(OrgCommand::MoveAgent { agent, team: body.team.as_deref().map(Into::into) })
    })
    .await
}

/// Makes an agent the lead of its team; one in no team becomes the executive, if there is none.
#[utoipa::path(post, path = "/v1/sessions/{session}/agents/{agent}/promote", tag = "agent", params(("session" = String, Path), ("agent" = String, Path)), responses((status = OK, body = Done)))]
async fn promote(State(handle): State<Handle>, path: Agent) -> Answered<Done> {
    ask(handle, path, |agent| Command::Org(OrgCommand::PromoteAgent { agent })).await
}

/// Starts an agent that does not run.
#[utoipa::path(post, path = "/v1/sessions/{session}/agents/{agent}/start", tag = "agent", params(("session" = String, Path), ("agent" = String, Path)), responses((status = OK, body = Done)))]
async fn start(State(handle): State<Handle>, path: Agent) -> Answered<Done> {
    ask(handle, path, |agent| Command::Life(LifeCommand::Start { agent })).await
}

/// Asks an agent's process tree to end, and forces it after a grace.
#[utoipa::path(post, path = "/v1/sessions/{session}/agents/{agent}/stop", tag = "agent", params(("session" = String, Path), ("agent" = String, Path)), responses((status = OK, body = Done)))]
async fn stop(State(handle): State<Handle>, path: Agent) -> Answered<Done> {
    ask(handle, path, |agent| Command::Life(LifeCommand::Stop { agent })).await
}

/// Ends an agent's process tree at once.
#[utoipa::path(post, path = "/v1/sessions/{session}/agents/{agent}/kill", tag = "agent", params(("session" = String, Path), ("agent" = String, Path)), responses((status = OK, body = Done)))]
async fn kill(State(handle): State<Handle>, path: Agent) -> Answered<Done> {
    ask(handle, path, |agent| Command::Life(LifeCommand::Kill { agent })).await
}

/// Ends an agent's process tree and starts it anew.
#[utoipa::path(post, path = "/v1/sessions/{session}/agents/{agent}/restart", tag = "agent", params(("session" = String, Path), ("agent" = String, Path)), responses((status = OK, body = Done)))]
async fn restart(State(handle): State<Handle>, path: Agent) -> Answered<Done> {
    ask(handle, path, |agent| Command::Life(LifeCommand::Restart { agent })).await
}

/// Starts an agent in a conversation that it was in; one that runs is stopped first.
#[utoipa::path(post, path = "/v1/sessions/{session}/agents/{agent}/resume", tag = "agent", params(("session" = String, Path), ("agent" = String, Path)), request_body = ResumeRequest, responses((status = OK, body = Resumed)))]
async fn resume(
    State(handle): State<Handle>,
    Path((session, agent)): Agent,
    Json(body): Json<ResumeRequest>,
) -> Answered<Resumed> {
    let agent = agent.as_str().into();
    let command = Command::Life(LifeCommand::Resume { agent, conversation: body.conversation });
    let note = match handle.ask(session_name(session)?, Who::Person, command).await? {
        Answer::Noted { note } => Some(note),
        _ => None,
    };
    Ok(Json(Resumed { note }))
}

/// Brings back every agent that ended while nobody watched, or with the session, each in the conversation that it was in.
#[utoipa::path(post, path = "/v1/sessions/{session}/resume", tag = "agent", params(("session" = String, Path)), responses((status = OK, body = BroughtBack)))]
async fn resume_all(State(handle): State<Handle>, Path(session): Session) -> Answered<BroughtBack> {
    Ok(Json(
        match handle.ask(session_name(session)?, Who::Person, Command::Life(LifeCommand::ResumeAll)).await? {
            Answer::Resumed { resumed, anew } => BroughtBack { resumed, anew },
            _ => BroughtBack::default(),
        },
    ))
}

/// Starts an agent in a new conversation; one that runs is stopped first.
#[utoipa::path(post, path = "/v1/sessions/{session}/agents/{agent}/new-conversation", tag = "agent", params(("session" = String, Path), ("agent" = String, Path)), responses((status = OK, body = Done)))]
async fn new_conversation(State(handle): State<Handle>, path: Agent) -> Answered<Done> {
    ask(handle, path, |agent| Command::Life(LifeCommand::NewConversation { agent })).await
}

/// Has an agent forget its conversation, by its program's own command, once it is ready for input.
#[utoipa::path(post, path = "/v1/sessions/{session}/agents/{agent}/clear", tag = "agent", params(("session" = String, Path), ("agent" = String, Path)), responses((status = OK, body = MessageReport)))]
async fn clear(State(handle): State<Handle>, Path((session, agent)): Agent) -> Answered<MessageReport> {
    let command = Command::Life(LifeCommand::ClearConversation { agent: agent.as_str().into() });
    let mut reports = handle.send(session_name(session)?, Who::Person, command, None).await?;
    let unknown = || Refused(Problem::new(Code::Internal, "nothing is known of the message"));
    reports.pop().map(Json).ok_or_else(unknown)
}

/// Interrupts an agent's turn, by its program's own keys.
#[utoipa::path(post, path = "/v1/sessions/{session}/agents/{agent}/interrupt", tag = "agent", params(("session" = String, Path), ("agent" = String, Path)), request_body = InterruptRequest, responses((status = OK, body = Done)))]
async fn interrupt(
    State(handle): State<Handle>,
    path: Agent,
    Json(body): Json<InterruptRequest>,
) -> Answered<Done> {
    ask(handle, path, |agent| Command::Life(LifeCommand::Interrupt { agent, force: body.force })).await
}

/// Says that a person has looked at what an agent finished.
#[utoipa::path(post, path = "/v1/sessions/{session}/agents/{agent}/look", tag = "agent", params(("session" = String, Path), ("agent" = String, Path)), responses((status = OK, body = Done)))]
async fn look(State(handle): State<Handle>, path: Agent) -> Answered<Done> {
    ask(handle, path, |agent| Command::Life(LifeCommand::Look { agent })).await
}

/// Why an agent is believed to be in its state: every piece of evidence with its rule and age.
#[utoipa::path(get, path = "/v1/sessions/{session}/agents/{agent}/explain", tag = "agent", params(("session" = String, Path), ("agent" = String, Path)), responses((status = OK, body = Explanation)))]
async fn explain(State(handle): State<Handle>, Path((session, agent)): Agent) -> Answered<Explanation> {
    Ok(Json(handle.explain(session_name(session)?, agent.as_str().into()).await?))
}

/// A pane's screen as text.
#[utoipa::path(get, path = "/v1/sessions/{session}/agents/{agent}/screen", tag = "agent", params(("session" = String, Path), ("agent" = String, Path), ScreenQuery), responses((status = OK, body = ScreenText)))]
async fn screen(
    State(handle): State<Handle>,
    Path((session, agent)): Agent,
    Query(query): Query<ScreenQuery>,
) -> Answered<ScreenText> {
    let screen = handle.text(session_name(session)?, agent.as_str().into(), query.ansi).await?;
    Ok(Json(ScreenText { text: screen.text }))
}

/// Puts down what an agent's program has used, as it was told elsewhere: a running total of one conversation and model.
#[utoipa::path(post, path = "/v1/sessions/{session}/agents/{agent}/usage", tag = "agent", params(("session" = String, Path), ("agent" = String, Path)), request_body = UsageRequest, responses((status = OK, body = Done)))]
async fn usage(
    State(handle): State<Handle>,
    Path((session, agent)): Agent,
    Json(body): Json<UsageRequest>,
) -> Answered<Done> {
    let session = session_name(session)?;
    for usage in body.usage {
        handle.used(session.clone(), agent.as_str().into(), usage).await?;
    }
    Ok(Json(Done::default()))
}

/// Presses keys in an agent's terminal, in order.
#[utoipa::path(post, path = "/v1/sessions/{session}/agents/{agent}/keys", tag = "agent", params(("session" = String, Path), ("agent" = String, Path)), request_body = KeysRequest, responses((status = OK, body = Done)))]
async fn keys(
    State(handle): State<Handle>,
    Path((session, agent)): Agent,
    Json(body): Json<KeysRequest>,
) -> Answered<Done> {
    let session = session_name(session)?;
    handle.keys(session, agent.as_str().into(), body.keys).await?;
    Ok(Json(Done::default()))
}
