//! Approvals: one question is one approval, the first answer counts, and nothing is answered that is not on the screen.

use super::*;
use crate::domain::{Approval, ApprovalEnd, Ask, AskKind, Signal, Source};

pub(super) fn bash(detail: &str, key: Option<&str>) -> Ask {
    let kind = AskKind::Permission { tool: "Bash".into(), detail: detail.into(), diff: None };
    Ask { kind, key: key.map(str::to_owned) }
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
        let _ = self.fact(Fact::HookWaits { agent, key: key.into() });
        outcome
    }

    fn answer(&mut self, id: u32, verdict: Verdict) -> Outcome {
        self.ask(Command::Answer { approval: ApprovalId(id), verdict })
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
    assert_eq!(s.answer(9, Verdict::Allow).reply, Err(Refusal::NoApproval(ApprovalId(9))));
}

#[test]
fn an_answer_goes_through_the_hook_that_waits_and_is_confirmed_by_what_follows() {
    let mut s = Session::with_team();
    let agent = s.id("be-1");
    let _ = s.observe("be-1", AgentState::Working);
    let _ = s.hook("be-1", "touch x", "k");
    let _ = s.see("be-1", waiting(Some("asks#1"), None));
    let outcome = s.answer(1, Verdict::Allow);
    let effect = Effect::AnswerHook { agent, key: "k".into(), verdict: Verdict::Allow };
    assert_eq!(outcome.effects[0], effect);
    assert_eq!(outcome.events[0].event.durability(), crate::domain::Durability::Durable);
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
    let effect = Effect::PressAnswer { agent, approval: ApprovalId(1), dialog, verdict: deny };
    assert_eq!(outcome.effects[0], effect);
    // The pane found another dialog in its place.
    let epoch = s.live("be-1").epoch;
    let reason = "the dialog is not on its screen".to_owned();
    let _ = s.fact(Fact::AnswerRefused { agent, epoch, approval: ApprovalId(1), reason });
    assert_eq!(s.asked().len(), 1, "it is open again");
    // A hook that has hung up answers nothing; what it asked is still on the screen.
    let mut s = Session::with_team();
    let _ = s.hook("be-1", "touch x", "k");
    let _ = s.see("be-1", waiting(Some("asks#1"), None));
    let _ = s.fact(Fact::HookGone { agent, key: "k".into() });
    assert!(matches!(s.answer(1, Verdict::Allow).effects[0], Effect::PressAnswer { .. }));
    // A hook takes a yes or a no only.
    let mut s = Session::with_team();
    let _ = s.hook("be-1", "touch x", "k");
    assert!(matches!(s.answer(1, Verdict::Choose { option: 0 }).reply, Err(Refusal::NotAnswerable(..))));
}

#[test]
fn an_answer_that_nothing_came_of_is_told_and_the_question_is_open_again() {
    let mut s = Session::with_team();
    let _ = s.see("be-1", waiting(Some("asks#1"), None));
    let _ = s.answer(1, Verdict::Allow);
    let confirm = Timer::Confirm { approval: ApprovalId(1) };
    assert!(s.input(Input::Due(confirm)).events.is_empty(), "it has its time");
    s.now = s.now + super::approval_confirm();
    let outcome = s.input(Input::Due(confirm));
    assert!(matches!(outcome.events[0].event, Event::ApprovalUnconfirmed { .. }));
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
    let command = Command::Answer { approval: ApprovalId(1), verdict: Verdict::Allow };
    let denied = s.input(Input::Asked { actor: Actor::Agent(s.id("be-lead")), command });
    assert_eq!(denied.reply, Err(Refusal::OnlyPerson));
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
    assert!(matches!(s.answer(1, Verdict::Allow).reply, Err(Refusal::NotAnswerable(..))));
    let _ = s.see("be-1", waiting(Some("asks#1"), None));
    assert!(s.answer(1, Verdict::Allow).reply.is_ok());
}
