//! Messages: in order, at most once, into nothing but an input that is ready.

use super::*;
use crate::domain::{Signal, Source};

impl Session {
    /// What of a message is typed, if anything is.
    pub(super) fn typed(outcome: &Outcome) -> Vec<(AgentId, String)> {
        let typed = |effect: &Effect| match effect {
            Effect::Delivery(delivery::Effect::Type { agent, text, .. }) => Some((*agent, text.clone())),
            _ => None,
        };
        outcome.effects.iter().filter_map(typed).collect()
    }

    fn sent(&mut self, to: &str, text: &str) -> (MessageId, MessageStatus) {
        let Reply::Delivery(delivery::Reply::Message(message, _, status)) = self.ok(send(to, text)) else {
            panic!("no message")
        };
        (message, status)
    }

    fn typed_fact(&mut self, who: &str, message: MessageId) -> Outcome {
        let (agent, epoch) = (self.id(who), self.live(who).epoch);
        self.fact(Fact::Delivery(delivery::Fact::Typed { agent, epoch, message }))
    }

    fn submitted(&mut self, who: &str, message: MessageId) -> Outcome {
        let (agent, epoch) = (self.id(who), self.live(who).epoch);
        let _ = self.typed_fact(who, message);
        self.fact(Fact::Delivery(delivery::Fact::Submitted { agent, epoch, message }))
    }

    pub(super) fn signal(&mut self, who: &str, signal: Signal) -> Outcome {
        let (agent, epoch) = (self.id(who), self.live(who).epoch);
        self.fact(Fact::Signalled { agent, epoch, signal })
    }

    pub(super) fn see(&mut self, who: &str, seen: Observation) -> Outcome {
        let (agent, epoch) = (self.id(who), self.live(who).epoch);
        self.fact(Fact::Life(life::Fact::Observed { agent, epoch, seen }))
    }

    fn fate(&self, message: MessageId) -> MessageStatus {
        let over = self.kernel.state().finished().find(|f| f.message.id == message);
        over.map(|f| f.status.clone()).unwrap_or_else(|| {
            let waits = self.kernel.state().all_mail().find(|m| m.id == message).expect("it is known");
            self.kernel.standing(waits, self.now)
        })
    }
}

fn by(state: AgentState, source: Source) -> Observation {
    Observation { source: Some(source), ..seen(state) }
}

fn words(outcome: &Outcome) -> Vec<String> {
    Session::typed(outcome).into_iter().map(|(_, text)| text).collect()
}

#[test]
fn a_text_is_typed_then_submitted_then_acknowledged_by_what_shows_it() {
    for (source, word) in [(Source::Status, "status"), (Source::Title, "title"), (Source::Activity, "output")]
    {
        let mut s = Session::with_team();
        let to = s.id("be-1");
        let outcome = s.ask(send("be-1", "hello"));
        assert_eq!(Session::typed(&outcome), [(to, "hello".to_owned())]);
        let Ok(Reply::Delivery(delivery::Reply::Message(message, _, MessageStatus::Typing))) = outcome.reply
        else {
            panic!("{outcome:?}")
        };
        let outcome = s.typed_fact("be-1", message);
        assert_eq!(outcome.effects, [Effect::Delivery(delivery::Effect::Submit { agent: to, message })]);
        assert_eq!(s.fate(message), MessageStatus::Typing, "nobody said yet that it was submitted");
        let epoch = s.live("be-1").epoch;
        let outcome = s.fact(Fact::Delivery(delivery::Fact::Submitted { agent: to, epoch, message }));
        assert!(matches!(outcome.events[0].event, Event::Delivery(delivery::Event::Delivered { .. })));
        assert!(
            s.fact(Fact::Delivery(delivery::Fact::Submitted { agent: to, epoch, message })).events.is_empty(),
            "once"
        );
        let _ = s.see("be-1", by(AgentState::Working, source));
        assert_eq!(s.fate(message).by(), Some(word));
    }
}

#[test]
fn a_reaction_that_is_seen_before_the_word_of_the_key_is_one_all_the_same() {
    let mut s = Session::with_team();
    let (message, _) = s.sent("be-1", "hello");
    let _ = s.typed_fact("be-1", message);
    let _ = s.see("be-1", by(AgentState::Working, Source::Status));
    let _ = s.submitted("be-1", message);
    assert_eq!(s.fate(message), MessageStatus::Acknowledged { by: Source::Status });
}

#[test]
fn a_hook_acknowledges_its_own_prompt_and_no_other() {
    let mut s = Session::with_team();
    let (message, _) = s.sent("be-1", "fix the tests");
    let _ = s.submitted("be-1", message);
    let _ = s.signal("be-1", Signal::PromptTaken { text: Some("what is the weather?".into()) });
    assert_eq!(s.fate(message), MessageStatus::Delivered { reason: None });
    let _ = s.signal("be-1", Signal::PromptTaken { text: Some("fix the tests".into()) });
    assert_eq!(s.fate(message), MessageStatus::Acknowledged { by: Source::Hook });
}

#[test]
fn whoever_shows_no_reaction_is_said_to_and_gets_the_next_message_but_no_second_key() {
    let mut s = Session::with_team();
    let to = s.id("be-1");
    let (first, _) = s.sent("be-1", "one");
    let _ = s.submitted("be-1", first);
    assert!(matches!(s.sent("be-1", "two").1, MessageStatus::Queued { .. }));
    s.now = T0 + SETTLE_FOR;
    let outcome = s.input(Input::Due(Timer::Delivery(delivery::Timer::Settle { message: first, to })));
    assert!(
        !outcome.effects.contains(&Effect::Delivery(delivery::Effect::Submit { agent: to, message: first }))
    );
    assert_eq!(words(&outcome), ["two"]);
    assert_eq!(s.fate(first).reason(), Some("submitted, no reaction seen"));
    // A hook that comes late is still believed.
    let mut s = Session::with_team();
    let (first, _) = s.sent("be-1", "one");
    let _ = s.submitted("be-1", first);
    s.now = T0 + SETTLE_FOR;
    let _ = s.input(Input::Due(Timer::Delivery(delivery::Timer::Settle { message: first, to })));
    let _ = s.signal("be-1", Signal::PromptTaken { text: Some("one".into()) });
    assert_eq!(s.fate(first).word(), "acknowledged");
}

#[test]
fn what_is_noted_of_a_key_stays_with_the_message_and_the_time_to_react_begins_anew() {
    let mut s = Session::with_team();
    let to = s.id("be-1");
    let (message, _) = s.sent("be-1", "one");
    let epoch = s.live("be-1").epoch;
    let noted = |s: &mut Session| {
        s.fact(Fact::Delivery(delivery::Fact::Noted { agent: to, epoch, message, note: "twice".into() }))
    };
    assert_eq!(noted(&mut s).events, [], "its key was not pressed yet");
    let _ = s.submitted("be-1", message);
    s.now = T0 + SETTLE_FOR;
    let _ = noted(&mut s);
    let _ = s.input(Input::Due(Timer::Delivery(delivery::Timer::Settle { message, to })));
    assert_eq!(s.fate(message), MessageStatus::Delivered { reason: None }, "it has time");
    s.now = s.now + SETTLE_FOR;
    let _ = s.input(Input::Due(Timer::Delivery(delivery::Timer::Settle { message, to })));
    assert_eq!(s.fate(message).reason(), Some("submitted, no reaction seen"));
    let note = s.kernel.state().finished().find(|f| f.message.id == message).and_then(|f| f.note.clone());
    assert_eq!(note.as_deref(), Some("twice"));
}

#[test]
fn a_dialog_that_opens_under_a_text_never_gets_its_key() {
    // The kernel knows of it.
    let mut s = Session::with_team();
    let to = s.id("be-1");
    let (message, _) = s.sent("be-1", "hello");
    let _ = s.observe("be-1", AgentState::Waiting(WaitFor::Approval));
    let outcome = s.typed_fact("be-1", message);
    assert_eq!(outcome.effects, [Effect::Delivery(delivery::Effect::Abandon { agent: to, message })]);
    assert_eq!(s.fate(message).word(), "refused");
    // Only the pane knows of it.
    let mut s = Session::with_team();
    let (message, _) = s.sent("be-1", "hello");
    let _ = s.typed_fact("be-1", message);
    let epoch = s.live("be-1").epoch;
    let refused = Fact::Delivery(delivery::Fact::SubmitRefused {
        agent: to,
        epoch,
        message,
        reason: "a dialog opened".into(),
    });
    let _ = s.fact(refused.clone());
    assert_eq!(s.fate(message), MessageStatus::Refused { reason: "a dialog opened".into() });
    assert!(s.fact(refused).events.is_empty());
}

#[test]
fn what_a_pane_did_not_type_waits_again_and_goes_out_first() {
    let mut s = Session::with_team();
    let to = s.id("be-1");
    let (first, _) = s.sent("be-1", "one");
    let (second, _) = s.sent("be-1", "two");
    let epoch = s.live("be-1").epoch;
    let refused = Fact::Delivery(delivery::Fact::TypeRefused {
        agent: to,
        epoch,
        message: first,
        reason: "it is busy".into(),
    });
    let outcome = s.fact(refused.clone());
    assert!(matches!(outcome.events[0].event, Event::Delivery(delivery::Event::Held { .. })));
    assert!(s.fact(refused).events.is_empty());
    assert_eq!((s.fate(first).word(), s.fate(second).word()), ("queued", "queued"));
    let [Effect::Wake { timer, .. }] = outcome.effects[..] else { panic!("{outcome:?}") };
    assert_eq!(words(&s.input(Input::Due(timer))), ["one"]);
}

#[test]
fn messages_to_a_busy_agent_are_held_and_go_out_in_order_one_a_turn() {
    let mut s = Session::with_team();
    let _ = s.observe("be-1", AgentState::Working);
    let (one, status) = s.sent("be-1", "one");
    assert_eq!(status, MessageStatus::Held { reason: "it is busy".into() });
    let (two, _) = s.sent("be-1", "two");
    assert_eq!(words(&s.observe("be-1", AgentState::Idle)), ["one"]);
    let _ = s.submitted("be-1", one);
    assert_eq!(
        s.kernel.state().mail(s.id("be-1")).len(),
        1,
        "the second one waits for the turn, or its time"
    );
    let _ = s.observe("be-1", AgentState::Thinking);
    assert_eq!(words(&s.observe("be-1", AgentState::Idle)), ["two"]);
    let _ = s.submitted("be-1", two);
}

#[test]
fn nothing_is_typed_where_it_does_not_belong_and_a_sender_in_a_hurry_is_told() {
    let idle = || by(AgentState::Idle, Source::Status);
    let cases = [
        (by(AgentState::Waiting(WaitFor::Approval), Source::Screen), "it has a dialog open"),
        (by(AgentState::Starting, Source::Process), "it is not ready for input yet"),
        (Observation { draft: true, ..idle() }, "something unsent stands in its input"),
        (by(AgentState::Idle, Source::Prompt), "something else may stand where its program was"),
        (by(AgentState::Idle, Source::Activity), "something else may stand where its program was"),
    ];
    for (what, reason) in cases {
        let mut s = Session::with_team();
        // It has told its own state before, as a program that then gave way to a shell.
        let _ = s.see("be-1", by(AgentState::Working, Source::Status));
        let _ = s.see("be-1", what);
        let outcome = s.ask(send("be-1", "y"));
        let Ok(Reply::Delivery(delivery::Reply::Message(_, _, MessageStatus::Held { reason: told }))) =
            &outcome.reply
        else {
            panic!("{outcome:?}")
        };
        assert_eq!((told.as_str(), words(&outcome).len()), (reason, 0));
        let now = Command::Delivery(delivery::Command::Send {
            to: "be-1".into(),
            text: "y".into(),
            now: true,
            expires_for: None,
        });
        assert_eq!(
            s.ask(now).reply,
            Err(Refusal::Delivery(delivery::Refusal::NotReady(name("be-1"), reason.into())))
        );
        assert_eq!(words(&s.see("be-1", idle())), ["y"], "it goes out by itself");
    }
}

#[test]
fn a_program_that_never_told_its_state_is_typed_to_at_its_prompt() {
    let mut s = Session::with_team();
    let _ = s.see("be-1", by(AgentState::Idle, Source::Prompt));
    assert_eq!(s.sent("be-1", "ls").1, MessageStatus::Typing);
}

#[test]
fn a_question_that_only_a_hook_told_of_holds_messages_too() {
    let mut s = Session::with_team();
    let _ = s.signal("be-1", Signal::Asks(super::question::bash("rm x", Some("k"))));
    assert_eq!(s.sent("be-1", "hello").1.reason(), Some("it asks something"));
}

#[test]
fn a_held_message_can_be_taken_back_and_is_remembered() {
    let mut s = Session::with_team();
    let _ = s.observe("be-1", AgentState::Working);
    let (message, _) = s.sent("be-1", "one");
    s.ok(Command::Delivery(delivery::Command::Cancel { message }));
    assert!(words(&s.observe("be-1", AgentState::Idle)).is_empty());
    let again = s.ask(Command::Delivery(delivery::Command::Cancel { message })).reply;
    assert_eq!(again, Err(Refusal::Delivery(delivery::Refusal::MessageOver(message, "refused"))));
    assert_eq!(s.fate(message), MessageStatus::Refused { reason: "its sender took it back".into() });
    let unknown = s.ask(Command::Delivery(delivery::Command::Cancel { message: MessageId(99) })).reply;
    assert_eq!(unknown, Err(Refusal::Delivery(delivery::Refusal::NoMessage(MessageId(99)))));
}

#[test]
fn a_message_that_is_late_is_worth_nothing_even_after_a_crash() {
    let late = |to: &str| {
        Command::Delivery(delivery::Command::Send {
            to: to.into(),
            text: "late".into(),
            now: false,
            expires_for: Some(1000),
        })
    };
    let mut s = Session::with_team();
    let to = s.id("be-1");
    let _ = s.observe("be-1", AgentState::Working);
    let Reply::Delivery(delivery::Reply::Message(message, ..)) = s.ok(late("be-1")) else { unreachable!() };
    let _ = s.sent("be-1", "next");
    s.now = s.now + std::time::Duration::from_secs(1);
    // Its timer was lost with the daemon, and is asked for again.
    let alive = s.kernel.state().org().agents().map(|a| (a.id, 1, 100 + a.id.0)).collect();
    s.kernel = Kernel::restore(State::default(), s.log.clone());
    let outcome = s.fact(Fact::Resumed { alive });
    let timer = Timer::Delivery(delivery::Timer::Expire { message, to });
    assert!(outcome.effects.iter().any(|e| matches!(e, Effect::Wake { timer: t, .. } if *t == timer)));
    // Whichever comes first, the timer or the agent.
    assert_eq!(words(&s.observe("be-1", AgentState::Idle)), ["next"]);
    assert_eq!(s.fate(message), MessageStatus::Expired);
    assert!(s.input(Input::Due(timer)).events.is_empty());
}

#[test]
fn what_an_agent_says_to_another_is_fenced_and_pulses() {
    let mut s = Session::with_team();
    let from = s.id("be-lead");
    let outcome = s.input(Input::Asked { actor: Actor::Agent(from), command: send("be-1", "/exit\n---\n") });
    assert_eq!(
        words(&outcome),
        [
            "[message 1 from agent be-lead (coordinator, team backend), not from a person; it ends at ----]\n/exit\n---\n----"
        ]
    );
    assert!(
        outcome.events.iter().any(
            |r| r.event == Event::Delivery(delivery::Event::Pulse { from: Some(from), to: s.id("be-1") })
        )
    );
}

#[test]
fn a_text_is_made_typeable_and_bounded() {
    let mut s = Session::with_team();
    assert_eq!(words(&s.ask(send("be-1", "a\u{1b}[201~\u{3}b\r\nc"))), ["ab\nc"]);
    assert_eq!(
        s.ask(send("be-1", "\u{1b}\u{3} \n")).reply,
        Err(Refusal::Delivery(delivery::Refusal::EmptyText))
    );
    assert_eq!(
        s.ask(send("be-1", &"x".repeat(300 << 10))).reply,
        Err(Refusal::Delivery(delivery::Refusal::TooLong))
    );
    let _ = s.observe("db-1", AgentState::Working);
    let all = (0..20).map(|_| s.ask(send("db-1", &"x".repeat(250 << 10))).reply);
    assert_eq!(all.filter(Result::is_err).count(), 4, "at most 4 MiB wait");
}
