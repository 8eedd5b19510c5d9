//! The real binary, end to end: driven through a PTY and read off its screen, or asked from a command line. Every test
//! has a home of its own and leaves no process behind. Waits name what they wait for.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up has failed")]

mod attached;
mod back;
mod blueprint;
mod deliver;
mod home;
mod hostile;
mod kept;
mod lost;
mod outside;
mod picture;
mod record;
mod records;
mod reopened;
mod run;
mod screen;
mod spoilt;
mod window;
