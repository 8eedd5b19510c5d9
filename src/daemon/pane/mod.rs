//! A pane: one start of one agent, as the daemon sees it. A task that owns the agent's screen, the detector of its
//! state and the connection to its holder.
//!
//! Output goes holder → screen → newest snapshot → whoever watches, and never through the daemon's loop; the loop is
//! told facts. Nothing here decides what should be: orders come from the loop.

mod asked;
mod attention;
mod dialog;
mod files;
mod keep;
mod look;
mod recorded;
mod replay;
mod screen;
mod sure;
mod task;
mod told;
mod typing;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc, oneshot};

use super::clients::Extent;
use super::clock::Steady;
use super::frames::Frames;
use super::headroom::Headroom;
use super::pool::Pool;
use super::records::Answered;
use super::request::Colors;
use super::world::PaneNews;
use crate::adapter::{Adapter, Recorded};
use crate::domain::{
    AgentId, ApprovalId, Ask, Evidence, Exit, Input, MessageId, Name, Observation, Signal, Verdict,
};
use crate::kernel::{Fact, approval, delivery, life};
use crate::pty::{Place, Reader, Silent, Spec, Writer};
use crate::terminal::Screen;

pub(super) use files::folder as files_of;
pub(super) use keep::remove_folder;
pub use replay::{Believed, Happening, Replay};

/// Whose pane it is.
#[derive(Clone, Debug)]
pub(super) struct About {
    pub(super) session: Name,
    pub(super) agent: AgentId,
    pub(super) epoch: u32,
    /// Where the agent's output is kept.
    pub(super) folder: PathBuf,
    /// What is known of its program.
    pub(super) adapter: Arc<Adapter>,
    /// Whether its program's own word for its state (OSC 7501) is neither asked for nor heard.
    pub(super) deaf: bool,
    /// The conversation that it was told to be in, or was known to be in, and where that is kept.
    pub(super) conversation: Option<(String, Option<PathBuf>)>,
}

/// How an agent is to be started.
#[derive(Clone, Debug)]
pub(super) struct Start {
    pub(super) about: About,
    pub(super) spec: Spec,
    /// Files made for this start: name and text.
    pub(super) files: BTreeMap<String, String>,
}

/// What was found of an agent that ran when the last daemon ended.
pub(super) enum Sought {
    /// It lives.
    Alive(Adopted),
    /// It ended meanwhile, as its holder wrote down.
    Ended(About, Exit),
    /// Its holder is gone, and left no word.
    Gone,
}

/// An agent that was found alive.
pub(super) struct Adopted {
    pub(super) about: About,
    pub(super) connection: Connection,
}

/// A connection to a holder, and the screen as it is up to where the connection begins.
pub(super) struct Connection {
    pub(super) child: u32,
    pub(super) size: Extent,
    /// Where the output ended when it was made, once the holder has told: what was asked before was asked of another
    /// daemon.
    past: u64,
    screen: Box<Screen>,
    /// Up to where the screen has its output.
    from: u64,
    link: Link,
}

/// How a holder is reached.
enum Link {
    /// It answers.
    Open(Reader, Writer),
    /// It lives, and does not answer yet.
    Silent(Silent),
}

/// What a pane begins with.
pub(super) enum Beginning {
    /// An agent that is to be started.
    Start { spec: Box<Spec>, program: PathBuf, files: BTreeMap<String, String> },
    /// An agent that lives.
    Adopt(Box<Connection>),
}

/// What a pane needs of the daemon.
pub(super) struct Around {
    pub(super) news: mpsc::Sender<PaneNews>,
    pub(super) pool: Arc<Pool>,
    pub(super) headroom: Arc<Headroom>,
    pub(super) steady: Steady,
    pub(super) starting: Arc<Semaphore>,
    pub(super) reading: Arc<Semaphore>,
    pub(super) colors: Option<Colors>,
}

/// What a pane is told to do.
#[derive(Debug)]
pub(super) enum Order {
    /// Give the agent what was pressed.
    Press(Input),
    /// Type a message's text, unless the agent is not ready for input after all.
    Type { message: MessageId, text: String },
    /// Submit what was typed, unless the agent has a dialog open after all.
    Submit { message: MessageId },
    /// Leave what was typed where it stands.
    Abandon { message: MessageId },
    /// Press the keys that interrupt a turn; into a dialog only by force. Whoever wants to know is told why not.
    Interrupt { force: bool, reply: Option<oneshot::Sender<Result<(), &'static str>>> },
    /// Press the keys that answer a dialog, if it is still on the screen.
    Answer { approval: ApprovalId, dialog: String, verdict: Verdict },
    /// Take in what the program told beside its screen.
    Signal(Signal),
    /// Take in what the program's records say.
    Recorded(Box<Recorded>),
    /// Take another size.
    Resize(Extent),
    /// Ask the process tree to end, and force it after a grace.
    Stop,
    /// End the process tree at once.
    Kill,
    /// End the process tree at once, and then remove this folder.
    Erase(PathBuf),
    /// Publish the screen as it is: somebody begins to watch.
    Show,
    /// Tell the screen as text.
    Text { ansi: bool, reply: oneshot::Sender<Result<PaneText, crate::protocol::Problem>> },
    /// Tell the evidence for the agent's state, each piece with its age.
    Explain(oneshot::Sender<Vec<(Evidence, Duration)>>),
    /// What is known of the program has changed.
    Adapter(Arc<Adapter>),
    /// Answer programs that ask for colours with these.
    Colors(Colors),
    /// Keep the screen on disk: the daemon ends.
    Keep(oneshot::Sender<()>),
}

/// What a pane tells the loop.
#[derive(Clone, Debug)]
pub(super) enum News {
    /// The process is up.
    Started { pid: u32 },
    /// It could not be started.
    Failed { reason: String },
    /// It is seen doing something else.
    Observed(Observation),
    /// Its program has a server that takes answers.
    Serves(mpsc::Sender<Answered>),
    /// Its records say something new.
    Recorded(Vec<Recorded>),
    /// It ended, and everything it printed is on the screen.
    Exited(Exit),
    /// Its holder is gone; nothing of its process tree is left.
    HolderGone,
    /// It rang the bell.
    Bell,
    /// It wants this in the clipboard.
    Clipboard(String),
    /// A message's text stands in its input.
    Typed { message: MessageId },
    /// Nothing of a message's text was typed.
    TypeRefused { message: MessageId, reason: &'static str },
    /// A message's text is submitted.
    Submitted { message: MessageId },
    /// Something is to be said about how a message was submitted.
    Noted { message: MessageId, note: &'static str },
    /// A message's text was typed and not submitted.
    SubmitRefused { message: MessageId, reason: &'static str },
    /// The dialog on its screen says this, and offers this.
    Shows { ask: Ask, choices: Vec<String> },
    /// The keys of an answer were not pressed.
    AnswerRefused { approval: ApprovalId, reason: &'static str },
    /// Something that was wanted of it was not done.
    NotDone { reason: &'static str },
    /// It does not read its input, so this many bytes were not given to it.
    InputFull { refused: u32 },
}

impl News {
    /// Returns it as the kernel takes it in, where it does.
    pub(super) fn fact(self, agent: AgentId, epoch: u32) -> Option<Fact> {
        let word = str::to_owned;
        Some(match self {
            News::Started { pid } => Fact::Life(life::Fact::Started { agent, epoch, pid }),
            News::Failed { reason } => Fact::Life(life::Fact::StartFailed { agent, epoch, reason }),
            News::Exited(exit) => Fact::Life(life::Fact::Exited { agent, epoch, exit }),
            News::Observed(seen) => Fact::Life(life::Fact::Observed { agent, epoch, seen }),
            News::Typed { message } => Fact::Delivery(delivery::Fact::Typed { agent, epoch, message }),
            News::Submitted { message } => {
                Fact::Delivery(delivery::Fact::Submitted { agent, epoch, message })
            }
            News::Noted { message, note } => {
                Fact::Delivery(delivery::Fact::Noted { agent, epoch, message, note: word(note) })
            }
            News::TypeRefused { message, reason } => {
                Fact::Delivery(delivery::Fact::TypeRefused { agent, epoch, message, reason: word(reason) })
            }
            News::SubmitRefused { message, reason } => {
                Fact::Delivery(delivery::Fact::SubmitRefused { agent, epoch, message, reason: word(reason) })
            }
            News::Shows { ask, choices } => {
                Fact::Approval(approval::Fact::Shows { agent, epoch, ask, choices })
            }
            News::AnswerRefused { approval, reason } => {
                Fact::Approval(approval::Fact::AnswerRefused { agent, epoch, approval, reason: word(reason) })
            }
            News::HolderGone
            | News::Recorded(_)
            | News::Serves(_)
            | News::Bell
            | News::Clipboard(_)
            | News::NotDone { .. }
            | News::InputFull { .. } => return None,
        })
    }
}

/// A way to tell the loop about one start of one agent.
#[derive(Clone, Debug)]
pub(super) struct Teller {
    pub(super) news: mpsc::Sender<PaneNews>,
    pub(super) session: Name,
    pub(super) agent: AgentId,
    pub(super) epoch: u32,
}

impl Teller {
    /// Tells where answers are taken; returns whether anybody is there to hear it.
    pub(super) async fn serves(&self, answers: mpsc::Sender<Answered>) -> bool {
        let news = News::Serves(answers);
        self.news.send((self.session.clone(), self.agent, self.epoch, news)).await.is_ok()
    }

    /// Tells what its records say; returns whether anybody is there to hear it.
    pub(super) async fn recorded(&self, told: Vec<Recorded>) -> bool {
        let news = News::Recorded(told);
        self.news.send((self.session.clone(), self.agent, self.epoch, news)).await.is_ok()
    }
}

/// A pane's screen as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaneText {
    /// Its rows, from the top; with colours if they were asked for.
    pub text: String,
}

/// Runs a pane until its slot is given to another or its agent is erased.
pub(super) async fn run(
    about: About,
    around: Around,
    frames: Frames,
    orders: mpsc::Receiver<Order>,
    beginning: Beginning,
) {
    task::Pane::new(about, around, frames, orders).run(beginning).await;
}

/// Looks for an agent that lives: its screen as it was last kept, and a connection that goes on from there. What is left
/// of one that ran as `pid` and has lost its holder is ended.
pub(super) async fn find(about: About, place: Place, pid: Option<u32>) -> Sought {
    keep::find(about, place, pid).await
}
