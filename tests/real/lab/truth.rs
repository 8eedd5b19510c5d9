//! What an agent truly does, from what the driver and the model server know; never from its screen's look or from a
//! detector.
//!
//! A request in flight with nothing streamed yet is thinking; streaming and a tool that runs are working; a tool that
//! needs a yes, called and not yet answered, is waiting; a turn told to its end, interrupted or denied leaves it idle;
//! refused for good is an error. Refused with another try to come is retrying, and a model that streams its thoughts is
//! reasoning: for both of these either busy state counts.

use serde::{Deserialize, Serialize};

use crate::model::What;
use crate::model::script::Word;

/// A true state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Truth {
    Starting,
    Idle,
    Thinking,
    Working,
    Retrying,
    Waiting,
    Error,
    /// Its model streams what it thinks, before what it says.
    Reasoning,
    /// Refused for want of a login: an error, and a wait for somebody to log in.
    LoggedOut,
    /// Nobody knows: it is drawing its first screen, or an error is being typed away. Not counted.
    Unsettled,
}

impl Truth {
    pub const ALL: [Truth; 9] = [
        Truth::Starting,
        Truth::Idle,
        Truth::Thinking,
        Truth::Working,
        Truth::Reasoning,
        Truth::Retrying,
        Truth::Waiting,
        Truth::Error,
        Truth::LoggedOut,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Truth::Starting => "starting",
            Truth::Idle => "idle",
            Truth::Thinking => "thinking",
            Truth::Working => "working",
            Truth::Reasoning => "reasoning",
            Truth::Retrying => "retrying",
            Truth::Waiting => "waiting",
            Truth::Error => "error",
            Truth::LoggedOut => "logged out",
            Truth::Unsettled => "unsettled",
        }
    }

    /// Returns whether a state that was seen is right.
    pub fn accepts(self, seen: &str) -> bool {
        match self {
            Truth::Retrying | Truth::Reasoning => seen == "thinking" || seen == "working",
            Truth::LoggedOut => seen == "error" || seen == "waiting",
            other => seen == other.word(),
        }
    }
}

/// What the driver did or saw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// A scene begins.
    Scene(String),
    /// A dialog of the start is there.
    Dialog,
    /// Its first screen begins to be drawn.
    Drawing,
    /// It is ready for the first prompt.
    Ready,
    /// A prompt stands in its box, and is not submitted yet.
    Drafted,
    /// What was to be shown is shown: from here on the screen can be read.
    Shown,
    /// A prompt was submitted.
    Submitted,
    /// A dialog was answered with yes.
    Allowed,
    /// A dialog was answered with no.
    Denied,
    /// The turn was interrupted.
    Interrupted,
    /// The program says that a tool is done.
    ToolDone,
    /// It was told to try no more.
    GaveUp,
}

/// A change of the truth, or a moment from which it is visible.
#[derive(Clone, Debug)]
pub struct Change {
    /// In milliseconds since the beginning.
    pub at: u64,
    pub truth: Truth,
    pub scene: String,
}

/// Something by which the truth may change.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    Mark(Mark),
    Model(What),
}

/// What happened, in order, each at so many milliseconds since the beginning. It is this that is kept: what follows from
/// it can be told anew.
pub type Story = Vec<(u64, Cause)>;

/// Puts what the driver did and what the model server saw into one line of states.
pub fn tell(story: &Story) -> Vec<Change> {
    let mut truth = Truth::Starting;
    let mut children: u32 = 0;
    let (mut thinks, mut over) = (false, false);
    let mut scene = "start".to_owned();
    let mut changes = vec![Change { at: 0, truth, scene: scene.clone() }];
    for (n, (at, cause)) in story.iter().enumerate() {
        if let Cause::Mark(Mark::Scene(name)) = cause {
            scene.clone_from(name);
            continue;
        }
        match cause {
            Cause::Model(What::ChildAsked) => children += 1,
            Cause::Model(What::ChildEnded) => children = children.saturating_sub(1),
            _ => {}
        }
        let mut next = next(truth, cause, &story[n + 1..]);
        if let Cause::Model(What::Asked { word, .. }) = cause {
            thinks = *word == Word::Think;
        }
        if thinks && next == Truth::Working {
            next = Truth::Reasoning;
        }
        match cause {
            Cause::Model(What::Asked { .. }) => over = false,
            // What it told somebody else to do goes on behind its own turn.
            Cause::Model(What::Ended) => {
                over = true;
                next = if children > 0 { Truth::Working } else { next };
            }
            // When that has ended, too, its own model is told of it: nothing is at work until it answers.
            Cause::Model(What::ChildEnded) if over && children == 0 => next = Truth::Thinking,
            _ => {}
        }
        let shown = matches!(cause, Cause::Mark(Mark::Shown));
        if next != truth || shown {
            truth = next;
            changes.push(Change { at: *at, truth, scene: scene.clone() });
        }
    }
    changes
}

fn next(now: Truth, cause: &Cause, later: &[(u64, Cause)]) -> Truth {
    match cause {
        Cause::Mark(Mark::Dialog) => Truth::Waiting,
        Cause::Mark(Mark::Ready | Mark::Denied | Mark::Interrupted) | Cause::Model(What::Ended) => {
            Truth::Idle
        }
        Cause::Mark(Mark::GaveUp) => Truth::Error,
        Cause::Mark(Mark::Drawing) => Truth::Unsettled,
        // Its result is not on its way to the model yet: hooks run, and some programs take their time for that.
        Cause::Mark(Mark::ToolDone) if now == Truth::Working => Truth::Unsettled,
        Cause::Mark(Mark::Drafted) if matches!(now, Truth::Error | Truth::LoggedOut) => Truth::Unsettled,
        Cause::Mark(Mark::Submitted) if matches!(now, Truth::Thinking | Truth::Working) => now,
        Cause::Mark(Mark::Submitted) | Cause::Model(What::Asked { .. }) => match now {
            Truth::Retrying => now,
            _ => Truth::Thinking,
        },
        Cause::Mark(Mark::Allowed) | Cause::Model(What::Began) => Truth::Working,
        Cause::Model(What::Called(word)) => match word {
            Word::RunSlowly | Word::RunFailing | Word::Delegate => Truth::Working,
            _ => Truth::Waiting,
        },
        Cause::Model(What::Refused(status)) => {
            // Whether another try comes is known afterwards.
            let mut rest = later.iter().map(|(_, cause)| cause);
            let next = rest.find(|cause| {
                matches!(
                    cause,
                    Cause::Model(What::Asked { .. }) | Cause::Mark(Mark::Submitted | Mark::Interrupted)
                )
            });
            match (next, status) {
                (Some(Cause::Model(What::Asked { .. }) | Cause::Mark(Mark::Interrupted)), _) => {
                    Truth::Retrying
                }
                (_, 401) => Truth::LoggedOut,
                _ => Truth::Error,
            }
        }
        Cause::Mark(Mark::Scene(_) | Mark::Shown | Mark::Drafted | Mark::ToolDone)
        | Cause::Model(What::ChildAsked | What::ChildEnded | What::Gone | What::ToolUsed | What::Aside(_)) => {
            now
        }
    }
}
