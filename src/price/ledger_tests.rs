//! What a ledger holds after totals were told in every order.

use proptest::prelude::*;

use super::*;

fn at(agent: u32, day: i32) -> Place {
    Place { agent: AgentId(agent), team: Some(TeamId(agent / 10)), day: Day(day) }
}

fn told(conversation: &str, input: u64, cost: Option<u64>) -> Usage {
    Usage {
        conversation: Some(conversation.to_owned()),
        model: "m".to_owned(),
        tokens: Some(Tokens { input, ..Tokens::default() }),
        cost: cost.map(MicroUsd),
        whole: false,
    }
}

/// The money of a whole conversation, told while it used this model.
fn whole(model: &str, cost: u64) -> Usage {
    Usage {
        conversation: Some("c".to_owned()),
        model: model.to_owned(),
        tokens: None,
        cost: Some(MicroUsd(cost)),
        whole: true,
    }
}

fn used(model: &str, input: u64) -> Usage {
    Usage { model: model.to_owned(), ..told("c", input, None) }
}

fn by_model(ledger: &Ledger) -> Vec<(String, (u64, u64, u64, u64))> {
    ledger.models().map(|(model, spent)| (model.to_owned(), sums(spent))).collect()
}

fn sums(spent: Spent) -> (u64, u64, u64, u64) {
    (spent.told.0, spent.estimated.0, spent.tokens.total(), spent.unknown_tokens)
}

#[test]
fn a_total_that_is_told_again_counts_once_also_after_a_restart_of_the_program() {
    let mut ledger = Ledger::default();
    assert_eq!(sums(ledger.count(at(1, 1), &told("c", 100, Some(10)), None)), (10, 0, 100, 0));
    assert_eq!(sums(ledger.count(at(1, 1), &told("c", 100, Some(10)), None)), (0, 0, 0, 0));
    // The conversation is resumed by another agent the day after.
    assert_eq!(sums(ledger.count(at(12, 2), &told("c", 150, Some(14)), None)), (4, 0, 50, 0));
    assert_eq!(sums(ledger.total()), (14, 0, 150, 0));
    assert_eq!(sums(ledger.agent(AgentId(1))), (10, 0, 100, 0));
    assert_eq!(sums(ledger.team(TeamId(1))), (4, 0, 50, 0));
    assert_eq!(ledger.days().map(|(day, s)| (day.0, s.told.0)).collect::<Vec<_>>(), [(1, 10), (2, 4)]);
    assert_eq!(
        ledger.models().map(|(m, s)| (m.to_owned(), s.told.0)).collect::<Vec<_>>(),
        [("m".to_owned(), 14)]
    );
}

#[test]
fn a_total_that_went_down_is_a_new_counter() {
    let mut ledger = Ledger::default();
    ledger.count(at(1, 1), &told("c", 100, Some(10)), None);
    assert_eq!(sums(ledger.count(at(1, 1), &told("c", 30, Some(3)), None)), (3, 0, 30, 0));
    assert_eq!(sums(ledger.count(at(1, 1), &told("c", 40, Some(4)), None)), (1, 0, 10, 0));
    assert_eq!(sums(ledger.total()), (14, 0, 140, 0));
}

#[test]
fn told_estimated_and_unknown_are_kept_apart() {
    let mut ledger = Ledger::default();
    ledger.count(at(1, 1), &told("a", 100, Some(10)), Some(MicroUsd(99)));
    ledger.count(at(1, 1), &told("b", 200, None), Some(MicroUsd(20)));
    ledger.count(at(1, 1), &told("c", 300, None), None);
    assert_eq!(sums(ledger.total()), (10, 20, 600, 300));
    assert_eq!(ledger.total().money(), MicroUsd(30));
    assert!(ledger.total().estimated > MicroUsd(0) || ledger.total().unknown_tokens > 0);
}

#[test]
fn a_guess_is_taken_back_where_it_was_put_down_once_the_money_is_told() {
    let mut ledger = Ledger::default();
    ledger.count(at(1, 1), &told("c", 100, None), None);
    ledger.count(at(1, 2), &told("c", 200, None), Some(MicroUsd(20)));
    assert_eq!(sums(ledger.total()), (0, 20, 200, 0), "the estimate is of the whole total");
    ledger.count(at(2, 3), &told("c", 250, Some(30)), Some(MicroUsd(25)));
    assert_eq!(sums(ledger.total()), (30, 0, 250, 0));
    assert_eq!(sums(ledger.agent(AgentId(1))), (0, 0, 200, 0));
    assert_eq!(
        [1, 2, 3]
            .map(|day| ledger.days().find(|(at, _)| *at == Day(day)).map_or(0, |(_, spent)| spent.money().0)),
        [0, 0, 30]
    );
    // Tokens alone, before the next word on money: nothing is guessed meanwhile.
    ledger.count(at(2, 3), &told("c", 300, None), Some(MicroUsd(30)));
    assert_eq!(sums(ledger.total()), (30, 0, 300, 0));
}

#[test]
fn money_and_tokens_with_a_teller_each_stand_in_one_row_whoever_comes_first() {
    for money_first in [true, false] {
        let mut ledger = Ledger::default();
        let mut tell = [(whole("m", 10), None), (used("m", 100), Some(MicroUsd(99)))];
        if !money_first {
            tell.reverse();
        }
        for (usage, estimate) in &tell {
            ledger.count(at(1, 1), usage, *estimate);
            assert!(ledger.knows(AgentId(1), usage), "{usage:?}");
        }
        assert_eq!(by_model(&ledger), [("m".to_owned(), (10, 0, 100, 0))]);
    }
}

#[test]
fn money_of_a_whole_conversation_counts_once_over_its_models_and_pays_for_all_of_their_tokens() {
    let mut ledger = Ledger::default();
    ledger.count(at(1, 1), &used("small", 7), None);
    ledger.count(at(1, 1), &whole("big", 10), None);
    assert_eq!(sums(ledger.total()), (10, 0, 7, 0), "what the small one used is in the money");
    ledger.count(at(1, 1), &used("big", 100), Some(MicroUsd(50)));
    ledger.count(at(1, 1), &used("small", 9), Some(MicroUsd(5)));
    // Another model is chosen; the money goes on from where it was.
    ledger.count(at(1, 1), &whole("other", 14), None);
    ledger.count(at(1, 1), &used("other", 20), None);
    let row = |model: &str, told, tokens| (model.to_owned(), (told, 0, tokens, 0));
    assert_eq!(by_model(&ledger), [row("big", 10, 100), row("other", 4, 20), row("small", 0, 9)]);
    ledger.count(at(1, 1), &whole("big", 15), None);
    assert_eq!(sums(ledger.total()), (15, 0, 129, 0));
    // The program counts anew.
    ledger.count(at(1, 1), &whole("big", 3), None);
    ledger.count(at(1, 1), &whole("other", 5), None);
    assert_eq!(sums(ledger.total()), (20, 0, 129, 0));
    // So does whoever counts tokens; the money stays what it is.
    ledger.count(at(1, 1), &used("big", 1), None);
    ledger.count(at(1, 1), &whole("big", 6), None);
    assert_eq!(sums(ledger.total()), (21, 0, 130, 0));
}

#[test]
fn money_alone_is_counted_and_agents_without_conversations_have_a_counter_each() {
    let mut ledger = Ledger::default();
    let money = |cost| Usage {
        conversation: None,
        model: "m".into(),
        tokens: None,
        cost: Some(MicroUsd(cost)),
        whole: false,
    };
    ledger.count(at(1, 1), &money(5), None);
    ledger.count(at(2, 1), &money(7), None);
    ledger.count(at(1, 1), &money(6), None);
    assert_eq!(sums(ledger.total()), (13, 0, 0, 0));
}

#[test]
fn who_is_gone_leaves_what_it_spent() {
    let mut ledger = Ledger::default();
    ledger.count(at(1, 1), &told("a", 100, Some(10)), None);
    ledger.count(at(2, 1), &told("b", 100, None), None);
    ledger.agent_is_gone(AgentId(1));
    ledger.team_is_gone(TeamId(0));
    assert_eq!((sums(ledger.agent(AgentId(1))), sums(ledger.gone())), ((0, 0, 0, 0), (10, 0, 100, 0)));
    assert_eq!(sums(ledger.total()), (10, 0, 200, 100));
}

#[test]
fn a_ledger_is_bounded_whatever_is_told() {
    let mut ledger = Ledger::default();
    for n in 0..3000_i32 {
        let usage = Usage { model: format!("m{n}"), ..told(&format!("c{n}"), 1, None) };
        ledger.count(at(n.unsigned_abs(), n), &usage, None);
    }
    assert_eq!(ledger.counters.len(), CONVERSATIONS);
    assert_eq!((ledger.models().count(), ledger.days().count()), (MODELS, DAYS));
    assert_eq!(sums(ledger.total()), (0, 0, 3000, 3000));
}

fn usages() -> impl Strategy<Value = Vec<(Place, Usage, Option<MicroUsd>)>> {
    let money = || prop::option::of((0_u64..1000).prop_map(MicroUsd));
    let place = (0_u32..30, 0..4_i32).prop_map(|(agent, day)| at(agent, day));
    let usage = (
        prop::option::of("[ab]"),
        "[mn]",
        prop::option::of((0_u64..1000, 0_u64..1000)),
        money(),
        any::<bool>(),
    )
        .prop_map(|(conversation, model, tokens, cost, whole)| Usage {
            conversation,
            model,
            tokens: tokens.map(|(input, output)| Tokens { input, output, ..Tokens::default() }),
            cost,
            whole,
        });
    prop::collection::vec((place, usage, money()), 0..60)
}

proptest! {
    #[test]
    fn all_sums_agree_and_a_ledger_that_was_written_down_goes_on_as_before(told in usages(), cut in 0_usize..60) {
        let mut ledger = Ledger::default();
        for (n, (place, usage, estimate)) in told.iter().enumerate() {
            if n == cut {
                let text = serde_json::to_string(&ledger).unwrap();
                let read: Ledger = serde_json::from_str(&text).unwrap();
                prop_assert_eq!(&read, &ledger);
                ledger = read;
            }
            ledger.count(*place, usage, *estimate);
        }
        let sum = |parts: Vec<Spent>| parts.into_iter().fold(Spent::default(), |mut sum, part| { sum += part; sum });
        prop_assert_eq!(sum(ledger.days().map(|(_, s)| s).collect()), ledger.total());
        prop_assert_eq!(sum(ledger.models().map(|(_, s)| s).collect()), ledger.total());
        prop_assert_eq!(sum((0..30).map(|n| ledger.agent(AgentId(n))).collect()), ledger.total());
        prop_assert_eq!(sum((0..3).map(|n| ledger.team(TeamId(n))).collect()), ledger.total());
    }
}
