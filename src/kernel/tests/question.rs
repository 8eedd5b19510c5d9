//! Approvals: one question is one approval, the first answer counts, and nothing is answered that is not on the screen.

use super::*;
use crate::domain::{Approval, ApprovalEnd, Ask, AskKind, Signal, Source};

pub(super) fn bash(detail: &str, key: Option<&str>) -> Ask {
    let kind = AskKind::Permission { tool: "Bash".into(), detail: detail.into(), diff: None };
    Ask::new(kind, key.map(str::to_owned))
}

fn waiting(dialog: Option<&str>, task: Option<&str>) -> Observation {
    Observation {
        source: Some(Source::Status),
        dialog: dialog.map(str::to_owned),
        task: task.map(str::to_owned),
        ..seen(AgentState::Waiting(WaitFor::Approval))
    }
}

impl Session {
    fn asked(&self) -> Vec<(u32, String)> {
        let open = self.kernel.state().approvals().open();
        let detail = |approval: &Approval| match &approval.ask.kind {
            AskKind::Permission { detail, .. }
            | AskKind::Dialog { detail, .. }
            | AskKind::Login { detail } => detail.clone(),
            AskKind::Question { question, .. } => question.clone(),
        };
        open.map(|open| (open.approval.id.0, detail(&open.approval))).collect()
    }

    fn hook(&mut self, who: &str, detail: &str, key: &str) -> Outcome {
        let agent = self.id(who);
        let outcome = self.signal(who, Signal::Asks(bash(detail, Some(key))));
        let _ = self.fact(Fact::Approval(approval::Fact::HookWaits { agent, key: key.into() }));
        outcome
    }

    fn answer(&mut self, id: u32, verdict: Verdict) -> Outcome {
        self.ask(Command::Approval(approval::Command::Answer { approval: ApprovalId(id), verdict }))
    }

    fn end(&self, id: u32) -> Option<ApprovalEnd> {
        let mut settled = self.kernel.state().approvals().settled();
        settled.find(|settled| settled.approval.id == ApprovalId(id)).map(|settled| settled.end.clone())
    }
}

#[test]
fn a_question_is_one_approval_whoever_tells_of_it_first() {
    let told = |s: &mut Session| drop(s.hook("be-1", "touch x", "k"));
    let shown = |s: &mut Session| drop(s.see("be-1", waiting(Some("asks#1"), Some("approve Bash"))));
    type Step<'a> = &'a dyn Fn(&mut Session);
    let orders: [&[Step]; 4] =
        [&[&told, &shown], &[&shown, &told], &[&told, &told], &[&shown, &told, &shown]];
    for order in orders {
        let mut s = Session::with_team();
        let _ = s.observe("be-1", AgentState::Working);
        order.iter().for_each(|step| step(&mut s));
        assert_eq!(s.asked(), [(1, "touch x".to_owned())]);
    }
}

#[test]
fn what_only_the_screen_shows_is_asked_too_and_settled_in_its_pane() {
    let mut s = Session::with_team();
    let _ = s.see("be-1", waiting(None, Some("trust this folder")));
    assert!(matches!(
        s.kernel.state().approvals().get(ApprovalId(1)).unwrap().approval.ask.kind,
        AskKind::Dialog { .. }
    ));
    let refused = s.answer(1, Verdict::Allow).reply.unwrap_err();
    assert!(refused.to_string().contains("answer it in its pane"), "{refused}");
    let _ = s.observe("be-1", AgentState::Working);
    assert_eq!((s.asked(), s.end(1)), (vec![], Some(ApprovalEnd::Elsewhere)));
    let late = s.answer(1, Verdict::Allow).reply.unwrap_err();
    assert_eq!(late.to_string(), "approval 1 is settled: it was answered in its pane");
    assert_eq!(
        s.answer(9, Verdict::Allow).reply,
        Err(Refusal::Approval(approval::Refusal::NoApproval(ApprovalId(9))))
    );
}

#[test]
fn an_answer_goes_through_the_hook_that_waits_and_is_confirmed_by_what_follows() {
    let mut s = Session::with_team();
    let agent = s.id("be-1");
    let _ = s.observe("be-1", AgentState::Working);
    let _ = s.hook("be-1", "touch x", "k");
    let _ = s.see("be-1", waiting(Some("asks#1"), None));
    let outcome = s.answer(1, Verdict::Allow);
    let effect =
        Effect::Approval(approval::Effect::AnswerHook { agent, key: "k".into(), verdict: Verdict::Allow });
    assert_eq!(outcome.effects[0], effect);
    assert_eq!(outcome.events[0].event.durability(), Durability::Durable);
    let second = s.answer(1, Verdict::Deny { reason: None }).reply.unwrap_err();
    assert_eq!(second.to_string(), "approval 1 is settled: a person answered yes");
    let _ = s.observe("be-1", AgentState::Working);
    assert_eq!(s.end(1), Some(ApprovalEnd::Answered { verdict: Verdict::Allow }));
    let late = s.answer(1, Verdict::Deny { reason: None }).reply.unwrap_err();
    assert_eq!(late.to_string(), "approval 1 is settled: a person answered yes");
}

#[test]
fn without_a_hook_keys_answer_only_a_dialog_that_is_on_the_screen() {
    let mut s = Session::with_team();
    let agent = s.id("be-1");
    let _ = s.see("be-1", waiting(Some("asks#1"), None));
    let deny = Verdict::Deny { reason: None };
    let outcome = s.answer(1, deny.clone());
    let dialog = "asks#1".to_owned();
    let effect = Effect::Approval(approval::Effect::PressAnswer {
        agent,
        approval: ApprovalId(1),
        dialog,
        verdict: deny,
    });
    assert_eq!(outcome.effects[0], effect);
    // The pane found another dialog in its place.
    let epoch = s.live("be-1").epoch;
    let reason = "the dialog is not on its screen".to_owned();
    let _ = s.fact(Fact::Approval(approval::Fact::AnswerRefused {
        agent,
        epoch,
        approval: ApprovalId(1),
        reason,
    }));
    assert_eq!(s.asked().len(), 1, "it is open again");
    // A hook that has hung up answers nothing; what it asked is still on the screen.
    let mut s = Session::with_team();
    let _ = s.hook("be-1", "touch x", "k");
    let _ = s.see("be-1", waiting(Some("asks#1"), None));
    let _ = s.fact(Fact::Approval(approval::Fact::HookGone { agent, key: "k".into() }));
    assert!(matches!(
        s.answer(1, Verdict::Allow).effects[0],
        Effect::Approval(approval::Effect::PressAnswer { .. })
    ));
    // A hook takes a yes or a no only.
    let mut s = Session::with_team();
    let _ = s.hook("be-1", "touch x", "k");
    assert!(matches!(
        s.answer(1, Verdict::Choose { option: 0 }).reply,
        Err(Refusal::Approval(approval::Refusal::NotAnswerable(..)))
    ));
}

#[test]
fn an_answer_that_nothing_came_of_is_told_and_the_question_is_open_again() {
    let mut s = Session::with_team();
    let _ = s.see("be-1", waiting(Some("asks#1"), None));
    let _ = s.answer(1, Verdict::Allow);
    let confirm = Timer::Approval(approval::Timer::Confirm { approval: ApprovalId(1) });
    assert!(s.input(Input::Due(confirm)).events.is_empty(), "it has its time");
    s.now = s.now + super::approval_confirm();
    let outcome = s.input(Input::Due(confirm));
    assert!(matches!(outcome.events[0].event, Event::Approval(approval::Event::Unconfirmed { .. })));
    assert!(s.answer(1, Verdict::Allow).reply.is_ok());
    // One whose dialog nobody ever saw is taken to have acted.
    let mut s = Session::with_team();
    let _ = s.hook("be-1", "touch x", "k");
    let _ = s.answer(1, Verdict::Allow);
    s.now = s.now + super::approval_confirm();
    let _ = s.input(Input::Due(confirm));
    assert_eq!(s.end(1), Some(ApprovalEnd::Answered { verdict: Verdict::Allow }));
}

#[test]
fn another_dialog_without_a_moment_between_is_another_approval() {
    let mut s = Session::with_team();
    let _ = s.see("be-1", waiting(Some("asks#1"), Some("approve rm a")));
    let _ = s.see("be-1", waiting(Some("asks#2"), Some("approve rm b")));
    assert_eq!(s.asked(), [(2, "approve rm b".to_owned())]);
    assert_eq!(s.end(1), Some(ApprovalEnd::Elsewhere));
}

#[test]
fn several_questions_of_hooks_are_settled_each_by_its_own() {
    let mut s = Session::with_team();
    let _ = s.observe("be-1", AgentState::Working);
    for key in ["a", "b", "c"] {
        let _ = s.hook("be-1", key, key);
    }
    let _ = s.signal("be-1", Signal::AskSettled { key: Some("b".into()) });
    assert_eq!(s.asked().iter().map(|(id, _)| *id).collect::<Vec<_>>(), [1, 3]);
    // A turn that is over asks nothing any more.
    let _ = s.observe("be-1", AgentState::Idle);
    assert_eq!(s.asked(), []);
}

#[test]
fn an_agent_that_ends_asks_nothing_and_agents_answer_nothing() {
    let mut s = Session::with_team();
    let _ = s.hook("be-1", "touch x", "k");
    let command =
        Command::Approval(approval::Command::Answer { approval: ApprovalId(1), verdict: Verdict::Allow });
    let denied = s.input(Input::Asked { actor: Actor::Agent(s.id("be-lead")), command });
    let said = denied.reply.unwrap_err().to_string();
    assert_eq!(said, "`be-lead` is a coordinator and may not answer what agents ask; only a person may");
    let _ = s.exit("be-1", Exit::Code(1));
    assert!(matches!(s.end(1), Some(ApprovalEnd::Withdrawn { .. })));
}

#[test]
fn after_a_crash_of_the_daemon_no_hook_waits_any_more() {
    let mut s = Session::with_team();
    let _ = s.hook("be-1", "touch x", "k");
    let alive = s.kernel.state().org().agents().map(|a| (a.id, 1, 100 + a.id.0)).collect();
    s.kernel = Kernel::restore(State::default(), s.log.clone());
    let _ = s.fact(Fact::Resumed { alive });
    assert_eq!(s.asked().len(), 1);
    assert!(matches!(
        s.answer(1, Verdict::Allow).reply,
        Err(Refusal::Approval(approval::Refusal::NotAnswerable(..)))
    ));
    let _ = s.see("be-1", waiting(Some("asks#1"), None));
    assert!(s.answer(1, Verdict::Allow).reply.is_ok());
}

fn question(options: &[&str]) -> Ask {
    let options = options.iter().map(|option| (*option).to_owned()).collect();
    Ask::new(AskKind::Question { question: "Which?".into(), options }, Some("q".into()))
}

fn shows(s: &mut Session, who: &str, ask: Ask, choices: &[&str]) {
    let (agent, epoch) = (s.id(who), s.live(who).epoch);
    let choices = choices.iter().map(|choice| (*choice).to_owned()).collect();
    let _ = s.fact(Fact::Approval(approval::Fact::Shows { agent, epoch, ask, choices }));
}

fn press(s: &mut Session, who: &str, key: char) {
    let route = crate::domain::Route::Direct(s.id(who).into());
    let input = crate::domain::Input::Key(crate::domain::Key::plain(crate::domain::KeyCode::Char(key)));
    s.kernel.press(Actor::Person, &route, &input, s.now).unwrap();
}

#[test]
fn what_its_screen_says_is_asked_unless_somebody_told_more() {
    let mut s = Session::with_team();
    let _ = s.see("be-1", waiting(Some("asks#1"), None));
    shows(&mut s, "be-1", bash("touch x", None), &["Yes", "Always", "No"]);
    assert_eq!(s.asked(), [(1, "touch x".to_owned())]);
    shows(&mut s, "be-1", bash("touch x && rm y", None), &["Yes", "Always", "No"]);
    assert_eq!(s.asked(), [(1, "touch x && rm y".to_owned())], "more of it is on the screen now");
    let open = s.kernel.state().approvals().get(ApprovalId(1)).unwrap();
    assert_eq!(open.choices, ["Yes", "Always", "No"]);
    // A hook knows it exactly.
    let _ = s.hook("be-1", "touch all", "k");
    shows(&mut s, "be-1", bash("what it asks is only on its screen", None), &["Yes", "No"]);
    assert_eq!(s.asked(), [(1, "touch all".to_owned())]);
    assert_eq!(s.kernel.state().approvals().get(ApprovalId(1)).unwrap().choices, ["Yes", "No"]);
}

#[test]
fn what_is_no_answer_is_refused_at_once_with_the_options() {
    let mut s = Session::with_team();
    let _ = s.observe("be-1", AgentState::Working);
    let _ = s.signal("be-1", Signal::Asks(question(&["Red", "Blue"])));
    let _ = s.see("be-1", waiting(Some("asks#1"), None));
    let refused = s.answer(1, Verdict::Choose { option: 6 }).reply.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "approval 1 is not answered so: it has these options alone: 1 Red · 2 Blue"
    );
    let refused = s.answer(1, Verdict::Allow).reply.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "approval 1 is not answered so: choose one of its options: 1 Red · 2 Blue"
    );
    assert!(s.answer(1, Verdict::Choose { option: 1 }).reply.is_ok());
    // A permission has options too, which only its screen tells.
    let mut s = Session::with_team();
    let _ = s.see("be-1", waiting(Some("asks#1"), None));
    shows(&mut s, "be-1", bash("touch x", None), &["Yes", "Always", "No"]);
    assert!(matches!(
        s.answer(1, Verdict::Choose { option: 3 }).reply,
        Err(Refusal::Approval(approval::Refusal::WrongAnswer(..)))
    ));
    assert!(s.answer(1, Verdict::Choose { option: 1 }).reply.is_ok());
}

#[test]
fn several_questions_at_once_are_answered_in_the_pane_alone() {
    let mut s = Session::with_team();
    let _ = s.observe("be-1", AgentState::Working);
    let kind = AskKind::Dialog { detail: "Which?\nWhere?".into(), options: Vec::new() };
    let _ = s.signal("be-1", Signal::Asks(Ask::new(kind, Some("k".into()))));
    let agent = s.id("be-1");
    let _ = s.fact(Fact::Approval(approval::Fact::HookWaits { agent, key: "k".into() }));
    let _ = s.see("be-1", waiting(Some("asks#1"), None));
    let open = s.kernel.state().approvals().get(ApprovalId(1)).unwrap().clone();
    assert_eq!(s.kernel.unanswerable(&open), Some("it asks several things; answer it in its pane"));
    for verdict in [Verdict::Choose { option: 1 }, Verdict::Allow] {
        let refused = s.answer(1, verdict).reply.unwrap_err();
        assert!(refused.to_string().contains("it asks several things"), "{refused}");
    }
    assert!(s.answer(1, Verdict::Deny { reason: None }).reply.is_ok(), "all of it can be denied");
}

#[test]
fn a_key_that_a_person_pressed_just_before_was_the_answer() {
    let mut s = Session::with_team();
    let _ = s.observe("be-1", AgentState::Working);
    let _ = s.hook("be-1", "touch x", "k");
    let _ = s.see("be-1", waiting(Some("asks#1"), None));
    press(&mut s, "be-1", '1');
    assert!(s.answer(1, Verdict::Deny { reason: Some("no".into()) }).reply.is_ok());
    let _ = s.observe("be-1", AgentState::Working);
    assert_eq!(s.end(1), Some(ApprovalEnd::Elsewhere));
    let settled = s.kernel.state().approvals().settled().next().unwrap();
    assert_eq!((settled.by, settled.note.as_deref()), (None, None));
    // One that did nothing is long past.
    let mut s = Session::with_team();
    let _ = s.see("be-1", waiting(Some("asks#1"), None));
    press(&mut s, "be-1", 'x');
    s.now = s.now + std::time::Duration::from_secs(3);
    let deny = Verdict::Deny { reason: None };
    let _ = s.answer(1, deny.clone());
    let _ = s.observe("be-1", AgentState::Idle);
    assert_eq!(s.end(1), Some(ApprovalEnd::Answered { verdict: deny }));
}

#[test]
fn a_tool_that_ran_was_not_denied_whenever_that_is_told() {
    for settled_before in [false, true] {
        let mut s = Session::with_team();
        let _ = s.observe("be-1", AgentState::Working);
        let _ = s.hook("be-1", "touch x", "k");
        let _ = s.see("be-1", waiting(Some("asks#1"), None));
        let _ = s.answer(1, Verdict::Deny { reason: None });
        if settled_before {
            let _ = s.observe("be-1", AgentState::Working);
            assert!(matches!(s.end(1), Some(ApprovalEnd::Answered { .. })));
        }
        let _ = s.signal("be-1", Signal::ToolRan { key: "k".into() });
        assert_eq!(s.end(1), Some(ApprovalEnd::Elsewhere), "settled before: {settled_before}");
    }
    // What was allowed runs.
    let mut s = Session::with_team();
    let _ = s.observe("be-1", AgentState::Working);
    let _ = s.hook("be-1", "touch x", "k");
    let _ = s.answer(1, Verdict::Allow);
    let _ = s.signal("be-1", Signal::ToolRan { key: "k".into() });
    let _ = s.signal("be-1", Signal::AskSettled { key: Some("k".into()) });
    assert_eq!(s.end(1), Some(ApprovalEnd::Answered { verdict: Verdict::Allow }));
}

#[test]
fn the_reason_of_a_denial_by_keys_follows_as_a_message() {
    let mut s = Session::with_team();
    let agent = s.id("be-1");
    let _ = s.see("be-1", waiting(Some("asks#1"), None));
    let _ = s.answer(1, Verdict::Deny { reason: Some("use the other disk".into()) });
    assert!(s.kernel.state().mail(agent).is_empty(), "nothing is typed before it is denied");
    let outcome = s.observe("be-1", AgentState::Idle);
    let settled = s.kernel.state().approvals().settled().next().unwrap();
    assert_eq!(settled.note.as_deref(), Some("the reason follows as a message"));
    let mail = s.kernel.state().mail(agent);
    assert_eq!(mail.len(), 1);
    assert_eq!((mail[0].text.as_str(), mail[0].from), ("Denied: use the other disk", Actor::Person));
    assert!(outcome.effects.iter().any(|effect| matches!(
        effect,
        Effect::Wake { timer: Timer::Delivery(delivery::Timer::Deliver { to }), .. } if *to == agent
    )));
    let outcome = s.input(Input::Due(Timer::Delivery(delivery::Timer::Deliver { to: agent })));
    assert!(
        outcome
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::Delivery(delivery::Effect::Type { .. })))
    );
    // A hook carries it itself, and who did not deny has no reason.
    let mut s = Session::with_team();
    let _ = s.observe("be-1", AgentState::Working);
    let _ = s.hook("be-1", "touch x", "k");
    let _ = s.see("be-1", waiting(Some("asks#1"), None));
    let _ = s.answer(1, Verdict::Deny { reason: Some("no".into()) });
    let _ = s.observe("be-1", AgentState::Working);
    let agent = s.id("be-1");
    assert!(s.kernel.state().mail(agent).is_empty());
}

#[test]
fn what_was_asked_before_the_daemon_was_away_is_the_same_afterwards() {
    let restarted = || {
        let mut s = Session::with_team();
        let _ = s.observe("be-1", AgentState::Working);
        let _ = s.hook("be-1", "touch x", "k");
        let _ = s.see("be-1", waiting(Some("asks#7"), Some("approve Bash")));
        let alive = s.kernel.state().org().agents().map(|a| (a.id, 1, 100 + a.id.0)).collect();
        s.kernel = Kernel::restore(State::default(), s.log.clone());
        let _ = s.fact(Fact::Resumed { alive });
        s
    };
    let silence = Observation { source: Some(Source::Activity), ..seen(AgentState::Idle) };
    // Silence first, and then its record; or its dialog, which has another name now.
    for first in [Some(silence.clone()), None] {
        let mut s = restarted();
        if let Some(first) = first {
            let _ = s.see("be-1", first);
            assert_eq!(s.asked(), [(1, "touch x".to_owned())]);
        }
        let _ = s.see("be-1", waiting(Some("asks#1"), Some("Do you want to?")));
        assert_eq!(s.asked(), [(1, "touch x".to_owned())]);
        let outcome = s.answer(1, Verdict::Deny { reason: Some("no".into()) });
        assert!(
            matches!(outcome.effects[0], Effect::Approval(approval::Effect::PressAnswer { .. })),
            "the hook is gone with the daemon"
        );
        let _ = s.observe("be-1", AgentState::Idle);
        assert_eq!(s.kernel.state().mail(s.id("be-1"))[0].text, "Denied: no");
    }
    // It is at work: whoever answered it, it was not seen.
    let mut s = restarted();
    let _ = s.see("be-1", Observation { source: Some(Source::Status), ..seen(AgentState::Working) });
    assert!(matches!(s.end(1), Some(ApprovalEnd::Withdrawn { .. })));
    // Silence alone ends it in time.
    let mut s = restarted();
    let _ = s.see("be-1", silence);
    let agent = s.id("be-1");
    let _ = s.input(Input::Due(Timer::Approval(approval::Timer::Unseen { agent })));
    assert!(matches!(s.end(1), Some(ApprovalEnd::Withdrawn { .. })));
    // What it asks next is another question.
    let mut s = restarted();
    let _ = s.see("be-1", waiting(Some("asks#1"), None));
    let _ = s.see("be-1", waiting(Some("asks#2"), None));
    assert_eq!(s.asked().len(), 1);
    assert_eq!(s.asked()[0].0, 2);
}
