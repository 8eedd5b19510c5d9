//! What the daemon shows of a session. Field names and words are part of the API: they are added to, never renamed.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::SpentView;
use crate::domain::{AgentState, Exit, Timestamp};

/// The daemon that answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VersionView {
    /// The program's version.
    pub program: String,
    /// The version of this API.
    pub protocol: u32,
    /// The daemon's process.
    pub pid: u32,
    /// Since when it runs (RFC 3339).
    pub started_at: String,
}

/// A session, in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionSummary {
    /// Its name.
    pub name: String,
    /// The folder its agents work in.
    #[schema(value_type = String)]
    pub root: PathBuf,
    /// How many agents it has.
    pub agents: usize,
    /// How many of them run.
    pub running: usize,
    /// How many need a person.
    pub needs_person: usize,
    /// Why it is not open, if it could not be opened; nothing else is known of it then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
}

/// A session as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionView {
    /// Its name.
    pub name: String,
    /// The folder its agents work in.
    #[schema(value_type = String)]
    pub root: PathBuf,
    /// The name of the executive, if there is one.
    pub executive: Option<String>,
    /// What it has spent.
    #[serde(default, skip_serializing_if = "SpentView::is_nothing")]
    pub spent: SpentView,
    /// Something the daemon cannot do at present, such as saving to a full disk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
}

/// A session that was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpenedView {
    /// The session.
    #[serde(flatten)]
    pub session: SessionView,
    /// The agents that the plan before named, that this one does not, and that are there all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unplanned: Vec<String>,
    /// The agents that go on in their conversations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resumed: Vec<String>,
    /// The agents that were left as they are, because they can go on in their conversations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resumable: Vec<String>,
}

/// How many agents are in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Totals {
    /// Need someone.
    pub waiting: usize,
    /// Crashed or failed.
    pub error: usize,
    /// Running tools, writing.
    pub working: usize,
    /// Waiting for their model.
    pub thinking: usize,
    /// Being brought back.
    pub recovering: usize,
    /// Not yet ready for input.
    pub starting: usize,
    /// Ready for input.
    pub idle: usize,
    /// Not running.
    pub stopped: usize,
    /// Finished something that nobody has looked at yet; these are also counted by their state.
    pub unseen: usize,
    /// Need a person; these are also counted by their state.
    pub needs_person: usize,
}

impl Totals {
    /// Counts one agent.
    pub fn count(&mut self, state: AgentState, unseen: bool) {
        let place = match state {
            AgentState::Waiting(_) => &mut self.waiting,
            AgentState::Error => &mut self.error,
            AgentState::Working => &mut self.working,
            AgentState::Thinking => &mut self.thinking,
            AgentState::Recovering => &mut self.recovering,
            AgentState::Starting => &mut self.starting,
            AgentState::Idle => &mut self.idle,
            AgentState::Stopped => &mut self.stopped,
        };
        *place += 1;
        self.unseen += usize::from(unseen);
        self.needs_person += usize::from(state.needs_person());
    }

    /// Returns the counts with their words, in the order in which they are shown.
    #[must_use]
    pub fn by_word(&self) -> [(&'static str, usize); 8] {
        let counts = [
            self.waiting,
            self.error,
            self.working,
            self.thinking,
            self.recovering,
            self.starting,
            self.idle,
            self.stopped,
        ];
        std::array::from_fn(|n| (AgentState::WORDS[n], counts[n]))
    }
}

/// Everything about a session that fits on a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatusView {
    /// The session.
    pub session: SessionView,
    /// Its teams, in the order of the chart.
    pub teams: Vec<TeamView>,
    /// Its agents, in the order of the chart.
    pub agents: Vec<AgentView>,
    /// How many agents are in each state.
    pub totals: Totals,
    /// What agents ask, the longest first.
    #[serde(default)]
    pub approvals: Vec<ApprovalView>,
}

/// The teams and agents, without counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChartView {
    /// The session.
    pub session: SessionView,
    /// The teams, in the order of the chart.
    pub teams: Vec<TeamView>,
    /// The agents, in the order of the chart.
    pub agents: Vec<AgentView>,
    /// What agents ask, the longest first.
    #[serde(default)]
    pub approvals: Vec<ApprovalView>,
}

/// A team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TeamView {
    /// Its identity.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// The name of the team it stands in.
    pub parent: Option<String>,
    /// The name of its lead.
    pub lead: Option<String>,
    /// Its colour: a name or a value such as `#7aa2f7`.
    pub color: String,
    /// Its place among its siblings.
    pub rank: u32,
}

/// An agent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgentView {
    /// Its identity.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// The name of its team.
    pub team: Option<String>,
    /// What it may do: `executive`, `coordinator` or `worker`.
    pub role: String,
    /// The name of whoever leads it.
    pub leader: Option<String>,
    /// Its place among its siblings.
    pub rank: u32,
    /// Its state's word.
    pub state: String,
    /// What it waits for, if it waits: `approval`, `answer`, `login`, `barrier` or `lock`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting_for: Option<String>,
    /// Why it is believed to be in that state.
    pub reason: String,
    /// Since when it is in that state (RFC 3339).
    pub since: String,
    /// What it says it is doing.
    pub task: Option<String>,
    /// Its window title.
    pub title: Option<String>,
    /// How far it says it is, 0 to 100.
    pub progress: Option<u8>,
    /// Whether it finished something that nobody has looked at yet.
    pub unseen: bool,
    /// How many messages wait for it.
    pub held: usize,
    /// What it has spent.
    #[serde(default, skip_serializing_if = "SpentView::is_nothing")]
    pub spent: SpentView,
    /// Its process.
    pub pid: Option<u32>,
    /// How its process last ended.
    #[schema(value_type = Option<Object>)]
    pub exit: Option<Exit>,
    /// When its process was last started (RFC 3339).
    pub started_at: Option<String>,
    /// Which start of the agent this is.
    pub epoch: u32,
    /// Its program and arguments.
    pub command: Vec<String>,
    /// The blueprint it was made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blueprint: Option<String>,
    /// Its folder, if it is not the session's root.
    #[schema(value_type = Option<String>)]
    pub cwd: Option<PathBuf>,
    /// What the messages that wait for it wait for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<String>,
    /// Since when its turn is under way (RFC 3339); none between turns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn_since: Option<String>,
    /// The beginning of the last thing its model said, where that is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_message: Option<String>,
    /// The conversation it is in, as its program numbers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
    /// Whether it ended while nobody watched, and can go on in its conversation.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub resumable: bool,
}

impl AgentView {
    /// Returns its state, from the words.
    #[must_use]
    pub fn agent_state(&self) -> AgentState {
        use crate::domain::WaitFor;
        match self.state.as_str() {
            "starting" => AgentState::Starting,
            "idle" => AgentState::Idle,
            "thinking" => AgentState::Thinking,
            "working" => AgentState::Working,
            "waiting" => AgentState::Waiting(match self.waiting_for.as_deref() {
                Some("answer") => WaitFor::Answer,
                Some("login") => WaitFor::Login,
                Some("barrier") => WaitFor::Barrier,
                Some("lock") => WaitFor::Lock,
                _ => WaitFor::Approval,
            }),
            "error" => AgentState::Error,
            "recovering" => AgentState::Recovering,
            _ => AgentState::Stopped,
        }
    }
}

/// A message, and what became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MessageView {
    /// Its identity.
    pub id: u32,
    /// Who sent it: the name of an agent, or `person`.
    pub from: String,
    /// The name of the agent it is for.
    pub to: String,
    /// What it says.
    pub text: String,
    /// When it was sent (RFC 3339).
    pub sent_at: String,
    /// Whether that is only the beginning of its text.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
    /// When it is worth nothing any more (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// `queued`, `held`, `typing`, `delivered`, `acknowledged`, `expired` or `refused`.
    #[serde(default)]
    pub status: String,
    /// Why it stands there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// By what the agent showed that it took it: `hook`, `status`, `title`, `screen`, `output` …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When it was taken off the queue (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_at: Option<String>,
    /// What is to be said about how it was submitted, such as that its key was pressed once more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Something that an agent asks. What it says is the agent's word, made harmless to show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ApprovalView {
    /// Its identity.
    pub id: u32,
    /// The name of the agent.
    pub agent: String,
    /// The agent's identity.
    pub agent_id: u32,
    /// The name of its team.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// `permission`, `question`, `login` or `dialog`.
    pub kind: String,
    /// The tool it wants to use, as its program calls it; empty where that is not told.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub tool: String,
    /// What exactly would be done; several lines.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// What would change in a file, as a unified diff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diff: Option<String>,
    /// The question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// The options, in the order in which they are shown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// What its dialog offers beside a yes and a no, in the order in which it is shown; `choose` takes one of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// How many characters are missing at the end of what would be done, because it is too long; 0 if that is all of
    /// it.
    pub truncated: usize,
    /// Since when (RFC 3339).
    pub asked_at: String,
    /// For how long it has waited, in milliseconds, when this was said.
    pub age_ms: u64,
    /// `open`, `answering`, `answered`, `elsewhere` or `withdrawn`.
    pub status: String,
    /// Whether it can be answered from here.
    pub answerable: bool,
    /// Why it cannot be, or what it was answered, or how it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// What became of the reason of a denial that was given by keys, which carry none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Who answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When it was settled (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled_at: Option<String>,
}

/// Why an agent is believed to be in its state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Explanation {
    /// Its name.
    pub agent: String,
    /// Its state's word.
    pub state: String,
    /// The verdict, in a few words.
    pub reason: String,
    /// Since when it is in that state (RFC 3339).
    pub since: String,
    /// How it stands to the time limit of its turns, in words; none where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_limit: Option<String>,
    /// Every piece of evidence at hand, the decisive one first.
    pub evidence: Vec<EvidenceView>,
    /// The conversations that it was in, the newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conversations: Vec<ConversationView>,
}

/// A conversation that an agent was in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConversationView {
    /// Its number, as the agent's program has it.
    pub id: String,
    /// When the agent came into it (RFC 3339).
    pub since: String,
    /// Whether something was said in it; nobody can go on in one in which nothing was.
    pub prompted: bool,
    /// Whether the agent is in it now.
    pub current: bool,
}

/// A blueprint, as it is found in a session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BlueprintView {
    /// Its name.
    pub name: String,
    /// Where it is from: `session`, `user` or `builtin`.
    pub origin: String,
    /// What it is good for.
    #[serde(default)]
    pub description: String,
    /// The program it names, if it names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cli: Option<String>,
    /// The model it names, if it names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Whether its agents cannot change anything.
    #[serde(default)]
    pub read_only: bool,
    /// Whether agents may be made from it.
    pub enabled: bool,
    /// What is wrong with it, if something is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// One piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EvidenceView {
    /// Who says so.
    pub source: String,
    /// The state it speaks for.
    pub state: String,
    /// The rule that read it.
    pub rule: String,
    /// The words that were read.
    pub detail: String,
    /// How long ago it was read, in milliseconds.
    pub age_ms: u64,
    /// How far it is believed, 0 to 100.
    pub confidence: u8,
    /// Whether the verdict rests on it.
    pub decisive: bool,
}

/// Returns an instant as RFC 3339 text in UTC, to the millisecond.
#[must_use]
pub fn rfc3339(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.0).map_or_else(|_| at.0.to_string(), |t| format!("{t:.3}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::WaitFor;

    #[test]
    fn an_instant_is_written_as_people_and_scripts_read_it() {
        assert_eq!(rfc3339(Timestamp(1_795_176_000_250)), "2026-11-20T12:00:00.250Z");
    }

    #[test]
    fn totals_count_each_agent_once_by_its_word() {
        let mut totals = Totals::default();
        totals.count(AgentState::Waiting(WaitFor::Answer), false);
        totals.count(AgentState::Idle, true);
        assert_eq!(totals.by_word().iter().map(|(_, n)| n).sum::<usize>(), 2);
        assert_eq!((totals.needs_person, totals.unseen, totals.waiting, totals.idle), (1, 1, 1, 1));
    }
}
