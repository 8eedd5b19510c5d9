//! Conversations and turns.

use super::*;
use crate::domain::Signal;

impl Session {
    fn converse(&mut self, who: &str, id: &str) -> Outcome {
        self.signal(who, Signal::Conversation { id: id.into(), transcript: None, fresh: false })
    }
}

fn begun(outcome: &Outcome) -> Vec<Option<String>> {
    let start = |effect: &Effect| match effect {
        Effect::Life(life::Effect::Start { conversation, .. }) => Some(conversation.clone()),
        _ => None,
    };
    outcome.effects.iter().filter_map(start).collect()
}

fn fresh(id: &str) -> Signal {
    Signal::Conversation { id: id.into(), transcript: None, fresh: true }
}

fn resume(who: &str) -> Command {
    Command::Life(life::Command::Resume { agent: who.into(), conversation: None })
}

#[test]
fn the_last_conversations_of_each_agent_are_kept() {
    let mut s = Session::with_team();
    for n in 0..14 {
        let _ = s.converse("be-1", &format!("c{n}"));
    }
    assert!(s.converse("be-1", "c13").events.is_empty(), "it is known");
    let _ = s.converse("be-1", "c3");
    let known = |s: &Session| -> Vec<String> {
        s.kernel.state().conversations(s.id("be-1")).iter().map(|c| c.id.clone()).collect()
    };
    let ids = |numbers: &[u32]| -> Vec<String> { numbers.iter().map(|n| format!("c{n}")).collect() };
    assert_eq!(known(&s), ids(&[2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 3]));
    // Where nothing was said, nothing is lost.
    for n in 20..40 {
        let _ = s.signal("be-1", fresh(&format!("c{n}")));
    }
    assert_eq!(known(&s), ids(&[4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 3, 39]));
    for bad in ["", "a\nb", &"x".repeat(300)] {
        assert!(s.converse("be-1", bad).events.is_empty());
    }
}

#[test]
fn an_agent_goes_on_in_its_conversation_after_it_was_stopped_for_that() {
    let mut s = Session::with_team();
    assert_eq!(s.ask(resume("be-1")).reply, Err(Refusal::Life(life::Refusal::NoConversation(name("be-1")))));
    let _ = s.converse("be-1", "c1");
    let outcome = s.ask(resume("be-1"));
    assert!(
        begun(&outcome).is_empty()
            && outcome.effects.contains(&Effect::Life(life::Effect::Stop { agent: s.id("be-1") }))
    );
    assert_eq!(begun(&s.exit("be-1", Exit::Code(0))), [Some("c1".to_owned())]);
    s.up("be-1");
    // Whoever is started anew in another way does not find the old wish.
    s.ok(resume("be-1"));
    s.ok(Command::Life(life::Command::Restart { agent: "be-1".into() }));
    assert_eq!(begun(&s.exit("be-1", Exit::Code(0))), [None]);
    s.up("be-1");
    s.ok(Command::Life(life::Command::NewConversation { agent: "be-1".into() }));
    assert_eq!(begun(&s.exit("be-1", Exit::Code(0))), [None]);
}

#[test]
fn a_conversation_in_which_nothing_was_said_is_not_gone_on_in() {
    let mut s = Session::with_team();
    let _ = s.signal("be-1", fresh("c1"));
    // It runs: it is stopped, and begins a new one.
    let said = s.ask(resume("be-1"));
    let Ok(Reply::Noted(note)) = &said.reply else { panic!("{said:?}") };
    assert_eq!(note, "nothing was said in that conversation yet, so be-1 begins a new one");
    assert_eq!(begun(&s.exit("be-1", Exit::Code(0))), [None]);
    s.up("be-1");
    // After a reboot it is not offered either.
    let _ = s.signal("be-1", fresh("c2"));
    let _ = s.exit("be-1", Exit::Lost);
    assert!(!s.kernel.state().is_resumable(s.id("be-1")));
    assert_eq!(begun(&s.ask(Command::Life(life::Command::ResumeAll))), [None]);
    s.up("be-1");
    // A prompt that is taken, or a turn that is seen, makes it one.
    let _ = s.signal("be-1", fresh("c3"));
    let _ = s.signal("be-1", Signal::PromptTaken { text: None });
    let _ = s.signal("be-1", fresh("c4"));
    let _ = s.signal("be-1", Signal::PromptTaken { text: None });
    let _ = s.signal("be-1", fresh("c5"));
    let _ = s.exit("be-1", Exit::Lost);
    let to = |id: &str| {
        Command::Life(life::Command::Resume { agent: "be-1".into(), conversation: Some(id.into()) })
    };
    assert_eq!(begun(&s.ask(to("c4"))), [Some("c4".to_owned())], "its turn had begun before");
    let _ = s.exit("be-1", Exit::Lost);
    assert_eq!(begun(&s.ask(to("c5"))), [None]);
    let _ = s.exit("be-1", Exit::Lost);
    assert_eq!(begun(&s.ask(to("nobody-knows"))), [Some("nobody-knows".to_owned())]);
}

/// Brings a session's agents down, the way a person takes all of them down.
fn down(s: &mut Session) {
    s.ok(Command::Life(life::Command::StopAll));
    for who in ["chief", "be-lead", "be-1", "db-1"] {
        let _ = s.exit(who, Exit::Signal(1));
    }
}

#[test]
fn a_new_conversation_forgets_none_before_it() {
    let mut s = Session::with_team();
    let _ = s.converse("be-1", "c1");
    let _ = s.exit("be-1", Exit::Lost);
    s.ok(Command::Life(life::Command::Start { agent: "be-1".into() }));
    s.up("be-1");
    let _ = s.signal("be-1", fresh("c2"));
    s.ok(resume("be-1"));
    assert_eq!(begun(&s.exit("be-1", Exit::Code(0))), [Some("c1".to_owned())], "nothing was said in c2");
    s.up("be-1");
    let _ = s.signal("be-1", fresh("c3"));
    let _ = s.signal("be-1", Signal::PromptTaken { text: None });
    s.ok(resume("be-1"));
    assert_eq!(begun(&s.exit("be-1", Exit::Code(0))), [Some("c3".to_owned())]);
    s.up("be-1");
    s.ok(Command::Life(life::Command::Resume { agent: "be-1".into(), conversation: Some("c1".into()) }));
    assert_eq!(begun(&s.exit("be-1", Exit::Code(0))), [Some("c1".to_owned())]);
}

#[test]
fn what_was_stopped_with_its_session_goes_on_when_it_is_asked_to_and_not_before() {
    let mut s = Session::with_team();
    for who in ["chief", "be-1", "db-1"] {
        let _ = s.converse(who, who);
    }
    let _ = s.signal("be-lead", fresh("nothing said"));
    // A person stopped this one, and means it to stay so.
    s.ok(Command::Life(life::Command::Stop { agent: "db-1".into() }));
    down(&mut s);
    assert_eq!(s.live("be-1").seen.reason, "stopped with its session; it can be resumed");
    assert_eq!(s.live("be-lead").seen.reason, "stopped with its session");
    assert!(s.live("be-lead").seen.state == AgentState::Stopped);
    let offered = |s: &Session, who: &str| s.kernel.state().is_resumable(s.id(who));
    assert!(offered(&s, "chief") && offered(&s, "be-1"));
    assert!(!offered(&s, "db-1") && !offered(&s, "be-lead"));
    let mut later = Kernel::restore(State::default(), s.log.clone());
    assert_eq!(later.state(), s.kernel.state());
    let started = later.handle(
        Input::Asked { actor: Actor::Person, command: Command::Life(life::Command::StartAll) },
        s.now,
    );
    assert_eq!(begun(&started), [None, None], "be-lead and db-1");
    let note = "left to be resumed or started anew one by one: chief, be-1";
    assert_eq!(started.reply, Ok(Reply::Noted(note.to_owned())));
    let outcome = s.ask(Command::Life(life::Command::ResumeAll));
    assert_eq!(begun(&outcome), [Some("chief".to_owned()), Some("be-1".to_owned())]);
    let resumed = vec![name("chief"), name("be-1")];
    assert_eq!(outcome.reply, Ok(Reply::Life(life::Reply::Resumed { resumed, anew: vec![] })));
    s.up("chief");
    s.up("be-1");
    let nothing = Reply::Life(life::Reply::Resumed { resumed: vec![], anew: vec![] });
    assert_eq!(s.ask(Command::Life(life::Command::ResumeAll)).reply, Ok(nothing));
    assert!(!offered(&s, "be-1"));
}

#[test]
fn what_is_started_once_is_not_started_with_the_others() {
    let mut s = Session::with_team();
    let Command::Org(org::Command::CreateAgent(mut run)) = new_agent("run-1", None, Role::Worker) else {
        panic!()
    };
    run.launch.once = true;
    s.ok(Command::Org(org::Command::CreateAgent(run)));
    s.up("run-1");
    let _ = s.converse("run-1", "c1");
    let _ = s.exit("run-1", Exit::Lost);
    assert!(!s.kernel.state().is_resumable(s.id("run-1")));
    assert_eq!(begun(&s.ask(Command::Life(life::Command::ResumeAll))), []);
    assert_eq!(begun(&s.ask(Command::Life(life::Command::StartAll))), []);
    assert_eq!(
        begun(&s.ask(Command::Life(life::Command::Start { agent: "run-1".into() }))),
        [None],
        "a person may"
    );
}

#[test]
fn after_a_reboot_nothing_starts_by_itself_and_everything_can_be_resumed() {
    let mut s = Session::with_team();
    let _ = s.converse("be-1", "c1");
    s.ok(Command::Life(life::Command::Stop { agent: "db-1".into() }));
    let _ = s.exit("db-1", Exit::Code(0));
    s.kernel = Kernel::restore(State::default(), s.log.clone());
    let outcome = s.fact(Fact::Resumed { alive: vec![] });
    assert_eq!(begun(&outcome), [], "nothing is started");
    let lost = s.live("be-1");
    assert_eq!(lost.seen.state, AgentState::Stopped);
    assert_eq!(lost.seen.reason, "ended while nobody watched; it can be resumed");
    assert!(s.kernel.state().is_resumable(s.id("be-1")) && !s.kernel.state().is_resumable(s.id("chief")));
    assert_eq!(s.live("chief").seen.state, AgentState::Error, "it has no conversation to go on in");
    let outcome = s.ask(Command::Life(life::Command::ResumeAll));
    assert_eq!(begun(&outcome), [None, None, Some("c1".to_owned())], "who was stopped stays so");
}

#[test]
fn a_turn_is_told_by_hooks_or_seen() {
    let mut s = Session::with_team();
    let _ = s.observe("be-1", AgentState::Thinking);
    assert_eq!(s.live("be-1").turn_since, Some(T0));
    let _ = s.observe("be-1", AgentState::Waiting(WaitFor::Approval));
    let _ = s.observe("be-1", AgentState::Working);
    assert_eq!(s.live("be-1").turn_since, Some(T0), "a dialog does not end it");
    let text = Some("done\u{1b}[2J\nall of it".to_owned());
    let outcome = s.signal("be-1", Signal::TurnEnded { text, error: None });
    assert!(
        matches!(&outcome.events[0].event, Event::Life(life::Event::TurnEnded { text: Some(text), .. }) if text == "done[2J\nall of it")
    );
    assert!(
        !s.observe("be-1", AgentState::Idle)
            .events
            .iter()
            .any(|r| matches!(r.event, Event::Life(life::Event::TurnEnded { .. })))
    );
    assert_eq!((s.live("be-1").turn_since, s.live("be-1").last_message.is_some()), (None, true));

    // Nobody tells: what is seen must do, and what was said before is not what was said now.
    let _ = s.observe("be-1", AgentState::Working);
    let outcome = s.observe("be-1", AgentState::Idle);
    assert!(
        outcome
            .events
            .iter()
            .any(|r| matches!(r.event, Event::Life(life::Event::TurnEnded { text: None, .. })))
    );
    assert_eq!(s.live("be-1").last_message, None);
}

#[test]
fn only_what_was_a_turn_and_nobody_broke_off_is_finished() {
    let mut s = Session::with_team();
    let ms = std::time::Duration::from_millis;
    let _ = s.signal("be-1", fresh("c1"));
    let busy = |s: &mut Session, lasts: u64| {
        let _ = s.observe("be-1", AgentState::Working);
        s.now = s.now + ms(lasts);
    };
    let finished = |s: &mut Session| {
        let _ = s.observe("be-1", AgentState::Idle);
        let unseen = s.live("be-1").unseen;
        s.ok(Command::Life(life::Command::Look { agent: "be-1".into() }));
        s.now = s.now + ms(10_000);
        unseen
    };
    let prompted = |s: &Session| s.kernel.state().last_prompted(s.id("be-1")).is_some();
    // A program stirs as it starts: that is no turn, and nothing was said.
    busy(&mut s, 12);
    assert!(!finished(&mut s) && !prompted(&s));
    busy(&mut s, 1_000);
    assert!(finished(&mut s) && prompted(&s), "it lasted");
    let _ = s.signal("be-1", Signal::PromptTaken { text: None });
    busy(&mut s, 12);
    assert!(finished(&mut s), "it had a prompt");
    // The same, told of its end before that is seen.
    let _ = s.signal("be-1", Signal::PromptTaken { text: None });
    busy(&mut s, 12);
    let _ = s.signal("be-1", Signal::TurnEnded { text: None, error: None });
    assert!(finished(&mut s));
    busy(&mut s, 5_000);
    s.ok(Command::Life(life::Command::Interrupt { agent: "be-1".into(), force: false }));
    assert!(!finished(&mut s), "it was interrupted");
    busy(&mut s, 5_000);
    let esc = Pressed::Key(Key::plain(KeyCode::Esc));
    s.kernel.press(Actor::Person, &Route::Direct("be-1".into()), &esc, s.now).unwrap();
    assert!(!finished(&mut s), "so it was from its pane");
    busy(&mut s, 5_000);
    let _ = s.signal("be-1", Signal::TurnEnded { text: None, error: Some("no".into()) });
    assert!(!finished(&mut s), "it failed");
    // What goes on after a key that was pressed long ago is a turn as any.
    busy(&mut s, 5_000);
    s.ok(Command::Life(life::Command::Interrupt { agent: "be-1".into(), force: false }));
    s.now = s.now + ms(5_000);
    assert!(finished(&mut s));
}

#[test]
fn only_a_turn_is_interrupted_and_no_dialog_is_answered_by_that() {
    let mut s = Session::with_team();
    let agent = s.id("be-1");
    let interrupt = |force| Command::Life(life::Command::Interrupt { agent: "be-1".into(), force });
    assert_eq!(
        s.ask(interrupt(false)).reply,
        Err(Refusal::Life(life::Refusal::NotBusy(name("be-1"), "idle")))
    );
    let _ = s.observe("be-1", AgentState::Working);
    assert_eq!(
        s.ask(interrupt(false)).effects,
        [Effect::Life(life::Effect::Interrupt { agent, force: false })]
    );
    let _ = s.observe("be-1", AgentState::Waiting(WaitFor::Approval));
    assert_eq!(s.ask(interrupt(false)).reply, Err(Refusal::Life(life::Refusal::DialogOpen(name("be-1")))));
    assert_eq!(
        s.ask(interrupt(true)).effects,
        [Effect::Life(life::Effect::Interrupt { agent, force: true })]
    );
}
