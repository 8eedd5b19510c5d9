//! What exists: agents, teams, states, messages, keys.
//!
//! The nouns of the program: the daemon, the API, the TUI and the command line all speak them. What may be asked and what
//! happens is the kernel's vocabulary.
//! Pure data: no clock, no randomness, no I/O, and no other room is imported here.

mod actor;
mod agent;
mod approval;
mod broadcast;
mod color;
mod conversation;
mod id;
mod key;
mod message;
mod name;
mod org;
mod reference;
mod signal;
mod size;
mod state;
mod team;
mod text;
mod usage;

pub use actor::Actor;
pub use agent::{Agent, Exit, Launch, Limits, Role, Run};
pub use approval::{Approval, ApprovalEnd, Ask, AskKind, Verdict};
pub use broadcast::{BroadcastId, BroadcastReport, Outcome, Scope, Skip, Target};
pub use color::Rgb;
pub use conversation::Conversation;
pub use id::{AgentId, ApprovalId, MessageId, TeamId, Timestamp};
pub use key::{Button, Gesture, Input, Key, KeyCode, KeyKind, Mods, Mouse};
pub use message::{Message, MessageStatus};
pub use name::Name;
pub use org::{Org, TeamNode};
pub use reference::{AgentRef, Members, NewAgent, Route, ScopeRef, TeamRef};
pub use signal::Signal;
pub use size::{Position, Size};
pub use state::{AgentState, Evidence, Observation, Source, WaitFor};
pub use team::{Team, TeamColor};
pub use text::{clean, cut, misspelt, nearest, typeable};
pub use usage::{MicroUsd, Spender, Tokens, Usage};
