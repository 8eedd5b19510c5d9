//! The bodies of what is asked over HTTP.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::OrgCommand;
use crate::domain::{Key, Usage, Verdict};

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
    pub plan: Vec<OrgCommand>,
    /// Start the agents of a session that exists and has none running.
    #[serde(default)]
    pub start: bool,
    /// The environment in which its agents are started, from now on; none keeps the one it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Vec<String>>>)]
    pub env: Option<Vec<(String, String)>>,
    /// What becomes of agents that can go on in their conversations, where agents are started.
    #[serde(default)]
    pub conversations: Kept,
}

/// What becomes of agents that can go on in their conversations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// They are left for a person to decide on.
    #[default]
    Left,
    /// They go on.
    Resumed,
    /// They are started anew.
    Fresh,
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
    /// It is started once, and not again with the others.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub once: bool,
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

/// What became of the wish that an agent goes on in a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Resumed {
    /// What was done instead, if it could not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Who was brought back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BroughtBack {
    /// The names of the agents that go on in their conversations.
    pub resumed: Vec<String>,
    /// The names of those that begin anew, since they have none to go on in.
    pub anew: Vec<String>,
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
    /// How long it may be held, in milliseconds; none is for as long as it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_for: Option<u64>,
    /// Wait until the turn that it begins is over, at most for so many milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_for: Option<u64>,
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
    /// How long it may be held, in milliseconds; none is for as long as it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_for: Option<u64>,
}

/// What became of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MessageReport {
    /// The message; none if it was refused at once.
    pub id: Option<u32>,
    /// The name of the agent it is for.
    pub to: String,
    /// `queued`, `held`, `typing`, `delivered`, `acknowledged`, `expired` or `refused`.
    pub status: String,
    /// Why it stands there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// By what the agent showed that it took it: `hook`, `status`, `title`, `screen`, `output` …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// What became of the turn that it began, if that was waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<TurnReport>,
}

/// How a turn ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TurnReport {
    /// Whether it is over; otherwise the patience of whoever waited was, or the agent needs a person.
    pub over: bool,
    /// The last thing the model said, where that is told; an agent's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What went wrong, if it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What is seen of the agent, where nothing is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<String>,
}

/// An answer to what an agent asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AnswerRequest {
    /// The answer: `{"answer":"allow"}`, `{"answer":"deny","reason":"…"}` or `{"answer":"choose","option":0}`.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub verdict: Verdict,
    /// The name of the agent that answers; none if a person does. Agents may not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
}

/// Which conversation is to be gone on with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ResumeRequest {
    /// Its number, as the agent's program has it; none is the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
}

/// How a turn is interrupted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct InterruptRequest {
    /// Even though a dialog is open, which the keys would answer, or the agent is not busy.
    pub force: bool,
}

/// Which messages are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct MessageQuery {
    /// The name of the agent they are for; none is every agent.
    pub to: Option<String>,
    /// Those that are off the queue, too.
    pub all: bool,
}

/// Who calls at the hook door.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct HookQuery {
    /// The name of the program's adapter, such as `claude`.
    pub cli: String,
    /// Which start of the agent it is; what an earlier one tells is ignored.
    pub epoch: Option<u32>,
    /// It is its status line that asks.
    pub statusline: bool,
}

/// What a hook is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HookAnswer {
    /// What it is to print; nothing where there is nothing to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub print: Option<String>,
}

/// What an agent's program has used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UsageRequest {
    /// Running totals, one a conversation and model: `{"conversation", "model", "tokens", "cost"}`, the cost in millionths
    /// of a US dollar.
    #[schema(value_type = Vec<Object>)]
    pub usage: Vec<Usage>,
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
