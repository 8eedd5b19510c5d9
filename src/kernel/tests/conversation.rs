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
        Effect::Start { conversation, .. } => Some(conversation.clone()),
        _ => None,
    };
    outcome.effects.iter().filter_map(start).collect()
}

fn resume(who: &str) -> Command {
    Command::ResumeAgent { agent: who.into(), conversation: None }
}

#[test]
fn the_last_conversations_of_each_agent_are_kept() {
    let mut s = Session::with_team();
    for n in 0..7 {
        let _ = s.converse("be-1", &format!("c{n}"));
    }
    assert!(s.converse("be-1", "c6").events.is_empty(), "it is known");
    let _ = s.converse("be-1", "c3");
    let known: Vec<&str> =
        s.kernel.state().conversations(s.id("be-1")).iter().map(|c| c.id.as_str()).collect();
    assert_eq!(known, ["c2", "c4", "c5", "c6", "c3"]);
    for bad in ["", "a\nb", &"x".repeat(300)] {
        assert!(s.converse("be-1", bad).events.is_empty());
    }
}

#[test]
fn an_agent_goes_on_in_its_conversation_after_it_was_stopped_for_that() {
    let mut s = Session::with_team();
    assert_eq!(s.ask(resume("be-1")).reply, Err(Refusal::NoConversation(name("be-1"))));
    let _ = s.converse("be-1", "c1");
    let outcome = s.ask(resume("be-1"));
    assert!(begun(&outcome).is_empty() && outcome.effects.contains(&Effect::Stop { agent: s.id("be-1") }));
    assert_eq!(begun(&s.exit("be-1", Exit::Code(0))), [Some("c1".to_owned())]);
    s.up("be-1");
    // Whoever is started anew in another way does not find the old wish.
    s.ok(resume("be-1"));
    s.ok(Command::RestartAgent { agent: "be-1".into() });
    assert_eq!(begun(&s.exit("be-1", Exit::Code(0))), [None]);
    s.up("be-1");
    s.ok(Command::NewConversation { agent: "be-1".into() });
    assert_eq!(begun(&s.exit("be-1", Exit::Code(0))), [None]);
}

#[test]
fn a_conversation_in_which_nothing_was_said_is_not_gone_on_in() {
    let mut s = Session::with_team();
    let fresh = |id: &str| Signal::Conversation { id: id.into(), transcript: None, fresh: true };
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
    assert_eq!(begun(&s.ask(Command::ResumeAll)), [None]);
    s.up("be-1");
    // A prompt that is taken, or a turn that is seen, makes it one.
    let _ = s.signal("be-1", fresh("c3"));
    let _ = s.signal("be-1", Signal::PromptTaken { text: None });
    let _ = s.signal("be-1", fresh("c4"));
    let _ = s.signal("be-1", Signal::PromptTaken { text: None });
    let _ = s.signal("be-1", fresh("c5"));
    let _ = s.exit("be-1", Exit::Lost);
    let to = |id: &str| Command::ResumeAgent { agent: "be-1".into(), conversation: Some(id.into()) };
    assert_eq!(begun(&s.ask(to("c4"))), [Some("c4".to_owned())], "its turn had begun before");
    let _ = s.exit("be-1", Exit::Lost);
    assert_eq!(begun(&s.ask(to("c5"))), [None]);
    let _ = s.exit("be-1", Exit::Lost);
    assert_eq!(begun(&s.ask(to("nobody-knows"))), [Some("nobody-knows".to_owned())]);
}

#[test]
fn after_a_reboot_nothing_starts_by_itself_and_everything_can_be_resumed() {
    let mut s = Session::with_team();
    let _ = s.converse("be-1", "c1");
    s.ok(Command::StopAgent { agent: "db-1".into() });
    let _ = s.exit("db-1", Exit::Code(0));
    s.kernel = Kernel::restore(State::default(), s.log.clone());
    let outcome = s.fact(Fact::Resumed { alive: vec![] });
    assert_eq!(begun(&outcome), [], "nothing is started");
    let lost = s.live("be-1");
    assert_eq!(lost.seen.state, AgentState::Stopped);
    assert_eq!(lost.seen.reason, "ended while nobody watched; it can be resumed");
    assert!(s.kernel.state().is_resumable(s.id("be-1")) && !s.kernel.state().is_resumable(s.id("chief")));
    assert_eq!(s.live("chief").seen.state, AgentState::Error, "it has no conversation to go on in");
    let outcome = s.ask(Command::ResumeAll);
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
        matches!(&outcome.events[0].event, Event::TurnEnded { text: Some(text), .. } if text == "done[2J\nall of it")
    );
    assert!(
        !s.observe("be-1", AgentState::Idle)
            .events
            .iter()
            .any(|r| matches!(r.event, Event::TurnEnded { .. }))
    );
    assert_eq!((s.live("be-1").turn_since, s.live("be-1").last_message.is_some()), (None, true));

    // Nobody tells: what is seen must do, and what was said before is not what was said now.
    let _ = s.observe("be-1", AgentState::Working);
    let outcome = s.observe("be-1", AgentState::Idle);
    assert!(outcome.events.iter().any(|r| matches!(r.event, Event::TurnEnded { text: None, .. })));
    assert_eq!(s.live("be-1").last_message, None);
}

#[test]
fn only_a_turn_is_interrupted_and_no_dialog_is_answered_by_that() {
    let mut s = Session::with_team();
    let agent = s.id("be-1");
    let interrupt = |force| Command::InterruptAgent { agent: "be-1".into(), force };
    assert_eq!(s.ask(interrupt(false)).reply, Err(Refusal::NotBusy(name("be-1"), "idle")));
    let _ = s.observe("be-1", AgentState::Working);
    assert_eq!(s.ask(interrupt(false)).effects, [Effect::Interrupt { agent, force: false }]);
    let _ = s.observe("be-1", AgentState::Waiting(WaitFor::Approval));
    assert_eq!(s.ask(interrupt(false)).reply, Err(Refusal::DialogOpen(name("be-1"))));
    assert_eq!(s.ask(interrupt(true)).effects, [Effect::Interrupt { agent, force: true }]);
}
