//! A state machine of random inputs, crashes of the daemon included; after each of them everything that must always
//! hold is checked.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::domain::Run;

/// One random thing that may reach the kernel.
#[derive(Clone, Debug)]
enum Step {
    Ask(Command),
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
    Stale,
}

fn any_step() -> impl Strategy<Value = Step> {
    let who = || (1u32..7).prop_map(|n| AgentRef::Id(AgentId(n)));
    let which = || (1u32..5).prop_map(|n| TeamRef::Id(TeamId(n)));
    let word = || "[a-e]".prop_map(|s| name(&s));
    let role = || {
        prop_oneof![Just(Role::Executive), Just(Role::Coordinator), Just(Role::Worker), Just(Role::Worker)]
    };
    let launch = || Launch { command: vec!["sh".into()], ..Launch::default() };
    let command = prop_oneof![
        3 => (word(), proptest::option::of(which())).prop_map(|(name, parent)| Command::CreateTeam { name, parent, color: None }),
        1 => (which(), word()).prop_map(|(team, name)| Command::RenameTeam { team, name }),
        2 => (which(), proptest::option::of(which())).prop_map(|(team, parent)| Command::MoveTeam { team, parent }),
        1 => (which(), prop_oneof![Just(Members::Keep), Just(Members::Delete)]).prop_map(|(team, members)| Command::DisbandTeam { team, members }),
        6 => (proptest::option::of(word()), proptest::option::of(which()), role()).prop_map(move |(name, team, role)| Command::CreateAgent(NewAgent { name, team, role, launch: launch() })),
        1 => (who(), word()).prop_map(|(agent, name)| Command::RenameAgent { agent, name }),
        2 => (who(), proptest::option::of(which())).prop_map(|(agent, team)| Command::MoveAgent { agent, team }),
        2 => who().prop_map(|agent| Command::PromoteAgent { agent }),
        1 => who().prop_map(|agent| Command::DeleteAgent { agent }),
        1 => who().prop_map(|agent| Command::StartAgent { agent }),
        2 => who().prop_map(|agent| Command::StopAgent { agent }),
        1 => who().prop_map(|agent| Command::KillAgent { agent }),
        2 => who().prop_map(|agent| Command::RestartAgent { agent }),
        1 => Just(Command::StartAll),
        1 => Just(Command::StopAll),
        1 => who().prop_map(|agent| Command::Look { agent }),
        6 => (who(), any::<bool>()).prop_map(|(to, now)| Command::Send { to, text: "t".into(), now }),
        1 => Just(Command::SendAll { scope: ScopeRef::All, text: "all".into(), now: false }),
        1 => (1u32..9).prop_map(|n| Command::CancelMessage { message: MessageId(n) }),
        1 => any::<bool>().prop_map(|include_dialogs| Command::OpenBroadcast { scope: ScopeRef::All, include_dialogs }),
        1 => (1u32..3).prop_map(|n| Command::CloseBroadcast { broadcast: BroadcastId(n) }),
        3 => prop_oneof![Just(Route::Executive), who().prop_map(Route::Direct), (1u32..3).prop_map(|n| Route::Broadcast(BroadcastId(n)))]
            .prop_map(|route| Command::Press { route, input: Pressed::Key(Key::plain(KeyCode::Enter)) }),
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
    ];
    prop_oneof![
        10 => command.prop_map(Step::Ask),
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
    typed: BTreeMap<AgentId, Vec<String>>,
    accepted: BTreeMap<MessageId, (AgentId, u32)>,
}

fn apply(s: &mut Session, world: &mut World, step: Step) -> Option<Outcome> {
    match step {
        Step::Ask(command) => Some(s.ask(command)),
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
            Some(s.fact(Fact::Resumed { alive }))
        }
        Step::Fact(n, happening) => {
            let ids: Vec<AgentId> = s.kernel.state().org().agents().map(|a| a.id).collect();
            let agent = *ids.get(n % ids.len().max(1))?;
            let epoch = s.kernel.state().live(agent)?.epoch;
            Some(s.fact(match happening {
                Happening::Up => Fact::Started { agent, epoch, pid: 9 },
                Happening::Fail => Fact::StartFailed { agent, epoch, reason: "no such program".into() },
                Happening::Exit(code) => Fact::Exited { agent, epoch, exit: Exit::Code(code) },
                Happening::See(state) => Fact::Observed { agent, epoch, seen: seen(state) },
                Happening::Stale => Fact::Exited { agent, epoch: epoch.wrapping_sub(1), exit: Exit::Code(0) },
            }))
        }
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
        if agent.run != Run::Wanted {
            assert!(!live.is_up(), "{agent:?} is stopped or stopping and counts as up");
        }
    }
    for effect in &outcome.effects {
        match effect {
            Effect::Press { agent, input: Pressed::Paste(text) } => {
                let was = before.live(*agent).map(|l| l.seen.state);
                let is = state.live(*agent).map(|l| l.seen.state);
                assert!(
                    !matches!(is, Some(AgentState::Waiting(_))),
                    "typed into a dialog ({was:?} -> {is:?})"
                );
                world.typed.entry(*agent).or_default().push(text.clone());
            }
            Effect::Wake { timer, .. } => world.timers.push(*timer),
            Effect::Start { agent, epoch, .. } => {
                assert_eq!(state.live(*agent).unwrap().epoch, *epoch);
                assert_eq!(state.live(*agent).unwrap().phase, Phase::Starting);
            }
            Effect::Press { .. } | Effect::Stop { .. } | Effect::Kill { .. } | Effect::Erase { .. } => {}
        }
    }
    for record in &outcome.events {
        match &record.event {
            Event::MessageTyping { message, to } => {
                let typed = world.accepted.entry(*message).or_insert((*to, 0));
                typed.1 += 1;
                assert_eq!(*typed, (*to, 1), "a message is typed at most once");
            }
            Event::MessageDelivered { to, .. } => {
                let seen = before.live(*to).map(|l| l.seen.state);
                assert!(!matches!(seen, Some(AgentState::Waiting(_))), "enter was sent into a dialog");
            }
            _ => {}
        }
    }
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
