//! The bodies of what is asked over HTTP.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::domain::{Command, Key};

/// A session to be made or opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionDraft {
    /// Its name.
    pub name: String,
    /// The folder its agents work in; absolute.
    #[schema(value_type = String)]
    pub root: PathBuf,
    /// What it should consist of. Of a session that exists, what the plan asks for anew is made; what somebody changed
    /// since stays as they left it.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    pub plan: Vec<Command>,
    /// Start the agents of a session that exists and has none running.
    #[serde(default)]
    pub start: bool,
    /// The environment in which its agents are started, from now on; none keeps the one it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Vec<String>>>)]
    pub env: Option<Vec<(String, String)>>,
}

/// An agent to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentDraft {
    /// Its name; none gives it one.
    #[serde(default)]
    pub name: Option<String>,
    /// The name of the team it joins.
    #[serde(default)]
    pub team: Option<String>,
    /// `executive`, `coordinator` or `worker`; none is a worker.
    #[serde(default)]
    pub role: Option<String>,
    /// Its program and arguments; empty if it is made from a blueprint.
    #[serde(default)]
    pub command: Vec<String>,
    /// The name of the blueprint it is made from, in place of a command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blueprint: Option<String>,
    /// The program, in place of the blueprint's: `claude`, `codex`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cli: Option<String>,
    /// The model, in place of the blueprint's: `strong`, `balanced`, `fast`, or its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// What is put behind the blueprint's prompt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_suffix: Option<String>,
    /// Its folder; relative to the session's root.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub cwd: Option<PathBuf>,
    /// Variables set for it.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
}

/// A team to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamDraft {
    /// Its name.
    pub name: String,
    /// The name of the team it stands in.
    #[serde(default)]
    pub parent: Option<String>,
    /// Its colour: a name or a value such as `#7aa2f7`.
    #[serde(default)]
    pub color: Option<String>,
}

/// What was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Created {
    /// Its identity.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// What of its blueprint its program cannot be told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// Another name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rename {
    /// The new name.
    pub name: String,
}

/// Another colour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Recolor {
    /// A name or a value such as `#7aa2f7`.
    pub color: String,
}

/// Another place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// The name of the team it goes to; none takes it out of every team.
    pub team: Option<String>,
}

/// How a team is disbanded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
pub struct Disband {
    /// Stop and delete the team's agents too; otherwise they move up.
    #[serde(default)]
    pub delete_agents: bool,
}

/// A text for an agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SendRequest {
    /// What it says.
    pub text: String,
    /// Refuse rather than hold it when the agent is not ready.
    #[serde(default)]
    pub now: bool,
    /// The name of the agent that sends it; none if a person does.
    #[serde(default)]
    pub from: Option<String>,
}

/// A text for every agent of a team, or of the session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BroadcastText {
    /// The name of the team; none is everyone.
    #[serde(default)]
    pub team: Option<String>,
    /// What it says.
    pub text: String,
    /// Refuse rather than hold it where an agent is not ready.
    #[serde(default)]
    pub now: bool,
    /// The name of the agent that sends it; none if a person does.
    #[serde(default)]
    pub from: Option<String>,
}

/// What became of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MessageReport {
    /// The message; none if it was refused at once.
    pub id: Option<u32>,
    /// The name of the agent it is for.
    pub to: String,
    /// `held`, `typing`, `delivered` or `refused`.
    pub status: String,
    /// Why it is held or refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Keys for an agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeysRequest {
    /// The keys, in order.
    #[schema(value_type = Vec<Object>)]
    pub keys: Vec<Key>,
}

/// How a screen is shown as text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
pub struct ScreenQuery {
    /// With colours, as ANSI sequences.
    #[serde(default)]
    pub ansi: bool,
}

/// A pane's screen as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScreenText {
    /// Its rows, from the top.
    pub text: String,
}
