//! What goes over the daemon's socket, and its version.
//!
//! Everything a person or a program sends and gets, as JSON; the cells of panes go as binary frames whose form the
//! terminal room owns. It carries no meaning of its own: what a command does is decided by the kernel.

mod attach;
mod cost;
mod history;
pub mod press;
mod problem;
mod request;
mod view;

pub use attach::{Answer, ChartOrder, ClientMessage, PaneFrame, PaneView, ServerMessage, Topic};
pub use cost::{CostBy, CostRow, CostView, SpentView, thousands};
pub use history::HistoryRecord;
pub use problem::{Code, Problem};
// What may be asked is the kernel's vocabulary; clients speak it without seeing how it is decided.
pub use crate::kernel::Command;
pub use crate::kernel::approval::Command as ApprovalCommand;
pub use crate::kernel::broadcast::Command as BroadcastCommand;
pub use crate::kernel::delivery::Command as DeliveryCommand;
pub use crate::kernel::life::Command as LifeCommand;
pub use crate::kernel::org::Command as OrgCommand;
pub use request::{
    AgentDraft, AnswerRequest, BroadcastText, BroughtBack, Created, Disband, HookAnswer, HookQuery,
    InterruptRequest, Kept, KeysRequest, MessageQuery, MessageReport, Move, Recolor, Rename, ResumeRequest,
    Resumed, ScreenQuery, ScreenText, SendRequest, SessionDraft, TeamDraft, TurnReport, UsageRequest,
};
pub use view::{
    AgentView, ApprovalView, BlueprintView, ChartView, ConversationView, EvidenceView, Explanation,
    MessageView, OpenedView, SessionSummary, SessionView, StatusView, TeamView, Totals, VersionView, rfc3339,
};

/// The version of everything in this room. A daemon and a client of different versions say so and stop.
pub const VERSION: u32 = 2;

/// The variable that tells a program in a pane which session it belongs to.
pub const SESSION_VARIABLE: &str = "AGENTCTL_SESSION";

/// The variable that tells a program in a pane which agent it is.
pub const AGENT_VARIABLE: &str = "AGENTCTL_AGENT";

/// The variable that tells a program in a pane which start of its agent it is.
pub const EPOCH_VARIABLE: &str = "AGENTCTL_EPOCH";

/// The variable which, set to 1 for an agent, has its pane not answer programs that ask for the program status protocol
/// (OSC 7501), nor listen to them: as if the terminal knew nothing of it.
pub const NO_STATUS_VARIABLE: &str = "AGENTCTL_NO_STATUS";
