//! A state machine of random inputs, crashes of the daemon included; after each of them everything that must always
//! hold is checked.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::domain::{Limits, Run, Signal};

/// One random thing that may reach the kernel.
#[derive(Clone, Debug)]
enum Step {
    Ask(Command),
    Press(Route),
    Fact(usize, Happening),
    Due(usize),
    Wait(u16),
    Crash,
}

#[derive(Clone, Copy, Debug)]
enum Happening {
    Up,
    Fail,
    Exit(i32),
    See(AgentState),
    /// A dialog, by its number, that keys answer.
    Ask(u8),
    Draft,
    /// Its pane does what it was told to do with a message, or refuses.
    Pane(bool),
    PromptTaken,
    TurnEnded,
    Conversation(u8),
    HookAsks(u8),
    HookGone(u8),
    AskSettled(Option<u8>),
    AnswerRefused,
    Stale,
}

fn any_step() -> impl Strategy<Value = Step> {
    let who = || (1u32..7).prop_map(|n| AgentRef::Id(AgentId(n)));
    let which = || (1u32..5).prop_map(|n| TeamRef::Id(TeamId(n)));
    let word = || "[a-e]".prop_map(|s| name(&s));
    let role = || {
        prop_oneof![Just(Role::Executive), Just(Role::Coordinator), Just(Role::Worker), Just(Role::Worker)]
    };
    let limits = Limits { time_secs: Some(1), ..Limits::default() };
    let launch = move || Launch { command: vec!["sh".into()], limits, ..Launch::default() };
    let command = prop_oneof![
        3 => (word(), proptest::option::of(which())).prop_map(|(name, parent)| Command::Org(org::Command::CreateTeam { name, parent, color: None })),
        1 => (which(), word()).prop_map(|(team, name)| Command::Org(org::Command::RenameTeam { team, name })),
        2 => (which(), proptest::option::of(which())).prop_map(|(team, parent)| Command::Org(org::Command::MoveTeam { team, parent })),
        1 => (which(), prop_oneof![Just(Members::Keep), Just(Members::Delete)]).prop_map(|(team, members)| Command::Org(org::Command::DisbandTeam { team, members })),
        6 => (proptest::option::of(word()), proptest::option::of(which()), role()).prop_map(move |(name, team, role)| Command::Org(org::Command::CreateAgent(NewAgent { name, team, role, launch: launch() }))),
        1 => (who(), word()).prop_map(|(agent, name)| Command::Org(org::Command::RenameAgent { agent, name })),
        2 => (who(), proptest::option::of(which())).prop_map(|(agent, team)| Command::Org(org::Command::MoveAgent { agent, team })),
        2 => who().prop_map(|agent| Command::Org(org::Command::PromoteAgent { agent })),
        1 => who().prop_map(|agent| Command::Org(org::Command::DeleteAgent { agent })),
        1 => who().prop_map(|agent| Command::Life(life::Command::Start { agent })),
        2 => who().prop_map(|agent| Command::Life(life::Command::Stop { agent })),
        1 => who().prop_map(|agent| Command::Life(life::Command::Kill { agent })),
        2 => who().prop_map(|agent| Command::Life(life::Command::Restart { agent })),
        1 => Just(Command::Life(life::Command::StartAll)),
        1 => Just(Command::Life(life::Command::StopAll)),
        1 => who().prop_map(|agent| Command::Life(life::Command::Look { agent })),
        6 => (who(), any::<bool>(), proptest::option::of(0u64..5000)).prop_map(|(to, now, expires_for)| Command::Delivery(delivery::Command::Send { to, text: "t".into(), now, expires_for })),
        1 => Just(Command::Delivery(delivery::Command::SendAll { scope: ScopeRef::All, text: "all".into(), now: false, expires_for: None })),
        3 => (1u32..9, prop_oneof![Just(Verdict::Allow), Just(Verdict::Deny { reason: None }), Just(Verdict::Choose { option: 1 })])
            .prop_map(|(n, verdict)| Command::Approval(approval::Command::Answer { approval: ApprovalId(n), verdict })),
        1 => who().prop_map(|agent| Command::Life(life::Command::Resume { agent, conversation: None })),
        1 => who().prop_map(|agent| Command::Life(life::Command::NewConversation { agent })),
        1 => who().prop_map(|agent| Command::Life(life::Command::ClearConversation { agent })),
        1 => (who(), any::<bool>()).prop_map(|(agent, force)| Command::Life(life::Command::Interrupt { agent, force })),
        1 => Just(Command::Life(life::Command::ResumeAll)),
        1 => (1u32..9).prop_map(|n| Command::Delivery(delivery::Command::Cancel { message: MessageId(n) })),
        1 => any::<bool>().prop_map(|include_dialogs| Command::Broadcast(broadcast::Command::Open { scope: ScopeRef::All, include_dialogs })),
        1 => (1u32..3).prop_map(|n| Command::Broadcast(broadcast::Command::Close { broadcast: BroadcastId(n) })),
    ];
    let state = prop_oneof![
        Just(AgentState::Idle),
        Just(AgentState::Thinking),
        Just(AgentState::Working),
        Just(AgentState::Waiting(WaitFor::Approval)),
        Just(AgentState::Error),
    ];
    let happening = prop_oneof![
        4 => Just(Happening::Up), 1 => Just(Happening::Fail), 2 => (0i32..2).prop_map(Happening::Exit),
        6 => state.prop_map(Happening::See), 1 => Just(Happening::Stale),
        2 => (0u8..3).prop_map(Happening::Ask), 1 => Just(Happening::Draft),
        8 => prop_oneof![4 => Just(true), 1 => Just(false)].prop_map(Happening::Pane),
        1 => Just(Happening::PromptTaken), 1 => Just(Happening::TurnEnded),
        1 => (0u8..9).prop_map(Happening::Conversation),
        2 => (0u8..3).prop_map(Happening::HookAsks), 1 => (0u8..3).prop_map(Happening::HookGone),
        1 => proptest::option::of(0u8..3).prop_map(Happening::AskSettled),
        1 => Just(Happening::AnswerRefused),
    ];
    prop_oneof![
        10 => command.prop_map(Step::Ask),
        1 => prop_oneof![Just(Route::Executive), who().prop_map(Route::Direct), (1u32..3).prop_map(|n| Route::Broadcast(BroadcastId(n)))].prop_map(Step::Press),
        10 => (0usize..8, happening).prop_map(|(n, h)| Step::Fact(n, h)),
        4 => (0usize..8).prop_map(Step::Due),
        2 => (0u16..4000).prop_map(Step::Wait),
        1 => Just(Step::Crash),
    ]
}

/// What the outside world has been told to do and has not done yet.
#[derive(Default)]
struct World {
    timers: Vec<Timer>,
    /// What each agent's pane is to do with a message, in order: submit it, or else type it.
    panes: BTreeMap<AgentId, Vec<(MessageId, u32, bool)>>,
    /// To whom each message went, and in what order.
    typed: BTreeMap<MessageId, AgentId>,
    submitted: BTreeMap<AgentId, Vec<MessageId>>,
    /// Those that a pane did not type: they may be typed again.
    untyped: Vec<MessageId>,
}

fn apply(s: &mut Session, world: &mut World, step: Step) -> Option<Outcome> {
    match step {
        Step::Ask(command) => Some(s.ask(command)),
        Step::Press(route) => {
            let reached =
                s.kernel.press(Actor::Person, &route, &Pressed::Key(Key::plain(KeyCode::Esc)), s.now);
            let up = |agent: &AgentId| s.kernel.state().live(*agent).is_some_and(Live::is_up);
            assert!(reached.iter().flatten().all(up), "keys reach only what runs");
            None
        }
        Step::Wait(ms) => {
            s.now = s.now + Duration::from_millis(u64::from(ms));
            None
        }
        Step::Due(n) if !world.timers.is_empty() => {
            let timer = world.timers.remove(n % world.timers.len());
            Some(s.input(Input::Due(timer)))
        }
        Step::Due(_) => None,
        Step::Crash => {
            let alive = s.kernel.state().org().agents().filter_map(|a| {
                let live = s.kernel.state().live(a.id)?;
                Some((a.id, live.epoch, live.pid()?))
            });
            let alive = alive.collect();
            s.kernel = Kernel::restore(State::default(), s.log.clone());
            world.timers.clear();
            world.panes.clear();
            Some(s.fact(Fact::Resumed { alive }))
        }
        Step::Fact(n, happening) => {
            let ids: Vec<AgentId> = s.kernel.state().org().agents().map(|a| a.id).collect();
            let agent = *ids.get(n % ids.len().max(1))?;
            let epoch = s.kernel.state().live(agent)?.epoch;
            let agent_name = s.kernel.state().org().agent(agent)?.name.to_string();
            let who = agent_name.as_str();
            Some(match happening {
                Happening::Up => s.fact(Fact::Life(life::Fact::Started { agent, epoch, pid: 9 })),
                Happening::Fail => s.fact(Fact::Life(life::Fact::StartFailed {
                    agent,
                    epoch,
                    reason: "no such program".into(),
                })),
                Happening::Exit(code) => {
                    s.fact(Fact::Life(life::Fact::Exited { agent, epoch, exit: Exit::Code(code) }))
                }
                Happening::See(state) => {
                    s.fact(Fact::Life(life::Fact::Observed { agent, epoch, seen: seen(state) }))
                }
                Happening::Ask(n) => {
                    let dialog = Some(format!("asks#{n}"));
                    s.see(who, Observation { dialog, ..seen(AgentState::Waiting(WaitFor::Approval)) })
                }
                Happening::Draft => s.see(who, Observation { draft: true, ..seen(AgentState::Idle) }),
                Happening::Pane(willing) => s.fact(world.pane(agent, willing)?),
                Happening::PromptTaken => s.signal(who, Signal::PromptTaken { text: None }),
                Happening::TurnEnded => {
                    s.signal(who, Signal::TurnEnded { text: Some("so".into()), error: None })
                }
                Happening::Conversation(n) => s.signal(
                    who,
                    Signal::Conversation { id: format!("c{n}"), transcript: None, fresh: n % 2 == 0 },
                ),
                Happening::HookAsks(n) => {
                    let key = n.to_string();
                    let _ = s.fact(Fact::Approval(approval::Fact::HookWaits { agent, key: key.clone() }));
                    s.signal(who, Signal::Asks(super::question::bash("x", Some(&key))))
                }
                Happening::HookGone(n) => {
                    s.fact(Fact::Approval(approval::Fact::HookGone { agent, key: n.to_string() }))
                }
                Happening::AskSettled(n) => {
                    s.signal(who, Signal::AskSettled { key: n.map(|n| n.to_string()) })
                }
                Happening::AnswerRefused => {
                    let approval = s.kernel.state().approvals().of(agent).next()?.approval.id;
                    s.fact(Fact::Approval(approval::Fact::AnswerRefused {
                        agent,
                        epoch,
                        approval,
                        reason: "gone".into(),
                    }))
                }
                Happening::Stale => s.fact(Fact::Life(life::Fact::Exited {
                    agent,
                    epoch: epoch.wrapping_sub(1),
                    exit: Exit::Code(0),
                })),
            })
        }
    }
}

impl World {
    /// What an agent's pane tells of the first thing that it was told to do.
    fn pane(&mut self, agent: AgentId, willing: bool) -> Option<Fact> {
        let orders = self.panes.get_mut(&agent).filter(|orders| !orders.is_empty())?;
        let (message, epoch, submit) = orders.remove(0);
        let reason = "not now".to_owned();
        Some(match (submit, willing) {
            (false, true) => Fact::Delivery(delivery::Fact::Typed { agent, epoch, message }),
            (false, false) => {
                self.untyped.push(message);
                Fact::Delivery(delivery::Fact::TypeRefused { agent, epoch, message, reason })
            }
            (true, true) => Fact::Delivery(delivery::Fact::Submitted { agent, epoch, message }),
            (true, false) => Fact::Delivery(delivery::Fact::SubmitRefused { agent, epoch, message, reason }),
        })
    }
}

/// Everything that must hold whatever happens.
fn check(s: &Session, world: &mut World, before: &State, outcome: &Outcome) {
    let state = s.kernel.state();
    state.org().check().unwrap();
    if outcome.reply.is_err() {
        assert_eq!((outcome.events.len(), outcome.effects.len()), (0, 0), "a refusal changes nothing");
    }
    let numbers: Vec<u64> = s.log.iter().filter_map(|r| r.seq).collect();
    assert!(numbers.iter().copied().eq(1..=state.last_seq()), "events are numbered without gaps");
    for agent in state.org().agents() {
        let live = state.live(agent.id).expect("every agent is known alive or not");
        if live.run != Run::Wanted {
            assert!(!live.is_up(), "{agent:?} is stopped or stopping and counts as up");
        }
    }
    for effect in &outcome.effects {
        match effect {
            Effect::Delivery(delivery::Effect::Type { agent, message, .. }) => {
                let (was, is) = (before.live(*agent), state.live(*agent).unwrap());
                assert!(is.is_up(), "typed into nothing");
                for seen in [is, was.unwrap()] {
                    // What was seen before counts only where nothing newer is.
                    let newest = seen.seen == is.seen;
                    let ready =
                        matches!(seen.seen.state, AgentState::Idle | AgentState::Error) && !seen.seen.draft;
                    assert!(!newest || ready, "typed into {seen:?}");
                }
                let again = world.untyped.iter().position(|m| m == message).map(|n| world.untyped.remove(n));
                let first = world.typed.insert(*message, *agent).is_none();
                assert!(first || again.is_some(), "a message is typed at most once");
                world.panes.entry(*agent).or_default().push((*message, is.epoch, false));
            }
            Effect::Delivery(delivery::Effect::Submit { agent, message }) => {
                let is = state.live(*agent).unwrap();
                assert!(!matches!(is.seen.state, AgentState::Waiting(_)), "enter was sent into a dialog");
                world.panes.entry(*agent).or_default().push((*message, is.epoch, true));
            }
            Effect::Approval(approval::Effect::PressAnswer { agent, .. }) => {
                let is = state.live(*agent).unwrap();
                assert!(matches!(is.seen.state, AgentState::Waiting(_)), "an answer to nothing");
            }
            Effect::Wake { timer, .. } => world.timers.push(*timer),
            Effect::Life(life::Effect::Start { agent, epoch, .. }) => {
                assert_eq!(state.live(*agent).unwrap().epoch, *epoch);
                assert_eq!(state.live(*agent).unwrap().phase, Phase::Starting);
                world.panes.remove(agent);
            }
            Effect::Life(life::Effect::Stop { .. })
            | Effect::Life(life::Effect::Kill { .. })
            | Effect::Life(life::Effect::Erase { .. })
            | Effect::Delivery(delivery::Effect::Abandon { .. })
            | Effect::Life(life::Effect::Interrupt { .. })
            | Effect::Approval(approval::Effect::AnswerHook { .. }) => {}
        }
    }
    for agent in state.org().agents() {
        let live = state.live(agent.id).expect("every agent is known alive or not");
        let killed = live.clock.passed.is_some_and(|passed| passed.killed);
        let limited = live.is_up() && live.seen.state.is_busy() && !killed;
        let watched = world.timers.contains(&Timer::Life(life::Timer::Overdue { agent: agent.id }));
        assert!(!limited || watched, "nobody looks whether {agent:?} takes too long");
    }
    for record in &outcome.events {
        if let Event::Delivery(delivery::Event::Delivered { message, to }) = record.event {
            let submitted = world.submitted.entry(to).or_default();
            assert!(
                submitted.iter().all(|earlier| *earlier < message),
                "in the order in which they were sent"
            );
            submitted.push(message);
        }
    }
    for open in state.approvals().open() {
        let live = state.live(open.approval.agent).expect("who asks is there");
        assert!(live.is_up() || live.pid().is_some(), "who asks runs");
        assert_eq!(open.approval.epoch, live.epoch, "an earlier start asks nothing");
    }
    let settled = state.approvals().settled().map(|settled| settled.approval.id);
    assert!(settled.into_iter().all(|id| state.approvals().get(id).is_none()), "settled is not open");
    assert!(state.finished().count() <= 200);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_session_holds_together(steps in proptest::collection::vec(any_step(), 1..120)) {
        let mut s = Session::new();
        let mut world = World::default();
        for step in steps {
            let before = s.kernel.state().clone();
            if let Some(outcome) = apply(&mut s, &mut world, step) {
                check(&s, &mut world, &before, &outcome);
            }
        }
        let folded = Kernel::restore(State::default(), s.log.clone());
        prop_assert_eq!(folded.state(), s.kernel.state(), "the state is the fold of its events");
        let kept: State = serde_json::from_str(&serde_json::to_string(s.kernel.state()).unwrap()).unwrap();
        prop_assert_eq!(&kept, s.kernel.state(), "a state that was kept is the state that was");
    }
}
