//! What the witnesses of one agent are worth beside each other: hooks, records, its own word, its screen.

use std::sync::Arc;

use super::screens::{BOX, look, ms, told};
use super::*;
use crate::domain::AgentState;

fn starting(name: &str) -> Detector {
    let adapters = Adapters::builtin().unwrap();
    Detector::new(Arc::clone(adapters.named(name).unwrap()), ms(0))
}

#[test]
fn a_hook_that_tells_of_a_conversations_beginning_does_not_end_the_start_before_its_box_is_there() {
    let mut claude = starting("claude");
    claude.output(10, ms(200));
    told(&mut claude, AgentState::Idle, 300);
    assert_eq!(look(&mut claude, "", 310), AgentState::Starting);
    assert_eq!(look(&mut claude, BOX, 400), AgentState::Idle);
    // A version that looks different is ready once it is quiet.
    let mut newer = starting("claude");
    newer.output(10, ms(200));
    told(&mut newer, AgentState::Idle, 300);
    assert_eq!(look(&mut newer, "a box of another kind", 310), AgentState::Starting);
    assert_eq!(newer.verdict(ms(900)).seen.state, AgentState::Idle);
    // And whoever works is past its start.
    let mut busy = starting("claude");
    told(&mut busy, AgentState::Thinking, 300);
    assert_eq!(look(&mut busy, "", 310), AgentState::Thinking);
}
