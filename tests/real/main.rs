//! The real agent programs, offline: driven against a model server on loopback, through agentctl and by themselves.
//!
//! `tests/real/install` brings the programs into `.peers`; what is not there is skipped with a word. Each test runs
//! apart from the network where the system allows it. `cargo test --test real matrix -- --ignored --nocapture` measures
//! how well states are told.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up has failed")]

mod apart;
mod ask;
mod cost;
mod crew;
mod draft;
#[expect(dead_code, reason = "it is the home of the end-to-end tests; not all of it is needed here")]
#[path = "../e2e/home.rs"]
mod home;
mod lab;
mod model;
mod program;
mod reach;
mod rights;
mod settle;
mod team;
mod turn;

/// How long anything may take before a test gives up.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(90);
