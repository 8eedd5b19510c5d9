//! What exists: agents, teams, states, messages, keys, and the commands and events that change them.
//!
//! The one vocabulary of the program: the daemon, the API, the TUI and the command line all speak it.
//! Pure data: no clock, no randomness, no I/O, and no other room is imported here.

mod agent;
mod approval;
mod broadcast;
mod color;
mod command;
mod conversation;
mod event;
mod id;
mod key;
mod message;
mod name;
mod org;
mod signal;
mod size;
mod state;
mod team;
mod text;
mod usage;

pub use agent::{Agent, Exit, Launch, Limits, Role, Run};
pub use approval::{Approval, ApprovalEnd, Ask, AskKind, Verdict};
pub use broadcast::{BroadcastId, BroadcastReport, Outcome, Scope, Skip, Target};
pub use color::Rgb;
pub use command::{AgentRef, Command, Members, NewAgent, Route, ScopeRef, TeamRef};
pub use conversation::Conversation;
pub use event::{Actor, Durability, Event, EventRecord};
pub use id::{AgentId, ApprovalId, MessageId, TeamId, Timestamp};
pub use key::{Button, Gesture, Input, Key, KeyCode, KeyKind, Mods, Mouse};
pub use message::{Message, MessageStatus};
pub use name::Name;
pub use org::{Org, TeamNode};
pub use signal::Signal;
pub use size::{Position, Size};
pub use state::{AgentState, Evidence, Observation, Source, WaitFor};
pub use team::{Team, TeamColor};
pub use text::{clean, cut, misspelt, nearest, typeable};
pub use usage::{MicroUsd, Spender, Tokens, Usage};
