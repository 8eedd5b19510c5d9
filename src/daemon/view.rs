//! From the kernel's state to what clients are shown.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::spending;
use crate::domain::{
    Actor, Agent, AgentId, AgentState, Conversation, Evidence, MessageId, Name, Org, Source, Team, TeamId,
    Timestamp, WaitFor, clean,
};
use crate::kernel::{EventRecord, Finished, Kernel, Phase, State, time_limit};
use crate::protocol::{
    AgentView, ChartView, ConversationView, EvidenceView, Explanation, MessageView, SessionSummary,
    SessionView, StatusView, TeamView, Totals, rfc3339,
};

pub(super) use asked::{approval, approvals};

mod asked;

/// The most of an agent's last message that is shown of it, in characters.
const LAST_MESSAGE: usize = 240;

/// Returns the session as a whole.
pub(super) fn session(state: &State, trouble: Option<&str>) -> SessionView {
    SessionView {
        name: state.name().map(ToString::to_string).unwrap_or_default(),
        root: state.root().to_owned(),
        executive: state.org().executive().map(|a| a.name.to_string()),
        spent: spending::view(&state.ledger().total()),
        trouble: trouble.map(str::to_owned),
    }
}

/// Returns a session's line in a list.
pub(super) fn summary(state: &State) -> SessionSummary {
    let lives = || state.org().agents().filter_map(|a| state.live(a.id));
    SessionSummary {
        name: state.name().map(ToString::to_string).unwrap_or_default(),
        root: state.root().to_owned(),
        agents: state.org().agent_count(),
        running: lives().filter(|live| live.pid().is_some()).count(),
        needs_person: lives().filter(|live| live.seen.state.needs_person()).count(),
        trouble: None,
    }
}

/// Returns the line of a session that could not be opened.
pub(super) fn unopened(name: &Name, why: &str) -> SessionSummary {
    let trouble = Some(format!("it could not be opened: {why}"));
    SessionSummary { name: name.to_string(), trouble, ..SessionSummary::default() }
}

/// Returns the teams and agents in the order of the chart.
pub(super) fn chart(kernel: &Kernel, trouble: Option<&str>) -> ChartView {
    let state = kernel.state();
    ChartView {
        session: session(state, trouble),
        teams: teams(state.org()),
        agents: agents(kernel),
        approvals: approvals(kernel),
    }
}

/// Returns everything that fits on a page.
pub(super) fn status(kernel: &Kernel, trouble: Option<&str>) -> StatusView {
    let state = kernel.state();
    let mut totals = Totals::default();
    for live in state.org().agents().filter_map(|a| state.live(a.id)) {
        totals.count(live.seen.state, live.unseen);
    }
    let ChartView { session, teams, agents, approvals } = chart(kernel, trouble);
    StatusView { session, teams, agents, totals, approvals }
}

/// Returns one agent.
pub(super) fn agent(kernel: &Kernel, id: AgentId) -> Option<AgentView> {
    let state = kernel.state();
    let (agent, live) = (state.org().agent(id)?, state.live(id)?);
    let org = state.org();
    Some(AgentView {
        id: id.0,
        name: agent.name.to_string(),
        team: agent.team.and_then(|team| org.team(team)).map(|team| team.name.to_string()),
        role: agent.role.word().to_owned(),
        leader: org.leader_of(id).and_then(|id| org.agent(id)).map(|leader| leader.name.to_string()),
        rank: agent.rank,
        state: live.seen.state.word().to_owned(),
        waiting_for: waiting_for(live.seen.state),
        reason: live.seen.reason.clone(),
        since: rfc3339(live.since),
        task: live.seen.task.clone(),
        title: live.seen.title.clone(),
        progress: live.seen.progress,
        unseen: live.unseen,
        held: state.mail(id).len(),
        spent: spending::view(&state.ledger().agent(id)),
        pid: live.pid(),
        exit: live.exit,
        started_at: live.started_at.map(rfc3339),
        epoch: live.epoch,
        command: agent.launch.command.clone(),
        blueprint: agent.launch.blueprint.clone(),
        cwd: agent.launch.cwd.clone(),
        hold: kernel.hold_reason(id).filter(|_| !state.mail(id).is_empty()).map(str::to_owned),
        turn_since: live.turn_since.map(rfc3339),
        last_message: live.last_message.as_deref().map(|text| clean(text, LAST_MESSAGE)),
        conversation: state.conversations(id).last().map(|conversation| clean(&conversation.id, 200)),
        resumable: state.is_resumable(id),
    })
}

/// Returns the messages that wait, for one agent or for all; and with `all`, those that are off the queue, too.
pub(super) fn messages(kernel: &Kernel, to: Option<AgentId>, all: bool, now: Timestamp) -> Vec<MessageView> {
    let state = kernel.state();
    let over = state.finished().filter(|_| all).map(|finished| over(state, finished));
    let waits = state.all_mail().map(|message| {
        let status = kernel.standing(message, now);
        told(state, message, true, &status)
    });
    let name = to.and_then(|to| state.org().agent(to)).map(|agent| agent.name.as_str());
    over.chain(waits).filter(|m| name.is_none_or(|name| m.to == name)).collect()
}

/// Returns one message, wherever it is.
pub(super) fn message(kernel: &Kernel, id: MessageId, now: Timestamp) -> Option<MessageView> {
    messages(kernel, None, true, now).into_iter().find(|message| message.id == id.0)
}

fn over(state: &State, finished: &Finished) -> MessageView {
    let view = told(state, &finished.message, finished.whole, &finished.status);
    MessageView { settled_at: Some(rfc3339(finished.at)), note: finished.note.clone(), ..view }
}

fn told(
    state: &State,
    message: &crate::domain::Message,
    whole: bool,
    status: &crate::domain::MessageStatus,
) -> MessageView {
    let name = |id: AgentId| state.org().agent(id).map_or_else(|| id.to_string(), |a| a.name.to_string());
    let from = match message.from {
        Actor::Person => "person".to_owned(),
        Actor::Daemon => "daemon".to_owned(),
        Actor::Agent(id) => name(id),
    };
    MessageView {
        id: message.id.0,
        from,
        to: name(message.to),
        text: message.text.clone(),
        cut: !whole,
        sent_at: rfc3339(message.sent_at),
        expires_at: message.expires_at.map(rfc3339),
        status: status.word().to_owned(),
        reason: status.reason().map(str::to_owned),
        by: status.by().map(str::to_owned),
        settled_at: None,
        note: None,
    }
}

fn agents(kernel: &Kernel) -> Vec<AgentView> {
    kernel.state().org().in_order().into_iter().filter_map(|id| agent(kernel, id)).collect()
}

fn teams(org: &Org) -> Vec<TeamView> {
    fn below(org: &Org, parent: Option<&Team>, out: &mut Vec<TeamView>) {
        for team in org.subteams(parent.map(|p| p.id)) {
            let lead = team.lead.and_then(|id| org.agent(id)).map(|a: &Agent| a.name.to_string());
            out.push(TeamView {
                id: team.id.0,
                name: team.name.to_string(),
                parent: parent.map(|p| p.name.to_string()),
                lead,
                color: team.color.to_string(),
                rank: team.rank,
            });
            below(org, Some(team), out);
        }
    }
    let mut out = Vec::new();
    below(org, None, &mut out);
    out
}

fn waiting_for(state: AgentState) -> Option<String> {
    let AgentState::Waiting(what) = state else { return None };
    Some(
        match what {
            WaitFor::Approval => "approval",
            WaitFor::Answer => "answer",
            WaitFor::Login => "login",
            WaitFor::Barrier => "barrier",
            WaitFor::Lock => "lock",
        }
        .to_owned(),
    )
}

/// Returns an agent's state, without the evidence for it.
pub(super) fn explanation(state: &State, id: AgentId, now: Timestamp) -> Explanation {
    let name = state.org().agent(id).map(|a| a.name.to_string()).unwrap_or_default();
    let (word, reason, since) = state.live(id).map_or_else(Default::default, |live| {
        (live.seen.state.word().to_owned(), live.seen.reason.clone(), rfc3339(live.since))
    });
    let time_limit = time_limit(state, id, now);
    let conversations = conversations(state, id);
    Explanation { agent: name, state: word, reason, since, time_limit, evidence: Vec::new(), conversations }
}

/// Returns the conversations that an agent was in, the newest first.
fn conversations(state: &State, id: AgentId) -> Vec<ConversationView> {
    let known = state.conversations(id);
    let runs = state.live(id).is_some_and(|live| live.phase != Phase::Down);
    let view = |(at, known_at): (usize, &Conversation)| ConversationView {
        id: clean(&known_at.id, 200),
        since: rfc3339(known_at.since),
        prompted: known_at.prompted,
        current: runs && at + 1 == known.len(),
    };
    known.iter().enumerate().rev().map(view).collect()
}

/// Returns what its process says of an agent that has none, with its age: how it ended, or why it did not start.
pub(super) fn no_process(state: &State, id: AgentId, now: Timestamp) -> Option<(Evidence, Duration)> {
    let live = state.live(id).filter(|live| live.phase == Phase::Down)?;
    let (rule, detail) = match (live.exit, live.epoch) {
        (Some(exit), _) => ("it ended", exit.to_string()),
        (None, 0) => ("it was not started", live.seen.reason.clone()),
        (None, _) => ("it could not be started", live.seen.reason.clone()),
    };
    let evidence = Evidence {
        source: Source::Process,
        state: live.seen.state,
        rule: rule.to_owned(),
        detail,
        at: live.since,
        confidence: 100,
        decisive: true,
    };
    Some((evidence, now.since(live.since)))
}

/// Returns an explanation with its evidence, each piece with its age. What is left on the screen of an agent that has
/// no process decides nothing.
pub(super) fn with_evidence(
    explanation: Explanation,
    no_process: Option<(Evidence, Duration)>,
    mut evidence: Vec<(Evidence, Duration)>,
) -> Explanation {
    if let Some(ended) = no_process {
        evidence.iter_mut().for_each(|(piece, _)| piece.decisive = false);
        evidence.insert(0, ended);
    }
    let view = |(e, age): (Evidence, Duration)| EvidenceView {
        source: e.source.word().to_owned(),
        state: e.state.word().to_owned(),
        rule: e.rule,
        detail: e.detail,
        age_ms: u64::try_from(age.as_millis()).unwrap_or(u64::MAX),
        confidence: e.confidence,
        decisive: e.decisive,
    };
    Explanation { evidence: evidence.into_iter().map(view).collect(), ..explanation }
}

/// The names by which events are told.
#[derive(Clone, Debug)]
pub(super) struct Names {
    agents: BTreeMap<AgentId, String>,
    teams: BTreeMap<TeamId, String>,
}

impl Names {
    pub(super) fn of(state: &State) -> Names {
        Names {
            agents: state.org().agents().map(|a| (a.id, a.name.to_string())).collect(),
            teams: state.org().teams().map(|t| (t.id, t.name.to_string())).collect(),
        }
    }

    /// Returns an event as JSON: its time as people read it, and beside every identity the name.
    pub(super) fn tell(&self, record: &EventRecord) -> Value {
        // A record is made of plain values; there is nothing in it that JSON cannot hold.
        let mut value = serde_json::to_value(record).unwrap_or_default();
        if let Some(fields) = value.as_object_mut() {
            fields.insert("at".to_owned(), json!(rfc3339(record.at)));
            let asks = fields.get("approval").and_then(|approval| approval.get("agent"));
            if let Some(agent) = fields.get("agent").or(asks).and_then(|id| self.agent(id)) {
                fields.insert("name".to_owned(), json!(agent));
            }
            if let Some(team) = fields.get("team").and_then(|id| self.team(id)) {
                fields.insert("team_name".to_owned(), json!(team));
            }
            let to = fields.get("message").and_then(|message| self.agent(message.get("to")?));
            fields.extend(to.map(|name| ("to_name".to_owned(), json!(name))));
            for (field, name) in [("from", "from_name"), ("to", "to_name"), ("lead", "lead_name")] {
                if let Some(agent) = fields.get(field).and_then(|id| self.agent(id)) {
                    fields.insert(name.to_owned(), json!(agent));
                }
            }
        }
        value
    }

    fn agent(&self, id: &Value) -> Option<String> {
        self.agents.get(&AgentId(u32::try_from(id.as_u64()?).ok()?)).cloned()
    }

    fn team(&self, id: &Value) -> Option<String> {
        self.teams.get(&TeamId(u32::try_from(id.as_u64()?).ok()?)).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Exit, Launch, Name, NewAgent, Role};
    use crate::kernel::{Command, Fact, Input, Kernel, life, org};

    fn explained(fact: impl FnOnce(AgentId) -> Fact) -> Explanation {
        let (mut kernel, _) = Kernel::open(Name::new("s").unwrap(), "/w".into(), Timestamp(0));
        let launch = Launch { command: vec!["sh".into()], ..Launch::default() };
        let new = NewAgent { name: None, team: None, role: Role::Worker, launch };
        let command = Command::Org(org::Command::CreateAgent(new));
        let _ = kernel.handle(Input::Asked { actor: Actor::Person, command }, Timestamp(1));
        let id = kernel.state().org().agents().next().unwrap().id;
        let _ = kernel.handle(
            Input::Fact(Fact::Life(life::Fact::Started { agent: id, epoch: 1, pid: 7 })),
            Timestamp(2),
        );
        let _ = kernel.handle(Input::Fact(fact(id)), Timestamp(1_000));
        let quiet = Evidence {
            source: Source::Activity,
            state: AgentState::Idle,
            rule: "output".into(),
            detail: "it is quiet".into(),
            at: Timestamp(1_500),
            confidence: 30,
            decisive: true,
        };
        let ended = no_process(kernel.state(), id, Timestamp(3_000));
        with_evidence(explanation(kernel.state(), id, Timestamp(3_000)), ended, vec![(quiet, Duration::ZERO)])
    }

    fn decisive(explanation: &Explanation) -> Vec<(&str, &str, &str)> {
        let decisive = explanation.evidence.iter().filter(|e| e.decisive);
        decisive.map(|e| (e.source.as_str(), e.state.as_str(), e.detail.as_str())).collect()
    }

    #[test]
    fn how_a_process_ended_decides_and_what_is_left_on_its_screen_does_not() {
        let ended =
            explained(|agent| Fact::Life(life::Fact::Exited { agent, epoch: 1, exit: Exit::Code(3) }));
        assert_eq!(decisive(&ended), [("process", "error", "exited with code 3")]);
        assert_eq!((ended.evidence.len(), ended.state.as_str()), (2, "error"));
        let reason = || "`x` is not found".to_owned();
        let failed =
            explained(|agent| Fact::Life(life::Fact::StartFailed { agent, epoch: 1, reason: reason() }));
        assert_eq!(decisive(&failed), [("process", "error", "`x` is not found")]);
        let runs = explained(|agent| Fact::Life(life::Fact::Started { agent, epoch: 1, pid: 7 }));
        assert_eq!(decisive(&runs), [("activity", "idle", "it is quiet")]);
    }
}
