//! What is painted: every role that a theme has a paint for, its name in a file, and its paint where no theme says
//! otherwise, which needs no colours.

use crate::domain::AgentState;

macro_rules! roles {
    ($($(#[$doc:meta])* $role:ident = $key:literal, $plain:literal;)*) => {
        /// Something that is painted in one way.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Role {
            $($(#[$doc])* $role,)*
        }

        impl Role {
            /// Every role, in the order in which a theme lists them.
            pub const ALL: [Role; [$($key),*].len()] = [$(Role::$role),*];

            /// Returns the role's name in a theme file.
            #[must_use]
            pub fn key(self) -> &'static str {
                match self {
                    $(Role::$role => $key,)*
                }
            }

            /// Returns the role's paint where no theme says otherwise, as a theme file would write it.
            pub(super) fn plain(self) -> &'static str {
                match self {
                    $(Role::$role => $plain,)*
                }
            }
        }
    };
}

roles! {
    /// What is written, and what an agent writes in no colour of its own.
    Text = "text", "";
    /// What matters less: last lines, sizes, times.
    Muted = "muted", "dim";
    /// What is to be noticed without alarm.
    Accent = "accent", "bold";
    /// What went well.
    Success = "success", "bold";
    /// What may go wrong.
    Warning = "warning", "bold";
    /// What went wrong.
    Error = "error", "bold reverse";

    /// A pane's border, beside the colour of its agent's state.
    Border = "border", "dim";
    /// The focused pane's border.
    BorderFocused = "border-focused", "bold";
    /// The border of every pane that receives the next key.
    BorderReceiving = "border-receiving", "bold reverse";
    /// A border on which a message just passed.
    BorderPulse = "border-pulse", "underline reverse";
    /// The lines from the executive, and of the tree.
    Rail = "rail", "dim";

    /// An agent that is not yet ready for input.
    StateStarting = "state-starting", "dim";
    /// An agent that is ready for input.
    StateIdle = "state-idle", "";
    /// An agent that waits for its model.
    StateThinking = "state-thinking", "italic";
    /// An agent that runs tools or writes.
    StateWorking = "state-working", "bold";
    /// An agent that needs someone.
    StateWaiting = "state-waiting", "bold reverse";
    /// An agent that crashed or was failed by its model.
    StateError = "state-error", "bold underline reverse";
    /// An agent that is being brought back.
    StateRecovering = "state-recovering", "bold italic";
    /// An agent that does not run.
    StateStopped = "state-stopped", "dim italic";

    /// The team colour blue.
    TeamBlue = "team-blue", "bold";
    /// The team colour green.
    TeamGreen = "team-green", "bold";
    /// The team colour orange.
    TeamOrange = "team-orange", "bold";
    /// The team colour purple.
    TeamPurple = "team-purple", "bold";
    /// The team colour cyan.
    TeamCyan = "team-cyan", "bold";
    /// The team colour pink.
    TeamPink = "team-pink", "bold";
    /// The team colour yellow.
    TeamYellow = "team-yellow", "bold";
    /// The team colour red.
    TeamRed = "team-red", "bold";

    /// What an agent is doing now.
    Badge = "badge", "dim";
    /// How many messages wait for an agent.
    BadgeQueue = "badge-queue", "bold";
    /// The mark of an agent that finished something nobody has looked at.
    BadgeFinished = "badge-finished", "bold";

    /// The status bar.
    Bar = "bar", "reverse";
    /// Where keys go, on the bar: to the focused agent.
    BarDirect = "bar-direct", "bold";
    /// Where keys go, on the bar: to the executive.
    BarExecutive = "bar-executive", "bold underline";
    /// Where keys go, on the bar: to many at once.
    BarBroadcast = "bar-broadcast", "bold underline reverse";
    /// What needs a person, on the bar.
    BarAttention = "bar-attention", "bold reverse";

    /// The inside of a box that lies over everything.
    Overlay = "overlay", "";
    /// Its border.
    OverlayBorder = "overlay-border", "bold";
    /// Its title.
    OverlayTitle = "overlay-title", "bold";
    /// The chosen line in it.
    OverlaySelected = "overlay-selected", "reverse";
    /// The letters of a line in it that match what was typed.
    OverlayMatch = "overlay-match", "bold underline";
    /// The name of a key.
    Key = "key", "bold";

    /// Text that the mouse or copy mode has selected.
    Selection = "selection", "reverse";
    /// Copy mode's cursor.
    CopyCursor = "copy-cursor", "bold underline reverse";
    /// Text that a search found.
    SearchMatch = "search-match", "underline";
    /// The one of them where the search stands.
    SearchCurrent = "search-current", "bold reverse";

    /// The question before keys go to many at once.
    Confirm = "confirm", "bold reverse";
    /// An agent that they will reach.
    ConfirmTarget = "confirm-target", "bold";
    /// An agent that they will pass over.
    ConfirmSkipped = "confirm-skipped", "dim";
}

impl Role {
    /// The roles of the eight team colours, in the order of their numbers.
    pub(super) const TEAMS: [Role; 8] = [
        Role::TeamBlue,
        Role::TeamGreen,
        Role::TeamOrange,
        Role::TeamPurple,
        Role::TeamCyan,
        Role::TeamPink,
        Role::TeamYellow,
        Role::TeamRed,
    ];

    /// Returns the role of an agent's state.
    #[must_use]
    pub fn of_state(state: AgentState) -> Role {
        match state {
            AgentState::Starting => Role::StateStarting,
            AgentState::Idle => Role::StateIdle,
            AgentState::Thinking => Role::StateThinking,
            AgentState::Working => Role::StateWorking,
            AgentState::Waiting(_) => Role::StateWaiting,
            AgentState::Error => Role::StateError,
            AgentState::Recovering => Role::StateRecovering,
            AgentState::Stopped => Role::StateStopped,
        }
    }
}
