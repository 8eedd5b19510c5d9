//! What an agent is doing, read from evidence.
//!
//! A [`Detector`] gathers what one agent's terminal shows (the program status protocol, titles, progress,
//! notifications, prompt marks, the screen's text, output and its absence) and fuses it into one verdict; every piece
//! is kept with its rule and age, so that a person can ask why. Screen rules are data: TOML files that a person's own
//! files override. It never acts: a verdict types nothing and restarts nothing.

mod detector;
mod rule;
mod status;
#[cfg(test)]
mod tests;

pub use detector::Detector;
pub use rule::{Rules, View};

/// The rules for programs that nothing particular is known of.
pub const GENERIC: (&str, &str) = ("generic.toml", include_str!("rules/generic.toml"));
