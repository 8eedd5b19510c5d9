//! What is spent is put down once, and a budget that is used up is kept.

use super::*;
use crate::domain::{Limits, MicroUsd, Spender, Tokens, Usage};
use crate::price::{AtLimit, Budget, Budgets, Day};

fn usage(conversation: &str, cost: u64) -> Usage {
    let tokens = Tokens { input: cost, output: 1, ..Tokens::default() };
    Usage {
        conversation: Some(conversation.into()),
        model: "m".into(),
        tokens: Some(tokens),
        cost: Some(MicroUsd(cost)),
        whole: false,
    }
}

fn budget(amount: u64, at_limit: AtLimit) -> Budget {
    Budget { amount: MicroUsd(amount), at_limit }
}

impl Session {
    fn used(&mut self, who: &str, usage: Usage) -> Outcome {
        let (agent, epoch) = (self.id(who), self.live(who).epoch);
        self.fact(Fact::Cost(cost::Fact::Used { agent, epoch, usage, estimate: None, day: Day(20_000) }))
    }

    fn limit(&mut self, budgets: Budgets) {
        let _ = self.fact(cost::Fact::Budgets(budgets).into());
    }

    /// A team with two agents that run, in another team.
    fn of_two() -> Session {
        let mut s = Session::new();
        s.ok(Command::Org(org::Command::CreateTeam { name: name("outer"), parent: None, color: None }));
        s.ok(Command::Org(org::Command::CreateTeam {
            name: name("inner"),
            parent: Some("outer".into()),
            color: None,
        }));
        for who in ["a", "b"] {
            s.ok(new_agent(who, Some("inner"), Role::Worker));
            s.up(who);
        }
        s
    }
}

fn crossings(outcome: &Outcome) -> Vec<(Spender, u64, bool)> {
    let crossed = |record: &EventRecord| match record.event {
        Event::Cost(cost::Event::BudgetCrossed { spender, spent, used_up, .. }) => {
            Some((spender, spent.0, used_up))
        }
        _ => None,
    };
    outcome.events.iter().filter_map(crossed).collect()
}

#[test]
fn what_is_told_again_is_put_down_once() {
    let mut s = Session::of_two();
    assert_eq!(s.used("a", usage("c", 100)).events.len(), 1);
    assert_eq!(s.used("a", usage("c", 100)).events, []);
    let _ = s.used("a", usage("c", 150));
    assert_eq!(s.kernel.state().ledger().total().told, MicroUsd(150));
    let stale = Fact::Cost(cost::Fact::Used {
        agent: s.id("a"),
        epoch: 9,
        usage: usage("c", 999),
        estimate: None,
        day: Day(0),
    });
    assert_eq!(s.fact(stale).events, [], "an earlier or later start tells nothing of this one");
}

#[test]
fn a_budget_says_once_that_it_is_nearly_used_up_and_once_that_it_is() {
    let mut s = Session::of_two();
    let outer = s.kernel.state().org().team_named("outer").unwrap().id;
    s.limit(Budgets {
        session: Some(budget(1_000, AtLimit::Warn)),
        team: [("outer".to_owned(), budget(200, AtLimit::Warn))].into(),
        ..Budgets::default()
    });
    assert_eq!(crossings(&s.used("a", usage("c", 100))), []);
    assert_eq!(crossings(&s.used("b", usage("d", 60))), [(Spender::Team(outer), 160, false)]);
    assert_eq!(crossings(&s.used("b", usage("d", 70))), []);
    assert_eq!(
        crossings(&s.used("a", usage("c", 940))),
        [(Spender::Team(outer), 1_010, true), (Spender::Session, 1_010, true)]
    );
    assert_eq!(crossings(&s.used("a", usage("c", 5_000))), []);
}

#[test]
fn who_has_used_up_a_budget_that_is_kept_is_interrupted_and_refused() {
    let mut s = Session::of_two();
    s.limit(Budgets {
        team: [("inner".to_owned(), budget(100, AtLimit::Interrupt))].into(),
        ..Budgets::default()
    });
    let _ = s.observe("b", AgentState::Working);
    let spent = s.used("a", usage("c", 100));
    assert_eq!(spent.effects.len(), 1, "the one that works is interrupted, the idle one is not: {spent:?}");
    let send = Command::Delivery(delivery::Command::Send {
        to: "a".into(),
        text: "go on".into(),
        now: false,
        expires_for: None,
    });
    let refusal = s.ask(send).reply.unwrap_err().to_string();
    assert_eq!(refusal, "`a` may begin nothing new: team inner's budget of $0.0001 is used up");
}

#[test]
fn the_budget_in_an_agents_launch_is_not_raised_by_a_setting() {
    let mut s = Session::new();
    let limits = Limits { budget: Some(MicroUsd(50)), ..Limits::default() };
    let launch = Launch { command: vec!["sh".into()], limits, ..Launch::default() };
    let new = NewAgent { name: Some(name("a")), team: None, role: Role::Worker, launch };
    s.ok(Command::Org(org::Command::CreateAgent(new)));
    s.up("a");
    let agent = [("*".to_owned(), budget(900, AtLimit::Warn))].into();
    s.limit(Budgets { agent, ..Budgets::default() });
    let own = s.id("a");
    assert_eq!(crossings(&s.used("a", usage("c", 60))), [(Spender::Agent(own), 60, true)]);
}
