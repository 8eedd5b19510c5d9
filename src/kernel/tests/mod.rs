//! Given events, when input at t, then events and effects.

mod conversation;
mod limit;
mod mail;
mod money;
mod policy;
mod question;
mod random;

use std::path::PathBuf;
use std::time::Duration;

use super::*;
use crate::domain::{
    AgentRef, AgentState, ApprovalId, BroadcastId, Exit, Input as Pressed, Key, KeyCode, Launch, Members,
    MessageId, NewAgent, Observation, Role, Route, ScopeRef, Skip, TeamId, TeamRef, Verdict, WaitFor,
};

const T0: Timestamp = Timestamp(1_000_000);

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn seen(state: AgentState) -> Observation {
    Observation::new(state, "a rule")
}

fn new_agent(who: &str, team: Option<&str>, role: Role) -> Command {
    planned(who, team, role).into()
}

fn planned(who: &str, team: Option<&str>, role: Role) -> org::Command {
    org::Command::CreateAgent(NewAgent {
        name: Some(name(who)),
        team: team.map(Into::into),
        role,
        launch: Launch { command: vec!["sh".into()], ..Launch::default() },
    })
}

/// A session in which one can ask and observe, and whose time moves only when told.
struct Session {
    kernel: Kernel,
    log: Vec<EventRecord>,
    now: Timestamp,
}

impl Session {
    fn new() -> Session {
        let (kernel, first) = Kernel::open(name("test"), PathBuf::from("/w"), T0);
        Session { kernel, log: vec![first], now: T0 }
    }

    fn input(&mut self, input: Input) -> Outcome {
        let outcome = self.kernel.handle(input, self.now);
        self.log.extend(outcome.events.iter().cloned());
        outcome
    }

    fn ask(&mut self, command: Command) -> Outcome {
        self.input(Input::Asked { actor: Actor::Person, command })
    }

    fn ok(&mut self, command: Command) -> Reply {
        self.ask(command).reply.unwrap()
    }

    fn fact(&mut self, fact: Fact) -> Outcome {
        self.input(Input::Fact(fact))
    }

    /// Presses a key; returns the agents that get it.
    fn press(&mut self, route: &Route) -> Result<Vec<AgentId>, Refusal> {
        self.kernel.press(Actor::Person, route, &Pressed::Key(Key::plain(KeyCode::Char('x'))), self.now)
    }

    fn id(&self, who: &str) -> AgentId {
        self.kernel.state().org().agent_named(who).unwrap().id
    }

    fn live(&self, who: &str) -> &Live {
        self.kernel.state().live(self.id(who)).unwrap()
    }

    fn up(&mut self, who: &str) {
        let (agent, epoch) = (self.id(who), self.live(who).epoch);
        let _ = self.fact(Fact::Life(life::Fact::Started { agent, epoch, pid: 100 + agent.0 }));
        let _ = self.observe(who, AgentState::Idle);
    }

    fn observe(&mut self, who: &str, state: AgentState) -> Outcome {
        let (agent, epoch) = (self.id(who), self.live(who).epoch);
        self.fact(Fact::Life(life::Fact::Observed { agent, epoch, seen: seen(state) }))
    }

    fn exit(&mut self, who: &str, exit: Exit) -> Outcome {
        let (agent, epoch) = (self.id(who), self.live(who).epoch);
        self.fact(Fact::Life(life::Fact::Exited { agent, epoch, exit }))
    }

    /// chief; backend (be-lead, be-1) with database (db-1) in it; all up and idle.
    fn with_team() -> Session {
        let mut s = Session::new();
        s.ok(new_agent("chief", None, Role::Executive));
        s.ok(Command::Org(org::Command::CreateTeam { name: name("backend"), parent: None, color: None }));
        s.ok(Command::Org(org::Command::CreateTeam {
            name: name("database"),
            parent: Some("backend".into()),
            color: None,
        }));
        s.ok(new_agent("be-lead", Some("backend"), Role::Coordinator));
        s.ok(new_agent("be-1", Some("backend"), Role::Worker));
        s.ok(new_agent("db-1", Some("database"), Role::Worker));
        for who in ["chief", "be-lead", "be-1", "db-1"] {
            s.up(who);
        }
        s
    }
}

fn limit_words(secs: u32) -> String {
    super::life::Passed { secs, at: T0, killed: false }.words()
}

fn approval_confirm() -> std::time::Duration {
    super::approval::CONFIRM_FOR
}

const SETTLE_FOR: Duration = super::delivery::SETTLE_FOR;

fn send(to: &str, text: &str) -> Command {
    Command::Delivery(delivery::Command::Send {
        to: to.into(),
        text: text.into(),
        now: false,
        expires_for: None,
    })
}

#[test]
fn a_new_agent_is_recorded_before_it_is_started() {
    let mut s = Session::new();
    let outcome = s.ask(new_agent("be", None, Role::Worker));
    let kinds: Vec<_> = outcome.events.iter().map(|r| (r.seq.unwrap(), r.event.durability())).collect();
    assert_eq!(kinds, [(2, Durability::Durable), (3, Durability::Durable)]);
    assert!(matches!(outcome.effects[..], [Effect::Life(life::Effect::Start { epoch: 1, .. })]));
    assert_eq!(s.live("be").seen.state, AgentState::Starting);
}

#[test]
fn agents_without_a_name_get_the_first_free_number() {
    let mut s = Session::new();
    s.ok(new_agent("Agent_2", None, Role::Worker));
    for expected in ["Agent_1", "Agent_3"] {
        let Command::Org(org::Command::CreateAgent(mut new)) = new_agent("x", None, Role::Worker) else {
            unreachable!()
        };
        new.name = None;
        assert!(
            matches!(s.ok(Command::Org(org::Command::CreateAgent(new))), Reply::Org(org::Reply::Agent(_, n)) if n.as_str() == expected)
        );
    }
}

#[test]
fn what_cannot_be_is_refused_with_the_word_that_was_meant() {
    let mut s = Session::with_team();
    let refusals = [
        (new_agent("boss", None, Role::Executive), "`chief` is the executive; there is one a session"),
        (new_agent("be-1", None, Role::Worker), "the name `be-1` is taken"),
        (new_agent("c", None, Role::Coordinator), "a coordinator leads a team; name the team it joins"),
        (new_agent("c", Some("bakend"), Role::Worker), "there is no team `bakend`; did you mean `backend`?"),
        (
            Command::Life(life::Command::Stop { agent: "be-l".into() }),
            "there is no agent `be-l`; did you mean `be-1`?",
        ),
        (
            Command::Org(org::Command::MoveAgent { agent: "chief".into(), team: Some("backend".into()) }),
            "`chief` is the executive and stands in no team",
        ),
        (
            Command::Org(org::Command::MoveTeam { team: "backend".into(), parent: Some("database".into()) }),
            "`backend` cannot be moved into itself or a team below it",
        ),
        (
            Command::Org(org::Command::PromoteAgent { agent: "be-lead".into() }),
            "`be-lead` leads its team already",
        ),
        (Command::Life(life::Command::Start { agent: "be-1".into() }), "`be-1` is running already"),
        (send("be-1", " \n"), "the text is empty"),
    ];
    for (command, text) in refusals {
        let outcome = s.ask(command);
        assert_eq!(outcome.reply.unwrap_err().to_string(), text);
        assert!(outcome.events.is_empty() && outcome.effects.is_empty());
    }
}

#[test]
fn promoting_one_lead_makes_the_other_step_down() {
    let mut s = Session::with_team();
    s.ok(Command::Org(org::Command::PromoteAgent { agent: "be-1".into() }));
    let org = s.kernel.state().org();
    assert_eq!(org.team_named("backend").unwrap().lead, Some(s.id("be-1")));
    assert_eq!(org.agent_named("be-lead").unwrap().role, Role::Worker);
    assert_eq!(org.agent_named("be-1").unwrap().role, Role::Coordinator);
}

#[test]
fn a_disbanded_team_gives_its_agents_and_teams_to_its_parent() {
    let mut s = Session::with_team();
    s.ok(Command::Org(org::Command::DisbandTeam { team: "backend".into(), members: Members::Keep }));
    let org = s.kernel.state().org();
    assert_eq!(org.agent_named("be-lead").unwrap().team, None);
    assert_eq!(org.agent_named("be-lead").unwrap().role, Role::Worker);
    assert_eq!(org.team_named("database").unwrap().parent, None);
    assert_eq!(s.live("be-1").pid(), Some(100 + s.id("be-1").0), "nobody was stopped");
}

#[test]
fn a_team_disbanded_with_its_agents_erases_them_and_keeps_the_teams_below() {
    let mut s = Session::with_team();
    let gone = [s.id("be-lead"), s.id("be-1")];
    let outcome =
        s.ask(Command::Org(org::Command::DisbandTeam { team: "backend".into(), members: Members::Delete }));
    assert_eq!(outcome.effects, gone.map(|agent| Effect::Life(life::Effect::Erase { agent })).to_vec());
    assert!(s.kernel.state().org().agent_named("db-1").is_some());
}

#[test]
fn a_stop_during_a_start_stops() {
    let mut s = Session::new();
    s.ok(new_agent("a", None, Role::Worker));
    s.ok(Command::Life(life::Command::Stop { agent: "a".into() }));
    let agent = s.id("a");
    let outcome = s.fact(Fact::Life(life::Fact::Started { agent, epoch: 1, pid: 7 }));
    assert_eq!(outcome.effects, [Effect::Life(life::Effect::Stop { agent })]);
    assert_eq!(s.live("a").phase, Phase::Stopping { pid: 7 });
    let _ = s.exit("a", Exit::Signal(15));
    assert_eq!(s.live("a").seen.state, AgentState::Stopped);
}

#[test]
fn a_restart_starts_once_the_old_process_is_gone_and_a_stop_takes_it_back() {
    let mut s = Session::with_team();
    s.ok(Command::Life(life::Command::Restart { agent: "be-1".into() }));
    let outcome = s.exit("be-1", Exit::Signal(15));
    assert!(matches!(outcome.effects[..], [Effect::Life(life::Effect::Start { epoch: 2, .. })]));

    s.up("be-1");
    s.ok(Command::Life(life::Command::Restart { agent: "be-1".into() }));
    s.ok(Command::Life(life::Command::Stop { agent: "be-1".into() }));
    assert_eq!(s.exit("be-1", Exit::Signal(15)).effects, []);
    assert_eq!(s.live("be-1").seen.state, AgentState::Stopped);
}

#[test]
fn facts_about_an_earlier_start_are_ignored() {
    let mut s = Session::with_team();
    s.ok(Command::Life(life::Command::Restart { agent: "be-1".into() }));
    let _ = s.exit("be-1", Exit::Code(0));
    s.up("be-1");
    let agent = s.id("be-1");
    for fact in [
        Fact::Life(life::Fact::Exited { agent, epoch: 1, exit: Exit::Code(3) }),
        Fact::Life(life::Fact::Observed { agent, epoch: 1, seen: seen(AgentState::Error) }),
        Fact::Life(life::Fact::Started { agent, epoch: 1, pid: 9 }),
    ] {
        assert!(s.fact(fact).events.is_empty());
    }
    assert!(s.live("be-1").is_up());
}

#[test]
fn a_crash_is_an_error_and_a_clean_end_is_not() {
    let mut s = Session::with_team();
    let _ = s.exit("be-1", Exit::Code(1));
    assert_eq!(
        (s.live("be-1").seen.state, s.live("be-1").seen.reason.as_str()),
        (AgentState::Error, "exited with code 1")
    );
    let _ = s.exit("db-1", Exit::Code(0));
    assert_eq!(s.live("db-1").seen.state, AgentState::Stopped);
}

#[test]
fn keys_go_where_the_route_says() {
    let mut s = Session::with_team();
    let (chief, worker) = (s.id("chief"), s.id("be-1"));
    assert_eq!(s.press(&Route::Executive), Ok(vec![chief]));
    assert_eq!(s.press(&Route::Direct("be-1".into())), Ok(vec![worker]));
    let _ = s.exit("be-1", Exit::Code(0));
    let refused = Refusal::Broadcast(broadcast::Refusal::NotRunning(name("be-1")));
    assert_eq!(s.press(&Route::Direct(worker.into())), Err(refused));
}

#[test]
fn a_broadcast_must_be_opened_and_reports_what_each_target_got() {
    let mut s = Session::with_team();
    assert_eq!(
        s.press(&Route::Broadcast(BroadcastId(1))),
        Err(Refusal::Broadcast(broadcast::Refusal::NoBroadcast))
    );
    let Reply::Broadcast(broadcast::Reply::Opened(id, targets)) =
        s.ok(Command::Broadcast(broadcast::Command::Open {
            scope: ScopeRef::Team("backend".into()),
            include_dialogs: false,
        }))
    else {
        unreachable!()
    };
    assert_eq!(targets.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(), ["be-lead", "be-1", "db-1"]);
    assert_eq!(s.press(&Route::Broadcast(id)).unwrap().len(), 3);

    // A dialog that opens between two keys keeps the second from its agent.
    let _ = s.observe("be-1", AgentState::Waiting(WaitFor::Approval));
    let _ = s.exit("db-1", Exit::Code(0));
    assert_eq!(s.press(&Route::Broadcast(id)), Ok(vec![s.id("be-lead")]));

    let Reply::Broadcast(broadcast::Reply::Closed(report)) =
        s.ok(Command::Broadcast(broadcast::Command::Close { broadcast: id }))
    else {
        unreachable!()
    };
    let rows: Vec<_> =
        report.outcomes.iter().map(|o| (o.name.as_str(), o.delivered, o.kept_back, o.skip)).collect();
    assert_eq!(
        rows,
        [("be-lead", 2, 0, None), ("be-1", 1, 1, Some(Skip::Dialog)), ("db-1", 1, 1, Some(Skip::NotRunning))]
    );
    assert_eq!(s.press(&Route::Broadcast(id)), Err(Refusal::Broadcast(broadcast::Refusal::NoBroadcast)));
}

#[test]
fn who_does_not_run_is_passed_over_when_named_when_sent_to_and_in_the_report() {
    let mut s = Session::with_team();
    s.ok(new_agent("typo", Some("backend"), Role::Worker));
    let typo = s.id("typo");
    let reason = "`nosuchcmd` is not found in PATH".to_owned();
    let _ = s.fact(Fact::Life(life::Fact::StartFailed { agent: typo, epoch: 1, reason }));
    s.ok(Command::Life(life::Command::Stop { agent: "db-1".into() }));
    for sends in [0, 2] {
        let open =
            Command::Broadcast(broadcast::Command::Open { scope: ScopeRef::All, include_dialogs: true });
        let Reply::Broadcast(broadcast::Reply::Opened(id, targets)) = s.ok(open) else { unreachable!() };
        let skipped: Vec<_> =
            targets.iter().filter(|t| t.skip == Some(Skip::NotRunning)).map(|t| t.name.as_str()).collect();
        assert_eq!(skipped, ["typo", "db-1"]);
        for _ in 0..sends {
            assert!(!s.press(&Route::Broadcast(id)).unwrap().contains(&typo));
        }
        let Reply::Broadcast(broadcast::Reply::Closed(report)) =
            s.ok(Command::Broadcast(broadcast::Command::Close { broadcast: id }))
        else {
            unreachable!()
        };
        for outcome in report.outcomes {
            let runs = !skipped.contains(&outcome.name.as_str());
            assert_eq!(outcome.skip, (!runs).then_some(Skip::NotRunning), "{}", outcome.name);
            assert_eq!((outcome.delivered, outcome.kept_back), if runs { (sends, 0) } else { (0, sends) });
        }
    }
}

#[test]
fn a_broadcast_reaches_dialogs_only_when_told_so() {
    let mut s = Session::with_team();
    let _ = s.observe("be-1", AgentState::Waiting(WaitFor::Approval));
    let Reply::Broadcast(broadcast::Reply::Opened(id, targets)) =
        s.ok(Command::Broadcast(broadcast::Command::Open { scope: ScopeRef::All, include_dialogs: true }))
    else {
        unreachable!()
    };
    assert!(targets.iter().all(|t| t.skip.is_none()));
    assert_eq!(s.press(&Route::Broadcast(id)).unwrap().len(), 4);
}

#[test]
fn a_finished_turn_stays_marked_until_someone_looks() {
    let mut s = Session::with_team();
    let _ = s.observe("be-1", AgentState::Working);
    s.now = s.now + std::time::Duration::from_secs(1);
    let _ = s.observe("be-1", AgentState::Idle);
    assert!(s.live("be-1").unseen);
    s.ok(Command::Life(life::Command::Look { agent: "be-1".into() }));
    assert!(!s.live("be-1").unseen);
    assert!(s.ask(Command::Life(life::Command::Look { agent: "be-1".into() })).events.is_empty());
}

#[test]
fn after_a_crash_of_the_daemon_the_living_go_on_and_the_dead_are_named() {
    let mut s = Session::with_team();
    let Reply::Delivery(delivery::Reply::Message(..)) = s.ok(send("db-1", "half typed")) else {
        unreachable!()
    };
    let mut kernel = Kernel::restore(State::default(), s.log.clone());
    let alive = ["chief", "be-lead", "db-1"].map(|who| (s.id(who), 1, 100 + s.id(who).0)).to_vec();
    let outcome = kernel.handle(Input::Fact(Fact::Resumed { alive }), s.now);
    assert!(
        outcome.effects.iter().all(|effect| matches!(effect, Effect::Wake { .. })),
        "nothing is started, stopped or typed by itself: {:?}",
        outcome.effects
    );
    let dead = kernel.state().live(s.id("be-1")).unwrap();
    assert_eq!((dead.seen.state, dead.exit), (AgentState::Error, Some(Exit::Lost)));
    assert!(kernel.state().live(s.id("chief")).unwrap().is_up());
    assert!(kernel.state().mail(s.id("db-1")).is_empty(), "a text that was half typed is not typed again");
}

fn plan(lines: &[(&str, Option<&str>, &str)]) -> Command {
    let teams = lines.iter().filter_map(|(_, team, _)| *team).collect::<std::collections::BTreeSet<_>>();
    let team = |t: &str| org::Command::CreateTeam { name: name(t), parent: None, color: None };
    let agent = |(who, team, program): &(&str, Option<&str>, &str)| {
        let launch = Launch { command: vec![(*program).to_owned()], ..Launch::default() };
        org::Command::CreateAgent(NewAgent {
            name: Some(name(who)),
            team: team.map(Into::into),
            role: Role::Worker,
            launch,
        })
    };
    Command::Org(org::Command::FollowPlan {
        commands: teams.into_iter().map(team).chain(lines.iter().map(agent)).collect(),
    })
}

#[test]
fn a_plan_is_followed_whole_or_not_at_all() {
    let mut s = Session::new();
    s.ok(new_agent("chief", None, Role::Executive));
    let before = s.kernel.state().clone();
    let Command::Org(org::Command::FollowPlan { mut commands }) = plan(&[("a", Some("web"), "sh")]) else {
        unreachable!()
    };
    commands.push(planned("boss", None, Role::Executive));
    let outcome = s.ask(Command::Org(org::Command::FollowPlan { commands }));
    assert_eq!(outcome.reply, Err(Refusal::Org(org::Refusal::ExecutiveExists(name("chief")))));
    assert_eq!((outcome.events.len(), outcome.effects.len()), (0, 0));
    assert_eq!(*s.kernel.state(), before);
}

#[test]
fn a_plan_followed_again_makes_what_is_new_and_respects_what_was_changed_by_hand() {
    let mut s = Session::new();
    s.ok(plan(&[("a", Some("web"), "sh"), ("b", Some("web"), "sh"), ("c", None, "sh")]));
    s.ok(Command::Org(org::Command::DeleteAgent { agent: "b".into() }));
    s.ok(Command::Org(org::Command::MoveAgent { agent: "a".into(), team: None }));

    // The same plan again changes nothing, not even the history.
    let again = s.ask(plan(&[("a", Some("web"), "sh"), ("b", Some("web"), "sh"), ("c", None, "sh")]));
    assert!(again.events.is_empty());

    // One agent is new in the file, one is started in another way.
    let outcome = s.ask(plan(&[
        ("a", Some("web"), "bash"),
        ("b", Some("web"), "sh"),
        ("c", None, "sh"),
        ("d", Some("web"), "sh"),
    ]));
    assert!(
        matches!(outcome.effects[..], [Effect::Life(life::Effect::Start { epoch: 1, .. })]),
        "{:?}",
        outcome.effects
    );
    let org = s.kernel.state().org();
    assert_eq!(org.agent_named("b"), None, "it was deleted by hand");
    assert_eq!(org.agent_named("a").unwrap().team, None, "it was moved by hand");
    assert_eq!(org.agent_named("a").unwrap().launch.command, ["bash"]);
    assert_eq!(org.agent_named("d").unwrap().team, org.team_named("web").map(|t| t.id));
}

#[test]
fn an_agent_that_failed_is_started_again_when_its_launch_is_mended_and_one_that_was_stopped_is_not() {
    let mut s = Session::new();
    s.ok(plan(&[("a", None, "nosuchcmd"), ("b", None, "sh")]));
    let _ = s.fact(Fact::Life(life::Fact::StartFailed {
        agent: s.id("a"),
        epoch: 1,
        reason: "not found".into(),
    }));
    s.up("b");
    s.ok(Command::Life(life::Command::Stop { agent: "b".into() }));
    let _ = s.exit("b", Exit::Signal(15));
    let outcome = s.ask(plan(&[("a", None, "cat"), ("b", None, "cat")]));
    let launch = Launch { command: vec!["cat".into()], ..Launch::default() };
    assert_eq!(
        outcome.effects,
        [Effect::Life(life::Effect::Start { agent: s.id("a"), epoch: 2, launch, conversation: None })]
    );
    assert_eq!(s.live("a").seen.state, AgentState::Starting);
    assert_eq!(s.live("b").seen.state, AgentState::Stopped);
}

#[test]
fn a_lead_that_changed_in_the_file_is_followed_unless_somebody_changed_it_by_hand() {
    let led_by = |lead: &str| {
        let team = org::Command::CreateTeam { name: name("web"), parent: None, color: None };
        let agents = ["a", "b", "c"].map(|who| {
            let role = if who == lead { Role::Coordinator } else { Role::Worker };
            planned(who, Some("web"), role)
        });
        Command::Org(org::Command::FollowPlan { commands: std::iter::once(team).chain(agents).collect() })
    };
    let lead = |s: &Session| {
        let org = s.kernel.state().org();
        org.agent(org.team_named("web").unwrap().lead.unwrap()).unwrap().name.to_string()
    };
    let mut s = Session::new();
    s.ok(led_by("a"));
    s.ok(led_by("b"));
    assert_eq!(lead(&s), "b");
    assert_eq!(s.kernel.state().org().agent_named("a").unwrap().role, Role::Worker);
    s.ok(Command::Org(org::Command::PromoteAgent { agent: "c".into() }));
    s.ok(led_by("a"));
    assert_eq!(lead(&s), "c", "it was chosen by hand");
    s.ok(led_by("c"));
    s.ok(led_by("a"));
    assert_eq!(lead(&s), "a", "the file had come to agree");
}
