//! What happened. A session's state is the fold of its events; restore, the live feed and the record of the past
//! are one mechanism.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{
    Agent, AgentId, Approval, ApprovalEnd, ApprovalId, Ask, BroadcastId, BroadcastReport, Command,
    Conversation, Exit, Launch, Message, MessageId, MicroUsd, Name, Observation, Role, Run, Scope, Source,
    Spender, Target, Team, TeamColor, TeamId, Timestamp, Usage, Verdict,
};

/// One thing that happened in a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// The session began.
    SessionOpened {
        /// Its name.
        name: Name,
        /// The folder its agents work in.
        root: PathBuf,
    },
    /// What a plan asked for was made.
    PlanFollowed {
        /// The plan.
        commands: Vec<Command>,
    },
    /// A team was made.
    TeamCreated {
        /// The team.
        team: Team,
    },
    /// A team got another name.
    TeamRenamed {
        /// The team.
        team: TeamId,
        /// Its new name.
        name: Name,
    },
    /// A team got another colour.
    TeamRecolored {
        /// The team.
        team: TeamId,
        /// Its new colour.
        color: TeamColor,
    },
    /// A team, with everything in it, stands elsewhere.
    TeamMoved {
        /// The team.
        team: TeamId,
        /// Where it stands.
        parent: Option<TeamId>,
        /// Its place there.
        rank: u32,
    },
    /// A team has another lead, or none.
    LeadChanged {
        /// The team.
        team: TeamId,
        /// Its lead.
        lead: Option<AgentId>,
    },
    /// An empty team was taken out of the chart.
    TeamDisbanded {
        /// The team.
        team: TeamId,
    },
    /// An agent was made.
    AgentCreated {
        /// The agent.
        agent: Agent,
    },
    /// An agent got another name.
    AgentRenamed {
        /// The agent.
        agent: AgentId,
        /// Its new name.
        name: Name,
    },
    /// An agent stands in another team.
    AgentMoved {
        /// The agent.
        agent: AgentId,
        /// Where it stands.
        team: Option<TeamId>,
        /// Its place there.
        rank: u32,
    },
    /// An agent may do something else.
    RoleChanged {
        /// The agent.
        agent: AgentId,
        /// Its role.
        role: Role,
    },
    /// An agent is started in another way from its next start on.
    LaunchChanged {
        /// The agent.
        agent: AgentId,
        /// How it is started.
        launch: Launch,
    },
    /// An agent should run, or should not.
    RunChanged {
        /// The agent.
        agent: AgentId,
        /// What is wanted.
        run: Run,
    },
    /// An agent was taken out of the chart.
    AgentDeleted {
        /// The agent.
        agent: AgentId,
    },
    /// A message was accepted into its agent's mailbox.
    MessageAccepted {
        /// The message.
        message: Message,
    },
    /// A message is being typed; from here on it is never typed again.
    MessageTyping {
        /// The message.
        message: MessageId,
        /// Whom it is for.
        to: AgentId,
    },
    /// A message could not be typed after all; nothing of it was, and it waits again.
    MessageHeld {
        /// The message.
        message: MessageId,
        /// Whom it is for.
        to: AgentId,
        /// What it waits for.
        reason: String,
    },
    /// A message was typed and submitted.
    MessageDelivered {
        /// The message.
        message: MessageId,
        /// Whom it was for.
        to: AgentId,
    },
    /// An agent showed that it took what was submitted.
    MessageAcknowledged {
        /// The message.
        message: MessageId,
        /// Whom it was for.
        to: AgentId,
        /// By what it showed that.
        by: Source,
    },
    /// An agent showed no reaction to what was submitted, in the time that it had for that.
    MessageUnconfirmed {
        /// The message.
        message: MessageId,
        /// Whom it was for.
        to: AgentId,
    },
    /// Something is to be said about how a message was submitted.
    MessageNoted {
        /// The message.
        message: MessageId,
        /// Whom it was for.
        to: AgentId,
        /// What.
        note: String,
    },
    /// A message was not typed before its time was over.
    MessageExpired {
        /// The message.
        message: MessageId,
        /// Whom it was for.
        to: AgentId,
    },
    /// A message will not be submitted.
    MessageDropped {
        /// The message.
        message: MessageId,
        /// Whom it was for.
        to: AgentId,
        /// Why not.
        reason: String,
    },
    /// An agent's process is being started.
    AgentStarting {
        /// The agent.
        agent: AgentId,
        /// Which start of this agent it is; facts about an earlier one are ignored.
        epoch: u32,
    },
    /// An agent's process is up.
    AgentStarted {
        /// The agent.
        agent: AgentId,
        /// Its process.
        pid: u32,
    },
    /// An agent could not be started.
    StartFailed {
        /// The agent.
        agent: AgentId,
        /// Why not.
        reason: String,
    },
    /// An agent's process ended.
    AgentExited {
        /// The agent.
        agent: AgentId,
        /// How.
        exit: Exit,
    },
    /// An agent is doing something else.
    Observed {
        /// The agent.
        agent: AgentId,
        /// What is seen of it.
        seen: Observation,
        /// Whether it finished something that nobody has looked at yet.
        unseen: bool,
    },
    /// A person looked at an agent that had finished something.
    Looked {
        /// The agent.
        agent: AgentId,
    },
    /// An agent has used more than it had.
    Used {
        /// The agent.
        agent: AgentId,
        /// The team it stands in.
        #[serde(default)]
        team: Option<TeamId>,
        /// The day, in the daemon's time zone: how many days after 1970-01-01 it is.
        day: i32,
        /// What it has used from the beginning of its conversation to now.
        usage: Usage,
        /// What that comes to by the prices of the day, where its program tells no money.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        estimate: Option<MicroUsd>,
    },
    /// A budget is nearly or wholly used up.
    BudgetCrossed {
        /// Whose it is.
        spender: Spender,
        /// How much is spent.
        spent: MicroUsd,
        /// Of how much.
        budget: MicroUsd,
        /// Whether all of it is used up; else it is four fifths.
        used_up: bool,
    },
    /// An agent began a turn.
    TurnBegan {
        /// The agent.
        agent: AgentId,
        /// Whether it is known to have begun with a prompt, and not only by what is seen.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        prompted: bool,
    },
    /// Somebody pressed what interrupts an agent's turn.
    TurnBroken {
        /// The agent.
        agent: AgentId,
    },
    /// An agent's turn is over.
    TurnEnded {
        /// The agent.
        agent: AgentId,
        /// The last thing its model said, where that is told; an agent's word.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        /// What went wrong, if the turn failed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<String>,
    },
    /// An agent was busy in one turn for longer than it may be.
    TimeLimitPassed {
        /// The agent.
        agent: AgentId,
        /// How long it may be, in seconds.
        secs: u32,
        /// Whether it was killed, since it went on after it had been interrupted; else it was interrupted.
        killed: bool,
    },
    /// An agent is in another conversation.
    ConversationBegan {
        /// The agent.
        agent: AgentId,
        /// The conversation.
        conversation: Conversation,
    },
    /// An agent is to go on in this conversation at its next start.
    ResumeWanted {
        /// The agent.
        agent: AgentId,
        /// The conversation; none is a new one.
        conversation: Option<String>,
    },
    /// An agent asks a person.
    ApprovalAsked {
        /// What it asks.
        approval: Approval,
    },
    /// More is known of what an agent asks.
    ApprovalTold {
        /// What it asks.
        approval: ApprovalId,
        /// The agent.
        agent: AgentId,
        /// What is known of it now.
        ask: Ask,
        /// What its dialog offers, in the order in which it is shown.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        choices: Vec<String>,
        /// Nobody but its screen told of it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        by_screen: bool,
    },
    /// Somebody answered what an agent asks.
    ApprovalAnswered {
        /// What it asks.
        approval: ApprovalId,
        /// The agent.
        agent: AgentId,
        /// The answer.
        verdict: Verdict,
        /// It is given by keys, which carry no reason.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        by_keys: bool,
    },
    /// The agent did not act on an answer; what it asks is open again.
    ApprovalUnconfirmed {
        /// What it asks.
        approval: ApprovalId,
        /// The agent.
        agent: AgentId,
        /// What is known of why.
        reason: String,
    },
    /// What an agent asked is settled.
    ApprovalClosed {
        /// What it asked.
        approval: ApprovalId,
        /// The agent.
        agent: AgentId,
        /// How it ended.
        end: ApprovalEnd,
        /// What became of the reason of a denial.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    /// Something passed from one agent to another.
    Pulse {
        /// From whom; none if it came from a person.
        from: Option<AgentId>,
        /// To whom.
        to: AgentId,
    },
    /// A broadcast named its targets.
    BroadcastOpened {
        /// The broadcast.
        broadcast: BroadcastId,
        /// Whom it is for.
        scope: Scope,
        /// Its targets.
        targets: Vec<Target>,
    },
    /// A broadcast ended.
    BroadcastClosed {
        /// The broadcast.
        broadcast: BroadcastId,
        /// What each target got.
        report: BroadcastReport,
    },
}

/// How an event is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Durability {
    /// Shown, and forgotten.
    Ephemeral,
    /// Shown at once and written behind; a full disk may lose it, since it can be observed again.
    Recorded,
    /// On disk before anyone sees it.
    Durable,
}

impl Event {
    /// Returns how the event is kept. What someone decided is durable; what was observed is recorded.
    #[must_use]
    pub fn durability(&self) -> Durability {
        match self {
            Event::SessionOpened { .. }
            | Event::PlanFollowed { .. }
            | Event::TeamCreated { .. }
            | Event::TeamRenamed { .. }
            | Event::TeamRecolored { .. }
            | Event::TeamMoved { .. }
            | Event::LeadChanged { .. }
            | Event::TeamDisbanded { .. }
            | Event::AgentCreated { .. }
            | Event::AgentRenamed { .. }
            | Event::AgentMoved { .. }
            | Event::RoleChanged { .. }
            | Event::LaunchChanged { .. }
            | Event::RunChanged { .. }
            | Event::AgentDeleted { .. }
            | Event::MessageAccepted { .. }
            | Event::MessageTyping { .. }
            | Event::MessageDelivered { .. }
            | Event::MessageDropped { .. }
            | Event::MessageHeld { .. }
            | Event::MessageExpired { .. }
            | Event::ConversationBegan { .. }
            | Event::ResumeWanted { .. }
            | Event::ApprovalAnswered { .. }
            | Event::AgentStarting { .. } => Durability::Durable,
            Event::AgentStarted { .. }
            | Event::StartFailed { .. }
            | Event::AgentExited { .. }
            | Event::Observed { .. }
            | Event::MessageAcknowledged { .. }
            | Event::MessageUnconfirmed { .. }
            | Event::MessageNoted { .. }
            | Event::TurnBegan { .. }
            | Event::TurnBroken { .. }
            | Event::TurnEnded { .. }
            | Event::TimeLimitPassed { .. }
            | Event::ApprovalAsked { .. }
            | Event::ApprovalTold { .. }
            | Event::ApprovalUnconfirmed { .. }
            | Event::ApprovalClosed { .. }
            | Event::Looked { .. }
            | Event::Used { .. }
            | Event::BudgetCrossed { .. } => Durability::Recorded,
            Event::Pulse { .. } | Event::BroadcastOpened { .. } | Event::BroadcastClosed { .. } => {
                Durability::Ephemeral
            }
        }
    }
}

/// Who made something happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// A person, at a keyboard or through a script.
    Person,
    /// An agent of the session.
    Agent(AgentId),
    /// The daemon itself.
    Daemon,
}

/// An event with its place in the session's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRecord {
    /// Its number, from 1, without gaps; an ephemeral event has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// When it happened.
    pub at: Timestamp,
    /// Who made it happen.
    pub actor: Actor,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_flat_object_in_json() {
        let record = EventRecord {
            seq: Some(3),
            at: Timestamp(1_000),
            actor: Actor::Agent(AgentId(2)),
            event: Event::AgentExited { agent: AgentId(2), exit: Exit::Code(1) },
        };
        let json = serde_json::to_string(&record).unwrap();
        assert_eq!(
            json,
            r#"{"seq":3,"at":1000,"actor":{"agent":2},"type":"agent_exited","agent":2,"exit":{"code":1}}"#
        );
        assert_eq!(serde_json::from_str::<EventRecord>(&json).unwrap(), record);
    }
}
