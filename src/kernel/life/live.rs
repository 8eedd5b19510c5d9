//! What is known of one agent's process: whether it should run, its phase, what is seen of it, its turn.
//!
//! Part of the state: changed by events alone.

use serde::{Deserialize, Serialize};

use super::clock::Clock;
use super::effort::Effort;
use crate::domain::{AgentState, Exit, Observation, Run, Source, Timestamp, cut};

/// The most of an agent's last message that is kept in the state, in bytes.
const LAST_MESSAGE: usize = 2 << 10;

/// What is known of an agent's process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// There is none.
    #[default]
    Down,
    /// It is being started.
    Starting,
    /// It runs.
    Up {
        /// Its number.
        pid: u32,
    },
    /// It was asked to end.
    Stopping {
        /// Its number.
        pid: u32,
    },
}

/// What is seen of an agent at present.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Live {
    /// Which start of the agent this is; 0 before the first.
    pub epoch: u32,
    /// Whether it should run.
    pub run: Run,
    /// Its process.
    pub phase: Phase,
    /// What it is doing, and why that is believed.
    pub seen: Observation,
    /// Since when it is in that state.
    pub since: Timestamp,
    /// When its process was last started.
    pub started_at: Option<Timestamp>,
    /// How its process last ended.
    pub exit: Option<Exit>,
    /// Whether it finished something that no person has looked at yet.
    pub unseen: bool,
    /// Since when its turn is under way; none between turns.
    #[serde(default)]
    pub turn_since: Option<Timestamp>,
    /// How long it is busy in its turn.
    #[serde(default)]
    pub clock: Clock,
    /// The last thing its model said, where that is told; an agent's word.
    #[serde(default)]
    pub last_message: Option<String>,
    /// What its turn, or the last one, was worth.
    #[serde(default)]
    pub effort: Effort,
    /// Whether its program has told its own state since it was started.
    #[serde(default)]
    pub tells: bool,
}

impl Live {
    pub(super) fn new(at: Timestamp) -> Live {
        Live {
            epoch: 0,
            run: Run::Wanted,
            phase: Phase::Down,
            seen: Observation::new(AgentState::Stopped, "not started yet"),
            since: at,
            started_at: None,
            exit: None,
            unseen: false,
            turn_since: None,
            clock: Clock::default(),
            last_message: None,
            effort: Effort::default(),
            tells: false,
        }
    }

    pub(super) fn enter(&mut self, state: AgentState, reason: &str, at: Timestamp) {
        if self.seen.state != state {
            self.since = at;
        }
        self.clock.moved(self.seen.state, state, at);
        self.seen = Observation::new(state, reason);
    }

    pub(super) fn starting(&mut self, epoch: u32, at: Timestamp) {
        *self = Live {
            epoch,
            phase: Phase::Starting,
            started_at: Some(at),
            since: self.since,
            seen: self.seen.clone(),
            last_message: self.last_message.take(),
            ..Live::new(at)
        };
        self.enter(AgentState::Starting, "its process is being started", at);
    }

    /// Its process ended; `can_go_on` says whether it was in a conversation in which something was said.
    pub(super) fn exited(&mut self, exit: Exit, can_go_on: bool, at: Timestamp) {
        let wanted = self.run == Run::Wanted;
        self.phase = Phase::Down;
        self.exit = Some(exit);
        self.turn_since = None;
        if is_forced(exit) && wanted && can_go_on {
            return self.enter(AgentState::Stopped, &format!("{exit}; it can be resumed"), at);
        }
        if self.run == Run::Down {
            let more = if can_go_on { "; it can be resumed" } else { "" };
            return self.enter(AgentState::Stopped, &format!("stopped with its session{more}"), at);
        }
        if let Some(passed) = self.clock.passed.filter(|passed| passed.killed) {
            return self.enter(AgentState::Error, &format!("killed: {}", passed.words()), at);
        }
        let failed = wanted && exit != Exit::Code(0);
        self.enter(if failed { AgentState::Error } else { AgentState::Stopped }, &exit.to_string(), at);
    }

    pub(super) fn observed(&mut self, seen: &Observation, unseen: bool, at: Timestamp) {
        if self.seen.state != seen.state {
            self.since = at;
        }
        self.clock.moved(self.seen.state, seen.state, at);
        self.tells |= seen.source.is_some_and(is_own_word);
        self.seen.clone_from(seen);
        self.unseen = unseen;
    }

    pub(super) fn turn_began(&mut self, prompted: bool, at: Timestamp) {
        self.turn_since = Some(at);
        self.effort = Effort::began(prompted, at);
        self.clock.turned(at);
    }

    pub(super) fn turn_ended(&mut self, text: Option<&str>, at: Timestamp) {
        self.turn_since = None;
        self.clock.turned(at);
        self.last_message = text.map(|text| cut(text, LAST_MESSAGE).0.to_owned());
    }

    /// Returns the number of the running process.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        match self.phase {
            Phase::Up { pid } | Phase::Stopping { pid } => Some(pid),
            Phase::Down | Phase::Starting => None,
        }
    }

    /// Returns whether it is up or on its way up.
    #[must_use]
    pub fn runs(&self) -> bool {
        matches!(self.phase, Phase::Up { .. } | Phase::Starting)
    }

    /// Returns whether keys would reach it.
    #[must_use]
    pub fn is_up(&self) -> bool {
        matches!(self.phase, Phase::Up { .. })
    }

    /// Returns whether something else seems to stand in the terminal where the agent was: a program that told its own
    /// state tells it no more, and all there is to go by is a shell's prompt or silence.
    #[must_use]
    pub fn is_replaced(&self, seen: &Observation) -> bool {
        self.tells && matches!(seen.source, Some(Source::Prompt | Source::Activity))
    }
}

/// Returns whether a process ended in the way in which a machine that goes down ends it, and not by itself.
pub(in crate::kernel) fn is_forced(exit: Exit) -> bool {
    const HUNG_UP: i32 = 1;
    const TERMINATED: i32 = 15;
    match exit {
        Exit::Lost | Exit::Signal(HUNG_UP | TERMINATED) => true,
        // As programs say it that catch the signal.
        Exit::Code(code) => code == 128 + HUNG_UP || code == 128 + TERMINATED,
        Exit::Signal(_) => false,
    }
}

/// Returns whether a source is the program's own word about its state.
fn is_own_word(source: Source) -> bool {
    matches!(source, Source::Status | Source::Hook | Source::Record)
}
